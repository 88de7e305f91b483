//! The forms that count and add up rows.

use scoreline::quantity::Rational;

use super::{World, percent, shown};

fn rows(measure: &str, more: &str, header: &str, rows: &str) -> World {
    let sections = format!(
        "
sources:
  s: {{ path: s.csv, time_zone: UTC, at: day, covers: {{ through: 2026-12-31 }} }}
kpis:
  k:
    title: K
    measure: {measure}
{more}
"
    );
    World::of("UTC", &sections, &[("s.csv", &format!("day,{header}\n{rows}"))])
}

fn survey() -> String {
    let answers = [(5, 42), (4, 32), (3, 10), (2, 9), (1, 14)];
    let mut rows: String = answers
        .iter()
        .flat_map(|(score, count)| std::iter::repeat_n(format!("2026-06-15,{score}\n"), *count))
        .collect();
    rows += "2026-06-16,\n2026-07-01,1\n";
    rows
}

// conformance: top-two-box. 74/107, and the mean 400/107.
#[test]
fn ratios_and_means_over_a_population() {
    let ratio = "{ ratio: { source: s, where: score IS NOT NULL, hit: score >= 4 } }";
    let fact = rows(ratio, "", "score", &survey()).fact("k", "2026-06");
    assert_eq!(fact.net.value(), Rational::new(74, 107));
    assert_eq!(fact.net.rows(), 107);
    assert_eq!(percent(&fact.net), "69.1589");
    let mean = rows(
        "{ mean: { source: s, of: score } }",
        "    unit: number\n",
        "score",
        &survey(),
    );
    let fact = mean.fact("k", "2026-06");
    assert_eq!(fact.net.value(), Rational::new(400, 107));
    assert_eq!(fact.left_out.null_value, 1);
}

// conformance: nps, nps-empty. 30 % promoters, 20 % detractors.
#[test]
fn the_net_promoter_score() {
    let mut text = String::new();
    for (score, count) in [(10, 1), (9, 2), (8, 3), (7, 2), (6, 1), (0, 1)] {
        text += &format!("2026-06-15,{score}\n").repeat(count);
    }
    let world = rows("{ nps: { source: s, of: score } }", "", "score", &text);
    assert_eq!(world.value("k", "2026-06"), "10");
    assert_eq!(world.value("k", "2026-07"), "not applicable: no answers");
    for bad in ["11", "-1", "7.5"] {
        let text = format!("{text}2026-06-20,{bad}\n");
        let findings = rows("{ nps: { source: s, of: score } }", "", "score", &text).refusal("2026-06");
        assert!(
            findings[0].starts_with(&format!("invalid-survey-answer: `{bad}` is no answer")),
            "{findings:?}"
        );
        assert!(findings[0].contains("line: Some(12)"), "{findings:?}");
    }
}

// Over 1, 2, 3, 10 and a null.
#[test]
fn statistics_over_an_expression() {
    let text = "2026-06-01,1\n2026-06-02,10\n2026-06-03,2\n2026-06-04,3\n2026-06-05,\n";
    for (form, expected) in [
        ("{ sum: { source: s, of: n * 2 } }", "32"),
        ("{ min: { source: s, of: n } }", "1"),
        ("{ max: { source: s, of: n } }", "10"),
        ("{ median: { source: s, of: n } }", "2.5"),
        ("{ percentile: { source: s, of: n, p: 95 } }", "8.95"),
        ("{ count: { source: s } }", "5"),
        ("{ count: { source: s, where: n > 1 } }", "3"),
        ("{ distinct: { source: s, of: n % 2 } }", "2"),
    ] {
        let more = if form.contains("count") || form.contains("distinct") {
            ""
        } else {
            "    unit: number\n"
        };
        assert_eq!(rows(form, more, "n", text).value("k", "2026-06"), expected, "{form}");
    }
}

#[test]
fn covered_and_empty() {
    for (form, expected) in [
        ("{ sum: { source: s, of: n } }", "0"),
        ("{ count: { source: s } }", "0"),
        ("{ distinct: { source: s, of: n } }", "0"),
        ("{ mean: { source: s, of: n } }", "not applicable: no values"),
        ("{ max: { source: s, of: n } }", "not applicable: no values"),
        ("{ ratio: { source: s, hit: n > 1 } }", "not applicable: no rows"),
        ("{ share: { source: s, part: n, whole: n } }", "not applicable: no rows"),
    ] {
        let more = if ["sum", "mean", "max"].iter().any(|f| form.contains(f)) {
            "    unit: number\n"
        } else {
            ""
        };
        assert_eq!(
            rows(form, more, "n", "2026-05-01,1\n").value("k", "2026-06"),
            expected,
            "{form}"
        );
    }
}

// conformance: rollup-sums, above-is-strict, rhem-strict
#[test]
fn shares_add_up_before_they_divide() {
    let share = |text: &str| {
        let world = rows("{ share: { source: s, part: a, whole: b } }", "", "a,b", text);
        world.value("k", "2026-06")
    };
    assert_eq!(
        share("2026-06-01,950,1000\n2026-06-02,40,50\n"),
        Rational::new(990, 1050).expect("not zero").to_exact()
    );
    assert_eq!(share("2026-06-01,128,160\n"), "0.8");
    assert_eq!(share("2026-06-01,180,800\n"), "0.225");
    assert_eq!(share("2026-06-01,5,0\n"), "not applicable: the whole is zero");
    // A null leaves the row out of both sums.
    assert_eq!(share("2026-06-01,1,2\n2026-06-02,7,\n2026-06-03,,9\n"), "0.5");
}

// conformance: budget-band. (105,000 − 100,000) / 100,000.
#[test]
fn a_formula_divides_sums() {
    let form = "{ formula: { is: (actual - budget) / budget, actual: { sum: { source: s, of: a } }, budget: { sum: { source: s, of: b } } } }";
    let world = |text: &str| rows(form, "    unit: percent\n", "a,b", text);
    assert_eq!(
        world("2026-06-01,60000,50000\n2026-06-02,45000,50000\n").value("k", "2026-06"),
        "0.05"
    );
    assert_eq!(world("2026-06-01,94900,100000\n").value("k", "2026-06"), "-0.051");
    assert_eq!(
        world("2026-06-01,5,0\n").value("k", "2026-06"),
        "not applicable: it divides by zero"
    );
    assert_eq!(
        world("").value("k", "2027-06"),
        "no data: `actual`: `s` covers up to 2026-12-31"
    );
}

#[test]
fn a_value_is_the_only_row_of_its_period() {
    let form = "{ value: { source: s, of: n } }";
    let world = rows(form, "    unit: number\n", "n", "2026-05-01,1.5\n2026-06-01,2.5\n");
    assert_eq!(world.value("k", "2026-06"), "2.5");
    assert_eq!(world.value("k", "2026-07"), "no data: `s` has no row for 2026-07");
    let findings = rows(form, "    unit: number\n", "n", "2026-06-01,1\n2026-06-30,2\n").refusal("2026-06");
    assert!(
        findings[0].starts_with("several-rows: `k` takes one row per period"),
        "{findings:?}"
    );
    assert!(
        findings[0].contains("line: Some(2)") && findings[0].contains("line: Some(3)"),
        "{findings:?}"
    );
}

// A null condition is no, and counted; a null hit is an error with its row.
#[test]
fn nulls_in_conditions() {
    let text = "2026-06-01,a,true\n2026-06-02,,true\n2026-06-03,a,false\n2026-06-04,b,\n";
    let form = "{ ratio: { source: s, where: kind = 'a', hit: good } }";
    let fact = rows(form, "", "kind,good", text).fact("k", "2026-06");
    assert_eq!(shown(&fact.net), "0.5");
    assert_eq!(fact.left_out.null_condition, 1);
    let findings = rows("{ ratio: { source: s, hit: good } }", "", "kind,good", text).refusal("2026-06");
    assert!(findings[0].starts_with("null-in-condition"), "{findings:?}");
    assert!(findings[0].contains("line: Some(5)"), "{findings:?}");
}

// Sums per day; dates are days of the card's zone, so the month's last day belongs to it.
#[test]
fn days_are_days_of_the_card() {
    let sections = "
sources:
  s: { path: s.csv, at: day, covers: { through: 2026-06-30 }, columns: { day: { date: \"%d.%m.%Y\" } } }
kpis:
  k: { title: K, measure: { count: { source: s } } }
";
    let files = [("s.csv", "day\n31.05.2026\n01.06.2026\n30.06.2026\n01.07.2026\n")];
    for zone in ["America/New_York", "Pacific/Auckland"] {
        assert_eq!(World::of(zone, sections, &files).value("k", "2026-06"), "2", "{zone}");
    }
}
