//! Types: inferred from use, checked, and explained where they clash.

use scoreline::diagnostics::{Diagnostic, Diagnostics, Place};
use scoreline::expression::{Expected, Expression, Schema, SchemaColumn, Type, check, infer};
use scoreline::source::{FileId, Span};

use super::{at, parsed, problem, schema};

const CONDITION: Expected = Expected::Is(Type::Boolean);

/// The types that uses give to the undeclared columns `x`, `y` and `z`.
fn inferred(uses: &[(&str, Expected)]) -> [Type; 3] {
    let mut schema = schema();
    let expressions: Vec<Expression> = uses.iter().map(|(text, _)| parsed(text)).collect();
    let uses: Vec<(&Expression, Expected)> = expressions
        .iter()
        .zip(uses)
        .map(|(expression, (_, expected))| (expression, *expected))
        .collect();
    let mut diagnostics = Diagnostics::default();
    infer(&uses, &mut schema, &mut diagnostics);
    for (expression, expected) in uses {
        check(expression, &schema, expected, &mut diagnostics);
    }
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    ["x", "y", "z"].map(|name| schema.columns[name].kind.expect("decided"))
}

#[test]
fn use_decides_the_type_of_an_undeclared_column() {
    use Type::{Boolean, Date, Number, Text, Timestamp};
    for (text, x) in [
        ("x > 3", Number),
        ("3 > x", Number),
        ("x + 1 = y", Number),
        ("-x = y", Number),
        ("abs(x) > y", Number),
        ("x IN (1, 2)", Number),
        ("x BETWEEN 1 AND y", Number),
        ("coalesce(x, 0) = y", Number),
        ("CASE WHEN flag THEN x ELSE 1 END > y", Number),
        ("CASE x WHEN 1 THEN flag END", Number),
        ("x", Boolean),
        ("NOT x", Boolean),
        ("x IS TRUE", Boolean),
        ("x AND y = 'a'", Boolean),
        ("x = TRUE", Boolean),
        ("CASE WHEN x THEN flag END", Boolean),
        ("minutes_between(x, y) > z", Timestamp),
        ("year(x) = y", Timestamp),
        ("date(x) = y", Timestamp),
        ("x > opened_at", Timestamp),
        ("x >= timestamp '2026-10-01'", Timestamp),
        ("x >= '2026-10-01T00:00'", Timestamp),
        ("x >= '2026-10-01'", Date),
        ("x BETWEEN '2026-10-01' AND '2026-10-31'", Date),
        ("days_between(x, due) > 1", Date),
        ("due = x", Date),
        ("lower(x) = 'a'", Text),
        ("x LIKE 'a%'", Text),
        ("x IN ('a', 'b')", Text),
        ("x = 'a'", Text),
        ("x = '2026-10-01'", Text),
        ("x >= 'P2'", Text),
        ("x = y", Text),
        ("x::number > 3", Text),
        ("x IS NULL", Text),
        ("flag", Text),
    ] {
        assert_eq!(inferred(&[(text, CONDITION)])[0], x, "{text}");
    }
}

#[test]
fn types_travel_between_columns_and_expressions() {
    use Type::{Number, Text, Timestamp};
    assert_eq!(
        inferred(&[("x = y", CONDITION), ("y = z", CONDITION), ("z > 5", CONDITION)]),
        [Number; 3]
    );
    assert_eq!(
        inferred(&[("x", Expected::Is(Timestamp)), ("x >= '2026-10-01'", CONDITION)])[0],
        Timestamp
    );
    assert_eq!(inferred(&[("x", Expected::Any)]), [Text; 3]);
    assert_eq!(inferred(&[("x / y", Expected::Is(Number))]), [Number, Number, Text]);
}

#[test]
fn clashing_uses_name_both_places() {
    let (first, second) = ("x > 3", "lower(x) = 'a'");
    let mut schema = schema();
    let expressions = [parsed(first), parsed(second)];
    let mut diagnostics = Diagnostics::default();
    infer(
        &[(&expressions[0], CONDITION), (&expressions[1], CONDITION)],
        &mut schema,
        &mut diagnostics,
    );
    for expression in &expressions {
        check(expression, &schema, CONDITION, &mut diagnostics);
    }
    let found: Vec<&Diagnostic> = diagnostics.iter().collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, "type-mismatch");
    assert_eq!(at(second, found[0]), "x");
    let other = Place::Text(Span::new(FileId(0), 0, 1));
    assert!(found[0].secondary.iter().any(|label| label.place == other));
    let help = found[0].help.clone().expect("help");
    assert!(help.contains("columns") && help.contains("x::text"), "{help}");
}

#[test]
fn order_of_two_columns_of_unknown_type_is_an_error() {
    for text in ["x < y", "least(x, y) = 'a'", "x BETWEEN y AND z"] {
        let found = problem(text, CONDITION);
        assert_eq!(found.rule, "type-mismatch", "{text}");
        assert!(found.help.is_some_and(|help| help.contains("x::number")), "{text}");
    }
}

/// Text, the part that is wrong, and a piece of the help.
#[test]
fn operands_of_the_wrong_type() {
    for (text, place, help) in [
        ("status", "status", "compare it, such as"),
        ("cost", "cost", "> 0"),
        ("status > 5", "5", "'5'"),
        ("cost = '5'", "'5'", "`5` without quotes"),
        ("flag = 'true'", "'true'", "`TRUE` without quotes"),
        ("flag = 1", "1", "`TRUE`"),
        (
            "flag BETWEEN FALSE AND TRUE",
            "flag BETWEEN FALSE AND TRUE",
            "`=` or `<>`",
        ),
        ("least(flag, other_flag)", "flag, other_flag", "`=` or `<>`"),
        ("flag < TRUE", "flag < TRUE", "`=` or `<>`"),
        ("flag AND cost", "cost", "> 0"),
        ("lower(cost) = 'a'", "cost", "::text"),
        ("status + 1 > 2", "status", "::number"),
        ("closed_at - opened_at > 2", "closed_at - opened_at", "minutes_between"),
        ("due = opened_at", "opened_at", "date("),
        ("opened_at <= '2026-10-31'", "'2026-10-31'", "timestamp '2026-10-31'"),
        ("opened_at = '2026-10-31'", "'2026-10-31'", "date("),
        ("'2026-10-31' >= opened_at", "'2026-10-31'", "date("),
        (
            "opened_at BETWEEN '2026-10-01' AND '2026-10-31'",
            "'2026-10-31'",
            "date(",
        ),
        ("opened_at IN ('2026-10-31')", "'2026-10-31'", "date("),
        ("opened_at > 'yesterday'", "'yesterday'", "2026-10-31T18:00"),
        ("due > '31.10.2026'", "'31.10.2026'", "2026-10-31"),
        ("due > '2026-10-31T10:00'", "'2026-10-31T10:00'", "'2026-10-31'"),
        ("cost::boolean", "cost::boolean", "x <> 0"),
        ("opened_at::number > 1", "opened_at::number", "minutes_between"),
        ("hour(due) > 1", "due", ""),
        ("hours_between(due, due) > 1", "due", ""),
        ("CASE WHEN flag THEN 1 ELSE 'a' END = 1", "'a'", ""),
        ("coalesce(cost, 'none') > 1", "'none'", ""),
    ] {
        let found = problem(text, CONDITION);
        assert!(
            ["type-mismatch", "invalid-date"].contains(&found.rule),
            "{text}: {}",
            found.rule
        );
        assert_eq!(at(text, &found), place, "{text}: {}", found.message);
        let said = found.help.clone().unwrap_or_default();
        assert!(said.contains(help), "{text}: help is `{said}`");
    }
}

#[test]
fn a_whole_day_beside_a_timestamp_is_fine_where_both_readings_agree() {
    assert_eq!(
        inferred(&[("opened_at >= '2026-10-01' AND opened_at < '2026-11-01'", CONDITION)])[0],
        Type::Text
    );
}

#[test]
fn local_time_needs_a_zone() {
    let mut schema = Schema::default();
    schema
        .columns
        .insert("t".to_owned(), SchemaColumn::declared(Type::Timestamp));
    schema
        .columns
        .insert("d".to_owned(), SchemaColumn::declared(Type::Date));
    for (text, fine) in [
        ("t > '2026-10-01T00:00'", false),
        ("t > '2026-10-01T00:00Z'", true),
        ("date(t) = d", false),
        ("hour(t) = 1", false),
        ("t = d::timestamp", false),
        ("t::date = d", false),
        ("t::text = 'a'", false),
        ("hours_between(t, t) = 0", true),
        ("year(d) = 2026", true),
    ] {
        let mut diagnostics = Diagnostics::default();
        let typed = check(&parsed(text), &schema, CONDITION, &mut diagnostics);
        let rules: Vec<&str> = diagnostics.iter().map(|found| found.rule).collect();
        assert_eq!((typed.is_some(), rules.is_empty()), (fine, fine), "{text}: {rules:?}");
        assert!(
            rules.iter().all(|rule| *rule == "missing-time-zone"),
            "{text}: {rules:?}"
        );
    }
}
