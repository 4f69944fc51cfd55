//! The table of finding codes and their words.
//!
//! Numbers are kept in journals: a number is never used for another meaning. By hundreds: 1 law and tax,
//! 100 declaration checks (R), 200 matching (M), 300 returns and cancels, 400 parties and rights,
//! 500 messages and repeats, 600 registry, 1000 form of messages (`wire::ceb`), 1200 signatures (`wire::seal`).

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
        do_zh: "核对货款、运保费、税款与非现金抵扣：实付 = 货款 + 运费 + 税款 − 抵扣；更正订单或支付单后重新申报。",
        do_en: "Check goods, carriage, tax and non-cash deduction: paid = goods + freight + tax - deduction; correct the order or payment and declare again.",
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
        zh: "原清单没有第 {gnum} 行，或商品编码不符。",
        en: "The list has no line {gnum} with this HS code.",
        do_zh: "按原清单的行号和商品编码填写。",
        do_en: "Use the line number and HS code of the original list.",
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
        do_zh: "提交 311、411、511、513、621、623、625 或 711 报文。",
        do_en: "Submit a 311, 411, 511, 513, 621, 623, 625 or 711 message.",
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
}
