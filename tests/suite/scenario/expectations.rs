//! What is expected is compared at the precision written, and only what is expected.

use super::{DESK, Desk, scenario};

/// Two of three good; resolved after 2 h, 5 h and 6 h: 4 h 20 min on average.
const THREE: &str = "given:
  tickets:
    - { number: 1, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: true }
    - { number: 2, opened: 2026-10-06T08:00, resolved: 2026-10-06T13:00, good: true }
    - { number: 3, opened: 2026-10-07T08:00, resolved: 2026-10-07T14:00, good: false }
";

fn expecting(expect: &str) -> Desk {
    Desk::new(&format!("{THREE}expect:\n{expect}"))
}

// 2/3 = 66.66…%. The charge is 10,000, at risk 1,000, the share 500, half of it for a missed target: 250.
// The mean lies 3 h 40 min of the 4 h between 8 h and 4 h above zero: 11/12 of 100 points. 60 % of 0 and
// 40 % of 91.66… make 36.66….
#[test]
fn every_kind_of_expectation_holds() {
    expecting(
        "  kpis:
    good: { value: 66.67%, verdict: below_target, score: 0, credit: 250.00, flags: [] }
    fast: { value: 4h 20m, verdict: default, score: 91.7 }
  score: 36.67
  grade: red
  credit: 250.00
  bonus: 0
  triggers: []
  notified: [lead]
",
    )
    .passes();
}

#[test]
fn numbers_are_compared_at_the_precision_written() {
    for expected in ["67%", "66.7%", "66.667%"] {
        expecting(&format!("  kpis: {{ good: {{ value: {expected} }} }}\n")).passes();
    }
    // 4 h 20 min round to 4 h, and 260 minutes are 260 minutes.
    for expected in ["4h", "4h 20m", "260m", "4.3h"] {
        expecting(&format!("  kpis: {{ fast: {{ value: {expected} }} }}\n")).passes();
    }
    for (kpi, expected) in [
        ("good", "66%"),
        ("good", "66.66%"),
        ("fast", "4.4h"),
        ("fast", "4h 21m"),
    ] {
        let desk = expecting(&format!("  kpis: {{ {kpi}: {{ value: {expected} }} }}\n"));
        assert!(!desk.reports()[0].passed(), "{expected}");
    }
}

#[test]
fn a_difference_shows_both_sides_their_place_and_the_reason() {
    let desk = expecting(
        "  kpis:
    good: { value: 66.7%, verdict: met }
  credit: 0.00
",
    );
    // Line 6 is `given`, line 11 `expect`; the verdict stands in column 36 of line 13.
    assert_eq!(
        desk.text(),
        "failed  s  (other, desk 2026-10): 2 of 3 expectations fail

  kpis.good.verdict  at tests.yaml:13:36
    expected  met
    actual    below_target
              66.7% misses the target of at least 75.0% and holds the minimum of at least 50.0%

  credit  at tests.yaml:14:11
    expected  0.00
    actual    250.00
              good: 10,000.00 × 10% × 50% × 50%

"
    );
}

#[test]
fn what_is_not_named_is_not_looked_at() {
    expecting("  grade: red\n").passes();
    expecting("  kpis: { good: below_target }\n").passes();
}

#[test]
fn a_list_is_whole_and_a_map_is_not() {
    // Nobody but the lead is told of a missed target.
    assert!(!expecting("  notified: []\n").reports()[0].passed());
    assert!(!expecting("  notified: [lead, cio]\n").reports()[0].passed());
    // Two defaults in a row: none of two is good. The officer is told within 3 business days of Saturday,
    // 31 October: Wednesday. The lead is told, and nothing says by when.
    let twice = |expect: &str| {
        Desk::new(&format!(
            "before: {{ 2026-09: {{ good: default }} }}
given: {{ tickets: [{{ number: 1, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: false }}] }}
expect: {{ {expect} }}
"
        ))
    };
    twice("triggers: [escalate], notified: { cio: 2026-11-04 }").passes();
    twice("notified: [cio, lead]").passes();
    assert!(!twice("notified: { cio: 2026-11-03 }").reports()[0].passed());
    let desk = twice("notified: { lead: 2026-11-04 }");
    assert!(
        desk.text().contains("lead is told, and nothing says by when"),
        "{}",
        desk.text()
    );
}

#[test]
fn what_earlier_periods_said_is_remembered() {
    let after = |before: &str, expect: &str| {
        Desk::new(&format!(
            "before: {before}
given: {{ tickets: [{{ number: 1, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: false }}] }}
expect: {{ {expect} }}
"
        ))
    };
    after("{ 2026-09: { good: default } }", "triggers: [escalate]").passes();
    after("{ 2026-09: { good: met } }", "triggers: []").passes();
    // What is not named was met; nothing to judge is passed over.
    after("{ 2026-08: { good: default } }", "triggers: []").passes();
    after(
        "{ 2026-08: { good: default }, 2026-09: { good: not_applicable } }",
        "triggers: [escalate]",
    )
    .passes();
}

#[test]
fn a_credit_of_an_earlier_period_spends_the_rolling_cap() {
    // Over 12 periods at most 1 % of 12 × 10,000 = 1,200; 900 are spent, so 300 of 500 are left.
    let card = DESK.replace(
        "consequences:\n",
        "consequences:\n  caps: { rolling: { over: 12 periods, at_most: 1%, before_full: projected } }\n",
    );
    let test = scenario(
        "before: { 2026-03: { good: { verdict: default, credit: 900.00 } } }
given: { tickets: [{ number: 1, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: false }] }
expect: { kpis: { good: { credit: 300.00 } }, credit: 300.00 }
",
    );
    Desk::of(&card, &test).passes();
}

#[test]
fn a_rollback_leaves_amendments_out() {
    let card = format!(
        "{DESK}amendments:
  first: {{ effective: 2026-07-01, signed: 2026-06-01, approved_by: [cio], reason: More, change: {{ kpis: {{ good: {{ target: {{ at_least: 60% }} }} }} }} }}
  second: {{ effective: 2026-09-01, signed: 2026-08-01, approved_by: [cio], reason: Price, change: {{ contract: {{ charge: 20000.00 }} }} }}
"
    );
    let test = |left_out: &str, expect: &str| {
        let text = scenario(&format!("as: rollback\n{left_out}{THREE}expect: {{ {expect} }}\n"));
        Desk::of(&card, &text).passes();
    };
    test("", "kpis: { good: met }, credit: 0.00");
    test("leave_out: first\n", "kpis: { good: below_target }, credit: 500.00");
    test(
        "leave_out: [first, second]\n",
        "kpis: { good: below_target }, credit: 250.00",
    );
}

#[test]
fn own_claims_count_and_those_of_the_workspace_do_not() {
    let card = DESK
        .replace("    credit: { of", "    carve_outs: [vandalism]\n    credit: { of")
        .replace(
            "consequences:\n",
            "carve_outs:\n  vandalism: { title: Vandalism, cause: external, by: claims, needs: [approval], mode: remove }\nconsequences:\n",
        );
    let claim = "claims:\n  c: { by: lead, carve_out: vandalism, kpis: [good], tickets: [\"3\"], decision: { result: approved, by: cio, on: 2026-10-20 } }\n";
    let register = format!("{card}---\napiVersion: scoreline/v1\nkind: Claims\nfor: desk\n{claim}");
    let without = scenario(&format!("{THREE}expect: {{ kpis: {{ good: {{ value: 66.7% }} }} }}\n"));
    Desk::of(&register, &without).passes();
    let with = scenario(&format!(
        "{claim}{THREE}expect: {{ kpis: {{ good: {{ value: 100% }} }}, credit: 0.00 }}\n"
    ));
    Desk::of(&card, &with).passes();
}

#[test]
fn a_name_of_an_each_stands_for_all_its_rows() {
    let card = DESK.replace(
        "    target: { at_least: 75% }\n    minimum",
        "    each: { column: priority, rows: { P1: { weight: 30 }, P2: { weight: 30 } } }\n    target: { at_least: 75% }\n    minimum",
    );
    let card = card.replace("    weight: 60\n", "");
    let card = card.replace("consequences:\n", "consequences:\n  single_incident: sum\n");
    let rows = "given:
  tickets:
    - { number: 1, priority: P1, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: true }
    - { number: 2, priority: P2, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: true }
";
    Desk::of(
        &card,
        &scenario(&format!("{rows}expect: {{ kpis: {{ good: met }} }}\n")),
    )
    .passes();
    let desk = Desk::of(
        &card,
        &scenario(&format!(
            "{}expect: {{ kpis: {{ good: met }} }}\n",
            rows.replacen("true", "false", 1)
        )),
    );
    assert!(desk.text().contains("1 of 2 expectations fail"), "{}", desk.text());
    assert!(desk.text().contains("kpis.good-p1"), "{}", desk.text());
}

#[test]
fn a_period_outside_the_contract_says_nothing() {
    let text = scenario("expect: { credit: 0.00 }\n").replace("2026-10", "2025-10");
    let desk = Desk::of(DESK, &text);
    assert!(
        desk.text().contains("the contract is not in force in 2025-10"),
        "{}",
        desk.text()
    );
    assert!(!desk.reports()[0].passed());
}

// The language's own example, §2 with the scenario of §10: 727 of 733 hours; 42,000 × 12 % × 60 %.
#[test]
fn the_example_of_the_language_passes() {
    let documents = include_str!("../../fixtures/model/documents.yaml");
    let example = documents
        .split("---\n")
        .find(|text| text.contains("kind: Scenario"))
        .expect("a scenario");
    let card = format!(
        "{}---\n{}",
        include_str!("../resolve/example/acme.yaml"),
        include_str!("../resolve/example/pack.yaml")
    );
    Desk::of(&card, example).passes();
}

// A null decides no hit, so `strict` cannot be measured here; only the card's score rests on it.
#[test]
fn only_what_is_expected_is_measured() {
    let card = DESK.replace("weight: 60", "weight: 50").replace(
        "consequences:\n",
        "  strict:
    title: Strict
    category: all
    weight: 10
    owner: lead
    measure: { ratio: { source: tickets, hit: approved } }
    target: { at_least: 75% }
    guardrail: { kpi: good, effect: report }
consequences:
",
    );
    let expecting = |expect: &str| Desk::of(&card, &scenario(&format!("{THREE}expect: {{ {expect} }}\n")));
    expecting("kpis: { fast: default }").passes();
    expecting("credit: 250.00, notified: [lead], triggers: []").passes();
    let score = expecting("score: 36.67");
    let reports = score.reports();
    assert_eq!(score.places(&reports[0].findings)[0].0, "null-in-condition");
}
