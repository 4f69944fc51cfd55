//! Bonded stock: verification lists, forms, slips, passes and the gate; entry before declaration; the day's retail
//! lists; stock-taking; other ports (rules.md 7 and 8).
//!
//! Every document is taken in by [`one`]: the filer is looked at, its own number (a repetition gets the first answer),
//! then the rule of its kind. A rule answers with all it found, or with what it took; what it changed before it found
//! something is forgotten. Each quantity that moves is booked by [`Scene::move_stock`] and by nothing else, so every
//! movement names one line of one document, and the sums of an item are those of its movements.

mod abroad;
pub(super) mod batch;
pub(super) mod books;
mod entry;
mod fields;
mod gate;
mod lists;
mod mode;
pub(super) mod period;
mod ports;
mod processing;
mod results;
mod retail;
pub(super) mod room;
mod slips;
mod taking;
mod transfer;

pub(super) use retail::{returned, sold, sold_abroad, sold_anew, unsold};

use super::appeal::rulings::{self, Refused};
use super::{Scene, State};
use crate::bonded::ledger::{Move, Movement};
use crate::bonded::record::{ListRecord, Said, State as Stage, Trail};
use crate::bonded::{Decision, Document, Filed, Filing, Head, Kind, PassType};
use crate::command::{Act, Actor, ActorRole, DueKind, Outcome, Verdict};
use crate::documents::MessageKind;
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, MovementKey, Pair};
use crate::money::{Amount, Fen, Quantity};
use crate::pack::{Pack, Text};
use crate::policy::Parameter;
use crate::receipt::Shown;
use crate::record::Stock;
use crate::registry::{Asked, Matter, RoleKind};
use crate::time::{Day, Moment};

use super::Setting;

/// Statuses of our answers, with the meaning that they have for a list of retail (rules.md 1.2).
mod status {
    pub const WAITING: i32 = 2;
    pub const REVIEW: i32 = 300;
    pub const STOPPED: i32 = 500;
    pub const PASSED: i32 = 800;
    pub const CLOSED: i32 = 899;
}

/// What became of a document that was taken in.
struct Taken {
    /// The number that the window gave, or that the document has anyway.
    number: String,
    office: String,
    status: i32,
    verdict: Verdict,
    info: String,
    /// Remarks, or why it goes no further for now.
    findings: Vec<Finding>,
}

impl Taken {
    fn passed(number: &str, office: &str, info: impl Into<String>) -> Taken {
        let (number, office, info) = (number.to_owned(), office.to_owned(), info.into());
        Taken { number, office, status: status::PASSED, verdict: Verdict::Accepted, info, findings: Vec::new() }
    }

    fn waits(number: &str, office: &str, info: impl Into<String>) -> Taken {
        Taken { status: status::REVIEW, verdict: Verdict::Waiting, ..Taken::passed(number, office, info) }
    }

    fn closed(number: &str, office: &str, info: impl Into<String>) -> Taken {
        Taken { status: status::CLOSED, verdict: Verdict::Done, ..Taken::passed(number, office, info) }
    }
}

type Answer = Result<Taken, Vec<Finding>>;

pub(super) fn file(filing: &Filing, setting: Setting<'_>, state: &mut dyn State, numbering: &mut u32) -> Vec<Outcome> {
    if !filing.faults.is_empty() {
        let outcome = super::alone(setting, state, numbering, |scene| {
            scene.from = filing.by.id.clone();
            let shown = Shown { kind: MessageKind::BondedReturn, agent_code: filing.by.id.clone(), ..Shown::default() };
            scene.refuse(MessageKind::BondedReturn, shown, filing.faults.clone());
        });
        return vec![outcome];
    }
    let mut outcomes = Vec::with_capacity(filing.documents.len());
    for (about, filed) in filing.documents.iter().enumerate() {
        let mut scene = Scene::new(setting, state, about as u32, numbering);
        one(&mut scene, filing, filed);
        let outcome = scene.finish();
        state.apply(&outcome.effects, &[]);
        outcomes.push(outcome);
    }
    outcomes
}

/// A due of bonded stock; others are nobody's.
pub(super) fn fall_due(scene: &mut Scene<'_>, kind: DueKind, key: &Key) {
    match (kind, key) {
        (DueKind::OutgoingList, Key::RetailDay(group)) => retail::go_on(scene, group),
        (DueKind::EntryOverdue, Key::Entry(bill)) => entry::overdue(scene, bill),
        (DueKind::EntryUnclaimed, Key::Entry(bill)) => entry::unclaimed(scene, bill),
        (DueKind::FormOver, Key::Form(number)) => slips::form_over(scene, number),
        (DueKind::SlipUndeclared, Key::Slip(number)) => slips::undeclared(scene, number),
        (DueKind::PeriodGoesOn, Key::Period(pair)) => period::go_on(scene, pair),
        (DueKind::TransitOverdue, Key::Transit(number)) => ports::overdue(scene, number),
        (DueKind::TransferOverdue, Key::VerificationList(number)) => transfer::overdue(scene, number),
        _ => {}
    }
}

/// What must hold of a verification list, an entry or a form that was written.
pub(super) fn holds(key: &[u8], value: &[u8]) -> Result<(), &'static str> {
    if Key::kind(key) == Key::ENTRY {
        return entry::holds(value);
    }
    if Key::kind(key) == Key::FORM {
        return slips::holds(value);
    }
    let Ok(record) = ListRecord::unpack(value) else { return Err("verification list") };
    let right = |(state, line): (&crate::bonded::record::LineState, &crate::bonded::Line)| {
        Quantity(0) <= state.passed && state.passed <= state.used && state.used <= line.qty
    };
    match record.lines.len() == record.list.lines.len() && record.lines.iter().zip(&record.list.lines).all(right) {
        true => Ok(()),
        false => Err("verification list: more on passes or through the gate than declared"),
    }
}

/// The answer to a document of which nothing happens.
pub(super) fn refused(scene: &mut Scene<'_>, filing: &Filing, filed: &Filed, found: Vec<Finding>) {
    let (kind, own_no, etps) = match &filed.document {
        Some(document) => (document.kind(), &document.head().own_no, &document.head().etps),
        None => (filed.kind, &filed.own_no, &filed.etps),
    };
    scene.from = if etps.is_empty() { filing.by.id.clone() } else { etps.clone() };
    let answer = answer_of(kind);
    let shown = Shown { kind: answer, agent_code: etps.clone(), cop_no: own_no.clone(), ..Shown::default() };
    scene.refuse(answer, shown, found);
}

fn one(scene: &mut Scene<'_>, filing: &Filing, filed: &Filed) {
    let (kind, own_no, etps) = match &filed.document {
        Some(document) => (document.kind(), &document.head().own_no, &document.head().etps),
        None => (filed.kind, &filed.own_no, &filed.etps),
    };
    scene.from = if etps.is_empty() { filing.by.id.clone() } else { etps.clone() };
    let two_step = matches!(&filed.document, Some(Document::Pass(pass)) if pass.kind == PassType::TwoStep);
    let answer_kind = match two_step {
        true => scene.answer_name(MessageKind::TwoStepReturn, kind),
        false => answer_of(kind),
    };
    let shown = Shown { kind: answer_kind, agent_code: etps.clone(), cop_no: own_no.clone(), ..Shown::default() };
    let Some(document) = filed.document.as_ref().filter(|_| filed.faults.is_empty()) else {
        return scene.refuse(answer_kind, shown, filed.faults.clone());
    };
    let key = Key::BondedOwn(Pair { code: etps.clone(), number: format!("{kind}/{own_no}").into() });
    let said = scene.read::<Said>(&key);
    if let Some(first) = said.as_ref().filter(|s| !s.refused) {
        // The own number is taken: the same again gets the first answer, another document needs another number.
        if first.content == filed.content {
            return scene.repeat(first.at);
        }
        let finding = Finding::new(Code::DuplicateKey, "", "etpsInnerInvtNo").arg("key", own_no);
        return scene.refuse(answer_kind, shown, vec![finding.arg("status", &first.number)]);
    }
    let by_right = may_file(scene, filing, document);
    let concerns_filer = by_right.is_ok() && is_filed(kind);
    let taken = by_right.and_then(|()| decide(scene, document, &filing.by));
    match taken {
        Ok(mut taken) => {
            taken.findings.extend(period::late(scene, document));
            take_in(scene, &key, filed.content, shown, taken);
            rulings::accepted(scene, document);
        }
        Err(found) => {
            scene.overlay.forget();
            scene.refuse(answer_kind, shown, found.clone());
            refused_alike(scene, &key, said, filed);
            if concerns_filer && scene.outcome.verdict == Verdict::Refused {
                let (document, content) = (document.clone(), filed.content);
                let [number, by, reason] = Default::default();
                rulings::refused(scene, Refused { document, content, found: &found, number, by, reason });
            }
        }
    }
}

/// The document is taken in under its own number, and its filer told.
fn take_in(scene: &mut Scene<'_>, key: &Key, content: [u8; 16], shown: Shown, taken: Taken) {
    let said = Said { at: scene.here(), content, number: taken.number.clone().into(), ..Said::default() };
    scene.put(key, &said);
    scene.outcome.verdict = taken.verdict;
    let shown = Shown { invt_no: taken.number.into(), customs_code: taken.office.into(), ..shown };
    scene.outcome.findings.extend(taken.findings.clone());
    let to = scene.from.clone();
    scene.send(to, shown, taken.status, taken.info, taken.findings);
}

/// An enterprise asks for something by it; the others are words of officials, or what was seen at a gate.
fn is_filed(kind: Kind) -> bool {
    let said = matches!(kind, Kind::Decision | Kind::Certificate | Kind::Recognition | Kind::TransitStep);
    !said && !matches!(kind, Kind::Gate | Kind::Place)
}

/// What an appeal has decided again.
pub(super) struct Again<'a> {
    pub document: &'a Document,
    pub content: [u8; 16],
    /// Where an official had refused it: the number that it had.
    pub number: &'a str,
}

/// Decides a document again as of that day without what is set aside, as if it were filed then; where an official had
/// refused it, it is approved. What speaks against it, where it is refused again; then nothing of it happens.
pub(super) fn again(
    scene: &mut Scene<'_>,
    of: Again<'_>,
    act: &Act,
    day: Day,
    aside: Vec<Code>,
) -> Option<Vec<Finding>> {
    let (kind, head) = (of.document.kind(), of.document.head());
    scene.from = head.etps.clone();
    let (receipts, numbering) = (scene.outcome.receipts.len(), *scene.numbering);
    (scene.as_of, scene.aside) = (Some(day), aside);
    let filer = Actor { id: head.etps.clone(), role: ActorRole::Enterprise };
    let others = books::set_apart(scene, of.document);
    let taken = decide(scene, of.document, &filer).and_then(|taken| match of.number.is_empty() {
        true => Ok((taken, false)),
        false => approved(scene, kind, taken, act),
    });
    if taken.is_ok() {
        books::put_beside(scene, of.document, others);
    }
    (scene.as_of, scene.aside) = (None, Vec::new());
    let shown = shown_of(&Pair { code: head.etps.clone(), number: "".into() }, Some(of.document), "");
    match taken {
        Ok((taken, told)) => {
            let key = own_key(kind, head);
            match told {
                // Its filer was told by the decision.
                true => {
                    let said = Said { at: scene.here(), number: taken.number.into(), ..Said::default() };
                    scene.put(&key, &Said { content: of.content, ..said });
                    scene.outcome.verdict = Verdict::Accepted;
                }
                false => take_in(scene, &key, of.content, shown, taken),
            }
            None
        }
        Err(found) => {
            scene.overlay.forget();
            scene.outcome.receipts.truncate(receipts);
            *scene.numbering = numbering;
            scene.refuse(answer_of(kind), shown, found.clone());
            Some(found)
        }
    }
}

/// The official who hears the appeal approves what waits for one; true where that was so.
fn approved(scene: &mut Scene<'_>, kind: Kind, taken: Taken, act: &Act) -> Result<(Taken, bool), Vec<Finding>> {
    // A transfer waits for its places, not for an official.
    if taken.verdict != Verdict::Waiting || kind == Kind::Transit {
        return Ok((taken, false));
    }
    let (verdict, number) = (crate::bonded::Verdict::Approve, taken.number.as_str().into());
    let decision = Decision { verdict, number, reason: "复议".into(), ..Decision::default() };
    books::decide(scene, &decision, &act.by)?;
    Ok((taken, true))
}

/// Whether an official who hears an appeal may find that a reason does not hold: judgements about the goods and their
/// papers, but nothing that follows from a ledger, from the state of another document, or that is to be reckoned with.
pub fn may_be_set_aside(code: Code) -> bool {
    use Code::*;
    matches!(code, HsNotInTariff | ItemDiffers | BondedField | StatutoryFactor | Weight | OfficeMode | OfficeOther)
        || matches!(code, ConditionMissing | InspectionMissing | QuarantineMissing | ResultNotRecognised)
        || matches!(code, ResultWithdrawn | PlaceNotFit | GoodsBanned | MailBanned | BookOver)
}

/// The answer to a document about which a ruling is.
pub(super) fn shown_of(at: &Pair, document: Option<&Document>, number: &str) -> Shown {
    let kind = document.map_or(MessageKind::BondedReturn, |document| answer_of(document.kind()));
    let own_no = document.map(|document| document.head().own_no.clone()).unwrap_or_default();
    Shown { kind, agent_code: at.code.clone(), cop_no: own_no, invt_no: number.into(), ..Shown::default() }
}

/// The office that a document names, or that of its book.
pub(super) fn office_of(scene: &Scene<'_>, document: &Document) -> Text {
    let book = |ems_no: &Text| {
        let book = scene.read::<crate::bonded::record::BookRecord>(&Key::Book(ems_no.clone()));
        book.map(|record| record.book.office).unwrap_or_default()
    };
    match document {
        Document::Book(d) => d.office.clone(),
        Document::List(d) => d.office.clone(),
        Document::Form(d) => d.office.clone(),
        Document::Pass(d) => d.office.clone(),
        Document::Entry(d) => d.office.clone(),
        Document::Transit(d) => d.from.clone(),
        Document::StockTake(d) => book(&d.ems_no),
        Document::WriteOff(d) => book(&d.ems_no),
        Document::Period(d) => book(&d.ems_no),
        _ => Text::default(),
    }
}

fn own_key(kind: Kind, head: &Head) -> Key {
    Key::BondedOwn(Pair { code: head.etps.clone(), number: format!("{kind}/{}", head.own_no).into() })
}

/// A document refused again in the same words is answered by the first refusal.
fn refused_alike(scene: &mut Scene<'_>, key: &Key, said: Option<Said>, filed: &Filed) {
    let Some(receipt) = scene.outcome.receipts.last() else { return };
    let shown = Shown { guid: Text::default(), at: Moment::default(), ..receipt.shown.clone() };
    match said.filter(|s| s.content == filed.content && s.shown == shown) {
        Some(first) => {
            scene.outcome.receipts.clear();
            scene.repeat(first.at);
        }
        None => {
            let said = Said { at: scene.here(), content: filed.content, refused: true, shown, ..Said::default() };
            scene.put(key, &said);
        }
    }
}

fn answer_of(kind: Kind) -> MessageKind {
    match kind {
        Kind::List => MessageKind::VerificationReturn,
        Kind::Form => MessageKind::FormReturn,
        Kind::Slip => MessageKind::SlipReturn,
        Kind::Pass => MessageKind::PassReturn,
        _ => MessageKind::BondedReturn,
    }
}

/// Who may file what (D256; rules.md 1.1): the zone enterprise its own documents, itself or by a declarant whom it has
/// entrusted; officials what officials decide; the gate what it reads.
fn may_file(scene: &Scene<'_>, filing: &Filing, document: &Document) -> Result<(), Vec<Finding>> {
    use ActorRole as R;
    let (by, kind) = (&filing.by, document.kind());
    let allowed = match kind {
        Kind::Decision | Kind::Certificate | Kind::Recognition => matches!(by.role, R::Officer | R::Window),
        Kind::Gate | Kind::Place => matches!(by.role, R::Officer | R::Operator | R::Window),
        Kind::TransitStep => by.role != R::Viewer,
        _ => matches!(by.role, R::Enterprise | R::Window),
    };
    if !allowed {
        return Err(vec![Finding::new(Code::ActorRole, "", "").arg("who", by.role).arg("act", kind)]);
    }
    let officials = matches!(kind, Kind::Decision | Kind::Certificate | Kind::Recognition);
    if (officials || matches!(kind, Kind::Gate | Kind::Place | Kind::TransitStep)) && by.role != R::Enterprise {
        return Ok(());
    }
    let Head { etps, .. } = document.head();
    let today = scene.today();
    let held = [RoleKind::AreaOperator, RoleKind::Declarant, RoleKind::Express, RoleKind::Postal];
    let roles = match kind {
        Kind::Transit | Kind::TransitStep | Kind::Entry => &held[..],
        Kind::Overseas | Kind::Abroad => &[RoleKind::Seller][..],
        Kind::Fees => &[RoleKind::Platform][..],
        _ => &held[..1],
    };
    let against: Vec<_> = roles.iter().map(|role| scene.role_lacks(etps, *role, "bizopEtpsno", today)).collect();
    if against.iter().all(|lacking| !lacking.is_empty()) {
        return Err(against.into_iter().next().unwrap_or_default());
    }
    if by.role != R::Enterprise || by.id == *etps {
        return Ok(());
    }
    let asked = Asked::to(&by.id, Matter::Bonded, today).worth(worth(scene, document, today));
    let other = || Finding::new(Code::SenderOther, "", "bizopEtpsno").arg("sender", &by.id).arg("code", etps);
    scene.entrusted_by(etps, &asked, "bizopEtpsno").map_err(|lacking| vec![lacking.unwrap_or_else(other)])
}

/// What a document declares in renminbi: the goods of a verification list. Others declare no value.
fn worth(scene: &Scene<'_>, document: &Document, day: Day) -> Option<Fen> {
    let Document::List(list) = document else { return Some(Fen::ZERO) };
    list.lines.iter().try_fold(Fen::ZERO, |sum, line| {
        let in_yuan = line.currency.is_empty() || line.currency == "142";
        let foreign = || {
            let total = Amount(line.total.0.checked_mul(1_000)?);
            scene.policy().in_renminbi(total, &line.currency, day)
        };
        let value = if in_yuan { line.total } else { foreign()? };
        sum.0.checked_add(value.0).map(Fen)
    })
}

fn decide(scene: &mut Scene<'_>, document: &Document, by: &Actor) -> Answer {
    let action = &document.head().action;
    let accounts = scene.policy().whole(Parameter::FormAccounts, scene.today()) == Some(1);
    let deletes = match document {
        Document::Slip(_) => accounts,
        _ => matches!(document, Document::List(_) | Document::Pass(_)),
    };
    let changes = matches!(document, Document::List(_));
    if action != "1" && !(action == "3" && deletes) && !(action == "2" && changes) {
        let finding = Finding::new(Code::ActionNotPossible, "", "dclTypecd").arg("message", document.kind());
        return Err(vec![finding.arg("action", action)]);
    }
    match document {
        Document::Book(book) => books::file(scene, book),
        Document::List(list) if action == "3" => lists::delete(scene, list),
        Document::List(list) if action == "2" => lists::change(scene, list),
        Document::List(list) => lists::file(scene, list),
        Document::Form(form) => slips::form(scene, form),
        Document::Slip(slip) if action == "3" => slips::delete(scene, slip),
        Document::Slip(slip) => slips::slip(scene, slip),
        Document::Pass(pass) if action == "3" => gate::delete(scene, pass),
        Document::Pass(pass) => gate::pass(scene, pass),
        Document::Gate(gate) => gate::read(scene, gate),
        Document::Decision(decision) => books::decide(scene, decision, by),
        Document::Entry(entry) => entry::file(scene, entry),
        Document::Tally(tally) => entry::tally(scene, tally),
        Document::Outgoing(outgoing) => retail::outgoing(scene, outgoing),
        Document::StockTake(take) => taking::open(scene, take),
        Document::Count(count) => taking::count(scene, count),
        Document::Explanation(explanation) => taking::explain(scene, explanation),
        Document::WriteOff(write_off) => taking::write_off(scene, write_off),
        Document::Shelf(shelf) => taking::shelf(scene, shelf),
        Document::Transit(transit) => ports::transit(scene, transit),
        Document::TransitStep(step) => ports::step(scene, step, by.role),
        Document::Place(place) => ports::place(scene, place),
        Document::Certificate(certificate) => results::certificate(scene, certificate, by),
        Document::Recognition(word) => results::recognition(scene, word, by),
        Document::Overseas(overseas) => abroad::warehouse(scene, overseas),
        Document::Abroad(report) => abroad::report(scene, report),
        Document::Fees(fees) => abroad::fees(scene, fees),
        Document::Period(filed) => period::file(scene, filed),
        Document::ReturnIn(parcel) => room::came_in(scene, parcel),
        Document::ReturnOut(out) => room::to_leave(scene, out),
    }
}

/// Status, words and reasons of an answer.
type Told = (i32, String, Vec<Finding>);

/// The document whose line moves a quantity.
struct Because<'a> {
    document: String,
    line: u32,
    under: &'a str,
    case: Option<&'a CaseKey>,
}

impl<'a> Because<'a> {
    fn of(kind: Kind, number: &str, line: u32, under: &'a str) -> Because<'a> {
        Because { document: format!("{kind} {number}"), line, under, case: None }
    }
}

impl Scene<'_> {
    /// Refuses with all that was found, but for what an appeal has set aside.
    fn clean(&self, mut found: Vec<Finding>) -> Result<(), Vec<Finding>> {
        found.retain(|finding| !self.aside.contains(&finding.code));
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    fn stock(&self, ems_no: &str, item_no: &str) -> Option<Stock> {
        self.read(&Key::Stock(Pair { code: ems_no.into(), number: item_no.into() }))
    }

    fn put_stock(&mut self, ems_no: &str, item_no: &str, stock: &Stock) {
        self.put(&Key::Stock(Pair { code: ems_no.into(), number: item_no.into() }), stock);
    }

    /// Changes an item without moving anything: what is held back for a document, or no longer.
    fn freeze(&mut self, ems_no: &str, item_no: &str, change: i64) {
        if let Some(mut stock) = self.stock(ems_no, item_no) {
            stock.ledger.frozen = Quantity(stock.ledger.frozen.0.saturating_add(change));
            self.put_stock(ems_no, item_no, &stock);
        }
    }

    /// Books a movement of an item and keeps it; `thaw` of it had been frozen for the document.
    fn move_stock(
        &mut self,
        (ems_no, item_no): (&str, &str),
        kind: Move,
        qty: Quantity,
        thaw: Quantity,
        because: Because<'_>,
    ) {
        let Some(mut stock) = self.stock(ems_no, item_no) else { return };
        stock.ledger.frozen = stock.ledger.frozen.minus(thaw);
        if self.book_movement(ems_no, item_no, &mut stock, kind, qty, because) {
            self.put_stock(ems_no, item_no, &stock);
        }
    }

    /// As [`Scene::move_stock`], for an item that is at hand and written by the caller. False where the sums would be
    /// larger than can be reckoned with: then the item is written broken, so that the invariants stop the document.
    fn book_movement(
        &mut self,
        ems_no: &str,
        item_no: &str,
        stock: &mut Stock,
        kind: Move,
        qty: Quantity,
        because: Because<'_>,
    ) -> bool {
        if stock.book_move(kind, qty).is_err() {
            stock.on_hand = Quantity(-1);
            self.put_stock(ems_no, item_no, stock);
            return false;
        }
        let movement = Movement {
            kind,
            qty,
            document: because.document.into(),
            line: because.line,
            under: because.under.into(),
            at: self.here(),
            moment: self.setting.at,
            on_hand: stock.on_hand,
            book: stock.book(),
            case: because.case.cloned(),
            flown: stock.ledger.flown.clone(),
        };
        let number = stock.ledger.moves;
        let key = MovementKey { ems_no: ems_no.into(), item_no: item_no.into(), number };
        self.put(&Key::Movement(key), &movement);
        true
    }

    /// Tells the filer of an earlier document what has become of it.
    fn tell_filer(&mut self, kind: Kind, to: &str, own_no: &str, number: &str, told: Told) {
        self.tell_as(answer_of(kind), to, own_no, number, told);
    }

    /// The name of an answer that says what happened, where the law has such names; else that of its document.
    fn answer_name(&self, name: MessageKind, kind: Kind) -> MessageKind {
        let named = self.policy().whole(Parameter::ReceiptsByEvent, self.today()) == Some(1);
        if named { name } else { answer_of(kind) }
    }

    fn tell_as(&mut self, kind: MessageKind, to: &str, own_no: &str, number: &str, told: Told) {
        let shown =
            Shown { kind, agent_code: to.into(), cop_no: own_no.into(), invt_no: number.into(), ..Shown::default() };
        let (status, info, findings) = told;
        self.send(to.into(), shown, status, info, findings);
    }

    /// `QD` + customs 4 + year 2 + I or E + nine digits, and likewise for the numbers whose form is ours.
    fn bonded_number(&mut self, prefix: &str, office: &str, direction: &str) -> Text {
        let year = self.today().year();
        let serial = self.next_number(format!("{prefix}/{office}/{year}/{direction}"));
        format!("{prefix}{office}{:02}{direction}{serial:09}", year % 100).into()
    }

    fn walked(&self, trail: &mut Trail) {
        let here = self.here();
        if trail.steps.last() != Some(&here) {
            trail.steps.push(here);
        }
    }
}

/// No document of this kind has the number, or it is not the filer's.
fn unknown(kind: Kind, number: &str, field: &str) -> Finding {
    Finding::new(Code::BondedUnknown, "GACC 2018 No. 23", field).arg("kind", kind).arg("number", number)
}

/// The document is in a state in which this is not possible.
fn not_in(state: Stage, kind: Kind, number: &str, field: &str) -> Finding {
    let finding = Finding::new(Code::BondedState, "GACC 2018 No. 23", field).arg("kind", kind).arg("number", number);
    finding.arg("state", words(state))
}

/// A field that does not fit the others.
fn misfit(field: &str, given: &str, expected: &str) -> Finding {
    let finding = Finding::new(Code::BondedField, "GACC 2018 No. 23", field).arg("field", field);
    finding.arg("given", if given.is_empty() { "-" } else { given }).arg("expected", expected)
}

fn words(state: Stage) -> &'static str {
    match state {
        Stage::Waiting => "待审核 waiting",
        Stage::Passed => "通过 passed",
        Stage::Moving => "部分过卡 partly moved",
        Stage::Done => "办结 done",
        Stage::Refused => "退单 refused",
        Stage::Deleted => "已删除 deleted",
        Stage::Overdue => "逾期 overdue",
    }
}

/// Line numbers run from 1 without gaps, and there is at least one.
fn numbered(lines: impl Iterator<Item = u32>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut expected = 1;
    for gnum in lines {
        if gnum != expected {
            found.push(Finding::new(Code::DuplicateLine, "", "gdsSeqno").line(gnum));
        }
        expected += 1;
    }
    if expected == 1 {
        found.push(Finding::new(Code::NoLines, "", "gdsSeqno"));
    }
    found
}
