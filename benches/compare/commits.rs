//! A repository made for the benchmark, written object by object.

use std::fs;
use std::path::{Path, PathBuf};

use gix::objs::tree::EntryKind;

use super::workspace;

/// Scorecards in the repository.
const CARDS: usize = 50;

/// Writes `commits` commits, each of which raises a target of one of [`CARDS`] scorecards of 20 KPIs.
pub(crate) fn repository(folder: &Path, commits: usize) -> PathBuf {
    let at = workspace::fresh(folder, "history");
    let git = at.join(".git");
    for below in ["objects", "refs/heads"] {
        fs::create_dir_all(git.join(below)).expect("a writable folder");
    }
    fs::write(git.join("HEAD"), "ref: refs/heads/main\n").expect("written");
    fs::write(git.join("config"), "[core]\n\trepositoryformatversion = 0\n").expect("written");
    let handle = gix::ThreadSafeRepository::open_opts(&at, gix::open::Options::isolated())
        .expect("a repository")
        .to_thread_local();
    let mut editor = handle.empty_tree().edit().expect("an editor");
    let mut put = |path: &str, text: &str| {
        let blob = handle.write_blob(text).expect("written");
        editor.upsert(path, EntryKind::Blob, blob).expect("a path");
        fs::create_dir_all(at.join(path).parent().expect("a folder")).expect("a writable folder");
        fs::write(at.join(path), text).expect("written");
        editor.write().expect("written").detach()
    };
    let settings = fs::read_to_string(at.join("scoreline.yaml")).expect("written");
    put("scoreline.yaml", &settings);
    let path = |card: usize| format!("cards/card-{card}.yaml");
    let text = |card: usize, change: usize| {
        let raised = format!("at_least: {}.{:03}%", 90 + change / 1000, change % 1000);
        workspace::card(&format!("card-{card}")).replacen("at_least: 90%", &raised, 1)
    };
    for card in 0..CARDS {
        put(&path(card), &text(card, 0));
    }
    let mut parent = None;
    for change in 1..=commits {
        let tree = put(&path(change % CARDS), &text(change % CARDS, change));
        let who = gix::actor::Signature {
            name: "Bench".into(),
            email: "bench@example.com".into(),
            time: gix::date::Time::new(1_700_000_000 + 3600 * change as i64, 3600),
        };
        let commit = gix::objs::Commit {
            tree,
            parents: parent.into_iter().collect(),
            author: who.clone(),
            committer: who,
            encoding: None,
            message: format!("change {change}").into(),
            extra_headers: Vec::new(),
        };
        parent = Some(handle.write_object(&commit).expect("written").detach());
    }
    let tip = parent.expect("at least one commit");
    fs::write(git.join("refs/heads/main"), format!("{tip}\n")).expect("written");
    at
}
