//! A department's system on this machine, that is right, slow, wrong, down or says things again: for sandboxes and tests.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::{Delivery, Line, signature};

/// How it behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behaves {
    #[default]
    Well,
    /// It answers a request when it is asked the next time, not at once.
    Slow,
    /// It answers what nobody can read.
    Wrong,
    Down,
    /// It says all its answers each time again, and the newest one also otherwise.
    Replaying,
}

impl Behaves {
    /// `ok`, `slow`, `wrong`, `down`, `replaying`
    pub fn named(name: &str) -> Option<Behaves> {
        Some(match name {
            "ok" => Behaves::Well,
            "slow" => Behaves::Slow,
            "wrong" => Behaves::Wrong,
            "down" => Behaves::Down,
            "replaying" => Behaves::Replaying,
            _ => return None,
        })
    }
}

/// A department's system.
#[derive(Default)]
pub struct Office {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    behaves: Behaves,
    /// Its name at the window.
    department: String,
    secret: Option<[u8; 32]>,
    /// Its own books: guid and number of each receipt, as it took them; each once.
    books: Vec<(String, String)>,
    /// What it will answer, and what it has answered.
    owed: VecDeque<Value>,
    said: Vec<Value>,
    /// Deliveries that came, whatever became of them.
    came: usize,
}

impl Office {
    pub fn new(department: &str, behaves: Behaves, secret: Option<[u8; 32]>) -> Office {
        let inner = Inner { behaves, department: department.into(), secret, ..Inner::default() };
        Office { inner: Mutex::new(inner) }
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn behave(&self, behaves: Behaves) {
        self.inner().behaves = behaves;
    }

    /// Guids of the receipts that it has in its books, in their order.
    pub fn books(&self) -> Vec<String> {
        self.inner().books.iter().map(|(guid, _)| guid.clone()).collect()
    }

    /// How often somebody came.
    pub fn came(&self) -> usize {
        self.inner().came
    }
}

impl Line for Office {
    fn bring(&self, delivery: &Delivery<'_>) -> Result<Vec<u8>, String> {
        let mut inner = self.inner();
        inner.came += 1;
        if inner.behaves == Behaves::Down {
            return Err("no connection: simulated".into());
        }
        if inner.secret.is_some_and(|secret| signature(&secret, delivery.time, delivery.body) != delivery.signature) {
            return Err("status 401".into());
        }
        if inner.behaves == Behaves::Wrong {
            return Ok(b"<html>busy".to_vec());
        }
        let body: Value = serde_json::from_slice(delivery.body).map_err(|_| "status 400".to_owned())?;
        let mut answers: Vec<Value> = inner.owed.drain(..).collect();
        let receipts = body["receipts"].as_array().cloned().unwrap_or_default();
        for receipt in &receipts {
            let xml = receipt["xml"].as_str().unwrap_or_default();
            let of = |name: &str| between(xml, name);
            if inner.books.iter().any(|(guid, _)| *guid == of("guid")) {
                continue;
            }
            inner.books.push((of("guid"), of("number")));
            if of("to") != inner.department || of("state") != "open" || of("silent") == "1" {
                continue;
            }
            let answer = json!({ "number": of("number"), "value": "无 none", "words": "simulated" });
            match inner.behaves {
                Behaves::Slow => inner.owed.push_back(answer),
                _ => answers.push(answer),
            }
        }
        if inner.behaves == Behaves::Replaying {
            let mut again = inner.said.clone();
            if let Some(other) = again.last_mut() {
                other["value"] = "有 some".into();
            }
            answers.splice(..0, inner.said.iter().cloned().chain(again));
        }
        let new: Vec<_> = answers.iter().filter(|answer| !inner.said.contains(answer)).cloned().collect();
        inner.said.extend(new.into_iter().filter(|answer| answer["value"] != "有 some"));
        Ok(json!({ "taken": receipts.len(), "answers": answers }).to_string().into_bytes())
    }
}

/// What stands in the first element of a name.
fn between(xml: &str, name: &str) -> String {
    let after = xml.split_once(&format!("<{name}>")).map_or("", |(_, after)| after);
    after.split_once('<').map_or("", |(text, _)| text).to_owned()
}
