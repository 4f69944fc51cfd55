//! How a party stands: an enterprise's own page, with forms to file for a certification and to give and take back powers
//! of attorney; the officials' page of a party, with the form by which they vouch.

use crate::Portal;
use crate::desk::{Admission, Both, Desk, Refused};
use crate::sign;
use crate::site::{Fault, Frame, Visit, quoted};
use crate::standing::{AccountStands, Asked, Power, Standing, Step};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::proof::unhex;
use trade::account::{AccountSaid, AccountStep};
use trade::money::Fen;
use trade::policy::rights::Action;
use trade::registry::{Certifiable, Certification, Certified, Entrusted, Grade, Mandate, Matter, Method};
use trade::time::Day;

#[derive(Template)]
#[template(path = "standing.html")]
struct Page<'a> {
    f: &'a Frame,
    of: &'a Standing,
    /// The reader's own.
    own: bool,
    vouches: bool,
    /// Why nothing was done.
    wrong: Option<&'a Both>,
}

/// Powers of attorney that an enterprise gave, or that it was given.
struct Powers<'a> {
    title: &'static str,
    note: &'static str,
    none: &'static str,
    powers: &'a [Power],
    /// It gave them.
    mine: bool,
}

impl Page<'_> {
    fn powers(&self) -> [Powers<'_>; 2] {
        let (title, note, none) = ("standing.given", "standing.given.note", "standing.given.none");
        let given = Powers { title, note, none, powers: &self.of.given, mine: true };
        let (title, note, none) = ("standing.had", "standing.had.note", "standing.had.none");
        [given, Powers { title, note, none, powers: &self.of.had, mine: false }]
    }

    fn service(&self) -> Option<usize> {
        Some(0)
    }

    fn name(&self) -> &str {
        if self.f.english() && !self.of.name_en.is_empty() { &self.of.name_en } else { &self.of.name_zh }
    }

    fn to(&self, what: &str) -> String {
        match self.own {
            true => self.f.to(format!("/company/standing{what}")),
            false => self.f.to(format!("/zone/parties/{}{what}", quoted(&self.of.code))),
        }
    }

    fn asked(&self, asked: &Asked) -> String {
        let what = if self.f.english() { &asked.en } else { &asked.zh };
        self.f.t2("standing.asked", what, self.f.named("grade", &asked.grade))
    }

    /// Tone and words of a condition.
    fn met(&self, asked: &Asked) -> (&'static str, String) {
        let reached = match asked.reached.as_str() {
            "" => self.f.t("standing.missing").to_owned(),
            grade => self.f.named("grade", grade),
        };
        (if asked.met { "ok" } else { "bad" }, reached)
    }

    fn what(&self, step: &Step) -> String {
        self.f.named("certifiable", &step.what)
    }

    fn tone(&self, step: &Step) -> &'static str {
        match (step.grade.as_str(), step.counts) {
            ("suspended", true) => "bad",
            ("filed", true) => "wait",
            (_, true) => "ok",
            _ => "",
        }
    }

    /// `2026-01-01 – 2026-12-31`
    fn time(&self, from: &str, until: &Option<String>) -> String {
        match until {
            Some(until) => format!("{from} – {until}"),
            None => self.f.t1("standing.since", from),
        }
    }

    fn matters(&self, of: &Power) -> String {
        if of.matters.is_empty() {
            return self.f.t("power.all").to_owned();
        }
        let all: Vec<_> = of.matters.iter().map(|matter| self.f.named("power", matter)).collect();
        all.join(if self.f.english() { ", " } else { "、" })
    }

    fn limit(&self, of: &Power) -> String {
        of.limit_fen.map_or_else(|| self.f.t("standing.no_limit").to_owned(), |fen| self.f.fen(fen))
    }

    fn state(&self, of: &Power) -> (&'static str, String) {
        match (&of.revoked, of.holds) {
            (Some(day), false) => ("bad", self.f.t1("standing.revoked", day)),
            (Some(day), true) => ("wait", self.f.t1("standing.revoked", day)),
            (None, true) => ("ok", self.f.t("standing.holds").to_owned()),
            (None, false) => ("", self.f.t("standing.over").to_owned()),
        }
    }

    fn short<'t>(&self, proof: &'t str) -> &'t str {
        proof.get(..12).unwrap_or(proof)
    }

    fn facts(&self) -> &'static [Certifiable] {
        Certifiable::ALL
    }

    fn matters_all(&self) -> &'static [Matter] {
        Matter::ALL
    }

    fn grades(&self) -> [Grade; 3] {
        [Grade::Verified, Grade::Inspected, Grade::Suspended]
    }

    fn methods(&self) -> [Method; 4] {
        [Method::Papers, Method::Register, Method::OnSite, Method::Person]
    }

    /// Tone and words of a bank account.
    fn account(&self, of: &AccountStands) -> (&'static str, String) {
        match (of.state.as_str(), &of.sent) {
            ("verified", _) => ("ok", self.f.t("standing.account.verified").to_owned()),
            ("ended", _) => ("bad", self.f.t("standing.account.ended").to_owned()),
            ("late", _) => ("bad", self.f.t("standing.account.late").to_owned()),
            (_, Some(day)) => ("wait", self.f.t1("standing.account.sent", day)),
            (_, None) => ("wait", self.f.t("standing.account.open").to_owned()),
        }
    }

    fn may_answer(&self, of: &AccountStands) -> bool {
        of.state == "open" && of.sent.is_some()
    }

    fn may_revoke(&self) -> bool {
        self.of.given.iter().any(|power| !power.number.is_empty() && power.revoked.is_none())
    }

    fn today(&self) -> String {
        self.f.now.day().to_string()
    }
}

fn page(desk: &dyn Desk, f: &Frame, code: Option<&str>, wrong: Option<&Both>) -> Result<Response, Fault> {
    let of = desk.standing(&f.sight, code)?;
    let caller = f.known()?;
    let own = code.is_none();
    let vouches = !own && desk.rights().allow(caller.role.actor(), Action::CertificationVouch, f.now.day());
    f.answer(&Page { f, of: &of, own, vouches, wrong }, wrong.is_some())
}

pub async fn own(State(portal): State<Portal>, visit: Visit) -> Response {
    visit.page(&portal, |desk, f| page(desk, f, None, None)).await
}

pub async fn party(State(portal): State<Portal>, visit: Visit, Path(code): Path<String>) -> Response {
    visit.page(&portal, move |desk, f| page(desk, f, Some(&code), None)).await
}

#[derive(Template)]
#[template(path = "parties.html")]
struct FindPage<'a> {
    f: &'a Frame,
    wrong: bool,
}

impl FindPage<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }
}

#[derive(Deserialize)]
pub struct Named {
    #[serde(default)]
    code: String,
}

/// A party by its code.
pub async fn find(State(portal): State<Portal>, visit: Visit, Query(named): Query<Named>) -> Response {
    visit
        .page(&portal, move |_, f| {
            let code = named.code.trim();
            let is_code = code.len() == 10 && code.bytes().all(|b| b.is_ascii_alphanumeric());
            match is_code {
                true => Ok(f.go(&format!("/zone/parties/{code}"))),
                false => f.html(&FindPage { f, wrong: !code.is_empty() }),
            }
        })
        .await
}

type Pairs = Form<Vec<(String, String)>>;

/// What a form says.
pub(super) struct Said(pub(super) Vec<(String, String)>);

impl Said {
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// A day; the second says whether one was written that is none.
    fn day(&self, name: &str) -> (Option<Day>, bool) {
        let day = Day::parse(self.get(name));
        (day, day.is_none() && !self.get(name).is_empty())
    }

    /// # Errors
    /// A value that cannot be read.
    fn mandate(&self, principal: &str) -> Result<Mandate, Refused> {
        let matters = self.0.iter().filter(|(key, _)| key == "matter").filter_map(|(_, name)| Matter::from_name(name));
        let limit = self.get("limit");
        let fen = Fen::from_yuan_text(limit).ok().filter(|fen| fen.0 > 0);
        let (from, until) = (self.day("from"), self.day("until"));
        let (Some(from), Some(until), true) = (from.0, until.0, limit.is_empty() || fen.is_some()) else {
            return Err(not_readable());
        };
        let of = Entrusted {
            code: self.get("agent").into(),
            from,
            until: Some(until),
            number: self.get("number").into(),
            matters: matters.collect(),
            limit: fen,
            ..Entrusted::default()
        };
        let short = of.number.chars().count() <= 40 && of.code.len() == 10;
        if short { Ok(Mandate { principal: principal.into(), of }) } else { Err(not_readable()) }
    }

    /// # Errors
    /// A value that cannot be read.
    fn certification(&self, party: &str, by: &str) -> Result<Certification, Refused> {
        let (from, until) = (self.day("from"), self.day("until"));
        let proof = self.get("proof");
        let hash = if proof.is_empty() { Some([0; 32]) } else { unhex(proof) };
        let fact = Certifiable::from_name(self.get("what"));
        let short = self.get("number").chars().count() <= 64 && by.chars().count() <= 100 && !until.1;
        match (fact, from.0, hash, short) {
            (Some(fact), Some(from), Some(proof), true) => {
                let of = Certified {
                    fact,
                    grade: Grade::from_name(self.get("grade")).unwrap_or(Grade::Filed),
                    by: by.into(),
                    method: Method::from_name(self.get("method")).unwrap_or(Method::Statement),
                    number: self.get("number").into(),
                    from,
                    until: until.0,
                    proof,
                    entry: 0,
                };
                Ok(Certification { party: party.into(), of })
            }
            _ => Err(not_readable()),
        }
    }
}

fn not_readable() -> Refused {
    Refused::Cannot {
        code: "FORM".into(),
        said: Both::new(
            "日期、金额、编号或哈希填写不正确，什么也没有改变。",
            "A day, an amount, a number or a hash cannot be read; nothing was changed.",
        ),
        problems: vec![],
    }
}

/// Shows the page again with what is wrong, or goes back to it.
fn answered(desk: &dyn Desk, f: &Frame, code: Option<&str>, done: Result<(), Refused>) -> Result<Response, Fault> {
    match done {
        Ok(()) => Ok(f.go(&code.map_or("/company/standing".into(), |code| format!("/zone/parties/{}", quoted(code))))),
        Err(Refused::Cannot { said, .. }) => page(desk, f, code, Some(&said)),
        Err(other) => Err(other.into()),
    }
}

/// Does something for whoever proves again to be the account's owner: a session that somebody took entrusts nobody.
async fn proved(
    portal: Portal,
    visit: Visit,
    said: Said,
    row: fn(&Said, &Standing, Day) -> Result<Mandate, Refused>,
) -> Response {
    let inner = portal.clone();
    let turn = portal.sign_ins.clone().acquire_owned().await;
    visit
        .page(&portal, move |desk, f| {
            let _turn = turn;
            let caller = f.known()?;
            let password = said.get("password");
            if !sign::proves(&inner, desk, &caller.name, password, f.now)? {
                let wrong = Both::new(f.t("account.wrong.password"), f.t("account.wrong.password"));
                return page(desk, f, None, Some(&wrong));
            }
            let of = desk.standing(&f.sight, None)?;
            let done =
                row(&said, &of, f.now.day()).and_then(|row| desk.admit(caller, Admission::Mandate(row)).map(drop));
            answered(desk, f, None, done)
        })
        .await
}

pub async fn entrust(State(portal): State<Portal>, visit: Visit, Form(pairs): Pairs) -> Response {
    proved(portal, visit, Said(pairs), |said, of, _| said.mandate(&of.code)).await
}

/// Takes a power back from today on.
pub async fn revoke(State(portal): State<Portal>, visit: Visit, Form(pairs): Pairs) -> Response {
    proved(portal, visit, Said(pairs), |said, of, today| {
        let known = of.given.iter().find(|power| !power.number.is_empty() && power.number == said.get("revoke"));
        known.map(|power| taken_back(&of.code, power, today)).ok_or(Refused::NotFound)
    })
    .await
}

/// The row that takes a power back from a day on: else it is the same.
pub(crate) fn taken_back(principal: &str, power: &Power, on: Day) -> Mandate {
    let of = Entrusted {
        code: power.other.as_str().into(),
        from: Day::parse(&power.from).unwrap_or_default(),
        until: power.until.as_deref().and_then(Day::parse),
        number: power.number.as_str().into(),
        matters: power.matters.iter().filter_map(|name| Matter::from_name(name)).collect(),
        limit: power.limit_fen.map(Fen),
        revoked: Some(on),
        ..Entrusted::default()
    };
    Mandate { principal: principal.into(), of }
}

/// An enterprise files what it is to be certified for.
pub async fn file(State(portal): State<Portal>, visit: Visit, Form(pairs): Pairs) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let (caller, of) = (f.known()?, desk.standing(&f.sight, None)?);
            let said = Said(pairs);
            let row = said.certification(&of.code, &of.code).map(|mut row| {
                (row.of.grade, row.of.method) = (Grade::Filed, Method::Statement);
                row
            });
            let done = row.and_then(|row| desk.admit(caller, Admission::Certification(row)).map(drop));
            answered(desk, f, None, done)
        })
        .await
}

/// An enterprise files its bank account.
pub async fn file_account(State(portal): State<Portal>, visit: Visit, Form(pairs): Pairs) -> Response {
    account(portal, visit, Said(pairs), AccountStep::Filed).await
}

/// An enterprise says which amount came.
pub async fn answer_account(State(portal): State<Portal>, visit: Visit, Form(pairs): Pairs) -> Response {
    account(portal, visit, Said(pairs), AccountStep::Answered).await
}

async fn account(portal: Portal, visit: Visit, said: Said, step: AccountStep) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let (caller, of) = (f.known()?, desk.standing(&f.sight, None)?);
            let row = AccountSaid {
                step,
                party: of.code.as_str().into(),
                bank: said.get("bank").into(),
                amount: said.get("amount").parse().unwrap_or_default(),
                ..AccountSaid::default()
            };
            let number = said.get("account").to_owned();
            let done = desk.admit(caller, Admission::BankAccount(row, number, of.name_zh.clone())).map(drop);
            answered(desk, f, None, done)
        })
        .await
}

/// An official vouches for a party.
pub async fn vouch(
    State(portal): State<Portal>,
    visit: Visit,
    Path(code): Path<String>,
    Form(pairs): Pairs,
) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let said = Said(pairs);
            let caller = f.known()?;
            let row = said.certification(&code, said.get("by"));
            let done = row.and_then(|row| desk.admit(caller, Admission::Certification(row)).map(drop));
            answered(desk, f, Some(&code), done)
        })
        .await
}
