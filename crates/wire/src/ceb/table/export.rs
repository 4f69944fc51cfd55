//! The export family of the table: order, length and number as in the official schema of 2022-05. What the trial
//! edition of 2018 allowed to be longer stands as `Prose`.

use super::super::dsig;
use super::super::schema::{Goes::*, Item, Need::*, Type::*};
use super::{BASE_SUBSCRIBE, EXTEND_MESSAGE, MANY, Message, ROOT, Rows, bare};
use trade::documents::MessageKind;

groups! {
    order_head = "OrderHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Or("1", &Text(1, 1)), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        orderType: Text(1, 1), Must, Kept, "订单类型", "E retail, B between enterprises, W by a comprehensive service enterprise";
        orderNo: Text(0, 60), Must, Kept, "电商订单/海外仓订仓单编号", "order number";
        ebpCode: Prose(0, 18, 50), Must, Kept, "电商平台代码", "platform";
        ebpName: Text(0, 100), Safe, Kept, "电商平台名称", "name of the platform";
        ebcCode: Text(0, 18), Must, Kept, "电商企业代码", "seller";
        ebcName: Text(0, 100), Safe, Kept, "电商企业名称", "name of the seller";
        goodsValue: Decimal, Must, Kept, "商品金额", "value of the goods, FOB";
        freight: Or("0", &Decimal), Must, Kept, "运杂费/运费", "carriage";
        currency: Text(3, 3), Must, Kept, "币制", "currency";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    order_list = "OrderList" {
        gnum: Int(5), Must, Kept, "序号", "line of goods";
        itemNo: Text(0, 30), Must, Kept, "企业商品货号", "item number of the seller";
        itemName: Text(0, 250), Must, Kept, "企业商品名称", "name under which it was sold";
        itemDescribe: Text(0, 1000), May, Vault, "企业商品描述", "description";
        barCode: Text(0, 50), May, Kept, "条形码", "bar code";
        unit: Text(3, 3), Must, Kept, "计量单位", "declared unit";
        currency: Text(3, 3), Must, Kept, "币制", "currency";
        qty: Decimal, Must, Kept, "数量", "declared quantity";
        price: Decimal, Must, Kept, "单价", "unit price";
        totalPrice: Decimal, Must, Kept, "总价", "line total";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    order_return = "OrderReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        ebpCode: Prose(0, 18, 50), Must, Kept, "电商平台代码", "platform";
        ebcCode: Text(0, 18), Must, Kept, "电商企业代码", "seller";
        orderNo: Text(0, 60), Must, Kept, "订单编号", "order number";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(0, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    receipts = "Receipts" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Or("1", &Text(1, 1)), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        ebpCode: Prose(0, 18, 50), Must, Kept, "电商平台代码", "platform";
        ebpName: Text(0, 100), Safe, Kept, "电商平台名称", "name of the platform";
        ebcCode: Text(0, 18), Must, Kept, "电商企业代码", "seller";
        ebcName: Text(0, 100), Safe, Kept, "电商企业名称", "name of the seller";
        orderNo: Text(0, 60), Must, Kept, "订单编号", "order number";
        payCode: Text(0, 18), May, Kept, "支付企业代码", "payment enterprise";
        payName: Text(0, 100), Safe, Kept, "支付企业名称", "name of the payment enterprise";
        payNo: Text(0, 60), May, Kept, "支付交易编号", "number of the payment";
        charge: Decimal, Must, Kept, "收款金额", "amount received";
        currency: Text(3, 3), Must, Kept, "币制", "currency";
        accountingDate: Time, Must, Kept, "到账时间", "when the money came in";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    receipts_return = "ReceiptsReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        ebcCode: Text(0, 18), Must, Kept, "电商企业代码", "seller";
        orderNo: Text(0, 60), Must, Kept, "订单编号", "order number";
        payNo: Text(0, 60), May, Kept, "支付交易编号", "number of the payment";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(0, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    logistics = "Logistics" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Or("2", &Text(1, 1)), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(0, 100), Safe, Kept, "物流企业名称", "name of the logistics enterprise";
        logisticsNo: Prose(0, 32, 80), Must, Kept, "物流运单编号", "waybill number";
        freight: Decimal, Must, Kept, "运杂费/运费", "carriage";
        insuredFee: Decimal, Must, Kept, "保价费/保费", "insurance";
        currency: Text(3, 3), Must, Kept, "币制", "currency";
        grossWeight: Decimal, Must, Kept, "毛重", "gross weight, kg";
        packNo: Int(9), Must, Kept, "件数", "number of parcels";
        goodsInfo: Token(0, 200), Safe, Vault, "主要货物信息", "main goods";
        ebcCode: Text(0, 18), May, Kept, "电商企业代码", "seller";
        ebcName: Text(0, 100), May, Kept, "电商企业名称", "name of the seller";
        ebcTelephone: Text(0, 50), May, Vault, "电商企业电话", "telephone of the seller";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    logistics_return = "LogisticsReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsNo: Prose(0, 32, 80), Must, Kept, "物流运单编号", "waybill number";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(0, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    arrival_head = "ArrivalHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Or("1", &Text(1, 1)), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        operatorCode: Text(0, 18), Must, Kept, "监管场所经营人代码", "operator of the supervised place";
        operatorName: Text(0, 100), Safe, Kept, "监管场所经营人名称", "name of the operator";
        loctNo: Text(0, 10), May, Kept, "监管场所代码", "supervised place";
        ieFlag: Text(1, 1), Must, Kept, "进出口标记", "E export";
        trafMode: Token(1, 1), Must, Kept, "运输方式", "mode of transport";
        billNo: Text(0, 37), May, Kept, "提运单号", "master bill";
        domesticTrafNo: Token(0, 100), Safe, Kept, "境内运输工具编号", "vehicle to the supervised place";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(0, 100), Safe, Kept, "物流企业名称", "name of the logistics enterprise";
        msgCount: Int(9), Safe, Kept, "报文总数", "into how many messages it was split";
        msgSeqNo: Int(9), Safe, Kept, "报文序号", "number of this message among them";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    arrival_list = "ArrivalList" {
        gnum: Int(5), Must, Vault, "商品序号", "line of goods";
        logisticsNo: Prose(0, 32, 80), Must, Kept, "物流运单编号", "waybill number";
        totalPackageNo: Text(0, 37), May, Kept, "总包号", "number of the bag or pallet";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    arrival_return = "ArrivalReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        operatorCode: Text(0, 18), Must, Kept, "监管场所经营人代码", "operator of the supervised place";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        preNo: Text(18, 18), Must, Kept, "预录入/电子口岸编号", "pre-entry number";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        billNo: Text(0, 37), Must, Kept, "提运单号", "master bill";
        msgSeqNo: Int(9), Must, Kept, "报文序号", "number of this message among them";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(0, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    departure_head = "DepartureHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 1), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(0, 100), Safe, Kept, "物流企业名称", "name of the logistics enterprise";
        trafMode: Token(1, 1), Must, Kept, "运输方式", "mode of transport";
        trafName: Text(0, 100), May, Kept, "运输工具名称", "vessel, flight or vehicle";
        voyageNo: Text(0, 32), May, Kept, "航班航次号", "voyage or flight";
        billNo: Text(0, 37), May, Kept, "提运单号", "master bill";
        leaveTime: Time, Must, Kept, "离境时间", "when it left the country";
        msgCount: Int(9), Safe, Kept, "报文总数", "into how many messages it was split";
        msgSeqNo: Int(9), Safe, Kept, "报文序号", "number of this message among them";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    departure_list = "DepartureList" {
        gnum: Int(5), Must, Vault, "商品序号", "line of goods";
        totalPackageNo: Text(0, 37), May, Kept, "总包号", "number of the bag or pallet";
        logisticsNo: Prose(0, 32, 80), Must, Kept, "物流运单编号", "waybill number";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    departure_return = "DepartureReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), Must, Kept, "预录入/电子口岸编号", "pre-entry number";
        msgSeqNo: Int(9), Must, Kept, "报文序号", "number of this message among them";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(0, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    inventory_head = "InventoryHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 1), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        ebpCode: Prose(0, 18, 50), Must, Kept, "电商平台代码", "platform";
        ebpName: Text(0, 100), Safe, Kept, "电商平台名称", "name of the platform";
        orderNo: Text(0, 60), Must, Kept, "订单编号", "order number";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(0, 100), Safe, Kept, "物流企业名称", "name of the logistics enterprise";
        logisticsNo: Prose(0, 32, 80), Must, Kept, "物流运单编号", "waybill number";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        invtNo: Text(0, 20), May, Kept, "清单编号", "list number";
        ieFlag: Text(1, 1), Must, Kept, "进出口标记", "E export";
        portCode: Text(4, 4), Must, Kept, "口岸海关代码", "office of the port of exit";
        ieDate: Day, Must, Kept, "进口/出口日期", "day of exit";
        statisticsFlag: Text(1, 1), Must, Kept, "申报业务类型", "A simplified, B summary declaration";
        agentCode: Text(0, 18), Must, Kept, "申报企业代码", "declarant";
        agentName: Text(0, 100), Safe, Kept, "申报企业名称", "name of the declarant";
        ebcCode: Text(0, 18), Must, Kept, "收发货人代码", "seller";
        ebcName: Text(0, 100), Safe, Kept, "收发货人名称", "name of the seller";
        ownerCode: Text(0, 18), Must, Kept, "生产销售企业代码", "producer or seller";
        ownerName: Text(0, 100), Safe, Kept, "生产销售企业名称", "name of the producer or seller";
        iacCode: Text(0, 18), May, Kept, "区内企业代码", "enterprise in the special area";
        iacName: Text(0, 100), May, Kept, "区内企业名称", "name of the enterprise in the area";
        emsNo: Text(0, 30), May, Kept, "账册编号", "account book";
        tradeMode: Text(4, 4), Must, Kept, "贸易方式", "trade mode";
        trafMode: Token(1, 1), Must, Kept, "运输方式", "mode of transport";
        trafName: Text(0, 100), May, Kept, "运输工具名称", "vessel, flight or vehicle";
        voyageNo: Text(0, 32), May, Kept, "航班航次号", "voyage or flight";
        billNo: Text(0, 37), May, Kept, "提运单号", "master bill";
        totalPackageNo: Prose(0, 37, 60), May, Kept, "总包号", "number of the bag or pallet";
        loctNo: Text(0, 10), May, Kept, "监管场所代码", "supervised place";
        licenseNo: Text(0, 19), May, Kept, "许可证件号", "licence";
        country: Text(3, 3), Must, Kept, "运抵国/目的国", "country";
        POD: Token(3, 4), Must, Kept, "指运港代码", "port of destination";
        freight: Decimal, Must, Kept, "运杂费/运费", "carriage";
        fCurrency: Text(3, 3), Must, Kept, "运费币制", "currency of the freight";
        fFlag: Fixed("3"), Must, Kept, "运费标志", "kind of freight, 3 for a total";
        insuredFee: Decimal, Must, Kept, "保价费/保费", "insurance";
        iCurrency: Text(3, 3), Must, Kept, "保费币制", "currency of the insurance";
        iFlag: Fixed("3"), Must, Kept, "保费标志", "kind of insurance, 3 for a total";
        wrapType: Token(1, 1), Must, Kept, "包装种类代码", "kind of package";
        packNo: Int(9), Must, Kept, "件数", "number of parcels";
        grossWeight: Decimal, Must, Kept, "毛重", "gross weight, kg";
        netWeight: Decimal, Must, Kept, "净重", "net weight, kg";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    inventory_list = "InventoryList" {
        gnum: Int(5), Must, Kept, "商品序号", "line of goods";
        itemNo: Text(0, 20), Must, Kept, "企业商品货号", "item number of the seller";
        itemRecordNo: Text(0, 30), May, Kept, "账册备案料号", "item of the account book";
        itemName: Text(0, 250), May, Kept, "企业商品名称", "name under which it was sold";
        gcode: Text(10, 10), Must, Kept, "商品编码", "HS code";
        gname: Text(0, 250), Must, Kept, "商品名称", "name of the goods";
        gmodel: Token(0, 250), Safe, Kept, "商品规格型号", "specification and model";
        barCode: Token(0, 50), Safe, Kept, "条形码", "bar code";
        country: Text(3, 3), Must, Kept, "运抵国/目的国", "country";
        currency: Text(3, 3), Must, Kept, "币制", "currency";
        qty: Decimal, Must, Kept, "数量", "declared quantity";
        qty1: Decimal, Must, Kept, "法定数量", "first statutory quantity";
        qty2: Decimal, May, Kept, "第二数量", "second statutory quantity";
        unit: Text(3, 3), Must, Kept, "计量单位", "declared unit";
        unit1: Text(3, 3), Must, Kept, "法定计量单位", "first statutory unit";
        unit2: Text(0, 3), May, Kept, "第二计量单位", "second statutory unit";
        price: Decimal, Must, Kept, "单价", "unit price";
        totalPrice: Decimal, Must, Kept, "总价", "line total";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    inventory_return = "InventoryReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        agentCode: Text(0, 18), Must, Kept, "申报企业代码", "declarant";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), Must, Kept, "预录入/电子口岸编号", "pre-entry number";
        invtNo: Text(0, 20), Must, Kept, "清单编号", "list number";
        ebcCode: Text(0, 18), Must, Kept, "电商企业代码", "seller";
        ebpCode: Prose(0, 18, 50), Must, Kept, "电商平台代码", "platform";
        orderNo: Text(0, 60), Must, Kept, "订单编号", "order number";
        statisticsFlag: Text(1, 1), Must, Kept, "申报业务类型", "A simplified, B summary declaration";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(0, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    invt_cancel = "InvtCancel" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 1), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        invtNo: Text(0, 20), Must, Kept, "清单编号", "list number";
        reason: Token(0, 1000), Must, Vault, "原因", "reason";
        agentCode: Text(0, 18), Must, Kept, "申报企业代码", "declarant";
        agentName: Text(0, 100), Safe, Kept, "申报企业名称", "name of the declarant";
        ebcCode: Text(0, 18), Must, Kept, "电商企业代码", "seller";
        ebcName: Text(0, 100), Safe, Kept, "电商企业名称", "name of the seller";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    invt_cancel_return = "InvtCancelReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        agentCode: Text(0, 18), Must, Kept, "申报企业代码", "declarant";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), Must, Kept, "预录入/电子口岸编号", "pre-entry number";
        invtNo: Text(0, 20), Must, Kept, "清单编号", "list number";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(0, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    way_bill_head = "WayBillHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 1), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        agentCode: Text(0, 18), Must, Kept, "申报企业代码", "declarant";
        agentName: Text(0, 100), Safe, Kept, "申报企业名称", "name of the declarant";
        loctNo: Text(0, 10), May, Kept, "监管场所代码", "supervised place";
        trafMode: Token(1, 1), Must, Kept, "运输方式", "mode of transport";
        trafName: Token(0, 100), Must, Kept, "运输工具名称", "vessel, flight or vehicle";
        voyageNo: Token(0, 32), Must, Kept, "航班航次号", "voyage or flight";
        billNo: Text(0, 37), Must, Kept, "提运单号", "master bill";
        domesticTrafNo: Text(0, 100), May, Kept, "境内运输工具编号", "vehicle to the supervised place";
        grossWeight: Decimal, Must, Kept, "毛重", "gross weight, kg";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(0, 100), Safe, Kept, "物流企业名称", "name of the logistics enterprise";
        msgCount: Int(9), Safe, Kept, "报文总数", "into how many messages it was split";
        msgSeqNo: Int(9), Safe, Kept, "报文序号", "number of this message among them";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    way_bill_list = "WayBillList" {
        gnum: Int(5), Must, Vault, "商品序号", "line of goods";
        totalPackageNo: Text(0, 60), May, Kept, "总包号", "number of the bag or pallet";
        logisticsNo: Prose(0, 32, 80), Must, Kept, "物流运单编号", "waybill number";
        invtNo: Text(0, 20), May, Kept, "出口清单编号", "list number";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    way_bill_return = "WayBillReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        agentCode: Text(0, 18), Must, Kept, "申报企业代码", "declarant";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), Must, Kept, "预录入/电子口岸编号", "pre-entry number";
        billNo: Text(0, 37), Must, Kept, "提运单号", "master bill";
        msgSeqNo: Int(9), Must, Kept, "报文序号", "number of this message among them";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(0, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    invt_refund_head = "InvtRefundHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 1), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        loctNo: Text(0, 10), May, Kept, "监管场所代码", "supervised place";
        ebpCode: Text(0, 18), Must, Kept, "电商平台代码", "platform";
        ebpName: Text(0, 100), Safe, Kept, "电商平台名称", "name of the platform";
        ebcCode: Text(0, 18), Must, Kept, "电商企业代码", "seller";
        ebcName: Text(0, 100), Safe, Kept, "电商企业名称", "name of the seller";
        logisticsNo: Text(0, 80), Must, Kept, "物流运单编号", "waybill number";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(0, 100), Safe, Kept, "物流企业名称", "name of the logistics enterprise";
        coElNo: Text(0, 30), Must, Kept, "企业内部编号", "number inside the enterprise";
        preNo: Text(0, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        invtNo: Text(0, 20), Must, Kept, "清单编号", "list number";
        tradeMode: Text(4, 4), May, Kept, "退货监管方式", "trade mode";
        agentCode: Text(0, 18), Must, Kept, "申报企业代码", "declarant";
        agentName: Text(0, 100), Safe, Kept, "申报企业名称", "name of the declarant";
        billNo: Text(0, 37), Must, Kept, "提运单号", "master bill";
        ieFlag: Text(0, 1), Must, Kept, "进出口标识", "I, a return enters";
        trafMode: Text(0, 1), Must, Kept, "运输方式", "mode of transport";
        trafName: Text(0, 100), Must, Kept, "运输工具名称", "vessel, flight or vehicle";
        portCode: Text(0, 4), Must, Kept, "口岸海关代码", "office of the port of exit";
        reason: Text(0, 500), Must, Vault, "原因", "reason";
        country: Text(0, 3), Must, Kept, "原产国/国家(地区)", "country";
        voyageNo: Text(0, 32), Must, Kept, "航班航次号", "voyage or flight";
        note: Text(0, 500), May, Vault, "备注", "note";
    }
    invt_refund_list = "InvtRefundList" {
        gnum: Int(4), Must, Kept, "商品项号", "line of goods";
        gcode: Text(0, 10), Must, Kept, "商品编码", "HS code";
        gname: Text(0, 250), Must, Kept, "商品名称", "name of the goods";
        gmodel: Text(0, 250), Safe, Kept, "商品规格型号", "specification and model";
        qty: Decimal, Must, Kept, "申报数量", "declared quantity";
        qty1: Decimal, Must, Kept, "法定数量", "first statutory quantity";
        unit: Text(3, 3), Must, Kept, "计量单位", "declared unit";
        unit1: Text(3, 3), Must, Kept, "法定计量单位", "first statutory unit";
        qty2: Decimal, May, Kept, "第二数量", "second statutory quantity";
        unit2: Text(3, 3), May, Kept, "第二计量单位", "second statutory unit";
        note: Text(0, 500), May, Vault, "备注", "note";
    }
    refund_return = "RefundReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        ebpCode: Text(0, 18), May, Kept, "电商平台代码", "platform";
        ebcCode: Text(0, 18), May, Kept, "电商企业代码", "seller";
        agentCode: Text(0, 18), Must, Kept, "申报企业代码", "declarant";
        coElNo: Text(0, 30), Must, Kept, "企业内部编号", "number inside the enterprise";
        preNo: Text(0, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        invtNo: Text(0, 20), Must, Kept, "清单编号", "list number";
        returnStatus: Text(0, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(0, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    invt_refund_detail = "InvtRefundDetail" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Text(1, 1), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        operatorCode: Text(0, 18), Must, Kept, "监管场所经营人代码", "operator of the supervised place";
        operatorName: Text(0, 100), Safe, Kept, "监管场所经营人名称", "name of the operator";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsName: Text(0, 100), Safe, Kept, "物流企业名称", "name of the logistics enterprise";
        logisticsNo: Text(0, 80), Must, Kept, "物流运单编号", "waybill number";
        invtNo: Text(0, 20), May, Kept, "清单编号", "list number";
        coElNo: Text(0, 20), Must, Kept, "企业内部编号", "number inside the enterprise";
        preNo: Text(0, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        billNo: Text(0, 37), Must, Kept, "提运单号", "master bill";
        ieFlag: Text(1, 1), Must, Kept, "进出口标记", "I, a return enters";
        trafMode: Text(1, 1), Must, Kept, "运输方式", "mode of transport";
        trafName: Text(0, 100), Must, Kept, "运输工具名称", "vessel, flight or vehicle";
        voyageNo: Text(0, 32), Must, Kept, "航班航次号", "voyage or flight";
        location: Text(0, 250), May, Kept, "卸货仓储位置", "place of storage";
        note: Text(0, 250), May, Vault, "备注", "note";
    }
    invt_refund_detail_return = "InvtRefundDetailReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        operatorCode: Text(0, 18), Must, Kept, "监管场所经营人代码", "operator of the supervised place";
        logisticsCode: Text(0, 18), Must, Kept, "物流企业代码", "logistics enterprise";
        logisticsNo: Text(0, 80), Must, Kept, "物流运单编号", "waybill number";
        coElNo: Text(0, 30), Must, Kept, "企业内部编号", "number inside the enterprise";
        preNo: Text(0, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        returnStatus: Text(0, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(0, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    summary_apply_head = "SummaryApplyHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        appType: Text(1, 1), Must, Kept, "报送类型", "action: 1 new, 2 change, 3 delete";
        appTime: Time, Must, Kept, "报送时间", "when the sender sent it";
        appStatus: Or("2", &Text(1, 1)), Must, Kept, "业务/报送状态", "1 draft, 2 declare";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(0, 18), May, Kept, "预录入/电子口岸编号", "pre-entry number";
        sumNo: Text(0, 18), May, Kept, "汇总申请编号", "number of the summary";
        agentCode: Text(0, 18), Must, Kept, "申报企业代码", "declarant";
        agentName: Text(0, 100), Safe, Kept, "申报企业名称", "name of the declarant";
        ebcCode: Text(0, 18), Must, Kept, "电商企业代码", "seller";
        ebcName: Text(0, 100), Safe, Kept, "电商企业名称", "name of the seller";
        declAgentCode: Text(0, 18), Must, Kept, "报关单位代码", "declarant of the declaration";
        declAgentName: Text(0, 100), Safe, Kept, "报关单位名称", "name of that declarant";
        startTime: Time, May, Kept, "汇总开始时间", "beginning of the period";
        endTime: Time, May, Kept, "汇总结束时间", "end of the period";
        loctNo: Text(0, 10), May, Kept, "监管场所代码", "supervised place";
        summaryFlag: Text(1, 1), Must, Kept, "收发货人汇总标志", "1 by consignor, 2 by consignor and producer";
        itemNameFlag: Text(1, 1), Must, Kept, "按商品名汇总标志", "1 by the name of the goods";
        msgCount: Int(9), Safe, Kept, "报文总数", "into how many messages it was split";
        msgSeqNo: Int(9), Safe, Kept, "报文序号", "number of this message among them";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
    summary_apply_list = "SummaryApplyList" {
        invtNo: Text(0, 20), Must, Kept, "清单编号", "list number";
    }
    summary_return = "SummaryReturn" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        agentCode: Text(0, 18), Must, Kept, "申报企业代码", "declarant";
        ebcCode: Text(0, 18), Must, Kept, "电商企业代码", "seller";
        copNo: Text(0, 30), Must, Kept, "企业内部/唯一编号", "number inside the enterprise";
        preNo: Text(18, 18), Must, Kept, "预录入/电子口岸编号", "pre-entry number";
        sumNo: Text(18, 18), May, Kept, "汇总申请编号", "number of the summary";
        msgSeqNo: Int(9), Must, Kept, "报文序号", "number of this message among them";
        returnStatus: Text(1, 10), Must, Kept, "回执状态", "state that the receipt tells";
        returnTime: Stamp, Must, Kept, "回执时间", "time of the receipt, to the millisecond";
        returnInfo: Text(0, 1000), Must, Kept, "回执信息", "words of the receipt";
    }
    summary_result_head = "SummaryResultHead" {
        guid: Text(36, 36), Must, Kept, "系统唯一序号", "unique serial number";
        customsCode: Text(4, 4), Must, Kept, "申报海关代码", "customs office";
        sumNo: Text(18, 18), Must, Kept, "汇总申请编号", "number of the summary";
        opDate: Stamp, Must, Kept, "汇总处理时间", "when it was summed up";
        declSeqNo: Text(18, 18), Must, Kept, "汇总统一编号", "number of the declaration in the summary";
        decTmpNo: Text(18, 18), May, Kept, "电子口岸暂存编号", "draft number of the declaration";
        decPreNo: Text(18, 18), May, Kept, "电子口岸预录入编号", "pre-entry number of the declaration";
        entryId: Text(18, 18), May, Kept, "报关单编号", "number of the declaration";
        decState: Text(1, 3), Must, Kept, "报关单状态", "state of the declaration";
        agentCode: Text(0, 18), Must, Kept, "申报企业代码", "declarant";
        agentName: Text(0, 100), Must, Kept, "申报企业名称", "name of the declarant";
        ebcCode: Text(0, 18), Must, Kept, "电商企业代码", "seller";
        ebcName: Text(0, 100), Must, Kept, "电商企业名称", "name of the seller";
        declAgentCode: Text(0, 18), Must, Kept, "报关单位代码", "declarant of the declaration";
        declAgentName: Text(0, 100), Must, Kept, "报关单位名称", "name of that declarant";
        grossWeight: Decimal, Must, Kept, "毛重", "gross weight, kg";
        netWeight: Decimal, Must, Kept, "净重", "net weight, kg";
        msgCount: Int(9), Must, Kept, "报文总数", "into how many messages it was split";
        msgSeqNo: Int(9), Must, Kept, "报文序号", "number of this message among them";
        note: Text(0, 1000), May, Kept, "备注", "note";
    }
    summary_result_list = "SummaryResultList" {
        invtNo: Text(0, 20), Must, Kept, "清单编号", "list number";
        logisticsNo: Prose(0, 32, 80), Must, Kept, "物流运单编号", "waybill number";
        gseqno: Int(5), Safe, Kept, "汇总结果单顺序号", "number in the result";
        gnum: Int(5), Must, Kept, "商品序号", "line of goods";
        gcode: Text(10, 10), Must, Kept, "商品编码", "HS code";
    }
    base_transfer = "BaseTransfer" {
        copCode: Text(0, 18), Must, Kept, "报文传输企业代码", "who transmits";
        copName: Text(0, 100), Safe, Kept, "报文传输企业名称", "name of who transmits";
        dxpMode: Text(3, 3), Safe, Vault, "报文传输模式", "way of transmission, DXP";
        dxpId: Text(0, 30), Safe, Kept, "报文传输编号", "number of the transmitter";
        note: Text(0, 1000), May, Vault, "备注", "note";
    }
}

const BASE_TRANSFER: Item = Item::node("BaseTransfer", base_transfer::FIELDS, 1, 1);

messages! { EXPORT:
    ExportOrder "CEB303Message":
        Item::node("Order", &[Item::node(order_head::NAME, order_head::FIELDS, 1, 1), Item::node(order_list::NAME, order_list::FIELDS, 1, 100)], 1, 100),
        Rows { head: (order_head::NAME, order_head::FIELDS), lines: (order_list::NAME, order_list::FIELDS) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, dsig::OPTIONAL, EXTEND_MESSAGE];
    ExportOrderReturn "CEB304Message":
        Item::node("OrderReturn", order_return::FIELDS, 1, 100),
        bare(order_return::FIELDS);
    ReceiptOfPayment "CEB403Message":
        Item::node("Receipts", receipts::FIELDS, 1, 100),
        bare(receipts::FIELDS), then [BASE_TRANSFER, BASE_SUBSCRIBE, dsig::OPTIONAL, EXTEND_MESSAGE];
    ReceiptOfPaymentReturn "CEB404Message":
        Item::node("ReceiptsReturn", receipts_return::FIELDS, 1, 100),
        bare(receipts_return::FIELDS);
    ExportWaybill "CEB505Message":
        Item::node("Logistics", logistics::FIELDS, 1, 100),
        bare(logistics::FIELDS), then [BASE_TRANSFER, BASE_SUBSCRIBE, dsig::OPTIONAL, EXTEND_MESSAGE];
    ExportWaybillReturn "CEB506Message":
        Item::node("LogisticsReturn", logistics_return::FIELDS, 1, 100),
        bare(logistics_return::FIELDS);
    Arrival "CEB507Message":
        Item::node("Arrival", &[Item::node(arrival_head::NAME, arrival_head::FIELDS, 1, 1), Item::node(arrival_list::NAME, arrival_list::FIELDS, 0, MANY)], 1, 100),
        Rows { head: (arrival_head::NAME, arrival_head::FIELDS), lines: (arrival_list::NAME, arrival_list::FIELDS) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, dsig::OPTIONAL, EXTEND_MESSAGE];
    ArrivalReturn "CEB508Message":
        Item::node("ArrivalReturn", arrival_return::FIELDS, 1, 100),
        bare(arrival_return::FIELDS);
    Departure "CEB509Message":
        Item::node("Departure", &[Item::node(departure_head::NAME, departure_head::FIELDS, 1, 1), Item::node(departure_list::NAME, departure_list::FIELDS, 1, MANY)], 1, 100),
        Rows { head: (departure_head::NAME, departure_head::FIELDS), lines: (departure_list::NAME, departure_list::FIELDS) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, dsig::OPTIONAL, EXTEND_MESSAGE];
    DepartureReturn "CEB510Message":
        Item::node("DepartureReturn", departure_return::FIELDS, 1, 100),
        bare(departure_return::FIELDS);
    ExportList "CEB603Message":
        Item::node("Inventory", &[Item::node(inventory_head::NAME, inventory_head::FIELDS, 1, 1), Item::node(inventory_list::NAME, inventory_list::FIELDS, 1, 100)], 1, 100),
        Rows { head: (inventory_head::NAME, inventory_head::FIELDS), lines: (inventory_list::NAME, inventory_list::FIELDS) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, dsig::OPTIONAL, EXTEND_MESSAGE];
    ExportListReturn "CEB604Message":
        Item::node("InventoryReturn", inventory_return::FIELDS, 1, 100),
        bare(inventory_return::FIELDS);
    ExportCancel "CEB605Message":
        Item::node("InvtCancel", invt_cancel::FIELDS, 1, 100),
        bare(invt_cancel::FIELDS), then [BASE_TRANSFER, BASE_SUBSCRIBE, dsig::OPTIONAL, EXTEND_MESSAGE];
    ExportCancelReturn "CEB606Message":
        Item::node("InvtCancelReturn", invt_cancel_return::FIELDS, 1, 100),
        bare(invt_cancel_return::FIELDS);
    MasterBill "CEB607Message":
        Item::node("WayBill", &[Item::node(way_bill_head::NAME, way_bill_head::FIELDS, 1, 1), Item::node(way_bill_list::NAME, way_bill_list::FIELDS, 1, MANY)], 1, 100),
        Rows { head: (way_bill_head::NAME, way_bill_head::FIELDS), lines: (way_bill_list::NAME, way_bill_list::FIELDS) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, dsig::OPTIONAL, EXTEND_MESSAGE];
    MasterBillReturn "CEB608Message":
        Item::node("WayBillReturn", way_bill_return::FIELDS, 1, 100),
        bare(way_bill_return::FIELDS);
    ExportRefund "CEB213Message":
        Item::node("InvtRefund", &[Item::node(invt_refund_head::NAME, invt_refund_head::FIELDS, 1, 1), Item::node(invt_refund_list::NAME, invt_refund_list::FIELDS, 1, 100)], 1, 100),
        Rows { head: (invt_refund_head::NAME, invt_refund_head::FIELDS), lines: (invt_refund_list::NAME, invt_refund_list::FIELDS) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, dsig::OPTIONAL, EXTEND_MESSAGE];
    ExportRefundReturn "CEB214Message":
        Item::node("RefundReturn", refund_return::FIELDS, 1, 100),
        bare(refund_return::FIELDS);
    Tally "CEB215Message":
        Item::node("InvtRefundDetail", invt_refund_detail::FIELDS, 1, 100),
        bare(invt_refund_detail::FIELDS), then [BASE_TRANSFER, BASE_SUBSCRIBE, dsig::OPTIONAL, EXTEND_MESSAGE];
    TallyReturn "CEB216Message":
        Item::node("InvtRefundDetailReturn", invt_refund_detail_return::FIELDS, 1, 100),
        bare(invt_refund_detail_return::FIELDS);
    SummaryApply "CEB701Message":
        Item::node("SummaryApply", &[Item::node(summary_apply_head::NAME, summary_apply_head::FIELDS, 1, 1), Item::node(summary_apply_list::NAME, summary_apply_list::FIELDS, 0, MANY)], 1, 100),
        Rows { head: (summary_apply_head::NAME, summary_apply_head::FIELDS), lines: (summary_apply_list::NAME, summary_apply_list::FIELDS) }, then [BASE_TRANSFER, BASE_SUBSCRIBE, dsig::OPTIONAL, EXTEND_MESSAGE];
    SummaryReturn "CEB702Message":
        Item::node("SummaryReturn", summary_return::FIELDS, 1, 100),
        bare(summary_return::FIELDS);
    SummaryResult "CEB792Message":
        Item::node("SummaryResult", &[Item::node(summary_result_head::NAME, summary_result_head::FIELDS, 1, 1), Item::node(summary_result_list::NAME, summary_result_list::FIELDS, 0, MANY)], 1, 100),
        Rows { head: (summary_result_head::NAME, summary_result_head::FIELDS), lines: (summary_result_list::NAME, summary_result_list::FIELDS) };
}
