//! Commands as people and pipelines see them: output, exit code, and what is left on disk.

mod diff;
mod draft;
mod fmt;
mod forms;
mod init;
mod privacy;
mod programs;
#[cfg(feature = "serve")]
mod serve;
mod stale;
mod template;
mod transcript;
#[cfg(feature = "xlsx")]
mod workbook;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::contract::ANSWERS_CARD;

/// What a run printed and how it ended.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn scoreline(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scoreline"));
    let output = command
        .current_dir(folder)
        .args(arguments)
        .env_remove("NO_COLOR")
        .output()
        .expect("the program starts");
    Run {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// A workspace with one card over five answers, four of them good.
fn workspace() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    write(
        folder.path(),
        "scoreline.yaml",
        "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Test\n",
    );
    write(
        folder.path(),
        "desk.yaml",
        &format!(
            "{ANSWERS_CARD}    baseline: {{ value: 70%, source: last year }}
    description: Answers of 4 or 5.
    on_miss: {{ action: Call back, owner: lead }}
"
        ),
    );
    write(
        folder.path(),
        "answers.csv",
        "day,score\n2026-10-01,5\n2026-10-02,4\n2026-10-03,4\n2026-10-04,5\n2026-10-31,1\n",
    );
    folder
}

pub(crate) fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("a writable folder");
}

pub(crate) fn replace(folder: &Path, name: &str, old: &str, new: &str) {
    let text = fs::read_to_string(folder.join(name)).expect("a readable file");
    assert!(text.contains(old), "`{old}` is not in {name}");
    write(folder, name, &text.replace(old, new));
}

/// Every file below `folder` with its bytes.
pub(crate) fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder"));
    let files = files.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            (
                entry.path().to_owned(),
                fs::read(entry.path()).expect("a readable file"),
            )
        })
        .collect()
}

#[test]
fn a_clean_workspace_has_no_findings() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["check"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(run.stdout, "no findings in 1 scorecard with 1 KPI\n");
}

#[test]
fn a_build_writes_the_reports_and_an_index() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["build", "--period", "2026-10"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    // Four of five answers.
    assert!(
        run.stdout.starts_with("desk  2026-10  100.0  1/1 met\n"),
        "{}",
        run.stdout
    );
    for name in [
        "desk/2026-10.html",
        "desk/2026-10.md",
        "desk/2026-10.json",
        "index.html",
        "index.md",
    ] {
        assert!(folder.path().join("reports").join(name).is_file(), "{name}");
    }
    let markdown = fs::read_to_string(folder.path().join("reports/desk/2026-10.md")).expect("a report");
    assert!(markdown.contains("80.0%"), "{markdown}");
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let folder = workspace();
    scoreline(folder.path(), &["build", "--period", "2026-10"]);
    let first = contents(&folder.path().join("reports"));
    fs::remove_dir_all(folder.path().join("reports")).expect("removable");
    scoreline(folder.path(), &["build", "--period", "2026-10"]);
    assert!(!first.is_empty());
    assert_eq!(first, contents(&folder.path().join("reports")));
}

#[test]
fn a_failed_build_leaves_the_earlier_reports_alone() {
    let folder = workspace();
    scoreline(folder.path(), &["build", "--period", "2026-10"]);
    let before = contents(&folder.path().join("reports"));
    replace(folder.path(), "answers.csv", "2026-10-03,4", "2026-10-03,four");
    let run = scoreline(folder.path(), &["build", "--period", "2026-10"]);
    assert_eq!(run.code, 3);
    assert!(
        run.stderr.contains("answers.csv:4") && run.stderr.contains("`four`"),
        "{}",
        run.stderr
    );
    assert_eq!(before, contents(&folder.path().join("reports")));
}

#[test]
fn every_problem_is_told_in_one_run() {
    let folder = workspace();
    replace(
        folder.path(),
        "desk.yaml",
        "owner: lead\n    measure",
        "owner: laed\n    measure",
    );
    replace(folder.path(), "desk.yaml", "score >= 4", "scroe >= 4");
    let run = scoreline(folder.path(), &["check"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("unknown-reference") && run.stdout.contains("desk.yaml:16:12"),
        "{}",
        run.stdout
    );
    let json = scoreline(folder.path(), &["check", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(
        (report["version"].as_u64(), report["status"].as_u64()),
        (Some(1), Some(1))
    );
}

#[test]
fn a_misspelt_column_is_found_without_reading_rows() {
    let folder = workspace();
    replace(folder.path(), "desk.yaml", "score >= 4", "scroe >= 4");
    let run = scoreline(folder.path(), &["check"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("unknown-column") && run.stdout.contains("did you mean `score`?"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("desk.yaml:17:47"), "{}", run.stdout);
}

#[test]
fn a_missed_target_fails_only_where_it_is_asked_to() {
    let folder = workspace();
    replace(folder.path(), "answers.csv", "2026-10-01,5", "2026-10-01,1");
    assert_eq!(scoreline(folder.path(), &["build", "--period", "2026-10"]).code, 0);
    assert_eq!(
        scoreline(folder.path(), &["build", "--period", "2026-10", "--fail-on", "default"]).code,
        1
    );
    assert_eq!(
        scoreline(folder.path(), &["build", "--period", "2026-12", "--fail-on", "default"]).code,
        0
    );
    assert_eq!(
        scoreline(folder.path(), &["build", "--period", "2026-12", "--fail-on", "no_data"]).code,
        1
    );
}

#[test]
fn an_inconclusive_report_counts_only_where_it_is_asked_to() {
    let folder = workspace();
    let build = |period: &str, further: &[&str]| {
        let mut arguments = vec!["build", "--period", period];
        arguments.extend(further);
        scoreline(folder.path(), &arguments).code
    };
    // December has no data, October is covered whole.
    assert_eq!((build("2026-12", &[]), build("2026-12", &["--strict"])), (0, 4));
    assert_eq!(build("2026-10", &["--strict"]), 0);
    // What fails is not inconclusive.
    assert_eq!(build("2026-12", &["--strict", "--fail-on", "no_data"]), 1);
    // Covered until the 20th only: provisional.
    assert_eq!(build("2026-10", &["--strict", "--data-through", "2026-10-20"]), 4);
}

#[test]
fn a_plan_reads_no_rows_and_writes_nothing() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["build", "--period", "2026-10", "--plan"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.starts_with("answers: `answers.csv`, read once\n"),
        "{}",
        run.stdout
    );
    assert!(!folder.path().join("reports").exists());
}

#[test]
fn a_number_is_explained_down_to_its_target() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["explain", "desk/good", "--period", "2026-10"]);
    assert_eq!(run.code, 0);
    for part in ["4 / 5", "80.0%", "at least 75.0%"] {
        assert!(run.stdout.contains(part), "`{part}` is not in\n{}", run.stdout);
    }
}

#[test]
fn terms_are_shown_with_their_origin() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["show", "desk"]);
    assert_eq!(run.code, 0);
    let line = run
        .stdout
        .lines()
        .find(|line| line.contains("at_least: 75%"))
        .expect("the target");
    assert!(line.ends_with("# desk.yaml:18"), "{line}");
}

#[test]
fn names_that_nothing_has_are_told_with_a_guess() {
    let folder = workspace();
    for (arguments, message) in [
        (
            &["show", "dsk"][..],
            "error: no scorecard is called `dsk`; did you mean `desk`?\n",
        ),
        (
            &["explain", "desk/god", "--period", "2026-10"],
            "error: `desk` has no KPI `god`; did you mean `good`?\n",
        ),
        (
            &["build", "desk", "--period", "2026-Q4"],
            "error: `2026-Q4` is no period of `desk`, which has months, such as 2026-10\n",
        ),
    ] {
        let run = scoreline(folder.path(), arguments);
        assert_eq!((run.code, run.stderr.as_str()), (2, message), "{arguments:?}");
    }
    let usage = scoreline(folder.path(), &["buidl"]);
    assert_eq!(usage.code, 2);
    assert!(usage.stderr.contains("build"), "{}", usage.stderr);
}

#[test]
fn a_folder_that_is_no_workspace_is_told_what_makes_one() {
    let folder = TempDir::new().expect("a temporary folder");
    let run = scoreline(folder.path(), &["check", "-C", "."]);
    assert_eq!(run.code, 3);
    assert!(
        run.stderr.contains("scoreline.yaml") && run.stderr.contains("kind: Workspace"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_shipped_scorecards_are_free_of_errors_and_build() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("scorecards");
    let run = scoreline(&shipped, &["check"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    let out = TempDir::new().expect("a temporary folder");
    let out = out.path().to_str().expect("UTF-8");
    for period in ["2024-07", "2025-10", "2026-10"] {
        let run = scoreline(&shipped, &["build", "--period", period, "--out", out]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{period}");
    }
}

#[cfg(unix)]
#[test]
fn a_workspace_writes_its_reports_below_itself_and_nowhere_else() {
    let folder = workspace();
    let outside = TempDir::new().expect("a temporary folder");
    let settings = |out: &str| {
        let text = format!("apiVersion: scoreline/v1\nkind: Workspace\ntitle: Test\nreports: {{ out: {out} }}\n");
        write(folder.path(), "scoreline.yaml", &text);
    };
    for out in ["../elsewhere", "a/../../b", "/elsewhere", "\"C:\\\\x\"", "..", "."] {
        settings(out);
        let run = scoreline(folder.path(), &["check"]);
        assert_eq!(run.code, 1, "{out}");
        assert!(
            run.stdout.contains("is no folder inside the workspace"),
            "{out}: {}",
            run.stdout
        );
    }
    settings("made/reports");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("made")).expect("a link");
    let run = scoreline(folder.path(), &["build", "--period", "2026-10"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("leads out of the workspace"), "{}", run.stderr);
    assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 0);
    // Whoever types the command may say so.
    let out = outside.path().join("reports");
    let run = scoreline(
        folder.path(),
        &["build", "--period", "2026-10", "--out", &out.display().to_string()],
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(out.join("desk").is_dir());
}

#[test]
fn explain_says_which_amendment_set_what_a_number_rests_on() {
    let folder = workspace();
    write(
        folder.path(),
        "sla.yaml",
        "apiVersion: scoreline/v1
kind: Scorecard
id: sla
title: Tickets
time_zone: UTC
period: month
categories: { all: { title: All, weight: 100 } }
sources:
  tickets:
    path: tickets.csv
    time_zone: UTC
    at: done
    covers: { through: 2026-12-31 }
    clocks: { work: { start: opened, stop: done } }
kpis:
  done:
    title: Done in time
    category: all
    weight: 100
    measure: { on_time: { source: tickets, clock: work, within: 4h, overdue: resolved_only } }
    target: { at_least: 90% }
amendments:
  slower:
    effective: 2026-10-01
    reference: CR-7
    change: { kpis: { done: { measure: { on_time: { within: 6h } } } } }
",
    );
    write(
        folder.path(),
        "tickets.csv",
        "opened,done\n2026-09-02T08:00,2026-09-02T13:00\n2026-10-02T08:00,2026-10-02T13:00\n",
    );
    let explained = |period: &str| {
        let run = scoreline(folder.path(), &["explain", "sla/done", "--period", period]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.stdout
    };
    let (before, after) = (explained("2026-09"), explained("2026-10"));
    assert!(before.contains("within 4h") && !before.contains("CR-7"), "{before}");
    let lines: Vec<&str> = after.lines().collect();
    let measure = lines
        .iter()
        .position(|line| line.contains("within 6h"))
        .expect("the limit");
    let origin = lines[measure..].iter().find(|line| line.contains("CR-7"));
    assert_eq!(
        origin.map(|line| line.trim()),
        Some("(slower, CR-7, effective 2026-10-01)"),
        "{after}"
    );
    assert!(after.contains("(original terms)"), "{after}");
    // Without carve-outs there is one value, not a gross and a net one.
    assert!(after.contains("\nValue ") && !after.contains("\nGross "), "{after}");
}
