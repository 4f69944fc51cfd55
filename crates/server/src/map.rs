//! The coast at which the zone works, drawn on the server: coast line and water lines only, no boundary of any kind.
//!
//! Schematic: the island of Hainan by some forty points at a tenth of a degree or so, rounded between them. What a point
//! tells stands in a table below it too.

use crate::chart::escape;
use std::fmt::Write;

/// The coast line, clockwise from the north-west: degrees east, degrees north.
const COAST: [(f64, f64); 44] = [
    (109.27, 19.90),
    (109.45, 19.86),
    (109.57, 19.97),
    (109.71, 20.01),
    (109.88, 19.97),
    (110.03, 19.96),
    (110.14, 20.06),
    (110.30, 20.04),
    (110.44, 20.09),
    (110.57, 20.08),
    (110.69, 20.16),
    (110.88, 20.06),
    (110.97, 20.00),
    (111.04, 19.75),
    (111.02, 19.63),
    (110.85, 19.55),
    (110.72, 19.40),
    (110.62, 19.20),
    (110.56, 18.98),
    (110.50, 18.78),
    (110.35, 18.66),
    (110.15, 18.52),
    (110.06, 18.40),
    (109.90, 18.40),
    (109.74, 18.34),
    (109.72, 18.20),
    (109.62, 18.23),
    (109.53, 18.17),
    (109.46, 18.26),
    (109.33, 18.30),
    (109.18, 18.27),
    (109.08, 18.36),
    (108.93, 18.42),
    (108.73, 18.49),
    (108.67, 18.65),
    (108.63, 18.85),
    (108.62, 19.08),
    (108.63, 19.25),
    (108.70, 19.33),
    (108.80, 19.42),
    (108.95, 19.55),
    (109.12, 19.66),
    (109.22, 19.74),
    (109.15, 19.81),
];

/// Where lists are declared: a city or county by its code of GB/T 2260, and where its name stands.
struct Place {
    city: &'static str,
    zh: &'static str,
    en: &'static str,
    at: (f64, f64),
    /// The end of the line that leads to the name.
    name: (f64, f64),
    anchor: &'static str,
}

const PLACES: [Place; 6] = [
    Place { city: "460100", zh: "海口", en: "Haikou", at: (110.33, 20.02), name: (110.36, 20.27), anchor: "start" },
    Place { city: "460200", zh: "三亚", en: "Sanya", at: (109.50, 18.27), name: (109.50, 18.04), anchor: "middle" },
    Place { city: "460400", zh: "儋州", en: "Danzhou", at: (109.20, 19.75), name: (109.02, 19.93), anchor: "end" },
    Place { city: "469005", zh: "文昌", en: "Wenchang", at: (110.82, 19.57), name: (111.12, 19.44), anchor: "start" },
    Place { city: "469007", zh: "东方", en: "Dongfang", at: (108.65, 19.10), name: (108.50, 19.10), anchor: "end" },
    Place { city: "469023", zh: "澄迈", en: "Chengmai", at: (110.00, 19.94), name: (109.92, 20.17), anchor: "end" },
];

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 670.0;

/// On the drawing: a degree of longitude is as much shorter as it is at the middle of the island.
fn on_paper((east, north): (f64, f64)) -> (f64, f64) {
    (150.0 + (east - 108.55) * 236.0, 30.0 + (20.42 - north) * 250.0)
}

/// Through the middles between the points, each rounded off.
fn coast() -> String {
    let points = COAST.map(on_paper);
    let middle = |i: usize| {
        let (a, b) = (points[i], points[(i + 1) % points.len()]);
        ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0)
    };
    let (x, y) = middle(points.len() - 1);
    let mut path = format!("M{x:.0} {y:.0}");
    for (i, (x, y)) in points.iter().enumerate() {
        let (to_x, to_y) = middle(i);
        let _ = write!(path, "Q{x:.0} {y:.0} {to_x:.0} {to_y:.0}");
    }
    path + "Z"
}

/// The island with a point for each of these cities (GB/T 2260) that lies on it, larger where more was done; `said` puts
/// the number into words. Empty where none lies on it: of other coasts there is no drawing.
pub fn island(cities: &[(String, u64)], is_english: bool, said: impl Fn(u64) -> String, label: &str) -> String {
    let of = |place: &Place| cities.iter().find(|(city, _)| city == place.city).map(|(_, n)| *n);
    let most = PLACES.iter().filter_map(of).max();
    let Some(most) = most else { return String::new() };
    let mut svg = format!(
        r##"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}"><defs><path id="coast" d="{}"/></defs>"##,
        escape(label),
        coast()
    );
    for (class, width) in [("wl", 64), ("ws", 62), ("wl", 42), ("ws", 40), ("wl", 22), ("ws", 20)] {
        let _ = write!(svg, r##"<use href="#coast" class="{class}" stroke-width="{width}"/>"##);
    }
    svg.push_str(r##"<use href="#coast" class="land"/>"##);
    for place in &PLACES {
        let Some(n) = of(place) else { continue };
        let ((x, y), (to_x, to_y), anchor) = (on_paper(place.at), on_paper(place.name), place.anchor);
        let radius = 5.0 + 9.0 * (n as f64 / most.max(1) as f64).sqrt();
        // Two lines of words, above the leader's end where it goes up.
        let first = if to_y < y - 20.0 { to_y - 20.0 } else { to_y + 14.0 };
        let away = match anchor {
            "start" => to_x + 6.0,
            "end" => to_x - 6.0,
            _ => to_x,
        };
        let name = if is_english { place.en } else { place.zh };
        let _ = write!(
            svg,
            r#"<path class="ld" d="M{x:.0} {y:.0}L{to_x:.0} {to_y:.0}"/><circle class="pt" cx="{x:.0}" cy="{y:.0}" r="{radius:.1}"/><text x="{away:.0}" y="{first:.0}" text-anchor="{anchor}">{name}</text><text class="soft" x="{away:.0}" y="{:.0}" text-anchor="{anchor}">{}</text>"#,
            first + 16.0,
            escape(&said(n))
        );
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(cities: &[(&str, u64)], is_english: bool) -> String {
        let cities: Vec<_> = cities.iter().map(|(city, n)| ((*city).to_owned(), *n)).collect();
        island(&cities, is_english, |n| format!("<{n}>"), "where")
    }

    #[test]
    fn each_city_of_the_island_has_its_point_and_no_other_city_has_one() {
        let svg = drawn(&[("460200", 90), ("460100", 10), ("110000", 5)], false);
        assert_eq!(svg.matches("<circle").count(), 2, "{svg}");
        assert!(svg.contains("三亚") && svg.contains("&lt;90&gt;") && !svg.contains("<90>") && !svg.contains("NaN"));
        let radius = |n: usize| svg.split(" r=\"").nth(n).and_then(|rest| rest.split('"').next()).expect("a circle");
        assert_eq!((radius(1), radius(2)), ("8.0", "14.0"), "the area is the share: Haikou first");
        assert!(drawn(&[("460200", 0)], true).contains("Sanya"), "a month without lists is drawn too");
        assert_eq!(drawn(&[("110000", 5)], true), "", "no coast is drawn for an inland city");
        assert_eq!(drawn(&[], true), "");
    }

    #[test]
    fn everything_lies_on_the_paper_and_points_lie_on_the_land() {
        for place in &PLACES {
            for (x, y) in [on_paper(place.at), on_paper(place.name)] {
                assert!((60.0..WIDTH - 60.0).contains(&x) && (40.0..HEIGHT - 40.0).contains(&y), "{}", place.en);
            }
            // Odd crossings to the east: inside the coast line; ports lie at it.
            let near = |(x, y): &(f64, f64)| (x - place.at.0).hypot(y - place.at.1) < 0.1;
            let (east, north) = place.at;
            let crossings = (0..COAST.len()).filter(|&i| {
                let (a, b) = (COAST[i], COAST[(i + 1) % COAST.len()]);
                (a.1 > north) != (b.1 > north) && east < a.0 + (north - a.1) / (b.1 - a.1) * (b.0 - a.0)
            });
            assert!(crossings.count() % 2 == 1 || COAST.iter().any(near), "{} lies in the sea", place.en);
        }
    }
}
