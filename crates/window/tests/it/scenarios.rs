//! Scenarios that a customs lawyer can read: what is given, what is done, what follows. Each file under
//! `tests/scenarios` is played in a zone of its own, through the same door as everything else.
//!
//! A step begins at the margin; what belongs to it is indented. After every step the sums of every item are checked
//! (rules.md 7.5) and counted again from its movements. `{NAME}` stands for a number that was given before.

use std::collections::BTreeMap;
use std::fmt::Write;

use store::Disk;
use trade::bonded::ledger::holds;
use trade::bonded::proof;
use trade::bonded::record::{EntryRecord, FormRecord, ListRecord, PassRecord, SlipRecord, TransitRecord};
use trade::command::{Actor, ActorRole, Outcome, RegisterKind, Verdict};
use trade::key::{Key, Pair};
use trade::pack::Pack;
use trade::record::Stock;
use trade::registry::{Party, Span, Table};
use window::{Answer, Incoming};

use crate::story::{KEYS, POLICY, TRADERS};
use crate::zone::Zone;

/// Who acts in scenarios, by the names that they have there.
const NAMES: &[(&str, &str)] = &[
    ("Sanya", "4602960W01"),
    ("Haikou", "4601960W02"),
    ("Express", "1199960LG1"),
    ("customs", "CUSTOMS"),
    ("gate", "GATE"),
];

struct Play {
    zone: Zone,
    disk: Disk,
    numbers: BTreeMap<String, String>,
    /// The revision before the last act.
    before: u64,
    outcomes: Vec<Outcome>,
    sent: Option<(String, Actor)>,
}

/// The body that states something.
fn signer() -> store::head::HeadKeys {
    store::head::HeadKeys::new(&[11; 32], &[11; 32])
}

fn code(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(n, _)| *n == name).map(|(_, code)| *code)
}

impl Play {
    fn new() -> Play {
        let disk = Disk::memory();
        let zone = Zone::at("2026-03-02T09:00", disk.clone());
        Play { zone, disk, numbers: BTreeMap::new(), before: 0, outcomes: Vec::new(), sent: None }
    }

    fn filled(&self, text: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("a brace is not closed")?;
            let value = self.numbers.get(name).map(String::as_str).or_else(|| code(name));
            out.push_str(before);
            out.push_str(value.ok_or_else(|| format!("nothing is known as {name}"))?);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn step(&mut self, words: &str, details: &[String]) -> Result<(), String> {
        let words = words.split_once(' ').map_or("", |(_, rest)| rest).trim();
        if let Some(time) = words.strip_prefix("the time is ").or_else(|| words.strip_prefix("it is "))
            && trade::time::Moment::parse(time).is_some()
        {
            self.before = self.zone.window.journal().last();
            self.zone.set(time);
            self.zone.window.tick().map_err(|e| e.to_string())?;
            self.outcomes.clear();
            return Ok(());
        }
        if let Some(rest) = words.strip_prefix("the book ") {
            return self.book(rest, details);
        }
        if let Some((count, _)) = words.split_once(" parcels are bought") {
            return self.retail(count.trim().parse().map_err(|_| "how many?")?);
        }
        if words == "the same is sent again" {
            let (text, by) = self.sent.clone().ok_or("nothing was sent")?;
            return self.send(text, by);
        }
        if let Some((body, until)) =
            words.strip_prefix("the law recognises ").and_then(|rest| rest.split_once(" until "))
        {
            return self.recognised(body, until);
        }
        if let Some((body, number)) = words.split_once(" states result ") {
            return self.stated(body, number, details);
        }
        if let Some((who, what)) = words.split_once(" files ") {
            return self.file(who.trim_start_matches("the "), what, details);
        }
        if let Some(rest) = words.strip_prefix("item ") {
            return self.item(rest);
        }
        if let Some((_, rest)) = words.split_once("register of period ") {
            return self.register(rest);
        }
        if let Some(rest) = words.strip_prefix("period ") {
            return self.period(rest);
        }
        if let Some((who, rest)) = words.split_once(" is registered with ") {
            return self.registered_again(who.trim_start_matches("nothing changes where "), rest);
        }
        if let Some((who, when)) = words.split_once(" is untrustworthy ") {
            return self.untrusted(who, when);
        }
        if let Some((who, codes)) = words.split_once(" is told ") {
            return self.told(who, codes);
        }
        if let Some((what, state)) = words.split_once(" is now ") {
            return self.is_now(what, state);
        }
        if let Some((form, fen)) = words.strip_prefix("form ").and_then(|rest| rest.split_once(" has drawn ")) {
            let number = self.filled(form)?;
            let form: FormRecord = self.zone.window.read(&Key::Form(number.into())).ok_or("no such form")?;
            let drawn = form.drawn().to_string();
            return if drawn == fen { Ok(()) } else { Err(format!("it has drawn {drawn}")) };
        }
        if let Some((what, result)) = words.split_once(" relies on ") {
            return self.relies(what, result);
        }
        if words == "the journal decides the same again" {
            return self.replayed();
        }
        self.verdict(words)
    }

    /// A book with opening stock: rows of item, HS code, unit, price, quantity and perhaps a day of expiry.
    fn book(&mut self, rest: &str, details: &[String]) -> Result<(), String> {
        let (ems_no, who) = rest.split_once(" of ").ok_or("the book … of …")?;
        let who = code(who.trim()).ok_or("who?")?;
        let mut csv =
            "ems_no,item_record_no,area_code,hs10,name,unit,unit1,unit2,qty,origin,price_yuan,entered_on,expires_on\n"
                .to_owned();
        for row in details {
            let cells: Vec<_> = row.split_whitespace().collect();
            let [item, hs, unit, price, qty, ..] = cells.as_slice() else {
                return Err("item hs unit price qty".into());
            };
            let expiry = cells.get(5).copied().unwrap_or_default();
            let _ = writeln!(
                csv,
                "{ems_no},{item},{who},{hs},goods {item},{unit},035,,{qty},609,{price},2026-03-01,{expiry}"
            );
        }
        let by = window::filing::operator("test");
        self.zone.window.import(&by, Table::OpeningStock, &csv).map_err(|e| format!("{e:?}"))?;
        Ok(())
    }

    /// Parcels of a day, bought, matched and released.
    fn retail(&mut self, parcels: u64) -> Result<(), String> {
        let day = self.zone.window.now().day();
        let plan = traffic::Plan { per_message: 20, ..traffic::Plan::day(7, parcels, day) };
        let story = traffic::Story::new(plan, &TRADERS, &POLICY);
        for (table, text) in traffic::registry(&story, &KEYS) {
            let by = window::filing::operator("test");
            self.zone.window.import(&by, table, &text).map_err(|e| format!("{e:?}"))?;
        }
        for sent in story {
            self.zone.clock.0.store(sent.at.0, std::sync::atomic::Ordering::SeqCst);
            let bytes = KEYS.seal(&sent).map_err(|e| format!("{e:?}"))?;
            self.zone.try_send(&bytes).map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    /// A document: fields by name, one a line; `-` begins a line of goods.
    fn file(&mut self, who: &str, what: &str, details: &[String]) -> Result<(), String> {
        let (kind, own_no) = what.split_once(' ').ok_or("files KIND NUMBER")?;
        let by_code = code(who).ok_or_else(|| format!("who is {who}?"))?;
        let role = match who {
            "customs" => ActorRole::Officer,
            "gate" => ActorRole::Operator,
            _ => ActorRole::Enterprise,
        };
        let by = Actor { id: by_code.into(), role };
        let (own, etps) = match kind {
            "INV101" => ("etpsInnerInvtNo", "bizopEtpsno"),
            _ => ("etpsPreentNo", "etpsno"),
        };
        let mut fields: Vec<(String, Vec<String>)> =
            vec![(own.into(), vec![own_no.into()]), (etps.into(), vec![by_code.into()])];
        let mut lines = Vec::new();
        for detail in details {
            let detail = self.filled(detail)?;
            if let Some(line) = detail.strip_prefix('-') {
                lines.push(line.split(',').map(str::trim).map(pair).collect::<Result<Vec<_>, _>>()?);
                continue;
            }
            let (name, value) = pair(&detail)?;
            match fields.iter_mut().find(|(n, _)| *n == name) {
                Some((n, values)) if n == etps => *values = vec![value],
                Some((_, values)) => values.push(value),
                None => fields.push((name, vec![value])),
            }
        }
        let many = if kind == "EMS101" { "items" } else { "lines" };
        let text = match own_no.len() % 2 {
            // Both forms are played.
            0 => as_xml(kind, &fields, &lines, many),
            _ => as_json(kind, &fields, &lines, many),
        };
        self.send(text, by)
    }

    /// A body speaks of inspections until a day, by the key with which [`Play::stated`] signs.
    fn recognised(&mut self, body: &str, until: &str) -> Result<(), String> {
        let (key, _) = signer().public().to_text();
        let head = "body,statement,algorithm,key,zh,en,from,until,known_from,clause,mark,note";
        let row = format!("{body},inspection,ed25519,{key},机构,Body,2026-01-01,{until},,协议 (agreement),sample,");
        let by = window::filing::operator("test");
        let files = [("bodies.csv".to_owned(), format!("{head}\n{row}\n"))];
        self.zone.window.adopt(&by, &files).map(drop).map_err(|e| format!("{e:?}"))
    }

    /// A body's signed statement of a result of inspection, brought by an official.
    fn stated(&mut self, body: &str, number: &str, details: &[String]) -> Result<(), String> {
        let mut of = serde_json::json!({
            "body": body, "kind": "inspection", "number": number, "issued": "2026-03-01", "from": "2026-03-01",
            "result": "passed",
        });
        for detail in details {
            let (name, value) = pair(&self.filled(detail)?)?;
            of[name] = value.into();
        }
        let signed = store::statement::SignedText::sign(&of.to_string(), &signer()).map_err(|e| e.to_string())?;
        let by = Actor { id: "CUSTOMS".into(), role: ActorRole::Officer };
        let policy = self.zone.window.law_in_force();
        let answer = self.zone.window.take_statement(&by, signed.to_json().to_string().as_bytes(), &policy);
        self.outcomes = answer.map_err(|e| e.to_string())?.entry.map(|e| e.outcomes).unwrap_or_default();
        Ok(())
    }

    fn send(&mut self, text: String, by: Actor) -> Result<(), String> {
        self.before = self.zone.window.journal().last();
        let window = &self.zone.window;
        let answer: Answer = match by.role {
            ActorRole::Enterprise => window.take_in(Incoming {
                bytes: text.clone().into_bytes(),
                sender: by.id.to_string(),
                ..Incoming::default()
            }),
            _ => window.file_bonded(text.as_bytes(), by.clone()),
        }
        .map_err(|e| e.to_string())?;
        self.outcomes = answer.entry.map(|e| e.outcomes).unwrap_or_default();
        self.sent = Some((text, by));
        Ok(())
    }

    fn verdict(&mut self, words: &str) -> Result<(), String> {
        let outcome = self.outcomes.last().ok_or("nothing was filed")?;
        let mut codes: Vec<_> = outcome.findings.iter().filter(|f| !f.forgiven).map(|f| f.code.name()).collect();
        codes.sort_unstable();
        codes.dedup();
        let number = outcome.receipts.last().map(|r| r.shown.invt_no.clone()).unwrap_or_default();
        let (words, name) = words.split_once(" as ").map_or((words, None), |(w, n)| (w, Some(n)));
        let (words, expected) = words.split_once(" with ").map_or((words, ""), |(w, c)| (w, c));
        let mut expected: Vec<_> = expected.split([',', ' ']).filter(|c| !c.is_empty()).collect();
        expected.sort_unstable();
        let verdicts: &[Verdict] = match words {
            "it passes" => &[Verdict::Accepted],
            "it is done" => &[Verdict::Done],
            "it waits" => &[Verdict::Waiting],
            "it is refused" => &[Verdict::Refused],
            "it is stopped" => &[Verdict::Inspection],
            "it gets the first answer" => &[Verdict::Repeated],
            _ => return Err(format!("no such step: {words}")),
        };
        if outcome.verdict == Verdict::Repeated {
            // What was found stands in the first answer.
            codes.clear();
        }
        if !verdicts.contains(&outcome.verdict) || codes != expected {
            let info: Vec<_> = outcome.receipts.iter().map(|r| r.shown.info.as_str()).collect();
            return Err(format!("it is {} with {codes:?}: {info:?}", outcome.verdict));
        }
        if let Some(name) = name {
            self.numbers.insert(name.to_owned(), number.to_string());
        }
        Ok(())
    }

    fn item(&self, rest: &str) -> Result<(), String> {
        let (at, values) = rest.split_once(" has ").ok_or("item … of … has …")?;
        let (item_no, ems_no) = at.split_once(" of ").ok_or("item … of …")?;
        let key = Key::Stock(Pair { code: ems_no.into(), number: item_no.into() });
        let stock: Stock = self.zone.window.read(&key).ok_or("no such item")?;
        for value in values.split(',') {
            let (name, expected) = pair(value.trim())?;
            let l = &stock.ledger;
            let found = match name.as_str() {
                "on_hand" => stock.on_hand,
                "available" => stock.available(),
                "reserved" => stock.reserved,
                "sold" => stock.sold,
                "frozen" => l.frozen,
                "book" => stock.book(),
                "undeclared" => stock.undeclared(),
                "leaving" => stock.leaving(),
                "away" => stock.away(),
                "found" => l.found,
                "lost" => l.lost,
                "destroyed" => l.destroyed,
                "first_line" => l.first_line,
                "abroad" => l.abroad,
                "domestic" => l.domestic,
                "used" => l.used,
                "made" => l.made,
                "opening_reversed" => l.opening_reversed,
                "difference" => proof::compare(&self.zone.window, &stock).difference,
                _ => return Err(format!("what is {name}?")),
            };
            if found.to_string() != expected {
                return Err(format!("item {item_no}: {name} is {found}, not {expected}"));
            }
        }
        Ok(())
    }

    fn told(&self, who: &str, expected: &str) -> Result<(), String> {
        let who = code(who).ok_or("who?")?;
        let mut said = Vec::new();
        for revision in self.before + 1..=self.zone.window.journal().last() {
            let entry = self.zone.window.entry(revision).map_err(|e| e.to_string())?.ok_or("no entry")?;
            for receipt in entry.outcomes.iter().flat_map(|o| &o.receipts).filter(|r| r.to == who) {
                said.extend([receipt.shown.status.to_string(), receipt.shown.kind.name().to_owned()]);
                said.extend(receipt.findings.iter().map(|f| f.code.name().to_owned()));
                said.extend(
                    receipt.findings.iter().flat_map(|f| &f.args).map(|arg| format!("{}={}", arg.name, arg.value)),
                );
            }
        }
        let expected = &self.filled(expected)?;
        let missing = expected.split([',', ' ']).find(|c| !c.is_empty() && !said.iter().any(|s| s == c));
        missing.map_or(Ok(()), |code| Err(format!("nobody said {code}: {said:?}")))
    }

    /// `1 of BOOK is done until DAY, opening=…`
    fn period(&self, rest: &str) -> Result<(), String> {
        let (number, rest) = rest.split_once(" of ").ok_or("period … of …")?;
        let (ems_no, rest) = rest.split_once(" is done until ").ok_or("… is done until …")?;
        let (until, values) = rest.split_once(',').unwrap_or((rest, ""));
        let number = number.parse().map_err(|_| "which period?")?;
        let (of, ..) = self.zone.window.period_register(ems_no, number).ok_or("it is not closed")?;
        let entry = self.zone.window.entry(of.told.ok_or("no statement")?.revision).map_err(|e| e.to_string())?;
        let receipts: Vec<_> = entry.ok_or("no entry")?.outcomes.into_iter().flat_map(|o| o.receipts).collect();
        let told = receipts.first().and_then(|r| r.shown.period.clone()).ok_or("no statement")?;
        if *told != of.statement() || told.until.to_string() != until {
            return Err(format!("it was told otherwise: {told:?}"));
        }
        let found = [
            format!("opening={}", told.opening),
            format!("closing={}", told.closing),
            format!("in_flight={}", told.in_flight),
            format!("rows={}", told.rows),
        ];
        let missing = values.split([',', ' ']).find(|v| !v.is_empty() && !found.iter().any(|f| f == v));
        missing.map_or(Ok(()), |value| Err(format!("not {value}: {found:?}")))
    }

    /// `1 of BOOK says ITEM column=value …`; its file is the one that the statement is over.
    fn register(&self, rest: &str) -> Result<(), String> {
        use trade::bonded::period::{COLUMNS, file, read_file};
        let (number, rest) = rest.split_once(" of ").ok_or("period … of …")?;
        let (ems_no, rest) = rest.split_once(" says ").ok_or("… says …")?;
        let (item, values) = rest.split_once(' ').ok_or("which item?")?;
        let number = number.parse().map_err(|_| "which period?")?;
        let (of, rows, agrees) = self.zone.window.period_register(ems_no, number).ok_or("it is not closed")?;
        if !agrees || read_file(&file(&rows)) != Some((of.rows, of.digest)) {
            return Err("the register is not the one of its statement".into());
        }
        let row = rows.iter().find(|row| row[1] == item).ok_or("no such item")?;
        for value in values.split([',', ' ']).filter(|v| !v.is_empty()) {
            let (name, expected) = value.split_once('=').ok_or("column=value")?;
            let at = COLUMNS.iter().position(|c| *c == name).ok_or_else(|| format!("what is {name}?"))?;
            if row[at] != expected {
                return Err(format!("{name} is {}, not {expected}", row[at]));
            }
        }
        Ok(())
    }

    /// Customs hold an enterprise for untrustworthy from one day to another.
    fn untrusted(&self, who: &str, when: &str) -> Result<(), String> {
        let day = |text: &str| trade::time::Day::parse(text).ok_or("from..until");
        let (from, until) = when.split_once("..").ok_or("from..until")?;
        let key = Key::Party(code(who).ok_or("who?")?.into());
        let mut party: Party = self.zone.window.read(&key).ok_or("no such enterprise")?;
        party.untrusted.push(Span { from: day(from)?, until: Some(day(until)?) });
        let by = window::filing::operator("test");
        self.zone.window.register(&by, RegisterKind::Parties, &[party]).map(drop).map_err(|e| format!("{e:?}"))
    }

    /// Opening stock is registered anew with another quantity: a closed book does not take it.
    fn registered_again(&self, who: &str, rest: &str) -> Result<(), String> {
        let (qty, rest) = rest.split_once(" of ").ok_or("… of …")?;
        let (item, ems_no) = rest.split_once(" in ").ok_or("… in …")?;
        let who = code(who).ok_or("who?")?;
        let csv = format!(
            "ems_no,item_record_no,area_code,hs10,name,unit,unit1,unit2,qty,origin,price_yuan,entered_on,expires_on\n\
             {ems_no},{item},{who},1901101090,goods {item},122,035,,{qty},609,10.00,2026-03-01,\n"
        );
        let taken = self.zone.window.import(&window::filing::operator("test"), Table::OpeningStock, &csv);
        let key = Key::Stock(Pair { code: ems_no.into(), number: item.into() });
        let stock: Stock = self.zone.window.read(&key).ok_or("no such item")?;
        if stock.row.qty.to_string() == qty { Err(format!("it was taken: {taken:?}")) } else { Ok(()) }
    }

    fn is_now(&self, what: &str, state: &str) -> Result<(), String> {
        let (kind, number) = what.split_once(' ').ok_or("… {NUMBER} is now …")?;
        let number = self.filled(number)?;
        let window = &self.zone.window;
        let found = match kind {
            "list" => window.read::<ListRecord>(&Key::VerificationList(number.into())).map(|r| r.state),
            "pass" => window.read::<PassRecord>(&Key::Pass(number.into())).map(|r| r.state),
            "form" => window.read::<FormRecord>(&Key::Form(number.into())).map(|r| r.state),
            "slip" => window.read::<SlipRecord>(&Key::Slip(number.into())).map(|r| r.state),
            "bill" => window.read::<EntryRecord>(&Key::Entry(number.into())).map(|r| r.state),
            "transfer" => window.read::<TransitRecord>(&Key::Transit(number.into())).map(|r| r.state),
            _ => return Err(format!("what is a {kind}?")),
        };
        let found = found.ok_or("there is none")?;
        if found.name() == state { Ok(()) } else { Err(format!("it is {found}")) }
    }

    /// `list {NUMBER} relies on RESULT of OFFICE at OFFICE by WHO`, who is an account or the rule; or on nothing.
    fn relies(&self, what: &str, result: &str) -> Result<(), String> {
        let (kind, number) = what.split_once(' ').ok_or("… NUMBER relies on …")?;
        let number = self.filled(number)?;
        let window = &self.zone.window;
        let relied = match kind {
            "list" => window.read::<ListRecord>(&Key::VerificationList(number.as_str().into())).map(|r| r.relied),
            "bill" => window.read::<EntryRecord>(&Key::Entry(number.as_str().into())).map(|r| r.relied),
            "transfer" => window.read::<TransitRecord>(&Key::Transit(number.as_str().into())).map(|r| r.relied),
            _ => return Err(format!("what is a {kind}?")),
        };
        let said: Vec<String> = relied
            .ok_or("there is none")?
            .iter()
            .map(|r| {
                let signer = if r.signer.is_empty() { "rule" } else { &r.signer };
                let whole = !r.ground.is_empty() && r.on.0 > 0;
                format!(
                    "{} of {} at {} by {signer}{}",
                    r.number,
                    r.office,
                    r.by,
                    if whole { "" } else { " groundless" }
                )
            })
            .collect();
        let told = window.explain(&number, |_| Vec::new(), |_| Vec::new()).map_err(|e| e.to_string())?;
        if told[0]["relied"].as_array().map_or(0, Vec::len) != said.len() {
            return Err(format!("it is explained otherwise: {}", told[0]));
        }
        let expected = if result == "nothing" { "" } else { result };
        if said.join(", ") == expected { Ok(()) } else { Err(format!("it relies on {said:?}")) }
    }

    fn replayed(&self) -> Result<(), String> {
        let place = store::Place::in_memory(&self.disk, [7; 32]);
        let again = window::replay::replay(&place, |_, _| {}).map_err(|e| e.to_string())?;
        if again.same { Ok(()) } else { Err(format!("entries {:?} come out otherwise", again.first_differences)) }
    }

    /// What holds after every step.
    fn adds_up(&self) -> Result<(), String> {
        let mut wrong = None;
        self.zone.window.state().each_hot(|key, value| {
            if Key::kind(key) != Key::STOCK || wrong.is_some() {
                return;
            }
            let stock = Stock::unpack(value).unwrap();
            let (ems_no, item_no) = (&stock.row.ems_no, &stock.row.item_record_no);
            if let Err(what) = holds(&stock) {
                wrong = Some(format!("{ems_no} {item_no}: {what}"));
            } else if stock.ledger.moves > 0 && stock.ledger.moves < 100 {
                let proof = proof::of_item(&self.zone.window, ems_no, item_no).unwrap();
                if !proof.agrees {
                    wrong = Some(format!("{ems_no} {item_no}: the movements make {}", proof.on_hand));
                }
            }
        });
        wrong.map_or(Ok(()), Err)
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.trim().split_once(' ').ok_or_else(|| format!("{text:?}: name and value"))?;
    Ok((name.to_owned(), value.trim().to_owned()))
}

type Fields = [(String, Vec<String>)];

fn as_json(kind: &str, fields: &Fields, lines: &[Vec<(String, String)>], many: &str) -> String {
    let mut object = serde_json::Map::new();
    for (name, values) in fields {
        let value = match values.as_slice() {
            [one] => serde_json::Value::from(one.as_str()),
            several => serde_json::Value::from(several),
        };
        object.insert(name.clone(), value);
    }
    if !lines.is_empty() {
        let rows = lines.iter().map(|row| {
            row.iter().map(|(n, v)| (n.clone(), serde_json::Value::from(v.as_str()))).collect::<serde_json::Map<_, _>>()
        });
        object.insert(many.into(), rows.map(serde_json::Value::Object).collect::<Vec<_>>().into());
    }
    serde_json::json!({ kind: object }).to_string()
}

fn as_xml(kind: &str, fields: &Fields, lines: &[Vec<(String, String)>], many: &str) -> String {
    let mut out = format!("<{kind}Message>");
    for (name, values) in fields {
        for value in values {
            let _ = write!(out, "<{name}>{value}</{name}>");
        }
    }
    for row in lines {
        let _ = write!(out, "<{many}>");
        for (name, value) in row {
            let _ = write!(out, "<{name}>{value}</{name}>");
        }
        let _ = write!(out, "</{many}>");
    }
    out + &format!("</{kind}Message>")
}

/// Plays one text; says on which line it went otherwise.
fn play(text: &str) -> Result<(), String> {
    let mut play = Play::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    let mut thens = 0;
    while at < lines.len() {
        let (line, number) = (lines[at], at + 1);
        at += 1;
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with(' ') {
            return Err(format!("line {number}: this belongs to no step"));
        }
        let mut details = Vec::new();
        while let Some(detail) = lines.get(at).filter(|l| l.starts_with(' ')) {
            details.push(detail.trim().to_owned());
            at += 1;
        }
        thens += usize::from(line.starts_with("Then "));
        play.step(line, &details)
            .and_then(|()| play.adds_up())
            .map_err(|e| format!("line {number}: {line}\n    {e}"))?;
    }
    if thens == 0 { Err("nothing follows: there is no Then".into()) } else { Ok(()) }
}

#[test]
fn every_bonded_scenario_goes_as_it_is_written() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/bonded");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut faults = Vec::new();
    for file in &files {
        if let Err(fault) = play(&std::fs::read_to_string(file).unwrap()) {
            faults.push(format!("{}: {fault}", file.file_name().unwrap().to_string_lossy()));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    assert!(files.len() >= 12, "scenarios are missing: {}", files.len());
}

#[test]
fn a_scenario_that_goes_otherwise_is_told_with_its_line() {
    let fault = play(
        "Given the book T6402W000901 of Sanya\n  A1 1901101090 122 10.00 5\nThen item A1 of T6402W000901 has on_hand 6\n",
    );
    assert_eq!(
        fault,
        Err("line 3: Then item A1 of T6402W000901 has on_hand 6\n    item A1: on_hand is 5, not 6".into())
    );
    assert!(play("When it is 2026-03-03 09:00\n").is_err());
}
