//! Keys, maps, lists and what must be there.

use scoreline::diagnostics::Diagnostics;
use scoreline::model::{self, Kind, Mode};

use super::{CONTRACT, DOCUMENTS, Examined, examine, scorecard};

#[test]
fn the_contract_of_the_language_has_no_finding() {
    let examined = examine(CONTRACT);
    examined.clean();
    assert_eq!(examined.documents.len(), 1);
    assert_eq!(examined.documents[0].kind, Kind::Scorecard);
}

#[test]
fn the_other_documents_of_the_language_have_no_finding() {
    let examined = examine(DOCUMENTS);
    examined.clean();
    let kinds: Vec<Kind> = examined.documents.iter().map(|document| document.kind).collect();
    let shown = [
        Kind::Claims,
        Kind::Scenario,
        Kind::Workspace,
        Kind::Pack,
        Kind::Maturity,
    ];
    assert_eq!(kinds, shown);
}

#[test]
fn criteria_and_expectations_are_judged() {
    let maturity = |criterion: &str| {
        let head = "apiVersion: scoreline/v1\nkind: Maturity\nid: m\nof: a\nlevels: { 1: One, 2: Two }\n";
        examine(&format!(
            "{head}dimensions:\n  d:\n    title: D\n    to_reach:\n      2:\n        c: {criterion}\n"
        ))
    };
    maturity("{ practice: Reviews are held, evidence: DOC-1, expires: 2027-01-31 }").clean();
    maturity("{ kpi: a, at_least: 70%, for: 3 periods }").clean();
    maturity("{ kpi: a, practice: b }").only("11:22", "several-variants", "`practice` stands beside `kpi`");
    maturity("{ kpi: a, at_least: 1, at_most: 2 }").only(
        "11:35",
        "several-variants",
        "`at_most` stands beside `at_least`",
    );
    maturity("{ evidence: x }").only("11:9", "missing-field", "criterion `c` has none of `kpi` or `practice`");
    maturity("{ kpi: a, for: 3 }").only("11:27", "wrong-unit", "write `3 periods`");
    examine("apiVersion: scoreline/v1\nkind: Maturity\nid: m\nof: a\nlevels: { 6: Six }\ndimensions: {}\n").only(
        "5:11",
        "invalid-value",
        "levels are `1` to `5`",
    );
    let scenario = |expect: &str| {
        let head = "apiVersion: scoreline/v1\nkind: Scenario\nid: s\ntests: a\nperiod: 2026-10\n";
        examine(&format!("{head}expect: {expect}\n"))
    };
    scenario("{ kpis: { a: met, b: { value: 99.18% } }, notified: { sdm: 2026-11-03 } }").clean();
    scenario("{ kpis: { a: missed } }").only("6:22", "invalid-value", "`met`, `below_target`, `default`");
    scenario("{ kpis: { a: { verdict: met, valeu: 1 } } }").only("6:38", "unknown-key", "did you mean `value`?");
}

#[test]
fn an_unknown_key_names_what_was_meant_and_what_is_allowed() {
    scorecard("grades: { grean: 90 }").only(
        "1:11",
        "unknown-key",
        "unknown key `grean` | did you mean `green`? it takes `green` or `amber`",
    );
    scorecard("kpis:\n  a:\n    measure: { ratio: { source: s, hitt: x } }").only(
        "3:36",
        "unknown-key",
        "did you mean `hit`? it takes `source`, `where`, `calendar` or `hit`",
    );
    scorecard("grades: { blue: 90 }").only("1:11", "unknown-key", "| it takes `green` or `amber`");
    // A tombstone of a key that does not exist removes nothing: it is a slip all the same.
    scorecard("kpis:\n  a:\n    tittle:").only("3:5", "unknown-key", "did you mean `title`?");
}

#[test]
fn any_text_may_be_a_key_on_the_way() {
    for key in ["a/b", "a~b", "a~1b", "0", "007", "a b", "ä", "\"%2F\"", "\"\""] {
        let column = format!("sources:\n  s:\n    columns:\n      {key}:\n        form: x");
        scorecard(&column).only("5:9", "unknown-key", "did you mean `from`?");
        let list = format!("sources:\n  s:\n    columns:\n      {key}:\n        decimal: []");
        scorecard(&list).only("5:18", "wrong-shape", "expected a value, found a list");
    }
}

#[test]
fn a_misplaced_key_is_told_where_it_belongs() {
    for (text, place, path) in [
        ("target: { at_least: 99% }", "1:1", "`kpis.<id>.target`"),
        ("starts: 2024-07-01", "1:1", "`contract.starts`"),
        (
            "kpis:\n  a:\n    where: x = 1\n    measure: { availability: {} }",
            "3:5",
            "`measure.availability.where`",
        ),
        (
            "kpis:\n  a:\n    pays: 10%\n    credit: { tiers: [] }",
            "3:5",
            "`credit.tiers[].pays`",
        ),
        (
            "kpis:\n  a:\n    measure: { ratio: { owner: x } }",
            "3:25",
            "`kpis.a.owner`",
        ),
        ("kpis:\n  a:\n    calendars: {}", "3:5", "`calendars`"),
    ] {
        scorecard(text).only(place, "misplaced-key", path);
    }
}

#[test]
fn a_wrong_shape_says_what_to_write() {
    for (text, place, part) in [
        (
            "kpis: [a]",
            "1:7",
            "expected a map, found a list | each has a key of its own",
        ),
        (
            "extends: msp-core@1",
            "1:10",
            "expected a list, found a value | write `[msp-core@1]`",
        ),
        ("title: { a: b }", "1:8", "expected a value, found a map"),
        ("title: [a]", "1:8", "expected a value, found a list"),
        (
            "grades: 90",
            "1:9",
            "expected a map, found a value | it takes `green` or `amber`",
        ),
        ("kpis:\n  a:\n    measure: ratio", "3:14", "| write `{ ratio: … }`"),
        (
            "kpis:\n  a:\n    low_volume: { up_to: 1, allowed_misses: 1 }",
            "3:17",
            "expected a list, found a map",
        ),
        (
            "contract: { charge: [1] }",
            "1:21",
            "expected a map or a value, found a list",
        ),
        (
            "kpis: { a: { raci: { informed: {} } } }",
            "1:32",
            "expected a list or a value, found a map",
        ),
        ("views: [~]", "1:9", "expected a value, found nothing"),
        ("sources: { a: { span: [b] } }", "1:23", "expected two values, found 1"),
        (
            "kpis: { a: { scoring: { piecewise: [[1, 2, 3]] } } }",
            "1:37",
            "a value and its score, found 3",
        ),
    ] {
        scorecard(text).only(place, "wrong-shape", part);
    }
}

#[test]
fn exactly_one_variant() {
    for (text, place, part) in [
        (
            "kpis:\n  a:\n    measure: { ratio: { hit: x }, count: {} }",
            "3:35",
            "`count` stands beside `ratio`",
        ),
        (
            "kpis:\n  a:\n    target: { at_least: 1, at_most: 2 }",
            "3:28",
            "`at_most` stands beside `at_least`",
        ),
        (
            "kpis:\n  a:\n    credit: { of: charge, shortfall: {}, proportional: {} }",
            "3:42",
            "`proportional` stands beside `shortfall`",
        ),
        (
            "carve_outs:\n  a:\n    by: { where: x, schedule: {} }",
            "3:21",
            "`schedule` stands beside `where`",
        ),
    ] {
        scorecard(text).only(place, "several-variants", part);
    }
    scorecard("kpis:\n  a:\n    target: {}").only("3:13", "missing-field", "one of `at_least`, `above`");
    // A variant beside the tombstone of another is one variant.
    scorecard("kpis:\n  a:\n    target: { at_least: ~, at_most: 5% }").clean();
}

#[test]
fn items_of_a_list_are_whole() {
    scorecard("kpis:\n  a:\n    low_volume: [{ up_to: 10 }]").only("3:18", "missing-field", "`allowed_misses`");
    scorecard("kpis:\n  a:\n    credit: { tiers: [{ below: target }] }").only("3:23", "missing-field", "`pays`");
}

#[test]
fn every_problem_is_reported_once_and_in_one_run() {
    let text = "id: A\ntitle: [x]\nmissing: nil\nkpis:\n  a: { weight: 1,5, tagret: {} }\n  b: { measure: { ratio: { hit: [] } } }";
    let findings = scorecard(text).findings();
    let places: Vec<&str> = findings
        .iter()
        .filter_map(|finding| finding.split(' ').next())
        .collect();
    assert_eq!(places, ["1:5", "2:8", "3:10", "5:16", "5:21", "6:33"], "{findings:#?}");
}

/// Reads the first document as a merged tree.
fn complete(examined: &Examined) -> Examined {
    let mut found = Diagnostics::default();
    let node = &examined.documents[0].node;
    model::lower::<model::Scorecard>(node, Mode::Complete, &mut found);
    Examined {
        sources: examined.sources.clone(),
        documents: examined.documents.clone(),
        found,
    }
}

#[test]
fn what_is_missing_after_merging_is_named_at_its_owner() {
    let start = "id: a\ntitle: A\ntime_zone: UTC\nperiod: month\n";
    let alone = scorecard(&format!("{start}kpis:\n  csat: {{}}"));
    alone.clean();
    assert_eq!(
        complete(&alone).findings(),
        [
            "6:3 missing-field: KPI `csat` has no `title` | add `title: …`",
            "6:3 missing-field: KPI `csat` has no `measure` | add `measure: …`",
        ]
    );
    let nested =
        "contract: { ends: 2027-06-30 }\nkpis:\n  b: { title: B, measure: { on_time: { source: s, clock: c } } }";
    assert_eq!(
        complete(&scorecard(&format!("{start}{nested}"))).findings(),
        [
            "5:1 missing-field: `contract` has no `starts` | add `starts: …`",
            "5:1 choice-required: `contract` does not say `late_changes` | contracts differ here, so there is no default: \
             write `late_changes: restate` (a sealed period gets a new edition) or `late_changes: adjust_next` (it stands, and the difference is a line in the next)",
            "7:29 missing-field: `on_time` has no `within` | add `within: …`",
            "7:29 choice-required: `on_time` does not say `overdue` | contracts differ here, so there is no default: \
             write `overdue: count_until_resolved` (an open case fails every period until it is resolved), `overdue: resolved_only` (it does not count until it is resolved) or `overdue: opened_in_period` (cases count in the period in which they were opened)",
        ]
    );
    // Who a document is, nothing else can say.
    examine("apiVersion: scoreline/v1\nkind: Scorecard\n").only("1:1", "missing-field", "the scorecard has no `id`");
    let pack = examine("apiVersion: scoreline/v1\nkind: Pack\nid: a\n");
    pack.only("1:1", "missing-field", "the pack has no `version`");
    // What an amendment leaves out is not missing.
    let amended = "amendments:\n  x: { effective: 2025-01-01, change: { kpis: { a: { target: { at_least: 1 } } } } }";
    assert!(complete(&scorecard(&format!("{start}{amended}"))).findings().is_empty());
}

#[test]
fn documents_are_known_by_their_kind() {
    let kinds = |text: &str| -> Vec<Kind> { examine(text).documents.iter().map(|document| document.kind).collect() };
    let texts: Vec<String> = Kind::ALL
        .iter()
        .map(|kind| format!("apiVersion: scoreline/v1\nkind: {}\n", kind.name()))
        .collect();
    assert_eq!(kinds(&texts.join("---\n")), Kind::ALL);
    // Another tool's file is none of ours.
    let other = examine("apiVersion: v1\nkind: Pod\n---\nname: x\n---\n- a\n");
    other.clean();
    assert!(other.documents.is_empty());
    examine("apiVersion: scoreline/v2\nkind: Pack\n").only("1:13", "unknown-kind", "write `apiVersion: scoreline/v1`");
    examine("apiVersion: scoreline/v1\nkind: ScoreCard\n").only("2:7", "unknown-kind", "did you mean `Scorecard`?");
    examine("apiVersion: scoreline/v1\nid: x\n").only("1:13", "missing-field", "`kind`");
}

#[test]
fn no_value_of_the_contract_can_be_replaced_by_a_wrong_one_unseen_or_with_a_panic() {
    let mut tried = 0;
    for (index, line) in CONTRACT.lines().enumerate() {
        let Some((key, _)) = line.split_once(": ") else {
            continue;
        };
        if key.starts_with('#') || key.contains("apiVersion") || key.contains("kind") {
            continue;
        }
        for wrong in ["[[]]", "{ zz: {} }", "[{}]", "\"\\\"\""] {
            let replaced: Vec<String> = CONTRACT
                .lines()
                .enumerate()
                .map(|(i, line)| {
                    if i == index {
                        format!("{key}: {wrong}")
                    } else {
                        line.to_owned()
                    }
                })
                .collect();
            let findings = examine(&replaced.join("\n")).findings();
            // Text takes any text; every other value has a form that this is not.
            let text = wrong.starts_with('"');
            assert!(text || !findings.is_empty(), "line {}: {key}: {wrong}", index + 1);
            tried += 1;
        }
    }
    assert!(tried > 300, "{tried} values");
}
