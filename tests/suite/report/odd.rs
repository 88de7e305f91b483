//! A quarterly card of KPIs with unusual units, goals and scores, by hand.

use scoreline::measure::facts::{Absence, Detail, Facts, Measured};
use scoreline::quantity::{Every, Period, PeriodScheme, Quantity, Rational, Unit};
use scoreline::report::Audience;
use scoreline::resolve::terms::{Goal, Guardrail, Kpi, Measure};

use super::fixture::{Case, decimal, fact, kpi, ratio, rows, snippet, terms, timeline};
use super::{rendered, text};

const QUARTER: PeriodScheme = PeriodScheme {
    every: Every::Quarter,
    from_day: 1,
};

fn measured_elsewhere(id: &str, title: &str, unit: Unit, decimals: u32, target: Option<Goal>) -> Kpi {
    let measure = Measure::Value {
        rows: rows("figures", None),
        of: snippet("value"),
    };
    let mut kpi = kpi(id, title, 20, measure);
    kpi.unit = unit;
    kpi.decimals = decimals;
    kpi.minimum = target.clone();
    kpi.target = target;
    kpi
}

/// One KPI per unit: budget variance, NPS, unit cost, open tickets, days; and one that only ever lacked data.
pub(super) fn odd() -> Case {
    let quantity = |text: &str, unit| Quantity::new(decimal(text), unit);
    let band = Goal::WithinBand {
        of: quantity("0", Unit::Percent),
        by: quantity("0.05", Unit::Percent),
    };
    let mut budget = measured_elsewhere("budget-variance", "Budget variance", Unit::Percent, 1, Some(band));
    budget.measure = Measure::Formula {
        is: snippet("(actual - budget) / budget"),
        parts: [
            ("actual".to_owned(), ratio("figures", "actual")),
            ("budget".to_owned(), ratio("figures", "budget")),
        ]
        .into_iter()
        .collect(),
    };
    let mut nps = measured_elsewhere(
        "nps",
        "Net promoter score of everybody who answered the half-yearly relationship survey or one of its reminders",
        Unit::Number,
        0,
        Some(Goal::Above(quantity("0", Unit::Number))),
    );
    nps.gate = Some(Rational::integer(60));
    let mut cost = measured_elsewhere(
        "cost-per-ticket",
        "Cost per ticket",
        Unit::Money,
        2,
        Some(Goal::Below(quantity("24.5", Unit::Money))),
    );
    cost.guardrail = Some(Guardrail {
        kpi: "nps".to_owned(),
        not_met: false,
    });
    let backlog = Goal::AtMost(quantity("20000", Unit::Count));
    let backlog = measured_elsewhere("backlog", "Open tickets", Unit::Count, 0, Some(backlog));
    let between = Goal::Between(quantity("2", Unit::Days), quantity("4.5", Unit::Days));
    let patching = measured_elsewhere("patch-age", "Age of patches", Unit::Days, 1, Some(between));
    let shown = measured_elsewhere("audits", "Audits passed", Unit::Percent, 0, None);
    let mut terms = terms(
        "odd",
        "Figures & <numbers>",
        vec![budget, nps, cost, backlog, patching, shown],
    );
    terms.period = QUARTER;
    let timeline = timeline(terms);
    let last = QUARTER.parse("2026-Q3").expect("a quarter");
    let periods: Vec<Period> = (-7..=0).map(|back| last.offset(back)).collect();
    let mut facts = Facts::default();
    for (index, &period) in periods.iter().enumerate() {
        for (id, values) in [
            (
                "budget-variance",
                ["-0.021", "0.034", "0.049", "0.051", "-0.062", "0.012", "0.02", "0.0501"],
            ),
            ("nps", ["12", "8", "-4", "-11", "0", "3", "-2", "-14"]),
            (
                "cost-per-ticket",
                ["25.1", "24.9", "24.3", "24.2", "24.7", "24.1", "24.499", "24.5"],
            ),
            (
                "backlog",
                ["14200", "15800", "17100", "18300", "20000", "20001", "19400", "21250"],
            ),
            ("patch-age", ["3", "3.5", "4.2", "4.5", "4.55", "1.9", "2", "2.5"]),
        ] {
            let value = decimal(values[index]);
            let net = Measured::Value {
                numerator: value,
                denominator: Rational::one(),
                rows: 1,
            };
            let detail = match id {
                "budget-variance" => Detail::Formula {
                    parts: vec![
                        ("actual".to_owned(), Some(decimal("105010"))),
                        ("budget".to_owned(), Some(decimal("100000"))),
                    ],
                },
                _ => Detail::None,
            };
            facts
                .facts
                .insert(super::fixture::key("odd", None, id, period), fact(net, detail));
        }
        let nothing = Measured::Absent(Absence::NoData("the audit office has not answered".to_owned()));
        let key = super::fixture::key("odd", None, "audits", period);
        facts.facts.insert(key, fact(nothing, Detail::None));
    }
    Case::new(timeline, facts, &periods)
}

// 5.01 % against ± 5 % would print as 5.0 %; 24.499 against < 24.50 as 24.50; both get the decimals that tell.
#[test]
fn values_just_beyond_a_goal_never_look_like_it() {
    let files = rendered(&odd(), Audience::DEFAULT);
    let markdown = text(&files, ".md");
    for row in [
        "| Budget variance | ■ Missed | 5.01% | 0.0% ± 5.0% | 0.0 / 20.0 | +3.0 pp | Service delivery manager |",
        "| Cost per ticket | ■ Missed | 24.50 | &lt; 24.50 | 0.0 / 20.0 | +0.001 | Service delivery manager |",
        "| Open tickets | ■ Missed | 21,250 | ≤ 20,000 | 0.0 / 20.0 | +1,850 | Service delivery manager |",
        "| Age of patches | ● Met | 2.5 d | 2.0 d to 4.5 d | 20.0 / 20.0 | +0.5 d | Service delivery manager |",
    ] {
        assert!(markdown.lines().any(|line| line == row), "{row}\n{markdown}");
    }
    let html = text(&files, ".html");
    assert!(html.contains("<td>24.499<"), "the quarter before");
    assert!(markdown.contains("# Figures &amp; &lt;numbers&gt;: Q3 2026"));
    assert!(markdown.contains("(actual - budget) / budget = (105,010 − 100,000) / 100,000 = 5.01%"));
}
