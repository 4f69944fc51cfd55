//! `onewindow account` and `onewindow key`: who may sign in, and which programs may send.
//!
//! Secrets are made here and printed once; the journal knows their hashes only.

use super::remote::{DoorArgs, Remote, RemoteArgs};
use super::serve::secret;
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, security};
use serde::Serialize;
use serde_json::json;
use server::sign::{hash_password, key_hash};
use std::path::PathBuf;
use store::proof::hex;
use store::signer::soft::SoftModule;
use store::signer::token::TokenPlace;
use trade::account::{AccountRow, ApiKeyRow};
use trade::command::{Actor, ActorRole, Verdict};
use trade::pack::Text;
use trade::policy::rights::Action;
use trade::time::{HOUR_MS, Moment};
use window::filing::security as by_name;

/// People's accounts: who may sign in at the portal.
#[derive(clap::Args)]
pub struct AccountArgs {
    #[command(subcommand)]
    what: AccountWhat,
}

#[derive(clap::Subcommand)]
enum AccountWhat {
    /// Makes an account, or gives it a new password and role; prints the password once. Where the law asks for two
    /// administrators, an official's new password is proposed by one and given by another
    Add {
        /// The name to sign in with, in small letters; no person's name
        #[arg(value_parser = login)]
        login: String,

        /// operator, officer, enterprise, viewer, security, auditor, consumer, tax, exchange, commerce, market
        #[arg(long, value_parser = role)]
        role: ActorRole,

        /// For an officer the customs office whose parcels are seen whole; all of the zone where left out
        #[arg(long, value_name = "CODE", default_value = "")]
        office: String,

        /// For an enterprise's account its customs code
        #[arg(long, value_name = "CODE", default_value = "")]
        enterprise: String,

        /// For a consumer's account a file, or - for standard input, with the number of the identity document that was
        /// looked at; it becomes a pseudonym and is not kept
        #[arg(long, value_name = "FILE")]
        identity_from: Option<std::path::PathBuf>,

        #[command(flatten)]
        door: DoorArgs,
    },
    /// Closes an account
    Close {
        #[arg(value_parser = login)]
        login: String,

        #[command(flatten)]
        zone: ZoneArgs,

        #[command(flatten)]
        remote: RemoteArgs,
    },
    /// Lists accounts; the zone may be running
    List {
        #[command(flatten)]
        zone: ZoneArgs,
    },
}

/// Programs' keys: who may send messages and command the window over HTTP.
#[derive(clap::Args)]
pub struct KeyArgs {
    #[command(subcommand)]
    what: KeyWhat,
}

#[derive(clap::Subcommand)]
enum KeyWhat {
    /// Makes a key for an enterprise, or with --role for an official; prints it once
    Add {
        /// The enterprise's customs code; left out with --role
        #[arg(required_unless_present = "role", conflicts_with = "role", default_value = "")]
        enterprise: String,

        /// operator, officer, viewer, security, auditor, tax, exchange, commerce, market
        #[arg(long, value_parser = role)]
        role: Option<ActorRole>,

        /// For an officer's program the customs office whose parcels are seen whole
        #[arg(long, value_name = "CODE", default_value = "")]
        office: String,

        /// What you call it; of an official's key the name under which its acts stand in the journal
        #[arg(long, default_value = "key")]
        label: String,

        /// An action, such as message.send, that the key opens; may be repeated. All that its role may where left out
        #[arg(long, value_name = "ACTION", value_parser = action)]
        scope: Vec<Action>,

        /// The key opens nothing after so many days; without end where left out
        #[arg(long, value_name = "N")]
        days: Option<u16>,

        #[command(flatten)]
        zone: ZoneArgs,

        #[command(flatten)]
        remote: RemoteArgs,
    },
    /// Makes a key that opens what another one does, and ends that one some days later; prints it once
    Rotate {
        /// The first digits of the old key's hash, as `key list` shows it
        hash: String,

        /// The old key goes on opening so many days
        #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(..=30))]
        keep_days: u16,

        #[command(flatten)]
        zone: ZoneArgs,
    },
    /// Takes a key back: it opens nothing any more
    Revoke {
        /// The first digits of the key's hash, as `key list` shows it
        hash: String,

        #[command(flatten)]
        zone: ZoneArgs,

        #[command(flatten)]
        remote: RemoteArgs,
    },
    /// Puts new keys in the place of those with which the window signs its heads; the old ones are destroyed
    ///
    /// Old and new keys sign the change, so that whoever knows the old ones can follow it: verify, witness and the
    /// interface tell how.
    RotateHead {
        /// The old keys may be in other hands: what they sign over more entries than now counts for nothing
        #[arg(long)]
        revoke: bool,

        #[command(flatten)]
        door: DoorArgs,
    },
    /// Lists keys by their hash; the zone may be running
    List {
        #[command(flatten)]
        zone: ZoneArgs,
    },
    /// Lists the tokens that a PKCS#11 module reaches, and what they can sign with
    Tokens {
        /// The module's file, or soft:DIR
        module: String,

        /// The maker's number of SM2 with SM3
        #[arg(long, value_name = "N")]
        sm2_mechanism: Option<u64>,
    },
    /// Makes an empty folder a token, for trying: it behaves like a device and keeps nothing from whoever runs this machine
    SoftToken {
        folder: PathBuf,

        /// The token's label
        #[arg(long)]
        label: String,

        /// The file whose first line is its PIN
        #[arg(long, value_name = "FILE")]
        pin_file: PathBuf,
    },
}

/// A name to sign in with: the portal asks for it in small letters.
pub fn login(text: &str) -> Result<String, String> {
    let login = text.trim().to_lowercase();
    let fits = (1..=64).contains(&login.len()) && !login.chars().any(|c| c.is_whitespace() || c.is_control());
    fits.then_some(login).ok_or_else(|| "a name of 1 to 64 letters or digits without blanks".into())
}

fn role(name: &str) -> Result<ActorRole, String> {
    let named = ActorRole::from_name(name).filter(|role| *role != ActorRole::Window);
    named.ok_or_else(|| {
        "there are operator, officer, enterprise, viewer, security, auditor, consumer, tax, exchange, commerce, market"
            .into()
    })
}

#[derive(Serialize)]
struct Account<'a> {
    login: &'a str,
    role: &'static str,
    enterprise: &'a str,
    closed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<&'a str>,
}

#[derive(Serialize)]
struct KeyLine<'a> {
    hash: String,
    role: &'static str,
    enterprise: &'a str,
    label: &'a str,
    revoked: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    scopes: &'a [Text],
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
}

pub fn account(args: &AccountArgs, say: &mut Say, clock: &Clock) -> Done {
    match &args.what {
        AccountWhat::Add { login, role, enterprise, office, identity_from, door } => {
            if (*role == ActorRole::Enterprise) == enterprise.is_empty() {
                return Err(Cannot::because("an enterprise's account needs --enterprise CODE, and no other has one"));
            }
            let identity = match identity_from {
                Some(file) => super::text_of(file)?.trim().to_owned(),
                None => String::new(),
            };
            let password = secret(16)?;
            let row = AccountRow {
                login: login.clone().into(),
                role: *role,
                enterprise: enterprise.clone().into(),
                password_hash: hash_password(&password).map_err(Cannot::because)?.into(),
                closed: false,
                office: office.clone().into(),
                ..AccountRow::default()
            };
            match admit_account(&row, &identity, &door.by, &door.zone, door.remote.remote()?, clock)? {
                true => tell_proposed(&row, say),
                false => tell_account(&row, Some(&password), say),
            }
        }
        AccountWhat::Close { login, zone, remote } => {
            let known = zone.read(clock);
            let row = match &known {
                Ok(window) => window.accounts().into_iter().find(|row| row.login == *login),
                // Over a running window on another machine the row is not at hand, and need not be.
                Err(_) if remote.url.is_some() => {
                    Some(AccountRow { login: login.clone().into(), ..AccountRow::default() })
                }
                Err(cannot) => return Err(Cannot::because(cannot.to_string())),
            };
            let row = row.ok_or_else(|| Cannot::because(format!("there is no account {login}")))?;
            drop(known);
            let row = AccountRow { closed: true, ..row };
            admit_account(&row, "", "command-line", zone, remote.remote()?, clock)?;
            tell_account(&row, None, say)
        }
        AccountWhat::List { zone } => {
            let mut rows = zone.read(clock)?.accounts();
            rows.sort_by(|a, b| a.login.cmp(&b.login));
            for row in &rows {
                tell_account(row, None, say)?;
            }
            Ok(Exit::Well)
        }
    }
}

fn tell_account(row: &AccountRow, password: Option<&str>, say: &mut Say) -> Done {
    let (role, enterprise) = (row.role.name(), row.enterprise.as_str());
    let line = Account { login: &row.login, role, enterprise, closed: row.closed, password };
    say.tell(&line, || {
        let mut words = format!("{} {role} {enterprise}", row.login).trim_end().to_owned();
        words.push_str(if row.closed { "  closed" } else { "" });
        words + &password.map_or(String::new(), |password| format!("  password {password}"))
    })?;
    Ok(Exit::Well)
}

/// The password is not said: it never holds, and the other administrator's does.
fn tell_proposed(row: &AccountRow, say: &mut Say) -> Done {
    let (login, role) = (row.login.as_str(), row.role.name());
    say.tell(&json!({ "login": login, "role": role, "proposed": true }), || {
        format!(
            "{login} {role}  proposed: another administrator does the same within a day, and gets the password\n\
             {login} {role}  已提出：另一名管理员在一天内同样办理，并取得密码"
        )
    })?;
    Ok(Exit::Well)
}

/// True where it is only proposed.
fn admit_account(
    row: &AccountRow,
    identity: &str,
    by: &str,
    zone: &ZoneArgs,
    remote: Option<Remote<'_>>,
    clock: &Clock,
) -> Result<bool, Cannot> {
    let body = json!({
        "login": row.login, "role": row.role.name(), "enterprise": row.enterprise,
        "password_hash": row.password_hash, "closed": row.closed, "office": row.office,
        "identity": identity,
    });
    match remote {
        Some(remote) => admitted(&remote, "/api/v1/accounts", &body),
        None => here(zone, clock, |window| {
            done(window.admit_account(&by_name(by), row, identity).map_err(Cannot::because)?)
        }),
    }
}

/// Does something to the zone in its folder, where no window runs.
fn here<T>(
    zone: &ZoneArgs,
    clock: &Clock,
    act: impl FnOnce(&window::Window) -> Result<T, Cannot>,
) -> Result<T, Cannot> {
    let window = zone.open(false, clock)?;
    let done = act(&window);
    window.close();
    done
}

/// Whether what was done is only proposed.
fn done(answer: window::Answer) -> Result<bool, Cannot> {
    let outcome = answer.entry.iter().flat_map(|e| &e.outcomes).next();
    match outcome.filter(|o| o.verdict == Verdict::Refused).and_then(|o| o.findings.first()) {
        Some(finding) => Err(Cannot::because(super::submit::words(&server::desk::Said::of(finding)))),
        None => Ok(outcome.is_some_and(|o| o.verdict == Verdict::Waiting)),
    }
}

fn admitted(remote: &Remote<'_>, path: &str, body: &serde_json::Value) -> Result<bool, Cannot> {
    match remote.command(path, "application/json", body.to_string().as_bytes())? {
        Ok(answer) => Ok(answer["proposed"] == true),
        Err(problem) => {
            let word = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
            Err(Cannot::because(format!("{}\n{}", word("en"), word("zh"))))
        }
    }
}

pub fn key(args: &KeyArgs, say: &mut Say, clock: &Clock) -> Done {
    match &args.what {
        KeyWhat::Add { enterprise, role, label, office, scope, days, zone, remote } => {
            let key = format!("ow_{}", secret(24)?);
            let row = ApiKeyRow {
                hash: key_hash(&key),
                enterprise: enterprise.clone().into(),
                label: label.clone().into(),
                role: role.unwrap_or(ActorRole::Enterprise),
                revoked: false,
                office: office.clone().into(),
                scopes: scope.iter().map(|action| action.name().into()).collect(),
                until: days.map(|days| in_days(clock, days)),
            };
            if row.role == ActorRole::Enterprise && row.enterprise.is_empty() {
                return Err(Cannot::because("an enterprise's key needs its code: onewindow key add CODE"));
            }
            admit_key(&row, *days, zone, remote.remote()?, clock)?;
            tell_key(&row, Some(&key), say)
        }
        KeyWhat::Rotate { hash, keep_days, zone } => {
            let old = meant(zone, hash, clock)?;
            if !old.opens_at(clock.now()) {
                return Err(Cannot::because("that key opens nothing; make a new one: onewindow key add"));
            }
            let key = format!("ow_{}", secret(24)?);
            let rows = old.replaced(key_hash(&key), in_days(clock, *keep_days));
            here(zone, clock, |window| done(window.admit_keys(&security(), &rows).map_err(Cannot::because)?))?;
            tell_key(&rows[0], Some(&key), say)
        }
        KeyWhat::Revoke { hash, zone, remote } => {
            let row = ApiKeyRow { revoked: true, ..meant(zone, hash, clock)? };
            admit_key(&row, None, zone, remote.remote()?, clock)?;
            tell_key(&row, None, say)
        }
        KeyWhat::RotateHead { revoke, door } => {
            match door.remote.remote()? {
                Some(remote) => admitted(&remote, "/api/v1/heads/rotation", &json!({ "revoked": revoke })).map(drop)?,
                None => here(&door.zone, clock, |window| {
                    let by = Actor { id: door.by.clone().into(), role: ActorRole::Security };
                    done(window.rotate_head_keys(&by, *revoke).map_err(Cannot::because)?).map(drop)
                })?,
            }
            let line = json!({ "rotated": true, "revoked": revoke });
            say.tell(&line, || {
                "the window signs with new keys; publish them, and the statement at /api/v1/heads/succession\n\
                 窗口已改用新密钥签名；请公布新公钥和 /api/v1/heads/succession 的声明"
                    .to_owned()
            })?;
            Ok(Exit::Well)
        }
        KeyWhat::Tokens { module, sm2_mechanism } => {
            let place = TokenPlace {
                module: module.clone(),
                token: String::new(),
                pin_file: PathBuf::new(),
                label: String::new(),
                algorithms: vec![],
                sm2_mechanism: *sm2_mechanism,
                sm2_make: None,
            };
            for found in place.module().and_then(|module| module.tokens()).map_err(Cannot::because)? {
                let offers: Vec<_> = found.offers.iter().map(|algorithm| algorithm.name()).collect();
                say.tell(&json!({ "token": found.label, "offers": offers }), || {
                    format!("{}  {}", found.label, offers.join(" "))
                })?;
            }
            Ok(Exit::Well)
        }
        KeyWhat::SoftToken { folder, label, pin_file } => {
            let pin = super::text_of(pin_file)?;
            let pin = pin.lines().next().unwrap_or_default();
            if pin.len() < 4 {
                return Err(Cannot::because("a PIN has 4 characters or more"));
            }
            SoftModule::new(folder).init(label, pin).map_err(Cannot::because)?;
            let module = format!("soft:{}", folder.display());
            say.tell(&json!({ "module": module, "token": label }), || format!("{module} is token {label}"))?;
            Ok(Exit::Well)
        }
        KeyWhat::List { zone } => {
            let mut rows = zone.read(clock)?.api_keys();
            rows.sort_by(|a, b| (&a.enterprise, &a.label, a.hash).cmp(&(&b.enterprise, &b.label, b.hash)));
            for row in &rows {
                tell_key(row, None, say)?;
            }
            Ok(Exit::Well)
        }
    }
}

/// The one key whose hash begins so.
fn meant(zone: &ZoneArgs, hash: &str, clock: &Clock) -> Result<ApiKeyRow, Cannot> {
    let rows = zone.read(clock)?.api_keys();
    let mut meant = rows.into_iter().filter(|row| !hash.is_empty() && hex(&row.hash).starts_with(hash));
    match (meant.next(), meant.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Cannot::because(format!("no key has a hash that begins with {hash}"))),
        (Some(_), Some(_)) => Err(Cannot::because(format!("several keys begin with {hash}"))),
    }
}

fn in_days(clock: &Clock, days: u16) -> Moment {
    Moment(clock.now().0 + i64::from(days) * 24 * HOUR_MS)
}

fn action(name: &str) -> Result<Action, String> {
    Action::from_name(name).ok_or_else(|| "no such action; `onewindow rights` and /rights name them".into())
}

/// Keys of earlier days and of a sandbox name no role: they are enterprises'.
fn role_of(row: &ApiKeyRow) -> ActorRole {
    if row.role == ActorRole::Window { ActorRole::Enterprise } else { row.role }
}

fn tell_key(row: &ApiKeyRow, key: Option<&str>, say: &mut Say) -> Done {
    let (hash, role, enterprise) = (hex(&row.hash), role_of(row).name(), row.enterprise.as_str());
    let (scopes, until) = (row.scopes.as_slice(), row.until.map(|until| until.to_string()));
    let line = KeyLine { hash, role, enterprise, label: &row.label, revoked: row.revoked, scopes, until, key };
    say.tell(&line, || {
        let mut words = format!("{}  {role} {enterprise} {}", &line.hash[..12], row.label);
        if !scopes.is_empty() {
            words.push_str(&format!("  opens {}", scopes.join(" ")));
        }
        match &line.until {
            _ if row.revoked => words.push_str("  revoked"),
            Some(until) => words.push_str(&format!("  until {until}")),
            None => {}
        }
        words + &key.map_or(String::new(), |key| format!("  key {key}"))
    })?;
    Ok(Exit::Well)
}

fn admit_key(
    row: &ApiKeyRow,
    days: Option<u16>,
    zone: &ZoneArgs,
    remote: Option<Remote<'_>>,
    clock: &Clock,
) -> Result<(), Cannot> {
    let body = json!({
        "hash": hex(&row.hash), "role": role_of(row).name(), "enterprise": row.enterprise, "label": row.label,
        "revoked": row.revoked, "office": row.office, "scopes": row.scopes, "days": days,
    });
    match remote {
        Some(remote) => admitted(&remote, "/api/v1/keys", &body).map(drop),
        None => here(zone, clock, |window| {
            done(window.admit_keys(&security(), std::slice::from_ref(row)).map_err(Cannot::because)?).map(drop)
        }),
    }
}
