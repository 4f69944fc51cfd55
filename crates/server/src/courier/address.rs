//! Whereto something may be sent (SSRF): an address that somebody else names must not make this window speak to what only
//! this window reaches.
//!
//! `https` on its usual ports, at addresses of the public network alone: none private, loopback, link-local, of metadata,
//! shared, reserved or multicast, nor one of these inside an address of version 6. The name is resolved once, all that it
//! resolves to is held against the rule, and just that is connected to: a name that says otherwise a moment later
//! (rebinding) changes nothing. What the operator's allow-list names (`HOST:PORT`) is reached also by `http`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Ports that `https` is spoken on.
const PORTS: [u16; 2] = [443, 8443];

/// An address, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub tls: bool,
    pub host: String,
    pub port: u16,
    /// From the first `/` on.
    pub path: String,
}

impl Address {
    /// # Errors
    /// What it lacks.
    pub fn of(text: &str) -> Result<Address, String> {
        if !trade::subscription::is_address(text) {
            return Err("no address".into());
        }
        let (tls, rest) = match text.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("http://").unwrap_or_default()),
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        // `[2001:db8::1]:443`
        let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, rest)) => (host, rest.strip_prefix(':')),
            None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let usual = if tls { 443 } else { 80 };
        let port = port.map_or(Ok(usual), str::parse).map_err(|_| "no port".to_owned())?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:".contains(&b);
        if host.is_empty() || !host.bytes().all(plain) {
            return Err("no host".into());
        }
        Ok(Address { tls, host: host.to_ascii_lowercase(), port, path })
    }

    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{host}:{}", self.port)
    }
}

/// How names are resolved.
pub type Resolve = dyn Fn(&str, u16) -> std::io::Result<Vec<SocketAddr>> + Send + Sync;

/// What may be sent to.
pub struct Guard {
    /// `HOST:PORT`, as an address names them.
    pub allowed: Vec<String>,
    pub resolve: Box<Resolve>,
}

impl Guard {
    /// With the machine's own way to resolve names.
    pub fn new(allowed: Vec<String>) -> Guard {
        let resolve = |host: &str, port: u16| Ok(std::net::ToSocketAddrs::to_socket_addrs(&(host, port))?.collect());
        Guard { allowed, resolve: Box::new(resolve) }
    }

    /// Where to connect, and whether it stands on the allow-list.
    ///
    /// # Errors
    /// Why nothing is sent there.
    pub fn reach(&self, address: &Address) -> Result<Vec<SocketAddr>, String> {
        let allowed = self.allowed.contains(&address.authority());
        let open = address.tls && PORTS.contains(&address.port);
        if !allowed && !open {
            return Err("only https on its usual ports".into());
        }
        let found = (self.resolve)(&address.host, address.port).map_err(|_| "the name is not known".to_owned())?;
        match found.iter().find(|of| !allowed && !is_public(of.ip())) {
            _ if found.is_empty() => Err("the name is not known".into()),
            Some(_) => Err("not an address of the public network".into()),
            None => Ok(found),
        }
    }
}

/// An address that anybody on the public network reaches.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let inside = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || a == 0;
    // 100.64/10 shared by carriers (a cloud's metadata among them), 198.18/15 for measuring, 192.0.0/24 for protocols,
    // 192.88.99/24 of 6to4.
    let shared = a == 100 && (64..128).contains(&b) || a == 198 && (b == 18 || b == 19);
    let special = (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99) || ip.is_documentation();
    !(inside || shared || special || ip.is_multicast() || a >= 240)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let parts = ip.segments();
    // Global unicast is 2000::/3; of that not what carries an address of version 4 or is for documents and protocols.
    let global = parts[0] & 0xe000 == 0x2000;
    let carries = parts[0] == 0x2002 || parts[0] == 0x2001 && parts[1] < 0x0200;
    let documents = parts[0] == 0x2001 && parts[1] == 0x0db8 || parts[0] == 0x3fff;
    global && !carries && !documents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_network_are_reached() {
        for (ip, public) in [
            ("8.8.8.8", true),
            ("9.255.255.255", true),
            ("10.0.0.0", false),
            ("10.255.255.255", false),
            ("11.0.0.0", true),
            ("127.0.0.1", false),
            ("127.255.255.254", false),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("169.254.169.254", false),
            ("100.63.255.255", true),
            ("100.64.0.0", false),
            ("100.100.100.200", false),
            ("100.127.255.255", false),
            ("100.128.0.0", true),
            ("172.15.255.255", true),
            ("172.16.0.0", false),
            ("172.31.255.255", false),
            ("172.32.0.0", true),
            ("192.167.255.255", true),
            ("192.168.0.1", false),
            ("192.0.0.8", false),
            ("192.0.2.1", false),
            ("198.17.255.255", true),
            ("198.18.0.1", false),
            ("198.19.255.255", false),
            ("198.20.0.0", true),
            ("224.0.0.1", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:4700::1111", true),
            ("::1", false),
            ("::", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", false),
            ("::7f00:1", false),
            ("64:ff9b::7f00:1", false),
            ("fe80::1", false),
            ("fc00::1", false),
            ("fd00:ec2::254", false),
            ("fec0::1", false),
            ("ff02::1", false),
            ("2002:7f00:1::", false),
            ("2001::1", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_public(ip.parse().expect("an address")), public, "{ip}");
        }
    }

    fn guard(allowed: &[&str], resolved: &'static [&'static str]) -> Guard {
        let resolve = move |_: &str, port: u16| {
            Ok(resolved.iter().map(|ip| SocketAddr::new(ip.parse().expect("an address"), port)).collect())
        };
        Guard { allowed: allowed.iter().map(|of| (*of).to_owned()).collect(), resolve: Box::new(resolve) }
    }

    #[test]
    fn one_private_address_among_those_of_a_name_is_enough_to_refuse_it() {
        let https = Address::of("https://example.org/x").expect("an address");
        assert!(guard(&[], &["8.8.8.8"]).reach(&https).is_ok());
        assert!(guard(&[], &["8.8.8.8", "127.0.0.1"]).reach(&https).is_err());
        assert!(guard(&[], &["169.254.169.254"]).reach(&https).is_err());
        assert!(guard(&[], &[]).reach(&https).is_err());
        for (text, good) in [
            ("http://example.org/", false),
            ("https://example.org:22/", false),
            ("https://example.org:8443/", true),
            ("https://127.0.0.1/", true),
        ] {
            let reached = guard(&[], &["8.8.8.8"]).reach(&Address::of(text).expect("an address"));
            assert_eq!(reached.is_ok(), good, "{text}: what counts is what it resolves to");
        }
        let local = Address::of("http://127.0.0.1:9000/x?of=1").expect("an address");
        assert!(Guard::new(vec![]).reach(&local).is_err());
        assert!(Guard::new(vec!["127.0.0.1:9001".into()]).reach(&local).is_err());
        assert!(Guard::new(vec!["127.0.0.1:9000".into()]).reach(&local).is_ok());
        for text in
            ["https://127.1/", "https://0x7f.0.0.1/", "https://2130706433/", "https://[::1]/", "https://localhost/"]
        {
            let reached = Address::of(text).and_then(|address| Guard::new(vec![]).reach(&address));
            assert!(reached.is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_is_taken_apart() {
        let of = |text: &str| Address::of(text).map(|of| (of.tls, of.authority(), of.path));
        assert_eq!(of("https://Example.org"), Ok((true, "example.org:443".into(), "/".into())));
        assert_eq!(of("https://example.org?of=1"), Ok((true, "example.org:443".into(), "/?of=1".into())));
        assert_eq!(of("http://[::1]:80/a"), Ok((false, "[::1]:80".into(), "/a".into())));
        for wrong in ["https://a:b/", "https://a:70000/", "https://a%00/", "https://[::1/"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
