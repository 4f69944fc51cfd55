//! Who may do what: role, action, scope and purpose as data, each row with its ground.
//!
//! PIPL (个人信息保护法) 6 and 34 (paraphrase): data are used for a clear purpose and no further; a state organ within
//! its duty. PIPL 51: who may do what is fixed for each role.
//! Reading: what no row allows is refused; what anybody may do, everybody who is known may do too. Where a role has
//! several purposes for one action, the first row is what its work is, and the others are asked for by name.
//! Not covered here: which parcels are an enterprise's own (`server` asks the facts), and sharing among departments.

use std::collections::HashMap;

use super::load::{Between, Cells, PolicyFault, Reader};
use super::{Dated, Row};
use crate::command::{ActKind, ActorRole};
use crate::packed_names;
use crate::time::Day;

packed_names! {
    /// What somebody can do at a door of the window.
    pub enum Action {
        /// What shows nothing of a person or an enterprise.
        1 => Public "public",
        2 => ParcelRead "parcel.read",
        3 => ParcelList "parcel.list",
        4 => ParcelExport "parcel.export",
        5 => ParcelExplain "parcel.explain",
        6 => ReceiptRead "receipt.read",
        7 => OutboxRead "outbox.read",
        8 => MessageSend "message.send",
        9 => DeskRead "desk.read",
        /// To come to the desk's acts at all; which of them, the rows `act.…` say.
        10 => DeskAct "desk.act",
        11 => JournalRead "journal.read",
        12 => RegistryRead "registry.read",
        13 => RegistryImport "registry.import",
        14 => PolicyAdopt "policy.adopt",
        15 => AccessAdmit "access.admit",
        16 => ClockConfirm "clock.confirm",
        17 => LooksRead "looks.read",
        /// An enterprise's own page: its lists, receipts, guarantee and bills.
        18 => CompanyRead "company.read",
        /// Account books, their items and the documents that moved them.
        19 => StockRead "stock.read",
        /// A person's own page: parcels, allowance, tax.
        20 => PersonRead "person.read",
        /// To see what another law would have done with what was declared.
        24 => LawTry "law.try",
        30 => ActReview "act.review",
        31 => ActInspect "act.inspect",
        32 => ActInspectPassed "act.inspect-passed",
        33 => ActDetain "act.detain",
        34 => ActRelease "act.release",
        35 => ActSendBack "act.send-back",
        36 => ActArrive "act.arrive",
        37 => ActPay "act.pay",
        38 => ActOut "act.out",
        39 => ActApprove "act.approve",
        40 => ActConfirmTime "act.confirm-time",
        41 => ActDisown "act.disown",
        42 => ActSettleDisowned "act.settle-disowned",
        43 => ActAppeal "act.appeal",
        44 => ActAllowAppeal "act.allow-appeal",
        45 => ActRejectAppeal "act.reject-appeal",
        46 => ActDestroy "act.destroy",
        76 => ActExchange "act.exchange",
        /// To say of an alarm what came of it.
        87 => ActSettleAlarm "act.settle-alarm",
        /// A department's own page over the facts that are shared with it.
        88 => DepartmentRead "department.read",
        /// To add a picture or a paper to a parcel or a filing of goods, and to read them.
        89 => AttachmentSend "attachment.send",
        90 => AttachmentRead "attachment.read",
        /// Templates of tables, and tables that are checked and sent as messages.
        91 => BulkSend "bulk.send",
        /// How the zone stands: parties, policies, what is promised.
        92 => ZoneRead "zone.read",
        78 => ActProveAbroad "act.prove-abroad",
        /// To declare personal articles: one's own, or as the operator that carries them.
        77 => ArticlesDeclare "articles.declare",
        /// To change or withdraw lists that one has declared, many at once.
        60 => ListCorrect "list.correct",
        /// One's own sessions and second factor.
        73 => SessionOwn "session.own",
        /// To see and end the sessions of others.
        74 => SessionManage "session.manage",
        /// Promises that a decision would have broken: somebody has to look.
        75 => AlarmRead "alarm.read",
        /// A summary of exports: its declarations, their lines, and the lists in each.
        93 => SummaryRead "summary.read",
        /// What customs hold beside lists: transfers, central return warehouses, returns of exports.
        100 => HeldRead "held.read",
        /// Decisions about what is no list, and their appeals.
        94 => AppealsRead "appeals.read",
        /// To put new keys in the place of those with which the window signs.
        82 => HeadRotate "head.rotate",
        /// To make, replace and take back the keys of one's own enterprise.
        81 => KeyOwn "key.own",
        /// To entrust others with what one's own enterprise may declare, and to take that back.
        95 => MandateOwn "mandate.own",
        /// To file what one's own enterprise is to be certified for.
        96 => CertificationOwn "certification.own",
        /// To have verified who a person is: one's own account, or at the counter.
        101 => IdentityVerify "identity.verify",
        /// To file a bank account of one's own enterprise, and to say which amount came.
        102 => AccountOwn "account.own",
        /// A bank says which amount it sent to an account, or whose it is.
        103 => AccountBank "account.bank",
        /// To file goods of one's own enterprise, for an official's review.
        110 => GoodsFile "goods.file",
        /// Requests among departments: to ask another for a fact or for help, to answer, to read them.
        104 => RequestAsk "request.ask",
        105 => RequestAnswer "request.answer",
        106 => RequestRead "request.read",
        /// To have the own receipts brought to an address (webhook).
        107 => HookOwn "hook.own",
        /// How the connection with a department's system stands.
        113 => ConnectorRead "connector.read",
        /// How a party stands: its roles, what it was certified for, its powers of attorney.
        112 => PartyRead "party.read",
        /// To bring a statement that another body signed.
        111 => StatementBring "statement.bring",
        /// To vouch for a party: verify, inspect, suspend.
        97 => CertificationVouch "certification.vouch",
    }
}

impl Action {
    /// The action that an act is; `None` for one that the table does not know, which nobody may do then.
    pub fn of_act(kind: ActKind) -> Option<Action> {
        Action::from_name(&format!("act.{}", kind.name()))
    }
}

packed_names! {
    /// How far a right reaches.
    pub enum Scope {
        /// How a thing stands; no names, goods or amounts.
        1 => Public "public",
        /// A person's own parcels.
        2 => Person "person",
        /// Parcels in which the caller's enterprise takes part.
        3 => Own "own",
        /// Those of the account's customs office; all where the account names none.
        4 => Office "office",
        5 => Zone "zone",
    }
}

packed_names! {
    /// What something is read or done for.
    pub enum Purpose {
        1 => Public "public",
        2 => Person "person",
        3 => OwnBusiness "own-business",
        4 => Clearance "clearance",
        5 => Operation "operation",
        6 => Audit "audit",
        7 => Appeal "appeal",
        8 => Security "security",
        /// 破窗: beyond the usual reach, where waiting would do harm; each look alarms (`decide::looks`).
        9 => Emergency "emergency",
        /// 部门监管: what a department other than customs is charged with by its own law, over facts that are shared.
        10 => Supervision "supervision",
    }
}

/// When a look needs the number of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeedsCase {
    Never,
    /// From `looks.bulk_from` records on.
    Bulk,
    Always,
}

/// One right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// `None` is anybody, also who is not signed in.
    pub role: Option<ActorRole>,
    pub action: Action,
    pub scope: Scope,
    pub purpose: Purpose,
    /// A look by this right is an entry of the journal before anything is shown.
    pub traced: bool,
    pub case: NeedsCase,
}

/// The table, compiled: by role and action, each purpose in the order of the table.
#[derive(Debug, Default)]
pub struct Rights(HashMap<(Option<ActorRole>, Action), Vec<Dated<Right>>>);

impl Rights {
    /// Reads `rights.csv` alone.
    ///
    /// # Errors
    /// All faults at once.
    pub fn read(text: &str) -> Result<Rights, Vec<PolicyFault>> {
        let mut reader = Reader::new([(FILE, text)].into());
        let rights = load(&mut reader);
        reader.finish().map(|()| rights)
    }

    /// A zone that was never opened knows no roles.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The right by which `role` does this on that day, for a purpose or for the first that the role has.
    pub fn of(
        &self,
        role: Option<ActorRole>,
        action: Action,
        purpose: Option<Purpose>,
        day: Day,
    ) -> Option<&Row<Right>> {
        let known = role.and_then(|_| self.among(role, action, purpose, day));
        known.or_else(|| self.among(None, action, purpose, day))
    }

    fn among(
        &self,
        role: Option<ActorRole>,
        action: Action,
        purpose: Option<Purpose>,
        day: Day,
    ) -> Option<&Row<Right>> {
        let rows = self.0.get(&(role, action))?.iter().filter_map(|dated| dated.on(day));
        rows.into_iter().find(|row| purpose.is_none_or(|purpose| row.value.purpose == purpose))
    }

    /// True where the role may do this for some purpose. The window's own hand may, before it is opened and after.
    pub fn allow(&self, role: ActorRole, action: Action, day: Day) -> bool {
        role == ActorRole::Window || self.is_empty() || self.of(Some(role), action, None, day).is_some()
    }

    /// Everything that holds on a day, in the order of actions and then of the table.
    pub fn on(&self, day: Day) -> Vec<&Row<Right>> {
        let mut rows: Vec<_> = self.0.values().flatten().filter_map(|dated| dated.on(day)).collect();
        rows.sort_by_key(|row| (row.value.action, row.line));
        rows
    }

    /// The purposes for which a role may do this, the first one first.
    pub fn purposes(&self, role: ActorRole, action: Action, day: Day) -> Vec<Purpose> {
        let rows = self.0.get(&(Some(role), action)).into_iter().flatten();
        rows.filter_map(|dated| dated.on(day)).map(|row| row.value.purpose).collect()
    }
}

const FILE: &str = "rights.csv";

pub(super) fn load(r: &mut Reader<'_>) -> Rights {
    let columns = &["role", "action", "scope", "purpose", "traced", "case"];
    let table = r.table(FILE, columns, Between::GapAllowed, read);
    let mut by: HashMap<_, Vec<Dated<Right>>> = HashMap::new();
    for dated in table.into_values() {
        if let Some(right) = dated.rows().first().map(|row| row.value) {
            by.entry((right.role, right.action)).or_default().push(dated);
        }
    }
    for purposes in by.values_mut() {
        purposes.sort_by_key(|dated| dated.rows().first().map(|row| row.line));
    }
    Rights(by)
}

fn read(cells: &mut Cells<'_>) -> Option<(String, Right)> {
    let roles: Vec<(&str, Option<ActorRole>)> = std::iter::once(("anybody", None))
        .chain(ActorRole::ALL.iter().filter(|r| **r != ActorRole::Window).map(|r| (r.name(), Some(*r))))
        .collect();
    let names = |all: &[Action]| all.iter().map(|a| (a.name(), *a)).collect::<Vec<_>>();
    let role = cells.one_of("role", &roles);
    let action = cells.one_of("action", &names(Action::ALL));
    let scope = cells.one_of("scope", &Scope::ALL.iter().map(|s| (s.name(), *s)).collect::<Vec<_>>());
    let purpose = cells.one_of("purpose", &Purpose::ALL.iter().map(|p| (p.name(), *p)).collect::<Vec<_>>());
    let traced = cells.one_of("traced", &[("yes", true), ("no", false)]);
    let case =
        cells.one_of("case", &[("no", NeedsCase::Never), ("bulk", NeedsCase::Bulk), ("always", NeedsCase::Always)]);
    let right = Right { role: role?, action: action?, scope: scope?, purpose: purpose?, traced: traced?, case: case? };
    let who = right.role.map_or("anybody", ActorRole::name);
    Some((format!("{who} {} {}", right.action, right.purpose), right))
}
