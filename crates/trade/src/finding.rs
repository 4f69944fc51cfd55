//! Findings: what a check found, in words that a person can act on.
//!
//! Every finding is a stable code with arguments, the clause and the field. The texts stand once, in
//! [`codes`], in Chinese and English, each with what to do; arguments are never personal.

use crate::packed;

mod codes;
mod phrases;
pub use codes::Code;
pub use phrases::in_chinese;

packed! {
    /// One thing found in a document or message.
    pub struct Finding {
        1 => pub code: Code,
        /// Values for the `{name}` places of the texts, in the order in which they were given.
        2 => pub args: Vec<Arg>,
        /// Short name of the ground: a policy row's clause, `T49 1`, `A194 3`; empty for matters of form.
        3 => pub clause: String,
        /// The element as the sender wrote it, or its path: `declTime`, `/CEB621Message/Inventory[1]/InventoryHead/ieDate`.
        4 => pub field: String,
        /// Line of goods (`gnum`), 0 where it is about the whole document.
        5 => pub gnum: u32,
        /// Line in the message as it was sent, 0 where unknown.
        6 => pub source_line: u32,
        /// True for a fault that was forgiven, or a remark that stops nothing.
        7 => pub forgiven: bool,
    }
}

packed! {
    pub struct Arg {
        1 => pub name: String,
        2 => pub value: String,
    }
}

/// The language of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Zh,
    En,
}

/// The edition of the texts; an entry names the edition that its receipts were worded with.
pub const TEXTS: u16 = 1;

impl Finding {
    pub fn new(code: Code, clause: &str, field: &str) -> Finding {
        Finding { code, clause: clause.to_owned(), field: field.to_owned(), ..Finding::default() }
    }

    pub fn arg(mut self, name: &str, value: impl std::fmt::Display) -> Finding {
        self.args.push(Arg { name: name.to_owned(), value: value.to_string() });
        self
    }

    /// The line of goods it is about.
    pub fn line(mut self, gnum: u32) -> Finding {
        self.gnum = gnum;
        self
    }

    pub fn forgiven(mut self) -> Finding {
        self.forgiven = true;
        self
    }

    /// What happened, in words.
    pub fn text(&self, language: Language) -> String {
        let text = self.code.text();
        self.fill(if language == Language::Zh { text.zh } else { text.en }, language)
    }

    /// What to do about it.
    pub fn remedy(&self, language: Language) -> String {
        let text = self.code.text();
        self.fill(if language == Language::Zh { text.do_zh } else { text.do_en }, language)
    }

    /// Of words that the law or this program wrote in both languages, the one that is asked for.
    fn side(arg: &Arg, language: Language) -> &str {
        let written = matches!(arg.name.as_str(), "what" | "ban" | "state");
        if written { phrases::in_one_language(&arg.value, language) } else { &arg.value }
    }

    fn fill(&self, template: &str, language: Language) -> String {
        let mut out = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                out.push('{');
                rest = after;
                continue;
            };
            match self.args.iter().find(|a| a.name == name) {
                Some(arg) => {
                    let words = (language == Language::Zh).then(|| in_chinese(&arg.value)).flatten();
                    out.push_str(words.unwrap_or_else(|| Self::side(arg, language)));
                }
                None if name == "field" => out.push_str(self.field.rsplit('/').next().unwrap_or("")),
                None if name == "gnum" => out.push_str(&self.gnum.to_string()),
                None => out.push('?'),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// The words of one code.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    pub zh: &'static str,
    pub en: &'static str,
    pub do_zh: &'static str,
    pub do_en: &'static str,
    /// The number that customs gives this reason in a receipt (`returnStatus`): 100, -621005 …
    pub status: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_words_in_both_languages_and_a_next_step() {
        let mut names = std::collections::BTreeSet::new();
        for &code in Code::ALL {
            let text = code.text();
            assert!(names.insert(code.name()), "{code} stands twice");
            assert!(code.name().bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'), "{code}");
            for words in [text.zh, text.en, text.do_zh, text.do_en] {
                assert!(!words.is_empty(), "{code} lacks a text");
            }
            assert!(!text.zh.is_ascii() && !text.do_zh.is_ascii(), "{code}: Chinese is missing");
            assert!(text.en.ends_with('.') && text.do_en.ends_with('.'), "{code}: English ends with a full stop");
            assert!(
                !text.en.chars().chain(text.do_en.chars()).any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                "{code}"
            );
            let places = |t: &str| {
                t.split('{')
                    .skip(1)
                    .filter_map(|p| p.split_once('}').map(|(n, _)| n.to_owned()))
                    .collect::<std::collections::BTreeSet<_>>()
            };
            assert_eq!(places(text.zh), places(text.en), "{code}: both texts use the same places");
            assert!(text.status == 100 || text.status < 0, "{code}: a reason of refusal is 100 or negative");
        }
    }

    #[test]
    fn texts_are_filled_from_arguments() {
        let finding =
            Finding::new(Code::OverSingleLimit, "T49 1", "goodsValue").arg("value", "5000.01").arg("limit", "5000.00");
        assert_eq!(
            finding.text(Language::En),
            "This purchase of CNY 5000.01 is over the limit of CNY 5000.00 for one purchase."
        );
        assert!(finding.text(Language::Zh).contains("5000.01"));
        assert!(
            Finding::new(Code::OverSingleLimit, "", "").text(Language::En).contains('?'),
            "a missing argument shows"
        );
    }
}
