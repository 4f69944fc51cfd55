//! How one signs in: own sessions, second factor and passkeys; for the security administrator, everybody's sessions.

use crate::Portal;
use crate::desk::{Desk, Refused};
use crate::pages::live::with_script;
use crate::pages::provider::{home, named, ticket_cookie};
use crate::passkeys::{self, Brought, Proved};
use crate::sign::{self, Lacks, Proof};
use crate::sign_ins::{Offer, Seen};
use crate::site::{Fault, Frame, Visit};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::header;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use trade::time::Moment;

#[derive(Template)]
#[template(path = "account.html")]
struct Page<'a> {
    f: &'a Frame,
    name: &'a str,
    sessions: &'a [Seen],
    since: Option<Moment>,
    left: u32,
    /// The role needs a second factor.
    asked: bool,
    offer: Option<Offer>,
    passkeys: Vec<Kept>,
    /// Of all passkeys the numbers, with blanks between them.
    have: String,
    /// By which an authenticator knows whose passkey it keeps.
    handle: String,
    /// For a passkey that proves who asks, where the window is reached under a name of its own.
    challenge: Option<String>,
    once: Once<'a>,
    /// Identity providers: id, label, since when one's identity there is linked.
    providers: Vec<(String, String, Option<Moment>)>,
}

/// A passkey as its owner sees it.
struct Kept {
    id: String,
    begun: Moment,
    used: Moment,
}

/// What a page shows besides, once.
#[derive(Default)]
struct Once<'a> {
    recovery: &'a [String],
    /// For a new passkey.
    making: Option<&'a str>,
    /// To a provider, for a link: label and address.
    leaving: Option<(&'a str, &'a str)>,
    /// What did not fit: the text that says so, and where.
    wrong: Option<(&'static str, &'static str)>,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.once.wrong.is_some_and(|(_, at)| at == field)
    }

    /// The beginning of a number, to tell one from another.
    fn short<'i>(&self, id: &'i str) -> &'i str {
        id.get(..8).unwrap_or(id)
    }

    /// A passkey can prove who asks.
    fn proves(&self) -> bool {
        self.challenge.is_some() && !self.passkeys.is_empty()
    }
}

/// Forms that ask the owner again: their section of the page, and the field of the password.
const CODES: (&str, &str) = ("two", "password");
const PASSKEYS: (&str, &str) = ("passkeys", "password2");
const PROVIDERS: (&str, &str) = ("providers", "password3");

/// Who asks for the page.
struct Asking<'a> {
    portal: &'a Portal,
    desk: &'a dyn Desk,
    f: &'a Frame,
    token: Option<[u8; 32]>,
}

impl Asking<'_> {
    /// The page; with an offer only where one waits for its code.
    fn told(&self, once: Once<'_>) -> Result<Response, Fault> {
        let Asking { desk, f, .. } = *self;
        let caller = f.known()?;
        let (all, name) = (desk.sign_ins(), caller.name.as_str());
        let account = desk.account(name).ok_or(Fault::SignIn)?;
        let (passkeys, links) = (all.passkeys(&account)?, all.links(&account)?);
        let linked = |provider: &crate::providers::Provider| {
            let since = links.iter().find(|link| link.issuer == provider.issuer).map(|link| link.begun);
            (provider.id.clone(), provider.label(f.lang).to_owned(), since)
        };
        let providers = self.portal.providers.as_deref().map_or(&[][..], |all| all.all()).iter().map(linked).collect();
        let kept = |(id, passkey): (Vec<u8>, store::ops::Passkey)| Kept {
            id: STANDARD.encode(id),
            begun: passkey.begun,
            used: passkey.used,
        };
        let passkeys: Vec<_> = passkeys.into_iter().map(kept).collect();
        let challenge = passkeys::challenge(&self.portal.challenges, &f.host, f.now)?.map(|(challenge, _)| challenge);
        let wrong = once.wrong.is_some();
        let page = Page {
            f,
            name,
            sessions: &all.sessions(Some(name), self.token.as_ref(), f.now),
            since: desk.factor_since(name)?,
            left: all.recovery_left(name),
            asked: desk.asks_factor(caller.role) && passkeys.is_empty(),
            offer: all.offered(name, f.now),
            have: passkeys.iter().map(|kept| kept.id.as_str()).collect::<Vec<_>>().join(" "),
            handle: STANDARD.encode(all.handle(name)?),
            passkeys,
            challenge,
            once,
            providers,
        };
        let scripted = page.proves() || page.once.making.is_some();
        let response = f.answer(&page, wrong)?;
        Ok(if scripted { with_script(response) } else { response })
    }

    fn wrong(&self, key: &'static str, at: &'static str) -> Result<Response, Fault> {
        self.told(Once { wrong: Some((key, at)), ..Once::default() })
    }

    /// What to say to whoever did not prove to be the owner, in the form of this section with this field.
    fn lacks(&self, lacks: Lacks, (section, password): (&'static str, &'static str)) -> Result<Response, Fault> {
        match lacks {
            Lacks::Password => self.wrong("account.wrong.password", password),
            Lacks::Second => self.wrong("account.wrong.second", section),
        }
    }
}

pub async fn show(State(portal): State<Portal>, visit: Visit) -> Response {
    let (inner, token) = (portal.clone(), visit.token);
    visit.page(&portal, move |desk, f| Asking { portal: &inner, desk, f, token }.told(Once::default())).await
}

#[derive(Deserialize)]
pub struct Which {
    /// One session; all but the one that asks where empty.
    #[serde(default)]
    id: String,
    /// Of this account; only where others' sessions are ended.
    #[serde(default)]
    account: String,
}

/// Ends own sessions.
pub async fn end(State(portal): State<Portal>, visit: Visit, Form(which): Form<Which>) -> Response {
    let token = visit.token;
    visit
        .page(&portal, move |desk, f| {
            let name = &f.known()?.name;
            let id = Some(which.id.as_str()).filter(|id| !id.is_empty());
            desk.sign_ins().end_among(Some(name), id, token.as_ref(), f.now);
            Ok(f.go("/account"))
        })
        .await
}

/// Makes a new secret for whoever proves again to be the account's owner: a session that somebody took sets up nothing.
pub async fn begin_factor(State(portal): State<Portal>, visit: Visit, Form(proof): Form<Proof>) -> Response {
    let (inner, token) = (portal.clone(), visit.token);
    let turn = portal.sign_ins.clone().acquire_owned().await;
    visit
        .page(&portal, move |desk, f| {
            let _turn = turn;
            match sign::owner(&inner, desk, f, &proof)? {
                Ok(account) => desk.sign_ins().offer(&account.caller.name, f.now)?,
                Err(lacks) => return Asking { portal: &inner, desk, f, token }.lacks(lacks, CODES),
            };
            Ok(f.go("/account"))
        })
        .await
}

/// The first code makes the secret the second factor; other sessions, which began without it, end.
pub async fn confirm_factor(State(portal): State<Portal>, visit: Visit, Form(proof): Form<Proof>) -> Response {
    let (inner, token) = (portal.clone(), visit.token);
    visit
        .page(&portal, move |desk, f| {
            let (name, asking) = (f.known()?.name.as_str(), Asking { portal: &inner, desk, f, token });
            if let Some(retry_after_s) = inner.locks.locked(name, f.now) {
                return Err(Fault::TooMany { retry_after_s });
            }
            match desk.sign_ins().confirm(name, &proof.code, f.now)? {
                Some(codes) => {
                    desk.sign_ins().end_among(Some(name), None, token.as_ref(), f.now);
                    asking.told(Once { recovery: &codes, ..Once::default() })
                }
                None => {
                    inner.locks.wrong(name, f.now);
                    asking.wrong("account.wrong.code", "code")
                }
            }
        })
        .await
}

/// Asks for a new passkey of whoever proves again to be the account's owner.
pub async fn begin_passkey(State(portal): State<Portal>, visit: Visit, Form(proof): Form<Proof>) -> Response {
    let (inner, token) = (portal.clone(), visit.token);
    let turn = portal.sign_ins.clone().acquire_owned().await;
    visit
        .page(&portal, move |desk, f| {
            let _turn = turn;
            let asking = Asking { portal: &inner, desk, f, token };
            let account = match sign::owner(&inner, desk, f, &proof)? {
                Ok(account) => account,
                Err(lacks) => return asking.lacks(lacks, PASSKEYS),
            };
            let Some((challenge, until)) = passkeys::challenge(&inner.challenges, &f.host, f.now)? else {
                return asking.wrong("passkey.unnamed", "passkeys");
            };
            if desk.sign_ins().passkeys(&account)?.len() >= passkeys::MOST {
                return asking.wrong("passkey.most", "passkeys");
            }
            desk.sign_ins().offer_passkey(&account.caller.name, &challenge, until)?;
            asking.told(Once { making: Some(&challenge), ..Once::default() })
        })
        .await
}

/// Takes the new passkey; other sessions, which began without it, end.
pub async fn confirm_passkey(State(portal): State<Portal>, visit: Visit, Form(brought): Form<Brought>) -> Response {
    let (inner, token) = (portal.clone(), visit.token);
    visit
        .page(&portal, move |desk, f| {
            let (name, all) = (f.known()?.name.as_str(), desk.sign_ins());
            let refused = || Asking { portal: &inner, desk, f, token }.wrong("passkey.wrong", "passkeys");
            let made = brought.made(&inner.challenges, &f.host, f.now);
            let (Some(made), Some(account)) = (made, desk.account(name)) else { return refused() };
            let Proved { challenge, until, count } = &made.proved;
            let offered = all.takes_offer(name, challenge, f.now)?
                && all.use_once(&Sha256::digest(challenge.as_bytes()).into(), *until);
            if !offered || !all.add_passkey(&made.id, &account, made.key, *count, f.now)? {
                return refused();
            }
            tracing::info!(account = name, "a passkey was made");
            all.end_among(Some(name), None, token.as_ref(), f.now);
            Ok(f.go("/account"))
        })
        .await
}

#[derive(Deserialize)]
pub struct Dropped {
    #[serde(default)]
    passkey: String,
    #[serde(flatten)]
    proof: Proof,
}

/// Takes a passkey away, for whoever proves again to be the account's owner; other sessions, which may be of who has it,
/// end.
pub async fn drop_passkey(State(portal): State<Portal>, visit: Visit, Form(dropped): Form<Dropped>) -> Response {
    let (inner, token) = (portal.clone(), visit.token);
    let turn = portal.sign_ins.clone().acquire_owned().await;
    visit
        .page(&portal, move |desk, f| {
            let _turn = turn;
            let (asking, all) = (Asking { portal: &inner, desk, f, token }, desk.sign_ins());
            let account = match sign::owner(&inner, desk, f, &dropped.proof)? {
                Ok(account) => account,
                Err(lacks) => return asking.lacks(lacks, PASSKEYS),
            };
            let name = account.caller.name.as_str();
            let id = STANDARD.decode(&dropped.passkey).unwrap_or_default();
            if !all.drop_passkey(name, &id)? {
                return asking.wrong("passkey.which.none", "passkeys");
            }
            tracing::info!(account = name, "a passkey was taken away");
            all.end_among(Some(name), None, token.as_ref(), f.now);
            Ok(f.go("/account"))
        })
        .await
}

#[derive(Deserialize)]
pub struct AtProvider {
    #[serde(default)]
    provider: String,
    #[serde(flatten)]
    proof: Proof,
}

/// Leads whoever proves again to be the account's owner to a provider, to link the identity there. By a link: a form may
/// not lead to another site.
pub async fn begin_link(State(portal): State<Portal>, visit: Visit, Form(asked): Form<AtProvider>) -> Response {
    let (inner, token) = (portal.clone(), visit.token);
    let turn = portal.sign_ins.clone().acquire_owned().await;
    visit
        .page(&portal, move |desk, f| {
            let _turn = turn;
            let asking = Asking { portal: &inner, desk, f, token };
            let (all, provider) = named(&inner, &asked.provider)?;
            let account = match sign::owner(&inner, desk, f, &asked.proof)? {
                Ok(account) => account,
                Err(lacks) => return asking.lacks(lacks, PROVIDERS),
            };
            let link = Some(account.caller.name.as_str());
            let Ok((to, ticket)) = all.start(provider, &home(&inner, f)?, ("/account", link), f.now) else {
                return asking.wrong("provider.down.next", "providers");
            };
            let leaving = Some((provider.label(f.lang), to.as_str()));
            let mut page = asking.told(Once { leaving, ..Once::default() })?;
            page.headers_mut().insert(header::SET_COOKIE, ticket_cookie(&inner, &ticket)?);
            Ok(page)
        })
        .await
}

/// Ends the link with a provider, for whoever proves again to be the account's owner; other sessions end.
pub async fn drop_link(State(portal): State<Portal>, visit: Visit, Form(asked): Form<AtProvider>) -> Response {
    let (inner, token) = (portal.clone(), visit.token);
    let turn = portal.sign_ins.clone().acquire_owned().await;
    visit
        .page(&portal, move |desk, f| {
            let _turn = turn;
            let asking = Asking { portal: &inner, desk, f, token };
            let (_, provider) = named(&inner, &asked.provider)?;
            let account = match sign::owner(&inner, desk, f, &asked.proof)? {
                Ok(account) => account,
                Err(lacks) => return asking.lacks(lacks, PROVIDERS),
            };
            let name = account.caller.name.as_str();
            desk.sign_ins().drop_link(name, &provider.issuer)?;
            tracing::info!(account = name, provider = provider.id, "the link with an identity ended");
            desk.sign_ins().end_among(Some(name), None, token.as_ref(), f.now);
            Ok(f.go("/account"))
        })
        .await
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct AllPage<'a> {
    f: &'a Frame,
    sessions: &'a [Seen],
}

impl AllPage<'_> {
    fn service(&self) -> Option<usize> {
        None
    }
}

pub async fn all(State(portal): State<Portal>, visit: Visit) -> Response {
    let token = visit.token;
    visit
        .page(&portal, move |desk, f| {
            let all = desk.sign_ins();
            let sessions = [all.sessions(None, token.as_ref(), f.now), all.machines(None, f.now)].concat();
            f.html(&AllPage { f, sessions: &sessions })
        })
        .await
}

/// Ends a session of somebody, or all of an account.
pub async fn end_any(State(portal): State<Portal>, visit: Visit, Form(which): Form<Which>) -> Response {
    let token = visit.token;
    visit
        .page(&portal, move |desk, f| {
            let by = f.known()?;
            let [id, account] = [&which.id, &which.account].map(|text| Some(text.as_str()).filter(|t| !t.is_empty()));
            // Neither would be everybody.
            if id.is_none() && account.is_none() {
                return Err(Refused::NotFound.into());
            }
            let all = desk.sign_ins();
            let ended = all.end_among(account, id, token.as_ref(), f.now) + all.end_machines(account, id, f.now);
            tracing::info!(by = by.name, account, ended, "sessions were ended");
            Ok(f.go("/zone/sessions"))
        })
        .await
}
