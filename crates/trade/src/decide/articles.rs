//! A declaration of personal articles: free, taxed with its amount, or to go the way of goods (rules.md 3.8).
//!
//! C11 and GACC 2010 No. 43 (paraphrase): see [`crate::policy::articles`]. Customs Law 46 (paraphrase): articles that
//! enter are for own use and in reasonable quantity, and are declared truly.
//! Reading [ours]: the day of the declaration is that of the law; who declares names the band of each kind and, where the
//! official table has one, its price; a refused declaration may be sent again under its number, a decided one not. What
//! bears tax is released when the tax is paid.
//! Not covered: reasonable quantity, the official price table, luggage.

use super::{Scene, after};
use crate::account::AccountRow;
use crate::articles::{ArticlesState, Declaration, Declared, Fate, LONGEST, MOST, Verdict as Reckoned};
use crate::command::{ActKind, ActorRole, Verdict};
use crate::documents::{IdCheck, MessageKind};
use crate::finding::{Code, Finding};
use crate::key::{Key, Pair};
use crate::money::Fen;
use crate::pack::Text;
use crate::policy::articles::{assess, is_near};
use crate::policy::rights::Action;
use crate::pseudonym::Pseudonyms;
use crate::receipt::Shown;
use crate::record::status;
use crate::registry::RoleKind;
use crate::time::Day;

const CLAUSE: &str = "C11; GACC 2010 No. 43";

pub(super) fn declare(scene: &mut Scene<'_>, declaration: &Declaration) {
    scene.from = declaration.enterprise.clone();
    let pair = declaration.key();
    let key = Key::Articles(pair.clone());
    let before = scene.read::<ArticlesState>(&key);
    let person = whose(scene, declaration);
    let mut found = against(scene, declaration, &person);
    if let Some(before) = before.as_ref().filter(|before| found.is_empty() && before.status != status::REFUSED) {
        if before.content == declaration.content {
            return scene.repeat(before.at);
        }
        let finding = Finding::new(Code::DuplicateKey, "", "waybill").arg("key", &pair.number);
        found.push(finding.arg("status", before.status));
    }
    let mut shown = Shown {
        kind: MessageKind::ArticlesReturn,
        customs_code: declaration.office.clone(),
        agent_code: declaration.enterprise.clone(),
        cop_no: declaration.waybill.clone(),
        ..Shown::default()
    };
    if !found.is_empty() {
        return scene.refuse(MessageKind::ArticlesReturn, shown, found);
    }
    let today = scene.today();
    let near = is_near(&declaration.country);
    let assessed = assess(&declaration.priced(), near, declaration.indivisible, scene.policy(), today);
    if let Err(finding) = &assessed
        && finding.code != Code::ArticlesOverLimit
    {
        return scene.refuse(MessageKind::ArticlesReturn, shown, vec![finding.clone()]);
    }
    let verdict = Reckoned::of(declaration, assessed.as_ref().ok(), &grounds(scene, declaration, today));
    let number: Text = match &before {
        Some(before) => before.number.clone(),
        None => format!("XP{}-{}", today.year(), scene.here().revision).into(),
    };
    shown.invt_no = number.clone();
    shown.articles = Some(Box::new(verdict.clone()));
    let here = scene.here();
    let mut state = ArticlesState {
        status: status::RELEASED,
        number: number.clone(),
        at: here,
        told: here,
        content: declaration.content,
        taxes: assessed.as_ref().map(|of| of.taxes.clone()).unwrap_or_default(),
        previous: before.as_ref().and_then(|before| before.previous.clone()),
        on: today,
        office: declaration.office.clone(),
        enterprise: declaration.enterprise.clone(),
        verdict,
        ..ArticlesState::default()
    };
    scene.outcome.day = today;
    match (state.verdict.fate, assessed) {
        (Fate::Goods, Err(finding)) => {
            state.status = status::REFUSED;
            scene.refuse(MessageKind::ArticlesReturn, shown, vec![finding]);
        }
        (Fate::Taxed, _) => {
            state.status = status::EXAMINED;
            scene.outcome.verdict = Verdict::Accepted;
            scene.answer(shown, status::EXAMINED, format!("应缴进口税 {} 元，缴税后放行", state.verdict.due));
        }
        _ => {
            scene.outcome.verdict = Verdict::Released;
            scene.answer(shown, status::RELEASED, format!("税额 {} 元，免征，放行", state.verdict.tax));
        }
    }
    // Of the pseudonyms the one under the oldest live key: every value that is read while it lives has it.
    if let Some(oldest) = person.0.last().copied().filter(|_| before.is_none()) {
        let of = Key::ArticlesOf(oldest);
        state.previous = scene.read::<Pair>(&of);
        scene.put(&of, &pair);
        scene.put(&Key::ArticlesNumber(number), &pair);
    }
    scene.put(&key, &state);
}

/// The clauses of the limit and of the rates.
fn grounds(scene: &Scene<'_>, declaration: &Declaration, day: Day) -> String {
    let mut all: Vec<String> = Vec::new();
    for article in &declaration.articles {
        if let Some(row) = scene.policy().article_band(&article.band, day)
            && !all.iter().any(|clause| **clause == *row.clause)
        {
            all.push(row.clause.to_string());
        }
    }
    all.push("海关总署公告2010年第43号 (GACC 2010 No. 43)".to_owned());
    all.join("; ")
}

/// Whose articles: a person's own by the account, another's as the operator says.
fn whose(scene: &Scene<'_>, declaration: &Declaration) -> Pseudonyms {
    if declaration.by.role != ActorRole::Consumer {
        return declaration.person.clone();
    }
    let account = scene.read::<AccountRow>(&Key::Account(declaration.by.id.clone()));
    account.filter(|account| !account.closed).map(|account| account.person).unwrap_or_default()
}

fn against(scene: &Scene<'_>, declaration: &Declaration, person: &Pseudonyms) -> Vec<Finding> {
    let by = &declaration.by;
    let today = scene.today();
    let own = match by.role {
        ActorRole::Window => true,
        ActorRole::Enterprise => by.id == declaration.enterprise,
        ActorRole::Consumer => declaration.enterprise.is_empty(),
        _ => false,
    };
    let right = by.role == ActorRole::Window || scene.policy().rights().allow(by.role, Action::ArticlesDeclare, today);
    if !own || !right {
        return vec![Finding::new(Code::ActorRole, "", "").arg("who", by.role).arg("act", Action::ArticlesDeclare)];
    }
    let mut found = Vec::new();
    let of_an_enterprise = by.role != ActorRole::Consumer;
    if of_an_enterprise {
        let roles = [RoleKind::Express, RoleKind::Postal];
        found.extend(scene.neither(&declaration.enterprise, roles, "enterprise", today));
    }
    let known = declaration.id_check == IdCheck::Valid || declaration.id_check == IdCheck::ValidMinor;
    if person.0.is_empty() || of_an_enterprise && !known {
        found.push(Finding::new(Code::ArticlesPerson, CLAUSE, "identity"));
    }
    let fits =
        |text: &str, most: usize| (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    let form = |field: &str, what: &str| Finding::new(Code::ArticlesForm, CLAUSE, field).arg("what", what);
    if !fits(&declaration.waybill, LONGEST) {
        found.push(form("waybill", "运单编号 waybill number"));
    }
    if scene.policy().country(&declaration.country, today).is_none() {
        found.push(form("country", "启运国（地区）代码 code of the country of dispatch"));
    }
    if !(1..=MOST).contains(&declaration.articles.len()) {
        found.push(form("articles", "物品一至五十项 1 to 50 kinds of articles"));
    }
    for (n, article) in (1..).zip(&declaration.articles) {
        let Declared { name, band, value, table } = article;
        let each = |field: &str, what: &str| form(&format!("{field}{n}"), &format!("第 {n} 项{what} of article {n}"));
        if !fits(name, LONGEST) {
            found.push(each("name", "品名 name"));
        }
        let sane = |price: Fen| price.0 > 0 && price <= Fen::yuan(1_000_000_000);
        if !sane(*value) || table.is_some_and(|table| !sane(table)) {
            found.push(each("value", "价格（大于零） price, above zero,"));
        }
        if scene.policy().article_band(band, today).is_none() {
            found.push(each("band", "税率档次 band of the rate"));
        }
    }
    found
}

/// The tax of articles was paid: they are released.
///
/// # Errors
/// `ACT_NOT_POSSIBLE` where nothing is to be paid.
pub(super) fn pay(scene: &mut Scene<'_>, pair: &Pair, on: Day) -> Result<(), Finding> {
    let key = Key::Articles(pair.clone());
    let Some(mut state) = scene.read::<ArticlesState>(&key).filter(|state| state.status == status::EXAMINED) else {
        let state = scene.read::<ArticlesState>(&key).map_or(0, |state| state.status);
        let finding = Finding::new(Code::ActNotPossible, CLAUSE, "").arg("state", after::state_words(state));
        return Err(finding.arg("act", ActKind::Pay));
    };
    (state.status, state.paid_on, state.told) = (status::RELEASED, Some(on), scene.here());
    scene.from = state.enterprise.clone();
    let shown = Shown {
        kind: MessageKind::ArticlesReturn,
        customs_code: state.office.clone(),
        agent_code: state.enterprise.clone(),
        cop_no: pair.number.clone(),
        invt_no: state.number.clone(),
        articles: Some(Box::new(state.verdict.clone())),
        ..Shown::default()
    };
    let due: Fen = state.verdict.due;
    scene.outcome.verdict = Verdict::Released;
    scene.answer(shown, status::RELEASED, format!("进口税 {due} 元已缴，放行"));
    scene.put(&key, &state);
    Ok(())
}
