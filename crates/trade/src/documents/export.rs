//! The documents of export. They name no person: seller, producer and declarant are enterprises, and the buyer abroad
//! does not stand in them.

use super::Head;
use crate::money::{Amount, Price, Quantity};
use crate::pack::Text;
use crate::packed;
use crate::time::{Day, Moment};

packed! {
    /// CEB303 export order (出口订单), also the booking of an overseas warehouse (海外仓订仓单). Key: `number` + `ebc_code`.
    pub struct ExportOrder {
        1 => pub head: Head,
        2 => pub order_type: Text,
        /// `orderNo`.
        3 => pub number: Text,
        4 => pub ebp_code: Text,
        5 => pub ebp_name: Text,
        6 => pub ebc_code: Text,
        7 => pub ebc_name: Text,
        8 => pub goods_value: Amount,
        9 => pub freight: Amount,
        10 => pub currency: Text,
        11 => pub lines: Vec<ExportOrderLine>,
    }
}

packed! {
    pub struct ExportOrderLine {
        1 => pub gnum: u32,
        2 => pub item_no: Text,
        3 => pub item_name: Text,
        4 => pub bar_code: Text,
        5 => pub unit: Text,
        6 => pub currency: Text,
        7 => pub qty: Quantity,
        8 => pub price: Price,
        9 => pub total: Amount,
    }
}

packed! {
    /// CEB403 receipt of payment (收款单). Key: `ebc_code` + `order_no`.
    pub struct ReceiptOfPayment {
        1 => pub head: Head,
        2 => pub ebp_code: Text,
        3 => pub ebp_name: Text,
        4 => pub ebc_code: Text,
        5 => pub ebc_name: Text,
        6 => pub order_no: Text,
        7 => pub pay_code: Text,
        8 => pub pay_name: Text,
        /// `payNo`.
        9 => pub transaction: Text,
        /// `charge`, received.
        10 => pub amount: Amount,
        11 => pub currency: Text,
        /// `accountingDate`.
        12 => pub paid_at: Moment,
    }
}

packed! {
    /// CEB505 export waybill (出口运单). Key: `logistics_code` + `number`.
    pub struct ExportWaybill {
        1 => pub head: Head,
        2 => pub logistics_code: Text,
        3 => pub logistics_name: Text,
        /// `logisticsNo`.
        4 => pub number: Text,
        5 => pub freight: Amount,
        6 => pub insured_fee: Amount,
        7 => pub currency: Text,
        8 => pub gross_weight: Quantity,
        9 => pub pack_no: u32,
        10 => pub ebc_code: Text,
        11 => pub ebc_name: Text,
    }
}

packed! {
    /// CEB507 arrival (运抵单): parcels came into the supervised place. Key: `operator_code` + `cop_no`.
    pub struct Arrival {
        1 => pub head: Head,
        2 => pub customs_code: Text,
        3 => pub cop_no: Text,
        4 => pub pre_no: Text,
        5 => pub operator_code: Text,
        6 => pub operator_name: Text,
        7 => pub loct_no: Text,
        8 => pub ie_flag: Text,
        9 => pub traf_mode: Text,
        10 => pub bill_no: Text,
        11 => pub domestic_traf_no: Text,
        12 => pub logistics_code: Text,
        13 => pub logistics_name: Text,
        14 => pub msg_count: u32,
        /// `msgSeqNo`.
        15 => pub msg_seq: u32,
        16 => pub lines: Vec<ParcelLine>,
    }
}

packed! {
    /// A parcel that an arrival, departure or master bill names.
    pub struct ParcelLine {
        /// `logisticsNo`.
        1 => pub waybill: Text,
        /// Number of the bag or pallet (`totalPackageNo`).
        2 => pub package_no: Text,
        /// List number, of a master bill only.
        3 => pub invt_no: Text,
    }
}

packed! {
    /// CEB509 departure (离境单). Key: `logistics_code` + `cop_no`.
    pub struct Departure {
        1 => pub head: Head,
        2 => pub customs_code: Text,
        3 => pub cop_no: Text,
        4 => pub pre_no: Text,
        5 => pub logistics_code: Text,
        6 => pub logistics_name: Text,
        7 => pub traf_mode: Text,
        8 => pub traf_name: Text,
        9 => pub voyage_no: Text,
        10 => pub bill_no: Text,
        /// `leaveTime`.
        11 => pub left_at: Moment,
        12 => pub msg_count: u32,
        /// `msgSeqNo`.
        13 => pub msg_seq: u32,
        14 => pub lines: Vec<ParcelLine>,
    }
}

packed! {
    /// CEB603 export list (出口清单). Key: `order_no` + `ebc_code`.
    pub struct ExportList {
        1 => pub head: Head,
        2 => pub customs_code: Text,
        3 => pub ebp_code: Text,
        4 => pub ebp_name: Text,
        5 => pub order_no: Text,
        6 => pub logistics_code: Text,
        7 => pub logistics_name: Text,
        8 => pub logistics_no: Text,
        9 => pub cop_no: Text,
        10 => pub pre_no: Text,
        11 => pub invt_no: Text,
        12 => pub ie_flag: Text,
        13 => pub port_code: Text,
        14 => pub ie_date: Day,
        15 => pub statistics_flag: Text,
        16 => pub agent_code: Text,
        17 => pub agent_name: Text,
        18 => pub ebc_code: Text,
        19 => pub ebc_name: Text,
        20 => pub owner_code: Text,
        21 => pub owner_name: Text,
        22 => pub iac_code: Text,
        23 => pub iac_name: Text,
        24 => pub ems_no: Text,
        25 => pub trade_mode: Text,
        26 => pub traf_mode: Text,
        27 => pub traf_name: Text,
        28 => pub voyage_no: Text,
        29 => pub bill_no: Text,
        /// `totalPackageNo`.
        30 => pub package_no: Text,
        31 => pub loct_no: Text,
        32 => pub license_no: Text,
        33 => pub country: Text,
        /// `POD`, port of destination.
        34 => pub pod: Text,
        35 => pub freight: Amount,
        /// `fCurrency`.
        36 => pub freight_currency: Text,
        /// `fFlag`: 3 for a total.
        37 => pub freight_flag: Text,
        38 => pub insured_fee: Amount,
        /// `iCurrency`.
        39 => pub insurance_currency: Text,
        /// `iFlag`: 3 for a total.
        40 => pub insurance_flag: Text,
        41 => pub wrap_type: Text,
        42 => pub pack_no: u32,
        43 => pub gross_weight: Quantity,
        44 => pub net_weight: Quantity,
        45 => pub lines: Vec<ExportListLine>,
    }
}

packed! {
    pub struct ExportListLine {
        1 => pub gnum: u32,
        2 => pub item_no: Text,
        3 => pub item_record_no: Text,
        4 => pub item_name: Text,
        5 => pub gcode: Text,
        6 => pub gname: Text,
        7 => pub model: Text,
        8 => pub bar_code: Text,
        9 => pub country: Text,
        10 => pub currency: Text,
        11 => pub qty: Quantity,
        12 => pub qty1: Quantity,
        13 => pub qty2: Option<Quantity>,
        14 => pub unit: Text,
        15 => pub unit1: Text,
        16 => pub unit2: Text,
        17 => pub price: Price,
        18 => pub total: Amount,
    }
}

packed! {
    /// CEB605 cancel application of an export list (撤销申请单).
    pub struct ExportCancel {
        1 => pub head: Head,
        2 => pub customs_code: Text,
        3 => pub cop_no: Text,
        4 => pub pre_no: Text,
        5 => pub invt_no: Text,
        6 => pub agent_code: Text,
        7 => pub agent_name: Text,
        8 => pub ebc_code: Text,
        9 => pub ebc_name: Text,
    }
}

packed! {
    /// CEB607 list to master bill (清单总分单). Key: `agent_code` + `cop_no`.
    pub struct MasterBill {
        1 => pub head: Head,
        2 => pub customs_code: Text,
        3 => pub cop_no: Text,
        4 => pub pre_no: Text,
        5 => pub agent_code: Text,
        6 => pub agent_name: Text,
        7 => pub loct_no: Text,
        8 => pub traf_mode: Text,
        9 => pub traf_name: Text,
        10 => pub voyage_no: Text,
        11 => pub bill_no: Text,
        12 => pub domestic_traf_no: Text,
        13 => pub gross_weight: Quantity,
        14 => pub logistics_code: Text,
        15 => pub logistics_name: Text,
        16 => pub msg_count: u32,
        /// `msgSeqNo`.
        17 => pub msg_seq: u32,
        18 => pub lines: Vec<ParcelLine>,
    }
}

packed! {
    /// CEB213 return application of exported goods (出口退货申请单).
    pub struct ExportRefund {
        1 => pub head: Head,
        2 => pub customs_code: Text,
        3 => pub loct_no: Text,
        4 => pub ebp_code: Text,
        5 => pub ebp_name: Text,
        6 => pub ebc_code: Text,
        7 => pub ebc_name: Text,
        8 => pub logistics_no: Text,
        9 => pub logistics_code: Text,
        10 => pub logistics_name: Text,
        /// `coElNo`.
        11 => pub cop_no: Text,
        12 => pub pre_no: Text,
        13 => pub invt_no: Text,
        14 => pub trade_mode: Text,
        15 => pub agent_code: Text,
        16 => pub agent_name: Text,
        17 => pub bill_no: Text,
        18 => pub ie_flag: Text,
        19 => pub traf_mode: Text,
        20 => pub traf_name: Text,
        21 => pub port_code: Text,
        22 => pub country: Text,
        23 => pub voyage_no: Text,
        24 => pub lines: Vec<ExportRefundLine>,
    }
}

packed! {
    pub struct ExportRefundLine {
        1 => pub gnum: u32,
        2 => pub gcode: Text,
        3 => pub gname: Text,
        4 => pub model: Text,
        5 => pub qty: Quantity,
        6 => pub qty1: Quantity,
        7 => pub unit: Text,
        8 => pub unit1: Text,
        9 => pub qty2: Option<Quantity>,
        10 => pub unit2: Text,
    }
}

packed! {
    /// CEB215 tally of a returned parcel (退货理货明细单).
    pub struct Tally {
        1 => pub head: Head,
        2 => pub customs_code: Text,
        3 => pub operator_code: Text,
        4 => pub operator_name: Text,
        5 => pub logistics_code: Text,
        6 => pub logistics_name: Text,
        7 => pub logistics_no: Text,
        8 => pub invt_no: Text,
        /// `coElNo`.
        9 => pub cop_no: Text,
        10 => pub pre_no: Text,
        11 => pub bill_no: Text,
        12 => pub ie_flag: Text,
        13 => pub traf_mode: Text,
        14 => pub traf_name: Text,
        15 => pub voyage_no: Text,
        16 => pub location: Text,
    }
}

packed! {
    /// CEB701 summary application (汇总申请单). Key: `agent_code` + `cop_no`.
    pub struct SummaryApply {
        1 => pub head: Head,
        2 => pub customs_code: Text,
        3 => pub cop_no: Text,
        4 => pub pre_no: Text,
        5 => pub sum_no: Text,
        6 => pub agent_code: Text,
        7 => pub agent_name: Text,
        8 => pub ebc_code: Text,
        9 => pub ebc_name: Text,
        10 => pub decl_agent_code: Text,
        11 => pub decl_agent_name: Text,
        /// `startTime`.
        12 => pub from: Option<Moment>,
        /// `endTime`.
        13 => pub until: Option<Moment>,
        14 => pub loct_no: Text,
        15 => pub summary_flag: Text,
        16 => pub item_name_flag: Text,
        17 => pub msg_count: u32,
        /// `msgSeqNo`.
        18 => pub msg_seq: u32,
        /// `invtNo` of each line; not looked at where a period is given.
        19 => pub lists: Vec<Text>,
    }
}
