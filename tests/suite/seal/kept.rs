//! What is published stays: no draft, no other run and no lost ledger takes its place.

use std::fs;
use std::thread;

use scoreline::seal::{Ledger, Reading};

use super::*;
use crate::cli::replace;

const LEDGER: &str = "reports/LEDGER.jsonl";

/// Four of five are good instead of three.
fn correct_data(folder: &Path) {
    replace(folder, "answers.csv", "d,2026-10-04,2", "d,2026-10-04,4");
}

/// Everything in the folder of reports but the indexes, which every build writes anew.
fn published(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = contents(&folder.join("reports"));
    let files = files
        .into_iter()
        .map(|(path, bytes)| (path.to_string_lossy().into_owned(), bytes));
    files.filter(|(path, _)| !path.contains("index.")).collect()
}

#[test]
fn an_edition_is_not_written_over_when_the_ledger_is_lost() {
    let folder = workspace();
    let folder = folder.path();
    seal(folder, "2026-10");
    fs::remove_file(folder.join(LEDGER)).expect("removable");
    correct_data(folder);
    let before = published(folder);
    let run = scoreline(folder, &["build", "--period", "2026-10", "--seal"]);
    assert_eq!(run.code, 3);
    let said =
        "`desk/2026-10/edition-1/2026-10.html` is kept already, and this run would write another one in its place";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let run = scoreline(folder, &["build", "--period", "2026-10"]);
    assert_eq!(run.code, 0);
    let said = "`desk/2026-10/edition-1` is not named by LEDGER.jsonl";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(published(folder), before);
    // Another period does not begin another ledger.
    let run = seal(folder, "2026-11");
    assert_eq!(run.code, 3);
    let said = "`desk/2026-10/edition-1` is an edition, but there is no LEDGER.jsonl";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(published(folder), before);
}

#[test]
fn an_edition_that_the_ledger_lost_is_not_hidden_by_the_one_before() {
    let folder = workspace();
    let folder = folder.path();
    seal(folder, "2026-10");
    let first = read(folder, LEDGER);
    correct_data(folder);
    assert_eq!(restate(folder, "2026-10", "late").code, 0);
    write(folder, LEDGER, &first);
    replace(folder, "answers.csv", "d,2026-10-04,4", "d,2026-10-04,2");
    let before = published(folder);
    let run = seal(folder, "2026-10");
    assert_eq!(run.code, 3);
    let said = "`desk/2026-10/edition-2` is not named by LEDGER.jsonl";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(published(folder), before);
}

#[test]
fn no_draft_touches_what_is_published_whatever_it_is_asked_for() {
    let folder = workspace();
    let folder = folder.path();
    replace(
        folder,
        "desk.yaml",
        "business_days: always",
        "business_days: always\nviews: [finance, leadership]",
    );
    seal(folder, "2026-10");
    assert!(folder.join("reports/desk/2026-10.leadership.html").is_file());
    replace(folder, "desk.yaml", "views: [finance, leadership]", "views: [finance]");
    let before = published(folder);
    for more in [
        &[][..],
        &["--print"],
        &["--format", "json"],
        &["--audience", "provider"],
        &["--format", "mail"],
    ] {
        for changed in [false, true] {
            if changed {
                correct_data(folder);
            }
            let run = scoreline(folder, &[&["build", "--period", "2026-10"], more].concat());
            assert_eq!(run.code, 0, "{}", run.stderr);
            assert_eq!(published(folder), before, "{more:?}");
            if changed {
                replace(folder, "answers.csv", "d,2026-10-04,4", "d,2026-10-04,2");
            }
        }
    }
    // The same figures with other views are the same publication: nothing is added to it, and that is said.
    let run = scoreline(
        folder,
        &["build", "--period", "2026-10", "--seal", "--audience", "provider"],
    );
    assert_eq!(run.code, 0);
    let said = "with the same figures: it stands, without desk/2026-10.provider.html, desk/2026-10.provider.md";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    assert_eq!(published(folder), before);
}

#[test]
fn a_ledger_that_may_not_be_written_or_is_held_stays() {
    let folder = workspace();
    let folder = folder.path();
    seal(folder, "2026-10");
    write(folder, "reports/.LEDGER.lock", "");
    let run = seal(folder, "2026-11");
    assert_eq!(run.code, 3);
    assert!(
        run.stderr
            .contains("`.LEDGER.lock` says that another run is publishing"),
        "{}",
        run.stderr
    );
    assert!(!folder.join("reports/desk/2026-11.html").exists());
    fs::remove_file(folder.join("reports/.LEDGER.lock")).expect("removable");

    let before = published(folder);
    let mut rights = fs::metadata(folder.join(LEDGER)).expect("a ledger").permissions();
    rights.set_readonly(true);
    fs::set_permissions(folder.join(LEDGER), rights).expect("rights");
    let run = seal(folder, "2026-11");
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("LEDGER.jsonl"), "{}", run.stderr);
    assert_eq!(published(folder), before);
}

#[test]
fn of_two_runs_at_once_none_loses_the_others_line() {
    let folder = workspace();
    let folder = folder.path();
    seal(folder, "2026-10");
    thread::scope(|scope| {
        for period in ["2026-11", "2026-12"] {
            scope.spawn(move || {
                let run = seal(folder, period);
                assert!(run.code == 0 || run.stderr.contains("run again") || run.stderr.contains("is publishing"));
            });
        }
    });
    for period in ["2026-11", "2026-12"] {
        assert_eq!(seal(folder, period).code, 0);
    }
    let reading = Reading::new(read(folder, LEDGER).as_bytes());
    assert_eq!((reading.breaks, reading.lines.len()), (Vec::new(), 3));
    assert_eq!(scoreline(folder, &["verify"]).code, 0);
}

#[test]
fn of_two_branches_one_publishes_again() {
    let folder = workspace();
    let folder = folder.path();
    seal(folder, "2026-10");
    let base = read(folder, LEDGER);
    seal(folder, "2026-11");
    let ours = read(folder, LEDGER);
    write(folder, LEDGER, &base);
    seal(folder, "2026-12");
    let theirs = read(folder, LEDGER);
    let line = |text: &str| text.lines().last().expect("a line").to_owned();
    let merged = format!(
        "{base}<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> december\n",
        line(&ours),
        line(&theirs)
    );
    write(folder, LEDGER, &merged);
    for arguments in [
        &["build", "--period", "2026-12", "--seal"][..],
        &["build", "--period", "2026-12"],
    ] {
        let run = scoreline(folder, arguments);
        assert_eq!(run.code, 3);
        let said = "ledger `LEDGER.jsonl`, line 2: here git put both sides of a merge: two branches had published";
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    // What the message says to do.
    write(folder, LEDGER, &ours);
    let run = scoreline(folder, &["verify"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout
            .contains("desk/2026-12/edition-1: the ledger does not name this edition"),
        "{}",
        run.stdout
    );
    assert_eq!(seal(folder, "2026-12").code, 0);
    assert_eq!(scoreline(folder, &["verify"]).code, 0);
    let ledger = Ledger::parse(LEDGER, read(folder, LEDGER).as_bytes()).expect("a ledger");
    let periods: Vec<&str> = ledger.entries().iter().map(|entry| &*entry.period).collect();
    assert_eq!(periods, ["2026-10", "2026-11", "2026-12"]);
}

#[test]
fn a_checkout_with_other_line_ends_is_named() {
    let folder = workspace();
    let folder = folder.path();
    seal(folder, "2026-10");
    for name in ["LEDGER.jsonl", "desk/2026-10.md", "desk/2026-10/edition-1/2026-10.md"] {
        let name = format!("reports/{name}");
        write(folder, &name, &read(folder, &name).replace('\n', "\r\n"));
    }
    let run = scoreline(folder, &["verify"]);
    assert_eq!(run.code, 1);
    for said in [
        "LEDGER.jsonl, line 1: its line ends are CR LF",
        "wrong: desk/2026-10.md: it is not as it was sealed, but for its line ends",
    ] {
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    }
}
