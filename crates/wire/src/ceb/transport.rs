//! The transport envelope: `DxpMsg` around a message, as far as its schema goes.

use super::Mode;
use super::dsig;
use super::read::Checked;
use super::schema::{Attribute, Body, DXP, Goes, Item, Need, Space, Type, Type::*};
use super::tree::Tree;
use super::walk::Walk;
use super::write::escape;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use trade::documents::MessageKind;
use trade::finding::{Code, Finding};
use trade::time::Moment;

/// What an envelope says, and the message in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// `CopMsgId`, 1 to 255 characters: a 900 receipt names it.
    pub id: String,
    pub sender: String,
    pub receivers: Vec<String>,
    /// `MsgType`, such as `CEB311Message`.
    pub kind: String,
    /// The message, out of its base64.
    pub message: Vec<u8>,
}

const MANY: u32 = u32::MAX;

const fn value(name: &'static str, kind: Type, need: Need) -> Item {
    Item::field(name, kind, need, Goes::Vault, "", "", &[]).within(Space::Dxp)
}

const fn node(name: &'static str, items: &'static [Item], min: u32, max: u32) -> Item {
    Item::node(name, items, min, max).within(Space::Dxp)
}

const VERSION: Attribute = Attribute { name: "ver", kind: Only("1.0"), required: true };
const ID: Attribute = Attribute { name: "Id", kind: Id, required: false };
const KEY_NAME: Attribute = Attribute { name: "name", kind: Text(1, 32), required: false };
const ENCODE: Attribute = Attribute { name: "Encode", kind: Text(0, 50), required: true };

const TRANS_INFO: &[Item] = &[
    value("CopMsgId", Text(1, 255), Need::Must),
    value("SenderId", Text(1, 16), Need::Must),
    node("ReceiverIds", &[value("ReceiverId", Text(1, 16), Need::Must).times(1, 5)], 1, 1),
    value("CreatTime", DateTime, Need::Must),
    value("MsgType", Text(0, 30), Need::Must),
];

const ADD_INFO: &[Item] = &[
    value("FileName", Text(1, 255), Need::May),
    value("IcCard", Text(1, 13), Need::May),
    node("BizKey", &[value("Key", Text(1, 64), Need::Must).with(&[KEY_NAME]).times(1, 5)], 0, 1),
    value("IsText", Text(0, 0), Need::May).holding(Body::Empty).with(&[ENCODE]),
    value("RecMapId", Text(0, MANY), Need::May).holding(Body::Anything),
];

/// `DxpMsg`: what a client sends.
const MESSAGE: Item = node(
    "DxpMsg",
    &[
        node("TransInfo", TRANS_INFO, 1, 1),
        value("Data", Base64, Need::Must),
        node("AddInfo", ADD_INFO, 0, 1),
        dsig::OPTIONAL,
    ],
    1,
    1,
)
.with(&[VERSION, ID]);

const SERVER_VERSION: Attribute = Attribute { name: "Ver", kind: Only("1.0"), required: true };
const SERVER_NODES: &[Item] = &[
    value("MsgId", Text(1, 32), Need::Must),
    value("SubMsgId", Text(1, 1), Need::May),
    value("SendTime", DateTime, Need::Must),
    value("EndNode", Text(1, 8), Need::Must),
    value("StaNode", Text(1, 8), Need::Must),
];

/// `DxpMsgSv`: a `DxpMsg` on its way between two platforms.
const BETWEEN_SERVERS: Item =
    node("DxpMsgSv", &[node("SvNo", SERVER_NODES, 1, 1).with(&[SERVER_VERSION]), MESSAGE, dsig::OPTIONAL], 1, 1)
        .with(&[VERSION, ID]);

const RESULT: &[Item] = &[
    value("RecId", Text(1, 16), Need::Must),
    value("Code", Text(1, 9), Need::Must),
    value("Info", Text(0, 300), Need::May),
    value("Note", Text(0, 500), Need::May),
];

const RESPONSE: &[Item] = &[
    value("NodeId", Text(1, 8), Need::May),
    value("ResponseCode", Text(1, 9), Need::Must),
    value("ResponseInfo", Text(0, 300), Need::May),
    node("Results", &[node("Result", RESULT, 1, MANY)], 0, 1),
    value("NoticeTime", Date, Need::Must),
    value("Note", Text(0, 500), Need::May),
    node("OriHead", TRANS_INFO, 1, 1),
];

/// `DxpRep`: what the exchange platform answers.
const REPLY: Item = node(
    "DxpRep",
    &[
        value("RecevierId", Text(1, 16), Need::Must),
        value("AdNodeId", Text(1, 8), Need::May),
        node("Response", RESPONSE, 1, MANY),
        dsig::OPTIONAL,
    ],
    1,
    1,
)
.with(&[VERSION]);

static ROOTS: [Item; 3] = [MESSAGE, BETWEEN_SERVERS, REPLY];

/// The verdict on an envelope and on the message in it; a fault of that one is said to stand in `Data`, with its own
/// lines.
pub(super) fn check(bytes: &[u8], mode: Mode) -> Checked {
    let mut checked = check_envelope(bytes);
    if !checked.valid {
        return checked;
    }
    match unwrap(bytes) {
        Ok(envelope) => {
            let inner = super::read::check_message(&envelope.message, mode);
            (checked.kind, checked.documents, checked.valid) = (inner.kind, inner.documents, inner.valid);
            checked.problems = inner.problems;
            for problem in &mut checked.problems {
                problem.field = format!("/DxpMsg/Data{}", problem.field);
            }
        }
        // A DxpRep holds none.
        Err(_) if root_name(bytes) == Some(b"DxpRep") => {}
        Err(problems) => (checked.valid, checked.problems) = (false, problems),
    }
    checked
}

/// The verdict of the transport schema on an envelope; the message in it is not looked into.
pub fn check_envelope(bytes: &[u8]) -> Checked {
    let mut checked = Checked { kind: MessageKind::Unknown, documents: 0, valid: false, problems: Vec::new() };
    match Tree::parse(bytes) {
        Ok(tree) => {
            let mut walk = Walk::new(&tree, Mode::Strict);
            walk.enter(0, 0);
            match root(&tree) {
                Some(item) => walk.element(0, item),
                None => walk.wrong_root(),
            }
            checked.problems = walk.take();
        }
        Err(finding) => checked.problems.push(finding),
    }
    checked.valid = checked.problems.is_empty();
    checked
}

fn root(tree: &Tree<'_>) -> Option<&'static Item> {
    ROOTS.iter().find(|i| tree.node(0).space == Space::Dxp && tree.node(0).name == i.name)
}

/// Whether bytes begin like an envelope rather than like a message; cheap, and no verdict.
pub fn is_envelope(bytes: &[u8]) -> bool {
    root_name(&bytes[..bytes.len().min(4_096)]).is_some_and(|name| name.starts_with(b"Dxp"))
}

/// The local name of the first element, past declaration and comments.
fn root_name(mut bytes: &[u8]) -> Option<&[u8]> {
    loop {
        bytes = &bytes[memchr::memchr(b'<', bytes)? + 1..];
        let past = match bytes {
            [b'?', ..] => &b"?>"[..],
            [b'!', b'-', b'-', ..] => &b"-->"[..],
            _ => break,
        };
        bytes = &bytes[memchr::memmem::find(bytes, past)?..];
    }
    let name = bytes.split(|b| super::schema::is_blank(*b) || matches!(b, b'>' | b'/')).next()?;
    name.rsplit(|b| *b == b':').next()
}

/// Takes the message out of a `DxpMsg`, also where that stands in a `DxpMsgSv`.
///
/// # Errors
/// The faults of the envelope.
pub fn unwrap(bytes: &[u8]) -> Result<Envelope, Vec<Finding>> {
    let checked = check_envelope(bytes);
    if !checked.valid {
        return Err(checked.problems);
    }
    let tree = Tree::parse(bytes).map_err(|f| vec![f])?;
    let wrong = |what: &str| vec![Finding::new(Code::TransportForm, "", "").arg("what", what)];
    let is_message = |id: &u32| tree.node(*id).space == Space::Dxp && tree.node(*id).name == MESSAGE.name;
    let Some(message) = std::iter::once(0).chain(tree.children(0)).find(is_message) else {
        return Err(wrong("DxpRep"));
    };
    let mut envelope = Envelope::default();
    for part in tree.children(message) {
        if tree.node(part).name == "Data" {
            let text: Vec<u8> = tree.node(part).text.bytes().filter(|b| !super::schema::is_blank(*b)).collect();
            envelope.message = STANDARD.decode(text).map_err(|_| wrong("base64"))?;
        }
        for field in tree.children(part).filter(|_| tree.node(part).name == "TransInfo") {
            let text = || tree.node(field).text.to_string();
            match tree.node(field).name {
                "CopMsgId" => envelope.id = text(),
                "SenderId" => envelope.sender = text(),
                "MsgType" => envelope.kind = text(),
                "ReceiverIds" => {
                    envelope.receivers = tree.children(field).map(|r| tree.node(r).text.to_string()).collect();
                }
                _ => {}
            }
        }
    }
    Ok(envelope)
}

/// Puts a message into a `DxpMsg`.
pub fn wrap(envelope: &Envelope, at: Moment) -> Vec<u8> {
    let mut out = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DxpMsg xmlns=\"".to_vec();
    out.extend_from_slice(DXP.as_bytes());
    out.extend_from_slice(b"\" ver=\"1.0\"><TransInfo>");
    let mut field = |name: &str, text: &str| {
        out.extend_from_slice(format!("<{name}>").as_bytes());
        escape(text, false, &mut out);
        out.extend_from_slice(format!("</{name}>").as_bytes());
    };
    field("CopMsgId", &envelope.id);
    field("SenderId", &envelope.sender);
    out.extend_from_slice(b"<ReceiverIds>");
    for receiver in &envelope.receivers {
        out.extend_from_slice(b"<ReceiverId>");
        escape(receiver, false, &mut out);
        out.extend_from_slice(b"</ReceiverId>");
    }
    out.extend_from_slice(format!("</ReceiverIds><CreatTime>{at}</CreatTime><MsgType>").as_bytes());
    escape(&envelope.kind, false, &mut out);
    out.extend_from_slice(b"</MsgType></TransInfo><Data>");
    out.extend_from_slice(STANDARD.encode(&envelope.message).as_bytes());
    out.extend_from_slice(b"</Data></DxpMsg>");
    out
}
