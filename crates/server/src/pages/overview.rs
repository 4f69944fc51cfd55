//! The window today: what arrived, where it stands, what tax fell due, how fast receipts go out, and why lists are refused.

use crate::Portal;
use crate::chart;
use crate::desk::{Overview, State};
use crate::lang::{clock, group};
use crate::site::{Frame, Visit, quoted};
use askama::Template;
use axum::extract;
use axum::response::Response;
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "overview.html")]
struct Page<'a> {
    f: &'a Frame,
    o: &'a Overview,
    live: bool,
    alarms: crate::alarms::Told,
    /// The newest notice.
    notice: Option<(String, trade::time::Day, trade::policy::Notice)>,
}

/// A part of the bar of all lists.
struct Part {
    class: &'static str,
    name: String,
    n: u64,
    to: String,
}

/// A state's row in the table: address and number for each regime.
struct Line {
    state: State,
    cells: Vec<(String, u64)>,
    total: u64,
    to: String,
}

/// Which states each part of the bar holds, its class in the chart, its words.
const PARTS: [(&str, &str, &[State]); 5] = [
    ("a", "part.released", &[State::Released, State::Closed]),
    ("none", "part.under_way", &[State::Accepted, State::Matched, State::Finished, State::Cancelled]),
    ("wait", "part.waiting", &[State::Waiting]),
    ("hold", "part.held", &[State::Review, State::Inspection]),
    ("bad", "part.refused", &[State::Refused, State::Detained, State::SentBack]),
];

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn released(&self) -> u64 {
        self.o.count(State::Released) + self.o.count(State::Closed)
    }

    fn refused(&self) -> u64 {
        self.o.count(State::Refused)
    }

    fn tax(&self) -> (String, &'static str) {
        self.f.lang.total(self.o.tax)
    }

    fn taxable(&self) -> String {
        let (number, unit) = self.f.lang.total(self.o.taxable);
        format!("{number} {unit}")
    }

    fn parts(&self) -> Vec<Part> {
        PARTS
            .iter()
            .map(|(class, name, states)| Part {
                class,
                name: self.f.t(name).to_owned(),
                n: states.iter().map(|s| self.o.count(*s)).sum(),
                to: format!("/parcels?state={}", states.iter().map(|s| s.name()).collect::<Vec<_>>().join(",")),
            })
            .collect()
    }

    /// All that is neither released nor closed.
    fn rest(&self) -> u64 {
        self.o.total() - self.released()
    }

    fn flow(&self) -> String {
        let parts = self.parts();
        let label = parts.iter().map(|p| format!("{} {}", p.name, group(p.n))).collect::<Vec<_>>().join(", ");
        chart::flow(&parts.iter().map(|p| (p.class, p.n)).collect::<Vec<_>>(), &label)
    }

    /// The title of the chart is what it shows: the highest column.
    fn peak(&self) -> String {
        match self.o.arrivals.iter().max_by_key(|(_, n)| *n) {
            Some((at, n)) if *n > 0 => self.f.t2("overview.peak", &clock(*at)[..5], group(*n)),
            _ => self.f.t("overview.arrivals").to_owned(),
        }
    }

    fn columns(&self) -> String {
        let bars: Vec<_> = self.o.arrivals.iter().map(|(at, n)| (clock(*at)[..5].to_owned(), *n)).collect();
        chart::columns(&bars, bars.len().div_ceil(8), &self.peak())
    }

    fn regimes(&self) -> Vec<String> {
        self.o.counts.iter().map(|(_, regime, _)| regime.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn lines(&self) -> Vec<Line> {
        let regimes = self.regimes();
        State::ALL
            .into_iter()
            .filter(|state| self.o.count(*state) > 0)
            .map(|state| Line {
                state,
                cells: regimes
                    .iter()
                    .map(|regime| {
                        let of = |(s, r, _): &&(State, String, u64)| *s == state && r == regime;
                        let n = self.o.counts.iter().filter(of).map(|(_, _, n)| n).sum();
                        (format!("/parcels?state={}&regime={}", state.name(), quoted(regime)), n)
                    })
                    .collect(),
                total: self.o.count(state),
                to: format!("/parcels?state={}", state.name()),
            })
            .collect()
    }

    fn by_reason(&self, code: impl AsRef<str>) -> String {
        format!("/parcels?state=refused&reason={}", quoted(code.as_ref()))
    }
}

pub async fn show(extract::State(portal): extract::State<Portal>, visit: Visit) -> Response {
    let live = visit.query.as_deref() == Some("live=1");
    visit
        .page(&portal, move |desk, f| {
            let o = desk.overview()?;
            let alarms = crate::alarms::lately(desk, f)?;
            let notice = desk.notices().into_iter().next();
            let page = f.html(&Page { f, o: &o, live, alarms, notice })?;
            Ok(if live { super::live::with_script(page) } else { page })
        })
        .await
}
