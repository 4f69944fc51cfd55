//! `onewindow completions` and `onewindow man`: what a shell and a reader need, made from the command line itself.

use crate::Line;
use crate::say::{Cannot, Done, Exit, Say};
use clap::CommandFactory;

/// Prints completions for a shell.
#[derive(clap::Args)]
pub struct Args {
    shell: clap_complete::Shell,
}

/// Prints the man page, or that of one command.
#[derive(clap::Args)]
pub struct ManArgs {
    /// A command, as `policy adopt`; without it the page of the program
    command: Vec<String>,
}

pub fn run(args: &Args, say: &mut Say) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Line::command(), "onewindow", &mut script);
    say.bytes(&script)?;
    Ok(Exit::Well)
}

pub fn man(args: &ManArgs, say: &mut Say) -> Done {
    let mut program = Line::command();
    program.build();
    let mut command = program;
    for name in &args.command {
        let inner = command.find_subcommand(name).cloned();
        command = inner.ok_or_else(|| Cannot::because(format!("there is no command {name}\n没有 {name} 这个命令")))?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(Cannot::because)?;
    say.bytes(&page)?;
    Ok(Exit::Well)
}
