//! A summary of exports (701, 792) from above: its declarations, their lines, and the lists behind each line, a page
//! at a time, for a month can hold a hundred thousand of them.

use serde_json::{Value, json};
use trade::key::{Key, Pair, SummaryPart};
use trade::receipt::ResultLine;
use trade::record::{CurrencySum, Declaration, DeclarationLine, Page, Summary, UnitSum, status};

use crate::Window;

/// Where reading goes on: the page of results of a declaration, and the line in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub page: u32,
    pub offset: usize,
}

/// How a summary stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its lists are taken in, or its results told.
    GoesOn,
    Agrees,
    /// Somebody has to look.
    Differs,
}

/// How a summary stands.
pub fn standing(summary: &Summary) -> Standing {
    match (summary.status == status::EXAMINED, summary.agrees()) {
        (false, _) => Standing::GoesOn,
        (true, true) => Standing::Agrees,
        (true, false) => Standing::Differs,
    }
}

/// The same in words, Chinese and English.
pub fn words(summary: &Summary) -> [String; 2] {
    let (lists, many) = (summary.lists, summary.declarations);
    match standing(summary) {
        Standing::GoesOn => ["正在汇总。".to_owned(), "It is being summed up.".to_owned()],
        Standing::Agrees => [
            format!("清单 {lists} 份汇总成报关单 {many} 份，清单合计与结果单合计一致。"),
            format!("Lists: {lists}; declarations: {many}; the sum of the lists is the sum of the results."),
        ],
        Standing::Differs => [
            "清单合计与结果单合计不一致，请与区管理方联系。".to_owned(),
            "The sum of the lists is not the sum of the results: ask the zone operator.".to_owned(),
        ],
    }
}

impl Window {
    /// The summary with a number that this window gave.
    pub fn summary(&self, number: &str) -> Option<Summary> {
        self.read(&Key::Summary(number.into()))
    }

    /// The `n`th declaration of a summary, from 1.
    pub fn summary_declaration(&self, number: &str, n: u32) -> Option<Declaration> {
        self.read(&Key::SummaryDeclaration(SummaryPart { sum_no: number.into(), declaration: n, page: 0 }))
    }

    /// The lines of a declaration, in order.
    pub fn summary_lines(&self, number: &str, declaration: &Declaration) -> Vec<DeclarationLine> {
        let line = |key: &trade::pack::Text| {
            self.read(&Key::SummaryLine(Pair { code: number.into(), number: key.clone() })).unwrap_or_default()
        };
        declaration.line_keys.iter().map(line).collect()
    }

    /// The lines of lists that went into the `n`th declaration, or only into line `seq` of it: at most `limit` from a
    /// place on, and the place where the next are.
    pub fn summary_lists(
        &self,
        number: &str,
        n: u32,
        seq: Option<u32>,
        from: Place,
        limit: usize,
    ) -> (Vec<ResultLine>, Option<Place>) {
        let pages = self.summary_declaration(number, n).map_or(0, |of| of.pages);
        let mut found = Vec::new();
        for page in from.page..pages {
            let part = SummaryPart { sum_no: number.into(), declaration: n, page };
            let told = self.read::<Page>(&Key::SummaryPage(part)).unwrap_or_default();
            let skip = if page == from.page { from.offset } else { 0 };
            for (offset, line) in told.lines.into_iter().enumerate().skip(skip) {
                if seq.is_some_and(|seq| line.seq != seq) {
                    continue;
                }
                // The next one that belongs to it shows that there is more.
                if found.len() == limit {
                    return (found, Some(Place { page, offset }));
                }
                found.push(line);
            }
        }
        (found, None)
    }

    /// `onewindow explain` of a summary: its declarations, line by line, with the first of the lists in them.
    pub(super) fn explain_summary(&self, number: &str, summary: &Summary) -> Value {
        const MOST: usize = 200;
        let (mut declarations, mut lists) = (Vec::new(), Vec::new());
        for n in 1..=summary.declarations {
            let of = self.summary_declaration(number, n).unwrap_or_default();
            let line = |line: DeclarationLine| {
                json!({
                    "line": line.line, "gcode": line.gcode, "name": line.name, "country": line.country,
                    "qty": line.qty.to_string(), "unit": line.unit, "qty1": line.qty1.to_string(), "unit1": line.unit1,
                    "value": line.value.to_string(), "currency": line.currency, "list_lines": line.list_lines,
                })
            };
            declarations.push(json!({
                "declSeqNo": of.number, "mode": of.mode, "trafMode": of.traf_mode, "country": of.country,
                "portCode": of.port, "ownerCode": of.owner, "list_lines": of.list_lines,
                "grossWeight": of.gross_weight.to_string(), "netWeight": of.net_weight.to_string(),
                "lines": self.summary_lines(number, &of).into_iter().map(line).collect::<Vec<_>>(),
            }));
            let room = MOST - lists.len();
            if room > 0 {
                let (rows, _) = self.summary_lists(number, n, None, Place::default(), room);
                lists.extend(rows.into_iter().map(|l| {
                    json!({
                        "declSeqNo": of.number, "line": l.seq, "invtNo": l.invt_no, "gnum": l.gnum,
                        "logisticsNo": l.logistics_no,
                    })
                }));
            }
        }
        let [zh, en] = words(summary);
        let state = match standing(summary) {
            Standing::GoesOn => "accepted",
            Standing::Agrees => "finished",
            Standing::Differs => "refused",
        };
        json!({
            "key": number, "state": state, "lead": { "zh": zh, "en": en }, "events": [], "decisions": [], "money": {},
            "summary": {
                "agent": summary.agent, "ebc": summary.ebc, "office": summary.office, "copNo": summary.cop_no,
                "lists": summary.lists, "list_lines": summary.list_lines, "of_lists": values(&summary.values),
                "of_results": values(&summary.told_values), "quantities_of_lists": quantities(&summary.quantities),
                "quantities_of_results": quantities(&summary.told_quantities),
                "agrees": standing(summary) == Standing::Agrees, "declarations": declarations, "of": lists,
                "of_all": lists.len() as u32 == summary.told_lines,
            },
        })
    }
}

fn values(of: &[CurrencySum]) -> Vec<Value> {
    of.iter().map(|sum| json!({"currency": sum.currency, "value": sum.value.to_string()})).collect()
}

fn quantities(of: &[UnitSum]) -> Vec<Value> {
    of.iter().map(|sum| json!({"of": sum.which, "unit": sum.unit, "qty": sum.qty.to_string()})).collect()
}
