//! Machines that sign in by a certificate (机器证书登录): who has its key signs what this window asks, and gets a key for
//! an hour.
//!
//! TLS is a proxy's and speaks no SM2, so the proof is one of the request. The machine asks for a challenge and signs a
//! [`statement`]: for what it is, the name under which *it* reaches the window, the challenge, the actions it wants. The
//! first line keeps the signature apart from those of messages, the name from those for other windows, the challenge from
//! those made before. Whose the certificate is says the registry, on that day and at every request after it.
//!
//! A challenge is kept nowhere until it was used, so asking for many fills nothing; they end with the process.

use crate::desk::{Answer, Bound, Desk, Refused};
use crate::keys;
use crate::sign::key_hash;
use crate::site::{case_number, hex};
use sha2::{Digest, Sha256};
use store::keys::hmac;
use store::ops::Machine;
use trade::time::{HOUR_MS, Moment};
use wire::seal::Certificate;

/// How the key of a signed-in machine begins: it is looked for among sessions and not in the registry.
pub const KEY: &str = "ows_";
/// A challenge is answered within this time.
pub const ANSWERED_MS: i64 = 2 * 60_000;
/// What a challenge is for; one for the one counts for none of the other.
#[derive(Clone, Copy, Debug)]
pub enum For {
    Machine,
    /// A page waits for somebody's finger.
    Passkey,
}

impl For {
    fn lasts_ms(self) -> i64 {
        match self {
            For::Machine => ANSWERED_MS,
            For::Passkey => crate::passkeys::ANSWERED_MS,
        }
    }
}

/// A machine's session; it signs in again for more.
pub const LASTS_MS: i64 = HOUR_MS;
/// A certificate in PEM has some thousand bytes.
const LONGEST: usize = 16 << 10;

/// Why a machine does not come in. What the registry says of a certificate is told only to who has its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The window is not reached under that name.
    Host,
    /// Not from here, for another name, too old, or used before.
    Challenge,
    /// No certificate, or its key signs nothing here.
    Certificate,
    Signature,
    /// An action that a program of an enterprise does not have.
    Scope,
    /// Bound to no enterprise.
    Unbound,
    /// Not in force today, by the registry or by what it says itself.
    Day,
    /// Its enterprise may not act today.
    Suspended,
}

/// What a machine asks to come in by.
pub struct Asked<'a> {
    pub certificate: &'a str,
    pub challenge: &'a str,
    pub signature: &'a [u8],
    pub scopes: &'a [String],
}

/// A machine's session; the key is told once.
pub struct Opened {
    pub key: String,
    pub machine: Machine,
}

/// What a machine signs, byte for byte: four lines, each with its line feed.
pub fn statement(host: &str, challenge: &str, scopes: &[String]) -> String {
    let scopes = if scopes.is_empty() { "all".to_owned() } else { scopes.join(" ") };
    format!("onewindow sign-in 1\nhost: {host}\nchallenge: {challenge}\nscopes: {scopes}\n")
}

/// Makes challenges and knows its own.
pub struct Challenges {
    secret: Option<[u8; 32]>,
    hosts: Vec<String>,
}

impl Challenges {
    pub fn new(hosts: Vec<String>) -> Challenges {
        let mut secret = [0; 32];
        let secret = getrandom::fill(&mut secret).is_ok().then_some(secret);
        Challenges { secret, hosts: hosts.iter().map(|host| host.to_ascii_lowercase()).collect() }
    }

    /// The name under which the window was reached, where it is one of its own: what stands in a request anybody may
    /// write, also who passes on to us what a machine signed for another name.
    pub(crate) fn own(&self, host: &str) -> Option<String> {
        let host = host.to_ascii_lowercase();
        let name = host.rsplit_once(':').map_or(&*host, |(name, _)| name);
        let local = ["localhost", "127.0.0.1", "[::1]"].contains(&name) || host == "[::1]";
        (local || self.hosts.contains(&host)).then_some(host)
    }

    /// A new challenge for who reaches the window under this name, with the time until which it counts.
    ///
    /// # Errors
    /// `Host`; `Broken` inside where there is no randomness.
    pub fn new_one(&self, what: For, host: &str, now: Moment) -> Answer<Result<(String, Moment), Why>> {
        let broken = || Refused::Broken { case: case_number() };
        let Some(host) = self.own(host) else { return Ok(Err(Why::Host)) };
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).map_err(|_| broken())?;
        let until = Moment(now.0 + what.lasts_ms());
        let mac = self.mac(what, &host, until, &nonce).ok_or_else(broken)?;
        Ok(Ok((hex(&[&until.0.to_be_bytes()[..], &nonce, &mac].concat()), until)))
    }

    /// Until when a challenge counts, where it is one of ours for this name.
    pub(crate) fn known(&self, what: For, host: &str, challenge: &str) -> Option<Moment> {
        let bytes: [u8; 56] = store::proof::unhex(challenge)?;
        let (until, rest) = bytes.split_first_chunk::<8>()?;
        let (nonce, mac) = rest.split_first_chunk::<16>()?;
        let until = Moment(i64::from_be_bytes(*until));
        let differs = self.mac(what, host, until, nonce)?.iter().zip(mac).fold(0, |differs, (a, b)| differs | (a ^ b));
        (differs == 0).then_some(until)
    }

    fn mac(&self, what: For, host: &str, until: Moment, nonce: &[u8; 16]) -> Option<[u8; 32]> {
        Some(hmac(self.secret.as_ref()?, &[&[what as u8], &until.0.to_be_bytes(), nonce, host.as_bytes()]))
    }

    /// Lets a machine in that proves to have its certificate's key.
    ///
    /// # Errors
    /// `Why`; `Broken` where there is no randomness or the tables cannot be written.
    pub fn open(&self, desk: &dyn Desk, host: &str, asked: &Asked<'_>) -> Answer<Result<Opened, Why>> {
        let now = desk.now();
        let (machine, until) = match self.proved(desk, host, asked, now) {
            Ok(proved) => proved,
            Err(why) => return Ok(Err(why)),
        };
        if !desk.sign_ins().use_once(&Sha256::digest(asked.challenge.as_bytes()).into(), until) {
            return Ok(Err(Why::Challenge));
        }
        let key = format!("{KEY}{}", &keys::drawn()?[3..]);
        let kept = desk.sign_ins().begin_machine(&key_hash(&key), &machine);
        kept.map_err(|_| Refused::Broken { case: case_number() })?;
        let (enterprise, certificate) = (&machine.enterprise, hex(&machine.certificate));
        tracing::info!(enterprise, certificate, "a machine signed in");
        Ok(Ok(Opened { key, machine }))
    }

    /// The session that what is asked would open, and until when its challenge counts.
    fn proved(&self, desk: &dyn Desk, host: &str, asked: &Asked<'_>, now: Moment) -> Result<(Machine, Moment), Why> {
        let host = self.own(host).ok_or(Why::Host)?;
        let until =
            self.known(For::Machine, &host, asked.challenge).filter(|until| now < *until).ok_or(Why::Challenge)?;
        let text = Some(asked.certificate).filter(|text| text.len() <= LONGEST).ok_or(Why::Certificate)?;
        let certificate = Certificate::parse(text.as_bytes()).map_err(|_| Why::Certificate)?;
        if !certificate.signed(statement(&host, asked.challenge, asked.scopes).as_bytes(), asked.signature) {
            return Err(Why::Signature);
        }
        let opens = keys::scopes(desk);
        if !asked.scopes.iter().all(|scope| opens.iter().any(|action| action.name() == scope)) {
            return Err(Why::Scope);
        }
        let Bound { enterprise, in_force, active } = desk.bound(&certificate.fingerprint).ok_or(Why::Unbound)?;
        if !in_force || !certificate.valid_at(now) {
            return Err(Why::Day);
        }
        if !active {
            return Err(Why::Suspended);
        }
        let scopes = asked.scopes.join(" ");
        let (certificate, expires) = (certificate.fingerprint, Moment(now.0 + LASTS_MS));
        Ok((Machine { enterprise, certificate, scopes, begun: now, expires }, until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_counts_for_its_name_alone_and_only_where_it_was_made() {
        let all = Challenges::new(vec!["Window.example:8443".into()]);
        let now = Moment(1_000_000);
        let (challenge, until) =
            all.new_one(For::Machine, "window.example:8443", now).expect("random").expect("an own name");
        assert_eq!(until, Moment(now.0 + ANSWERED_MS));
        let known = |host: &str, challenge: &str| all.known(For::Machine, host, challenge);
        assert_eq!(known("window.example:8443", &challenge), Some(until));
        for host in ["window.example", "localhost", "window.example:8444", ""] {
            assert_eq!(known(host, &challenge), None, "{host}");
        }
        assert_eq!(all.known(For::Passkey, "window.example:8443", &challenge), None, "for something else");
        let others = Challenges::new(vec![]);
        assert_eq!(others.known(For::Machine, "window.example:8443", &challenge), None, "another window's");
        for at in [0, 15, 16, 47, 48, 111] {
            let mut other = challenge.clone().into_bytes();
            other[at] = if other[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(known("window.example:8443", &String::from_utf8(other).expect("hex")), None, "{at}");
        }
        for odd in ["", "00", "zz", &challenge[..110], &format!("{challenge}00")] {
            assert_eq!(known("window.example:8443", odd), None, "{odd}");
        }
    }

    #[test]
    fn the_window_is_reached_under_its_own_names_only() {
        let all = Challenges::new(vec!["window.example".into()]);
        for own in
            ["window.example", "WINDOW.example", "localhost:8207", "127.0.0.1:8207", "[::1]:8207", "[::1]", "localhost"]
        {
            assert!(all.own(own).is_some(), "{own}");
        }
        for other in ["window.example:8207", "evil.example", "", "localhost.evil.example", "127.0.0.1.evil.example:80"]
        {
            assert_eq!(all.own(other), None, "{other}");
        }
    }

    #[test]
    fn a_statement_is_four_lines() {
        assert_eq!(
            statement("a:1", "ff", &["message.send".into(), "outbox.read".into()]),
            "onewindow sign-in 1\nhost: a:1\nchallenge: ff\nscopes: message.send outbox.read\n"
        );
        assert!(statement("a:1", "ff", &[]).ends_with("scopes: all\n"));
    }
}
