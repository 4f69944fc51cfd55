//! Numbers from a seed: SplitMix64, which is short enough to stand here and good enough for invented people.

/// A stream of numbers; the same seed gives the same stream everywhere.
#[derive(Clone, Debug)]
pub struct Dice(u64);

/// One number from one number, well mixed.
pub fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

/// Four letters and digits of a seed, by which a story's numbers are told from another's.
pub fn tag(seed: u64) -> String {
    let digit = |place: u32| char::from(b"0123456789ABCDEFGHJKLMNPQRSTUVWX"[(mix(seed) >> (5 * place)) as usize & 31]);
    (0..4).map(digit).collect()
}

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(mix(seed ^ 0x6f6e_6577_696e_646f))
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `n`, which is not 0.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.roll()) * u128::from(n)) >> 64) as u64
    }

    /// The place of one of `items`, the heavy ones more often; `total` is the sum of their weights. `None` where there is
    /// none.
    pub fn heavy<T>(&mut self, items: &[T], total: u64, weight: impl Fn(&T) -> u64) -> Option<usize> {
        let mut n = self.below(total);
        items.iter().position(|item| match n.checked_sub(weight(item)) {
            Some(rest) => {
                n = rest;
                false
            }
            None => true,
        })
    }

    /// True `percent` times of a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A number below `n`, the low ones much more often: the few who buy often.
    pub fn unequal(&mut self, n: u64) -> u64 {
        let x = self.roll() >> 32;
        let squared = (x * x) >> 32;
        (squared * n) >> 32
    }

    /// A UUID's shape in capitals.
    pub fn guid(&mut self, out: &mut String) {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        let (a, b) = (self.roll(), self.roll());
        let bytes = (u128::from(a) << 64 | u128::from(b)).to_be_bytes();
        let mut text = [b'-'; 36];
        let mut at = 0;
        for (i, byte) in bytes.iter().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) {
                at += 1;
            }
            text[at] = HEX[usize::from(byte >> 4)];
            text[at + 1] = HEX[usize::from(byte & 15)];
            at += 2;
        }
        text[14] = b'4';
        text[19] = HEX[usize::from(8 + (bytes[8] & 3))];
        out.push_str(std::str::from_utf8(&text).unwrap_or_default());
    }
}
