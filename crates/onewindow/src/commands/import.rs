//! `onewindow import`: rows of the registry from CSV.

use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use crate::zone::{ZoneArgs, operator};
use serde::Serialize;
use std::path::PathBuf;
use trade::registry::{self, Form, Table};
use window::filing::NotImported;

/// Reads rows of the registry from CSV: zones, parties, certificates, goods, guarantees, manifests, opening-stock,
/// blocked-identities.
#[derive(clap::Args)]
pub struct Args {
    /// The table
    #[arg(value_name = "KIND", value_parser = table)]
    table: Table,

    /// The CSV file
    file: Option<PathBuf>,

    /// Prints the columns with their meaning
    #[arg(long)]
    template: bool,

    #[command(flatten)]
    zone: ZoneArgs,

    /// Makes the sample zone if the folder is empty
    #[arg(long)]
    sandbox: bool,
}

fn table(name: &str) -> Result<Table, String> {
    let names: Vec<_> = Table::ALL.iter().map(|t| t.name()).collect();
    Table::from_name(name).ok_or_else(|| format!("there are {}", names.join(", ")))
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
    rows: u64,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problem {
    line: u64,
    column: String,
    zh: String,
    en: String,
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    if args.template {
        return template(args.table, say);
    }
    let Some(file) = &args.file else {
        return Err(Cannot::because("which file? import KIND FILE, or import KIND --template"));
    };
    let text = super::text_of(file)?;
    let window = args.zone.open(args.sandbox, clock)?;
    let done = window.import(&operator(), args.table, &text);
    window.close();
    let (rows, faults) = match done {
        Ok(rows) => (rows, Vec::new()),
        Err(NotImported::Faulty(faults)) => (0, faults),
        Err(other) => return Err(Cannot::because(other)),
    };
    let problem = |f: registry::Fault| Problem { line: f.line, column: f.column, zh: f.zh, en: f.en };
    let line = Imported {
        table: args.table.name(),
        file: &file.to_string_lossy(),
        rows,
        problems: faults.into_iter().map(problem).collect(),
    };
    say.tell(&line, || {
        let mut words = format!("{}: {} rows of {} taken in", line.file, line.rows, line.table);
        for p in &line.problems {
            words.push_str(&format!("\n  line {} {}: {}; {}", p.line, p.column, p.en, p.zh));
        }
        words
    })?;
    Ok(Exit::when(line.problems.is_empty()))
}

/// For people a file that can be filled in at once: the meaning as comment lines, then the head line.
fn template(table: Table, say: &mut Say) -> Done {
    for column in table.columns() {
        let line = ColumnLine {
            table: table.name(),
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
        say.bytes(registry::template(table).as_bytes())?;
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
        Form::Sha256 => "64 hexadecimal digits".into(),
        Form::ResidentId => "resident identity number".into(),
    }
}
