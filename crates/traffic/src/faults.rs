//! Planted faults: for each rule parcels that break it, and some that stay just within, with the truth about them.
//!
//! Every fault is a line of [`faults`]: a parcel like any other, and what is changed in one of its documents. Its
//! documents are sent one by one.

use trade::documents::MessageKind::{self, List, Order, Payment, Waybill};
use trade::money::{Fen, hundred_thousandths};
use trade::time::{HOUR_MS, Moment};
use wire::ceb::table::inventory_head as l;
use wire::ceb::table::inventory_list as ll;
use wire::ceb::table::logistics_head as w;
use wire::ceb::table::order_head as o;
use wire::ceb::table::order_list as ol;
use wire::ceb::table::payment_head as p;

use crate::paper::{self, Paper, Parcel, Pick};
use crate::story::{Story, Truth, Wish};
use crate::zone::Firm;

/// Which of the planted faults.
pub(crate) struct Planted(pub usize);

/// Plants one fault: sends its messages and tells its truth.
pub(crate) fn plant(story: &mut Story<'_>, planted: Planted) {
    if let Some((name, make)) = FAULTS.get(planted.0) {
        make(Stage { story, name });
    }
}

type Make = fn(Stage<'_, '_>) -> Option<()>;

macro_rules! faults {
    ($($name:literal $stage:ident => $make:expr;)*) => {
        /// Name and making of every planted fault: the rule it breaks, then which part of it.
        const FAULTS: &[(&str, Make)] = &[$(($name, |$stage| $make)),*];
    };
}

/// How many faults are known.
pub const COUNT: usize = FAULTS.len();

faults! {
    // -- checks at declaration (rules.md 1.3) --
    "R01 sender unknown" s => s.any()?.sender(List, "4602960X99").turned_away();
    "R01 seller suspended" s => s.direct()?.set(Order, o::ebcCode, "4602960S90").set(List, l::ebcCode, "4602960S90").refused(&["PARTY_SUSPENDED"]);
    "R01 role ended" s => s.any()?.set(List, l::ebpCode, "4602960P90").refused(&["PARTY_ROLE"]);
    "R01 licence expired" s => s.any()?.set(Payment, p::payCode, "4602960Y90").waits_then(&["UNPAID"]);
    "R02 not a mode of retail" s => s.direct()?.set(List, l::tradeMode, "0110").refused(&["TRADE_MODE"]);
    "R02 office does not do it" s => s.direct()?.set(List, l::customsCode, "6403").refused(&["OFFICE_MODE"]);
    "R03 no vehicle" s => s.direct()?.set(List, l::trafNo, "").refused(&["TRANSPORT_MISSING"]);
    "R03 account book given" s => s.direct()?.set(List, l::emsNo, "T6402W000001").refused(&["BONDED_FIELD_GIVEN"]);
    "R04 no account book" s => s.bonded()?.set(List, l::emsNo, "").refused(&["BONDED_FIELD_MISSING"]);
    "R04 country of dispatch" s => s.bonded()?.set(List, l::country, "609").refused(&["BONDED_COUNTRY"]);
    "R04 vehicle given" s => s.bonded()?.set(List, l::trafNo, "B-0001").refused(&["TRANSPORT_GIVEN"]);
    "R05 not a pilot city" s => s.bonded()?.set(List, l::customsCode, "0100").refused(&["NOT_PILOT_CITY"]);
    "R06 agent not entrusted" s => s.any()?.set(List, l::agentCode, "4602980A04").refused(&["AGENT_NOT_ENTRUSTED"]);
    "R07 guarantor not of this list" s => s.any()?.set(List, l::assureCode, "1199960EP1").refused(&["ASSURE_CODE"]);
    "R07 no guarantee" s => s.by_agent(2)?.set(List, l::assureCode, "4602980A03").refused_in_matching(&["GUARANTEE_MISSING"]);
    "R08 licence over" s => s.direct()?.set(List, l::logisticsCode, "4602960L90").refused(&["LOGISTICS_LICENCE"]);
    "R08 post for bonded goods" s => s.bonded()?.set(List, l::logisticsCode, "4602960L03").refused(&["LOGISTICS_LICENCE"]);
    "R09 currency" s => s.any()?.set(List, l::currency, "502").refused(&["CURRENCY_NOT_CNY"]);
    "R09 M14 pieces" s => s.any()?.set(List, l::packNo, "2").refused(&["PACK_NO"]);
    "R10 kind of identity" s => s.any()?.set(List, l::buyerIdType, "2").refused(&["ID_TYPE"]);
    "R10 check digit" s => s.any()?.set(Order, o::buyerIdNumber, WRONG_ID).set(List, l::buyerIdNumber, WRONG_ID).refused(&["ID_NUMBER"]);
    "R10 blocked" s => s.any()?.set(Order, o::buyerIdNumber, BLOCKED_ID).set(Payment, p::payerIdNumber, BLOCKED_ID).set(List, l::buyerIdNumber, BLOCKED_ID).refused(&["ID_BLOCKED"]);
    "R11 not in the tariff" s => s.any()?.line(List, ll::gcode, "9999999999").refused(&["HS_NOT_IN_TARIFF"]);
    "R11 not on the list" s => s.special("X-CIGARETTE", 1, 30_000)?.refused(&["NOT_ON_POSITIVE_LIST"]);
    "R11 bonded only" s => s.special("X-SHRIMP", 1, 8_800)?.refused(&["BONDED_ONLY"]);
    "R11 other kind of article" s => s.special("X-INK", 1, 12_000)?.refused(&["NOT_ON_POSITIVE_LIST"]);
    "R11 the right kind of article" s => s.special("X-INK-HOME", 1, 12_000)?.released();
    "R11 listed species" s => s.special("X-WILD", 1, 39_900)?.refused(&["NOT_ON_POSITIVE_LIST"]);
    "R12 statutory unit" s => s.any()?.line(List, ll::unit1, "006").refused(&["STATUTORY_UNIT"]);
    "R12 statutory quantity" s => s.any()?.line(List, ll::qty1, "0").refused(&["STATUTORY_QUANTITY"]);
    "R13 line total" s => s.any()?.line_fen(List, ll::totalPrice, 1).refused(&["LINE_TOTAL"]);
    "R13 free of charge" s => s.any()?.line(List, ll::price, "0").line(List, ll::totalPrice, "0").refused(&["VALUE_NOT_POSITIVE"]);
    "R14 net above gross" s => s.any()?.set(List, l::netWeight, "99").refused(&["WEIGHT"]);
    "R14 weight of the lines" s => s.special("X-INK-HOME", 1, 12_000)?.set(List, l::netWeight, "0.11").refused(&["NET_WEIGHT_QUANTITY"]);
    "R15 banned" s => s.special("X-JPFISH", 1, 16_000)?.refused(&["GOODS_BANNED"]);
    "R16 M16 not in the book" s => s.bonded()?.line(List, ll::itemRecordNo, "9999").refused_in_matching(&["ITEM_NOT_IN_BOOK"]);
    "R16 another item" s => s.formula(1)?.line(List, ll::itemRecordNo, "X-JPFISH").refused_in_matching(&["ITEM_DIFFERS"]);
    "R16 expired" s => s.formula(1)?.line(List, ll::itemRecordNo, "X-EXPIRED").refused_in_matching(&["ITEM_EXPIRED"]);
    "R16 stock short" s => s.formula(2)?.line(List, ll::itemRecordNo, "X-SHORT").refused_in_matching(&["STOCK_SHORT"]);
    "R17 guarantee too small" s => s.small_guarantee();
    "R20 declared another day" s => s.any()?.declared_days_before(3).refused(&["DECLARED_DAY"]);
    // -- matching (rules.md 2) --
    "M1 R18 no order" s => s.any()?.skip(Order).waits_then(&["ORDER_MISSING"]);
    "M1 platform" s => s.any()?.other_platform().refused_in_matching(&["PLATFORM_DIFFERS"]);
    "M2 R18 no waybill" s => s.any()?.skip(Waybill).waits_then(&["WAYBILL_MISSING"]);
    "M2 waybill of another list" s => s.waybill_twice();
    "M3 R18 no payment" s => s.any()?.skip(Payment).waits_then(&["UNPAID"]);
    "M3 two payments" s => s.any()?.set(Order, o::payCode, "").set(Order, o::payTransactionId, "").pay_twice().refused_in_matching(&["PAYMENT_NOT_ONE"]);
    "M3 another payment" s => s.any()?.set(Order, o::payTransactionId, "PT-OTHER").waits_then(&["UNPAID"]);
    "M4 a fen too much" s => s.any()?.fen(Payment, p::amountPaid, 1).refused_in_matching(&["PAYMENT_AMOUNT"]);
    "M4 the order's own sum" s => s.any()?.fen(Payment, p::amountPaid, 100).fen(Order, o::acturalPaid, 100).refused_in_matching(&["PAYMENT_AMOUNT"]);
    "M5 currency" s => s.any()?.set(Payment, p::currency, "502").refused_in_matching(&["PAYMENT_CURRENCY"]);
    "M6 another buyer" s => s.any()?.set(List, l::buyerName, "虚构乙").refused_in_matching(&["BUYER_DIFFERS"]);
    "M7 another payer" s => s.on_platform(2)?.set(Payment, p::payerName, "虚构丙").set(Payment, p::payerIdNumber, OTHER_ID).refused_in_matching(&["PAYER_NOT_BUYER"]);
    "M7 another payer, buyer authenticated" s => s.on_platform(0)?.set(Payment, p::payerName, "虚构丙").set(Payment, p::payerIdNumber, OTHER_ID).released();
    "M8 another consignee" s => s.any()?.set(Waybill, w::consignee, "虚构丁").refused_in_matching(&["CONSIGNEE_DIFFERS"]);
    "M9 another address" s => s.any()?.set(List, l::consigneeAddress, "虚构省别处市1号").refused_in_matching(&["ADDRESS_DIFFERS"]);
    "M10 lines" s => s.any()?.line(List, ll::itemName, "别的商品").refused_in_matching(&["LINES_DIFFER"]);
    "M11 value of the goods" s => s.formula(1)?.line_fen(List, ll::price, 100).line_fen(List, ll::totalPrice, 100).refused_in_matching(&["GOODS_VALUE_DIFFERS"]);
    "M12 carriage" s => s.any()?.fen(List, l::freight, 100).refused_in_matching(&["FREIGHT_DIFFERS"]);
    "M13 weight only scores" s => s.any()?.kg(Waybill, w::weight, 200_000).released();
    "M15 no manifest" s => s.direct()?.set(List, l::billNo, "99900000000").waits_then(&["MANIFEST_MISSING"]);
    "M15 manifest exhausted" s => s.exhausted();
    "M17 declarant unknown" s => s.any()?.set(List, l::agentCode, "4602980A99").refused(&["PARTY_UNKNOWN"]);
    "M18 paid after the list" s => s.any()?.paid_after().refused_in_matching(&["PAID_AFTER_LIST"]);
    "M18 paid before the order only scores" s => s.any()?.paid_before().released();
    // -- limits, tax (rules.md 3) --
    "limit single exceeded" s => s.special("X-BAG", 2, 260_000)?.refused_in_matching(&["OVER_SINGLE_LIMIT"]);
    "limit single reached" s => s.special("X-BAG", 2, 250_000)?.released();
    "limit one item above" s => s.special("X-BAG", 1, 540_000)?.released();
    "limit one item of the year's limit" s => s.special("X-BAG", 1, 2_600_000)?.refused_in_matching(&["GENERAL_TRADE_REQUIRED"]);
    "limit one item below the year's limit" s => s.special("X-BAG", 1, 2_599_999)?.released();
    "limit of the year" s => s.year();
    "limit of sugar exceeded" s => s.special("X-SUGAR", 3, 1_500)?.refused_in_matching(&["OVER_ANNUAL_QUANTITY"]);
    "limit of sugar reached" s => s.special("X-SUGAR", 2, 1_500)?.released();
    "tax collected too little" s => s.formula(2)?.fen(Order, o::taxTotal, -300).fen(Order, o::acturalPaid, -300).fen(Payment, p::amountPaid, -300).refused_in_matching(&["TAX_DIFFERS"]);
    "value of a line of the order" s => s.any()?.line(Order, ol::qty, "0").waits_then(&["ORDER_MISSING"]);
    // -- risk (policy/risk.csv): an officer is asked --
    "K25 origin unknown" s => s.any()?.line(List, ll::country, "701").held("inspection");
    "K25 origin unknown, direct" s => s.direct()?.line(List, ll::country, "701").held("inspection");
    "K30 other Asia" s => s.any()?.line(List, ll::country, "199").held("review");
    "K30 other Asia, bonded" s => s.bonded()?.line(List, ll::country, "199").held("review");
    // -- repeats and replacement (rules.md 2.2) --
    "repeated list" s => s.repeated();
    "another list under the same key" s => s.another_under_the_key();
    "replaced after refusal" s => s.replaced();
    "signed for" s => s.signed_for();
    "unloaded by a stranger" s => s.unloaded_by_a_stranger();
    // -- cancel and return (rules.md 5.1) --
    "cancelled while it waits" s => s.cancelled();
    "cancelled after release" s => s.cancelled_late();
    "return in time" s => s.returned(1, 0, "");
    "return of too much" s => s.returned(9, 0, "RETURN_QUANTITY");
    "return of a line that is not there" s => s.returned_wrongly();
    "return of an unknown list" s => s.returned_of_nothing();
    "return applied for late" s => s.returned(1, 31, "RETURN_APPLIED_LATE");
    "return on the last day" s => s.returned(1, 30, "");
}

/// A wrong check digit; a blocked number of the sample registry; somebody else's number.
const WRONG_ID: &str = "110000198001010018";
const BLOCKED_ID: &str = "110000198001010019";
const OTHER_ID: &str = "110000197102068020";

/// Where a fault begins: the story, and the fault's name.
struct Stage<'s, 'z> {
    story: &'s mut Story<'z>,
    name: &'static str,
}

/// A parcel whose documents are still being changed.
struct Play<'s, 'z> {
    story: &'s mut Story<'z>,
    name: &'static str,
    parcel: Parcel<'z>,
    papers: [Paper<'z>; 4],
    senders: [Firm; 4],
    skipped: [bool; 4],
    more: Vec<Paper<'z>>,
}

/// All times of a parcel lie within this after its order.
const STORY_OF_A_PARCEL_MS: i64 = 1_900_000;

impl<'s, 'z> Stage<'s, 'z> {
    fn with(self, wish: Wish<'z>) -> Option<Play<'s, 'z>> {
        let ordered = Moment(self.story.now().0 - STORY_OF_A_PARCEL_MS);
        let buyer = wish.buyer.clone();
        let mut parcel = self.story.parcel(ordered, wish)?;
        parcel.discount = Fen::ZERO;
        parcel.buyer = buyer.unwrap_or_else(|| self.story.stranger());
        Some(Play::of(self.story, self.name, parcel))
    }

    fn any(self) -> Option<Play<'s, 'z>> {
        self.with(Wish::default())
    }

    fn direct(self) -> Option<Play<'s, 'z>> {
        let seller = self.story.zone().sellers.iter().position(|s| s.items.iter().any(|i| i.direct));
        self.with(Wish { bonded: Some(false), seller, ..Wish::default() })
    }

    fn bonded(self) -> Option<Play<'s, 'z>> {
        self.with(Wish { bonded: Some(true), seller: Some(0), ..Wish::default() })
    }

    fn on_platform(self, platform: usize) -> Option<Play<'s, 'z>> {
        self.with(Wish { platform: Some(platform), ..Wish::default() })
    }

    fn by_agent(self, agent: usize) -> Option<Play<'s, 'z>> {
        let seller = self.story.zone().sellers.iter().position(|s| s.agent == agent);
        self.with(Wish { seller, ..Wish::default() })
    }

    /// Bonded infant formula of the first seller.
    fn formula(self, pieces: u32) -> Option<Play<'s, 'z>> {
        let items = &self.story.zone().sellers.first()?.items;
        let item = items.iter().find(|i| i.goods.hs10 == "1901101090" && i.book.is_some())?;
        let picks = vec![Pick { item, pieces, price: Fen(18_000) }];
        self.with(Wish { seller: Some(0), bonded: Some(true), picks, ..Wish::default() })
    }

    /// Goods that the registry holds for planted faults, carriage free of charge.
    fn special(self, item_no: &str, pieces: u32, fen: i64) -> Option<Play<'s, 'z>> {
        let item = self.story.zone().special.iter().find(|i| i.goods.item_no == item_no)?;
        let picks = vec![Pick { item, pieces, price: Fen(fen) }];
        let bonded = Some(item.book.is_some());
        self.with(Wish { seller: Some(0), bonded, picks, freight: Some(0), ..Wish::default() })
    }

    /// A declarant whose guarantee is one yuan.
    fn small_guarantee(self) -> Option<()> {
        let small = self.story.zone().firm("4602980A90");
        let play = self.formula(3)?.set(List, l::agentCode, "4602980A90").set(List, l::assureCode, "4602980A90");
        play.sender_firm(List, small).refused_in_matching(&["GUARANTEE_INSUFFICIENT"])
    }

    /// A second parcel comes with the waybill of the first.
    fn waybill_twice(self) -> Option<()> {
        let Stage { story, name } = self;
        let first = Stage { story: &mut *story, name }.direct()?;
        let waybill = first.parcel.waybill_no.clone();
        first.released()?;
        let second = Stage { story, name }.direct()?.skip(Waybill);
        second.set_owned(List, l::logisticsNo, waybill).refused_in_matching(&["WAYBILL_USED"])
    }

    /// A house bill of one parcel, and two of them.
    fn exhausted(self) -> Option<()> {
        let Stage { story, name } = self;
        Stage { story: &mut *story, name }.direct()?.small_bill().released()?;
        Stage { story, name }.direct()?.small_bill().waits_then(&["MANIFEST_EXHAUSTED"])
    }

    /// Two watches fill a person's year, the third is too much.
    fn year(self) -> Option<()> {
        let Stage { story, name } = self;
        let buyer = story.stranger();
        let watch = |story: &mut Story<'z>| -> Option<Wish<'z>> {
            let item = story.zone().special.iter().find(|i| i.goods.item_no == "X-WATCH")?;
            let picks = vec![Pick { item, pieces: 1, price: Fen(1_280_000) }];
            Some(Wish {
                seller: Some(0),
                bonded: Some(false),
                picks,
                freight: Some(0),
                buyer: Some(buyer.clone()),
                ..Wish::default()
            })
        };
        for _ in 0..2 {
            let wish = watch(story)?;
            Stage { story: &mut *story, name }.with(wish)?.released()?;
        }
        let wish = watch(story)?;
        Stage { story, name }.with(wish)?.refused_in_matching(&["OVER_ANNUAL_LIMIT"])
    }

    fn repeated(self) -> Option<()> {
        let Stage { story, name } = self;
        Stage { story: &mut *story, name }.any()?.released()?;
        story.send_again();
        Some(())
    }

    fn another_under_the_key(self) -> Option<()> {
        let mut play = self.any()?;
        play.send();
        play.count();
        let (firm, at) = (play.senders[3].clone(), play.story.now());
        let mut again = Play::of(play.story, play.name, play.parcel.clone()).set(List, l::wrapType, "1");
        again.story.send_alone(&again.papers[3], &firm, at);
        again.truth("released", &["DUPLICATE_KEY"], again.parcel.tax, at);
        Some(())
    }

    fn replaced(self) -> Option<()> {
        let Stage { story, name } = self;
        let play = Stage { story: &mut *story, name }.any()?.line_fen(List, ll::totalPrice, 1);
        let parcel = play.parcel.clone();
        play.refused(&["LINE_TOTAL"])?;
        let mut good = Play::of(story, name, parcel);
        good.skipped = [true, true, true, false];
        good.released()
    }

    /// 513 after release: it changes nothing before the tax is settled.
    fn signed_for(self) -> Option<()> {
        let mut play = self.any()?;
        play.send();
        play.count();
        let at = play.story.now();
        let paper = paper::signed_for(&play.parcel, at, &mut play.story.dice);
        play.story.send_alone(&paper, play.parcel.carrier, at);
        play.truth("released", &[], play.parcel.tax, at);
        Some(())
    }

    /// 711 of a carrier that runs no supervised place: it is refused, and the parcel stays as it is.
    fn unloaded_by_a_stranger(self) -> Option<()> {
        let mut play = self.direct()?;
        play.send();
        play.count();
        let (at, carrier) = (play.story.now(), play.parcel.carrier);
        let waybills = [play.parcel.waybill_no.clone()];
        let becomes: (_, &[_], _) = ("refused", &["PARTY_ROLE"], play.name);
        play.story.report(&play.parcel.flight, carrier, &waybills, Some(carrier), becomes);
        play.truth("released", &[], play.parcel.tax, at);
        Some(())
    }

    fn cancelled(self) -> Option<()> {
        let mut play = self.any()?.skip(Payment);
        play.send();
        let number = play.count();
        let at = play.story.now();
        let paper = paper::cancel(&play.parcel, &number, at, &mut play.story.dice);
        play.story.send_alone(&paper, play.parcel.agent, at);
        play.truth("cancelled", &[], Fen::ZERO, at);
        Some(())
    }

    fn cancelled_late(self) -> Option<()> {
        let mut play = self.any()?;
        play.send();
        let number = play.count();
        let at = play.story.now();
        let paper = paper::cancel(&play.parcel, &number, at, &mut play.story.dice);
        play.story.send_alone(&paper, play.parcel.agent, at);
        play.truth("released", &["LIST_STATE"], play.parcel.tax, at);
        Some(())
    }

    /// A return of so many pieces, so many days after release; `reason` where it is refused.
    fn returned(self, pieces: u32, days: i32, reason: &'static str) -> Option<()> {
        let mut play = self.formula(2)?;
        play.send();
        let number = play.count();
        let released = play.story.now();
        play.truth("released", &[], play.parcel.tax, released);
        let at = if days == 0 { released } else { Moment(released.day().plus(days).starts().0 + 10 * HOUR_MS) };
        let paper = paper::refund(&play.parcel, &number, pieces, at, &mut play.story.dice);
        let reasons: Vec<&'static str> = if reason.is_empty() { Vec::new() } else { vec![reason] };
        let mut truth = play.truth_of("released", &reasons, play.parcel.tax, at);
        if days == 0 {
            play.story.send_alone(&paper, play.parcel.agent, at);
            play.story.tell(truth.clone());
        } else {
            play.story.later(&paper, play.parcel.agent, at, truth.clone());
        }
        if reason.is_empty() {
            // Nobody brings the goods back: from day 46 on the tax is levied after all.
            let late = released.day().plus(46).starts();
            truth.from = late.to_string();
            truth.reasons = vec!["RETURN_ARRIVED_LATE"];
            play.story.tell(truth);
        }
        Some(())
    }

    fn returned_wrongly(self) -> Option<()> {
        let mut play = self.formula(1)?;
        play.send();
        let number = play.count();
        let at = play.story.now();
        let mut paper = paper::refund(&play.parcel, &number, 1, at, &mut play.story.dice);
        paper.lines[0][wire::ceb::table::invt_refund_list::gnum] = "7".into();
        play.story.send_alone(&paper, play.parcel.agent, at);
        play.truth("released", &["LINE_NOT_FOUND"], play.parcel.tax, at);
        Some(())
    }

    fn returned_of_nothing(self) -> Option<()> {
        let mut play = self.formula(1)?;
        play.send();
        play.count();
        let at = play.story.now();
        let paper = paper::refund(&play.parcel, "64020000I999999999", 1, at, &mut play.story.dice);
        play.story.send_alone(&paper, play.parcel.agent, at);
        play.truth("released", &["LIST_NOT_FOUND"], play.parcel.tax, at);
        Some(())
    }
}

fn place(kind: MessageKind) -> usize {
    match kind {
        Order => 0,
        Payment => 1,
        Waybill => 2,
        _ => 3,
    }
}

impl<'s, 'z> Play<'s, 'z> {
    fn of(story: &'s mut Story<'z>, name: &'static str, parcel: Parcel<'z>) -> Play<'s, 'z> {
        let dice = &mut story.dice;
        let papers = [
            paper::order(&parcel, dice).into_owned(),
            paper::payment(&parcel, dice).into_owned(),
            paper::waybill(&parcel, dice).into_owned(),
            paper::list(&parcel, dice).into_owned(),
        ];
        let senders = [parcel.platform, parcel.payer, parcel.carrier, parcel.agent].map(Firm::clone);
        Play { story, name, parcel, papers, senders, skipped: [false; 4], more: Vec::new() }
    }

    fn set(self, kind: MessageKind, field: usize, value: &'static str) -> Self {
        self.put(kind, None, field, value.into())
    }

    fn set_owned(self, kind: MessageKind, field: usize, value: String) -> Self {
        self.put(kind, None, field, value.into())
    }

    /// Of the first line.
    fn line(self, kind: MessageKind, field: usize, value: &'static str) -> Self {
        self.put(kind, Some(0), field, value.into())
    }

    fn put(mut self, kind: MessageKind, line: Option<usize>, field: usize, value: paper::Value<'z>) -> Self {
        let paper = &mut self.papers[place(kind)];
        match line {
            None => paper.head[field] = value,
            Some(line) => paper.lines[line][field] = value,
        }
        self
    }

    fn fen(self, kind: MessageKind, field: usize, more: i64) -> Self {
        self.add(kind, None, field, more * 1_000)
    }

    fn line_fen(self, kind: MessageKind, field: usize, more: i64) -> Self {
        self.add(kind, Some(0), field, more * 1_000)
    }

    fn kg(self, kind: MessageKind, field: usize, more: i64) -> Self {
        self.add(kind, None, field, more)
    }

    /// Adds hundred-thousandths to an amount.
    fn add(self, kind: MessageKind, line: Option<usize>, field: usize, more: i64) -> Self {
        let paper = &self.papers[place(kind)];
        let text = line.map_or(&paper.head[field], |line| &paper.lines[line][field]);
        let sum = hundred_thousandths(text).unwrap_or_default() + more;
        self.put(kind, line, field, trade::money::Quantity(sum).to_string().into())
    }

    fn sender(self, kind: MessageKind, code: &str) -> Self {
        let firm = self.story.zone().firm(code);
        self.sender_firm(kind, firm)
    }

    fn sender_firm(mut self, kind: MessageKind, firm: Firm) -> Self {
        self.senders[place(kind)] = firm;
        self
    }

    fn skip(mut self, kind: MessageKind) -> Self {
        self.skipped[place(kind)] = true;
        self
    }

    /// A second payment with a number of its own.
    fn pay_twice(mut self) -> Self {
        let mut second = paper::payment(&self.parcel, &mut self.story.dice).into_owned();
        let number = format!("{}B", second.head[p::payTransactionId]);
        second.head[p::payTransactionId] = number.into();
        self.more.push(second);
        self
    }

    fn other_platform(self) -> Self {
        let zone = self.story.zone();
        let other = zone.platforms.iter().find(|f| f.code != self.parcel.platform.code);
        let code = other.map_or("", |f| f.code.as_str());
        self.put(Order, None, o::ebpCode, code.into())
    }

    fn small_bill(self) -> Self {
        let on = self.set(List, l::billNo, "99987654325").set(List, l::voyageNo, "XX9002");
        on.set(List, l::trafNo, "B-0002").set(Waybill, w::billNo, "99987654325")
    }

    fn declared_days_before(self, days: i32) -> Self {
        let day = self.parcel.declared.day().plus(-days).compact();
        self.set_owned(List, l::declTime, day)
    }

    fn paid_after(self) -> Self {
        let late = Moment(self.parcel.declared.0 + 1_000).compact();
        self.set_owned(Payment, p::payTime, late)
    }

    fn paid_before(self) -> Self {
        let early = Moment(self.parcel.ordered.0 - HOUR_MS).compact();
        self.set_owned(Payment, p::payTime, early)
    }

    /// Sends what is not skipped, the list last.
    fn send(&mut self) {
        for n in 0..4 {
            if n == 3 {
                for paper in std::mem::take(&mut self.more) {
                    self.story.send_alone(&paper, &self.senders[1], self.parcel.declared);
                }
            }
            if !self.skipped[n] {
                self.story.send_alone(&self.papers[n], &self.senders[n], self.parcel.declared);
            }
        }
    }

    /// The window gives this list a number.
    fn count(&mut self) -> String {
        self.story.next_list_number(self.parcel.office, self.parcel.declared.day().year())
    }

    fn truth_of(&self, expect: &'static str, reasons: &[&'static str], tax: Fen, from: Moment) -> Truth {
        let head = &self.papers[3].head;
        Truth {
            order_no: head[l::orderNo].to_string(),
            ebc_code: head[l::ebcCode].to_string(),
            expect,
            reasons: reasons.to_vec(),
            tax_fen: tax.0,
            from: from.to_string(),
            fault: self.name,
        }
    }

    fn truth(&mut self, expect: &'static str, reasons: &[&'static str], tax: Fen, from: Moment) {
        let truth = self.truth_of(expect, reasons, tax, from);
        self.story.tell(truth);
    }

    /// Refused when it is declared: it has no number yet.
    fn refused(mut self, reasons: &[&'static str]) -> Option<()> {
        self.send();
        let now = self.story.now();
        self.truth("refused", reasons, Fen::ZERO, now);
        Some(())
    }

    /// Its list is refused at the door: a stranger's word changes nothing about a parcel.
    fn turned_away(mut self) -> Option<()> {
        self.send();
        let now = self.story.now();
        self.truth("accepted", &[], Fen::ZERO, now);
        Some(())
    }

    /// Refused when it is matched: it has a number.
    fn refused_in_matching(mut self, reasons: &[&'static str]) -> Option<()> {
        self.send();
        self.count();
        let now = self.story.now();
        self.truth("refused", reasons, Fen::ZERO, now);
        Some(())
    }

    fn released(mut self) -> Option<()> {
        self.send();
        self.count();
        let now = self.story.now();
        let tax = self.parcel.tax;
        self.truth("released", &[], tax, now);
        Some(())
    }

    /// Matches, and then waits for an officer in this state.
    fn held(mut self, state: &'static str) -> Option<()> {
        self.send();
        self.count();
        let now = self.story.now();
        self.truth(state, &[], Fen::ZERO, now);
        Some(())
    }

    /// Waits for a day, then is refused.
    fn waits_then(mut self, reasons: &[&'static str]) -> Option<()> {
        self.send();
        self.count();
        let now = self.story.now();
        self.truth("waiting", reasons, Fen::ZERO, now);
        self.truth("refused", reasons, Fen::ZERO, Moment(now.0 + 24 * HOUR_MS));
        Some(())
    }
}
