//! What a decision changes. State is one map from key bytes to value bytes; an effect names a change of it, and
//! folding the effects of all entries in order gives the state again, without deciding anything twice.

use crate::fact::Fact;
use crate::pack::{Blob, Field, Form, PackError, Value, put_slice, put_varint};
use crate::time::Moment;
use crate::{packed, packed_choice};

packed_choice! {
    pub enum Effect {
        1 => Put(Put),
        2 => Keep(Keep),
        3 => Drop(Drop),
        4 => Due(Due),
        5 => Undue(Due),
    }
}

impl Effect {
    /// The key of the state that changes; dues are not part of it.
    pub fn key(&self) -> Option<&[u8]> {
        match self {
            Effect::Put(put) => Some(put.0.key()),
            Effect::Keep(keep) => Some(keep.fact.key()),
            Effect::Drop(gone) => Some(&gone.key),
            Effect::Due(_) | Effect::Undue(_) => None,
        }
    }
}

/// A key now holds a value. Packed: field 1 the key, 2 the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put(pub Fact);

impl Put {
    pub fn value(&self) -> &[u8] {
        self.0.rest()
    }
}

impl Value for Put {
    const FORM: Form = Form::Bytes;
    fn is_default(&self) -> bool {
        false
    }
    fn write(&self, out: &mut Vec<u8>) {
        put_slice(out, 1, self.0.key());
        put_slice(out, 2, self.value());
    }
    fn read(mut bytes: &[u8]) -> Result<Self, PackError> {
        let (mut key, mut value) = (&[][..], &[][..]);
        while let Some(field) = Field::next(&mut bytes)? {
            match field.tag {
                1 => key = field.bytes(),
                2 => value = field.bytes(),
                _ => {}
            }
        }
        Ok(Put(Fact::new(key, value)))
    }
}

/// A key now holds a head followed by field 1 = a packed document of this command: a document stands in the entry
/// once, as it came, and is not written again for the state. Packed: field 1 the key, 2 the head, 3 the number of the
/// document.
#[derive(Clone, Debug)]
pub struct Keep {
    /// The key and the head.
    fact: Fact,
    /// Where it is at hand: not in an effect that was read from an entry.
    document: Option<Blob>,
    doc: u32,
}

impl Keep {
    /// Keeps document number `doc` of the command, whose packed bytes are `document`.
    pub fn new(fact: Fact, doc: u32, document: Blob) -> Keep {
        Keep { fact, document: Some(document), doc }
    }

    pub fn head(&self) -> &[u8] {
        self.fact.rest()
    }

    /// The key, and the head as its value.
    pub fn fact(&self) -> &Fact {
        &self.fact
    }

    /// The number of the document in its command.
    pub fn doc(&self) -> usize {
        self.doc as usize
    }

    /// What the state holds, given the document.
    pub fn whole(&self, document: &[u8]) -> Fact {
        kept(self.fact.key(), self.head(), self.document.as_deref().unwrap_or(document))
    }

    /// The value as it was when the effect was made.
    pub(crate) fn value(&self) -> Vec<u8> {
        let mut value = Vec::new();
        put_kept(&mut value, self.head(), self.document.as_deref().unwrap_or_default());
        value
    }
}

/// The record of a kept document: all but the document ([`crate::record::Kept`]), then the document.
pub fn kept(key: &[u8], head: &[u8], document: &[u8]) -> Fact {
    let mut bytes = Vec::with_capacity(16 + key.len() + head.len() + document.len());
    Fact::begin(&mut bytes, key);
    put_kept(&mut bytes, head, document);
    Fact::from_bytes(&bytes).expect("a key and a value make a fact")
}

/// The value of that record.
pub fn put_kept(out: &mut Vec<u8>, head: &[u8], document: &[u8]) {
    out.extend_from_slice(head);
    put_varint(out, 1 << 3 | 2); // field 1, bytes
    put_varint(out, document.len() as u64);
    out.extend_from_slice(document);
}

/// Whether the document is at hand makes no difference: the effect is what it is packed as.
impl PartialEq for Keep {
    fn eq(&self, other: &Keep) -> bool {
        (self.fact.key(), self.head(), self.doc) == (other.fact.key(), other.head(), other.doc)
    }
}

impl Eq for Keep {}

impl Value for Keep {
    const FORM: Form = Form::Bytes;
    fn is_default(&self) -> bool {
        false
    }
    fn write(&self, out: &mut Vec<u8>) {
        put_slice(out, 1, self.fact.key());
        put_slice(out, 2, self.head());
        self.doc.put_field(out, 3);
    }
    fn read(mut bytes: &[u8]) -> Result<Self, PackError> {
        let (mut key, mut head, mut doc) = (&[][..], &[][..], 0);
        while let Some(field) = Field::next(&mut bytes)? {
            match field.tag {
                1 => key = field.bytes(),
                2 => head = field.bytes(),
                3 => doc = field.read()?,
                _ => {}
            }
        }
        Ok(Keep { fact: Fact::new(key, head), document: None, doc })
    }
}

packed! {
    /// `key` holds nothing any more.
    pub struct Drop {
        1 => pub key: Blob,
    }
}

packed! {
    /// Something is to happen at a time; it is a command of its own when the time has come.
    pub struct Due {
        1 => pub at: Moment,
        /// [`crate::command::DueKind`] as a number: dues of one instant happen in this order, then by key.
        2 => pub kind: u32,
        3 => pub key: Blob,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::Pack;

    packed! { struct PlainPut { 1 => key: Blob, 2 => value: Blob, } }
    packed! { struct PlainKeep { 1 => key: Blob, 2 => head: Blob, 3 => doc: u32, } }
    packed_choice! { enum Plain { 1 => Put(PlainPut), 2 => Keep(PlainKeep), } }

    /// The bytes of effects are those of structures with these fields, and what is read back is what was written.
    #[test]
    fn effects_are_packed_as_plain_structures() {
        let blob = |text: &[u8]| Blob::from(text);
        for (key, value, doc) in [(&b"k"[..], &b"value"[..], 7), (b"", b"", 0), (&[9; 300], &[8; 300], 1)] {
            let put = Effect::Put(Put(Fact::new(key, value)));
            let plain = Plain::Put(PlainPut { key: blob(key), value: blob(value) });
            assert_eq!(put.pack(), plain.pack());
            assert_eq!(Effect::unpack(&put.pack()), Ok(put));

            let keep = Effect::Keep(Keep::new(Fact::new(key, value), doc, b"document"[..].into()));
            let plain = Plain::Keep(PlainKeep { key: blob(key), head: blob(value), doc });
            assert_eq!(keep.pack(), plain.pack());
            assert_eq!(Effect::unpack(&keep.pack()), Ok(keep.clone()));
            let (Effect::Keep(made), Ok(Effect::Keep(read))) = (&keep, Effect::unpack(&keep.pack())) else { panic!() };
            assert_eq!(made.whole(b""), read.whole(b"document"));
            assert_eq!(made.value(), [value, b"\x0a\x08document"].concat());
        }
    }
}
