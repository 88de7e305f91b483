//! First drafts by careful people: `check` says what may cost them most first, and does not bury it.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{scoreline, write};

/// What `check` says of a draft over some data files.
fn checked(draft: &str, data: &[(&str, &str)]) -> String {
    let folder = TempDir::new().expect("a temporary folder");
    write(
        folder.path(),
        "scoreline.yaml",
        "apiVersion: scoreline/v1\nkind: Workspace\n",
    );
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/drafts");
    let text = fs::read_to_string(fixtures.join(draft)).expect("the draft");
    write(folder.path(), draft, &text);
    fs::create_dir(folder.path().join("data")).expect("a writable folder");
    for (name, text) in data {
        write(folder.path(), name, text);
    }
    let run = scoreline(folder.path(), &["check"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    run.stdout
}

fn warnings(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("warning: ")).collect()
}

#[test]
fn of_a_first_contract_a_handful_of_warnings_is_told_the_costliest_first() {
    let text = checked(
        "contract.yaml",
        &[
            (
                "data/tickets.csv",
                "id,created,resolved,priority,csat\n1,2026-10-01 09:00,2026-10-01 11:00,high,5\n",
            ),
            (
                "data/outages.csv",
                "service,from,to\nportal,2026-10-05 10:00,2026-10-05 10:30\n",
            ),
        ],
    );
    let expected = [
        "no-carve-outs",
        "no-single-incident-rule",
        "low-volume-unhandled",
        "calendar-without-holidays",
        "unused-definition",
    ];
    assert_eq!(warnings(&text), expected);
    assert!(text.lines().count() <= 80, "{text}");
}

#[test]
fn of_a_first_card_of_a_team_nothing_is_warned() {
    let deploys = "merged_at,deployed_at,rolled_back\n2026-10-05T09:00,2026-10-05T15:00,false\n";
    let text = checked("team.yaml", &[("data/deploys.csv", deploys)]);
    assert_eq!(warnings(&text), [""; 0]);
}
