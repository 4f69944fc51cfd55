//! Arguments that are words and not values, in Chinese: what makes a message unreadable.

/// English as it stands in the finding, and Chinese.
const PHRASES: &[(&str, &str)] = &[
    ("a control character", "含有控制字符"),
    ("]]> in a text", "文字里有 ]]>"),
    ("text outside the root element", "根元素之外有文字"),
    ("CDATA outside the root element", "根元素之外有 CDATA"),
    ("a processing instruction with a wrong name", "处理指令的名称不对"),
    ("an XML declaration that is not at the start", "XML 声明不在开头"),
    ("it ends before the root element is closed", "根元素尚未结束，报文已到末尾"),
    ("it ends within a character", "报文在一个字符中间断了"),
    ("a tag, comment or instruction that is not closed", "标记、注释或指令没有结束"),
    ("a closing tag does not fit, or a comment or name is wrong", "结束标记不对应，或注释、名称不对"),
    ("it cannot be read", "无法读出"),
    ("a second root element", "有第二个根元素"),
    ("a wrong namespace declaration", "命名空间的声明不对"),
    ("a wrong attribute name", "属性名不对"),
    ("an attribute stands twice", "同一属性出现两次"),
    ("a wrong element name", "元素名不对"),
    ("a prefix without a namespace", "前缀没有命名空间"),
    ("no blank before an attribute", "属性前没有空格"),
    ("an attribute without a value in quotes", "属性没有带引号的值"),
    ("an attribute value that is not closed", "属性值没有结束引号"),
    ("< in an attribute value", "属性值里有 <"),
    ("a wrong XML declaration", "XML 声明不对"),
    ("an XML declaration without version 1.0", "XML 声明没有写版本 1.0"),
    ("nesting", "嵌套层数"),
    ("the number of elements", "元素个数"),
    ("the number of attributes", "属性个数"),
    ("the number of bytes", "字节数"),
    ("no encoding we know", "不认识的编码"),
    // Grades of certification (`registry::Grade`).
    ("filed", "备案"),
    ("verified", "核验"),
    ("inspected", "查验"),
];

/// The Chinese words of an argument; `None` for a value, which is the same in every language.
pub fn in_chinese(argument: &str) -> Option<&'static str> {
    PHRASES.iter().find(|(en, _)| *en == argument).map(|(_, zh)| *zh)
}

/// The half of an argument that holds Chinese and English side by side (`原产国不明 unknown origin`, `paid 已缴`) that
/// belongs into a text of this language; all of an argument that is a value.
pub(super) fn in_one_language(argument: &str, language: super::Language) -> &str {
    let chinese = |c: char| matches!(c, '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    let (Some(from), Some(last)) = (argument.find(chinese), argument.rfind(chinese)) else { return argument };
    let until = last + argument[last..].chars().next().map_or(0, char::len_utf8);
    let (before, after) = (argument[..from].trim(), argument[until..].trim());
    let words = |text: &str| text.contains(|c: char| c.is_ascii_lowercase());
    let (zh, en) = match (words(before), words(after)) {
        (_, true) => (argument[..until].trim(), after),
        (true, false) if after.is_empty() => (&argument[from..], before),
        _ => return argument,
    };
    if language == super::Language::Zh { zh } else { en }
}

#[cfg(test)]
mod tests {
    use super::super::Language::{En, Zh};
    use super::*;

    #[test]
    fn a_text_holds_one_language() {
        for (both, zh, en) in [
            (
                "原产国不明（701）的商品 goods of unknown origin (701)",
                "原产国不明（701）的商品",
                "goods of unknown origin (701)",
            ),
            ("800 税款已缴 released, tax paid", "800 税款已缴", "released, tax paid"),
            ("paid 已缴", "已缴", "paid"),
            ("areaCode", "areaCode", "areaCode"),
            ("琼A12345", "琼A12345", "琼A12345"),
            ("奶粉 800g/罐", "奶粉 800g/罐", "奶粉 800g/罐"),
            ("12.50", "12.50", "12.50"),
        ] {
            assert_eq!((in_one_language(both, Zh), in_one_language(both, En)), (zh, en), "{both}");
        }
    }
}
