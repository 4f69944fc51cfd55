//! A zone's folder as the commands open it: flags, environment, configuration file, in this order.

use crate::clock::Clock;
use crate::say::Cannot;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Place;
use store::signer::Algorithm;
use store::signer::token::TokenPlace;
use trade::command::{Actor, Open};
use window::{Config, Refused, Window};

/// Which zone is meant.
#[derive(clap::Args, Clone, Debug)]
pub struct ZoneArgs {
    /// The zone's folder
    #[arg(long, value_name = "DIR", env = "ONEWINDOW_DATA")]
    data: Option<PathBuf>,

    /// The folder of its keys, outside of its data; DIR.keys beside it without one
    #[arg(long, value_name = "DIR", env = "ONEWINDOW_KEYS")]
    keys: Option<PathBuf>,

    /// A configuration file (TOML); flags and environment stand above it
    #[arg(long, value_name = "FILE", env = "ONEWINDOW_CONFIG")]
    config: Option<PathBuf>,
}

/// What a configuration file may say.
#[derive(Deserialize, Debug, Default)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    pub data: Option<PathBuf>,
    pub keys: Option<PathBuf>,
    /// Threads that read messages.
    pub workers: Option<usize>,
    /// Messages that may wait to be read before senders are told to come later.
    pub queue: Option<usize>,
    /// Records in memory from which settled ones are moved to disk.
    pub hot_records: Option<u64>,
    /// Entries after which a snapshot is taken.
    pub snapshot_entries: Option<u64>,
    /// A step of the clock by more than so many milliseconds stops intake until an operator confirms it.
    pub largest_step_ms: Option<i64>,
    /// The token in which new keys that sign heads are made.
    pub token: Option<TokenFile>,
}

/// What a configuration file may say of a token.
#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
pub struct TokenFile {
    /// The file of a PKCS#11 module, or `soft:DIR`.
    module: String,
    /// The token's label.
    token: String,
    /// The file whose first line is the PIN.
    pin_file: PathBuf,
    /// How the labels of the keys begin.
    label: String,
    /// `ed25519`, `sm2`, or both.
    keys: Vec<String>,
    /// The maker's number of SM2 with SM3 over the message, and of making such a key.
    sm2_mechanism: Option<u64>,
    sm2_make: Option<u64>,
}

impl TokenFile {
    fn place(self) -> Result<TokenPlace, Cannot> {
        let named = |name: &String| {
            Algorithm::from_name(name)
                .ok_or_else(|| Cannot::because(format!("token.keys: there are `ed25519` and `sm2`, not `{name}`")))
        };
        let fits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !fits(&self.label) {
            return Err(Cannot::because("token.label: letters, digits and `-`"));
        }
        Ok(TokenPlace {
            algorithms: self.keys.iter().map(named).collect::<Result<_, _>>()?,
            module: self.module,
            token: self.token,
            pin_file: self.pin_file,
            label: self.label,
            sm2_mechanism: self.sm2_mechanism,
            sm2_make: self.sm2_make,
        })
    }
}

impl ZoneArgs {
    fn file(&self) -> Result<File, Cannot> {
        let Some(path) = &self.config else { return Ok(File::default()) };
        let text = std::fs::read_to_string(path).map_err(|error| Cannot::with(path, error))?;
        toml::from_str(&text).map_err(|error| Cannot::with(path, error))
    }

    /// Where the zone lies, whether or not it is there.
    pub fn place(&self) -> Result<Place, Cannot> {
        Ok(self.settings()?.place)
    }

    /// The zone's settings.
    pub fn settings(&self) -> Result<Config, Cannot> {
        let file = self.file()?;
        let data = self.data.clone().or(file.data);
        let data = data.ok_or_else(|| Cannot::because("which zone? --data DIR names its folder"))?;
        let mut config = Config::new(&data);
        if let Some(keys) = self.keys.clone().or(file.keys) {
            config.place.keys = keys;
        }
        if config.place.keys.starts_with(&data) {
            return Err(Cannot::because(
                "the keys must lie outside of the zone's folder, or its copies can be read by all",
            ));
        }
        config.place.token = file.token.map(TokenFile::place).transpose()?;
        config.workers = file.workers.unwrap_or(config.workers);
        config.queue = file.queue.unwrap_or(config.queue);
        config.hot_records = file.hot_records.unwrap_or(config.hot_records);
        config.largest_step_ms = file.largest_step_ms.unwrap_or(config.largest_step_ms);
        config.snapshot_entries = file.snapshot_entries.unwrap_or(config.snapshot_entries);
        Ok(config)
    }

    /// Opens the zone. An empty folder becomes the sample zone where `sandbox` asks for it, and is refused otherwise:
    /// a zone has a name and a policy before anything is sent to it.
    pub fn open(&self, sandbox: bool, clock: &Clock) -> Result<Window, Cannot> {
        open(self.settings()?, sandbox, clock)
    }

    /// The zone as it is at this moment, for reading; another process may be writing it.
    pub fn read(&self, clock: &Clock) -> Result<Window, Cannot> {
        let config = self.settings()?;
        if !config.place.exists() {
            return Err(no_zone(&config.place.data));
        }
        Window::beside(config, Arc::new(*clock)).map_err(Cannot::because)
    }
}

/// What to do where nothing has been founded yet.
pub fn no_zone(data: &Path) -> Cannot {
    let dir = data.display();
    Cannot::because(format!(
        "{dir}: there is no zone here yet. `onewindow found --data {dir} …` founds one (name, number, policy); \
         --sandbox makes the sample zone, for trying\n\
         {dir}：这里还没有试验区。请用 `onewindow found --data {dir} …` 开区（名称、编号、政策）；试用可加 --sandbox"
    ))
}

/// Opens a zone with these settings.
pub fn open(config: Config, sandbox: bool, clock: &Clock) -> Result<Window, Cannot> {
    let data = config.place.data.clone();
    if !config.place.exists() && !sandbox {
        return Err(no_zone(&data));
    }
    let (window, report) = Window::open(config, Arc::new(*clock)).map_err(Cannot::because)?;
    if report.cut > 0 {
        tracing::warn!(bytes = report.cut, "a torn tail was cut; nobody had been answered from it");
    }
    for note in &report.notes {
        tracing::warn!("{note}");
    }
    if window.journal().last() == 0 {
        if !sandbox {
            return Err(no_zone(&data));
        }
        found_sample(&window)?;
    }
    match window.tick() {
        Ok(_) => {}
        // Whatever comes is refused with this, and only its confirmation is not.
        Err(jump @ Refused::TimeJump { .. }) => tracing::warn!("{jump}"),
        Err(refused) => return Err(Cannot::because(refused)),
    }
    Ok(window)
}

/// Who runs this program on the zone's own machine.
pub fn operator() -> Actor {
    window::filing::operator("command-line")
}

/// Who lets people and programs in there (安全管理员).
pub fn security() -> Actor {
    window::filing::security("command-line")
}

fn found_sample(window: &Window) -> Result<(), Cannot> {
    let registry: Vec<_> = traffic::zone::FILES.iter().map(|(table, text)| (*table, (*text).to_owned())).collect();
    found(window, &registry)
}

/// Founds the sample zone with this registry.
pub fn found(window: &Window, registry: &[(trade::registry::Table, String)]) -> Result<(), Cannot> {
    let mut open = Open {
        name_zh: "三亚样例综合试验区".into(),
        name_en: "Sanya sample zone".into(),
        window: random_number()?,
        sandbox: true,
        ..Open::default()
    };
    for (table, text) in registry {
        open.registry.extend(window.rows(&operator(), *table, text).map_err(Cannot::because)?);
    }
    window.found(open, trade::policy::SAMPLE).map_err(Cannot::because)
}

/// A number for a window that was given none.
pub fn random_number() -> Result<u32, Cannot> {
    let mut number = [0; 4];
    getrandom::fill(&mut number).map_err(Cannot::because)?;
    Ok(u32::from_be_bytes(number))
}

/// Writes the window's public keys into a folder, as `onewindow verify` reads them there.
pub fn write_public_keys(window: &Window, folder: &Path) -> Result<(), Cannot> {
    let statements: Vec<_> = window.successions().iter().map(|statement| statement.to_json()).collect();
    if !statements.is_empty() {
        let statements = serde_json::to_vec_pretty(&statements).map_err(Cannot::because)?;
        write_whole(&folder.join(SUCCESSION), &statements)?;
    }
    let (ed25519, sm2) = window.head_keys().map_err(Cannot::because)?.public().to_text();
    write_whole(&folder.join(PUBLIC_KEY), (ed25519 + "\n").as_bytes())?;
    write_whole(&folder.join(PUBLIC_KEY_SM2), (sm2.unwrap_or_default() + "\n").as_bytes())
}

/// The window's public key for Ed25519: 64 hexadecimal digits.
pub const PUBLIC_KEY: &str = "window.pub";
/// Its public key for SM2 beside it: 130 hexadecimal digits.
pub const PUBLIC_KEY_SM2: &str = "window.sm2.pub";

/// How its keys followed others, for readers who know older ones.
pub const SUCCESSION: &str = "window.succession.json";

/// Writes a file beside its final name first, so that nobody reads half of it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Cannot> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, bytes)
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|error| Cannot::with(path, error))
}

/// Statement, proof and key, as `onewindow verify` reads them.
pub fn write_statement(window: &Window, revision: u64, folder: &Path) -> Result<(), Cannot> {
    let given = window.receipt(revision, 0).map_err(Cannot::because)?;
    let proof = window.proof(revision, 0, None).map_err(Cannot::because)?;
    let (Some(given), Some(proof)) = (given, proof) else { return Ok(()) };
    let shown = &given.receipt.shown;
    let xml = wire::ceb::write_receipts(shown.kind, &shown.guid, std::slice::from_ref(shown));
    write_whole(&folder.join("statement.xml"), &xml)?;
    write_whole(&folder.join("statement.proof.json"), proof.to_json().to_string().as_bytes())?;
    write_public_keys(window, folder)
}
