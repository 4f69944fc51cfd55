//! Acts of officials and rows of the registry: looked at before they are done, and held to what was seen.

use trade::command::{Act as ActCommand, ActKind, Command, Register};
use trade::documents::MessageKind;
use trade::key::CaseKey;

use crate::corrections::{File, Previewed};
use crate::desk::*;
use crate::house::House;
use crate::live::{actor, expected, faulty_rows, not_utf8, registry_table, shown, taken};

/// The command of an act, and the words with it.
fn command(house: &House, caller: &Caller, act: &ActOn) -> Answer<(ActCommand, String)> {
    if let Some((at, _)) = crate::rulings::named(house, &act.key) {
        let kind = match act.act {
            Act::Allow => ActKind::AllowAppeal,
            Act::Reject => ActKind::RejectAppeal,
            _ => return Err(Refused::NotFound),
        };
        let number = if kind == ActKind::AllowAppeal { act.result.as_str() } else { "" };
        let command = crate::rulings::act(caller, kind, at, number);
        return Ok((ActCommand { expected: expected(&act.expect), ..command }, act.reason.clone()));
    }
    let case = house.cases(&act.key).into_iter().next().ok_or(Refused::NotFound)?;
    let kind = match act.act {
        Act::Review => ActKind::Review,
        Act::Inspect if act.result.is_empty() => ActKind::Inspect,
        Act::Inspect => ActKind::InspectPassed,
        Act::Detain => ActKind::Detain,
        Act::Release => ActKind::Release,
        Act::Refuse | Act::OrderBack => ActKind::SendBack,
        Act::Uphold | Act::Deny => ActKind::SettleDisowned,
        Act::Allow => ActKind::AllowAppeal,
        Act::Reject => ActKind::RejectAppeal,
        Act::Arrive => ActKind::Arrive,
        Act::Out => ActKind::Out,
    };
    // Of an appeal the result is what does not hold, of an arrival the return whose goods came.
    let (number, result) = match act.act {
        Act::Allow | Act::Arrive => (act.result.as_str(), ""),
        _ => ("", act.result.as_str()),
    };
    let case = match act.act {
        Act::Arrive => {
            let returns = house.story_of(&case)?.returns;
            let named = returns.into_iter().find(|r| r.cop_no == number).ok_or(Refused::NotFound)?;
            CaseKey { ebc: named.agent, order_no: "".into() }
        }
        _ => case,
    };
    let value = match act.act {
        Act::Uphold => 1,
        Act::Deny => 0,
        _ => 599,
    };
    let note = [result, &act.reason].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("\n");
    let (number, expected) = (number.into(), expected(&act.expect));
    Ok((ActCommand { by: actor(caller), kind, case, value, number, expected, ..ActCommand::default() }, note))
}

pub(crate) fn act(house: &House, caller: &Caller, act: &ActOn) -> Answer<Vec<Receipt>> {
    let (command, note) = command(house, caller, act)?;
    let answer = house.window().act(command, &note)?;
    taken(&answer)?;
    Ok(answer.given().iter().map(shown).collect())
}

pub(crate) fn preview_act(house: &House, caller: &Caller, act: &ActOn) -> Answer<Previewed> {
    let (command, note) = command(house, caller, act)?;
    // Only whether there are words counts, and nothing of them is kept.
    let command = ActCommand { note: [u8::from(!note.is_empty()); 32], expected: None, ..command };
    let foreseen = house.window().preview_command(&Command::Act(command), &house.policy());
    let mut told = Previewed::of_command(&foreseen);
    for (line, outcome) in told.lists.iter_mut().zip(&foreseen.outcomes) {
        let of_list = [MessageKind::List.receipt(), MessageKind::ExportList.receipt()];
        let about = outcome.receipts.iter().rfind(|receipt| of_list.contains(&receipt.shown.kind));
        line.status = about.map_or(0, |receipt| receipt.shown.status);
    }
    Ok(told)
}

/// The rows of a file as one command.
///
/// # Errors
/// All faults of the file at once; `TOO_MANY_ROWS` where it is more than one command.
fn rows(house: &House, caller: &Caller, table: Table, csv: &[u8]) -> Answer<Register> {
    let text = std::str::from_utf8(csv).map_err(|_| not_utf8())?;
    let table = registry_table(table).ok_or(Refused::NotFound)?;
    let parts = house.window().rows(&actor(caller), table, text).map_err(faulty_rows)?;
    let one = <[Register; 1]>::try_from(parts);
    one.map(|[part]| part).map_err(|parts| {
        let rows: usize = parts.iter().map(|part| part.rows.len()).sum();
        Refused::Cannot {
            code: "TOO_MANY_ROWS".into(),
            said: Both::new(
                format!("文件有 {rows} 行，一次预览 1 至 1,000 行。请分成几个文件。"),
                format!("The file has {rows} rows; 1 to 1,000 are looked at together. Split it into several files."),
            ),
            problems: vec![],
        }
    })
}

pub(crate) fn preview_rows(house: &House, caller: &Caller, table: Table, csv: &[u8]) -> Answer<Previewed> {
    let register = rows(house, caller, table, csv)?;
    let count = register.rows.len() as u32;
    let foreseen = house.window().preview_command(&Command::Register(register), &house.policy());
    let told = Previewed { rows: count, ..Previewed::of_command(&foreseen) };
    let file = File { bytes: csv.to_vec(), number: table.name().into(), enterprise: String::new() };
    house.uploads.hold(&caller.name, &told.expect, file);
    Ok(told)
}

pub(crate) fn import_as_seen(
    house: &House,
    caller: &Caller,
    table: Table,
    csv: &[u8],
    expect: &str,
) -> Answer<Imported> {
    let held = || house.uploads.file(&caller.name, expect).filter(|file| file.number == table.name());
    let bytes = match csv {
        [] => held().ok_or(Refused::NotFound)?.bytes,
        csv => csv.to_vec(),
    };
    let register =
        Register { expected: Some(expected(expect).unwrap_or_default()), ..rows(house, caller, table, &bytes)? };
    let rows = register.rows.len() as u64;
    let answer = house.window().command(Command::Register(register))?;
    taken(&answer)?;
    Ok(Imported { rows, revision: answer.revision, proposed: false })
}
