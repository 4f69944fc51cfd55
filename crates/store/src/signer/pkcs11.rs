//! A maker's PKCS#11 module (密码设备应用接口), loaded into this process.
//!
//! Ed25519 is `CKM_EDDSA` over a key of the curve edwards25519. PKCS#11 has no SM2: makers give it numbers of their own,
//! which configuration names; the mechanism has to take the whole message, hash it by SM3 with the identity
//! `1234567812345678`, and give `r || s`. Each signature is verified before it goes out, so that a mechanism that does
//! something else signs nothing.

use super::token::{Found, Module, Session};
use super::{Algorithm, Unsigned};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::UserType;
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The curve of Ed25519 as PKCS#11 3.0 writes it: the printable string `edwards25519`.
const EDWARDS25519: &[u8] = b"\x13\x0cedwards25519";
/// The curve of SM2 (1.2.156.10197.1.301).
const SM2P256V1: &[u8] = &[0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d];

/// A module is initialised once in a process, whoever uses it.
static LOADED: Mutex<Option<HashMap<PathBuf, Pkcs11>>> = Mutex::new(None);

pub struct Pkcs11Module {
    name: String,
    module: Pkcs11,
    sm2: Sm2,
}

#[derive(Clone, Copy)]
struct Sm2 {
    sign: Option<MechanismType>,
    make: Option<MechanismType>,
}

struct Pkcs11Session {
    session: cryptoki::session::Session,
    offered: Vec<MechanismType>,
    sm2: Sm2,
}

impl Pkcs11Module {
    /// Loads the file, or finds it loaded.
    ///
    /// # Errors
    /// `Module`; also where a number of SM2 is not one of those that makers may give.
    pub fn load(path: &str, sm2_mechanism: Option<u64>, sm2_make: Option<u64>) -> Result<Pkcs11Module, Unsigned> {
        let failed = |error: Error| Unsigned::Module(path.to_owned(), error.to_string());
        let number = |number: Option<u64>| number.map(MechanismType::new_vendor_defined).transpose().map_err(failed);
        let sm2 = Sm2 { sign: number(sm2_mechanism)?, make: number(sm2_make)? };
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        let loaded = loaded.get_or_insert_default();
        let module = match loaded.get(std::path::Path::new(path)) {
            Some(module) => module.clone(),
            None => {
                let module = Pkcs11::new(path).map_err(failed)?;
                match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
                    Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
                    Err(error) => return Err(failed(error)),
                }
                loaded.insert(path.into(), module.clone());
                module
            }
        };
        Ok(Pkcs11Module { name: path.to_owned(), module, sm2 })
    }

    fn slots(&self) -> Result<Vec<(Slot, String)>, Unsigned> {
        let failed = |error: Error| Unsigned::Module(self.name.clone(), error.to_string());
        let slots = self.module.get_slots_with_initialized_token().map_err(failed)?;
        // One that is taken out between the two questions is not there.
        let label = |slot| Some((slot, self.module.get_token_info(slot).ok()?.label().trim().to_owned()));
        Ok(slots.into_iter().filter_map(label).collect())
    }

    fn offered(&self, slot: Slot) -> Result<Vec<MechanismType>, Unsigned> {
        self.module.get_mechanism_list(slot).map_err(away)
    }
}

impl Module for Pkcs11Module {
    fn tokens(&self) -> Result<Vec<Found>, Unsigned> {
        let found = |(slot, label)| {
            let offered = self.offered(slot)?;
            let has = |a: &Algorithm| self.sm2.signs(*a).is_some_and(|mechanism| offered.contains(&mechanism));
            Ok(Found { label, offers: Algorithm::ALL.into_iter().filter(has).collect() })
        };
        self.slots()?.into_iter().map(found).collect()
    }

    fn open(&self, token: &str, pin: &str) -> Result<Box<dyn Session>, Unsigned> {
        let (slot, _) = self
            .slots()?
            .into_iter()
            .find(|(_, label)| label == token)
            .ok_or_else(|| Unsigned::NoToken(token.to_owned()))?;
        let session = self.module.open_rw_session(slot).map_err(away)?;
        match session.login(UserType::User, Some(&AuthPin::new(pin.into()))) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _)) => {
                return Err(Unsigned::WrongPin(token.to_owned()));
            }
            Err(Error::Pkcs11(RvError::PinLocked, _)) => return Err(Unsigned::Locked(token.to_owned())),
            Err(error) => return Err(away(error)),
        }
        Ok(Box::new(Pkcs11Session { session, offered: self.offered(slot)?, sm2: self.sm2 }))
    }
}

impl Sm2 {
    fn signs(self, algorithm: Algorithm) -> Option<MechanismType> {
        match algorithm {
            Algorithm::Ed25519 => Some(MechanismType::EDDSA),
            Algorithm::Sm2 => self.sign,
        }
    }
}

impl Pkcs11Session {
    fn object(&self, class: ObjectClass, label: &str) -> Result<Option<ObjectHandle>, Unsigned> {
        let wanted = [Attribute::Class(class), Attribute::Token(true), Attribute::Label(label.into())];
        Ok(self.session.find_objects(&wanted).map_err(away)?.first().copied())
    }

    fn offers(&self, mechanism: Option<MechanismType>, what: &str) -> Result<MechanismType, Unsigned> {
        mechanism.filter(|m| self.offered.contains(m)).ok_or_else(|| Unsigned::NoMechanism(what.to_owned()))
    }

    /// The bytes of a public key's point, whether the module wraps them into an OCTET STRING, as it should, or not.
    fn point(&self, key: ObjectHandle, algorithm: Algorithm) -> Result<Vec<u8>, Unsigned> {
        let length: u8 = match algorithm {
            Algorithm::Ed25519 => 32,
            Algorithm::Sm2 => 65,
        };
        let attributes = self.session.get_attributes(key, &[AttributeType::EcPoint]).map_err(away)?;
        let point = attributes.into_iter().find_map(|attribute| match attribute {
            Attribute::EcPoint(bytes) => Some(bytes),
            _ => None,
        });
        let point = point.map(|bytes| match bytes.strip_prefix(&[0x04, length]) {
            Some(inner) if inner.len() == usize::from(length) => inner.to_vec(),
            _ => bytes,
        });
        point
            .filter(|bytes| bytes.len() == usize::from(length))
            .ok_or_else(|| Unsigned::Away("the token shows no public key of the right length".into()))
    }
}

impl Session for Pkcs11Session {
    fn find(&mut self, label: &str, algorithm: Algorithm) -> Result<Option<Vec<u8>>, Unsigned> {
        match self.object(ObjectClass::PUBLIC_KEY, label)? {
            Some(key) => self.point(key, algorithm).map(Some),
            None => Ok(None),
        }
    }

    fn make(&mut self, label: &str, algorithm: Algorithm) -> Result<Vec<u8>, Unsigned> {
        // A key that could be made and never sign would be noticed too late.
        self.offers(self.sm2.signs(algorithm), "a mechanism that signs so")?;
        let (mechanism, kind, curve) = match algorithm {
            Algorithm::Ed25519 => {
                self.offers(Some(MechanismType::ECC_EDWARDS_KEY_PAIR_GEN), "CKM_EC_EDWARDS_KEY_PAIR_GEN")?;
                (Mechanism::EccEdwardsKeyPairGen, KeyType::EC_EDWARDS, EDWARDS25519)
            }
            Algorithm::Sm2 => {
                let make = self.offers(self.sm2.make, "a mechanism that makes keys of SM2 (sm2_make)")?;
                (Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(make, None)), KeyType::EC, SM2P256V1)
            }
        };
        let name = [Attribute::Label(label.into()), Attribute::Id(label.into()), Attribute::Token(true)];
        let public = [Attribute::EcParams(curve.into()), Attribute::Verify(true), Attribute::Private(false)];
        let private = [
            Attribute::KeyType(kind),
            Attribute::Sign(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
        ];
        let with = |more: &[Attribute]| [&name, more].concat();
        let pair = self.session.generate_key_pair(&mechanism, &with(&public), &with(&private)).map_err(away)?;
        self.point(pair.0, algorithm)
    }

    fn sign(&mut self, label: &str, algorithm: Algorithm, bytes: &[u8]) -> Result<Vec<u8>, Unsigned> {
        let key = self.object(ObjectClass::PRIVATE_KEY, label)?.ok_or_else(|| Unsigned::NoKey(label.to_owned()))?;
        let mechanism = match algorithm {
            Algorithm::Ed25519 => {
                self.offers(Some(MechanismType::EDDSA), "CKM_EDDSA")?;
                Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519))
            }
            Algorithm::Sm2 => {
                let sign = self.offers(self.sm2.sign, "SM2 (sm2_mechanism)")?;
                Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(sign, None))
            }
        };
        self.session.sign(&mechanism, key, bytes).map_err(away)
    }

    fn destroy(&mut self, label: &str, _: Algorithm) -> Result<(), Unsigned> {
        for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
            if let Some(key) = self.object(class, label)? {
                self.session.destroy_object(key).map_err(away)?;
            }
        }
        Ok(())
    }
}

fn away(error: Error) -> Unsigned {
    match error {
        Error::Pkcs11(RvError::MechanismInvalid, function) => Unsigned::NoMechanism(format!("what {function:?} asks")),
        other => Unsigned::Away(other.to_string()),
    }
}
