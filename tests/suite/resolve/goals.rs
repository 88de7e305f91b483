//! Units, goals, scoring and tiers.

use scoreline::quantity::{Quantity, Rational, Unit};
use scoreline::resolve::terms::{Bound, CreditModel, Goal, Range, Scoring, TierTest};

use super::{card, clean, findings, resolve};

/// A scorecard whose one KPI, on line 10, has `measure` and further fields.
fn kpi(fields: &str) -> String {
    let contract =
        "contract: { starts: 2025-01-01, charge: 1000.00, currency: EUR, at_risk: 10%, late_changes: restate }\n";
    card(&format!(
        "sources: {{ t: {{ path: t.csv, at: day, covers: {{ through: last_row }}, span: [a, b] }} }}\n{contract}kpis:\n  k: {{ title: K, {fields} }}\n"
    ))
}

const RATIO: &str = "measure: { ratio: { source: t, hit: ok } }";

fn number(text: &str) -> Rational {
    Rational::parse_decimal(text).expect("a decimal")
}

fn percent(text: &str) -> Quantity {
    let ratio = number(text).checked_div(&Rational::integer(100)).expect("not zero");
    Quantity::new(ratio, Unit::Percent)
}

fn bound(text: &str, inclusive: bool) -> Option<Bound> {
    Some(Bound {
        value: percent(text),
        inclusive,
    })
}

#[test]
fn the_form_fixes_the_unit_or_the_author_says_it() {
    for (measure, unit, expected) in [
        (RATIO, "", Unit::Percent),
        ("measure: { availability: { source: t } }", "", Unit::Percent),
        ("measure: { count: { source: t } }", "", Unit::Count),
        ("measure: { nps: { source: t, of: x } }", "", Unit::Number),
        ("measure: { failures: { source: t, is: mtbf } }", "", Unit::Duration),
        (
            "measure: { share: { source: t, part: a, whole: b } }",
            "",
            Unit::Percent,
        ),
        (
            "measure: { share: { source: t, part: a, whole: b } }",
            ", unit: money",
            Unit::Money,
        ),
        ("measure: { mean: { source: t, of: x } }", ", unit: days", Unit::Days),
        ("measure: { attested: {} }", ", unit: percent", Unit::Percent),
    ] {
        let terms = clean(&kpi(&format!("{measure}{unit}")));
        assert_eq!(terms.kpis["k"].unit, expected, "{measure}{unit}");
    }
    let resolved = resolve(&[(
        "card.yaml",
        &kpi("measure: { mean: { source: t, of: x } }, target: { at_most: 4h }"),
    )]);
    assert_eq!(
        resolved.findings,
        ["card.yaml:10:3 missing-field: KPI `k` has no `unit`"]
    );
    assert!(
        resolved.helps[0].starts_with("add `unit: duration`"),
        "{:?}",
        resolved.helps
    );
    assert_eq!(
        findings(&kpi(&format!("{RATIO}, unit: money"))),
        ["card.yaml:10:68 wrong-unit: a `ratio` is never in this unit"]
    );
}

#[test]
fn a_value_carries_the_unit_of_its_kpi() {
    let found = findings(&kpi(&format!("{RATIO}, target: {{ at_least: 4h }}")));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("card.yaml:10:82 wrong-unit"), "{found:?}");
    let found = findings(&kpi(&format!("{RATIO}, target: {{ at_least: 0.9 }}")));
    assert!(found[0].starts_with("card.yaml:10:82 bare-fraction"), "{found:?}");
    let count = "measure: { count: { source: t } }";
    let found = findings(&kpi(&format!("{count}, target: {{ at_most: 5% }}")));
    assert!(found[0].starts_with("card.yaml:10:72 wrong-unit"), "{found:?}");
}

#[test]
fn decimals_follow_what_is_written() {
    for (target, expected) in [
        ("target: { at_least: 99.95% }", 2),
        ("target: { at_least: 95% }", 1),
        ("target: { at_least: 99.95% }, minimum: { at_least: 99.875% }", 3),
        ("target: { at_least: 99.95% }, decimals: 4", 4),
    ] {
        assert_eq!(
            clean(&kpi(&format!("{RATIO}, {target}"))).kpis["k"].decimals,
            expected,
            "{target}"
        );
    }
}

#[test]
fn a_band_is_in_the_unit_or_relative() {
    let goal = |fields: &str| clean(&kpi(fields)).kpis["k"].target.clone().expect("a target");
    let relative =
        goal("measure: { sum: { source: t, of: x } }, unit: money, target: { within_band: { of: 200.00, by: 5% } }");
    assert_eq!(
        relative,
        Goal::WithinBand {
            of: Quantity::new(number("200"), Unit::Money),
            by: Quantity::new(number("10"), Unit::Money)
        }
    );
    let points = goal(&format!("{RATIO}, target: {{ within_band: {{ of: 50%, by: 5% }} }}"));
    assert_eq!(
        points,
        Goal::WithinBand {
            of: percent("50"),
            by: percent("5")
        }
    );
}

#[test]
fn the_minimum_asks_for_no_more_than_the_target() {
    let with = |target: &str, minimum: &str| findings(&kpi(&format!("{RATIO}, target: {target}, minimum: {minimum}")));
    let beyond = "minimum-beyond-target: the minimum asks for more than the target";
    let place = |target: &str| 10 + RATIO.len() + target.len() + 29;
    let check = |target: &str, minimum: &str, message: &str| {
        let expected = format!("card.yaml:10:{} {message}", place(target));
        assert_eq!(with(target, minimum), [expected], "{target} {minimum}");
    };
    check("{ at_least: 90% }", "{ at_least: 95% }", beyond);
    check("{ at_most: 5% }", "{ at_most: 4% }", beyond);
    check("{ at_least: 90% }", "{ above: 90% }", beyond);
    check("{ between: [10%, 20%] }", "{ between: [11%, 25%] }", beyond);
    check(
        "{ at_least: 90% }",
        "{ at_most: 95% }",
        "minimum-beyond-target: target and minimum point in opposite directions",
    );
    for (target, minimum) in [
        ("{ at_least: 90% }", "{ at_least: 90% }"),
        ("{ above: 90% }", "{ at_least: 90% }"),
        ("{ at_most: 5% }", "{ below: 6% }"),
        ("{ between: [10%, 20%] }", "{ between: [5%, 20%] }"),
        ("{ between: [10%, 20%] }", "{ at_least: 5% }"),
    ] {
        assert_eq!(with(target, minimum), Vec::<String>::new(), "{target} {minimum}");
    }
}

#[test]
fn bands_from_the_top_cover_what_the_one_above_does_not() {
    let text = kpi(&format!(
        "{RATIO}, scoring: {{ bands: [{{ at_least: 60%, score: 100 }}, {{ above: 50%, score: 60 }}] }}"
    ));
    let Scoring::Bands(bands) = &clean(&text).kpis["k"].scoring else {
        panic!("bands");
    };
    assert_eq!(
        bands[0].range,
        Range {
            from: bound("60", true),
            to: None
        }
    );
    assert_eq!(
        bands[1].range,
        Range {
            from: bound("50", false),
            to: bound("60", false)
        }
    );
    let upside_down = text.replace("above: 50%", "above: 70%");
    assert_eq!(
        findings(&upside_down),
        ["card.yaml:10:112 band-overlap: no value reaches this band"]
    );
}

// Conformance: bands-written-with-one-decimal. 98.95 lies in neither.
#[test]
fn bands_written_with_one_decimal_leave_gaps() {
    let text = kpi(&format!(
        "{RATIO}, scoring: {{ bands: [{{ at_least: 99.0%, score: 100 }}, {{ at_least: 98.0%, at_most: 98.9%, score: 80 }}, {{ at_least: 97.0%, at_most: 97.9%, score: 50 }}] }}"
    ));
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        [
            "card.yaml:10:162 band-gap: values above 97.9% and below 98% fall in no band",
            "card.yaml:10:114 band-gap: values above 98.9% and below 99% fall in no band"
        ]
    );
    assert_eq!(
        resolved.helps[0],
        "values are not rounded: let the lower band end with `below: 98%`"
    );
}

// Conformance: tiers-gap-and-overlap. 99.0 < u <= 99.9 and u < 99.0, and 99.9 is promised.
#[test]
fn two_sided_tiers_neither_gap_nor_overlap_with_the_target() {
    let tiers = "[{ above: 99.0%, at_most: 99.9%, pays: 10% }, { below: 99.0%, pays: 25% }]";
    let text = kpi(&format!(
        "{RATIO}, target: {{ at_least: 99.9% }}, credit: {{ of: charge, tiers: {tiers} }}"
    ));
    let resolved = resolve(&[("card.yaml", &text)]);
    assert_eq!(
        resolved.findings,
        [
            "card.yaml:10:166 band-gap: 99% falls in no tier",
            "card.yaml:10:121 band-overlap: 99.9% falls in two tiers"
        ]
    );
    assert_eq!(resolved.also[1], ["card.yaml:10:70 the target's met side"]);
    let fixed = text
        .replace("at_most: 99.9%", "below: 99.9%")
        .replace("below: 99.0%", "at_most: 99.0%");
    assert_eq!(findings(&fixed), Vec::<String>::new());
}

// Conformance: tiers-boundaries; nested tiers stay as they are written.
#[test]
fn one_sided_tiers_nest() {
    let tiers = "[{ below: 99.99%, pays: 10% }, { below: 99.0%, pays: 30% }, { below: 95.0%, pays: 100% }]";
    let text = kpi(&format!(
        "{RATIO}, target: {{ at_least: 99.99% }}, credit: {{ of: charge, tiers: {tiers} }}"
    ));
    let credit = clean(&text).kpis["k"].credit.clone().expect("a credit");
    let CreditModel::Tiers(tiers) = credit.model else {
        panic!("tiers");
    };
    let second = TierTest::Value(Range {
        from: None,
        to: bound("99", false),
    });
    assert_eq!(tiers[1].when, second);
}

#[test]
fn points_fall_in_one_band_and_below_the_target_means_the_missed_side() {
    let points = "points: { bands: [{ below: target, points: 1 }, { above: 8%, points: 3 }], each_pays: 1% }";
    let text = kpi(&format!(
        "{RATIO}, target: {{ at_most: 5% }}, credit: {{ of: charge, {points} }}"
    ));
    let credit = clean(&text).kpis["k"].credit.clone().expect("a credit");
    let CreditModel::Points { bands, .. } = credit.model else {
        panic!("points");
    };
    let first = Range {
        from: bound("5", false),
        to: bound("8", true),
    };
    let second = Range {
        from: bound("8", false),
        to: None,
    };
    assert_eq!(bands, [(first, number("1")), (second, number("3"))]);
}

#[test]
fn a_line_rises_towards_the_target() {
    let line = |line: &str| {
        findings(&kpi(&format!(
            "{RATIO}, target: {{ at_least: 95% }}, scoring: {{ linear: {line} }}"
        )))
    };
    assert_eq!(line("{ zero_at: 90%, full_at: target }"), Vec::<String>::new());
    assert_eq!(
        line("{ zero_at: 99%, full_at: target }"),
        ["card.yaml:10:108 invalid-value: the line gives a better value a lower score"]
    );
    assert_eq!(
        line("{ zero_at: 95%, full_at: target }"),
        ["card.yaml:10:119 invalid-value: the line from 0 to 100 has no length"]
    );
}

#[test]
fn piecewise_points_are_sorted_and_distinct() {
    let text = kpi(&format!(
        "{RATIO}, scoring: {{ piecewise: [[99%, 100], [90%, 0], [95%, 50]] }}"
    ));
    let Scoring::Piecewise(points) = &clean(&text).kpis["k"].scoring else {
        panic!("piecewise");
    };
    let values: Vec<&Quantity> = points.iter().map(|(value, _)| value).collect();
    assert_eq!(values, [&percent("90"), &percent("95"), &percent("99")]);
    let twice = text.replace("95%", "90%");
    assert_eq!(findings(&twice), ["card.yaml:10:107 band-overlap: two points at 90%"]);
}
