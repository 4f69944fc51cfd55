//! People who do not exist: numbers of provinces without a district, which nobody was given.

use trade::identifiers::{Kind, complete};
use trade::time::Day;

use crate::dice::mix;
use crate::paper::{day, digits};

/// An invented consumer, the same for the same number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub id_number: String,
    pub name: String,
    pub telephone: String,
    pub address: String,
    pub account: String,
}

const PROVINCES: [u8; 31] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65,
];
const SURNAMES: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章";
const GIVEN: &str = "安柏辰川岱恩帆谷禾景凯岚牧宁鹏琪然舒桐文溪雅泽芷亦远悦哲之舟嘉润一诺予墨青言初夏知秋";
const CITIES: [&str; 12] = [
    "云溪市",
    "青岚市",
    "白沙市",
    "海棠市",
    "临江市",
    "松林市",
    "望海市",
    "金湾市",
    "南桥市",
    "北辰市",
    "长汀市",
    "银河市",
];
const DISTRICTS: [&str; 10] =
    ["东湖区", "西山区", "南苑区", "北城区", "滨江区", "高新区", "老街区", "新港区", "学府区", "花园区"];
const ROADS: [&str; 16] = [
    "测试路",
    "椰林路",
    "海棠路",
    "学院路",
    "人民路",
    "解放路",
    "建设路",
    "和平路",
    "朝阳路",
    "滨河路",
    "文昌路",
    "友谊路",
    "新华路",
    "光明路",
    "幸福路",
    "长江路",
];
/// Birthdays from 1950-01-01 on: a prime number of days, so that all pairs of day and order are different people.
const DAYS: u64 = 17_509;

fn pick<'a, const N: usize>(words: &'a [&'a str; N], n: u64) -> &'a str {
    words[(n % N as u64) as usize]
}

fn letter(words: &str, n: u64) -> char {
    // Every word of these lists has three bytes.
    let at = (n % (words.len() as u64 / 3)) as usize * 3;
    words[at..].chars().next().unwrap_or('无')
}

/// The person with this number: different numbers below 500 million have different identities.
pub fn person(n: u64) -> Person {
    let province = PROVINCES[(n % 31) as usize];
    let rest = n / 31;
    let born = Day::ymd(1950, 1, 1).unwrap_or_default().plus((rest * 7_919 % DAYS) as i32);
    let order = 1 + rest / DAYS % 999;
    let mut body = String::with_capacity(17);
    digits(u64::from(province), 2, &mut body);
    body.push_str("0000");
    body.push_str(&day(born.starts()));
    digits(order, 3, &mut body);
    let m = mix(n ^ 0x70656f_706c65);
    let mut name = String::with_capacity(9);
    name.push(letter(SURNAMES, m));
    name.push(letter(GIVEN, m >> 8));
    if m >> 16 & 3 != 0 {
        name.push(letter(GIVEN, m >> 20));
    }
    let mut address = String::with_capacity(64);
    for word in ["虚构省", pick(&CITIES, m >> 28), pick(&DISTRICTS, m >> 34), pick(&ROADS, m >> 40)] {
        address.push_str(word);
    }
    digits(1 + (m >> 46) % 400, 1, &mut address);
    address.push('号');
    digits(101 + (m >> 56) % 28 * 100 + (m >> 50) % 6, 1, &mut address);
    address.push('室');
    // Numbers of this series are not given out.
    let mut telephone = String::from("1300000");
    digits(m % 10_000, 4, &mut telephone);
    let mut account = String::from("U");
    digits(n, 9, &mut account);
    Person { id_number: complete(Kind::ResidentId, &body).unwrap_or_default(), name, telephone, address, account }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_valid_numbers_of_their_own_and_are_adults() {
        let mut seen = std::collections::HashSet::new();
        let day = Day::ymd(2016, 4, 8).unwrap();
        for n in (0..30_000).chain(499_000_000..499_010_000) {
            let person = person(n);
            let id = trade::identifiers::resident_id(&person.id_number).unwrap();
            assert!(id.age(day) >= 18, "{n}");
            assert!(id.region.ends_with("0000"), "a district that was never given");
            assert!(seen.insert(person.id_number));
        }
    }
}
