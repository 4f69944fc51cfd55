//! The recipe of docs/operating.md, as it stands there: machines sign in by certificate with curl and openssl.

use crate::zones::text;
use crate::{Serving, curl, onewindow, root};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The page's block of shell that begins with this line.
fn recipe(begins: &str) -> String {
    let page = fs::read_to_string(root().join("docs/operating.md")).expect("the page");
    let block = page.split("```sh\n").find(|block| block.starts_with(begins));
    block
        .and_then(|block| block.split("```").next())
        .unwrap_or_else(|| panic!("no block begins with {begins}"))
        .to_owned()
}

fn shell(script: &str, folder: &Path, more: &[(&str, &str)]) -> (bool, String) {
    let mut sh = Command::new("sh");
    let said = sh.args(["-e", "-c", script]).current_dir(folder).envs(more.iter().copied()).output().expect("sh runs");
    (said.status.success(), String::from_utf8(said.stdout).expect("UTF-8") + &String::from_utf8_lossy(&said.stderr))
}

fn certificate(folder: &Path, kind: &[&str], digest: &[&str], name: &str) -> Option<()> {
    let (key, crt) = (folder.join(format!("{name}.key")), folder.join(format!("{name}.crt")));
    let made = Command::new("openssl").arg("genpkey").args(kind).arg("-out").arg(&key).output().ok()?;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut request = Command::new("openssl");
    request.args(["req", "-x509", "-days", "3650", "-subj", "/CN=made up", "-key"]).arg(&key).arg("-out").arg(&crt);
    let said = request.args(digest).output().expect("openssl runs");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    Some(())
}

#[test]
fn openssl_signs_in_by_rsa_and_by_sm2_as_the_page_says() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let sm2 = ["-sm3", "-sigopt", "distid:1234567812345678"];
    let made = [
        certificate(folder, &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], &["-sha256"], "rsa"),
        certificate(folder, &["-algorithm", "SM2"], &sm2, "sm2"),
    ];
    if curl(&["--version"]).is_none() || made.contains(&None) {
        return eprintln!("skipped: there is no curl or no openssl");
    }
    // A day on which certificates that were made just now are valid: the machine's next.
    let next = Command::new("date").args(["-d", "+1 day", "+%F"]).output().unwrap();
    let next = format!("{}T12:00", String::from_utf8(next.stdout).unwrap().trim());
    let serving = Serving::sandbox(&folder.join("zone"), &next);
    let rows = ["rsa", "sm2"].map(|name| {
        let mut der = Command::new("openssl");
        let said = der.args(["x509", "-outform", "DER", "-in"]).arg(folder.join(format!("{name}.crt")));
        let print = store::proof::hex(&store::proof::sha256(&said.output().unwrap().stdout));
        format!("{print},1199980AG1,2026-01-01,,{name}\n")
    });
    let table = folder.join("certificates.csv");
    fs::write(&table, format!("fingerprint,code,from,until,serial\n{}", rows.concat())).unwrap();
    let key_file = folder.join("key");
    fs::write(&key_file, &serving.keys["operator"]).unwrap();
    let said =
        onewindow(&["import", "certificates", text(&table), "--url", &serving.url, "--key-file", text(&key_file)]);
    assert_eq!(said.exit, 0, "{}{}", said.out, said.err);

    let (first, last) = (recipe("H=window.example"), recipe("printf '{\"certificate\""));
    let host = serving.url.strip_prefix("http://").unwrap();
    let first = first.replace("H=window.example", &format!("H={host}")).replace("https://", "http://");
    for (name, sign) in [("rsa", "openssl dgst -sha256"), ("sm2", "openssl pkeyutl")] {
        let script = format!("{first}\n{}\n{last}", recipe(sign)).replace("machine.", &format!("{name}."));
        let (well, said) = shell(&script, folder, &[]);
        assert!(well, "{name}: {said}");
        let told: serde_json::Value = serde_json::from_str(said.trim()).unwrap_or_else(|e| panic!("{e}: {said}"));
        assert_eq!(told["enterprise"], "1199980AG1", "{told}");
        let bearer = format!("Authorization: Bearer {}", told["key"].as_str().unwrap());
        let asks = |path: &str| curl(&["-H", &bearer, &format!("{}{path}", serving.url)]).unwrap().0;
        assert_eq!((asks("/api/v1/receipts"), asks("/api/v1/registry/parties")), (200, 403), "{name}");
        // The other machine's certificate with this one's signature.
        let other = if name == "rsa" { "sm2" } else { "rsa" };
        let (well, said) = shell(&script.replace(&format!("{name}.crt"), &format!("{other}.crt")), folder, &[]);
        assert!(!well || said.contains("CERTIFICATE_SIGNATURE"), "{said}");
    }
}
