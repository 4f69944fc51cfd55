//! What happened to a parcel, and why: read from its case, its documents and the entries of its trail.
//!
//! Nothing is decided here again. Personal values are not shown: where two are compared, only whether they agree.

pub mod appeal;
mod bonded;
mod compare;
pub mod export;
pub mod held;
pub mod ruling;
pub mod summary;

use serde_json::{Value, json};
use store::StoreError;
use trade::command::{Command, DueKind, Entry, Outcome, Position, Verdict};
use trade::documents::{Document, List, MessageKind, Order, Payment, Waybill};
use trade::effect::Effect;
use trade::finding::{Code, Finding, Language};
use trade::key::{CaseKey, Key, Pair};
use trade::money::Fen;
use trade::pack::Pack;
use trade::record::{AppealOf, Case, CaseRef, Exchanged, Kept, Payments, RefundState, Ruling, TaxPayment, status};
use trade::time::{Day, Moment};

use crate::Window;
use crate::answer::{Given, given_in};

/// Everything about one parcel.
#[derive(Clone, Debug, Default)]
pub struct Story {
    pub key: CaseKey,
    /// A state of `onewindow explain`.
    pub state: &'static str,
    pub case: Option<Case>,
    pub order: Option<(Order, Kept)>,
    pub payment: Option<(Payment, Kept)>,
    pub waybill: Option<(Waybill, Kept)>,
    pub list: Option<(List, Kept)>,
    /// Of an export ticket: then the four above are empty.
    pub export: Option<Box<export::Ticket>>,
    /// Oldest first.
    pub events: Vec<Event>,
    pub decisions: Vec<Decision>,
    pub compared: Vec<Compared>,
    pub receipts: Vec<Given>,
    /// Its accepted returns, oldest first.
    pub returns: Vec<RefundState>,
    /// The order that replaces it (换货), and the parcel that it replaces itself.
    pub replaced_by: Option<Exchange>,
    pub replaces: Option<Exchange>,
    /// Where it is held, and since when.
    pub held: Option<held::HeldAt>,
    /// Until when a list waits for what is missing.
    pub waits_until: Option<Moment>,
}

/// The other parcel of an exchange, as it stands now.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub other: CaseKey,
    /// Empty where it has no list yet.
    pub invt_no: String,
    pub state: &'static str,
    pub at: Moment,
    pub revision: u64,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub at: Moment,
    pub revision: u64,
    /// `CEB311`, `act release`, `due match-wait` …
    pub what: String,
    pub zh: String,
    pub en: String,
    pub verdict: Verdict,
    /// Status of the last receipt that it gave about this parcel, 0 where there was none.
    pub status: i32,
    /// The words that came with an act. Only for officers and operators: [`Window::notes`] fetches them.
    pub note: Option<String>,
    /// The correction that it was, by its declarant and number.
    pub correction: Option<Pair>,
}

#[derive(Clone, Debug)]
pub struct Decision {
    pub at: Moment,
    pub revision: u64,
    pub verdict: Verdict,
    pub day: Day,
    /// Revision of the policy that it was decided by.
    pub policy: u64,
    pub findings: Vec<Finding>,
    /// It was about an application to return or cancel the parcel or about an appeal, and left the parcel as it was.
    pub of_application: bool,
}

/// One comparison of matching (rules.md 2): a cell for order, payment, waybill and list.
#[derive(Clone, Debug)]
pub struct Compared {
    pub rule: &'static str,
    pub field: String,
    pub zh: &'static str,
    pub en: &'static str,
    pub cells: [Option<String>; 4],
    pub outcome: Agreement,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    Same,
    /// Within what is tolerated, or only scored.
    Near,
    Differ,
    /// A side is not there yet.
    Missing,
}

fn agreement(same: Option<bool>, tolerant: bool) -> Agreement {
    match same {
        None => Agreement::Missing,
        Some(true) => Agreement::Same,
        Some(false) if tolerant => Agreement::Near,
        Some(false) => Agreement::Differ,
    }
}

impl Window {
    /// The cases that a key may mean: a list number, `ebcCode_orderNo` in any usual spelling, a tax bill, a page's
    /// address. `elsewhere` looks other numbers up (the views know them).
    pub fn find_case(&self, key: &str, elsewhere: impl FnOnce(&str) -> Vec<CaseKey>) -> Vec<CaseKey> {
        let key = number_in(key);
        let key = key.as_str();
        let number = key.strip_prefix('T').filter(|k| k.len() == 18).unwrap_or(key);
        if let Some(found) = self.read::<CaseRef>(&Key::ListNumber(number.into())) {
            return vec![found.case];
        }
        for separator in ['_', ' ', '/', '+', ':'] {
            if let Some((a, b)) = key.split_once(separator) {
                for (ebc, order_no) in [(a, b), (b, a)] {
                    let case = CaseKey { ebc: ebc.into(), order_no: order_no.into() };
                    if self.knows(&case) {
                        return vec![case];
                    }
                }
            }
        }
        elsewhere(key)
    }

    fn knows(&self, case: &CaseKey) -> bool {
        self.read::<Case>(&Key::Case(case.clone())).is_some() || self.read::<Kept>(&Key::Order(case.clone())).is_some()
    }

    /// The story of a parcel; `None` where neither an order nor a list of it was ever taken in.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn story(&self, key: &CaseKey) -> Result<Option<Story>, StoreError> {
        self.story_with(key, &[])
    }

    /// The story of a parcel with what its case has no trace of: refused applications to return or cancel it.
    ///
    /// # Errors
    /// As [`Window::story`].
    pub fn story_with(&self, key: &CaseKey, applications: &[Position]) -> Result<Option<Story>, StoreError> {
        let case = self.read::<Case>(&Key::Case(key.clone()));
        let list = kept(self.read(&Key::List(key.clone())), |d| if let Document::List(d) = d { Some(d) } else { None });
        let order =
            kept(self.read(&Key::Order(key.clone())), |d| if let Document::Order(d) = d { Some(d) } else { None });
        let export = self.ticket(key, case.as_ref()).map(Box::new);
        if case.is_none() && order.is_none() && export.is_none() {
            return Ok(None);
        }
        let platform = order.as_ref().map(|o| &o.0.ebp_code).or(list.as_ref().map(|l| &l.0.ebp_code)).cloned();
        let of = Pair { code: platform.unwrap_or_default(), number: key.order_no.clone() };
        let paid = self.read::<Payments>(&Key::PaymentsOf(of)).unwrap_or_default().keys.into_iter().next();
        let payment = paid.and_then(|p| {
            kept(self.read(&Key::Payment(p)), |d| if let Document::Payment(d) = d { Some(d) } else { None })
        });
        let waybill = list.as_ref().and_then(|(l, _)| {
            let pair = Pair { code: l.logistics_code.clone(), number: l.logistics_no.clone() };
            kept(self.read(&Key::Waybill(pair)), |d| if let Document::Waybill(d) = d { Some(d) } else { None })
        });
        let mut places: Vec<Position> = case.iter().flat_map(|c| c.trail.iter().copied()).collect();
        places.extend(
            order.iter().map(|o| o.1.at).chain(payment.iter().map(|p| p.1.at)).chain(waybill.iter().map(|w| w.1.at)),
        );
        if let Some(ticket) = &export {
            let papers = ticket.order.iter().map(|o| o.1.at).chain(ticket.receipt.iter().map(|r| r.1.at));
            places.extend(papers.chain(ticket.waybill.iter().map(|w| w.1.at)));
        }
        let replaces = self.read::<Exchanged>(&Key::Replaces(key.clone()));
        places.extend(replaces.iter().map(|link| link.place));
        places.extend(applications);
        let parcel = self.parcel_of(list.as_ref().map(|(list, _)| list), export.as_deref());
        places.extend(parcel.iter().filter_map(|parcel| self.moved(parcel)).flat_map(|held| held.trail.steps));
        places.sort_by_key(|p| (p.revision, p.index));
        places.dedup();
        let mut story = Story {
            key: key.clone(),
            replaced_by: case.as_ref().and_then(|case| case.exchanged.as_ref()).map(|link| self.exchange(link)),
            replaces: replaces.as_ref().map(|link| self.exchange(link)),
            state: state_of(case.as_ref()),
            held: parcel.and_then(|parcel| self.held_at(&parcel, case.as_ref(), export.as_deref())),
            compared: match &export {
                Some(ticket) => ticket.compare(),
                None => compare::compare(
                    order.as_ref().map(|o| &o.0),
                    payment.as_ref().map(|p| &p.0),
                    waybill.as_ref().map(|w| &w.0),
                    list.as_ref().map(|l| &l.0),
                ),
            },
            export,
            case,
            order,
            payment,
            waybill,
            list,
            ..Story::default()
        };
        for place in places {
            if let Some(entry) = self.entry(place.revision)? {
                story.add(place, &entry);
                story.returns.extend(returned_by(&entry, place).and_then(|of| self.read(&Key::Refund(of))));
            }
        }
        story.returns.retain(|r| r.case == *key);
        story.returns.dedup_by(|a, b| (&a.agent, &a.cop_no) == (&b.agent, &b.cop_no));
        // What has left may be on its way back.
        if story.held.is_none() {
            let under_way = story.returns.iter().filter(|back| back.status == status::MATCHED);
            let mut coming = under_way.filter_map(|back| back.export.as_ref());
            story.held = coming.find_map(|back| {
                self.on_transfer(&Pair { code: back.waybill_code.clone(), number: back.waybill_no.clone() })
            });
        }
        Ok(Some(story))
    }

    /// Carrier and waybill of the list.
    fn parcel_of(&self, list: Option<&List>, ticket: Option<&export::Ticket>) -> Option<Pair> {
        let import = list.map(|list| (&list.logistics_code, &list.logistics_no));
        let of = import.or_else(|| Some(ticket?.list.as_ref()?).map(|(l, _)| (&l.logistics_code, &l.logistics_no)));
        of.map(|(code, number)| Pair { code: code.clone(), number: number.clone() })
    }

    fn exchange(&self, link: &Exchanged) -> Exchange {
        let case = self.read::<Case>(&Key::Case(link.other.clone()));
        let invt_no = case.as_ref().map(|case| case.invt_no.to_string()).unwrap_or_default();
        let state = state_of(case.as_ref());
        Exchange { other: link.other.clone(), invt_no, state, at: link.at, revision: link.place.revision }
    }

    /// The answers of `onewindow explain`, for whoever runs the zone: the parcels that a number names, or a summary
    /// payment with the parcels that it is for.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub fn explain(
        &self,
        key: &str,
        elsewhere: impl FnOnce(&str) -> Vec<CaseKey>,
        applications: impl Fn(&CaseKey) -> Vec<Position>,
    ) -> Result<Vec<Value>, StoreError> {
        if let Some(payment) = self.read::<TaxPayment>(&Key::TaxPayment(number_in(key).into())) {
            return Ok(vec![self.explain_payment(&number_in(key), &payment)]);
        }
        if let Some(ruling) = Ruling::named(&number_in(key)).map(|at| self.ruling(&at)).transpose()?.flatten() {
            return Ok(vec![ruling.explain()]);
        }
        if let Some(request) = self.request_numbered(&number_in(key)) {
            return Ok(vec![crate::requests::explain(&number_in(key), &request)]);
        }
        if let Some(articles) = self.articles(&number_in(key))? {
            let mut explained = articles.explain();
            if let Some(ruling) = self.ruling(&articles.ruled_at())? {
                explained["appeals"] = ruling.explain()["appeals"].take();
            }
            return Ok(vec![explained]);
        }
        if let Some(summary) = self.summary(&number_in(key)) {
            return Ok(vec![self.explain_summary(&number_in(key), &summary)]);
        }
        let mut told = Vec::new();
        for case in self.find_case(key, elsewhere) {
            let Some(mut story) = self.story_with(&case, &applications(&case))? else { continue };
            self.notes(&mut story)?;
            let mut explained = story.explain();
            for (n, heard) in story.appeals().iter().enumerate() {
                // Lists of other enterprises: for whoever runs the zone.
                let named: Vec<_> = heard.appeal.named.iter().map(|k| format!("{}_{}", k.ebc, k.order_no)).collect();
                explained["appeals"][n]["named"] = json!(named);
            }
            told.push(explained);
        }
        if told.is_empty() {
            told.extend(self.explain_bonded(&number_in(key))?);
        }
        Ok(told)
    }

    /// A summary payment: its figures, and the newest of the bills in it.
    fn explain_payment(&self, number: &str, payment: &TaxPayment) -> Value {
        const MOST: usize = 100;
        let mut parcels = Vec::new();
        let mut next = payment.newest.clone();
        while let Some(key) = next.take().filter(|_| parcels.len() < MOST) {
            let Some(case) = self.read::<Case>(&Key::Case(key.clone())) else { break };
            let Some(bill) = case.bill else { break };
            if bill.ent_duty_no == number {
                parcels.push(json!({
                    "key": format!("{}_{}", key.ebc, key.order_no), "taxNo": bill.tax_no, "due_fen": bill.total().0,
                }));
            }
            next = bill.previous;
        }
        let due = payment.due_on;
        let (state, zh, en) = match payment.paid_on {
            Some(day) => ("closed", format!("已于 {day} 缴纳。"), format!("It was paid on {day}.")),
            None if payment.overdue => (
                "refused",
                format!("应于 {due} 前缴纳，已逾期；该申报企业的新清单要等它缴清。"),
                format!("It was due by {due} and is overdue; new lists of the declarant wait for it."),
            ),
            None => ("accepted", format!("应于 {due} 前缴纳。"), format!("It is due by {due}.")),
        };
        json!({
            "key": number, "state": state, "lead": { "zh": zh, "en": en }, "events": [], "decisions": [],
            "parcels": parcels,
            "money": {
                "agent": payment.agent, "office": payment.office, "amount_fen": payment.amount.0,
                "bills": payment.bills, "due_on": due.to_string(), "paid_on": payment.paid_on.map(|d| d.to_string()),
                "overdue": payment.overdue, "surcharge_fen": payment.surcharge.0,
            },
        })
    }

    /// Fetches the words that officers and operators gave with their acts. They may name people: for officers and
    /// operators only. Words whose key was destroyed are left out.
    ///
    /// # Errors
    /// If the vault cannot be read.
    pub fn notes(&self, story: &mut Story) -> Result<(), StoreError> {
        for event in story.events.iter_mut().filter(|e| e.what.starts_with("act ")) {
            event.note = self.words_of(event.revision)?;
        }
        Ok(())
    }

    /// A return application by its declarant and number.
    pub fn refund(&self, agent: &str, number: &str) -> Option<RefundState> {
        self.read(&Key::Refund(Pair { code: agent.into(), number: number.into() }))
    }
}

fn kept<T>(record: Option<Kept>, pick: impl Fn(Document) -> Option<T>) -> Option<(T, Kept)> {
    let mut record = record.filter(|k| !k.deleted)?;
    let document = pick(record.document.take()?)?;
    Some((document, record))
}

/// The number that somebody means: as it stands, or in the address of a page (`/zh/parcels/…`, `?q=…`, `?sel=…`).
fn number_in(text: &str) -> String {
    let text = text.trim();
    let from = |mark: &str| text.rsplit_once(mark).map(|(_, rest)| rest.split(['?', '#', '&']).next().unwrap_or(rest));
    let number = ["/parcels/", "/explain/", "/articles/", "/requests/", "?q=", "&q=", "?sel=", "&sel="]
        .into_iter()
        .find_map(from);
    match number {
        Some(number) => unquoted(number.trim_end_matches('/').trim_end_matches(".json")),
        None => text.to_owned(),
    }
}

/// Without the `%` form of an address.
fn unquoted(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let quoted = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match quoted.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The return that a document of this entry applied for.
fn returned_by(entry: &Entry, place: Position) -> Option<Pair> {
    let Some(Command::Message(message)) = &entry.command else { return None };
    if !matches!(message.kind, MessageKind::Refund | MessageKind::ExportRefund) {
        return None;
    }
    match Document::unpack(&message.documents.get(place.index as usize)?.document).ok()? {
        Document::Refund(refund) => {
            let number = if refund.cop_no.is_empty() { refund.head.guid } else { refund.cop_no };
            Some(Pair { code: refund.agent_code, number })
        }
        Document::ExportRefund(refund) => Some(Pair { code: refund.agent_code, number: refund.cop_no }),
        _ => None,
    }
}

/// How a return stands.
fn return_words(back: &RefundState) -> [String; 2] {
    let (deadline, number) = (back.deadline, &back.cop_no);
    match back.status {
        _ if back.export.is_some() => export::return_words(back),
        status::EXAMINED => [
            format!("退货 {number} 已受理，须于 {deadline} 前运抵。"),
            format!("Return {number} is accepted; the goods have to arrive by {deadline}."),
        ],
        status::REFUSED => [
            format!("退货 {number} 未按期运抵，税款照征，额度不恢复。"),
            format!("Return {number} did not arrive in time: the tax is levied and the allowance stays used."),
        ],
        _ => [
            format!("退货 {number} 已运抵，相应税款不征，额度和库存已恢复。"),
            format!("Return {number} has arrived: its tax is not levied, allowance and stock are restored."),
        ],
    }
}

/// The state of a case in the words of `onewindow explain`.
pub fn state_of(case: Option<&Case>) -> &'static str {
    case.map_or("accepted", |case| status::name(case.status))
}

impl Story {
    fn add(&mut self, place: Position, entry: &Entry) {
        let Some(outcome) = entry.outcomes.iter().find(|o| o.about == place.index) else { return };
        let mine: Vec<Given> = given_in(place.revision, entry)
            .into_iter()
            .filter(|g| g.receipt.about == outcome.about && self.concerns(&g.receipt.shown, outcome))
            .collect();
        let (what, zh, en) = words(entry, outcome);
        let of_a_document = |g: &&Given| g.receipt.shown.bill.is_none();
        let status = mine.iter().rev().find(of_a_document).map_or(0, |g| g.receipt.shown.status);
        self.events.push(Event {
            at: entry.at,
            revision: place.revision,
            what,
            zh,
            en,
            verdict: outcome.verdict,
            status,
            note: None,
            correction: match &entry.command {
                Some(Command::Correct(made)) => {
                    Some(Pair { code: made.enterprise.clone(), number: made.number.clone() })
                }
                _ => None,
            },
        });
        self.receipts.extend(mine);
        let due = |effect: &Effect| match effect {
            Effect::Due(due) if due.kind == u32::from(DueKind::MatchWait.number()) => Some(due.at),
            _ => None,
        };
        if self.state == "waiting" && outcome.case.as_ref() == Some(&self.key) {
            self.waits_until = outcome.effects.iter().filter_map(due).next_back().or(self.waits_until);
        }
        let is_due = matches!(entry.command, Some(Command::Due(_)));
        if outcome.case.as_ref() == Some(&self.key) || !outcome.findings.is_empty() && !is_due {
            self.decisions.push(Decision {
                at: entry.at,
                revision: place.revision,
                verdict: outcome.verdict,
                day: outcome.day,
                policy: outcome.policy,
                findings: outcome.findings.clone(),
                of_application: held::is_step(entry, outcome)
                    || appeal::leaves_it(entry, outcome.verdict, self.decided_appeal(place))
                    || outcome.verdict == Verdict::Refused
                        && matches!(&entry.command, Some(Command::Message(m))
                        if matches!(m.kind, MessageKind::Cancel | MessageKind::Refund | MessageKind::ExportCancel
                            | MessageKind::ExportRefund | MessageKind::Tally)),
            });
        }
    }

    /// What the appeal was against that was decided there.
    fn decided_appeal(&self, place: Position) -> Option<AppealOf> {
        let all = self.case.iter().flat_map(|case| &case.appeals);
        all.filter(|appeal| appeal.decision == Some(place)).map(|appeal| appeal.of).next()
    }

    /// A due may give receipts about many parcels; only this one's belong here.
    fn concerns(&self, shown: &trade::receipt::Shown, outcome: &Outcome) -> bool {
        if outcome.case.as_ref() == Some(&self.key) {
            return true;
        }
        let number = self.case.as_ref().map_or("", |c| &c.invt_no);
        shown.invt_no == number && !number.is_empty() || shown.order_no == self.key.order_no || shown.invt_no.is_empty()
    }

    /// The reasons for how the parcel stands: those of the last decision about it.
    pub fn reasons(&self) -> &[Finding] {
        self.decisions.iter().rfind(|d| !d.of_application).map_or(&[], |d| &d.findings)
    }

    /// How it stands and what comes next, in one or two sentences, in Chinese and English.
    pub fn lead(&self) -> [String; 2] {
        let reasons = self.reasons().iter().filter(|f| !f.forgiven).count();
        let tax = self.case.as_ref().and_then(|c| c.tax.as_ref()).map(|t| t.total()).unwrap_or_default();
        let both = |zh: &str, en: &str| [zh.to_owned(), en.to_owned()];
        let of_export = self.export.as_ref().and_then(|ticket| ticket.lead(self));
        let mut said = match self.state {
            _ if of_export.is_some() => of_export.unwrap_or_default(),
            "released" | "closed" => [
                format!("三单一致，税款 {tax} 元，已放行。"),
                format!("The documents agree, the tax is CNY {tax}, and the parcel is released."),
            ],
            "waiting" => match self.waits_until {
                Some(until) => {
                    let until = held::minute(until);
                    [
                        format!("清单已接受，正在等待其他单证；到齐后自动继续，{until} 前未到齐即退单。"),
                        format!(
                            "The list was accepted and waits for other documents. It goes on by itself when they come; \
                         what has not come by {until} refuses it."
                        ),
                    ]
                }
                None => both("清单已接受，正在等待其他单证。", "The list was accepted and waits for other documents."),
            },
            "refused" => [
                format!("退单，共 {reasons} 条原因；改正后用同一编号重发。"),
                format!(
                    "Refused for {reasons} {}; mend it and send it again with the same numbers.",
                    if reasons == 1 { "reason" } else { "reasons" }
                ),
            ],
            "review" => both("等待人工审核。", "A person looks at it."),
            "inspection" => both("等待查验。", "It waits for inspection."),
            "detained" => both("货物已扣留。", "The goods are detained."),
            "cancelled" => both(
                "清单已撤销，额度、担保和库存已恢复。",
                "The list is cancelled; allowance, guarantee and stock are restored.",
            ),
            "sent_back" => both("货物退运。", "The goods are sent back."),
            "accepted" => both("订单已接受，还没有清单。", "The order was accepted; there is no list yet."),
            _ => both("三单一致，等待放行。", "The documents agree; it waits for release."),
        };
        if let Some([zh, en]) = self.held.as_ref().map(held::HeldAt::words) {
            said[0].push_str(&zh);
            said[1].push_str(&format!(" {en}"));
        }
        for back in &self.returns {
            let [zh, en] = return_words(back);
            said[0].push_str(&zh);
            said[1].push_str(&format!(" {en}"));
        }
        if let Some(new) = &self.replaced_by {
            let number = &new.other.order_no;
            said[0].push_str(&format!("换货：由同一卖家的订单 {number} 替换。"));
            said[1].push_str(&format!(" It is exchanged: order {number} of the same seller replaces it."));
        }
        if let Some(old) = &self.replaces {
            let number = &old.other.order_no;
            said[0].push_str(&format!("换货：替换订单 {number} 的包裹；税款和额度各自计算，退货运抵后恢复原包裹的。"));
            said[1].push_str(&format!(
                " It replaces the parcel of order {number} (exchange): tax and allowance count for each, until the return \
                 restores those of the first."
            ));
        }
        if let Some([zh, en]) = self.of_appeal() {
            said[0].push_str(&zh);
            said[1].push_str(&format!(" {en}"));
        }
        said
    }

    /// `{"key","state","events","decisions","money"}` as `onewindow explain --json` prints it.
    pub fn explain(&self) -> Value {
        let case = self.case.clone().unwrap_or_default();
        let tax = case.tax.clone().unwrap_or_default();
        let bill = case.bill.as_ref();
        let [zh, en] = self.lead();
        json!({
            "key": format!("{}_{}", self.key.ebc, self.key.order_no),
            "state": self.state,
            "lead": { "zh": zh, "en": en },
            "waits_until": self.waits_until.map(|m| m.to_string()),
            "numbers": {
                "orderNo": self.key.order_no, "ebcCode": self.key.ebc, "invtNo": case.invt_no, "preNo": case.pre_no,
                "logisticsNo": case.waybill_no, "logisticsCode": case.waybill_code,
                "taxNo": bill.map(|b| &b.tax_no), "entDutyNo": bill.map(|b| &b.ent_duty_no).filter(|n| !n.is_empty()),
            },
            "events": self.events.iter().map(|e| json!({
                "at": e.at.to_string(), "revision": e.revision, "what": e.what, "zh": e.zh, "en": e.en,
                "verdict": e.verdict.name(), "status": (e.status != 0).then(|| e.status.to_string()), "note": e.note,
            })).collect::<Vec<_>>(),
            "decisions": self.decisions.iter().map(|d| json!({
                "at": d.at.to_string(), "revision": d.revision, "verdict": d.verdict.name(), "day": d.day.to_string(),
                "policy": d.policy, "of_application": d.of_application,
                "findings": d.findings.iter().map(finding_json).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "compared": self.compared.iter().map(|c| json!({
                "rule": c.rule, "field": c.field, "order": c.cells[0], "payment": c.cells[1], "waybill": c.cells[2],
                "list": c.cells[3], "outcome": format!("{:?}", c.outcome).to_lowercase(),
            })).collect::<Vec<_>>(),
            "money": {
                "regime": case.tax.as_ref().map(|t| t.regime.name()),
                "clause": case.tax.as_ref().map(|t| &t.clause),
                "taxable_fen": tax.taxable.0, "duty_fen": tax.duty.0, "consumption_tax_fen": tax.consumption_tax.0,
                "vat_fen": tax.vat.0, "tax_fen": tax.total().0,
                "lines": tax.lines.iter().map(|l| json!({
                    "gnum": l.tax.gnum, "gcode": l.gcode, "taxable_fen": l.tax.taxable.0, "duty_fen": l.tax.duty.0,
                    "consumption_tax_fen": l.tax.consumption_tax.0, "vat_fen": l.tax.vat.0, "clause": l.clause,
                })).collect::<Vec<_>>(),
                "paid_fen": self.payment.as_ref().map(|p| p.0.amount.0),
                "allowance_used_fen": case.allowance_used.0,
                "year": tax.year, "year_before_fen": tax.year_before.0,
                "bill": bill.map(|b| json!({
                    "taxNo": b.tax_no, "state": b.state, "due_fen": b.total().0, "paid": b.paid,
                })),
                "returned": case.returned.iter().map(|r| json!({
                    "gnum": r.gnum, "qty": r.qty.to_string(), "pending": r.pending.to_string(),
                })).collect::<Vec<_>>(),
            },
            "returns": self.returns.iter().map(|r| json!({
                "copNo": r.cop_no, "agent": r.agent, "applied_on": r.applied_on.to_string(),
                "deadline": r.deadline.to_string(), "status": r.status.to_string(),
                "lines": r.lines.iter().map(|l| json!({"gnum": l.gnum, "qty": l.pending.plus(l.qty).to_string()}))
                    .collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "exchange": {
                "replaced_by": self.replaced_by.as_ref().map(exchange_json),
                "replaces": self.replaces.as_ref().map(exchange_json),
            },
            "appeals": self.appeals().iter().map(appeal::Heard::explain).collect::<Vec<_>>(),
            "risk": case.risk,
            "held": self.held.as_ref().map(held::HeldAt::explain),
            "export": self.export.as_ref().map(|ticket| ticket.explain()),
            "receipts": self.receipts.iter().map(|g| json!({
                "revision": g.revision, "index": g.number, "message": g.receipt.shown.kind.name(),
                "status": g.receipt.shown.status.to_string(), "text": g.receipt.shown.info,
            })).collect::<Vec<_>>(),
        })
    }
}

fn exchange_json(exchange: &Exchange) -> Value {
    json!({
        "key": format!("{}_{}", exchange.other.ebc, exchange.other.order_no), "invtNo": exchange.invt_no,
        "state": exchange.state, "linked": exchange.at.to_string(), "revision": exchange.revision,
    })
}

/// `{"code","clause","field","zh","en","remedy"}` and, where it can be computed, what would pass.
pub fn finding_json(f: &Finding) -> Value {
    let mut json = json!({
        "code": f.code.name(), "clause": f.clause, "field": f.field, "gnum": (f.gnum != 0).then_some(f.gnum),
        "zh": f.text(Language::Zh), "en": f.text(Language::En),
        "remedy": { "zh": f.remedy(Language::Zh), "en": f.remedy(Language::En) },
        "forgiven": f.forgiven,
    });
    if let Some((zh, en)) = would_pass(f) {
        json["would_pass_if"] = json!({ "zh": zh, "en": en });
    }
    json
}

/// What would have passed, where the figures of the finding tell it.
pub fn would_pass(f: &Finding) -> Option<(String, String)> {
    let arg = |name: &str| f.args.iter().find(|a| a.name == name).map(|a| a.value.as_str());
    let fen = |name: &str| arg(name).and_then(|v| Fen::from_yuan_text(v).ok());
    match f.code {
        Code::OverSingleLimit => {
            let less = fen("value")?.minus(fen("limit")?);
            Some((
                format!("完税价格减少 {less} 元以上。"),
                format!("The taxable price would have to be CNY {less} less."),
            ))
        }
        Code::OverAnnualLimit => {
            let less = fen("sum")?.minus(fen("limit")?);
            Some((format!("本年累计减少 {less} 元以上。"), format!("The year's sum would have to be CNY {less} less.")))
        }
        Code::PaymentAmount => {
            let due = fen("expected")?;
            Some((format!("支付金额为 {due} 元。"), format!("A payment of CNY {due} would have passed.")))
        }
        Code::LineTotal => {
            let due = fen("expected")?;
            Some((format!("该行总价为 {due} 元。"), format!("A line total of CNY {due} would have passed.")))
        }
        Code::TaxDiffers => {
            let due = fen("computed")?;
            Some((format!("代扣税款为 {due} 元。"), format!("Collected tax of CNY {due} would have passed.")))
        }
        Code::GuaranteeInsufficient => {
            let more = fen("tax")?.minus(fen("free")?);
            Some((format!("担保增加 {more} 元。"), format!("CNY {more} more of guarantee would have passed.")))
        }
        Code::StockShort => {
            let available = arg("available")?;
            Some((
                format!("申报数量不超过 {available}。"),
                format!("A quantity of at most {available} would have passed."),
            ))
        }
        _ => None,
    }
}

fn words(entry: &Entry, outcome: &Outcome) -> (String, String, String) {
    match &entry.command {
        Some(Command::Message(m)) => {
            let (zh, en) = match m.kind.number() {
                311 => ("订单", "order"),
                411 => ("支付单", "payment"),
                511 => ("运单", "waybill"),
                513 => ("运单状态：签收", "waybill state: signed for"),
                621 => ("清单", "list"),
                623 => ("撤销申请", "cancel application"),
                625 => ("退货申请", "return application"),
                711 => ("入库明细单", "warehouse-in detail"),
                303 => ("出口订单", "export order"),
                403 => ("收款单", "receipt of payment"),
                505 => ("出口运单", "export waybill"),
                507 => ("运抵单", "arrival"),
                509 => ("离境单", "departure"),
                603 => ("出口清单", "export list"),
                605 => ("出口撤销申请", "cancel application of an export list"),
                607 => ("清单总分单", "master bill"),
                701 => ("汇总申请", "summary application"),
                213 => ("出口退货申请", "return application of exported goods"),
                215 => ("退货理货", "tally of a return"),
                _ => ("报文", "message"),
            };
            let (zh_verdict, en_verdict) = verdict_words(outcome.verdict);
            (m.kind.name().to_owned(), format!("{zh}：{zh_verdict}"), format!("{en}: {en_verdict}"))
        }
        Some(Command::Act(act)) => {
            let (zh_verdict, en_verdict) = verdict_words(outcome.verdict);
            let zh = match act.kind.name() {
                "review" => "人工审核",
                "inspect" => "布控查验",
                "inspect-passed" => "查验正常",
                "detain" => "扣留",
                "release" => "放行",
                "send-back" => "退运",
                "arrive" => "退货运抵",
                "pay" => "缴款",
                "out" => "离场",
                "confirm-time" => "确认时钟",
                "disown" => "订购人称不是本人购买，额度已恢复",
                "settle-disowned" => "身份异议",
                "exchange" => "换货关联",
                "prove-abroad" => "海外仓证明",
                "appeal" => "申请复议",
                "allow-appeal" => "复议：撤销原决定，重新决定",
                "reject-appeal" => "复议：维持原决定",
                _ => "办理",
            };
            (format!("act {}", act.kind), format!("{zh}：{zh_verdict}"), format!("{}: {en_verdict}", act.kind))
        }
        Some(Command::Due(due)) => {
            let (zh, en) = match due.kind.name() {
                "match-wait" => ("等单证期限届满", "the wait for documents is over"),
                "bill-summary" => ("税单汇总", "the tax bill is summed up"),
                "bills-paid" => ("汇总税款已缴", "the summary payment was made"),
                "payment-overdue" => ("汇总税款逾期", "the summary payment is overdue"),
                "summary-goes-on" => ("汇总申报继续", "the summary declaration goes on"),
                "summary-overdue" => {
                    ("汇总申报逾期，转入下月", "the summary is late: the list goes over to the next month")
                }
                "appeal-silent" => ("复议逾期未决", "the time to decide the appeal is over"),
                "transit-overdue" => ("转运逾期未到", "the time of the transfer is over, and it has not come"),
                _ => ("退货运抵期限届满", "the time for the return's arrival is over"),
            };
            (format!("due {}", due.kind), zh.to_owned(), en.to_owned())
        }
        Some(Command::Correct(_)) => {
            let (zh_verdict, en_verdict) = verdict_words(outcome.verdict);
            ("correction".to_owned(), format!("更正：{zh_verdict}"), format!("correction: {en_verdict}"))
        }
        Some(Command::Register(register)) => {
            (format!("register {}", register.kind), "登记".to_owned(), format!("registered: {}", register.kind))
        }
        Some(Command::Bonded(filing)) => {
            let (zh_verdict, en_verdict) = verdict_words(outcome.verdict);
            let filed = filing.documents.get(outcome.about as usize);
            let kind = filed.map_or("bonded", |f| f.document.as_ref().map_or(f.kind, |d| d.kind()).name());
            let (zh, en) = match kind {
                "RETURN-IN" => ("退货进入退货中心仓", "return into the central return warehouse"),
                "RETURN-OUT" => ("退货出区申请", "application to leave the central return warehouse"),
                "ABROAD" => ("海外仓移仓", "goods move to a warehouse in another country"),
                "DECISION" => ("海关对退货出区的决定", "decision about what leaves the central return warehouse"),
                _ => ("保税单证", "bonded document"),
            };
            match filed.and_then(|filed| held::words_of_step(filed, outcome.verdict)) {
                Some([zh, en]) => (kind.to_owned(), zh, en),
                None => (kind.to_owned(), format!("{zh}：{zh_verdict}"), format!("{en}: {en_verdict}")),
            }
        }
        _ => ("entry".to_owned(), "日志条目".to_owned(), "entry".to_owned()),
    }
}

/// A verdict in words.
pub fn verdict_words(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Accepted => ("接受", "accepted"),
        Verdict::Waiting => ("等待其他单证", "waits for other documents"),
        Verdict::Refused => ("退单", "refused"),
        Verdict::Released => ("放行", "released"),
        Verdict::Review => ("人工审核", "manual review"),
        Verdict::Inspection => ("查验", "inspection"),
        Verdict::Done => ("办结", "done"),
        Verdict::Repeated => ("重复，答复同前", "a repetition, answered as before"),
        Verdict::Failed => ("内部错误", "internal error"),
    }
}
