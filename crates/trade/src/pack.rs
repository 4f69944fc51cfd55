//! The explicit tagged codec of everything that is kept: journal entries, records, snapshots.
//!
//! The bytes are the Protocol Buffers wire form (varint and length-delimited fields only), written in
//! ascending tags and without defaults, so equal values have equal bytes. Unknown tags are skipped, missing
//! ones read as the default: old entries are read for ever, and a tag is never used twice. Because the form
//! is a sequence of fields, two packed halves of one structure laid end to end are that structure.

use std::sync::Arc;

/// What cannot be read back: the bytes are not what this program wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    #[error("the bytes end inside a field")]
    Short,
    #[error("a field has a form that does not fit its tag")]
    Form,
    #[error("a text is not UTF-8")]
    Text,
    #[error("a choice has the unknown tag {0}")]
    Choice(u32),
}

/// How a value stands on the wire: a bare number, or bytes with their length before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Number,
    Bytes,
}

/// A value that can stand in a field.
pub trait Value: Sized {
    const FORM: Form;
    /// True for the value that is not written at all.
    fn is_default(&self) -> bool;
    /// Writes the number, or the bytes without their length.
    fn write(&self, out: &mut Vec<u8>);
    /// Reads what [`Value::write`] wrote. For numbers `bytes` holds the varint.
    fn read(bytes: &[u8]) -> Result<Self, PackError>;
    /// How many bytes [`Value::write`] writes, where that is known without writing them.
    fn length(&self) -> Option<usize> {
        None
    }
    /// Writes the field, or nothing for a default.
    fn put_field(&self, out: &mut Vec<u8>, tag: u32) {
        if !self.is_default() {
            put_always(out, tag, self);
        }
    }
}

/// A structure or choice made of tagged fields.
pub trait Pack: Sized {
    /// The tags of a structure's fields.
    const TAGS: &'static [u32] = &[];
    fn pack_into(&self, out: &mut Vec<u8>);
    fn unpack(bytes: &[u8]) -> Result<Self, PackError>;
    fn pack(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        self.pack_into(&mut out);
        out
    }
}

pub fn put_varint(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push((n as u8) | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

#[inline]
pub fn take_varint(bytes: &mut &[u8]) -> Result<u64, PackError> {
    // Nearly all are of one byte.
    if let [first @ ..0x80, rest @ ..] = *bytes {
        *bytes = rest;
        return Ok(u64::from(*first));
    }
    take_long_varint(bytes)
}

fn take_long_varint(bytes: &mut &[u8]) -> Result<u64, PackError> {
    let mut n = 0u64;
    for shift in (0..64).step_by(7) {
        let (&b, rest) = bytes.split_first().ok_or(PackError::Short)?;
        *bytes = rest;
        n |= u64::from(b & 0x7f) << shift;
        if b < 0x80 {
            return Ok(n);
        }
    }
    Err(PackError::Form)
}

/// Writes `tag` and `value` even when it is the default (elements of a list, members of a choice).
pub fn put_always<V: Value>(out: &mut Vec<u8>, tag: u32, value: &V) {
    match (V::FORM, value.length()) {
        (Form::Number, _) => {
            put_varint(out, u64::from(tag) << 3);
            value.write(out);
        }
        (Form::Bytes, Some(length)) => {
            put_varint(out, u64::from(tag) << 3 | 2);
            put_varint(out, length as u64);
            value.write(out);
        }
        (Form::Bytes, None) => drop(put_bytes(out, tag, |out| value.write(out))),
    }
}

/// Writes `tag`, the length and whatever `body` writes; returns how long that was.
pub fn put_bytes(out: &mut Vec<u8>, tag: u32, body: impl FnOnce(&mut Vec<u8>)) -> usize {
    put_varint(out, u64::from(tag) << 3 | 2);
    let mark = out.len();
    out.push(0);
    body(out);
    let end = out.len();
    let length = end - mark - 1;
    if length < 0x80 {
        out[mark] = length as u8;
    } else {
        // The length needs more than the one byte that was left for it: it is written behind, then turned to the front.
        put_varint(out, length as u64);
        let more = out.len() - end - 1;
        let mut head = [0; 10];
        head[..=more].copy_from_slice(&out[end..]);
        out.truncate(end + more);
        out.copy_within(mark + 1..end, mark + 1 + more);
        out[mark..=mark + more].copy_from_slice(&head[..=more]);
    }
    length
}

/// Writes bytes as a field, or nothing where there are none.
pub fn put_slice(out: &mut Vec<u8>, tag: u32, bytes: &[u8]) {
    if !bytes.is_empty() {
        put_varint(out, u64::from(tag) << 3 | 2);
        put_varint(out, bytes.len() as u64);
        out.extend_from_slice(bytes);
    }
}

/// Writes a structure as a field, or nothing where all its fields are defaults: then it has written nothing itself.
pub fn put_structure<V: Value>(out: &mut Vec<u8>, tag: u32, value: &V) {
    let start = out.len();
    if put_bytes(out, tag, |out| value.write(out)) == 0 {
        out.truncate(start);
    }
}

/// One field as it stands on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    pub tag: u32,
    form: Form,
    bytes: &'a [u8],
}

impl<'a> Field<'a> {
    /// The next field, or `None` at the end.
    pub fn next(bytes: &mut &'a [u8]) -> Result<Option<Field<'a>>, PackError> {
        if bytes.is_empty() {
            return Ok(None);
        }
        let head = take_varint(bytes)?;
        let tag = u32::try_from(head >> 3).map_err(|_| PackError::Form)?;
        match head & 7 {
            0 => {
                let before = *bytes;
                take_varint(bytes)?;
                let used = before.len() - bytes.len();
                Ok(Some(Field { tag, form: Form::Number, bytes: &before[..used] }))
            }
            2 => {
                let len = usize::try_from(take_varint(bytes)?).map_err(|_| PackError::Short)?;
                if len > bytes.len() {
                    return Err(PackError::Short);
                }
                let (body, rest) = bytes.split_at(len);
                *bytes = rest;
                Ok(Some(Field { tag, form: Form::Bytes, bytes: body }))
            }
            _ => Err(PackError::Form),
        }
    }

    pub fn read<V: Value>(&self) -> Result<V, PackError> {
        if self.form == V::FORM { V::read(self.bytes) } else { Err(PackError::Form) }
    }

    /// The bytes of a length-delimited field.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

macro_rules! unsigned {
    ($($t:ty),*) => {$(
        impl Value for $t {
            const FORM: Form = Form::Number;
            fn is_default(&self) -> bool { *self == 0 }
            fn write(&self, out: &mut Vec<u8>) { put_varint(out, u64::from(*self)); }
            fn read(mut bytes: &[u8]) -> Result<Self, PackError> {
                <$t>::try_from(take_varint(&mut bytes)?).map_err(|_| PackError::Form)
            }
        }
    )*};
}
unsigned!(u8, u16, u32, u64);

macro_rules! signed {
    ($($t:ty),*) => {$(
        impl Value for $t {
            const FORM: Form = Form::Number;
            fn is_default(&self) -> bool { *self == 0 }
            fn write(&self, out: &mut Vec<u8>) {
                let n = i64::from(*self);
                put_varint(out, ((n << 1) ^ (n >> 63)) as u64); // zigzag: small negatives stay short
            }
            fn read(mut bytes: &[u8]) -> Result<Self, PackError> {
                let n = take_varint(&mut bytes)?;
                let n = ((n >> 1) as i64) ^ -((n & 1) as i64);
                <$t>::try_from(n).map_err(|_| PackError::Form)
            }
        }
    )*};
}
signed!(i32, i64);

impl Value for bool {
    const FORM: Form = Form::Number;
    fn is_default(&self) -> bool {
        !*self
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn read(bytes: &[u8]) -> Result<Self, PackError> {
        match bytes {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(PackError::Form),
        }
    }
}

impl Value for String {
    const FORM: Form = Form::Bytes;
    fn is_default(&self) -> bool {
        self.is_empty()
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
    fn length(&self) -> Option<usize> {
        Some(self.len())
    }
    fn read(bytes: &[u8]) -> Result<Self, PackError> {
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| PackError::Text)
    }
}

/// A short text: numbers, codes and names of up to 23 bytes stand in the value itself, so that a message of hundreds of
/// them needs no memory of its own for each; a longer one is shared by its clones.
pub type Text = smol_str::SmolStr;

impl Value for Text {
    const FORM: Form = Form::Bytes;
    fn is_default(&self) -> bool {
        self.is_empty()
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
    fn length(&self) -> Option<usize> {
        Some(self.len())
    }
    fn read(bytes: &[u8]) -> Result<Self, PackError> {
        std::str::from_utf8(bytes).map(Text::new).map_err(|_| PackError::Text)
    }
}

/// Bytes that are not a text: hashes, keys, nested packed values. Clones share them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blob(pub Arc<[u8]>);

impl From<Vec<u8>> for Blob {
    fn from(bytes: Vec<u8>) -> Blob {
        Blob(bytes.into())
    }
}

impl From<&[u8]> for Blob {
    fn from(bytes: &[u8]) -> Blob {
        Blob(bytes.into())
    }
}

impl std::ops::Deref for Blob {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl std::borrow::Borrow<[u8]> for Blob {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl Value for Blob {
    const FORM: Form = Form::Bytes;
    fn is_default(&self) -> bool {
        self.0.is_empty()
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
    fn length(&self) -> Option<usize> {
        Some(self.0.len())
    }
    fn read(bytes: &[u8]) -> Result<Self, PackError> {
        Ok(Blob::from(bytes))
    }
}

/// What few of its kind have, so that the others need no room for it.
impl<V: Value> Value for Box<V> {
    const FORM: Form = V::FORM;
    fn is_default(&self) -> bool {
        (**self).is_default()
    }
    fn write(&self, out: &mut Vec<u8>) {
        (**self).write(out);
    }
    fn length(&self) -> Option<usize> {
        (**self).length()
    }
    fn read(bytes: &[u8]) -> Result<Self, PackError> {
        V::read(bytes).map(Box::new)
    }
}

impl<const N: usize> Value for [u8; N] {
    const FORM: Form = Form::Bytes;
    fn is_default(&self) -> bool {
        self.iter().all(|&b| b == 0)
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
    fn length(&self) -> Option<usize> {
        Some(N)
    }
    fn read(bytes: &[u8]) -> Result<Self, PackError> {
        bytes.try_into().map_err(|_| PackError::Form)
    }
}

/// A field of a structure: one value, one that may be absent, or a list of them.
pub trait Slot: Default {
    fn put(&self, out: &mut Vec<u8>, tag: u32);
    fn take(&mut self, field: &Field<'_>) -> Result<(), PackError>;
}

impl<V: Value + Default> Slot for V {
    fn put(&self, out: &mut Vec<u8>, tag: u32) {
        self.put_field(out, tag);
    }
    fn take(&mut self, field: &Field<'_>) -> Result<(), PackError> {
        *self = field.read()?;
        Ok(())
    }
}

impl<V: Value> Slot for Option<V> {
    fn put(&self, out: &mut Vec<u8>, tag: u32) {
        if let Some(value) = self {
            put_always(out, tag, value);
        }
    }
    fn take(&mut self, field: &Field<'_>) -> Result<(), PackError> {
        *self = Some(field.read()?);
        Ok(())
    }
}

impl<V: Value> Slot for Vec<V> {
    fn put(&self, out: &mut Vec<u8>, tag: u32) {
        for value in self {
            put_always(out, tag, value);
        }
    }
    fn take(&mut self, field: &Field<'_>) -> Result<(), PackError> {
        self.push(field.read()?);
        Ok(())
    }
}

/// Lays a structure that names some fields of a greater one, by the same tags, over the bytes of that one; its other
/// fields stay as they are, unread. Both have their fields in the order of their tags.
///
/// # Errors
/// If the bytes are none of a structure.
pub fn laid_over<P: Pack>(part: &P, mut whole: &[u8]) -> Result<Vec<u8>, PackError> {
    let packed = part.pack();
    let (mut out, mut part) = (Vec::with_capacity(whole.len() + packed.len()), &packed[..]);
    let mut next = raw_field(&mut part)?;
    while let Some((tag, bytes)) = raw_field(&mut whole)? {
        while let Some((_, own)) = next.filter(|(own, _)| *own <= tag) {
            out.extend_from_slice(own);
            next = raw_field(&mut part)?;
        }
        if !P::TAGS.contains(&tag) {
            out.extend_from_slice(bytes);
        }
    }
    if let Some((_, own)) = next {
        out.extend_from_slice(own);
        out.extend_from_slice(part);
    }
    Ok(out)
}

/// The next field with its tag, all its bytes.
fn raw_field<'a>(bytes: &mut &'a [u8]) -> Result<Option<(u32, &'a [u8])>, PackError> {
    let before = *bytes;
    let field = Field::next(bytes)?;
    Ok(field.map(|field| (field.tag, &before[..before.len() - bytes.len()])))
}

/// A structure whose fields carry explicit tags: `packed! { pub struct Name { 1 => pub field: Type, } }`.
#[macro_export]
macro_rules! packed {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$fmeta:meta])* $tag:literal => $fvis:vis $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        $vis struct $name { $($(#[$fmeta])* $fvis $field: $ty),* }

        impl $crate::pack::Pack for $name {
            const TAGS: &'static [u32] = &[$($tag),*];
            fn pack_into(&self, out: &mut Vec<u8>) {
                $($crate::pack::Slot::put(&self.$field, out, $tag);)*
                let _ = out;
            }
            fn unpack(mut bytes: &[u8]) -> Result<Self, $crate::pack::PackError> {
                #[allow(unused_mut)]
                let mut value = Self::default();
                while let Some(field) = $crate::pack::Field::next(&mut bytes)? {
                    match field.tag {
                        $($tag => $crate::pack::Slot::take(&mut value.$field, &field)?,)*
                        _ => {}
                    }
                }
                Ok(value)
            }
        }
        $crate::packed_value!($name);
    };
}

/// A choice of structures or values, each with its tag: `packed_choice! { pub enum Name { 1 => A(TypeA), } }`.
#[macro_export]
macro_rules! packed_choice {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $tag:literal => $variant:ident($ty:ty)),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant, reason = "choices are packed at once and not kept in numbers")]
        $vis enum $name { $($(#[$vmeta])* $variant($ty)),* }

        impl $crate::pack::Pack for $name {
            fn pack_into(&self, out: &mut Vec<u8>) {
                match self { $(Self::$variant(value) => $crate::pack::put_always(out, $tag, value)),* }
            }
            fn unpack(mut bytes: &[u8]) -> Result<Self, $crate::pack::PackError> {
                let field = $crate::pack::Field::next(&mut bytes)?.ok_or($crate::pack::PackError::Short)?;
                match field.tag {
                    $($tag => field.read().map(Self::$variant),)*
                    other => Err($crate::pack::PackError::Choice(other)),
                }
            }
        }
        impl $crate::pack::Value for $name {
            const FORM: $crate::pack::Form = $crate::pack::Form::Bytes;
            fn is_default(&self) -> bool { false }
            fn write(&self, out: &mut Vec<u8>) { $crate::pack::Pack::pack_into(self, out); }
            fn read(bytes: &[u8]) -> Result<Self, $crate::pack::PackError> { $crate::pack::Pack::unpack(bytes) }
        }
    };
}

/// A list of names with fixed numbers and texts; number 0 is the default and not written:
/// `packed_names! { pub enum Name { 0 => First "first", 1 => Second "second" } }`.
#[macro_export]
macro_rules! packed_names {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $tag:literal => $variant:ident $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$vmeta])* $variant = $tag),* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The stable name that files, tables and JSON use.
            pub fn name(self) -> &'static str { match self { $($name::$variant => $text),* } }
            pub fn from_name(text: &str) -> Option<Self> { match text { $($text => Some($name::$variant),)* _ => None } }
            pub fn number(self) -> u16 { self as u16 }
            pub fn from_number(n: u16) -> Option<Self> { match n { $($tag => Some($name::$variant),)* _ => None } }
        }
        impl Default for $name {
            fn default() -> Self { Self::ALL[0] }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.name()) }
        }
        impl $crate::pack::Value for $name {
            const FORM: $crate::pack::Form = $crate::pack::Form::Number;
            fn is_default(&self) -> bool { self.number() == 0 }
            fn write(&self, out: &mut Vec<u8>) { $crate::pack::put_varint(out, u64::from(self.number())); }
            fn read(bytes: &[u8]) -> Result<Self, $crate::pack::PackError> {
                let n = <u16 as $crate::pack::Value>::read(bytes)?;
                Self::from_number(n).ok_or($crate::pack::PackError::Choice(u32::from(n)))
            }
        }
    };
}

/// Lets a [`Pack`] structure stand in a field.
#[macro_export]
macro_rules! packed_value {
    ($name:ident) => {
        impl $crate::pack::Value for $name {
            const FORM: $crate::pack::Form = $crate::pack::Form::Bytes;
            fn is_default(&self) -> bool {
                *self == Self::default()
            }
            fn write(&self, out: &mut Vec<u8>) {
                $crate::pack::Pack::pack_into(self, out);
            }
            fn read(bytes: &[u8]) -> Result<Self, $crate::pack::PackError> {
                $crate::pack::Pack::unpack(bytes)
            }
            fn put_field(&self, out: &mut Vec<u8>, tag: u32) {
                $crate::pack::put_structure(out, tag, self);
            }
        }
    };
}

/// Gives a newtype over a number or text the form of what it wraps.
#[macro_export]
macro_rules! packed_newtype {
    ($name:ident, $inner:ty) => {
        impl $crate::pack::Value for $name {
            const FORM: $crate::pack::Form = <$inner as $crate::pack::Value>::FORM;
            fn is_default(&self) -> bool {
                $crate::pack::Value::is_default(&self.0)
            }
            fn write(&self, out: &mut Vec<u8>) {
                $crate::pack::Value::write(&self.0, out);
            }
            fn length(&self) -> Option<usize> {
                $crate::pack::Value::length(&self.0)
            }
            fn read(bytes: &[u8]) -> Result<Self, $crate::pack::PackError> {
                <$inner as $crate::pack::Value>::read(bytes).map($name)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    packed! { struct Inner { 1 => pub text: String, 3 => pub n: i64, } }
    packed! { struct Outer { 1 => pub inner: Inner, 2 => pub list: Vec<Inner>, 4 => pub maybe: Option<u32>, 5 => pub flag: bool, 16 => pub hash: [u8; 4], } }
    packed! { struct OuterOfTomorrow { 1 => pub inner: Inner, 2 => pub list: Vec<Inner>, 4 => pub maybe: Option<u32>, 5 => pub flag: bool, 16 => pub hash: [u8; 4], 17 => pub more: String, } }
    packed_choice! { enum Choice { 1 => A(Inner), 7 => B(u32), } }
    packed_names! { enum Colour { 0 => Red "RED", 9 => Blue "BLUE", } }

    fn sample() -> Outer {
        let inner = |n| Inner { text: "清单".repeat(40), n };
        Outer {
            inner: inner(-1),
            list: vec![inner(0), Inner::default(), inner(i64::MIN)],
            maybe: Some(0),
            flag: true,
            hash: [1, 2, 3, 4],
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let value = sample();
        assert_eq!(Outer::unpack(&value.pack()), Ok(value));
        assert_eq!(Outer::default().pack(), Vec::<u8>::new());
        for choice in [Choice::A(Inner::default()), Choice::B(0), Choice::B(9)] {
            assert_eq!(Choice::unpack(&choice.pack()), Ok(choice));
        }
        assert_eq!(Colour::from_name("BLUE"), Some(Colour::Blue));
        assert_eq!(Colour::read(&[9]), Ok(Colour::Blue));
        assert_eq!(Colour::read(&[8]), Err(PackError::Choice(8)));
    }

    #[test]
    fn an_older_program_skips_what_it_does_not_know_and_a_newer_one_fills_in_defaults() {
        let new = OuterOfTomorrow { more: "x".into(), ..OuterOfTomorrow::unpack(&sample().pack()).unwrap() };
        assert_eq!(Outer::unpack(&new.pack()), Ok(sample()));
    }

    #[test]
    fn two_halves_laid_end_to_end_are_the_whole() {
        let mut bytes = Outer { inner: sample().inner, ..Default::default() }.pack();
        bytes.extend(Outer { inner: Inner::default(), ..sample() }.pack());
        assert_eq!(Outer::unpack(&bytes), Ok(sample()));
    }

    #[test]
    fn a_part_that_is_laid_over_changes_its_own_fields_and_no_others() {
        packed! { struct Part { 2 => pub list: Vec<Inner>, 4 => pub maybe: Option<u32>, 17 => pub more: String, } }
        let (old, none) = (sample(), Outer { list: Vec::new(), maybe: None, ..sample() });
        for (list, maybe) in
            [(vec![], None), (vec![], Some(7)), (old.list.clone(), Some(0)), (vec![Inner::default()], None)]
        {
            for whole in [&old, &none] {
                let part = Part { list: list.clone(), maybe, more: "x".into() };
                let outer = Outer { list: list.clone(), maybe, ..whole.clone() };
                let Outer { inner, list, maybe, flag, hash } = outer;
                let whole_of_tomorrow = OuterOfTomorrow { inner, list, maybe, flag, hash, more: "x".into() };
                assert_eq!(laid_over(&part, &whole.pack()), Ok(whole_of_tomorrow.pack()));
            }
        }
    }

    #[test]
    fn torn_bytes_are_an_error_and_never_a_panic() {
        let bytes = sample().pack();
        for cut in 0..bytes.len() {
            let _ = Outer::unpack(&bytes[..cut]);
        }
        assert_eq!(Outer::unpack(&bytes[..bytes.len() - 1]), Err(PackError::Short));
        assert_eq!(Choice::unpack(&[]), Err(PackError::Short));
    }
}
