//! `fmt`: one form, the same meaning.

use std::fs;

use super::{scoreline, workspace, write};

#[test]
fn documents_are_brought_into_form_once() {
    let folder = workspace();
    let text = fs::read_to_string(folder.path().join("desk.yaml")).expect("the card");
    let untidy = text
        .replace(
            "people: { lead: { name: Lead } }",
            "people:   {lead: {name:   Lead}}   # who",
        )
        .replace('\n', "\r\n");
    write(folder.path(), "desk.yaml", &untidy);
    write(folder.path(), "other.yaml", "a:   1\n");

    let check = scoreline(folder.path(), &["fmt", "--check"]);
    assert_eq!(check.code, 1);
    assert!(
        check.stdout.ends_with("1 file to format: run `scoreline fmt`\n"),
        "{}",
        check.stdout
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("desk.yaml")).expect("the card"),
        untidy
    );

    let run = scoreline(folder.path(), &["fmt"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "formatted desk.yaml\n"));
    let tidy = text.replace(
        "people: { lead: { name: Lead } }",
        "people: { lead: { name: Lead } }   # who",
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("desk.yaml")).expect("the card"),
        tidy
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("other.yaml")).expect("another tool's"),
        "a:   1\n"
    );

    let again = scoreline(folder.path(), &["fmt"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, "2 files in form\n"));
    assert_eq!(scoreline(folder.path(), &["fmt", "--check"]).code, 0);
}

#[test]
fn a_file_with_mistakes_is_left_alone_and_the_others_are_not() {
    let folder = workspace();
    let broken = "apiVersion: scoreline/v1\nkind:   Pack\nid: p\nid: q\n";
    write(folder.path(), "broken.yaml", broken);
    write(
        folder.path(),
        "scoreline.yaml",
        "apiVersion:   scoreline/v1\nkind: Workspace\n",
    );
    let run = scoreline(folder.path(), &["fmt"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, "formatted scoreline.yaml\n"));
    assert!(
        run.stderr.contains("duplicate-key") && run.stderr.contains("broken.yaml:4:1"),
        "{}",
        run.stderr
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("broken.yaml")).expect("the pack"),
        broken
    );
}

#[test]
fn only_what_is_named_is_formatted() {
    let folder = workspace();
    write(
        folder.path(),
        "scoreline.yaml",
        "apiVersion:   scoreline/v1\nkind: Workspace\n",
    );
    let run = scoreline(folder.path(), &["fmt", "desk.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "1 file in form\n"));
    let run = scoreline(folder.path(), &["fmt", "none.yaml"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("cannot read `none.yaml`"), "{}", run.stderr);
}
