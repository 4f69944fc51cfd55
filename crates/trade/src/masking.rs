//! How a personal value is shown to whoever may see that it is there and not all of it (脱敏): enough to recognise, too
//! little to use.
//!
//! Cybersecurity practice guide on personal information (GB/T 35273-2020 7.2, paraphrase): where personal information is
//! displayed, it is de-identified so that displaying tells as little as its purpose allows. The forms here are ours.

use crate::packed_names;

packed_names! {
    /// What of a person a document names.
    pub enum Personal {
        1 => Name "name",
        2 => Identity "identity",
        3 => Telephone "telephone",
        4 => Address "address",
        /// Of a bank.
        5 => Account "account",
    }
}

packed_names! {
    /// How far a value is shown.
    pub enum Show {
        0 => Nothing "none",
        1 => Masked "masked",
        2 => Whole "whole",
    }
}

impl Personal {
    /// The value as far as it is shown; `None` for nothing at all.
    pub fn shown(self, value: &str, how: Show) -> Option<String> {
        match how {
            Show::Nothing => None,
            Show::Masked => Some(self.masked(value)),
            Show::Whole => Some(value.to_owned()),
        }
    }

    /// `张**`, `460***********12`, `138****1234`, `海南省三亚市****`, `****1234`. How long a name or an address is, is not
    /// told; what is too short to hide anything in is hidden whole.
    pub fn masked(self, value: &str) -> String {
        let letters: Vec<char> = value.trim().chars().collect();
        let n = letters.len();
        let first = |count: usize| letters[..count].iter().collect::<String>();
        let last = |count: usize| letters[n - count..].iter().collect::<String>();
        match self {
            Personal::Name if n > 1 => first(1) + "**",
            Personal::Identity if n >= 15 => first(3) + &"*".repeat(n - 5) + &last(2),
            // Passports and passes have 8 or 9.
            Personal::Identity if n >= 8 => first(1) + &"*".repeat(n - 2) + &last(1),
            Personal::Telephone if n >= 11 => {
                // Of `+86 138…` the own part.
                let own: Vec<char> = letters.iter().copied().filter(char::is_ascii_digit).collect();
                let from = own.len().saturating_sub(11);
                match own.get(from..) {
                    Some(own) if own.len() == 11 => {
                        own[..3].iter().collect::<String>() + "****" + &own[7..].iter().collect::<String>()
                    }
                    _ => "****".to_owned() + &last(2),
                }
            }
            Personal::Telephone if n >= 7 => "****".to_owned() + &last(2),
            Personal::Address if n >= 12 => first(6) + "****",
            Personal::Account if n >= 12 => "****".to_owned() + &last(4),
            _ if n == 0 => String::new(),
            _ => "****".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_value_is_recognised_and_not_read() {
        use Personal::{Account, Address, Identity, Name, Telephone};
        for (what, value, expected) in [
            (Name, "张三", "张**"),
            (Name, "欧阳娜娜", "欧**"),
            (Name, "John Smith", "J**"),
            (Name, "张", "****"),
            (Name, "", ""),
            (Identity, "460101199003071233", "460*************33"),
            (Identity, "460101900307123", "460**********23"),
            (Identity, "E12345678", "E*******8"),
            (Identity, "12345678", "1******8"),
            (Identity, "1234567", "****"),
            (Telephone, "13812341234", "138****1234"),
            (Telephone, "+86 138-1234-1234", "138****1234"),
            (Telephone, "0086-13812341234", "138****1234"),
            (Telephone, "0898-8827123", "089****7123"),
            (Telephone, "8827123", "****23"),
            (Telephone, "882712", "****"),
            (Telephone, "ext. eleven", "****en"),
            (Address, "海南省三亚市吉阳区迎宾路一号", "海南省三亚市****"),
            (Address, "三亚市迎宾路一号", "****"),
            (Account, "6222021234567890123", "****0123"),
            (Account, "62220212345", "****"),
        ] {
            assert_eq!(what.masked(value), expected, "{what} {value}");
            assert_eq!(what.shown(value, Show::Whole).as_deref(), Some(value));
            assert_eq!(what.shown(value, Show::Nothing), None);
        }
    }

    #[test]
    fn of_what_is_worth_hiding_most_is_hidden() {
        for what in Personal::ALL {
            for n in 1..40 {
                let value: String = (0..n).map(|i| char::from(b'0' + (i % 10) as u8)).collect();
                let told = what.masked(&value).chars().filter(|c| *c != '*').count();
                assert!(told * 2 <= n || told * 11 <= n * 7, "{what} of {n}: {told} are told");
            }
        }
    }
}
