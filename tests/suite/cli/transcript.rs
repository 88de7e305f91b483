//! Whole runs as people and pipelines see them: what is printed where, and the exit code.

use std::process::Command;

use super::{contents, replace, scoreline, workspace};

/// What a build of `period` with `further` arguments prints, without the paths written last.
fn build(folder: &std::path::Path, period: &str, further: &[&str]) -> (i32, String, String) {
    let mut arguments = vec!["build", "--period", period];
    arguments.extend(further);
    let run = scoreline(folder, &arguments);
    let said = run.stdout.split("\nwrote ").next().unwrap_or_default().to_owned();
    (run.code, said, run.stderr)
}

#[test]
fn a_build_says_how_it_stands_and_what_it_wrote() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["build", "--period", "2026-10"]);
    let files = contents(&folder.path().join("reports")).len();
    let expected = format!(
        "desk  2026-10  100.0  1/1 met

wrote reports/desk/2026-10.html
wrote reports/desk/2026-10.md
wrote reports/desk/2026-10.json
wrote reports/index.html
… and {} more files
",
        files - 4
    );
    assert_eq!((run.code, run.stdout, run.stderr), (0, expected, String::new()));
}

#[test]
fn a_missed_target_is_a_line_and_an_exit_code_where_it_is_asked_for() {
    let folder = workspace();
    // Three of five answers.
    replace(folder.path(), "answers.csv", "2026-10-01,5", "2026-10-01,1");
    let said = "desk  2026-10  0.0  0/1 met

■ Missed  good  60.0%  ≥ 75.0%  −100.0 pts
";
    for (further, code) in [
        (&[][..], 0),
        (&["--fail-on", "default"], 1),
        (&["--fail-on", "below_target"], 1),
        (&["--fail-on", "no_data"], 1),
        (&["--strict"], 0),
    ] {
        assert_eq!(
            build(folder.path(), "2026-10", further),
            (code, said.to_owned(), String::new()),
            "{further:?}"
        );
    }
}

#[test]
fn quiet_leaves_the_exit_code_to_speak() {
    let folder = workspace();
    replace(folder.path(), "answers.csv", "2026-10-01,5", "2026-10-01,1");
    let quiet = build(folder.path(), "2026-10", &["--quiet", "--fail-on", "default"]);
    assert_eq!(quiet, (1, String::new(), String::new()));
    let check = scoreline(folder.path(), &["check", "--quiet"]);
    assert_eq!((check.code, check.stdout.as_str(), check.stderr.as_str()), (0, "", ""));
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let folder = workspace();
    replace(folder.path(), "answers.csv", "2026-10-01,5", "2026-10-01,1");
    let run = |color: &str, no_color: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scoreline"));
        command.current_dir(folder.path()).env_remove("NO_COLOR");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        let output = command
            .args(["build", "--period", "2026-10", "--color", color])
            .output();
        String::from_utf8(output.expect("the program starts").stdout).expect("UTF-8")
    };
    // What is asked for on the command line goes before what the environment says.
    for (color, no_color, colored) in [
        ("auto", false, false),
        ("auto", true, false),
        ("never", false, false),
        ("always", false, true),
        ("always", true, true),
    ] {
        assert_eq!(
            run(color, no_color).contains("\u{1b}[31m■ Missed\u{1b}[0m"),
            colored,
            "{color} {no_color}"
        );
    }
}

#[test]
fn wrong_usage_is_told_on_standard_error() {
    let folder = workspace();
    for (arguments, message) in [
        (
            &["build", "--period", "2026-10", "--audience", "board"][..],
            "error: no audience is called `board`; there are: operations, provider, leadership, finance\n",
        ),
        (
            &["explain", "no-such-rule"],
            "error: no rule is called `no-such-rule` (a number is named SCORECARD/KPI)\n",
        ),
        (
            &["explain", "desk/good"],
            "error: say which period: `scoreline explain desk/good --period …`\n",
        ),
    ] {
        let run = scoreline(folder.path(), arguments);
        assert_eq!(
            (run.code, run.stdout.as_str(), run.stderr.as_str()),
            (2, "", message),
            "{arguments:?}"
        );
    }
}
