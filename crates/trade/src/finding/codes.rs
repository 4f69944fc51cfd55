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
    301 ReturnAppliedLate "RETURN_APPLIED_LATE" 100 {
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
    304 ReturnArrivedLate "RETURN_ARRIVED_LATE" 100 {
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
}
