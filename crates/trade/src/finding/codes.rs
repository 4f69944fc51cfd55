//! The table of finding codes and their words.
//!
//! Numbers are kept in journals: a number is never used for another meaning. By hundreds: 1 law and tax,
//! 100 declaration checks (R), 200 matching (M), 300 returns and cancels, 400 parties and rights,
//! 500 messages and repeats, 600 registry, 700 bonded stock, 800 export, 1000 form of messages (`wire::ceb`), 1200 signatures (`wire::seal`).

use super::Text;

macro_rules! findings {
    ($($number:literal $variant:ident $name:literal $status:literal {
        zh: $zh:literal, en: $en:literal, do_zh: $do_zh:literal, do_en: $do_en:literal $(,)?
    })*) => {
        crate::packed_names! {
            /// What was found; the name is stable and means the same for ever.
            pub enum Code { $($number => $variant $name),* }
        }

        impl Code {
            /// The words of this code.
            pub fn text(self) -> &'static Text {
                match self { $(Code::$variant => &Text { zh: $zh, en: $en, do_zh: $do_zh, do_en: $do_en, status: $status }),* }
            }
        }
    };
}

findings! {
    // Law and tax: the names and order of rules.md 2.4.
    1 NotOnPositiveList "NOT_ON_POSITIVE_LIST" 100 {
        zh: "第 {gnum} 行商品 {hs} 在 {day} 不在跨境电商零售进口商品清单内。",
        en: "Line {gnum}: goods of HS {hs} were not on the positive list on {day}.",
        do_zh: "核对商品编码；编码无误的，改按一般贸易申报。",
        do_en: "Check the HS code; if it is right, declare the goods as general trade.",
    }
    2 BondedOnly "BONDED_ONLY" 100 {
        zh: "第 {gnum} 行商品 {hs} 仅限网购保税进口，不能按 {mode} 申报。",
        en: "Line {gnum}: goods of HS {hs} may come in only as bonded retail import, not under {mode}.",
        do_zh: "改由保税账册按 1210 申报，或退回卖家。",
        do_en: "Declare them under 1210 from a bonded account book, or send them back to the seller.",
    }
    3 ValueNotPositive "VALUE_NOT_POSITIVE" -621001 {
        zh: "第 {gnum} 行的数量或金额不大于零。",
        en: "Line {gnum}: quantity or value is not above zero.",
        do_zh: "按真实数量和价格填写；赠品也要按实际价格申报。",
        do_en: "State the true quantity and price; gifts are declared at their real price too.",
    }
    4 Unpaid "UNPAID" 100 {
        zh: "订单 {order} 没有已接受的支付单。",
        en: "Order {order} has no accepted payment.",
        do_zh: "请支付企业发送该订单的支付单（411），再申报。",
        do_en: "Have the payment enterprise send the payment (411) of this order, then declare again.",
    }
    5 PaymentCurrency "PAYMENT_CURRENCY" 100 {
        zh: "支付币制 {currency} 不是人民币（142）。",
        en: "The payment is in currency {currency}, not in renminbi (142).",
        do_zh: "零售进口一律以人民币支付；请改支付单币制或重新支付。",
        do_en: "Retail import is paid in renminbi; correct the payment's currency or pay again.",
    }
    6 PayerNotBuyer "PAYER_NOT_BUYER" 100 {
        zh: "支付人与订购人不是同一人，且订购人未经实名认证。",
        en: "Payer and buyer are not the same person, and the buyer's identity has not been authenticated.",
        do_zh: "由订购人本人支付，或由平台完成订购人实名认证。",
        do_en: "Let the buyer pay, or let the platform authenticate the buyer's identity.",
    }
    7 OverAnnualQuantity "OVER_ANNUAL_QUANTITY" 100 {
        zh: "第 {gnum} 行商品 {hs} 本年累计 {sum} 超过每人每年 {limit} 的数量限制。",
        en: "Line {gnum}: with this purchase the buyer's year reaches {sum} of HS {hs}; the limit is {limit} a person and year.",
        do_zh: "减少数量，或等下一自然年再购买。",
        do_en: "Buy less, or wait for the next calendar year.",
    }
    8 OverSingleLimit "OVER_SINGLE_LIMIT" -621005 {
        zh: "单次交易 {value} 元超过限值 {limit} 元。",
        en: "This purchase of CNY {value} is over the limit of CNY {limit} for one purchase.",
        do_zh: "按一般贸易申报，或由消费者分次购买（不得拆分同一订单）。",
        do_en: "Declare it as general trade, or let the consumer buy in separate orders; one order may not be split.",
    }
    9 GeneralTradeRequired "GENERAL_TRADE_REQUIRED" -621018 {
        zh: "单件商品完税价格 {value} 元不低于年度限值 {limit} 元，须按一般贸易进口。",
        en: "One item with a taxable price of CNY {value} is not below the yearly limit of CNY {limit}: it needs general trade.",
        do_zh: "改按一般贸易申报。",
        do_en: "Declare it as general trade.",
    }
    10 OverAnnualLimit "OVER_ANNUAL_LIMIT" -621018 {
        zh: "加上本次 {value} 元，订购人 {year} 年累计 {sum} 元，超过年度限值 {limit} 元。",
        en: "With this purchase of CNY {value} the buyer's year {year} reaches CNY {sum}, over the yearly limit of CNY {limit}.",
        do_zh: "改按一般贸易申报，或等下一自然年再购买；有退货的，先办结退货恢复额度。",
        do_en: "Declare it as general trade, or wait for the next calendar year; finish pending returns first, they restore the allowance.",
    }
    11 PaymentAmount "PAYMENT_AMOUNT" 100 {
        zh: "支付金额 {paid} 元与应付 {expected} 元不等。",
        en: "The payment of CNY {paid} is not the CNY {expected} due.",
        do_zh: "核对货款、运保费、税款与非现金抵扣：实付 = 货款 + 运费 + 税款 − 抵扣；订单由平台更正，支付单由支付企业更正，然后重新申报。",
        do_en: "Check goods, carriage, tax and non-cash deduction: paid = goods + freight + tax - deduction; the platform corrects the order, or the payment enterprise the payment, then declare again.",
    }
    12 GuaranteeInsufficient "GUARANTEE_INSUFFICIENT" 100 {
        zh: "担保企业 {assure} 的可用担保 {free} 元，不足本单税款 {tax} 元。",
        en: "Guarantor {assure} has CNY {free} of guarantee left, less than this list's tax of CNY {tax}.",
        do_zh: "追加担保或缴清到期税款后重新申报，或换有额度的担保企业。",
        do_en: "Add guarantee or pay what is due, then declare again, or name a guarantor with room.",
    }
    13 TaxDiffers "TAX_DIFFERS" 100 {
        zh: "申报代扣税款 {declared} 元，本系统计得 {computed} 元，相差超过每行每税 1 分。",
        en: "Declared tax is CNY {declared}, ours is CNY {computed}: they differ by more than a fen a line and tax.",
        do_zh: "按当日税率重算代扣税款。",
        do_en: "Compute the collected tax again with the rates of the day.",
    }
    14 NoRuleKnown "NO_RULE_KNOWN" 100 {
        zh: "{day} 没有可适用的规定（{what}）。",
        en: "No rule is known for {day} ({what}).",
        do_zh: "核对申报日期；日期无误的，请区管理方补录该日的政策。",
        do_en: "Check the date of declaration; if it is right, the zone operator has to adopt the policy of that day.",
    }
    15 AmountOutOfRange "AMOUNT_OUT_OF_RANGE" -621001 {
        zh: "第 {gnum} 行金额或数量超出可计算范围。",
        en: "Line {gnum}: amount or quantity is larger than can be reckoned with.",
        do_zh: "核对数量和单价。",
        do_en: "Check quantity and unit price.",
    }

    // Returns and cancels.
    300 ListNotFound "LIST_NOT_FOUND" -625204 {
        zh: "没有找到清单 {invt}。",
        en: "List {invt} was not found.",
        do_zh: "核对清单编号和申报企业。",
        do_en: "Check the list number and the declarant.",
    }
    301 ReturnAppliedLate "RETURN_APPLIED_LATE" -625001 {
        zh: "放行日 {released} 起第 {days} 日才申请退货，超过 {limit} 日。",
        en: "The return was applied for on day {days} after release on {released}; the limit is {limit} days.",
        do_zh: "已过期限，税款照征、额度不恢复；可与消费者另行协商。",
        do_en: "The time is over: the tax stays due and the allowance stays used; settle with the consumer otherwise.",
    }
    302 LineNotFound "LINE_NOT_FOUND" -625209 {
        zh: "原清单没有第 {gnum} 行，或商品编码、计量单位不符。",
        en: "The list has no line {gnum} with this HS code and unit.",
        do_zh: "按原清单的行号、商品编码和计量单位填写。",
        do_en: "Use the line number, HS code and unit of the original list.",
    }
    303 ReturnQuantity "RETURN_QUANTITY" -625001 {
        zh: "第 {gnum} 行退货 {qty}，可退 {left}。",
        en: "Line {gnum}: {qty} are to be returned, {left} can be.",
        do_zh: "按尚未退回的数量申请。",
        do_en: "Apply for what has not been returned yet.",
    }
    304 ReturnArrivedLate "RETURN_ARRIVED_LATE" -625001 {
        zh: "放行日 {released} 起第 {days} 日才运抵原监管场所，超过 {limit} 日。",
        en: "The goods came back on day {days} after release on {released}; the limit is {limit} days.",
        do_zh: "税款照征、额度不恢复；货物按监管场所要求处置。",
        do_en: "The tax is levied and the allowance stays used; deal with the goods as the supervised place directs.",
    }
    305 ListState "LIST_STATE" -623005 {
        zh: "清单 {invt} 的状态为 {state}，不能办理此事。",
        en: "List {invt} is in state {state}, which does not allow this.",
        do_zh: "撤销只能在放行之前；放行之后请申请退货（625）。",
        do_en: "A list can be cancelled before release; after release apply for a return (625).",
    }

    // Form of messages (`wire::ceb`): what cannot be read, and from 1030 what was forgiven.
    1000 NotXml "NOT_XML" -999999 {
        zh: "报文不是合格的 XML：{what}。",
        en: "The message is not well-formed XML: {what}.",
        do_zh: "按所指行号改正后重发。",
        do_en: "Mend the line that is named and send again.",
    }
    1001 MessageTooLarge "MESSAGE_TOO_LARGE" -999999 {
        zh: "报文过大：{what} 超过 {limit}。",
        en: "The message is too large: {what} is over {limit}.",
        do_zh: "分成较小的报文发送。",
        do_en: "Send it in smaller messages.",
    }
    1002 EncodingWrong "ENCODING_WRONG" -999999 {
        zh: "报文不是 UTF-8 编码，像是 {looks}。",
        en: "The message is not in UTF-8; it looks like {looks}.",
        do_zh: "转为 UTF-8 编码，声明与内容一致，再发送。",
        do_en: "Convert it to UTF-8, let the declaration say so, and send again.",
    }
    1003 DoctypeRefused "DOCTYPE_REFUSED" -999999 {
        zh: "报文含有 DOCTYPE，不予接收。",
        en: "The message has a DOCTYPE, which is not taken.",
        do_zh: "删去 DOCTYPE 和实体定义。",
        do_en: "Remove the DOCTYPE and its entities.",
    }
    1004 EntityRefused "ENTITY_REFUSED" -999999 {
        zh: "报文引用了未知实体。",
        en: "The message refers to an entity that is not known.",
        do_zh: "直接写出文字，不使用自定义实体。",
        do_en: "Write the text itself instead of an entity of your own.",
    }
    1005 WrongRoot "WRONG_ROOT" -999999 {
        zh: "根元素 {root} 不是进口报文。",
        en: "The root element {root} is not a message of the import family.",
        do_zh: "根元素应为 CEB311Message 等，命名空间为 http://www.chinaport.gov.cn/ceb。",
        do_en: "Use a root such as CEB311Message in the namespace http://www.chinaport.gov.cn/ceb.",
    }
    1006 NamespaceWrong "NAMESPACE_WRONG" -999999 {
        zh: "元素 {field} 的命名空间不对。",
        en: "Element {field} is in the wrong namespace.",
        do_zh: "业务元素用 http://www.chinaport.gov.cn/ceb，签名元素用 XML-DSig 的命名空间。",
        do_en: "Put business elements into http://www.chinaport.gov.cn/ceb and signatures into that of XML-DSig.",
    }
    1007 UnknownElement "UNKNOWN_ELEMENT" 100 {
        zh: "此处不应有元素 {field}。",
        en: "Element {field} does not belong here.",
        do_zh: "核对元素名称和层级，删去多余元素。",
        do_en: "Check the name and the level of the element, or remove it.",
    }
    1008 ElementTwice "ELEMENT_TWICE" 100 {
        zh: "元素 {field} 重复。",
        en: "Element {field} stands more than once.",
        do_zh: "只保留一个。",
        do_en: "Keep one of them.",
    }
    1009 ElementMissing "ELEMENT_MISSING" 100 {
        zh: "缺少元素 {field}。",
        en: "Element {field} is missing.",
        do_zh: "补填该元素。",
        do_en: "Add the element.",
    }
    1010 ElementMisplaced "ELEMENT_MISPLACED" 100 {
        zh: "元素 {field} 的位置不合次序。",
        en: "Element {field} is out of order.",
        do_zh: "按报文规范的次序排列元素。",
        do_en: "Put the elements into the order of the specification.",
    }
    1011 TooManyElements "TOO_MANY_ELEMENTS" 100 {
        zh: "元素 {field} 超过 {max} 个。",
        en: "There are more than {max} elements {field}.",
        do_zh: "拆成多个报文或单证。",
        do_en: "Split them over several messages or documents.",
    }
    1012 StrayText "STRAY_TEXT" 100 {
        zh: "元素 {field} 内有不应有的文字。",
        en: "There is text inside {field} where only elements belong.",
        do_zh: "删去元素之间的文字。",
        do_en: "Remove the text between the elements.",
    }
    1013 ElementInValue "ELEMENT_IN_VALUE" 100 {
        zh: "元素 {field} 应只有文字，其中却有元素。",
        en: "Element {field} holds elements where only text belongs.",
        do_zh: "只填文字。",
        do_en: "Give text only.",
    }
    1014 AttributeUnknown "ATTRIBUTE_UNKNOWN" 100 {
        zh: "元素 {field} 不应有属性 {attribute}。",
        en: "Element {field} does not take the attribute {attribute}.",
        do_zh: "删去该属性。",
        do_en: "Remove the attribute.",
    }
    1015 AttributeMissing "ATTRIBUTE_MISSING" 100 {
        zh: "元素 {field} 缺少属性 {attribute}。",
        en: "Element {field} lacks the attribute {attribute}.",
        do_zh: "补填该属性。",
        do_en: "Add the attribute.",
    }
    1016 AttributeValue "ATTRIBUTE_VALUE" 100 {
        zh: "元素 {field} 的属性 {attribute} 的值不合要求（{expected}）。",
        en: "The attribute {attribute} of {field} does not have the form it needs ({expected}).",
        do_zh: "按要求填写该属性。",
        do_en: "Give the attribute the form that is named.",
    }
    1017 GuidLength "GUID_LENGTH" -999999 {
        zh: "报文 guid 有 {length} 个字符，应为 36 个。",
        en: "The guid of the message has {length} characters instead of 36.",
        do_zh: "使用 36 位唯一序号。",
        do_en: "Use a serial number of 36 characters.",
    }
    1018 TooLong "TOO_LONG" 100 {
        zh: "{field} 有 {length} 个字符，最多 {max} 个。",
        en: "{field} has {length} characters; at most {max} are taken.",
        do_zh: "缩短后重发。",
        do_en: "Shorten it and send again.",
    }
    1019 TooShort "TOO_SHORT" 100 {
        zh: "{field} 有 {length} 个字符，至少 {min} 个。",
        en: "{field} has {length} characters; at least {min} are needed.",
        do_zh: "补足后重发。",
        do_en: "Complete it and send again.",
    }
    1020 LengthWrong "LENGTH_WRONG" 100 {
        zh: "{field} 有 {length} 个字符，应为 {expected} 个。",
        en: "{field} has {length} characters instead of {expected}.",
        do_zh: "按规定长度填写。",
        do_en: "Give it the length that the specification demands.",
    }
    1021 NotANumber "NOT_A_NUMBER" 100 {
        zh: "{field} 不是数字。",
        en: "{field} is not a number.",
        do_zh: "只填数字和小数点，不用千分位和单位。",
        do_en: "Use digits and a decimal point only, without separators and units.",
    }
    1022 TooManyDigits "TOO_MANY_DIGITS" 100 {
        zh: "{field} 的位数超出规定（共 19 位，其中小数 5 位；件数 9 位）。",
        en: "{field} has too many digits (19 in all, 5 of them after the point; 9 for a count).",
        do_zh: "减少小数位数，或核对数值。",
        do_en: "Use fewer decimals, or check the value.",
    }
    1023 NumberOutOfRange "NUMBER_OUT_OF_RANGE" 100 {
        zh: "{field} 的数值超出可处理的范围。",
        en: "{field} is a number larger or smaller than can be dealt with.",
        do_zh: "核对数值。",
        do_en: "Check the value.",
    }
    1024 AmountFinerThanFen "AMOUNT_FINER_THAN_FEN" 100 {
        zh: "{field} 的金额精确到分以下。",
        en: "The amount in {field} is finer than a fen.",
        do_zh: "金额保留两位小数。",
        do_en: "Give amounts with two decimals.",
    }
    1025 DateUnreadable "DATE_UNREADABLE" 100 {
        zh: "{field} 不是日期或时间，应为 {expected}。",
        en: "{field} is not a date or time of the form {expected}.",
        do_zh: "只用数字填写，不用文字、分隔符或时区。",
        do_en: "Write it in digits, without words, separators or time zone.",
    }
    1026 ValueUnknown "VALUE_UNKNOWN" 100 {
        zh: "{field} 的值不在 {expected} 之内。",
        en: "The value of {field} is not one of {expected}.",
        do_zh: "按规范填写。",
        do_en: "Use one of the values of the specification.",
    }
    1027 ValueForm "VALUE_FORM" 100 {
        zh: "{field} 不合其类型 {expected}。",
        en: "{field} does not have the form of its type {expected}.",
        do_zh: "按类型填写。",
        do_en: "Give it the form of its type.",
    }
    1028 SignatureMissing "SIGNATURE_MISSING" -621026 {
        zh: "报文没有签名。",
        en: "The message has no signature.",
        do_zh: "用申报企业的证书签名后再申报。",
        do_en: "Sign it with the certificate of the declarant before you submit it.",
    }
    1029 SignatureForm "SIGNATURE_FORM" 100 {
        zh: "签名部分的结构不合 XML-DSig：{field}。",
        en: "The signature does not have the form of XML-DSig: {field}.",
        do_zh: "用合规的签名工具重新签名。",
        do_en: "Sign again with a tool that follows XML-DSig.",
    }
    1030 EmptyTakenAsAbsent "EMPTY_TAKEN_AS_ABSENT" 100 {
        zh: "空元素 {field} 按未填处理。",
        en: "The empty element {field} was taken as absent.",
        do_zh: "没有值的可选元素不要发送。",
        do_en: "Leave out optional elements that have no value.",
    }
    1031 DatePartTaken "DATE_PART_TAKEN" 100 {
        zh: "{field} 应为 8 位日期，已取其日期部分。",
        en: "{field} should be a date of 8 digits; its date part was taken.",
        do_zh: "只填 YYYYMMDD。",
        do_en: "Write YYYYMMDD only.",
    }
    1032 ByteOrderMark "BYTE_ORDER_MARK" 100 {
        zh: "报文以字节顺序标记（BOM）开头，已略去。",
        en: "The message begins with a byte-order mark, which was skipped.",
        do_zh: "以无 BOM 的 UTF-8 保存。",
        do_en: "Save it as UTF-8 without a byte-order mark.",
    }
    1033 NoNamespace "NO_NAMESPACE" 100 {
        zh: "回执没有命名空间，按 CEB 命名空间处理。",
        en: "The receipt has no namespace; it was read as one of CEB.",
        do_zh: "加上 xmlns=\"http://www.chinaport.gov.cn/ceb\"。",
        do_en: "Add xmlns=\"http://www.chinaport.gov.cn/ceb\".",
    }
    1034 OtherSpelling "OTHER_SPELLING" 100 {
        zh: "元素 {field} 按 {instead} 处理。",
        en: "Element {field} was read as {instead}.",
        do_zh: "改用规范的元素名 {instead}。",
        do_en: "Use the name of the specification, {instead}.",
    }
    1035 BlanksTrimmed "BLANKS_TRIMMED" 100 {
        zh: "已略去 {field} 前后的空白。",
        en: "Blanks before or after {field} were left out.",
        do_zh: "值的前后不要有空格或换行。",
        do_en: "Write the value without blanks or line breaks around it.",
    }
    1036 SafeFieldMissing "SAFE_FIELD_MISSING" 100 {
        zh: "缺少元素 {field}，因核对、计税与身份都不需要，予以接收。",
        en: "Element {field} is missing; neither matching, tax nor identity needs it, so the document was taken.",
        do_zh: "按规范补填该元素。",
        do_en: "Add the element as the specification demands.",
    }
    1037 LongerThanSchema "LONGER_THAN_SCHEMA" 100 {
        zh: "{field} 有 {length} 个字符，超过 {max} 个，按规范文本予以接收。",
        en: "{field} has {length} characters, more than {max}; the prose of the specification allows it, so it was taken.",
        do_zh: "缩短至 {max} 个字符以内。",
        do_en: "Shorten it to {max} characters.",
    }
    1038 ExtraElement "EXTRA_ELEMENT" 100 {
        zh: "规范的架构没有元素 {field}，已略过。",
        en: "The schema does not have the element {field}; it was passed over.",
        do_zh: "可以不发送该元素。",
        do_en: "The element can be left out.",
    }
    1039 NotAnApplication "NOT_AN_APPLICATION" -999999 {
        zh: "{kind} 是回执，不能作为申报报文提交。",
        en: "{kind} is a receipt and cannot be submitted as a document.",
        do_zh: "提交企业申报报文：进口 311、411、511、513、621、623、625、711，出口 303、403、505、507、509、603、605、607、701、213、215。",
        do_en: "Submit what enterprises send: 311, 411, 511, 513, 621, 623, 625, 711 of import, 303, 403, 505, 507, 509, 603, 605, 607, 701, 213, 215 of export.",
    }
    1040 MoreFindings "MORE_FINDINGS" 100 {
        zh: "还有 {count} 处问题未列出。",
        en: "There are {count} more findings that are not listed.",
        do_zh: "改正已列出的问题后再检查。",
        do_en: "Mend what is listed and check again.",
    }
    1041 TransportForm "TRANSPORT_FORM" -999999 {
        zh: "传输信封不合要求：{what}。",
        en: "The transport envelope does not have its form: {what}.",
        do_zh: "按 DxpMsg 的格式重新封装。",
        do_en: "Wrap it again in the form of DxpMsg.",
    }

    // Declaration checks (100), matching and risk (200), signatures and rights (400), repeats (500), acts (600).
    100 PartyUnknown "PARTY_UNKNOWN" -10102 {
        zh: "企业 {code} 未在登记册中。",
        en: "Enterprise {code} is not in the register.",
        do_zh: "先登记该企业，或更正企业代码。",
        do_en: "Register the enterprise first, or correct its code.",
    }
    101 PartyRole "PARTY_ROLE" -10101 {
        zh: "企业 {code} 在 {day} 没有“{role}”资格。",
        en: "Enterprise {code} was not enrolled as {role} on {day}.",
        do_zh: "办理相应资格登记，或由有资格的企业发送。",
        do_en: "Enrol it for that role, or let an enterprise send it that is.",
    }
    102 PartySuspended "PARTY_SUSPENDED" -10101 {
        zh: "企业 {code} 已被暂停。",
        en: "Enterprise {code} is suspended.",
        do_zh: "联系区管理方处理暂停事由。",
        do_en: "Ask the zone operator how to end the suspension.",
    }
    103 LicenceExpired "LICENCE_EXPIRED" -10101 {
        zh: "企业 {code} 的“{role}”许可已于 {until} 到期。",
        en: "The licence of enterprise {code} as {role} ended on {until}.",
        do_zh: "续展许可并更新登记。",
        do_en: "Renew the licence and update the registration.",
    }
    104 PlatformNotConnected "PLATFORM_NOT_CONNECTED" 100 {
        zh: "电商平台 {code} 在 {day} 尚未开放支付原始数据接口。",
        en: "Platform {code} had not opened its interface for original payment data on {day}.",
        do_zh: "平台按公告要求与海关联网并登记启用日期后再申报。",
        do_en: "Let the platform connect with customs as the announcement demands and register the day, then declare again.",
    }
    110 TradeMode "TRADE_MODE" -621001 {
        zh: "监管方式 {mode} 不是零售进口方式（9610、1210、1239）。",
        en: "Trade mode {mode} is not one of retail import (9610, 1210, 1239).",
        do_zh: "直购进口（有运输工具、无账册）填 9610；保税进口（有账册）填 1210，不在试点城市的填 1239。",
        do_en: "Use 9610 for direct purchase (transport, no account book), 1210 for bonded goods (account book), 1239 for those outside pilot cities.",
    }
    111 OfficeMode "OFFICE_MODE" -621001 {
        zh: "海关 {office} 在 {day} 不办理监管方式 {mode}。",
        en: "Customs office {office} did not handle trade mode {mode} on {day}.",
        do_zh: "改填办理该方式的海关，通常是口岸或账册所在的海关；各海关办理的方式见“政策”页的 offices.csv。",
        do_en: "Declare at an office that handles this mode, as a rule that of the port or of the account book; the table offices.csv on the page of policies has them all.",
    }
    112 TransportMissing "TRANSPORT_MISSING" -621001 {
        zh: "直购进口（9610）须填写 {field}。",
        en: "Direct purchase import (9610) needs {field}.",
        do_zh: "按舱单填写运输工具、航班航次和提运单号。",
        do_en: "Fill in means of transport, voyage and bill number as the manifest has them.",
    }
    113 BondedFieldGiven "BONDED_FIELD_GIVEN" -621001 {
        zh: "直购进口（9610）不应填写 {field}。",
        en: "Direct purchase import (9610) must not carry {field}.",
        do_zh: "删去账册、区内企业和料号；保税商品改按 1210 申报。",
        do_en: "Remove account book, area operator and item number; declare bonded goods under 1210.",
    }
    114 BondedFieldMissing "BONDED_FIELD_MISSING" -621001 {
        zh: "保税进口须填写 {field}。",
        en: "Bonded retail import needs {field}.",
        do_zh: "填写账册编号、区内企业和每行账册料号；向保管货物的区内企业索取，它在“保税库存”页能看到。",
        do_en: "Fill in account book, area operator and the book item of each line; ask the area operator that keeps the goods, who reads them on its page of bonded stock.",
    }
    115 BondedCountry "BONDED_COUNTRY" -621001 {
        zh: "保税进口的起运国应为 142（中国），现为 {country}。",
        en: "Bonded retail import is dispatched from 142 (China), not from {country}.",
        do_zh: "表头 country 改为 142。",
        do_en: "Set the head's country to 142.",
    }
    116 TransportGiven "TRANSPORT_GIVEN" -621001 {
        zh: "保税进口不应填写 {field}。",
        en: "Bonded retail import must not carry {field}.",
        do_zh: "删去运输工具、航班航次和提运单号。",
        do_en: "Remove means of transport, voyage and bill number.",
    }
    117 NotPilotCity "NOT_PILOT_CITY" 100 {
        zh: "{city} 在 {day} 不是网购保税（1210）试点城市。",
        en: "{city} was not a pilot city of bonded retail import (1210) on {day}.",
        do_zh: "改按 1239 申报并满足首次进口要求，或经试点城市进口。",
        do_en: "Declare under 1239 with its first-entry papers, or bring the goods in through a pilot city.",
    }
    118 AgentNotEntrusted "AGENT_NOT_ENTRUSTED" 100 {
        zh: "{agent} 不是电商企业 {ebc} 登记的境内代理人，也未受其委托。",
        en: "{agent} is neither the registered domestic agent of seller {ebc} nor entrusted by it.",
        do_zh: "由登记的境内代理人申报，或先登记委托关系。",
        do_en: "Let the registered domestic agent declare, or register the entrustment first.",
    }
    119 AssureCode "ASSURE_CODE" 100 {
        zh: "担保企业 {assure} 不是本清单的平台、物流或申报企业，也不是境内登记的电商企业。",
        en: "Guarantor {assure} is not the platform, logistics or declaring enterprise of this list, nor a seller registered in China.",
        do_zh: "改填本清单中承担代收代缴的企业。",
        do_en: "Name the enterprise of this list that withholds the tax.",
    }
    120 GuaranteeMissing "GUARANTEE_MISSING" 100 {
        zh: "担保企业 {assure} 在 {day} 没有有效的税款担保。",
        en: "Guarantor {assure} had no live tax guarantee on {day}.",
        do_zh: "先提交保证金或保函并登记。",
        do_en: "Lodge a deposit or a bank letter and register it first.",
    }
    121 LogisticsLicence "LOGISTICS_LICENCE" 100 {
        zh: "物流企业 {code} 在 {day} 不具备 {mode} 方式要求的资质。",
        en: "Logistics enterprise {code} lacked on {day} the licence that mode {mode} asks for.",
        do_zh: "直购进口须为邮政或进出境快件运营人；保税进口须有快递经营许可。",
        do_en: "Direct purchase needs a postal or registered express operator, bonded import an express licence.",
    }
    122 CurrencyNotCny "CURRENCY_NOT_CNY" -621001 {
        zh: "{field} 币制 {currency} 应为 142（人民币）。",
        en: "{field}: currency {currency} has to be 142 (renminbi).",
        do_zh: "改填 142，并以人民币计价。",
        do_en: "Use 142 and state prices in renminbi.",
    }
    123 PackNo "PACK_NO" -621001 {
        zh: "件数为 {packs}，一份清单只对应一个包裹。",
        en: "The list names {packs} parcels; one list is one parcel.",
        do_zh: "件数填 1；多个包裹分别申报。",
        do_en: "Set packNo to 1; declare each parcel by itself.",
    }
    124 IdType "ID_TYPE" 100 {
        zh: "{field} 为 {kind}，目前只接受 1（居民身份证）。",
        en: "{field} is {kind}; only 1 (resident identity card) can be taken.",
        do_zh: "由持居民身份证的消费者订购；其他证件暂不能申报。",
        do_en: "The buyer needs a resident identity card; other documents cannot be declared yet.",
    }
    125 IdNumber "ID_NUMBER" 100 {
        zh: "{field} 不是有效的居民身份证号码。",
        en: "{field} is not a valid resident identity number.",
        do_zh: "向订购人核对证件号码（18 位，末位校验）。",
        do_en: "Check the number with the buyer (18 characters, the last one is a check digit).",
    }
    126 IdBlocked "ID_BLOCKED" 100 {
        zh: "订购人证件已被列入停用名单。",
        en: "The buyer's identity is on the blocked list.",
        do_zh: "请订购人本人到“不是我买的”页面核实。",
        do_en: "The buyer can clear this up on the page \"this was not me\".",
    }
    127 HsNotInTariff "HS_NOT_IN_TARIFF" 100 {
        zh: "第 {gnum} 行商品编码 {hs} 不在 {day} 的税则中。",
        en: "Line {gnum}: HS code {hs} was not in the tariff on {day}.",
        do_zh: "按当日税则填写 10 位商品编码。",
        do_en: "Use the ten-digit code of that day's tariff.",
    }
    128 StatutoryUnit "STATUTORY_UNIT" -621001 {
        zh: "第 {gnum} 行法定计量单位 {given} 应为 {expected}。",
        en: "Line {gnum}: statutory unit {given} has to be {expected}.",
        do_zh: "按税则的法定单位填写 {field}。",
        do_en: "Use the tariff's unit in {field}.",
    }
    129 StatutoryQuantity "STATUTORY_QUANTITY" -621001 {
        zh: "第 {gnum} 行 {field} 的法定数量不符合要求。",
        en: "Line {gnum}: the statutory quantity {field} is not as required.",
        do_zh: "第一法定数量须大于零；税则有第二单位时才填、且必须填第二数量。",
        do_en: "The first is above zero; the second is given exactly when the tariff has a second unit.",
    }
    130 LineTotal "LINE_TOTAL" -621001 {
        zh: "第 {gnum} 行总价 {total} 不等于单价乘数量 {expected}。",
        en: "Line {gnum}: total {total} is not price times quantity, {expected}.",
        do_zh: "更正单价、数量或总价（四舍五入到分）。",
        do_en: "Correct price, quantity or total (rounded half up to the fen).",
    }
    131 Weight "WEIGHT" -621001 {
        zh: "毛重 {gross} 千克、净重 {net} 千克不合理。",
        en: "Gross weight {gross} kg and net weight {net} kg do not fit.",
        do_zh: "毛重不小于净重，净重大于零。",
        do_en: "Gross is at least net, net is above zero.",
    }
    132 NetWeightQuantity "NET_WEIGHT_QUANTITY" -621001 {
        zh: "各行法定重量合计 {sum} 千克，与净重 {net} 千克相差超过 1%。",
        en: "The lines weigh {sum} kg together; net weight {net} kg differs by more than 1 %.",
        do_zh: "核对各行法定数量和净重。",
        do_en: "Check the lines' statutory quantities and the net weight.",
    }
    133 GoodsBanned "GOODS_BANNED" 100 {
        zh: "第 {gnum} 行商品 {hs}（原产国 {country}）在 {day} 禁止进口：{ban}。",
        en: "Line {gnum}: goods {hs} from {country} were banned on {day}: {ban}.",
        do_zh: "停止销售该商品；已到货的退运或销毁。",
        do_en: "Stop the sale; goods that have arrived are sent back or destroyed.",
    }
    134 RemarkNotMet "REMARK_NOT_MET" 100 {
        zh: "第 {gnum} 行商品 {hs} 不符合正面清单备注：{remark}。",
        en: "Line {gnum}: goods {hs} do not meet the positive list's remark: {remark}.",
        do_zh: "核对商品属性；不符合备注的按一般贸易申报。",
        do_en: "Check the goods; what does not meet the remark is declared as general trade.",
    }
    135 DeclaredDay "DECLARED_DAY" 100 {
        zh: "申报日期 {declared} 与受理日期 {accepted} 相差超过 {tolerance} 日。",
        en: "Declared on {declared}, accepted on {accepted}: more than {tolerance} day apart.",
        do_zh: "declTime 填写实际申报日期。",
        do_en: "Put the day of declaration into declTime.",
    }
    136 ImportFlag "IMPORT_FLAG" -621001 {
        zh: "{field} 为 {flag}，进口应为 I。",
        en: "{field} is {flag}; imports carry I.",
        do_zh: "改填 I。",
        do_en: "Use I.",
    }
    137 AgentOverdue "AGENT_OVERDUE" 100 {
        zh: "申报企业 {agent} 有逾期未缴的汇总税款 {payment}，新清单暂不受理。",
        en: "Declarant {agent} owes the overdue summary payment {payment}; new lists wait for it.",
        do_zh: "缴清税款和滞纳金后重新申报。",
        do_en: "Pay the tax and the surcharge, then declare again.",
    }
    138 DuplicateLine "DUPLICATE_LINE" -621001 {
        zh: "商品序号 {gnum} 重复或不连续。",
        en: "Line number {gnum} is repeated or out of sequence.",
        do_zh: "序号从 1 起连续编号。",
        do_en: "Number the lines from 1 without gaps.",
    }
    139 NoLines "NO_LINES" -621001 {
        zh: "没有商品行。",
        en: "There are no lines of goods.",
        do_zh: "至少填写一行商品。",
        do_en: "Give at least one line of goods.",
    }
    140 OrderSum "ORDER_SUM" -621001 {
        zh: "商品价格 {value} 元不等于各行总价之和 {sum} 元。",
        en: "Goods value CNY {value} is not the sum of the lines, CNY {sum}.",
        do_zh: "更正 goodsValue 或各行总价。",
        do_en: "Correct goodsValue or the lines' totals.",
    }
    141 StatusUnknown "STATUS_UNKNOWN" -621001 {
        zh: "{field} 为 {given}，只接受 {expected}。",
        en: "{field} is {given}; only {expected} can be taken.",
        do_zh: "按规范取值。",
        do_en: "Use the value of the specification.",
    }
    142 AmountNegative "AMOUNT_NEGATIVE" -621001 {
        zh: "{field} 为 {value}，不得小于零。",
        en: "{field} is {value}; it may not be below zero.",
        do_zh: "填写实际数额，没有的填 0。",
        do_en: "State the true amount, 0 where there is none.",
    }
    150 ItemNotInBook "ITEM_NOT_IN_BOOK" 100 {
        zh: "第 {gnum} 行料号 {item} 不在账册 {book} 中。",
        en: "Line {gnum}: item {item} is not in account book {book}.",
        do_zh: "核对账册编号和料号，或先将货物入账。",
        do_en: "Check book and item number, or bring the goods onto the book first.",
    }
    151 ItemDiffers "ITEM_DIFFERS" 100 {
        zh: "第 {gnum} 行与账册料号 {item} 的{what}不符：{given}，账册为 {book}。",
        en: "Line {gnum} differs from book item {item} in {what}: {given}, the book has {book}.",
        do_zh: "按账册填写商品编码和计量单位；确有变化的另立料号。",
        do_en: "Use the book's HS code and unit; goods that changed need an item of their own.",
    }
    152 StockShort "STOCK_SHORT" 100 {
        zh: "第 {gnum} 行料号 {item} 可用库存 {available}，不足 {qty}。",
        en: "Line {gnum}: item {item} has {available} available, less than {qty}.",
        do_zh: "待入账或退货上架后再申报，或减少数量。",
        do_en: "Declare again when stock has come in, or declare less.",
    }
    153 ItemExpired "ITEM_EXPIRED" 100 {
        zh: "第 {gnum} 行料号 {item} 已于 {expiry} 到期。",
        en: "Line {gnum}: item {item} expired on {expiry}.",
        do_zh: "停止销售；退运或销毁。",
        do_en: "Stop the sale; send the goods back or destroy them.",
    }
    200 OrderMissing "ORDER_MISSING" 100 {
        zh: "没有已接受的订单 {order}（电商企业 {ebc}）。",
        en: "There is no accepted order {order} of seller {ebc}.",
        do_zh: "请平台或电商企业发送订单（311），再申报。",
        do_en: "Have the platform or seller send the order (311), then declare again.",
    }
    201 WaybillMissing "WAYBILL_MISSING" 100 {
        zh: "没有已接受的运单 {waybill}（物流企业 {carrier}）。",
        en: "There is no accepted waybill {waybill} of carrier {carrier}.",
        do_zh: "请物流企业发送运单（511），再申报。",
        do_en: "Have the carrier send the waybill (511), then declare again.",
    }
    202 PlatformDiffers "PLATFORM_DIFFERS" 100 {
        zh: "清单的平台 {list} 与订单的平台 {order} 不一致。",
        en: "The list names platform {list}, the order {order}.",
        do_zh: "订单的平台下没有支付单的，是订单写错了，由平台更正；有的，改清单的平台代码。",
        do_en: "Where no payment has come under the order's platform, the order is wrong and its platform corrects it; otherwise correct the list's.",
    }
    203 WaybillUsed "WAYBILL_USED" 100 {
        zh: "运单 {waybill} 已被另一份清单使用。",
        en: "Waybill {waybill} is used by another live list.",
        do_zh: "一张运单对应一份清单；更正运单编号，或先撤销另一份清单。",
        do_en: "One waybill belongs to one list; correct the number, or cancel the other list first.",
    }
    204 WaybillReused "WAYBILL_REUSED" 100 {
        zh: "运单 {waybill} 在 6 个月内已经用过（{since}）。",
        en: "Waybill {waybill} was used within six months (on {since}).",
        do_zh: "更换运单编号；同一物流企业 6 个月内不得重复。",
        do_en: "Use another number; a carrier may not repeat one within six months.",
    }
    205 PaymentNotOne "PAYMENT_NOT_ONE" 100 {
        zh: "订单 {order} 有 {count} 笔已接受的支付单。",
        en: "Order {order} has {count} accepted payments.",
        do_zh: "由支付企业删除多余的支付单（appType 3）。",
        do_en: "Have the payment enterprise delete the extra ones (appType 3).",
    }
    206 PaymentReference "PAYMENT_REFERENCE" 100 {
        zh: "订单写明的支付企业或支付交易编号与支付单不一致。",
        en: "The payment enterprise or transaction number in the order is not that of the payment.",
        do_zh: "更正订单的 payCode、payTransactionId，或重发支付单。",
        do_en: "Correct payCode and payTransactionId in the order, or send the payment again.",
    }
    207 BuyerDiffers "BUYER_DIFFERS" 100 {
        zh: "清单的订购人（{what}）与订单不一致。",
        en: "The buyer of the list differs from the order's ({what}).",
        do_zh: "按订单填写订购人姓名和证件；个人信息不在页面上显示，向平台核对订单。",
        do_en: "Use the order's name and identity of the buyer; personal data are not shown on pages, so ask the platform.",
    }
    208 ConsigneeDiffers "CONSIGNEE_DIFFERS" 100 {
        zh: "订单与运单的收货人（{what}）不一致。",
        en: "The consignee of order and waybill differs ({what}).",
        do_zh: "更正订单或运单，两者须一致。",
        do_en: "Correct the order or the waybill until they agree.",
    }
    209 AddressDiffers "ADDRESS_DIFFERS" 100 {
        zh: "清单的收货地址与订单不一致。",
        en: "The consignee address of the list differs from the order's.",
        do_zh: "按订单填写收货地址。",
        do_en: "Use the order's address.",
    }
    210 LinesDiffer "LINES_DIFFER" 100 {
        zh: "第 {gnum} 行与订单的{what}不一致：清单 {list}，订单 {order}。",
        en: "Line {gnum} differs from the order in {what}: list {list}, order {order}.",
        do_zh: "按订单逐行填写商品名称、数量、单位、单价和总价。",
        do_en: "Fill in name, quantity, unit, price and total line by line as the order has them.",
    }
    211 GoodsValueDiffers "GOODS_VALUE_DIFFERS" 100 {
        zh: "清单各行总价之和 {list} 元，订单商品价格 {order} 元。",
        en: "The lines of the list add up to CNY {list}, the order's goods value is CNY {order}.",
        do_zh: "更正金额后重新申报。",
        do_en: "Correct the amounts and declare again.",
    }
    212 FreightDiffers "FREIGHT_DIFFERS" 100 {
        zh: "清单运费与保费合计 {list} 元，订单运杂费 {order} 元。",
        en: "Freight and insurance of the list are CNY {list}, the order's freight is CNY {order}.",
        do_zh: "更正运杂费后重新申报。",
        do_en: "Correct the carriage and declare again.",
    }
    213 WeightDiffers "WEIGHT_DIFFERS" 100 {
        zh: "清单毛重 {list} 千克与运单 {waybill} 千克相差较大。",
        en: "Gross weight {list} kg of the list is far from the waybill's {waybill} kg.",
        do_zh: "核对重量；此项只计入风险分。",
        do_en: "Check the weight; this only adds to the risk score.",
    }
    214 ManifestMissing "MANIFEST_MISSING" 100 {
        zh: "没有提运单 {bill}（{voyage}、{traf}）的舱单。",
        en: "There is no manifest for bill {bill} ({voyage}, {traf}).",
        do_zh: "待舱单传输后再申报，或更正提运单号、航次和运输工具。",
        do_en: "Wait for the manifest, or correct bill, voyage and means of transport.",
    }
    215 ManifestExhausted "MANIFEST_EXHAUSTED" 100 {
        zh: "提运单 {bill} 的 {pieces} 件已全部申报。",
        en: "All {pieces} parcels of bill {bill} have been declared.",
        do_zh: "核对提运单号，或请运输企业更正舱单件数。",
        do_en: "Check the bill number, or have the carrier correct the manifest.",
    }
    216 PaidAfterList "PAID_AFTER_LIST" 100 {
        zh: "支付时间 {paid} 晚于清单时间 {list}。",
        en: "The payment was made at {paid}, after the list was sent at {list}.",
        do_zh: "三单应在清单之前；核对支付时间。",
        do_en: "The three documents come before the list; check the time of payment.",
    }
    217 PaidBeforeOrder "PAID_BEFORE_ORDER" 100 {
        zh: "支付时间 {paid} 早于订单时间 {order}。",
        en: "The payment was made at {paid}, before the order of {order}.",
        do_zh: "核对时间；此项只计入风险分。",
        do_en: "Check the times; this only adds to the risk score.",
    }
    218 BuyerMinor "BUYER_MINOR" 100 {
        zh: "订购人未满 18 周岁。",
        en: "The buyer is under 18.",
        do_zh: "无须更正；此项只计入风险分。",
        do_en: "Nothing to correct; this only adds to the risk score.",
    }
    219 RiskRule "RISK_RULE" 100 {
        zh: "风险规则 {rule}：{what}。",
        en: "Risk rule {rule}: {what}.",
        do_zh: "无须更正；等待人工审核或查验。",
        do_en: "Nothing to correct; wait for review or inspection.",
    }
    220 WaitOver "WAIT_OVER" 100 {
        zh: "等待三单超过 {hours} 小时。",
        en: "The wait for the other documents is over after {hours} hours.",
        do_zh: "补齐单证后用同一编号重新申报。",
        do_en: "Send what was missing, then declare again with the same numbers.",
    }
    221 PaymentUsed "PAYMENT_USED" 100 {
        zh: "订单 {order} 的支付单 {payment} 已被另一份清单使用。",
        en: "Payment {payment} of order {order} is used by another live list.",
        do_zh: "一笔支付对应一份清单；请支付企业另发该订单的支付单。",
        do_en: "One payment belongs to one list; have the payment enterprise send this order's own payment.",
    }
    306 NotTheDeclarant "NOT_THE_DECLARANT" 100 {
        zh: "{agent} 不是该清单的申报企业或境内代理人。",
        en: "{agent} is neither the declarant of this list nor the seller's domestic agent.",
        do_zh: "由原申报企业或登记的境内代理人申请。",
        do_en: "Let the declarant of the list or the registered agent apply.",
    }
    307 AppliedAlready "APPLIED_ALREADY" -623009 {
        zh: "该申请已受理。",
        en: "This application has been taken in already.",
        do_zh: "等待处理结果，无须重发。",
        do_en: "Wait for its result; there is no need to send it again.",
    }
    308 ReturnNotAllowedThen "RETURN_NOT_ALLOWED_THEN" 100 {
        zh: "{day} 尚无零售进口退货规定。",
        en: "On {day} there was no rule for the return of retail imports.",
        do_zh: "按退运或其他方式处理。",
        do_en: "Send the goods back under another procedure.",
    }
    309 RefundNotFound "REFUND_NOT_FOUND" 100 {
        zh: "没有找到退货申请 {number}。",
        en: "Return application {number} was not found.",
        do_zh: "核对申报企业和企业内部编号。",
        do_en: "Check the declarant and its internal number.",
    }
    400 SignatureRequired "SIGNATURE_REQUIRED" -621026 {
        zh: "{message} 必须有数字签名。",
        en: "{message} has to be signed.",
        do_zh: "用登记的证书签名后重新发送。",
        do_en: "Sign it with a registered certificate and send it again.",
    }
    401 CertificateUnknown "CERTIFICATE_UNKNOWN" -621029 {
        zh: "签名证书 {serial} 未登记。",
        en: "The signing certificate {serial} is not registered.",
        do_zh: "先登记证书，或改用登记的证书签名。",
        do_en: "Register the certificate, or sign with a registered one.",
    }
    402 CertificateOther "CERTIFICATE_OTHER" -621029 {
        zh: "签名证书属于企业 {owner}，不能代表传输企业 {code}。",
        en: "The certificate belongs to enterprise {owner}, which does not speak for the sender {code}.",
        do_zh: "用传输企业自己的证书签名。",
        do_en: "Sign with a certificate of the sending enterprise.",
    }
    403 CertificateExpired "CERTIFICATE_EXPIRED" -621029 {
        zh: "签名证书 {serial} 在 {day} 无效（有效期 {from} 至 {until}）。",
        en: "Certificate {serial} was not valid on {day} (valid from {from} to {until}).",
        do_zh: "更换证书。",
        do_en: "Use a valid certificate.",
    }
    404 SignatureWrong "SIGNATURE_WRONG" -621029 {
        zh: "数字签名不正确：{what}。",
        en: "The signature is wrong: {what}.",
        do_zh: "对最终发送的内容重新签名。",
        do_en: "Sign the very bytes that you send.",
    }
    405 SenderOther "SENDER_OTHER" 100 {
        zh: "已登录的企业 {sender} 不能代表 {code} 传输。",
        en: "The connected enterprise {sender} may not send for {code}.",
        do_zh: "用该企业自己的密钥连接，或登记委托关系。",
        do_en: "Connect with that enterprise's own key, or register the entrustment.",
    }
    500 DuplicateKey "DUPLICATE_KEY" 100 {
        zh: "重复申报，业务主键[{key}]，现状态 {status}。",
        en: "The business key [{key}] was declared before and is in state {status}.",
        do_zh: "已受理的单证不能用其他内容替换；需要修改的先撤销。",
        do_en: "A document that was taken in cannot be replaced by another; cancel it first.",
    }
    501 OrderReferred "ORDER_REFERRED" -301011 {
        zh: "订单 {order} 已有清单，不能变更或删除。",
        en: "Order {order} belongs to a declared list and cannot be changed or deleted.",
        do_zh: "先撤销清单（623）。",
        do_en: "Cancel the list first (623).",
    }
    502 NothingToChange "NOTHING_TO_CHANGE" -301009 {
        zh: "没有可变更或删除的原单证（{key}）。",
        en: "There is no document {key} to change or delete.",
        do_zh: "先新增（appType 1）。",
        do_en: "Send it as new first (appType 1).",
    }
    503 WindowFault "WINDOW_FAULT" -999999 {
        zh: "本系统内部错误，个案号 {case}；本单未作任何处理。",
        en: "An internal error of this window, case {case}; nothing was done with this document.",
        do_zh: "稍后重发；再次出现请报个案号。",
        do_en: "Send it again later; if it happens again, report the case number.",
    }
    504 ActionNotPossible "ACTION_NOT_POSSIBLE" -621011 {
        zh: "{message} 不支持 appType {action}。",
        en: "{message} cannot be sent with appType {action}.",
        do_zh: "以新增（appType 1）发送；清单要修改的，先撤销（623）再重新申报。",
        do_en: "Send it as new (appType 1); to change a list, cancel it (623) and declare again.",
    }
    505 Draft "DRAFT" 100 {
        zh: "单证为暂存状态（appStatus {status}），未申报。",
        en: "The document is a draft (appStatus {status}) and was not declared.",
        do_zh: "申报时 appStatus 填 2。",
        do_en: "Set appStatus to 2 to declare.",
    }
    506 ReferredDocument "REFERRED_DOCUMENT" 100 {
        zh: "{what} {key} 已被清单使用，不能变更或删除。",
        en: "The {what} {key} is used by a list and cannot be changed or deleted.",
        do_zh: "先撤销清单（623）。",
        do_en: "Cancel the list first (623).",
    }
    507 NotTakenHere "NOT_TAKEN_HERE" 100 {
        zh: "本窗口尚不办理 {message}。",
        en: "This window does not deal with {message} yet.",
        do_zh: "通过原有渠道申报；本窗口能核对其格式。",
        do_en: "Declare it the way you did so far; this window can check its form.",
    }
    600 ActNotPossible "ACT_NOT_POSSIBLE" 100 {
        zh: "状态 {state} 下不能“{act}”。",
        en: "In state {state} the act \"{act}\" is not possible.",
        do_zh: "刷新页面查看当前状态。",
        do_en: "Look at the present state.",
    }
    601 ActorRole "ACTOR_ROLE" 100 {
        zh: "{who} 无权“{act}”。",
        en: "{who} has no right to \"{act}\".",
        do_zh: "由有权限的人员办理。",
        do_en: "Let somebody with that right do it.",
    }
    602 CaseUnknown "CASE_UNKNOWN" 100 {
        zh: "没有找到 {key}。",
        en: "{key} was not found.",
        do_zh: "核对编号。",
        do_en: "Check the number.",
    }
    603 PolicyFault "POLICY_FAULT" 100 {
        zh: "政策文件 {file} 第 {row} 行：{what}。",
        en: "Policy file {file}, line {row}: {what}.",
        do_zh: "更正后重新采纳。",
        do_en: "Correct it and adopt it again.",
    }
    604 RowFault "ROW_FAULT" 100 {
        zh: "第 {row} 行 {column}：{what}。",
        en: "Line {row}, {column}: {what}.",
        do_zh: "更正后重新导入。",
        do_en: "Correct it and import it again.",
    }
    700 BondedUnknown "BONDED_UNKNOWN" 100 {
        zh: "没有贵企业的 {kind} {number}。",
        en: "You have no {kind} {number}.",
        do_zh: "核对编号；账册须先备案并经海关审核。",
        do_en: "Check the number; a book is filed and approved first.",
    }
    701 BondedState "BONDED_STATE" 100 {
        zh: "{kind} {number} 的状态是“{state}”，现在不能这样办理。",
        en: "{kind} {number} is {state}; this is not possible now.",
        do_zh: "查看该单证的现状，先办结前一步。",
        do_en: "Look at the document's present state and finish the step before.",
    }
    702 BondedField "BONDED_FIELD" -621001 {
        zh: "{field} 为 {given}，与其他栏目不符，应为 {expected}。",
        en: "{field} is {given}; with the other fields it has to be {expected}.",
        do_zh: "按单证类型更正该栏目。",
        do_en: "Correct the field to fit the kind of document.",
    }
    703 BookOver "BOOK_OVER" 100 {
        zh: "账册 {book} 有效期至 {last}，{day} 不能使用。",
        en: "Account book {book} ended on {last} and cannot be used on {day}.",
        do_zh: "办理账册延期，或使用另一账册。",
        do_en: "Have the book prolonged, or use another.",
    }
    704 QuantityOver "QUANTITY_OVER" 100 {
        zh: "第 {gnum} 行（{item}）数量 {qty} 超过 {of} 的余量 {left}。",
        en: "Line {gnum} ({item}): {qty} is more than the {left} left of {of}.",
        do_zh: "减少数量，或等前面的货物过卡、退回或申报后再办。",
        do_en: "Take less, or wait until earlier goods have passed, come back or been declared.",
    }
    705 StatutoryFactor "STATUTORY_FACTOR" -621001 {
        zh: "第 {gnum} 行料号 {item} 的法定数量 {given} 不等于申报数量乘比例因子 {expected}。",
        en: "Line {gnum}: item {item} has the statutory quantity {given}, not declared quantity times factor, {expected}.",
        do_zh: "按账册的比例因子更正法定数量。",
        do_en: "Correct the statutory quantity by the book's factor.",
    }
    706 PairDiffers "PAIR_DIFFERS" 100 {
        zh: "第 {gnum} 行：转出与转入清单的 {what} 不一致，{given} 对 {other}。",
        en: "Line {gnum}: the halves of the transfer differ in {what}: {given} against {other}.",
        do_zh: "转出方、转入方核对后，删除一方清单重新申报。",
        do_en: "Giver and receiver compare, delete one half and file it again.",
    }
    707 SumsDiffer "SUMS_DIFFER" 100 {
        zh: "料号 {item} 申报 {qty}，所列单证合计 {sum}。",
        en: "Item {item}: {qty} declared, the documents named hold {sum}.",
        do_zh: "按所列单证汇总数量，逐料号一致。",
        do_en: "Declare the sum of the documents named, item by item.",
    }
    708 RetailListWrong "RETAIL_LIST_WRONG" 100 {
        zh: "清单 {invt} 不是账册 {book} 已放行、未归并的同一商家、关区和日期的零售清单。",
        en: "List {invt} is not a released retail list of book {book}, of the same seller, office and day, that stands on no other list.",
        do_zh: "只列同一账册、商家、关区、放行日期且未出区的清单。",
        do_en: "Name lists of one book, seller, office and day of release that have not left yet.",
    }
    709 NothingToGroup "NOTHING_TO_GROUP" 100 {
        zh: "账册 {book} 在 {day} 没有已放行而未归并的零售清单。",
        en: "Book {book} has no released parcels of {day} that stand on no list.",
        do_zh: "核对账册和放行日期；已归并的不必再做。",
        do_en: "Check book and day of release; what is grouped need not be grouped again.",
    }
    710 PassMustBeEmpty "PASS_MUST_BE_EMPTY" -621001 {
        zh: "核放单类型 {kind} 的绑定类型、关联单证类型和关联单证编号必须为空。",
        en: "A pass of type {kind} carries no bind type, related type or related number.",
        do_zh: "空车和卡口登记货物删去这三栏；载有保税货物的改用其他核放单类型。",
        do_en: "Leave the three empty; goods of a book need a pass of another type.",
    }
    711 GateWeight "GATE_WEIGHT" 100 {
        zh: "过磅 {measured} 千克，核放单 {declared} 千克，相差超过 {tolerance}。",
        en: "Weighed {measured} kg, the pass says {declared} kg: they differ by more than {tolerance}.",
        do_zh: "停车待查；查明后由海关人工放行，或删除核放单重新申报。",
        do_en: "The vehicle waits; customs let it pass after a look, or the pass is deleted and filed again.",
    }
    712 GatePlate "GATE_PLATE" 100 {
        zh: "识别车牌 {plate}，核放单为 {vehicle}。",
        en: "The plate read is {plate}, the pass is for {vehicle}.",
        do_zh: "停车待查；换车的删除核放单重新申报。",
        do_en: "The vehicle waits; for another vehicle delete the pass and file it again.",
    }
    713 GateSeal "GATE_SEAL" 100 {
        zh: "封志应为 {seal}，实际 {read}。",
        en: "The seal should be {seal}; {read} was read.",
        do_zh: "停车待查，由海关验封。",
        do_en: "The vehicle waits until customs have looked at the seal.",
    }
    714 NotUnderForm "NOT_UNDER_FORM" 100 {
        zh: "第 {gnum} 行料号 {item} 不在业务申报表 {form} 内。",
        en: "Line {gnum}: item {item} is not on form {form}.",
        do_zh: "另报业务申报表，列明该料号。",
        do_en: "File a form that names the item.",
    }
    715 FormUndeclared "FORM_UNDECLARED" 100 {
        zh: "业务申报表 {form} 已于 {last} 到期，料号 {item} 还有 {qty} 未退回也未集中申报。",
        en: "Form {form} ended on {last}; {qty} of item {item} neither came back nor was declared.",
        do_zh: "立即集中申报或退回；逾期按规定处理。",
        do_en: "Declare or bring back the goods at once; delay has its consequences.",
    }
    716 NotTallied "NOT_TALLIED" 100 {
        zh: "提运单 {bill} 的货物还没有理货完成。",
        en: "The goods of bill {bill} have not been tallied to the end.",
        do_zh: "先报理货结果（tallyEnd），再申报核注清单。",
        do_en: "Report the tally (tallyEnd) first, then file the list.",
    }
    717 DifferenceUnreported "DIFFERENCE_UNREPORTED" 100 {
        zh: "料号 {item} 实数 {counted}，应为 {expected}，没有说明原因。",
        en: "Item {item}: {counted} counted, {expected} expected, and nobody has said why.",
        do_zh: "报告短装、溢装或差异原因；点错的重新盘点。",
        do_en: "Report why it is short or over; where it was miscounted, count again.",
    }
    718 DeclaredLate "DECLARED_LATE" 100 {
        zh: "提运单 {bill} 逾期 {days} 日申报，货值 {value} 元，滞报金 {fee} 元。",
        en: "Bill {bill} was declared {days} days late; on CNY {value} the late fee is CNY {fee}.",
        do_zh: "缴纳滞报金。",
        do_en: "Pay the late fee.",
    }
    719 EntryOverdue "ENTRY_OVERDUE" 100 {
        zh: "提运单 {bill} 的货物应于 {last} 前申报，现已逾期，按日计征滞报金。",
        en: "The goods of bill {bill} should have been declared by {last}; a fee is due for each day from now on.",
        do_zh: "尽快理货并申报核注清单。",
        do_en: "Tally the goods and file the list as soon as possible.",
    }
    720 EntryUnclaimed "ENTRY_UNCLAIMED" 100 {
        zh: "提运单 {bill} 的货物自运输工具申报进境之日起超过三个月未申报（最迟应为 {last}）。",
        en: "The goods of bill {bill} have not been declared for three months (the last day was {last}).",
        do_zh: "由海关依法提取变卖；余款一年内可申请发还。",
        do_en: "Customs may sell them; what is left of the price can be claimed within a year.",
    }
    721 ShortTaxed "SHORT_TAXED" 100 {
        zh: "料号 {item} 短少 {qty}（{cause}），货值 {value} 元，按一般贸易补税 {tax} 元（关税 {duty}，消费税 {consumption}，增值税 {vat}）。",
        en: "Item {item} is short of {qty} ({cause}); its value of CNY {value} is taxed as general trade: CNY {tax} (duty {duty}, consumption tax {consumption}, VAT {vat}).",
        do_zh: "按一般贸易税率补缴税款。",
        do_en: "Pay the tax at the rates of general trade.",
    }
    722 PlaceNotFit "PLACE_NOT_FIT" 100 {
        zh: "监管场所 {place} 不能接收：{why}。",
        en: "Supervised place {place} cannot take it: {why}.",
        do_zh: "换一个符合条件的监管场所，或在开放时间运抵。",
        do_en: "Use a place that fits, or come when it is open.",
    }
    723 QuarantineMissing "QUARANTINE_MISSING" 100 {
        zh: "口岸检疫结果 {number} 未登记、不合格或已过期。",
        en: "The result of quarantine at the port, {number}, is not registered, not good or out of date.",
        do_zh: "先在口岸完成检疫，由口岸海关登记结果。",
        do_en: "Finish quarantine at the port and have its office register the result.",
    }
    724 TransitVehicle "TRANSIT_VEHICLE" 100 {
        zh: "转关 {number} 的车辆应为 {expected}，实际 {vehicle}。",
        en: "Customs transfer {number} left on vehicle {expected}; {vehicle} arrived.",
        do_zh: "由指运地海关查验车辆和封志。",
        do_en: "The office of destination looks at vehicle and seal.",
    }
    725 TransitLate "TRANSIT_LATE" 100 {
        zh: "转关 {number} 于 {arrived} 运抵，晚于 {by}。",
        en: "Customs transfer {number} arrived at {arrived}, after {by}.",
        do_zh: "说明途中情况；由指运地海关查验。",
        do_en: "Say what happened on the way; the office of destination has a look.",
    }
    726 BondedKind "BONDED_KIND" -621001 {
        zh: "不认识的保税单证：{what}。",
        en: "This is no bonded document that we know: {what}.",
        do_zh: "单证名称和结构见保税单证说明（docs/bonded.md）。",
        do_en: "Names and structure are in docs/bonded.md.",
    }
    727 ConditionMissing "CONDITION_MISSING" 100 {
        zh: "来自 {country} 的商品 {hs} 于 {day} 须具备：{needs}。",
        en: "Goods of HS {hs} from {country} need this on {day}: {needs}.",
        do_zh: "由主管海关登记该证件（CERTIFICATE），在 licenceNo 填写其编号。",
        do_en: "Have the office in charge register the document (CERTIFICATE) and name its number in licenceNo.",
    }
    740 ShelfShort "SHELF_SHORT" 100 {
        zh: "料号 {item} 实物比单证少 {qty}：{agreed} 时相符，{since} 起不符。",
        en: "Of item {item} the shelf has {qty} less than the documents: they agreed at {agreed} and differ since {since}.",
        do_zh: "查看这段时间的流水和核放单；盘点该料号（STOCKTAKE）并说明差异原因，由海关核定。",
        do_en: "Look at the movements and passes in between; count the item (STOCKTAKE), say why it differs, and have customs decide.",
    }
    741 ShelfOver "SHELF_OVER" 100 {
        zh: "料号 {item} 实物比单证多 {qty}：{agreed} 时相符，{since} 起不符。",
        en: "Of item {item} the shelf has {qty} more than the documents: they agreed at {agreed} and differ since {since}.",
        do_zh: "查找未录入的出区或多到的货物；盘点该料号（STOCKTAKE）后按盘盈补入。",
        do_en: "Look for goods that came without documents, or left only on paper; count the item (STOCKTAKE) and have it corrected inbound.",
    }
    742 StockUndeclared "STOCK_UNDECLARED" 100 {
        zh: "料号 {item} 有 {qty} 已入区未核增，最早的自 {since} 起。",
        en: "Of item {item} {qty} came in and is not credited yet, the oldest since {since}.",
        do_zh: "理货并申报核注清单；已申报的，等报关单放行、其余车辆过卡或转出方核扣。",
        do_en: "Tally and file the list; where it is filed, the declaration, further vehicles or the other half of a transfer are awaited.",
    }
    743 StockLeaving "STOCK_LEAVING" 100 {
        zh: "料号 {item} 有 {qty} 已出货未核减，最早的自 {since} 起。",
        en: "Of item {item} {qty} left and is not deducted yet, the oldest since {since}.",
        do_zh: "零售包裹归并出区（OUTGOING）并过卡；其他的等报关单放行或其余车辆过卡。",
        do_en: "Group retail parcels (OUTGOING) and take them through the gate; otherwise the declaration or further vehicles are awaited.",
    }
    744 StockAway "STOCK_AWAY" 100 {
        zh: "料号 {item} 有 {qty} 在业务申报表下出区未结，最早的自 {since} 起。",
        en: "Of item {item} {qty} is outside under a form, the oldest since {since}.",
        do_zh: "在申报表有效期内返区（SAS111）或集中申报（INV101，清单类型 1）。",
        do_en: "Bring it back (SAS111) or declare it together (INV101 of type 1) while the form is in force.",
    }
    745 ShelfUnsaid "SHELF_UNSAID" 100 {
        zh: "仓储系统没有报送料号 {item} 的近期结存（上次 {last}）。",
        en: "The warehouse's system has not said lately what it holds of item {item} (last {last}).",
        do_zh: "每日报送实物结存（SHELF）。",
        do_en: "Send its figures (SHELF) every day.",
    }
    748 DomesticTaxed "DOMESTIC_TAXED" 100 {
        zh: "料号 {item} 内销 {qty}，货值 {value} 元，按一般贸易征税 {tax} 元（关税 {duty}，消费税 {consumption}，增值税 {vat}）。",
        en: "{qty} of item {item} are sold inside China for CNY {value} and taxed as general trade: CNY {tax} (duty {duty}, consumption tax {consumption}, VAT {vat}).",
        do_zh: "随报关单缴纳税款。",
        do_en: "Pay the tax with the declaration.",
    }
    749 PartyUntrusted "PARTY_UNTRUSTED" 100 {
        zh: "企业 {code} 在失信企业认定期内，不得先入区后报关。",
        en: "Enterprise {code} is held untrustworthy by customs; it may not enter first and declare later.",
        do_zh: "先报关后入区，或待失信认定解除。",
        do_en: "Declare first and enter then, or wait until it is held so no more.",
    }
    605 Disowned "DISOWNED" 100 {
        zh: "订购人称不是本人购买（异议 {number}），不能放行。",
        en: "The buyer says that it was not his or her purchase (case {number}); it cannot be released.",
        do_zh: "先办结异议；确系冒用的，退运或扣留。",
        do_en: "Settle the case first; where the identity was misused, send the parcel back or detain it.",
    }
    606 NotCounted "NOT_COUNTED" 100 {
        zh: "这票包裹没有占用额度（{state}），不需要恢复。",
        en: "The parcel takes nothing of the allowance ({state}), so there is nothing to restore.",
        do_zh: "如有疑问，请到综试区窗口办理。",
        do_en: "If in doubt, ask at the zone's counter.",
    }
    620 NotAppealable "NOT_APPEALABLE" 100 {
        zh: "对此不能申请复议：{why}。",
        en: "This cannot be appealed: {why}.",
        do_zh: "被退单、扣留或责令退运的清单、放行清单的征税和被拒的退货，参与企业和订购人可以申请复议；其他事项请到综试区窗口办理。",
        do_en: "Those who take part in a list that was refused, detained or sent back may appeal, and its buyer; so may they against the tax of a released one and a refused return. For other matters ask at the zone's counter.",
    }
    621 AppealLate "APPEAL_LATE" 100 {
        zh: "决定于 {known} 作出，申请复议的期限是 {last}。",
        en: "The decision was made on {known}; it could be appealed until {last}.",
        do_zh: "有新事实的，重新申报；或依法起诉。",
        do_en: "Where there are new facts declare again, or go to court as the law allows.",
    }
    622 AppealOnce "APPEAL_ONCE" 100 {
        zh: "对同一决定已申请过复议（{number}）。",
        en: "This decision has been appealed already ({number}).",
        do_zh: "复议以一次为限；对复议决定不服的，可在期限内向人民法院起诉。",
        do_en: "One appeal for one decision; who does not accept its outcome may go to court in time.",
    }
    623 FourEyes "FOUR_EYES" 100 {
        zh: "{who} 已经办过此事，复议须由另一名关员决定。",
        en: "{who} has acted in this matter before; another officer has to decide the appeal.",
        do_zh: "请另一名关员登录后办理。",
        do_en: "Have another officer sign in and decide it.",
    }
    624 AppealReasons "APPEAL_REASONS" 100 {
        zh: "复议决定没有写明理由。",
        en: "The decision of an appeal gives no reasons.",
        do_zh: "写明维持或者撤销的理由。",
        do_en: "Say why the decision stands or why it does not.",
    }
    625 AppealSilent "APPEAL_SILENT" 100 {
        zh: "复议 {number} 应于 {until} 前决定，逾期未决；原决定仍有效，{court} 前可以起诉。",
        en: "Appeal {number} was to be decided by {until} and was not; the decision stands, and one may go to court until {court}.",
        do_zh: "关员应立即作出复议决定；申请人可以等待，也可以起诉。",
        do_en: "An officer should decide it now; the appellant may wait, or go to court.",
    }
    626 NotSetAside "NOT_SET_ASIDE" 100 {
        zh: "{code} 不能由复议认定不成立：它来自额度、担保、库存或者缺少的单证。",
        en: "{code} cannot be set aside: it follows from allowance, guarantee, stock or missing documents.",
        do_zh: "先更正它所依据的事实（额度、担保、库存、单证），再决定复议。",
        do_en: "Have the facts corrected from which it follows (allowance, guarantee, stock, documents), then decide the appeal.",
    }
    627 PolicyProposed "POLICY_PROPOSED" 100 {
        zh: "政策由 {who} 提出，另一人采用同样的内容后生效。",
        en: "{who} has proposed the policy; it takes force when another person adopts the same content.",
        do_zh: "请另一名运营人员用同样的文件采用。",
        do_en: "Have another operator adopt the same files.",
    }
    628 PolicySamePerson "POLICY_SAME_PERSON" 100 {
        zh: "这份政策由 {who} 提出（日志第 {entry} 号），须由另一人采用。",
        en: "{who} proposed this policy (entry {entry}); another person has to adopt it.",
        do_zh: "请另一名运营人员用同样的文件采用。",
        do_en: "Have another operator adopt the same files.",
    }
    635 ReturnRoom "RETURN_ROOM" 100 {
        zh: "清单 {invt} 的商品不能进入退货中心仓 {place}：{why}。",
        en: "The goods of list {invt} may not come into the central return warehouse {place}: {why}.",
        do_zh: "按一般退货办理，运回原监管场所。",
        do_en: "Return them in the ordinary way, to the place that they came from.",
    }
    610 ClockOtherDay "CLOCK_OTHER_DAY" 100 {
        zh: "确认的日期是 {day}，时钟的日期是 {today}。",
        en: "The day confirmed is {day}; the clock shows {today}.",
        do_zh: "时钟不对的，先校准时钟；时钟对的，按时钟的日期确认。",
        do_en: "Set the clock right, or confirm the day that it shows if that is right.",
    }
    450 LookNeedsCase "LOOK_NEEDS_CASE" 100 {
        zh: "为 {purpose} 查阅 {records} 条记录须写明案件编号。",
        en: "A look at {records} records for {purpose} needs the number of a case.",
        do_zh: "填写案件、稽查或复议的编号，或缩小查阅范围。",
        do_en: "Give the number of the case, audit or appeal, or look at fewer records.",
    }
    451 LookUnusual "LOOK_UNUSUAL" 100 {
        zh: "{who} 当日已查阅 {count} 条，超过通常的 {limit} 条。",
        en: "This {who} has looked at {count} records today, more than the usual {limit}.",
        do_zh: "由审计管理员核实用途；本人可向其询问。",
        do_en: "The auditor asks what it was for; the person concerned may ask the auditor.",
    }

    // Export (rules.md 6).
    800 ExportMode "EXPORT_MODE" -603001 {
        zh: "监管方式 {mode} 不是跨境电商出口的监管方式。",
        en: "Mode {mode} is not a mode of cross-border export.",
        do_zh: "填 9610、1210、9710 或 9810；其他方式请按一般报关单申报。",
        do_en: "Use 9610, 1210, 9710 or 9810; declare anything else by an ordinary declaration.",
    }
    801 ExportFlag "EXPORT_FLAG" -603001 {
        zh: "{field} 为 {flag}，应为 {expected}。",
        en: "{field} is {flag}; it has to be {expected}.",
        do_zh: "按出口业务填写该字段。",
        do_en: "Fill in the field as it is for export.",
    }
    802 StatisticsFlag "STATISTICS_FLAG" -603001 {
        zh: "申报业务类型 {given} 既不是 A（简化申报）也不是 B（汇总申报）。",
        en: "Kind of declaration {given} is neither A (simplified) nor B (summary declaration).",
        do_zh: "填 A 或 B；需要退税的填 B。",
        do_en: "Use A or B; where a rebate is wanted, B.",
    }
    803 SummaryWayMode "SUMMARY_WAY_MODE" -603001 {
        zh: "监管方式 {mode} 不办理汇总申报。",
        en: "Mode {mode} does not go by summary declaration.",
        do_zh: "符合清单条件的填 A；不符合的按报关单申报。",
        do_en: "Use A where a list is allowed; otherwise file a full declaration.",
    }
    804 HsDigits "HS_DIGITS" -603001 {
        zh: "第 {gnum} 行商品编码 {hs} 只到 {digits} 位，{way} 不能这样简化。",
        en: "Line {gnum}: code {hs} has only {digits} digits, which {way} does not allow.",
        do_zh: "填十位商品编码。",
        do_en: "State the code of ten digits.",
    }
    805 ExportGoodsUnknown "EXPORT_GOODS_UNKNOWN" 100 {
        zh: "第 {gnum} 行商品编码 {hs} 不在 {day} 的出口商品表内。",
        en: "Line {gnum}: code {hs} is not in the table of export goods on {day}.",
        do_zh: "核对商品编码；编码无误的，请区管理方补录税则。",
        do_en: "Check the code; if it is right, the zone operator has to import the tariff.",
    }
    806 ExportBanned "EXPORT_BANNED" 100 {
        zh: "第 {gnum} 行商品 {hs} 在 {day} 禁止出口。",
        en: "Line {gnum}: goods of HS {hs} may not leave on {day}.",
        do_zh: "不得出口；请与海关联系处置。",
        do_en: "They may not be exported; ask customs what to do with them.",
    }
    807 ExportLicence "EXPORT_LICENCE" 100 {
        zh: "第 {gnum} 行商品 {hs} 在 {day} 须交验出口许可证件（监管条件 {condition}）。",
        en: "Line {gnum}: goods of HS {hs} need an export licence on {day} (condition {condition}).",
        do_zh: "取得许可证件，填写 licenseNo，按报关单或汇总申报办理。",
        do_en: "Get the licence, state it in licenseNo, and go by declaration or summary declaration.",
    }
    808 ShortFormZone "SHORT_FORM_ZONE" 100 {
        zh: "申报关别不在综合试验区，不能走：{way}。",
        en: "The office is not in a pilot zone, so this way is closed: {way}.",
        do_zh: "改走汇总申报（B）或报关单。",
        do_en: "Go by summary declaration (B) or a full declaration.",
    }
    809 ShortFormValue "SHORT_FORM_VALUE" 100 {
        zh: "单票货值 {value} 元超过 {limit} 元，不能走：{way}。",
        en: "The ticket is worth CNY {value}, over CNY {limit}, so this way is closed: {way}.",
        do_zh: "改走汇总申报（B）或报关单；不得拆分同一订单。",
        do_en: "Go by summary declaration (B) or a full declaration; one order may not be split.",
    }
    810 ExchangeRateUnknown "EXCHANGE_RATE_UNKNOWN" 100 {
        zh: "没有 {day} 的汇率，无法核对货值。",
        en: "No rate of exchange is known for {day}, so the value cannot be checked.",
        do_zh: "请区管理方导入当月海关计征汇率。",
        do_en: "The zone operator has to import the customs rates of that month.",
    }
    811 ShortFormDuty "SHORT_FORM_DUTY" 100 {
        zh: "第 {gnum} 行商品 {hs} 征收出口关税，整票不能走：{way}。",
        en: "Line {gnum}: goods of HS {hs} bear export duty, so for the whole ticket this way is closed: {way}.",
        do_zh: "改走汇总申报（B）或报关单，缴纳出口关税。",
        do_en: "Go by summary declaration (B) or a full declaration, and pay the duty.",
    }
    812 ShortFormLicence "SHORT_FORM_LICENCE" 100 {
        zh: "第 {gnum} 行商品 {hs} 涉证（监管条件 {condition}），整票不能走：{way}。",
        en: "Line {gnum}: goods of HS {hs} need a licence (condition {condition}), so for the whole ticket this way is closed: {way}.",
        do_zh: "改走汇总申报（B）或报关单，交验许可证件。",
        do_en: "Go by summary declaration (B) or a full declaration, with the licence.",
    }
    813 ShortFormInspection "SHORT_FORM_INSPECTION" 100 {
        zh: "第 {gnum} 行商品 {hs} 涉检，整票不能走：{way}。",
        en: "Line {gnum}: goods of HS {hs} are subject to inspection, so for the whole ticket this way is closed: {way}.",
        do_zh: "改走汇总申报（B）或报关单，接受检验。",
        do_en: "Go by summary declaration (B) or a full declaration, and have them inspected.",
    }
    814 ShortFormRebate "SHORT_FORM_REBATE" 100 {
        zh: "第 {gnum} 行商品 {hs} 已备案要求退税，整票不能走：{way}。",
        en: "Line {gnum}: a rebate is filed for goods of HS {hs}, so for the whole ticket this way is closed: {way}.",
        do_zh: "要退税的改走汇总申报（B）或报关单；不要退税的更正商品备案。",
        do_en: "Go by summary declaration (B) or a full declaration, or take the rebate out of the filing.",
    }
    815 ReceiptMissing "RECEIPT_MISSING" 100 {
        zh: "订单 {order} 没有收款单。",
        en: "Order {order} has no receipt of payment.",
        do_zh: "发送收款单（403）。",
        do_en: "Send the receipt of payment (403).",
    }
    816 OrderTypeMode "ORDER_TYPE_MODE" -603001 {
        zh: "订单类型 {type} 与监管方式 {mode} 不符。",
        en: "An order of type {type} does not go with mode {mode}.",
        do_zh: "零售（9610、1210）用 E，9710 用 B，9810 用海外仓订仓单 W。",
        do_en: "Retail (9610, 1210) takes E, 9710 takes B, 9810 the booking W.",
    }
    817 BookingShort "BOOKING_SHORT" 100 {
        zh: "第 {gnum} 行申报 {qty}，海外仓订仓单只有 {booked}。",
        en: "Line {gnum}: {qty} are declared, but only {booked} are booked at the overseas warehouse.",
        do_zh: "更正申报数量，或先更正订仓单。",
        do_en: "Correct the quantity, or the booking first.",
    }
    818 ParcelNotArrived "PARCEL_NOT_ARRIVED" -903001 {
        zh: "运单 {waybill} 尚未运抵监管场所。",
        en: "Waybill {waybill} has not arrived in the supervised place.",
        do_zh: "先由监管场所发送运抵单（507）。",
        do_en: "Have the supervised place send the arrival (507) first.",
    }
    819 ParcelNotListed "PARCEL_NOT_LISTED" -903001 {
        zh: "运单 {waybill} 没有有效的出口清单。",
        en: "Waybill {waybill} has no live export list.",
        do_zh: "先申报清单（603）；核对物流企业和运单号。",
        do_en: "Declare its list (603) first; check carrier and number.",
    }
    820 ParcelNotReady "PARCEL_NOT_READY" -903001 {
        zh: "运单 {waybill} 的清单状态为 {state}，不能列入总分单。",
        en: "The list of waybill {waybill} is in state {state}, so it cannot go under a master bill.",
        do_zh: "等清单审结（399）后再报；被布控的从本总分单中去掉。",
        do_en: "Wait until it is examined (399); leave stopped parcels out of this message.",
    }
    821 InOtherMasterBill "IN_OTHER_MASTER_BILL" -903001 {
        zh: "运单 {waybill} 已列入总分单 {bill}。",
        en: "Waybill {waybill} stands in list {bill} already.",
        do_zh: "一份清单只能列入一份总分单；从本报文中去掉。",
        do_en: "A list stands in one master bill list only; leave it out of this message.",
    }
    822 NotReleased "NOT_RELEASED" -507001 {
        zh: "运单 {waybill} 的清单状态为 {state}，尚未放行，不能离境。",
        en: "The list of waybill {waybill} is in state {state}: it is not released and may not leave.",
        do_zh: "放行后再发离境单；未放行的包裹不得装运。",
        do_en: "Send the departure after release; what is not released may not be loaded.",
    }
    823 ParcelTwice "PARCEL_TWICE" 100 {
        zh: "运单 {waybill} 在报文中出现两次。",
        en: "Waybill {waybill} stands in the message twice.",
        do_zh: "去掉重复的行。",
        do_en: "Leave the second line out.",
    }
    824 ShorterWay "SHORTER_WAY" 100 {
        zh: "这票货也可以走更简便的：{way}。",
        en: "This ticket could go a shorter way: {way}.",
        do_zh: "不需要退税的，下次可填 statisticsFlag = A。",
        do_en: "Where no rebate is wanted, use statisticsFlag A next time.",
    }
    825 SummaryPeriod "SUMMARY_PERIOD" -703001 {
        zh: "汇总起止时间要成对填写，起不晚于止，且不超过 400 天。",
        en: "The period needs a start and an end, the start not after the end, and at most 400 days.",
        do_zh: "补全或更正起止时间，或两者都不填而列出清单编号。",
        do_en: "Mend both times, or leave both out and name the lists.",
    }
    826 SummaryNothing "SUMMARY_NOTHING" -703001 {
        zh: "申报企业 {agent} 在所报期间没有待汇总的清单。",
        en: "Declarant {agent} has no list to be summed up in that period.",
        do_zh: "核对企业、关区和期间；简化申报（A）的清单不需要汇总。",
        do_en: "Check enterprise, office and period; simplified lists (A) need no summary.",
    }
    827 InOtherSummary "IN_OTHER_SUMMARY" -703001 {
        zh: "清单 {invt} 已列入汇总 {summary}。",
        en: "List {invt} stands in summary {summary} already.",
        do_zh: "一份清单只汇总一次；去掉该清单。",
        do_en: "A list is summed up once; leave it out.",
    }
    828 SummaryLate "SUMMARY_LATE" 100 {
        zh: "{month} 月结关的 {count} 份清单到期未汇总申报，已转入 {next} 月。",
        en: "{count} lists closed in {month} were not declared in summary in time; they go over to {next}.",
        do_zh: "尽快发送汇总申请（701）。",
        do_en: "Send the summary application (701) soon.",
    }
    829 SummaryDiffers "SUMMARY_DIFFERS" -704001 {
        zh: "汇总 {summary} 的清单合计与结果单合计不一致。",
        en: "Summary {summary}: the sum of its lists is not the sum of its results.",
        do_zh: "本窗口有误，请与区管理方联系；不要使用这些结果单。",
        do_en: "This window is at fault: ask the zone operator, and do not use the results.",
    }    840 ExportReturnLate "EXPORT_RETURN_LATE" 100 {
        zh: "{exported} 出口的货物须在 {last} 前退运进境，{day} 已超过期限。",
        en: "Goods exported on {exported} may come back until {last}; {day} is too late.",
        do_zh: "按一般进口货物申报，或退运境外。",
        do_en: "Declare them as an ordinary import, or send them back.",
    }
    841 ReturnMode "RETURN_MODE" 100 {
        zh: "退货监管方式 {mode} 与原清单不符，应为 {expected}。",
        en: "The mode of return {mode} does not fit the list; it should be {expected}.",
        do_zh: "一般出口退货填 9661，特殊区域出口退货填 1261。",
        do_en: "Use 9661 for goods of general export, 1261 for those of a special area.",
    }
    842 ReturnElsewhere "RETURN_ELSEWHERE" 100 {
        zh: "货物由 {of} 出口（{mode}），不能在 {office} 退货。",
        en: "The goods were exported at {of} ({mode}) and may not come back at {office}.",
        do_zh: "在原出口关区办理；9610 的跨关区退货以办理当日的规定为准。",
        do_en: "Bring them back to the district of export; for 9610 the rule of the day says where else.",
    }
    843 ReturnUnknown "RETURN_UNKNOWN" 100 {
        zh: "运单 {waybill} 没有待理货的出口退货申请。",
        en: "No application is under way for the returned parcel {waybill}.",
        do_zh: "停止理货；先由企业发送退货申请（213），货物不符的另行申报。",
        do_en: "Stop: the enterprise applies first (213); goods that are others are declared otherwise.",
    }
    844 ReturnTaxFree "RETURN_TAX_FREE" 100 {
        zh: "{exported} 出口，{day} 退运进境，在六个月内：免征进口关税和进口环节税，出口关税退还。",
        en: "Exported on {exported} and back on {day}, within six months: no duty and import taxes, export duty is refunded.",
        do_zh: "保持原状；已办理出口退税的，先补缴。",
        do_en: "Keep them in their original state; a rebate that was taken is paid back first.",
    }
    845 ReturnOrdinary "RETURN_ORDINARY" 100 {
        zh: "{exported} 出口，{day} 退运进境，不适用免税退运：{why}。",
        en: "Exported on {exported} and back on {day}; the tax-free return does not apply: {why}.",
        do_zh: "按退运货物（4561）办理；品质或规格原因一年内退回的，另有免税规定。",
        do_en: "Declare them as returned goods (4561); within a year those of wrong quality or specification are exempt.",
    }
    846 ReturnProof "RETURN_PROOF" 100 {
        zh: "退货 {number} 中有申请退税的商品，须先提供出口货物已补税/未退税证明。",
        en: "Return {number} holds goods with a rebate: first show that it was paid back or never taken.",
        do_zh: "向税务机关申请证明并交海关；确认后放行，此前数量和库存不恢复。",
        do_en: "Get the proof from the tax office and show it to customs; until then nothing is restored.",
    }
    847 TallyList "TALLY_LIST" 100 {
        zh: "理货单的清单编号 {given} 与退货申请的 {expected} 不一致。",
        en: "The tally names list {given}, the application {expected}.",
        do_zh: "核对包裹；不是所申请的货物的，停止理货。",
        do_en: "Look at the parcel again; stop where it holds other goods.",
    }
    850 NotExempt "NOT_EXEMPT" 100 {
        zh: "商品 {hs} 不适用无票免税：{what}。",
        en: "Goods {hs} are not exempt without invoice: {what}.",
        do_zh: "有合法增值税发票的可申请退税；否则视同内销征税。",
        do_en: "With a valid VAT invoice claim the rebate; otherwise it is taxed as a domestic sale.",
    }
    851 ArticlesOverLimit "ARTICLES_OVER_LIMIT" 100 {
        zh: "个人物品价值 {value} 元，超过限值 {limit} 元。",
        en: "The articles are worth CNY {value}, over the limit of CNY {limit}.",
        do_zh: "退运，或按货物申报；仅一件且不可分割的自用物品除外。",
        do_en: "Send them back or declare them as goods, unless it is one indivisible article for own use.",
    }
    852 WarehouseUnknown "WAREHOUSE_UNKNOWN" 100 {
        zh: "海外仓 {warehouse} 在 {day} 未由 {seller} 登记，或登记的国别不同。",
        en: "The overseas warehouse {warehouse} is not recorded by {seller} for {day}, or in another country.",
        do_zh: "先以 OVERSEAS 登记海外仓（编号、国别、性质、起止日期）。",
        do_en: "Record the warehouse first (OVERSEAS: number, country, tenure, days).",
    }
    853 AbroadShort "ABROAD_SHORT" 100 {
        zh: "海外库存中货号 {item} 可用 {free}，申报 {qty}。",
        en: "Of item {item} {free} is free in stock abroad, {qty} was reported.",
        do_zh: "核对已离境、已销售、灭失和退运的数量；离境前的日期不能销售。",
        do_en: "Look at what left, was sold, lost or returned; nothing is sold before the day on which it left.",
    }
    854 AbroadParts "ABROAD_PARTS" 100 {
        zh: "货号 {item} 涉及的出口批次超过 {most} 批。",
        en: "Item {item} would be taken from more than {most} lots.",
        do_zh: "分几份报告申报。",
        do_en: "Report it in parts.",
    }
    855 AbroadDay "ABROAD_DAY" 100 {
        zh: "销售或灭失日期 {day} 尚未到来。",
        en: "The day of sale or loss, {day}, is still to come.",
        do_zh: "改正日期。",
        do_en: "Mend the day.",
    }
    856 FeesSeller "FEES_SELLER" 100 {
        zh: "经营者 {seller} 在 {quarter} 未经本平台出口。",
        en: "The seller {seller} exported nothing over this platform in {quarter}.",
        do_zh: "核对经营者代码、年份与季度；只登记本平台当季有出口的经营者。",
        do_en: "Check the seller's code, the year and the quarter: only sellers who exported over the platform are reported.",
    }
    // Periods of account books, and processing.
    340 PeriodOpen "PERIOD_OPEN" 100 {
        zh: "{since} 的{kind} {number} 尚未办结，不能结转。",
        en: "{kind} {number} of {since} is not finished; the period cannot be closed.",
        do_zh: "办结或删除该单证，再结转；或选择更早的截止日。",
        do_en: "Finish or delete it, then close the period; or choose an earlier last day.",
    }
    341 PeriodUndeclared "PERIOD_UNDECLARED" 100 {
        zh: "料号 {item} 在 {until} 前入区的货物还有 {qty} 未核增，不能结转。",
        en: "Of item {item} {qty} came in by {until} and is not credited; the period cannot be closed.",
        do_zh: "理货、申报核注清单并等报关单放行，再结转。",
        do_en: "Tally it, file its list and have its declaration released, then close the period.",
    }
    342 PeriodLeaving "PERIOD_LEAVING" 100 {
        zh: "料号 {item} 在 {until} 前离账的货物还有 {qty} 未核扣，不能结转。",
        en: "Of item {item} {qty} had left by {until} and is not deducted; the period cannot be closed.",
        do_zh: "归并出区（OUTGOING），办核放单过卡，并等报关单放行，再结转。",
        do_en: "Group it (OUTGOING), take it through the gate and have its declaration released, then close the period.",
    }
    343 PeriodLate "PERIOD_LATE" 100 {
        zh: "账册 {book} 已结转至 {closed}；{day} 的单证记入下一期。",
        en: "Book {book} is closed until {closed}; a document about {day} counts in the period after it.",
        do_zh: "无需处理；下一期结转单上有此一笔。",
        do_en: "Nothing is to be done; it stands in the statement of the next period.",
    }
    344 PeriodDay "PERIOD_DAY" 100 {
        zh: "账册 {book} 的结转截止日 {day} 应在 {first} 至 {last} 之间。",
        en: "Book {book} can be closed until a day from {first} to {last}, not {day}.",
        do_zh: "选择已结束的一天，且本期不超过规定的月数。",
        do_en: "Choose a day that is over, within the months that a period may have.",
    }
    345 ProcessingDiffers "PROCESSING_DIFFERS" 100 {
        zh: "料号 {item} 耗用 {given}，按申报表单耗应为 {expected}。",
        en: "Of item {item} {given} was used; by the form the products take {expected}.",
        do_zh: "核对成品数量和单耗；单耗有变的，先变更申报表。",
        do_en: "Look at what was made; where it takes more or less now, file another form first.",
    }
    // Corrections.
    320 CorrectedHead "CORRECTED_HEAD" 100 {
        zh: "{field} 由“{before}”改为“{after}”。",
        en: "{field} was \"{before}\" and is \"{after}\".",
        do_zh: "无需处理；变更清单上有此一行。",
        do_en: "Nothing is to be done; it stands on the bill of changes.",
    }
    321 CorrectedLine "CORRECTED_LINE" 100 {
        zh: "第 {gnum} 行 {field} 由“{before}”改为“{after}”。",
        en: "{field} of line {gnum} was \"{before}\" and is \"{after}\".",
        do_zh: "无需处理；变更清单上有此一行。",
        do_en: "Nothing is to be done; it stands on the bill of changes.",
    }
    322 CorrectionWeighed "CORRECTION_WEIGHED" 100 {
        zh: "税款由 {tax_before} 元变为 {tax_after} 元，占用额度由 {year_before} 元变为 {year_after} 元；清单状态 {status}。",
        en: "The tax goes from CNY {tax_before} to {tax_after}, what it takes of the year from CNY {year_before} to {year_after}; the list is in state {status}.",
        do_zh: "核对税单和变更清单。",
        do_en: "Hold the tax bill against the bill of changes.",
    }
    323 CorrectionState "CORRECTION_STATE" 100 {
        zh: "清单 {invt} 的状态为 {state}，不能更正：{what}。",
        en: "List {invt} is in state {state} and cannot be corrected: {what}.",
        do_zh: "退单的改正后重发；放行后退货用 625；税款已缴的按退补税规定办理。",
        do_en: "Send a refused list again; return released goods by 625; where the tax was paid, ask for it under the ordinary rules.",
    }
    324 CorrectionField "CORRECTION_FIELD" 100 {
        zh: "{name} 不能这样更正：清单没有该字段或该行，或它决定了这是哪一票。",
        en: "{name} cannot be corrected so: the list has no such field or line, or it says which parcel this is.",
        do_zh: "按模板中的字段名填写；购买人、订单、企业有误的，撤销后重新申报。",
        do_en: "Use the names of the template; where buyer, order or enterprise is wrong, withdraw the list and declare it anew.",
    }
    325 CorrectionTwice "CORRECTION_TWICE" 100 {
        zh: "同一清单的同一字段写了两次，或既修改又撤销。",
        en: "One value of one list stands twice, or the list is both amended and withdrawn.",
        do_zh: "只保留一行。",
        do_en: "Keep one of the lines.",
    }
    326 CorrectionNothing "CORRECTION_NOTHING" 100 {
        zh: "清单 {invt} 已经如此，没有可更正的。",
        en: "List {invt} says so already; there is nothing to correct.",
        do_zh: "删去这一行。",
        do_en: "Leave this row out.",
    }
    327 CorrectionFile "CORRECTION_FILE" 100 {
        zh: "更正文件无法读取：{what}。",
        en: "The file of corrections cannot be read: {what}.",
        do_zh: "下载模板，按其列填写，存为 UTF-8 的 CSV 或 JSON。",
        do_en: "Take the template, fill in its columns, and save it as CSV or JSON in UTF-8.",
    }
    328 CorrectionRows "CORRECTION_ROWS" 100 {
        zh: "{of} 票中有 {refused} 票不能更正，全部未办理。",
        en: "Of {of} lists {refused} cannot be corrected; nothing was done.",
        do_zh: "改正有错的行，或把它们删去，再提交。",
        do_en: "Mend the rows with faults or leave them out, and send the file again.",
    }
    329 ImpactMoved "IMPACT_MOVED" 100 {
        zh: "预览之后情况已变：{what} 的变化现在是 {now}，预览时是 {then}。",
        en: "Things have moved since the preview: {what} would change by {now} now, by {then} then.",
        do_zh: "重新预览，看过后再提交。",
        do_en: "Look at a new preview, then send it.",
    }
    330 CorrectionSize "CORRECTION_SIZE" 100 {
        zh: "一次更正至少 1 票，至多 {most} 票；此次 {rows} 票。",
        en: "A correction is of 1 to {most} lists; this one has {rows}.",
        do_zh: "分几次提交。",
        do_en: "Send it in parts.",
    }
    331 CorrectionNumber "CORRECTION_NUMBER" 100 {
        zh: "更正要有企业自己的编号，至多 {most} 个字。",
        en: "A correction needs a number of your own, of at most {most} characters.",
        do_zh: "给它一个没有用过的编号。",
        do_en: "Give it a number that you have not used.",
    }
    332 CorrectionTax "CORRECTION_TAX" 100 {
        zh: "订单预收税款 {declared} 元，更正后应缴 {computed} 元。",
        en: "The order collected CNY {declared} of tax; after the correction CNY {computed} is due.",
        do_zh: "差额由平台与购买人结清；海关按更正后的税单征收。",
        do_en: "Platform and buyer settle the difference; customs levies what the corrected bill says.",
    }
    346 AppealUnpaid "APPEAL_UNPAID" 100 {
        zh: "对征税有异议的，先缴税款，再申请复议；这票的税款还没有缴。",
        en: "Who disputes tax pays it first and then appeals; the tax of this list has not been paid.",
        do_zh: "汇总缴款后再申请，期限仍从放行之日起算。",
        do_en: "Appeal when the summary payment was made; the time still runs from release.",
    }
    347 AppealValue "APPEAL_VALUE" 100 {
        zh: "{given} 不是可以认定的值；应写成 行:字段=值，如 1:gcode=1509300000，表头写 0。",
        en: "{given} is no value to find; write line:field=value, like 1:gcode=1509300000, line 0 for the head.",
        do_zh: "可以认定的是价格、运保费、商品编码、原产国和法定数量；税率不同的，不写任何值。",
        do_en: "Found can be price, freight, insurance, HS code, origin and statutory quantities; where only the rate differs, name none.",
    }
    348 AppealWorse "APPEAL_WORSE" 100 {
        zh: "按所认定的值，税款为 {after} 元，不少于现在的 {before} 元。",
        en: "With these values the tax is CNY {after}, no less than the CNY {before} of now.",
        do_zh: "复议不得加重申请人的负担；原决定成立的，维持。",
        do_en: "Nobody is worse off for an appeal; where the decision holds, reject the appeal.",
    }
    390 RecoveryProposed "RECOVERY_PROPOSED" 100 {
        zh: "账户 {account} 的新密码由 {who} 提出，另一名管理员在一天内同样办理后生效。",
        en: "{who} has proposed a new password for the account {account}; it is given when another administrator does the same within a day.",
        do_zh: "请另一名管理员对同一账户、同一角色再办一次。",
        do_en: "Have another administrator do the same for this account and role.",
    }
    391 RecoverySamePerson "RECOVERY_SAME_PERSON" 100 {
        zh: "账户 {account} 的新密码已由 {who} 提出（日志第 {entry} 号），须由另一名管理员办理。",
        en: "{who} proposed the new password for {account} (entry {entry}); another administrator has to give it.",
        do_zh: "请另一名管理员对同一账户、同一角色再办一次。",
        do_en: "Have another administrator do the same for this account and role.",
    }
    392 RecoveryOwn "RECOVERY_OWN" 100 {
        zh: "账户 {account} 的新密码由两名其他管理员一次一个地办理。",
        en: "A new password for {account} is given by two other administrators, one account at a time.",
        do_zh: "请两名其他管理员办理。",
        do_en: "Ask two other administrators.",
    }
    662 LookEmergency "LOOK_EMERGENCY" 100 {
        zh: "{who} 以紧急情况为由越出平常范围查阅，案件编号 {case}。",
        en: "This {who} looked beyond the usual reach for an emergency, case {case}.",
        do_zh: "由审计管理员逐次核实；本人可向其询问。",
        do_en: "The auditor asks about each; the person concerned may ask the auditor.",
    }
    661 StillKept "STILL_KEPT" 100 {
        zh: "{month} 的原始报文须保存至 {until}，此前不得销毁。",
        en: "The originals of {month} are kept until {until}; before that they are not destroyed.",
        do_zh: "到期后再办理；期限见 parameters.toml 的 records.trade_years。",
        do_en: "Do it then; the term stands in parameters.toml under records.trade_years.",
    }
    660 KeyNotOwn "KEY_NOT_OWN" 100 {
        zh: "密钥属于企业 {enterprise}，不是本企业的。",
        en: "The key is that of enterprise {enterprise}, not your own.",
        do_zh: "只管理本企业的密钥。",
        do_en: "Manage the keys of your own enterprise only.",
    }
    333 NotPreviewed "NOT_PREVIEWED" 100 {
        zh: "{message} 不能只看不报：那会不留痕迹地看到购买人的年度额度。",
        en: "{message} cannot be looked at without sending it: that would show a buyer's year and leave no trace.",
        do_zh: "用计算器试算税款；要申报的，直接发送。",
        do_en: "Reckon the tax with the calculator, or send it.",
    }
    664 ExchangeNoReturn "EXCHANGE_NO_RETURN" 100 {
        zh: "{key} 没有在途或已办结的退货申请，不能作换货关联。",
        en: "No return of {key} is applied for or done, so nothing is exchanged.",
        do_zh: "先申请退货，再关联替换的订单。",
        do_en: "Apply for the return first, then link the order that replaces it.",
    }
    665 ExchangeOrder "EXCHANGE_ORDER" 100 {
        zh: "没有卖家 {seller} 的{way}订单 {order}，或其清单已撤销、已退运。",
        en: "Seller {seller} has no order {order} of {way}, or its list was cancelled or sent back.",
        do_zh: "先发送替换商品的订单，核对编号；替换与原包裹同为进口或同为出口。",
        do_en: "Send the order of the replacement first and check its number; both go the same way, in or out.",
    }
    666 ExchangeBuyer "EXCHANGE_BUYER" 100 {
        zh: "订单 {order} 的订购人不是原包裹的订购人。",
        en: "Order {order} has another buyer than the parcel that it should replace.",
        do_zh: "换货是同一订购人的退货加新订单；他人的订单是另一次购买。",
        do_en: "An exchange is a return and a new order of one buyer; an order of somebody else is a purchase of its own.",
    }
    667 ExchangeOnce "EXCHANGE_ONCE" 100 {
        zh: "{key} 已与 {other} 关联为换货。",
        en: "{key} is linked to {other} as an exchange already.",
        do_zh: "一个包裹只换一次，一个订单只替换一个包裹；换来的包裹再换，以它自己为原包裹。",
        do_en: "A parcel is exchanged once and an order replaces one parcel; a replacement that is exchanged again is the original of its own exchange.",
    }
    668 ExchangeEarlier "EXCHANGE_EARLIER" 100 {
        zh: "订单 {order} 于 {ordered} 收到，早于原包裹放行（{released}）。",
        en: "Order {order} came in at {ordered}, before the parcel that it should replace was released ({released}).",
        do_zh: "换货的订单在原包裹放行之后下单；更早的订单是另一次购买。",
        do_en: "What replaces a parcel is ordered after that parcel's release; an earlier order is a purchase of its own.",
    }
    669 ArticlesPerson "ARTICLES_PERSON" 100 {
        zh: "没有物品所属个人的有效身份证号。",
        en: "There is no valid identity number of whose articles they are.",
        do_zh: "个人以本人账户申报；快件、邮政企业代报的，填写收件人的身份证号。",
        do_en: "A person declares by the own account; an operator states the recipient's identity number.",
    }
    670 ArticlesForm "ARTICLES_FORM" 100 {
        zh: "个人物品申报缺少或填错：{what}。",
        en: "The declaration of articles lacks or misstates: {what}.",
        do_zh: "补正后用同一运单编号重新申报。",
        do_en: "Mend it and declare again under the same waybill.",
    }
    671 AbroadMove "ABROAD_MOVE" 100 {
        zh: "两个海外仓都在 {country}，库存按国家记账，同国移仓不用报告。",
        en: "Both warehouses are in {country}; stock is kept by country, so a move within one is not reported.",
        do_zh: "只报告移到另一国家（地区）的货物。",
        do_en: "Report only what moves to another country.",
    }
    672 AbroadNoProof "ABROAD_NO_PROOF" 100 {
        zh: "清单 {invt} 不能出具{what}证明：{why}。",
        en: "List {invt} has no proof for {what}: {why}.",
        do_zh: "货物离境后才有出口证明，售出后才有收汇证明；没有按退税出口的不出退税证明。",
        do_en: "What has left is proved for its rebate where one was claimed, what was sold for its foreign exchange.",
    }
    630 ReversedMore "REVERSED_MORE" 100 {
        zh: "第 {gnum} 行料号 {item}：反扣 {qty}，可反扣的只有 {left}。",
        en: "Line {gnum}, item {item}: {qty} is to be reversed, of which only {left} can be.",
        do_zh: "反扣只及已核增的进区数量，或已核减的出区数量；核对料号和数量。",
        do_en: "Only what came in and was credited, or left and was deducted, can be reversed; check item and quantity.",
    }
    631 AccessNotListed "ACCESS_NOT_LISTED" 100 {
        zh: "第 {gnum} 行商品 {hs}（原产国 {country}）在 {day} 不在准入名单内（{list}）。",
        en: "Line {gnum}: goods {hs} of origin {country} are not on the access list on {day} ({list}).",
        do_zh: "核对原产国；未准入的产品不得进境。",
        do_en: "Check the origin; products that are not listed may not come in.",
    }
    632 TransferMissing "TRANSFER_MISSING" 100 {
        zh: "核注清单 {list} 第 {gnum} 行料号 {item}：{qty} 已出区，逾期未进入账册 {to}。",
        en: "List {list}, line {gnum}, item {item}: {qty} left and did not come in to book {to} in time.",
        do_zh: "双方立即查明货物下落；到达的办理进区，丢失的报告海关。",
        do_en: "Both enterprises find out where the goods are; let in what arrived, tell customs what is lost.",
    }
    633 TransitMissing "TRANSIT_MISSING" 100 {
        zh: "转关 {number} 应于 {by} 前运抵，尚有 {pieces} 件未到。",
        en: "Customs transfer {number} was to arrive by {by}; {pieces} packages have not.",
        do_zh: "立即查明车辆和货物下落，报告指运地海关。",
        do_en: "Find out at once where vehicle and goods are, and tell the office of destination.",
    }
    680 SecondOfficer "SECOND_OFFICER" 100 {
        zh: "{who} 已提出放行，须由另一名关员复核。",
        en: "{who} has passed it already; another officer has to agree.",
        do_zh: "请另一名关员复核放行，或改为查验。",
        do_en: "Have another officer release it, or send it to inspection.",
    }
    681 AlarmSettled "ALARM_SETTLED" 100 {
        zh: "告警 {case} 不存在，或已办结。",
        en: "There is no alarm {case}, or it is settled already.",
        do_zh: "核对告警的案件编号。",
        do_en: "Check the alarm's case number.",
    }
    682 AttachmentLimit "ATTACHMENT_LIMIT" 100 {
        zh: "附件至多 {most} 份，每份不超过 {largest} 字节；此份 {size} 字节。",
        en: "At most {most} attachments of {largest} bytes each; this one has {size}.",
        do_zh: "压缩照片或删减页数后再上传。",
        do_en: "Make the photograph smaller or leave out pages, and upload again.",
    }
    683 AttachmentKind "ATTACHMENT_KIND" 100 {
        zh: "附件的内容不是 JPEG、PNG 或 PDF。",
        en: "The content of the attachment is not JPEG, PNG or PDF.",
        do_zh: "以这三种格式之一保存后再上传；只改文件名无效。",
        do_en: "Save it as one of the three and upload again; another name alone does not help.",
    }
    684 AttachmentUnsafe "ATTACHMENT_UNSAFE" 100 {
        zh: "扫描程序不接受此附件：{said}。",
        en: "The scanner does not accept this attachment: {said}.",
        do_zh: "换一份干净的文件；认为有误的，请联系运营方。",
        do_en: "Use a clean file; if you think that this is wrong, ask the operator.",
    }
    780 ParcelUnknown "PARCEL_UNKNOWN" 100 {
        zh: "运单 {waybill} 未知。",
        en: "Waybill {waybill} is not known.",
        do_zh: "先申报运单；核对物流企业和运单号。",
        do_en: "Declare the waybill first; check carrier and number.",
    }
    781 ParcelNotMovable "PARCEL_NOT_MOVABLE" 100 {
        zh: "运单 {waybill} 的状态为 {state}，不能转运。",
        en: "The parcel of waybill {waybill} is in state {state}, so it cannot be moved under control.",
        do_zh: "查验、扣留的等海关办结；已放行、已离境的不再需要转运。",
        do_en: "Wait where customs inspect or detain it; what is released or has left needs no transfer.",
    }
    782 ParcelElsewhere "PARCEL_ELSEWHERE" 100 {
        zh: "运单 {waybill} 在 {place}（转运 {transfer}），不能从此处转运。",
        en: "The parcel of waybill {waybill} is at {place} (transfer {transfer}), so it cannot leave from here.",
        do_zh: "从所在场所申报；已列入其他转运的，等其办结或由海关退单。",
        do_en: "File the transfer from where it is; where another transfer names it, wait for that one to end.",
    }
    783 LoadOther "LOAD_OTHER" 100 {
        zh: "车辆 {vehicle} 在途：封志 {seal}，开往 {place}。",
        en: "Vehicle {vehicle} is on its way under seal {seal} to {place}.",
        do_zh: "同车拼装的转运须同一封志、同一目的场所；否则换车，或等它运抵。",
        do_en: "What joins a load has its seal and its place of arrival; otherwise take another vehicle or wait.",
    }
    784 TransferShort "TRANSFER_SHORT" 100 {
        zh: "转运 {number} 车辆 {vehicle} 短少 {count} 票：{waybills}。",
        en: "Transfer {number}, vehicle {vehicle}: {count} parcels are missing: {waybills}.",
        do_zh: "立即查明下落；找到后再报一次运抵并列明运单。",
        do_en: "Find them at once; when they are found, report their arrival by their waybills.",
    }
    785 NotOfTransfer "NOT_OF_TRANSFER" 100 {
        zh: "运单 {waybill} 不在转运 {number} 的这批货物中。",
        en: "The parcel of waybill {waybill} is not among those that transfer {number} has there.",
        do_zh: "核对运单；多出的包裹另行申报。",
        do_en: "Check the waybills; parcels beside them are declared by themselves.",
    }
    786 ParcelOnTheWay "PARCEL_ON_THE_WAY" -903001 {
        zh: "运单 {waybill} 还在转运 {transfer} 中（{state}）。",
        en: "The parcel of waybill {waybill} is still on transfer {transfer} ({state}).",
        do_zh: "等它运抵、验封无误后再报。",
        do_en: "Wait until it has arrived and its seal was found whole.",
    }
    634 TransitStands "TRANSIT_STANDS" 100 {
        zh: "提运单 {bill} 的转关 {number}：车辆 {vehicle} 待海关查验，货物不得进区。",
        en: "Bill {bill}, customs transfer {number}: customs have to look at vehicle {vehicle} before its goods go on.",
        do_zh: "等指运地海关查验放行后再报核放单。",
        do_en: "File the pass when the office of destination has looked and let it go.",
    }
    636 MailBanned "MAIL_BANNED" 100 {
        zh: "第 {gnum} 行商品 {hs}（原产国 {country}）在 {day} 不得寄递进境（{ban}）。",
        en: "Line {gnum}: goods {hs} of origin {country} may not come in by mail or in a parcel on {day} ({ban}).",
        do_zh: "核对商品编码；该商品不得以邮件、快件进境，可否以货物方式进境按其检疫规定。",
        do_en: "Check the code; such goods may not be mailed. Whether they may come as freight, the rules of quarantine say.",
    }
    637 InspectionMissing "INSPECTION_MISSING" 100 {
        zh: "第 {gnum} 行商品 {hs} 属检验检疫类别 {class}，监管方式 {mode} 须具备：{needs}。",
        en: "Line {gnum}: goods {hs} are of inspection class {class} and in mode {mode} need this: {needs}.",
        do_zh: "取得结果并由海关登记（CERTIFICATE）：口岸检疫结果填入 quarantineNo，其他填入 licenceNo。",
        do_en: "Have the result registered by customs (CERTIFICATE); name it in quarantineNo where it is of quarantine, else in licenceNo.",
    }
    638 OfficeOther "OFFICE_OTHER" 100 {
        zh: "{number} 由海关 {office} 管辖，不由 {given} 办理。",
        en: "{number} is for office {office}, not for {given}.",
        do_zh: "由该海关的关员办理。",
        do_en: "Have an official of that office do it.",
    }
    639 ResultNotRecognised "RESULT_NOT_RECOGNISED" 100 {
        zh: "海关 {issuer} 的检验检疫结果 {number} 未获海关 {office} 认可（{why}）。",
        en: "Result {number} of office {issuer} is not recognised by office {office} ({why}).",
        do_zh: "请该海关认可此结果（RECOGNITION），或在该海关重新检验检疫。",
        do_en: "Ask that office to recognise it (RECOGNITION), or to inspect the goods itself.",
    }
    640 ResultWithdrawn "RESULT_WITHDRAWN" 100 {
        zh: "检验检疫结果 {number} 已于 {day} 由海关 {office} 撤回（{why}）。",
        en: "Result {number} was withdrawn by office {office} on {day} ({why}).",
        do_zh: "货物须重新检验检疫。",
        do_en: "The goods have to be inspected again.",
    }
    641 FormGuaranteeShort "FORM_GUARANTEE_SHORT" 100 {
        zh: "业务申报表 {form} 的担保尚余 {free}，本单货物应担保税款 {tax}。",
        en: "The guarantee of form {form} has {free} left; the goods of this slip owe {tax}.",
        do_zh: "先办理返区或集中申报以释放担保，或减少本单数量。",
        do_en: "Bring goods back or declare them first, which frees the guarantee, or take less.",
    }
    642 SlipUndeclared "SLIP_UNDECLARED" 100 {
        zh: "出入库单 {slip} 应于 {last} 前集中申报，料号 {item} 还有 {qty} 未申报也未退回（业务申报表 {form}）。",
        en: "Slip {slip} should have been declared by {last}; {qty} of item {item} is neither declared nor back (form {form}).",
        do_zh: "立即集中申报（INV101，invtType 1）或退回；集中申报不得跨年。",
        do_en: "Declare it (INV101, invtType 1) or bring the goods back at once; declarations do not go over the year.",
    }
    // Powers of attorney (860 to 866) and what a party is certified for (867 on).
    860 MandateLimit "MANDATE_LIMIT" 100 {
        zh: "委托书 {number}（{ebc} 委托 {agent}）单票上限 {limit} 元，本单价值 {value} 元。",
        en: "Power of attorney {number} of {ebc} lets {agent} declare CNY {limit} at most; this declaration is worth CNY {value}.",
        do_zh: "由委托人出具上限足够的委托书，或由其他受托人申报。",
        do_en: "Have the principal give a power with a limit that is high enough, or let another agent declare.",
    }
    861 MandateValue "MANDATE_VALUE" 100 {
        zh: "委托书 {number}（{ebc} 委托 {agent}）单票上限 {limit} 元，本单价值无法折算为人民币。",
        en: "Power of attorney {number} of {ebc} lets {agent} declare CNY {limit} at most, and this declaration's value cannot be reckoned in renminbi.",
        do_zh: "改用有折算率的币制，或由委托人出具不限价值的委托书。",
        do_en: "Declare in a currency that has a rate, or have the principal give a power without a limit.",
    }
    862 MandateMatter "MANDATE_MATTER" 100 {
        zh: "委托书 {number}（{ebc} 委托 {agent}）不包括{what}。",
        en: "Power of attorney {number} of {ebc} to {agent} is not for {what}.",
        do_zh: "由委托人出具包括该事项的委托书，或由其他受托人办理。",
        do_en: "Have the principal give a power for this matter, or let another agent do it.",
    }
    863 MandateRevoked "MANDATE_REVOKED" 100 {
        zh: "委托书 {number}（{ebc} 委托 {agent}）自 {revoked} 起已撤销，本单日期为 {day}。",
        en: "Power of attorney {number} of {ebc} to {agent} was taken back from {revoked} on; this is of {day}.",
        do_zh: "与委托人联系；需要继续办理的，由其出具新的委托书。",
        do_en: "Ask the principal; to go on, it has to give a new power of attorney.",
    }
    864 MandateTime "MANDATE_TIME" 100 {
        zh: "委托书 {number}（{ebc} 委托 {agent}）有效期为 {from} 至 {until}，本单日期为 {day}。",
        en: "Power of attorney {number} of {ebc} to {agent} holds from {from} to {until}; this is of {day}.",
        do_zh: "由委托人出具新的委托书。",
        do_en: "Have the principal give a new power of attorney.",
    }
    865 MandateNotOwn "MANDATE_NOT_OWN" 100 {
        zh: "{ebc} 的委托书只能由该企业自己出具和撤销。",
        en: "Only {ebc} itself gives and takes back its powers of attorney.",
        do_zh: "请该企业自行办理，或由窗口工作人员凭书面委托书登记。",
        do_en: "Have that enterprise do it, or an official who has the signed paper.",
    }
    866 RoleCondition "ROLE_CONDITION" -10101 {
        zh: "企业 {code} 以“{role}”办理须有{what}（{asked}），{day} 为：{state}。",
        en: "To act as {role}, enterprise {code} needs: {what} ({asked}); on {day} it is {state}.",
        do_zh: "在「企业资质」页备案，并请认证单位核验或查验。",
        do_en: "File it on the page of its standing, and have it verified or inspected.",
    }
    867 CertificationSuspended "CERTIFICATION_SUSPENDED" -10101 {
        zh: "企业 {code} 的{what}已被 {by} 自 {from} 暂停认证，{day} 不能以“{role}”办理。",
        en: "Certification of enterprise {code} for {what} is suspended by {by} from {from}; it cannot act as {role} on {day}.",
        do_zh: "向 {by} 说明情况；重新核验后即恢复。",
        do_en: "Turn to {by}; it counts again when it is verified anew.",
    }
    868 CertificationOwn "CERTIFICATION_OWN" 100 {
        zh: "企业只能为自己备案，不能为自己或他人（{party}）核验。",
        en: "An enterprise files for itself alone, and vouches neither for itself nor for others ({party}).",
        do_zh: "备案后请认证单位核验或查验。",
        do_en: "File, and have the body that vouches verify or inspect it.",
    }
    869 IdentityOther "IDENTITY_OTHER" 100 {
        zh: "核验的身份与账户 {account} 开立时的身份不一致，或该账户不能核验。",
        en: "The identity is not the one with which account {account} was made, or the account is none that is verified.",
        do_zh: "用本人账户和本人证件核验；证件已更换的，到柜台办理。",
        do_en: "Use your own account and document; with a new document, come to the counter.",
    }
    870 IdentityTries "IDENTITY_TRIES" 100 {
        zh: "账户 {account} 在 {day} 核验不符的次数已满，当日不再核验。",
        en: "What was given for account {account} did not fit too often on {day}; it is not verified again on that day.",
        do_zh: "核对姓名、号码和银行预留的信息，明天在网上再试；当日柜台也不再核验。",
        do_en: "Check name, numbers and what the bank has, and try again tomorrow, online; a counter does not verify it on that day either.",
    }
    871 AccountState "ACCOUNT_STATE" 100 {
        zh: "企业 {code} 没有待核验的对公账户，或银行还没有打款。",
        en: "Enterprise {code} has no bank account that waits to be verified, or its bank has sent nothing yet.",
        do_zh: "先备案账户，等银行打款后再填写金额。",
        do_en: "File the account first, and say the amount when the bank has sent it.",
    }
    872 AccountWrong "ACCOUNT_WRONG" 100 {
        zh: "金额与银行打款不符，企业 {code} 还可填写 {left} 次。",
        en: "That is not the amount that the bank sent; enterprise {code} may say it {left} more times.",
        do_zh: "查看账户流水，按到账金额填写。",
        do_en: "Look at the account's statement and say the amount that came.",
    }
    873 AccountLate "ACCOUNT_LATE" 100 {
        zh: "企业 {code} 应在 {last} 前填写到账金额，已经逾期。",
        en: "Enterprise {code} should have said the amount by {last}; it is too late.",
        do_zh: "重新备案账户，再请银行打款。",
        do_en: "File the account again, and have the bank send another amount.",
    }
    874 AccountDiffers "ACCOUNT_DIFFERS" 100 {
        zh: "账号或户名与企业 {code} 备案的不一致。",
        en: "Number or holder are not those that enterprise {code} filed.",
        do_zh: "核对账号和户名（户名应为企业登记名称）；备案有误的，由企业重新备案。",
        do_en: "Compare number and holder (the registered name); where the filing is wrong, the enterprise files again.",
    }
    875 AccountOther "ACCOUNT_OTHER" 100 {
        zh: "只有企业 {code} 自己能备案账户、填写金额，只有其开户银行能打款或确认。",
        en: "Only enterprise {code} itself files its account and says the amount, and only its bank sends or vouches.",
        do_zh: "由该企业或其备案的开户银行办理。",
        do_en: "Have that enterprise do it, or the bank that it named.",
    }
    876 AccountAmount "ACCOUNT_AMOUNT" 100 {
        zh: "小额打款应为 1 至 {most} 分，且只打一次。",
        en: "A small transfer is 1 to {most} fen, and there is one only.",
        do_zh: "改为规定的金额；需要再次打款的，由企业重新备案账户。",
        do_en: "Send such an amount; for another transfer the enterprise files the account again.",
    }
    880 FilingNotOwn "FILING_NOT_OWN" 100 {
        zh: "第 {gnum} 行的电商企业 {ebc} 不是本企业。",
        en: "Line {gnum}: the seller {ebc} is not your enterprise.",
        do_zh: "ebc 填本企业的编码；别家的商品由其自行备案。",
        do_en: "Put your own code into ebc; others file their goods themselves.",
    }
    881 FilingUnknown "FILING_UNKNOWN" 100 {
        zh: "第 {gnum} 行 {field} 的 {value} 不在 {day} 的{what}内。",
        en: "Line {gnum}: {field} {value} is not in the table of {what} of {day}.",
        do_zh: "从代码表中选一个代码填写。",
        do_en: "Choose a code of that table.",
    }
    882 FilingReviewed "FILING_REVIEWED" 100 {
        zh: "第 {gnum} 行：企业不能自己审核自己的备案。",
        en: "Line {gnum}: an enterprise does not approve its own filing.",
        do_zh: "approved 填 no；提交后由海关或区管理方审核。",
        do_en: "Put no into approved; customs or the zone operator review it after it is filed.",
    }
    // Requests among departments.
    890 RequestNotShared "REQUEST_NOT_SHARED" 100 {
        zh: "{day} 的共享目录没有把 {set}.{field} 为 {purpose} 共享给 {with}。",
        en: "On {day} the sharing catalogue does not share {set}.{field} with {with} for {purpose}.",
        do_zh: "查看共享目录（sharing.csv）；确有需要的，先由政策列明字段、目的、依据和日期，或改为请求协助。",
        do_en: "See the catalogue (sharing.csv); where it is needed, have a row adopted with field, purpose, ground and days, or ask for assistance.",
    }
    891 RequestForm "REQUEST_FORM" 100 {
        zh: "缺少或不正确：{what}。",
        en: "Missing or wrong: {what}.",
        do_zh: "补正后重新提交。",
        do_en: "Mend it and send it again.",
    }
    892 RequestUnknown "REQUEST_UNKNOWN" 100 {
        zh: "没有向贵部门提出的请求 {number}。",
        en: "There is no request {number} to your department.",
        do_zh: "核对编号；只有被请求的部门能答复。",
        do_en: "Check the number; only the department that was asked answers.",
    }
    893 RequestState "REQUEST_STATE" 100 {
        zh: "请求 {number} 已经办结（{state}），不再改变。",
        en: "Request {number} has ended ({state}) and is not changed any more.",
        do_zh: "需要更正的，由请求部门重新提出。",
        do_en: "To put an answer right, the department that asked asks again.",
    }
    894 RequestSilent "REQUEST_SILENT" 100 {
        zh: "{to} 应在 {until} 前答复请求 {number}，至今没有答复。",
        en: "{to} should have answered request {number} by {until} and has not.",
        do_zh: "由被请求部门尽快答复或说明理由；请求部门可报共同上级机关。",
        do_en: "The department that was asked answers or gives its reasons; the one that asked may turn to the organ above both.",
    }
    // Subscriptions.
    895 HookAddress "HOOK_ADDRESS" 100 {
        zh: "推送地址不正确或不允许。",
        en: "The address is none, or none to which anything is sent.",
        do_zh: "填写可从公网访问的 https 地址，不带用户名；内网、回环、元数据地址一律拒绝。",
        do_en: "Give an https address that the public network reaches, without a user's name; addresses of private networks, of this machine and of metadata are refused.",
    }
    896 HookMany "HOOK_MANY" 100 {
        zh: "已订阅该地址，或已有 {most} 个订阅。",
        en: "The address is subscribed already, or there are {most} subscriptions.",
        do_zh: "先取消一个订阅。",
        do_en: "End one of them first.",
    }
    897 HookUnknown "HOOK_UNKNOWN" 100 {
        zh: "没有这项订阅 {number}。",
        en: "There is no such subscription of yours: {number}.",
        do_zh: "核对编号；只有本企业、本部门能订阅和取消自己的回执。",
        do_en: "Check the number; an enterprise or a department subscribes to its own receipts alone.",
    }
    // Statements of other bodies.
    900 StatementForm "STATEMENT_FORM" 100 {
        zh: "声明缺少或填错：{what}。",
        en: "Missing or wrong in the statement: {what}.",
        do_zh: "由签发机构补正后重新签名；声明的一个字节都不能由他人改动。",
        do_en: "The body that issues it mends it and signs again; nobody else may change a byte.",
    }
    901 StatementBody "STATEMENT_BODY" 100 {
        zh: "不认识签发声明 {number} 的机构 {body}。",
        en: "The body {body}, which issued statement {number}, is not known.",
        do_zh: "核对机构代码；要互认的机构及其公钥由政策列入（bodies.csv）。",
        do_en: "Check its code; a body that is to be recognised is entered into the law with its public key (bodies.csv).",
    }
    902 StatementNotRecognised "STATEMENT_NOT_RECOGNISED" 100 {
        zh: "{day} 不互认机构 {body} 的 {kind}（声明 {number}）。",
        en: "On {day} body {body} is not recognised for {kind} (statement {number}).",
        do_zh: "查看互认机构表（bodies.csv）的事项和日期；改用本区认可的结果，或由政策补列。",
        do_en: "See matters and days in the table of bodies (bodies.csv); use a result that is recognised here, or have a row adopted.",
    }
    903 StatementSignature "STATEMENT_SIGNATURE" 100 {
        zh: "声明 {number} 没有机构 {body} 的有效签名（{algorithm}）。",
        en: "Statement {number} bears no signature of body {body} that holds ({algorithm}).",
        do_zh: "向机构重新取得原文件，逐字节照原样提交。",
        do_en: "Get the file from the body again and send it as it is, byte for byte.",
    }
    904 StatementKey "STATEMENT_KEY" 100 {
        zh: "声明 {number} 的签名密钥（{algorithm}）在 {day} 不是机构 {body} 的有效密钥。",
        en: "The key by which statement {number} is signed ({algorithm}) does not count for body {body} on {day}.",
        do_zh: "请机构用现行密钥（有两种算法的，两种都要）重新签名。",
        do_en: "Have the body sign again with the keys of today, of both algorithms where it has both.",
    }
    905 StatementExpired "STATEMENT_EXPIRED" 100 {
        zh: "声明 {number} 的有效期至 {until}，今天是 {day}。",
        en: "Statement {number} held until {until}; today is {day}.",
        do_zh: "请机构签发新的声明。",
        do_en: "Ask the body for a new one.",
    }
    906 StatementOther "STATEMENT_OTHER" 100 {
        zh: "声明 {number} 是关于企业 {about} 的，不是贵企业。",
        en: "Statement {number} is about enterprise {about}, which is not yours.",
        do_zh: "企业只提交关于本企业的声明；其他的由该企业或主管部门提交。",
        do_en: "An enterprise brings statements about itself; others are brought by theirs, or by a department.",
    }
    907 StatementNumber "STATEMENT_NUMBER" 100 {
        zh: "编号 {number} 已有另一内容（机构 {body}）。",
        en: "Number {number} stands for something else already (body {body}).",
        do_zh: "请机构另用编号签发；已有的结果可由原机构撤回。",
        do_en: "Have the body issue it under another number; a result that is there can be withdrawn by whoever made it.",
    }
}
