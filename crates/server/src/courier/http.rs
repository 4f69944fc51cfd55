//! The one client of HTTP, with and without TLS: one question a connection, to an address that the guard lets through; no
//! redirect is followed, no proxy asked, and of the answer so much is read and no more. Receipts are brought by it, one
//! signed POST a delivery; verifiers are asked and other windows spoken to.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::address::{Address, Guard};
use super::{Delivery, Line};

/// A target has so long to take a delivery, all in all.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes that are read of an answer.
const MOST: usize = 256 << 10;

/// A question.
pub struct Ask<'a> {
    pub method: &'a str,
    pub address: Address,
    /// Whole lines, `Host` and `Content-Length` apart.
    pub headers: &'a str,
    pub body: &'a [u8],
    /// For all of it.
    pub patience: Duration,
    /// Bytes that are read of the answer.
    pub most: usize,
}

/// The way over the network.
pub struct Http {
    guard: Guard,
    tls: Arc<ClientConfig>,
}

impl Http {
    /// Trusts the roots that browsers trust, and those of `roots` (PEM).
    ///
    /// # Errors
    /// `roots` holds something that is no certificate.
    pub fn new(guard: Guard, roots: &[u8]) -> Result<Http, String> {
        let mut all = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for root in CertificateDer::pem_slice_iter(roots) {
            let root = root.map_err(|error| format!("a root certificate cannot be read: {error}"))?;
            all.add(root).map_err(|error| format!("a root certificate cannot be used: {error}"))?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| error.to_string())?.with_root_certificates(all).with_no_client_auth();
        Ok(Http { guard, tls: Arc::new(config) })
    }

    /// To one address that an operator or a user named, wherever it is.
    ///
    /// # Errors
    /// As [`Http::new`]; it is no address.
    pub fn to(url: &str, roots: &[u8]) -> Result<Http, String> {
        Http::new(Guard::new(vec![Address::of(url)?.authority()]), roots)
    }

    /// Status and body of the answer, whatever the status is.
    ///
    /// # Errors
    /// Why there is none, in a few words that hold nothing of what was sent or came.
    pub fn ask(&self, ask: &Ask<'_>) -> Result<(u16, Vec<u8>), String> {
        let (address, until) = (&ask.address, Instant::now() + ask.patience);
        let stream = self.connect(address, until)?;
        // HTTP/1.0: the answer comes whole and ends with the connection.
        let head = format!(
            "{} {} HTTP/1.0\r\nHost: {}\r\nUser-Agent: OneWindow\r\nContent-Length: {}\r\n{}\r\n",
            ask.method,
            address.path,
            address.authority(),
            ask.body.len(),
            ask.headers,
        );
        let message = [head.as_bytes(), ask.body].concat();
        if !address.tls {
            let mut stream = stream;
            return exchange(&mut stream, |stream| stream, &message, until, ask.most);
        }
        let name = ServerName::try_from(address.host.clone()).map_err(|_| "no name for TLS".to_owned())?;
        let connection = ClientConnection::new(self.tls.clone(), name).map_err(|_| "no TLS".to_owned())?;
        let mut stream = StreamOwned::new(connection, stream);
        exchange(&mut stream, |stream| &mut stream.sock, &message, until, ask.most)
    }

    /// Connects to what the name was found to be, and to nothing that it is found to be later.
    fn connect(&self, address: &Address, until: Instant) -> Result<TcpStream, String> {
        let mut why = "nothing answers".to_owned();
        for at in self.guard.reach(address)? {
            match TcpStream::connect_timeout(&at, left(until)?) {
                Ok(stream) => return Ok(stream),
                Err(error) => why = format!("no connection: {}", error.kind()),
            }
        }
        Err(why)
    }
}

impl Line for Http {
    fn bring(&self, delivery: &Delivery<'_>) -> Result<Vec<u8>, String> {
        let headers = format!(
            "Content-Type: application/json\r\nX-OneWindow-Delivery: {}\r\nX-OneWindow-Time: {}\r\n\
             X-OneWindow-Signature: v1={}\r\n",
            delivery.id, delivery.time, delivery.signature
        );
        let ask = Ask {
            method: "POST",
            address: Address::of(delivery.address)?,
            headers: &headers,
            body: delivery.body,
            patience: PATIENCE,
            most: MOST,
        };
        match self.ask(&ask)? {
            (200..300, body) => Ok(body),
            // Whereto it leads is not even read: it may be what the guard refuses.
            (300..400, _) => Err("redirects are not followed".into()),
            (status, _) => Err(format!("status {status}")),
        }
    }
}

/// What is left of the patience; the system's own waits end with it.
fn left(until: Instant) -> Result<Duration, String> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err("too slow".into()) } else { Ok(left) }
}

/// Sends and reads; whoever drips bytes gets no more time for it.
fn exchange<S: Read + Write>(
    stream: &mut S,
    socket: fn(&mut S) -> &mut TcpStream,
    message: &[u8],
    until: Instant,
    most: usize,
) -> Result<(u16, Vec<u8>), String> {
    let broke = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => "too slow".to_owned(),
        // What TLS says of a certificate names neither party's data.
        _ => format!("it broke off: {error}"),
    };
    let patience = |stream: &mut S| {
        let left = left(until)?;
        let socket = socket(stream);
        socket.set_read_timeout(Some(left)).and_then(|()| socket.set_write_timeout(Some(left))).map_err(broke)
    };
    patience(stream)?;
    stream.write_all(message).and_then(|()| stream.flush()).map_err(broke)?;
    let (mut answer, mut part) = (Vec::new(), [0; 8 << 10]);
    loop {
        patience(stream)?;
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(n) if answer.len() + n > most => return Err("its answer is too long".into()),
            Ok(n) => answer.extend_from_slice(&part[..n]),
            // Many servers end without the goodbye of TLS; what came is whole where its head says so.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof && !answer.is_empty() => break,
            Err(error) => return Err(broke(error)),
        }
        if is_whole(&answer) {
            break;
        }
    }
    parsed(&answer).ok_or_else(|| "that is no answer".to_owned())
}

fn head_of(answer: &[u8]) -> Option<(&str, &[u8])> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((std::str::from_utf8(&answer[..end]).ok()?, &answer[end + 4..]))
}

/// The body that its head announces is there.
fn is_whole(answer: &[u8]) -> bool {
    let Some((head, body)) = head_of(answer) else { return false };
    let announced = head.lines().filter_map(|line| line.split_once(':'));
    let mut length =
        announced.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, n)| n.trim().parse());
    length.next_back().is_some_and(|length: Result<usize, _>| length.is_ok_and(|length| body.len() >= length))
}

/// Status and body.
fn parsed(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let (head, body) = head_of(answer)?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers one delivery with this; what came.
    fn answers(with: &'static [u8]) -> (String, std::thread::JoinHandle<String>) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let came = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody comes");
            let (mut came, mut part) = (Vec::new(), [0u8; 4096]);
            while !came.ends_with(b"}") {
                let n = stream.read(&mut part).expect("it is read");
                came.extend_from_slice(&part[..n]);
            }
            stream.write_all(with).expect("it is answered");
            String::from_utf8_lossy(&came).into_owned()
        });
        (address, came)
    }

    fn delivery(address: &str) -> Delivery<'_> {
        Delivery { address, id: "7.0", time: 5, signature: "ab".repeat(32), body: b"{}" }
    }

    #[test]
    fn a_delivery_is_posted_signed_and_only_a_good_status_counts() {
        for (answer, expected) in [
            (&b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"[..], Ok(&b"yes"[..])),
            (b"HTTP/1.0 204 No Content\r\n\r\n", Ok(b"")),
            (b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n", Err("redirects are not followed")),
            (b"HTTP/1.1 500 Broken\r\n\r\nno", Err("status 500")),
            (b"SSH-2.0-x\r\n\r\n", Err("that is no answer")),
            (b"", Err("that is no answer")),
        ] {
            let (address, came) = answers(answer);
            let http = Http::new(Guard::new(vec![address.clone()]), b"").expect("a way");
            let url = format!("http://{address}/in?of=1");
            let told = http.bring(&delivery(&url));
            assert_eq!(told.as_deref().map_err(String::as_str), expected);
            let came = came.join().expect("it came");
            assert!(came.starts_with("POST /in?of=1 HTTP/1.0\r\n"), "{came}");
            for line in ["X-OneWindow-Delivery: 7.0\r\n", "X-OneWindow-Time: 5\r\n", "X-OneWindow-Signature: v1=abab"] {
                assert!(came.contains(line), "{came}");
            }
        }
    }

    #[test]
    fn nothing_is_sent_to_what_only_this_machine_reaches_and_a_name_that_changes_changes_nothing() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("at once");
        let port = listener.local_addr().expect("an address").port();
        for url in [
            format!("http://127.0.0.1:{port}/"),
            format!("https://localhost:{port}/"),
            format!("https://[::1]:{port}/"),
        ] {
            let http = Http::new(Guard::new(vec![]), b"").expect("a way");
            assert!(http.bring(&delivery(&url)).is_err(), "{url}");
        }
        // First public, then this machine: the second is never asked for.
        let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = asked.clone();
        let resolve = move |_: &str, port: u16| {
            let first = counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
            let ip = if first { [198, 51, 100, 7] } else { [127, 0, 0, 1] };
            Ok(vec![std::net::SocketAddr::from((ip, port))])
        };
        let guard = Guard { allowed: vec![], resolve: Box::new(resolve) };
        let address = Address::of("https://rebinds.example/").expect("an address");
        assert!(guard.reach(&address).is_err(), "an address for documents");
        assert!(guard.reach(&address).is_err(), "this machine");
        assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 2, "once for each delivery");
        assert!(listener.accept().is_err(), "nobody came");
    }

    #[test]
    fn who_answers_too_much_is_left() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let endless = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody comes");
            let _ = stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n");
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
        });
        let http = Http::new(Guard::new(vec![address.clone()]), b"").expect("a way");
        assert_eq!(http.bring(&delivery(&format!("http://{address}/"))), Err("its answer is too long".to_owned()));
        drop(http);
        endless.join().expect("it ends");
    }

    #[test]
    fn tls_is_spoken_and_an_unknown_certificate_is_refused() {
        let (dir, openssl) = (tempfile::tempdir().expect("a folder"), "openssl");
        let file = |name: &str| dir.path().join(name).display().to_string();
        // A certificate of a server, which may not vouch for others.
        let of = "[req]\ndistinguished_name=d\nx509_extensions=e\nprompt=no\n[d]\nCN=localhost\n\
                  [e]\nsubjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n";
        std::fs::write(file("of"), of).expect("written");
        let made = std::process::Command::new(openssl)
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-config", &file("of")])
            .args(["-keyout", &file("key.pem"), "-out", &file("cert.pem")])
            .output();
        if !made.is_ok_and(|made| made.status.success()) {
            eprintln!("skipped: there is no openssl");
            return;
        }
        let pem = std::fs::read(file("cert.pem")).expect("a certificate");
        let key = rustls::pki_types::PrivateKeyDer::from_pem_file(file("key.pem")).expect("a key");
        let certificates = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>().expect("one");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config =
            config.expect("versions").with_no_client_auth().with_single_cert(certificates, key).expect("a pair");
        let config = Arc::new(config);
        for (roots, good) in [(&pem[..], true), (&b""[..], false)] {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
            let port = listener.local_addr().expect("an address").port();
            let config = config.clone();
            let serving = std::thread::spawn(move || {
                let (stream, _) = listener.accept().expect("somebody comes");
                let connection = rustls::ServerConnection::new(config).expect("a connection");
                let mut stream = StreamOwned::new(connection, stream);
                let (mut came, mut part) = (Vec::new(), [0u8; 4096]);
                while !came.ends_with(b"}") {
                    match stream.read(&mut part) {
                        Ok(n) if n > 0 => came.extend_from_slice(&part[..n]),
                        _ => return false,
                    }
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").is_ok()
            });
            let guard = Guard::new(vec![format!("localhost:{port}")]);
            let told = Http::new(guard, roots).expect("a way").bring(&delivery(&format!("https://localhost:{port}/")));
            assert_eq!(told.is_ok(), good, "{told:?}");
            assert_eq!(serving.join().expect("it ends"), good, "nothing is told to whom nobody knows");
        }
    }
}
