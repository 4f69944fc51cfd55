//! Alarms: promises of the books that a decision would have broken, told to operators and officers on the overview, on
//! their page, by the programs' door, in the log and as a metric.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::Views;
use store::views::alarms::{AlarmRow, OverdueRow};
use trade::bonded::Kind;
use trade::bonded::record::{EntryRecord, FormRecord, ListRecord, SlipRecord, State as Stage, TransitRecord};
use trade::command::{Act, ActKind};
use trade::finding::{Code, Finding};
use trade::key::Key;
use trade::money::Quantity;
use trade::policy::rights::Action;
use trade::request::Of;
use trade::request::Request;
use window::Window;

use crate::Portal;
use crate::desk::{AlarmLine, Answer, Both, Caller, Desk, OverdueLine, Refused, Sight};
use crate::house::House;
use crate::live::{actor, broken, taken};
use crate::site::{Fault, Frame, Visit, quoted};
use crate::traced::Shows;

/// The kind under which requests among departments are told as overdue.
const REQUEST: &str = "request";
/// Most alarms that one look at new entries logs.
const LOGGED: usize = 1_000;

/// Logs the alarms of entries after `told`; the entry up to which they are logged now.
pub(crate) fn log(views: &Views, told: u64) -> u64 {
    let shown = views.revision();
    if shown <= told {
        return told;
    }
    for alarm in views.alarms(told, (shown + 1, 0), LOGGED).unwrap_or_default() {
        tracing::error!(
            case = alarm.case(),
            command = alarm.command,
            document = alarm.document,
            what = alarm.what,
            key = alarm.key,
            "a decision would have broken a promise and was stopped"
        );
    }
    shown
}

impl House {
    pub(crate) fn alarms_read(&self, sight: &Sight, before: &str, limit: usize) -> Answer<Vec<AlarmLine>> {
        self.catch_up();
        let before = AlarmRow::place_of(before).unwrap_or((u64::MAX, 0));
        let rows = self.views().alarms(0, before, limit).map_err(|e| broken(&e.to_string()))?;
        let enterprises = rows.iter().map(|row| row.who.clone()).collect();
        self.trace(sight, Shows { enterprises, records: rows.len(), ..Shows::default() })?;
        let told = rows.into_iter().map(|row| {
            let settled = self.views().settled_alarm(&row).map_err(|e| broken(&e.to_string()))?;
            let line = line(row);
            Ok(match settled {
                Some((who, at, entry)) => {
                    AlarmLine { settled_by: who, settled_at: at.to_string(), settled_in: Some(entry), ..line }
                }
                None => line,
            })
        });
        told.collect()
    }

    /// Settles an alarm that there is; the words go to the vault.
    pub(crate) fn alarm_settle(&self, caller: &Caller, case: &str, words: &str) -> Answer<u64> {
        self.catch_up();
        let place = AlarmRow::place_of(case).ok_or(Refused::NotFound)?;
        // The one before the next place is it, if it is there.
        let found =
            self.views().alarms(0, (place.0, place.1.saturating_add(1)), 1).map_err(|e| broken(&e.to_string()))?;
        if found.first().is_none_or(|row| row.case() != case) {
            return Err(Refused::NotFound);
        }
        let act = Act { by: actor(caller), kind: ActKind::SettleAlarm, number: case.into(), ..Act::default() };
        let answer = self.window().act(act, words)?;
        taken(&answer)?;
        Ok(answer.revision)
    }
}

impl House {
    /// What was told as overdue lately, the newest first; what has been mended since says so.
    pub(crate) fn overdue_read(&self, sight: &Sight, limit: usize) -> Answer<Vec<OverdueLine>> {
        self.catch_up();
        let rows = self.views().overdue(limit).map_err(|e| broken(&e.to_string()))?;
        let enterprises = rows.iter().map(|row| row.who.clone()).collect();
        self.trace(sight, Shows { enterprises, records: rows.len(), ..Shows::default() })?;
        let mut all = rows.into_iter().map(|row| self.overdue_line(row)).collect::<Answer<Vec<_>>>()?;
        all.extend(self.window().requests(Of::Silent, limit).iter().map(|(number, of)| silent(number, of)));
        all.sort_by(|a, b| b.at.cmp(&a.at));
        all.truncate(limit);
        Ok(all)
    }

    /// How many of the newest are still so.
    pub(crate) fn overdue_now(&self) -> Answer<u64> {
        let rows = self.views().overdue(LOGGED).map_err(|e| broken(&e.to_string()))?;
        let open = rows.iter().filter(|row| stands(self.window(), row.kind, &row.number).is_some_and(|(open, _)| open));
        let numbers: std::collections::BTreeSet<&str> = open.map(|row| row.number.as_str()).collect();
        let silent = self.window().requests(Of::Silent, LOGGED).into_iter().filter(|(_, of)| of.is_open()).count();
        Ok((numbers.len() + silent) as u64)
    }

    fn overdue_line(&self, row: OverdueRow) -> Answer<OverdueLine> {
        let entry = self.window().entry(row.revision).map_err(|e| broken(&e.to_string()))?;
        let outcome = entry.and_then(|entry| entry.outcomes.into_iter().find(|o| o.about == row.place));
        let (open, last) = stands(self.window(), row.kind, &row.number).unwrap_or_default();
        Ok(OverdueLine {
            at: row.at.to_string(),
            revision: row.revision,
            kind: row.kind.name().to_owned(),
            number: row.number,
            enterprise: row.who,
            reasons: outcome.iter().flat_map(|o| &o.findings).map(crate::stock::Reason::of).collect(),
            open,
            settled: last.filter(|_| !open),
        })
    }
}

/// A request among departments that was not answered in time.
fn silent(number: &str, of: &Request) -> OverdueLine {
    let finding = Finding::new(Code::RequestSilent, "", "").arg("number", number).arg("to", of.to);
    OverdueLine {
        at: of.silent.map(|at| at.to_string()).unwrap_or_default(),
        revision: of.silent_in,
        kind: REQUEST.to_owned(),
        number: number.to_owned(),
        enterprise: of.to.name().to_owned(),
        reasons: vec![crate::stock::Reason::of(&finding.arg("until", of.until.unwrap_or_default()))],
        open: of.is_open(),
        settled: (!of.is_open()).then_some(of.ended_in.revision),
    }
}

/// Whether a document is overdue now, and the last entry of its trail.
fn stands(window: &Window, kind: Kind, number: &str) -> Option<(bool, Option<u64>)> {
    let (state, trail) = match kind {
        Kind::List => window.read::<ListRecord>(&Key::VerificationList(number.into())).map(|r| (r.state, r.trail)),
        Kind::Form => window.read::<FormRecord>(&Key::Form(number.into())).map(|r| (r.state, r.trail)),
        Kind::Slip => {
            let slip: SlipRecord = window.read(&Key::Slip(number.into()))?;
            // Goods that came back are no longer to be declared, whichever slip they went by.
            let form: Option<FormRecord> = window.read(&Key::Form(slip.slip.form_no.clone()));
            let open =
                form.is_none_or(|form| slip.slip.lines.iter().any(|line| form.open(&line.item_no) > Quantity(0)));
            Some((if open { slip.state } else { Stage::Done }, slip.trail))
        }
        Kind::Entry => window.read::<EntryRecord>(&Key::Entry(number.into())).map(|r| (r.state, r.trail)),
        Kind::Transit => {
            let transfer: TransitRecord = window.read(&Key::Transit(number.into()))?;
            let open = !crate::held::alarms(&transfer).is_empty();
            Some((if open { Stage::Overdue } else { Stage::Done }, transfer.trail))
        }
        _ => None,
    }?;
    Some((state == Stage::Overdue, trail.steps.last().map(|step| step.revision)))
}

fn line(row: AlarmRow) -> AlarmLine {
    AlarmLine {
        case: row.case(),
        revision: row.revision,
        at: row.at.to_string(),
        what: words(&row.what),
        key: row.key,
        command: row.command,
        document: row.document,
        by: row.who,
        settled_by: String::new(),
        settled_at: String::new(),
        settled_in: None,
    }
}

/// The promise in both languages; the rules say it in English.
fn words(what: &str) -> Both {
    let zh = match what {
        "stock: a sum is below zero, or too large" => "库存：有数量为负，或过大",
        "stock: more credited than entered" => "库存：核增多于入区",
        "stock: more deducted than left" => "库存：核减多于出区",
        "stock: more came back than went out" => "库存：返回多于出区",
        "stock: more promised than there is" => "库存：占用多于结存",
        "stock: on hand is not the sum of the movements" => "库存：结存不等于各笔变动之和",
        "stock: book and shelf differ by something else than what is in flight" => "库存：账实之差不等于在途数量",
        "stock: more of the opening stock reversed than there was" => "库存：反扣多于期初",
        "verification list: more on passes or through the gate than declared" => "核注清单：核放或过卡多于申报",
        "entry: more on passes or through the gate than the bill names" => "先入区：核放或过卡多于提单",
        "form: its guarantee is overdrawn" => "业务申报表：担保透支",
        "allowance" => "购买人年度额度",
        "guarantee" => "税款担保",
        "overseas warehouse" | "overseas warehouse: a lot" => "海外仓",
        other => other,
    };
    Both::new(zh, what)
}

/// What the reader is told of: nothing where the right to read alarms is missing.
#[derive(Clone, Copy, Default)]
pub(crate) struct Told {
    /// Alarms of the last days.
    pub broken: u64,
    /// Documents that are overdue now.
    pub overdue: u64,
}

pub(crate) fn lately(desk: &dyn Desk, f: &Frame) -> Result<Told, Fault> {
    let role = f.caller.as_ref().map(|caller| caller.role.actor());
    match desk.rights().of(role, Action::AlarmRead, None, f.now.day()) {
        Some(_) => Ok(Told { broken: desk.alarms_lately()?, overdue: desk.overdue_now()? }),
        None => Ok(Told::default()),
    }
}

#[derive(Template)]
#[template(path = "alarms.html")]
struct Page<'a> {
    f: &'a Frame,
    alarms: &'a [AlarmLine],
    overdue: &'a [OverdueLine],
    /// The last case of a full page.
    older: Option<&'a str>,
    /// The case that was settled just now.
    done: &'a str,
    may_settle: bool,
}

impl Page<'_> {
    /// Where a document that is overdue is shown.
    fn of(&self, line: &OverdueLine) -> String {
        match line.kind.as_str() {
            REQUEST => self.f.to(format!("/requests/{}", quoted(&line.number))),
            _ => self.f.stock(&["document", line.number.as_str()]),
        }
    }

    fn service(&self) -> Option<usize> {
        None
    }

    /// Those of the page that nobody has settled.
    fn open(&self) -> Vec<&str> {
        self.alarms.iter().filter(|alarm| alarm.settled_by.is_empty()).map(|alarm| alarm.case.as_str()).collect()
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    before: String,
    #[serde(default)]
    done: String,
}

const PAGE: usize = 50;

pub async fn show(State(portal): State<Portal>, visit: Visit, Query(asked): Query<Asked>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let alarms = desk.alarms(&f.sight, &asked.before, PAGE)?;
            let older = alarms.last().filter(|_| alarms.len() == PAGE).map(|a| a.case.as_str());
            let role = f.caller.as_ref().map(|caller| caller.role.actor());
            let may_settle = desk.rights().of(role, Action::ActSettleAlarm, None, f.now.day()).is_some();
            let mut overdue = if asked.before.is_empty() { desk.overdue(&f.sight, PAGE)? } else { Vec::new() };
            // What is still to be mended comes first.
            overdue.sort_by_key(|line| !line.open);
            f.html(&Page { f, alarms: &alarms, overdue: &overdue, older, done: &asked.done, may_settle })
        })
        .await
}

#[derive(Deserialize)]
pub struct Settled {
    case: String,
    #[serde(default)]
    words: String,
}

/// Characters of what came of it.
const LONGEST: usize = 500;

pub async fn settle(State(portal): State<Portal>, visit: Visit, Form(form): Form<Settled>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let words = form.words.trim();
            if words.is_empty() || words.chars().count() > LONGEST {
                let said = Both::words("alarms.words.missing");
                return Err(Refused::Cannot { code: "REASON_MISSING".into(), said, problems: vec![] }.into());
            }
            desk.settle_alarm(f.known()?, &form.case, words)?;
            Ok(f.go(&format!("/zone/alarms?done={}", quoted(&form.case))))
        })
        .await
}
