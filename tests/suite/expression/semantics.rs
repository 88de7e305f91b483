//! What every operator and function computes: values by hand.

use super::{instants, numbers, over, value, words};
use scoreline::expression::Type;

fn all(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        assert_eq!(value(expression), *expected, "{expression}");
    }
}

#[test]
fn conformance_division_is_not_integer() {
    assert_eq!(value("4 / 5 <= 0.05"), "false");
    let columns = [
        ("failed", Type::Number, numbers(&[Some(4), Some(5), Some(4)], 0)),
        ("requests", Type::Number, numbers(&[Some(5), Some(100), None], 0)),
    ];
    assert_eq!(over("failed / requests <= 0.05", &columns), ["false", "true", "null"]);
}

#[test]
fn conformance_decimals_not_floats() {
    assert_eq!(value("0.1 + 0.2 = 0.3"), "true");
}

#[test]
fn arithmetic_is_exact() {
    all(&[
        ("1 + 2", "3"),
        ("0.1 + 0.2", "0.3"),
        (
            "1 - 0.000000000000000000000000000000000001",
            "0.999999999999999999999999999999999999",
        ),
        ("2 - 3.5", "-1.5"),
        ("-2 - -3", "1"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("10 - 4 - 3", "3"),
        ("1.25 * 0.4", "0.5"),
        ("-1.5 * 1.5", "-2.25"),
        ("9223372036854775807 + 1", "9223372036854775808"),
        ("-9223372036854775808 - 1", "-9223372036854775809"),
        ("4294967296 * 4294967296", "18446744073709551616"),
        (
            "99999999999999999999999999999999999999 - 1",
            "99999999999999999999999999999999999998",
        ),
        ("1 + NULL", "null"),
        ("-(-5)", "5"),
        ("- - 5", "5"),
    ]);
}

#[test]
fn a_quotient_keeps_18_digits_and_rounds_a_half_to_even() {
    all(&[
        ("4 / 5", "0.8"),
        ("1 / 3", "0.333333333333333333"),
        ("2 / 3", "0.666666666666666667"),
        ("-2 / 3", "-0.666666666666666667"),
        ("1 / 2000000000000000000", "0"),
        ("3 / 2000000000000000000", "0.000000000000000002"),
        ("-3 / 2000000000000000000", "-0.000000000000000002"),
        ("5 / 2000000000000000000", "0.000000000000000002"),
        ("12 / 4 / 3", "1"),
        ("0 / 7", "0"),
        ("1 / 0", "null/0"),
        ("NULL / 0", "null"),
        ("1 / 0 + 1", "null/0"),
        ("coalesce(1 / 0, 7)", "7/0"),
        ("100000000000000000000000000000 / 10", "10000000000000000000000000000"),
    ]);
}

#[test]
fn a_remainder_has_the_dividends_sign() {
    all(&[
        ("7 % 3", "1"),
        ("-7 % 3", "-1"),
        ("7 % -3", "1"),
        ("-7 % -3", "-1"),
        ("7.5 % 2", "1.5"),
        ("1 % 0.3", "0.1"),
        ("7 % 0", "null/0"),
        ("99999999999999999999999999999999999999 % 0.7", "0.3"),
    ]);
}

#[test]
fn more_than_38_digits_is_an_error_never_another_number() {
    for (expression, operation) in [
        ("99999999999999999999999999999999999999 + 1", "+"),
        ("-99999999999999999999999999999999999999 - 1", "-"),
        ("10000000000000000000 * 10000000000000000000", "*"),
        ("0.00000000000000000001 * 0.0000000000000000001", "*"),
        ("10000000000000000000000000000000000000 + 0.01", "+"),
        ("99999999999999999999999999999999999999 / 0.1", "/"),
        ("round(99999999999999999999999999999999999999, -1)", "round"),
    ] {
        let expected = format!("error: the result of `{operation}` has more than 38 digits");
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn rounding_goes_half_away_from_zero() {
    all(&[
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(2.4999)", "2"),
        ("round(2.345, 2)", "2.35"),
        ("round(-2.345, 2)", "-2.35"),
        ("round(2.3, 5)", "2.3"),
        ("round(1250, -2)", "1300"),
        ("round(-1249.99, -2)", "-1200"),
        ("round(NULL)", "null"),
        ("floor(1.5)", "1"),
        ("floor(-1.5)", "-2"),
        ("floor(-2)", "-2"),
        ("ceil(1.5)", "2"),
        ("ceil(-1.5)", "-1"),
        ("ceil(2)", "2"),
        ("abs(-3.25)", "3.25"),
        ("abs(0)", "0"),
    ]);
}

#[test]
fn comparisons_are_exact_across_scales() {
    all(&[
        ("1.50 = 1.5", "true"),
        ("0.1 = 0.10000000000000000000000000000000000001", "false"),
        ("0.1 < 0.10000000000000000000000000000000000001", "true"),
        (
            "99999999999999999999999999999999999999 > 0.00000000000000000000000000000000000001",
            "true",
        ),
        (
            "-99999999999999999999999999999999999999 < 0.00000000000000000000000000000000000001",
            "true",
        ),
        ("1 <> 1", "false"),
        ("1 != 2", "true"),
        ("1 <= 1", "true"),
        ("1 >= 1.0", "true"),
        ("1 > 1", "false"),
        ("'a' < 'b'", "true"),
        ("'Z' < 'a'", "true"),
        ("'a' = 'A'", "false"),
        ("'10' < '9'", "true"),
        ("TRUE = true", "true"),
        ("TRUE <> False", "true"),
        ("date '2026-10-31' < date '2026-11-01'", "true"),
        (
            "timestamp '2026-10-31T10:00+01:00' = timestamp '2026-10-31T09:00Z'",
            "true",
        ),
    ]);
}

/// A column of two decimals against constants of other scales, on each side of every boundary.
#[test]
fn a_column_is_compared_with_a_constant_of_any_scale() {
    let columns = [(
        "v",
        Type::Number,
        numbers(&[Some(-101), Some(-100), Some(0), Some(99), Some(100), None], 2),
    )];
    for (expression, expected) in [
        ("v < 1", ["true", "true", "true", "true", "false", "null"]),
        ("v <= 1", ["true", "true", "true", "true", "true", "null"]),
        ("v > 0.995", ["false", "false", "false", "false", "true", "null"]),
        ("v >= 0.9900", ["false", "false", "false", "true", "true", "null"]),
        ("v < -1.005", ["true", "false", "false", "false", "false", "null"]),
        ("v <= -1.005", ["true", "false", "false", "false", "false", "null"]),
        ("v >= -1.005", ["false", "true", "true", "true", "true", "null"]),
        ("v = 0.995", ["false", "false", "false", "false", "false", "null"]),
        ("v <> 0.995", ["true", "true", "true", "true", "true", "null"]),
        ("v = -1", ["false", "true", "false", "false", "false", "null"]),
        ("1 > v", ["true", "true", "true", "true", "false", "null"]),
        (
            "v < 100000000000000000000",
            ["true", "true", "true", "true", "true", "null"],
        ),
        (
            "v < -100000000000000000000",
            ["false", "false", "false", "false", "false", "null"],
        ),
        (
            "v >= -100000000000000000000",
            ["true", "true", "true", "true", "true", "null"],
        ),
        (
            "v IN (1, 0.995, 0)",
            ["false", "false", "true", "false", "true", "null"],
        ),
        ("v NOT IN (1, 0)", ["true", "true", "false", "true", "false", "null"]),
        (
            "v BETWEEN -1 AND 0.99",
            ["false", "true", "true", "true", "false", "null"],
        ),
        (
            "v NOT BETWEEN -1 AND 0.99",
            ["true", "false", "false", "false", "true", "null"],
        ),
    ] {
        assert_eq!(over(expression, &columns), expected, "{expression}");
    }
}

#[test]
fn logic_has_three_values() {
    let cases = [
        ("TRUE", "TRUE", "true", "true"),
        ("TRUE", "FALSE", "false", "true"),
        ("TRUE", "NULL", "null", "true"),
        ("FALSE", "TRUE", "false", "true"),
        ("FALSE", "FALSE", "false", "false"),
        ("FALSE", "NULL", "false", "null"),
        ("NULL", "TRUE", "null", "true"),
        ("NULL", "FALSE", "false", "null"),
        ("NULL", "NULL", "null", "null"),
    ];
    for (a, b, and, or) in cases {
        assert_eq!(value(&format!("{a} AND {b}")), and, "{a} AND {b}");
        assert_eq!(value(&format!("{a} OR {b}")), or, "{a} OR {b}");
    }
    all(&[
        ("NOT TRUE", "false"),
        ("NOT FALSE", "true"),
        ("NOT NULL", "null"),
        ("NULL IS NULL", "true"),
        ("1 IS NULL", "false"),
        ("1 IS NOT NULL", "true"),
        ("NULL IS TRUE", "false"),
        ("NULL IS NOT TRUE", "true"),
        ("FALSE IS FALSE", "true"),
        ("NULL IS FALSE", "false"),
        ("TRUE IS NOT FALSE", "true"),
        ("1 > 2 IS FALSE", "true"),
        ("NULL::number > 1", "null"),
        ("NULL::number > 1 IS NULL", "true"),
        ("TRUE OR FALSE AND FALSE", "true"),
        ("NOT FALSE AND FALSE", "false"),
        ("NOT 1 = 2", "true"),
    ]);
}

#[test]
fn membership_and_ranges() {
    all(&[
        ("2 IN (1, 2)", "true"),
        ("3 IN (1, 2)", "false"),
        ("3 NOT IN (1, 2)", "true"),
        ("'b' IN ('a', 'b')", "true"),
        ("NULL::text IN ('a')", "null"),
        ("1 IN (NULL::number, 1)", "true"),
        ("2 IN (NULL::number, 1)", "null"),
        ("2 NOT IN (NULL::number, 1)", "null"),
        ("2 BETWEEN 2 AND 3", "true"),
        ("3 BETWEEN 2 AND 3", "true"),
        ("3.01 BETWEEN 2 AND 3", "false"),
        ("2 BETWEEN 3 AND 2", "false"),
        ("1 NOT BETWEEN 2 AND 3", "true"),
        ("1 BETWEEN 2 AND NULL::number", "false"),
        ("2 BETWEEN 2 AND NULL::number", "null"),
        ("1 + 1 BETWEEN 2 AND 1 + 1 AND TRUE", "true"),
    ]);
}

#[test]
fn case_takes_the_first_branch_that_holds() {
    all(&[
        ("CASE WHEN FALSE THEN 1 WHEN TRUE THEN 2 ELSE 3 END", "2"),
        ("CASE WHEN NULL THEN 1 ELSE 3 END", "3"),
        ("CASE WHEN FALSE THEN 1 END", "null"),
        ("CASE WHEN TRUE THEN 1.5 ELSE 3 END", "1.5"),
        ("CASE WHEN TRUE THEN 'a' ELSE 'b' END", "'a'"),
        ("CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END", "'two'"),
        ("CASE NULL::number WHEN 1 THEN 'one' ELSE 'none' END", "'none'"),
        ("CASE WHEN TRUE THEN NULL ELSE 1 END", "null"),
        (
            "CASE WHEN FALSE THEN date '2026-01-01' ELSE date '2026-01-02' END",
            "2026-01-02",
        ),
        ("CASE WHEN TRUE THEN 1 = 1 ELSE FALSE END", "true"),
        ("coalesce(NULL, NULL, 3)", "3"),
        ("coalesce(1, 2)", "1"),
        ("coalesce(NULL, 'x')", "'x'"),
        ("coalesce(NULL, FALSE)", "false"),
        ("nullif(1, 1.0)", "null"),
        ("nullif(1, 2)", "1"),
        ("nullif(1, NULL)", "1"),
        ("nullif('a', 'b')", "'a'"),
        ("least(3, 1.5, 2)", "1.5"),
        ("greatest(3, 1.5, 2)", "3"),
        ("greatest('a', 'b')", "'b'"),
        ("least(1, NULL)", "null"),
        ("greatest(NULL, 1, 2)", "null"),
        ("least(date '2026-02-01', date '2026-01-31')", "2026-01-31"),
    ]);
}

#[test]
fn texts() {
    all(&[
        ("lower('ÄbC')", "'äbc'"),
        ("upper('straße')", "'STRASSE'"),
        ("trim('  a b ')", "'a b'"),
        ("length('äöü')", "3"),
        ("length('')", "0"),
        ("length(NULL)", "null"),
        ("substr('abcdef', 2, 3)", "'bcd'"),
        ("substr('abcdef', 4)", "'def'"),
        ("substr('abcdef', 0, 2)", "'a'"),
        ("substr('abcdef', 9)", "''"),
        ("substr('abcdef', 2, NULL)", "null"),
        ("starts_with('INC-1', 'INC')", "true"),
        ("starts_with('inc-1', 'INC')", "false"),
        ("contains('a 50% b', '50%')", "true"),
        ("contains('abc', '')", "true"),
        ("'abc' LIKE 'a%'", "true"),
        ("'abc' LIKE 'A%'", "false"),
        ("'abc' LIKE '_b_'", "true"),
        ("'abc' NOT LIKE '%z%'", "true"),
        ("NULL LIKE 'a'", "null"),
        ("matches('INC0012', '^INC[0-9]+$')", "true"),
        ("matches('xINC0012', '^INC[0-9]+$')", "false"),
        ("matches('Zürich', 'ü')", "true"),
        ("'it''s' = 'it''s'", "true"),
        ("length('it''s')", "4"),
    ]);
}

#[test]
fn local_time_is_the_sources() {
    // Berlin is two hours ahead of UTC in summer, one in winter; clocks go back on 2026-10-25 at 01:00 UTC.
    all(&[
        ("date(timestamp '2026-06-30T22:00Z')", "2026-07-01"),
        ("date(timestamp '2026-06-30T21:59:59.999999Z')", "2026-06-30"),
        ("year(timestamp '2025-12-31T23:00Z')", "2026"),
        ("month(timestamp '2025-12-31T22:59:59Z')", "12"),
        ("day(timestamp '2026-06-30T22:00Z')", "1"),
        ("hour(timestamp '2026-10-25T00:30Z')", "2"),
        ("hour(timestamp '2026-10-25T01:30Z')", "2"),
        ("hour(timestamp '2026-10-25T02:00Z')", "3"),
        ("hour(timestamp '2026-03-29T00:59:59Z')", "1"),
        ("hour(timestamp '2026-03-29T01:00Z')", "3"),
        ("weekday(date '2026-11-16')", "1"),
        ("weekday(date '2026-11-22')", "7"),
        ("weekday(timestamp '2026-11-22T23:00Z')", "1"),
        ("year(date '2024-02-29')", "2024"),
        ("day(date '2024-02-29')", "29"),
        ("date(date '2024-02-29')", "2024-02-29"),
        ("year(timestamp '1969-12-31T23:30Z')", "1970"),
        ("timestamp '2026-10-25T02:30'", "2026-10-25T00:30:00Z"),
        ("timestamp '2026-03-29T02:30'", "2026-03-29T01:00:00Z"),
        ("timestamp '2026-03-29 04:00'", "2026-03-29T02:00:00Z"),
        ("date '2026-03-29'::timestamp", "2026-03-28T23:00:00Z"),
        ("hour(NULL)", "null"),
    ]);
}

#[test]
fn elapsed_time_is_second_minus_first() {
    all(&[
        (
            "minutes_between(timestamp '2026-10-12T09:00', timestamp '2026-10-12T10:30')",
            "90",
        ),
        (
            "minutes_between(timestamp '2026-10-12T10:30', timestamp '2026-10-12T09:00')",
            "-90",
        ),
        (
            "minutes_between(timestamp '2026-10-12T09:00:00', timestamp '2026-10-12T09:00:30')",
            "0.5",
        ),
        (
            "minutes_between(timestamp '2026-10-12T09:00:00', timestamp '2026-10-12T09:00:20')",
            "0.333333333333333333",
        ),
        (
            "minutes_between(timestamp '2026-10-12T09:00:20', timestamp '2026-10-12T09:00:00')",
            "-0.333333333333333333",
        ),
        (
            "hours_between(timestamp '2026-10-25T00:00', timestamp '2026-10-26T00:00')",
            "25",
        ),
        (
            "days_between(timestamp '2026-03-29T00:00', timestamp '2026-03-30T00:00')",
            "0.958333333333333333",
        ),
        ("days_between(date '2026-03-29', date '2026-03-30')", "1"),
        ("days_between(date '2026-03-30', date '2026-03-01')", "-29"),
        ("hours_between(NULL, timestamp '2026-03-29T00:00')", "null"),
    ]);
}

#[test]
fn casts() {
    all(&[
        ("'12.50'::number", "12.5"),
        ("' -3 '::number", "-3"),
        ("'1e3'::number", "error: `1e3` is not a number"),
        ("'1,5'::number", "error: `1,5` is not a number"),
        ("''::number", "error: `` is not a number"),
        ("'TRUE'::boolean", "true"),
        ("'False'::boolean", "false"),
        ("'yes'::boolean", "error: `yes` is not a boolean"),
        ("TRUE::number", "1"),
        ("TRUE::text", "'true'"),
        ("1.50::text", "'1.5'"),
        ("-0.05::text::number", "-0.05"),
        ("(-0.05)::text", "'-0.05'"),
        ("date '2026-01-02'::text", "'2026-01-02'"),
        ("timestamp '2026-07-01T00:00'::text", "'2026-07-01T00:00:00+02:00'"),
        (
            "lower('25.10.2026 02:30')::timestamp",
            "error: `25.10.2026 02:30` is not a timestamp",
        ),
        ("trim('2026-10-25T02:30')::timestamp", "2026-10-25T00:30:00Z"),
        ("trim('2026-10-25')::date", "2026-10-25"),
        ("trim('25.10.2026')::date", "error: `25.10.2026` is not a date"),
        ("timestamp '2026-06-30T22:00Z'::date", "2026-07-01"),
        ("NULL::number", "null"),
    ]);
}

#[test]
fn a_row_fails_only_if_its_value_depends_on_what_failed() {
    let failed = "error: `x` is not a number";
    all(&[
        ("FALSE AND lower('x')::number > 1", "false"),
        ("lower('x')::number > 1 AND FALSE", "false"),
        ("TRUE AND lower('x')::number > 1", failed),
        ("NULL AND lower('x')::number > 1", failed),
        ("TRUE OR lower('x')::number > 1", "true"),
        ("lower('x')::number > 1 OR TRUE", "true"),
        ("FALSE OR lower('x')::number > 1", failed),
        ("CASE WHEN TRUE THEN 1 ELSE lower('x')::number END", "1"),
        ("CASE WHEN FALSE THEN 1 ELSE lower('x')::number END", failed),
        ("CASE WHEN TRUE THEN 1 WHEN lower('x')::number > 1 THEN 2 END", "1"),
        ("CASE WHEN FALSE THEN 1 WHEN lower('x')::number > 1 THEN 2 END", failed),
        ("coalesce(1, lower('x')::number)", "1"),
        ("coalesce(NULL, lower('x')::number)", failed),
        ("coalesce(lower('x')::number, 1)", failed),
        ("1 IN (1, lower('x')::number)", "true"),
        ("2 IN (1, lower('x')::number)", failed),
        ("lower('x')::number IS NULL", failed),
        ("NOT lower('x')::number > 1", failed),
        ("CASE WHEN FALSE THEN 1 / 0 ELSE 2 END", "2"),
        ("FALSE AND 1 / 0 > 1", "false"),
        ("TRUE AND 1 / 0 > 1", "null/0"),
        ("1 / 0 IS NULL", "true/0"),
    ]);
    let columns = [
        ("cost", Type::Number, numbers(&[Some(10), Some(10), Some(10), None], 0)),
        ("count", Type::Number, numbers(&[Some(4), Some(0), None, Some(0)], 0)),
        ("note", Type::Text, words(&[Some("3"), Some("n/a"), None, Some("5")])),
    ];
    for (expression, expected) in [
        (
            "CASE WHEN count <> 0 THEN cost / count END",
            ["2.5", "null", "null", "null"],
        ),
        ("cost / count", ["2.5", "null/0", "null", "null"]),
        ("cost / count > 2", ["true", "null/0", "null", "null"]),
        (
            "matches(note, '^[0-9]+$') AND note::number > 3",
            ["false", "false", "null", "true"],
        ),
        ("note::number", ["3", "error: `n/a` is not a number", "null", "5"]),
        (
            "CASE WHEN note <> 'n/a' THEN note::number ELSE -1 END",
            ["3", "-1", "-1", "5"],
        ),
    ] {
        assert_eq!(over(expression, &columns), expected, "{expression}");
    }
}

#[test]
fn timestamps_of_a_column_in_any_order() {
    let columns = [(
        "t",
        Type::Timestamp,
        instants(&[
            Some("2026-12-31T23:30:00Z"),
            Some("2026-06-30T22:30:00Z"),
            None,
            Some("2026-12-31T22:30:00Z"),
            Some("1890-01-01T00:00:00Z"),
        ]),
    )];
    assert_eq!(over("hour(t)", &columns), ["0", "0", "null", "23", "0"]);
    assert_eq!(over("month(t)", &columns), ["1", "7", "null", "12", "1"]);
    assert_eq!(
        over("t >= '2026-07-01'", &columns),
        ["true", "true", "null", "true", "false"]
    );
    assert_eq!(
        over("t BETWEEN '2026-07-01T00:30' AND '2026-12-31T23:30+00:00'", &columns),
        ["true", "true", "null", "true", "false"]
    );
}

#[test]
fn dictionaries_are_compared_by_their_strings() {
    let columns = [
        (
            "a",
            Type::Text,
            words(&[Some("x"), Some("y"), None, Some("x"), Some("z")]),
        ),
        (
            "b",
            Type::Text,
            words(&[Some("y"), Some("y"), Some("y"), Some("x"), None]),
        ),
    ];
    for (expression, expected) in [
        ("a = b", ["false", "true", "null", "true", "null"]),
        ("a < b", ["true", "false", "null", "false", "null"]),
        ("a = 'x'", ["true", "false", "null", "true", "false"]),
        ("a <> 'x'", ["false", "true", "null", "false", "true"]),
        ("'y' >= a", ["true", "true", "null", "true", "false"]),
        ("a IN ('x', 'z', 'q')", ["true", "false", "null", "true", "true"]),
        ("a = 'q'", ["false", "false", "null", "false", "false"]),
        ("coalesce(a, b, '-') = 'y'", ["false", "true", "true", "false", "false"]),
        ("upper(a) = 'X'", ["true", "false", "null", "true", "false"]),
        ("contains(b, a)", ["false", "true", "null", "true", "null"]),
    ] {
        assert_eq!(over(expression, &columns), expected, "{expression}");
    }
    let chosen = over("CASE WHEN a = b THEN a WHEN a < b THEN b ELSE 'other' END", &columns);
    assert_eq!(chosen, ["'y'", "'y'", "'other'", "'x'", "'other'"]);
}

#[test]
fn a_batch_may_be_empty() {
    let columns = [("v", Type::Number, numbers(&[], 2)), ("s", Type::Text, words(&[]))];
    for expression in [
        "v > 1 AND s = 'a'",
        "v / 2",
        "CASE WHEN v IN (1, 2, 3) THEN upper(s) END",
        "coalesce(s, 'x')",
        "s::number",
    ] {
        assert!(over(expression, &columns).is_empty(), "{expression}");
    }
}
