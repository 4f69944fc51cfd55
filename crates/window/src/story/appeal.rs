//! Appeals in a parcel's story: how each stands, and in words what was decided before and what after.

use serde_json::{Value, json};
use trade::command::{ActorRole, Verdict};
use trade::finding::{Code, Finding, Language};
use trade::key::Pair;
use trade::money::Fen;
use trade::record::{Appeal, AppealEnd, AppealOf, Case, TaxChanged, status};

use super::{Decision, Story};

/// One sentence in Chinese and English.
pub type Both = [String; 2];

/// An appeal, and the difference between both decisions.
#[derive(Clone, Debug)]
pub struct Heard {
    pub appeal: Appeal,
    /// How it stands.
    pub said: Both,
    /// What the new decision changed; empty while there is none.
    pub difference: Vec<Both>,
}

pub(super) fn both(zh: impl Into<String>, en: impl Into<String>) -> Both {
    [zh.into(), en.into()]
}

/// What an appeal is against, in words.
pub fn of_words(of: AppealOf) -> (&'static str, &'static str) {
    match of {
        AppealOf::Refusal => ("退单", "the refusal"),
        AppealOf::Detention => ("扣留", "the detention"),
        AppealOf::SentBack => ("责令退运或退回", "the order to send it back"),
        AppealOf::Identity => ("认定为本人购买", "the finding that it was the buyer's own purchase"),
        AppealOf::Return => ("不予退货", "the refusal of the return"),
        AppealOf::Tax => ("征税", "the tax that was levied"),
        AppealOf::Document => ("单证退单", "the refusal of the document"),
        AppealOf::Articles => ("对物品的认定", "what the articles came to"),
        AppealOf::Filing => ("备案不予通过", "the refusal of the filing"),
    }
}

impl Story {
    /// The appeals about this parcel, oldest first.
    pub fn appeals(&self) -> Vec<Heard> {
        let all = self.case.as_ref().map_or(&[][..], |case| &case.appeals);
        all.iter()
            .map(|appeal| Heard { said: said(appeal), difference: self.difference(appeal), appeal: appeal.clone() })
            .collect()
    }

    /// How the last appeal stands, for the sentences at the top.
    pub(super) fn of_appeal(&self) -> Option<Both> {
        self.case.as_ref()?.appeals.last().map(said)
    }

    /// Both decisions side by side, in sentences.
    fn difference(&self, appeal: &Appeal) -> Vec<Both> {
        let at = |revision| self.decisions.iter().find(|d| d.revision == revision);
        let before = at(appeal.against.revision);
        let Some(after) = appeal.decision.and_then(|place| at(place.revision)) else { return Vec::new() };
        let mut told = Vec::new();
        match (appeal.end, appeal.of) {
            (AppealEnd::Upheld, of) => told.extend(upheld(of, before.into_iter().flat_map(reasons))),
            (AppealEnd::Allowed, AppealOf::Identity) => {
                let back = self.case.as_ref().map_or(Fen::ZERO, |case| case.allowance_used);
                told.push(both(
                    "原决定：认定为本人购买，计入年度额度；现决定：不是本人购买，不计入。",
                    "Before: found to be the buyer's own purchase, and counted in the year. Now: not the buyer's, and not counted.",
                ));
                told.push(both(
                    format!("恢复年度额度 {back} 元。"),
                    format!("CNY {back} of the year's allowance are restored."),
                ));
            }
            (AppealEnd::Allowed, AppealOf::Tax) => {
                told.extend(
                    after.findings.iter().filter(|f| trade::correction::is_change(f)).map(|f| tell("认定", "Found", f)),
                );
                told.extend(appeal.tax.iter().flat_map(tax_changed));
            }
            (AppealEnd::Allowed, of) => {
                let old: Vec<&Finding> = before.into_iter().flat_map(reasons).collect();
                told.extend(made_anew(of, &old, after.verdict, &reasons(after).collect::<Vec<_>>()));
                match &appeal.refund {
                    Some(number) => told.extend(self.returned(number)),
                    None if of == AppealOf::SentBack && after.verdict == Verdict::Released => {
                        told.extend(self.owes_again());
                    }
                    None => told.extend(self.booked(after.verdict)),
                }
            }
            _ => {}
        }
        told
    }

    /// How the return stands that was decided again, and what is to be paid back.
    fn returned(&self, number: &Pair) -> Vec<Both> {
        let back = self.returns.iter().find(|r| r.agent == number.code && r.cop_no == number.number);
        let mut told: Vec<Both> = back.map(super::return_words).into_iter().collect();
        let repay = self.case.as_ref().map(|case| case.to_repay).filter(|repay| *repay > Fen::ZERO);
        told.extend(repay.map(paid_back));
        told
    }

    /// What a parcel that was ordered back after its release takes and owes again.
    fn owes_again(&self) -> Option<Both> {
        let case = self.case.as_ref()?;
        let (taken, due) = (case.allowance_used, case.bill.as_ref()?.total());
        Some(both(
            format!("重新计入年度额度 {taken} 元，税款 {due} 元重新入税单，由担保承担。"),
            format!(
                "CNY {taken} count in the buyer's year again, and the bill and the guarantee carry CNY {due} again."
            ),
        ))
    }

    /// What a list that was accepted after all takes and owes.
    fn booked(&self, verdict: Verdict) -> Option<Both> {
        let case = self.case.as_ref().filter(|_| verdict != Verdict::Refused)?;
        if case.export.is_some() && case.status == status::EXAMINED {
            return Some(both("清单已审结，可列入总单。", "The list is examined, and may be put under a master bill."));
        }
        let tax = case.tax.as_ref()?;
        let (taxable, due) = (tax.taxable, tax.total());
        Some(both(
            format!("计入年度额度 {taxable} 元，税款 {due} 元由担保承担，库存和舱单一并登记。"),
            format!(
                "CNY {taxable} count in the buyer's year, the guarantee carries the tax of CNY {due}, and stock or manifest are booked."
            ),
        ))
    }
}

/// The decision stands.
pub(super) fn upheld<'f>(of: AppealOf, reasons: impl Iterator<Item = &'f Finding>) -> Vec<Both> {
    let (zh, en) = of_words(of);
    let stands = both(
        format!("原决定（{zh}）维持，后果不变。"),
        format!("{} stands, and so does what followed from it.", capital(en)),
    );
    std::iter::once(stands).chain(reasons.map(|f| tell("仍然成立", "Still holds", f))).collect()
}

/// It was decided again: what was and is, and which reasons went, stay and came.
pub(super) fn made_anew(of: AppealOf, old: &[&Finding], verdict: Verdict, now: &[&Finding]) -> Vec<Both> {
    let ((zh, en), (zh_now, en_now)) = (of_words(of), super::verdict_words(verdict));
    let mut told = vec![both(format!("原决定：{zh}；现决定：{zh_now}。"), format!("Before: {en}. Now: {en_now}."))];
    let is = |all: &[&Finding], f: &Finding| all.iter().any(|o| (o.code, o.gnum) == (f.code, f.gnum));
    let gone = old.iter().filter(|f| f.code != Code::WaitOver && !is(now, f));
    told.extend(gone.map(|f| tell("不再成立", "No longer held", f)));
    told.extend(now.iter().filter(|f| is(old, f)).map(|f| tell("仍然成立", "Still holds", f)));
    told.extend(now.iter().filter(|f| !is(old, f)).map(|f| tell("新的理由", "New", f)));
    told
}

/// Before and after of a list's tax, and what followed from it.
fn tax_changed(of: &TaxChanged) -> Vec<Both> {
    let (was, is) = (&of.before, &of.after);
    let mut told = vec![both(
        format!(
            "完税价格 {} → {} 元；关税 {} → {} 元，消费税 {} → {} 元，增值税 {} → {} 元；税款合计 {} → {} 元。",
            was.taxable,
            is.taxable,
            was.duty,
            is.duty,
            was.consumption_tax,
            is.consumption_tax,
            was.vat,
            is.vat,
            was.total(),
            is.total()
        ),
        format!(
            "Taxable price CNY {} → {}; duty {} → {}, consumption tax {} → {}, VAT {} → {}; tax in all CNY {} → {}.",
            was.taxable,
            is.taxable,
            was.duty,
            is.duty,
            was.consumption_tax,
            is.consumption_tax,
            was.vat,
            is.vat,
            was.total(),
            is.total()
        ),
    )];
    let less = was.total().minus(is.total());
    told.push(match (of.repaid > Fen::ZERO, of.payment.is_empty()) {
        (true, _) => paid_back(of.repaid),
        (false, true) => both(
            format!("担保少承担 {less} 元，汇总缴款书将少 {less} 元。"),
            format!("The guarantee carries CNY {less} less, and so will the summary payment."),
        ),
        (false, false) => both(
            format!("担保少承担 {less} 元，汇总缴款书 {} 减少 {less} 元。", of.payment),
            format!("The guarantee carries CNY {less} less; summary payment {} is CNY {less} smaller.", of.payment),
        ),
    });
    told.extend((of.surcharge > Fen::ZERO).then(|| borne(of.surcharge)));
    let year = was.taxable.minus(is.taxable);
    if year != Fen::ZERO {
        told.push(both(
            format!("恢复年度额度 {year} 元。"),
            format!("CNY {year} of the year's allowance are restored."),
        ));
    }
    told
}

/// What went back for being late.
fn borne(surcharge: Fen) -> Both {
    both(
        format!("其中滞纳金 {surcharge} 元。"),
        format!("Of that CNY {surcharge} are of the surcharge for late payment."),
    )
}

pub(super) fn paid_back(repay: Fen) -> Both {
    both(format!("税款已缴，应退还 {repay} 元。"), format!("The tax was paid: CNY {repay} are to be paid back."))
}

fn reasons(decision: &Decision) -> impl Iterator<Item = &Finding> {
    decision.findings.iter().filter(|f| !f.forgiven)
}

pub(super) fn tell(zh: &str, en: &str, f: &Finding) -> Both {
    both(
        format!("{zh}：{}（{}）", f.text(Language::Zh), f.code),
        format!("{en}: {} ({})", f.text(Language::En), f.code),
    )
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

pub(super) fn said(appeal: &Appeal) -> Both {
    let (number, until) = (&appeal.number, appeal.until);
    let court = appeal.court_until.map(|day| day.to_string()).unwrap_or_default();
    match (appeal.end, appeal.silent) {
        (AppealEnd::Open, None) => both(
            format!("复议 {number} 办理中，应于 {until} 前决定。"),
            format!("Appeal {number} is open and to be decided by {until}."),
        ),
        (AppealEnd::Open, Some(_)) => both(
            format!("复议 {number} 应于 {until} 前决定，逾期未决：原决定仍有效，{court} 前可以起诉。"),
            format!(
                "Appeal {number} was to be decided by {until} and was not: the decision stands, and one may go to court until {court}."
            ),
        ),
        (AppealEnd::Upheld, _) => both(
            format!("复议 {number}：维持原决定，{court} 前可以起诉。"),
            format!("Appeal {number}: the decision stands; one may go to court until {court}."),
        ),
        (AppealEnd::Allowed, _) => both(
            format!("复议 {number}：原决定已撤销，重新作出决定。"),
            format!("Appeal {number}: the decision was set aside and made again."),
        ),
        (AppealEnd::Overtaken, _) => both(
            format!("复议 {number}：原决定已被新的决定取代。"),
            format!("Appeal {number}: another decision had taken the place of the one appealed against."),
        ),
    }
}

/// Fen, as `onewindow explain` tells them.
fn tax_of(of: &TaxChanged) -> Value {
    let sum = |of: &trade::record::Levied| {
        json!({
            "taxable_fen": of.taxable.0, "duty_fen": of.duty.0, "consumption_tax_fen": of.consumption_tax.0,
            "vat_fen": of.vat.0, "total_fen": of.total().0,
        })
    };
    json!({ "before": sum(&of.before), "after": sum(&of.after), "to_repay_fen": of.repaid.0, "surcharge_fen": of.surcharge.0 })
}

impl Heard {
    /// As `onewindow explain` prints it: who appealed only where it is an enterprise.
    pub fn explain(&self) -> Value {
        let a = &self.appeal;
        let who = (a.by.role == ActorRole::Enterprise).then_some(&a.by.id);
        let words = |[zh, en]: &Both| json!({ "zh": zh, "en": en });
        json!({
            "number": a.number, "at": a.at.to_string(), "of": a.of.name(), "by": a.by.role.name(), "enterprise": who,
            "return": a.refund.as_ref().map(|number| &number.number), "tax": a.tax.as_ref().map(tax_of),
            "against": a.against.revision, "until": a.until.to_string(), "silent": a.silent.map(|at| at.to_string()),
            "court_until": a.court_until.map(|day| day.to_string()), "end": a.end.name(),
            "ended": a.ended.map(|at| at.to_string()), "decision": a.decision.map(|place| place.revision),
            "set_aside": a.set_aside, "said": words(&self.said),
            "difference": self.difference.iter().map(words).collect::<Vec<_>>(),
        })
    }
}

/// Whether a decision of this kind leaves the parcel, and the reasons for how it stands, as they were.
pub(super) fn leaves_it(entry: &trade::command::Entry, verdict: Verdict, of: Option<AppealOf>) -> bool {
    use trade::command::{ActKind, Command, DueKind};
    match &entry.command {
        Some(Command::Act(act)) => match act.kind {
            ActKind::Appeal | ActKind::RejectAppeal | ActKind::Exchange | ActKind::ProveAbroad => true,
            ActKind::AllowAppeal => verdict == Verdict::Done || matches!(of, Some(AppealOf::Return | AppealOf::Tax)),
            _ => false,
        },
        Some(Command::Due(due)) => due.kind == DueKind::AppealSilent,
        _ => false,
    }
}

/// The reasons of what is appealed against that an officer may set aside: of the parcel, where it stands refused, or of
/// the return that the appeal is about.
pub fn reasons_to_set_aside(story: &Story) -> Vec<Code> {
    let of_return = |case: &Case| {
        let number = case.open_appeal()?.refund.clone()?;
        let refused = case.refused_returns.iter().find(|refused| refused.number == number)?;
        Some(refused.codes.iter().filter_map(|name| Code::from_name(name)).collect::<Vec<_>>())
    };
    if let Some(codes) = story.case.as_ref().and_then(of_return) {
        return codes.into_iter().filter(|code| trade::decide::may_be_set_aside(*code)).collect();
    }
    let refused = story.case.as_ref().is_some_and(|case| case.status == status::REFUSED);
    let mut codes: Vec<Code> = story
        .reasons()
        .iter()
        .filter(|f| refused && !f.forgiven)
        .map(|f| f.code)
        .filter(|code| trade::decide::may_be_set_aside(*code))
        .collect();
    codes.dedup();
    codes
}
