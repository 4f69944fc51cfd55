//! Charts drawn on the server: plain SVG whose classes the style sheet colours, nothing inline.

use crate::lang::group;
use std::fmt::Write;

/// Columns with a scale at the right and a label under every `every`-th.
///
/// Drawn twice, `broad` and `narrow`, because text in a scaled drawing would shrink on a telephone.
pub fn columns(bars: &[(String, u64)], every: usize, label: &str) -> String {
    [("broad", 760.0, 200.0, every), ("narrow", 350.0, 170.0, every * 2)]
        .map(|(class, width, height, every)| drawn(bars, class, width, height, every.max(1), label))
        .concat()
}

fn drawn(bars: &[(String, u64)], class: &str, width: f64, height: f64, every: usize, label: &str) -> String {
    let top = nice(bars.iter().map(|(_, n)| *n).max().unwrap_or(0));
    let (plot, base) = (width - 46.0, height - 20.0);
    let y = |n: u64| base - n as f64 / top as f64 * (base - 14.0);
    let mut svg =
        format!(r#"<svg class="{class}" viewBox="0 0 {width} {height}" role="img" aria-label="{}">"#, escape(label));
    for line in [top / 2, top] {
        let at = y(line);
        let _ = write!(
            svg,
            r#"<path class="gr" d="M0 {at:.1}H{plot}"/><text x="{width}" y="{:.1}" text-anchor="end">{}</text>"#,
            at + 4.0,
            group(line)
        );
    }
    let step = plot / bars.len().max(1) as f64;
    let gap = if step > 6.0 { 2.0 } else { 0.5 };
    for (i, (name, n)) in bars.iter().enumerate() {
        let x = i as f64 * step;
        let at = y(*n);
        if *n > 0 {
            let _ = write!(
                svg,
                r#"<rect class="a" x="{x:.1}" y="{at:.1}" width="{:.1}" height="{:.1}"/>"#,
                step - gap,
                (base - at).max(1.0)
            );
        }
        if i % every == 0 {
            let _ = write!(svg, r#"<text x="{x:.1}" y="{}">{}</text>"#, height - 5.0, escape(name));
        }
    }
    let _ = write!(svg, r#"<path class="ax" d="M0 {base}H{plot}"/></svg>"#);
    svg
}

/// A bar for each name: to the right of the middle where there is more than before, to the left where there is less.
/// `said` writes a number. Drawn twice like [`columns`].
pub fn differences(rows: &[(String, i64)], said: impl Fn(i64) -> String, label: &str) -> String {
    let most = rows.iter().map(|(_, n)| n.unsigned_abs()).max().unwrap_or(0).max(1);
    let drawn = |(class, width): (&str, f64)| {
        let (names, step) = (if class == "broad" { 150.0 } else { 96.0 }, 24.0);
        let height = rows.len() as f64 * step + 4.0;
        // Room for the number beside the longest bar, on the sides where there are bars.
        const NUMBER: f64 = 84.0;
        let sides = [rows.iter().any(|(_, n)| *n < 0), rows.iter().any(|(_, n)| *n >= 0)];
        let used = sides.iter().filter(|side| **side).count().max(1) as f64;
        let half = (width - names) / used - NUMBER;
        let middle = if sides[0] { names + half + NUMBER } else { names };
        let mut svg = format!(
            r#"<svg class="{class}" viewBox="0 0 {width} {height}" role="img" aria-label="{}">"#,
            escape(label)
        );
        for (i, (name, n)) in rows.iter().enumerate() {
            let y = i as f64 * step + 4.0;
            let bar = n.unsigned_abs() as f64 / most as f64 * half;
            let (x, end, anchor) = match *n < 0 {
                true => (middle - bar, middle - bar - 5.0, "end"),
                false => (middle, middle + bar + 5.0, "start"),
            };
            let _ = write!(
                svg,
                r#"<text x="0" y="{:.1}">{}</text><rect class="{}" x="{x:.1}" y="{y:.1}" width="{bar:.1}" height="16"/><text x="{end:.1}" y="{:.1}" text-anchor="{anchor}">{}</text>"#,
                y + 12.0,
                escape(name),
                if *n < 0 { "b" } else { "a" },
                y + 12.0,
                escape(&said(*n))
            );
        }
        let _ = write!(svg, r#"<path class="ax" d="M{middle:.1} 0V{height}"/></svg>"#);
        svg
    };
    [("broad", 760.0), ("narrow", 350.0)].map(drawn).concat()
}

/// The next round number of which a half is round too: 2, 4, 10, 20, 40, 100 ...
fn nice(n: u64) -> u64 {
    let mut unit = 1u64;
    loop {
        for step in [2, 4, 6, 10] {
            if let Some(top) = unit.checked_mul(step).filter(|top| *top >= n) {
                return top;
            }
        }
        match unit.checked_mul(10) {
            Some(next) => unit = next,
            None => return u64::MAX,
        }
    }
}

/// Above: the whole, split into its first part and the rest. Below: the rest drawn large.
pub fn flow(parts: &[(&str, u64)], label: &str) -> String {
    let Some(((first, n), rest)) = parts.split_first() else { return String::new() };
    let others: u64 = rest.iter().map(|(_, n)| n).sum();
    let total = n + others;
    let edge = *n as f64 / total.max(1) as f64 * 1000.0;
    let mut svg = format!(
        r#"<svg viewBox="0 0 1000 84" role="img" preserveAspectRatio="none" class="flow" aria-label="{}"><rect class="bg" width="1000" height="28"/>"#,
        escape(label)
    );
    if *n > 0 {
        let _ = write!(svg, r#"<rect class="{first}" width="{edge:.1}" height="28"/>"#);
    }
    if others > 0 {
        let _ = write!(
            svg,
            r#"<rect class="b" x="{:.1}" width="{:.1}" height="28"/><path class="gr" d="M{edge:.1} 28L0 56M1000 28V56"/>"#,
            edge + 1.0,
            (999.0 - edge).max(2.0)
        );
    }
    let mut x = 0.0;
    for (class, n) in rest.iter().filter(|(_, n)| *n > 0) {
        let width = *n as f64 / others as f64 * 1000.0;
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{x:.1}" y="56" width="{:.1}" height="28"/>"#,
            (width - 2.0).max(1.0)
        );
        x += width;
    }
    svg.push_str("</svg>");
    svg
}

/// Used, this one (hatched), left, of a limit.
pub fn meter(limit: i64, before: i64, this: i64, label: &str) -> String {
    let share = |part: i64| (part.max(0) as f64 / limit.max(1) as f64 * 1000.0).min(1000.0);
    let (a, b) = (share(before), share(before.saturating_add(this)));
    format!(
        concat!(
            r#"<svg class="meter" viewBox="0 0 1000 34" role="img" preserveAspectRatio="none" aria-label="{}">"#,
            r#"<rect class="bg" width="1000" height="34"/><rect class="a" width="{:.1}" height="34"/>"#,
            r#"<rect class="p" x="{:.1}" width="{:.1}" height="34"/><path class="e" d="M{:.1} 0V34"/></svg>"#
        ),
        escape(label),
        a,
        a,
        b - a,
        b
    )
}

/// Text as it may stand in an element or a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_covers_the_highest_column() {
        for n in [0, 1, 2, 3, 5, 7, 99, 100, 101, 1_633, u64::MAX / 2] {
            assert!(nice(n) >= n && nice(n) > 0, "{n}");
        }
        assert_eq!(nice(1_633), 2_000);
    }

    #[test]
    fn an_empty_day_and_a_strange_label_draw_well() {
        assert!(columns(&[], 4, "nothing").contains("</svg>"));
        let svg = columns(&[("<b>".into(), 3)], 1, "a \"label\"");
        assert!(svg.contains("&lt;b&gt;") && svg.contains("a &quot;label&quot;") && !svg.contains("style="));
        assert!(flow(&[("a", 0)], "").contains("</svg>"));
        let less = differences(&[("<b>".into(), -5), ("c".into(), 0)], |n| n.to_string(), "x");
        assert!(less.contains("&lt;b&gt;") && less.contains(">-5<") && !less.contains("NaN"), "{less}");
        assert!(differences(&[], |n| n.to_string(), "").contains("</svg>"));
        assert!(!meter(0, -5, 10, "").contains("NaN"));
    }
}
