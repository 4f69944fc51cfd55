//! Attachments (附件): what a file is by its content, and its way into journal and vault.

use trade::command::{Attach, Command, MediaKind};
pub use trade::decide::attach::{LARGEST, MOST};

use crate::{Answer, Refused, Window, read};

/// What a file is, by its first and last bytes, whatever it is called; `None` for what is not taken.
///
/// A picture that goes on as something else after its end is none: browsers and scanners would not agree about it.
pub fn kind_of(bytes: &[u8]) -> Option<MediaKind> {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    let ends = |with: &[u8]| bytes.ends_with(with);
    let tail = &bytes[bytes.len().saturating_sub(1_024)..];
    match bytes {
        [0xff, 0xd8, 0xff, ..] => ends(&[0xff, 0xd9]).then_some(MediaKind::Jpeg),
        _ if bytes.starts_with(PNG) => {
            let header = bytes.get(12..16) == Some(b"IHDR");
            (header && ends(b"IEND\xaeB`\x82")).then_some(MediaKind::Png)
        }
        _ if bytes.starts_with(b"%PDF-") => tail.windows(5).any(|word| word == b"%%EOF").then_some(MediaKind::Pdf),
        _ => None,
    }
}

/// The ending of a file's name; other names are not kept.
pub fn ending(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Jpeg => "jpg",
        MediaKind::Png => "png",
        MediaKind::Pdf => "pdf",
    }
}

impl Window {
    /// Adds a file: its bytes go to the vault, their commitment into the journal.
    ///
    /// # Errors
    /// As [`Window::take_in`]; `Broken` for more than the vault takes, which the rules refuse before.
    pub fn attach(&self, attach: Attach, bytes: &[u8]) -> Result<Answer, Refused> {
        let original = read::Original::of(bytes);
        let original = original.ok_or_else(|| Refused::Broken("an attachment is too large for the vault".into()))?;
        self.command_of(Command::Attach(attach), Some(original))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_content_says() {
        let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &[0; 30], b"IEND\xaeB`\x82"].concat();
        let jpeg = [[0xff, 0xd8, 0xff, 0xe0].as_slice(), &[7; 40], &[0xff, 0xd9]].concat();
        let pdf = [b"%PDF-1.7\n".as_slice(), &[b' '; 3_000], b"\n%%EOF\n"].concat();
        for (bytes, kind) in [(&png, MediaKind::Png), (&jpeg, MediaKind::Jpeg), (&pdf, MediaKind::Pdf)] {
            assert_eq!(kind_of(bytes), Some(kind));
            assert_eq!(kind_of(&[bytes, &b"<script>".repeat(200)[..]].concat()), None, "{kind} that goes on");
            assert_eq!(kind_of(&bytes[..bytes.len() / 2]), None, "{kind} that is cut");
        }
        for other in [&b""[..], b"GIF89a", b"<svg onload=alert(1)>", b"MZ\x90", b"PK\x03\x04", b"\xff\xd8", b"%PDF"] {
            assert_eq!(kind_of(other), None, "{other:?}");
        }
    }
}
