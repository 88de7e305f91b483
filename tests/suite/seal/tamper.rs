//! Whatever is changed after publication is found at its level and named; and what no one can find is said to be so.

use std::fs;

use scoreline::seal::verify::Verification;
use scoreline::source::sha256;

use super::*;
use crate::cli::replace;

const PACK: &str = "apiVersion: scoreline/v1
kind: Pack
id: hours
version: 1.0.0
calendars:
  office: { zone: UTC, open: { mon-fri: [\"08:00-18:00\"] } }
";

const CLAIMS: &str = "apiVersion: scoreline/v1
kind: Claims
for: desk
claims:
  storm:
    by: lead
    carve_out: external
    kpis: [good]
    tickets: [d]
    notified: 2026-10-05
    evidence: Weather service
    decision: { result: rejected, by: cio, on: 2026-10-20 }
";

const EDITION: &str = "reports/desk/2026-10/edition-1";

/// Everything a report can come from and consist of; October is published, then November.
fn whole() -> TempDir {
    made_of(FORMS)
}

fn made_of(forms: &str) -> TempDir {
    let folder = workspace();
    let path = folder.path();
    replace(
        path,
        "desk.yaml",
        "time_zone: UTC\nperiod",
        "extends: [hours@1]\ntime_zone: UTC\nperiod",
    );
    replace(path, "desk.yaml", "business_days: always", "business_days: office");
    replace(
        path,
        "scoreline.yaml",
        "title: Test\n",
        "title: Test\nreports: { templates: templates }\n",
    );
    write(path, "pack.yaml", PACK);
    write(path, "claims.yaml", CLAIMS);
    fs::create_dir(path.join("templates")).expect("a folder");
    write(path, "templates/comment.md", "{{ title }}\n");
    for period in ["2026-10", "2026-11"] {
        let run = scoreline(path, &["build", "--period", period, "--seal", "--format", forms]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    }
    folder
}

#[cfg(feature = "xlsx")]
const FORMS: &str = "html,md,json,mail,xlsx";
#[cfg(not(feature = "xlsx"))]
const FORMS: &str = "html,md,json,mail";

/// What `verify` found: its exit code, and every level that fails with what it says.
fn found(folder: &Path, arguments: &[&str]) -> (i32, Vec<(String, Vec<String>)>) {
    let run = scoreline(folder, &[&["verify", "--format", "json"], arguments].concat());
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let schema = jsonschema::validator_for(&Verification::schema()).expect("a schema");
    assert!(schema.is_valid(&report), "{report:#}");
    assert_eq!(report["status"], run.code);
    let levels = report["levels"].as_array().expect("levels").iter();
    let failing = levels.filter(|level| level["result"] == "fails").map(|level| {
        let wrong = level["wrong"].as_array().expect("a list").iter();
        let wrong = wrong.map(|line| line.as_str().expect("a text").to_owned());
        (level["name"].as_str().expect("a name").to_owned(), wrong.collect())
    });
    (run.code, failing.collect())
}

/// Adds a byte, whatever the file is.
fn spoil(folder: &Path, name: &str) {
    let mut bytes = fs::read(folder.join(name)).unwrap_or_else(|cause| panic!("{name}: {cause}"));
    bytes.push(b' ');
    fs::write(folder.join(name), bytes).expect("a writable file");
}

fn named(level: &str, said: &str) -> (i32, Vec<(String, Vec<String>)>) {
    (1, vec![(level.to_owned(), vec![said.to_owned()])])
}

#[test]
fn nothing_is_wrong_with_what_nobody_touched() {
    assert_eq!(found(whole().path(), &[]), (0, Vec::new()));
}

#[test]
fn a_file_of_a_report_is_named_where_it_is_read_and_where_it_is_kept() {
    let endings: &[&str] = match cfg!(feature = "xlsx") {
        true => &[".html", ".md", ".json", ".mail.html", "/points.svg", ".xlsx"],
        false => &[".html", ".md", ".json", ".mail.html", "/points.svg"],
    };
    let folder = whole();
    let folder = folder.path();
    for ending in endings {
        for place in ["reports/desk", EDITION] {
            let name = format!("{place}/2026-10{ending}");
            let before = fs::read(folder.join(&name)).expect("a file");
            let short = name.strip_prefix("reports/").expect("below the reports");
            spoil(folder, &name);
            assert_eq!(
                found(folder, &[]),
                named("files", &format!("{short}: it is not as it was sealed"))
            );
            fs::remove_file(folder.join(&name)).expect("removable");
            assert_eq!(found(folder, &[]), named("files", &format!("{short}: it is missing")));
            fs::write(folder.join(&name), before).expect("writable");
        }
    }
    for (name, of) in [
        ("desk/2026-10.finance.html", "desk 2026-10"),
        ("desk/2026-10/more.svg", "desk 2026-10"),
        ("desk/2026-11/edition-1/2026-11.finance.html", "desk 2026-11"),
    ] {
        write(folder, &format!("reports/{name}"), "forged");
        let said = format!("{name}: it is no part of what was published of {of}");
        assert_eq!(found(folder, &[]), named("files", &said));
        fs::remove_file(folder.join("reports").join(name)).expect("removable");
    }
    assert_eq!(found(folder, &[]), (0, Vec::new()));
}

#[test]
fn a_statement_is_named_and_the_other_copy_of_it_still_speaks() {
    let folder = whole();
    let folder = folder.path();
    let own = format!("{EDITION}/2026-10.intoto.json");
    replace(folder, &own, "\"value\": \"0.6\"", "\"value\": \"0.8\"");
    let said = "desk/2026-10/edition-1/2026-10.intoto.json: it is not as it was sealed";
    assert_eq!(found(folder, &[]), named("files", said));
}

#[test]
fn each_input_is_named_with_the_editions_it_stands_behind() {
    let folder = whole();
    let folder = folder.path();
    // The packs, calendars, claims and templates a report comes from are as much its specification as the card.
    for name in [
        "desk.yaml",
        "pack.yaml",
        "claims.yaml",
        "scoreline.yaml",
        "templates/comment.md",
        "answers.csv",
    ] {
        let before = fs::read(folder.join(name)).expect("a file");
        for (spoilt, how) in [(true, "is another one"), (false, "is missing")] {
            // Without settings there is no workspace.
            if name == "scoreline.yaml" && !spoilt {
                continue;
            }
            match spoilt {
                true => spoil(folder, name),
                false => fs::remove_file(folder.join(name)).expect("removable"),
            }
            let said = ["2026-10", "2026-11"].map(|period| format!("desk {period}, edition 1: {name} {how}"));
            assert_eq!(
                found(folder, &[]),
                (1, vec![("inputs".to_owned(), said.to_vec())]),
                "{name}"
            );
        }
        fs::write(folder.join(name), before).expect("writable");
    }
    assert_eq!(found(folder, &[]), (0, Vec::new()));
}

#[test]
fn the_ledger_is_named_by_line() {
    let folder = whole();
    let folder = folder.path();
    let ledger = "reports/LEDGER.jsonl";
    let before = read(folder, ledger);
    // In the middle: the next line holds on to it, and so does the statement.
    replace(folder, ledger, "\"value\":\"0.6\"", "\"value\":\"0.8\"");
    let (code, levels) = found(folder, &[]);
    let said: Vec<(&str, &str)> = levels.iter().map(|(level, wrong)| (&**level, &*wrong[0])).collect();
    let changed = "LEDGER.jsonl, line 2: its `previous` is not the digest of line 1: that line was changed, or one \
                   between them is missing";
    let contradicted = "desk/2026-10/edition-1/2026-10.intoto.json: it says something else than line 1 of the ledger";
    assert_eq!((code, said), (1, vec![("chain", changed), ("files", contradicted)]));
    // The tail: the edition is there still.
    let first: String = before.lines().take(1).map(|line| format!("{line}\n")).collect();
    write(folder, ledger, &first);
    let (code, levels) = found(folder, &[]);
    assert_eq!((code, &*levels[0].0, levels.len()), (1, "chain", 1));
    assert!(levels[0].1[0].starts_with("desk/2026-11/edition-1: the ledger does not name this edition"));
    // All of it.
    fs::remove_file(folder.join(ledger)).expect("removable");
    let (code, levels) = found(folder, &[]);
    assert_eq!((code, &*levels[0].0, levels[0].1.len()), (1, "chain", 2));
}

/// Writes everything anew from other data: a ledger with a chain that holds, for editions that hold.
fn forge(folder: &Path) {
    fs::remove_dir_all(folder.join("reports")).expect("removable");
    replace(folder, "answers.csv", "d,2026-10-04,2", "d,2026-10-04,4");
    for period in ["2026-10", "2026-11"] {
        assert_eq!(
            scoreline(folder, &["build", "--period", period, "--seal", "--format", FORMS]).code,
            0
        );
    }
}

#[test]
fn a_ledger_that_was_written_anew_takes_something_outside_of_the_folder() {
    let folder = whole();
    let folder = folder.path();
    let ledger = read(folder, "reports/LEDGER.jsonl");
    let head = sha256(ledger.lines().last().expect("a line"));
    forge(folder);
    // Nobody can tell from the folder, and that is said.
    let run = scoreline(folder, &["verify"]);
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("not checked  anchor"), "{}", run.stdout);
    assert_eq!(scoreline(folder, &["verify", "--strict"]).code, 4);
    let (code, levels) = found(folder, &["--expected-head", &head]);
    assert_eq!((code, &*levels[0].0), (1, "anchor"));
    assert!(levels[0].1[0].ends_with("no line has the expected digest: lines were changed or are missing"));
    // A digest is not a prefix of one, nor a word.
    for wrong in ["", &head[..12], "none"] {
        let run = scoreline(folder, &["verify", "--expected-head", wrong]);
        assert_eq!(run.code, 2, "{wrong}: {}", run.stdout);
    }
}

#[test]
fn the_commits_of_the_branch_remember_the_ledger() {
    let folder = made_of("html,md,json");
    let mut repo = Repo::new();
    let first = commit(&mut repo, folder.path(), "2026-11-05T09:00:00+01:00");
    assert_eq!(found(repo.path(), &[]), (0, Vec::new()));
    let run = scoreline(repo.path(), &["verify"]);
    for said in [
        "holds        anchor      the ledger with 1 version of it in the commits",
        "not checked: whether these commits were rewritten too",
    ] {
        assert!(run.stdout.contains(said), "{said}: {}", run.stdout);
    }
    assert_eq!(scoreline(repo.path(), &["verify", "--strict"]).code, 4);
    forge(repo.path());
    let said = format!("LEDGER.jsonl, line 1: it is another one at commit {}", &first[..12]);
    assert_eq!(found(repo.path(), &[]), named("anchor", &said));
    // Committing it does not help.
    let forged = repo.path().to_owned();
    commit(&mut repo, &forged, "2026-12-05T09:00:00+01:00");
    assert_eq!(found(repo.path(), &[]), named("anchor", &said));
}
