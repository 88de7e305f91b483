//! JSON and Parquet.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array,
    RecordBatch, StringArray, TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
    TimestampSecondArray, UInt16Array,
};
use jiff::tz::TimeZone;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use scoreline::expression::Type::{Boolean, Date, Number, Text, Timestamp};
use scoreline::expression::{Column, Texts};
use scoreline::resolve::terms::{Column as Declared, ColumnKind, FileKind, OnBadRow};
use scoreline::tables::{Data, header, scan};

use super::{Reading, place, read, refuse, rows, source};

#[test]
fn objects_are_read_by_member_whatever_their_order() {
    let text = concat!(
        r#"{"id": 12345678901234567890.5, "note": "a \"b\"\nc", "ok": true, "at": "2026-10-31T08:05Z"}"#,
        "\n\n",
        r#"  {"at": null, "more": {"deep": [1, "}"]}, "note": 7, "id": 1e2}"#,
        "\n",
        r#"{"note": {"a": [1, 2]}, "note2": "", "ok": "no", "id": null}"#,
    );
    let columns = &[("id", Number), ("note", Text), ("ok", Boolean), ("at", Timestamp)];
    let expected = rows(&[
        &["12345678901234567890.5", "a \"b\"\nc", "true", "2026-10-31T08:05:00Z"],
        &["100", "7", "-", "-"],
        &["-", "{\"a\": [1, 2]}", "false", "-"],
    ]);
    assert_eq!(read(source("t.ndjson"), text, columns), expected);
    assert_eq!(read(source("t.jsonl"), text.replace('\n', "\r\n"), columns), expected);
}

#[test]
fn members_differ_in_case_only_where_none_fits_exactly() {
    let text = "{\"ID\": 1}\n{\"ID\": 1, \"id\": 2}\n{\"id\": 3, \"Id\": 1}\n";
    assert_eq!(
        read(source("t.ndjson"), text, &[("id", Number)]),
        rows(&[&["1"], &["2"], &["3"]])
    );
}

#[test]
fn a_number_of_a_json_file_has_a_point_whatever_texts_have() {
    let mut comma = source("t.ndjson");
    comma.format.decimal = b',';
    assert_eq!(
        read(comma, "{\"id\": 1.5}\n{\"id\": \"2,5\"}\n", &[("id", Number)]),
        rows(&[&["1.5"], &["2.5"]])
    );
}

#[test]
fn a_broken_line_is_named_or_skipped() {
    let text = "{\"id\": 1}\n{\"id\": 2\n[3]\n{\"id\": 4}\n";
    let problem = refuse(source("t.ndjson"), text, &[("id", Number)]);
    assert_eq!(problem.rule, "unreadable-row");
    assert_eq!(place(&problem.primary.place), ("t.ndjson", Some(2), None));
    let mut skipping = source("t.ndjson");
    skipping.on_bad_row = OnBadRow::Skip;
    let data = Data::files([("t.ndjson", text)]);
    let scanned = Reading::new(skipping, &[("id", Number)]).scan(&data).expect("rows");
    assert_eq!(scanned.state, rows(&[&["1"], &["4"]]));
    assert_eq!(scanned.counts.skipped, 2);
}

#[test]
fn rows_stand_inside_a_document() {
    let text = "{\n \"count\": 2,\n \"a/b\": {\"rows\": [\n  {\"id\": 1},\n  {\"id\": \"x\"}\n ]}\n}\n";
    let mut inside = source("t.json");
    inside.format.rows = Some("/a~1b/rows".to_owned());
    assert_eq!(read(inside.clone(), text, &[("id", Text)]), rows(&[&["1"], &["x"]]));
    let problem = refuse(inside.clone(), text, &[("id", Number)]);
    assert_eq!(place(&problem.primary.place), ("t.json", Some(5), Some("id")));
    assert_eq!(
        read(source("t.json"), "[{\"id\": 1}]", &[("id", Number)]),
        rows(&[&["1"]])
    );
    assert_eq!(read(source("t.json"), "[]", &[("id", Number)]), rows(&[]));

    let problem = refuse(source("t.json"), "{\"rows\": []}", &[("id", Number)]);
    assert_eq!(problem.rule, "unreadable-file");
    assert!(problem.message.contains("`rows: /rows`"), "{}", problem.message);
    inside.format.rows = Some("/a~1b/row".to_owned());
    assert!(refuse(inside, text, &[]).message.contains("/a~1b has no `row`"));
    assert_eq!(refuse(source("t.json"), "[{\"id\": 1}", &[]).rule, "unreadable-file");
}

#[test]
fn a_header_of_objects_has_the_types_that_all_values_have() {
    let text = "{\"id\": 1, \"ok\": true, \"mixed\": 1, \"at\": \"2026-10-31\"}\n{\"mixed\": \"x\", \"late\": 2.5}\n";
    let data = Data::files([("t.ndjson", text)]);
    let reading = Reading::new(source("t.ndjson"), &[]);
    let header = header(&reading.request(), &data).expect("no error").expect("a header");
    let columns: Vec<_> = header
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.kind, c.looks))
        .collect();
    assert_eq!(
        columns,
        [
            ("id", Some(Number), None),
            ("ok", Some(Boolean), None),
            ("mixed", None, None),
            ("at", None, Some(Date)),
            ("late", Some(Number), None),
        ]
    );
}

/// A Parquet file of some columns in row groups of two rows.
fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .expect("columns of one length");
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(2)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("memory");
    writer.close().expect("memory");
    bytes
}

// 1,793,433,900 s is 2026-10-31T08:05:00Z.
const SECONDS: i64 = 1_793_433_900;

#[test]
fn parquet_types_become_columns() {
    let bytes = parquet(vec![
        ("id", Arc::new(Int64Array::from(vec![Some(1), None, Some(-3)]))),
        ("small", Arc::new(UInt16Array::from(vec![1, 2, 65535]))),
        (
            "price",
            Arc::new(
                Decimal128Array::from(vec![Some(1250), Some(-5), None])
                    .with_precision_and_scale(10, 2)
                    .expect("a decimal"),
            ),
        ),
        ("ok", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("day", Arc::new(Date32Array::from(vec![Some(0), None, Some(20_757)]))),
        ("text", Arc::new(StringArray::from(vec![Some("a"), Some(""), None]))),
        (
            "utc",
            Arc::new(TimestampMillisecondArray::from(vec![Some(SECONDS * 1000), None, Some(1)]).with_timezone("UTC")),
        ),
        (
            "float",
            Arc::new(Float64Array::from(vec![Some(0.575), None, Some(1e20)])),
        ),
    ]);
    let columns = &[
        ("id", Number),
        ("small", Number),
        ("price", Number),
        ("ok", Boolean),
        ("day", Date),
        ("text", Text),
        ("utc", Timestamp),
    ];
    let expected = rows(&[
        &["1", "1", "12.50", "true", "1970-01-01", "a", "2026-10-31T08:05:00Z"],
        &["-", "2", "-0.05", "-", "-", "-", "-"],
        &[
            "-3",
            "65535",
            "-",
            "false",
            "2026-10-31",
            "-",
            "1970-01-01T00:00:00.001Z",
        ],
    ]);
    let canonical = |rows: super::Rows| {
        let shorten = |cell: Option<String>| cell.map(|text| if text == "12.50" { "12.5".to_owned() } else { text });
        rows.into_iter()
            .map(|row| row.into_iter().map(shorten).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        canonical(read(source("t.parquet"), bytes.clone(), columns)),
        canonical(expected)
    );

    // As text every type is what a CSV file would hold.
    let columns = &[("id", Text), ("price", Text), ("ok", Text), ("day", Text)];
    let expected = rows(&[
        &["1", "12.50", "true", "1970-01-01"],
        &["-", "-0.05", "-", "-"],
        &["-3", "-", "false", "2026-10-31"],
    ]);
    assert_eq!(read(source("t.parquet"), bytes.clone(), columns), expected);

    let data = Data::files([("t.parquet", bytes.clone())]);
    let reading = Reading::new(source("t.parquet"), &[]);
    let header = header(&reading.request(), &data).expect("no error").expect("a header");
    let kinds: Vec<_> = header.columns.iter().map(|c| c.kind).collect();
    let number = Some(Number);
    assert_eq!(
        kinds,
        [
            number,
            number,
            number,
            Some(Boolean),
            Some(Date),
            None,
            Some(Timestamp),
            number
        ]
    );

    let problem = refuse(source("t.parquet"), bytes.clone(), &[("float", Number)]);
    assert!(problem.help.expect("help").contains("float: { decimal: 2 }"));
    let mut rounded = source("t.parquet");
    let kind = Some(ColumnKind::Decimal(2));
    rounded
        .columns
        .insert("float".to_owned(), Declared { from: None, kind });
    // 0.575 lies half-way between two cents: the even one is 0.58.
    let expected = rows(&[&["0.58"], &["-"], &["100000000000000000000"]]);
    assert_eq!(read(rounded, bytes, &[("float", Number)]), expected);
}

#[test]
fn parquet_timestamps_of_every_unit_with_and_without_a_zone() {
    let bytes = parquet(vec![
        ("s", Arc::new(TimestampSecondArray::from(vec![SECONDS]))),
        (
            "us",
            Arc::new(TimestampMicrosecondArray::from(vec![SECONDS * 1_000_000])),
        ),
        (
            "ns",
            Arc::new(TimestampNanosecondArray::from(vec![SECONDS * 1_000_000_000 - 1])),
        ),
        (
            "utc",
            Arc::new(TimestampMicrosecondArray::from(vec![SECONDS * 1_000_000]).with_timezone("+02:00")),
        ),
    ]);
    let columns = &[
        ("s", Timestamp),
        ("us", Timestamp),
        ("ns", Timestamp),
        ("utc", Timestamp),
    ];
    let mut berlin = source("t.parquet");
    berlin.time_zone = Some(TimeZone::get("Europe/Berlin").expect("bundled"));
    // A clock in Berlin that shows 08:05 on that day is an hour ahead of UTC.
    let expected = rows(&[&[
        "2026-10-31T07:05:00Z",
        "2026-10-31T07:05:00Z",
        "2026-10-31T07:04:59.999999Z",
        "2026-10-31T08:05:00Z",
    ]]);
    assert_eq!(read(berlin, bytes.clone(), columns), expected);
    assert_eq!(read(source("t.parquet"), bytes.clone(), &[("utc", Timestamp)]).len(), 1);
    assert_eq!(refuse(source("t.parquet"), bytes, columns).rule, "missing-time-zone");
}

#[test]
fn parquet_rows_stay_in_order_and_dictionaries_stay_dictionaries() {
    let words: DictionaryArray<Int32Type> = (0..5000).map(|i| Some(["P1", "P2", "P3"][i % 3])).collect();
    let plain = StringArray::from((0..5000).map(|i| ["P1", "P2", "P3"][i % 3]).collect::<Vec<_>>());
    let numbers: Int32Array = (0..5000).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(numbers)),
        ("word", Arc::new(words)),
        ("plain", Arc::new(plain)),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("columns");
    let mut bytes = Vec::new();
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(700))
        .build();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("memory");
    writer.close().expect("memory");
    let data = Data::files([("t.parquet", bytes)]);
    let reading = Reading::new(source("t.parquet"), &[("id", Number), ("word", Text), ("plain", Text)]);
    let read = reading.rows(&data);
    assert_eq!(read.len(), 5000);
    for (i, row) in read.iter().enumerate() {
        let word = Some(["P1", "P2", "P3"][i % 3].to_owned());
        assert_eq!(*row, [Some(i.to_string()), word.clone(), word]);
    }
    let dictionaries = scan(
        &reading.request(),
        &data,
        || true,
        |all, chunk| {
            let is_dictionary = |column: &Column| matches!(column, Column::Text(Texts::Dictionary(_)));
            *all &= chunk.batch.columns[1..].iter().all(is_dictionary);
            Ok(())
        },
        |all, later| {
            *all &= later;
            Ok(())
        },
    );
    assert!(dictionaries.expect("rows").state);
}

#[test]
fn parquet_texts_are_read_as_what_they_are_used_as() {
    let bytes = parquet(vec![(
        "n",
        Arc::new(StringArray::from(vec![Some("1.5"), Some(""), Some("x"), Some("2")])),
    )]);
    let problem = refuse(source("t.parquet"), bytes.clone(), &[("n", Number)]);
    assert_eq!(problem.rule, "unreadable-value");
    assert_eq!(place(&problem.primary.place), ("t.parquet", None, Some("n")));
    assert_eq!(problem.message, "`x` in row 3 is no number");
    let mut skipping = source("t.parquet");
    skipping.on_bad_row = OnBadRow::Skip;
    let data = Data::files([("t.parquet", bytes)]);
    let scanned = Reading::new(skipping, &[("n", Number)]).scan(&data).expect("rows");
    assert_eq!(scanned.state, rows(&[&["1.5"], &["-"], &["2"]]));
    assert_eq!(scanned.counts.skipped, 1);
}

#[test]
fn what_is_no_parquet_is_refused() {
    assert_eq!(
        refuse(source("t.parquet"), "id\n1\n", &[("id", Number)]).rule,
        "unreadable-file"
    );
    let mut declared = source("t.csv");
    declared.format.kind = Some(FileKind::Ndjson);
    assert_eq!(read(declared, "{\"id\": 1}\n", &[("id", Number)]), rows(&[&["1"]]));
}
