//! What every page shares: who asks, in which language, the frame around the answer, and how a fault is told.

use crate::Portal;
use crate::chart::escape;
use crate::desk::{Both, Caller, Dateline, Desk, Fen, Refused, Said, Sight, State};
use crate::doors::Admitted;
use crate::lang::{self, Lang, Plain};
use crate::press::Lacks;
use crate::sign;
use askama::Template;
use axum::body::Body;
use axum::extract::{FromRequestParts, OriginalUri, Request};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::fmt::{Display, Write};
use std::sync::LazyLock;
use trade::time::{Day, Moment};

/// The policy of PORTAL section 2, word by word. No page needs a script; one that may have one says so ([`crate::pages::live`]).
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'";

/// A file that the pages need, under a name that changes with its content.
pub(crate) struct Asset {
    pub path: String,
    kind: &'static str,
    pub bytes: String,
}

pub(crate) static ASSETS: LazyLock<[Asset; 6]> = LazyLock::new(|| {
    let base = concat!(include_str!("../assets/base.css"), include_str!("../assets/more.css"));
    [
        ("tokens", "css", "text/css; charset=utf-8", include_str!("../assets/tokens.css")),
        ("base", "css", "text/css; charset=utf-8", base),
        ("mark", "svg", "image/svg+xml", include_str!("../assets/mark.svg")),
        ("live", "js", "text/javascript; charset=utf-8", include_str!("../assets/live.js")),
        ("form", "js", "text/javascript; charset=utf-8", include_str!("../assets/form.js")),
        ("passkey", "js", "text/javascript; charset=utf-8", include_str!("../assets/passkey.js")),
    ]
    .map(|(name, ending, kind, bytes)| Asset {
        path: format!("/assets/{name}.{}.{ending}", &hex(&Sha256::digest(bytes.as_bytes()))[..16]),
        kind,
        bytes: bytes.to_owned(),
    })
});

pub async fn asset(OriginalUri(uri): OriginalUri) -> Response {
    match ASSETS.iter().find(|a| a.path == uri.path()) {
        Some(asset) => (
            [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
            asset.bytes.as_str(),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub use crate::sign::token as cookie_token;

/// What a request to a page says about its reader.
#[derive(Clone, Debug)]
pub struct Visit {
    pub lang: Lang,
    /// Without the language prefix: `/parcels/6409...`.
    pub path: String,
    pub query: Option<String>,
    pub theme: Option<&'static str>,
    pub large: bool,
    pub token: Option<[u8; 32]>,
    /// Under which the window was reached, as the request has it: name, and port where it is not the usual one.
    pub host: String,
    /// What the browser took along to an identity provider, sealed.
    pub ticket: Option<String>,
    pub method: Method,
    /// What the table of rights let in, where the route is not open to all.
    admitted: Option<Admitted>,
    /// The reader changed the language by its address.
    remember: bool,
}

impl Visit {
    fn read(uri: &axum::http::Uri, headers: &HeaderMap, method: &Method) -> Visit {
        let (lang, path) = split(uri.path());
        Visit {
            lang: lang.unwrap_or_else(|| preferred(headers)),
            path: path.to_owned(),
            query: uri.query().map(str::to_owned),
            theme: cookie(headers, "ow_theme").and_then(|t| ["light", "dark"].into_iter().find(|k| *k == t)),
            large: cookie(headers, "ow_text") == Some("large"),
            token: cookie_token(headers),
            host: headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default().to_owned(),
            ticket: cookie(headers, crate::pages::provider::COOKIE).map(str::to_owned),
            method: method.clone(),
            admitted: None,
            remember: lang.is_some()
                && cookie(headers, "ow_lang").and_then(Lang::parse) != lang
                && method == Method::GET,
        }
    }

    /// The address without the language, for switching it and for coming back.
    fn here(&self) -> String {
        match &self.query {
            Some(query) if self.method == Method::GET => format!("{}?{query}", self.path),
            _ if self.method == Method::GET => self.path.clone(),
            // What was sent is not sent again by a link: a preview leads back to the page of its form.
            _ => {
                let form = ["/look", "/preview", "/act"].iter().find_map(|end| self.path.strip_suffix(end));
                form.filter(|form| !form.is_empty()).unwrap_or(&self.path).to_owned()
            }
        }
    }

    /// The same on paper, which is white, with letters as large as the style sheet for print has them.
    pub fn on_paper(&self) -> Visit {
        Visit { theme: Some("light"), large: false, ..self.clone() }
    }

    /// The frame alone, for what is no page.
    pub async fn framed(self, portal: &Portal) -> Frame {
        let desk = portal.desk.clone();
        let bare = Frame::bare(&self);
        tokio::task::spawn_blocking(move || Frame::of(&self, &*desk)).await.unwrap_or(bare)
    }

    /// Runs the work of a page on a thread that may block, and tells every fault as a page.
    pub async fn page<F>(self, portal: &Portal, work: F) -> Response
    where
        F: FnOnce(&dyn Desk, &Frame) -> Result<Response, Fault> + Send + 'static,
    {
        let desk = portal.desk.clone();
        let bare = Frame::bare(&self);
        let (lang, remember) = (self.lang, self.remember);
        let done = tokio::task::spawn_blocking(move || {
            let frame = Frame::of(&self, &*desk);
            work(&*desk, &frame).unwrap_or_else(|fault| fault.page(&frame))
        })
        .await;
        let mut response = done.unwrap_or_else(|_| {
            let case = case_number();
            tracing::error!(case, "a page broke");
            Fault::Refused(Refused::Broken { case }).page(&bare)
        });
        if remember && let Some(cookie) = sign::set_cookie("ow_lang", lang.name(), 365 * 86_400, true, portal.secure) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl FromRequestParts<Portal> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Portal) -> Result<Visit, Self::Rejection> {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |o| &o.0);
        let admitted = parts.extensions.get::<Admitted>().cloned();
        Ok(Visit { admitted, ..Visit::read(uri, &parts.headers, &parts.method) })
    }
}

/// `/zh/parcels/1` is Chinese and `/parcels/1`.
fn split(path: &str) -> (Option<Lang>, &str) {
    let rest = path.strip_prefix('/').unwrap_or(path);
    let (first, tail) = rest.find('/').map_or((rest, "/"), |at| (&rest[..at], &rest[at..]));
    match Lang::parse(first) {
        Some(lang) => (Some(lang), tail),
        None => (None, path),
    }
}

fn preferred(headers: &HeaderMap) -> Lang {
    cookie(headers, "ow_lang").and_then(Lang::parse).unwrap_or_else(|| {
        Lang::accepted(headers.get(header::ACCEPT_LANGUAGE).and_then(|h| h.to_str().ok()).unwrap_or(""))
    })
}

pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|h| h.to_str().ok())
        .flat_map(|h| h.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// An address inside this portal to go back to, or the start. Never another host.
pub fn inside(back: &str) -> &str {
    let plain = back.starts_with('/')
        && !back.starts_with("//")
        && back.len() < 2000
        && back.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    if plain { back } else { "/" }
}

/// The frame around a page: masthead, dateline, foot, and the words in the reader's language.
#[derive(Clone)]
pub struct Frame {
    pub lang: Lang,
    pub theme: Option<&'static str>,
    pub large: bool,
    pub here: String,
    pub path: String,
    /// As in [`Visit`].
    pub host: String,
    pub dateline: Option<Dateline>,
    pub caller: Option<Caller>,
    /// With which right the page is read.
    pub sight: Sight,
    pub now: Moment,
}

impl Frame {
    fn bare(visit: &Visit) -> Frame {
        Frame {
            lang: visit.lang,
            theme: visit.theme,
            large: visit.large,
            here: visit.here(),
            path: visit.path.clone(),
            host: visit.host.clone(),
            dateline: None,
            caller: None,
            sight: Sight::nobody(),
            now: Moment::default(),
        }
    }

    fn of(visit: &Visit, desk: &dyn Desk) -> Frame {
        let now = desk.now();
        let (caller, sight) = match &visit.admitted {
            Some(admitted) => (admitted.sight.caller.clone(), admitted.sight.clone()),
            None => {
                let session = visit.token.and_then(|token| desk.session(&token)).filter(|session| session.until > now);
                (session.map(|s| s.caller), Sight::nobody())
            }
        };
        Frame { dateline: Some(desk.dateline()), caller, sight, now, ..Frame::bare(visit) }
    }

    pub fn t<'a>(&self, key: &'a str) -> &'a str {
        self.lang.t(key)
    }

    pub fn t1(&self, key: &str, a: impl Display) -> String {
        self.lang.fill(key, &[&a.to_string()])
    }

    pub fn t2(&self, key: &str, a: impl Display, b: impl Display) -> String {
        self.lang.fill(key, &[&a.to_string(), &b.to_string()])
    }

    pub fn of_both<'a>(&self, text: &'a Both) -> &'a str {
        self.lang.of(text)
    }

    /// A reason's words, and what to do.
    pub fn reason<'a>(&self, said: &'a Said) -> (&'a str, &'a str) {
        let words = if self.english() { &said.en } else { &said.zh };
        (words, self.of_both(&said.remedy))
    }

    pub fn n(&self, n: impl Plain<u64>) -> String {
        lang::group(n.plain())
    }

    pub fn fen(&self, fen: impl Plain<Fen>) -> String {
        lang::table_fen(fen.plain())
    }

    /// With its sign: `+9.64`, `−10.04`, `0.00`.
    pub fn signed(&self, fen: impl Plain<Fen>) -> String {
        let fen = fen.plain();
        format!("{}{}", if fen > 0 { "+" } else { "" }, lang::table_fen(fen))
    }

    pub fn money(&self, fen: impl Plain<Fen>) -> String {
        self.lang.money(fen.plain())
    }

    pub fn span(&self, ms: impl Plain<u64>) -> String {
        self.lang.span(ms.plain())
    }

    pub fn stamp(&self, at: impl Plain<Moment>) -> String {
        lang::stamp(at.plain())
    }

    pub fn clock(&self, at: impl Plain<Moment>) -> String {
        lang::clock(at.plain())
    }

    /// The clock today, day and clock on another day.
    pub fn soon(&self, at: impl Plain<Moment>) -> String {
        let at = at.plain();
        if at.day() == self.now.day() { lang::clock(at) } else { lang::stamp(at) }
    }

    pub fn day(&self, day: impl Plain<Day>) -> String {
        day.plain().to_string()
    }

    pub fn share(&self, part: impl Plain<u64>, whole: impl Plain<u64>) -> String {
        lang::share(part.plain(), whole.plain())
    }

    /// An address of this portal in the reader's language.
    pub fn to(&self, path: impl AsRef<str>) -> String {
        format!("/{}{}", self.lang.name(), path.as_ref())
    }

    /// A parcel's own address.
    pub fn parcel(&self, key: impl AsRef<str>) -> String {
        format!("/{}/parcels/{}", self.lang.name(), quoted(key.as_ref()))
    }

    pub fn asset(&self, which: usize) -> &'static str {
        &ASSETS[which].path
    }

    /// Seal and word of a state.
    pub fn chip(&self, state: impl Plain<State>) -> String {
        let state = state.plain();
        format!(
            r#"<span class="st {}"><b aria-hidden="true">{}</b>{}</span>"#,
            state.tone().class(),
            escape(self.t(&format!("seal.{}", state.name()))),
            escape(self.t(&format!("state.{}", state.name())))
        )
    }

    pub fn state(&self, state: impl Plain<State>) -> String {
        self.t(&format!("state.{}", state.plain().name())).to_owned()
    }

    /// `1210 bonded retail import`; a regime that we have no word for stays a number. A parcel without a
    /// list has none yet.
    pub fn regime(&self, code: impl AsRef<str>) -> String {
        let code = code.as_ref();
        if code.is_empty() {
            return self.t("regime.none").to_owned();
        }
        let key = format!("regime.{code}");
        if self.lang.has(&key) { format!("{code} {}", self.t(&key)) } else { code.to_owned() }
    }

    /// Whoever is signed in.
    ///
    /// # Errors
    /// Nobody: to the sign-in page and back.
    pub fn known(&self) -> Result<&Caller, Fault> {
        self.caller.as_ref().ok_or(Fault::SignIn)
    }

    pub fn is(&self, role: &str) -> bool {
        self.caller.as_ref().is_some_and(|c| c.role.name() == role)
    }

    pub fn html(&self, page: &impl Template) -> Result<Response, Fault> {
        let text = page.render().map_err(|_| Fault::Refused(Refused::Broken { case: case_number() }))?;
        Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response())
    }

    /// The page of a form that was sent: 422 where something in it is wrong, and is told there.
    ///
    /// # Errors
    /// The page cannot be made.
    pub fn answer(&self, page: &impl Template, wrong: bool) -> Result<Response, Fault> {
        let mut response = self.html(page)?;
        if wrong {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        Ok(response)
    }

    /// 303 to an address of this portal.
    pub fn go(&self, path: &str) -> Response {
        see_other(&self.to(path))
    }
}

pub fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// Percent-encodes what may not stand in one step of a path or in a query value.
pub fn quoted(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            out.push(b as char);
        } else {
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

/// Eight hex digits that a person can read out and an operator can find in the log.
pub fn case_number() -> String {
    let mut bytes = [0u8; 4];
    // Without randomness the number says only that there was a fault.
    let _ = getrandom::fill(&mut bytes);
    hex(&bytes)
}

/// A new number for a message: a random UUID (RFC 9562, version 4) in the capitals that customs writes.
pub fn guid() -> String {
    let mut bytes = [0u8; 16];
    // Without randomness two messages have one number, and the second is told that it repeats the first.
    let _ = getrandom::fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex(&bytes).to_uppercase();
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}

/// Why a page is not the one that was asked for.
#[derive(Debug)]
pub enum Fault {
    SignIn,
    /// To the page where a second factor is set up.
    Factor,
    TooMany {
        retry_after_s: u32,
    },
    TooLarge,
    NoPdf(Lacks),
    Refused(Refused),
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Fault {
        Fault::Refused(refused)
    }
}

/// What the tables of sign-ins cannot say or take lets nobody in.
impl From<store::StoreError> for Fault {
    fn from(error: store::StoreError) -> Fault {
        let case = case_number();
        tracing::error!(case, %error, "the tables of sign-ins cannot be used");
        Fault::Refused(Refused::Broken { case })
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage<'a> {
    f: &'a Frame,
    kind: &'static str,
    /// Case number, seconds to wait, or what may not be done.
    about: String,
    said: Option<&'a Both>,
}

impl FaultPage<'_> {
    fn service(&self) -> Option<usize> {
        None
    }

    fn key(&self, what: &str) -> String {
        self.f.t(&format!("fault.{}.{what}", self.kind)).to_owned()
    }
}

impl Fault {
    fn page(self, f: &Frame) -> Response {
        let (status, kind, about, retry) = match &self {
            Fault::SignIn => return f.go(&format!("/login?back={}", quoted(&f.here))),
            Fault::Factor => return f.go("/account"),
            Fault::TooMany { retry_after_s } => {
                (StatusCode::TOO_MANY_REQUESTS, "429", f.span(u64::from(*retry_after_s) * 1000), Some(*retry_after_s))
            }
            Fault::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "413", String::new(), None),
            Fault::NoPdf(lacks) => {
                let lacks = match lacks {
                    Lacks::Program => "pdf.lacks.program",
                    Lacks::Font => "pdf.lacks.font",
                    Lacks::Answer => "pdf.lacks.answer",
                };
                (StatusCode::NOT_IMPLEMENTED, "501", f.t(lacks).to_owned(), None)
            }
            Fault::Refused(refused) => match refused {
                Refused::NotNow { retry_after_s } => (
                    StatusCode::SERVICE_UNAVAILABLE,
                    "503",
                    f.span(u64::from(*retry_after_s) * 1000),
                    Some(*retry_after_s),
                ),
                Refused::ClockJumped { .. } | Refused::Unsigned { .. } => {
                    (StatusCode::SERVICE_UNAVAILABLE, "503", f.span(60_000), Some(60))
                }
                Refused::NotAllowed { what } => (StatusCode::FORBIDDEN, "403", what.clone(), None),
                Refused::NotFound => (StatusCode::NOT_FOUND, "404", f.path.clone(), None),
                Refused::Cannot { .. } | Refused::KeyReused => {
                    (StatusCode::UNPROCESSABLE_ENTITY, "422", String::new(), None)
                }
                Refused::Broken { case } => (StatusCode::INTERNAL_SERVER_ERROR, "500", case.clone(), None),
            },
        };
        let said = match &self {
            Fault::Refused(
                Refused::Cannot { said, .. } | Refused::ClockJumped { said } | Refused::Unsigned { said },
            ) => Some(said),
            _ => None,
        };
        let text = FaultPage { f, kind, about, said }.render().unwrap_or_else(|_| kind.to_owned());
        let mut response = (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response();
        if let Some(seconds) = retry {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// An address without language: to the reader's own, 303. One with a language that leads nowhere: 404.
pub async fn nowhere(axum::extract::State(portal): axum::extract::State<Portal>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |o| &o.0).clone();
    let visit = Visit::read(&uri, &parts.headers, &parts.method);
    let (lang, path) = split(uri.path());
    if path.starts_with("/api/") && lang.is_none() {
        return crate::api::nowhere(&parts.method, &uri);
    }
    let safe = !path.starts_with("//") && (parts.method == Method::GET || parts.method == Method::HEAD);
    if lang.is_none() && safe && uri.path() != "/favicon.ico" {
        return see_other(&format!("/{}{}", visit.lang.name(), visit.here()));
    }
    visit.page(&portal, |_, _| Err(Fault::Refused(Refused::NotFound))).await
}

/// Puts the protecting headers on every answer, and lets no other site post for a signed-in reader.
pub async fn guard(
    axum::extract::State(portal): axum::extract::State<Portal>,
    request: Request,
    next: Next,
) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let posted = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if posted && !api && !same_origin(request.headers()) {
        let mut response =
            (StatusCode::FORBIDDEN, "Posted from another site. 从别的网站提交，未受理。").into_response();
        protect(response.headers_mut());
        return response;
    }
    let page = split(request.uri().path()).0.is_some().then(|| portal.desk.now());
    let mut response: Response<Body> = next.run(request).await;
    if let Some(begun) = page {
        portal.times.note(portal.desk.now().0 - begun.0);
    }
    let class = usize::from(response.status().as_u16() / 100).clamp(1, 5) - 1;
    portal.answers[class].fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    protect(response.headers_mut());
    response
}

fn protect(headers: &mut HeaderMap) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Whether a form was posted from a page of this host: by `Origin`, else `Referer`, else `Sec-Fetch-Site`.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|h| h.to_str().ok());
    let Some(host) = text(header::HOST) else { return false };
    let host_of = |url: &str| {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        Some(rest.split('/').next().unwrap_or("").to_owned())
    };
    if let Some(origin) = text(header::ORIGIN).or_else(|| text(header::REFERER)) {
        return host_of(origin).is_some_and(|from| from.eq_ignore_ascii_case(host));
    }
    text(HeaderName::from_static("sec-fetch-site")) == Some("same-origin")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_leads_only_inside() {
        assert_eq!(inside("/parcels/1?a=b"), "/parcels/1?a=b");
        for out in ["//evil.example", "https://evil.example", "/\\evil", "", "parcels", "/a\r\nSet-Cookie: x", "/é"] {
            assert_eq!(inside(out), "/", "{out}");
        }
    }

    #[test]
    fn the_language_is_the_first_step_of_the_path() {
        assert_eq!(split("/zh/parcels/1"), (Some(Lang::Zh), "/parcels/1"));
        assert_eq!(split("/en"), (Some(Lang::En), "/"));
        assert_eq!(split("/english"), (None, "/english"));
        assert_eq!(split("/"), (None, "/"));
    }

    #[test]
    fn only_the_own_host_may_post() {
        let with = |pairs: &[(&str, &str)]| {
            let mut headers = HeaderMap::new();
            for (k, v) in pairs {
                headers.insert(HeaderName::from_bytes(k.as_bytes()).unwrap(), HeaderValue::from_str(v).unwrap());
            }
            same_origin(&headers)
        };
        assert!(with(&[("host", "a:1"), ("origin", "http://a:1")]));
        assert!(with(&[("host", "a"), ("referer", "https://a/zh/login")]));
        assert!(with(&[("host", "a"), ("sec-fetch-site", "same-origin")]));
        assert!(!with(&[("host", "a"), ("origin", "null"), ("sec-fetch-site", "same-origin")]));
        assert!(!with(&[("host", "a"), ("origin", "https://a.evil")]));
        assert!(!with(&[("host", "a")]));
        assert!(!with(&[("origin", "http://a")]));
    }

    #[test]
    fn style_sheets_keep_their_budget() {
        let css: usize = ASSETS[..2].iter().map(|a| a.bytes.len()).sum();
        assert!(css <= 48 * 1024, "{css}");
        assert!(ASSETS.iter().all(|a| !a.bytes.contains("url(http")));
        let scripts: usize = ASSETS.iter().filter(|a| a.kind.contains("script")).map(|a| a.bytes.len()).sum();
        assert!(scripts <= 40 * 1024, "{scripts}");
    }

    #[test]
    fn a_key_becomes_one_step_of_a_path() {
        assert_eq!(quoted("a/b?c=é"), "a%2Fb%3Fc%3D%C3%A9");
    }
}
