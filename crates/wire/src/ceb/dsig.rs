//! The elements of XML-DSig as its schema has them, for the strict verdict. What a signature is worth says `seal`.

use super::schema::Rule::*;
use super::schema::{Attribute, Body, Goes, Item, Need, Rule, Space, Type};

const MANY: u32 = u32::MAX;

const fn node(name: &'static str, body: Body) -> Item {
    Item::node(name, &[], 1, 1).within(Space::Dsig).holding(body)
}

const fn value(name: &'static str, kind: Type) -> Item {
    Item::field(name, kind, Need::Must, Goes::Vault, "", "", &[]).within(Space::Dsig)
}

const fn optional(name: &'static str, kind: Type) -> Attribute {
    Attribute { name, kind, required: false }
}

const ID: Attribute = optional("Id", Type::Id);
const ALGORITHM: &[Attribute] = &[Attribute { name: "Algorithm", kind: Type::Uri, required: true }];

/// Text only, but of a type with mixed content: no element may stand in it.
const fn method(name: &'static str) -> Item {
    node(name, Body::Grammar { mixed: true, rule: &Seq(&[]) }).with(ALGORITHM)
}

static XPATH: Item = value("XPath", Type::Text(0, MANY));
const ANY_OR_XPATH: Rule = Repeat(&Choice(&[Other, One(&XPATH)]), 0, MANY);
const TRANSFORM: Item =
    node("Transform", Body::Grammar { mixed: true, rule: &ANY_OR_XPATH }).with(ALGORITHM).times(1, MANY);
const TRANSFORMS: Item = node("Transforms", Body::Flat(&[TRANSFORM])).times(0, 1);
const DIGEST_METHOD: Item = method("DigestMethod");
const DIGEST_VALUE: Item = value("DigestValue", Type::Base64);
const REFERENCE: Item = node("Reference", Body::Flat(&[TRANSFORMS, DIGEST_METHOD, DIGEST_VALUE]))
    .with(&[ID, optional("URI", Type::Uri), optional("Type", Type::Uri)])
    .times(1, MANY);
const SIGNED_INFO: Item =
    node("SignedInfo", Body::Flat(&[method("CanonicalizationMethod"), method("SignatureMethod"), REFERENCE]));
const SIGNATURE_VALUE: Item = value("SignatureValue", Type::Base64);

static KEY_NAME: Item = value("KeyName", Type::Text(0, MANY));
static MGMT_DATA: Item = value("MgmtData", Type::Text(0, MANY));
static P: Item = value("P", Type::Base64);
static Q: Item = value("Q", Type::Base64);
static G: Item = value("G", Type::Base64);
static Y: Item = value("Y", Type::Base64);
static J: Item = value("J", Type::Base64);
static SEED: Item = value("Seed", Type::Base64);
static PGEN_COUNTER: Item = value("PgenCounter", Type::Base64);
static DSA_KEY_VALUE: Item = node(
    "DSAKeyValue",
    Body::Grammar {
        mixed: false,
        rule: &Seq(&[
            Repeat(&Seq(&[One(&P), One(&Q)]), 0, 1),
            Repeat(&One(&G), 0, 1),
            One(&Y),
            Repeat(&One(&J), 0, 1),
            Repeat(&Seq(&[One(&SEED), One(&PGEN_COUNTER)]), 0, 1),
        ]),
    },
);
static RSA_KEY_VALUE: Item =
    node("RSAKeyValue", Body::Flat(&[value("Modulus", Type::Base64), value("Exponent", Type::Base64)]));
static KEY_VALUE: Item =
    node("KeyValue", Body::Grammar { mixed: true, rule: &Choice(&[One(&DSA_KEY_VALUE), One(&RSA_KEY_VALUE), Other]) });
static RETRIEVAL_METHOD: Item =
    node("RetrievalMethod", Body::Flat(&[TRANSFORMS])).with(&[optional("URI", Type::Uri), optional("Type", Type::Uri)]);
static ISSUER_SERIAL: Item = node(
    "X509IssuerSerial",
    Body::Flat(&[value("X509IssuerName", Type::Text(0, MANY)), value("X509SerialNumber", Type::Integer)]),
);
static SKI: Item = value("X509SKI", Type::Base64);
static SUBJECT_NAME: Item = value("X509SubjectName", Type::Text(0, MANY));
static CERTIFICATE: Item = value("X509Certificate", Type::Base64);
static CRL: Item = value("X509CRL", Type::Base64);
static X509_DATA: Item = node(
    "X509Data",
    Body::Grammar {
        mixed: false,
        rule: &Repeat(
            &Choice(&[One(&ISSUER_SERIAL), One(&SKI), One(&SUBJECT_NAME), One(&CERTIFICATE), One(&CRL), Other]),
            1,
            MANY,
        ),
    },
);
static KEY_ID: Item = value("PGPKeyID", Type::Base64);
static KEY_PACKET: Item = value("PGPKeyPacket", Type::Base64);
static PGP_DATA: Item = node(
    "PGPData",
    Body::Grammar {
        mixed: false,
        rule: &Choice(&[
            Seq(&[One(&KEY_ID), Repeat(&One(&KEY_PACKET), 0, 1), Repeat(&Other, 0, MANY)]),
            Seq(&[One(&KEY_PACKET), Repeat(&Other, 0, MANY)]),
        ]),
    },
);
static SEXP: Item = value("SPKISexp", Type::Base64);
static SPKI_DATA: Item =
    node("SPKIData", Body::Grammar { mixed: false, rule: &Repeat(&Seq(&[One(&SEXP), Repeat(&Other, 0, 1)]), 1, MANY) });
const KEYS: Rule = Repeat(
    &Choice(&[
        One(&KEY_NAME),
        One(&KEY_VALUE),
        One(&RETRIEVAL_METHOD),
        One(&X509_DATA),
        One(&PGP_DATA),
        One(&SPKI_DATA),
        One(&MGMT_DATA),
        Other,
    ]),
    1,
    MANY,
);
const KEY_INFO: Item = node("KeyInfo", Body::Grammar { mixed: true, rule: &KEYS }).times(0, 1);

/// A signature that must be there.
pub const REQUIRED: Item = node("Signature", Body::Flat(&[SIGNED_INFO, SIGNATURE_VALUE, KEY_INFO])).with(&[ID]);
/// A signature that may be there.
pub const OPTIONAL: Item = REQUIRED.times(0, 1);

/// The elements that the schema declares at its top and that can turn up where any element may stand.
pub static GLOBALS: &[&Item] = &[
    &KEY_NAME,
    &MGMT_DATA,
    &KEY_VALUE,
    &DSA_KEY_VALUE,
    &RSA_KEY_VALUE,
    &RETRIEVAL_METHOD,
    &X509_DATA,
    &PGP_DATA,
    &SPKI_DATA,
];
