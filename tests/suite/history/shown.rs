//! A history as people and programs see it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::git::fixture::{Repo, Who};

use super::{AMENDED, card, target, workspace};

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_scoreline"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (
        output.status.code().expect("an exit code"),
        text(output.stdout),
        text(output.stderr),
    )
}

/// A contract, an amendment that somebody else wrote and signed, an edit in place; ids in order.
fn life() -> (Repo, [String; 3]) {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.author = Who::new("Ana Author", "ana@customer.example", "2024-12-11T23:30:00-05:00");
    repo.signature = Some("-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n");
    repo.write("acme.yaml", &card(&target("95%"), AMENDED));
    let second = repo.commit("2024-12-12T08:15:00+01:00", "Amendment 1");
    repo.author = None;
    repo.signature = None;
    repo.write("acme.yaml", &card(&target("94%"), AMENDED));
    let third = repo.commit("2025-03-01T08:00:00+01:00", "Quiet | edit");
    (repo, [first, second, third])
}

#[test]
fn the_whole_life_of_a_target_in_one_command() {
    let (repo, ids) = life();
    let [first, second, third] = ids.each_ref().map(|id| &id[..12]);
    let (code, stdout, stderr) = run(repo.path(), &["history", "acme/up.target"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let expected = format!(
        "acme/up.target: Satisfied users
as recorded up to {third}, 2025-03-01 08:00 +01:00, and in the working tree

up.target
○ 2024-07-01 to 2024-12-31  ≥ 95%  original terms
    {first} recorded 2024-06-20 09:00 +02:00 by Sam Committer <sam@provider.example>
    acme.yaml:21; not signed; “Contract”
    superseded by {third} of 2025-03-01, by Sam Committer: ≥ 94%
● 2024-07-01 to 2024-12-31  ≥ 94%  original terms
    {third} recorded 2025-03-01 08:00 +01:00 by Sam Committer <sam@provider.example>
    acme.yaml:21; not signed; “Quiet | edit”
    recorded late: 243 days after it took force
● 2025-01-01 to 2027-06-30  ≥ 99%  amendment-1 (CR-112), signed 2024-12-11, approved by Ines Officer and Sam Manager
    {second} recorded 2024-12-12 08:15 +01:00 by Sam Committer <sam@provider.example>, written 2024-12-11 23:30 -05:00 by Ana Author <ana@customer.example>
    acme.yaml:28; carries a PGP signature, not verified; “Amendment 1”

note: names and dates are what the committing programs wrote; no signature was verified
"
    );
    assert_eq!(stdout, expected);
}

/// An amendment that somebody edits until it says what was said before it is no amendment undone in silence.
#[test]
fn an_amendment_edited_back_to_the_old_value_names_who_did_it() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("95%"), AMENDED));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.author = Who::new("Ana Author", "ana@customer.example", "2025-05-01T08:00:00+02:00");
    repo.write("acme.yaml", &card(&target("95%"), &AMENDED.replace("99%", "95%")));
    let second = repo.commit("2025-05-02T08:00:00+02:00", "Tidy");
    let (first, second) = (&first[..12], &second[..12]);
    let (code, stdout, _) = run(repo.path(), &["history", "acme/up.target", "--effective", "2025-02-01"]);
    assert_eq!(code, 0);
    // The original terms ended with 2024; since then 99 %, until the edit said 95 % from the same day on.
    let rows: Vec<&str> = stdout.lines().filter(|line| line.starts_with(['●', '○'])).collect();
    let amendment = "amendment-1 (CR-112), signed 2024-12-11, approved by Ines Officer and Sam Manager";
    assert_eq!(
        rows,
        [
            format!("○ 2025-01-01 to 2027-06-30  ≥ 99%  {amendment}"),
            format!("● 2025-01-01 to 2027-06-30  ≥ 95%  {amendment}"),
        ]
    );
    for said in [
        format!("superseded by {second} of 2025-05-02, by Ana Author, recorded by Sam Committer: ≥ 95%"),
        "recorded late: 121 days after it took force".to_owned(),
        format!("{first} recorded 2024-06-20"),
    ] {
        assert!(stdout.contains(&said), "{said}: {stdout}");
    }
}

#[test]
fn json_has_what_the_text_has() {
    let (repo, [first, second, third]) = life();
    let (code, stdout, _) = run(repo.path(), &["history", "acme/up.target", "--format", "json"]);
    assert_eq!(code, 0);
    let page: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(
        (&page["version"], &page["status"], &page["complete"]),
        (&1.into(), &0.into(), &true.into())
    );
    let rows = page["fields"][0]["rows"].as_array().expect("rows");
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0]["superseded"]["by"]["id"], third);
    assert_eq!(rows[0]["recorded"]["id"], first);
    assert_eq!(rows[1]["late_days"], 243);
    assert_eq!(rows[2]["recorded"]["id"], second);
    assert_eq!(rows[2]["recorded"]["author"]["date"], "2024-12-11T23:30:00-05:00");
    assert_eq!(rows[2]["recorded"]["signature"]["kind"], "PGP");
    // Verbatim, so that another tool can check it.
    assert_eq!(
        rows[2]["recorded"]["signature"]["header"],
        "-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\n"
    );
    assert_eq!(rows[2]["amendment"]["approved_by"], serde_json::json!(["cio", "sdm"]));
}

#[test]
fn a_shallow_clone_is_inconclusive_when_all_of_it_is_asked_for() {
    let (repo, [_, second, _]) = life();
    fs::write(repo.path().join(".git/shallow"), format!("{second}\n")).expect("written");
    let (code, stdout, _) = run(repo.path(), &["history", "acme/up", "--complete"]);
    assert_eq!(code, 4, "{stdout}");
    assert!(
        stdout.contains(&format!("at or before {} (history truncated)", &second[..12])),
        "{stdout}"
    );
    assert!(
        stdout.contains("note: history truncated: this clone ends at"),
        "{stdout}"
    );
    assert_eq!(run(repo.path(), &["history", "acme/up"]).0, 0);
    let (_, json, _) = run(repo.path(), &["history", "acme/up", "--complete", "--format", "json"]);
    let page: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&page["status"], &page["complete"]), (&4.into(), &false.into()));
}

#[test]
fn csv_has_a_line_per_row_and_no_formulas() {
    let mut repo = workspace();
    repo.author = Who::new("=cmd()", "a,b@c.example", "2024-06-20T09:00:00+02:00");
    repo.write("acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    let (_, stdout, _) = run(repo.path(), &["history", "acme/up.target", "--format", "csv"]);
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[1],
        format!(
            "acme,up,target,≥ 95%,2024-07-01,2027-06-30,,,,,,{first},false,'=cmd(),\"a,b@c.example\",2024-06-20T09:00:00+02:00,Sam Committer,sam@provider.example,2024-06-20T09:00:00+02:00,none,acme.yaml:21,,,"
        )
    );
}

#[test]
fn markdown_and_html_show_every_row_and_are_inert() {
    let (repo, [_, _, third]) = life();
    let (code, markdown, _) = run(repo.path(), &["history", "acme/up.target", "--format", "md"]);
    assert_eq!(code, 0);
    let rows: Vec<&str> = markdown.lines().filter(|line| line.starts_with("| 20")).collect();
    assert_eq!(rows.len(), 3, "{markdown}");
    assert!(
        rows[0].contains("| ~~≥ 95%~~ |") && rows[1].contains("| ≥ 94% |"),
        "{markdown}"
    );
    let (code, html, stderr) = run(repo.path(), &["history", "acme/up.target", "--format", "html"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(html.matches("<tr><th scope=\"row\"").count(), 3);
    assert!(html.contains("Content-Security-Policy") && html.contains(&third[..12]));
    // One stepped drawing that says in words what it draws; a day after the first target's last one the next begins.
    assert_eq!(html.matches("role=\"img\"").count(), 1);
    assert!(
        html.contains("≥ 95% from 2024-07-01 to 2024-12-31, superseded"),
        "{html}"
    );
    assert!(html.contains("≥ 99% from 2025-01-01 to 2027-06-30."), "{html}");
}

#[test]
fn blame_names_who_set_each_field_in_force() {
    let (repo, [first, second, third]) = life();
    let (code, stdout, _) = run(repo.path(), &["blame", "acme/up"]);
    assert_eq!(code, 0);
    // The latest terms are those of the amendment; the title is as old as the contract.
    assert!(stdout.contains("the terms in force on 2025-01-01"), "{stdout}");
    let line = |field: &str| {
        stdout
            .lines()
            .find(|line| line.contains(field))
            .unwrap_or_default()
            .to_owned()
    };
    assert!(
        line("up.target: ≥ 99%").starts_with(&format!("{}  Ana Author 2024-12-11", &second[..12])),
        "{stdout}"
    );
    assert!(line("up.target: ≥ 99%").contains("acme.yaml:28"), "{stdout}");
    assert!(line("up.title: Satisfied users").starts_with(&first[..12]), "{stdout}");
    let (_, before, _) = run(repo.path(), &["blame", "acme/up.target", "--as-of", "2024-12-31"]);
    assert!(
        before.contains(&format!("{}  Sam Committer 2025-03-01", &third[..12])),
        "{before}"
    );
    assert!(before.contains("up.target: ≥ 94%"), "{before}");
    let (_, known, _) = run(
        repo.path(),
        &[
            "blame",
            "acme/up.target",
            "--as-of",
            "2024-12-31",
            "--known-at",
            "HEAD~1",
        ],
    );
    assert!(known.contains("up.target: ≥ 95%"), "{known}");
}

#[test]
fn without_a_repository_the_amendments_are_still_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Test\n";
    fs::write(folder.path().join("scoreline.yaml"), settings).expect("written");
    fs::write(folder.path().join("acme.yaml"), card(&target("95%"), AMENDED)).expect("written");
    let (code, stdout, stderr) = run(folder.path(), &["history", "acme/up"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains("● 2025-01-01 to 2027-06-30  ≥ 99%"), "{stdout}");
    assert!(stdout.contains("not committed; acme.yaml:21"), "{stdout}");
    assert!(stdout.contains("note: there are no commits"), "{stdout}");
    assert_eq!(run(folder.path(), &["history", "acme/up", "--complete"]).0, 4);
    assert_eq!(run(folder.path(), &["history", "acme/up", "--known-at", "HEAD"]).0, 2);
}

#[test]
fn a_bare_repository_has_a_history_too() {
    let (repo, [first, ..]) = life();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let bare = elsewhere.path().join("copy.git");
    repo.copy_bare(&bare);
    let (code, stdout, stderr) = run(elsewhere.path(), &["-C", "copy.git", "history", "acme/up.target"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(
        stdout.contains(&first[..12]) && !stdout.contains("working tree"),
        "{stdout}"
    );
}

#[test]
fn a_workspace_that_moved_is_found_where_it_was() {
    let mut repo = Repo::new();
    let settings = "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Test\n";
    repo.write("old/scoreline.yaml", settings);
    repo.write("old/acme.yaml", &card(&target("95%"), ""));
    let first = repo.commit("2024-06-20T09:00:00+02:00", "Contract");
    repo.remove("old/scoreline.yaml");
    repo.remove("old/acme.yaml");
    repo.write("new/scoreline.yaml", settings);
    repo.write("new/acme.yaml", &card(&target("95%"), ""));
    repo.commit("2024-08-20T09:00:00+02:00", "Moved");
    let (code, stdout, _) = run(&repo.path().join("new"), &["history", "acme/up.target"]);
    assert_eq!(code, 0);
    assert_eq!(stdout.matches('●').count(), 1, "{stdout}");
    assert!(
        stdout.contains(&first[..12]) && stdout.contains("old/acme.yaml:21"),
        "{stdout}"
    );
}

#[test]
fn a_revision_that_does_not_exist_is_wrong_usage() {
    let (repo, _) = life();
    let (code, _, stderr) = run(repo.path(), &["history", "acme/up", "--known-at", "v9"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("`v9` is no commit of this repository"), "{stderr}");
}

const ANSWERS: &str = "day,score\n2026-10-01,5\n2026-10-02,5\n2026-10-03,5\n2026-10-04,1\n";

/// Three of four answers of October are good, then all four: published, and published again.
#[test]
fn what_was_published_stands_beside_what_was_promised() {
    let mut repo = workspace();
    repo.write("acme.yaml", &card(&target("90%"), ""));
    repo.write("surveys.csv", ANSWERS);
    let seal = |more: &[&str]| {
        let all = [&["build", "--period", "2026-10", "--seal"][..], more].concat();
        let (code, _, stderr) = run(repo.path(), &all);
        assert_eq!(code, 0, "{stderr}");
    };
    seal(&[]);
    let ledger = fs::read_to_string(repo.path().join("reports/LEDGER.jsonl")).expect("a ledger");
    repo.write("reports/LEDGER.jsonl", &ledger);
    let first = repo.commit("2026-11-03T09:00:00+01:00", "October");
    repo.write("surveys.csv", &ANSWERS.replace("04,1", "04,5"));
    let (code, _, stderr) = run(
        repo.path(),
        &["build", "--period", "2026-10", "--seal", "--restate", "Read | wrongly"],
    );
    assert_eq!(code, 0, "{stderr}");
    let (code, stdout, _) = run(repo.path(), &["history", "acme/up.target"]);
    let short = &first[..12];
    let who = "recorded 2026-11-03 09:00 +01:00 by Sam Committer <sam@provider.example>";
    let expected = format!(
        "\npublished\n○ 2026-10  edition 1  Missed, 75.0%\n    ledger line 1; {short} {who}\n● 2026-10  edition 2  Met, \
         100.0%\n    restated: Read | wrongly\n    ledger line 2; not committed\n"
    );
    assert!(code == 0 && stdout.contains(&expected), "{stdout}");
    // What was known in the commit, of the card as a whole; and nothing of another month.
    let (_, stdout, _) = run(
        repo.path(),
        &["history", "acme", "--known-at", "HEAD", "--format", "json"],
    );
    let page: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    let published = page["published"].as_array().expect("editions");
    assert_eq!((published.len(), &published[0]["said"]), (1, &"score 0.0".into()));
    assert_eq!(published[0]["recorded"]["id"], first);
    let (_, stdout, _) = run(repo.path(), &["history", "acme/up.target", "--effective", "2026-09-30"]);
    assert!(!stdout.contains("published"), "{stdout}");
    for format in ["md", "html"] {
        let (_, stdout, _) = run(repo.path(), &["history", "acme/up", "--format", format]);
        assert!(stdout.contains("Missed, 75.0%") && stdout.contains(short), "{stdout}");
    }
}
