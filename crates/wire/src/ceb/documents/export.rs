//! The documents of export.

use super::super::Pseudonymise;
use super::super::table::export::*;
use super::Row;
use trade::documents::*;
use trade::pack::Text;

pub(super) fn export_order<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>, lines: &'s [&'a str]) -> ExportOrder {
    use order_head as t;
    let head = r.head_or(t::guid, t::appType, t::appTime, t::appStatus, "1");
    let lines = r.lines(lines, order_list::FIELDS.len(), |r| {
        use order_list as t;
        ExportOrderLine {
            gnum: r.count(t::gnum),
            item_no: r.text(t::itemNo),
            item_name: r.text(t::itemName),
            bar_code: r.text(t::barCode),
            unit: r.text(t::unit),
            currency: r.text(t::currency),
            qty: r.quantity(t::qty),
            price: r.price(t::price),
            total: r.sum(t::totalPrice),
        }
    });
    ExportOrder {
        head,
        order_type: r.text(t::orderType),
        number: r.text(t::orderNo),
        ebp_code: r.text(t::ebpCode),
        ebp_name: r.text(t::ebpName),
        ebc_code: r.text(t::ebcCode),
        ebc_name: r.text(t::ebcName),
        goods_value: r.sum(t::goodsValue),
        freight: r.sum(t::freight),
        currency: r.text(t::currency),
        lines,
    }
}

pub(super) fn receipt_of_payment<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>) -> ReceiptOfPayment {
    use receipts as t;
    let head = r.head_or(t::guid, t::appType, t::appTime, t::appStatus, "1");
    ReceiptOfPayment {
        head,
        ebp_code: r.text(t::ebpCode),
        ebp_name: r.text(t::ebpName),
        ebc_code: r.text(t::ebcCode),
        ebc_name: r.text(t::ebcName),
        order_no: r.text(t::orderNo),
        pay_code: r.text(t::payCode),
        pay_name: r.text(t::payName),
        transaction: r.text(t::payNo),
        amount: r.sum(t::charge),
        currency: r.text(t::currency),
        paid_at: r.time(t::accountingDate),
    }
}

pub(super) fn export_waybill<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>) -> ExportWaybill {
    use logistics as t;
    let head = r.head_or(t::guid, t::appType, t::appTime, t::appStatus, "2");
    ExportWaybill {
        head,
        logistics_code: r.text(t::logisticsCode),
        logistics_name: r.text(t::logisticsName),
        number: r.text(t::logisticsNo),
        freight: r.sum(t::freight),
        insured_fee: r.sum(t::insuredFee),
        currency: r.text(t::currency),
        gross_weight: r.quantity(t::grossWeight),
        pack_no: r.count(t::packNo),
        ebc_code: r.text(t::ebcCode),
        ebc_name: r.text(t::ebcName),
    }
}

pub(super) fn arrival<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>, lines: &'s [&'a str]) -> Arrival {
    use arrival_head as t;
    let head = r.head_or(t::guid, t::appType, t::appTime, t::appStatus, "1");
    let lines = r.lines(lines, arrival_list::FIELDS.len(), |r| {
        use arrival_list as t;
        r.count(t::gnum);
        ParcelLine { waybill: r.text(t::logisticsNo), package_no: r.text(t::totalPackageNo), invt_no: Text::default() }
    });
    Arrival {
        head,
        customs_code: r.text(t::customsCode),
        cop_no: r.text(t::copNo),
        pre_no: r.text(t::preNo),
        operator_code: r.text(t::operatorCode),
        operator_name: r.text(t::operatorName),
        loct_no: r.text(t::loctNo),
        ie_flag: r.text(t::ieFlag),
        traf_mode: r.text(t::trafMode),
        bill_no: r.text(t::billNo),
        domestic_traf_no: r.text(t::domesticTrafNo),
        logistics_code: r.text(t::logisticsCode),
        logistics_name: r.text(t::logisticsName),
        msg_count: r.part(t::msgCount),
        msg_seq: r.part(t::msgSeqNo),
        lines,
    }
}

pub(super) fn departure<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>, lines: &'s [&'a str]) -> Departure {
    use departure_head as t;
    let head = r.head_or(t::guid, t::appType, t::appTime, t::appStatus, "");
    let lines = r.lines(lines, departure_list::FIELDS.len(), |r| {
        use departure_list as t;
        r.count(t::gnum);
        ParcelLine { waybill: r.text(t::logisticsNo), package_no: r.text(t::totalPackageNo), invt_no: Text::default() }
    });
    Departure {
        head,
        customs_code: r.text(t::customsCode),
        cop_no: r.text(t::copNo),
        pre_no: r.text(t::preNo),
        logistics_code: r.text(t::logisticsCode),
        logistics_name: r.text(t::logisticsName),
        traf_mode: r.text(t::trafMode),
        traf_name: r.text(t::trafName),
        voyage_no: r.text(t::voyageNo),
        bill_no: r.text(t::billNo),
        left_at: r.time(t::leaveTime),
        msg_count: r.part(t::msgCount),
        msg_seq: r.part(t::msgSeqNo),
        lines,
    }
}

pub(super) fn export_list<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>, lines: &'s [&'a str]) -> ExportList {
    use inventory_head as t;
    let head = r.head_or(t::guid, t::appType, t::appTime, t::appStatus, "");
    let lines = r.lines(lines, inventory_list::FIELDS.len(), |r| {
        use inventory_list as t;
        ExportListLine {
            gnum: r.count(t::gnum),
            item_no: r.text(t::itemNo),
            item_record_no: r.text(t::itemRecordNo),
            item_name: r.text(t::itemName),
            gcode: r.text(t::gcode),
            gname: r.text(t::gname),
            model: r.text(t::gmodel),
            bar_code: r.text(t::barCode),
            country: r.text(t::country),
            currency: r.text(t::currency),
            qty: r.quantity(t::qty),
            qty1: r.quantity(t::qty1),
            qty2: r.maybe_quantity(t::qty2),
            unit: r.text(t::unit),
            unit1: r.text(t::unit1),
            unit2: r.text(t::unit2),
            price: r.price(t::price),
            total: r.sum(t::totalPrice),
        }
    });
    ExportList {
        head,
        customs_code: r.text(t::customsCode),
        ebp_code: r.text(t::ebpCode),
        ebp_name: r.text(t::ebpName),
        order_no: r.text(t::orderNo),
        logistics_code: r.text(t::logisticsCode),
        logistics_name: r.text(t::logisticsName),
        logistics_no: r.text(t::logisticsNo),
        cop_no: r.text(t::copNo),
        pre_no: r.text(t::preNo),
        invt_no: r.text(t::invtNo),
        ie_flag: r.text(t::ieFlag),
        port_code: r.text(t::portCode),
        ie_date: r.day(t::ieDate),
        statistics_flag: r.text(t::statisticsFlag),
        agent_code: r.text(t::agentCode),
        agent_name: r.text(t::agentName),
        ebc_code: r.text(t::ebcCode),
        ebc_name: r.text(t::ebcName),
        owner_code: r.text(t::ownerCode),
        owner_name: r.text(t::ownerName),
        iac_code: r.text(t::iacCode),
        iac_name: r.text(t::iacName),
        ems_no: r.text(t::emsNo),
        trade_mode: r.text(t::tradeMode),
        traf_mode: r.text(t::trafMode),
        traf_name: r.text(t::trafName),
        voyage_no: r.text(t::voyageNo),
        bill_no: r.text(t::billNo),
        package_no: r.text(t::totalPackageNo),
        loct_no: r.text(t::loctNo),
        license_no: r.text(t::licenseNo),
        country: r.text(t::country),
        pod: r.text(t::POD),
        freight: r.sum(t::freight),
        freight_currency: r.text(t::fCurrency),
        freight_flag: r.text(t::fFlag),
        insured_fee: r.sum(t::insuredFee),
        insurance_currency: r.text(t::iCurrency),
        insurance_flag: r.text(t::iFlag),
        wrap_type: r.text(t::wrapType),
        pack_no: r.count(t::packNo),
        gross_weight: r.quantity(t::grossWeight),
        net_weight: r.quantity(t::netWeight),
        lines,
    }
}

pub(super) fn export_cancel<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>) -> ExportCancel {
    use invt_cancel as t;
    let head = r.head_or(t::guid, t::appType, t::appTime, t::appStatus, "");
    ExportCancel {
        head,
        customs_code: r.text(t::customsCode),
        cop_no: r.text(t::copNo),
        pre_no: r.text(t::preNo),
        invt_no: r.text(t::invtNo),
        agent_code: r.text(t::agentCode),
        agent_name: r.text(t::agentName),
        ebc_code: r.text(t::ebcCode),
        ebc_name: r.text(t::ebcName),
    }
}

pub(super) fn master_bill<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>, lines: &'s [&'a str]) -> MasterBill {
    use way_bill_head as t;
    let head = r.head_or(t::guid, t::appType, t::appTime, t::appStatus, "");
    let lines = r.lines(lines, way_bill_list::FIELDS.len(), |r| {
        use way_bill_list as t;
        r.count(t::gnum);
        ParcelLine {
            waybill: r.text(t::logisticsNo),
            package_no: r.text(t::totalPackageNo),
            invt_no: r.text(t::invtNo),
        }
    });
    MasterBill {
        head,
        customs_code: r.text(t::customsCode),
        cop_no: r.text(t::copNo),
        pre_no: r.text(t::preNo),
        agent_code: r.text(t::agentCode),
        agent_name: r.text(t::agentName),
        loct_no: r.text(t::loctNo),
        traf_mode: r.text(t::trafMode),
        traf_name: r.text(t::trafName),
        voyage_no: r.text(t::voyageNo),
        bill_no: r.text(t::billNo),
        domestic_traf_no: r.text(t::domesticTrafNo),
        gross_weight: r.quantity(t::grossWeight),
        logistics_code: r.text(t::logisticsCode),
        logistics_name: r.text(t::logisticsName),
        msg_count: r.part(t::msgCount),
        msg_seq: r.part(t::msgSeqNo),
        lines,
    }
}

pub(super) fn export_refund<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>, lines: &'s [&'a str]) -> ExportRefund {
    use invt_refund_head as t;
    let head = r.head_or(t::guid, t::appType, t::appTime, t::appStatus, "");
    let lines = r.lines(lines, invt_refund_list::FIELDS.len(), |r| {
        use invt_refund_list as t;
        ExportRefundLine {
            gnum: r.count(t::gnum),
            gcode: r.text(t::gcode),
            gname: r.text(t::gname),
            model: r.text(t::gmodel),
            qty: r.quantity(t::qty),
            qty1: r.quantity(t::qty1),
            unit: r.text(t::unit),
            unit1: r.text(t::unit1),
            qty2: r.maybe_quantity(t::qty2),
            unit2: r.text(t::unit2),
        }
    });
    ExportRefund {
        head,
        customs_code: r.text(t::customsCode),
        loct_no: r.text(t::loctNo),
        ebp_code: r.text(t::ebpCode),
        ebp_name: r.text(t::ebpName),
        ebc_code: r.text(t::ebcCode),
        ebc_name: r.text(t::ebcName),
        logistics_no: r.text(t::logisticsNo),
        logistics_code: r.text(t::logisticsCode),
        logistics_name: r.text(t::logisticsName),
        cop_no: r.text(t::coElNo),
        pre_no: r.text(t::preNo),
        invt_no: r.text(t::invtNo),
        trade_mode: r.text(t::tradeMode),
        agent_code: r.text(t::agentCode),
        agent_name: r.text(t::agentName),
        bill_no: r.text(t::billNo),
        ie_flag: r.text(t::ieFlag),
        traf_mode: r.text(t::trafMode),
        traf_name: r.text(t::trafName),
        port_code: r.text(t::portCode),
        country: r.text(t::country),
        voyage_no: r.text(t::voyageNo),
        lines,
    }
}

pub(super) fn tally<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>) -> Tally {
    use invt_refund_detail as t;
    let head = r.head_or(t::guid, t::appType, t::appTime, t::appStatus, "");
    Tally {
        head,
        customs_code: r.text(t::customsCode),
        operator_code: r.text(t::operatorCode),
        operator_name: r.text(t::operatorName),
        logistics_code: r.text(t::logisticsCode),
        logistics_name: r.text(t::logisticsName),
        logistics_no: r.text(t::logisticsNo),
        invt_no: r.text(t::invtNo),
        cop_no: r.text(t::coElNo),
        pre_no: r.text(t::preNo),
        bill_no: r.text(t::billNo),
        ie_flag: r.text(t::ieFlag),
        traf_mode: r.text(t::trafMode),
        traf_name: r.text(t::trafName),
        voyage_no: r.text(t::voyageNo),
        location: r.text(t::location),
    }
}

pub(super) fn summary_apply<'s, 'a, P: Pseudonymise>(r: &mut Row<'s, 'a, '_, P>, lines: &'s [&'a str]) -> SummaryApply {
    use summary_apply_head as t;
    let head = r.head_or(t::guid, t::appType, t::appTime, t::appStatus, "2");
    let lines = r.lines(lines, summary_apply_list::FIELDS.len(), |r| {
        use summary_apply_list as t;
        r.text(t::invtNo)
    });
    SummaryApply {
        head,
        customs_code: r.text(t::customsCode),
        cop_no: r.text(t::copNo),
        pre_no: r.text(t::preNo),
        sum_no: r.text(t::sumNo),
        agent_code: r.text(t::agentCode),
        agent_name: r.text(t::agentName),
        ebc_code: r.text(t::ebcCode),
        ebc_name: r.text(t::ebcName),
        decl_agent_code: r.text(t::declAgentCode),
        decl_agent_name: r.text(t::declAgentName),
        from: r.maybe_time(t::startTime),
        until: r.maybe_time(t::endTime),
        loct_no: r.text(t::loctNo),
        summary_flag: r.text(t::summaryFlag),
        item_name_flag: r.text(t::itemNameFlag),
        msg_count: r.part(t::msgCount),
        msg_seq: r.part(t::msgSeqNo),
        lists: lines,
    }
}
