//! What a text is as a value, and what it is not.

use jiff::tz::TimeZone;
use scoreline::expression::Type::{self, Boolean, Date, Number, Text, Timestamp};
use scoreline::resolve::terms::{Column, ColumnKind, LocalTime};
use scoreline::tables::Data;

use super::{Reading, place, read, refuse, rows, source};

/// One column of values.
fn column(values: &[&str]) -> String {
    let mut text = String::from("id,value\n");
    for value in values {
        text += &format!("1,{value}\n");
    }
    text
}

fn declare(kind: ColumnKind) -> scoreline::resolve::terms::Source {
    let mut declared = source("t.csv");
    let column = Column {
        from: None,
        kind: Some(kind),
    };
    declared.columns.insert("value".to_owned(), column);
    declared
}

fn values(source: scoreline::resolve::terms::Source, values: &[&str], kind: Type) -> Vec<Option<String>> {
    let rows = read(source, column(values), &[("value", kind)]);
    rows.into_iter().map(|mut row| row.remove(0)).collect()
}

fn written(values: &[&str]) -> Vec<Option<String>> {
    rows(&[values]).remove(0)
}

#[test]
fn numbers_are_exact() {
    let texts = [
        "21289.0",
        "-0.10",
        "",
        " 7 ",
        "9223372036854775807",
        "0.000000000000000001",
        "1e+05",
        "+3",
        ".5",
    ];
    let expected = [
        "21289.0",
        "-0.10",
        "-",
        "7",
        "9223372036854775807",
        "0.000000000000000001",
        "100000",
        "3",
        "0.5",
    ];
    let canonical = |texts: Vec<Option<String>>| {
        let parse = |text: String| {
            scoreline::quantity::Rational::parse_decimal(&text)
                .expect("a decimal")
                .to_exact()
        };
        texts.into_iter().map(|text| text.map(parse)).collect::<Vec<_>>()
    };
    assert_eq!(values(source("t.csv"), &texts, Number), canonical(written(&expected)));
}

#[test]
fn numbers_that_could_mean_something_else_are_refused_with_help() {
    for (value, help) in [
        ("\"1,234\"", Some("decimal: \",\"")),
        ("\"1,234.50\"", Some("separators of thousands")),
        ("99.5%", Some("no `%`")),
        ("NaN", Some("nulls: [\"\", \"NaN\"]")),
        ("12 h", Some("on_bad_row: skip")),
        ("0x10", Some("on_bad_row: skip")),
    ] {
        let problem = refuse(source("t.csv"), column(&["1", value]), &[("value", Number)]);
        assert_eq!(problem.rule, "unreadable-value", "{value}");
        assert_eq!(place(&problem.primary.place), ("t.csv", Some(3), Some("value")));
        match help {
            Some(help) => assert!(problem.help.expect("help").contains(help), "{value}"),
            None => assert_eq!(problem.help, None, "{value}"),
        }
    }
}

#[test]
fn nulls_are_what_the_source_says() {
    let mut declared = source("t.csv");
    declared.format.nulls = vec!["?".to_owned(), String::new(), "n/a".to_owned()];
    let texts = ["?", "", "n/a", "5", " ? ", "\"\""];
    assert_eq!(
        values(declared.clone(), &texts, Number),
        written(&["-", "-", "-", "5", "-", "-"])
    );
    assert_eq!(
        values(declared.clone(), &texts, Text),
        written(&["-", "-", "-", "5", " ? ", "-"])
    );
    declared.format.nulls = vec!["?".to_owned()];
    assert_eq!(values(declared.clone(), &["?", ""], Text), written(&["-", ""]));
    assert_eq!(
        refuse(declared, column(&["?", ""]), &[("value", Number)]).rule,
        "unreadable-value"
    );
}

#[test]
fn booleans_in_any_case() {
    let texts = ["true", "FALSE", "Yes", "no", "1", "0", "t", "F", "y", "N", "", " true "];
    let expected = [
        "true", "false", "true", "false", "true", "false", "true", "false", "true", "false", "-", "true",
    ];
    assert_eq!(values(source("t.csv"), &texts, Boolean), written(&expected));
    let problem = refuse(source("t.csv"), column(&["maybe"]), &[("value", Boolean)]);
    assert_eq!(problem.message, "`maybe` is neither true nor false");
}

#[test]
fn timestamps_with_an_offset_need_no_zone() {
    let texts = [
        "2026-10-31T08:05:00Z",
        "2026-10-31 10:05:00.5+02:00",
        "2026-10-31T08:05Z",
        "",
    ];
    let expected = [
        "2026-10-31T08:05:00Z",
        "2026-10-31T08:05:00.5Z",
        "2026-10-31T08:05:00Z",
        "-",
    ];
    assert_eq!(values(source("t.csv"), &texts, Timestamp), written(&expected));
}

#[test]
fn timestamps_without_an_offset_need_the_sources_zone() {
    let problem = refuse(source("t.csv"), column(&["2026-10-31T08:05"]), &[("value", Timestamp)]);
    assert_eq!(problem.rule, "missing-time-zone");
    assert_eq!(
        problem.message,
        "source `tickets` has timestamps without an offset and names no zone"
    );
    assert_eq!(place(&problem.secondary[0].place), ("t.csv", Some(2), Some("value")));
    let mut berlin = source("t.csv");
    berlin.time_zone = Some(TimeZone::get("Europe/Berlin").expect("bundled"));
    // Berlin is an hour ahead of UTC in winter and two in summer.
    let texts = [
        "2026-10-31T08:05",
        "2026-07-01 00:00:00",
        "2026-07-01",
        "2026-10-31T08:05Z",
    ];
    let expected = [
        "2026-10-31T07:05:00Z",
        "2026-06-30T22:00:00Z",
        "2026-06-30T22:00:00Z",
        "2026-10-31T08:05:00Z",
    ];
    assert_eq!(values(berlin, &texts, Timestamp), written(&expected));
}

#[test]
fn clock_changes_are_repaired_as_declared_and_counted() {
    // New York 2025: 9 March 02:00 → 03:00, at 07:00Z; 2 November 02:00 → 01:00, at 06:00Z.
    let text = column(&["2025-03-09T02:30", "2025-11-02T01:30", "2025-11-02T12:00"]);
    let data = Data::files([("t.csv", text.clone())]);
    let mut declared = source("t.csv");
    declared.time_zone = Some(TimeZone::get("America/New_York").expect("bundled"));
    for (choice, ambiguous) in [
        (LocalTime::Earlier, "2025-11-02T05:30:00Z"),
        (LocalTime::Later, "2025-11-02T06:30:00Z"),
    ] {
        declared.local_time = choice;
        let scanned = Reading::new(declared.clone(), &[("value", Timestamp)])
            .scan(&data)
            .expect("rows");
        let expected = rows(&[&["2025-03-09T07:00:00Z"], &[ambiguous], &["2025-11-02T17:00:00Z"]]);
        assert_eq!(scanned.state, expected);
        assert_eq!(scanned.counts.dst_repairs, 2);
    }
    declared.local_time = LocalTime::Reject;
    let problem = refuse(declared, text, &[("value", Timestamp)]);
    assert_eq!(
        (problem.rule, place(&problem.primary.place).1),
        ("ambiguous-local-time", Some(2))
    );
}

#[test]
fn declared_patterns_read_day_first_dates() {
    let mut declared = declare(ColumnKind::Timestamp(Some("%d/%m/%Y %H:%M".to_owned())));
    declared.time_zone = Some(TimeZone::UTC);
    let texts = ["29/2/2016 07:08", "01/12/2016 23:59", ""];
    let expected = ["2016-02-29T07:08:00Z", "2016-12-01T23:59:00Z", "-"];
    assert_eq!(values(declared.clone(), &texts, Timestamp), written(&expected));
    let problem = refuse(declared, column(&["2016-02-29 07:08"]), &[("value", Timestamp)]);
    assert_eq!(problem.message, "`2016-02-29 07:08` does not fit `%d/%m/%Y %H:%M`");
    let days = declare(ColumnKind::Date(Some("%d.%m.%Y".to_owned())));
    assert_eq!(
        values(days, &["31.12.2026", "1.2.2026"], Date),
        written(&["2026-12-31", "2026-02-01"])
    );
}

#[test]
fn a_date_is_a_date_and_no_instant() {
    assert_eq!(values(source("t.csv"), &["2024-02-29"], Date), written(&["2024-02-29"]));
    for bad in ["2023-02-29", "2024-02-29T00:00", "29/02/2024", "2024-2-9"] {
        assert_eq!(
            refuse(source("t.csv"), column(&[bad]), &[("value", Date)]).rule,
            "unreadable-value",
            "{bad}"
        );
    }
}

#[test]
fn a_declared_column_has_another_name_in_the_file() {
    let mut renamed = source("t.csv");
    let from = |kind| Column {
        from: Some("Close Code".to_owned()),
        kind,
    };
    renamed.columns.insert("close_code".to_owned(), from(None));
    renamed
        .columns
        .insert("code_number".to_owned(), from(Some(ColumnKind::Number)));
    let text = "id,Close Code\n1,7\n";
    let columns = &[("close_code", Text), ("code_number", Number)];
    assert_eq!(read(renamed.clone(), text, columns), rows(&[&["7", "7"]]));
    let problem = refuse(renamed, "id,Closed Code\n1,7\n", columns);
    assert_eq!(problem.rule, "missing-column");
    assert_eq!(problem.help.as_deref(), Some("did you mean `Closed Code`?"));
}

#[test]
fn declared_decimals_round_half_to_even() {
    let declared = declare(ColumnKind::Decimal(2));
    assert_eq!(
        values(declared, &["0.125", "0.135", "2"], Number),
        written(&["0.12", "0.14", "2"])
    );
}

#[test]
fn times_that_are_not_iso_are_refused_with_the_declaration_to_type() {
    for (value, help) in [
        (
            "14/08/2024 09:10",
            "columns: { value: { timestamp: \"%d/%m/%Y %H:%M\" } }",
        ),
        (
            "08/14/2024 9:10 PM",
            "columns: { value: { timestamp: \"%m/%d/%Y %I:%M %p\" } }",
        ),
        (
            "3.4.2026 07:08:09",
            "columns: { value: { timestamp: \"%d.%m.%Y %H:%M:%S\" } }",
        ),
        ("03/04/2026 09:10", "\"%m/%d/%Y %H:%M\" where the month does"),
        ("46314.5", "a number of days or seconds since some day"),
        ("20261031", "say how it is written, such as"),
        ("never", "nulls: [\"\", \"never\"]"),
    ] {
        let problem = refuse(source("t.csv"), column(&[value]), &[("value", Timestamp)]);
        assert_eq!(problem.rule, "unreadable-value", "{value}");
        let shown = problem.help.expect("help");
        assert!(shown.contains(help), "{value}: {shown}");
        // The place names the column already.
        assert_eq!(problem.primary.text, "this value");
    }
    let problem = refuse(source("t.csv"), column(&["14/08/2024"]), &[("value", Date)]);
    assert_eq!(
        problem.help.as_deref(),
        Some("say how it is written: `columns: { value: { date: \"%d/%m/%Y\" } }`")
    );
}
