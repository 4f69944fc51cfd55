//! Routes, sign-in, pages, the API and the watched folder, over the one trait [`desk::Desk`].
//! Never here: rules of trade, SQL, a clock of its own; what is true comes from the desk, masked.
//! Called by `onewindow serve` and `demo`, which hand in a desk.

mod affairs;
mod alarms;
mod api;
mod appeals;
pub mod articles;
pub mod attachments;
mod boards;
mod bulk;
mod chart;
pub mod connected;
pub mod corrections;
pub mod courier;
pub mod desk;
pub mod doors;
mod exchanges;
pub mod folder;
mod goods;
pub mod held;
pub mod hooks;
pub mod house;
pub mod identity;
mod keys;
pub mod lang;
pub mod law;
pub mod live;
pub mod machines;
mod map;
pub mod masked;
mod own;
mod pages;
pub mod passkeys;
pub mod press;
mod program;
pub mod providers;
pub mod requests;
pub mod rulings;
mod seen;
mod service;
pub mod sign;
pub mod sign_ins;
mod site;
pub mod standing;
pub mod statements;
pub mod stock;
pub mod summaries;
mod traced;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use desk::Desk;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// What all handlers share.
#[derive(Clone)]
pub struct Portal(Arc<Inner>);

pub struct Inner {
    desk: Arc<dyn Desk>,
    locks: sign::Locks,
    /// Wrong tries to prove oneself as a parcel's buyer, by the parcel's number.
    person_locks: sign::Locks,
    challenges: machines::Challenges,
    /// The way in to each route.
    doors: doors::Doors,
    /// Cookies only over TLS.
    secure: bool,
    /// Room for bodies that are read and messages that wait for their answer.
    slots: Arc<Semaphore>,
    /// Identity providers that somebody may sign in by.
    providers: Option<Arc<providers::Providers>>,
    /// Questions to them at once.
    provided: Arc<Semaphore>,
    /// Passwords that are checked at once: each takes 19 MiB by argon2's own measure.
    sign_ins: Arc<Semaphore>,
    /// Papers that a program makes at once.
    papers: Arc<Semaphore>,
    /// Messages that were answered with receipts.
    taken: AtomicU64,
    /// Passwords that were checked, also for names that nobody has.
    checked: AtomicU64,
    /// Answers by class of status, 1xx to 5xx.
    answers: [AtomicU64; 5],
    /// How long the last pages took.
    times: service::Times,
    /// Room for pages whose figures move.
    streams: Arc<Semaphore>,
    /// The program ends: streams do too, so that it need not wait for them.
    ending: Arc<AtomicBool>,
}

impl std::ops::Deref for Portal {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// How a portal is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Mark cookies `Secure`: the portal is reached by TLS.
    pub secure: bool,
    /// Largest body that is taken in, in bytes.
    pub largest: usize,
    /// Bodies that are read or wait for their answer at once; with `largest` it bounds the memory.
    pub at_once: usize,
    /// Names under which the window is reached, with the port where it is not that of the scheme: machines sign in by
    /// certificate under these, and under those of this machine itself.
    pub hosts: Vec<String>,
    /// Identity providers of departments.
    pub providers: Option<Arc<providers::Providers>>,
}

impl Default for Options {
    fn default() -> Options {
        Options { secure: false, largest: 16 << 20, at_once: 64, hosts: vec![], providers: None }
    }
}

/// Pages whose figures move, at once.
const STREAMS: usize = 256;

/// A form without files: the receipt and proof of the verify page are the largest.
const LARGEST_FORM: usize = 1 << 20;

/// A body that stays silent this long is given up, so that slow senders do not hold the slots.
const SILENCE: Duration = Duration::from_secs(20);

/// All routes over a desk.
pub fn router(desk: Arc<dyn Desk>, options: Options) -> Router {
    router_with(desk, options, Router::new())
}

/// As [`router`], with routes that nobody registered: the test shows that they stay closed.
#[doc(hidden)]
pub fn router_with(desk: Arc<dyn Desk>, options: Options, more: Router<Portal>) -> Router {
    router_until(desk, options, more, Arc::default())
}

/// As [`router`]; streams end when `ending` is set.
fn router_until(desk: Arc<dyn Desk>, options: Options, more: Router<Portal>, ending: Arc<AtomicBool>) -> Router {
    let portal = Portal(Arc::new(Inner {
        desk,
        locks: sign::Locks::default(),
        person_locks: sign::Locks::default(),
        challenges: machines::Challenges::new(options.hosts),
        doors: doors::Doors::of(pages().doors),
        secure: options.secure,
        slots: Arc::new(Semaphore::new(options.at_once)),
        providers: options.providers,
        provided: Arc::new(Semaphore::new(8)),
        sign_ins: Arc::new(Semaphore::new(4)),
        papers: Arc::new(Semaphore::new(1)),
        taken: AtomicU64::new(0),
        checked: AtomicU64::new(0),
        answers: Default::default(),
        times: service::Times::default(),
        streams: Arc::new(Semaphore::new(STREAMS)),
        ending,
    }));
    let mut routes = more.merge(api::routes()).route("/assets/{name}", get(site::asset));
    for lang in lang::Lang::ALL {
        let root = format!("/{}", lang.name());
        routes = routes.route(&root, get(pages::overview::show)).route(&format!("{root}/"), get(pages::overview::show));
        routes = routes.nest(&root, pages().router);
    }
    routes
        .fallback(site::nowhere)
        .layer(axum::middleware::from_fn_with_state(portal.clone(), doors::admit))
        .layer(DefaultBodyLimit::max(options.largest))
        .layer(RequestBodyTimeoutLayer::new(SILENCE))
        .layer(axum::middleware::from_fn_with_state(portal.clone(), site::guard))
        .with_state(portal)
}

/// Serves a portal on a bound address until `stop` is set; requests under way are finished first.
///
/// # Errors
/// The network cannot be used.
pub fn serve(
    listener: std::net::TcpListener,
    desk: Arc<dyn Desk>,
    options: Options,
    stop: Arc<AtomicBool>,
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let routes = router_until(desk, options, Router::new(), stop.clone());
        let stopped = async move {
            while !stop.load(Ordering::Relaxed) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        axum::serve(listener, routes).with_graceful_shutdown(stopped).await
    })
}

pub use pages::live::POLICY as LIVE_POLICY;

/// Every way in, with the action that it stands for: what the test of rights goes through.
pub fn all_doors() -> Vec<doors::Door> {
    doors::Doors::of(pages().doors).all()
}

fn pages() -> doors::Pages {
    use pages::{
        account, act, ahead, appeal, articles, attach, attempt, board, bulk, company, compare, correct, exchange,
        filings, form, held, hook, identity, keys, law, live, looks, open, originals, parcel, person, plain, provider,
        queue, receipt, request, rows, ruling, standing, stock, summary, upload,
    };
    use trade::policy::rights::Action;
    let mut pages = doors::Pages::default()
        .get("/search", Action::ParcelList, rows::search)
        .get("/parcels", Action::ParcelList, rows::list)
        .get("/parcels.csv", Action::ParcelExport, rows::export)
        .get("/parcels.json", Action::ParcelExport, rows::export)
        .get("/parcels/{key}", Action::ParcelRead, parcel::show)
        .get("/parcels/{key}/attachments/{revision}", Action::AttachmentRead, attach::give)
        .get("/company/filings", Action::CompanyRead, filings::list)
        .get("/company/filings.csv", Action::CompanyRead, filings::export)
        .get("/company/filings.json", Action::CompanyRead, filings::export)
        .get("/company/filings/new", Action::GoodsFile, filings::new)
        .post("/company/filings/new", Action::GoodsFile, filings::send)
        .get("/company/filings/table", Action::GoodsFile, filings::table)
        .get("/company/filings/template.xlsx", Action::GoodsFile, filings::template)
        .get("/company/filings/template.csv", Action::GoodsFile, filings::template)
        .get("/company/filings/{ebc}/{item}", Action::CompanyRead, filings::one)
        .get("/company/filings/{ebc}/{item}/edit", Action::GoodsFile, filings::edit)
        .get("/company/filings/{ebc}/{item}/certificate", Action::CompanyRead, filings::certificate)
        .get("/company/filings/{ebc}/{item}/certificate.pdf", Action::CompanyRead, filings::certificate_pdf)
        .get("/company/filings/{ebc}/{item}/{revision}", Action::AttachmentRead, attach::give_of_goods)
        .get("/parcels/{key}/bill", Action::ReceiptRead, receipt::bill)
        .get("/parcels/{key}/bill.pdf", Action::ReceiptRead, receipt::bill_pdf)
        .get("/receipts/{revision}/{index}", Action::ReceiptRead, receipt::show)
        .get("/receipts/{revision}/{index}/paper.pdf", Action::ReceiptRead, receipt::pdf)
        .get("/receipts/{revision}/{index}/mend", Action::MessageSend, form::mend_answered)
        .get("/verify", Action::Public, plain::verify)
        .post("/verify", Action::Public, plain::verified)
        .get("/verify.html", Action::Public, plain::verify_offline)
        .get("/limits", Action::Public, plain::limits)
        .get("/interfaces", Action::Public, plain::interfaces)
        .get("/status", Action::Public, open::status)
        .get("/status.csv", Action::Public, open::status_export)
        .get("/status.json", Action::Public, open::status_export)
        .get("/policies", Action::Public, open::policies)
        .get("/policies/{file}", Action::Public, open::policy)
        .get("/policies/{file}/text", Action::Public, open::policy_text)
        .get("/notices", Action::Public, open::notices)
        .get("/accessibility", Action::Public, open::accessibility)
        .get("/department", Action::DepartmentRead, board::department)
        .get("/zone", Action::ZoneRead, board::zone)
        .get("/rights", Action::Public, looks::rights)
        .get("/rights.csv", Action::Public, looks::rights_export)
        .get("/rights.json", Action::Public, looks::rights_export)
        .get("/looks", Action::LooksRead, looks::show)
        .get("/looks.csv", Action::LooksRead, looks::export)
        .get("/looks.json", Action::LooksRead, looks::export)
        .post("/looks", Action::LooksRead, looks::of_person)
        .post("/look", Action::Public, plain::look)
        .get("/login", Action::Public, sign::show)
        .post("/login", Action::Public, sign::enter)
        .post("/login/passkey", Action::Public, sign::enter_by_passkey)
        .get("/login/with/{id}", Action::Public, provider::start)
        .get("/login/from/{id}", Action::Public, provider::back)
        .post("/login/code", Action::Public, provider::code)
        .post("/logout", Action::Public, sign::leave)
        .get("/account", Action::SessionOwn, account::show)
        .post("/account/end", Action::SessionOwn, account::end)
        .post("/account/factor", Action::SessionOwn, account::begin_factor)
        .post("/account/factor/confirm", Action::SessionOwn, account::confirm_factor)
        .post("/account/passkey", Action::SessionOwn, account::begin_passkey)
        .post("/account/passkey/confirm", Action::SessionOwn, account::confirm_passkey)
        .post("/account/passkey/drop", Action::SessionOwn, account::drop_passkey)
        .post("/account/provider", Action::SessionOwn, account::begin_link)
        .post("/account/provider/drop", Action::SessionOwn, account::drop_link)
        .get("/zone/sessions", Action::SessionManage, account::all)
        .post("/zone/sessions/end", Action::SessionManage, account::end_any)
        .get("/me", Action::PersonRead, person::show)
        .get("/me.csv", Action::PersonRead, person::export)
        .get("/me.json", Action::PersonRead, person::export)
        .get("/me/copy", Action::PersonRead, person::copy)
        .get("/me/not-me", Action::PersonRead, person::ask)
        .post("/me/not-me", Action::ActDisown, person::disown)
        .get("/appeal", Action::ActAppeal, appeal::ask)
        .post("/appeal", Action::ActAppeal, appeal::file)
        .get("/appeals", Action::AppealsRead, ruling::list)
        .get("/appeals/one", Action::AppealsRead, ruling::one)
        .post("/appeals", Action::ActAppeal, ruling::file)
        .get("/connectors", Action::ConnectorRead, hook::connectors)
        .get("/hooks", Action::HookOwn, hook::show)
        .post("/hooks", Action::HookOwn, hook::make)
        .post("/hooks/end", Action::HookOwn, hook::end)
        .get("/requests", Action::RequestRead, request::list)
        .post("/requests", Action::RequestAsk, request::ask)
        .get("/requests/{number}", Action::RequestRead, request::show)
        .post("/requests/{number}", Action::RequestAnswer, request::reply)
        .get("/requests/{number}/receipt.xml", Action::RequestRead, request::receipt)
        .get("/requests/{number}/proof.json", Action::RequestRead, request::proof)
        .get("/articles", Action::ArticlesDeclare, articles::ask)
        .post("/articles", Action::ArticlesDeclare, articles::declare)
        .get("/articles/{number}", Action::ArticlesDeclare, articles::show)
        .get("/articles/{number}/receipt.xml", Action::ArticlesDeclare, articles::receipt)
        .get("/articles/{number}/proof.json", Action::ArticlesDeclare, articles::proof)
        .get("/exchange", Action::ActExchange, exchange::ask)
        .post("/exchange", Action::ActExchange, exchange::link)
        .post("/prove-abroad", Action::ActProveAbroad, exchange::prove)
        .get("/company", Action::CompanyRead, company::show)
        .get("/company/ahead", Action::CompanyRead, ahead::show)
        .get("/company/ahead.csv", Action::CompanyRead, ahead::export)
        .get("/company/ahead.json", Action::CompanyRead, ahead::export)
        .get("/company/exports.csv", Action::CompanyRead, company::exports)
        .get("/company/exports.json", Action::CompanyRead, company::exports)
        .get("/company/register.csv", Action::CompanyRead, company::register)
        .get("/company/register.json", Action::CompanyRead, company::register)
        .get("/company/abroad.csv", Action::CompanyRead, company::abroad)
        .get("/company/abroad.json", Action::CompanyRead, company::abroad)
        .get("/company/sellers.csv", Action::CompanyRead, company::sellers)
        .get("/company/sellers.json", Action::CompanyRead, company::sellers)
        .get("/me/identity", Action::IdentityVerify, identity::show)
        .get("/company/standing", Action::CompanyRead, standing::own)
        .post("/company/standing/mandates", Action::MandateOwn, standing::entrust)
        .post("/company/standing/mandates/revoke", Action::MandateOwn, standing::revoke)
        .post("/company/standing/account", Action::AccountOwn, standing::file_account)
        .post("/company/standing/account/answer", Action::AccountOwn, standing::answer_account)
        .post("/company/standing/filings", Action::CertificationOwn, standing::file)
        .get("/zone/parties", Action::PartyRead, standing::find)
        .get("/zone/parties/{code}", Action::PartyRead, standing::party)
        .post("/zone/parties/{code}/certifications", Action::CertificationVouch, standing::vouch)
        .get("/company/keys", Action::KeyOwn, keys::show)
        .post("/company/keys", Action::KeyOwn, keys::make)
        .post("/company/keys/replace", Action::KeyOwn, keys::replace)
        .post("/company/keys/revoke", Action::KeyOwn, keys::revoke)
        .post("/company/keys/end", Action::KeyOwn, keys::end)
        .get("/company/correct", Action::ListCorrect, correct::show)
        .post("/company/correct", Action::ListCorrect, correct::send)
        .get("/live", Action::Public, live::overview)
        .get("/desk/live", Action::DeskRead, live::desk)
        .get("/desk", Action::DeskRead, queue::show)
        .get("/desk/filings", Action::RegistryRead, filings::queue)
        .post("/desk/filings", Action::ActApprove, filings::review)
        .post("/desk/look", Action::DeskRead, act::look)
        .post("/desk/act", Action::DeskAct, act::act)
        .get("/stock", Action::StockRead, stock::books)
        .get("/stock/{book}", Action::StockRead, stock::book)
        .get("/stock/{book}/report.csv", Action::StockRead, stock::report)
        .get("/stock/{book}/report.json", Action::StockRead, stock::report)
        .get("/stock/{book}/periods", Action::StockRead, stock::periods)
        .get("/stock/{book}/periods/{n}/register.csv", Action::StockRead, stock::period)
        .get("/stock/document/{number}", Action::StockRead, stock::document)
        .get("/stock/{book}/{item}", Action::StockRead, stock::item)
        .get("/summaries", Action::SummaryRead, summary::list)
        .get("/summaries.csv", Action::SummaryRead, summary::export)
        .get("/summaries.json", Action::SummaryRead, summary::export)
        .get("/summaries/{number}", Action::SummaryRead, summary::show)
        .get("/summaries/{number}/{declaration}", Action::SummaryRead, summary::declaration)
        .get("/summaries/{number}/{declaration}/{line}", Action::SummaryRead, summary::line)
        .get("/transfers", Action::HeldRead, held::transfers)
        .get("/transfers.csv", Action::HeldRead, held::export)
        .get("/transfers.json", Action::HeldRead, held::export)
        .get("/transfers/{number}", Action::HeldRead, held::transfer)
        .get("/returns", Action::HeldRead, held::returns)
        .get("/returns/room.csv", Action::HeldRead, held::export_room)
        .get("/returns/room.json", Action::HeldRead, held::export_room)
        .get("/returns/exports.csv", Action::HeldRead, held::export_back)
        .get("/returns/exports.json", Action::HeldRead, held::export_back)
        .get("/zone/alarms", Action::AlarmRead, crate::alarms::show)
        .post("/zone/alarms", Action::ActSettleAlarm, crate::alarms::settle)
        .get("/zone/registry", Action::RegistryImport, upload::choose)
        .get("/zone/registry/{table}", Action::RegistryImport, upload::show)
        .post("/zone/registry/{table}", Action::RegistryImport, upload::take)
        .get("/zone/originals", Action::ActDestroy, originals::show)
        .post("/zone/originals/destroy", Action::ActDestroy, originals::destroy)
        .get("/zone/journal", Action::JournalRead, plain::journal)
        .get("/zone/journal.csv", Action::JournalRead, plain::journal_export)
        .get("/zone/journal.json", Action::JournalRead, plain::journal_export)
        .get("/law/compare", Action::LawTry, compare::show)
        .post("/law/compare", Action::LawTry, compare::compared)
        .get("/law/try", Action::LawTry, law::show)
        .post("/law/try", Action::LawTry, law::begin)
        .get("/law/try/{number}", Action::LawTry, law::trial)
        .post("/law/try/{number}/cancel", Action::LawTry, law::cancel)
        .get("/law/try/{number}/report.csv", Action::LawTry, law::export)
        .get("/law/try/{number}/report.json", Action::LawTry, law::export)
        .get("/write/{kind}", Action::Public, form::show)
        .post("/write/{kind}", Action::Public, form::act)
        .post("/write/{kind}/send", Action::MessageSend, form::send)
        .get("/mend/{key}/{kind}", Action::MessageSend, form::mend)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .get("/write", Action::Public, form::choose)
        .post("/write", Action::Public, form::open)
        .post("/company/correct/preview", Action::ListCorrect, correct::preview)
        .post("/zone/registry/{table}/look", Action::RegistryImport, upload::look)
        .post("/send", Action::MessageSend, form::send_file)
        .post("/me/identity", Action::IdentityVerify, identity::ask)
        .post("/parcels/{key}/attachments", Action::AttachmentSend, attach::take)
        .post("/company/filings/table", Action::GoodsFile, filings::upload)
        .post("/company/filings/{ebc}/{item}", Action::AttachmentSend, attach::take_of_goods)
        .get("/bulk", Action::Public, bulk::choose)
        .get("/bulk/{kind}", Action::Public, bulk::show)
        .get("/bulk/{kind}/template.xlsx", Action::Public, bulk::template)
        .get("/bulk/{kind}/template.csv", Action::Public, bulk::template_csv)
        .post("/bulk/{kind}", Action::BulkSend, bulk::act)
        .get("/try", Action::Public, attempt::show)
        .post("/try", Action::Public, attempt::check);
    // The start page is nested at the language itself.
    pages.doors.push(doors::Door { method: axum::http::Method::GET, path: "/".into(), action: Action::Public });
    pages
}
