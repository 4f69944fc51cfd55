//! `onewindow import`: rows of the registry, and the two long lists of the policy, from CSV.

use super::correct::previewed;
use super::policy::{Change, adopt_files, changes};
use super::remote::{Remote, RemoteArgs};
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, operator};
use serde::Serialize;
use serde_json::Value;
use server::corrections::Previewed;
use std::path::{Path, PathBuf};
use trade::command::{Command, Register, Verdict};
use trade::correction::Expected;
use trade::policy::{Policy, PolicyFault};
use trade::registry::{self, Column, Form, Table};
use window::Window;
use window::corrections::Foreseen;
use window::filing::NotImported;

/// Reads rows of the registry, the positive list or the tariff from CSV.
///
/// Of the registry: zones, parties, certificates, goods, guarantees, manifests, opening-stock, blocked-identities,
/// mandates, certifications. Of the policy: positive-list, tariff; the file is the whole list and replaces the one that
/// holds. A file with any fault is refused whole, and all its faults are told.
#[derive(clap::Args)]
pub struct Args {
    /// The table
    #[arg(value_name = "KIND", value_parser = kind)]
    kind: Kind,

    /// The CSV file
    file: Option<PathBuf>,

    /// Prints the columns with their meaning
    #[arg(long)]
    template: bool,

    #[command(flatten)]
    zone: ZoneArgs,

    #[command(flatten)]
    remote: RemoteArgs,

    /// Makes the sample zone if the folder is empty
    #[arg(long, conflicts_with = "url")]
    sandbox: bool,

    /// Who imports into the policy; where the law asks for two persons, the first proposes and another imports the same
    #[arg(long, value_name = "NAME", default_value = "command-line", conflicts_with = "url")]
    by: String,

    /// Checks the file, says what would change, and takes nothing in; the zone may be running
    #[arg(long, conflicts_with_all = ["sandbox", "url"])]
    dry_run: bool,

    /// What --dry-run said of rows of the registry, at most a thousand: none is taken in where they would do something
    /// else by now
    #[arg(long, value_name = "TEXT", default_value = "", conflicts_with_all = ["dry_run", "url"], value_parser = super::expected_text)]
    expect: String,
}

/// Where rows go.
#[derive(Clone, Copy)]
pub enum Kind {
    Registry(Table),
    PositiveList,
    Tariff,
}

impl Kind {
    fn all() -> impl Iterator<Item = Kind> {
        Table::ALL.iter().map(|table| Kind::Registry(*table)).chain([Kind::PositiveList, Kind::Tariff])
    }

    pub fn name(self) -> &'static str {
        match self {
            Kind::Registry(table) => table.name(),
            Kind::PositiveList => "positive-list",
            Kind::Tariff => "tariff",
        }
    }

    fn columns(self) -> &'static [Column] {
        match self {
            Kind::Registry(table) => table.columns(),
            Kind::PositiveList => registry::POSITIVE_LIST,
            Kind::Tariff => registry::TARIFF,
        }
    }
}

fn kind(name: &str) -> Result<Kind, String> {
    let names: Vec<_> = Kind::all().map(Kind::name).collect();
    Kind::all().find(|kind| kind.name() == name).ok_or_else(|| format!("there are {}", names.join(", ")))
}

#[derive(Serialize)]
struct ColumnLine {
    table: &'static str,
    column: &'static str,
    form: String,
    optional: bool,
    zh: &'static str,
    en: &'static str,
}

#[derive(Serialize)]
struct Imported<'a> {
    table: &'static str,
    file: &'a str,
    /// Rows taken in, or that would be.
    rows: u64,
    dry_run: bool,
    /// Of a policy list: how it differs from the adopted one.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Change>,
    /// Of a policy list that holds only when another person imports the same: the entry that proposes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed: Option<u64>,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problem {
    line: u64,
    column: String,
    zh: String,
    en: String,
    /// Another file of the policy that no longer fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    if args.template {
        return template(args.kind, say);
    }
    let Some(file) = &args.file else {
        return Err(Cannot::because("which file? import KIND FILE, or import KIND --template"));
    };
    let text = super::text_of(file)?;
    if let Some(remote) = args.remote.remote()? {
        return send(args.kind, file, &text, &remote, say);
    }
    let window = if args.dry_run { args.zone.read(clock)? } else { args.zone.open(args.sandbox, clock)? };
    let Found { rows, changes, proposed, problems, foreseen } = match args.kind {
        Kind::Registry(table) => registry_rows(&window, table, &text, args)?,
        Kind::PositiveList => policy_rows(&window, "positive_list.csv", text, args)?,
        Kind::Tariff => policy_rows(&window, "tariff.csv", text, args)?,
    };
    window.close();
    let file = &file.to_string_lossy();
    let line = Imported { table: args.kind.name(), file, rows, dry_run: args.dry_run, changes, proposed, problems };
    let done = tell(&line, say)?;
    match foreseen {
        Some(foreseen) => previewed(&Previewed::of_command(&foreseen), say),
        None => Ok(done),
    }
}

/// Sends the file to a running window, as an operator.
fn send(kind: Kind, file: &Path, text: &str, remote: &Remote<'_>, say: &mut Say) -> Done {
    let path = format!("/api/v1/registry/{}", kind.name());
    let (rows, problems) = match remote.command(&path, "text/csv", text.as_bytes())? {
        Ok(answer) => (answer["rows"].as_u64().unwrap_or(0), Vec::new()),
        Err(problem) => {
            let word = |f: &Value, name: &str| f[name].as_str().unwrap_or_default().to_owned();
            let fault = |f: &Value| Problem {
                line: f["line"].as_u64().unwrap_or(0),
                column: word(f, "path"),
                zh: word(f, "zh"),
                en: word(f, "en"),
                file: None,
            };
            let mut faults: Vec<_> = problem["problems"].as_array().into_iter().flatten().map(fault).collect();
            if faults.is_empty() {
                faults.push(fault(&problem));
            }
            (0, faults)
        }
    };
    let file = &file.to_string_lossy();
    tell(&Imported { table: kind.name(), file, rows, dry_run: false, changes: None, proposed: None, problems }, say)
}

fn tell(line: &Imported<'_>, say: &mut Say) -> Done {
    say.tell(line, || {
        let done = match line.proposed {
            Some(_) => {
                "proposed 已提出; they hold when another person imports the same (--by NAME) 另一人导入同样的内容后生效"
            }
            None if line.dry_run => "would be taken in",
            None => "taken in",
        };
        let mut words = format!("{}: {} rows of {} {done}", line.file, line.rows, line.table);
        words.extend(line.changes.iter().map(Change::words));
        for p in &line.problems {
            let file = p.file.as_ref().map_or(String::new(), |file| format!("{file} "));
            words.push_str(&format!("\n  {file}line {} {}: {}; {}", p.line, p.column, p.en, p.zh));
        }
        words
    })?;
    Ok(Exit::when(line.problems.is_empty()))
}

#[derive(Default)]
struct Found {
    rows: u64,
    changes: Option<Change>,
    proposed: Option<u64>,
    problems: Vec<Problem>,
    /// What rows of the registry would do, where they are one command.
    foreseen: Option<Foreseen>,
}

fn registry_rows(window: &Window, table: Table, text: &str, args: &Args) -> Result<Found, Cannot> {
    let mut foreseen = None;
    let done = match args.dry_run || !args.expect.is_empty() {
        false => window.import(&operator(), table, text),
        true => window.rows(&operator(), table, text).and_then(|parts| {
            let rows: u64 = parts.iter().map(|part| part.rows.len() as u64).sum();
            // Longer files are several commands, each for itself.
            let Ok([part]) = <[Register; 1]>::try_from(parts) else { return Ok(if args.dry_run { rows } else { 0 }) };
            let command = Command::Register(Register { expected: Expected::parse(&args.expect), ..part });
            if args.dry_run {
                let policy = window.law_in_force();
                foreseen = Some(window.preview_command(&command, &policy));
                return Ok(rows);
            }
            let outcomes = window.command(command)?.entry.map(|entry| entry.outcomes).unwrap_or_default();
            let done = outcomes.iter().all(|outcome| outcome.verdict != Verdict::Refused);
            Ok(if done { rows } else { 0 })
        }),
    };
    let moved = || Problem {
        line: 0,
        column: "--expect".into(),
        zh: "情况已变，或文件超过一千行：一行也没有收。请重新预览。".into(),
        en:
            "things have moved since the preview, or the file has more than a thousand rows: none was taken; look again"
                .into(),
        file: None,
    };
    let problem = |f: registry::Fault| Problem { line: f.line, column: f.column, zh: f.zh, en: f.en, file: None };
    match done {
        Ok(0) if !args.expect.is_empty() => Ok(Found { problems: vec![moved()], ..Found::default() }),
        Ok(rows) => Ok(Found { rows, foreseen, ..Found::default() }),
        Err(NotImported::Faulty(faults)) => {
            Ok(Found { problems: faults.into_iter().map(problem).collect(), ..Found::default() })
        }
        Err(other) => Err(Cannot::because(other)),
    }
}

/// A list of the policy: adopted in place of the one that holds, if the policy as a whole loads with it.
fn policy_rows(window: &Window, name: &str, text: String, args: &Args) -> Result<Found, Cannot> {
    let files = vec![(name.to_owned(), text)];
    let policy = match window.would_adopt(&files) {
        Ok(policy) => policy,
        Err(faults) => {
            let problem = |f: PolicyFault| Problem {
                line: f.line.into(),
                column: f.column,
                zh: f.zh,
                en: f.en,
                file: (f.file != name).then_some(f.file),
            };
            return Ok(Found { problems: faults.into_iter().map(problem).collect(), ..Found::default() });
        }
    };
    let changes = changes(&window.policy(), &files).pop();
    let mut proposed = None;
    if changes.is_some() && !args.dry_run {
        let (revision, is_proposal) = adopt_files(window, &args.by, &files)?;
        proposed = is_proposal.then_some(revision);
    }
    Ok(Found { rows: rows_of(&policy, name), changes, proposed, ..Found::default() })
}

fn rows_of(policy: &Policy, name: &str) -> u64 {
    let rows = match name {
        "tariff.csv" => policy.tariff_rows().iter().map(|(_, rows)| rows.rows().len()).sum::<usize>(),
        _ => policy.positive_rows().iter().map(|(_, rows)| rows.rows().len()).sum(),
    };
    rows as u64
}

/// For people a file that can be filled in at once: the meaning as comment lines, then the head line.
fn template(kind: Kind, say: &mut Say) -> Done {
    for column in kind.columns() {
        let line = ColumnLine {
            table: kind.name(),
            column: column.name,
            form: form(column.form),
            optional: column.optional,
            zh: column.zh,
            en: column.en,
        };
        say.tell(&line, || {
            let optional = if line.optional { ", may be empty" } else { "" };
            format!("# {}: {}; {} ({}{optional})", line.column, line.en, line.zh, line.form)
        })?;
    }
    if !say.json {
        let names: Vec<_> = kind.columns().iter().map(|c| c.name).collect();
        say.words(&names.join(","))?;
    }
    Ok(Exit::Well)
}

fn form(form: Form) -> String {
    match form {
        Form::Text(most) => format!("text, at most {most} characters"),
        Form::Code(n) => format!("{n} letters or digits"),
        Form::Digits(n) => format!("{n} digits"),
        Form::Day => "day like 2026-03-01".into(),
        Form::Yuan => "yuan, at most two decimals".into(),
        Form::Quantity => "decimal, at most five decimals".into(),
        Form::Whole => "whole number".into(),
        Form::Flag => "yes or no".into(),
        Form::Word(words) => format!("one of {}", words.join(" ")),
        Form::Spans => "spans like 2026-01-01..2026-02-01, the end may be missing, separated by ;".into(),
        Form::Codes => "codes, each with a span after @ where it has one, separated by ;".into(),
        Form::Words => "words separated by ;".into(),
        Form::SomeOf(words) => format!("some of {}, separated by ;", words.join(" ")),
        Form::Sha256 => "64 hexadecimal digits".into(),
        Form::ResidentId => "resident identity number".into(),
    }
}
