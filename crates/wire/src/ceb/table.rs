//! The table: every message of the family, field by field; those of export in [`export`].
//!
//! A row says the type, whether the field may be missing, where its value goes, the term of the specification, what
//! it is, and other spellings in use. Order, length and number are those of the official schema of 2022-05; `Safe`
//! and `Extra` are our reading of what older clients send. Adding a field is adding a row.

use super::dsig;
use super::schema::{ANY_LENGTH, Attribute, Body, Goes::*, Item, Need::*, Type::*};
use trade::documents::MessageKind;

macro_rules! groups {
    ($($module:ident = $name:literal {
        $($field:ident: $kind:expr, $need:expr, $goes:expr, $zh:literal, $en:literal $(, or $other:literal)*;)*
    })*) => { $(
        /// The rows of one element, and the place of each by its name.
        #[allow(non_upper_case_globals, dead_code)]
        pub mod $module {
            use super::*;
            pub const NAME: &str = $name;
            pub const FIELDS: &[Item] = &[
                $(Item::field(stringify!($field), $kind, $need, $goes, $zh, $en, &[$($other),*])
                    .tagged(concat!("</ceb:", stringify!($field), ">"))),*
            ];
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Place { $($field),* }
            $(pub const $field: usize = Place::$field as usize;)*
        }
    )* };
}

groups! {
    order_head = "OrderHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 3), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        orderType: Text(1, 1), Must, Kept, "订单类型", "order type, I for import";
        orderNo: Text(1, 60), Must, Kept, "订单编号", "order number";
        ebpCode: Text(1, 18), Must, Kept, "电商平台代码", "platform";
        ebpName: Text(1, 100), Safe, Kept, "电商平台名称", "name of the platform";
        ebcCode: Text(1, 18), Must, Kept, "电商企业代码", "seller";
        ebcName: Text(1, 100), Safe, Kept, "电商企业名称", "name of the seller";
        goodsValue: Decimal, Must, Kept, "商品价格", "value of the goods";
        freight: Decimal, Must, Kept, "运杂费/运费", "carriage";
        discount: Decimal, Must, Kept, "非现金抵扣金额", "non-cash deduction";
        taxTotal: Decimal, Must, Kept, "代扣税款", "tax collected in advance";
        acturalPaid: Decimal, Must, Kept, "实际支付金额", "amount paid";
        currency: Fixed("142"), Must, Kept, "币制", "currency, 142";
        buyerRegNo: Text(1, 60), Must, Account, "订购人注册号", "buyer's account on the platform";
        buyerName: Text(1, 60), Must, Name, "订购人姓名", "name of the buyer";
        buyerTelephone: Text(1, 30), Safe, Telephone, "订购人电话", "telephone of the buyer";
        buyerIdType: Text(1, 1), Must, Kept, "订购人证件类型", "kind of identity paper, 1 for the resident card";
        buyerIdNumber: Text(1, 60), Must, Identity, "订购人证件号码", "identity number of the buyer";
        payCode: Text(0, 18), May, Kept, "支付企业代码", "payment enterprise";
        payName: Text(0, 100), May, Kept, "支付企业名称", "name of the payment enterprise";
        payTransactionId: Text(0, 60), May, Kept, "支付交易编号", "number of the payment";
        batchNumbers: Text(0, 100), May, Kept, "商品批次号", "batch numbers";
        consignee: Text(1, 100), Must, Name, "收货人姓名", "name of the consignee";
        consigneeTelephone: Text(1, 50), Must, Telephone, "收货人电话", "telephone of the consignee";
        consigneeAddress: Text(1, 200), Must, Address, "收货地址", "where the parcel goes";
        consigneeDistrict: Text(6, 6), May, Kept, "收货地址行政区划代码", "district of the address", or "consigneeDitrict";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    order_list = "OrderList" {
        gnum: Int(10), Must, Kept, "商品序号", "line of goods";
        itemNo: Text(0, 30), May, Kept, "企业商品货号", "item number of the seller";
        itemName: Text(1, 250), Must, Kept, "企业商品名称", "name under which it was sold";
        gmodel: Text(1, 510), Safe, Kept, "商品规格型号", "specification and model";
        itemDescribe: Text(0, 1000), May, Vault, "企业商品描述", "description";
        barCode: Text(0, 50), May, Kept, "条形码", "bar code";
        unit: Text(3, 3), Must, Kept, "计量单位", "declared unit";
        qty: Decimal, Must, Kept, "数量", "declared quantity";
        price: Decimal, Must, Kept, "单价", "unit price";
        totalPrice: Decimal, Must, Kept, "总价", "line total";
        currency: Fixed("142"), Must, Kept, "币制", "currency, 142";
        country: Text(3, 3), Must, Kept, "原产国/国家(地区)", "country";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    order_return = "OrderReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        ebpCode: Text(1, 18), Must, Kept, "电商平台代码", "platform";
        ebcCode: Text(1, 18), Must, Kept, "电商企业代码", "seller";
        orderNo: Text(1, 60), Must, Kept, "订单编号", "order number";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(1, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    payment_head = "PaymentHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 3), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        payCode: Text(1, 18), Must, Kept, "支付企业代码", "payment enterprise";
        payName: Text(1, 100), Safe, Kept, "支付企业名称", "name of the payment enterprise";
        payTransactionId: Text(1, 60), Must, Kept, "支付交易编号", "number of the payment";
        orderNo: Text(1, 60), Must, Kept, "订单编号", "order number";
        ebpCode: Text(1, 18), Must, Kept, "电商平台代码", "platform";
        ebpName: Text(1, 100), Safe, Kept, "电商平台名称", "name of the platform";
        payerIdType: Text(1, 1), Must, Kept, "支付人证件类型", "kind of identity paper, 1 for the resident card";
        payerIdNumber: Text(1, 60), Must, Identity, "支付人证件号码", "identity number of the payer";
        payerName: Text(1, 60), Must, Name, "支付人姓名", "name of the payer";
        telephone: Text(0, 60), May, Telephone, "支付人电话", "telephone of the payer";
        amountPaid: Decimal, Must, Kept, "支付金额", "amount paid";
        currency: Fixed("142"), Must, Kept, "币制", "currency, 142";
        payTime: Time, Must, Kept, "支付时间", "time of payment";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    payment_return = "PaymentReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        payCode: Text(1, 18), Must, Kept, "支付企业代码", "payment enterprise";
        payTransactionId: Text(1, 60), Must, Kept, "支付交易编号", "number of the payment";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(1, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    logistics_head = "LogisticsHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 3), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        logisticsCode: Text(1, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(1, 100), Safe, Kept, "物流企业名称", "name of the logistics enterprise";
        logisticsNo: Text(1, 60), Must, Kept, "物流运单编号", "waybill number";
        billNo: Text(0, 37), May, Kept, "提运单号", "master bill";
        orderNo: Text(1, 60), Safe, Kept, "订单编号", "order number";
        freight: Decimal, May, Kept, "运杂费/运费", "carriage";
        insuredFee: Decimal, May, Kept, "保价费/保费", "insurance";
        currency: Fixed("142"), Must, Kept, "币制", "currency, 142";
        weight: Decimal, Must, Kept, "毛重", "gross weight, kg";
        packNo: Int(9), Must, Kept, "件数", "number of parcels, 1";
        goodsInfo: Text(0, 200), May, Vault, "主要货物信息", "main goods";
        consignee: Text(1, 100), Must, Name, "收货人姓名", "name of the consignee", or "consingee";
        consigneeAddress: Text(1, 200), Must, Address, "收货地址", "where the parcel goes";
        consigneeTelephone: Text(1, 50), Must, Telephone, "收货人电话", "telephone of the consignee";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    logistics_return = "LogisticsReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        logisticsCode: Text(1, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsNo: Text(1, 60), Must, Kept, "物流运单编号", "waybill number";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(1, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    logistics_status = "LogisticsStatus" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 3), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        logisticsCode: Text(1, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(1, 100), Safe, Kept, "物流企业名称", "name of the logistics enterprise";
        logisticsNo: Text(1, 60), Must, Kept, "物流运单编号", "waybill number";
        logisticsStatus: Text(1, 1), Must, Kept, "物流运单状态", "state of the waybill, S signed for";
        logisticsTime: Time, Must, Kept, "物流状态时间", "when that happened";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    logistics_status_return = "LogisticsStatusReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        logisticsCode: Text(1, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsNo: Text(1, 60), Must, Kept, "物流运单编号", "waybill number";
        logisticsStatus: Text(1, 1), Must, Kept, "物流运单状态", "state of the waybill, S signed for";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(1, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    inventory_head = "InventoryHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 3), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        orderNo: Text(1, 60), Must, Kept, "订单编号", "order number";
        ebpCode: Text(1, 18), Must, Kept, "电商平台代码", "platform";
        ebpName: Text(1, 100), Safe, Kept, "电商平台名称", "name of the platform";
        ebcCode: Text(1, 18), Must, Kept, "电商企业代码", "seller";
        ebcName: Text(1, 100), Safe, Kept, "电商企业名称", "name of the seller";
        logisticsNo: Text(1, 60), Must, Kept, "物流运单编号", "waybill number";
        logisticsCode: Text(1, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(1, 100), Safe, Kept, "物流企业名称", "name of the logistics enterprise";
        copNo: Text(0, 20), May, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(0, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        assureCode: Text(1, 30), Must, Kept, "担保企业编号", "guarantor";
        emsNo: Text(0, 30), May, Kept, "账册编号", "account book";
        invtNo: Text(0, 18), May, Kept, "清单编号", "list number";
        ieFlag: Text(1, 1), Must, Kept, "进出口标记", "I import";
        declTime: Day, Must, Kept, "申报日期", "day of declaration";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        portCode: Text(4, 4), Must, Kept, "口岸海关代码", "office of the port";
        ieDate: Day, May, Kept, "进口/出口日期", "day of entry";
        buyerIdType: Text(1, 1), Must, Kept, "订购人证件类型", "kind of identity paper, 1 for the resident card";
        buyerIdNumber: Text(1, 60), Must, Identity, "订购人证件号码", "identity number of the buyer";
        buyerName: Text(1, 60), Must, Name, "订购人姓名", "name of the buyer";
        buyerTelephone: Text(1, 30), Safe, Telephone, "订购人电话", "telephone of the buyer";
        consigneeAddress: Text(1, 200), Must, Address, "收货地址", "where the parcel goes";
        agentCode: Text(1, 18), Must, Kept, "申报企业代码", "declarant";
        agentName: Text(1, 100), Safe, Kept, "申报企业名称", "name of the declarant";
        areaCode: Text(0, 18), May, Kept, "区内企业代码", "area operator";
        areaName: Text(0, 100), May, Kept, "区内企业名称", "name of the area operator";
        tradeMode: Text(4, 4), Must, Kept, "贸易方式", "trade mode: 9610, 1210";
        trafMode: Text(1, 1), Must, Kept, "运输方式", "mode of transport";
        trafNo: Text(0, 100), May, Kept, "运输工具编号", "vehicle";
        voyageNo: Text(0, 32), May, Kept, "航班航次号", "voyage or flight";
        billNo: Text(0, 37), May, Kept, "提运单号", "master bill";
        loctNo: Text(0, 10), May, Kept, "监管场所代码", "supervised place";
        licenseNo: Text(0, 19), May, Kept, "许可证件号", "licence";
        country: Text(3, 3), Must, Kept, "起运国/原产国", "country";
        freight: Decimal, Must, Kept, "运杂费/运费", "carriage";
        insuredFee: Decimal, Must, Kept, "保价费/保费", "insurance";
        currency: Fixed("142"), Must, Kept, "币制", "currency, 142";
        wrapType: Text(1, 1), May, Kept, "包装种类代码", "kind of package";
        packNo: Int(9), Must, Kept, "件数", "number of parcels, 1";
        grossWeight: Decimal, Must, Kept, "毛重", "gross weight, kg";
        netWeight: Decimal, Must, Kept, "净重", "net weight, kg";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    inventory_list = "InventoryList" {
        gnum: Int(10), Must, Kept, "序号", "line of goods";
        itemRecordNo: Text(0, 30), May, Kept, "账册备案料号", "item of the account book";
        itemNo: Prose(0, 20, 30), May, Kept, "企业商品货号", "item number of the seller";
        itemName: Text(0, 250), May, Kept, "企业商品名称", "name under which it was sold";
        gcode: Text(10, 10), Must, Kept, "商品编码", "HS code";
        gname: Text(1, 250), Must, Kept, "商品名称", "name of the goods";
        gmodel: Text(1, 510), Must, Kept, "商品规格型号", "specification and model";
        barCode: Text(0, 50), May, Kept, "条形码", "bar code";
        country: Text(3, 3), Must, Kept, "起运国/原产国", "country";
        tradeCountry: Text(1, 3), May, Kept, "贸易国", "trading country";
        currency: Fixed("142"), Must, Kept, "币制", "currency, 142";
        qty: Decimal, Must, Kept, "数量", "declared quantity";
        unit: Text(3, 3), Must, Kept, "计量单位", "declared unit";
        qty1: Decimal, Must, Kept, "法定数量", "first statutory quantity";
        unit1: Text(3, 3), Must, Kept, "法定计量单位", "first statutory unit";
        qty2: Decimal, May, Kept, "第二数量", "second statutory quantity";
        unit2: Text(3, 3), May, Kept, "第二计量单位", "second statutory unit";
        price: Decimal, Must, Kept, "单价", "unit price";
        totalPrice: Decimal, Must, Kept, "总价", "line total";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    inventory_return = "InventoryReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        customsCode: Text(4, 4), May, Kept, "申报海关代码", "customs office";
        ebpCode: Text(1, 18), May, Kept, "电商平台代码", "platform";
        ebcCode: Text(1, 18), May, Kept, "电商企业代码", "seller";
        agentCode: Text(1, 18), May, Kept, "申报企业代码", "declarant";
        copNo: Text(1, 20), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), Must, Kept, "预录入/电子口岸编号", "pre-entry number";
        invtNo: Text(18, 18), May, Kept, "清单编号", "list number";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(1, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    invt_cancel = "InvtCancel" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 3), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        orderNo: Text(1, 60), Must, Kept, "订单编号", "order number";
        ebpCode: Text(1, 18), Must, Kept, "电商平台代码", "platform";
        ebpName: Text(1, 100), Safe, Vault, "电商平台名称", "name of the platform";
        ebcCode: Text(1, 18), Must, Kept, "电商企业代码", "seller";
        ebcName: Text(1, 100), Safe, Vault, "电商企业名称", "name of the seller";
        logisticsNo: Text(1, 60), Must, Kept, "物流运单编号", "waybill number";
        logisticsCode: Text(1, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(1, 100), Safe, Vault, "物流企业名称", "name of the logistics enterprise";
        copNo: Text(0, 20), May, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(0, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        invtNo: Text(1, 18), Must, Kept, "清单编号", "list number";
        buyerIdType: Text(1, 1), Must, Kept, "订购人证件类型", "kind of identity paper, 1 for the resident card";
        buyerIdNumber: Text(1, 60), Must, Identity, "订购人证件号码", "identity number of the buyer";
        buyerName: Text(1, 60), Must, Name, "订购人姓名", "name of the buyer";
        buyerTelephone: Text(1, 30), Safe, Telephone, "订购人电话", "telephone of the buyer";
        agentCode: Text(1, 18), Must, Kept, "申报企业代码", "declarant";
        agentName: Text(1, 100), Safe, Kept, "申报企业名称", "name of the declarant";
        reason: Text(1, 1000), Must, Vault, "原因", "reason";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    invt_cancel_return = "InvtCancelReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        customsCode: Text(4, 4), May, Kept, "申报海关代码", "customs office";
        agentCode: Text(1, 18), May, Kept, "申报企业代码", "declarant";
        ebpCode: Text(1, 18), May, Kept, "电商平台代码", "platform";
        ebcCode: Text(1, 18), May, Kept, "电商企业代码", "seller";
        copNo: Text(1, 20), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), Must, Kept, "预录入/电子口岸编号", "pre-entry number";
        invtNo: Text(18, 18), May, Kept, "清单编号", "list number";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(1, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    invt_refund_head = "InvtRefundHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 3), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        orderNo: Text(1, 60), Must, Kept, "订单编号", "order number";
        ebpCode: Text(1, 18), Must, Kept, "电商平台代码", "platform";
        ebpName: Text(1, 100), Safe, Vault, "电商平台名称", "name of the platform";
        ebcCode: Text(1, 18), Must, Kept, "电商企业代码", "seller";
        ebcName: Text(1, 100), Safe, Vault, "电商企业名称", "name of the seller";
        logisticsNo: Text(1, 60), Must, Kept, "物流运单编号", "waybill number";
        logisticsCode: Text(1, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(1, 100), Safe, Vault, "物流企业名称", "name of the logistics enterprise";
        copNo: Text(0, 20), May, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(0, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        invtNo: Text(1, 18), Must, Kept, "清单编号", "list number";
        buyerIdType: Text(1, 1), Must, Kept, "订购人证件类型", "kind of identity paper, 1 for the resident card";
        buyerIdNumber: Text(1, 60), Must, Identity, "订购人证件号码", "identity number of the buyer";
        buyerName: Text(1, 60), Must, Name, "订购人姓名", "name of the buyer";
        buyerTelephone: Text(1, 30), Safe, Telephone, "订购人电话", "telephone of the buyer";
        agentCode: Text(1, 18), Must, Kept, "申报企业代码", "declarant";
        agentName: Text(1, 100), Safe, Kept, "申报企业名称", "name of the declarant";
        reason: Text(1, 1000), Must, Vault, "原因", "reason";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    invt_refund_list = "InvtRefundList" {
        gnum: Int(10), Must, Kept, "序号", "line of goods";
        gcode: Text(10, 10), Must, Kept, "商品编码", "HS code";
        gname: Text(1, 250), Must, Kept, "商品名称", "name of the goods";
        qty: Decimal, Must, Kept, "数量", "declared quantity";
        unit: Text(3, 3), Must, Kept, "计量单位", "declared unit";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    invt_refund_return = "InvtRefundReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        customsCode: Text(4, 4), May, Kept, "申报海关代码", "customs office";
        agentCode: Text(1, 18), May, Kept, "申报企业代码", "declarant";
        ebpCode: Text(1, 18), May, Kept, "电商平台代码", "platform";
        ebcCode: Text(1, 18), May, Kept, "电商企业代码", "seller";
        copNo: Text(1, 20), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), Must, Kept, "预录入/电子口岸编号", "pre-entry number";
        invtNo: Text(18, 18), May, Kept, "清单编号", "list number";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(1, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    delivery_head = "DeliveryHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 3), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        copNo: Text(0, 20), May, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(0, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        rkdNo: Text(0, 18), May, Kept, "入库单编号", "warehouse-in number";
        operatorCode: Text(1, 18), Must, Kept, "监管场所经营人代码", "operator of the supervised place";
        operatorName: Text(1, 100), Safe, Kept, "监管场所经营人名称", "name of the operator";
        ieFlag: Text(1, 1), Must, Kept, "进出口标记", "I import";
        trafMode: Text(1, 1), Must, Kept, "运输方式", "mode of transport";
        trafNo: Text(1, 100), Must, Kept, "运输工具编号", "vehicle";
        voyageNo: Text(1, 32), Must, Kept, "航班航次号", "voyage or flight";
        billNo: Text(1, 37), Must, Kept, "提运单号", "master bill";
        logisticsCode: Text(1, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(1, 100), Safe, Kept, "物流企业名称", "name of the logistics enterprise";
        unloadLocation: Text(0, 100), May, Kept, "卸货库位", "place of unloading";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    delivery_list = "DeliveryList" {
        gnum: Int(10), Must, Vault, "商品序号", "line of goods";
        logisticsNo: Text(1, 60), Must, Kept, "物流运单编号", "waybill number";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    delivery_return = "DeliveryReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        customsCode: Text(4, 4), May, Kept, "申报海关代码", "customs office";
        operatorCode: Text(1, 18), May, Kept, "监管场所经营人代码", "operator of the supervised place";
        copNo: Text(0, 20), May, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(0, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        rkdNo: Text(0, 18), May, Kept, "入库单编号", "warehouse-in number";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(1, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    tax_head_rd = "TaxHeadRd" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        invtNo: Text(1, 18), Must, Kept, "清单编号", "list number";
        taxNo: Text(1, 50), Must, Kept, "电子税单编号", "tax bill number";
        customsTax: Decimal, Must, Kept, "应征关税", "duty";
        valueAddedTax: Decimal, Must, Kept, "应征增值税", "value-added tax";
        consumptionTax: Decimal, Must, Kept, "应征消费税", "consumption tax";
        status: Text(1, 1), Must, Kept, "税单状态", "state of the tax bill: 1 made, 2 summarised, 3 void";
        entDutyNo: Text(0, 50), May, Kept, "缴款书编号", "summary payment number";
        note: Text(0, 1000), May, Vault, "备注", "note";
        assureCode: Text(0, 64), May, Kept, "担保企业编号", "guarantor";
        ebcCode: Text(0, 64), May, Kept, "电商企业代码", "seller";
        logisticsCode: Text(0, 64), May, Kept, "物流企业代码", "logistics enterprise";
        agentCode: Text(1, 18), May, Kept, "申报企业代码", "declarant";
        customsCode: Text(4, 4), May, Kept, "申报海关代码", "customs office";
        orderNo: Text(0, 60), Extra, Vault, "订单编号", "order number, in the prose only";
        logisticsNo: Text(0, 80), Extra, Vault, "物流运单编号", "waybill number, in the prose only", or "logisticNo";
    }
    tax_list_rd = "TaxListRd" {
        gnum: Int(10), Must, Kept, "商品序号", "line of goods";
        gcode: Text(10, 10), Must, Kept, "商品编码", "HS code";
        taxPrice: Decimal, Must, Kept, "完税总价格", "taxable price";
        customsTax: Decimal, Must, Kept, "应征关税", "duty";
        valueAddedTax: Decimal, Must, Kept, "应征增值税", "value-added tax";
        consumptionTax: Decimal, Must, Kept, "应征消费税", "consumption tax";
    }
    tax_head_status = "TaxHeadStatus" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        invtNo: Text(1, 18), Must, Kept, "清单编号", "list number";
        taxNo: Text(1, 50), Must, Kept, "电子税单编号", "tax bill number";
        status: Text(1, 1), Must, Kept, "税单状态", "state of the tax bill: 1 made, 2 summarised, 3 void";
        entDutyNo: Text(0, 50), May, Kept, "缴款书编号", "summary payment number";
        assureCode: Text(0, 64), May, Kept, "担保企业编号", "guarantor";
    }
    message_return = "MessageReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnInfo: Text(0, 5000), Must, Kept, "回执信息", "words of the receipt";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        oriCopMsgId: Text(0, 255), Must, Kept, "原始copMsgId", "number of the original message";
        oriMessageType: Text(0, 15), Must, Kept, "原始报文类型", "type of the original message";
        oriBizMessage: Text(0, ANY_LENGTH), Must, Kept, "原始报文内容", "text of the original message";
    }
}

groups! {
    base_transfer = "BaseTransfer" {
        copCode: Text(1, 18), Must, Kept, "报文传输企业代码", "who transmits";
        copName: Text(0, 100), Safe, Kept, "报文传输企业名称", "name of who transmits";
        dxpMode: Text(3, 3), Safe, Vault, "报文传输模式", "way of transmission, DXP";
        dxpId: Text(0, 30), Safe, Kept, "报文传输编号", "number of the transmitter";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    base_subscribe = "BaseSubscribe" {
        status: Text(0, 100), Must, Vault, "订阅状态", "ALL, DATA or RET";
        dxpMode: Text(3, 3), Must, Vault, "订阅方传输模式", "way of transmission, DXP";
        dxpAddress: Text(0, 100), Must, Vault, "订阅方传输地址", "number of the subscriber";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
}

/// The attributes of every root.
pub const ROOT: &[Attribute] = &[
    Attribute { name: "guid", kind: Text(36, 36), required: true },
    Attribute { name: "version", kind: Text(1, 10), required: true },
];

const EXTEND: &[Item] = &[
    Item::field("name", Text(0, 30), Must, Vault, "扩展名称", "name of the extension", &[]),
    Item::field("version", Text(0, 30), Must, Vault, "扩展版本", "its version", &[]),
    Item::node("Message", &[], 1, 1).holding(Body::AnyOne),
];

pub const BASE_TRANSFER: Item = Item::node("BaseTransfer", base_transfer::FIELDS, 1, 1);
pub const BASE_SUBSCRIBE: Item = Item::node("BaseSubscribe", base_subscribe::FIELDS, 0, 5);
pub static EXTEND_MESSAGE: Item = Item::node("ExtendMessage", EXTEND, 0, 1);

const MANY: u32 = u32::MAX;

/// One message of the family.
#[derive(Debug)]
pub struct Message {
    pub kind: MessageKind,
    pub root: Item,
    /// The element that stands once for each document.
    pub document: Item,
    /// Name and rows of its head; without a name, the rows stand in the document itself.
    pub head: (&'static str, &'static [Item]),
    /// Name and rows of its lines.
    pub lines: (&'static str, &'static [Item]),
}

impl Message {
    /// The messages of import, then those of export.
    pub fn all() -> impl Iterator<Item = &'static Message> {
        IMPORT.iter().chain(export::EXPORT)
    }

    /// The message of this kind.
    pub fn of(kind: MessageKind) -> Option<&'static Message> {
        Message::all().find(|m| m.kind == kind)
    }

    /// The message with this root element.
    pub fn rooted(root: &str) -> Option<&'static Message> {
        Message::all().find(|m| m.root.name == root)
    }
}

const fn bare(rows: &'static [Item]) -> Rows {
    Rows { head: ("", rows), lines: ("", &[]) }
}

struct Rows {
    head: (&'static str, &'static [Item]),
    lines: (&'static str, &'static [Item]),
}

macro_rules! messages {
    ($name:ident: $($kind:ident $root:literal: $document:expr, $rows:expr $(, then [$($tail:expr),*])?;)*) => {
        /// Every message of one direction.
        pub static $name: &[Message] = &[$(Message {
            kind: MessageKind::$kind,
            root: Item::node($root, &[$document $($(, $tail)*)?], 1, 1).with(ROOT),
            document: $document,
            head: $rows.head,
            lines: $rows.lines,
        }),*];
    };
}

pub mod export;

messages! { IMPORT:
    Order "CEB311Message":
        Item::node("Order", &[Item::node(order_head::NAME, order_head::FIELDS, 1, 1), Item::node(order_list::NAME, order_list::FIELDS, 1, 99)], 1, 100),
        Rows { head: (order_head::NAME, order_head::FIELDS), lines: (order_list::NAME, order_list::FIELDS) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, EXTEND_MESSAGE, dsig::OPTIONAL];
    OrderReturn "CEB312Message":
        Item::node("OrderReturn", order_return::FIELDS, 1, 100),
        bare(order_return::FIELDS);
    Payment "CEB411Message":
        Item::node("Payment", &[Item::node(payment_head::NAME, payment_head::FIELDS, 1, 1)], 1, 100),
        Rows { head: (payment_head::NAME, payment_head::FIELDS), lines: ("", &[]) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, EXTEND_MESSAGE, dsig::OPTIONAL];
    PaymentReturn "CEB412Message":
        Item::node("PaymentReturn", payment_return::FIELDS, 1, 100),
        bare(payment_return::FIELDS);
    Waybill "CEB511Message":
        Item::node("Logistics", &[Item::node(logistics_head::NAME, logistics_head::FIELDS, 1, 1)], 1, 100),
        Rows { head: (logistics_head::NAME, logistics_head::FIELDS), lines: ("", &[]) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, EXTEND_MESSAGE, dsig::OPTIONAL];
    WaybillReturn "CEB512Message":
        Item::node("LogisticsReturn", logistics_return::FIELDS, 1, 100),
        bare(logistics_return::FIELDS);
    WaybillStatus "CEB513Message":
        Item::node("LogisticsStatus", logistics_status::FIELDS, 1, 100),
        bare(logistics_status::FIELDS), then [BASE_TRANSFER, BASE_SUBSCRIBE, EXTEND_MESSAGE, dsig::OPTIONAL];
    WaybillStatusReturn "CEB514Message":
        Item::node("LogisticsStatusReturn", logistics_status_return::FIELDS, 1, 100),
        bare(logistics_status_return::FIELDS);
    List "CEB621Message":
        Item::node("Inventory", &[Item::node(inventory_head::NAME, inventory_head::FIELDS, 1, 1), Item::node(inventory_list::NAME, inventory_list::FIELDS, 1, 99)], 1, 100),
        Rows { head: (inventory_head::NAME, inventory_head::FIELDS), lines: (inventory_list::NAME, inventory_list::FIELDS) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, EXTEND_MESSAGE, dsig::REQUIRED];
    ListReturn "CEB622Message":
        Item::node("InventoryReturn", inventory_return::FIELDS, 1, 100),
        bare(inventory_return::FIELDS);
    Cancel "CEB623Message":
        Item::node("InvtCancel", invt_cancel::FIELDS, 1, 100),
        bare(invt_cancel::FIELDS), then [BASE_TRANSFER, BASE_SUBSCRIBE, EXTEND_MESSAGE, dsig::REQUIRED];
    CancelReturn "CEB624Message":
        Item::node("InvtCancelReturn", invt_cancel_return::FIELDS, 1, 100),
        bare(invt_cancel_return::FIELDS);
    Refund "CEB625Message":
        Item::node("InvtRefund", &[Item::node(invt_refund_head::NAME, invt_refund_head::FIELDS, 1, 1), Item::node(invt_refund_list::NAME, invt_refund_list::FIELDS, 1, 99)], 1, 100).spelled(&["InvtRefound"]),
        Rows { head: (invt_refund_head::NAME, invt_refund_head::FIELDS), lines: (invt_refund_list::NAME, invt_refund_list::FIELDS) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, EXTEND_MESSAGE, dsig::REQUIRED];
    RefundReturn "CEB626Message":
        Item::node("InvtRefundReturn", invt_refund_return::FIELDS, 1, 100),
        bare(invt_refund_return::FIELDS);
    Delivery "CEB711Message":
        Item::node("Delivery", &[Item::node(delivery_head::NAME, delivery_head::FIELDS, 1, 1), Item::node(delivery_list::NAME, delivery_list::FIELDS, 1, MANY)], 1, 1),
        Rows { head: (delivery_head::NAME, delivery_head::FIELDS), lines: (delivery_list::NAME, delivery_list::FIELDS) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, EXTEND_MESSAGE, dsig::REQUIRED];
    DeliveryReturn "CEB712Message":
        Item::node("DeliveryReturn", delivery_return::FIELDS, 1, 100),
        bare(delivery_return::FIELDS);
    TaxBill "CEB816Message":
        Item::node("Tax", &[Item::node(tax_head_rd::NAME, tax_head_rd::FIELDS, 1, 1), Item::node(tax_list_rd::NAME, tax_list_rd::FIELDS, 1, 99)], 1, MANY),
        Rows { head: (tax_head_rd::NAME, tax_head_rd::FIELDS), lines: (tax_list_rd::NAME, tax_list_rd::FIELDS) };
    TaxBillState "CEB818Message":
        Item::node("Tax", &[Item::node(tax_head_status::NAME, tax_head_status::FIELDS, 1, 1)], 1, MANY),
        Rows { head: (tax_head_status::NAME, tax_head_status::FIELDS), lines: ("", &[]) };
    FormatReturn "CEB900Message":
        Item::node("MessageReturn", message_return::FIELDS, 1, 1),
        bare(message_return::FIELDS);
}
