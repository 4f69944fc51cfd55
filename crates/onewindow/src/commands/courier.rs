//! How a running window brings receipts: over HTTP, or to simulated departments (docs/departments.md).

use crate::say::Cannot;
use server::courier::address::Guard;
use server::courier::http::Http;
use server::courier::simulator::{Behaves, Office};
use server::courier::{Connector, Delivery, Line, connectors};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Where receipts are brought.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct CourierArgs {
    /// Departments' systems: a table kind,address (customs, tax, exchange, market, identity; https://… or simulator:ok,
    /// slow, wrong, down, replaying)
    #[arg(long, value_name = "FILE")]
    pub connectors: Option<PathBuf>,

    /// Receipts are brought to this address too, though it is none of the public network or speaks no TLS
    #[arg(long, value_name = "HOST:PORT")]
    pub deliver_to: Vec<String>,

    /// Certificates (PEM) that are trusted beside those that browsers trust
    #[arg(long, value_name = "FILE")]
    pub deliver_roots: Option<PathBuf>,
}

impl CourierArgs {
    /// The table of connectors; none without one.
    pub fn table(&self) -> Result<Vec<Connector>, Cannot> {
        let Some(file) = &self.connectors else { return Ok(Vec::new()) };
        connectors(&super::text_of(file)?).map_err(|faults| Cannot::because(faults.join("\n")))
    }

    /// Certificates that are trusted too.
    pub fn roots(&self) -> Result<Vec<u8>, Cannot> {
        let Some(file) = &self.deliver_roots else { return Ok(Vec::new()) };
        std::fs::read(file).map_err(|error| Cannot::with(file, error))
    }

    /// The ways to all that the table and subscriptions name.
    pub fn line(&self) -> Result<Lines, Cannot> {
        let http = Http::new(Guard::new(self.deliver_to.clone()), &self.roots()?).map_err(Cannot::because)?;
        Ok(Lines { http, offices: Mutex::default() })
    }
}

/// Over HTTP, but for simulated departments.
pub struct Lines {
    http: Http,
    offices: Mutex<HashMap<String, Office>>,
}

impl Line for Lines {
    fn bring(&self, delivery: &Delivery<'_>) -> Result<Vec<u8>, String> {
        let Some(name) = delivery.address.strip_prefix("simulator:") else { return self.http.bring(delivery) };
        let behaves = Behaves::named(name).ok_or("no such behaviour of a simulator")?;
        let owner = serde_json::from_slice::<serde_json::Value>(delivery.body).map_err(|_| "no JSON")?;
        let owner = owner["owner"].as_str().unwrap_or_default().to_owned();
        let mut offices = self.offices.lock().unwrap_or_else(PoisonError::into_inner);
        let office = offices.entry(owner.clone()).or_insert_with(|| Office::new(&owner, behaves, None));
        office.bring(delivery)
    }
}

/// Whom to ask about identities: what the command line names, or the table's connector.
pub fn verifier(
    named: Option<&str>,
    table: &[Connector],
    key: Option<&Path>,
    roots: &[u8],
    sandbox: bool,
) -> super::verifier::Verifying {
    let of_table = table.iter().find(|of| of.kind == "identity").map(|of| of.address.as_str());
    match named.or(of_table) {
        Some(address) if address.starts_with("simulator:") => super::verifier::of(None, key, roots, true),
        named => super::verifier::of(named, key, roots, sandbox),
    }
}
