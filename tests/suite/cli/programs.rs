//! What commands print for programs: a version, the exit code as `status`, and what there is to say.

use std::path::Path;

use serde_json::{Value, json};

use super::{replace, scoreline, workspace};

/// Runs a command that prints JSON; its exit code is the document's status.
fn document(folder: &Path, arguments: &[&str]) -> Value {
    let run = scoreline(folder, arguments);
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("JSON, not {}", run.stdout));
    assert_eq!(document["version"], json!(1), "{arguments:?}");
    assert_eq!(document["status"], json!(run.code), "{arguments:?}");
    document
}

#[test]
fn a_build_tells_every_verdict_and_path() {
    let folder = workspace();
    let build = ["build", "--period", "2026-10", "--summary", "json"];
    let told = document(folder.path(), &build);
    assert_eq!(told["status"], json!(0));
    let report = &told["reports"][0];
    assert_eq!(
        (
            &report["scorecard"],
            &report["period"],
            &report["score"]["value"]["raw"]
        ),
        (&json!("desk"), &json!("2026-10"), &json!("100"))
    );
    // Four of five answers.
    let kpi = &report["kpis"][0];
    assert_eq!(
        (&kpi["id"], &kpi["verdict"], &kpi["value"]["raw"]),
        (&json!("good"), &json!("met"), &json!("0.8"))
    );
    let written: Vec<&str> = told["written"]
        .as_array()
        .expect("paths")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert!(written.contains(&"reports/desk/2026-10.html"), "{written:?}");

    replace(folder.path(), "answers.csv", "2026-10-01,5", "2026-10-01,1");
    let failing = [
        "build",
        "--period",
        "2026-10",
        "--summary",
        "json",
        "--fail-on",
        "default",
    ];
    let told = document(folder.path(), &failing);
    assert_eq!(
        (&told["status"], &told["reports"][0]["kpis"][0]["verdict"]),
        (&json!(1), &json!("default"))
    );
    let unclear = ["build", "--period", "2026-12", "--summary", "json", "--strict"];
    assert_eq!(document(folder.path(), &unclear)["status"], json!(4));
}

#[test]
fn what_keeps_work_from_being_done_is_told_to_programs_too() {
    let folder = workspace();
    let unknown = document(
        folder.path(),
        &["build", "dsk", "--period", "2026-10", "--summary", "json"],
    );
    assert_eq!(
        (&unknown["status"], &unknown["error"]),
        (&json!(2), &json!("no scorecard is called `dsk`; did you mean `desk`?"))
    );
    replace(folder.path(), "answers.csv", "2026-10-03,4", "2026-10-03,four");
    for arguments in [
        &["build", "--period", "2026-10", "--summary", "json"][..],
        &["explain", "desk/good", "--period", "2026-10", "--format", "json"],
    ] {
        let broken = document(folder.path(), arguments);
        assert_eq!(broken["status"], json!(3), "{arguments:?}");
        let finding = &broken["diagnostics"][0];
        assert_eq!(
            (&finding["rule"], &finding["line"]),
            (&json!("unreadable-value"), &json!(4)),
            "{arguments:?}"
        );
    }
    let nowhere = tempfile::TempDir::new().expect("a temporary folder");
    for arguments in [
        &["check", "-C", ".", "--format", "json"][..],
        &["test", "-C", ".", "--format", "json"],
        &["show", "desk", "-C", ".", "--format", "json"],
    ] {
        let none = document(nowhere.path(), arguments);
        assert_eq!(none["status"], json!(3), "{arguments:?}");
        assert!(
            none["error"]
                .as_str()
                .is_some_and(|error| error.contains("scoreline.yaml"))
        );
    }
}

#[test]
fn terms_are_listed_with_what_set_them() {
    let folder = workspace();
    let told = document(folder.path(), &["show", "desk", "--format", "json"]);
    let fields = told["fields"].as_array().expect("fields");
    let target = fields
        .iter()
        .find(|field| field["path"] == json!(["kpis", "good", "target", "at_least"]))
        .expect("the target");
    assert_eq!(
        (
            &target["value"],
            &target["place"],
            &target["pack"],
            &target["amendment"]
        ),
        (&json!("75%"), &json!("desk.yaml:18:25"), &Value::Null, &Value::Null)
    );
}

#[test]
fn a_derivation_has_the_numbers_and_the_rows() {
    let folder = workspace();
    let arguments = ["explain", "desk/good", "--period", "2026-10", "--format", "json"];
    let told = document(folder.path(), &arguments);
    assert_eq!(
        (&told["kpi"]["formula"]["numbers"], &told["kpi"]["value"]["raw"]),
        (&json!("4 / 5"), &json!("0.8"))
    );
    assert_eq!(told["kpi"]["reason_codes"], json!(["thresholds"]));
    let rows = told["trace"]["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 5);
    assert!(
        rows.iter()
            .any(|row| row["place"] == json!("answers.csv:6") && row["role"] == json!("a miss")),
        "{rows:?}"
    );
    let rule = document(folder.path(), &["explain", "decimal-comma", "--format", "json"]);
    assert_eq!(
        (&rule["rule"], &rule["level"]),
        (&json!("decimal-comma"), &json!("error"))
    );
}

#[test]
fn exit_codes_are_listed_in_the_help() {
    let help = scoreline(Path::new("."), &["--help"]).stdout;
    let line = help
        .lines()
        .find(|line| line.starts_with("Exit codes: "))
        .expect("the exit codes");
    for code in [
        "0 clean",
        "1 findings",
        "2 wrong usage",
        "3 the work could not be done",
        "4 inconclusive",
    ] {
        assert!(line.contains(code), "{line}");
    }
}
