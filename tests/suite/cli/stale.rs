//! A build answers for the files of its period: none of an earlier build stays that this one would not write.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{replace, scoreline, workspace, write};

/// The files of the card's folder, relative to it.
fn files(folder: &Path) -> BTreeSet<String> {
    let card = folder.join("reports/desk");
    walkdir::WalkDir::new(&card)
        .into_iter()
        .map(|entry| entry.expect("a readable folder").into_path())
        .filter(|path| path.is_file())
        .map(|path| path.strip_prefix(&card).expect("below the card").display().to_string())
        .collect()
}

fn build(folder: &Path, more: &[&str]) -> BTreeSet<String> {
    let run = scoreline(folder, &[&["build", "--period", "2026-10"], more].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    files(folder)
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

// Two of three answers in September, four of five in October; a target of 90 % is missed, one of 75 % is met,
// and a KPI that is met has no chart beside the Markdown.
#[test]
fn a_chart_of_a_kpi_that_is_met_again_goes() {
    let folder = workspace();
    let folder = folder.path();
    write(
        folder,
        "answers.csv",
        "day,score\n2026-09-01,5\n2026-09-02,4\n2026-09-03,1\n2026-10-01,5\n2026-10-02,4\n2026-10-03,4\n2026-10-04,5\n2026-10-31,1\n",
    );
    replace(folder, "desk.yaml", "at_least: 75%", "at_least: 90%");
    let missed = build(folder, &[]);
    assert!(missed.contains("2026-10/kpi-good.svg"), "{missed:?}");
    replace(folder, "desk.yaml", "at_least: 90%", "at_least: 75%");
    let met = build(folder, &[]);
    assert!(!met.contains("2026-10/kpi-good.svg"), "{met:?}");
    assert!(met.contains("2026-10/score.svg"), "{met:?}");
}

#[test]
fn pages_of_audiences_that_are_gone_go_and_other_files_stay() {
    let folder = workspace();
    let folder = folder.path();
    let plain = names(&[
        "2026-10.html",
        "2026-10.json",
        "2026-10.md",
        "2026-10/points.svg",
        "index.html",
        "index.md",
    ]);
    let with = |more: &[&str]| plain.union(&names(more)).cloned().collect::<BTreeSet<String>>();
    replace(folder, "desk.yaml", "people:", "views: [operations, finance]\npeople:");
    assert_eq!(build(folder, &[]), with(&["2026-10.finance.html"]));
    // What nobody asked for this time is not answered for.
    replace(
        folder,
        "desk.yaml",
        "views: [operations, finance]",
        "views: [operations]",
    );
    assert_eq!(
        build(folder, &["--audience", "operations"]),
        with(&["2026-10.finance.html"])
    );
    assert_eq!(build(folder, &["--format", "json"]), with(&["2026-10.finance.html"]));
    // Notes of people and reports of other periods are not ours.
    fs::write(folder.join("reports/desk/2026-10.notes.html"), "mine").expect("writable");
    fs::write(folder.join("reports/desk/2026-09.html"), "theirs").expect("writable");
    assert_eq!(build(folder, &[]), with(&["2026-10.notes.html", "2026-09.html"]));
}

#[test]
fn a_page_for_printing_is_written_where_it_is_asked_for_and_goes_with_the_next_build() {
    let folder = workspace();
    let folder = folder.path();
    assert!(build(folder, &["--print"]).contains("2026-10.print.html"));
    let page = |name: &str| fs::read_to_string(folder.join("reports/desk").join(name)).expect("a page");
    assert!(page("2026-10.html").contains("<details>"));
    assert!(!page("2026-10.print.html").contains("<details"), "nothing is collapsed");
    assert!(
        !page("2026-10.print.html").contains("<nav"),
        "paper has no links to jump by"
    );
    assert!(!build(folder, &[]).contains("2026-10.print.html"));
}
