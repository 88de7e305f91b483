//! `init`: a workspace that works at once, and stays what this repository ships.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tempfile::TempDir;

use super::{scoreline, write};

const SYSTEMS: &[&str] = &[
    "starter",
    "managed-it",
    "accountability",
    "finance-team",
    "technicians",
    "maturity",
    "cloud-slas",
];

fn shipped() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scorecards")
}

/// Every file below `folder`, relative to it.
fn files(folder: &Path) -> Vec<String> {
    let found = walkdir::WalkDir::new(folder).sort_by_file_name();
    let files = found.into_iter().map(|entry| entry.expect("a readable folder"));
    let files = files.filter(|entry| entry.file_type().is_file());
    let relative = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(folder).expect("below the folder");
        path.to_string_lossy().replace('\\', "/")
    };
    files.map(relative).collect()
}

#[test]
fn every_system_is_written_as_shipped_and_works_at_once() {
    SYSTEMS.par_iter().for_each(|system| {
        let folder = TempDir::new().expect("a temporary folder");
        let run = scoreline(folder.path(), &["init", "new", "--from", system]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{system}");
        let root = folder.path().join("new");
        assert_eq!(files(&root.join(system)), files(&shipped().join(system)), "{system}");
        for path in files(&root.join(system)) {
            let text = |folder: &Path| fs::read_to_string(folder.join(system).join(&path)).expect("a text");
            let up = "../".repeat(path.matches('/').count() + 1);
            let nearby = text(&shipped()).replace(
                &format!("$schema=../{up}schemas/"),
                &format!("$schema={up}.scoreline/schemas/"),
            );
            assert!(text(&root) == nearby, "{system}/{path}");
        }
        let run = scoreline(&root, &["check", "--as-of", "2026-11-01"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{system}");
        assert!(run.stdout.starts_with("no findings in "), "{system}: {}", run.stdout);
        let run = scoreline(&root, &["fmt", "--check"]);
        assert_eq!(run.code, 0, "{system}: {}", run.stdout);
        let run = scoreline(&root, &["test"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{system}");
        let run = scoreline(&root, &["build", "--period", "2026-10", "--format", "md"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{system}");
        assert!(root.join("reports/index.md").is_file(), "{system}");
    });
}

#[test]
fn every_document_names_a_schema_that_is_there() {
    let folder = TempDir::new().expect("a temporary folder");
    for system in SYSTEMS {
        assert_eq!(scoreline(folder.path(), &["init", "--from", system]).code, 0);
    }
    for path in files(folder.path()).iter().filter(|path| path.ends_with(".yaml")) {
        let path = folder.path().join(path);
        let text = fs::read_to_string(&path).expect("a text");
        let first = text.lines().next().unwrap_or_default();
        let schema = first
            .strip_prefix("# yaml-language-server: $schema=")
            .expect("a schema");
        assert!(
            path.parent().expect("a folder").join(schema).is_file(),
            "{first} in {}",
            path.display()
        );
    }
}

#[test]
fn what_is_there_stays() {
    let folder = TempDir::new().expect("a temporary folder");
    let mine = "apiVersion: scoreline/v1\nkind: Workspace\ntitle: Mine\n";
    write(folder.path(), "scoreline.yaml", mine);
    let run = scoreline(folder.path(), &["init"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stdout.contains("kept  ./scoreline.yaml  as it was"),
        "{}",
        run.stdout
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("scoreline.yaml")).expect("a text"),
        mine
    );
    let again = scoreline(folder.path(), &["init"]);
    assert!(
        again
            .stdout
            .starts_with("nothing to write: `.` has every file already\nkept"),
        "{}",
        again.stdout
    );
}

#[test]
fn the_workflow_calls_commands_and_options_that_there_are() {
    let folder = TempDir::new().expect("a temporary folder");
    assert_eq!(scoreline(folder.path(), &["init"]).code, 0);
    let workflow = fs::read_to_string(folder.path().join(".github/workflows/scorecards.yml")).expect("the workflow");
    let mut called = Vec::new();
    for (_, call) in workflow.lines().filter_map(|line| line.split_once("run: scoreline ")) {
        let words: Vec<&str> = call.split_whitespace().collect();
        let help = scoreline(folder.path(), &[words[0], "--help"]);
        assert_eq!(help.code, 0, "{call}");
        let options = words.iter().filter(|word| word.starts_with("--"));
        options.for_each(|option| assert!(help.stdout.contains(option), "{option} of {call}"));
        called.push(words[0]);
    }
    assert_eq!(called, ["fmt", "check", "test", "diff", "build", "verify"]);
}
