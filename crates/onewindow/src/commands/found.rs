//! `onewindow found`: a production zone begins, with its name, its number, its law and its first three
//! administrators.

use super::policy::{listed, problems, read, warning};
use super::serve::{Login, secret};
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, random_number, security};
use serde::Serialize;
use server::sign::hash_password;
use std::path::PathBuf;
use std::sync::Arc;
use trade::account::AccountRow;
use trade::command::{ActorRole, Open, Register, RegisterKind};
use trade::pack::{Blob, Pack};
use trade::policy::Policy;
use window::Window;

/// Founds a production zone in an empty folder.
///
/// One entry of the journal holds its name, number, policy and first three administrators (三员), so it is founded whole or
/// not at all. Give the three logins to three people: the operator runs the zone, the security administrator lets people
/// and programs in, the auditor reads who looked at what.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    zone: ZoneArgs,

    /// The zone's name in Chinese
    #[arg(long, value_name = "NAME", value_parser = name)]
    name_zh: String,

    /// The zone's name in English
    #[arg(long, value_name = "NAME", value_parser = name)]
    name_en: String,

    /// The window's number, first in every receipt's guid, unlike that of any neighbour; drawn without one
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    window: Option<u32>,

    /// The folder with the policy that holds from the first day; `onewindow policy export DIR --sample` writes one to
    /// begin with
    #[arg(long, value_name = "DIR")]
    policy: PathBuf,

    /// The login name of the first operator, whose password is printed once
    #[arg(long, value_name = "NAME", default_value = "operator", value_parser = super::who::login)]
    operator: String,

    /// The login name of the first security administrator
    #[arg(long, value_name = "NAME", default_value = "security", value_parser = super::who::login)]
    security: String,

    /// The login name of the first auditor
    #[arg(long, value_name = "NAME", default_value = "auditor", value_parser = super::who::login)]
    auditor: String,
}

fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    let fits = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned()).ok_or_else(|| "a name of 1 to 100 characters".into())
}

#[derive(Serialize)]
struct Founded<'a> {
    folder: &'a str,
    name_zh: &'a str,
    name_en: &'a str,
    window: u32,
    policy_files: usize,
    samples: usize,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let three = [
        (&args.operator, ActorRole::Operator),
        (&args.security, ActorRole::Security),
        (&args.auditor, ActorRole::Auditor),
    ];
    if three.iter().any(|(name, role)| three.iter().any(|(other, another)| name == other && role != another)) {
        return Err(Cannot::because("three administrators have three names\n三名管理员须各有其名"));
    }
    let files = read(&args.policy)?;
    let policy = match Policy::load(&files) {
        Ok(policy) => policy,
        Err(faults) => {
            let found = problems(faults);
            say.tell(&serde_json::json!({"folder": args.policy, "verdict": "invalid", "problems": found}), || {
                format!("{}: invalid, no zone was founded{}", args.policy.display(), listed(&found))
            })?;
            return Ok(Exit::Refused);
        }
    };
    let config = args.zone.settings()?;
    let data = config.place.data.clone();
    let (window, _) = Window::open(config, Arc::new(*clock)).map_err(Cannot::because)?;
    if window.journal().last() > 0 {
        return Err(Cannot::with(&data, "there is a zone already; `onewindow policy adopt` changes its policy"));
    }
    // A zone whose keys cannot be made or do not sign is not founded.
    window.head_keys().map_err(Cannot::because)?;
    let (mut logins, mut rows) = (Vec::new(), Vec::new());
    for (login, role) in three {
        let password = secret(16)?;
        let password_hash = hash_password(&password).map_err(Cannot::because)?.into();
        let account = AccountRow { login: login.clone().into(), role, password_hash, ..AccountRow::default() };
        rows.push(Blob::from(account.pack()));
        logins.push(Login { login, password });
    }
    let first = Register { by: security(), kind: RegisterKind::Accounts, rows, part: 1, parts: 1, expected: None };
    let open = Open {
        name_zh: args.name_zh.clone().into(),
        name_en: args.name_en.clone().into(),
        window: args.window.map_or_else(random_number, Ok)?,
        sandbox: false,
        registry: vec![first],
        ..Open::default()
    };
    let number = open.window;
    window.found(open, &files).map_err(Cannot::because)?;
    window.close();
    let founded = Founded {
        folder: &data.to_string_lossy(),
        name_zh: &args.name_zh,
        name_en: &args.name_en,
        window: number,
        policy_files: files.len(),
        samples: policy.samples(),
    };
    say.tell(&founded, || {
        format!(
            "{}: {} {} is founded, window number {}, {} policy files{}",
            founded.folder,
            founded.name_zh,
            founded.name_en,
            founded.window,
            founded.policy_files,
            warning(founded.samples)
        )
    })?;
    for login in &logins {
        say.tell(login, || format!("login {}  password {}", login.login, login.password))?;
    }
    Ok(Exit::Well)
}
