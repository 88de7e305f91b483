//! Which forms of report a build writes.

use super::{contents, scoreline, workspace};

/// The names of all files that a build with `format` writes.
fn written(format: &str) -> Vec<String> {
    let folder = workspace();
    let run = scoreline(folder.path(), &["build", "--period", "2026-10", "--format", format]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let reports = folder.path().join("reports");
    let below = |path: &std::path::PathBuf| {
        let path = path.strip_prefix(&reports).expect("a report");
        path.display().to_string()
    };
    contents(&reports).keys().map(below).collect()
}

#[test]
fn forms_are_asked_for_by_name_in_one_list() {
    let files = written("mail,comment");
    assert!(files.contains(&"comment.md".to_owned()), "{files:?}");
    assert!(files.contains(&"desk/2026-10.mail.html".to_owned()), "{files:?}");
    assert!(!files.contains(&"desk/2026-10.html".to_owned()), "{files:?}");
    let files = written("html");
    assert!(files.contains(&"desk/2026-10.html".to_owned()), "{files:?}");
    let further = ["mail.html", "xlsx", "comment.md", "2026-10.json"];
    assert!(
        files
            .iter()
            .all(|file| further.iter().all(|ending| !file.ends_with(ending))),
        "{files:?}"
    );
}

#[test]
fn an_unknown_form_is_told_with_those_there_are() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["build", "--period", "2026-10", "--format", "pdf"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("html, md, json, mail, xlsx, comment"),
        "{}",
        run.stderr
    );
}

#[cfg(not(feature = "xlsx"))]
#[test]
fn a_program_without_workbooks_says_how_to_get_them() {
    let folder = workspace();
    let run = scoreline(folder.path(), &["build", "--period", "2026-10", "--format", "xlsx"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("cargo install scoreline --locked --features xlsx"),
        "{}",
        run.stderr
    );
    assert!(!folder.path().join("reports").exists());
}

#[cfg(not(feature = "serve"))]
#[test]
fn a_program_without_the_preview_says_how_to_get_it() {
    let run = scoreline(workspace().path(), &["serve"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr.contains("cargo install scoreline --locked --features serve"),
        "{}",
        run.stderr
    );
}
