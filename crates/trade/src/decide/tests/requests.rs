//! Requests among departments: what the catalogue shares on both sides of each border, who answers, and the clock.

use super::*;
use crate::policy::rights::Purpose;
use crate::request::{Request, RequestKind, RequestSaid, RequestState, RequestStep};
use ActorRole::{Enterprise, Exchange, Market, Officer, Operator, Tax};

fn by(role: ActorRole) -> Actor {
    Actor { id: role.name().into(), role }
}

/// Taxation asks foreign exchange whether the seller was paid.
fn fact() -> RequestSaid {
    RequestSaid {
        by: by(Tax),
        to: Exchange,
        set: "receipts".into(),
        field: "received".into(),
        about: "SELLER".into(),
        purpose: Purpose::Supervision,
        case: "SW-1".into(),
        content: [1; 16],
        ..RequestSaid::default()
    }
}

/// Customs ask market supervision to look into something.
fn help() -> RequestSaid {
    RequestSaid {
        by: by(Officer),
        kind: RequestKind::Help,
        to: Market,
        purpose: Purpose::Clearance,
        case: "JC-1".into(),
        ground: "行政处罚法 第二十六条".into(),
        content: [2; 16],
        worded: true,
        ..RequestSaid::default()
    }
}

fn answer(number: &str, role: ActorRole, value: &str) -> RequestSaid {
    let step = RequestStep::Answer;
    RequestSaid { by: by(role), step, number: number.into(), value: value.into(), ..RequestSaid::default() }
}

fn decline(number: &str, role: ActorRole, ground: &str) -> RequestSaid {
    let step = RequestStep::Decline;
    RequestSaid { by: by(role), step, number: number.into(), ground: ground.into(), ..RequestSaid::default() }
}

impl Zone {
    fn says_request(&mut self, said: RequestSaid) -> Outcome {
        self.run(Command::Request(said)).outcomes.remove(0)
    }

    /// Asks, and the number that it got.
    fn asks(&mut self, said: RequestSaid) -> String {
        let outcome = self.says_request(said);
        assert_eq!(codes(&outcome), [""; 0]);
        outcome.receipts[0].shown.invt_no.to_string()
    }

    fn request(&self, number: &str) -> Request {
        crate::key::read(&self.facts, &Key::Request(number.into())).unwrap()
    }

    /// With this catalogue and nothing else.
    fn sharing(&mut self, rows: &str) {
        let head = "department,set,field,purpose,from,until,known_from,clause,mark,note\n";
        let text = format!("{head}{rows}");
        let files: Vec<_> = crate::policy::SAMPLE
            .iter()
            .map(|(name, of)| (*name, if *name == "sharing.csv" { text.as_str() } else { *of }))
            .collect();
        self.policy = Policy::load(&files).unwrap().into();
    }
}

#[test]
fn a_fact_is_asked_and_answered_only_by_a_row_of_the_catalogue_for_field_purpose_and_day() {
    let row = "tax,receipts,received,supervision,2026-03-02,2026-03-10,,示例 第一条 (sample 1),sample,\n";
    let asked = |change: fn(&mut RequestSaid), now: &str| {
        let mut zone = Zone::new(now);
        zone.sharing(row);
        let mut said = fact();
        change(&mut said);
        let outcome = zone.says_request(said);
        assert_eq!(outcome.effects.is_empty(), outcome.verdict == Verdict::Refused);
        codes(&outcome).join(" ")
    };
    for (now, expected) in [
        ("2026-03-01T23:59:59", "REQUEST_NOT_SHARED"),
        ("2026-03-02T00:00", ""),
        ("2026-03-10T23:59:59", ""),
        ("2026-03-11T00:00", "REQUEST_NOT_SHARED"),
    ] {
        assert_eq!(asked(|_| {}, now), expected, "{now}");
    }
    let on = "2026-03-02T10:00";
    for (change, expected) in [
        ((|s| s.field = "class".into()) as fn(&mut RequestSaid), "REQUEST_NOT_SHARED"),
        (|s| s.purpose = Purpose::Clearance, "REQUEST_NOT_SHARED"),
        (|s| s.by = by(Market), "REQUEST_NOT_SHARED"),
        (|s| s.to = Tax, "REQUEST_FORM REQUEST_FORM"),
        (|s| s.to = Market, "REQUEST_FORM"),
        (|s| s.to = Enterprise, "REQUEST_FORM REQUEST_FORM"),
        (|s| s.case = "".into(), "REQUEST_FORM"),
        (|s| s.case = "two\nlines".into(), "REQUEST_FORM"),
        (|s| s.about = "NOBODY".into(), "PARTY_UNKNOWN"),
        (|s| (s.case, s.about, s.field) = Default::default(), "REQUEST_FORM PARTY_UNKNOWN REQUEST_NOT_SHARED"),
        (|s| s.by = by(Operator), "ACTOR_ROLE"),
    ] {
        assert_eq!(asked(change, on), expected);
    }
    // What is shared when it is asked and no more when it would be answered is not given.
    for (answered, expected) in [("2026-03-10T23:00", ""), ("2026-03-11T00:00", "REQUEST_NOT_SHARED")] {
        let mut zone = Zone::new(on);
        zone.sharing(row);
        let number = zone.asks(fact());
        assert_eq!(zone.request(&number).ground, "示例 第一条 (sample 1)");
        zone.now = Moment::parse(answered).unwrap();
        let outcome = zone.says_request(answer(&number, Exchange, "CNY 1,200.00"));
        assert_eq!(codes(&outcome).join(" "), expected, "{answered}");
        assert_eq!(zone.request(&number).is_open(), !expected.is_empty());
    }
    let mut older = Zone::new(on);
    let without = crate::policy::SAMPLE.iter().filter(|(name, _)| *name != "sharing.csv").copied().collect::<Vec<_>>();
    older.policy = Policy::load(&without).unwrap().into();
    assert_eq!(codes(&older.says_request(fact())), ["REQUEST_NOT_SHARED"], "no catalogue shares nothing");
}

#[test]
fn an_answer_is_a_record_with_receipts_to_both_and_only_who_was_asked_gives_it() {
    let mut zone = Zone::new("2026-03-02T10:00");
    let number = zone.asks(fact());
    for role in [Tax, Market, Officer] {
        assert_eq!(codes(&zone.says_request(answer(&number, role, "1"))), ["REQUEST_UNKNOWN"], "{role}");
    }
    assert_eq!(codes(&zone.says_request(answer("GX2026-999", Exchange, "1"))), ["REQUEST_UNKNOWN"]);
    let long = "9".repeat(201);
    for value in ["", " 1", "a\nb", &long] {
        assert_eq!(codes(&zone.says_request(answer(&number, Exchange, value))), ["REQUEST_FORM"], "{value:?}");
    }
    let given = zone.says_request(answer(&number, Exchange, "CNY 1,200.00"));
    let to: Vec<_> = given.receipts.iter().map(|receipt| receipt.to.as_str()).collect();
    assert_eq!(to, ["tax", "exchange"]);
    for receipt in &given.receipts {
        let told = receipt.shown.request.as_ref().unwrap();
        assert_eq!((told.state, told.value.as_str(), told.silent), (RequestState::Answered, "CNY 1,200.00", false));
        assert!(told.ground.contains("第六条"), "{}", told.ground);
    }
    assert_eq!(zone.request(&number).ended_by, Some(by(Exchange)));
    // The same again is a repetition, anything else is refused.
    let first = zone.request(&number).ended_in;
    let again = zone.says_request(answer(&number, Exchange, "CNY 1,200.00"));
    assert_eq!((again.verdict, again.repeats), (Verdict::Repeated, Some(first)));
    assert_eq!(codes(&zone.says_request(answer(&number, Exchange, "CNY 0.00"))), ["REQUEST_STATE"]);
    assert_eq!(codes(&zone.says_request(decline(&number, Exchange, "外汇管理条例"))), ["REQUEST_STATE"]);
    assert!(zone.facts.dues.is_empty(), "its clock has stopped");
}

#[test]
fn the_same_question_while_it_is_open_is_a_repetition_and_requests_are_found_by_each_name() {
    let mut zone = Zone::new("2026-03-02T10:00");
    let first = zone.asks(fact());
    let again = zone.says_request(fact());
    assert_eq!((again.verdict, again.repeats), (Verdict::Repeated, Some(zone.request(&first).asked)));
    let other = zone.asks(RequestSaid { content: [3; 16], case: "SW-2".into(), ..fact() });
    zone.says_request(answer(&first, Exchange, "1"));
    let third = zone.asks(fact());
    assert_ne!(third, first, "it had ended: that is another question");
    for name in ["from tax", "to exchange", "about SELLER"] {
        let mut next =
            crate::key::read::<crate::request::Latest>(&zone.facts, &Key::Requests(name.into())).unwrap().number;
        let mut found = Vec::new();
        while !next.is_empty() {
            let request = zone.request(&next);
            found.push(next.to_string());
            next = match name {
                "from tax" => request.before_from,
                "to exchange" => request.before_to,
                _ => request.before_about,
            };
        }
        assert_eq!(found, [third.clone(), other.clone(), first.clone()], "{name}");
    }
}

#[test]
fn silence_past_the_clock_is_an_event_and_a_late_answer_is_still_one() {
    // Monday 2026-03-02: the tenth working day after is the 16th, the fifteenth the 23rd.
    for (asked, clock, last) in
        [(fact(), "2026-03-16", "2026-03-16T23:59:59"), (help(), "2026-03-23", "2026-03-23T23:59:59")]
    {
        let whom = asked.to;
        let mut zone = Zone::new("2026-03-02T10:00");
        let number = zone.asks(asked.clone());
        assert_eq!(zone.request(&number).until, Some(day(clock)));
        let mut in_time = zone.clone();
        in_time.until(last);
        let said = RequestSaid { worded: true, ..answer(&number, whom, "1") };
        assert_eq!(codes(&in_time.says_request(said.clone())), [""; 0]);
        in_time.until("2026-06-01T00:00");
        assert!(!in_time.request(&number).is_late() && in_time.request(&number).silent.is_none());

        let before = zone.revision;
        zone.until("2026-06-01T00:00");
        assert_eq!(zone.revision, before + 1, "one event");
        let request = zone.request(&number);
        assert_eq!(request.silent, Some(day(clock).plus(1).starts()));
        assert!(request.is_open(), "silence decides nothing");
        assert_eq!(codes(&zone.says_request(said)), [""; 0]);
        assert!(zone.request(&number).is_late());
        assert_eq!(zone.request(&number).state, RequestState::Answered);
    }
    // Who asks on a Saturday has the same last day as who asks on the Friday before.
    for (on, last) in [("2026-03-06", "2026-03-20"), ("2026-03-07", "2026-03-20"), ("2026-03-09", "2026-03-23")] {
        assert_eq!(Policy::sample().working_days_after(day(on), 10), day(last), "{on}");
    }
    // Without the parameter there is no clock.
    let mut zone = Zone::new("2026-03-02T10:00");
    zone.policy = sample_before("answer_days").into();
    let number = zone.asks(fact());
    assert_eq!(zone.request(&number).until, None);
    assert!(zone.facts.dues.is_empty());
}

#[test]
fn help_is_asked_on_a_ground_and_given_or_declined_with_one() {
    let mut zone = Zone::new("2026-03-02T10:00");
    for (said, expected) in [
        (RequestSaid { ground: "".into(), ..help() }, "REQUEST_FORM"),
        (RequestSaid { worded: false, ..help() }, "REQUEST_FORM"),
        (RequestSaid { about: "NOBODY".into(), ..help() }, "PARTY_UNKNOWN"),
        (
            RequestSaid { to: Officer, ground: "".into(), worded: false, ..help() },
            "REQUEST_FORM REQUEST_FORM REQUEST_FORM",
        ),
    ] {
        assert_eq!(codes(&zone.says_request(said)).join(" "), expected);
    }
    let number = zone.asks(RequestSaid { about: "SELLER".into(), ..help() });
    assert!(number.starts_with("XZ2026-"), "{number}");
    let about: Option<crate::request::Latest> = crate::key::read(&zone.facts, &Key::Requests("about SELLER".into()));
    assert_eq!(about, None, "what help is about is not told to whom it is about");
    assert_eq!(codes(&zone.says_request(answer(&number, Market, ""))), ["REQUEST_FORM"], "without words");
    assert_eq!(codes(&zone.says_request(decline(&number, Market, ""))), ["REQUEST_FORM"], "without a ground");
    let no = zone.says_request(decline(&number, Market, "不属于本部门职权 第二十六条"));
    assert_eq!(codes(&no), [""; 0]);
    assert!(no.receipts.iter().all(|receipt| receipt.shown.status == 100), "{:?}", no.receipts);
    let request = zone.request(&number);
    assert_eq!((request.state, request.declined.as_str()), (RequestState::Declined, "不属于本部门职权 第二十六条"));
    let again = zone.says_request(decline(&number, Market, "不属于本部门职权 第二十六条"));
    assert_eq!(again.verdict, Verdict::Repeated);
}
