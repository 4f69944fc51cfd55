//! The walk of a message along the table: every fault with its path and line, forgiven or not.

use super::Mode;
use super::dsig;
use super::schema::{Body, Item, Need, Rule, Space, Type, Wrong, is_blank, trim};
use super::table::{IMPORT, export::EXPORT};
use super::tree::{Id, Tree};
use std::collections::HashSet;
use trade::finding::{Code, Finding};

/// Findings that are kept; the rest are counted.
const MOST_FINDINGS: usize = 500;

pub struct Walk<'t, 'a> {
    tree: &'t Tree<'a>,
    mode: Mode,
    /// The message has no namespace at all, and that is forgiven.
    pub bare: bool,
    /// The message is one of export.
    pub export: bool,
    path: Vec<(&'a str, u32)>,
    pub findings: Vec<Finding>,
    /// Values of type ID, each of which may stand once.
    ids: HashSet<String>,
    /// The element that is counted and not looked into.
    skip: Option<&'static str>,
    /// Findings that were not kept, and whether one of them stands against the message.
    more: (u32, bool),
}

impl<'t, 'a> Walk<'t, 'a> {
    pub fn new(tree: &'t Tree<'a>, mode: Mode) -> Walk<'t, 'a> {
        Walk {
            tree,
            mode,
            bare: false,
            export: false,
            path: Vec::new(),
            findings: Vec::new(),
            ids: HashSet::new(),
            skip: None,
            more: (0, false),
        }
    }

    /// Enters an element that the walk does not find by itself.
    pub fn enter(&mut self, id: Id, number: u32) {
        self.path.push((self.tree.node(id).name, number));
    }

    pub fn leave(&mut self) {
        self.path.pop();
    }

    /// The findings so far; with a remark where there were more than are kept.
    pub fn take(&mut self) -> Vec<Finding> {
        let (count, against) = std::mem::take(&mut self.more);
        let mut findings = std::mem::take(&mut self.findings);
        if count > 0 {
            let more = Finding::new(Code::MoreFindings, "", "").arg("count", count);
            findings.push(Finding { forgiven: !against, ..more });
        }
        findings
    }

    /// Where the walk stands: `/CEB621Message/Inventory[1]/InventoryHead`, and `name` below it.
    fn place(&self, name: &str) -> String {
        let mut path = String::new();
        for (part, number) in &self.path {
            path.push('/');
            path.extend(part.chars().take(64));
            if *number > 0 {
                path.push_str(&format!("[{number}]"));
            }
        }
        if !name.is_empty() {
            path.push('/');
            path.extend(name.chars().take(64));
        }
        path
    }

    fn add(&mut self, mut finding: Finding, id: Id, forgiven: bool) {
        if self.findings.len() >= MOST_FINDINGS {
            self.more = (self.more.0 + 1, self.more.1 | !forgiven);
            return;
        }
        finding.source_line = self.tree.line(id);
        finding.forgiven = forgiven;
        self.findings.push(finding);
    }

    /// A fault of the element where the walk stands, or of `name` below it.
    pub fn fault(&mut self, code: Code, name: &str, id: Id, forgiven: bool) {
        let finding = Finding::new(code, "", &self.place(name));
        self.add(finding, id, forgiven);
    }

    /// The root is not one that can stand here.
    pub fn wrong_root(&mut self) {
        let root: String = self.tree.node(0).name.chars().take(64).collect();
        self.add(Finding::new(Code::WrongRoot, "", &self.place("")).arg("root", root), 0, false);
    }

    /// What was wrong with a value.
    pub fn wrong(&mut self, wrong: &Wrong, name: &str, id: Id, forgiven: bool) {
        let finding = Finding::new(wrong.code, "", &self.place(name));
        let finding = match wrong.code {
            Code::TooLong => finding.arg("length", wrong.length).arg("max", wrong.bound),
            Code::TooShort => finding.arg("length", wrong.length).arg("min", wrong.bound),
            Code::LengthWrong => finding.arg("length", wrong.length).arg("expected", wrong.bound),
            Code::LongerThanSchema => finding.arg("length", wrong.length).arg("max", wrong.bound),
            Code::ValueUnknown | Code::ValueForm | Code::DateUnreadable => finding.arg("expected", wrong.expected),
            _ => finding,
        };
        self.add(finding, id, forgiven);
    }

    fn lenient(&self) -> bool {
        self.mode == Mode::Lenient
    }

    /// The namespace of an element, where a receipt without any counts as one of CEB.
    pub fn space(&self, id: Id) -> Space {
        match self.tree.node(id).space {
            Space::None if self.bare => Space::Ceb,
            space => space,
        }
    }

    /// As [`Walk::element`] for the root, without looking into its documents.
    pub fn element_around(&mut self, id: Id, item: &Item, document: &Item) {
        self.skip = Some(document.name);
        self.element(id, item);
        self.skip = None;
    }

    /// Checks the attributes and the content of an element; the walk already stands in it.
    pub fn element(&mut self, id: Id, item: &Item) {
        if !matches!(item.body, Body::Anything) {
            self.attributes(id, item);
        }
        let node = self.tree.node(id);
        match item.body {
            Body::Value(kind) => {
                if self.tree.has_children(id) {
                    self.fault(Code::ElementInValue, "", id, false);
                } else {
                    self.value(id, item, kind);
                }
            }
            Body::Flat(items) => {
                self.no_text(id);
                self.flat(id, items);
            }
            Body::Grammar { mixed, rule } => {
                if !mixed {
                    self.no_text(id);
                }
                self.grammar(id, rule);
            }
            Body::AnyOne => {
                self.no_text(id);
                if let Some(second) = self.tree.children(id).nth(1) {
                    let name = self.tree.node(second).name;
                    self.fault(Code::UnknownElement, name, second, false);
                }
            }
            Body::Empty => {
                if self.tree.has_children(id) || !node.text.is_empty() {
                    self.fault(Code::StrayText, "", id, false);
                }
            }
            Body::Anything => {}
        }
    }

    fn no_text(&mut self, id: Id) {
        let node = self.tree.node(id);
        if node.stray || !node.text.bytes().all(is_blank) {
            self.fault(Code::StrayText, "", id, false);
        }
    }

    fn attributes(&mut self, id: Id, item: &Item) {
        let tree = self.tree;
        for attribute in tree.attributes(id) {
            let known = item.attributes.iter().find(|a| a.name == attribute.name && attribute.space == Space::None);
            let finding = match known {
                Some(known) => match known.kind.check(&attribute.value) {
                    Ok(()) if known.kind != Type::Id || self.ids.insert(trim(&attribute.value).to_owned()) => continue,
                    Ok(()) => Finding::new(Code::AttributeValue, "", &self.place(""))
                        .arg("attribute", known.name)
                        .arg("expected", "a value of its own"),
                    // The guid of a message has a word of its own.
                    Err(wrong) if known.name == "guid" => {
                        Finding::new(Code::GuidLength, "", &self.place("@guid")).arg("length", wrong.length)
                    }
                    Err(_) => Finding::new(Code::AttributeValue, "", &self.place(""))
                        .arg("attribute", known.name)
                        .arg("expected", expected(known.kind)),
                },
                None if attribute.space == Space::Xsi
                    && matches!(attribute.name, "schemaLocation" | "noNamespaceSchemaLocation") =>
                {
                    continue;
                }
                None => Finding::new(Code::AttributeUnknown, "", &self.place(""))
                    .arg("attribute", attribute.name.chars().take(64).collect::<String>()),
            };
            self.add(finding, id, false);
        }
        for known in item.attributes.iter().filter(|a| a.required) {
            if !tree.attributes(id).iter().any(|a| a.name == known.name && a.space == Space::None) {
                let finding = Finding::new(Code::AttributeMissing, "", &self.place("")).arg("attribute", known.name);
                let forgiven = self.lenient() && known.name == "version";
                self.add(finding, id, forgiven);
            }
        }
    }

    fn value(&mut self, id: Id, item: &Item, kind: Type) {
        let tree = self.tree;
        let text = tree.node(id).text.as_ref();
        let outcome = kind.check(text);
        let trimmed = trim(text);
        let Err(wrong) = outcome else {
            if self.lenient() && trimmed.len() < text.len() && item.space == Space::Ceb && kind.check(trimmed).is_ok() {
                self.fault(Code::BlanksTrimmed, "", id, true);
            }
            return;
        };
        if !self.lenient() || item.space != Space::Ceb {
            return self.wrong(&wrong, "", id, false);
        }
        let wrong_when_trimmed = kind.check(trimmed).err();
        match (kind, item.need) {
            _ if trimmed.is_empty() && item.need == Need::May => self.fault(Code::EmptyTakenAsAbsent, "", id, true),
            _ if trimmed.is_empty() && item.need == Need::Safe => self.fault(Code::SafeFieldMissing, "", id, true),
            _ if wrong_when_trimmed.is_none() => self.fault(Code::BlanksTrimmed, "", id, true),
            (Type::Day, _) if trimmed.len() == 14 && trimmed.bytes().all(|b| b.is_ascii_digit()) => {
                self.fault(Code::DatePartTaken, "", id, true);
            }
            (Type::Day, _) => self.wrong(&unreadable("YYYYMMDD"), "", id, false),
            (Type::Time, _) => self.wrong(&unreadable("YYYYMMDDhhmmss"), "", id, false),
            // Which currency or kind of freight may stand there is a matter of the rules, which can give the reason.
            (Type::Fixed(only), _) if trimmed.len() == only.len() => self.wrong(&wrong, "", id, true),
            (Type::Prose(_, max, by_prose), _) if wrong.length <= by_prose as usize => {
                let wrong = Wrong { code: Code::LongerThanSchema, bound: max, ..wrong };
                self.wrong(&wrong, "", id, true);
            }
            _ => self.wrong(&wrong_when_trimmed.unwrap_or(wrong), "", id, false),
        }
    }

    /// The row that an element answers to, and whether it is spelled otherwise.
    pub fn find(&self, id: Id, items: &[Item]) -> Option<(usize, bool)> {
        let node = self.tree.node(id);
        let space = self.space(id);
        let plain = items.iter().position(|i| i.space == space && i.name == node.name);
        plain.map(|at| (at, false)).or_else(|| {
            let other = items.iter().position(|i| i.space == space && i.also.contains(&node.name));
            other.filter(|_| self.lenient()).map(|at| (at, true))
        })
    }

    fn flat(&mut self, id: Id, items: &[Item]) {
        let mut counts = [0u32; 64];
        let mut last = 0;
        for child in self.tree.children(id).collect::<Vec<_>>() {
            let name = self.tree.node(child).name;
            let Some((at, other)) = self.find(child, items) else {
                let code = match items.iter().any(|i| i.name == name) {
                    true => Code::NamespaceWrong,
                    false => Code::UnknownElement,
                };
                self.fault(code, name, child, false);
                continue;
            };
            let item = &items[at];
            counts[at] += 1;
            if item.need == Need::Extra {
                let forgiven = self.lenient();
                self.fault(if forgiven { Code::ExtraElement } else { Code::UnknownElement }, name, child, forgiven);
                continue;
            }
            if other {
                let finding = Finding::new(Code::OtherSpelling, "", &self.place(name)).arg("instead", item.name);
                self.add(finding, child, true);
            }
            if counts[at] > item.max {
                match item.max {
                    1 => self.fault(Code::ElementTwice, name, child, false),
                    max if counts[at] == max + 1 => {
                        let finding = Finding::new(Code::TooManyElements, "", &self.place(name)).arg("max", max);
                        self.add(finding, child, false);
                    }
                    _ => {}
                }
                continue;
            }
            if at < last {
                let forgiven = self.lenient();
                self.fault(Code::ElementMisplaced, name, child, forgiven);
            }
            last = last.max(at);
            if self.skip == Some(item.name) {
                continue;
            }
            self.path.push((name, if item.max > 1 { counts[at] } else { 0 }));
            if item.space == Space::Dsig && self.lenient() {
                let mark = self.findings.len();
                self.element(child, item);
                // What a signature is worth is judged where it is verified.
                self.findings[mark..].iter_mut().for_each(|f| f.forgiven = true);
            } else {
                self.element(child, item);
            }
            self.path.pop();
        }
        for (item, count) in items.iter().zip(counts) {
            if count < item.min {
                let (code, forgiven) = match (item.need, item.space) {
                    (_, Space::Dsig) if item.name == "Signature" => (Code::SignatureMissing, true),
                    (Need::Safe, _) => (Code::SafeFieldMissing, true),
                    _ => (Code::ElementMissing, false),
                };
                let forgiven = forgiven && self.lenient();
                let code = if self.lenient() || item.space == Space::Dsig { code } else { Code::ElementMissing };
                self.fault(code, item.name, id, forgiven);
            }
        }
    }

    fn grammar(&mut self, id: Id, rule: &Rule) {
        let children: Vec<Id> = self.tree.children(id).collect();
        match self.eat(rule, &children, 0) {
            Ok(end) if end == children.len() => {}
            Ok(end) | Err(end) => {
                let (code, name, at) = match children.get(end) {
                    Some(&child) => (Code::UnknownElement, self.tree.node(child).name, child),
                    None => (Code::ElementMissing, "", id),
                };
                self.fault(code, name, at, false);
            }
        }
    }

    /// Eats children from `at` by a rule; `Err` names the place where it could not go on.
    fn eat(&mut self, rule: &Rule, children: &[Id], at: usize) -> Result<usize, usize> {
        match rule {
            Rule::One(_) | Rule::Other => {
                let Some(&child) = children.get(at).filter(|_| self.begins(rule, children, at)) else {
                    return Err(at);
                };
                self.path.push((self.tree.node(child).name, 0));
                match rule {
                    Rule::One(item) => self.element(child, item),
                    _ => self.anything(child),
                }
                self.path.pop();
                Ok(at + 1)
            }
            Rule::Seq(rules) => {
                let mut at = at;
                for rule in *rules {
                    at = self.eat(rule, children, at)?;
                }
                Ok(at)
            }
            Rule::Choice(rules) => match rules.iter().find(|r| self.begins(r, children, at)) {
                Some(rule) => self.eat(rule, children, at),
                None => Err(at),
            },
            Rule::Repeat(rule, min, max) => {
                let (mut at, mut n) = (at, 0);
                while n < *max && self.begins(rule, children, at) {
                    at = self.eat(rule, children, at)?;
                    n += 1;
                }
                if n < *min { Err(at) } else { Ok(at) }
            }
        }
    }

    /// Whether the child at `at` can be the first of a rule.
    fn begins(&self, rule: &Rule, children: &[Id], at: usize) -> bool {
        let Some(&child) = children.get(at) else { return false };
        match rule {
            Rule::One(item) => self.tree.node(child).name == item.name && self.tree.node(child).space == item.space,
            Rule::Other => !matches!(self.tree.node(child).space, Space::Dsig | Space::None),
            Rule::Choice(rules) => rules.iter().any(|r| self.begins(r, children, at)),
            Rule::Repeat(rule, ..) => self.begins(rule, children, at),
            Rule::Seq(rules) => {
                for rule in *rules {
                    if self.begins(rule, children, at) {
                        return true;
                    }
                    if !matches!(rule, Rule::Repeat(_, 0, _)) {
                        return false;
                    }
                }
                false
            }
        }
    }

    /// An element where the schema allows any: one that it knows is checked, the others are looked through.
    fn anything(&mut self, id: Id) {
        let (name, space) = (self.tree.node(id).name, self.tree.node(id).space);
        if let Some(item) = global(name, space, self.export) {
            return self.element(id, item);
        }
        for child in self.tree.children(id).collect::<Vec<_>>() {
            self.path.push((self.tree.node(child).name, 0));
            self.anything(child);
            self.path.pop();
        }
    }
}

fn unreadable(expected: &'static str) -> Wrong {
    Wrong { code: Code::DateUnreadable, length: 0, bound: 0, expected }
}

fn expected(kind: Type) -> String {
    match kind {
        Type::Text(min, max) if min == max => format!("{min}"),
        Type::Text(min, max) => format!("{min}..{max}"),
        Type::Fixed(only) | Type::Only(only) => only.to_owned(),
        Type::Uri => "anyURI".to_owned(),
        Type::Id => "ID".to_owned(),
        _ => format!("{kind:?}"),
    }
}

/// The elements that the schemas declare at their top.
fn global(name: &str, space: Space, export: bool) -> Option<&'static Item> {
    match space {
        Space::Dsig => dsig::GLOBALS.iter().copied().find(|i| i.name == name),
        Space::Ceb if export => EXPORT.iter().find_map(|m| {
            // There, all but the rows are declared at the top.
            let Body::Flat(parts) = m.root.body else { return None };
            let inner = |part: &'static Item| match part.body {
                Body::Flat(inner) => inner.iter().find(|i| i.name == name && matches!(i.body, Body::Flat(_))),
                _ => None,
            };
            let parts = parts.iter().filter(|p| p.space == Space::Ceb);
            let all = std::iter::once(&m.root).chain(parts.clone());
            all.into_iter().find(|i| i.name == name).or_else(|| parts.clone().find_map(inner))
        }),
        Space::Ceb => IMPORT.iter().find_map(|m| {
            if m.root.name == name {
                return Some(&m.root);
            }
            let Body::Flat(parts) = m.root.body else { return None };
            parts.iter().find_map(|part| match part.body {
                // The nodes that hold head and lines are local, those that hold rows are not.
                Body::Flat(inner) if matches!(inner.first().map(|i| i.body), Some(Body::Flat(_))) => {
                    inner.iter().find(|i| i.name == name)
                }
                _ => (part.name == name && part.space == Space::Ceb).then_some(part),
            })
        }),
        _ => None,
    }
}
