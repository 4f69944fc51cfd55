//! Alarms: promises of the books that a decision would have broken, told to operators and officers on the overview, on
//! their page, by the programs' door, in the log and as a metric.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::Views;
use store::views::alarms::AlarmRow;
use trade::command::{Act, ActKind, Verdict};
use trade::policy::rights::Action;

use crate::Portal;
use crate::desk::{AlarmLine, Answer, Both, Caller, Desk, Refused, Sight};
use crate::house::House;
use crate::lang::Lang;
use crate::live::{actor, broken, refusal};
use crate::site::{Fault, Frame, Visit, quoted};
use crate::traced::Shows;

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
        self.views().wait(self.window().journal().last(), crate::house::PATIENCE);
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
        self.views().wait(self.window().journal().last(), crate::house::PATIENCE);
        let place = AlarmRow::place_of(case).ok_or(Refused::NotFound)?;
        // The one before the next place is it, if it is there.
        let found =
            self.views().alarms(0, (place.0, place.1.saturating_add(1)), 1).map_err(|e| broken(&e.to_string()))?;
        if found.first().is_none_or(|row| row.case() != case) {
            return Err(Refused::NotFound);
        }
        let act = Act { by: actor(caller), kind: ActKind::SettleAlarm, number: case.into(), ..Act::default() };
        let answer = self.window().act(act, words)?;
        let refused = answer.entry.iter().flat_map(|e| &e.outcomes).find(|o| o.verdict == Verdict::Refused);
        match refused.and_then(|o| o.findings.first()) {
            Some(finding) => Err(refusal(finding)),
            None => Ok(answer.revision),
        }
    }
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
        "verification list: more on passes or through the gate than declared" => "核注清单：核放或过卡多于申报",
        "entry: more on passes or through the gate than the bill names" => "先入区：核放或过卡多于提单",
        "allowance" => "购买人年度额度",
        "guarantee" => "税款担保",
        "overseas warehouse" | "overseas warehouse: a lot" => "海外仓",
        other => other,
    };
    Both::new(zh, what)
}

/// How many alarms of the last days the reader is told of: none where the right to read them is missing.
pub(crate) fn lately(desk: &dyn Desk, f: &Frame) -> Result<u64, Fault> {
    let role = f.caller.as_ref().map(|caller| caller.role.actor());
    match desk.rights().of(role, Action::AlarmRead, None, f.now.day()) {
        Some(_) => Ok(desk.alarms_lately()?),
        None => Ok(0),
    }
}

#[derive(Template)]
#[template(path = "alarms.html")]
struct Page<'a> {
    f: &'a Frame,
    alarms: &'a [AlarmLine],
    /// The last case of a full page.
    older: Option<&'a str>,
    /// The case that was settled just now.
    done: &'a str,
    may_settle: bool,
}

impl Page<'_> {
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
            f.html(&Page { f, alarms: &alarms, older, done: &asked.done, may_settle })
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
                let said = Both::new(Lang::Zh.t("alarms.words.missing"), Lang::En.t("alarms.words.missing"));
                return Err(Refused::Cannot { code: "REASON_MISSING".into(), said, problems: vec![] }.into());
            }
            desk.settle_alarm(f.known()?, &form.case, words)?;
            Ok(f.go(&format!("/zone/alarms?done={}", quoted(&form.case))))
        })
        .await
}
