//! What the desk says of bonded stock, and how a running window says it. Who sees which book, the table of rights says
//! (`stock.read`): an enterprise its own, an officer those of the office, and every look of an official is written down.

use std::collections::{BTreeMap, BTreeSet};

use crate::desk::{Answer, Refused, Sight};
use crate::traced::Shows;
use serde::Serialize;
use trade::bonded::ledger::Movement;
use trade::bonded::period::value_at;
use trade::bonded::proof::{self, Compared};
use trade::bonded::record::{
    BookRecord, CertificateRecord, EntryRecord, FormRecord, Leg, ListRecord, PassRecord, Recognised, Relied,
    SlipRecord, TakeRecord, Trail, TransitRecord, WriteOffRecord,
};
use trade::bonded::{Kind, Line};
use trade::finding::Finding;
use trade::key::{Key, Pair};
use trade::money::{Fen, Quantity};
use trade::pack::{Pack, Text};
use trade::record::Guarantee;
use trade::time::Moment;
use utoipa::ToSchema;
use window::Window;

/// An account book in the list of books.
#[derive(Clone, Debug)]
pub struct BookRow {
    pub number: String,
    pub enterprise: String,
    pub state: &'static str,
    pub items: usize,
    /// Items that somebody has to look at.
    pub open: usize,
}

/// Which items of which book.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub book: &'a str,
    /// Every item, not only those that somebody has to look at.
    pub all: bool,
    /// Items after this one; empty from the first.
    pub after: &'a str,
    pub limit: usize,
}

/// Which movements of an item.
#[derive(Clone, Copy, Debug)]
pub struct Moves {
    /// Those before this number; the newest, if none.
    pub before: Option<u64>,
    pub limit: u64,
    /// The number of one whose goods are followed.
    pub of: Option<u64>,
}

/// A part of the goods of a movement: how much, and the movements that brought it in (`None`: opening stock) and took it
/// away (`None`: it is still there).
pub type Part = (Quantity, Option<Movement>, Option<Movement>);

/// So many parts of a movement are told.
const PARTS: usize = 1_000;

/// Items of a book.
#[derive(Clone, Debug, Default)]
pub struct Shelves {
    pub rows: Vec<Compared>,
    pub items: usize,
    pub open: usize,
    /// What customs' book is worth, and the general guarantee (税款总担保) of its enterprise in the customs district: limit
    /// and what of it is free. They stand side by side (7.5 I9); no rule of ours compares them.
    pub value: Fen,
    pub guarantee: Option<(Fen, Fen)>,
    /// The item after which the next page begins.
    pub next: Option<String>,
    /// What has been in flight since before then has to be looked at.
    pub since: Moment,
}

/// One item with its movements, the newest first.
#[derive(Clone, Debug)]
pub struct ItemPage {
    pub compared: Compared,
    pub opening: Quantity,
    pub moves: u64,
    /// What all movements add up to; it is `compared.on_hand` where the proof holds.
    pub proved: Quantity,
    pub agrees: bool,
    pub movements: Vec<Movement>,
    /// The number of the first of them.
    pub newest: u64,
    /// The movement that is followed, and where its goods came from and went.
    pub followed: Option<(Movement, Vec<Part>)>,
    /// The number of the movement before which the next page begins.
    pub older: Option<u64>,
    /// As of [`Shelves`].
    pub since: Moment,
}

/// A line of the three-way report, as programs read it. Quantities are of the declared unit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemLine {
    pub book: String,
    pub item: String,
    pub name: String,
    /// What should lie on the shelf by the documents.
    pub on_hand: String,
    /// What customs has credited and not deducted.
    pub customs_book: String,
    /// What that is worth by the item's price, in yuan: duty on it is suspended.
    pub value: String,
    /// The warehouse's own figure, and when it was taken.
    pub shelf: Option<String>,
    pub shelf_at: Option<String>,
    /// In flight: entered and not credited, left and not deducted, out under forms.
    pub undeclared: String,
    pub leaving: String,
    pub away: String,
    /// Shelf less documents at the time of the figure: below zero something is missing.
    pub difference: String,
    /// Documents less customs' book, which is what is in flight; and shelf less customs' book at the time of the figure.
    pub documents_less_book: String,
    pub shelf_less_book: Option<String>,
    /// When shelf and documents last agreed, and since when they do not.
    pub agreed: Option<String>,
    pub differs_since: Option<String>,
    pub in_flight_since: Option<String>,
    /// Somebody has to look at it.
    pub open: bool,
    /// Why they do not agree, and what to do; what is forgiven is as it should be for now.
    pub reasons: Vec<Reason>,
}

/// Why documents, book and shelf do not agree, with what to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reason {
    /// `SHELF_SHORT`, `STOCK_LEAVING` …
    pub code: String,
    pub zh: String,
    pub en: String,
    /// It is as it should be for now.
    pub remark: bool,
}

impl Reason {
    pub(crate) fn of(finding: &Finding) -> Reason {
        let crate::desk::Problem { code, zh, en, forgiven: remark, .. } = crate::live::problem(finding);
        Reason { code, zh, en, remark }
    }
}

impl ItemLine {
    /// What has been in flight since before `since` has to be looked at.
    pub fn of(row: &Compared, since: Moment) -> ItemLine {
        let at = |at: Option<Moment>| at.map(|at| at.to_string());
        ItemLine {
            book: row.ems_no.to_string(),
            item: row.item_no.to_string(),
            name: row.name.to_string(),
            on_hand: row.on_hand.to_string(),
            customs_book: row.book.to_string(),
            value: row.value.to_string(),
            shelf: row.shelf.map(|(qty, _)| qty.to_string()),
            shelf_at: at(row.shelf.map(|(_, at)| at)),
            undeclared: row.undeclared.to_string(),
            leaving: row.leaving.to_string(),
            away: row.away.to_string(),
            difference: row.difference.to_string(),
            agreed: at(row.agreed),
            differs_since: at(row.differs_since),
            in_flight_since: at(row.in_flight_since),
            open: row.is_open(since),
            documents_less_book: row.on_hand.minus(row.book).to_string(),
            shelf_less_book: row.from_book.map(|qty| qty.to_string()),
            reasons: row.reasons(since).iter().map(Reason::of).collect(),
        }
    }
}

/// A movement, as programs read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MovementLine {
    pub at: String,
    /// `first-line`, `sold`, `credited` …
    pub kind: String,
    pub qty: String,
    /// Kind and number of the document that moved it, its line, and the document that it was made for.
    pub document: String,
    pub line: u32,
    pub under: String,
    /// Afterwards.
    pub on_hand: String,
    pub customs_book: String,
    /// Where it stands in the journal.
    pub entry: u64,
    pub index: u32,
    /// `ebcCode_orderNo`, of a retail sale or return.
    pub parcel: Option<String>,
}

impl MovementLine {
    pub fn of(m: &Movement) -> MovementLine {
        MovementLine {
            at: m.moment.to_string(),
            kind: m.kind.to_string(),
            qty: m.qty.to_string(),
            document: m.document.to_string(),
            line: m.line,
            under: m.under.to_string(),
            on_hand: m.on_hand.to_string(),
            customs_book: m.book.to_string(),
            entry: m.at.revision,
            index: m.at.index,
            parcel: m.case.as_ref().map(|c| format!("{}_{}", c.ebc, c.order_no)),
        }
    }
}

/// A part of the goods of a movement, as programs read it: first in, first out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartLine {
    pub qty: String,
    /// Absent: it is of the opening stock.
    pub came: Option<MovementLine>,
    /// Absent: it is still there.
    pub went: Option<MovementLine>,
}

impl PartLine {
    pub fn of((qty, came, went): &Part) -> PartLine {
        let line = |movement: &Option<Movement>| movement.as_ref().map(MovementLine::of);
        PartLine { qty: qty.to_string(), came: line(came), went: line(went) }
    }
}

/// Number of the line, item, quantity; and how much of it is on passes and through the gate.
pub type PaperLine = (u32, String, Quantity, Option<(Quantity, Quantity)>);

/// A bonded document as a page tells it.
#[derive(Clone, Debug, Default)]
pub struct Paper {
    pub kind: String,
    pub number: String,
    pub enterprise: String,
    pub own_no: String,
    pub state: &'static str,
    /// Key of the word, and value.
    pub facts: Vec<(&'static str, String)>,
    pub lines: Vec<PaperLine>,
    /// Documents that belong to it.
    pub others: Vec<String>,
    /// Entries of the journal.
    pub trail: Vec<u64>,
    pub stopped: Vec<crate::desk::Problem>,
}

/// As if it were not there: another's numbers are nobody's business.
fn may_see(sight: &Sight, etps: &str, office: &str) -> Answer<()> {
    if sight.sees([etps], office) { Ok(()) } else { Err(Refused::NotFound) }
}

fn book_of(window: &Window, sight: &Sight, number: &str) -> Answer<BookRecord> {
    let book = window.read::<BookRecord>(&Key::Book(number.into())).ok_or(Refused::NotFound)?;
    may_see(sight, &book.etps, &book.book.office)?;
    Ok(book)
}

/// A look at these enterprises' books: a book is one record, however many items it has.
pub(crate) fn shows<'a>(enterprises: impl IntoIterator<Item = &'a str>) -> Shows {
    let enterprises: Vec<_> = enterprises.into_iter().map(str::to_owned).collect();
    Shows { records: enterprises.len(), enterprises, ..Shows::default() }
}

/// The books that this right lets see.
pub fn books(window: &Window, sight: &Sight, since: Moment) -> Vec<BookRow> {
    let mut books = Vec::new();
    window.state().each_of(Key::BOOK, |_, value| {
        if let Ok(book) = BookRecord::unpack(value)
            && may_see(sight, &book.etps, &book.book.office).is_ok()
        {
            books.push(book);
        }
    });
    books.sort_by(|a, b| a.book.ems_no.cmp(&b.book.ems_no));
    let mut counts: BTreeMap<Text, (usize, usize)> = BTreeMap::new();
    let seen: BTreeSet<&str> = books.iter().map(|book| book.book.ems_no.as_str()).collect();
    for stock in window.stock_items(|book| seen.contains(book)) {
        let (items, open) = counts.entry(stock.row.ems_no.clone()).or_default();
        *items += 1;
        *open += usize::from(proof::is_open(window, &stock, since));
    }
    let rows = books.into_iter().map(|book| {
        let (items, open) = counts.get(&book.book.ems_no).copied().unwrap_or_default();
        let (number, enterprise) = (book.book.ems_no.to_string(), book.etps.to_string());
        BookRow { number, enterprise, state: book.state.name(), items, open }
    });
    rows.collect()
}

/// A page of a book's items, and whose book it is.
///
/// # Errors
/// `NotFound` also where the book is another's.
pub fn shelves(
    window: &Window,
    sight: &Sight,
    &Asked { book, all, after, limit }: &Asked<'_>,
    since: Moment,
) -> Answer<(Text, Shelves)> {
    let record = book_of(window, sight, book)?;
    let items = window.stock_items(|of| of == book);
    let (count, value) = (items.len(), items.iter().map(|stock| value_at(stock, stock.book())).sum());
    let district = record.book.office.get(..2).unwrap_or_default().into();
    let held = window.read::<Guarantee>(&Key::Guarantee(Pair { code: record.etps.clone(), number: district }));
    let guarantee = held.map(|held| (held.row.limit, held.free()));
    let items: Vec<_> = items.iter().map(|stock| (stock, proof::is_open(window, stock, since))).collect();
    let open = items.iter().filter(|(_, is_open)| *is_open).count();
    // Compared in full is only what is shown.
    let mut rows: Vec<_> = items
        .into_iter()
        .filter(|(stock, is_open)| (all || *is_open) && (after.is_empty() || stock.row.item_record_no.as_str() > after))
        .take(limit + 1)
        .map(|(stock, _)| proof::compare(window, stock))
        .collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.item_no.to_string());
    Ok((record.etps, Shelves { rows, items: count, open, value, guarantee, next, since }))
}

/// How far a book is closed (期末结转).
#[derive(Clone, Debug, Default)]
pub struct Closings {
    pub closed: Option<trade::time::Day>,
    /// Kind, number and day of what keeps the days since then open.
    pub open: Vec<(String, String, trade::time::Day)>,
    /// The newest first.
    pub periods: Vec<trade::bonded::period::Period>,
}

/// A period, as programs read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PeriodLine {
    pub book: String,
    pub period: u32,
    /// First day, absent in the first period, and last day.
    pub from: Option<String>,
    pub until: String,
    /// `moving` while it is being closed, `done`, or `refused`.
    pub state: String,
    pub rows: u32,
    /// Over the rows of its register, hexadecimal.
    pub digest: String,
    /// Yuan.
    pub opening_value: String,
    pub closing_value: String,
    /// Items with something between shelf and customs' book.
    pub in_flight: u32,
    /// The entry of the journal with its statement.
    pub entry: Option<u64>,
}

impl PeriodLine {
    pub fn of(period: &trade::bonded::period::Period) -> PeriodLine {
        PeriodLine {
            book: period.ems_no.to_string(),
            period: period.number,
            from: period.from.map(|day| day.to_string()),
            until: period.until.to_string(),
            state: period.state.name().to_owned(),
            rows: period.rows,
            digest: crate::site::hex(&period.digest),
            opening_value: period.opening.to_string(),
            closing_value: period.closing.to_string(),
            in_flight: period.in_flight,
            entry: period.told.map(|at| at.revision),
        }
    }
}

/// The periods of a book, and whose book it is.
///
/// # Errors
/// `NotFound` also where the book is another's.
pub fn closings(window: &Window, sight: &Sight, book: &str) -> Answer<(Text, Closings)> {
    let owner = book_of(window, sight, book)?.etps;
    let (of, periods) = window.book_periods(book);
    let open = of.open.into_iter().map(|o| (o.kind.name().to_owned(), o.number.to_string(), o.since));
    Ok((owner, Closings { closed: of.closed, open: open.collect(), periods }))
}

/// The register of a closed period as its file, and whose book it is.
///
/// # Errors
/// `NotFound` also where the book is another's, or the period is not closed.
pub fn period_register(window: &Window, sight: &Sight, book: &str, number: u32) -> Answer<(Text, String)> {
    let owner = book_of(window, sight, book)?.etps;
    let (_, rows, _) = window.period_register(book, number).ok_or(Refused::NotFound)?;
    Ok((owner, trade::bonded::period::file(&rows)))
}

/// Where the goods of a movement came from and went.
pub fn parts(proof: &proof::Proof, number: u64) -> Vec<Part> {
    let movement = |number: Option<u64>| number.and_then(|number| proof.movement(number)).cloned();
    let parts = proof.parts().into_iter().filter(|part| part.came == Some(number) || part.went == Some(number));
    parts.take(PARTS).map(|part| (part.qty, movement(part.came), movement(part.went))).collect()
}

/// An item, its movements before number `before`, and whose book it is in.
///
/// # Errors
/// `NotFound` also where the book is another's.
pub fn item(
    window: &Window,
    sight: &Sight,
    (book, item): (&str, &str),
    &Moves { before, limit, of }: &Moves,
    since: Moment,
) -> Answer<(Text, ItemPage)> {
    let owner = book_of(window, sight, book)?.etps;
    let proof = window.stock_proof(book, item).ok_or(Refused::NotFound)?;
    let moves = proof.stock.ledger.moves;
    let followed = of.and_then(|number| Some((proof.movement(number)?.clone(), parts(&proof, number))));
    let last = before.map_or(moves, |before| before.saturating_sub(1).min(moves));
    let first = last.saturating_sub(limit) + 1;
    let mut movements: Vec<_> = proof.movements.into_iter().take(last as usize).skip(first as usize - 1).collect();
    movements.reverse();
    let page = ItemPage {
        compared: proof::compare(window, &proof.stock),
        opening: proof.stock.row.qty,
        moves,
        proved: proof.on_hand,
        agrees: proof.agrees,
        movements,
        newest: last,
        followed,
        older: (first > 1).then_some(first),
        since,
    };
    Ok((owner, page))
}

/// The document with a number that this window gave, or a bill's.
///
/// # Errors
/// `NotFound` also where it is another's.
pub fn paper(window: &Window, sight: &Sight, number: &str) -> Answer<Paper> {
    let key: Text = number.into();
    let found = None
        .or_else(|| window.read::<ListRecord>(&Key::VerificationList(key.clone())).map(list))
        .or_else(|| window.read::<PassRecord>(&Key::Pass(key.clone())).map(pass))
        .or_else(|| window.read::<FormRecord>(&Key::Form(key.clone())).map(|r| form(window, r)))
        .or_else(|| window.read::<SlipRecord>(&Key::Slip(key.clone())).map(slip))
        .or_else(|| window.read::<EntryRecord>(&Key::Entry(key.clone())).map(entry))
        .or_else(|| window.read::<TransitRecord>(&Key::Transit(key.clone())).map(transit))
        .or_else(|| window.read::<CertificateRecord>(&Key::InspectionResult(key.clone())).map(result))
        .or_else(|| window.read::<TakeRecord>(&Key::StockTake(key.clone())).map(take))
        .or_else(|| window.read::<WriteOffRecord>(&Key::WriteOff(key.clone())).map(|r| write_off(r, number)));
    let mut paper = found.ok_or(Refused::NotFound)?;
    let value = |name: &str| paper.facts.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
    let book = || window.read::<BookRecord>(&Key::Book(value("book").unwrap_or_default().into()));
    // Whose it is to supervise: the office that the document names, else that of its book.
    let office = value("office").map(Text::from).or_else(|| book().map(|book| book.book.office)).unwrap_or_default();
    may_see(sight, &paper.enterprise, &office)?;
    number.clone_into(&mut paper.number);
    paper.facts.retain(|(_, value)| !value.is_empty());
    paper.others.retain(|other| !other.is_empty());
    Ok(paper)
}

/// So many slips that are to be declared are named on a form's page.
const OPEN_SLIPS: usize = 50;

fn steps(trail: &Trail) -> Vec<u64> {
    trail.steps.iter().map(|step| step.revision).collect()
}

fn list(r: ListRecord) -> Paper {
    let line = |(line, state): (&Line, &trade::bonded::record::LineState)| {
        (line.gnum, line.item_no.to_string(), line.qty, Some((state.used, state.passed)))
    };
    let number = |n: u32| if n == 0 { String::new() } else { n.to_string() };
    Paper {
        kind: Kind::List.name().to_owned(),
        enterprise: r.etps.to_string(),
        own_no: r.list.head.own_no.to_string(),
        state: r.state.name(),
        facts: vec![
            ("book", r.list.ems_no.to_string()),
            ("list_type", r.list.kind.name().to_owned()),
            ("direction", r.list.direction.to_string()),
            ("office", r.list.office.to_string()),
            ("entry_no", r.list.entry_no.to_string()),
            ("parcels", number(r.parcels)),
            ("late_fee", if r.late_fee.0 == 0 { String::new() } else { r.late_fee.to_string() }),
        ]
        .into_iter()
        .chain(relied(&r.relied))
        .collect(),
        lines: r.list.lines.iter().zip(&r.lines).map(line).collect(),
        others: vec![r.pair.to_string(), r.list.bill_no.to_string(), r.list.form_no.to_string()],
        trail: steps(&r.trail),
        ..Paper::default()
    }
}

fn pass(r: PassRecord) -> Paper {
    let over = if r.measured.0 == 0 { String::new() } else { r.measured.minus(r.pass.total).to_string() };
    let measured = if r.measured.0 == 0 { String::new() } else { r.measured.to_string() };
    Paper {
        kind: Kind::Pass.name().to_owned(),
        enterprise: r.etps.to_string(),
        own_no: r.pass.head.own_no.to_string(),
        state: r.state.name(),
        facts: vec![
            ("direction", r.pass.direction.to_string()),
            ("office", r.pass.office.to_string()),
            ("vehicle", r.pass.vehicle.to_string()),
            ("seal", r.pass.seal.to_string()),
            ("weight_declared", r.pass.total.to_string()),
            ("weight_measured", measured),
            ("weight_over", over),
            ("passed_at", r.passed.map_or(String::new(), crate::lang::stamp)),
            ("let_pass", if r.let_pass { "✓".to_owned() } else { String::new() }),
        ],
        lines: r.load.iter().map(|l| (l.gnum, l.number.to_string(), l.qty, None)).collect(),
        others: r.pass.numbers.iter().map(Text::to_string).collect(),
        trail: steps(&r.trail),
        stopped: r.stopped.iter().map(crate::live::problem).collect(),
        ..Paper::default()
    }
}

/// What another office had found, who recognised it, when and on which ground: each a fact of its own.
fn relied(all: &[Relied]) -> impl Iterator<Item = (&'static str, String)> {
    all.iter().map(|r| {
        let until = r.until.map_or_else(String::new, |day| format!(" – {day}"));
        let named =
            [&r.country, &r.issuer].map(|text| if text.is_empty() { String::new() } else { format!(" {text}") });
        let signer = if r.signer.is_empty() { String::new() } else { format!(" {}", r.signer) };
        let what = format!("{} ({}{}{}{until})", r.number, r.kind, named[0], named[1]);
        ("relied", format!("{what}: {} → {}{signer}, {}, {}", r.office, r.by, r.on, r.ground))
    })
}

fn transit(r: TransitRecord) -> Paper {
    let at = |at: Option<Moment>| at.map_or_else(|| "–".to_owned(), crate::lang::stamp);
    let mut facts = vec![
        ("office", r.transit.to.to_string()),
        ("port", r.transit.from.to_string()),
        ("place", r.transit.place.to_string()),
        ("until", r.transit.arrive_by.map_or(String::new(), crate::lang::stamp)),
    ];
    let leg = |leg: &Leg| {
        format!("{} {} × {}: {} → {}", leg.vehicle, leg.seal, leg.pieces, at(Some(leg.left)), at(leg.arrived))
    };
    facts.extend(r.legs.iter().map(|l| ("vehicles", leg(l))));
    facts.extend(relied(&r.relied));
    Paper {
        kind: Kind::Transit.name().to_owned(),
        enterprise: r.etps.to_string(),
        own_no: r.transit.head.own_no.to_string(),
        state: r.state.name(),
        facts,
        others: vec![r.transit.bill_no.to_string(), r.transit.quarantine.to_string()],
        trail: steps(&r.trail),
        stopped: r.legs.iter().flat_map(|leg| &leg.faults).map(crate::live::problem).collect(),
        ..Paper::default()
    }
}

/// A result of inspection, for officials: nobody's enterprise.
fn result(r: CertificateRecord) -> Paper {
    let c = &r.certificate;
    let until = c.until.map_or_else(|| "–".to_owned(), |day| day.to_string());
    let mut facts = vec![
        ("cert_kind", c.kind.to_string()),
        ("result", c.result.to_string()),
        ("office", c.office.to_string()),
        ("valid", format!("{} – {until}", c.from)),
    ];
    let said =
        |said: &Recognised| format!("{} {} {}, {}, {}", said.office, said.word, said.signer, said.on, said.ground);
    facts.extend(r.recognised.iter().map(|word| ("word", said(word))));
    facts.extend(r.withdrawn.iter().map(|word| ("withdrawn", said(word))));
    Paper {
        kind: Kind::Certificate.name().to_owned(),
        own_no: c.head.own_no.to_string(),
        state: r.state().name(),
        facts,
        trail: steps(&r.trail()),
        ..Paper::default()
    }
}

fn form(window: &Window, r: FormRecord) -> Paper {
    let money = |fen: Fen| if fen == Fen::ZERO { String::new() } else { fen.to_string() };
    let line = |(n, g): (usize, &trade::bonded::record::FormGoods)| {
        (n as u32 + 1, g.item_no.to_string(), g.out, Some((g.passed_out, g.back)))
    };
    Paper {
        kind: Kind::Form.name().to_owned(),
        enterprise: r.etps.to_string(),
        own_no: r.form.head.own_no.to_string(),
        state: r.state.name(),
        facts: vec![
            ("book", r.form.ems_no.to_string()),
            ("office", r.form.office.to_string()),
            ("until", r.form.until.to_string()),
            ("guaranteed", money(r.form.guaranteed)),
            ("drawn", money(r.drawn())),
        ],
        lines: r.goods.iter().enumerate().map(line).collect(),
        others: proof::open_slips(window, &r, OPEN_SLIPS).iter().map(Text::to_string).collect(),
        trail: steps(&r.trail),
        ..Paper::default()
    }
}

fn slip(r: SlipRecord) -> Paper {
    Paper {
        kind: Kind::Slip.name().to_owned(),
        enterprise: r.etps.to_string(),
        own_no: r.slip.head.own_no.to_string(),
        state: r.state.name(),
        facts: vec![("book", r.ems_no.to_string()), ("direction", r.slip.direction.to_string())],
        lines: r.slip.lines.iter().map(|l| (l.gnum, l.item_no.to_string(), l.qty, None)).collect(),
        others: vec![r.slip.form_no.to_string(), r.pass_no.to_string(), r.declared_by.to_string()],
        trail: steps(&r.trail),
        ..Paper::default()
    }
}

fn entry(r: EntryRecord) -> Paper {
    let line = |(n, l): (usize, &trade::bonded::record::EntryLine)| {
        (n as u32 + 1, l.item_no.to_string(), l.billed, Some((l.used, l.passed)))
    };
    Paper {
        kind: Kind::Entry.name().to_owned(),
        enterprise: r.etps.to_string(),
        own_no: r.entry.head.own_no.to_string(),
        state: r.state.name(),
        facts: vec![
            ("book", r.entry.ems_no.to_string()),
            ("port", r.entry.port.to_string()),
            ("place", r.entry.place.to_string()),
            ("declare_by", r.declare_by.to_string()),
        ]
        .into_iter()
        .chain(relied(&r.relied))
        .collect(),
        lines: r.lines.iter().enumerate().map(line).collect(),
        others: vec![r.list_no.to_string()],
        trail: steps(&r.trail),
        ..Paper::default()
    }
}

fn take(r: TakeRecord) -> Paper {
    let line = |(n, d): (usize, &trade::bonded::record::Difference)| {
        (n as u32 + 1, format!("{} ({})", d.item_no, d.cause), d.counted, Some((d.on_hand, d.counted)))
    };
    Paper {
        kind: Kind::StockTake.name().to_owned(),
        enterprise: r.etps.to_string(),
        own_no: r.take.head.own_no.to_string(),
        state: r.state.name(),
        facts: vec![("book", r.take.ems_no.to_string())],
        lines: r.differences.iter().enumerate().map(line).collect(),
        trail: steps(&r.trail),
        ..Paper::default()
    }
}

fn write_off(r: WriteOffRecord, number: &str) -> Paper {
    Paper {
        kind: Kind::WriteOff.name().to_owned(),
        number: number.to_owned(),
        enterprise: r.etps.to_string(),
        own_no: r.write_off.head.own_no.to_string(),
        state: r.state.name(),
        facts: vec![
            ("book", r.write_off.ems_no.to_string()),
            ("cause", r.write_off.cause.name().to_owned()),
            ("proof", r.write_off.proof.to_string()),
        ],
        lines: r.write_off.lines.iter().zip(1..).map(|(l, n)| (n, l.item_no.to_string(), l.qty, None)).collect(),
        trail: steps(&r.trail),
        ..Paper::default()
    }
}
