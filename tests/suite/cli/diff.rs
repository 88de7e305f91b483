//! `diff` as people, pipelines and git call it.

use std::fs;

use super::{replace, scoreline, workspace, write};
use crate::git::fixture::Repo;

const SETTINGS: &str = "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Test\n";

fn card(target: &str) -> String {
    format!(
        "apiVersion: scoreline/v1
kind: Scorecard
id: desk
title: Desk
time_zone: UTC
period: month
people: {{ lead: {{ name: Lead }} }}
categories: {{ all: {{ title: All, weight: 100 }} }}
sources: {{ answers: {{ path: answers.csv, time_zone: UTC, at: day, covers: {{ through: 2026-10-31 }} }} }}
kpis:
  good:
    title: Good answers
    category: all
    weight: 100
    owner: lead
    measure: {{ ratio: {{ source: answers, hit: score >= 4 }} }}
    target: {{ at_least: {target} }}
"
    )
}

/// A repository with the workspace in a folder: 75 % at first, then 70 %.
fn repository() -> Repo {
    let mut repo = Repo::new();
    repo.write("cards/scoreline.yaml", SETTINGS);
    repo.write("cards/desk.yaml", &card("75%"));
    repo.write(
        "cards/answers.csv",
        "day,score\n2026-10-01,5\n2026-10-02,4\n2026-10-03,4\n2026-10-31,1\n",
    );
    repo.commit("2026-10-01T09:00:00+02:00", "first");
    repo.write("cards/desk.yaml", &card("70%"));
    repo.commit("2026-11-02T09:00:00+01:00", "second");
    repo
}

#[test]
fn two_commits_are_compared_with_their_days() {
    let repo = repository();
    let cards = repo.path().join("cards");
    let run = scoreline(&cards, &["diff", "HEAD~1", "HEAD"]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    for part in [
        "HEAD~1 (",
        ", 2026-10-01) → HEAD (",
        "as of 2026-11-02, the day of commit",
        "target ≥ 75% → ≥ 70%",
        "desk.yaml:17, was desk.yaml:17",
        "fails on error",
    ] {
        assert!(run.stdout.contains(part), "`{part}` is not in\n{}", run.stdout);
    }
    // A folder at a revision, from anywhere in the repository.
    let run = scoreline(
        repo.path(),
        &["diff", "HEAD~1:cards", "HEAD:cards", "--as-of", "2024-01-01"],
    );
    assert!(
        run.stdout.contains("kpi-target-loosened"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    // The same commit on both sides.
    let run = scoreline(&cards, &["diff", "HEAD", "HEAD"]);
    assert_eq!(
        (run.code, run.stdout.lines().last()),
        (0, Some("no terms changed")),
        "{}",
        run.stderr
    );
}

#[test]
fn the_working_tree_is_compared_with_where_it_stands() {
    let repo = repository();
    let cards = repo.path().join("cards");
    fs::write(cards.join("desk.yaml"), card("65%")).expect("a writable folder");
    let run = scoreline(&cards, &["diff", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!((run.code, &json["status"]), (1, &1.into()), "{}", run.stderr);
    assert_eq!(json["head"]["name"], "working tree");
    let target = json["cards"][0]["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .find(|change| change["rule"] == "kpi-target-loosened")
        .expect("a change");
    assert_eq!(target["parts"][0]["before"], "≥ 70%");
    assert_eq!(target["effect"], "loosened");
}

#[test]
fn a_replay_reads_the_data_of_head() {
    let repo = repository();
    let cards = repo.path().join("cards");
    // The data of the working tree are gone, those of the commit are not. 3 of 4 answers are 75 %: met under both.
    fs::remove_file(cards.join("answers.csv")).expect("the file was there");
    let run = scoreline(
        &cards,
        &["diff", "HEAD~1", "HEAD", "--replay", "1", "--fail-on", "score-drop=1"],
    );
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout
            .contains("no verdict, score or money comes out otherwise in 1 period"),
        "{}",
        run.stdout
    );
    let run = scoreline(&cards, &["diff", "HEAD~1", "--replay", "1"]);
    assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("missing-file"), "{}", run.stderr);
}

#[test]
fn a_workspace_that_base_does_not_have_is_new() {
    let mut repo = Repo::new();
    repo.write("readme.txt", "x");
    repo.commit("2026-10-01T09:00:00+02:00", "first");
    repo.write("cards/scoreline.yaml", SETTINGS);
    repo.write("cards/desk.yaml", &card("75%"));
    repo.commit("2026-11-02T09:00:00+01:00", "second");
    let run = scoreline(&repo.path().join("cards"), &["diff", "HEAD~1", "HEAD"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("scorecard-added"), "{}", run.stdout);
    // Code hosts count paths from the root of the repository, wherever the workspace lies in it.
    let run = scoreline(
        &repo.path().join("cards"),
        &["diff", "HEAD~1", "HEAD", "--format", "rdjson"],
    );
    assert!(run.stdout.contains("\"path\": \"cards/desk.yaml\""), "{}", run.stdout);
    repo.write("cards/desk.yaml", &card("0.75"));
    for (format, part) in [
        ("github", "file=cards/desk.yaml,"),
        ("gitlab", "\"path\": \"cards/desk.yaml\""),
        ("sarif", "\"uri\": \"cards/desk.yaml\""),
        ("junit", "<testsuite name=\"cards/desk.yaml\""),
        ("text", "[desk.yaml:"),
    ] {
        let run = scoreline(repo.path(), &["check", "-C", "cards", "--format", format]);
        assert!(run.stdout.contains(part), "{format}: {}", run.stdout);
    }
}

#[test]
fn two_folders_are_compared_without_git() {
    let (before, after) = (workspace(), workspace());
    replace(after.path(), "desk.yaml", "at_least: 75%", "at_least: 80%");
    let (one, two) = (before.path().display().to_string(), after.path().display().to_string());
    let run = scoreline(before.path(), &["diff", &one, &two]);
    // Tightened in place: an error all the same, for October had been judged by another number.
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout
            .contains("as of 2026-11-01, the day after the last one that a source covers"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("target-edited-in-place"), "{}", run.stdout);
    for (format, part) in [
        ("github", "::error file=desk.yaml,line=18"),
        ("sarif", "\"2.1.0\""),
        ("gitlab", "\"check_name\""),
        ("junit", "<testsuite"),
        ("rdjson", "\"diagnostics\""),
        ("md", "<!-- scoreline-diff -->"),
        ("html", "<!doctype html>"),
    ] {
        let run = scoreline(before.path(), &["diff", &one, &two, "--format", format]);
        assert!(
            run.code == 1 && run.stdout.contains(part),
            "{format}: {}{}",
            run.stdout,
            run.stderr
        );
    }
}

#[test]
fn wrong_usage_is_explained() {
    let folder = workspace();
    for (arguments, says) in [
        (&["diff", "a", "b", "c"][..], "BASE and HEAD"),
        (
            &["diff", "nowhere", "."],
            "`nowhere` is no folder, and this is no git repository",
        ),
        (&["diff"], "name two folders"),
        (&["diff", ".", ".", "--fail-on", "loosend"], "one of error, loosened"),
        (&["diff", ".", ".", "--fail-on", "score-drop=2"], "add `--replay 12`"),
    ] {
        let run = scoreline(folder.path(), arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(says), "{arguments:?}: {}", run.stderr);
    }
    // A head that cannot be read is not compared.
    write(
        folder.path(),
        "desk.yaml",
        "apiVersion: scoreline/v1\nkind: Scorecard\nid: desk\n",
    );
    let other = workspace();
    let run = scoreline(folder.path(), &["diff", &other.path().display().to_string(), "."]);
    assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
}

#[test]
fn git_may_call_it_for_one_file() {
    let folder = workspace();
    let old = folder.path().join("old");
    let text = fs::read_to_string(folder.path().join("desk.yaml")).expect("the card");
    fs::write(&old, text.replace("at_least: 75%", "at_least: 80%")).expect("a writable folder");
    let old = old.display().to_string();
    let run = scoreline(
        folder.path(),
        &[
            "diff",
            "desk.yaml",
            &old,
            "0123abc",
            "100644",
            "desk.yaml",
            "4567def",
            "100644",
        ],
    );
    // Git stops at any other exit code.
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("target ≥ 80% → ≥ 75%"), "{}", run.stdout);
    // A new file has no old one; a renamed one has nine arguments.
    let run = scoreline(
        folder.path(),
        &[
            "diff",
            "desk.yaml",
            "/dev/null",
            ".",
            ".",
            "desk.yaml",
            "4567def",
            "100644",
        ],
    );
    assert!(
        run.code == 0 && run.stdout.contains("scorecard-added"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    let run = scoreline(
        folder.path(),
        &[
            "diff",
            "was.yaml",
            &old,
            "0123abc",
            "100644",
            "desk.yaml",
            "4567def",
            "100644",
            "desk.yaml",
            "similarity index 99%\n",
        ],
    );
    assert!(
        run.code == 0 && run.stdout.contains("target ≥ 80% → ≥ 75%"),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn what_is_no_term_is_told_apart() {
    let mut repo = repository();
    let cards = repo.path().join("cards");
    // The last answer was good after all: 3 of 4 become 4 of 4, and a template is put in place of ours.
    let settings = format!("{SETTINGS}reports: {{ templates: looks }}\n");
    repo.write("cards/scoreline.yaml", &settings);
    repo.write("cards/looks/card.md", "x\n");
    repo.write(
        "cards/answers.csv",
        "day,score\n2026-10-01,5\n2026-10-02,4\n2026-10-03,4\n2026-10-31,5\n",
    );
    repo.commit("2026-11-03T09:00:00+01:00", "third");
    let run = scoreline(&cards, &["diff", "HEAD~1", "HEAD", "--replay", "1", "--format", "md"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    for part in [
        "## no terms changed; 1 data file differs; 1 template differs; no verdict, score or money comes out otherwise",
        "- Data: answers.csv\n",
        "- Templates, which change how reports look and no figure: looks/card.md (new)\n",
    ] {
        assert!(run.stdout.contains(part), "`{part}` is not in\n{}", run.stdout);
    }
    // 2 of 4 are below the target.
    repo.write(
        "cards/answers.csv",
        "day,score\n2026-10-01,5\n2026-10-02,4\n2026-10-03,1\n2026-10-31,1\n",
    );
    repo.commit("2026-11-04T09:00:00+01:00", "fourth");
    let run = scoreline(&cards, &["diff", "HEAD~1", "HEAD", "--replay", "1", "--format", "md"]);
    for part in [
        "## no terms changed; 1 data file differs; 1 scorecard comes out otherwise",
        "1 of 1 period changes verdict; score −100.0",
        "| 2026-10 | 100.0 → 0.0 | good: Met → Missed | good | 100% |",
    ] {
        assert!(run.stdout.contains(part), "`{part}` is not in\n{}", run.stdout);
    }
}

#[test]
fn a_head_with_errors_has_a_comment_too() {
    let repo = repository();
    let cards = repo.path().join("cards");
    fs::write(cards.join("desk.yaml"), card("0.75")).expect("a writable folder");
    let run = scoreline(&cards, &["diff", "HEAD", "--format", "md"]);
    assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout
            .starts_with("<!-- scoreline-diff -->\n## Not compared: HEAD has 1 error\n"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("desk.yaml:17:25"), "{}", run.stdout);
}

#[test]
fn a_bare_repository_is_compared_where_its_workspace_lies() {
    let repo = repository();
    let bare = tempfile::TempDir::new().expect("a temporary folder");
    copy(&repo.path().join(".git"), bare.path());
    let config = bare.path().join("config");
    let text = fs::read_to_string(&config).expect("the settings");
    fs::write(&config, text.replace("bare = false", "bare = true")).expect("written");
    let run = scoreline(bare.path(), &["diff", "HEAD~1", "HEAD", "--replay", "1"]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("target ≥ 75% → ≥ 70%"), "{}", run.stdout);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&to).expect("a folder");
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("copied");
        }
    }
}

#[test]
fn a_repository_of_longer_ids_is_compared_too() {
    let mut repo = Repo::sha256();
    repo.write("scoreline.yaml", SETTINGS);
    repo.write("desk.yaml", &card("75%"));
    repo.commit("2026-10-01T09:00:00+02:00", "first");
    repo.write("desk.yaml", &card("70%"));
    let head = repo.commit("2026-11-02T09:00:00+01:00", "second");
    assert_eq!(head.len(), 64);
    let run = scoreline(repo.path(), &["diff", "HEAD~1", &head]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("target ≥ 75% → ≥ 70%"), "{}", run.stdout);
    let run = scoreline(repo.path(), &["history", "desk/good.target", "--complete"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains(&head[..12]), "{}", run.stdout);
}

#[test]
fn git_is_told_what_is_published() {
    let folder = workspace();
    assert_eq!(
        scoreline(folder.path(), &["build", "--period", "2026-10", "--seal"]).code,
        0
    );
    let old = folder.path().join("old");
    let text = fs::read_to_string(folder.path().join("desk.yaml")).expect("the card");
    fs::write(&old, text.replace("at_least: 75%", "at_least: 80%")).expect("a writable folder");
    let old = old.display().to_string();
    let call = [
        "diff",
        "desk.yaml",
        &old,
        "0123abc",
        "100644",
        "desk.yaml",
        "4567def",
        "100644",
    ];
    let run = scoreline(folder.path(), &call);
    let says = "published reports: 2026-10 is published and has other terms now";
    assert!(
        run.code == 0 && run.stdout.contains(says),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn data_that_git_does_not_hold_are_where_they_lie() {
    let mut repo = Repo::new();
    repo.write("scoreline.yaml", SETTINGS);
    repo.write("desk.yaml", &card("80%"));
    repo.write(".gitignore", "answers.csv\n");
    repo.commit("2026-10-01T09:00:00+02:00", "first");
    repo.write("desk.yaml", &card("70%"));
    repo.commit("2026-11-02T09:00:00+01:00", "second");
    // 3 of 4 answers are good.
    let answers = "day,score\n2026-10-01,5\n2026-10-02,4\n2026-10-03,4\n2026-10-31,1\n";
    fs::write(repo.path().join("answers.csv"), answers).expect("a writable folder");
    for sides in [&["HEAD~1", "HEAD"][..], &["HEAD~1"]] {
        let arguments = [&["diff"][..], sides, &["--replay", "1"]].concat();
        let run = scoreline(repo.path(), &arguments);
        assert!(
            run.stdout.contains("1 of 1 period changes verdict; score +100.0"),
            "{}{}",
            run.stdout,
            run.stderr
        );
        // They are no new file, and no other facts.
        assert!(!run.stdout.contains("beside the terms"), "{}", run.stdout);
    }
}

#[test]
fn a_month_of_data_is_no_change_of_terms() {
    let mut repo = repository();
    let cards = repo.path().join("cards");
    // November is there: 1 of 2 answers is good.
    repo.write("cards/desk.yaml", &card("70%").replace("2026-10-31", "2026-11-30"));
    let answers = "day,score\n2026-10-01,5\n2026-10-02,4\n2026-10-03,4\n2026-10-31,1\n2026-11-02,5\n2026-11-03,1\n";
    repo.write("cards/answers.csv", answers);
    repo.commit("2026-12-02T09:00:00+01:00", "november");
    let run = scoreline(&cards, &["diff", "HEAD~1", "HEAD", "--replay", "2", "--format", "md"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    for part in [
        "## no terms changed; 1 data file differs; 1 scorecard comes out otherwise\n",
        "no verdict or score changes in 2 periods; 1 with data on one side only",
        "| 2026-11 | – → 0.0 |  |  | 100% |",
    ] {
        assert!(run.stdout.contains(part), "`{part}` is not in\n{}", run.stdout);
    }
    assert!(!run.stdout.contains("Favours"), "{}", run.stdout);
}
