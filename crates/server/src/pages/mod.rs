//! The pages: each a small module with its template; all words come from the tables in `text/`.

pub mod account;
pub mod act;
pub mod ahead;
pub mod appeal;
pub mod articles;
pub mod attach;
pub mod attempt;
pub mod board;
pub mod bulk;
pub mod company;
pub mod compare;
pub mod correct;
pub mod exchange;
pub mod export;
pub mod filings;
pub mod form;
pub mod held;
pub mod hook;
pub mod identity;
pub mod keys;
pub mod law;
pub mod live;
pub mod looks;
pub mod open;
pub mod originals;
pub mod overview;
pub mod parcel;
pub mod person;
pub mod plain;
pub mod provider;
pub mod queue;
pub mod receipt;
pub mod request;
pub mod rows;
pub mod ruling;
pub mod standing;
pub mod stock;
pub mod summary;
pub mod upload;

use crate::desk::Desk;
use crate::lang::{Lang, Plain, clock};
use crate::site::{Frame, hex};
use trade::command::ActorRole;
use trade::policy::rights::Action;
use trade::time::Moment;

/// What was pasted stays in its form; a longer text is not shown again, so that the page keeps its budget.
fn kept(pasted: &str) -> &str {
    if pasted.len() <= 16 * 1024 { pasted } else { "" }
}

/// A page beside somebody's home, and the keys of its words.
pub struct Way {
    pub to: &'static str,
    pub title: &'static str,
    pub lead: &'static str,
}

impl Way {
    const fn new(to: &'static str, title: &'static str, lead: &'static str) -> Way {
        Way { to, title, lead }
    }
}

/// The pages beside the home of a department or an enterprise that the reader's role may open.
pub fn ways(desk: &dyn Desk, f: &Frame) -> Vec<Way> {
    let Some(role) = f.caller.as_ref().map(|caller| caller.role.actor()) else { return Vec::new() };
    let about = if role == ActorRole::Enterprise { "request.lead.about" } else { "request.lead" };
    let mut ways = vec![
        (Action::RequestRead, Way::new("/requests", "request.title", about)),
        (Action::HookOwn, Way::new("/hooks", "hook.title", "hook.lead")),
    ];
    if role == ActorRole::Enterprise {
        ways.extend([
            (Action::StockRead, Way::new("/stock", "nav.stock", "stock.lead")),
            (Action::HeldRead, Way::new("/returns", "returns.title", "returns.lead")),
            (Action::SummaryRead, Way::new("/summaries", "summaries.title", "summaries.lead")),
            (Action::AppealsRead, Way::new("/appeals", "rulings.title", "rulings.lead")),
            (Action::LooksRead, Way::new("/looks", "looks.title", "looks.lead.own")),
        ]);
    }
    let (rights, today) = (desk.rights(), f.now.day());
    ways.into_iter().filter(|(action, _)| rights.allow(role, *action, today)).map(|(_, way)| way).collect()
}

/// One of the six services in the head of each page.
pub struct Service {
    pub to: String,
    pub seal: &'static str,
    pub name: String,
    pub here: bool,
}

const SERVICES: [(&str, &str, &str); 6] = [
    ("customs", "关", "/"),
    ("tax", "税", "/limits#tax"),
    ("exchange", "汇", "/limits#exchange"),
    ("commerce", "商", "/limits#commerce"),
    ("logistics", "物", "/limits#logistics"),
    ("finance", "融", "/limits#finance"),
];

impl Frame {
    pub fn english(&self) -> bool {
        self.lang == Lang::En
    }

    pub fn dark(&self) -> bool {
        self.theme == Some("dark")
    }

    pub fn sample(&self) -> bool {
        self.dateline.as_ref().is_some_and(|d| d.sample)
    }

    pub fn services(&self, here: impl Plain<Option<usize>>) -> Vec<Service> {
        SERVICES
            .iter()
            .enumerate()
            .map(|(i, (name, seal, to))| Service {
                to: self.to(to),
                seal,
                name: self.t(&format!("service.{name}")).to_owned(),
                here: here.plain() == Some(i),
            })
            .collect()
    }

    /// The six panes of the mark: place, and whether it is the filled one.
    pub fn panes(&self, here: impl Plain<Option<usize>>) -> Vec<(&'static str, &'static str, bool)> {
        let places = [("1.5", "1.5"), ("12", "1.5"), ("22.5", "1.5"), ("1.5", "17"), ("12", "17"), ("22.5", "17")];
        places.iter().enumerate().map(|(i, (x, y))| (*x, *y, here.plain() == Some(i))).collect()
    }

    /// Hour and minute of an instant.
    pub fn hour(&self, at: impl Plain<Moment>) -> String {
        clock(at.plain())[..5].to_owned()
    }

    /// A value that makes one form one act, however often it is sent.
    pub fn once(&self, key: impl AsRef<str>) -> String {
        let mut bytes = [0u8; 16];
        if getrandom::fill(&mut bytes).is_err() {
            return format!("{}-{}", key.as_ref(), self.now.0);
        }
        hex(&bytes)
    }
}
