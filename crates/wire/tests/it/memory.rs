//! The largest and worst messages that are looked into at all take bounded memory, measured from outside.

use std::process::Command;
use wire::ceb::{MAX_BYTES, Mode, Nobody, check, read, transport};

const CHILD: &str = "ONEWINDOW_HOSTILE";

/// Peak of memory, above what the message itself takes, that reading one message may cost.
const MOST: usize = 384 << 20;

type Making = fn() -> Vec<u8>;

/// Name and making of each message.
const WORST: &[(&str, Making)] = &[
    ("a hundred megabytes", || vec![b'<'; 100 << 20]),
    ("empty elements", || filled("<ceb:Order>", "<a/>", "</ceb:Order>")),
    ("elements with attributes", || filled("<ceb:Order>", "<a b='c' d='e' f='g' h='i' j='k' l='m'/>", "</ceb:Order>")),
    ("nested to the limit, again and again", || {
        filled("<ceb:Order>", &format!("{}{}", "<a>".repeat(150), "</a>".repeat(150)), "</ceb:Order>")
    }),
    ("one attribute", || filled("<ceb:Order x=\"", "y", "\"/>")),
    ("one text", || filled("<ceb:Order><ceb:OrderHead><ceb:guid>", "中", "</ceb:guid></ceb:OrderHead></ceb:Order>")),
    ("references", || {
        filled("<ceb:Order><ceb:OrderHead><ceb:guid>", "&amp;", "</ceb:guid></ceb:OrderHead></ceb:Order>")
    }),
    ("character data", || filled("<ceb:Order><ceb:guid>", "<![CDATA[x]]>", "</ceb:guid></ceb:Order>")),
    ("comments", || filled("<ceb:Order>", "<!--x-->", "</ceb:Order>")),
    ("line breaks", || filled("<ceb:Order>", "\r", "</ceb:Order>")),
    ("lines of an order", || filled("<ceb:Order><ceb:OrderHead/>", "<ceb:OrderList/>", "</ceb:Order>")),
    ("orders", || filled("", "<ceb:Order><ceb:OrderHead/><ceb:OrderList/></ceb:Order>", "")),
    ("signatures", || filled("", "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'/>", "")),
    ("an envelope", || {
        let message = filled("", "<a/>", "");
        let envelope =
            transport::Envelope { message: message[..MAX_BYTES / 4 * 3 - 1_000].to_vec(), ..Default::default() };
        transport::wrap(&envelope, trade::time::Moment(0))
    }),
];

/// A message as large as is read, filled with one piece.
fn filled(before: &str, piece: &str, after: &str) -> Vec<u8> {
    let root = "<ceb:CEB311Message xmlns:ceb=\"http://www.chinaport.gov.cn/ceb\" version=\"1.0\" \
                guid=\"02DF822A-251A-530E-BBA8-6AA076E7B000\">";
    let end = "</ceb:CEB311Message>";
    let room = MAX_BYTES - root.len() - before.len() - after.len() - end.len();
    let mut message = Vec::with_capacity(MAX_BYTES);
    message.extend_from_slice(root.as_bytes());
    message.extend_from_slice(before.as_bytes());
    for _ in 0..room / piece.len() {
        message.extend_from_slice(piece.as_bytes());
    }
    message.extend_from_slice(after.as_bytes());
    message.extend_from_slice(end.as_bytes());
    message
}

#[test]
fn the_worst_messages_take_bounded_memory() {
    if !std::path::Path::new("/proc/self/clear_refs").exists() {
        println!("skipped: needs /proc of Linux");
        return;
    }
    for (n, (name, _)) in WORST.iter().enumerate() {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "memory::one_of_the_worst", "--ignored", "--nocapture"])
            .env(CHILD, n.to_string())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success(), "{name}: {said} {}", String::from_utf8_lossy(&child.stderr));
        let grown = said.lines().find_map(|l| l.strip_prefix("grown by ")).and_then(|n| n.parse::<usize>().ok());
        let grown = grown.unwrap_or_else(|| panic!("{name}: {said}"));
        println!("{name}: {} MB", grown >> 20);
        assert!(grown < MOST, "{name}: {} MB", grown >> 20);
    }
}

#[test]
#[ignore = "run by the test above, each in a process of its own"]
fn one_of_the_worst() {
    let n: usize = std::env::var(CHILD).unwrap().parse().unwrap();
    let message = WORST[n].1();
    let before = of_status("VmRSS:");
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let began = std::time::Instant::now();
    for mode in [Mode::Strict, Mode::Lenient] {
        assert!(!check(&message, mode).valid);
    }
    assert!(read(&message, &Nobody).is_err() || WORST[n].0 == "lines of an order");
    let _ = wire::seal::verify(&message);
    let _ = transport::unwrap(&message);
    println!("took {:?}", began.elapsed());
    println!("grown by {}", of_status("VmHWM:").saturating_sub(before));
}

/// Bytes by the kernel's word.
fn of_status(field: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix(field)).unwrap();
    line.split_whitespace().next().unwrap().parse::<usize>().unwrap() << 10
}
