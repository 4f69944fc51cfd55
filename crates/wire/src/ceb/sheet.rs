//! One document as a form: its values by the rows of the table, made from a message and made into one.

use super::read::Transfer;
use super::schema::{Goes, Item, Need, Space, Type};
use super::table::{BASE_TRANSFER, Message, base_transfer};
use super::tree::{Id, Tree};
use super::write::Writer;
use trade::documents::MessageKind;
use trade::finding::{Code, Finding};
use trade::masking::Personal;
use trade::time::Moment;

/// The schema takes so many lines in one document.
pub const MOST_LINES: usize = 99;

/// The values of one document as a person fills them in; an empty one is left out of the message.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub message: &'static Message,
    /// By the rows of [`Message::head`].
    pub head: Vec<String>,
    /// By the rows of [`Message::lines`]; none where the message has no lines.
    pub lines: Vec<Vec<String>>,
}

/// Where on the form something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A row of the head.
    Head(usize),
    /// A line, from 0, and its row.
    Line(usize, usize),
}

impl Sheet {
    /// A form with what goes without saying: a new declaration of this moment, in renminbi, one line of goods.
    /// `None` for a kind that traders do not send.
    pub fn begun(kind: MessageKind, now: Moment) -> Option<Sheet> {
        let message = Message::of(kind).filter(|_| kind.is_application())?;
        let plain = |item: &Item| match (item.name, item.kind()) {
            ("appType" | "buyerIdType" | "payerIdType" | "packNo", _) => "1".to_owned(),
            ("appStatus", _) => "2".to_owned(),
            ("orderType" | "ieFlag", _) => "I".to_owned(),
            ("appTime", _) => now.compact(),
            ("declTime", _) => now.day().compact(),
            (_, Some(Type::Fixed(only))) => only.to_owned(),
            _ => String::new(),
        };
        let head = message.head.1.iter().map(plain).collect();
        let mut sheet = Sheet { message, head, lines: Vec::new() };
        sheet.add_line();
        Some(sheet)
    }

    /// Adds an empty line, numbered on, as far as there may be one.
    pub fn add_line(&mut self) {
        let rows = self.message.lines.1;
        if rows.is_empty() || self.lines.len() >= MOST_LINES {
            return;
        }
        let number = (self.lines.len() + 1).to_string();
        let value = |item: &Item| match item.kind() {
            _ if item.name == "gnum" => number.clone(),
            Some(Type::Fixed(only)) => only.to_owned(),
            _ => String::new(),
        };
        self.lines.push(rows.iter().map(value).collect());
    }

    /// The documents of a message, and who transmits it; also of one that is full of faults, as long as it is XML.
    /// Elements that the table does not know are left behind.
    ///
    /// # Errors
    /// What makes it unreadable, or that it is none of an application.
    pub fn read(bytes: &[u8]) -> Result<(Vec<Sheet>, Transfer), Finding> {
        let tree = Tree::parse(bytes)?;
        let root = tree.node(0).name;
        let message = Message::rooted(root).filter(|m| m.kind.is_application());
        let message = message.ok_or_else(|| Finding::new(Code::WrongRoot, "", "").arg("root", root))?;
        let mut transfer = Transfer::default();
        let mut sheets = Vec::new();
        for id in tree.children(0) {
            let name = tree.node(id).name;
            if is(&message.document, name) {
                sheets.push(Sheet::of(message, &tree, id));
            } else if name == BASE_TRANSFER.name {
                let mut values = values(base_transfer::FIELDS, &tree, id);
                transfer.cop_code = std::mem::take(&mut values[base_transfer::copCode]);
                transfer.cop_name = std::mem::take(&mut values[base_transfer::copName]);
                transfer.dxp_id = std::mem::take(&mut values[base_transfer::dxpId]);
            }
        }
        Ok((sheets, transfer))
    }

    /// One document of a message, counted from 0; `None` where there is none, or the message cannot be read.
    pub fn nth(bytes: &[u8], index: usize) -> Option<Sheet> {
        let tree = Tree::parse(bytes).ok()?;
        let message = Message::rooted(tree.node(0).name).filter(|m| m.kind.is_application())?;
        let id = tree.children(0).filter(|id| is(&message.document, tree.node(*id).name)).nth(index)?;
        Some(Sheet::of(message, &tree, id))
    }

    /// What its head says of persons: the element, what it is, and its value; those without one left out.
    pub fn personal(&self) -> impl Iterator<Item = (&'static Item, Personal, &str)> {
        let rows = self.message.head.1.iter().zip(&self.head).filter(|(_, value)| !value.is_empty());
        rows.filter_map(|(item, value)| {
            let what = match item.goes {
                Goes::Identity => Personal::Identity,
                Goes::Name => Personal::Name,
                Goes::Telephone => Personal::Telephone,
                Goes::Address => Personal::Address,
                Goes::Account => Personal::Account,
                Goes::Kept | Goes::Vault => return None,
            };
            Some((item, what, value.as_str()))
        })
    }

    /// What the head says, then each line: elements and their values, those without one left out.
    pub fn told(&self) -> impl Iterator<Item = Vec<(&'static str, &str)>> {
        let (head, lines) = (self.message.head.1, self.message.lines.1);
        std::iter::once((head, &self.head)).chain(self.lines.iter().map(move |line| (lines, line))).map(
            |(rows, values)| {
                let named = rows.iter().zip(values).filter(|(_, value)| !value.is_empty());
                named.map(|(row, value)| (row.name, value.as_str())).collect()
            },
        )
    }

    fn of(message: &'static Message, tree: &Tree<'_>, document: Id) -> Sheet {
        let mut sheet = Sheet { message, head: vec![String::new(); message.head.1.len()], lines: Vec::new() };
        if message.head.0.is_empty() {
            sheet.head = values(message.head.1, tree, document);
            return sheet;
        }
        for id in tree.children(document) {
            let name = tree.node(id).name;
            if name == message.head.0 {
                sheet.head = values(message.head.1, tree, id);
            } else if name == message.lines.0 && sheet.lines.len() < MOST_LINES {
                sheet.lines.push(values(message.lines.1, tree, id));
            }
        }
        sheet
    }

    /// The message with this one document, unsigned.
    pub fn write(&self, guid: &str, transfer: &Transfer) -> Vec<u8> {
        Sheet::write_all(&[(guid.to_owned(), self)], guid, transfer)
    }

    /// The message with these documents of one kind, each with its number, unsigned.
    ///
    /// # Panics
    /// Where there is none.
    pub fn write_all(sheets: &[(String, &Sheet)], guid: &str, transfer: &Transfer) -> Vec<u8> {
        let kind = sheets.first().expect("a message has a document").1.message.kind;
        let mut writer = Writer::new(kind, guid).expect("a sheet is of an application");
        for (number, sheet) in sheets {
            let mut head: Vec<&str> = sheet.head.iter().map(|v| v.trim()).collect();
            for (item, value) in sheet.message.head.1.iter().zip(&mut head) {
                match item {
                    Item { name: "guid", .. } => *value = number,
                    Item { need: Need::Extra, .. } => *value = "",
                    _ => {}
                }
            }
            let lines = sheet.lines.iter().map(|line| line.iter().map(|v| v.trim()).collect());
            let lines: Vec<Vec<&str>> = lines.collect();
            let lines: Vec<&[&str]> = lines.iter().map(Vec::as_slice).collect();
            writer.document(&head, &lines);
        }
        writer.finish(transfer)
    }

    /// Where on this form a fault stands, by its path in the message that [`Sheet::write`] made; `None` where it is
    /// about no field of the form.
    pub fn place(&self, path: &str) -> Option<Place> {
        let mut steps = path.rsplit('/').map(|step| step.split_once('[').unwrap_or((step, "1]")));
        let (field, _) = steps.next()?;
        let (of, number) = steps.next()?;
        let row = |rows: &[Item]| rows.iter().position(|item| is(item, field));
        if !self.message.lines.0.is_empty() && of == self.message.lines.0 {
            let line = number.trim_end_matches(']').parse::<usize>().ok()?.checked_sub(1)?;
            return Some(Place::Line(line, row(self.message.lines.1)?)).filter(|_| line < self.lines.len());
        }
        let head = if self.message.head.0.is_empty() { self.message.document.name } else { self.message.head.0 };
        row(self.message.head.1).filter(|_| of == head).map(Place::Head)
    }

    /// Puts a value where it belongs; a place that is not there takes nothing.
    pub fn set(&mut self, place: Place, value: String) {
        let slot = match place {
            Place::Head(row) => self.head.get_mut(row),
            Place::Line(line, row) => self.lines.get_mut(line).and_then(|line| line.get_mut(row)),
        };
        if let Some(slot) = slot {
            *slot = value;
        }
    }
}

fn is(item: &Item, name: &str) -> bool {
    item.name == name || item.also.contains(&name)
}

fn values(rows: &[Item], tree: &Tree<'_>, parent: Id) -> Vec<String> {
    let mut values = vec![String::new(); rows.len()];
    for id in tree.children(parent) {
        let node = tree.node(id);
        let row = rows.iter().position(|item| is(item, node.name));
        if let (Some(row), false) = (row, node.space == Space::Dsig) {
            node.text.trim().clone_into(&mut values[row]);
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::super::tests::{no_samples, sample};
    use super::super::{Mode, check};
    use super::*;

    const GUID: &str = "02DF822A-251A-530E-BBA8-6AA076E7B000";

    #[test]
    fn a_message_goes_through_the_form_unchanged() {
        if no_samples() {
            return;
        }
        for name in ["CEB311_order.xml", "CEB411_payment.xml", "CEB511_waybill.xml", "CEB621_inventory_unsigned.xml"] {
            let (sheets, transfer) = Sheet::read(&sample(name)).unwrap();
            let [sheet] = &sheets[..] else { panic!("{name}: {} documents", sheets.len()) };
            assert!(!transfer.cop_code.is_empty(), "{name}");
            let written = sheet.write(GUID, &transfer);
            let again = check(&written, Mode::Lenient);
            assert!(again.valid, "{name}: {:?}", again.problems);
            let (back, same) = Sheet::read(&written).unwrap();
            assert_eq!((&back[0].lines, &same), (&sheet.lines, &transfer), "{name}");
            // But for the number of the document, which is new.
            assert_eq!(back[0].head[0], GUID);
            assert_eq!(back[0].head[1..], sheet.head[1..], "{name}");
            let alone = Sheet::nth(&written, 0).unwrap();
            assert_eq!((&alone.head, &alone.lines), (&back[0].head, &back[0].lines), "{name}");
            assert!(Sheet::nth(&written, 1).is_none() && Sheet::nth(&written[1..], 0).is_none(), "{name}");
        }
    }

    #[test]
    fn every_fault_of_an_empty_form_has_its_field() {
        for message in Message::all().filter(|m| m.kind.is_application()) {
            let sheet = Sheet::begun(message.kind, Moment(1_772_330_400_000)).unwrap();
            let transfer = Transfer { cop_code: "4602960S01".into(), ..Transfer::default() };
            let checked = check(&sheet.write(GUID, &transfer), Mode::Lenient);
            let refused: Vec<_> = checked.problems.iter().filter(|p| !p.forgiven).collect();
            assert!(!refused.is_empty(), "{}: something has to be filled in", message.root.name);
            for problem in refused {
                assert!(sheet.place(&problem.field).is_some(), "{}", problem.field);
            }
        }
    }

    #[test]
    fn a_fault_of_a_line_stands_at_that_line() {
        let mut sheet = Sheet::begun(MessageKind::Order, Moment(0)).unwrap();
        sheet.add_line();
        let qty = super::super::table::order_list::qty;
        assert_eq!(sheet.place("/CEB311Message/Order[1]/OrderList[2]/qty"), Some(Place::Line(1, qty)));
        assert_eq!(sheet.place("/CEB311Message/Order[1]/OrderList[3]/qty"), None);
        assert_eq!(sheet.place("/CEB311Message/Order[1]/OrderHead/nothing"), None);
        sheet.set(Place::Line(1, qty), "2".into());
        sheet.set(Place::Line(9, qty), "2".into());
        let text = String::from_utf8(sheet.write(GUID, &Transfer::default())).unwrap();
        assert_eq!(text.matches("<ceb:qty>2</ceb:qty>").count(), 1);
        assert!(Sheet::read(b"<a/>").is_err() && Sheet::read(b"").is_err());
        (0..200).for_each(|_| sheet.add_line());
        assert_eq!(sheet.lines.len(), MOST_LINES);
    }
}
