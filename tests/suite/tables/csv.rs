//! Delimited text as spreadsheets, databases and scripts write it.

use std::io::Write;

use scoreline::expression::Type::{Date, Number, Text, Timestamp};
use scoreline::resolve::terms::OnBadRow;
use scoreline::tables::{Data, header, locate};

use super::{Reading, place, read, refuse, rows, source};

const ID_AND_NOTE: &[(&str, scoreline::expression::Type)] = &[("id", Number), ("note", Text)];

fn expected() -> super::Rows {
    rows(&[&["1", "plain"], &["2", "a, \"b\"\nc"], &["3", "-"], &["4", "Grüße"]])
}

const TABLE: &str = "id,note\n1,plain\n2,\"a, \"\"b\"\"\nc\"\n3,\n4,Grüße\n";

#[test]
fn quotes_line_ends_and_byte_order_marks_do_not_change_the_rows() {
    let crlf = TABLE.replace('\n', "\r\n").replace("\"\r\nc", "\"\nc");
    let mixed = TABLE.replacen("plain\n", "plain\r\n", 1);
    for text in [
        TABLE.to_owned(),
        crlf,
        mixed,
        format!("\u{feff}{TABLE}"),
        TABLE.trim_end().to_owned(),
        TABLE.replace("3,\n", "\n\n3,\n\r\n"),
        format!("\n{TABLE}"),
        TABLE
            .replace("id,note", "\"id\" , \"note\"")
            .replace("\"id\" , \"note\"", " id ,\"note\""),
        TABLE.replace("1,plain", " 1 ,\"plain\""),
    ] {
        assert_eq!(read(source("t.csv"), text.clone(), ID_AND_NOTE), expected(), "{text:?}");
    }
}

#[test]
fn chunk_borders_fall_anywhere_without_changing_the_rows() {
    let long: String = (0..50)
        .map(|i| format!("{i},\"line {i}\n\"\"quoted\"\", and more\"\n"))
        .collect();
    let data = Data::files([("t.csv", format!("id,note\n{long}"))]);
    let mut reading = Reading::new(source("t.csv"), ID_AND_NOTE);
    reading.chunk = 1 << 20;
    let whole = reading.rows(&data);
    assert_eq!(whole.len(), 50);
    assert_eq!(whole[49][1].as_deref(), Some("line 49\n\"quoted\", and more"));
    for chunk in (1..200).chain([1000, 1500]) {
        reading.chunk = chunk;
        assert_eq!(reading.rows(&data), whole, "{chunk}");
    }
}

#[test]
fn compressed_files_are_read_as_what_they_hold() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(TABLE.as_bytes()).expect("memory");
    let gzip = gzip.finish().expect("memory");
    let zstd = zstd::encode_all(TABLE.as_bytes(), 3).expect("memory");
    // Two members one after the other are one text, as `cat a.gz b.gz` makes them.
    let mut second = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    second.write_all(b"5,more\n").expect("memory");
    let two = [gzip.clone(), second.finish().expect("memory")].concat();
    assert_eq!(read(source("t.csv.gz"), gzip.clone(), ID_AND_NOTE), expected());
    assert_eq!(read(source("t.csv.zst"), zstd, ID_AND_NOTE), expected());
    assert_eq!(read(source("t.csv"), gzip.clone(), ID_AND_NOTE), expected());
    assert_eq!(read(source("t.csv.gz"), two, ID_AND_NOTE).len(), 5);
    let problem = refuse(source("t.csv.gz"), &gzip[..gzip.len() - 12], ID_AND_NOTE);
    assert_eq!(
        (problem.rule, place(&problem.primary.place).0),
        ("unreadable-file", "t.csv.gz")
    );
}

#[test]
fn other_encodings_are_declared_or_marked() {
    let latin: Vec<u8> = TABLE
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("Latin-1"))
        .collect();
    let mut declared = source("t.csv");
    declared.format.encoding = Some("windows-1252".to_owned());
    assert_eq!(read(declared.clone(), latin.clone(), ID_AND_NOTE), expected());
    declared.format.encoding = Some("latin1".to_owned());
    assert_eq!(read(declared.clone(), latin.clone(), ID_AND_NOTE), expected());

    let little: Vec<u8> = TABLE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = TABLE.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [b"\xFF\xFE".to_vec(), little.clone()].concat();
    assert_eq!(read(source("t.csv"), marked, ID_AND_NOTE), expected());
    let marked = [b"\xFE\xFF".to_vec(), big].concat();
    assert_eq!(read(source("t.csv"), marked, ID_AND_NOTE), expected());
    declared.format.encoding = Some("utf-16".to_owned());
    assert_eq!(read(declared.clone(), little, ID_AND_NOTE), expected());

    let problem = refuse(source("t.csv"), latin, ID_AND_NOTE);
    assert_eq!(place(&problem.primary.place), ("t.csv", Some(6), Some("note")));
    assert!(problem.help.expect("help").contains("encoding: windows-1252"));

    declared.format.encoding = Some("klingon".to_owned());
    assert_eq!(refuse(declared, TABLE, ID_AND_NOTE).rule, "invalid-value");
}

#[test]
fn delimiters_follow_the_declaration_the_ending_and_the_decimal_comma() {
    let expected = rows(&[&["1.5", "a"], &["-2", "b,c"]]);
    let columns = &[("id", Number), ("note", Text)];
    let mut comma = source("t.csv");
    comma.format.decimal = b',';
    assert_eq!(read(comma.clone(), "id;note\n1,5;a\n-2;b,c\n", columns), expected);
    assert_eq!(read(source("t.tsv"), "id\tnote\n1.5\ta\n-2\tb,c\n", columns), expected);
    assert_eq!(
        read(source("t.csv"), "sep=;\r\nid;note\r\n1.5;a\r\n-2;b,c\r\n", columns),
        expected
    );
    let mut pipes = source("t.csv");
    pipes.format.delimiter = Some(b'|');
    assert_eq!(read(pipes, "id|note\n1.5|a\n-2|b,c\n", columns), expected);
    let old = "id,note\r1.5,a\r-2,\"b,c\"\r";
    assert_eq!(read(source("t.csv"), old, columns), expected);
    comma.format.delimiter = Some(b',');
    assert_eq!(read(comma, "id,note\n\"1,5\",a\n-2,\"b,c\"\n", columns), expected);
}

#[test]
fn a_wrong_delimiter_is_hinted_at() {
    let data = Data::files([("t.csv", "id;note\n1;a\n")]);
    let reading = Reading::new(source("t.csv"), &[]);
    let header = header(&reading.request(), &data).expect("a header").expect("a file");
    assert!(header.hint.expect("a hint").contains("delimiter: \";\""));
}

#[test]
fn quotes_inside_a_value_are_text() {
    let text = "id,note\n1,5\" pipe\n2,\"a\" b\n3,c \"d, e\"\n";
    let mut skipping = source("t.csv");
    skipping.on_bad_row = OnBadRow::Skip;
    assert_eq!(
        read(skipping, text, ID_AND_NOTE),
        rows(&[&["1", "5\" pipe"], &["2", "a b"]])
    );
    let problem = refuse(source("t.csv"), text, ID_AND_NOTE);
    assert_eq!(place(&problem.primary.place), ("t.csv", Some(4), None));
    assert_eq!(problem.message, "this row has 3 values where the header has 2");
}

#[test]
fn a_quote_that_is_never_closed_is_named_where_it_opens() {
    let problem = refuse(source("t.csv"), "id,note\n1,a\n2,\"b\n3,c\n", ID_AND_NOTE);
    assert_eq!(problem.rule, "unreadable-row");
    assert_eq!(place(&problem.primary.place), ("t.csv", Some(3), None));
}

#[test]
fn a_row_of_another_length_is_an_error_unless_skipped() {
    let text = "id,note\n1,\"two\nlines\"\n2\n\n3,c,d\n4,e\n";
    let problem = refuse(source("t.csv"), text, ID_AND_NOTE);
    assert_eq!(problem.rule, "unreadable-row");
    assert_eq!(problem.message, "this row has 1 value where the header has 2");
    assert_eq!(place(&problem.primary.place), ("t.csv", Some(4), None));
    let mut skipping = source("t.csv");
    skipping.on_bad_row = OnBadRow::Skip;
    let data = Data::files([("t.csv", text)]);
    let scanned = Reading::new(skipping, ID_AND_NOTE).scan(&data).expect("rows");
    assert_eq!(scanned.state, rows(&[&["1", "two\nlines"], &["4", "e"]]));
    assert_eq!((scanned.counts.rows, scanned.counts.skipped), (2, 2));
}

#[test]
fn the_first_bad_value_of_the_file_is_named_whatever_the_columns_and_chunks() {
    let mut text = String::from("id,at,day\n");
    for i in 0..100 {
        text += &format!("{i},2026-01-01T00:00Z,2026-01-01\n");
    }
    text += "100,2026-01-01T00:00Z,yesterday\nx,2026-01-01T00:00Z,2026-01-01\n";
    let columns = &[("id", Number), ("at", Timestamp), ("day", Date)];
    for chunk in [1, 50, 300, 1 << 20] {
        let mut reading = Reading::new(source("t.csv"), columns);
        reading.chunk = chunk;
        let problem = reading.problem(&Data::files([("t.csv", text.clone())]));
        assert_eq!(problem.rule, "unreadable-value");
        assert_eq!(place(&problem.primary.place), ("t.csv", Some(102), Some("day")));
        assert_eq!(problem.message, "`yesterday` is no ISO date such as `2026-10-31`");
    }
}

#[test]
fn bad_rows_are_skipped_whole_and_counted() {
    let mut skipping = source("t.csv");
    skipping.on_bad_row = OnBadRow::Skip;
    let text = b"id,note\n1,a\nx,b\n3,caf\xE9\n4,d\n".to_vec();
    let data = Data::files([("t.csv", text)]);
    let scanned = Reading::new(skipping, ID_AND_NOTE).scan(&data).expect("rows");
    assert_eq!(scanned.state, rows(&[&["1", "a"], &["4", "d"]]));
    assert_eq!((scanned.counts.rows, scanned.counts.skipped), (2, 2));
}

#[test]
fn a_table_without_rows_has_none_and_one_without_a_header_is_refused() {
    assert_eq!(read(source("t.csv"), "id,note\n", ID_AND_NOTE), rows(&[]));
    assert_eq!(read(source("t.csv"), "id,note", ID_AND_NOTE), rows(&[]));
    assert_eq!(refuse(source("t.csv"), "", ID_AND_NOTE).rule, "unreadable-file");
}

#[test]
fn columns_are_found_by_name_in_every_file() {
    let data = Data::files([
        ("data/a.csv", "id,note\n1,x\n"),
        ("data/b.csv", "extra,NOTE,id\n9,y,2\n"),
        ("data/c.txt", "id,note\n3,z\n"),
        ("data/deeper/d.csv", "id,note\n4,w\n"),
    ]);
    let reading = Reading::new(source("data/*.csv"), ID_AND_NOTE);
    assert_eq!(reading.rows(&data), rows(&[&["1", "x"], &["2", "y"]]));
    let reading = Reading::new(source("data/**/*.csv"), &[("id", Number)]);
    assert_eq!(reading.rows(&data), rows(&[&["1"], &["2"], &["4"]]));
}

#[test]
fn a_column_that_is_twice_there_or_not_at_all_is_an_error_when_used() {
    let text = "id,note,note\n1,a,b\n";
    assert_eq!(read(source("t.csv"), text, &[("id", Number)]), rows(&[&["1"]]));
    assert_eq!(refuse(source("t.csv"), text, ID_AND_NOTE).rule, "duplicate-column");
    let problem = refuse(source("t.csv"), "id,nota\n1,a\n", ID_AND_NOTE);
    assert_eq!(problem.rule, "unknown-column");
    assert_eq!(problem.help.as_deref(), Some("did you mean `nota`?"));
}

#[test]
fn positions_lead_back_to_lines() {
    let text = "id,note\n1,\"two\nlines\"\n\n2,b\n3,c\n4,d\n";
    let data = Data::files([("t.csv", text)]);
    for chunk in [1, 12, 1000] {
        let mut reading = Reading::new(source("t.csv"), ID_AND_NOTE);
        reading.chunk = chunk;
        let positions = scoreline::tables::scan(
            &reading.request(),
            &data,
            Vec::new,
            |all, chunk| {
                all.extend((0..chunk.batch.rows).map(|row| chunk.position(row)));
                Ok(())
            },
            |all, later| {
                all.extend(later);
                Ok(())
            },
        )
        .expect("rows")
        .state;
        assert!(positions.is_sorted());
        let lines: Vec<Option<u64>> = positions
            .iter()
            .map(|position| {
                let at = locate(&reading.request(), &data, *position, Some("id")).expect("a place");
                place(&at).1
            })
            .collect();
        assert_eq!(lines, [Some(2), Some(5), Some(6), Some(7)]);
    }
}
