//! What the desk says of a summary of exports (汇总申报): its sums against its results, its declarations, their lines, and
//! the lists in each line, with what each brought. Declarant and seller read their own, officers those of the office.

use crate::desk::{Answer, Refused, Sight};
use crate::house::House;
use crate::live::broken;
use crate::traced::Shows;
use store::views::summaries::Whose;
use trade::documents::{Document, ExportListLine};
use trade::key::Key;
use trade::policy::rights::Scope;
use trade::receipt::ResultLine;
use trade::record::{Declaration, DeclarationLine, Kept, Summary};
use window::Window;
use window::story::summary::Place;

/// Which part of which summary.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    pub number: &'a str,
    /// A declaration, from 1, and a line of it.
    pub declaration: Option<u32>,
    pub line: Option<u32>,
    /// Declarations after this one.
    pub after: u32,
    /// Lists from here on.
    pub from: Place,
    pub limit: usize,
}

/// A summary with the part that was asked for.
#[derive(Clone, Debug)]
pub struct Told {
    pub summary: Summary,
    pub part: Part,
}

/// What a summary opens to, step by step.
#[derive(Clone, Debug)]
pub enum Part {
    /// With their numbers, and the one after which the next page begins.
    Declarations {
        rows: Vec<(u32, Declaration)>,
        next: Option<u32>,
    },
    Lines {
        n: u32,
        of: Declaration,
        rows: Vec<DeclarationLine>,
    },
    /// With the line of each list as it was declared, and where the next page begins.
    Lists {
        n: u32,
        of: Declaration,
        line: Box<DeclarationLine>,
        rows: Vec<ListLine>,
        next: Option<Place>,
    },
}

/// A line of a list in a line of a declaration.
#[derive(Clone, Debug)]
pub struct ListLine {
    pub told: ResultLine,
    /// As its list declared it.
    pub declared: Option<ExportListLine>,
}

/// A page of the summaries that the reader may open, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    pub rows: Vec<(String, Summary)>,
    /// The place after which the next page begins.
    pub next: Option<String>,
}

/// The reader's own summaries, or those of the office.
///
/// Whose rows of such a list a reader sees.
pub(crate) fn whose(sight: &Sight) -> Whose<'_> {
    let caller = sight.caller.as_ref().filter(|_| !sight.sees_all());
    match (caller, sight.right.scope) {
        (None, _) => Whose::All,
        (Some(caller), Scope::Office) => Whose::Office(&caller.office),
        (Some(caller), _) => Whose::Enterprises(&caller.enterprises),
    }
}

/// The place after which a page of such a list begins: entry and number.
pub(crate) fn place_of(after: &str) -> Option<(u64, String)> {
    after.split_once('_').and_then(|(revision, number)| Some((revision.parse().ok()?, number.to_owned())))
}

/// # Errors
/// As the views say.
pub(crate) fn listed(house: &House, sight: &Sight, after: &str, limit: usize) -> Answer<Listed> {
    house.catch_up();
    let place = place_of(after);
    let mut found =
        house.views().summaries(whose(sight), place.as_ref(), limit + 1).map_err(|e| broken(&e.to_string()))?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(revision, number)| format!("{revision}_{number}"));
    let rows: Vec<_> =
        found.into_iter().filter_map(|(_, number)| Some((house.window().summary(&number)?, number))).collect();
    let enterprises = rows.iter().flat_map(|(of, _)| [of.agent.to_string(), of.ebc.to_string()]).collect();
    house.trace(sight, Shows { enterprises, records: rows.len(), ..Shows::default() })?;
    Ok(Listed { rows: rows.into_iter().map(|(of, number)| (number, of)).collect(), next })
}

/// A part of a summary, and what the look at it shows.
///
/// # Errors
/// `NotFound` also where the summary is another's.
pub fn summary(window: &Window, sight: &Sight, asked: &Asked<'_>) -> Answer<(Shows, Told)> {
    let &Asked { number, after, from, limit, .. } = asked;
    let summary = window.summary(number).ok_or(Refused::NotFound)?;
    if !sight.sees([&summary.agent, &summary.ebc], &summary.office) {
        return Err(Refused::NotFound);
    }
    let mut records = 1;
    let part = match asked.declaration {
        None => {
            let last = summary.declarations.min(after.saturating_add(limit as u32));
            let rows = (after + 1..=last).filter_map(|n| Some((n, window.summary_declaration(number, n)?))).collect();
            Part::Declarations { rows, next: (last < summary.declarations).then_some(last) }
        }
        Some(n) => {
            let of = window.summary_declaration(number, n).ok_or(Refused::NotFound)?;
            let rows = window.summary_lines(number, &of);
            match asked.line {
                None => Part::Lines { n, of, rows },
                Some(seq) => {
                    let line = rows.into_iter().find(|line| line.line == seq).ok_or(Refused::NotFound)?;
                    let (lists, next) = window.summary_lists(number, n, Some(seq), from, limit);
                    records = lists.len().max(1);
                    let rows = lists.into_iter().map(|told| ListLine { declared: declared(window, &told), told });
                    Part::Lists { n, of, line: Box::new(line), rows: rows.collect(), next }
                }
            }
        }
    };
    let enterprises = vec![summary.agent.to_string(), summary.ebc.to_string()];
    Ok((Shows { enterprises, records, ..Shows::default() }, Told { summary, part }))
}

fn declared(window: &Window, told: &ResultLine) -> Option<ExportListLine> {
    let case = window.find_case(&told.invt_no, |_| Vec::new()).pop()?;
    let Some(Document::ExportList(list)) = window.read::<Kept>(&Key::List(case))?.document else { return None };
    list.lines.into_iter().find(|line| line.gnum == told.gnum)
}
