//! Who a person is (实名核验): what a consumer gives is held against the account first, then put to a verifier outside,
//! and what that said becomes a command. Nothing that was given is kept: no name, no number, no card, no picture, in no
//! file and no log.
//!
//! [`IdentityVerifier`] is the seam: the [`Simulator`] answers for invented people, the program has an adapter that asks
//! over HTTP (docs/operating.md).

use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use trade::account::{AccountRow, Identified, Identity, IdentityFound, IdentityMethod};
use trade::command::Command;
use trade::identifiers::resident_id;
use trade::key::Key;
use trade::pseudonym::Kind;
use utoipa::ToSchema;

use crate::desk::{Answer, Both, Caller, Desk, Refused};
use crate::house::House;
use crate::live::{actor, broken, taken};

/// The largest picture of a face.
pub const LARGEST_PICTURE: usize = 2 << 20;

/// What a person gives to be identified by. It has no `Debug` and no serialisation, so that it gets into no log.
#[derive(Default)]
pub struct Given {
    pub name: String,
    /// Resident identity number.
    pub number: String,
    /// Of the four elements: card and telephone.
    pub card: String,
    pub telephone: String,
    /// Of a comparison of faces: the picture's bytes.
    pub picture: Vec<u8>,
}

/// What a verifier said.
#[derive(Clone)]
pub struct Said {
    pub found: IdentityFound,
    /// Of the question that it answers. An answer to another one, or an earlier one said again, counts for nothing.
    pub nonce: String,
    /// The answer as it came; only its hash is kept.
    pub answer: Vec<u8>,
}

/// Somebody outside who knows who people are.
pub trait IdentityVerifier: Send + Sync {
    /// Who vouches, as the journal names it.
    fn name(&self) -> &str;

    /// `nonce` was drawn for this question, and the answer has to say it again.
    ///
    /// # Errors
    /// Why it could not be asked, for the log; it holds nothing that was given.
    fn ask(&self, method: IdentityMethod, given: &Given, nonce: &str) -> Result<Said, String>;
}

/// A verifier of invented people on this machine, who are right, wrong, slow, down or say things again.
///
/// A line of its file is a person: name, number, card, telephone, word of the face, and how it behaves (`ok`, `slow`,
/// `down`, `replaying`: from the second question on it says its first answer again). A picture is the person's where it
/// holds that word.
pub struct Simulator {
    people: Vec<[String; 6]>,
    slowness: std::time::Duration,
    /// The first answer about each person who is answered again.
    said: Mutex<HashMap<String, Said>>,
}

/// Invented people; the first is the consumer of the sample zone.
pub const PEOPLE: &str = include_str!("../assets/people.csv");

impl Simulator {
    /// Reads a file of people; lines that are none are passed over.
    pub fn of(text: &str) -> Simulator {
        let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
        let person = |line: &str| {
            let cells: Vec<String> = line.split(',').map(|cell| cell.trim().to_owned()).collect();
            cells.try_into().ok()
        };
        let people = lines.filter_map(person).collect();
        Simulator { people, slowness: std::time::Duration::from_secs(3), said: Mutex::default() }
    }
}

impl IdentityVerifier for Simulator {
    fn name(&self) -> &str {
        "simulator"
    }

    fn ask(&self, method: IdentityMethod, given: &Given, nonce: &str) -> Result<Said, String> {
        let person = self.people.iter().find(|person| person[1].eq_ignore_ascii_case(&given.number));
        let behaves = person.map_or("ok", |person| person[5].as_str());
        match behaves {
            "down" => return Err("the simulator is down".into()),
            "slow" => std::thread::sleep(self.slowness),
            _ => {}
        }
        let found = person.map_or(IdentityFound::Unknown, |[name, _, card, telephone, face, _]| {
            let holds = |word: &str| given.picture.windows(word.len().max(1)).any(|part| part == word.as_bytes());
            let fits = *name == given.name
                && match method {
                    IdentityMethod::BankCard => *card == given.card && *telephone == given.telephone,
                    IdentityMethod::Register => true,
                    IdentityMethod::Face => holds(face),
                };
            if fits { IdentityFound::Fits } else { IdentityFound::Differs }
        });
        let answer = format!("simulator {method} {found} {nonce}").into_bytes();
        let said = Said { found, nonce: nonce.to_owned(), answer };
        if behaves != "replaying" {
            return Ok(said);
        }
        let mut first = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(first.entry(given.number.clone()).or_insert(said).clone())
    }
}

/// How far a person is certified, and every step that led there.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Certainty {
    /// `filed` where the account was only made with the document at hand, `verified`, `inspected`
    pub grade: String,
    pub steps: Vec<PersonStep>,
    /// No more today: it did not fit too often.
    pub locked: bool,
    /// There is somebody to ask.
    pub open: bool,
}

/// What a verifier said once.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct PersonStep {
    /// `bank-card`, `public-security`, `face`
    pub method: String,
    /// `fits`, `differs`, `unknown`
    pub found: String,
    /// Who vouches.
    pub verifier: String,
    pub at: String,
    pub until: Option<String>,
    /// SHA-256 of its answer.
    pub answer: String,
    /// The entry of the journal.
    pub entry: u64,
}

fn own(house: &House, caller: &Caller) -> Answer<(AccountRow, Identity)> {
    let login: trade::pack::Text = caller.name.as_str().into();
    let account: Option<AccountRow> = house.window().read(&Key::Account(login.clone()));
    let account = account.filter(|account| !account.closed && !account.person.is_absent()).ok_or(Refused::NotFound)?;
    Ok((account, house.window().read(&Key::Identity(login)).unwrap_or_default()))
}

/// How far the person of the caller's account is certified.
pub(crate) fn certainty(house: &House, caller: &Caller) -> Answer<Certainty> {
    let (account, identity) = own(house, caller)?;
    let today = house.now().day();
    let step = |step: &trade::account::IdentityStep| PersonStep {
        method: step.method.name().to_owned(),
        found: step.found.name().to_owned(),
        verifier: step.verifier.to_string(),
        at: step.at.to_string(),
        until: step.until.map(|until| until.to_string()),
        answer: store::proof::hex(&step.answer),
        entry: step.entry,
    };
    Ok(Certainty {
        grade: identity.grade(&account.person, today).name().to_owned(),
        steps: identity.steps.iter().map(step).collect(),
        locked: !identity.may_ask(&house.policy(), today),
        open: house.verifier().is_some(),
    })
}

/// Puts what the caller gives to the verifier and writes down what that said.
pub(crate) fn identify(house: &House, caller: &Caller, method: IdentityMethod, given: &Given) -> Answer<IdentityFound> {
    let (account, identity) = own(house, caller)?;
    let verifier = house.verifier().ok_or_else(|| {
        cannot(
            "IDENTITY_CLOSED",
            "本窗口没有连接核验机构，请到柜台办理。",
            "No verifier is connected; come to the counter.",
        )
    })?;
    resident_id(&given.number).map_err(|wrong| cannot("ID_NUMBER", &wrong.zh(), &wrong.en()))?;
    let missing = given.name.is_empty()
        || match method {
            IdentityMethod::BankCard => given.card.is_empty() || given.telephone.is_empty(),
            IdentityMethod::Register => false,
            IdentityMethod::Face => given.picture.is_empty(),
        };
    if missing || given.picture.len() > LARGEST_PICTURE {
        return Err(cannot(
            "IDENTITY_FORM",
            "请填全所选方式需要的内容；照片不超过 2 MB。",
            "Fill in all that the way you chose needs; a picture has 2 MB at most.",
        ));
    }
    let people = house.window().people().map_err(|error| broken(&error.to_string()))?;
    let person = people.of(Kind::Identity, &given.number);
    let mut row = Identified {
        by: actor(caller),
        account: caller.name.as_str().into(),
        method,
        person,
        verifier: verifier.name().into(),
        ..Identified::default()
    };
    // Nobody outside is asked about another person, nor once it is known that the answer does not count.
    let asks = account.person.same(&row.person) && identity.may_ask(&house.policy(), house.now().day());
    if asks {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|error| broken(&error.to_string()))?;
        let nonce = store::proof::hex(&nonce);
        let said = verifier.ask(method, given, &nonce).and_then(|said| match said.nonce == nonce {
            true => Ok(said),
            false => Err("it answered another question than this one".into()),
        });
        let said = said.map_err(|why| {
            tracing::warn!(verifier = verifier.name(), why, "a verifier could not be asked");
            cannot(
                "IDENTITY_DOWN",
                "核验机构暂时没有可用的答复，什么也没有记录。请稍后再试。",
                "The verifier gives no answer that can be used; nothing was written down. Try again later.",
            )
        })?;
        (row.found, row.answer) = (said.found, Sha256::digest(&said.answer).into());
    }
    let found = row.found;
    let answer = house.window().command(Command::Identified(row))?;
    taken(&answer)?;
    Ok(found)
}

fn cannot(code: &str, zh: &str, en: &str) -> Refused {
    Refused::Cannot { code: code.into(), said: Both::new(zh, en), problems: vec![] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simulator_is_right_wrong_slow_and_down() {
        let text = "name,number,card,telephone,face,behaves\n甲,11,622,139,face-a,ok\n乙,22,1,2,b,slow\n丙,33,1,2,c,down\n丁,44,1,2,d,replaying\n";
        let simulator = Simulator { slowness: std::time::Duration::from_millis(20), ..Simulator::of(text) };
        let given = |name: &str, number: &str, card: &str, picture: &[u8]| Given {
            name: name.into(),
            number: number.into(),
            card: card.into(),
            telephone: "139".into(),
            picture: picture.to_vec(),
        };
        use IdentityFound::{Differs, Fits, Unknown};
        use IdentityMethod::{BankCard, Face, Register};
        for (method, given, found) in [
            (BankCard, given("甲", "11", "622", b""), Fits),
            (BankCard, given("甲", "11", "623", b""), Differs),
            (BankCard, given("乙", "11", "622", b""), Differs),
            (Register, given("甲", "11", "", b""), Fits),
            (Register, given("甲", "99", "", b""), Unknown),
            (Face, given("甲", "11", "", b"JPEG face-a JPEG"), Fits),
            (Face, given("甲", "11", "", b"JPEG face-b JPEG"), Differs),
        ] {
            assert_eq!(simulator.ask(method, &given, "n1").expect("it answers").found, found, "{method}");
        }
        assert!(
            simulator.ask(Register, &given("乙", "22", "", b""), "n1").is_ok_and(|said| said.found == Fits),
            "slow"
        );
        assert!(simulator.ask(Register, &given("丙", "33", "", b""), "n1").is_err(), "down");
        for (nonce, of) in [("n1", "n1"), ("n2", "n1"), ("n3", "n1")] {
            assert_eq!(
                simulator.ask(Register, &given("丁", "44", "", b""), nonce).map(|said| said.nonce).as_deref(),
                Ok(of),
                "said again"
            );
        }
        assert!(Simulator::of(PEOPLE).people.len() >= 3, "the sample has people");
    }
}
