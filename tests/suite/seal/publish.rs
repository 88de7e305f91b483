//! Sealing: what is written, what stands, what a restatement says, and what an interrupted run leaves.

use std::fs;

use scoreline::quantity::Rational;
use scoreline::seal::{Ledger, Statement};
use scoreline::source::{DiskTree, sha256};

use super::*;
use crate::cli::replace;

const EDITION: &str = "reports/desk/2026-10/edition-1";

fn ledger(folder: &Path) -> Ledger {
    Ledger::read(&DiskTree::new(folder.join("reports")), "").expect("a ledger")
}

#[test]
fn sealing_keeps_an_edition_and_says_what_it_was_made_from() {
    let folder = workspace();
    let run = seal(folder.path(), "2026-10");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let text = read(folder.path(), "reports/desk/2026-10.intoto.json");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["_type"], "https://in-toto.io/Statement/v1");
    let statement = Statement::parse(text.as_bytes()).expect("a statement");
    let names: Vec<&str> = statement.subject.iter().map(|subject| &*subject.name).collect();
    assert_eq!(
        names,
        ["2026-10.html", "2026-10.md", "2026-10/points.svg", "2026-10.json"]
    );
    for subject in &statement.subject {
        for place in ["reports/desk", EDITION] {
            let bytes = fs::read(folder.path().join(place).join(&subject.name)).expect("a file");
            assert_eq!(sha256(bytes), subject.digest.sha256, "{place}/{}", subject.name);
        }
    }
    let inputs = [&statement.predicate.specification, &statement.predicate.data];
    let inputs: Vec<(&str, &str)> = inputs
        .into_iter()
        .flatten()
        .map(|file| (&*file.name, &*file.digest.sha256))
        .collect();
    let of = |text: &str| sha256(text);
    assert_eq!(
        inputs,
        [
            ("desk.yaml", &*of(DESK)),
            ("scoreline.yaml", &*of(SETTINGS)),
            ("answers.csv", &*of(ANSWERS)),
        ]
    );
    assert_eq!(report(folder.path(), "2026-10")["publication"]["code"], "final");
    assert!(read(folder.path(), "reports/desk/2026-10.html").contains("final, edition 1"));
}

#[test]
fn the_ledger_holds_what_was_published() {
    let folder = workspace();
    let run = seal(folder.path(), "2026-10");
    let ledger = ledger(folder.path());
    let entry = ledger.current("desk", "2026-10").expect("an entry");
    assert_eq!(
        (entry.seq, entry.edition, &entry.supersedes, &entry.reason),
        (1, 1, &None, &None)
    );
    assert_eq!(
        entry.digest,
        sha256(read(folder.path(), &format!("{EDITION}/2026-10.intoto.json")))
    );
    // Three of five, and half of EUR 100.00.
    assert_eq!(entry.figures.kpis["good"].value, Rational::new(3, 5));
    assert_eq!(entry.figures.credit_of("good"), Rational::integer(50));
    assert!(
        run.stdout
            .contains(&format!("ledger head {}", ledger.head().expect("a head"))),
        "{}",
        run.stdout
    );
}

#[test]
fn the_same_figures_are_published_once() {
    let folder = workspace();
    seal(folder.path(), "2026-10");
    let before = contents(folder.path());
    let run = seal(folder.path(), "2026-10");
    assert_eq!(run.code, 0);
    assert!(
        run.stdout
            .contains("published as edition 1 with the same figures: it stands"),
        "{}",
        run.stdout
    );
    assert_eq!(contents(folder.path()), before);
    // A further row of another month changes no figure, though the file is another one.
    let grown = format!("{ANSWERS}h,2026-12-05,5\n");
    write(folder.path(), "answers.csv", &grown);
    let reports = contents(&folder.path().join("reports"));
    assert_eq!(seal(folder.path(), "2026-10").code, 0);
    assert_eq!(contents(&folder.path().join("reports")), reports);
}

#[test]
fn other_figures_need_a_reason_and_become_another_edition() {
    let folder = workspace();
    seal(folder.path(), "2026-10");
    let first = contents(&folder.path().join(EDITION));
    replace(folder.path(), "answers.csv", "d,2026-10-04,2", "d,2026-10-04,4");
    let before = contents(&folder.path().join("reports"));
    let run = seal(folder.path(), "2026-10");
    assert_eq!(run.code, 1);
    // Three of five are at risk, four of five have met the target.
    for said in [
        "desk 2026-10 is published as edition 1, which says something else:",
        "Good answers: At risk → Met, 60.0% → 80.0%; service credit EUR 50.00 → EUR 0.00 (−EUR 50.00)",
        "--restate \"REASON\"",
        "nothing was written",
    ] {
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    assert_eq!(contents(&folder.path().join("reports")), before);

    let run = restate(folder.path(), "2026-10", "A survey | was entered late");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(contents(&folder.path().join(EDITION)), first);
    let ledger = ledger(folder.path());
    let [one, two] = ledger.entries() else {
        panic!("two entries")
    };
    assert_eq!((two.edition, two.supersedes.as_deref()), (2, Some(&*one.digest)));
    assert_eq!(two.reason.as_deref(), Some("A survey | was entered late"));
    let report = report(folder.path(), "2026-10");
    assert_eq!(report["publication"]["code"], "restated");
    let texts: Vec<&str> = report["publication"]["differences"]
        .as_array()
        .expect("differences")
        .iter()
        .map(|change| change["text"].as_str().expect("a text"))
        .collect();
    assert_eq!(
        texts,
        [
            "Score 0.0 → 100.0 (+100.0)",
            "At risk → Met, 60.0% → 80.0%; service credit EUR 50.00 → EUR 0.00 (−EUR 50.00)",
            "Service credit EUR 50.00 → EUR 0.00 (−EUR 50.00)",
        ]
    );
    let page = read(folder.path(), "reports/desk/2026-10.html");
    assert!(page.contains("restated, edition 2") && page.contains("A survey | was entered late"));
    // Once more: edition 2 stands, down to its bytes.
    let before = contents(&folder.path().join("reports"));
    assert_eq!(restate(folder.path(), "2026-10", "Another reason").code, 0);
    assert_eq!(contents(&folder.path().join("reports")), before);
}

#[test]
fn a_draft_never_takes_the_place_of_what_is_published() {
    let folder = workspace();
    seal(folder.path(), "2026-10");
    replace(folder.path(), "answers.csv", "d,2026-10-04,2", "d,2026-10-04,4");
    let before = contents(&folder.path().join("reports"));
    let run = scoreline(folder.path(), &["build", "--period", "2026-10"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stderr
            .contains("is published as edition 1, which says something else"),
        "{}",
        run.stderr
    );
    assert_eq!(contents(&folder.path().join("reports")), before);
    let run = scoreline(folder.path(), &["build", "--period", "2026-10", "--out", "drafts"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let draft = read(folder.path(), "drafts/desk/2026-10.md");
    assert!(draft.contains(" · draft\n"), "{draft}");
    assert!(draft.contains("What differs from the published edition"), "{draft}");
}

#[test]
fn an_interrupted_run_is_completed_by_the_next() {
    let folder = workspace();
    seal(folder.path(), "2026-10");
    let whole = contents(&folder.path().join("reports"));
    // Interrupted before the ledger, and between the ledger and the files that everybody reads.
    let steps: [&[&str]; 3] = [
        &["LEDGER.jsonl", "desk/2026-10.html", "desk/2026-10.intoto.json"],
        &["desk/2026-10.html", "desk/2026-10.json"],
        &["desk/2026-10/edition-1/2026-10.md", "LEDGER.jsonl"],
    ];
    for lost in steps {
        for name in lost {
            fs::remove_file(folder.path().join("reports").join(name)).expect("removable");
        }
        assert_eq!(seal(folder.path(), "2026-10").code, 0);
        assert_eq!(contents(&folder.path().join("reports")), whole);
    }
}

#[test]
fn what_a_restatement_does_not_contain_goes() {
    let folder = workspace();
    scoreline(
        folder.path(),
        &[
            "build",
            "--period",
            "2026-10",
            "--seal",
            "--audience",
            "operations",
            "--audience",
            "finance",
        ],
    );
    assert!(folder.path().join("reports/desk/2026-10.finance.html").is_file());
    replace(folder.path(), "answers.csv", "d,2026-10-04,2", "d,2026-10-04,4");
    restate(folder.path(), "2026-10", "Late");
    assert!(!folder.path().join("reports/desk/2026-10.finance.html").exists());
    assert!(folder.path().join(EDITION).join("2026-10.finance.html").is_file());
}

#[test]
fn nothing_is_sealed_without_data_or_on_a_broken_ledger() {
    let folder = workspace();
    let run = seal(folder.path(), "2027-01");
    assert_eq!(run.code, 1);
    assert_eq!(
        run.stderr,
        "desk 2027-01 cannot be sealed: there are no data\nnothing was written\n"
    );
    assert!(!folder.path().join("reports").exists());
    seal(folder.path(), "2026-10");
    replace(folder.path(), "reports/LEDGER.jsonl", "\"seq\":1", "\"seq\":7");
    let run = seal(folder.path(), "2026-11");
    assert_eq!(run.code, 3);
    assert!(
        run.stderr
            .contains("ledger `LEDGER.jsonl`, line 1: it says that it is entry 7"),
        "{}",
        run.stderr
    );
    assert!(!folder.path().join("reports/desk/2026-11.html").exists());
}

#[test]
fn a_reason_is_only_for_sealing() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["build", "--period", "2026-10", "--restate", "why"]);
    assert_eq!(run.code, 2);
    // Nor is it one that says nothing.
    let run = restate(folder.path(), "2026-10", " ");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("the reason is empty"), "{}", run.stderr);
}

/// October is covered to its 15th: a, b, c and d, of which three are good.
#[test]
fn what_may_still_change_is_published_as_such() {
    let folder = workspace();
    let folder = folder.path();
    let run = scoreline(
        folder,
        &["build", "--period", "2026-10", "--seal", "--data-through", "2026-10-15"],
    );
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(
        run.stdout.contains(
            "sealed desk 2026-10 as edition 1, provisional: data cover the period only until 2026-10-16 00:00"
        ),
        "{}",
        run.stdout
    );
    let ledger = ledger(folder);
    let figures = &ledger.current("desk", "2026-10").expect("an entry").figures;
    assert_eq!(figures.kpis["good"].value, Rational::new(3, 4));
    let text = read(folder, "reports/desk/2026-10.intoto.json");
    let statement = Statement::parse(text.as_bytes()).expect("a statement");
    assert_eq!(
        statement.predicate.arguments.data_through.as_deref(),
        Some("2026-10-15")
    );
    // It is built again with the data of that day.
    assert_eq!(scoreline(folder, &["verify"]).code, 0);
    let run = seal(folder, "2026-10");
    assert_eq!(run.code, 1);
    let said = "Good answers: Met → At risk, 75.0% → 60.0%; no longer provisional";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(restate(folder, "2026-10", "The month is over").code, 0);
    assert_eq!(scoreline(folder, &["verify"]).code, 0);
}

/// 45 of 46 are 97.826… %, 44 of 45 are 97.777… %: both 97.8 % with one decimal.
#[test]
fn a_difference_that_rounding_hides_is_written_out() {
    let folder = workspace();
    let folder = folder.path();
    let rows = |good: usize| {
        let row = |n: usize| format!("r{n},2026-10-{:02},{}\n", 1 + n % 28, if n < good { 5 } else { 1 });
        format!("id,day,score\n{}", (0..=good).map(row).collect::<String>())
    };
    write(folder, "answers.csv", &rows(45));
    seal(folder, "2026-10");
    write(folder, "answers.csv", &rows(44));
    let run = restate(folder, "2026-10", "one was counted twice");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let markdown = read(folder, "reports/desk/2026-10.md");
    assert!(markdown.contains("- Good answers: 97.83% → 97.78%\n"), "{markdown}");
    let schema = jsonschema::validator_for(&scoreline::report::View::schema()).expect("a schema");
    let report = report(folder, "2026-10");
    let faults: Vec<String> = schema.iter_errors(&report).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
}
