//! `scoreline test` as people and pipelines see it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::{DESK, scenario};

struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

fn scoreline(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scoreline"));
    let output = command
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the program starts");
    Run {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

const ROWS: &str = "given:
  tickets:
    - { number: 1, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: true }
    - { number: 2, opened: 2026-10-06T08:00, resolved: 2026-10-06T10:00, good: false }
";

/// Half of the tickets are good: `right` says so, `wrong` does not.
fn workspace() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a writable folder");
    fs::create_dir(folder.path().join("scenarios")).expect("a writable folder");
    write("scoreline.yaml", "apiVersion: scoreline/v1\nkind: Workspace\n");
    write("desk.yaml", DESK);
    let of = |id: &str, expect: &str| {
        let head = scenario(&format!("as: failure\n{ROWS}expect:\n{expect}"));
        head.replace("id: s\n", &format!("id: {id}\n"))
    };
    write(
        "scenarios/right.yaml",
        &of("right", "  kpis: { good: { value: 50%, verdict: below_target } }\n"),
    );
    write(
        "scenarios/wrong.yaml",
        &of(
            "wrong",
            "  kpis: { good: { value: 51%, verdict: met } }   # a comment\n  notified: []\n",
        ),
    );
    folder
}

#[test]
fn a_failed_scenario_is_an_exit_of_one() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["test"]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let expected = "\
passed  right  (failure, desk 2026-10): 2 expectations hold
failed  wrong  (failure, desk 2026-10): 3 of 3 expectations fail

  kpis.good.value  at scenarios/wrong.yaml:12:26
    expected  51%
    actual    50%
              over 2 rows

  kpis.good.verdict  at scenarios/wrong.yaml:12:40
    expected  met
    actual    below_target
              50.0% misses the target of at least 75.0% and holds the minimum of at least 50.0%

  notified  at scenarios/wrong.yaml:13:13
    expected  []
    actual    [lead]
              lead is told

2 scenarios: 1 passed, 1 failed
";
    assert_eq!(run.stdout, expected);
}

#[test]
fn scenarios_are_chosen_by_id_scorecard_file_and_folder() {
    let folder = workspace();
    for (arguments, code, summary) in [
        (&["right"][..], 0, "1 scenario: 1 passed"),
        (&["scenarios/right.yaml"], 0, "1 scenario: 1 passed"),
        (&["scenarios"], 1, "2 scenarios: 1 passed, 1 failed"),
        (&["desk"], 1, "2 scenarios: 1 passed, 1 failed"),
        (&["right", "right"], 0, "1 scenario: 1 passed"),
    ] {
        let run = scoreline(folder.path(), &[&["test"], arguments].concat());
        assert_eq!(run.code, code, "{arguments:?}: {}", run.stderr);
        assert!(run.stdout.contains(summary), "{arguments:?}: {}", run.stdout);
    }
    let run = scoreline(folder.path(), &["test", "rihgt"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("did you mean `right`?"), "{}", run.stderr);
}

#[test]
fn quiet_prints_failures_only() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["test", "--quiet", "right"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    let run = scoreline(folder.path(), &["test", "--quiet"]);
    assert!(run.stdout.starts_with("failed  wrong"), "{}", run.stdout);
}

#[test]
fn a_proposed_change_is_a_patch_and_nothing_is_written() {
    let folder = workspace();
    let path = folder.path().join("scenarios/wrong.yaml");
    let before = fs::read_to_string(&path).expect("a readable file");
    let run = scoreline(folder.path(), &["test", "--update"]);
    assert_eq!(run.code, 1);
    let expected = "\
--- a/scenarios/wrong.yaml
+++ b/scenarios/wrong.yaml
@@ -9,5 +9,5 @@
     - { number: 1, opened: 2026-10-05T08:00, resolved: 2026-10-05T10:00, good: true }
     - { number: 2, opened: 2026-10-06T08:00, resolved: 2026-10-06T10:00, good: false }
 expect:
-  kpis: { good: { value: 51%, verdict: met } }   # a comment
-  notified: []
+  kpis: { good: { value: 50%, verdict: below_target } }   # a comment
+  notified: [lead]
";
    assert_eq!(run.stdout, expected);
    assert!(run.stderr.contains("failed  wrong"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&path).expect("a readable file"), before);
}

#[test]
fn machines_get_every_expectation() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["test", "--format", "json"]);
    let json: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!((run.code, &json["status"]), (1, &Value::from(1)));
    let wrong = &json["scenarios"][1];
    assert_eq!(wrong["result"], "failed");
    let value = &wrong["expectations"][0];
    assert_eq!(value["path"], "kpis.good.value");
    assert_eq!((&value["expected"], &value["actual"]), (&"51%".into(), &"50%".into()));
    assert_eq!((&value["line"], &value["holds"]), (&12.into(), &false.into()));

    let run = scoreline(folder.path(), &["test", "--format", "junit"]);
    assert!(
        run.stdout
            .contains("<testsuite name=\"desk\" tests=\"2\" failures=\"1\" errors=\"0\">"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("<failure message=\"kpis.good.value: expected 51%, actual 50%\">"),
        "{}",
        run.stdout
    );
}

#[test]
fn rows_that_cannot_be_measured_are_told_and_the_others_run() {
    let folder = workspace();
    let path = folder.path().join("scenarios/wrong.yaml");
    let text = fs::read_to_string(&path).expect("a readable file");
    fs::write(&path, text.replacen("2026-10-05T10:00", "soon", 1)).expect("a writable file");
    let run = scoreline(folder.path(), &["test"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("scenarios/wrong.yaml:9:56"), "{}", run.stderr);
    assert!(
        run.stdout.contains("2 scenarios: 1 passed, 1 could not be run"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_workspace_without_scenarios_says_what_one_is() {
    let folder = workspace();
    fs::remove_dir_all(folder.path().join("scenarios")).expect("a folder");
    let run = scoreline(folder.path(), &["test"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "no scenarios: a scenario is a document with `kind: Scenario`\n")
    );
}

// The shipped scenarios state by hand what the shipped contracts say.
#[test]
fn every_shipped_scenario_passes() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("scorecards");
    let run = scoreline(&shipped, &["test"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(run.stdout.contains("passed  erp-down-six-hours"), "{}", run.stdout);
}
