//! What does not fit its source is found at its place.

use super::World;

fn findings(kpi: &str) -> Vec<String> {
    let sections = format!(
        "
sources:
  s: {{ path: s.csv, time_zone: UTC, at: at, covers: {{ through: 2026-12-31 }} }}
kpis:
  k: {kpi}
"
    );
    World::of("UTC", &sections, &[("s.csv", "at,score,name\n2026-06-01T00:00,1,a\n")]).refusal("2026-06")
}

#[test]
fn unknown_columns_and_wrong_types() {
    for (kpi, rule) in [
        (
            "{ title: K, measure: { ratio: { source: s, hit: scroe > 1 } } }",
            "unknown-column",
        ),
        (
            "{ title: K, measure: { count: { source: s, where: score + 1 } } }",
            "type-mismatch",
        ),
        (
            "{ title: K, measure: { formula: { is: a / c, a: { count: { source: s } } } }, unit: number }",
            "unknown-reference",
        ),
        (
            "{ title: K, measure: { ratio: { source: s, hit: score > } } }",
            "invalid-expression",
        ),
        (
            "{ title: K, unit: duration, measure: { mean: { source: s, of: score } } }",
            "wrong-unit",
        ),
    ] {
        let found = findings(kpi);
        assert!(
            found.iter().any(|finding| finding.starts_with(rule)),
            "{kpi}: {found:?}"
        );
    }
}

#[test]
fn a_missing_file_is_named() {
    let sections = "
sources:
  s: { path: nowhere.csv, time_zone: UTC, at: at, covers: { through: 2026-12-31 } }
kpis:
  k: { title: K, measure: { count: { source: s } } }
";
    let found = World::of("UTC", sections, &[]).refusal("2026-06");
    assert!(found[0].starts_with("missing-file"), "{found:?}");
}
