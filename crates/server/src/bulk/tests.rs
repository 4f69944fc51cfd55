use super::rows::Rows;
use super::*;
use trade::documents::MessageKind;

fn order() -> &'static Message {
    Message::of(MessageKind::Order).unwrap()
}

fn now() -> Moment {
    Moment::parse("2026-03-01T14:00").unwrap()
}

/// A table of these rows under the headings.
fn csv(rows: &[&[&str]]) -> Vec<u8> {
    rows.iter().map(|row| line(row.iter().copied())).collect::<String>().into()
}

fn xlsx(cells: &[(u32, u16, &str)], with: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, column, text) in cells {
        sheet.write_string(*row, *column, *text).unwrap();
    }
    with(sheet);
    book.save_to_buffer().unwrap()
}

fn said(faults: &[Marked]) -> Vec<(String, &str)> {
    faults.iter().map(|fault| (fault.cell(), fault.said.en.as_str())).collect()
}

#[test]
fn a_template_reads_back_as_the_columns_of_the_message() {
    for message in Message::all().filter(|message| message.kind.is_application()) {
        for lang in Lang::ALL {
            let names: Vec<String> = columns(message).iter().map(Column::name).collect();
            let from_xlsx = read(&template(&headings(message, lang), lang).unwrap());
            let from_csv = read(template_csv(&headings(message, lang)).as_bytes());
            assert_eq!((&from_xlsx.heading, &from_csv.heading), (&names, &names), "{}", message.kind);
            assert!(from_xlsx.faults.is_empty() && from_csv.faults.is_empty());
            let bulk = Bulk::of(message.kind, from_xlsx, now()).unwrap();
            assert_eq!(said(&bulk.faults), [("A0".to_owned(), "The table has no rows with data.")], "{}", message.kind);
        }
    }
}

#[test]
fn rows_of_one_order_are_one_document_in_any_order_of_columns() {
    let table = csv(&[
        &["line.itemName", "orderNo", "ebcCode", "line.qty"],
        &["milk", "A1", "S", "2"],
        &["wine", "", "", "1"],
        &["tea", "A1", "S", "3"],
        &["rice", "A2", "S", "4"],
    ]);
    let bulk = Bulk::of(MessageKind::Order, read(&table), now()).unwrap();
    assert_eq!(said(&bulk.faults), []);
    let of = |filled: &Filled, name: &str| {
        let at = order().lines.1.iter().position(|item| item.name == name).unwrap();
        filled.sheet.lines.iter().map(|line| line[at].clone()).collect::<Vec<_>>()
    };
    assert_eq!(bulk.documents.len(), 2);
    assert_eq!(of(&bulk.documents[0], "itemName"), ["milk", "wine", "tea"]);
    assert_eq!(of(&bulk.documents[0], "gnum"), ["1", "2", "3"]);
    assert_eq!(of(&bulk.documents[0], "currency"), ["142", "142", "142"], "what goes without saying");
    assert_eq!(of(&bulk.documents[1], "qty"), ["4"]);
    let messages = bulk.messages(&Transfer { cop_code: "S".into(), ..Transfer::default() });
    let (sheets, _) = Sheet::read(&messages[0]).unwrap();
    assert_eq!((messages.len(), sheets.len()), (1, 2));
}

#[test]
fn what_is_wrong_with_a_table_is_told_at_its_cell() {
    let faults = |rows: &[&[&str]]| {
        let bulk = Bulk::of(MessageKind::Order, read(&csv(rows)), now()).unwrap();
        said(&bulk.faults).into_iter().map(|(cell, said)| (cell, said.to_owned())).collect::<Vec<_>>()
    };
    let one = |rows: &[&[&str]], cell: &str, words: &str| {
        let found = faults(rows);
        assert!(found.iter().any(|(at, said)| at == cell && said.contains(words)), "{found:?}");
    };
    one(&[&["orderNo", "colour"], &["A1", "red"]], "B1", "no column colour");
    one(&[&["ebcCode"], &["S"]], "A0", "column orderNo is missing");
    one(&[&["orderNo", "ebcCode"], &["", "S"]], "A2", "no number");
    one(&[&["orderNo", "ebcCode"], &["A1", "S"], &["A1", "T"]], "B3", "Not what the first row");
    one(&[&["orderNo"], &["A1"], &[&"x".repeat(LONGEST + 1)]], "A3", "More than");
    let lines: Vec<[&str; 2]> = (0..=MOST_LINES).map(|_| ["A1", "milk"]).collect();
    let mut table: Vec<&[&str]> = vec![&["orderNo", "line.itemName"]];
    table.extend(lines.iter().map(|line| &line[..]));
    one(&table, &format!("A{}", MOST_LINES + 2), "at most 99 lines");
}

#[test]
fn a_file_that_is_no_table_is_told_as_such() {
    let whole = |bytes: &[u8]| {
        let grid = read(bytes);
        assert!(grid.rows.is_empty() && grid.faults.len() == 1 && grid.faults[0].row == 0, "{grid:?}");
        grid.faults[0].said.en.clone()
    };
    assert!(whole(&vec![b'a'; LARGEST + 1]).contains("4 MB"));
    assert!(whole(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1]).contains("old xls"));
    assert!(whole(b"PK\x03\x04 and no more").contains("no whole xlsx"));
    assert!(whole("编号".as_bytes().get(1..).unwrap()).contains("UTF-8"));
    let rows: String =
        std::iter::once("orderNo\n".to_owned()).chain((0..MOST_ROWS + 5).map(|n| format!("A{n}\n"))).collect();
    assert!(whole(rows.as_bytes()).contains("split it"));
}

#[test]
fn a_bomb_is_not_unpacked_and_a_lonely_cell_takes_no_room() {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..(UNPACKED >> 20) + 1 {
        archive.write_all(&block).unwrap();
    }
    let bomb = archive.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert!(!is_small(&bomb));
    assert!(read(&bomb).faults[0].said.en.contains("48 MB"));

    // Very many parts, each of which holds nothing.
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for part in 0..=MOST_PARTS {
        archive.start_file(format!("xl/{part}"), zip::write::SimpleFileOptions::default()).unwrap();
    }
    assert!(!is_small(&archive.finish().unwrap().into_inner()));
    // A part says that it is small: what it unpacks to counts.
    let size = u32::try_from(UNPACKED + (1 << 20)).unwrap().to_le_bytes();
    let mut lies = bomb;
    let says: Vec<usize> = (0..lies.len() - 4).filter(|at| lies[*at..*at + 4] == size).collect();
    assert!(!says.is_empty(), "the size stands in the headers");
    for at in says {
        lies[at..at + 4].copy_from_slice(&7u32.to_le_bytes());
    }
    assert!(!read(&lies).faults.is_empty() && read(&lies).rows.is_empty());

    let far = xlsx(&[(0, 0, "orderNo"), (1_048_575, 16_383, "x")], |_| {});
    assert!(read(&far).faults[0].said.en.contains("split it"));
}

#[test]
fn formulas_long_numbers_and_days_of_a_spreadsheet() {
    let bytes = xlsx(&[(0, 0, "orderNo"), (0, 1, "appTime"), (0, 2, "goodsValue"), (1, 0, "A1")], |sheet| {
        sheet.write_formula(1, 2, "=1+1").unwrap();
        sheet.write_number(2, 0, 1234567890123456789.0).unwrap();
        sheet.write_number(3, 0, 42).unwrap();
        sheet.write_number(3, 2, 12.5).unwrap();
        let day = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        let at = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 3, 1).unwrap().and_hms(10, 15, 0).unwrap();
        sheet.write_datetime_with_format(3, 1, &at, &day).unwrap();
    });
    let grid = read(&bytes);
    let found: Vec<_> = grid.faults.iter().map(|fault| (fault.cell(), fault.said.en.clone())).collect();
    assert!(found.iter().any(|(cell, said)| cell == "C2" && said.starts_with("A formula")), "{found:?}");
    assert!(found.iter().any(|(cell, said)| cell == "A3" && said.contains("lost digits")), "{found:?}");
    assert_eq!(grid.rows.last().unwrap().1, ["42", "20260301101500", "12.5"]);
}

#[test]
fn the_marked_file_has_the_same_cells_a_note_at_each_fault_and_no_formula() {
    let table = csv(&[&["orderNo", "note", "colour"], &["A1", "=HYPERLINK(\"x\")", "red"]]);
    let bulk = Bulk::of(MessageKind::Order, read(&table), now()).unwrap();
    assert_eq!(bulk.grid.value(&Marked::at(2, 1, "bulk.file", &[])), "=HYPERLINK(\"x\")", "the guard came off");
    let bytes = bulk.grid.marked(&bulk.faults, Lang::En).unwrap();
    let again = read(&bytes);
    assert_eq!((&again.heading, &again.rows), (&bulk.grid.heading, &bulk.grid.rows));
    assert!(again.faults.is_empty(), "text, and no formula: {:?}", again.faults);
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut notes = String::new();
    archive.by_name("xl/comments1.xml").unwrap().read_to_string(&mut notes).unwrap();
    assert!(notes.contains("There is no column colour") && notes.contains("ref=\"C1\""), "{notes}");
}

#[test]
fn cells_have_the_names_that_spreadsheets_give_them() {
    for (column, name) in [(0, "A7"), (25, "Z7"), (26, "AA7"), (701, "ZZ7"), (702, "AAA7")] {
        assert_eq!(Marked::at(7, column, "bulk.file", &[]).cell(), name);
    }
}

#[test]
fn rows_of_a_csv_have_the_numbers_that_a_spreadsheet_gives_them() {
    for end in ["\n", "\r\n"] {
        let text = ["orderNo", "A1", "", "", "A2", "\"A", "3\"", "A4"].join(end);
        let rows: Vec<usize> = read(text.as_bytes()).rows.into_iter().map(|(row, _)| row).collect();
        assert_eq!(rows, [2, 5, 6, 7], "{end:?}");
    }
}

#[test]
fn faults_of_registry_rows_stand_at_their_cells_whatever_the_order_of_columns() {
    let columns = trade::registry::Table::Goods.columns();
    let table = csv(&[
        &["hs10", "colour", "item_no"],
        &["HS code", "", "Seller's item number"],
        &["1901101090", "red", "A1"],
        &["", "", ""],
        &["19011", "", "# no comment"],
    ]);
    let mut rows = Rows::of(columns, &[("ebc", "S"), ("approved", "no")], read(&table));
    let lines: Vec<&str> = rows.csv().lines().collect();
    assert_eq!(lines[0], "\"hs10\",\"item_no\",\"ebc\",\"approved\"");
    assert_eq!(lines[2], "\"19011\",\"# no comment\",\"S\",\"no\"");
    assert_eq!(lines.len(), 3, "neither words nor empty rows: {lines:?}");
    rows.mark(3, "hs10", Both::new("a", "wrong"));
    rows.mark(1, "origin", Both::new("b", "this column is missing"));
    let cells = said(&rows.faults);
    assert!(
        cells.contains(&(
            "B1".into(),
            "There is no column colour; use the names of the template, and delete what is not used."
        )),
        "{cells:?}"
    );
    assert!(
        cells.contains(&("A5".into(), "wrong")) && cells.contains(&("A0".into(), "origin: this column is missing"))
    );
}
