//! Which files a source has, its header, keys, and rows given in a document.

use indexmap::IndexMap;
use scoreline::diagnostics::Diagnostic;
use scoreline::expression::Type::{self, Date, Number, Text, Timestamp};
use scoreline::quantity::PeriodScheme;
use scoreline::resolve::terms::{Column, ColumnKind, Covers};
use scoreline::tables::{Data, Given, Rejected, header, scan};

use super::{Reading, found, place, rows, source};

fn period(label: &str) -> scoreline::quantity::Period {
    PeriodScheme::MONTH.parse(label).expect("a period")
}

#[test]
fn a_period_in_the_path_reads_the_files_of_the_periods_asked_for() {
    let data = Data::files([
        ("data/t-2026-08.csv", "id\n8\n"),
        ("data/t-2026-09.csv", "id\n9\n"),
        ("data/t-2026-11.csv", "id\n11\n"),
    ]);
    let mut monthly = source("data/t-{period}.csv");
    monthly.covers = Covers::File;
    let mut reading = Reading::new(monthly, &[("id", Number)]);
    reading.periods = vec![period("2026-09"), period("2026-10"), period("2026-11")];
    let scanned = reading.scan(&data).expect("rows");
    assert_eq!(scanned.state, rows(&[&["9"], &["11"]]));
    assert_eq!(scanned.missing, [period("2026-10")]);
    let files: Vec<_> = scanned
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.period))
        .collect();
    assert_eq!(
        files,
        [
            ("data/t-2026-09.csv", Some(period("2026-09"))),
            ("data/t-2026-11.csv", Some(period("2026-11")))
        ]
    );
    reading.periods = vec![period("2026-10")];
    let scanned = reading.scan(&data).expect("no rows");
    assert_eq!((scanned.state.len(), scanned.files.len()), (0, 0));
    assert_eq!(header(&reading.request(), &data).expect("no error"), None);
    reading.periods = Vec::new();
    assert!(header(&reading.request(), &data).expect("no error").is_some());
}

#[test]
fn a_path_is_relative_to_the_declaring_documents_folder() {
    let data = Data::files([("cards/data/a.csv", "id\n1\n"), ("shared/a.csv", "id\n2\n")]);
    let mut reading = Reading::new(source("data/a.csv"), &[("id", Number)]);
    reading.base = "cards";
    assert_eq!(reading.rows(&data), rows(&[&["1"]]));
    reading.source.path = "../shared/a.csv".to_owned();
    assert_eq!(reading.rows(&data), rows(&[&["2"]]));
}

#[test]
fn files_are_found_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let full = folder.path().join(path);
        std::fs::create_dir_all(full.parent().expect("a folder")).expect("a folder");
        std::fs::write(full, text).expect("a file");
    };
    write("cards/data/b.csv", "id\n2\n");
    write("cards/data/a.csv", "id\n1\n");
    write("cards/data/.hidden.csv", "id\n9\n");
    write("cards/data/x/y/c.csv", "id\n3\n");
    let data = Data::folder(folder.path());
    let mut reading = Reading::new(source("data/*.csv"), &[("id", Number)]);
    reading.base = "cards";
    assert_eq!(reading.rows(&data), rows(&[&["1"], &["2"]]));
    reading.source.path = "data/**/*.csv".to_owned();
    assert_eq!(reading.rows(&data), rows(&[&["1"], &["2"], &["3"]]));
    reading.source.path = "data/c.csv".to_owned();
    let problem = reading.problem(&data);
    assert_eq!(problem.rule, "missing-file");
    assert_eq!(problem.help.as_deref(), Some("did you mean `data/a.csv`?"));
    reading.source.path = "data".to_owned();
    assert!(reading.problem(&data).help.expect("help").contains("`data/*.csv`"));
    reading.source.path = "../cards/data/a.csv".to_owned();
    assert_eq!(reading.rows(&data), rows(&[&["1"]]));
    // `printf 'id\n1\n' | sha256sum`
    assert_eq!(
        reading.scan(&data).expect("rows").files[0].digest,
        "7cde7fb64fd82bd152710cf238e017b9ab46c0592483edc067ba4f6c75fac108"
    );
}

#[test]
fn a_missing_file_is_named_with_its_neighbours() {
    let data = Data::files([("data/outages.csv", "id\n")]);
    let problem = Reading::new(source("data/outage.csv"), &[]).problem(&data);
    assert_eq!(problem.rule, "missing-file");
    assert_eq!(problem.message, "`data/outage.csv` is not there");
    assert_eq!(problem.help.as_deref(), Some("did you mean `data/outages.csv`?"));
    let problem = Reading::new(source("logs/*.csv"), &[]).problem(&data);
    assert_eq!(problem.message, "no file fits `logs/*.csv`");
    let problem = Reading::new(source("data/outages.xls"), &[]).problem(&Data::files([("data/outages.xls", "")]));
    assert_eq!(problem.rule, "unreadable-file");
}

#[test]
fn a_header_knows_what_is_declared_and_what_looks_like_time() {
    let text = "id,Close Code,opened,day,id2,id2\n1,x,,2026-10-01,1,1\n2,x,2026-10-01T08:00,2026-10-02,1,1\n";
    let data = Data::files([("t.csv", text)]);
    let mut declared = source("t.csv");
    let column = |from: Option<&str>, kind| Column {
        from: from.map(str::to_owned),
        kind,
    };
    declared
        .columns
        .insert("code".to_owned(), column(Some("close code"), None));
    declared
        .columns
        .insert("id".to_owned(), column(None, Some(ColumnKind::Number)));
    let reading = Reading::new(declared, &[]);
    let header = header(&reading.request(), &data).expect("no error").expect("a header");
    let columns: Vec<_> = header
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.in_file.as_str(), c.kind, c.looks, c.duplicate))
        .collect();
    assert_eq!(
        columns,
        [
            ("id", "id", Some(Number), None, false),
            ("code", "Close Code", None, None, false),
            ("opened", "opened", None, Some(Timestamp), false),
            ("day", "day", None, Some(Date), false),
            ("id2", "id2", None, None, true),
            ("id2", "id2", None, None, true),
        ]
    );
    assert_eq!(header.find("OPENED").map(|c| c.name.as_str()), Some("opened"));
}

#[test]
fn the_last_row_of_a_key_in_file_order_counts() {
    let data = Data::files([
        ("data/1.csv", "id,note\na,1\nb,2\na,3\n,4\n"),
        ("data/2.csv", "id,note\nc,5\nb,6\n,7\n"),
    ]);
    let mut keyed = source("data/*.csv");
    keyed.key = Some("ID".to_owned());
    for chunk in [1, 9, 1000] {
        for columns in [&[("note", Number)][..], &[("id", Text), ("note", Number)]] {
            let mut reading = Reading::new(keyed.clone(), columns);
            reading.chunk = chunk;
            let scanned = reading.scan(&data).expect("rows");
            let notes: Vec<_> = scanned
                .state
                .iter()
                .map(|row| row.last().cloned().flatten().expect("a note"))
                .collect();
            assert_eq!(notes, ["3", "4", "5", "6", "7"]);
            let counts = scanned.counts;
            assert_eq!((counts.rows, counts.replaced, counts.null_keys), (5, 2, 2));
            assert_eq!(scanned.files.len(), 2);
            assert_eq!(scanned.files[0].digest.len(), 64);
        }
    }
}

#[test]
fn a_row_that_a_fold_refuses_is_named_unless_it_is_replaced() {
    let text = "id,note\na,\nb,2\na,3\n";
    let run = |key: bool| {
        let mut keyed = source("t.csv");
        keyed.key = key.then(|| "id".to_owned());
        let reading = Reading::new(keyed, &[("note", Number)]);
        let data = Data::files([("t.csv", text)]);
        scan(
            &reading.request(),
            &data,
            || 0,
            |count, chunk| {
                *count += chunk.batch.rows;
                let null = super::texts(chunk.batch).iter().position(|row| row[0].is_none());
                null.map_or(Ok(()), |row| {
                    Err(Rejected {
                        row,
                        column: Some("note".to_owned()),
                        label: "null here".to_owned(),
                        diagnostic: Box::new(Diagnostic::new(
                            "null-in-condition",
                            reading.source.path_span,
                            "`hit` is null",
                        )),
                    })
                })
            },
            |count, later| {
                *count += later;
                Ok(())
            },
        )
    };
    assert_eq!(run(true).expect("rows").state, 2);
    let problem = found(run(false).expect_err("a null"));
    assert_eq!(problem.secondary[0].text, "null here");
    assert_eq!(place(&problem.secondary[0].place), ("t.csv", Some(2), Some("note")));
}

#[test]
fn given_rows_are_read_as_iso_whatever_the_files_look_like() {
    let mut declared = source("data/nowhere.csv");
    declared.time_zone = Some(jiff::tz::TimeZone::get("Europe/Berlin").expect("bundled"));
    declared.format.decimal = b',';
    declared.format.nulls = vec!["0".to_owned()];
    let pattern = Some(ColumnKind::Timestamp(Some("%d/%m/%Y".to_owned())));
    let column = Column {
        from: Some("Started".to_owned()),
        kind: pattern,
    };
    declared.columns.insert("started_at".to_owned(), column);
    let cell = |text: &str| Some(text.to_owned());
    let given = Given {
        path: "scenario.yaml".to_owned(),
        columns: vec!["Started_At".to_owned(), "hours".to_owned()],
        rows: vec![vec![cell("2026-10-12T09:00"), cell("1.5")], vec![None, cell("0")]],
    };
    let data = Data::given(IndexMap::from([("tickets".to_owned(), given)]));
    let columns: &[(&str, Type)] = &[("started_at", Timestamp), ("hours", Number), ("service", Text)];
    let reading = Reading::new(declared, columns);
    assert_eq!(
        reading.rows(&data),
        rows(&[&["2026-10-12T07:00:00Z", "1.5", "-"], &["-", "0", "-"]])
    );
    let header = header(&reading.request(), &data).expect("no error").expect("a header");
    assert!(header.open);
    assert_eq!(header.find("started_at").and_then(|c| c.kind), Some(Timestamp));
    let empty = Data::given(IndexMap::new());
    assert_eq!(reading.rows(&empty), rows(&[]));
}

#[test]
fn an_unreadable_value_is_found_in_the_first_file_that_has_one() {
    let data = Data::files([
        ("data/1.csv", "id\n1\n"),
        ("data/2.csv", "id\n2\nx\n"),
        ("data/3.csv", "id\ny\n"),
    ]);
    let reading = Reading::new(source("data/*.csv"), &[("id", Number)]);
    assert_eq!(
        place(&reading.problem(&data).primary.place),
        ("data/2.csv", Some(3), Some("id"))
    );
}

#[test]
fn a_period_path_that_no_file_fits_is_a_missing_file() {
    let data = Data::files([
        ("data/tickets-2026-09.csv", "id\n9\n"),
        ("data/tickets-2026-10.csv", "id\n10\n"),
    ]);
    let mut monthly = source("data/tikets-{period}.csv");
    monthly.covers = Covers::File;
    let mut reading = Reading::new(monthly, &[("id", Number)]);
    reading.periods = vec![period("2026-10")];
    let problem = reading.problem(&data);
    assert_eq!(problem.rule, "missing-file");
    assert_eq!(problem.message, "no file fits `data/tikets-{period}.csv`");
    assert_eq!(
        problem.help.as_deref(),
        Some("did you mean `data/tickets-{period}.csv`?")
    );
    // One period's file is there: another's is missing and no error.
    reading.source.path = "data/tickets-{period}.csv".to_owned();
    reading.periods = vec![period("2026-11")];
    assert_eq!(reading.scan(&data).expect("no rows").missing, [period("2026-11")]);
}
