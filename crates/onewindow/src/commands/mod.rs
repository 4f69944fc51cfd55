//! The commands, one file each.

mod act;
mod articles;
mod bench;
mod check;
mod completions;
mod correct;
mod courier;
mod explain;
mod exports;
mod found;
mod generate;
mod identify;
mod import;
mod keep;
mod law;
mod originals;
mod policy;
mod remote;
mod replay;
mod request;
mod serve;
mod statement;
mod stock;
mod submit;
mod tax;
mod transfers;
mod verifier;
mod verify;
mod views;
mod who;
mod witness;

use crate::clock::Clock;
use crate::say::{Cannot, Done, Say};
use std::io::Read;
use std::path::{Path, PathBuf};

#[derive(clap::Subcommand)]
pub enum Command {
    Demo(serve::DemoArgs),
    Serve(serve::ServeArgs),
    Found(found::Args),
    Bench(bench::Args),
    Check(check::Args),
    Submit(submit::Args),
    Import(import::Args),
    Act(act::Args),
    Correct(correct::Args),
    Articles(articles::Args),
    Account(who::AccountArgs),
    Key(who::KeyArgs),
    Tax(tax::Args),
    Identify(identify::Args),
    Explain(explain::Args),
    Request(request::Args),
    Statement(statement::Args),
    Stock(stock::Args),
    Transfers(transfers::Args),
    Exports(exports::Args),
    Replay(replay::Args),
    Verify(verify::Args),
    Witness(witness::Args),
    Generate(generate::Args),
    Backup(keep::BackupArgs),
    Restore(keep::RestoreArgs),
    Doctor(keep::DoctorArgs),
    Originals(originals::Args),
    Policy(policy::Args),
    Views(views::Args),
    Completions(completions::Args),
    Man(completions::ManArgs),
}

/// Runs a command.
pub fn run(command: Command, say: &mut Say, clock: &Clock) -> Done {
    match command {
        Command::Demo(args) => serve::demo(&args, say, clock),
        Command::Serve(args) => serve::serve(&args, say, clock),
        Command::Found(args) => found::run(&args, say, clock),
        Command::Explain(args) => explain::run(&args, say, clock),
        Command::Request(args) => request::run(&args, say, clock),
        Command::Statement(args) => statement::run(&args, say, clock),
        Command::Stock(args) => stock::run(&args, say, clock),
        Command::Transfers(args) => transfers::run(&args, say, clock),
        Command::Exports(args) => exports::run(&args, say, clock),
        Command::Bench(args) => bench::run(&args, say),
        Command::Check(args) => check::run(&args, say),
        Command::Submit(args) => submit::run(&args, say, clock),
        Command::Import(args) => import::run(&args, say, clock),
        Command::Account(args) => who::account(&args, say, clock),
        Command::Key(args) => who::key(&args, say, clock),
        Command::Act(args) => act::run(&args, say, clock),
        Command::Correct(args) => correct::run(&args, say, clock),
        Command::Articles(args) => articles::run(&args, say, clock),
        Command::Tax(args) => tax::run(&args, say),
        Command::Identify(args) => identify::run(&args, say),
        Command::Replay(args) => replay::run(&args, say, clock),
        Command::Generate(args) => generate::run(&args, say, clock),
        Command::Backup(args) => keep::backup(&args, say),
        Command::Restore(args) => keep::restore(&args, say),
        Command::Doctor(args) => keep::doctor(&args, say),
        Command::Originals(args) => originals::run(&args, say, clock),
        Command::Views(args) => views::run(&args, say),
        Command::Verify(args) => verify::run(&args, say),
        Command::Witness(args) => witness::run(&args, say, clock),
        Command::Policy(args) => policy::run(&args, say, clock),
        Command::Completions(args) => completions::run(&args, say),
        Command::Man(args) => completions::man(&args, say),
    }
}

/// The bytes of a file or, for `-`, of standard input: at most `most`, and one more where there would be more, so
/// that a reader can say that it is too much without having held all of it.
fn bytes_of(path: &Path, most: usize) -> Result<Vec<u8>, Cannot> {
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(most as u64 + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes))
    };
    read.map(|_| bytes).map_err(|error| Cannot::with(path, error))
}

/// What a preview said, as `--expect` takes it.
fn expected_text(text: &str) -> Result<String, String> {
    let known = text.is_empty() || trade::correction::Expected::parse(text).is_some();
    known.then(|| text.to_owned()).ok_or_else(|| "that is not what a preview says 不是预览给出的内容".into())
}

/// The text of a file or of standard input.
fn text_of(path: &Path) -> Result<String, Cannot> {
    const MOST: usize = 256 << 20;
    let bytes = bytes_of(path, MOST)?;
    if bytes.len() > MOST {
        return Err(Cannot::with(path, "larger than 256 MiB"));
    }
    String::from_utf8(bytes)
        .map_err(|_| Cannot::with(path, "is not UTF-8; save it as UTF-8\n不是 UTF-8，请另存为 UTF-8"))
}

/// The files that are meant: a folder stands for the `.xml` files in it and below, in order of their names.
fn files_of(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Cannot> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() { below(path, &mut files)? } else { files.push(path.clone()) }
    }
    Ok(files)
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Cannot> {
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut paths: Vec<_> =
        entries.map_err(|error| Cannot::with(folder, error))?.into_iter().map(|e| (e.path(), e.file_type())).collect();
    paths.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, kind) in paths {
        // Links are not followed: a folder may hold one to itself.
        let kind = kind.map_err(|error| Cannot::with(&path, error))?;
        if kind.is_dir() {
            below(&path, files)?;
        } else if kind.is_file() && path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml")) {
            files.push(path);
        }
    }
    Ok(())
}
