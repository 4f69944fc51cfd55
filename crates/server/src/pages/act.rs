//! An officer's act: what it would do, before it is done, and held to that.

use crate::Portal;
use crate::corrections::Previewed;
use crate::desk::{Act, ActOn, Both, Desk, Refused, State};
use crate::pages::parcel::sees_whole;
use crate::pages::ruling;
use crate::site::{Fault, Frame, Visit, quoted};
use askama::Template;
use axum::Form;
use axum::extract;
use axum::response::Response;
use serde::Deserialize;
use trade::record::Ruling;

/// Characters of a reason, and of a result.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "act_look.html")]
struct Page<'a> {
    f: &'a Frame,
    /// Where it stands, and how: the parcel's state, or what is said of it.
    about: About,
    act: &'a ActOn,
    once: &'a str,
    p: &'a Previewed,
    /// Why what was seen was not done.
    moved: Option<&'a Both>,
}

struct About {
    to: String,
    state: Option<State>,
    said: Option<Both>,
}

impl Page<'_> {
    fn service(&self) -> Option<usize> {
        Some(0)
    }

    /// How the list would stand.
    fn state(&self) -> String {
        let state = self.p.lists.iter().find_map(|list| list.state());
        state.map(|state| self.f.chip(state)).unwrap_or_default()
    }

    fn leave(&self) -> String {
        match self.about.state {
            Some(_) => self.f.to(format!("/desk?sel={}#sheet", quoted(&self.act.key))),
            None => self.about.to.clone(),
        }
    }

    fn is_hard(&self) -> bool {
        matches!(self.act.act, Act::Detain | Act::Refuse | Act::OrderBack)
    }
}

/// The form under a parcel, and the one under its preview.
#[derive(Deserialize)]
pub struct Acted {
    act: String,
    key: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    result: String,
    /// Of an appeal that is allowed: the reasons that do not hold, or the values that do.
    #[serde(default)]
    aside: String,
    /// Of goods that came back: the number of their return.
    #[serde(default)]
    back: String,
    #[serde(default)]
    once: String,
    #[serde(default)]
    expect: String,
}

impl Acted {
    fn read(&self) -> Result<ActOn, Fault> {
        let act = Act::parse(&self.act).ok_or(Refused::NotFound)?;
        let reason = self.reason.trim();
        let result = match act {
            Act::Allow => &self.aside,
            Act::Arrive => &self.back,
            _ => &self.result,
        };
        if reason.is_empty() || [reason, result.as_str()].iter().any(|text| text.chars().count() > MOST) {
            return Err(Fault::Refused(cannot("REASON_MISSING", "act.reason.missing")));
        }
        Ok(ActOn {
            act,
            key: self.key.clone(),
            result: result.trim().to_owned(),
            reason: reason.to_owned(),
            idempotency: (!self.once.is_empty() && self.once.len() <= 100).then(|| self.once.clone()),
            expect: self.expect.clone(),
        })
    }
}

fn cannot(code: &str, words: &str) -> Refused {
    Refused::Cannot { code: code.into(), said: Both::words(words), problems: vec![] }
}

/// What an act would do, to an officer who may see the parcel; the look is written down like any other.
fn looked_at(desk: &dyn Desk, f: &Frame, act: &ActOn, once: &str, moved: Option<&Both>) -> Result<Response, Fault> {
    let about = match Ruling::named(&act.key) {
        Some(_) => {
            let lead = desk.ruling(&f.sight, &act.key)?.lead;
            About { to: f.to(ruling::at(&act.key)), state: None, said: Some(lead) }
        }
        None => {
            let parcel = desk.parcel(&f.sight, &act.key)?;
            if !sees_whole(&f.sight, &parcel) {
                return Err(Refused::NotAllowed { what: String::new() }.into());
            }
            About { to: f.parcel(&act.key), state: Some(parcel.state), said: None }
        }
    };
    let previewed = desk.preview_act(f.known()?, act)?;
    f.html(&Page { f, about, act, once, p: &previewed, moved })
}

pub async fn look(extract::State(portal): extract::State<Portal>, visit: Visit, Form(form): Form<Acted>) -> Response {
    visit.page(&portal, move |desk, f| looked_at(desk, f, &form.read()?, &form.once, None)).await
}

/// Does what was looked at. Where that would be something else by now, it is shown anew and nothing is done.
pub async fn act(extract::State(portal): extract::State<Portal>, visit: Visit, Form(form): Form<Acted>) -> Response {
    visit
        .page(&portal, move |desk, f| {
            let act = form.read()?;
            if act.expect.is_empty() {
                return Err(Fault::Refused(cannot("NOT_LOOKED_AT", "act.look_first")));
            }
            match desk.act(f.known()?, act.clone()) {
                Ok(_) if Ruling::named(&form.key).is_some() => Ok(f.go(&ruling::at(&form.key))),
                Ok(_) => Ok(f.go(&format!("/desk?done={}", quoted(&form.key)))),
                Err(Refused::Cannot { code, said, .. }) if code == "IMPACT_MOVED" => {
                    looked_at(desk, f, &act, &form.once, Some(&said))
                }
                Err(refused) => Err(refused.into()),
            }
        })
        .await
}
