//! What the state holds of decisions that may be appealed, and of appeals.

use super::{Case, status};
use crate::command::{Actor, ActorRole, Position};
use crate::key::{CaseKey, Pair};
use crate::money::Fen;
use crate::pack::Text;
use crate::time::{Day, Moment};
use crate::{packed, packed_names};

packed! {
    /// A decision that may be appealed: when, where in the journal, and by whom; empty where by the window itself.
    pub struct Decided {
        1 => pub at: Moment,
        2 => pub place: Position,
        3 => pub by: Text,
    }
}

packed_names! {
    /// What an appeal is against.
    pub enum AppealOf {
        1 => Refusal "refusal",
        2 => Detention "detention",
        3 => SentBack "sent-back",
        /// An officer found that it was the buyer after all.
        4 => Identity "identity",
        /// The return of goods was refused: its application, its tally, or because they came late.
        5 => Return "return",
        /// Value, heading or rate by which a released list was taxed.
        6 => Tax "tax",
        /// A bonded document was refused, by rule or by an official.
        7 => Document "document",
        /// What personal articles came to: their tax, or that they are goods.
        8 => Articles "articles",
        /// A filing of goods was refused.
        9 => Filing "filing",
    }
}

packed_names! {
    pub enum AppealEnd {
        0 => Open "open",
        /// The decision stands (维持).
        1 => Upheld "upheld",
        /// The decision was set aside and the matter decided again (撤销、变更).
        2 => Allowed "allowed",
        /// Another decision had taken the place of the one appealed against.
        3 => Overtaken "overtaken",
    }
}

packed! {
    /// An appeal (行政复议).
    pub struct Appeal {
        1 => pub number: Text,
        2 => pub at: Moment,
        /// An enterprise that takes part, or the buyer.
        3 => pub by: Actor,
        4 => pub of: AppealOf,
        /// The decision appealed against.
        5 => pub against: Position,
        /// The last day on which it is to be decided.
        6 => pub until: Day,
        /// Nobody had decided it by then.
        7 => pub silent: Option<Moment>,
        /// The last day on which one may go to court, once it was decided or the time was over.
        8 => pub court_until: Option<Day>,
        9 => pub end: AppealEnd,
        10 => pub ended: Option<Moment>,
        /// Who decided it, and where.
        11 => pub officer: Text,
        12 => pub decision: Option<Position>,
        /// Reasons that the officer found not to hold.
        13 => pub set_aside: Vec<Text>,
        /// Lists that were refused later because of the decision that was set aside.
        14 => pub named: Vec<CaseKey>,
        /// The return that it is about.
        15 => pub refund: Option<Pair>,
        /// What it changed of the tax.
        16 => pub tax: Option<TaxChanged>,
    }
}

packed! {
    /// A return that was refused and may be appealed about: `Key::RefusedReturn` has its document where one was refused.
    pub struct RefusedReturn {
        /// `agentCode` and `copNo`.
        1 => pub number: Pair,
        2 => pub decided: Decided,
        /// Codes of the reasons.
        3 => pub codes: Vec<Text>,
    }
}

packed! {
    /// `Key::Ruling`: a decision about what is no list, its appeals, and what decides it again.
    pub struct Ruling {
        1 => pub of: AppealOf,
        /// The decision that stands against whom it concerns; none where nothing does any more.
        2 => pub decided: Option<Decided>,
        /// Codes of its reasons, and an official's word.
        3 => pub codes: Vec<Text>,
        4 => pub reason: Text,
        /// Officials who have acted on it.
        5 => pub hands: Vec<Text>,
        6 => pub appeals: Vec<Appeal>,
        7 => pub trail: Vec<Position>,
        /// The bonded document that was refused, and the hash of its content.
        8 => pub document: Option<crate::bonded::Document>,
        9 => pub content: [u8; 16],
        /// Where an official refused it: the number that it had.
        10 => pub number: Text,
        /// The customs office whose it is; empty where none is named.
        11 => pub office: Text,
    }
}

impl Ruling {
    /// What people call it: whom it concerns, kind and number, `4601950005/INV101/L-7`.
    pub fn name_of(at: &Pair) -> String {
        format!("{}/{}", at.code, at.number.replacen(' ', "/", 1))
    }

    /// What somebody means by such a name. Whether there is a ruling of it is another question.
    pub fn named(text: &str) -> Option<Pair> {
        let (code, rest) = text.trim().split_once('/')?;
        let (kind, number) = rest.split_once('/')?;
        let known = matches!(kind, "ARTICLES" | "GOODS") || crate::bonded::Kind::from_name(kind).is_some();
        known.then(|| Pair { code: code.into(), number: format!("{kind} {number}").into() })
    }

    /// The appeal that waits for a decision.
    pub fn open_appeal(&self) -> Option<&Appeal> {
        open(&self.appeals)
    }
}

/// The appeal that waits for a decision.
fn open(appeals: &[Appeal]) -> Option<&Appeal> {
    appeals.last().filter(|appeal| appeal.end == AppealEnd::Open)
}

packed! {
    /// The tax of a list before and after an appeal, less what has come back.
    pub struct TaxChanged {
        1 => pub before: Levied,
        2 => pub after: Levied,
        /// The summary payment was made already: so much is to be paid back.
        3 => pub repaid: Fen,
        /// The summary payment that became smaller.
        4 => pub payment: Text,
        /// Of what is to be paid back: what the payment had borne for being late.
        5 => pub surcharge: Fen,
    }
}

packed! {
    #[derive(Copy)]
    pub struct Levied {
        1 => pub taxable: Fen,
        2 => pub duty: Fen,
        3 => pub consumption_tax: Fen,
        4 => pub vat: Fen,
    }
}

impl Levied {
    pub fn total(&self) -> Fen {
        self.duty.plus(self.consumption_tax).plus(self.vat)
    }
}

impl Case {
    /// What of the list itself an enterprise of it or its buyer may appeal against, the clock aside.
    pub fn appealable(&self, by: ActorRole) -> Option<AppealOf> {
        let found_own = self.disowned.as_ref().is_some_and(|d| d.settled.is_some() && d.denied);
        let identity_heard = self.appeals.iter().any(|a| a.of == AppealOf::Identity);
        if self.open_appeal().is_some() {
            return None;
        }
        match self.status {
            _ if by == ActorRole::Consumer && found_own && !identity_heard => Some(AppealOf::Identity),
            status::REFUSED => Some(AppealOf::Refusal),
            status::SENT_BACK => Some(AppealOf::SentBack),
            status if status::DETAINED.contains(&status) => Some(AppealOf::Detention),
            status::RELEASED | status::CLOSED if self.bill.as_ref().is_some_and(|bill| bill.state != 3) => {
                Some(AppealOf::Tax)
            }
            _ => None,
        }
    }

    /// It was ordered back after its release, or from under a master bill.
    pub fn sent_back_late(&self) -> bool {
        let loaded = self.export.as_ref().is_some_and(|export| !export.master_bill.is_empty());
        self.status == status::SENT_BACK && (self.released.is_some() || loaded)
    }

    /// The refused return of this number.
    pub fn refused_return(&self, cop_no: &str) -> Option<&RefusedReturn> {
        self.refused_returns.iter().rfind(|refused| refused.number.number == cop_no)
    }

    /// The decision that an appeal of this kind would be against, where it was noted.
    pub fn decision_of(&self, of: AppealOf) -> Option<&Decided> {
        match of {
            AppealOf::Identity => self.identity_decided.as_ref(),
            AppealOf::Tax => self.tax_decided.as_ref(),
            _ => self.decided.as_ref(),
        }
    }

    /// The appeal that was made against a decision; there is one for each.
    pub fn heard(&self, of: AppealOf, against: Position) -> Option<&Appeal> {
        self.appeals.iter().find(|a| a.against == against && a.of == of)
    }

    /// The appeal that waits for a decision.
    pub fn open_appeal(&self) -> Option<&Appeal> {
        open(&self.appeals)
    }
}
