//! What `onewindow policy` says of laws: what is odd in one, how two differ, and which decisions one opens again.

use super::policy::{listed, problems, read};
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::ZoneArgs;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use trade::correction;
use trade::money::Fen;
use trade::policy::diff::Difference;
use trade::policy::{Policy, hygiene};
use window::reopen::Reopened;

/// Something odd in a policy that loads.
#[derive(Serialize)]
pub struct Remark {
    file: &'static str,
    line: u32,
    /// `gap`, `overlap`, `contradiction`, `never`
    flaw: &'static str,
    zh: String,
    en: String,
    example: Example,
}

/// A declaration that shows it.
#[derive(Serialize)]
struct Example {
    declared_on: String,
    hs: String,
    country: String,
    mode: &'static str,
    value_fen: i64,
    /// Codes of what the policy answers; none where it lets the declaration pass.
    answer: Vec<&'static str>,
}

pub fn remarks(policy: &Policy) -> Vec<Remark> {
    let remark = |r: hygiene::Remark| Remark {
        file: r.file,
        line: r.line,
        flaw: r.flaw.name(),
        zh: r.zh,
        en: r.en,
        example: Example {
            declared_on: r.example.declared_on.to_string(),
            hs: r.example.hs,
            country: r.example.country,
            mode: r.example.mode,
            value_fen: r.example.value.0,
            answer: r.example.answer.iter().map(|code| code.name()).collect(),
        },
    };
    hygiene::remarks(policy).into_iter().map(remark).collect()
}

impl Remark {
    pub fn words(&self) -> String {
        let Example { declared_on, hs, country, mode, value_fen, answer } = &self.example;
        let (goods, value) = (if hs.is_empty() { "*" } else { hs }, Fen(*value_fen));
        let answer = if answer.is_empty() { "-".to_owned() } else { answer.join(" ") };
        format!(
            "\n  {}:{} {}\n    {}\n    {}\n    e.g. 例: {declared_on} {mode} {goods} {country} {value}: {answer}",
            self.file, self.line, self.flaw, self.en, self.zh
        )
    }
}

#[derive(Serialize)]
struct Changed<'a> {
    file: &'a str,
    change: &'static str,
    key: &'a str,
    from: &'a str,
    clause: &'a str,
    cells: Vec<[&'a str; 3]>,
    zh: &'a str,
    en: &'a str,
}

/// A line for each row that differs.
pub fn diff(folders: &[PathBuf], zone: &ZoneArgs, say: &mut Say, clock: &Clock) -> Done {
    let folder = |path: &PathBuf| Ok::<BTreeMap<_, _>, Cannot>(read(path)?.into_iter().collect());
    let (before, after) = match folders {
        [one] => (zone.read(clock)?.policy(), folder(one)?),
        [before, after, ..] => (folder(before)?, folder(after)?),
        [] => return Err(Cannot::because("no folder")),
    };
    let found = trade::policy::diff::diff(&before, &after).map_err(|f| Cannot::because(listed(&problems(f))))?;
    for Difference { file, change, key, from, clause, cells, zh, en } in &found {
        let cells = cells.iter().map(|c| [c.column.as_str(), c.before.as_str(), c.after.as_str()]).collect();
        let line = Changed { file, change: change.name(), key, from, clause, cells, zh, en };
        say.tell(&line, || format!("{en}\n  {zh}"))?;
    }
    if found.is_empty() && !say.json {
        say.words("nothing differs\n没有差别")?;
    }
    Ok(Exit::Well)
}

/// A list that would be decided otherwise.
#[derive(Serialize)]
struct Open {
    ebc: String,
    order_no: String,
    invt_no: String,
    declared_on: String,
    was_fen: i64,
    /// Nothing where it would be refused by now.
    is_fen: Option<i64>,
    /// To be levied; below zero to be paid back.
    difference_fen: i64,
    clauses: Vec<String>,
    refused_for: Vec<String>,
}

/// A file of corrections for each declarant: what would be refused by now is not in it, for nothing reassesses that.
fn write_corrections(found: &[Reopened], folder: &Path) -> Result<(), Cannot> {
    std::fs::create_dir_all(folder).map_err(|error| Cannot::with(folder, error))?;
    let mut files: BTreeMap<&str, Vec<&Reopened>> = BTreeMap::new();
    for one in found.iter().filter(|one| one.is_fen.is_some()) {
        files.entry(&one.agent).or_default().push(one);
    }
    for (agent, lists) in files {
        for (n, part) in lists.chunks(correction::MOST).enumerate() {
            let rows: String = part.iter().map(|one| format!("{},reassess\n", one.invt_no)).collect();
            let name = if n == 0 { format!("{agent}.csv") } else { format!("{agent}-{}.csv", n + 1) };
            crate::zone::write_whole(&folder.join(name), format!("list,what\n{rows}").as_bytes())?;
        }
    }
    Ok(())
}

/// A line for each list, and the sums in words.
pub fn reopen(zone: &ZoneArgs, out: Option<&Path>, say: &mut Say, clock: &Clock) -> Done {
    let window = zone.read(clock)?;
    let files: Vec<_> = window.policy().into_iter().collect();
    let policy = Policy::load(&files).map_err(|f| Cannot::because(listed(&problems(f))))?;
    let bar = super::replay::progress("entries");
    let found = window::reopen::reopened(&window.config().place, &policy, |done, of| {
        if done.is_multiple_of(256) {
            bar.set_length(of);
            bar.set_position(done);
        }
    });
    bar.finish_and_clear();
    let found = found.map_err(Cannot::because)?;
    if let Some(folder) = out {
        write_corrections(&found, folder)?;
    }
    let (mut levied, mut back) = (0, 0);
    for one in &found {
        let difference_fen = one.difference_fen();
        levied += difference_fen.max(0);
        back -= difference_fen.min(0);
        let line = Open {
            ebc: one.case.ebc.to_string(),
            order_no: one.case.order_no.to_string(),
            invt_no: one.invt_no.clone(),
            declared_on: one.declared_on.to_string(),
            was_fen: one.was_fen,
            is_fen: one.is_fen,
            difference_fen,
            clauses: one.clauses.clone(),
            refused_for: one.refused_for.clone(),
        };
        say.tell(&line, || {
            let is = one.is_fen.map_or_else(|| one.refused_for.join(" "), |fen| Fen(fen).to_string());
            let clauses = line.clauses.join("; ");
            format!("{} {}: {} -> {is} ({clauses})", line.invt_no, line.declared_on, Fen(one.was_fen))
        })?;
    }
    if !say.json {
        let (n, levied, back) = (found.len(), Fen(levied), Fen(back));
        say.words(&format!("{n} decisions to open again: {levied} to be levied, {back} to be paid back"))?;
        say.words(&format!("应重新审定 {n} 票：应补 {levied} 元，应退 {back} 元"))?;
    }
    Ok(Exit::Well)
}
