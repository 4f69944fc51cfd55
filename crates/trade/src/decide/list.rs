//! A declaration list (621): taken in, held against the law and its documents, taxed, booked, examined, released.
//!
//! States as rules.md 1.2 has them: 2 waits for documents; 120 matched, limits booked, guarantee reserved; 300 and
//! 500 a person is on it; 399 examined; 800 released, and the tax bill is made.

use smol_str::format_smolstr;

use super::{Scene, after, appeal, papers::is_live, papers::new_only};
use crate::command::{DueKind, Verdict};
use crate::documents::{Document, Head, List, MessageKind, Order, Payment, SharedDocument, Waybill};
use crate::finding::{Code, Finding};
use crate::key::{CaseKey, Key, Pair, PersonYear};
use crate::matching::{self, Arrived, Compared};
use crate::money::{Fen, Quantity};
use crate::pack::Text;
use crate::policy::Parameter;
use crate::policy::positive_list::{self, Goods};
use crate::receipt::Shown;
use crate::record::{
    Answered, Case, CaseRef, Counter, Guarantee, Kept, KeptHead, Manifest, Overdue, Payments, QuantityUsed, Stock,
    Taken, TaxStatement, Waiting, status,
};
use crate::registry::{self, Asked, Matter, RoleKind};
use crate::time::{Day, HOUR_MS, Moment};
use crate::{packed, verify};

/// So many lists are registered as waiting for one waybill or payment; honest ones are one.
pub(super) const MOST_WAITING: usize = 16;

/// CEB621.
pub(super) fn declare(scene: &mut Scene<'_>, list: &List) {
    let key = CaseKey { ebc: list.ebc_code.clone(), order_no: list.order_no.clone() };
    scene.outcome.case = Some(key.clone());
    let shown = list.shown();
    let earlier = scene.case(&key);
    if is_answered(scene, MessageKind::List, &key, earlier.as_ref(), &list.head, &shown) {
        return;
    }
    scene.outcome.day = list.declared_on;
    // As many as a list that is released at once gets.
    if !scene.setting.is_mute {
        scene.outcome.receipts.reserve(8);
    }

    let mut earlier = earlier.unwrap_or_default();
    appeal::overtaken(scene, &key, &mut earlier, appeal::of_the_list);
    let mut trail = earlier.trail;
    trail.push(scene.here());
    let mut case = Case {
        status: status::WAITING,
        accepted: scene.setting.at,
        declared_on: list.declared_on,
        trail,
        agent: list.agent_code.clone(),
        office: list.customs_code.clone(),
        mode: list.trade_mode.clone(),
        waybill_code: list.logistics_code.clone(),
        waybill_no: list.logistics_no.clone(),
        next_waiting: earlier.next_waiting,
        waits_for_bill: earlier.waits_for_bill,
        hands: earlier.hands,
        appeals: earlier.appeals,
        ..Case::default()
    };
    scene.keep(&Key::List(key.clone()));

    let mut found = parties(scene, list);
    found.extend(verify::list(list, scene.today(), scene.policy()));
    found.extend(goods(scene, list));
    let gathered = Gathered::of(scene, list, &key);
    if !found.is_empty() {
        // It fails for good: whatever else can already be seen is told with it.
        found.extend(gathered.differences(scene, list).differs);
        ledgers_against(scene, list, &mut found);
        return refuse(scene, &key, case, list, shown, found);
    }
    number(scene, &key, &mut case, list);
    let guid = list.head.guid.clone();
    scene.answer(numbered(shown, &case), status::WAITING, format_args!("新增申报成功[{guid}]"));
    scene.outcome.verdict = Verdict::Accepted;
    settle(scene, &key, case, list, gathered, Wait::Begin);
}

/// Gives an accepted list the window's numbers.
fn number(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case, list: &List) {
    let today = scene.today().compact();
    case.pre_no = format_smolstr!("B{today}{:09}", scene.next_number(format_smolstr!("pre/{today}")));
    let (office, year) = (list.customs_code.clone(), list.declared_on.year());
    let serial = scene.next_number(format_smolstr!("invt/{office}/{year}"));
    case.invt_no = format_smolstr!("{office}{year:04}I{serial:09}");
    scene.put(&Key::ListNumber(case.invt_no.clone()), &CaseRef { case: key.clone() });
}

/// An appeal was allowed: the list is decided again over its facts, by the law of its day, without the reasons that
/// were set aside; those that did stand against it are given back. A list without which nothing can be reckoned is
/// refused as before.
pub(super) fn decide_again(
    scene: &mut Scene<'_>,
    key: &CaseKey,
    mut case: Case,
    list: &List,
    aside: &[Code],
) -> Vec<Finding> {
    // What it may have booked before it was sent back has been given back.
    (case.tax, case.allowance, case.order, case.payment, case.waybill) = Default::default();
    let mut found = parties(scene, list);
    found.extend(verify::list(list, case.accepted.day(), scene.policy()));
    found.extend(goods(scene, list));
    let gathered = Gathered::of(scene, list, key);
    let Compared { differs, remarks } = gathered.differences(scene, list);
    found.extend(differs);
    found.extend(gathered.missing.iter().cloned());
    let booking = if gathered.missing.is_empty() {
        book(scene, list, &gathered, &mut found)
    } else {
        ledgers_against(scene, list, &mut found);
        None
    };
    let (gone, stays): (Vec<_>, Vec<_>) = found.into_iter().partition(|f| aside.contains(&f.code));
    let (gone, stays) = if stays.is_empty() && booking.is_none() { (Vec::new(), gone) } else { (gone, stays) };
    let Some(booking) = booking.filter(|_| stays.is_empty()) else {
        refuse(scene, key, case, list, list.shown(), stays);
        return gone;
    };
    if case.invt_no.is_empty() {
        number(scene, key, &mut case, list);
    }
    let shown = numbered(list.shown(), &case);
    matched(scene, key, case, list, gathered, booking, remarks, shown);
    gone
}

/// True where a list, of import or export, is no new declaration and is answered as what it is: a repetition of an
/// earlier one, or a second one for an order that has its list.
pub(super) fn is_answered(
    scene: &mut Scene<'_>,
    kind: MessageKind,
    key: &CaseKey,
    earlier: Option<&Case>,
    head: &Head,
    shown: &Shown,
) -> bool {
    if let Some(case) = earlier {
        let kept = scene.read::<Kept>(&Key::List(key.clone())).unwrap_or_default();
        let same_guid = kept.document.as_ref().is_some_and(|d| d.head().guid == head.guid);
        // The same content again is a repetition while it lives; after a refusal, a new guid is a new attempt.
        if kept.content == scene.content() && (is_live(case) || same_guid) {
            scene.repeat(kept.at);
            return true;
        }
        // One of several attempts that were refused, sent again.
        let answered = scene.read::<Answered>(&scene.answered_key(&head.guid));
        if let Some(first) = answered.filter(|first| first.content == scene.content()) {
            scene.repeat(first.at);
            return true;
        }
        // 2.2: replaced after 100 or a negative status, and after a cancellation [ours]; refused after any other.
        if is_live(case) || case.status == status::SENT_BACK {
            let number = format!("{}_{}", key.ebc, key.order_no);
            let finding = Finding::new(Code::DuplicateKey, "", "orderNo").arg("key", number).arg("status", case.status);
            scene.refuse(kind, shown, vec![finding]);
            return true;
        }
    }
    let finding = new_only(kind, head.action);
    let refused = finding.is_some();
    if let Some(finding) = finding {
        scene.refuse(kind, shown, vec![finding]);
    }
    refused
}

/// When a list that waits for documents is refused (2.1).
pub(super) fn waits_until(scene: &Scene<'_>, case: &Case) -> Moment {
    Moment(case.accepted.0 + verify::match_wait_hours(scene.policy(), case.declared_on) * HOUR_MS)
}

/// A document has arrived for the list that waits under `key`: match again.
pub(super) fn wake(scene: &mut Scene<'_>, key: &CaseKey) {
    again(scene, key, Wait::Goes);
}

/// The wait is over (2.1): what is missing now refuses.
pub(super) fn wait_is_over(scene: &mut Scene<'_>, key: &CaseKey) {
    scene.outcome.case = Some(key.clone());
    again(scene, key, Wait::Over);
}

fn again(scene: &mut Scene<'_>, key: &CaseKey, wait: Wait) {
    let Some(mut case) = scene.case(key).filter(|c| c.status == status::WAITING) else { return };
    let Some(Kept { document: Some(Document::List(list)), from, .. }) = scene.read(&Key::List(key.clone())) else {
        return;
    };
    let sender = std::mem::replace(&mut scene.from, from);
    case.trail.push(scene.here());
    let gathered = Gathered::of(scene, &list, key);
    settle(scene, key, case, &list, gathered, wait);
    scene.from = sender;
}

/// Whether a list is matched for the first time, again, or for the last time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    Begin,
    Goes,
    Over,
}

/// A document that a list is compared with, and what is known of its coming.
type Paper = Option<(SharedDocument, KeptHead)>;

/// The documents and facts of a list as they stand now.
pub(super) struct Gathered {
    order: Paper,
    payment: Paper,
    waybill: Paper,
    /// Missing now, may still come.
    pub(super) missing: Vec<Finding>,
    /// Will not come right by waiting.
    wrong: Vec<Finding>,
}

/// M2: the waybill is not used by another live list.
pub(super) fn waybill_used(scene: &Scene<'_>, waybill: Pair, key: &CaseKey, list: &List) -> Option<Finding> {
    let used = scene.read::<CaseRef>(&Key::WaybillUse(waybill))?.case;
    let finding = || Finding::new(Code::WaybillUsed, "A194 3", "logisticsNo").arg("waybill", &list.logistics_no);
    is_another(scene, &used, key).then(finding)
}

/// M3: the payment is not that of another live list.
pub(super) fn payment_used(
    scene: &Scene<'_>,
    payments: &Payments,
    payment: &Pair,
    key: &CaseKey,
    list: &List,
) -> Option<Finding> {
    let finding = || Finding::new(Code::PaymentUsed, "A194 3", "orderNo").arg("payment", &payment.number);
    let used = is_another(scene, payments.taken_by(payment)?, key);
    used.then(|| finding().arg("order", &list.order_no))
}

fn is_another(scene: &Scene<'_>, used: &CaseKey, key: &CaseKey) -> bool {
    used != key && scene.case(used).is_some_and(|case| is_live(&case))
}

impl Gathered {
    pub(super) fn of(scene: &Scene<'_>, list: &List, key: &CaseKey) -> Gathered {
        let (mut missing, mut wrong) = (Vec::new(), Vec::new());
        let order = scene.kept(&Key::Order(key.clone()), MessageKind::Order);
        if order.is_none() {
            missing.push(
                Finding::new(Code::OrderMissing, "A194 3", "orderNo")
                    .arg("order", &list.order_no)
                    .arg("ebc", &list.ebc_code),
            );
        }
        let pair = Pair { code: list.logistics_code.clone(), number: list.logistics_no.clone() };
        let waybill = scene.kept(&Key::Waybill(pair.clone()), MessageKind::Waybill);
        if waybill.is_none() {
            missing.push(
                Finding::new(Code::WaybillMissing, "A194 3", "logisticsNo")
                    .arg("waybill", &pair.number)
                    .arg("carrier", &pair.code),
            );
        }
        wrong.extend(waybill_used(scene, pair, key, list));
        // M3: exactly one accepted payment, the one that the order names where it names one.
        let payments = scene.read::<Payments>(&payments_of(list)).unwrap_or_default();
        let named = |pair: &&Pair| {
            let order = order.as_ref().and_then(|(order, _)| order.order());
            order.is_none_or(|order| matching::names_payment(order, &pair.code, &pair.number))
        };
        let mut payment = None;
        match payments.keys.iter().filter(named).collect::<Vec<_>>().as_slice() {
            [] => {
                missing.push(Finding::new(Code::Unpaid, "A194 3", "orderNo").arg("order", &list.order_no));
                if !payments.keys.is_empty() {
                    wrong.push(Finding::new(Code::PaymentReference, "A194 3", "payTransactionId"));
                }
            }
            &[one] => {
                wrong.extend(payment_used(scene, &payments, one, key, list));
                payment = scene.kept(&Key::Payment(one.clone()), MessageKind::Payment);
            }
            several => wrong.push(
                Finding::new(Code::PaymentNotOne, "A194 3", "orderNo")
                    .arg("order", &list.order_no)
                    .arg("count", several.len()),
            ),
        }
        // M15
        if list.trade_mode == "9610" {
            match scene.read::<Manifest>(&Key::Manifest(list.bill_no.clone())) {
                Some(m) if m.row.voyage_no == list.voyage_no && m.row.traf_no == list.traf_no => {
                    if m.used >= m.row.pieces {
                        missing.push(
                            Finding::new(Code::ManifestExhausted, "A194 3", "billNo")
                                .arg("bill", &list.bill_no)
                                .arg("pieces", m.row.pieces),
                        );
                    }
                }
                _ => missing.push(
                    Finding::new(Code::ManifestMissing, "A194 3", "billNo")
                        .arg("bill", &list.bill_no)
                        .arg("voyage", &list.voyage_no)
                        .arg("traf", &list.traf_no),
                ),
            }
        }
        Gathered { order, payment, waybill, missing, wrong }
    }

    fn order(&self) -> Option<&Order> {
        self.order.as_ref()?.0.order()
    }

    fn payment(&self) -> Option<&Payment> {
        self.payment.as_ref()?.0.payment()
    }

    fn waybill(&self) -> Option<&Waybill> {
        self.waybill.as_ref()?.0.waybill()
    }

    /// What the order collected of tax.
    pub(super) fn tax_collected(&self) -> Option<Fen> {
        self.order().map(|order| order.tax_total)
    }

    pub(super) fn differences(&self, scene: &Scene<'_>, list: &List) -> Compared {
        let arrived = Arrived { order: self.order(), payment: self.payment(), waybill: self.waybill() };
        let authenticated = scene
            .party(&list.ebp_code)
            .and_then(|platform| platform.authenticates_from)
            .is_some_and(|from| from <= list.declared_on);
        let mut compared =
            matching::compare(list, arrived, authenticated, verify::weight_tolerance(scene.policy(), list.declared_on));
        compared.differs.extend(self.wrong.iter().cloned());
        // M17: the payment enterprise too is in the register on the day of declaration.
        if let Some(payment) = self.payment() {
            compared.differs.extend(scene.role_lacks(
                &payment.pay_code,
                RoleKind::Payment,
                "payCode",
                list.declared_on,
            ));
        }
        compared
    }
}

/// Waits, refuses, or matches and books.
pub(super) fn settle(scene: &mut Scene<'_>, key: &CaseKey, case: Case, list: &List, gathered: Gathered, wait: Wait) {
    let shown = numbered(list.shown(), &case);
    if !gathered.missing.is_empty() && wait != Wait::Over {
        return keep_waiting(scene, key, case, list, gathered, wait);
    }
    let compared = gathered.differences(scene, list);
    let mut found = compared.differs;
    if wait == Wait::Over {
        found.extend(gathered.missing.iter().cloned());
        let hours = verify::match_wait_hours(scene.policy(), list.declared_on);
        found.push(Finding::new(Code::WaitOver, "ours (rules 2.1)", "").arg("hours", hours));
        if !gathered.missing.is_empty() {
            ledgers_against(scene, list, &mut found);
        }
    }
    let booking = if gathered.missing.is_empty() { book(scene, list, &gathered, &mut found) } else { None };
    stop_waiting(scene, key, &case, list, wait);
    let Some(booking) = booking.filter(|_| found.is_empty()) else {
        return refuse(scene, key, case, list, shown, found);
    };
    matched(scene, key, case, list, gathered, booking, compared.remarks, shown);
}

/// What a match books.
struct Booking {
    tax: TaxStatement,
    allowance: PersonYear,
    quantities: Vec<QuantityUsed>,
    guarantee: (Pair, Guarantee),
    stock: Vec<(Pair, Stock)>,
}

/// Computes tax, limits, guarantee and stock for a list whose documents are all there (R16, R17). Nothing is written:
/// a refusal books nothing.
fn book(scene: &Scene<'_>, list: &List, gathered: &Gathered, found: &mut Vec<Finding>) -> Option<Booking> {
    let Year { tax, allowance, quantities } = year_paid(scene, list, gathered, found)?;
    let guarantee = guarantee(scene, list, tax.total(), found);
    let stock = stock(scene, list, found);
    Some(Booking { tax, allowance, quantities, guarantee: guarantee?, stock })
}

/// Tax and limits of a list, and whether that tax was collected and paid.
pub(super) fn year_paid(scene: &Scene<'_>, list: &List, gathered: &Gathered, found: &mut Vec<Finding>) -> Option<Year> {
    let (order, payment) = (gathered.order()?, gathered.payment()?);
    let Year { tax, allowance, quantities } = year(scene, list, found)?;
    // Check 8 of 2.4: what should have been paid, a fen of tolerance for each line and tax (3.4, point 6).
    let tolerance = verify::tax_tolerance(list, scene.policy());
    if (order.tax_total.0 - tax.total().0).abs() > tolerance {
        found.push(
            Finding::new(Code::TaxDiffers, "rules 3.4 (6)", "taxTotal")
                .arg("declared", order.tax_total)
                .arg("computed", tax.total()),
        );
    }
    let expected = order.goods_value.plus(order.freight).plus(tax.total()).minus(order.discount);
    if (payment.amount.0 - expected.0).abs() > tolerance && !found.iter().any(|f| f.code == Code::PaymentAmount) {
        found.push(
            Finding::new(Code::PaymentAmount, "T18; A194 3", "amountPaid")
                .arg("paid", payment.amount)
                .arg("expected", expected),
        );
    }
    Some(Year { tax, allowance, quantities })
}

/// What a list takes of its buyer's year.
pub(super) struct Year {
    pub(super) tax: TaxStatement,
    pub(super) allowance: PersonYear,
    pub(super) quantities: Vec<QuantityUsed>,
}

/// The counter of the amount that a list takes of its buyer's year.
pub(super) fn person_year(list: &List) -> PersonYear {
    let year = list.declared_on.year();
    let person = list.buyer.id.of_year(year).unwrap_or_default();
    PersonYear { person, year: year as u32, hs8: Text::default() }
}

/// Tax and limits of a list (R17; 3.2, 4.1).
pub(super) fn year(scene: &Scene<'_>, list: &List, found: &mut Vec<Finding>) -> Option<Year> {
    let year = list.declared_on.year();
    let allowance = person_year(list);
    let person = allowance.person;
    // A list read on the last day of a year, for the first day of the next, was counted under the key of the old
    // year, for want of another: both are the person.
    let before = list.buyer.id.of_year(year - 1).filter(|other| *other != person);
    let used = |hs8: &str| -> i64 {
        let of = |person| Key::Allowance(PersonYear { person, year: year as u32, hs8: hs8.into() });
        [Some(person), before].into_iter().flatten().filter_map(|p| scene.read::<Counter>(&of(p))).map(|c| c.used).sum()
    };
    let assessed = verify::assess(list, Fen(used("")), scene.policy(), found)?;
    let mut quantities: Vec<QuantityUsed> = Vec::new();
    for year_quantity in assessed.quantities {
        let counter = PersonYear { person, year: year as u32, hs8: year_quantity.hs8.into() };
        let here = quantities.iter().filter(|q| q.counter == counter).map(|q| q.amount.0);
        let so_far = here.fold(used(&counter.hs8), i64::saturating_add);
        let (gnum, amount) = (year_quantity.gnum, year_quantity.amount);
        if let Some(row) = scene.policy().positive(&counter.hs8, list.declared_on) {
            found.extend(positive_list::over_year_quantity(row, &counter.hs8, Quantity(so_far), amount, gnum));
        }
        quantities.push(QuantityUsed { counter, gnum, amount });
    }
    Some(Year { tax: assessed.tax, allowance, quantities })
}

/// A list that is refused anyway is also told what limits, guarantee and account book have against it, so that it is
/// mended in one go.
fn ledgers_against(scene: &Scene<'_>, list: &List, found: &mut Vec<Finding>) {
    let mut more = Vec::new();
    if let Some(year) = year(scene, list, &mut more) {
        guarantee(scene, list, year.tax.total(), &mut more);
    }
    if !list.ems_no.is_empty() {
        stock(scene, list, &mut more);
    }
    more.retain(|f| matches!(f.code.number(), 7..=10 | 12 | 120 | 150..=153));
    found.extend(more);
}

/// The guarantee that covers this list (R07, R17; rules.md 3.7).
pub(super) fn guarantee(
    scene: &Scene<'_>,
    list: &List,
    tax: Fen,
    found: &mut Vec<Finding>,
) -> Option<(Pair, Guarantee)> {
    let pair = guarantee_key(&list.assure_code, &list.customs_code);
    let guarantee = scene
        .read::<Guarantee>(&Key::Guarantee(pair.clone()))
        .filter(|g| g.row.from <= list.declared_on && g.row.until.is_none_or(|until| list.declared_on <= until));
    let Some(guarantee) = guarantee else {
        found.push(
            Finding::new(Code::GuaranteeMissing, "A194 4; TL 3", "assureCode")
                .arg("assure", &list.assure_code)
                .arg("day", list.declared_on),
        );
        return None;
    };
    if tax > guarantee.free() {
        found.push(
            Finding::new(Code::GuaranteeInsufficient, "A194 4; TL 3", "assureCode")
                .arg("assure", &list.assure_code)
                .arg("free", guarantee.free())
                .arg("tax", tax),
        );
    }
    Some((pair, guarantee))
}

/// One account for each withholding agent and customs district (rules.md 3.7): the first two digits of the office.
pub(super) fn guarantee_key(assure: &str, office: &str) -> Pair {
    Pair { code: assure.into(), number: office.get(..2).unwrap_or(office).into() }
}

/// R16, M16: the book item is the one declared, and there is enough of it.
pub(super) fn stock(scene: &Scene<'_>, list: &List, found: &mut Vec<Finding>) -> Vec<(Pair, Stock)> {
    let clause = "D256; rules 7.5";
    let mut items: Vec<(Pair, Stock)> = Vec::new();
    if list.trade_mode == "9610" {
        return items;
    }
    for line in &list.lines {
        let pair = Pair { code: list.ems_no.clone(), number: line.item_record_no.clone() };
        let at = items.iter().position(|(p, _)| *p == pair);
        let item = match at {
            Some(at) => Some(items[at].1.clone()),
            None => scene.read::<Stock>(&Key::Stock(pair.clone())),
        };
        let Some(mut item) = item else {
            found.push(
                Finding::new(Code::ItemNotInBook, clause, "itemRecordNo")
                    .line(line.gnum)
                    .arg("item", &line.item_record_no)
                    .arg("book", &list.ems_no),
            );
            continue;
        };
        let compared = [
            ("HS", &line.gcode, &item.row.hs10),
            ("unit", &line.unit, &item.row.unit),
            ("areaCode", &list.area_code, &item.row.area_code),
        ];
        for (what, given, book) in compared {
            if given != book {
                found.push(
                    Finding::new(Code::ItemDiffers, clause, "itemRecordNo")
                        .line(line.gnum)
                        .arg("item", &line.item_record_no)
                        .arg("what", what)
                        .arg("given", given)
                        .arg("book", book),
                );
            }
        }
        if let Some(expiry) = item.row.expires_on.filter(|expiry| list.declared_on >= *expiry) {
            found.push(
                Finding::new(Code::ItemExpired, clause, "itemRecordNo")
                    .line(line.gnum)
                    .arg("item", &line.item_record_no)
                    .arg("expiry", expiry),
            );
        }
        if item.available() < line.qty {
            found.push(
                Finding::new(Code::StockShort, clause, "qty")
                    .line(line.gnum)
                    .arg("item", &line.item_record_no)
                    .arg("available", item.available())
                    .arg("qty", line.qty),
            );
        }
        item.reserved = Quantity(item.reserved.0.saturating_add(line.qty.0));
        match at {
            Some(at) => items[at].1 = item,
            None => items.push((pair, item)),
        }
    }
    items
}

/// 120: everything agrees; limits, guarantee, stock and manifest are booked, and the parcel goes to examination.
#[allow(clippy::too_many_arguments)]
fn matched(
    scene: &mut Scene<'_>,
    key: &CaseKey,
    mut case: Case,
    list: &List,
    gathered: Gathered,
    booking: Booking,
    remarks: Vec<Finding>,
    shown: Shown,
) {
    let Booking { mut tax, allowance, quantities, guarantee: (guarantee_at, mut guarantee), stock } = booking;
    add(scene, &Key::Allowance(allowance.clone()), tax.taxable.0);
    for q in &quantities {
        add(scene, &Key::Allowance(q.counter.clone()), q.amount.0);
    }
    guarantee.reserved = guarantee.reserved.plus(tax.total());
    scene.put(&Key::Guarantee(guarantee_at.clone()), &guarantee);
    for (pair, item) in &stock {
        scene.put(&Key::Stock(pair.clone()), item);
    }
    if list.trade_mode == "9610" {
        let manifest_key = Key::Manifest(list.bill_no.clone());
        if let Some(mut manifest) = scene.read::<Manifest>(&manifest_key) {
            manifest.used += 1;
            scene.put(&manifest_key, &manifest);
        }
        case.bill_no = list.bill_no.clone();
    }
    let pair = Pair { code: list.logistics_code.clone(), number: list.logistics_no.clone() };
    scene.put(&Key::WaybillUse(pair), &CaseRef { case: key.clone() });

    tax.year = list.declared_on.year() as u32;
    case.allowance = Some(allowance);
    case.allowance_used = tax.taxable;
    case.quantities = quantities;
    case.guarantee_code = guarantee_at.code;
    case.guarantee_office = guarantee_at.number;
    scene.outcome.tax = Some(tax.clone());
    case.tax = Some(tax);

    // Each of the four documents learns that it was matched.
    if let Some((document, kept)) = gathered.order
        && let Some(order) = document.order()
    {
        let info = Agrees(&order.ebc_code, &order.number);
        case.order = Some(kept.at);
        scene.send(kept.from, order, status::MATCHED, info, Vec::new());
    }
    if let Some((document, kept)) = gathered.payment
        && let Some(payment) = document.payment()
    {
        let of = payments_of(list);
        let taken = Pair { code: payment.pay_code.clone(), number: payment.transaction.clone() };
        let mut payments = scene.read::<Payments>(&of).unwrap_or_default();
        payments.taken.retain(|t| t.payment != taken);
        payments.taken.push(Taken { payment: taken, case: key.clone() });
        scene.put(&of, &payments);
        let info = Agrees(&payment.pay_code, &payment.transaction);
        case.payment = Some(kept.at);
        scene.send(kept.from, payment, status::MATCHED, info, Vec::new());
    }
    if let Some((document, kept)) = gathered.waybill
        && let Some(waybill) = document.waybill()
    {
        let info = Agrees(&waybill.logistics_code, &waybill.number);
        case.waybill = Some(kept.at);
        scene.send(kept.from, waybill, status::MATCHED, info, Vec::new());
    }
    case.status = status::MATCHED;
    scene.answer(&shown, status::MATCHED, Agrees(&key.ebc, &key.order_no));

    let (points, because) = verify::risk(list, remarks, scene.policy());
    case.risk = points;
    scene.outcome.risk = points;
    scene.outcome.findings.extend(because);
    let threshold = |which| verify::risk_threshold(which, scene.policy(), list.declared_on);
    if points >= threshold(Parameter::RiskInspectPoints) {
        stop_for(scene, &mut case, shown, status::INSPECTION, Verdict::Inspection);
    } else if points >= threshold(Parameter::RiskReviewPoints) {
        stop_for(scene, &mut case, shown, status::REVIEW, Verdict::Review);
    } else {
        release(scene, key, &mut case, Some(list), shown);
    }
    scene.put(&Key::Case(key.clone()), &case);
}

/// What the receipts of matched documents say: enterprise and number.
struct Agrees<'a>(&'a str, &'a str);

impl std::fmt::Display for Agrees<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Agrees(enterprise, number) = self;
        write!(f, "逻辑校验通过[{enterprise}_{number}]")
    }
}

fn stop_for(scene: &mut Scene<'_>, case: &mut Case, shown: Shown, to: i32, verdict: Verdict) {
    case.status = to;
    scene.outcome.verdict = verdict;
    let info = if to == status::INSPECTION { "[Code:2700;Desc:查验]" } else { "[Code:2500;Desc:人工审核]" };
    scene.answer(shown, to, info);
}

/// 399 and 800: examined and released; the guarantee carries the tax, stock leaves, the bill is made. `list` where it
/// is at hand.
pub(super) fn release(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case, list: Option<&List>, shown: Shown) {
    scene.answer(&shown, status::EXAMINED, format_args!("海关审结[{}]", case.invt_no));
    scene.answer(shown, status::RELEASED, "[Code:2600;Desc:放行]");
    case.status = status::RELEASED;
    case.released = Some(scene.setting.at);
    scene.outcome.verdict = Verdict::Released;
    after::make_bill(scene, key, case, list);
}

fn refuse(scene: &mut Scene<'_>, key: &CaseKey, mut case: Case, list: &List, shown: Shown, found: Vec<Finding>) {
    case.status = status::REFUSED;
    case.decided = appeal::decided(scene, &case, "");
    appeal::year_refused(scene, key, list, &found);
    let shown = if case.invt_no.is_empty() { shown } else { numbered(shown, &case) };
    scene.refuse(MessageKind::List, shown, found);
    scene.put(&Key::Case(key.clone()), &case);
}

/// 2: registers the list under what it waits for.
fn keep_waiting(scene: &mut Scene<'_>, key: &CaseKey, mut case: Case, list: &List, gathered: Gathered, wait: Wait) {
    for missing in &gathered.missing {
        let await_key = match missing.code {
            Code::Unpaid => await_payment(list),
            Code::WaybillMissing => await_waybill(list),
            Code::ManifestMissing | Code::ManifestExhausted => {
                link(scene, key, &mut case, &list.bill_no);
                continue;
            }
            _ => continue, // the order has the list's own key
        };
        let mut waiting = scene.read::<Waiting>(&await_key).unwrap_or_default();
        // Whoever names a document that many wait for is looked at again at the latest when its wait is over.
        if !waiting.cases.contains(key) && waiting.cases.len() < MOST_WAITING {
            waiting.cases.push(key.clone());
            scene.put(&await_key, &waiting);
        }
    }
    // A second payment must find the list too, so it stays registered under what has come.
    if wait == Wait::Begin {
        let at = waits_until(scene, &case);
        scene.overlay.due(at, DueKind::MatchWait, &Key::Case(key.clone()));
        scene.outcome.verdict = Verdict::Waiting;
        scene.outcome.findings.extend(gathered.missing.into_iter().map(Finding::forgiven));
    }
    scene.put(&Key::Case(key.clone()), &case);
}

fn stop_waiting(scene: &mut Scene<'_>, key: &CaseKey, case: &Case, list: &List, wait: Wait) {
    for await_key in [await_payment(list), await_waybill(list)] {
        let Some(mut waiting) = scene.read::<Waiting>(&await_key).filter(|w| w.cases.contains(key)) else { continue };
        waiting.cases.retain(|c| c != key);
        match waiting.cases.is_empty() {
            true => scene.overlay.drop(&await_key),
            false => scene.put(&await_key, &waiting),
        }
    }
    // A list whose documents were all there never waited; a due that has come is taken off by itself.
    if wait == Wait::Goes {
        scene.overlay.undue(waits_until(scene, case), DueKind::MatchWait, &Key::Case(key.clone()));
    }
}

/// A waiting list was cancelled: nobody looks at it any more.
pub(super) fn waits_no_more(scene: &mut Scene<'_>, key: &CaseKey, case: &Case, list: &List) {
    stop_waiting(scene, key, case, list, Wait::Goes);
}

pub(super) fn payments_of(list: &List) -> Key {
    Key::PaymentsOf(Pair { code: list.ebp_code.clone(), number: list.order_no.clone() })
}

fn await_payment(list: &List) -> Key {
    Key::AwaitPayment(Pair { code: list.ebp_code.clone(), number: list.order_no.clone() })
}

fn await_waybill(list: &List) -> Key {
    Key::AwaitWaybill(Pair { code: list.logistics_code.clone(), number: list.logistics_no.clone() })
}

/// The receipt's keys with the numbers that the window gave.
pub(super) fn numbered(shown: Shown, case: &Case) -> Shown {
    Shown { pre_no: case.pre_no.clone(), invt_no: case.invt_no.clone(), ..shown }
}

pub(super) fn add(scene: &mut Scene<'_>, key: &Key, amount: i64) {
    let mut counter = scene.read::<Counter>(key).unwrap_or_default();
    counter.used += amount;
    scene.put(key, &counter);
}

packed! {
    /// What of a [`registry::GoodsRow`] a list is held to; the tags are its own.
    struct FiledGoods {
        6 => hs10: Text,
        16 => tags: Vec<Text>,
        17 => from: Day,
        18 => until: Option<Day>,
        19 => approved: bool,
    }
}

/// R11 where the filing of the goods matters: what it says of species, dual use and kind of article (rules.md 4.1).
pub(super) fn goods(scene: &Scene<'_>, list: &List) -> Vec<Finding> {
    let day = list.declared_on;
    let Some(mode) = scene.policy().trade_mode(&list.trade_mode, day) else { return Vec::new() };
    let mut found = Vec::new();
    for line in &list.lines {
        let filed = (!line.item_no.is_empty())
            .then(|| {
                let of = Pair { code: list.ebc_code.clone(), number: line.item_no.clone() };
                scene.read::<FiledGoods>(&Key::Goods(of))
            })
            .flatten()
            .unwrap_or_default();
        let tagged = |tag: &str| filed.tags.iter().any(|t| t == tag);
        // What a seller has written against its own goods counts at once; what lets them in only while the filing is
        // approved, in force and for this code.
        let holds = filed.approved
            && registry::in_force(filed.from, filed.until, day)
            && filed.hs10.get(..8) == line.gcode.get(..8);
        let article = filed.tags.iter().find(|t| !matches!(t.as_str(), "species" | "dual-use")).filter(|_| holds);
        let goods = Goods {
            hs: &line.gcode,
            is_listed_species: tagged("species"),
            is_dual_use: tagged("dual-use"),
            article: article.map_or("", Text::as_str),
        };
        found.extend(
            positive_list::check(scene.policy(), &goods, (&list.trade_mode, mode.value.kind), line.gnum, day).err(),
        );
    }
    found
}

/// What a list declares: goods, freight and insurance.
fn worth(list: &List) -> Option<Fen> {
    let parts = [list.freight, list.insured_fee].into_iter().chain(list.lines.iter().map(|line| line.total));
    parts.into_iter().try_fold(0i64, |sum, part| sum.checked_add(part.0)).map(Fen)
}

/// R06, R07, R08, R10 (blocked), M17 and the agent's arrears: the enterprises of a list on its day.
pub(super) fn parties(scene: &Scene<'_>, list: &List) -> Vec<Finding> {
    let day = list.declared_on;
    let mut found = Vec::new();
    match scene.role(&list.ebp_code, RoleKind::Platform, "ebpCode", day) {
        Err(lacking) => found.extend(lacking),
        // M17: the platform's interface for original payment data is open (A179).
        Ok(platform) => {
            let required =
                scene.policy().parameter(Parameter::PlatformConnected, day).filter(|r| r.value.as_whole() == Some(1));
            if let Some(row) = required
                && platform.connected_from.is_none_or(|from| from > day)
            {
                found.push(
                    Finding::new(Code::PlatformNotConnected, &row.clause, "ebpCode")
                        .arg("code", &list.ebp_code)
                        .arg("day", day),
                );
            }
        }
    }
    let seller = scene.role(&list.ebc_code, RoleKind::Seller, "ebcCode", day).map_err(|f| found.extend(f)).ok();
    found.extend(scene.role_lacks(&list.agent_code, RoleKind::Declarant, "agentCode", day));
    // R06
    let asked = Asked::to(&list.agent_code, Matter::ImportLists, day).worth(worth(list));
    if let Some(Err(lacking)) = seller.as_ref().map(|seller| scene.entrusted(seller, &asked, "agentCode")) {
        let finding = Finding::new(Code::AgentNotEntrusted, "M486; A194 2", "agentCode");
        let nobody = || finding.arg("agent", &list.agent_code).arg("ebc", &list.ebc_code);
        found.push(lacking.unwrap_or_else(nobody));
    }
    // R08: direct purchase travels with a postal enterprise or a registered express operator.
    let express = scene.role(&list.logistics_code, RoleKind::Express, "logisticsCode", day);
    if express.is_err() {
        let postal = scene.role(&list.logistics_code, RoleKind::Postal, "logisticsCode", day);
        if list.trade_mode != "9610" || postal.is_err() {
            let uncertified = |f: &Finding| matches!(f.code, Code::RoleCondition | Code::CertificationSuspended);
            found.extend(express.err().unwrap_or_default().into_iter().filter(uncertified));
            found.push(
                Finding::new(Code::LogisticsLicence, "A194 2", "logisticsCode")
                    .arg("code", &list.logistics_code)
                    .arg("day", day)
                    .arg("mode", &list.trade_mode),
            );
        }
    }
    if list.trade_mode != "9610" && !list.area_code.is_empty() {
        found.extend(scene.role_lacks(&list.area_code, RoleKind::AreaOperator, "areaCode", day));
    }
    // R07
    let domestic_seller = seller.as_ref().is_some_and(|s| s.domestic) && list.assure_code == list.ebc_code;
    if ![&list.ebp_code, &list.logistics_code, &list.agent_code].contains(&&list.assure_code) && !domestic_seller {
        found.push(Finding::new(Code::AssureCode, "A194 4; TL 3", "assureCode").arg("assure", &list.assure_code));
    }
    let blocked = |row: registry::BlockedRow| registry::in_force(row.from, row.until, day);
    if list.buyer.id.0.iter().any(|p| scene.read(&Key::Blocked(*p)).is_some_and(blocked)) {
        found.push(Finding::new(Code::IdBlocked, "A194 8", "buyerIdNumber"));
    }
    if let Some(overdue) = scene.read::<Overdue>(&Key::Overdue(list.agent_code.clone()))
        && let Some(payment) = overdue.payments.first()
    {
        found.push(
            Finding::new(Code::AgentOverdue, "A194 4; ours (rules 3.7)", "agentCode")
                .arg("agent", &list.agent_code)
                .arg("payment", payment),
        );
    }
    found
}

/// Links a case into the chain of those that wait for `bill`. It is in one chain at most, and stays there when it is
/// refused or declared again, until the chain is taken up ([`wake_for_manifest`]).
fn link(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case, bill: &str) {
    if case.waits_for_bill == bill {
        return;
    }
    if !case.waits_for_bill.is_empty() {
        unlink(scene, key, case);
    }
    let chain = Key::AwaitManifest(bill.into());
    case.next_waiting = scene.read::<CaseRef>(&chain).map(|r| r.case);
    case.waits_for_bill = bill.into();
    scene.put(&chain, &CaseRef { case: key.clone() });
}

/// Takes a case out of the middle of its chain: declared again under another bill.
fn unlink(scene: &mut Scene<'_>, key: &CaseKey, case: &mut Case) {
    let chain = Key::AwaitManifest(std::mem::take(&mut case.waits_for_bill));
    let after = case.next_waiting.take();
    let mut at = scene.read::<CaseRef>(&chain).map(|r| r.case);
    if at.as_ref() == Some(key) {
        return match after {
            Some(case) => scene.put(&chain, &CaseRef { case }),
            None => scene.overlay.drop(&chain),
        };
    }
    while let Some(before) = at {
        let Some(mut earlier) = scene.case(&before) else { return };
        if earlier.next_waiting.as_ref() == Some(key) {
            earlier.next_waiting = after;
            return scene.put(&Key::Case(before), &earlier);
        }
        at = earlier.next_waiting;
    }
}

/// A manifest has come, or has room again: the lists that wait for it are matched again while there is room.
pub(super) fn wake_for_manifest(scene: &mut Scene<'_>, bill: &str) {
    let chain = Key::AwaitManifest(bill.into());
    let mut next = scene.read::<CaseRef>(&chain).map(|r| r.case);
    if next.is_some() {
        scene.overlay.drop(&chain);
    }
    // The first of those that go on waiting: the end of the chain that they make.
    let mut end: Option<CaseKey> = None;
    while let Some(key) = next {
        if scene.read::<Manifest>(&Key::Manifest(bill.into())).is_some_and(|m| m.used >= m.row.pieces) {
            match end.and_then(|end| Some((scene.case(&end)?, end))) {
                Some((mut case, end)) => {
                    case.next_waiting = Some(key);
                    scene.put(&Key::Case(end), &case);
                }
                None => scene.put(&chain, &CaseRef { case: key }),
            }
            return;
        }
        let Some(mut case) = scene.case(&key) else { return };
        next = case.next_waiting.take();
        case.waits_for_bill = Text::default();
        scene.put(&Key::Case(key.clone()), &case);
        wake(scene, &key);
        if end.is_none() && scene.case(&key).is_some_and(|c| c.waits_for_bill == bill) {
            end = Some(key);
        }
    }
}
