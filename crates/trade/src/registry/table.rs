//! The CSV form of the registry: one list of columns a table, which the template prints and the reader obeys.

use std::collections::BTreeMap;

use super::{
    BlockedPerson, Certifiable, CertificateRow, Certification, Certified, Entrusted, GoodsRow, Grade, GuaranteeKind,
    GuaranteeRow, Mandate, ManifestRow, Matter, Method, Party, Role, RoleKind, Span, StockRow, Zone, ZoneKind, ZoneRow,
};
use crate::money::{Fen, Quantity};
use crate::pack::{Pack, Text};
use crate::packed_names;
use crate::time::Day;

packed_names! {
    /// The tables of the registry that `onewindow import` reads. (It takes the positive list and the tariff too, which are
    /// policy files.)
    pub enum Table {
        1 => Zones "zones",
        2 => Parties "parties",
        3 => Certificates "certificates",
        4 => Goods "goods",
        5 => Guarantees "guarantees",
        6 => Manifests "manifests",
        7 => OpeningStock "opening-stock",
        8 => BlockedIdentities "blocked-identities",
        /// Powers of attorney; numbers are those of `RegisterKind`.
        12 => Mandates "mandates",
        13 => Certifications "certifications",
    }
}

/// A column of a table and its meaning.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub form: Form,
    /// May be left empty, or left out altogether.
    pub optional: bool,
    pub zh: &'static str,
    pub en: &'static str,
}

/// What may stand in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Any text of at most this many characters.
    Text(usize),
    /// Letters and digits, exactly this many.
    Code(usize),
    /// Digits, exactly this many.
    Digits(usize),
    /// `2026-03-01`.
    Day,
    /// Decimal yuan with at most two decimals.
    Yuan,
    /// Decimal with at most five decimals, not below zero.
    Quantity,
    /// A whole number, not below zero.
    Whole,
    /// `yes` or `no`.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Spans `2026-01-01..2026-02-01`, the end may be missing, separated by `;`.
    Spans,
    /// Codes, each with an optional span after `@`, separated by `;`.
    Codes,
    /// Words separated by `;`.
    Words,
    /// Some of these words, separated by `;`.
    SomeOf(&'static [&'static str]),
    /// 64 hexadecimal digits.
    Sha256,
    /// A resident identity number (GB 11643).
    ResidentId,
}

/// What is wrong in a file, and where. The value itself is not repeated: it may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line of the file, from 1.
    pub line: u64,
    pub column: String,
    pub zh: String,
    pub en: String,
}

/// One row as the registry takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    Zone(Zone),
    Party(Party),
    Certificate(CertificateRow),
    Goods(GoodsRow),
    Guarantee(GuaranteeRow),
    Manifest(ManifestRow),
    Stock(StockRow),
    Blocked(BlockedPerson),
    Mandate(Mandate),
    Certification(Certification),
}

impl Row {
    /// The packed row as a command holds it; `None` for what names a person and has to be made a pseudonym first.
    pub fn packed(&self) -> Option<Vec<u8>> {
        Some(match self {
            Row::Zone(row) => row.pack(),
            Row::Party(row) => row.pack(),
            Row::Certificate(row) => row.pack(),
            Row::Goods(row) => row.pack(),
            Row::Guarantee(row) => row.pack(),
            Row::Manifest(row) => row.pack(),
            Row::Stock(row) => row.pack(),
            Row::Mandate(row) => row.pack(),
            Row::Certification(row) => row.pack(),
            Row::Blocked(_) => return None,
        })
    }
}

const ROLES: &[&str] = &["ebp", "ebc", "pay", "logistics-express", "logistics-postal", "agent", "area", "guarantor"];

const MATTERS: &[&str] = &["import-lists", "export-lists", "bonded", "returns", "appeals"];

const CERTIFIABLE: &[&str] = &[
    "credit-code",
    "foreign-registration",
    "customs-filing",
    "payment-licence",
    "express-licence",
    "connection",
    "bank-account",
    "legal-representative",
    "premises",
];
const GRADES: &[&str] = &["filed", "verified", "inspected", "suspended"];
const METHODS: &[&str] = &["statement", "papers", "register", "small-transfer", "bank", "on-site", "person"];

macro_rules! columns {
    ($($name:literal $form:expr, $($optional:ident)? $zh:literal, $en:literal;)*) => {
        &[$(Column { name: $name, form: $form, optional: columns!(@ $($optional)?), zh: $zh, en: $en }),*]
    };
    (@ optional) => { true };
    (@) => { false };
}

/// The columns of the positive list, which is a policy file (`positive_list.csv`): a command adopts it, the loader of
/// policies checks it.
pub const POSITIVE_LIST: &[Column] = columns! {
    "hs8" Form::Digits(8), "商品编码前八位", "First eight digits of the HS code";
    "zh" Form::Text(200), "中文名称", "Name in Chinese";
    "en" Form::Text(200), optional "英文名称", "Name in English";
    "bonded_only" Form::Flag, optional "仅限网购保税商品", "Bonded import only";
    "year_limit" Form::Quantity, optional "每人每年数量限制", "So much a person and year";
    "year_unit" Form::Digits(3), optional "数量限制的计量单位", "Unit of that limit";
    "species_excluded" Form::Flag, optional "列名野生动植物种除外", "Not goods of listed wild animals and plants";
    "dual_use_excluded" Form::Flag, optional "两用物项除外", "Not dual-use goods";
    "article" Form::Text(64), optional "仅限的物品种类（备案标签）", "Only goods filed with this tag";
    "remark" Form::Text(500), optional "备注原文", "The remark as it stands";
    "from" Form::Day, "起始日", "First day";
    "until" Form::Day, optional "终止日（含）", "Last day, inclusive";
    "known_from" Form::Day, optional "公布晚于起始日的，公布之日", "Day of publication, where it was later than the first day";
    "clause" Form::Text(200), "依据", "Ground";
    "mark" Form::Word(MARKS), "可靠程度", "How sure the row is";
    "note" Form::Text(500), optional "存疑之处", "What is doubtful";
};

/// The columns of the tariff, a policy file too (`tariff.csv`).
pub const TARIFF: &[Column] = columns! {
    "hs10" Form::Digits(10), "商品编码", "HS code of ten digits";
    "zh" Form::Text(200), "中文名称", "Name in Chinese";
    "en" Form::Text(200), optional "英文名称", "Name in English";
    "duty" Form::Text(20), "关税税率，如 6.5%", "Rate of duty such as 6.5%";
    "vat" Form::Text(20), "增值税税率", "Rate of VAT";
    "ct_kind" Form::Word(&["none", "ad_valorem", "specific", "compound", "threshold"]), "消费税计征方式", "How consumption tax is levied";
    "ct_rate" Form::Text(20), optional "消费税比例税率", "Its rate";
    "ct_fen_per_unit" Form::Text(20), optional "消费税定额（分/单位，可为分数）", "Fen per unit, may be a fraction";
    "ct_unit" Form::Word(&["litre", "kilogram", "piece"]), optional "定额的单位", "Unit of the specific tax";
    "ct_fen_per_content" Form::Text(20), optional "计税门槛（分/毫升或克）", "Threshold, fen per ml or g";
    "ct_fen_per_piece" Form::Text(20), optional "计税门槛（分/片、张或件）", "Threshold, fen per piece or sheet";
    "unit1" Form::Digits(3), "第一法定单位", "First statutory unit";
    "unit2" Form::Digits(3), optional "第二法定单位", "Second statutory unit";
    "conditions" Form::Text(40), optional "监管证件代码", "Supervision conditions";
    "from" Form::Day, "起始日", "First day";
    "until" Form::Day, optional "终止日（含）", "Last day, inclusive";
    "known_from" Form::Day, optional "公布晚于起始日的，公布之日", "Day of publication, where it was later than the first day";
    "clause" Form::Text(200), "依据", "Ground";
    "mark" Form::Word(MARKS), "可靠程度", "How sure the row is";
    "note" Form::Text(500), optional "存疑之处", "What is doubtful";
};

const MARKS: &[&str] = &["sure", "fairly-sure", "check", "ours", "sample"];

impl Table {
    pub fn columns(self) -> &'static [Column] {
        match self {
            Table::Zones => columns! {
                "code" Form::Text(32), "代码；同一代码可有多行，日期不得重叠", "Code; one code may have several rows whose days do not overlap";
                "kind" Form::Word(&["zone", "locality", "office"]), "综试区、区内地方或海关", "Zone, locality inside one, or customs office";
                "name_zh" Form::Text(100), "中文名称", "Name in Chinese";
                "name_en" Form::Text(200), optional "英文名称", "Name in English";
                "parent" Form::Text(32), optional "所属：地方填综试区，海关填地方", "A locality's zone, an office's locality";
                "modes" Form::Words, optional "监管方式：海关办理的；地方在试点名单上的填 1210", "Trade modes: those an office handles; for a locality 1210 while it is a pilot city";
                "from" Form::Day, "起始日", "First day";
                "until" Form::Day, optional "终止日（含）", "Last day, inclusive";
                "clause" Form::Text(200), optional "依据", "Ground";
            },
            Table::Parties => columns! {
                "code" Form::Code(10), "海关注册编码；每个角色一行", "Customs registration code; one row a role";
                "name_zh" Form::Text(100), "中文名称", "Name in Chinese";
                "name_en" Form::Text(200), optional "英文名称", "Name in English";
                "uscc" Form::Text(18), optional "统一社会信用代码", "Unified social credit code";
                "domestic" Form::Flag, "境内注册", "Registered in China";
                "place" Form::Text(32), optional "所在综试区或地方的代码", "Code of its zone or locality";
                "role" Form::Word(ROLES), "角色", "Role";
                "from" Form::Day, "角色起始日", "First day of the role";
                "until" Form::Day, optional "角色终止日（含）", "Last day of the role, inclusive";
                "licence_until" Form::Day, optional "许可证有效期至（支付、快递）", "Last day of its licence (payment, express)";
                "agents" Form::Codes, optional "电商企业委托的申报企业：代码@起..止，以 ; 分隔", "A seller's declarants: code@from..until, separated by ;";
                "suspended" Form::Spans, optional "暂停期：起..止，以 ; 分隔", "Suspensions: from..until, separated by ;";
                "authenticates_from" Form::Day, optional "平台对订购人实名认证的起始日", "A platform authenticates its buyers from this day";
                "connected_from" Form::Day, optional "平台开放支付原始数据接口的起始日", "A platform's payment data interface is open from this day";
                "untrusted" Form::Spans, optional "失信企业认定期：起..止，以 ; 分隔", "Held untrustworthy by customs: from..until, separated by ;";
            },
            Table::Certificates => columns! {
                "fingerprint" Form::Sha256, "证书 DER 的 SHA-256", "SHA-256 of the certificate's DER bytes";
                "code" Form::Code(10), "企业编码", "Enterprise";
                "from" Form::Day, "有效起始日", "First day on which it counts";
                "until" Form::Day, optional "有效终止日（含）", "Last day, inclusive";
                "serial" Form::Text(64), optional "证书序列号", "Serial number";
            },
            Table::Goods => columns! {
                "ebc" Form::Code(10), "电商企业", "Seller";
                "item_no" Form::Text(30), "企业商品货号", "Seller's item number";
                "version" Form::Whole, "备案版本", "Version of the filing";
                "name_zh" Form::Text(250), "商品名称", "Name in Chinese";
                "name_en" Form::Text(250), optional "英文名称", "Name in English";
                "hs10" Form::Digits(10), "商品编码", "HS code";
                "model" Form::Text(510), optional "规格型号", "Specification";
                "bar_code" Form::Text(50), optional "条码，没有填“无”", "Bar code, as messages write it";
                "origin" Form::Digits(3), "原产国（地区）", "Country of origin";
                "unit" Form::Digits(3), "申报计量单位", "Unit of sale";
                "unit1" Form::Digits(3), "第一法定单位", "First statutory unit";
                "unit2" Form::Digits(3), optional "第二法定单位", "Second statutory unit";
                "qty1" Form::Quantity, "每一申报单位的第一法定数量", "First statutory quantity of one unit";
                "qty2" Form::Quantity, optional "每一申报单位的第二法定数量", "Second statutory quantity of one unit";
                "content" Form::Quantity, optional "计税门槛所用含量（毫升、克、片）", "Content that price thresholds are measured by (ml, g, pieces)";
                "tags" Form::Words, optional "清单备注所要求的标签", "Tags that remarks of the positive list ask for";
                "from" Form::Day, "起始日", "First day";
                "until" Form::Day, optional "终止日（含）", "Last day, inclusive";
                "approved" Form::Flag, "已审核", "Reviewed and approved";
            },
            Table::Guarantees => columns! {
                "code" Form::Code(10), "担保企业", "Guarantor";
                "district" Form::Digits(2), "直属海关关区（关别前两位）", "Customs district: first two digits of the office";
                "kind" Form::Word(&["deposit", "bank", "insurance", "nonbank"]), "担保方式代码", "Kind of guarantee, as in the policy table";
                "limit_yuan" Form::Yuan, "额度（元）", "Limit in yuan";
                "from" Form::Day, "起始日", "First day";
                "until" Form::Day, optional "终止日（含）", "Last day, inclusive";
            },
            Table::Manifests => columns! {
                "bill_no" Form::Text(37), "分提运单号", "House bill";
                "voyage_no" Form::Text(32), "航班航次号", "Voyage or flight";
                "traf_no" Form::Text(100), "运输工具编号", "Means of transport";
                "traf_mode" Form::Text(1), "运输方式", "Mode of transport";
                "pieces" Form::Whole, "件数", "Parcels";
                "arrived_on" Form::Day, "进境日期", "Day of arrival";
                "port" Form::Digits(4), "口岸海关", "Office of the port";
                "place" Form::Text(10), optional "监管场所", "Supervised place";
            },
            Table::OpeningStock => columns! {
                "ems_no" Form::Text(30), "账册号", "Account book";
                "item_record_no" Form::Text(30), "账册备案料号", "Book item";
                "area_code" Form::Code(10), "区内企业", "Area operator";
                "hs10" Form::Digits(10), "商品编码", "HS code";
                "name" Form::Text(250), "商品名称", "Name";
                "unit" Form::Digits(3), "申报计量单位", "Unit";
                "unit1" Form::Digits(3), "第一法定单位", "First statutory unit";
                "unit2" Form::Digits(3), optional "第二法定单位", "Second statutory unit";
                "qty" Form::Quantity, "数量", "Quantity";
                "origin" Form::Digits(3), "原产国（地区）", "Country of origin";
                "price_yuan" Form::Yuan, optional "入区单价（元）", "Unit price on entry, yuan";
                "entered_on" Form::Day, "入区日期", "Day of entry";
                "expires_on" Form::Day, optional "保质期至", "Last day of shelf life";
            },
            Table::Mandates => columns! {
                "principal" Form::Code(10), "委托人", "Who entrusts";
                "agent" Form::Code(10), "受托人", "Who is entrusted";
                "number" Form::Text(40), "委托书编号；委托书不得改写，只能撤销", "Number of the power of attorney; it is never changed, only taken back";
                "matters" Form::SomeOf(MATTERS), optional "委托事项，以 ; 分隔；不填为全部", "What for, separated by ;; everything where none is named";
                "limit_yuan" Form::Yuan, optional "单票申报价值上限（元）；不填为不限", "The most that one declaration may be worth, yuan; no limit where empty";
                "from" Form::Day, "起始日", "First day";
                "until" Form::Day, "终止日（含）", "Last day, inclusive";
                "revoked" Form::Day, optional "自该日起撤销", "Taken back from this day on";
            },
            Table::Certifications => columns! {
                "party" Form::Code(10), "企业", "Enterprise";
                "what" Form::Word(CERTIFIABLE), "认证内容", "What is certified";
                "grade" Form::Word(GRADES), "等级：备案、核验、查验或暂停", "Filed, verified, inspected or suspended";
                "by" Form::Text(100), "认证单位", "Who vouches";
                "method" Form::Word(METHODS), "方法", "By what it was found";
                "number" Form::Text(64), optional "证照编号（不得含个人信息）", "Number of the licence or paper, without personal data";
                "from" Form::Day, "起始日", "First day";
                "until" Form::Day, optional "终止日（含）", "Last day, inclusive";
                "proof" Form::Sha256, optional "依据材料的 SHA-256；核验和查验必填", "SHA-256 of what it rests on; needed where it is verified or inspected";
            },
            Table::BlockedIdentities => columns! {
                "id_number" Form::ResidentId, "身份证号", "Resident identity number";
                "reason" Form::Text(100), optional "原因（不得含个人信息）", "Reason, without personal data";
                "from" Form::Day, "起始日", "First day";
                "until" Form::Day, optional "终止日（含）", "Last day, inclusive";
            },
        }
    }
}

/// The header line of a table's file.
pub fn template(table: Table) -> String {
    let names: Vec<_> = table.columns().iter().map(|c| c.name).collect();
    names.join(",") + "\n"
}

/// Reads a CSV file with a header line; columns may stand in any order, `#` begins a comment line.
/// Rows of one zone or party are gathered into one.
///
/// # Errors
/// Every fault of the file, with line and column.
pub fn read(table: Table, text: &str) -> Result<Vec<Row>, Vec<Fault>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).comment(Some(b'#')).trim(csv::Trim::All).from_reader(text.as_bytes());
    let columns = table.columns();
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(_) => return Err(vec![fault(1, "", "表头无法读取", "the header line cannot be read")]),
    };
    let mut faults = Vec::new();
    for name in &header {
        if !columns.iter().any(|c| c.name == name) {
            faults.push(fault(1, name, "没有这一列", "there is no such column"));
        }
    }
    let mut places = Vec::with_capacity(columns.len());
    for column in columns {
        let place = header.iter().position(|name| name == column.name);
        if place.is_none() && !column.optional {
            faults.push(fault(1, column.name, "缺少这一列", "this column is missing"));
        }
        places.push(place);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut gathered = Gathered::default();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                faults.push(fault(line, "", "这一行不是有效的 CSV", "this line is not valid CSV"));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let before = faults.len();
        if record.len() > header.len() {
            faults.push(fault(line, "", "列数多于表头", "more columns than the header has"));
        }
        let mut cells = Cells { columns, values: Vec::with_capacity(columns.len()) };
        for (column, place) in columns.iter().zip(&places) {
            let value = place.and_then(|i| record.get(i)).unwrap_or("");
            if value.is_empty() {
                if !column.optional {
                    faults.push(fault(line, column.name, "不能为空", "may not be empty"));
                }
            } else if let Some((zh, en)) = wrong(column.form, value) {
                faults.push(fault(line, column.name, &zh, &en));
            }
            cells.values.push(value);
        }
        if faults.len() == before {
            gathered.add(table, &cells, line, &mut faults);
        }
    }
    if faults.is_empty() { Ok(gathered.rows) } else { Err(faults) }
}

fn fault(line: u64, column: &str, zh: &str, en: &str) -> Fault {
    Fault { line, column: column.to_owned(), zh: zh.to_owned(), en: en.to_owned() }
}

/// Which rule of its form a value breaks.
fn wrong(form: Form, value: &str) -> Option<(String, String)> {
    let say = |zh: &str, en: &str| Some((zh.to_owned(), en.to_owned()));
    match form {
        Form::Text(most) if value.chars().count() > most => {
            Some((format!("超过 {most} 个字符"), format!("longer than {most} characters")))
        }
        Form::Code(n) if value.len() != n || !value.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            Some((format!("应为 {n} 位字母或数字"), format!("must be {n} letters or digits")))
        }
        Form::Digits(n) if value.len() != n || !value.bytes().all(|b| b.is_ascii_digit()) => {
            Some((format!("应为 {n} 位数字"), format!("must be {n} digits")))
        }
        Form::Day if Day::parse(value).is_none() => say("应为日期，如 2026-03-01", "must be a day such as 2026-03-01"),
        Form::Yuan if Fen::from_yuan_text(value).map_or(true, |n| n.0 < 0) => {
            say("应为金额，至多两位小数", "must be an amount with at most two decimals")
        }
        Form::Quantity if Quantity::parse(value).map_or(true, |n| n.0 < 0) => {
            say("应为数量，至多五位小数", "must be a quantity with at most five decimals")
        }
        Form::Whole if value.parse::<u32>().is_err() => say("应为整数", "must be a whole number"),
        Form::Flag if !matches!(value, "yes" | "no") => say("应为 yes 或 no", "must be yes or no"),
        Form::Word(words) if !words.contains(&value) => {
            let words = words.join(", ");
            Some((format!("应为其中之一：{words}"), format!("must be one of {words}")))
        }
        Form::SomeOf(words) if value.split(';').any(|word| !words.contains(&word.trim())) => {
            let words = words.join(", ");
            Some((format!("应取自：{words}"), format!("must be some of {words}")))
        }
        Form::Spans if value.split(';').any(|s| span(s).is_none()) => {
            say("应为 起..止，如 2026-01-01..2026-02-01", "must be spans such as 2026-01-01..2026-02-01")
        }
        Form::Codes if value.split(';').any(|s| entrusted(s).is_none()) => {
            say("应为 10 位代码，可加 @起..止", "must be codes of 10 characters, each with an optional @from..until")
        }
        Form::Sha256 if hash(value).is_none() => say("应为 64 位十六进制数", "must be 64 hexadecimal digits"),
        Form::ResidentId => {
            crate::identifiers::resident_id(value).err().map(|e| (e.zh().to_owned(), e.en().to_owned()))
        }
        _ => None,
    }
}

fn span(text: &str) -> Option<Span> {
    let (from, until) = text.trim().split_once("..")?;
    let from = Day::parse(from)?;
    let until = if until.is_empty() { None } else { Some(Day::parse(until)?) };
    until.is_none_or(|until| from <= until).then_some(Span { from, until })
}

fn entrusted(text: &str) -> Option<Entrusted> {
    let (code, days) = text.trim().split_once('@').unwrap_or((text.trim(), "1949-10-01.."));
    let Span { from, until } = span(days)?;
    let right = code.len() == 10 && code.bytes().all(|b| b.is_ascii_alphanumeric());
    right.then(|| Entrusted { code: code.into(), from, until, ..Entrusted::default() })
}

fn hash(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut out = [0; 32];
    for (i, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(out)
}

/// The values of one line, each already right for its column.
struct Cells<'a> {
    columns: &'static [Column],
    values: Vec<&'a str>,
}

impl Cells<'_> {
    fn get(&self, name: &str) -> &str {
        let place = self.columns.iter().position(|c| c.name == name).expect("a column of this table");
        self.values[place]
    }
    fn text(&self, name: &str) -> Text {
        self.get(name).into()
    }
    fn maybe_day(&self, name: &str) -> Option<Day> {
        Day::parse(self.get(name))
    }
    fn day(&self, name: &str) -> Day {
        self.maybe_day(name).expect("checked by its form")
    }
    fn fen(&self, name: &str) -> Fen {
        Fen::from_yuan_text(self.get(name)).unwrap_or_default()
    }
    fn quantity(&self, name: &str) -> Option<Quantity> {
        Quantity::parse(self.get(name)).ok()
    }
    fn whole(&self, name: &str) -> u32 {
        self.get(name).parse().expect("checked by its form")
    }
    fn flag(&self, name: &str) -> bool {
        self.get(name) == "yes"
    }
    fn words(&self, name: &str) -> Vec<Text> {
        self.get(name).split(';').map(str::trim).filter(|w| !w.is_empty()).map(Text::new).collect()
    }
}

#[derive(Default)]
struct Gathered {
    rows: Vec<Row>,
    /// Where a zone or party with several lines stands in `rows`, and the keys of all others.
    seen: BTreeMap<String, usize>,
}

impl Gathered {
    fn add(&mut self, table: Table, c: &Cells<'_>, line: u64, faults: &mut Vec<Fault>) {
        let ends_before_it_begins = c.columns.iter().any(|x| x.name == "until")
            && c.maybe_day("until").is_some_and(|until| until < c.day("from"));
        if ends_before_it_begins {
            faults.push(fault(line, "until", "早于起始日", "lies before the first day"));
            return;
        }
        let (key, row) = one(table, c);
        match self.seen.get(&key) {
            None => {
                self.seen.insert(key, self.rows.len());
                self.rows.push(row);
            }
            Some(&place) => match (&mut self.rows[place], row) {
                (Row::Zone(zone), Row::Zone(more)) => {
                    let new = &more.rows[0];
                    let overlaps = zone.rows.iter().any(|old| {
                        old.until.is_none_or(|until| new.from <= until)
                            && new.until.is_none_or(|until| old.from <= until)
                    });
                    if overlaps {
                        faults.push(fault(line, "from", "与同一代码的另一行重叠", "overlaps another row of this code"));
                    }
                    zone.rows.extend(more.rows);
                }
                (Row::Party(party), Row::Party(more)) => {
                    if party.name_zh != more.name_zh || party.domestic != more.domestic {
                        faults.push(fault(
                            line,
                            "name_zh",
                            "与同一企业的另一行不一致",
                            "differs from another row of this party",
                        ));
                    }
                    party.roles.extend(more.roles);
                    party.agents.extend(more.agents);
                    party.suspended.extend(more.suspended);
                    party.untrusted.extend(more.untrusted);
                    party.authenticates_from = party.authenticates_from.or(more.authenticates_from);
                    party.connected_from = party.connected_from.or(more.connected_from);
                }
                _ => faults.push(fault(line, "", "与前面一行的编号相同", "has the key of an earlier line")),
            },
        }
    }
}

/// The row of one line and its key.
fn one(table: Table, c: &Cells<'_>) -> (String, Row) {
    let key = |parts: &[&str]| parts.iter().map(|p| c.get(p)).collect::<Vec<_>>().join("\u{1f}");
    match table {
        Table::Zones => {
            let row = ZoneRow {
                code: c.text("code"),
                kind: ZoneKind::from_name(c.get("kind")).expect("checked by its form"),
                name_zh: c.text("name_zh"),
                name_en: c.text("name_en"),
                parent: c.text("parent"),
                modes: c.words("modes"),
                from: c.day("from"),
                until: c.maybe_day("until"),
                clause: c.text("clause"),
            };
            (key(&["code"]), Row::Zone(Zone { code: row.code.clone(), rows: vec![row] }))
        }
        Table::Parties => {
            let role = Role {
                kind: RoleKind::from_name(c.get("role")).expect("checked by its form"),
                from: c.day("from"),
                until: c.maybe_day("until"),
                licence_until: c.maybe_day("licence_until"),
            };
            let party = Party {
                code: c.text("code"),
                name_zh: c.text("name_zh"),
                name_en: c.text("name_en"),
                uscc: c.text("uscc"),
                domestic: c.flag("domestic"),
                place: c.text("place"),
                roles: vec![role],
                agents: c.words("agents").iter().filter_map(|text| entrusted(text)).collect(),
                suspended: c.words("suspended").iter().filter_map(|text| span(text)).collect(),
                authenticates_from: c.maybe_day("authenticates_from"),
                connected_from: c.maybe_day("connected_from"),
                untrusted: c.words("untrusted").iter().filter_map(|text| span(text)).collect(),
                certified: Vec::new(),
                credit: Vec::new(),
            };
            (key(&["code"]), Row::Party(party))
        }
        Table::Mandates => {
            let of = Entrusted {
                code: c.text("agent"),
                from: c.day("from"),
                until: c.maybe_day("until"),
                number: c.text("number"),
                matters: c.words("matters").iter().filter_map(|word| Matter::from_name(word)).collect(),
                limit: Fen::from_yuan_text(c.get("limit_yuan")).ok().filter(|_| !c.get("limit_yuan").is_empty()),
                revoked: c.maybe_day("revoked"),
                ..Entrusted::default()
            };
            (key(&["principal", "number"]), Row::Mandate(Mandate { principal: c.text("principal"), of }))
        }
        Table::Certifications => {
            let of = Certified {
                fact: Certifiable::from_name(c.get("what")).expect("checked by its form"),
                grade: Grade::from_name(c.get("grade")).expect("checked by its form"),
                by: c.text("by"),
                method: Method::from_name(c.get("method")).expect("checked by its form"),
                number: c.text("number"),
                from: c.day("from"),
                until: c.maybe_day("until"),
                proof: hash(c.get("proof")).unwrap_or_default(),
                entry: 0,
            };
            let row = Certification { party: c.text("party"), of };
            (key(&["party", "what", "grade", "from"]), Row::Certification(row))
        }
        Table::Certificates => {
            let row = CertificateRow {
                fingerprint: hash(c.get("fingerprint")).expect("checked by its form"),
                code: c.text("code"),
                from: c.day("from"),
                until: c.maybe_day("until"),
                serial: c.text("serial"),
            };
            (key(&["fingerprint"]).to_ascii_lowercase(), Row::Certificate(row))
        }
        Table::Goods => {
            let row = GoodsRow {
                ebc: c.text("ebc"),
                item_no: c.text("item_no"),
                version: c.whole("version"),
                name_zh: c.text("name_zh"),
                name_en: c.text("name_en"),
                hs10: c.text("hs10"),
                model: c.text("model"),
                bar_code: c.text("bar_code"),
                origin: c.text("origin"),
                unit: c.text("unit"),
                unit1: c.text("unit1"),
                unit2: c.text("unit2"),
                qty1: c.quantity("qty1").unwrap_or_default(),
                qty2: c.quantity("qty2"),
                content: c.quantity("content").unwrap_or_default(),
                tags: c.words("tags"),
                from: c.day("from"),
                until: c.maybe_day("until"),
                approved: c.flag("approved"),
            };
            (key(&["ebc", "item_no"]), Row::Goods(row))
        }
        Table::Guarantees => {
            let row = GuaranteeRow {
                code: c.text("code"),
                district: c.text("district"),
                kind: GuaranteeKind::from_name(c.get("kind")).expect("checked by its form"),
                limit: c.fen("limit_yuan"),
                from: c.day("from"),
                until: c.maybe_day("until"),
            };
            (key(&["code", "district"]), Row::Guarantee(row))
        }
        Table::Manifests => {
            let row = ManifestRow {
                bill_no: c.text("bill_no"),
                voyage_no: c.text("voyage_no"),
                traf_no: c.text("traf_no"),
                traf_mode: c.text("traf_mode"),
                pieces: c.whole("pieces"),
                arrived_on: c.day("arrived_on"),
                port: c.text("port"),
                place: c.text("place"),
            };
            (key(&["bill_no"]), Row::Manifest(row))
        }
        Table::OpeningStock => {
            let row = StockRow {
                ems_no: c.text("ems_no"),
                item_record_no: c.text("item_record_no"),
                area_code: c.text("area_code"),
                hs10: c.text("hs10"),
                name: c.text("name"),
                unit: c.text("unit"),
                unit1: c.text("unit1"),
                unit2: c.text("unit2"),
                qty: c.quantity("qty").unwrap_or_default(),
                origin: c.text("origin"),
                price: c.fen("price_yuan"),
                entered_on: c.day("entered_on"),
                expires_on: c.maybe_day("expires_on"),
            };
            (key(&["ems_no", "item_record_no"]), Row::Stock(row))
        }
        Table::BlockedIdentities => {
            let row = BlockedPerson {
                id_number: c.get("id_number").to_ascii_uppercase(),
                reason: c.text("reason").to_string(),
                from: c.day("from"),
                until: c.maybe_day("until"),
            };
            (key(&["id_number"]).to_ascii_uppercase(), Row::Blocked(row))
        }
    }
}
