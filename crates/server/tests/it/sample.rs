//! A desk of made-up parcels: what the tests and the example portal stand on.

use server::desk::*;
use server::sign::{hash_password, key_hash};
use server::sign_ins::SignIns;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use trade::account::ApiKeyRow;
use trade::policy::rights::{Rights, Scope};
use trade::record::Destroyed;
use trade::time::{Day, Moment};
use window::retention::Originals;

pub const PASSWORD: &str = "made up 8207";
pub const KEY: &str = "ow_key_palm";
pub const OFFICER_KEY: &str = "ow_key_officer";
pub const OPERATOR_KEY: &str = "ow_key_operator";
/// The identity number of the made-up buyer.
pub const IDENTITY: &str = "460200199003077891";
pub const RELEASED: &str = "64092026I048213551";
pub const REFUSED: &str = "64022026I048211874";
pub const HELD: &str = "64022026I048203118";
/// What an attacker puts into every field that has room for it.
pub const EVIL: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}";

#[derive(Default)]
pub struct Sample {
    /// No parcel has come yet.
    pub empty: bool,
    /// Every text that comes from outside is [`EVIL`].
    pub evil: bool,
    /// Enterprise and officer are of another enterprise and another office than every parcel.
    pub strangers: bool,
    /// Intake is full; pages about parcels break.
    pub failing: AtomicBool,
    pub sign_ins: std::sync::OnceLock<SignIns>,
    /// So much later than usual, in milliseconds.
    pub later: AtomicI64,
    /// Officers work for this customs office.
    pub office: Mutex<String>,
    /// When two administrators gave accounts a new password.
    pub recovered: Mutex<Option<Moment>>,
    /// Officers need a second factor.
    pub factors: bool,
    pub taken: Mutex<Vec<Intake>>,
    pub acted: Mutex<Vec<(Caller, ActOn)>>,
    pub imported: Mutex<Vec<(Table, Vec<u8>)>>,
    pub accounts: BTreeMap<String, String>,
    /// What makes papers as PDF.
    pub press: Option<server::press::Press>,
}

/// A program in this folder that is asked for PDFs.
pub fn press(folder: &std::path::Path, name: &str, script: &str) -> server::press::Press {
    use std::os::unix::fs::PermissionsExt;
    let program = folder.join(name);
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).expect("a program");
    server::press::Press { program, font: None }
}

/// One whose PDFs are the pages that it was given.
pub const ECHO: &str = "printf '%%PDF-1.7\\n'; cat";

impl Sample {
    pub fn new() -> Sample {
        let hash = hash_password(PASSWORD).expect("randomness");
        let accounts = Role::ALL.map(|role| (role.name().to_owned(), hash.clone())).into_iter().collect();
        Sample { accounts, ..Sample::default() }
    }

    /// A transfer of two parcels of which one did not come.
    fn a_transfer(&self) -> server::held::Told {
        use trade::bonded::record::{Held, Holding, Leg, State, TransitRecord};
        use trade::finding::{Code, Finding};
        let word = |text: &str| trade::pack::Text::from(self.word(text));
        let parcel = |n: &str| trade::key::Pair { code: word("CARRIER"), number: word(n) };
        let parcels = vec![parcel("LG1"), parcel("LG2")];
        let short =
            Finding::new(Code::TransferShort, "", "lines").arg("number", word("ZG")).arg("vehicle", word("琼A1"));
        let short = short.arg("count", 1).arg("waybills", word("LG2"));
        let leg = Leg {
            vehicle: word("琼A1"),
            seal: word("S1"),
            pieces: 2,
            left: self.now(),
            arrived: Some(self.now()),
            faults: vec![short],
            parcels: parcels.clone(),
            missing: vec![parcel("LG2")],
        };
        let transit = trade::bonded::Transit {
            from: word("6402"),
            to: word("5100"),
            from_place: word("P1"),
            place: word("P2"),
            carrier: word("4602960L01"),
            route: word("G98"),
            pieces: 2,
            arrive_by: Some(self.now()),
            parcels: parcels.clone(),
            ..Default::default()
        };
        let of = TransitRecord {
            transit,
            state: State::Overdue,
            etps: word("4602360011"),
            legs: vec![leg],
            number: word("ZG640226000000001"),
            ..Default::default()
        };
        let held = |holding| Some(Held { holding, place: word("P2"), since: self.now(), ..Held::default() });
        let told = parcels.into_iter().zip([held(Holding::Stands), held(Holding::Missing)]);
        server::held::Told { of, parcels: told.collect() }
    }

    fn caller(&self, role: Role) -> Caller {
        let own = if self.strangers { "4602999999" } else { "4602360011" };
        let enterprises = if role == Role::Enterprise { vec![own.to_owned()] } else { vec![] };
        let office = match role {
            Role::Officer if self.strangers => "6401".to_owned(),
            Role::Officer => self.office.lock().expect("lock").clone(),
            _ => String::new(),
        };
        Caller { name: role.name().into(), role, enterprises, office }
    }

    fn text(&self, zh: &str, en: &str) -> Both {
        if self.evil { Both::same(EVIL) } else { Both::new(zh, en) }
    }

    fn word(&self, text: &str) -> String {
        if self.evil { EVIL.into() } else { text.into() }
    }

    fn request_line(&self) -> server::requests::Line {
        server::requests::Line {
            number: "XZ2026-48213908".into(),
            kind: "assistance".into(),
            from: "tax".into(),
            to: "market".into(),
            at: "2026-11-01 10:00:00".into(),
            about: self.word("4602960E01"),
            purpose: "supervision".into(),
            case: self.word("SW-1"),
            ground: self.word("行政处罚法 第二十六条"),
            until: Some("2026-11-20".into()),
            state: "open".into(),
            silent: true,
            asked_in: 812,
            zh: self.word("待答复"),
            en: self.word("It waits"),
            ..Default::default()
        }
    }

    fn broken(&self) -> Answer<()> {
        if self.failing.load(Ordering::Relaxed) {
            return Err(Refused::Broken { case: "4f1e90c2".into() });
        }
        Ok(())
    }

    fn row(&self, key: &str, state: State, regime: &str, at: &str, goods: &str, (taxable, tax): (Fen, Fen)) -> Row {
        Row {
            key: key.into(),
            state,
            regime: self.word(regime),
            at: moment(at),
            goods: self.word(goods),
            taxable: Some(taxable),
            tax: Some(tax),
            risk: None,
            rules: vec![],
            due: None,
        }
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows = vec![
            self.row(RELEASED, State::Released, "1210", "10:41:52.692", "红葡萄酒 750 毫升", (57_590, 7_345)),
            self.row(REFUSED, State::Refused, "9610", "10:38:20.203", "香水 50 毫升", (523_600, 0)),
            self.row("64022026I048211902", State::Waiting, "9610", "10:38:02.114", "手提包", (238_000, 21_658)),
            self.row(
                "64092026I048211003",
                State::Closed,
                "1210",
                "10:31:44.000",
                "婴幼儿配方奶粉 900 克",
                (37_800, 3_440),
            ),
        ];
        for (key, state, at, goods, taxable, risk, due) in [
            (HELD, State::Review, "10:12:40.010", "香水 50 毫升", 344_000, 68, "12:12:40"),
            ("64092026I048203902", State::Inspection, "10:15:27.450", "威士忌", 190_800, 64, "12:15:27"),
            ("64022026I048192630", State::Review, "08:31:02.000", "手表", 1_280_000, 71, "10:31:02"),
            ("64022026I048188011", State::Detained, "07:02:11.000", "手表", 998_000, 92, "23:00:00"),
        ] {
            let mut row = self.row(key, state, "9610", at, goods, (taxable, taxable / 8));
            row.risk = Some(risk);
            row.rules = vec![self.word("K01"), "K06".into()];
            row.due = Some(moment(due));
            rows.push(row);
        }
        rows
    }

    fn step(&self, at: &str, tone: Tone, what: (&str, &str), code: &str, note: (&str, &str)) -> Step {
        Step {
            at: When::At(moment(at)),
            tone,
            what: self.text(what.0, what.1),
            code: self.word(code),
            note: self.text(note.0, note.1),
            words: self.word("note"),
            correction: self.word("C-1"),
        }
    }

    fn fact(&self, name: (&str, &str), code: &str, text: (&str, &str), public: bool) -> Fact {
        Fact {
            name: self.text(name.0, name.1),
            code: self.word(code),
            text: self.text(text.0, text.1),
            note: Both::default(),
            to: String::new(),
            public,
        }
    }

    fn compared(&self, rule: &str, field: (&str, &str), cells: [&str; 4], outcome: Outcome) -> Compared {
        let cell = |text: &str| (!text.is_empty()).then(|| Both::same(self.word(text)));
        Compared { rule: rule.into(), field: self.text(field.0, field.1), cells: cells.map(cell), outcome }
    }

    fn released(&self) -> Parcel {
        let none = ("", "");
        let line = |number, goods: &str, hs: &str, quantity: &str, sum, how: &[(&str, &str)]| TaxLine {
            number,
            goods: self.word(goods),
            hs: self.word(hs),
            quantity: self.word(quantity),
            sum,
            how: how.iter().map(|(zh, en)| self.text(zh, en)).collect(),
        };
        let sum = |price, promotion, carriage, taxable, consumption, vat| TaxSum {
            price,
            promotion,
            carriage,
            taxable,
            duty: 0,
            consumption,
            vat,
        };
        Parcel {
            key: RELEASED.into(),
            state: State::Released,
            status: "800".into(),
            at: moment("10:41:52.692"),
            revision: 48_213_551,
            lead: self.text(
                "从清单到放行 0.790 秒。税款 73.45 元，12 月 12 日至 26 日由代收代缴人缴纳，在此之前全部退货则不征。",
                "0.790 seconds from list to release. Tax of ¥73.45 falls due between 12 and 26 December; if all goods are returned before, it is never levied.",
            ),
            facts: vec![
                self.fact(("方式", "Regime"), "1210", ("网购保税进口", "bonded retail import"), true),
                self.fact(("申报海关", "Customs office"), "6409", ("海口综合保税区", "Haikou bonded zone"), true),
                self.fact(("订购人", "Buyer"), "46**************28", ("陈*", "陈*"), false),
                self.fact(("收货", "Delivery"), "138****0026", ("海南省三亚市天涯区***", "Tianya District, Sanya ***"), false),
                self.fact(("平台", "Platform"), "46029609Q3", ("礁石样例平台", "Reef Sample Platform"), false),
                self.fact(("申报企业", "Declarant"), "4602360011", ("椰影样例贸易", "Palm Shade Sample Trading"), false),
                self.fact(("订单", "Order"), "YD20261111000482", none, false),
                self.fact(("运单", "Waybill"), "HS77210048221", ("海隼样例物流", "Sea-Falcon Sample Logistics"), false),
            ],
            story: vec![
                self.step("10:41:08.204", Tone::Ok, ("订单到达", "Order arrived"), "311", ("礁石样例平台；签名有效", "Reef Sample Platform; signature valid")),
                self.step("10:41:09.117", Tone::Ok, ("支付单到达", "Payment arrived"), "411", ("南灯样例支付；649.35 元", "South Lamp Sample Pay; ¥649.35")),
                self.step("10:41:36.480", Tone::Ok, ("运单到达", "Waybill arrived"), "511", ("6.94 千克", "6.94 kg")),
                self.step("10:41:51.902", Tone::Ok, ("清单到达，已收", "List arrived, taken"), "621 → 2", ("SM2 签名有效", "SM2 signature valid")),
                self.step("10:41:52.512", Tone::Ok, ("三单比对一致", "Three documents match"), "120", ("18 项，其中 1 项在容差内", "18 checks, 1 within tolerance")),
                self.step("10:41:52.692", Tone::Ok, ("放行，写入日志", "Released, written to the journal"), "800", ("回执 622，税单 816", "receipts 622 and 816")),
                Step {
                    at: When::On(Day::ymd(2026, 12, 11).expect("a day")),
                    tone: Tone::None,
                    what: self.text("退货申请截止", "Last day to apply for a return"),
                    code: "625".into(),
                    note: self.text("第 30 天", "day 30"),
                    words: String::new(),
                    correction: String::new(),
                },
            ],
            compared: vec![
                self.compared("M1", ("订单号", "Order number"), ["…0482", "", "", "…0482"], Outcome::Same),
                self.compared("M4", ("金额", "Amount"), ["649.35", "649.35", "", "649.35"], Outcome::Same),
                self.compared("M6", ("订购人", "Buyer"), ["陈* 46…28", "", "", "陈* 46…28"], Outcome::Same),
                self.compared("M7", ("支付人", "Payer"), ["陈*", "陈*", "", ""], Outcome::Same),
                self.compared(
                    "M13",
                    ("毛重", "Gross weight"),
                    ["", "", "6.94 kg", "6.90 kg"],
                    Outcome::Near(self.text("差 0.04，容差 0.21", "0.04 apart, 0.21 allowed")),
                ),
            ],
            tax: Some(Tax {
                note: self.text(
                    "限额内：关税 0，消费税与增值税按应纳税额的 70%。每行每税四舍五入一次到分。",
                    "Within the limits: duty 0, consumption tax and VAT at 70% of the statutory amount. Each tax of each line is rounded once, half up, to the fen.",
                ),
                source: "T18 · T49".into(),
                lines: vec![
                    line(1, "红葡萄酒 750 毫升", "22042100", "3 × 96.50", sum(28_950, -1_004, 964, 28_910, 2_249, 2_923), &[
                        ("消费税 289.10 ÷ (1 − 10%) × 10% × 70% = 22.4855… → 22.49", "CT 289.10 ÷ (1 − 10%) × 10% × 70% = 22.4855… → 22.49"),
                        ("增值税 (289.10 + 32.1222…) × 13% × 70% = 29.2312… → 29.23", "VAT (289.10 + 32.1222…) × 13% × 70% = 29.2312… → 29.23"),
                    ]),
                    line(2, "初榨橄榄油 750 毫升", "15093000", "2 × 78.00", sum(15_600, -541, 519, 15_578, 0, 981), &[
                        ("增值税 155.78 × 9% × 70% = 9.81414 → 9.81", "VAT 155.78 × 9% × 70% = 9.81414 → 9.81"),
                    ]),
                    line(3, "块状巧克力 100 克", "18063200", "4 × 32.80", sum(13_120, -455, 437, 13_102, 0, 1_192), &[
                        ("增值税 131.02 × 13% × 70% = 11.92282 → 11.92", "VAT 131.02 × 13% × 70% = 11.92282 → 11.92"),
                    ]),
                ],
                total: sum(57_670, -2_000, 1_920, 57_590, 2_249, 5_096),
                paid: 64_935,
                paid_agrees: true,
            }),
            findings: vec![],
            allowance: Some(Allowance { limit: 2_600_000, before: 799_391, this: 57_590 }),
            receipts: vec![
                self.receipt_link(48_213_551, 0, "CEB622", "800"),
                self.receipt_link(48_213_551, 1, "CEB816", "1"),
            ],
            enterprises: vec!["4602360011".into(), "46029609Q3".into()],
            office: "6409".into(),
            look: None,
            mine: false,
            disowned: None,
            appeals: vec![],
            may_appeal: vec![],
            may_exchange: true,
            may_prove: true,
            finds_values: false,
            aside: vec![],
            acts: vec![],
            coming: vec![],
            first: None,
            persons: [("buyerName", "订购人姓名", "name of the buyer", "name", "虚**"), ("consigneeTelephone", "收货人电话", "telephone of the consignee", "telephone", "139****0001")]
                .map(|(field, zh, en, what, value)| server::masked::OfPerson {
                    field: field.into(),
                    name: Both::new(zh, en),
                    what: what.into(),
                    value: self.word(value),
                    masked: true,
                })
                .into(),
            attachments: vec![],
            whole: true,
        }
    }

    fn receipt_link(&self, revision: u64, index: u32, message: &str, status: &str) -> ReceiptLink {
        let hash = self.word("4e1f…90c2");
        ReceiptLink {
            revision,
            index,
            message: message.into(),
            status: status.into(),
            at: moment("10:41:52.692"),
            hash,
        }
    }

    fn finding(&self, code: &str, status: &str, texts: [(&str, &str); 5], source: (&str, &str)) -> Finding {
        let [title, what, who, would, law] = texts.map(|(zh, en)| self.text(zh, en));
        let clause = Clause {
            text: law,
            source: self.text(source.0, source.1),
            since: Day::ymd(2016, 4, 8),
            on: Day::ymd(2026, 11, 11).expect("a day"),
            paraphrase: true,
        };
        Finding { code: self.word(code), status: status.into(), title, what, who, would, clause, minor: false }
    }

    fn refused(&self) -> Parcel {
        let p = self.released();
        Parcel {
            key: REFUSED.into(),
            state: State::Refused,
            status: "100".into(),
            at: moment("10:38:20.203"),
            revision: 48_211_874,
            lead: self.text(
                "两条原因，一次说完。改好后用同一业务编号重发，会替换这一票；没有占用额度，也没有占用担保。",
                "Two reasons, told at once. Mend and send again with the same key: it replaces this one. No allowance and no guarantee was used.",
            ),
            findings: vec![
                self.finding("PAYER_NOT_BUYER", "100", [
                    ("支付人不是订购人", "The payer is not the buyer"),
                    ("订单的订购人是林*（46…51），支付单的支付人是周**（44…07）。平台没有报送对订购人的实名认证，所以两人必须是同一人。", "The order names the buyer 林* (46…51), the payment names 周** (44…07). The platform has sent no authentication of the buyer, so the two must be one person."),
                    ("平台：礁石样例平台", "The platform: Reef Sample Platform"),
                    ("平台认证林*的身份后重发订单；或者由林*本人支付，重发支付单。", "the platform authenticates 林* and sends the order again; or 林* pays and the payment is sent again."),
                    ("购买人（订购人）的身份信息应进行认证；未进行认证的，应与付款人一致。", "The identity of the buyer shall be authenticated; where it has not been, it shall be that of the payer."),
                ], ("财关税〔2016〕18号，第五条", "Caiguanshui [2016] No. 18, item 5")),
                self.finding("OVER_SINGLE_LIMIT", "−621005", [
                    ("两件商品，超过单次限值 236.00 元", "Two pieces, ¥236.00 over the single limit"),
                    ("完税价格 2 × 2,600.00 ＋ 运费 36.00 ＝ 5,236.00 ＞ 5,000.00", "Taxable price 2 × 2,600.00 ＋ freight 36.00 ＝ 5,236.00 ＞ 5,000.00"),
                    ("申报企业：椰影样例贸易", "The declarant: Palm Shade Sample Trading"),
                    ("只买一件：完税价格 2,636.00，增值税 239.88，实付 2,875.88。", "one piece: taxable 2,636.00, VAT 239.88, paid 2,875.88."),
                    ("超过单次限值、低于年度限值，且订单下仅一件商品时，可以按货物税率全额征税进口。", "Above the single limit and below the yearly one, where the order holds one item only, goods may enter and bear tax in full."),
                ], ("财关税〔2018〕49号，第二条", "Caiguanshui [2018] No. 49, item 2")),
            ],
            compared: vec![
                self.compared("M1", ("订单号", "Order number"), ["…0391", "", "", "…0391"], Outcome::Same),
                self.compared("M7", ("支付人", "Payer"), ["林* 46…51", "周** 44…07", "", ""], Outcome::Differ),
                self.compared("M2", ("运单号", "Waybill number"), ["", "", "", "…8221"], Outcome::Missing),
            ],
            tax: None,
            allowance: None,
            may_appeal: vec![MayAppeal {
                of: self.text("退单", "the refusal"),
                known: Day::ymd(2026, 11, 11),
                last: Day::ymd(2027, 1, 11),
                decided_by: Day::ymd(2027, 1, 10).expect("a day"),
                clause: self.word("ARL 20"),
                ..MayAppeal::default()
            }],
            receipts: vec![self.receipt_link(48_211_874, 0, "CEB622", "100")],
            ..p
        }
    }

    fn appealed(&self) -> Appealed {
        Appealed {
            number: "FY2026-48213908".into(),
            at: moment("10:41:52.692"),
            of: self.text("退单", "the refusal"),
            said: self.text("复议：原决定已撤销，重新作出决定。", "The decision was set aside and made again."),
            won: true,
            difference: vec![self.text("不再成立：地址不符", "No longer held: the addresses differ")],
            named: vec![REFUSED.into()],
            ..Appealed::default()
        }
    }

    fn held(&self) -> Parcel {
        Parcel {
            key: HELD.into(),
            state: State::Review,
            status: "300".into(),
            at: moment("10:12:40.010"),
            revision: 48_203_118,
            lead: self.text(
                "风险规则 K06 送人工审核，12:12 前答复。",
                "Risk rule K06 sent it to review; an answer is due by 12:12.",
            ),
            acts: vec![Act::Inspect, Act::Release, Act::Detain, Act::Uphold, Act::Deny, Act::Allow, Act::Reject],
            coming: vec![],
            appeals: vec![self.appealed(), Appealed { open: true, silent: true, ..self.appealed() }],
            aside: vec!["ADDRESS_DIFFERS".into(), "LINES_DIFFER".into()],
            disowned: Some(self.disowned(None)),
            allowance: None,
            ..self.released()
        }
    }

    fn receipt_of(&self, revision: u64, index: u32) -> Receipt {
        Receipt {
            revision,
            index,
            message: "CEB622".into(),
            status: "800".into(),
            code: None,
            text: self.word("放行"),
            keys: [("orderNo".into(), self.word("YD20261111000482")), ("invtNo".into(), RELEASED.into())].into(),
            findings: vec![],
            xml: b"<ceb:CEB622Message guid=\"4CDE1CFD-EDED-46B1-946C-B8022E42FC94\" version=\"1.0\"/>".to_vec(),
            figures: Vec::new(),
        }
    }
}

/// The keys of the window's heads.
pub fn head_keys() -> store::head::HeadKeys {
    store::head::HeadKeys::new(&[7; 32], &[7; 32])
}

/// A receipt that stands alone in its entry, among as many entries as a large zone has.
pub fn proof() -> store::proof::ReceiptProof {
    use store::proof::{CHAIN_START, LeafData, ReceiptProof, chain_hash, leaf_hash, node_hash, sha256};
    let guid = "4CDE1CFD-EDED-46B1-946C-B8022E42FC94".into();
    let shown = trade::receipt::Shown {
        kind: trade::documents::MessageKind::ListReturn,
        guid,
        status: 800,
        info: "放行".into(),
        at: moment("10:42"),
        cop_no: "YD20261111000482".into(),
        invt_no: RELEASED.into(),
        ..Default::default()
    };
    let (at, body, receipts_root) = (moment("10:42"), sha256(b"entry"), leaf_hash(&shown.leaf_bytes()));
    let chain = chain_hash(&CHAIN_START, 1, at, &body, &receipts_root);
    let leaf = LeafData { revision: 1, at, body, receipts_root, chain };
    let path: Vec<_> = (0..26u8).map(|i| sha256(&[i])).collect();
    let root = path.iter().fold(leaf.hash(), |hash, beside| node_hash(&hash, beside));
    let head = head_keys().sign(store::Head { size: 1 << 26, root, chain, at }).expect("signed by a key in memory");
    ReceiptProof { index: 0, receipts: 1, receipt_path: vec![], leaf, path, head, shown: shown.leaf_bytes() }
}

/// Made-up "now": a clock time of the sample day.
pub fn moment(clock: &str) -> Moment {
    Moment::parse(&format!("2026-11-11T{clock}")).expect("a clock time")
}

/// The API key of a role.
pub fn key_of(role: Role) -> String {
    match role {
        Role::Enterprise => KEY.into(),
        Role::Officer => OFFICER_KEY.into(),
        Role::Operator => OPERATOR_KEY.into(),
        other => format!("ow_key_{}", other.name()),
    }
}

impl Sample {
    fn disowned(&self, settled: Option<bool>) -> Disowned {
        let number = self.word("NM2026-48213551");
        Disowned {
            number: number.into(),
            at: self.now(),
            settled: settled.map(|_| self.now()),
            denied: settled == Some(true),
        }
    }

    fn answer(&self, intake: Intake) -> Answer<Vec<Receipt>> {
        if self.failing.load(Ordering::Relaxed) {
            return Err(Refused::NotNow { retry_after_s: 30 });
        }
        let text = String::from_utf8_lossy(&intake.bytes).into_owned();
        if text.contains("other-enterprise") {
            return Err(Refused::NotAllowed { what: "4602999999".into() });
        }
        if text.contains("break") {
            return Err(Refused::Broken { case: "4f1e90c2".into() });
        }
        if !text.contains("CEB") {
            return Err(Refused::Cannot {
                code: "NOT_A_MESSAGE".into(),
                said: Both::new("这不是 CEB 报文", "This is no CEB message"),
                problems: vec![],
            });
        }
        self.taken.lock().expect("lock").push(intake);
        Ok(vec![self.receipt_of(7, 0), self.receipt_of(7, 1)])
    }
}

impl Desk for Sample {
    fn press(&self) -> Option<&server::press::Press> {
        self.press.as_ref()
    }

    fn now(&self) -> Moment {
        Moment(moment("10:42:07").0 + self.later.load(Ordering::Relaxed))
    }

    fn dateline(&self) -> Dateline {
        Dateline {
            zone: self.text("中国（三亚）跨境电子商务综合试验区", "China (Sanya) Cross-border E-commerce Pilot Zone"),
            revision: if self.empty { 0 } else { 48_213_907 },
            at: self.now(),
            released: if self.empty { 0 } else { 408_934 },
            refused: if self.empty { 0 } else { 1_907 },
            median_ms: (!self.empty).then_some(840),
            sample: true,
        }
    }

    fn ready(&self) -> Result<(), String> {
        if self.failing.load(Ordering::Relaxed) { Err("disk full since 10:41:00".into()) } else { Ok(()) }
    }

    fn metrics(&self) -> Vec<Metric> {
        vec![Metric { name: "onewindow_revision", help: "Last durable entry.", counter: true, value: 48_213_907.0 }]
    }

    fn key_holder(&self, key: &[u8; 32]) -> Option<Holder> {
        let role = Role::ALL.into_iter().find(|role| key_hash(&key_of(*role)) == *key)?;
        Some(Holder { caller: self.caller(role), scopes: vec![], until: None })
    }

    fn own_keys(&self, _: &Caller) -> Vec<ApiKeyRow> {
        let key = |n: u8, label: &str| ApiKeyRow { hash: [n; 32], label: label.into(), ..ApiKeyRow::default() };
        vec![
            key(0x3a, "ERP"),
            ApiKeyRow {
                scopes: vec!["message.send".into(), "outbox.read".into()],
                until: Some(Moment(self.now().0 + 7 * 86_400_000)),
                ..key(0x7c, "仓库 WMS")
            },
            ApiKeyRow { revoked: true, ..key(0x91, "old") },
        ]
    }

    fn folder_owner(&self, name: &str) -> Option<Caller> {
        (name == "palm").then(|| self.caller(Role::Enterprise))
    }

    fn account(&self, name: &str) -> Option<Account> {
        let password = self.accounts.get(name)?.clone();
        let role = Role::ALL.into_iter().find(|r| r.name() == name)?;
        Some(Account { caller: self.caller(role), password })
    }

    fn sign_ins(&self) -> &SignIns {
        self.sign_ins.get_or_init(|| SignIns::in_memory().expect("tables in memory"))
    }

    fn bound(&self, _: &[u8; 32]) -> Option<Bound> {
        None
    }

    fn recovered(&self, _: &str) -> Option<Moment> {
        *self.recovered.lock().expect("lock")
    }

    fn asks_factor(&self, role: Role) -> bool {
        self.factors && role == Role::Officer
    }

    fn take_in(&self, intake: Intake, answered: Answered) {
        let answer = self.answer(intake);
        answered(Box::new(move || answer));
    }

    fn act(&self, caller: &Caller, act: ActOn) -> Answer<Vec<Receipt>> {
        if act.key == RELEASED {
            return Err(Refused::Cannot {
                code: "LIST_STATE".into(),
                said: Both::new("这一票已经放行。", "This list has been released."),
                problems: vec![],
            });
        }
        self.acted.lock().expect("lock").push((caller.clone(), act));
        Ok(vec![self.receipt_of(8, 0)])
    }

    fn preview_act(&self, _: &Caller, act: &ActOn) -> Answer<server::corrections::Previewed> {
        let refused = u32::from(act.key == RELEASED);
        let done = refused == 0;
        let line = server::corrections::ListLine { done, list: act.key.clone(), ..Default::default() };
        Ok(server::corrections::Previewed {
            rows: 1,
            refused,
            lists: vec![line],
            expect: "00".into(),
            ..Default::default()
        })
    }

    fn preview_rows(&self, _: &Caller, _: Table, csv: &[u8]) -> Answer<server::corrections::Previewed> {
        let rows = csv.split(|b| *b == b'\n').filter(|l| !l.is_empty()).count().saturating_sub(1) as u32;
        Ok(server::corrections::Previewed { rows, expect: "00".into(), ..Default::default() })
    }

    fn import_as_seen(&self, caller: &Caller, table: Table, csv: &[u8], _: &str) -> Answer<Imported> {
        self.import(caller, table, if csv.is_empty() { b"code\nA\n" } else { csv }, None)
    }

    fn table(&self, _: &Sight, table: Table, after: Option<&str>, limit: usize) -> Answer<TableRows> {
        let rows = vec![serde_json::json!({ "table": table.name(), "after": after, "limit": limit })];
        Ok(TableRows { rows, next: None })
    }

    fn import(&self, _: &Caller, table: Table, csv: &[u8], _: Option<&str>) -> Answer<Imported> {
        self.imported.lock().expect("lock").push((table, csv.to_vec()));
        Ok(Imported {
            rows: csv.split(|b| *b == b'\n').filter(|l| !l.is_empty()).count() as u64 - 1,
            revision: 9,
            proposed: false,
        })
    }

    fn template(&self, _: Table) -> String {
        "code,name,from\n".into()
    }

    fn adopt(&self, _: &Caller, files: &[(String, String)], _: bool) -> Answer<Adoption> {
        Ok(Adoption { revision: files.len() as u64, proposed: false })
    }

    fn admit(&self, _: &Caller, _: Admission) -> Answer<Adoption> {
        Ok(Adoption { revision: 11, proposed: false })
    }

    fn originals(&self) -> Answer<Vec<Originals>> {
        let of = |month: &str, kept: bool, until: &str, destroyed: bool| Originals {
            month: month.into(),
            kept,
            until: Day::parse(until),
            destroyed: destroyed.then(|| Destroyed { at: self.now(), revision: 77, ..Destroyed::default() }),
        };
        Ok(vec![
            of("2026-03", true, "2029-07-01", false),
            of("2022-12", true, "2026-04-01", false),
            of("2022-11", true, "2026-03-01", false),
            of("2022-10", false, "2026-02-01", true),
        ])
    }

    fn destroy(&self, _: &Caller, _: Day) -> Answer<u64> {
        Ok(78)
    }

    fn confirm_time(&self, _: &Caller, day: Day) -> Answer<u64> {
        if day == self.now().day() { Ok(10) } else { Err(Refused::ClockJumped { said: Both::new("时钟", "clock") }) }
    }

    fn receipts_after(&self, _: &Caller, cursor: Option<&str>, limit: usize) -> Answer<Outbox> {
        let from: u64 = cursor.and_then(|c| c.parse().ok()).unwrap_or(0);
        let receipts: Vec<_> = (from + 1..=3).take(limit).map(|r| self.receipt_of(r, 0)).collect();
        Ok(Outbox { cursor: receipts.last().map_or(from, |r| r.revision).to_string(), receipts })
    }

    fn receipt(&self, sight: &Sight, revision: u64, index: u32) -> Answer<Receipt> {
        let mine = sight.sees(&["4602360011".to_owned()], "6409");
        if mine && revision == 48_213_551 { Ok(self.receipt_of(revision, index)) } else { Err(Refused::NotFound) }
    }

    fn proof(&self, sight: &Sight, revision: u64, index: u32, _: Option<u64>) -> Answer<Vec<u8>> {
        self.receipt(sight, revision, index).map(|_| proof().to_json().to_string().into_bytes())
    }

    fn head(&self, size: Option<u64>) -> Answer<Head> {
        let hex = || "4e1f".repeat(16);
        let size = size.unwrap_or(48_213_907);
        Ok(Head {
            revision: size,
            size,
            root: hex(),
            chain: hex(),
            at: self.now().0,
            key: hex(),
            signature: hex().repeat(2),
            sm2_key: format!("04{}", hex().repeat(2)),
            sm2: hex().repeat(2),
        })
    }

    fn succession(&self) -> Answer<serde_json::Value> {
        Ok(serde_json::json!([]))
    }

    fn rotate_head(&self, _: &Caller, _: bool) -> Answer<Adoption> {
        Ok(Adoption { revision: 12, proposed: false })
    }

    fn consistency(&self, from: u64, to: u64) -> Answer<Vec<u8>> {
        if from > to { Err(Refused::NotFound) } else { Ok(b"{\"form\":\"onewindow head consistency 1\"}".to_vec()) }
    }

    fn keys(&self) -> Answer<(String, String)> {
        Ok(("4e1f".repeat(16), format!("04{}", "4e1f".repeat(32))))
    }

    fn overview(&self) -> Answer<Overview> {
        self.broken()?;
        let day = self.now().day();
        if self.empty {
            return Ok(Overview { day, interval_minutes: 30, ..Overview::default() });
        }
        let per_minute = [
            1_482u64, 1_102, 811, 640, 402, 300, 231, 190, 160, 150, 142, 160, 188, 300, 431, 650, 902, 1_010, 1_190,
            1_400, 1_633, 900,
        ];
        let arrivals = per_minute
            .iter()
            .enumerate()
            .map(|(i, n)| (Moment(day.starts().0 + i as i64 * 1_800_000), n * 30))
            .collect();
        let regime = |code: &str| self.word(code);
        Ok(Overview {
            day,
            arrived: 412_806,
            arrived_last_minute: 1_633,
            taxable: 8_849_000_000,
            tax: 851_290_000,
            receipt_median_ms: Some(610),
            receipt_p95_ms: Some(1_900),
            behind_ms: 38,
            counts: vec![
                (State::Released, regime("1210"), 300_112),
                (State::Released, regime("9610"), 100_822),
                (State::Closed, regime("1210"), 8_000),
                (State::Refused, regime("1210"), 1_200),
                (State::Refused, regime("9610"), 707),
                (State::Waiting, regime("9610"), 1_122),
                (State::Review, regime("9610"), 700),
                (State::Inspection, regime("1210"), 132),
                (State::Detained, regime("9610"), 11),
            ],
            arrivals,
            interval_minutes: 30,
            reasons: vec![
                Reason {
                    code: self.word("PAYER_NOT_BUYER"),
                    title: self.text("支付人不是订购人", "The payer is not the buyer"),
                    remedy: self.text(
                        "平台完成订购人实名认证，或由本人支付",
                        "The platform authenticates the buyer, or the buyer pays",
                    ),
                    lists: 702,
                },
                Reason {
                    code: "UNPAID".into(),
                    title: self.text("没有找到支付单", "No payment was found"),
                    remedy: self
                        .text("支付企业先于清单发送支付单", "The payment enterprise sends the payment before the list"),
                    lists: 468,
                },
            ],
            latest: self.rows().into_iter().take(6).collect(),
        })
    }

    fn find(&self, _: &Sight, query: &str) -> Answer<Found> {
        self.broken()?;
        let query = query.replace(' ', "").to_uppercase();
        let met = self.text("订单号", "order number");
        let hits = self
            .rows()
            .into_iter()
            .filter(|row| row.key.starts_with(&query))
            .map(|row| Hit { row, met: met.clone() })
            .collect();
        let read_as = vec![
            self.text("订单号、运单号：按原样", "an order or waybill number, as it stands"),
            self.text("清单号：不是 18 位", "not a list number: it has not 18 characters"),
        ];
        Ok(Found { hits, read_as, ..Found::default() })
    }

    fn parcels(&self, _: &Sight, filter: &Filter) -> Answer<Rows> {
        self.broken()?;
        if self.empty {
            return Ok(Rows::default());
        }
        let fits = |row: &Row| {
            (filter.states.is_empty() || filter.states.contains(&row.state))
                && filter.regime.as_ref().is_none_or(|r| *r == row.regime)
        };
        let rows: Vec<_> = self.rows().into_iter().filter(fits).collect();
        let total = rows.len() as u64;
        Ok(Rows { rows: rows.into_iter().take(filter.limit).collect(), total, next: Some("x y&z".into()) })
    }

    fn count(&self, sight: &Sight, filter: &Filter) -> Answer<u64> {
        self.parcels(sight, filter).map(|rows| rows.total)
    }

    fn parcel(&self, _: &Sight, key: &str) -> Answer<Parcel> {
        self.broken()?;
        match key {
            RELEASED => Ok(self.released()),
            REFUSED => Ok(self.refused()),
            HELD => Ok(self.held()),
            "panic" => panic!("a page that breaks"),
            _ => Err(Refused::NotFound),
        }
    }

    fn explain(&self, sight: &Sight, key: &str) -> Answer<serde_json::Value> {
        let parcel = self.parcel(sight, key)?;
        if !sight.sees(&parcel.enterprises, &parcel.office) {
            return Err(Refused::NotAllowed { what: String::new() });
        }
        Ok(parcel).map(|p| serde_json::json!({ "key": p.key, "state": p.state }))
    }

    fn journal(&self, _: &Sight, before: Option<u64>, limit: usize) -> Answer<Vec<Entry>> {
        if self.empty {
            return Ok(vec![]);
        }
        let top = before.map_or(48_213_907, |b| b.saturating_sub(1));
        Ok((0..limit as u64)
            .filter_map(|i| top.checked_sub(i).filter(|r| *r > 0))
            .map(|revision| Entry {
                revision,
                at: self.now(),
                kind: self.text("收报文", "message taken in"),
                by: self.word("palm"),
                what: self.text("621，100 票，放行 99", "621, 100 lists, 99 released"),
                hash: "4e1f…90c2".into(),
            })
            .collect())
    }

    fn rights(&self) -> Arc<Rights> {
        static RIGHTS: LazyLock<Arc<Rights>> =
            LazyLock::new(|| Arc::new(Rights::read(trade::policy::RIGHTS).expect("the table of rights")));
        RIGHTS.clone()
    }

    fn looks(&self, sight: &Sight, unusual: bool, _: Option<u64>, limit: usize) -> Answer<Vec<LookLine>> {
        self.broken()?;
        let look = |n: u64| LookLine {
            revision: 48_213_000 + n,
            at: self.now().to_string(),
            who: self.word("officer"),
            role: "officer".into(),
            kind: "page".into(),
            action: "parcel.read".into(),
            purpose: "clearance".into(),
            ground: self.word("海关法 第六条"),
            case: self.word("JC-2026-1"),
            records: 1,
            unusual: unusual || n == 0,
        };
        let seen = !self.empty && sight.right.scope != Scope::Public;
        Ok(if seen { (0..3).map(look).take(limit).collect() } else { vec![] })
    }

    fn looks_of_person(&self, key: &str, identity: &str) -> Answer<Vec<LookLine>> {
        let known = key == RELEASED && identity == IDENTITY;
        let mut looks = self.looks(&Sight::nobody(), false, None, 0)?;
        looks.clear();
        if known { Ok(looks) } else { Err(Refused::NotFound) }
    }

    fn own_copy(&self, _: &Sight) -> Answer<serde_json::Value> {
        Ok(serde_json::json!({ "form": "onewindow own copy 1" }))
    }

    fn person(&self, sight: &Sight) -> Answer<Person> {
        self.broken()?;
        let mut person = Person { year: 2026, limit: Some(2_600_000), ..Person::default() };
        if self.empty {
            return Ok(person);
        }
        let rows = self.parcels(sight, &Filter { limit: 10, ..Filter::default() })?.rows;
        let cases =
            [None, Some(self.disowned(None)), Some(self.disowned(Some(false))), Some(self.disowned(Some(true)))];
        person.parcels = rows
            .into_iter()
            .zip(cases.into_iter().cycle())
            .map(|(row, disowned)| Own {
                used: if disowned.is_some() { 0 } else { 24_900 },
                seller: self.word("一家店"),
                year: 2026,
                may_disown: disowned.is_none(),
                may_appeal: disowned.as_ref().is_some_and(|d| d.denied),
                appeal: disowned.is_none().then(|| self.appealed()),
                disowned,
                row,
            })
            .collect();
        (person.used, person.tax, person.more) = (1_604_000, 145_964, true);
        Ok(person)
    }

    fn proposals(&self, _: &Sight) -> Answer<Vec<trade::record::Proposal>> {
        let by = |id: &str| trade::command::Actor { id: id.into(), role: trade::command::ActorRole::Operator };
        let files = vec!["limits.toml".into()];
        let open = trade::record::Proposal { by: by("li"), at: self.now(), revision: 7, files, ..Default::default() };
        let both = trade::record::Proposal {
            adopted_by: Some(by("wang")),
            adopted_at: Some(self.now()),
            adopted: 9,
            ..open.clone()
        };
        Ok(if self.empty { vec![] } else { vec![open, both] })
    }

    fn appeal(&self, _: &Caller, key: &str, _: &str, _: &str) -> Answer<String> {
        if key == REFUSED { Ok("FY2026-48213908".into()) } else { Err(Refused::NotFound) }
    }

    fn connected(&self, _: &Sight) -> Answer<Vec<server::connected::Connected>> {
        self.broken()?;
        let of = |kind: &str, state: &str| server::connected::Connected {
            kind: kind.into(),
            state: state.into(),
            address: self.word("https://customs.example/window"),
            delivered: 812,
            last: Some("2026-11-01 10:00:00".into()),
            ..Default::default()
        };
        let trying = server::connected::Connected {
            waiting: 17,
            failures: 3,
            since: Some("2026-11-01 10:01:00".into()),
            next: Some("2026-11-01 10:20:00".into()),
            why: self.word("status 500"),
            ..of("tax", "trying")
        };
        Ok(if self.empty { vec![] } else { vec![of("customs", "ok"), trying, of("identity", "direct")] })
    }

    fn hooks(&self, _: &Sight) -> Answer<Vec<server::hooks::Hook>> {
        self.broken()?;
        let hook = server::hooks::Hook {
            number: "DY2026-48213908".into(),
            address: self.word("https://example.org/receipts"),
            from: "2026-11-01 10:00:00".into(),
            state: "trying".into(),
            delivered: 812,
            failures: 3,
            next: Some("2026-11-01 10:20:00".into()),
            why: self.word("status 500"),
        };
        Ok(if self.empty { vec![] } else { vec![hook] })
    }

    fn requests(&self, sight: &Sight) -> Answer<server::requests::Requests> {
        self.broken()?;
        if self.empty || sight.caller.is_none() {
            return Ok(server::requests::Requests::default());
        }
        let line = self.request_line();
        let may = server::requests::MayAsk {
            set: "register".into(),
            field: "status".into(),
            to: "market".into(),
            clause: self.word("D746"),
        };
        Ok(server::requests::Requests { asked: vec![line.clone()], received: vec![line], may_ask: vec![may] })
    }

    fn request(&self, _: &Sight, _: &str) -> Answer<server::requests::Sheet> {
        self.broken()?;
        let words = Some(self.word("请协查"));
        Ok(server::requests::Sheet { line: self.request_line(), words, mine: true, ..Default::default() })
    }

    fn certainty(&self, _: &Caller) -> Answer<server::identity::Certainty> {
        self.broken()?;
        let step = server::identity::PersonStep {
            method: "bank-card".into(),
            found: "fits".into(),
            verifier: self.word("核验机构"),
            at: "2026-11-01 10:00:00".into(),
            until: Some("2028-11-01".into()),
            answer: "5a".repeat(32),
            entry: 812,
        };
        let steps = if self.empty { vec![] } else { vec![step] };
        Ok(server::identity::Certainty { grade: "verified".into(), steps, open: true, ..Default::default() })
    }

    fn standing(&self, _: &Sight, code: Option<&str>) -> Answer<server::standing::Standing> {
        use server::standing::{Asked, Power, RoleStands, Standing, Step};
        self.broken()?;
        let asked = |what: &str, zh: &str, grade: &str, reached: &str, met| Asked {
            what: what.into(),
            zh: self.word(zh),
            en: self.word("filing with customs"),
            grade: grade.into(),
            reached: reached.into(),
            met,
            clause: "海关总署公告2018年第194号 二 (A194 2)".into(),
        };
        let conditions = vec![
            asked("customs-filing", "海关备案", "verified", "verified", true),
            asked("premises", "场所设施经实地查验", "inspected", "", false),
        ];
        let role = RoleStands { role: "area".into(), from: "2016-04-08".into(), conditions, ..RoleStands::default() };
        let step = |grade: &str, counts| Step {
            what: "customs-filing".into(),
            grade: grade.into(),
            by: self.word("海口海关"),
            method: "papers".into(),
            number: "460296".into(),
            from: "2026-01-01".into(),
            proof: Some("5a".repeat(32)),
            entry: 812,
            counts,
            ..Step::default()
        };
        let power = |number: &str, revoked: Option<&str>| Power {
            number: number.into(),
            other: "4602980A03".into(),
            other_zh: self.word("海口湾报关有限公司"),
            matters: vec!["export-lists".into(), "returns".into()],
            limit_fen: Some(5_000_000),
            from: "2026-01-01".into(),
            until: Some("2026-12-31".into()),
            revoked: revoked.map(Into::into),
            holds: revoked.is_none(),
            ..Power::default()
        };
        let empty = self.empty;
        Ok(Standing {
            code: code.unwrap_or("4602960W01").into(),
            name_zh: self.word("三亚保税仓储有限公司"),
            domestic: true,
            roles: vec![role],
            certifications: if empty { vec![] } else { vec![step("filed", false), step("verified", true)] },
            account: (!empty).then(|| server::standing::AccountStands {
                bank: "4602960Y01".into(),
                filed: "2026-11-01".into(),
                sent: Some("2026-11-02".into()),
                state: "open".into(),
                ..Default::default()
            }),
            given: if empty { vec![] } else { vec![power("WT-1", None), power("WT-2", Some("2026-10-01"))] },
            had: if empty { vec![] } else { vec![power("WT-3", None)] },
            ..Standing::default()
        })
    }

    fn summaries(&self, _: &Sight, _: &str, _: usize) -> Answer<server::summaries::Listed> {
        self.broken()?;
        let word = |text: &str| trade::pack::Text::from(self.word(text));
        let one = trade::record::Summary {
            agent: word("4601980A03"),
            agent_name: word("海口报关行"),
            ebc: word("4602960S01"),
            ebc_name: word("一家店"),
            office: word("6402"),
            lists: 41,
            declarations: 2,
            values: vec![trade::record::CurrencySum { currency: word("502"), ..Default::default() }],
            ..Default::default()
        };
        let done = trade::record::Summary { status: 399, ..one.clone() };
        let rows = vec![("640220261100001".to_owned(), done), ("640220261100002".to_owned(), one)];
        let next = Some("48213551_640220261100002".to_owned());
        Ok(if self.empty { Default::default() } else { server::summaries::Listed { rows, next } })
    }

    fn transfers(
        &self,
        _: &Sight,
        _: &server::held::Asked<'_>,
    ) -> Answer<server::held::Listed<(String, trade::bonded::record::TransitRecord)>> {
        self.broken()?;
        let one = ("ZG640226000000001".to_owned(), self.a_transfer().of);
        let next = Some("48213551_ZG640226000000001".to_owned());
        Ok(if self.empty { Default::default() } else { server::held::Listed { rows: vec![one], next } })
    }

    fn transfer(&self, _: &Sight, number: &str) -> Answer<server::held::Told> {
        self.broken()?;
        if number == "ZG640226000000001" { Ok(self.a_transfer()) } else { Err(Refused::NotFound) }
    }

    fn room(&self, _: &Sight, _: &server::held::Asked<'_>) -> Answer<server::held::Listed<server::held::RoomRow>> {
        use trade::money::Quantity;
        self.broken()?;
        let line = |gnum, fit| trade::record::RoomLine { gnum, qty: Quantity::whole(2), fit, ..Default::default() };
        let parcel = trade::record::InRoom {
            number: self.word("TH640226I000000001").into(),
            place: self.word("ROOM").into(),
            waybill: self.word("BACK1").into(),
            on: self.now().day(),
            lines: vec![line(1, true), line(2, false)],
        };
        let row = server::held::RoomRow {
            parcel,
            invt_no: self.word(RELEASED),
            office: self.word("6402"),
            apply_by: Some(self.now().day().plus(3)),
            arrive_by: Some(self.now().day().plus(18)),
            ..Default::default()
        };
        let late = server::held::RoomRow { apply_by: Some(self.now().day().plus(-1)), ..row.clone() };
        Ok(if self.empty { Default::default() } else { server::held::Listed { rows: vec![row, late], next: None } })
    }

    fn backs(&self, _: &Sight, _: &server::held::Asked<'_>) -> Answer<server::held::Listed<server::held::BackRow>> {
        self.broken()?;
        let of = trade::record::RefundState {
            status: 800,
            cop_no: self.word("R1").into(),
            agent: self.word("4602360011").into(),
            invt_no: self.word(RELEASED).into(),
            applied_on: self.now().day(),
            deadline: self.now().day().plus(200),
            export: Some(trade::record::ReturnState {
                waybill_no: self.word("RW1").into(),
                office: self.word("6402").into(),
                tallied: Some(self.now()),
                treatment: trade::record::Treatment::TaxFree,
                ..Default::default()
            }),
            ..Default::default()
        };
        let coming = trade::record::RefundState { status: 120, export: Some(Default::default()), ..of.clone() };
        let rows = vec![server::held::BackRow { of }, server::held::BackRow { of: coming }];
        Ok(if self.empty { Default::default() } else { server::held::Listed { rows, next: None } })
    }

    fn exchange(&self, _: &Caller, key: &str, _: &str) -> Answer<u64> {
        if key == RELEASED { Ok(48_213_908) } else { Err(Refused::NotFound) }
    }

    fn disown(&self, _: &Caller, key: &str, _: &str) -> Answer<String> {
        if key == RELEASED { Ok("NM2026-48213907".into()) } else { Err(Refused::NotFound) }
    }

    fn company(&self, sight: &Sight) -> Answer<Company> {
        self.broken()?;
        if self.empty {
            return Ok(Company::default());
        }
        let refused = self.parcels(sight, &Filter { states: vec![State::Refused], limit: 10, ..Filter::default() })?;
        let day = self.now().day();
        let payment = |paid_on, overdue| Payment {
            number: self.word("P20261011640001"),
            amount: 1_234_567,
            due_on: day.plus(4),
            paid_on,
            overdue,
            surcharge: 617,
        };
        let bills = [None, Some(payment(None, false)), Some(payment(None, true)), Some(payment(Some(day), false))];
        let bills = bills.into_iter().enumerate().map(|(back, payment)| Bills {
            office: self.word("6402"),
            released_on: day.plus(-20 * back as i32),
            count: 412,
            payment,
        });
        let fen = trade::money::Fen;
        let month = |month, told| window::ExportMonth {
            seller: self.word("4602960E01"),
            statement: trade::register::Statement {
                month,
                rows: 41,
                exempt: fen(1_234_500),
                exempt_back: fen(10_000),
                rebate: fen(99_900),
                year: fen(1_224_500),
                income: fen(48_980),
                tax: fen(2_449),
                due: fen(2_449),
                small: true,
                clause: self.word("T36").into(),
                ..Default::default()
            },
            told,
        };
        let told = Some(trade::command::Position { revision: 48_213_551, index: 0 });
        let exports = vec![month(202_610, None), month(202_609, told)];
        Ok(Company {
            exports,
            counts: vec![(State::Released, 1_604), (State::Refused, 1), (State::Waiting, 12)],
            refused,
            reasons: self.overview()?.reasons,
            receipts: vec![self.receipt_of(48_213_551, 0)],
            guarantees: vec![Held {
                code: self.word("46029609Q3"),
                district: "64".into(),
                limit: 100_000_000,
                reserved: 2_165_800,
                due: 31_000_000,
                free: 66_834_200,
            }],
            bills: bills.collect(),
        })
    }

    fn sent(&self, _: &Sight, _: &str) -> Answer<Vec<(Vec<u8>, u32)>> {
        Ok(vec![])
    }

    fn check(&self, bytes: &[u8], mode: Mode) -> Checked {
        let text = String::from_utf8_lossy(bytes);
        let problem = |line: usize, code: &str, zh: &str, en: &str, forgiven| Problem {
            code: self.word(code),
            path: self.word("/CEB311Message/Order[1]/OrderHead/acturalPaid"),
            line: Some(line as u32),
            zh: self.word(zh),
            en: self.word(en),
            forgiven,
        };
        let mut problems = vec![];
        for (i, line) in text.lines().enumerate() {
            if line.contains("425.49") {
                problems.push(problem(
                    i + 1,
                    "PAYMENT_AMOUNT",
                    "390.00 ＋ 12.00 ＋ 35.49 ＝ 437.49，这里写 425.49。",
                    "390.00 + 12.00 + 35.49 = 437.49, but here stands 425.49.",
                    false,
                ));
            }
            if line.contains("2026-11-11") {
                let lenient = mode == Mode::Lenient;
                problems.push(problem(
                    i + 1,
                    "DATE_FORM",
                    "时间应为 14 位数字 20261111104012。",
                    "A time has 14 digits: 20261111104012.",
                    lenient,
                ));
            }
        }
        if !text.contains("CEB") {
            problems.push(Problem {
                line: None,
                ..problem(0, "NOT_A_MESSAGE", "根元素不是 CEB 报文。", "The root element is no CEB message.", false)
            });
        }
        let valid = problems.iter().all(|p| p.forgiven);
        Checked { message: text.contains("CEB").then(|| "CEB311".into()), documents: 1, valid, problems }
    }

    fn verify(&self, receipt: &[u8], _: &[u8]) -> Verified {
        let valid = receipt.starts_with(b"<ceb:CEB622");
        let reason = if valid {
            self.text(
                "回执与日志第 48,213,551 号一致，树头由本窗口签名。",
                "The receipt is in entry 48,213,551, and the head is signed by this window.",
            )
        } else {
            self.text("回执的哈希与凭据的叶子对不上。", "The receipt's hash is not the leaf of the proof.")
        };
        Verified {
            valid,
            reason,
            receipt: "4e1f".repeat(16),
            revision: valid.then_some(48_213_551),
            root: "90c2".repeat(16),
        }
    }
}
