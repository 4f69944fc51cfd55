//! Papers as PDF, made by the browser that docs/pdf-worker runs. They stand in `target/screenshots`.

use std::io::{Read, Write};
use std::net::TcpStream;

use server::desk::State;
use server::lang::Lang;

use crate::driver::Browser;
use crate::zone::{PASSWORD, Zone};

/// An answer of the window as a program without a browser gets it: head and body.
fn asked(zone: &Zone, request: &str) -> (String, Vec<u8>) {
    let host = zone.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the window listens");
    let (first, rest) = request.split_once("\r\n").expect("a request");
    let head = format!("{first}\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n{rest}");
    stream.write_all(head.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("answered");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    (String::from_utf8_lossy(&answer[..end]).to_lowercase(), answer[end + 4..].to_vec())
}

#[test]
fn papers_are_pdf_whose_text_is_found_and_read_aloud() {
    if Browser::open().is_none() {
        return;
    }
    let zone = Zone::busy();
    let enter = |name: &str| {
        let form = format!("name={name}&password={}", PASSWORD.replace(' ', "+"));
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let asks = format!("POST /en/login HTTP/1.1\r\n{kind}\r\nContent-Length: {}\r\n\r\n{form}", form.len());
        let (head, _) = asked(&zone, &asks);
        let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("signed in");
        cookie.split(';').next().expect("a cookie").to_owned()
    };
    let (officer, seller) = (enter("officer"), enter("enterprise"));
    let (revision, index) = zone.bill();
    let papers = [
        ("receipt", &officer, format!("/receipts/{revision}/{index}/paper.pdf")),
        ("bill", &officer, format!("/parcels/{}/bill.pdf", zone.parcel(State::Released))),
        ("certificate", &seller, format!("/company/filings/{}/MILK-900/certificate.pdf", zone.enterprise)),
    ];
    for (lang, (name, cookie, path)) in
        Lang::ALL.into_iter().flat_map(|lang| papers.iter().map(move |paper| (lang, paper)))
    {
        let (head, pdf) = asked(&zone, &format!("GET /{}{path} HTTP/1.1\r\nCookie: {cookie}\r\n\r\n", lang.name()));
        assert!(head.starts_with("http/1.1 200") && head.contains("application/pdf"), "{path}: {head}");
        let has = |mark: &str| pdf.windows(mark.len()).any(|bytes| bytes == mark.as_bytes());
        assert!(pdf.starts_with(b"%PDF-") && has("/ToUnicode"), "{path}: {} bytes", pdf.len());
        assert!(has("/StructTreeRoot") && has("/Lang"), "{path}: no order in which it is read");
        // Only those letters of the font that it needs.
        assert!(pdf.len() < 1 << 20, "{path}: {} bytes", pdf.len());
        let file = crate::driver::screenshots().join(format!("{name}-{}.pdf", lang.name()));
        std::fs::write(file, pdf).expect("written");
    }
}
