//! How commands speak: one JSON object a line for programs, words for people, an exit code for scripts.

use serde::Serialize;
use std::io::{BufWriter, Stdout, Write};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0
    Well,
    /// 1: the thing asked about is refused or invalid.
    Refused,
}

impl Exit {
    /// `Well` where all is well.
    pub fn when(well: bool) -> Exit {
        if well { Exit::Well } else { Exit::Refused }
    }
}

/// Exit code 2: it was used wrongly, or it cannot run.
#[derive(Debug, thiserror::Error)]
pub enum Cannot {
    #[error("{0}")]
    Because(String),
    /// Nobody reads standard output any more.
    #[error("standard output is closed")]
    Unheard,
}

impl Cannot {
    pub fn because(why: impl std::fmt::Display) -> Cannot {
        Cannot::Because(why.to_string())
    }

    /// About a file.
    pub fn with(path: &std::path::Path, why: impl std::fmt::Display) -> Cannot {
        Cannot::Because(format!("{}: {why}", path.display()))
    }
}

pub type Done = Result<Exit, Cannot>;

/// Standard output.
pub struct Say {
    pub json: bool,
    out: BufWriter<Stdout>,
}

impl Say {
    pub fn new(json: bool) -> Say {
        Say { json, out: BufWriter::new(std::io::stdout()) }
    }

    /// Says one thing: as a line of JSON, or in words.
    pub fn tell(&mut self, thing: &impl Serialize, words: impl FnOnce() -> String) -> Result<(), Cannot> {
        let line = if self.json { serde_json::to_string(thing).map_err(Cannot::because)? } else { words() };
        self.words(&line)
    }

    /// A line that is the same for programs and people.
    pub fn words(&mut self, line: &str) -> Result<(), Cannot> {
        heard(self.out.write_all(line.as_bytes()))?;
        heard(self.out.write_all(b"\n"))
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Cannot> {
        heard(self.out.write_all(bytes))
    }

    /// Lets go what was said, for readers who wait for it.
    pub fn flush(&mut self) -> Result<(), Cannot> {
        heard(self.out.flush())
    }
}

fn heard(written: std::io::Result<()>) -> Result<(), Cannot> {
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Cannot::Unheard,
        _ => Cannot::Because(format!("standard output: {error}")),
    })
}
