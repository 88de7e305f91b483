//! What is read and what is not: every problem at its exact place, with what to type.

use proptest::prelude::*;
use scoreline::diagnostics::{Diagnostics, Place};
use scoreline::expression::{Expected, Type, check_formula, columns, formula, parse, sql};
use scoreline::quantity::Rational;
use scoreline::source::{FileId, Span};

use super::{at, checked, checked_in, folded, parsed, problem, schema, snippet};

/// Text, the part that is wrong, the rule, and a piece of the help.
fn wrong(cases: &[(&str, &str, &str, &str)]) {
    for (text, place, rule, help) in cases {
        let found = problem(text, Expected::Is(Type::Boolean));
        assert_eq!(found.rule, *rule, "{text}: {}", found.message);
        assert_eq!(at(text, &found), *place, "{text}: {}", found.message);
        let said = found.help.clone().unwrap_or_default();
        assert!(said.contains(help), "{text}: help is `{said}`");
    }
}

#[test]
fn operators_of_other_languages() {
    wrong(&[
        ("cost == 1", "==", "invalid-expression", "write `=`"),
        ("flag && flag", "&&", "invalid-expression", "write `AND`"),
        ("flag || flag", "||", "invalid-expression", "write `OR`"),
        ("!flag", "!", "invalid-expression", "write `NOT`"),
        ("cost => 1", "=>", "invalid-expression", "write `>=`"),
        ("cost =< 1", "<", "invalid-expression", "write `<=`"),
        ("cost ≥ 1", "≥", "invalid-expression", "write `>=`"),
        ("cost <= 5%", "%", "invalid-expression", "0.05"),
        ("cost <= 5% AND flag", "%", "invalid-expression", "0.05"),
        ("hours < 4h", "4h", "invalid-expression", "hours_between"),
        ("cost < 1e3", "1e3", "invalid-expression", "write the digits out"),
        ("cost < .5", ".5", "invalid-expression", "write `0.5`"),
        ("cost < 5.", "5.", "invalid-expression", "write `5`"),
        ("cost < 0,5", ",", "invalid-expression", "`0.5`, not `0,5`"),
        ("cost < +5", "+", "invalid-expression", "leave the `+` out"),
        ("status ~ 'a'", "~", "invalid-expression", "matches"),
        ("status ILIKE 'a'", "ILIKE", "invalid-expression", "lower(x) LIKE"),
        ("status = ‘a’", "‘", "invalid-expression", "straight quotes"),
        ("cost ^ 2 > 1", "^", "invalid-expression", "x * x"),
        ("cost < 1;", ";", "invalid-expression", "no `;`"),
        (
            "cost --1 > 2",
            "--1 > 2",
            "invalid-expression",
            "space between two minus signs",
        ),
        ("1 < cost < 3", "<", "invalid-expression", "a < b AND b < c"),
        ("cost = 1 = flag", "=", "invalid-expression", "AND"),
        ("status = 'open", "'open", "invalid-expression", "close it with `'`"),
        (
            "\"status = 1",
            "\"status = 1",
            "invalid-expression",
            "close it with `\"`",
        ),
        ("close code = 'x'", "code", "invalid-expression", "\"close code\""),
        ("t.status = 'x'", "t.status", "invalid-expression", "\"t.status\""),
        ("status IN ['a']", "[", "invalid-expression", "parentheses"),
        (
            "status LIKE '50!%' ESCAPE '!'",
            "ESCAPE",
            "invalid-expression",
            "contains",
        ),
        (
            "cost > interval '1 day'",
            "interval",
            "invalid-expression",
            "hours_between",
        ),
        ("status IN (SELECT 1)", "SELECT", "invalid-expression", "lookup"),
        ("EXISTS (SELECT 1)", "EXISTS", "invalid-expression", "lookup"),
        ("(SELECT 1) = 1", "SELECT", "invalid-expression", "lookup"),
        ("status = $1", "$1", "invalid-expression", "no variables"),
        ("cost = NULL", "NULL", "invalid-expression", "IS NULL"),
        ("cost NOT IN (1, NULL)", "NULL", "invalid-expression", "IS NULL"),
        (
            "cost > current_date",
            "current_date",
            "invalid-expression",
            "come out the same",
        ),
    ]);
}

#[test]
fn functions_that_do_not_exist() {
    wrong(&[
        ("sum(cost) > 1", "sum", "unknown-function", "`sum: { of: … }`"),
        ("AVG(cost) > 1", "AVG", "unknown-function", "`mean: { of: … }`"),
        ("count(*) > 1", "count", "unknown-function", "`count: {}`"),
        ("now() > opened_at", "now", "unknown-function", "come out the same"),
        (
            "lenght(status) > 1",
            "lenght",
            "unknown-function",
            "did you mean `length`?",
        ),
        ("cast(cost AS text) = '1'", "cast", "unknown-function", "x::number"),
        (
            "datediff(opened_at, closed_at) > 1",
            "datediff",
            "unknown-function",
            "days_between",
        ),
        (
            "frobnicate(cost)",
            "frobnicate",
            "unknown-function",
            "the functions are coalesce",
        ),
        ("round(cost, 1, 2) > 1", "round(cost, 1, 2)", "invalid-expression", ""),
        ("round(cost, hours) > 1", "hours", "invalid-expression", "round(x, 2)"),
        ("lower() = 'a'", "lower()", "invalid-expression", ""),
        (
            "matches(status, owner)",
            "owner",
            "invalid-expression",
            "write the pattern itself",
        ),
        ("matches(status, 'a(')", "'a('", "invalid-expression", ""),
        (
            "matches(status, '(?=a)')",
            "'(?=a)'",
            "invalid-expression",
            "linear time",
        ),
        (
            "matches(status, '[a-z]{1000}{1000}')",
            "'[a-z]{1000}{1000}'",
            "invalid-expression",
            "shorten",
        ),
        ("cost::int > 1", "int", "invalid-expression", "`::number`"),
        ("cost::varchar = 'a'", "varchar", "invalid-expression", "`::text`"),
        (
            "cost::colour = 'a'",
            "colour",
            "invalid-expression",
            "`timestamp` and `date`",
        ),
    ]);
}

#[test]
fn what_is_unfinished_says_what_belongs_there() {
    wrong(&[
        ("", "", "invalid-expression", "priority = 'P1'"),
        ("cost >", "", "invalid-expression", ""),
        ("(cost > 1", "", "invalid-expression", ""),
        ("cost > 1)", ")", "invalid-expression", ""),
        ("cost IN ()", ")", "invalid-expression", ""),
        ("cost IN (1,)", ")", "invalid-expression", ""),
        ("cost BETWEEN 1", "", "invalid-expression", ""),
        ("CASE WHEN flag THEN 1", "", "invalid-expression", ""),
        ("CASE flag END", "END", "invalid-expression", ""),
        ("flag IS 1", "1", "invalid-expression", ""),
        ("AND flag", "AND", "invalid-expression", ""),
        ("end > 1", "end", "invalid-expression", "`\"end\"`"),
    ]);
}

#[test]
fn size_and_depth_are_limited() {
    let long = format!("cost = {}1", " ".repeat(4096));
    let many = vec!["cost = 1"; 60].join(" OR ");
    let deep = format!("{}flag{}", "(".repeat(2000), ")".repeat(2000));
    let negations = format!("{}flag", "NOT ".repeat(1000));
    let signs = format!("{}1 = 1", "- ".repeat(2000));
    let cases = format!("{}flag", "CASE WHEN ".repeat(400));
    let calls = format!("{}1{} = 1", "abs(".repeat(500), ")".repeat(500));
    for text in [long, many, deep, negations, signs, cases, calls] {
        let found = problem(&text, Expected::Any);
        assert_eq!(found.rule, "expression-too-large", "{}", &text[..40]);
    }
    let fine = vec!["cost = 1"; 50].join(" OR ");
    checked(&fine);
    checked(&format!("{}flag{}", "(".repeat(60), ")".repeat(60)));
}

/// A folded block scalar: the second line starts at byte 60 of the file.
#[test]
fn a_place_is_exact_in_a_text_of_several_lines() {
    let folded = folded(&[("cost > 1\nAND ", 20), ("größe = 1 AND stauts = 'x'", 60)]);
    let mut diagnostics = Diagnostics::default();
    let expression = parse(&folded, &mut diagnostics).expect("well formed");
    let names: Vec<(String, Span)> = columns(&expression)
        .into_iter()
        .map(|(name, span)| (name.to_string(), span))
        .collect();
    let span = |start, end| Span::new(FileId(0), start, end);
    assert_eq!(
        names,
        [
            ("cost".to_owned(), span(20, 24)),
            ("größe".to_owned(), span(60, 67)),
            ("stauts".to_owned(), span(76, 82)),
        ]
    );
    scoreline::expression::check(&expression, &schema(), Type::Boolean, &mut diagnostics);
    let places: Vec<&Place> = diagnostics.iter().map(|found| &found.primary.place).collect();
    assert_eq!(places, [&Place::Text(span(60, 67)), &Place::Text(span(76, 82))]);
}

#[test]
fn columns_match_without_regard_to_case_where_that_is_unique() {
    assert_eq!(checked("STATUS = 'x'"), checked("status = 'x'"));
    assert_eq!(checked("\"close code\" = 'x'"), checked("\"Close Code\" = 'x'"));
    let mut two = schema();
    two.columns
        .insert("Status".to_owned(), super::SchemaColumn::declared(Type::Text));
    assert_eq!(checked_in("Status = 'x'", &mut two).columns(), [14]);
    let mut diagnostics = Diagnostics::default();
    scoreline::expression::check(&parsed("STATUS = 'x'"), &two, Type::Boolean, &mut diagnostics);
    let found: Vec<_> = diagnostics.iter().map(|found| found.rule).collect();
    assert_eq!(found, ["ambiguous-column"]);
}

#[test]
fn unknown_columns() {
    wrong(&[
        ("stauts = 'x'", "stauts", "unknown-column", "did you mean `status`?"),
        ("status = \"erp\"", "\"erp\"", "unknown-column", "'erp'"),
        (
            "status = \"owmer\"",
            "\"owmer\"",
            "unknown-column",
            "did you mean `\"owner\"`, or the text `'owmer'`?",
        ),
        ("status = enterprise", "enterprise", "unknown-column", "'enterprise'"),
    ]);
}

/// Equal parts, and the text reads back as the same expression.
#[test]
fn printed_text_reads_back_as_the_same_expression() {
    for (text, printed) in [
        ("cost>1 and not flag", "cost > 1 AND NOT flag"),
        ("(flag or other_flag) and cost > 1", "(flag OR other_flag) AND cost > 1"),
        ("flag or other_flag and cost > 1", "flag OR other_flag AND cost > 1"),
        ("flag and (other_flag and flag)", "flag AND (other_flag AND flag)"),
        ("cost not between 1 and 2 * hours", "cost NOT BETWEEN 1 AND 2 * hours"),
        ("not (cost = 1)", "NOT (cost = 1)"),
        ("status not in ('a', 'it''s')", "status NOT IN ('a', 'it''s')"),
        ("cost is not null", "cost IS NOT NULL"),
        ("cost > 1 is true", "(cost > 1) IS TRUE"),
        ("cost - (hours - 1)", "cost - (hours - 1)"),
        ("cost - hours - 1", "cost - hours - 1"),
        ("(cost + 1) * -hours / -2", "(cost + 1) * -hours / -2"),
        ("-(cost + 1)", "-(cost + 1)"),
        ("(-2)::text", "(-2)::text"),
        ("(cost + 1)::text", "(cost + 1)::text"),
        ("status::number::text", "status::number::text"),
        (
            "case status when 'a' then 1 else null end",
            "CASE WHEN status = 'a' THEN 1 END",
        ),
        ("round(cost, 2) = round(hours)", "round(cost, 2) = round(hours)"),
        ("date(opened_at) = '2026-10-31'", "date(opened_at) = date '2026-10-31'"),
        (
            "opened_at < '2026-10-31T01:00'",
            "opened_at < timestamp '2026-10-31T00:00:00Z'",
        ),
        ("matches(\"Close Code\", 'a''b')", "matches(\"Close Code\", 'a''b')"),
        ("status like 'a%'", "status LIKE 'a%'"),
        ("coalesce(null, cost)", "coalesce(NULL::number, cost)"),
        ("substr(status, 1, 2) = 'ab'", "substr(status, 1, 2) = 'ab'"),
        (
            "days_between(opened_at, closed_at) > 1.50",
            "days_between(opened_at, closed_at) > 1.5",
        ),
        ("weekday(due) in (6, 7)", "weekday(due) IN (6, 7)"),
    ] {
        let typed = checked(text);
        assert_eq!(sql(&typed), printed, "{text}");
        assert_eq!(checked(printed), typed, "{printed}");
    }
}

#[test]
fn constants_lift_out_of_a_shape() {
    let (shape, constants) = checked("cost > 5 AND status IN ('a', 'b')").parameterise();
    let (same, others) = checked("cost > 7.25 AND status IN ('c', 'd')").parameterise();
    assert_eq!(shape, same);
    assert_ne!(constants, others);
    assert_eq!(shape.with(&others), checked("cost > 7.25 AND status IN ('c', 'd')"));
    for different in [
        "cost >= 5 AND status IN ('a', 'b')",
        "hours > 5 AND status IN ('a', 'b')",
    ] {
        assert_ne!(checked(different).parameterise().0, shape, "{different}");
    }
}

#[test]
fn formulas_are_exact_and_know_only_their_names() {
    let names = ["actual", "budget"];
    let values = |actual: i64, budget: i64| {
        move |name: &str| match name {
            "actual" => Some(Rational::integer(actual)),
            "budget" => Some(Rational::integer(budget)),
            _ => None,
        }
    };
    let variance = parsed("(actual - budget) / budget");
    let mut diagnostics = Diagnostics::default();
    assert!(check_formula(&variance, names, &mut diagnostics));
    assert_eq!(formula(&variance, &values(105_000, 100_000)), Rational::new(1, 20));
    assert_eq!(formula(&variance, &values(1, 3)), Rational::new(-2, 3));
    assert_eq!(formula(&variance, &values(1, 0)), None);
    let chosen = parsed("greatest(abs(-actual), least(budget, 2.5)) + coalesce(missing, 1)");
    assert_eq!(formula(&chosen, &values(-1, 4)), Rational::new(7, 2));
    assert_eq!(formula(&parsed("missing + 1"), &values(1, 1)), None);
    for (text, rule) in [
        ("(actual - budet) / budget", "unknown-reference"),
        ("CASE WHEN actual > 1 THEN 1 END", "invalid-expression"),
        ("actual % budget", "invalid-expression"),
    ] {
        let mut diagnostics = Diagnostics::default();
        assert!(!check_formula(&parsed(text), names, &mut diagnostics), "{text}");
        assert!(diagnostics.iter().any(|found| found.rule == rule), "{text}");
    }
}

proptest! {
    /// Any text is read or refused, and what is refused is inside the text.
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,80}") {
        let mut diagnostics = Diagnostics::default();
        let expression = parse(&snippet(&text), &mut diagnostics);
        prop_assert_eq!(expression.is_none(), diagnostics.has_errors());
    }

    /// Words of the language in any order.
    #[test]
    fn any_words_are_read_or_refused(words in prop::collection::vec(prop::sample::select(vec![
        "cost", "status", "flag", "opened_at", "x", "y", "1", "0.5", "'a'", "'2026-10-31'", "NULL", "TRUE", "(", ")", ",",
        "AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS", "CASE", "WHEN", "THEN", "ELSE", "END", "+", "-", "*", "/", "%",
        "=", "<>", "<", ">=", "::", "number", "date", "timestamp", "coalesce", "lower", "round", "matches", "hours_between",
    ]), 0..25)) {
        let text = words.join(" ");
        let mut diagnostics = Diagnostics::default();
        let mut schema = schema();
        if let Some(expression) = parse(&snippet(&text), &mut diagnostics) {
            scoreline::expression::infer(&[(&expression, Expected::Any)], &mut schema, &mut diagnostics);
            let typed = scoreline::expression::check(&expression, &schema, Expected::Any, &mut diagnostics);
            // Whatever passes prints as something that reads back.
            if let Some(typed) = typed.filter(|_| diagnostics.is_empty()) {
                let printed = sql(&typed);
                prop_assert_eq!(checked_in(&printed, &mut schema), typed, "{}", printed);
            }
        }
    }
}
