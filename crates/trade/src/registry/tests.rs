use super::*;
use crate::pack::Pack;

#[test]
fn every_template_reads_as_an_empty_table() {
    for &table in Table::ALL {
        assert_eq!(read(table, &template(table)), Ok(vec![]), "{table}");
        for column in table.columns() {
            assert!(!column.zh.is_ascii() && column.en.is_ascii(), "{table} {}", column.name);
        }
    }
}

#[test]
fn words_of_a_column_are_the_names_of_its_kind() {
    let words = |table: Table, name: &str| match table.columns().iter().find(|c| c.name == name).unwrap().form {
        Form::Word(words) | Form::SomeOf(words) => words,
        other => panic!("{other:?}"),
    };
    let names = |all: Vec<&'static str>, table, name| assert_eq!(words(table, name), all, "{name}");
    names(Matter::ALL.iter().map(|m| m.name()).collect(), Table::Mandates, "matters");
    names(Certifiable::ALL.iter().map(|m| m.name()).collect(), Table::Certifications, "what");
    names(Grade::ALL.iter().map(|m| m.name()).collect(), Table::Certifications, "grade");
    // What is signed is entered by the statement itself.
    let told = Method::ALL.iter().filter(|m| **m != Method::Signed);
    names(told.map(|m| m.name()).collect(), Table::Certifications, "method");
    names(RoleKind::ALL.iter().map(|m| m.name()).collect(), Table::Parties, "role");
}

#[test]
fn rows_of_one_party_are_gathered() {
    let text = "\u{feff}# a comment\n\
        code,name_zh,domestic,role,from,until,licence_until,agents,suspended\n\
        1199960EC1,某企业,no,ebc,2016-04-08,,,1199980AG1;11999800G2@2020-01-01..2020-12-31,2021-01-01..2021-01-31\n\
        1199960EC1,某企业,no,guarantor,2019-01-01,2020-12-31,2020-06-30,,\n";
    let rows = read(Table::Parties, text).unwrap();
    let [Row::Party(party)] = rows.as_slice() else { panic!("{rows:?}") };
    let day = |t| Day::parse(t).unwrap();
    assert!(party.role(RoleKind::Guarantor, day("2020-12-31")).is_some_and(|r| !r.licence_runs(day("2020-12-31"))));
    assert!(party.role(RoleKind::Guarantor, day("2021-01-01")).is_none());
    let entrusts = |agent, on| party.entrusts(&Asked::to(agent, Matter::Returns, day(on)).worth(None)).is_ok();
    assert!(entrusts("11999800G2", "2020-12-31") && !entrusts("11999800G2", "2021-01-01"));
    assert!(entrusts("1199980AG1", "2016-04-08"));
    assert!(party.is_suspended(day("2021-01-31")) && !party.is_suspended(day("2021-02-01")));
    assert_eq!(Party::unpack(&party.pack()).as_ref(), Ok(party));
}

#[test]
fn all_faults_are_told_at_once_with_their_places() {
    let text = "bill_no,voyage_no,traf_no,traf_mode,pieces,arrived_on,port\n\
        B1,V,T,5,many,2026-02-30,6402\n\
        B2,V,T,5,1,2026-02-01,\n\
        B3,V,T,5,1,2026-02-01,6402\n\
        B3,V,T,5,1,2026-02-01,6402\n";
    let faults = read(Table::Manifests, text).unwrap_err();
    let places: Vec<_> = faults.iter().map(|f| (f.line, f.column.as_str())).collect();
    assert_eq!(places, [(2, "pieces"), (2, "arrived_on"), (3, "port"), (5, "")]);
    let faults = read(Table::Manifests, "bill_no,colour\n").unwrap_err();
    assert!(faults.iter().any(|f| f.column == "colour") && faults.iter().any(|f| f.column == "pieces"));
}

#[test]
fn a_fault_does_not_repeat_a_personal_value() {
    let faults = read(Table::BlockedIdentities, "id_number,from\n110000197102068021,2026-01-01\n").unwrap_err();
    assert!(!format!("{faults:?}").contains("197102"));
}

#[test]
fn overlapping_days_of_a_zone_are_a_fault() {
    let head = "code,kind,name_zh,from,until\n";
    let good = format!("{head}SYX,zone,三亚,2020-04-27,2025-04-27\nSYX,zone,三亚,2025-04-28,\n");
    let rows = read(Table::Zones, &good).unwrap();
    assert!(matches!(rows.as_slice(), [Row::Zone(z)] if z.rows.len() == 2));
    let bad = format!("{head}SYX,zone,三亚,2020-04-27,\nSYX,zone,三亚,2025-04-28,\n");
    assert_eq!(read(Table::Zones, &bad).unwrap_err()[0].line, 3);
}

#[test]
fn the_columns_of_policy_tables_are_those_of_the_sample() {
    for (file, columns) in [("positive_list.csv", POSITIVE_LIST), ("tariff.csv", TARIFF)] {
        let (_, text) = crate::policy::SAMPLE.iter().find(|(name, _)| *name == file).unwrap();
        let head = text.lines().find(|l| !l.starts_with('#')).unwrap();
        let names: Vec<_> = columns.iter().map(|c| c.name).collect();
        assert_eq!(head, names.join(","), "{file}");
        for column in columns {
            assert!(!column.zh.is_ascii() && column.en.is_ascii(), "{file} {}", column.name);
        }
    }
}
