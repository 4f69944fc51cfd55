//! Requests among departments beside the walk: asking and answering, and reading back how they stand.

use serde_json::{Value, json};
use store::StoreError;
use trade::command::{Actor, Command};
use trade::key::Key;
use trade::pack::{Pack, Text};
use trade::request::{Latest, Of, Request, RequestKind, RequestSaid, RequestState};

use crate::read::{Original, sha256};
use crate::{Answer, Refused, Window};

/// How a request stands, in both languages.
pub fn lead(number: &str, of: &Request) -> [String; 2] {
    let until = of.until.map_or_else(
        || ["无期限".to_owned(), "without a clock".to_owned()],
        |day| [format!("{day} 前答复"), format!("to be answered by {day}")],
    );
    let [zh, en] = match (of.state, of.kind, of.silent) {
        (RequestState::Open, _, None) => [format!("待答复，{}。", until[0]), format!("It waits, {}.", until[1])],
        (RequestState::Open, _, Some(_)) => {
            [format!("逾期未答复（应{}）。", until[0]), format!("Nobody has answered in time ({}).", until[1])]
        }
        (RequestState::Answered, RequestKind::Fact, _) => {
            [format!("已答复：{}。", of.value), format!("Answered: {}.", of.value)]
        }
        (RequestState::Answered, RequestKind::Help, _) => ["已协助。".to_owned(), "Help was given.".to_owned()],
        (RequestState::Declined, _, _) => {
            [format!("不予提供：{}。", of.declined), format!("Declined: {}.", of.declined)]
        }
    };
    let late = if of.is_late() { ["（逾期）", " It was late."] } else { ["", ""] };
    [format!("请求 {number}：{zh}{}", late[0]), format!("Request {number}. {en}{}", late[1])]
}

impl Window {
    /// A department asks another, or answers. The words lie in the vault; the entry commits to them.
    ///
    /// # Errors
    /// As [`Window::take_in`].
    pub fn request(&self, mut said: RequestSaid, words: &str) -> Result<Answer, Refused> {
        said.worded = !words.is_empty();
        let bare = RequestSaid { by: Actor { role: said.by.role, ..Actor::default() }, ..said.clone() };
        let mut all = bare.pack();
        all.extend_from_slice(words.as_bytes());
        said.content.copy_from_slice(&sha256(&all)[..16]);
        let original = if said.worded { Original::of(words.as_bytes()) } else { None };
        self.command_of(Command::Request(said), original)
    }

    pub fn request_numbered(&self, number: &str) -> Option<Request> {
        self.read(&Key::Request(number.into()))
    }

    /// The requests under a name, the newest first, at most `most`.
    pub fn requests(&self, of: Of<'_>, most: usize) -> Vec<(Text, Request)> {
        let mut found = Vec::new();
        let mut next = self.read::<Latest>(&of.key()).unwrap_or_default().number;
        while !next.is_empty() && found.len() < most {
            let Some(request) = self.request_numbered(&next) else { break };
            let before = of.before(&request).clone();
            found.push((next, request));
            next = before;
        }
        found
    }

    /// The words that came with an entry; none where there were none, or their key is gone.
    ///
    /// # Errors
    /// If the vault cannot be read.
    pub fn words_of(&self, revision: u64) -> Result<Option<String>, StoreError> {
        match self.original(revision) {
            Ok(words) => Ok(words.map(|words| String::from_utf8_lossy(&words).into_owned())),
            Err(StoreError::Gone) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// `onewindow explain` of a request: without its words, which are for the two departments.
pub fn explain(number: &str, of: &Request) -> Value {
    let [zh, en] = lead(number, of);
    let mut events = vec![json!({
        "at": of.at.to_string(), "revision": of.asked.revision, "what": "ask",
        "zh": format!("{} 向 {} 提出，依据：{}", of.from, of.to, of.ground),
        "en": format!("{} asked {} on the ground of {}", of.from, of.to, of.ground),
    })];
    if let Some(at) = of.silent {
        let [zh, en] = ["逾期未答复", "not answered in time"];
        events.push(json!({ "at": at.to_string(), "what": "request-silent", "zh": zh, "en": en }));
    }
    if let (Some(at), Some(by)) = (of.ended, &of.ended_by) {
        events.push(json!({
            "at": at.to_string(), "revision": of.ended_in.revision, "what": of.state.name(),
            "zh": format!("{} {} 办结", by.role, by.id), "en": format!("ended by {} {}", by.role, by.id),
        }));
    }
    json!({
        "key": number, "state": of.state.name(), "lead": { "zh": zh, "en": en }, "events": events, "decisions": [],
        "numbers": { "number": number, "case": of.case }, "money": {},
        "request": {
            "kind": of.kind.name(), "from": of.from.name(), "to": of.to.name(), "set": of.set, "field": of.field,
            "about": of.about, "purpose": of.purpose.name(), "case": of.case, "ground": of.ground,
            "until": of.until.map(|day| day.to_string()), "silent": of.silent.is_some(), "late": of.is_late(),
            "value": of.value, "declined": of.declined,
        },
        "receipts": [{ "revision": of.told.revision, "index": 0, "message": "REQ201" }],
    })
}
