//! The bill of materials (SBOM, 软件物料清单) of what is built: CycloneDX 1.6 as JSON, on standard output.
//!
//! `cargo run --release --example sbom > sbom.json`. Every package of `Cargo.lock` stands in it with its licence, the
//! hash of what the registry gave, and what it depends on, so that other tools can look up what is known of its
//! weaknesses: `osv-scanner --sbom sbom.json`, or `cargo audit` over the same `Cargo.lock`, where there is a network.

use serde_json::{Value, json};
use std::process::{Command, ExitCode};

#[allow(dead_code)] // where a test reads this file
fn main() -> ExitCode {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let metadata = Command::new(cargo).args(["metadata", "--format-version", "1", "--locked"]).output();
    let metadata = metadata.ok().and_then(|said| serde_json::from_slice::<Value>(&said.stdout).ok());
    let lock = std::fs::read_to_string("Cargo.lock").ok().and_then(|text| text.parse::<toml::Table>().ok());
    let (Some(metadata), Some(lock)) = (metadata, lock) else {
        eprintln!("run it in the project's root, where Cargo.lock stands and cargo runs");
        return ExitCode::from(2);
    };
    println!("{:#}", bom(&metadata, &lock));
    ExitCode::SUCCESS
}

/// The bill, of what `cargo metadata` and `Cargo.lock` say.
pub fn bom(metadata: &Value, lock: &toml::Table) -> Value {
    let described = metadata["packages"].as_array().cloned().unwrap_or_default();
    let packages = lock.get("package").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let word = |package: &toml::Value, name: &str| {
        package.get(name).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
    };
    let reference = |name: &str, version: &str| format!("pkg:cargo/{name}@{version}");
    let of = |package: &toml::Value| reference(&word(package, "name"), &word(package, "version"));
    // What the lock file says of a dependency: its name, and its version where there are several.
    let meant = |said: &str| {
        let (name, version) = said.split_once(' ').unwrap_or((said, ""));
        let version = version.split(' ').next().unwrap_or_default();
        packages.iter().find(|p| word(p, "name") == name && (version.is_empty() || word(p, "version") == version))
    };
    let component = |package: &toml::Value| {
        let (name, version) = (word(package, "name"), word(package, "version"));
        let known = described.iter().find(|d| d["name"] == *name && d["version"] == *version);
        let mut told = json!({
            "type": "library", "bom-ref": of(package), "purl": of(package), "name": name, "version": version,
        });
        if let Some(licence) = known.and_then(|known| known["license"].as_str()) {
            told["licenses"] = json!([{ "expression": licence.replace('/', " OR ") }]);
        }
        // Packages of this project come from no registry and have none.
        if let Some(hash) = Some(word(package, "checksum")).filter(|hash| !hash.is_empty()) {
            told["hashes"] = json!([{ "alg": "SHA-256", "content": hash }]);
        }
        told
    };
    let needs = |package: &toml::Value| {
        let all = package.get("dependencies").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        let all: Vec<String> = all.iter().filter_map(|said| meant(said.as_str()?)).map(of).collect();
        json!({ "ref": of(package), "dependsOn": all })
    };
    let program = packages.iter().find(|package| word(package, "name") == "onewindow");
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": program.map(|program| {
            let mut told = component(program);
            told["type"] = json!("application");
            told
        }) },
        "components": packages.iter().filter(|package| word(package, "name") != "onewindow").map(component).collect::<Vec<_>>(),
        "dependencies": packages.iter().map(needs).collect::<Vec<_>>(),
    })
}
