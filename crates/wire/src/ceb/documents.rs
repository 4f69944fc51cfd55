//! From the values of one document to the document of `trade`, with pseudonyms where a person's data stood.

mod export;

use super::Pseudonymise;
use super::normalise::normalise;
use super::table::*;
use trade::documents::*;
use trade::finding::Code;
use trade::money::{Amount, AmountError, Fen, Price, Quantity};
use trade::pack::Text;
use trade::pseudonym::{Kind, Pseudonyms};
use trade::receipt::Shown;
use trade::time::{Day, Moment};

/// The values of one document in the order of the table; what is absent is empty.
pub struct Sheet<'s, 'a> {
    pub head: &'s [&'a str],
    /// Line after line, each as long as the table has rows.
    pub lines: &'s [&'a str],
}

/// A value that the schema lets pass and that has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unclear {
    /// 0 for the head, else the line from 1.
    pub line: usize,
    /// Row of the table.
    pub place: usize,
    pub code: Code,
    pub expected: &'static str,
}

/// Builds the document of a message of `kind`; of receipts there is none.
///
/// # Errors
/// Every value that cannot be understood.
pub fn build(kind: MessageKind, sheet: &Sheet<'_, '_>, people: &impl Pseudonymise) -> Result<Document, Vec<Unclear>> {
    let mut row = Row { values: sheet.head, line: 0, unclear: Vec::new(), people };
    let document = match kind {
        MessageKind::Order => Document::Order(order(&mut row, sheet.lines)),
        MessageKind::Payment => Document::Payment(payment(&mut row)),
        MessageKind::Waybill => Document::Waybill(waybill(&mut row)),
        MessageKind::WaybillStatus => Document::WaybillStatus(waybill_status(&mut row)),
        MessageKind::List => Document::List(list(&mut row, sheet.lines)),
        MessageKind::Cancel => Document::Cancel(cancel(&mut row)),
        MessageKind::Refund => Document::Refund(refund(&mut row, sheet.lines)),
        MessageKind::Delivery => Document::Delivery(delivery(&mut row, sheet.lines)),
        MessageKind::ExportOrder => Document::ExportOrder(export::export_order(&mut row, sheet.lines)),
        MessageKind::ReceiptOfPayment => Document::ReceiptOfPayment(export::receipt_of_payment(&mut row)),
        MessageKind::ExportWaybill => Document::ExportWaybill(export::export_waybill(&mut row)),
        MessageKind::Arrival => Document::Arrival(export::arrival(&mut row, sheet.lines)),
        MessageKind::Departure => Document::Departure(export::departure(&mut row, sheet.lines)),
        MessageKind::ExportList => Document::ExportList(export::export_list(&mut row, sheet.lines)),
        MessageKind::ExportCancel => Document::ExportCancel(export::export_cancel(&mut row)),
        MessageKind::MasterBill => Document::MasterBill(export::master_bill(&mut row, sheet.lines)),
        MessageKind::SummaryApply => Document::SummaryApply(export::summary_apply(&mut row, sheet.lines)),
        MessageKind::ExportRefund => Document::ExportRefund(export::export_refund(&mut row, sheet.lines)),
        MessageKind::Tally => Document::Tally(export::tally(&mut row)),
        _ => return Err(Vec::new()),
    };
    if row.unclear.is_empty() { Ok(document) } else { Err(row.unclear) }
}

/// The key fields of a document, readable even when the rest is not.
pub fn keys(kind: MessageKind, head: &[&str]) -> Shown {
    let mut shown = Shown { kind: kind.receipt(), ..Shown::default() };
    let Some(message) = Message::of(kind) else { return shown };
    for (row, value) in message.head.1.iter().zip(head) {
        let slot = match row.name {
            "customsCode" => &mut shown.customs_code,
            "ebpCode" => &mut shown.ebp_code,
            "ebcCode" => &mut shown.ebc_code,
            "agentCode" => &mut shown.agent_code,
            "orderNo" => &mut shown.order_no,
            "payCode" => &mut shown.pay_code,
            "payTransactionId" | "payNo" => &mut shown.pay_transaction,
            "logisticsCode" => &mut shown.logistics_code,
            "logisticsNo" => &mut shown.logistics_no,
            "logisticsStatus" => &mut shown.logistics_status,
            "copNo" | "coElNo" => &mut shown.cop_no,
            "preNo" => &mut shown.pre_no,
            "invtNo" => &mut shown.invt_no,
            "operatorCode" => &mut shown.operator_code,
            "rkdNo" => &mut shown.rkd_no,
            "billNo" => &mut shown.bill_no,
            "statisticsFlag" => &mut shown.statistics_flag,
            "sumNo" => &mut shown.sum_no,
            "msgSeqNo" => {
                shown.seq = value.parse().unwrap_or_default();
                continue;
            }
            _ => continue,
        };
        *slot = Text::new(value);
    }
    shown
}

/// One row of values, and what in it was unclear.
struct Row<'s, 'a, 'p, P> {
    values: &'s [&'a str],
    line: usize,
    unclear: Vec<Unclear>,
    people: &'p P,
}

impl<'s, 'a, P: Pseudonymise> Row<'s, 'a, '_, P> {
    fn get(&self, place: usize) -> &'a str {
        self.values.get(place).copied().unwrap_or("")
    }

    fn unclear(&mut self, place: usize, code: Code, expected: &'static str) {
        self.unclear.push(Unclear { line: self.line, place, code, expected });
    }

    fn text(&self, place: usize) -> Text {
        Text::new(self.get(place))
    }

    fn amount<T: Default>(&mut self, place: usize, read: impl Fn(&str) -> Result<T, AmountError>) -> T {
        let text = self.get(place);
        if text.is_empty() {
            return T::default();
        }
        read(text).unwrap_or_else(|error| {
            let code = match error {
                AmountError::Form => Code::NotANumber,
                AmountError::Digits => Code::TooManyDigits,
                AmountError::Range => Code::NumberOutOfRange,
                AmountError::FinerThanFen => Code::AmountFinerThanFen,
            };
            self.unclear(place, code, "");
            T::default()
        })
    }

    fn fen(&mut self, place: usize) -> Fen {
        self.amount(place, Fen::from_yuan_text)
    }

    fn price(&mut self, place: usize) -> Price {
        self.amount(place, Price::from_yuan_text)
    }

    fn quantity(&mut self, place: usize) -> Quantity {
        self.amount(place, Quantity::parse)
    }

    fn maybe_quantity(&mut self, place: usize) -> Option<Quantity> {
        if self.get(place).is_empty() { None } else { Some(self.quantity(place)) }
    }

    /// A count that cannot be negative.
    fn count(&mut self, place: usize) -> u32 {
        self.get(place).trim_start_matches('+').parse().unwrap_or_else(|_| {
            self.unclear(place, Code::NumberOutOfRange, "");
            0
        })
    }

    fn time(&mut self, place: usize) -> Moment {
        Moment::parse_compact(self.get(place)).unwrap_or_else(|| {
            self.unclear(place, Code::DateUnreadable, "YYYYMMDDhhmmss");
            Moment::default()
        })
    }

    /// A day; of a date with the time of day, its date.
    fn day(&mut self, place: usize) -> Day {
        let text = self.get(place);
        let day = match text.len() {
            8 => Day::parse(text),
            14 => Moment::parse_compact(text).map(Moment::day),
            _ => None,
        };
        day.unwrap_or_else(|| {
            self.unclear(place, Code::DateUnreadable, "YYYYMMDD");
            Day::default()
        })
    }

    fn maybe_day(&mut self, place: usize) -> Option<Day> {
        if self.get(place).is_empty() { None } else { Some(self.day(place)) }
    }

    /// The currency; an empty element stands for 142, as the schema says.
    fn currency(&self, place: usize) -> Text {
        match self.get(place) {
            "" => Text::new_static("142"),
            text => Text::new(text),
        }
    }

    /// A time that may be missing.
    fn maybe_time(&mut self, place: usize) -> Option<Moment> {
        if self.get(place).is_empty() { None } else { Some(self.time(place)) }
    }

    /// An amount of whatever currency stands beside it.
    fn sum(&mut self, place: usize) -> Amount {
        self.amount(place, Amount::parse)
    }

    /// Of how many messages, or which of them: 1 where it says nothing, as the prose has it for what was not split.
    fn part(&mut self, place: usize) -> u32 {
        if self.get(place).is_empty() { 1 } else { self.count(place) }
    }

    /// As [`Row::head`], where an empty `appStatus` stands for `otherwise`.
    fn head_or(
        &mut self,
        guid: usize,
        app_type: usize,
        app_time: usize,
        app_status: usize,
        otherwise: &'static str,
    ) -> Head {
        let mut head = self.head(guid, app_type, app_time, app_status);
        if head.app_status.is_empty() {
            head.app_status = otherwise.into();
        }
        head
    }

    fn head(&mut self, guid: usize, app_type: usize, app_time: usize, app_status: usize) -> Head {
        let action = match self.get(app_type) {
            "1" => Action::New,
            "2" => Action::Change,
            "3" => Action::Delete,
            _ => {
                self.unclear(app_type, Code::ValueUnknown, "1, 2, 3");
                Action::default()
            }
        };
        Head { guid: self.text(guid), action, sent_at: self.time(app_time), app_status: self.text(app_status) }
    }

    fn hashed(&self, kind: Kind, place: usize) -> Pseudonyms {
        let value = normalise(kind, self.get(place));
        if value.is_empty() { Pseudonyms::default() } else { self.people.pseudonyms(kind, &value) }
    }

    fn person(&self, id_type: usize, id: usize, name: usize, telephone: usize, on: Day) -> Person {
        let number = normalise(Kind::Identity, self.get(id));
        Person {
            id_type: self.text(id_type),
            id: self.hashed(Kind::Identity, id),
            id_check: super::identity::check(self.get(id_type), &number, on),
            name: self.hashed(Kind::Name, name),
            telephone: self.hashed(Kind::Telephone, telephone),
        }
    }

    fn consignee(&self, name: usize, telephone: usize, address: usize) -> Consignee {
        Consignee {
            name: self.hashed(Kind::Name, name),
            telephone: self.hashed(Kind::Telephone, telephone),
            address: self.hashed(Kind::Address, address),
        }
    }

    /// Reads each line with the rows of the table.
    fn lines<T>(&mut self, values: &'s [&'a str], rows: usize, read: impl Fn(&mut Self) -> T) -> Vec<T> {
        let head = self.values;
        let mut lines = Vec::with_capacity(values.len() / rows.max(1));
        for (line, values) in values.chunks(rows.max(1)).enumerate() {
            self.values = values;
            self.line = line + 1;
            lines.push(read(self));
        }
        self.values = head;
        self.line = 0;
        lines
    }
}

fn order<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>, lines: &'s [&'a str]) -> Order {
    use order_head as t;
    let head = r.head(t::guid, t::appType, t::appTime, t::appStatus);
    let sent_on = head.sent_at.day();
    let lines = r.lines(lines, order_list::FIELDS.len(), |r| {
        use order_list as t;
        OrderLine {
            gnum: r.count(t::gnum),
            item_no: r.text(t::itemNo),
            item_name: r.text(t::itemName),
            model: r.text(t::gmodel),
            bar_code: r.text(t::barCode),
            unit: r.text(t::unit),
            qty: r.quantity(t::qty),
            price: r.price(t::price),
            total: r.fen(t::totalPrice),
            currency: r.currency(t::currency),
            country: r.text(t::country),
        }
    });
    Order {
        head,
        order_type: r.text(t::orderType),
        number: r.text(t::orderNo),
        ebp_code: r.text(t::ebpCode),
        ebp_name: r.text(t::ebpName),
        ebc_code: r.text(t::ebcCode),
        ebc_name: r.text(t::ebcName),
        goods_value: r.fen(t::goodsValue),
        freight: r.fen(t::freight),
        discount: r.fen(t::discount),
        tax_total: r.fen(t::taxTotal),
        paid: r.fen(t::acturalPaid),
        currency: r.currency(t::currency),
        buyer_account: r.hashed(Kind::Account, t::buyerRegNo),
        buyer: r.person(t::buyerIdType, t::buyerIdNumber, t::buyerName, t::buyerTelephone, sent_on),
        pay_code: r.text(t::payCode),
        pay_name: r.text(t::payName),
        pay_transaction: r.text(t::payTransactionId),
        batch_numbers: r.text(t::batchNumbers),
        consignee: r.consignee(t::consignee, t::consigneeTelephone, t::consigneeAddress),
        district: r.text(t::consigneeDistrict),
        lines,
    }
}

fn payment<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>) -> Payment {
    use payment_head as t;
    let head = r.head(t::guid, t::appType, t::appTime, t::appStatus);
    let sent_on = head.sent_at.day();
    Payment {
        head,
        pay_code: r.text(t::payCode),
        pay_name: r.text(t::payName),
        transaction: r.text(t::payTransactionId),
        order_no: r.text(t::orderNo),
        ebp_code: r.text(t::ebpCode),
        ebp_name: r.text(t::ebpName),
        payer: r.person(t::payerIdType, t::payerIdNumber, t::payerName, t::telephone, sent_on),
        amount: r.fen(t::amountPaid),
        currency: r.currency(t::currency),
        paid_at: r.time(t::payTime),
    }
}

fn waybill<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>) -> Waybill {
    use logistics_head as t;
    let head = r.head(t::guid, t::appType, t::appTime, t::appStatus);
    Waybill {
        head,
        logistics_code: r.text(t::logisticsCode),
        logistics_name: r.text(t::logisticsName),
        number: r.text(t::logisticsNo),
        bill_no: r.text(t::billNo),
        order_no: r.text(t::orderNo),
        freight: r.fen(t::freight),
        insured_fee: r.fen(t::insuredFee),
        currency: r.currency(t::currency),
        weight: r.quantity(t::weight),
        pack_no: r.count(t::packNo),
        consignee: r.consignee(t::consignee, t::consigneeTelephone, t::consigneeAddress),
    }
}

fn waybill_status<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>) -> WaybillStatus {
    use logistics_status as t;
    let head = r.head(t::guid, t::appType, t::appTime, t::appStatus);
    WaybillStatus {
        head,
        logistics_code: r.text(t::logisticsCode),
        logistics_name: r.text(t::logisticsName),
        number: r.text(t::logisticsNo),
        status: r.text(t::logisticsStatus),
        happened_at: r.time(t::logisticsTime),
    }
}

fn list<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>, lines: &'s [&'a str]) -> List {
    use inventory_head as t;
    let head = r.head(t::guid, t::appType, t::appTime, t::appStatus);
    let sent_on = head.sent_at.day();
    let lines = r.lines(lines, inventory_list::FIELDS.len(), |r| {
        use inventory_list as t;
        ListLine {
            gnum: r.count(t::gnum),
            item_record_no: r.text(t::itemRecordNo),
            item_no: r.text(t::itemNo),
            item_name: r.text(t::itemName),
            gcode: r.text(t::gcode),
            gname: r.text(t::gname),
            model: r.text(t::gmodel),
            bar_code: r.text(t::barCode),
            country: r.text(t::country),
            trade_country: r.text(t::tradeCountry),
            currency: r.currency(t::currency),
            qty: r.quantity(t::qty),
            unit: r.text(t::unit),
            qty1: r.quantity(t::qty1),
            unit1: r.text(t::unit1),
            qty2: r.maybe_quantity(t::qty2),
            unit2: r.text(t::unit2),
            price: r.price(t::price),
            total: r.fen(t::totalPrice),
        }
    });
    List {
        head,
        order_no: r.text(t::orderNo),
        ebp_code: r.text(t::ebpCode),
        ebp_name: r.text(t::ebpName),
        ebc_code: r.text(t::ebcCode),
        ebc_name: r.text(t::ebcName),
        logistics_no: r.text(t::logisticsNo),
        logistics_code: r.text(t::logisticsCode),
        logistics_name: r.text(t::logisticsName),
        cop_no: r.text(t::copNo),
        pre_no: r.text(t::preNo),
        assure_code: r.text(t::assureCode),
        ems_no: r.text(t::emsNo),
        invt_no: r.text(t::invtNo),
        ie_flag: r.text(t::ieFlag),
        declared_on: r.day(t::declTime),
        customs_code: r.text(t::customsCode),
        port_code: r.text(t::portCode),
        ie_date: r.maybe_day(t::ieDate),
        buyer: r.person(t::buyerIdType, t::buyerIdNumber, t::buyerName, t::buyerTelephone, sent_on),
        address: r.hashed(Kind::Address, t::consigneeAddress),
        agent_code: r.text(t::agentCode),
        agent_name: r.text(t::agentName),
        area_code: r.text(t::areaCode),
        area_name: r.text(t::areaName),
        trade_mode: r.text(t::tradeMode),
        traf_mode: r.text(t::trafMode),
        traf_no: r.text(t::trafNo),
        voyage_no: r.text(t::voyageNo),
        bill_no: r.text(t::billNo),
        loct_no: r.text(t::loctNo),
        license_no: r.text(t::licenseNo),
        country: r.text(t::country),
        freight: r.fen(t::freight),
        insured_fee: r.fen(t::insuredFee),
        currency: r.currency(t::currency),
        wrap_type: r.text(t::wrapType),
        pack_no: r.count(t::packNo),
        gross_weight: r.quantity(t::grossWeight),
        net_weight: r.quantity(t::netWeight),
        lines,
    }
}

fn cancel<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>) -> Cancel {
    use invt_cancel as t;
    let head = r.head(t::guid, t::appType, t::appTime, t::appStatus);
    let sent_on = head.sent_at.day();
    Cancel {
        head,
        customs_code: r.text(t::customsCode),
        order_no: r.text(t::orderNo),
        ebp_code: r.text(t::ebpCode),
        ebc_code: r.text(t::ebcCode),
        logistics_no: r.text(t::logisticsNo),
        logistics_code: r.text(t::logisticsCode),
        cop_no: r.text(t::copNo),
        pre_no: r.text(t::preNo),
        invt_no: r.text(t::invtNo),
        buyer: r.person(t::buyerIdType, t::buyerIdNumber, t::buyerName, t::buyerTelephone, sent_on),
        agent_code: r.text(t::agentCode),
        agent_name: r.text(t::agentName),
    }
}

fn refund<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>, lines: &'s [&'a str]) -> Refund {
    use invt_refund_head as t;
    let head = r.head(t::guid, t::appType, t::appTime, t::appStatus);
    let sent_on = head.sent_at.day();
    let lines = r.lines(lines, invt_refund_list::FIELDS.len(), |r| {
        use invt_refund_list as t;
        RefundLine {
            gnum: r.count(t::gnum),
            gcode: r.text(t::gcode),
            gname: r.text(t::gname),
            qty: r.quantity(t::qty),
            unit: r.text(t::unit),
        }
    });
    Refund {
        head,
        customs_code: r.text(t::customsCode),
        order_no: r.text(t::orderNo),
        ebp_code: r.text(t::ebpCode),
        ebc_code: r.text(t::ebcCode),
        logistics_no: r.text(t::logisticsNo),
        logistics_code: r.text(t::logisticsCode),
        cop_no: r.text(t::copNo),
        pre_no: r.text(t::preNo),
        invt_no: r.text(t::invtNo),
        buyer: r.person(t::buyerIdType, t::buyerIdNumber, t::buyerName, t::buyerTelephone, sent_on),
        agent_code: r.text(t::agentCode),
        agent_name: r.text(t::agentName),
        lines,
    }
}

fn delivery<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>, lines: &'s [&'a str]) -> Delivery {
    use delivery_head as t;
    let head = r.head(t::guid, t::appType, t::appTime, t::appStatus);
    let waybills = r.lines(lines, delivery_list::FIELDS.len(), |r| {
        r.count(delivery_list::gnum);
        r.text(delivery_list::logisticsNo)
    });
    Delivery {
        head,
        customs_code: r.text(t::customsCode),
        cop_no: r.text(t::copNo),
        pre_no: r.text(t::preNo),
        rkd_no: r.text(t::rkdNo),
        operator_code: r.text(t::operatorCode),
        operator_name: r.text(t::operatorName),
        ie_flag: r.text(t::ieFlag),
        traf_mode: r.text(t::trafMode),
        traf_no: r.text(t::trafNo),
        voyage_no: r.text(t::voyageNo),
        bill_no: r.text(t::billNo),
        logistics_code: r.text(t::logisticsCode),
        logistics_name: r.text(t::logisticsName),
        unload_location: r.text(t::unloadLocation),
        waybills,
    }
}
