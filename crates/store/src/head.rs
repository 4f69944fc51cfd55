//! Heads (树头): what a window says of its whole journal, signed twice, and what others say of its heads.
//!
//! - A head is signed over `"onewindow head 1" || size || root || chain || at`, with Ed25519 (RFC 8032) and with SM2
//!   (GM/T 0003.2, SM3, the identity `1234567812345678`). Both have to hold: one broken algorithm proves nothing false.
//! - A witness (见证) signs `"onewindow witness 1" || the window's Ed25519 key || the same bytes` with its own two keys,
//!   after it has seen that the head continues the one that it signed before.
//! - Two heads of one size that one window signed and that are not the same are a *fork*: whoever holds both has
//!   proved that the window keeps two histories.
//!
//! - Keys follow others (密钥更替) by a statement that both sign, over the last head that the old ones signed:
//!   `"onewindow succession 1" || old keys || new keys || 1 if the old ones are revoked || that head's bytes`. Whoever
//!   knows the old keys from elsewhere needs to know no new ones.
//!
//! Everything here is a pure function of its bytes; forms in JSON have hashes and keys in lower-case hexadecimal.

use crate::proof::{Fork, Hash, Invalid, hex, unhex, verify_consistency};
use crate::signer::{Algorithm, SM2_ID, Signer, Software, Unsigned};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use std::sync::Arc;
use trade::time::Moment;

const HEAD: &str = "onewindow head 1";
const CONSISTENCY: &str = "onewindow head consistency 1";
const WITNESSED: &str = "onewindow witnessed head 1";
const SUCCESSION: &str = "onewindow succession 1";
const FORK: &str = "onewindow fork 1";

/// The state of a journal after `size` entries; `at` is the time of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub size: u64,
    pub root: Hash,
    pub chain: Hash,
    pub at: Moment,
}

/// A head and the window's signatures over it. Heads of before 2026-11-26 have none by SM2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedHead {
    pub head: Head,
    pub signature: [u8; 64],
    pub sm2: Option<[u8; 64]>,
}

/// The two keys with which a window signs, wherever they lie.
#[derive(Clone)]
pub struct HeadKeys {
    ed25519: Arc<dyn Signer>,
    sm2: Arc<dyn Signer>,
    public: PublicKeys,
}

/// Their public halves.
#[derive(Clone, Debug)]
pub struct PublicKeys {
    pub ed25519: VerifyingKey,
    /// Without it signatures by SM2 are not looked at.
    pub sm2: Option<sm2::dsa::VerifyingKey>,
}

impl PartialEq for PublicKeys {
    fn eq(&self, other: &PublicKeys) -> bool {
        self.to_text() == other.to_text()
    }
}

/// A head that a witness saw and signed too.
#[derive(Clone, Debug, PartialEq)]
pub struct Witnessed {
    pub window: PublicKeys,
    pub head: SignedHead,
    pub witness: PublicKeys,
    pub signature: [u8; 64],
    pub sm2: Option<[u8; 64]>,
}

/// Shows that the journal of the first head is the beginning of that of the second (RFC 9162, 2.1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    pub from: SignedHead,
    pub to: SignedHead,
    pub path: Vec<Hash>,
}

/// Says that a window's keys follow others.
#[derive(Clone, Debug, PartialEq)]
pub struct Succession {
    pub from: PublicKeys,
    pub to: PublicKeys,
    /// The last head of the old keys.
    pub head: SignedHead,
    /// The old keys may be in other hands: what they sign over more entries than that head counts for nothing.
    pub revoked: bool,
    signed: [([u8; 64], [u8; 64]); 2],
}

/// Keys that are to be relied on, and for heads of how many entries at most.
pub type Trusted = (PublicKeys, Option<u64>);

/// All keys that are to be relied on by whoever knows the first ones, as the statements say; those that do not hold, or
/// follow no key that is known, are left out.
pub fn trusted(first: &PublicKeys, statements: &[Succession]) -> Vec<Trusted> {
    let mut all = vec![(first.clone(), None)];
    for statement in statements.iter().filter(|statement| statement.verify().is_ok()) {
        let size = statement.head.head.size;
        let Some(known) = all.iter_mut().find(|(keys, most)| *keys == statement.from && most.is_none_or(|m| size <= m))
        else {
            continue;
        };
        if statement.revoked {
            known.1 = Some(size);
        }
        if !all.iter().any(|(keys, _)| *keys == statement.to) {
            all.push((statement.to.clone(), None));
        }
    }
    all
}

impl HeadKeys {
    /// In this process, from 32 secret bytes each.
    pub fn new(ed25519: &[u8; 32], sm2: &[u8; 32]) -> HeadKeys {
        let ed25519 = Arc::new(Software::new(Algorithm::Ed25519, ed25519));
        let sm2 = Arc::new(Software::new(Algorithm::Sm2, sm2));
        HeadKeys::of(ed25519, sm2).expect("software keys have public halves")
    }

    /// `None` where a public half is none.
    pub fn of(ed25519: Arc<dyn Signer>, sm2: Arc<dyn Signer>) -> Option<HeadKeys> {
        let public = PublicKeys {
            ed25519: VerifyingKey::from_bytes(ed25519.public().try_into().ok()?).ok()?,
            sm2: Some(sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_ID, sm2.public()).ok()?),
        };
        Some(HeadKeys { ed25519, sm2, public })
    }

    /// Known also while the keys are away.
    pub fn public(&self) -> PublicKeys {
        self.public.clone()
    }

    /// # Errors
    /// Where one of both keys does not sign: then there is no head, not half of one.
    pub fn sign(&self, head: Head) -> Result<SignedHead, Unsigned> {
        let (signature, sm2) = self.sign_bytes(&head.signed_bytes())?;
        Ok(SignedHead { head, signature, sm2: Some(sm2) })
    }

    /// Signs another window's head as its witness. Whoever calls it has seen that the head is signed by that window and
    /// continues what was signed before.
    ///
    /// # Errors
    /// As [`HeadKeys::sign`].
    pub fn countersign(&self, window: PublicKeys, head: SignedHead) -> Result<Witnessed, Unsigned> {
        let (signature, sm2) = self.sign_bytes(&witnessed_bytes(&window, &head.head))?;
        Ok(Witnessed { window, head, witness: self.public(), signature, sm2: Some(sm2) })
    }

    /// Says that these keys follow the old ones, whose newest head is `head`.
    ///
    /// # Errors
    /// As [`HeadKeys::sign`], of the old keys or of the new ones.
    pub fn succeed(&self, old: &HeadKeys, head: Head, revoked: bool) -> Result<Succession, Unsigned> {
        let (from, to, head) = (old.public(), self.public(), old.sign(head)?);
        let bytes = succession_bytes(&from, &to, &head.head, revoked);
        Ok(Succession { from, to, head, revoked, signed: [old.sign_bytes(&bytes)?, self.sign_bytes(&bytes)?] })
    }

    pub(crate) fn sign_bytes(&self, bytes: &[u8]) -> Result<([u8; 64], [u8; 64]), Unsigned> {
        Ok((self.ed25519.sign(bytes)?, self.sm2.sign(bytes)?))
    }
}

impl PublicKeys {
    /// The two lines of a key file: 64 hexadecimal digits of Ed25519, 130 of SM2 (an uncompressed point).
    pub fn to_text(&self) -> (String, Option<String>) {
        use sm2::elliptic_curve::sec1::ToSec1Point as _;
        let sm2 = self.sm2.as_ref().map(|key| hex(key.to_sec1_point(false).as_bytes()));
        (hex(self.ed25519.as_bytes()), sm2)
    }

    /// Reads what [`PublicKeys::to_text`] wrote.
    pub fn from_text(ed25519: &str, sm2: Option<&str>) -> Option<PublicKeys> {
        let ed25519 = VerifyingKey::from_bytes(&unhex::<32>(ed25519.trim())?).ok()?;
        let sm2 = match sm2 {
            None => None,
            Some(text) => Some(sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_ID, &unhex::<65>(text.trim())?).ok()?),
        };
        Some(PublicKeys { ed25519, sm2 })
    }

    fn verify(&self, bytes: &[u8], signature: &[u8; 64], sm2: Option<&[u8; 64]>) -> Result<(), Invalid> {
        use sm2::dsa::signature::Verifier as _;
        let wrong = |_| Invalid::Signature;
        self.ed25519.verify_strict(bytes, &Signature::from_bytes(signature)).map_err(wrong)?;
        let Some(key) = &self.sm2 else { return Ok(()) };
        let signature = sm2::dsa::Signature::from_bytes(sm2.ok_or(Invalid::Signature)?.into()).map_err(wrong)?;
        key.verify(bytes, &signature).map_err(wrong)
    }

    fn to_json(&self) -> Value {
        let (ed25519, sm2) = self.to_text();
        json!({ "ed25519": ed25519, "sm2": sm2 })
    }

    fn from_json(json: &Value) -> Option<PublicKeys> {
        PublicKeys::from_text(json["ed25519"].as_str()?, json["sm2"].as_str())
    }
}

impl Head {
    fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = HEAD.as_bytes().to_vec();
        bytes.extend_from_slice(&self.size.to_be_bytes());
        bytes.extend_from_slice(&self.root);
        bytes.extend_from_slice(&self.chain);
        bytes.extend_from_slice(&self.at.0.to_be_bytes());
        bytes
    }
}

impl SignedHead {
    /// # Errors
    /// `Signature` where one of the signatures that the keys ask for is missing or wrong.
    pub fn verify(&self, keys: &PublicKeys) -> Result<(), Invalid> {
        keys.verify(&self.head.signed_bytes(), &self.signature, self.sm2.as_ref())
    }

    /// The form in a proof: `size, root, chain, at, signature, sm2`.
    pub fn to_json(&self) -> Value {
        let head = &self.head;
        json!({
            "size": head.size, "root": hex(&head.root), "chain": hex(&head.chain), "at": head.at.0,
            "signature": hex(&self.signature), "sm2": self.sm2.map(|s| hex(&s)),
        })
    }

    /// # Errors
    /// `Form` if a part is missing or not what it should be.
    pub fn from_json(json: &Value) -> Result<SignedHead, Invalid> {
        let read = || {
            let hash = |at: &str| unhex(json[at].as_str()?);
            Some(SignedHead {
                head: Head {
                    size: json["size"].as_u64()?,
                    root: hash("root")?,
                    chain: hash("chain")?,
                    at: Moment(json["at"].as_i64()?),
                },
                signature: unhex(json["signature"].as_str()?)?,
                sm2: match &json["sm2"] {
                    Value::Null => None,
                    text => Some(unhex(text.as_str()?)?),
                },
            })
        };
        read().ok_or(Invalid::Form)
    }

    /// The fork that two heads of one window show; `None` where they do not contradict each other as they stand.
    ///
    /// # Errors
    /// `Signature` where the window did not say one of them: that proves nothing against it.
    pub fn fork(&self, other: &SignedHead, keys: &PublicKeys) -> Result<Option<Fork>, Invalid> {
        self.verify(keys)?;
        other.verify(keys)?;
        let differ = self.head.size == other.head.size && self.head != other.head;
        Ok(differ.then_some(Fork::Head { size: self.head.size }))
    }
}

impl Consistency {
    /// # Errors
    /// `Signature`, or `Entry` where the second journal does not begin as the first.
    pub fn verify(&self, keys: &PublicKeys) -> Result<(), Invalid> {
        self.from.verify(keys)?;
        self.to.verify(keys)?;
        let (old, new) = (&self.from.head, &self.to.head);
        // Heads of one size say more than their root.
        let same = old.size != new.size || old == new;
        match same && verify_consistency(old.size, new.size, &old.root, &new.root, &self.path) {
            true => Ok(()),
            false => Err(Invalid::Entry),
        }
    }

    pub fn to_json(&self) -> Value {
        let path: Vec<String> = self.path.iter().map(|h| hex(h)).collect();
        json!({ "form": CONSISTENCY, "from": self.from.to_json(), "to": self.to.to_json(), "path": path })
    }

    /// # Errors
    /// `Form`.
    pub fn from_json(json: &Value) -> Result<Consistency, Invalid> {
        let path = json["path"].as_array().filter(|p| p.len() <= 128 && json["form"] == CONSISTENCY);
        let path = path.ok_or(Invalid::Form)?.iter().map(|h| h.as_str().and_then(unhex).ok_or(Invalid::Form));
        Ok(Consistency {
            from: SignedHead::from_json(&json["from"])?,
            to: SignedHead::from_json(&json["to"])?,
            path: path.collect::<Result<_, _>>()?,
        })
    }
}

fn witnessed_bytes(window: &PublicKeys, head: &Head) -> Vec<u8> {
    [b"onewindow witness 1", &window.ed25519.as_bytes()[..], &head.signed_bytes()].concat()
}

fn succession_bytes(from: &PublicKeys, to: &PublicKeys, head: &Head, revoked: bool) -> Vec<u8> {
    let keys = [from, to].map(|keys| {
        let (ed25519, sm2) = keys.to_text();
        ed25519 + &sm2.unwrap_or_default()
    });
    [SUCCESSION.as_bytes(), keys[0].as_bytes(), keys[1].as_bytes(), &[u8::from(revoked)], &head.signed_bytes()].concat()
}

impl Succession {
    /// # Errors
    /// `Signature` where one of both did not sign, or keys for SM2 are missing.
    pub fn verify(&self) -> Result<(), Invalid> {
        if self.from.sm2.is_none() || self.to.sm2.is_none() {
            return Err(Invalid::Signature);
        }
        self.head.verify(&self.from)?;
        let bytes = succession_bytes(&self.from, &self.to, &self.head.head, self.revoked);
        let mut signed = [&self.from, &self.to].into_iter().zip(&self.signed);
        signed.try_for_each(|(keys, (ed25519, sm2))| keys.verify(&bytes, ed25519, Some(sm2)))
    }

    pub fn to_json(&self) -> Value {
        let signed = self.signed.each_ref().map(|(e, s)| json!({ "signature": hex(e), "sm2": hex(s) }));
        json!({
            "form": SUCCESSION, "from": self.from.to_json(), "to": self.to.to_json(), "head": self.head.to_json(),
            "revoked": self.revoked, "old": signed[0], "new": signed[1],
        })
    }

    /// # Errors
    /// `Form`.
    pub fn from_json(json: &Value) -> Result<Succession, Invalid> {
        let head = SignedHead::from_json(&json["head"])?;
        let read = || {
            let signed = |by: &str| Some((unhex(json[by]["signature"].as_str()?)?, unhex(json[by]["sm2"].as_str()?)?));
            Some(Succession {
                from: PublicKeys::from_json(&json["from"])?,
                to: PublicKeys::from_json(&json["to"])?,
                head,
                revoked: json["revoked"].as_bool()?,
                signed: [signed("old")?, signed("new")?],
            })
        };
        read().filter(|_| json["form"] == SUCCESSION).ok_or(Invalid::Form)
    }
}

impl Witnessed {
    /// # Errors
    /// `Signature` where the window or the witness did not sign.
    pub fn verify(&self) -> Result<(), Invalid> {
        self.head.verify(&self.window)?;
        self.witness.verify(&witnessed_bytes(&self.window, &self.head.head), &self.signature, self.sm2.as_ref())
    }

    pub fn to_json(&self) -> Value {
        let witness = json!({
            "keys": self.witness.to_json(), "signature": hex(&self.signature), "sm2": self.sm2.map(|s| hex(&s)),
        });
        json!({
            "form": WITNESSED, "window": self.window.to_json(), "head": self.head.to_json(), "witness": witness,
        })
    }

    /// # Errors
    /// `Form`.
    pub fn from_json(json: &Value) -> Result<Witnessed, Invalid> {
        let head = SignedHead::from_json(&json["head"])?;
        let read = || {
            let of = json.get("witness").filter(|_| json["form"] == WITNESSED)?;
            Some(Witnessed {
                window: PublicKeys::from_json(&json["window"])?,
                head,
                witness: PublicKeys::from_json(&of["keys"])?,
                signature: unhex(of["signature"].as_str()?)?,
                sm2: of["sm2"].as_str().map(unhex).map_or(Some(None), |s| s.map(Some))?,
            })
        };
        read().ok_or(Invalid::Form)
    }
}

/// Two heads that prove a fork, as they are handed on.
pub fn fork_to_json(window: &PublicKeys, one: &SignedHead, other: &SignedHead) -> Value {
    json!({ "form": FORK, "window": window.to_json(), "one": one.to_json(), "other": other.to_json() })
}

/// Reads what [`fork_to_json`] wrote: the keys that it names, and the fork that the heads prove under them.
///
/// # Errors
/// `Form`; `Signature` where those keys did not sign both.
pub fn fork_from_json(json: &Value) -> Result<(PublicKeys, Option<Fork>), Invalid> {
    let window = Some(&json["window"]).filter(|_| json["form"] == FORK).and_then(PublicKeys::from_json);
    let window = window.ok_or(Invalid::Form)?;
    let (one, other) = (SignedHead::from_json(&json["one"])?, SignedHead::from_json(&json["other"])?);
    let fork = one.fork(&other, &window)?;
    Ok((window, fork))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::{leaf_hash, root};

    fn keys(n: u8) -> HeadKeys {
        HeadKeys::new(&[n; 32], &[n; 32])
    }

    fn head(size: u64, leaves: &[Hash]) -> Head {
        Head { size, root: root(&leaves[..size as usize]), chain: [size as u8; 32], at: Moment(size as i64) }
    }

    fn leaves(from: u64) -> Vec<Hash> {
        (from..from + 20).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    #[test]
    fn both_signatures_have_to_hold() {
        let signed = keys(1).sign(head(3, &leaves(0))).unwrap();
        let public = keys(1).public();
        assert_eq!(signed.verify(&public), Ok(()));
        assert_eq!(SignedHead::from_json(&signed.to_json()), Ok(signed));
        let wrong = Err(Invalid::Signature);
        assert_eq!(SignedHead { sm2: keys(2).sign(signed.head).unwrap().sm2, ..signed }.verify(&public), wrong);
        assert_eq!(
            SignedHead { signature: keys(2).sign(signed.head).unwrap().signature, ..signed }.verify(&public),
            wrong
        );
        assert_eq!(SignedHead { head: Head { at: Moment(4), ..signed.head }, ..signed }.verify(&public), wrong);
        assert_eq!(SignedHead { sm2: None, ..signed }.verify(&public), wrong);
        // A reader of old has the one key alone.
        let one = PublicKeys { sm2: None, ..public.clone() };
        assert_eq!(SignedHead { sm2: None, ..signed }.verify(&one), Ok(()));
        let (ed25519, sm2) = public.to_text();
        assert_eq!((ed25519.len(), sm2.as_ref().map(String::len)), (64, Some(130)));
        assert_eq!(PublicKeys::from_text(&ed25519, sm2.as_deref()), Some(public));
        assert_eq!(PublicKeys::from_text(&ed25519, Some(&"0".repeat(130))), None);
        let made = HeadKeys::new(&[1; 32], &[0xff; 32]);
        assert_eq!(
            made.sign(signed.head).unwrap().verify(&made.public()),
            Ok(()),
            "of bytes that are no number for SM2"
        );
    }

    #[test]
    fn a_head_that_does_not_continue_another_is_told() {
        let (all, others) = (leaves(0), leaves(1));
        let public = keys(1).public();
        let signed = |size, leaves: &[Hash]| keys(1).sign(head(size, leaves)).unwrap();
        let path = |old: u64, new: u64| {
            let range = |a: u64, b: u64| Ok::<_, ()>(root(&all[a as usize..b as usize]));
            crate::proof::consistency_path(old, new, range).unwrap()
        };
        for (old, new) in [(0, 7), (1, 20), (7, 7), (8, 13), (19, 20)] {
            let shown = Consistency { from: signed(old, &all), to: signed(new, &all), path: path(old, new) };
            assert_eq!(shown.verify(&public), Ok(()), "{old} {new}");
            assert_eq!(Consistency::from_json(&shown.to_json()), Ok(shown.clone()));
            if old > 0 {
                let forked = Consistency { from: signed(old, &others), ..shown.clone() };
                assert_eq!(forked.verify(&public), Err(Invalid::Entry), "{old} {new}");
            }
            assert_eq!(shown.verify(&keys(2).public()), Err(Invalid::Signature));
        }
        let chained = Head { chain: [9; 32], ..head(7, &all) };
        let shown = Consistency { from: signed(7, &all), to: keys(1).sign(chained).unwrap(), path: vec![] };
        assert_eq!(shown.verify(&public), Err(Invalid::Entry), "one root, two chains");
    }

    /// Who knows the first keys relies on those that follow, and on revoked ones no longer than they held.
    #[test]
    fn keys_that_follow_others_are_relied_on_and_revoked_ones_no_longer() {
        let all = leaves(0);
        let next =
            |old: u8, new: u8, size: u64, revoked| keys(new).succeed(&keys(old), head(size, &all), revoked).unwrap();
        let (second, third) = (next(1, 2, 5, false), next(2, 3, 9, true));
        for statement in [&second, &third] {
            assert_eq!(statement.verify(), Ok(()));
            assert_eq!(Succession::from_json(&statement.to_json()).as_ref(), Ok(statement));
        }
        let known = |first: u8, statements: &[&Succession]| {
            let statements: Vec<Succession> = statements.iter().map(|s| (*s).clone()).collect();
            let all = trusted(&keys(first).public(), &statements);
            all.into_iter()
                .map(|(k, most)| ((1..9).find(|n| keys(*n).public() == k).unwrap(), most))
                .collect::<Vec<_>>()
        };
        assert_eq!(known(1, &[]), [(1, None)]);
        assert_eq!(known(1, &[&second, &third]), [(1, None), (2, Some(9)), (3, None)]);
        assert_eq!(known(2, &[&second, &third]), [(2, Some(9)), (3, None)], "from where one stands");
        assert_eq!(known(3, &[&second, &third]), [(3, None)]);
        assert_eq!(known(7, &[&second, &third]), [(7, None)], "another window's");
        // A revoked key names no heir of later days.
        assert_eq!(known(2, &[&third, &next(2, 4, 12, false)]), [(2, Some(9)), (3, None)]);
        for forged in [
            Succession { to: keys(4).public(), ..second.clone() },
            Succession { from: keys(4).public(), head: keys(4).sign(second.head.head).unwrap(), ..second.clone() },
            Succession { revoked: true, ..second.clone() },
            Succession { head: keys(1).sign(head(6, &all)).unwrap(), ..second.clone() },
            Succession { signed: [third.signed[0], second.signed[1]], ..second.clone() },
            Succession { signed: [second.signed[0], third.signed[1]], ..second.clone() },
            Succession { to: PublicKeys { sm2: None, ..second.to.clone() }, ..second.clone() },
        ] {
            assert_eq!(forged.verify(), Err(Invalid::Signature));
            assert_eq!(known(1, &[&forged]), [(1, None)]);
        }
        assert_eq!(Succession::from_json(&json!({})), Err(Invalid::Form));
    }

    #[test]
    fn a_witness_signs_for_one_window_and_a_fork_is_handed_on() {
        let window = keys(1).public();
        let (one, other) = (keys(1).sign(head(7, &leaves(0))).unwrap(), keys(1).sign(head(7, &leaves(1))).unwrap());
        let seen = keys(3).countersign(window.clone(), one).unwrap();
        assert_eq!(seen.verify(), Ok(()));
        assert_eq!(Witnessed::from_json(&seen.to_json()), Ok(seen.clone()));
        for changed in [
            Witnessed { head: other, ..seen.clone() },
            Witnessed { witness: keys(4).public(), ..seen.clone() },
            Witnessed { sm2: keys(4).countersign(window.clone(), one).unwrap().sm2, ..seen.clone() },
            Witnessed { window: keys(2).public(), head: keys(2).sign(one.head).unwrap(), ..seen.clone() },
        ] {
            assert_eq!(changed.verify(), Err(Invalid::Signature));
        }
        let told = |json: &Value| fork_from_json(json).map(|(_, fork)| fork);
        assert_eq!(told(&fork_to_json(&window, &one, &other)), Ok(Some(Fork::Head { size: 7 })));
        assert_eq!(told(&fork_to_json(&window, &one, &one)), Ok(None));
        let later = keys(1).sign(head(8, &leaves(1))).unwrap();
        assert_eq!(told(&fork_to_json(&window, &one, &later)), Ok(None), "of another size it proves nothing yet");
        let made_up = keys(2).sign(head(7, &leaves(1))).unwrap();
        assert_eq!(told(&fork_to_json(&window, &one, &made_up)), Err(Invalid::Signature));
        assert_eq!(told(&json!({})), Err(Invalid::Form));
    }
}
