//! Certification of parties (主体认证): what of an enterprise was found true, by whom, how, on which grade, from when to
//! when, and the hash of what it rests on.
//!
//! Filed, verified, inspected, suspended: each step is a row beside the others, and nothing is written over, so that the
//! history reads as it was and an old declaration is judged by what stood on its day.
//! Readings [ours]: of the rows in force on a day the highest grade counts; a suspension takes all that was entered
//! before it away for its days, and only what is verified or inspected after it counts again. Which grade a role asks
//! for is data of the law (`policy::roles`).
//! Not covered: whether the proof itself is true; whoever vouches answers for it, by name.

use super::{Party, in_force};
use crate::pack::Text;
use crate::time::Day;
use crate::{packed, packed_names};

packed_names! {
    /// What of an enterprise can be certified.
    pub enum Certifiable {
        /// 统一社会信用代码: the enterprise stands in the register of market supervision.
        1 => CreditCode "credit-code",
        /// 境外注册: it is registered abroad.
        2 => ForeignRegistration "foreign-registration",
        /// 报关单位备案, 跨境电商企业信息登记
        3 => CustomsFiling "customs-filing",
        /// 金融许可证 or 支付业务许可证
        4 => PaymentLicence "payment-licence",
        /// 快递业务经营许可证
        5 => ExpressLicence "express-licence",
        /// 系统联网: its system is connected with customs.
        6 => Connection "connection",
        /// 对公账户
        7 => BankAccount "bank-account",
        /// 法定代表人
        8 => LegalRepresentative "legal-representative",
        /// 经营场所, looked at on the spot.
        9 => Premises "premises",
    }
}

packed_names! {
    /// How far it was looked into.
    pub enum Grade {
        /// 备案: the enterprise says so and filed its papers.
        1 => Filed "filed",
        /// 核验: held against its source.
        2 => Verified "verified",
        /// 查验: seen on the spot, or in person.
        3 => Inspected "inspected",
        /// 暂停
        9 => Suspended "suspended",
    }
}

impl Grade {
    /// In both languages, as texts of findings take it.
    pub fn words(self) -> &'static str {
        match self {
            Grade::Filed => "已备案 filed",
            Grade::Verified => "已核验 verified",
            Grade::Inspected => "已查验 inspected",
            Grade::Suspended => "已暂停 suspended",
        }
    }
}

packed_names! {
    /// By what it was found.
    pub enum Method {
        /// Its own statement.
        1 => Statement "statement",
        /// Papers were looked at.
        2 => Papers "papers",
        /// The register of the body that keeps it was asked.
        3 => Register "register",
        /// 小额打款: the enterprise said which amount had reached its account.
        4 => SmallTransfer "small-transfer",
        /// The bank's signed word.
        5 => Bank "bank",
        /// Somebody came and looked.
        6 => OnSite "on-site",
        /// The person was verified (`IdentityVerifier`).
        7 => Person "person",
        /// A recognised body's signed statement.
        8 => Signed "signed",
    }
}

packed! {
    /// One step of a certification.
    pub struct Certified {
        1 => pub fact: Certifiable,
        2 => pub grade: Grade,
        /// Who vouches: the body, or the enterprise itself where it only filed.
        3 => pub by: Text,
        4 => pub method: Method,
        /// Of the licence or paper; names no person.
        5 => pub number: Text,
        6 => pub from: Day,
        7 => pub until: Option<Day>,
        /// SHA-256 of what it rests on.
        8 => pub proof: [u8; 32],
        /// The entry of the journal that says so.
        9 => pub entry: u64,
    }
}

packed! {
    /// A row of the table of certifications.
    pub struct Certification {
        1 => pub party: Text,
        2 => pub of: Certified,
    }
}

impl Party {
    /// What stands of a matter on `day`: the step that counts, a suspension among them.
    pub fn certified(&self, fact: Certifiable, day: Day) -> Option<&Certified> {
        let mut stands: Option<&Certified> = None;
        let rows = self.certified.iter().filter(|row| row.fact == fact && in_force(row.from, row.until, day));
        for row in rows {
            let counts = match stands.map(|before| before.grade) {
                None => true,
                Some(Grade::Suspended) => row.grade != Grade::Filed,
                Some(before) => row.grade >= before,
            };
            if counts {
                stands = Some(row);
            }
        }
        stands
    }

    /// True where the matter stands on this grade or a higher one.
    pub fn reaches(&self, fact: Certifiable, grade: Grade, day: Day) -> bool {
        self.certified(fact, day).is_some_and(|row| row.grade >= grade && row.grade != Grade::Suspended)
    }
}
