//! Bodies whose signed statements are recognised (互认机构): for what, by which keys, from when to when.
//!
//! Which agreements there are is for each zone to enter; that a finding of another competent body is not made twice is
//! the aim of S13. Sample rows hold keys that nobody has.
//!
//! Reading: a statement counts by the rows of the day on which it is brought. Where rows of that day name keys of both
//! algorithms, both have to have signed. A key that is not to sign any more gets a last day, one that may be in other
//! hands the day before; who has it can write any earlier day into a statement, so that its own day proves nothing.

use super::load::{Between, Cells, Reader};
use super::{Dated, Row};
use crate::statement::StatementKind;
use crate::time::Day;

/// A key of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyKey {
    /// `ed25519`, `sm2`
    pub algorithm: &'static str,
    /// Lower-case hexadecimal: 64 digits of Ed25519, 130 of SM2 (an uncompressed point).
    pub key: String,
    pub zh: String,
    pub en: String,
}

/// Algorithms, and the hexadecimal digits of their public keys.
const ALGORITHMS: [(&str, usize); 2] = [("ed25519", 64), ("sm2", 130)];

/// Body, what it speaks of, and algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Of(String, StatementKind, &'static str);

impl std::fmt::Display for Of {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} / {} / {}", self.0, self.1, self.2)
    }
}

#[derive(Debug, Default)]
pub(super) struct Bodies(Vec<(Of, Dated<BodyKey>)>);

impl Bodies {
    /// The keys by which a body speaks of this on a day; none where it is not recognised for it.
    pub fn on<'p>(&'p self, body: &'p str, kind: StatementKind, day: Day) -> impl Iterator<Item = &'p Row<BodyKey>> {
        let of = self.0.iter().filter(move |(of, _)| of.0 == body && of.1 == kind);
        of.filter_map(move |(_, rows)| rows.on(day))
    }

    /// All keys that a body ever had, for whatever it speaks of.
    pub fn keys<'p>(&'p self, body: &'p str) -> impl Iterator<Item = &'p BodyKey> {
        let of = self.0.iter().filter(move |(of, _)| of.0 == body);
        of.flat_map(|(_, rows)| rows.rows()).map(|row| &row.value)
    }
}

pub(super) fn load(r: &mut Reader<'_>) -> Bodies {
    // Policies adopted by older programs have none, and recognise nobody.
    if !r.has("bodies.csv") {
        return Bodies::default();
    }
    let columns = &["body", "statement", "algorithm", "key", "zh", "en"];
    let mut all: Vec<_> = r.table("bodies.csv", columns, Between::GapAllowed, body).into_iter().collect();
    all.sort_by_key(|(of, _)| of.to_string());
    Bodies(all)
}

fn body(cells: &mut Cells<'_>) -> Option<(Of, BodyKey)> {
    let body = cells.text("body");
    let kinds: Vec<_> = StatementKind::ALL.iter().map(|kind| (kind.name(), *kind)).collect();
    let kind = cells.one_of("statement", &kinds);
    let algorithm = cells.one_of("algorithm", &ALGORITHMS.map(|of| (of.0, of)));
    let (key, zh, en) = (cells.text("key"), cells.text("zh"), cells.text("en"));
    let ((algorithm, digits), key) = (algorithm?, key?);
    if key.len() != digits || !key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        let zh = format!("{algorithm} 公钥应为 {digits} 位小写十六进制。");
        cells.fault("key", zh, format!("a key of {algorithm} has {digits} hexadecimal digits in lower case"));
        return None;
    }
    Some((Of(body?, kind?, algorithm), BodyKey { algorithm, key, zh: zh?, en: en? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, SAMPLE};

    fn with(rows: &str) -> Result<Policy, Vec<crate::policy::PolicyFault>> {
        let head = "body,statement,algorithm,key,zh,en,from,until,known_from,clause,mark,note\n";
        let text = format!("{head}{rows}");
        let others = SAMPLE.iter().filter(|(name, _)| *name != "bodies.csv").map(|(name, text)| (*name, *text));
        Policy::load(&others.chain([("bodies.csv", text.as_str())]).collect::<Vec<_>>())
    }

    #[test]
    fn a_body_is_recognised_for_what_its_rows_say_by_their_keys_and_days() {
        let [first, second] = ["a", "b"].map(|digit| digit.repeat(64));
        let sm2 = "c".repeat(130);
        let policy = with(&format!(
            "LAB,inspection,ed25519,{first},实验室,Lab,2024-01-01,2024-06-30,,示例 (sample),sample,\n\
             LAB,inspection,ed25519,{second},实验室,Lab,2024-07-01,2025-12-31,,示例 (sample),sample,\n\
             LAB,inspection,sm2,{sm2},实验室,Lab,2024-07-01,2025-12-31,,示例 (sample),sample,\n\
             LAB,certificate,ed25519,{first},实验室,Lab,2025-01-01,,,示例 (sample),sample,\n"
        ))
        .unwrap();
        use StatementKind::{Certificate, CreditClass, Inspection};
        for (body, kind, on, keys) in [
            ("LAB", Inspection, "2023-12-31", ""),
            ("LAB", Inspection, "2024-01-01", "a"),
            ("LAB", Inspection, "2024-06-30", "a"),
            ("LAB", Inspection, "2024-07-01", "bc"),
            ("LAB", Inspection, "2025-12-31", "bc"),
            ("LAB", Inspection, "2026-01-01", ""),
            ("LAB", Certificate, "2024-12-31", ""),
            ("LAB", Certificate, "2026-01-01", "a"),
            ("LAB", CreditClass, "2025-01-01", ""),
            ("BAL", Inspection, "2025-01-01", ""),
        ] {
            let found = policy.body_keys(body, kind, Day::parse(on).unwrap());
            let found: String = found.map(|row| &row.value.key[..1]).collect();
            assert_eq!(found, keys, "{body} {kind} {on}");
        }
        assert_eq!(policy.keys_of_body("LAB").count(), 4);
        assert_eq!(policy.keys_of_body("BAL").count(), 0);
    }

    #[test]
    fn a_key_that_is_none_or_a_matter_that_is_none_is_a_fault() {
        let key = "a".repeat(64);
        for (row, column) in [
            (format!("LAB,opinion,ed25519,{key}"), "statement"),
            (format!("LAB,inspection,rsa,{key}"), "algorithm"),
            (format!("LAB,inspection,sm2,{key}"), "key"),
            (format!("LAB,inspection,ed25519,{}", key.to_uppercase()), "key"),
            (format!("LAB,inspection,ed25519,{}", &key[1..]), "key"),
        ] {
            let faults = with(&format!("{row},实验室,Lab,2024-01-01,,,示例 (sample),sample,\n")).unwrap_err();
            assert!(faults.iter().any(|fault| fault.column == column), "{row}: {faults:?}");
        }
    }

    #[test]
    fn a_law_without_the_table_recognises_nobody() {
        let older: Vec<_> = SAMPLE.iter().filter(|(name, _)| *name != "bodies.csv").copied().collect();
        let policy = Policy::load(&older).unwrap();
        assert_eq!(policy.keys_of_body("SAMPLE-LAB").count(), 0);
    }
}
