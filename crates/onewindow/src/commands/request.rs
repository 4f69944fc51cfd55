//! `onewindow request`: departments ask each other for facts and for help, answer, and read how it stands.

use super::remote::{DoorArgs, Remote};
use crate::clock::Clock;
use crate::say::{Cannot, Done, Exit, Say};
use serde_json::{Value, json};
use server::desk::{Answer, Caller, Desk as _, Refused, Role, Sight};
use server::house::House;
use server::requests::{Question, Reply};
use std::path::PathBuf;
use trade::command::ActorRole;
use trade::policy::rights::Action;

/// Requests among departments: asks another for a fact that the catalogue shares, or for help; answers; lists
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

/// Who speaks: over a running window the department whose key it is.
#[derive(clap::Args)]
struct Via {
    /// The department that speaks over a folder: officer (customs), tax, exchange, commerce, market
    #[arg(long, value_name = "DEPARTMENT", value_parser = department, required_unless_present = "url")]
    role: Option<ActorRole>,

    #[command(flatten)]
    door: DoorArgs,
}

#[derive(clap::Subcommand)]
enum What {
    /// What the department asked and was asked
    List {
        #[command(flatten)]
        via: Via,
    },
    /// One of them with its words
    Show {
        number: String,

        #[command(flatten)]
        via: Via,
    },
    /// Asks for a fact about an enterprise, or with --help-from for help; prints the number
    Ask {
        /// The set of the catalogue, such as receipts
        #[arg(long, required_unless_present = "help_from", default_value = "")]
        set: String,

        #[arg(long, required_unless_present = "help_from", default_value = "")]
        field: String,

        /// The department that is asked for help
        #[arg(long, value_name = "DEPARTMENT", value_parser = department, conflicts_with_all = ["set", "field"])]
        help_from: Option<ActorRole>,

        /// Customs code of the enterprise
        #[arg(long, value_name = "CODE", default_value = "")]
        about: String,

        /// The department's own case
        #[arg(long)]
        case: String,

        /// Of help: the law on which it is asked
        #[arg(long, default_value = "")]
        ground: String,

        /// Of help: the file with what is asked; `-` for standard input
        #[arg(long, value_name = "FILE")]
        words: Option<PathBuf>,

        #[command(flatten)]
        via: Via,
    },
    /// Answers: a fact in one line, or what came of the help
    Answer {
        number: String,

        #[arg(long, default_value = "")]
        value: String,

        /// The file with words for the other department; `-` for standard input
        #[arg(long, value_name = "FILE")]
        words: Option<PathBuf>,

        #[command(flatten)]
        via: Via,
    },
    /// Declines, on a ground
    Decline {
        number: String,

        #[arg(long)]
        ground: String,

        #[command(flatten)]
        via: Via,
    },
}

fn department(name: &str) -> Result<ActorRole, String> {
    let role = ActorRole::from_name(name).filter(|role| trade::request::DEPARTMENTS.contains(role));
    role.ok_or_else(|| "there are officer, tax, exchange, commerce, market".into())
}

fn words_of(file: Option<&PathBuf>) -> Result<String, Cannot> {
    file.map(|file| super::text_of(file)).transpose().map(Option::unwrap_or_default)
}

/// What is done, whether over the network or not.
enum Doing {
    List,
    Show(String),
    Ask(Question),
    Reply(String, Reply),
}

pub fn run(args: &Args, say: &mut Say, clock: &Clock) -> Done {
    let (done, via) = match &args.what {
        What::List { via } => (Doing::List, via),
        What::Show { number, via } => (Doing::Show(number.clone()), via),
        What::Ask { set, field, help_from, about, case, ground, words, via } => {
            let question = Question {
                kind: if help_from.is_some() { "assistance" } else { "fact" }.into(),
                to: help_from.map_or("", ActorRole::name).into(),
                set: set.clone(),
                field: field.clone(),
                about: about.clone(),
                case: case.clone(),
                ground: ground.clone(),
                words: words_of(words.as_ref())?,
            };
            (Doing::Ask(question), via)
        }
        What::Answer { number, value, words, via } => {
            let words = words_of(words.as_ref())?;
            (Doing::Reply(number.clone(), Reply { value: value.clone(), words, ..Reply::default() }), via)
        }
        What::Decline { number, ground, via } => {
            let reply = Reply { decline: true, ground: ground.clone(), ..Reply::default() };
            (Doing::Reply(number.clone(), reply), via)
        }
    };
    let told = match via.door.remote.remote()? {
        Some(remote) => over_network(&done, &remote)?,
        None => in_folder(&done, via, clock)?,
    };
    match told {
        Ok(told) => {
            tell(&done, &told, say)?;
            Ok(Exit::Well)
        }
        Err(problem) => {
            say.tell(&problem, || {
                ["code", "en", "zh"].map(|name| problem[name].as_str().unwrap_or_default()).join("\n")
            })?;
            Ok(Exit::Refused)
        }
    }
}

/// What came of it, or the problem that it was refused with.
type Told = Result<Value, Value>;

fn over_network(done: &Doing, remote: &Remote<'_>) -> Result<Told, Cannot> {
    let json = |body: serde_json::Result<Value>| body.map(|body| body.to_string()).map_err(Cannot::because);
    let (path, body) = match done {
        Doing::List => return remote.read("/api/v1/requests").map(Ok),
        Doing::Show(number) => return remote.read(&format!("/api/v1/requests/{number}")).map(Ok),
        Doing::Ask(question) => ("/api/v1/requests".to_owned(), json(serde_json::to_value(question))?),
        Doing::Reply(number, reply) => (format!("/api/v1/requests/{number}"), json(serde_json::to_value(reply))?),
    };
    remote.command(&path, "application/json", body.as_bytes())
}

/// Into the zone's folder, where no window runs.
fn in_folder(done: &Doing, via: &Via, clock: &Clock) -> Result<Told, Cannot> {
    let role = via.role.and_then(Role::of);
    let role = role.ok_or_else(|| Cannot::because("which department? --role"))?;
    let window = via.door.zone.open(false, clock)?;
    let house = House::over(window.clone()).map_err(Cannot::because)?;
    let caller = Caller { name: via.door.by.clone(), role, enterprises: vec![], office: String::new() };
    let sight = Sight::of(&caller, Action::RequestRead, &house.rights(), house.now().day());
    let json = |told: serde_json::Result<Value>| told.unwrap_or_default();
    let answer: Answer<Value> = match done {
        Doing::List => house.requests(&sight).map(|all| json(serde_json::to_value(all))),
        Doing::Show(number) => house.request(&sight, number).map(|one| json(serde_json::to_value(one))),
        Doing::Ask(question) => house.ask_department(&caller, question).map(|number| json!({ "number": number })),
        Doing::Reply(number, reply) => {
            house.reply_department(&caller, number, reply).map(|()| json!({ "number": number }))
        }
    };
    drop(house);
    window.close();
    match answer {
        Ok(told) => Ok(Ok(told)),
        Err(Refused::Cannot { code, said, problems }) => {
            Ok(Err(json!({ "code": code, "en": said.en, "zh": said.zh, "problems": problems })))
        }
        Err(Refused::NotFound) => Ok(Err(json!({
            "code": "NOT_FOUND", "en": "There is no such request of this department.", "zh": "本部门没有这项请求。",
        }))),
        Err(other) => Err(Cannot::because(format!("{other:?}"))),
    }
}

fn tell(done: &Doing, told: &Value, say: &mut Say) -> Result<(), Cannot> {
    let line = |of: &Value| {
        let word = |name: &str| of[name].as_str().unwrap_or_default().to_owned();
        [word("number"), word("from") + " → " + &word("to"), word("about"), word("en"), word("zh")].join("  ")
    };
    if !matches!(done, Doing::List) {
        return say.tell(told, || match told["en"].is_string() {
            true => {
                let words = ["words", "answer_words"].map(|name| told[name].as_str().unwrap_or_default().to_owned());
                let words: Vec<_> = words.into_iter().filter(|words| !words.is_empty()).collect();
                [vec![line(told)], words].concat().join("\n")
            }
            false => told["number"].as_str().unwrap_or_default().to_owned(),
        });
    }
    // A request a line, as every list is told.
    for (list, of) in [("asked", &told["asked"]), ("received", &told["received"])] {
        for one in of.as_array().into_iter().flatten() {
            let mut one = one.clone();
            one["list"] = list.into();
            say.tell(&one, || format!("{list}  {}", line(&one)))?;
        }
    }
    Ok(())
}
