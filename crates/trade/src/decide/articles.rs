//! A declaration of personal articles: free, taxed with its amount, or to go the way of goods (rules.md 3.8).
//!
//! C11 and GACC 2010 No. 43 (paraphrase): see [`crate::policy::articles`]. Customs Law 46 (paraphrase): articles that
//! enter are for own use and in reasonable quantity, and are declared truly.
//! Reading [ours]: the day of the declaration is that of the law; who declares names the band of each kind and, where the
//! official table has one, its price; a refused declaration may be sent again under its number, a decided one not. What
//! bears tax is released when the tax is paid.
//! Not covered: reasonable quantity, the official price table, luggage.

use super::appeal::rulings;
use super::{Scene, after};
use crate::account::AccountRow;
use crate::articles::{ArticlesState, Declaration, Declared, Fate, LONGEST, MOST, Priced, Verdict as Reckoned, priced};
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
use crate::record::{AppealOf, Levied, TaxChanged, status};
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
    let clauses = grounds(scene, &declaration.articles, today);
    let verdict = Reckoned::of(&declaration.articles, assessed.as_ref().ok(), &clauses);
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
    if rulings::hears(scene, AppealOf::Articles) {
        state.person = person.clone();
        let (country, articles) = (declaration.country.clone(), declaration.articles.clone());
        state.holds = Priced { country, indivisible: declaration.indivisible, articles };
    }
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
    let at = Pair { code: pair.code, number: format!("ARTICLES {}", pair.number).into() };
    match state.verdict.fate {
        Fate::Free => rulings::settled(scene, &at),
        // The same again is no new decision.
        Fate::Goods if before.is_some_and(|before| before.content == declaration.content) => {}
        _ => rulings::decided(scene, AppealOf::Articles, &at, "", &declaration.office),
    }
}

/// The clauses of the limit and of the rates.
fn grounds(scene: &Scene<'_>, articles: &[Declared], day: Day) -> String {
    let mut all: Vec<String> = Vec::new();
    for article in articles {
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
    let shown = shown_of(pair, &state);
    let due: Fen = state.verdict.due;
    scene.outcome.verdict = Verdict::Released;
    scene.answer(shown, status::RELEASED, format!("进口税 {due} 元已缴，放行"));
    scene.put(&key, &state);
    Ok(())
}

/// The receipt about articles, as they stand.
pub(super) fn shown_of(pair: &Pair, state: &ArticlesState) -> Shown {
    Shown {
        kind: MessageKind::ArticlesReturn,
        customs_code: state.office.clone(),
        agent_code: state.enterprise.clone(),
        cop_no: pair.number.clone(),
        invt_no: state.number.clone(),
        articles: Some(Box::new(state.verdict.clone())),
        ..Shown::default()
    }
}

/// The declaration is decided again by the law of its own day, with what an official found: `1:value=350.00`, `1:table`,
/// `1:band`, `0:country`, `0:indivisible=yes`. What changed; what was found is said in the outcome.
///
/// # Errors
/// `APPEAL_VALUE` for what is no such value, `APPEAL_WORSE` where as much or more would be paid, or it would still be
/// goods; then nothing happens.
pub(super) fn again(scene: &mut Scene<'_>, pair: &Pair, found: &str, info: &str) -> Result<TaxChanged, Finding> {
    let key = Key::Articles(pair.clone());
    let none = || Finding::new(Code::AppealValue, CLAUSE, "").arg("given", "-");
    let mut state = scene.read::<ArticlesState>(&key).ok_or_else(none)?;
    let mut said = Vec::new();
    for part in found.split([' ', ',', ';', '，', '；']).filter(|part| !part.is_empty()) {
        let one = find(&mut state.holds, part);
        let one = one.ok_or_else(|| Finding::new(Code::AppealValue, CLAUSE, "").arg("given", part))?;
        said.push(one.forgiven());
    }
    let Priced { country, indivisible, articles } = &state.holds;
    let assessed = assess(&priced(articles), is_near(country), *indivisible, scene.policy(), state.on)?;
    let clauses = grounds(scene, articles, state.on);
    let verdict = Reckoned::of(articles, Some(&assessed), &clauses);
    let before = std::mem::replace(&mut state.verdict, verdict);
    if before.fate != Fate::Goods && state.verdict.due >= before.due {
        let finding = Finding::new(Code::AppealWorse, CLAUSE, "taxTotal").arg("before", before.due);
        return Err(finding.arg("after", state.verdict.due));
    }
    let of = |verdict: &Reckoned| Levied { taxable: verdict.value, duty: verdict.due, ..Levied::default() };
    let mut changed = TaxChanged { before: of(&before), after: of(&state.verdict), ..TaxChanged::default() };
    state.taxes = assessed.taxes;
    if state.paid_on.is_some() {
        changed.repaid = before.due.minus(state.verdict.due);
        state.to_repay = state.to_repay.plus(changed.repaid);
    } else {
        let free = state.verdict.fate == Fate::Free;
        state.status = if free { status::RELEASED } else { status::EXAMINED };
    }
    state.told = scene.here();
    scene.from = state.enterprise.clone();
    let due = state.verdict.due;
    let comes = match (state.status, changed.repaid > Fen::ZERO) {
        (_, true) => format!("进口税 {due} 元，应退还 {} 元", changed.repaid),
        (status::EXAMINED, _) => format!("应缴进口税 {due} 元，缴税后放行"),
        _ => format!("税额 {} 元，免征，放行", state.verdict.tax),
    };
    let released = state.status == status::RELEASED;
    scene.outcome.findings.extend(said);
    scene.outcome.verdict = if released { Verdict::Released } else { Verdict::Accepted };
    scene.answer(shown_of(pair, &state), state.status, format!("{info}：{comes}"));
    scene.put(&key, &state);
    Ok(changed)
}

/// Writes one value that an official found into what was declared; what it was and is.
fn find(holds: &mut Priced, part: &str) -> Option<Finding> {
    let ((line, field), given) = part.split_once('=').and_then(|(at, given)| Some((at.split_once(':')?, given)))?;
    let line: u32 = line.parse().ok()?;
    let fen = |text: &str| Fen::from_yuan_text(text).ok().filter(|price| price.0 > 0 && *price <= Fen::yuan(1_000_000));
    let (before, after) = match (line, field) {
        (0, "country") => (std::mem::replace(&mut holds.country, given.into()).to_string(), given.to_owned()),
        (0, "indivisible") if matches!(given, "yes" | "no") => {
            let word = |is: bool| if is { "yes" } else { "no" }.to_owned();
            (word(std::mem::replace(&mut holds.indivisible, given == "yes")), given.to_owned())
        }
        (1.., _) => {
            let article = holds.articles.get_mut(line as usize - 1)?;
            match field {
                "value" => (std::mem::replace(&mut article.value, fen(given)?).to_string(), article.value.to_string()),
                "band" => (std::mem::replace(&mut article.band, given.into()).to_string(), given.to_owned()),
                "table" => {
                    let before = article.table.replace(fen(given)?);
                    (before.map_or_else(|| "-".to_owned(), |fen| fen.to_string()), fen(given)?.to_string())
                }
                _ => return None,
            }
        }
        _ => return None,
    };
    let code = if line == 0 { Code::CorrectedHead } else { Code::CorrectedLine };
    Some(Finding::new(code, CLAUSE, field).line(line).arg("before", before).arg("after", after))
}
