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

/// The desk with a card per person, over tickets that say whose they are.
fn people() -> String {
    DESK.replace(
        "time_zone: UTC\nperiod: month\n",
        "time_zone: UTC\nperiod: month\nfor_each: { person: { list: roster, key: id } }\n",
    )
    .replace("    key: number\n", "    key: number\n    entity: who\n")
    .replace(
        "kpis:\n  good:",
        "  roster: { path: roster.csv, covers: { through: 2026-12-31 } }\nkpis:\n  good:",
    )
    .replace(
        "    scoring: { linear: { zero_at: 8h, full_at: 4h } }\n",
        "    scoring: { linear: { zero_at: 8h, full_at: 4h } }\n    level: team\n",
    )
}

const WHOSE: &str = "given:
  roster: [{ id: ann }, { id: bob }]
  tickets:
    - { number: 1, who: ann, good: true, opened: 2026-10-01T08:00, resolved: 2026-10-01T10:00 }
    - { number: 2, who: bob, good: true, opened: 2026-10-02T08:00, resolved: 2026-10-02T10:00 }
    - { number: 3, who: bob, good: false, opened: 2026-10-03T08:00, resolved: 2026-10-03T10:00 }
";

// Two of three are good, of Bob's one of two: at the minimum of 50 %. The hours are the team's.
#[test]
fn cards_of_entities_have_expectations_of_their_own() {
    let expecting = |expect: &str| Desk::of(&people(), &scenario(&format!("{WHOSE}expect: {{ {expect} }}\n")));
    expecting(
        "kpis: { good: { value: 66.7%, verdict: below_target }, fast: met }, entities: { \
         ann: { kpis: { good: met }, score: 100, grade: green }, \
         bob: { kpis: { good: { value: 50%, verdict: below_target, score: 0, flags: [] } }, grade: red } }",
    )
    .passes();
    let wrong = expecting("entities: { bob: { kpis: { good: { value: 60% } } }, eve: { kpis: { good: met } } }").text();
    assert!(wrong.contains("entities.bob.kpis.good.value"), "{wrong}");
    assert!(
        wrong.contains("60%") && wrong.contains("50%") && wrong.contains("over 2 rows"),
        "{wrong}"
    );
    assert!(
        wrong.contains("there is no card of `eve`; there are: ann, bob"),
        "{wrong}"
    );
}

#[test]
fn what_no_card_of_an_entity_can_say_is_a_mistake() {
    let found = |card: &str, expect: &str| {
        let desk = Desk::of(card, &scenario(&format!("{WHOSE}expect: {{ {expect} }}\n")));
        let found = desk.places(&desk.compiled.diagnostics);
        found
            .into_iter()
            .map(|(_, message, at)| format!("{at}: {message}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found(
            &people(),
            "entities: { ann: { kpis: { fast: met, good: { credit: 0.00, verdict: met } } } }"
        ),
        [
            "fast: `fast` stands on no entity's card: it is of `level: team`",
            "0.00: `good` pays no credit on an entity's card: the charge is the scorecard's",
        ]
    );
    let team = DESK.replace(
        "kpis:\n  good:",
        "  roster: { path: roster.csv, covers: { through: 2026-12-31 } }\nkpis:\n  good:",
    );
    assert_eq!(
        found(&team, "kpis: { good: met }, entities: { ann: { kpis: { good: met } } }"),
        ["entities: the scorecard has no cards of entities"]
    );
}

// 500.00 of July come back after three months that met everything; the contract may be left after three defaults.
#[test]
fn credits_that_return_and_rights_are_expected() {
    let card = DESK.replace(
        "  triggers:\n",
        "  earn_back: { over: 3 periods, test: every_period, forbid: default, if_short: lapse }
  triggers:
    leave: { when: { count: 3, within: 6 periods, verdict: default }, notify: [cio], right: customer, clause: B.9.1 }
",
    );
    let run = |rest: &str| Desk::of(&card, &scenario(rest));
    let good =
        "given: { tickets: [{ number: 1, good: true, opened: 2026-10-01T08:00, resolved: 2026-10-01T10:00 }] }\n";
    let back = "before: { 2026-07: { good: { verdict: default, credit: 500.00 } } }\n";
    run(&format!(
        "{back}{good}expect: {{ credit: 0.00, earned_back: 500.00 }}\n"
    ))
    .passes();
    let wrong = run(&format!("{back}{good}expect: {{ earned_back: 400.00 }}\n")).text();
    assert!(wrong.contains("400.00") && wrong.contains("500.00"), "{wrong}");

    let bad =
        "given: { tickets: [{ number: 1, good: false, opened: 2026-10-01T08:00, resolved: 2026-10-01T10:00 }] }\n";
    let twice = "before: { 2026-07: { good: default }, 2026-08: { good: default } }\n";
    let third = |expect: &str| run(&format!("{twice}{bad}expect: {{ triggers: {{ {expect} }} }}\n"));
    third("leave: { right: customer, clause: B.9.1 }").passes();
    third("leave: {}").passes();
    let wrong = third("leave: { right: provider, clause: B.9 }, escalate: {}").text();
    for said in [
        "triggers.leave.right",
        "customer",
        "triggers.leave.clause",
        "B.9.1",
        "escalate does not fire",
    ] {
        assert!(wrong.contains(said), "{said}: {wrong}");
    }
}
