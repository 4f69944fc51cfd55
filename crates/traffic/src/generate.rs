//! `onewindow generate`: a folder with messages in sending order, the registry that they need, and the truth.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use trade::policy::Policy;
use trade::registry::Table;
use trade::time::Day;
use wire::seal::KeyKind;

use crate::export::{Export, ExportPlan, merged};
use crate::keys::Keys;
use crate::story::{Plan, Story};
use crate::zone::{self, Zone};

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Generated {
    pub messages: u64,
    pub documents: u64,
    pub truths: u64,
}

/// Writes `messages/`, the registry's CSV files, `truth.jsonl` and `deliveries.jsonl` into `out`, which may exist. The names of the
/// messages sort in sending order and hold the moment of sending: `000001-20260302T101500-CEB311.xml`.
///
/// # Errors
/// Those of the file system; and where a signature cannot be made.
pub fn generate(
    out: &Path,
    plan: Plan,
    exports: Option<ExportPlan>,
    policy: &Policy,
    kind: KeyKind,
) -> io::Result<Generated> {
    let zone = Zone::sample();
    let mut seed = [0u8; 32];
    seed[..8].copy_from_slice(&plan.seed.to_be_bytes());
    let far = Day::ymd(2099, 12, 31).unwrap_or(plan.start);
    let keys = Keys::new(&seed, kind, &zone, (Day::ymd(2016, 1, 1).unwrap_or(plan.start), far));
    let story = Story::new(Plan { truths: true, ..plan }, &zone, policy);
    fs::create_dir_all(out.join("messages"))?;
    for (table, text) in registry(&story, &keys) {
        fs::write(out.join(format!("{table}.csv")), text)?;
    }
    let mut truth = BufWriter::new(fs::File::create(out.join("truth.jsonl"))?);
    let mut deliveries = BufWriter::new(fs::File::create(out.join("deliveries.jsonl"))?);
    let mut done = Generated::default();
    let exports = exports.map(|plan| Export::new(plan, &zone));
    for sent in merged(story, exports.into_iter().flatten()) {
        done.messages += 1;
        done.documents += sent.documents as u64;
        let at = sent.at.compact();
        let name = format!("{:06}-{}T{}-{}.xml", done.messages, &at[..8], &at[8..], sent.kind);
        let bytes = keys.seal(&sent).map_err(|fault| io::Error::other(format!("{fault:?}")))?;
        fs::write(out.join("messages").join(name), bytes)?;
        for line in &sent.truths {
            serde_json::to_writer(&mut truth, line)?;
            truth.write_all(b"\n")?;
            done.truths += 1;
        }
        if let Some(delivery) = &sent.delivery {
            serde_json::to_writer(&mut deliveries, delivery)?;
            deliveries.write_all(b"\n")?;
        }
    }
    truth.flush()?;
    deliveries.flush()?;
    Ok(done)
}

/// The registry that a story needs: the sample zone, the flights of the story, the certificates of its senders.
pub fn registry(story: &Story<'_>, keys: &Keys) -> Vec<(Table, String)> {
    zone::FILES
        .iter()
        .map(|&(table, text)| {
            let mut text = text.to_owned();
            match table {
                Table::Manifests => {
                    for m in story.manifests() {
                        let _ = writeln!(
                            text,
                            "{},{},{},{},{},{},{},{}",
                            m.bill_no, m.voyage_no, m.traf_no, m.traf_mode, m.pieces, m.arrived_on, m.port, m.place
                        );
                    }
                }
                Table::Certificates => text.extend(keys.certificates_csv().split_inclusive('\n').skip(1)),
                _ => {}
            }
            (table, text)
        })
        .collect()
}
