use super::*;
use proptest::prelude::*;
use std::sync::LazyLock;

static POLICY: LazyLock<Policy> = LazyLock::new(Policy::sample);

fn day() -> Day {
    Day::parse("2026-06-15").unwrap()
}

fn fraction(text: &str) -> Fraction {
    Fraction::parse(text).unwrap()
}

fn assess_one(price: &str, qty: &str, rates: Rates) -> Result<Assessed, Vec<Finding>> {
    let (price, qty) = (Price::from_yuan_text(price).unwrap(), Quantity::parse(qty).unwrap());
    let line = Line { gnum: 1, price, qty, goods: price.times(qty).unwrap(), rates };
    let list = Assessment {
        day: day(),
        lines: &[line],
        promotion: Fen(0),
        freight: Fen(0),
        insurance: Fen(0),
        year_so_far: Fen(0),
    };
    assess(&list, &Rules::on(&POLICY, day()).unwrap())
}

#[test]
fn missing_fen_go_to_the_largest_fractions_and_ties_to_the_lower_line() {
    let shares = |whole, weights: &[(u32, i64)]| {
        let weights: Vec<_> = weights.iter().map(|&(gnum, fen)| (gnum, Fen(fen))).collect();
        allocate(Fen(whole), &weights).iter().map(|fen| fen.0).collect::<Vec<_>>()
    };
    assert_eq!(shares(1_001, &[(1, 2_000), (2, 3_000), (3, 5_001)]), [200, 300, 501]);
    assert_eq!(shares(1, &[(1, 5), (2, 5)]), [1, 0]);
    assert_eq!(shares(1, &[(2, 5), (1, 5)]), [0, 1], "the line number decides, not the place in the list");
    assert_eq!(shares(2, &[(3, 1), (2, 1), (1, 1)]), [0, 1, 1]);
    assert_eq!(shares(0, &[(1, 5), (2, 0)]), [0, 0]);
}

#[test]
fn thresholds_on_both_sides() {
    let rates = |content: &str| Rates {
        duty: Fraction::ZERO,
        vat: fraction("13%"),
        consumption: Consumption::Threshold {
            rate: fraction("15%"),
            fen_per_content: fraction("1000"),
            content: fraction(content),
        },
    };
    let ct = |price, content| assess_one(price, "1", rates(content)).unwrap().totals().consumption_tax;
    assert_eq!(ct("299.99", "30"), Fen(0));
    assert_eq!(ct("300.00", "30"), Fen(3_706));
    assert_eq!(ct("300.00", "30.00001"), Fen(0));
    assert_eq!(ct("300.00", "90/3"), Fen(3_706));
}

#[test]
fn a_tax_of_a_hundred_percent_inside_the_price_cannot_be_reckoned() {
    let rates = Rates {
        duty: Fraction::ZERO,
        vat: fraction("13%"),
        consumption: Consumption::AdValorem { rate: Fraction::ONE },
    };
    assert_eq!(assess_one("1", "1", rates).unwrap_err()[0].code, Code::AmountOutOfRange);
}

#[test]
fn the_arithmetic_on_paper_is_that_of_the_tax() {
    let wine = Rates {
        duty: fraction("14%"),
        vat: fraction("13%"),
        consumption: Consumption::AdValorem { rate: fraction("10%") },
    };
    let relief = Rules::on(&POLICY, day()).unwrap().relief.value;
    let (tax, steps) = explain_line(Fen(30_500), &wine, Regime::Reduced, &relief).unwrap();
    assert_eq!((tax.duty, tax.consumption_tax, tax.vat), (Fen(0), Fen(2_372), Fen(3_084)));
    let written: Vec<_> =
        steps.iter().map(|s| format!("{}: {} = {} -> {}", s.en, s.formula, s.exact, s.rounded.unwrap())).collect();
    assert_eq!(
        written,
        [
            "duty: 305.00 * 0 = 0 -> 0.00",
            "consumption tax: ((305.00 + 0) / (1 - 0.1) * 0.1) * 0.7 = 23.72222222… -> 23.72",
            "VAT: (305.00 + 0 + 33.88888888…) * 0.13 * 0.7 = 30.83888888… -> 30.84",
        ]
    );
    let cases = [
        (Consumption::Specific { fen_per_unit: fraction("25000/988"), quantity: fraction("3.96") }, Regime::Reduced),
        (
            Consumption::Compound { rate: fraction("20%"), fen_per_unit: fraction("91.2"), quantity: fraction("1.4") },
            Regime::Full,
        ),
        (
            Consumption::Threshold {
                rate: fraction("20%"),
                fen_per_content: fraction("1000000"),
                content: Fraction::ONE,
            },
            Regime::Full,
        ),
    ];
    for (consumption, regime) in cases {
        let rates = Rates { consumption, ..wine };
        let (tax, steps) = explain_line(Fen(1_000_000), &rates, regime, &relief).unwrap();
        let shown: Fen = steps.iter().filter_map(|step| step.rounded).sum();
        assert_eq!(shown, tax.tax());
        assert!(steps.iter().any(|step| step.rounded.is_none()), "the step on the way is shown");
    }
}

/// The slow and obvious version of the formulae, with another library.
fn second_judge(taxable: i64, rates: &Rates, regime: Regime) -> (i64, i64, i64) {
    use num_rational::Ratio;
    let ratio = |f: Fraction| Ratio::new(i128::from(f.parts().0), i128::from(f.parts().1));
    let one = Ratio::from_integer(1i128);
    let price = Ratio::from_integer(i128::from(taxable));
    let (duty, k) = match regime {
        Regime::Reduced => (Ratio::from_integer(0), Ratio::new(7, 10)),
        _ => (price * ratio(rates.duty), one),
    };
    let ad_valorem = |rate: Fraction, base: Ratio<i128>| base / (one - ratio(rate)) * ratio(rate);
    let ct = match rates.consumption {
        Consumption::None => Ratio::from_integer(0),
        Consumption::AdValorem { rate } => ad_valorem(rate, price + duty),
        Consumption::Specific { fen_per_unit, quantity } => ratio(fen_per_unit) * ratio(quantity),
        Consumption::Compound { rate, fen_per_unit, quantity } => {
            let specific = ratio(fen_per_unit) * ratio(quantity);
            ad_valorem(rate, price + duty + specific) + specific
        }
        Consumption::Threshold { rate, fen_per_content, content } => {
            if price / ratio(content) >= ratio(fen_per_content) {
                ad_valorem(rate, price + duty)
            } else {
                Ratio::from_integer(0)
            }
        }
    };
    let vat = (price + duty + ct) * ratio(rates.vat);
    let round = |r: Ratio<i128>| i64::try_from((r + Ratio::new(1, 2)).floor().to_integer()).unwrap();
    (round(duty), round(k * ct), round(k * vat))
}

fn any_rates() -> impl Strategy<Value = Rates> {
    let measure = || (0i64..100_000, 1i64..1_000).prop_map(|(n, d)| Fraction::new(n, d).unwrap());
    let share = || (0i64..99, 1i64..3).prop_map(|(n, d)| Fraction::new(n, 100 * d).unwrap());
    let content = || (1i64..100_000, 1i64..1_000).prop_map(|(n, d)| Fraction::new(n, d).unwrap());
    let consumption = prop_oneof![
        Just(Consumption::None),
        share().prop_map(|rate| Consumption::AdValorem { rate }),
        (measure(), measure()).prop_map(|(fen_per_unit, quantity)| Consumption::Specific { fen_per_unit, quantity }),
        (share(), measure(), measure()).prop_map(|(rate, fen_per_unit, quantity)| Consumption::Compound {
            rate,
            fen_per_unit,
            quantity
        }),
        (share(), measure(), content()).prop_map(|(rate, fen_per_content, content)| Consumption::Threshold {
            rate,
            fen_per_content,
            content
        }),
    ];
    (share(), share(), consumption).prop_map(|(duty, vat, consumption)| Rates { duty, vat, consumption })
}

proptest! {
    #[test]
    fn taxes_agree_with_a_second_judge(taxable in 1i64..3_000_000, rates in any_rates(), is_reduced: bool) {
        let regime = if is_reduced { Regime::Reduced } else { Regime::Full };
        let relief = POLICY.relief(day()).unwrap().value;
        let tax = line_tax(1, Fen(taxable), &rates, regime, &relief).unwrap();
        prop_assert_eq!((tax.duty.0, tax.consumption_tax.0, tax.vat.0), second_judge(taxable, &rates, regime));
        prop_assert!(tax.duty.0 >= 0 && tax.consumption_tax.0 >= 0 && tax.vat.0 >= 0);
        let (explained, steps) = explain_line(Fen(taxable), &rates, regime, &relief).unwrap();
        prop_assert_eq!(steps.iter().filter_map(|step| step.rounded).sum::<Fen>(), explained.tax());
    }

    /// A fen more never makes the tax less.
    #[test]
    fn tax_grows_with_the_price(taxable in 1i64..3_000_000, rates in any_rates()) {
        let relief = POLICY.relief(day()).unwrap().value;
        let tax = |fen| line_tax(1, Fen(fen), &rates, Regime::Reduced, &relief).unwrap().tax();
        prop_assert!(tax(taxable) <= tax(taxable + 1));
    }

    #[test]
    fn parts_add_up_to_the_whole(whole in 0i64..10_000_000, weights in proptest::collection::vec(1i64..1_000_000, 1..40)) {
        let weights: Vec<_> = weights.iter().zip(1u32..).map(|(&w, gnum)| (gnum, Fen(w))).collect();
        let parts = allocate(Fen(whole), &weights);
        prop_assert_eq!(parts.iter().copied().sum::<Fen>(), Fen(whole));
        let sum: i128 = weights.iter().map(|w| i128::from(w.1.0)).sum();
        for (part, (_, weight)) in parts.iter().zip(&weights) {
            let exact = i128::from(whole) * i128::from(weight.0);
            prop_assert!((i128::from(part.0) * sum - exact).abs() < sum, "less than a fen from the exact share");
        }
    }

    /// Taxable prices add up to goods less promotion plus carriage, and none is below zero.
    #[test]
    fn nothing_is_lost_between_goods_and_taxable_prices(
        goods in proptest::collection::vec(1i64..200_000, 1..20), promotion in 0i64..50_000, freight in 0i64..20_000, insurance in 0i64..500,
    ) {
        let rates = Rates { duty: Fraction::ZERO, vat: fraction("13%"), consumption: Consumption::None };
        let lines: Vec<_> = goods
            .iter()
            .zip(1u32..)
            .map(|(&g, gnum)| Line { gnum, price: Price(g * 1_000), qty: Quantity::whole(1), goods: Fen(g), rates })
            .collect();
        let list = Assessment {
            day: day(), lines: &lines, promotion: Fen(promotion), freight: Fen(freight), insurance: Fen(insurance),
            year_so_far: Fen(0),
        };
        let sum: i64 = goods.iter().sum();
        match taxable_prices(&list) {
            Ok(prices) => {
                prop_assert_eq!(prices.iter().copied().sum::<Fen>(), Fen(sum - promotion + freight + insurance));
                prop_assert!(prices.iter().all(|price| price.0 >= 0));
            }
            Err(found) => {
                prop_assert!(promotion >= sum);
                prop_assert_eq!(found[0].code, Code::ValueNotPositive);
            }
        }
    }

    /// Returned in any parts, a line gives back exactly what it owed.
    #[test]
    fn a_return_restores_exactly(
        taxable in 0i64..3_000_000, duty in 0i64..100_000, ct in 0i64..100_000, vat in 0i64..100_000,
        parts in proptest::collection::vec(1i64..500_000, 1..12),
    ) {
        let line = LineTax { gnum: 7, taxable: Fen(taxable), duty: Fen(duty), consumption_tax: Fen(ct), vat: Fen(vat) };
        let qty = Quantity(parts.iter().sum());
        let mut given = Vec::new();
        let mut before = Quantity(0);
        for part in parts {
            let back = returned_part(&line, qty, before, Quantity(part)).unwrap();
            prop_assert!(back.taxable.0 >= 0 && back.duty.0 >= 0 && back.consumption_tax.0 >= 0 && back.vat.0 >= 0);
            given.push(back);
            before = before.plus(Quantity(part));
        }
        prop_assert_eq!(Totals::of(&given), Totals::of(std::slice::from_ref(&line)));
        prop_assert_eq!(returned_part(&line, qty, before, Quantity(1)), None);
        prop_assert_eq!(returned_part(&line, qty, Quantity(0), Quantity(0)), None);
    }
}
