//! Papers as PDF (可移植文档): a program of the zone's choice makes one of the page that would be printed.
//!
//! It gets one page of HTML on its standard input, which needs nothing else but the font file named in it, and writes the
//! PDF on its standard output. No such program is part of the window: `docs/pdf-worker` runs Chromium, and whatever keeps
//! to this does as well. Without one, every page still prints, and the printed one verifies the same.

use crate::program::answer_of;
use crate::site::ASSETS;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A paper takes this long at most.
const PATIENCE: Duration = Duration::from_secs(30);
/// And has so many bytes at most.
const LARGEST: u64 = 16 << 20;

/// What a page on paper may have beside its own text.
const ONLY: &str = "default-src 'none'; style-src 'unsafe-inline'; font-src file:";

/// Program and font.
#[derive(Clone, Debug)]
pub struct Press {
    pub program: PathBuf,
    /// A font with the Chinese characters that papers are set in; without one the program takes what it finds.
    pub font: Option<PathBuf>,
}

/// Why there is no PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacks {
    /// None was named, or what was named is not there.
    Program,
    Font,
    /// It ended badly, too late, or with something else.
    Answer,
}

impl Press {
    /// # Errors
    /// What is missing before anything is asked of it.
    pub fn ready(&self) -> Result<(), Lacks> {
        if !self.program.is_file() {
            return Err(Lacks::Program);
        }
        // A quote would end the font's address in the style sheet.
        let fits =
            |font: &PathBuf| font.is_file() && font.is_absolute() && !font.to_string_lossy().contains(['"', '\\', '<']);
        if self.font.as_ref().is_some_and(|font| !fits(font)) {
            return Err(Lacks::Font);
        }
        Ok(())
    }

    /// The PDF of a page.
    ///
    /// # Errors
    /// [`Lacks`]; of a program that fails the log says how.
    pub fn print(&self, page: &str) -> Result<Vec<u8>, Lacks> {
        self.within(page, PATIENCE)
    }

    fn within(&self, page: &str, patience: Duration) -> Result<Vec<u8>, Lacks> {
        self.ready()?;
        let program = Command::new(&self.program);
        let why = match answer_of(program, self.alone(page).into_bytes(), LARGEST, patience) {
            Ok((Some(0), pdf)) if pdf.starts_with(b"%PDF-") && (pdf.len() as u64) < LARGEST => return Ok(pdf),
            Ok((Some(0), _)) => "it wrote no PDF, or one that is too large".to_owned(),
            Ok((ended, _)) => format!("it ended with {ended:?}"),
            Err(why) => why,
        };
        tracing::warn!(program = %self.program.display(), why, "no PDF was made");
        Err(Lacks::Answer)
    }

    /// The page with its style sheets in it. On paper no address leads anywhere.
    fn alone(&self, page: &str) -> String {
        let mut font = String::new();
        if let Some(file) = &self.font {
            let face = "--f-work:Paper,sans-serif;--f-title:Paper,serif;--f-law:Paper,serif";
            let from = format!("@font-face{{font-family:Paper;src:url(\"file://{}\")}}", file.display());
            font = format!("<style>{from}:root:root[lang]{{{face}}}</style>");
        }
        let head = format!("<head><meta http-equiv=\"Content-Security-Policy\" content=\"{ONLY}\">");
        let mut page = page.replace(" href=\"", " data-to=\"");
        page = page.replacen("<head>", &head, 1).replacen("</head>", &format!("{font}</head>"), 1);
        for sheet in ASSETS.iter().filter(|asset| asset.path.ends_with(".css")) {
            let link = format!("<link rel=\"stylesheet\" data-to=\"{}\">", sheet.path);
            page = page.replace(&link, &format!("<style>{}</style>", sheet.bytes));
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::of_words;

    fn press(words: &str) -> (tempfile::TempDir, Press) {
        let (folder, program) = of_words(words);
        (folder, Press { program, font: None })
    }

    #[test]
    fn a_paper_is_made_in_time_or_it_is_said_what_is_lacking() {
        let long = Duration::from_secs(20);
        let (folder, good) = press("printf '%%PDF-1.7 '; cat");
        assert!(good.within("<p>税单</p>", long).unwrap().ends_with("<p>税单</p>".as_bytes()));
        let large = "x".repeat(3 << 20);
        assert!(good.within(&large, long).unwrap().len() > large.len());
        for (script, patience) in [
            ("cat", long),
            ("exit 0", long),
            ("printf '%%PDF-1.7'; exit 3", long),
            ("exec sleep 60", Duration::from_millis(100)),
            ("printf '%%PDF-'; exec cat /dev/zero", long),
        ] {
            let (_folder, bad) = press(script);
            assert_eq!(bad.within("<p>", patience), Err(Lacks::Answer), "{script}");
        }
        let at = |name: &str| folder.path().join(name);
        assert_eq!(Press { program: at("none"), font: None }.print("<p>"), Err(Lacks::Program));
        let with = |font: PathBuf| Press { font: Some(font), ..good.clone() };
        assert_eq!(with(at("none")).print("<p>"), Err(Lacks::Font));
        std::fs::write(at("a\".otf"), "font").unwrap();
        assert_eq!(with(at("a\".otf")).print("<p>"), Err(Lacks::Font));
        std::fs::write(at("a.otf"), "font").unwrap();
        let page = with(at("a.otf")).within("<head></head>", long).unwrap();
        assert!(String::from_utf8(page).unwrap().contains(&format!("url(\"file://{}\")", at("a.otf").display())));
    }

    #[test]
    fn a_page_for_paper_needs_nothing_else() {
        let (_folder, press) = press("cat");
        let sheets: Vec<_> = ASSETS.iter().filter(|asset| asset.path.ends_with(".css")).collect();
        let links: String = sheets.iter().map(|s| format!("<link rel=\"stylesheet\" href=\"{}\">", s.path)).collect();
        let page = press.alone(&format!("<head>{links}</head><a href=\"/zh/looks\">a</a>"));
        assert!(!page.contains(" href=") && !page.contains("<link"), "{page}");
        assert_eq!(page.matches("<style>").count(), sheets.len());
        assert!(page.starts_with("<head><meta http-equiv=\"Content-Security-Policy\""), "before anything else");
    }
}
