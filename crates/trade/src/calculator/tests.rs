use super::*;
use proptest::prelude::*;
use std::sync::LazyLock;

static POLICY: LazyLock<Policy> = LazyLock::new(Policy::sample);

/// Every step comes out with exactly the keys and values of `expected`.
fn check(text: &str) -> usize {
    let outcomes: Vec<Value> = run(text, &POLICY).unwrap().into_iter().map(Result::unwrap).collect();
    let file: Value = serde_json::from_str(text).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(outcomes.len(), cases.len());
    for (case, outcome) in cases.iter().zip(&outcomes) {
        assert_eq!(outcome["id"], case["id"]);
        let steps = case["steps"].as_array().unwrap();
        assert_eq!(outcome["steps"].as_array().unwrap().len(), steps.len());
        for (n, step) in steps.iter().enumerate() {
            assert_eq!(outcome["steps"][n], step["expected"], "case {}, step {n}", case["id"]);
        }
    }
    cases.len()
}

#[test]
fn the_worked_cases_come_out_as_written() {
    assert_eq!(check(include_str!("worked.json")), 24);
}

#[test]
fn the_shared_cases_come_out_as_written() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/tax/cases.json");
    // Outside of our workshop the folder is not there; the worked cases above are.
    if let Ok(text) = std::fs::read_to_string(path) {
        assert_eq!(check(&text), 13);
    }
}

#[test]
fn a_fault_names_its_place() {
    let whole: Value = serde_json::from_str(include_str!("worked.json")).unwrap();
    let said = |change: &dyn Fn(&mut Value)| {
        let mut file = whole.clone();
        change(&mut file);
        let outcomes = match run(&file.to_string(), &POLICY) {
            Ok(outcomes) => outcomes,
            Err(malformed) => return malformed.to_string(),
        };
        let mut wrong = outcomes.into_iter().filter_map(Result::err);
        let said = wrong.next().unwrap().to_string();
        assert_eq!(wrong.next(), None, "a case spoils no other");
        said
    };
    let line = |v: Value, name: &'static str| {
        move |file: &mut Value| file["cases"][1]["steps"][0]["inputs"]["lines"][0][name] = v.clone()
    };
    let at = "cases[1].steps[0].inputs.lines[0]";
    assert_eq!(said(&line(json!("1.3"), "vat_rate")), format!("{at}.vat_rate: should be a rate below 1"));
    assert_eq!(said(&line(json!("-0.1"), "duty_rate")), format!("{at}.duty_rate: is negative"));
    assert_eq!(said(&line(json!("0.000001"), "qty")), format!("{at}.qty: has more than five decimals"));
    assert_eq!(said(&line(Value::Null, "gnum")), format!("{at}.gnum: is missing"));
    assert_eq!(
        said(&line(json!({"kind": "threshold", "rate": "0.1"}), "ct")),
        format!("{at}.ct.threshold_fen_per_content: is missing")
    );
    assert_eq!(
        said(&|f| f["cases"][0]["steps"][0]["action"] = json!("give")).split(':').next(),
        Some("cases[0].steps[0].action")
    );
    assert_eq!(said(&|f| f["cases"] = json!({})), "cases: should be an array");
    assert_eq!(
        said(&|f| {
            let mut other = f["cases"][0]["steps"][0].clone();
            other["inputs"]["freight_fen"] = json!(1_199);
            f["cases"][0]["steps"].as_array_mut().unwrap().push(other);
        }),
        "cases[0].steps[1].list: this list was accepted already, with other inputs"
    );
    assert_eq!(run("{\"cases\": [\n  1,,", &POLICY).unwrap_err().place, "line 2 column 5");
    assert_eq!(run("[]", &POLICY).unwrap_err().to_string(), "cases: is missing");
}

#[test]
fn a_list_sent_again_gets_its_first_answer_and_is_booked_once() {
    let mut file: Value = serde_json::from_str(include_str!("worked.json")).unwrap();
    let again = file["cases"][0]["steps"][0].clone();
    file["cases"][0]["steps"].as_array_mut().unwrap().push(again);
    let outcomes = run(&file.to_string(), &POLICY).unwrap();
    let steps = &outcomes[0].as_ref().unwrap()["steps"];
    assert_eq!(steps[0], steps[1]);
}

#[test]
fn amounts_that_cannot_be_reckoned_are_a_reason_and_not_a_panic() {
    for (name, value) in [
        ("freight_fen", json!(i64::MAX)),
        ("freight_fen", json!(-1)),
        ("insurance_fen", json!(i64::MIN)),
        ("promo_reduction_fen", json!(i64::MAX)),
        ("promo_reduction_fen", json!(i64::MIN)),
        ("noncash_deduction_fen", json!(i64::MIN)),
    ] {
        let mut file: Value = serde_json::from_str(include_str!("worked.json")).unwrap();
        file["cases"][0]["steps"][0]["inputs"][name] = value;
        let step = run(&file.to_string(), &POLICY).unwrap()[0].as_ref().unwrap()["steps"][0].clone();
        assert!(
            ["AMOUNT_OUT_OF_RANGE", "VALUE_NOT_POSITIVE"].contains(&step["reason"].as_str().unwrap()),
            "{name}: {step}"
        );
    }
    for (price, qty) in [("92233720368547", "92233720368547"), ("1000000000", "1000000000"), ("100000000000", "1")] {
        let mut file: Value = serde_json::from_str(include_str!("worked.json")).unwrap();
        file["cases"][0]["steps"][0]["inputs"]["lines"][0]["unit_price_yuan"] = json!(price);
        file["cases"][0]["steps"][0]["inputs"]["lines"][0]["qty"] = json!(qty);
        let step = run(&file.to_string(), &POLICY).unwrap()[0].as_ref().unwrap()["steps"][0].clone();
        assert_eq!(step["outcome"], "reject", "{step}");
    }
    let mut file: Value = serde_json::from_str(include_str!("worked.json")).unwrap();
    file["cases"][0]["buyer"]["ytd_fen"]["2026"] = json!(i64::MAX);
    let step = run(&file.to_string(), &POLICY).unwrap()[0].as_ref().unwrap()["steps"][0].clone();
    assert_eq!(step["reason"], "AMOUNT_OUT_OF_RANGE");
}

proptest! {
    /// A list that came in and went back, in any parts, leaves the year as it was; a refusal changes nothing.
    #[test]
    fn a_year_is_restored_exactly(
        price in 1i64..600_000, qty in 1i64..7, freight in 0i64..3_000, cuts in proptest::collection::vec(1i64..4, 1..7),
        vat in 1i64..30, ct in 0i64..60, before in 0i64..2_700_000,
    ) {
        let line = json!({
            "gnum": 1, "unit_price_yuan": format!("{}.{:02}", price / 100, price % 100), "qty": qty.to_string(),
            "vat_rate": format!("{vat}%"), "duty_rate": "7%", "ct": {"kind": "ad_valorem", "rate": format!("{ct}%")},
        });
        let declare = |paid: i64| json!({
            "action": "declare", "list": "A", "inputs": {
                "trade_mode": "9610", "decl_time": "2026-06-15", "freight_fen": freight, "lines": [line],
                "payment": {"amount_fen": paid, "currency": "142"},
            },
        });
        let file = |steps: Value| json!({"cases": [{"buyer": {"ytd_fen": {"2026": before}}, "steps": steps}]}).to_string();
        // Once with a wrong payment: refused, and nothing is booked.
        let refused = run(&file(json!([declare(0)])), &POLICY).unwrap()[0].as_ref().unwrap()["steps"][0].clone();
        prop_assert_eq!(&refused["outcome"], "reject");
        prop_assert_eq!(&refused["ytd_after_fen"], &json!(before));
        prop_assume!(refused["reason"] == "PAYMENT_AMOUNT");
        let rates = Rates {
            duty: Fraction::parse("7%").unwrap(),
            vat: Fraction::new(vat, 100).unwrap(),
            consumption: Consumption::AdValorem { rate: Fraction::new(ct, 100).unwrap() },
        };
        let goods = Fen(price * qty);
        let tax_line = tax::Line { gnum: 1, price: Price(price * 1_000), qty: Quantity::whole(qty), goods, rates };
        let day = Day::parse("2026-06-15").unwrap();
        let assessment = Assessment {
            day, lines: &[tax_line], promotion: Fen(0), freight: Fen(freight), insurance: Fen(0), year_so_far: Fen(before),
        };
        let assessed = tax::assess(&assessment, &Rules::on(&POLICY, day).unwrap()).unwrap();
        let (due, whole) = (assessed.payment_due(Fen(0)).unwrap(), assessed.totals());
        let mut steps = vec![declare(due.0)];
        let mut left = qty;
        for cut in cuts.into_iter().chain([qty]) {
            let part = cut.min(left);
            if part > 0 {
                left -= part;
                steps.push(json!({"action": "return", "inputs": {
                    "list": "A", "apply_time": "2026-06-20", "arrive_time": "2026-06-21",
                    "lines": [{"gnum": 1, "qty": part.to_string()}],
                }}));
            }
        }
        let outcomes = run(&file(json!(steps)), &POLICY).unwrap()[0].as_ref().unwrap()["steps"].as_array().unwrap().clone();
        prop_assert!(outcomes.iter().all(|step| step["outcome"] == "accept"));
        prop_assert_eq!(&outcomes.last().unwrap()["ytd_after_fen"], &json!(before));
        let sum = |key: &str| outcomes[1..].iter().map(|step| step[key].as_i64().unwrap()).sum::<i64>();
        prop_assert_eq!(sum("restored_fen"), whole.taxable.0);
        prop_assert_eq!(sum("tax_not_levied_fen"), whole.tax().0);
    }

    /// Whatever stands in the file, there is an answer or a named fault.
    #[test]
    fn no_input_panics(place in 0usize..400, value in prop_oneof![
        Just(json!(null)), Just(json!(-1)), Just(json!("")), Just(json!("1/0")), Just(json!(i64::MAX)), Just(json!([])),
        Just(json!({})), Just(json!("999999999999999")), Just(json!("0.000000000000001")), Just(json!(u64::MAX)), Just(json!("9999-12-31")),
    ]) {
        let mut file: Value = serde_json::from_str(include_str!("worked.json")).unwrap();
        fn leaf<'v>(node: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
            if *left == 0 { return Some(node); }
            *left -= 1;
            match node {
                Value::Array(items) => items.iter_mut().find_map(|item| leaf(item, left)),
                Value::Object(map) => map.values_mut().find_map(|item| leaf(item, left)),
                _ => None,
            }
        }
        let mut left = place * 7;
        if let Some(node) = leaf(&mut file, &mut left) { *node = value; }
        let _ = run(&file.to_string(), &POLICY);
    }
}
