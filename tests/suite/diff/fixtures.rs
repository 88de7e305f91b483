//! Pairs of workspaces on disk: one for every rule about changes, and pairs that only look changed.
//!
//! `tests/diff/<rule>/{before,after}` are whole workspaces; `expected.yaml` beside them says by hand what
//! `scoreline diff tests/diff/<rule>/before tests/diff/<rule>/after` reports, all of it. The examples on the
//! rule's page are excerpts of the same two workspaces. `tests/diff/near-misses/*` report nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rayon::prelude::*;
use scoreline::compile::{compile, compile_beside};
use scoreline::diagnostics::{Diagnostics, Level, RULES, Rule};
use scoreline::diff::{Known, diff};
use scoreline::source::{DiskTree, FileId, MemoryTree, SourceFile, Tree};
use scoreline::syntax::{Node, NodeKind, parse};
use serde_json::Value;

use super::{day, laid};

/// The folder of pairs that are no change, beside those of the rules.
const NEAR_MISSES: &str = "near-misses";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff")
}

/// The names of the folders in a folder, in order.
fn folders(path: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(path)
        .expect("a folder")
        .map(|entry| entry.expect("an entry"));
    entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("UTF-8"))
        .collect()
}

/// The rules about changes, with the three examples of their pages: before, after, and what to do.
pub(super) fn rules() -> impl Iterator<Item = (&'static Rule, [&'static str; 3])> {
    let shows_a_change = |rule: &&Rule| rule.page.contains("\nBefore:\n");
    RULES.iter().filter(shows_a_change).map(|rule| {
        let fenced = rule.page.split("\n```yaml\n").skip(1);
        let blocks: Vec<&str> = fenced
            .map(|rest| rest.split_once("```").expect("a closed fence").0)
            .collect();
        (rule, blocks.try_into().expect("three examples"))
    })
}

/// Runs `scoreline diff` on a pair, as anybody would from the folder of the pair.
fn compare(pair: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scoreline"));
    command.args(["diff", "before", "after", "--format", "json"]);
    command.current_dir(pair).output().expect("the program starts")
}

/// What a finding is, by the names of `expected.yaml`.
pub(super) type Told = BTreeMap<String, String>;

/// What the program reports of a pair: its exit code, and every finding.
pub(super) fn reported(pair: &Path) -> (String, Vec<Told>) {
    let output = compare(pair);
    let code = output.status.code().expect("an exit code").to_string();
    let Ok(view) = serde_json::from_slice::<Value>(&output.stdout) else {
        return (String::from_utf8(output.stderr).expect("UTF-8"), Vec::new());
    };
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut found = Vec::new();
    for card in list(&view["cards"]) {
        for change in list(&card["changes"]).iter().chain(&list(&card["data_changes"])) {
            let id = text(&card["id"]).expect("an id");
            let about = text(&change["subject"]).map_or_else(|| id.clone(), |subject| format!("{id}/{subject}"));
            let mut told = Told::from([("about".to_owned(), about)]);
            let names = [
                ("rule", "rule"),
                ("effect", "effect"),
                ("favours", "favours"),
                ("timing", "timing"),
                ("is_at", "at"),
                ("from", "from"),
                ("until", "until"),
            ];
            for (field, name) in names {
                told.extend(text(&change[field]).map(|text| (name.to_owned(), text)));
            }
            told.insert("says".to_owned(), said(change));
            found.push(told);
        }
    }
    for finding in list(&view["findings"]) {
        let fields = [("rule", "rule"), ("message", "says"), ("at", "at")];
        let one = fields.map(|(field, name)| (name.to_owned(), text(&finding[field]).expect("text")));
        found.push(one.into());
    }
    (code, found)
}

/// The values of a change: `target ≥ 99.95% → ≥ 99.9%`; of what came or went, `reason Typo, new`.
fn said(change: &Value) -> String {
    let parts = change["parts"].as_array().expect("a list").iter().map(|part| {
        let names = [&part["field"], &change["field"]].map(|name| name.as_str().unwrap_or_default());
        let name = names.into_iter().find(|name| !name.is_empty());
        let lead = name.map_or(String::new(), |name| format!("{name} "));
        match (part["before"].as_str(), part["after"].as_str()) {
            (Some(before), Some(after)) => format!("{lead}{before} → {after}"),
            (None, Some(after)) => format!("{lead}{after}, new"),
            (Some(before), None) => format!("{lead}{before}, gone"),
            (None, None) => lead,
        }
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// Leaves in what was reported only that of which something was expected somewhere.
pub(super) fn only_asked(expected: &[Told], reported: &mut [Told]) {
    for told in reported {
        told.retain(|name, _| expected.iter().any(|expected| expected.contains_key(name)));
    }
}

/// The documents of a YAML text.
pub(super) fn documents(text: &str) -> Vec<Node> {
    parse(
        FileId(0),
        &SourceFile::new("page.yaml", text),
        &mut Diagnostics::default(),
    )
}

/// What `expected.yaml` says of a pair.
fn expected(pair: &Path) -> (String, Vec<Told>) {
    let text = fs::read_to_string(pair.join("expected.yaml")).expect("expected.yaml");
    let documents = documents(&text);
    let code = documents[0].at(["exit"]).and_then(Node::as_text).expect("exit");
    (code.to_owned(), told(&documents[0], "changes"))
}

/// The findings that stand as a list under a key.
pub(super) fn told(node: &Node, key: &str) -> Vec<Told> {
    let list = node.at([key]).and_then(Node::as_list).expect("a list");
    let told = list.iter().map(|one| {
        let entries = one.as_map().expect("a map").iter().map(|(key, value)| {
            let value = value.as_text().expect("text");
            (key.text.to_string(), value.to_owned())
        });
        entries.collect()
    });
    told.collect()
}

fn lines(pair: &str, (code, found): &(String, Vec<Told>)) -> String {
    let mut text = format!("{pair}: exit {code}\n");
    for told in found {
        text.push_str(&format!("  {told:?}\n"));
    }
    text
}

#[test]
fn every_pair_reports_what_was_expected_and_nothing_else() {
    let pairs: Vec<String> = folders(&root())
        .into_iter()
        .filter(|name| name != NEAR_MISSES)
        .collect();
    let wrong: Vec<String> = pairs
        .par_iter()
        .filter_map(|name| {
            let pair = root().join(name);
            let (expected, mut reported) = (expected(&pair), reported(&pair));
            only_asked(&expected.1, &mut reported.1);
            let fires = expected.1.iter().any(|told| told.get("rule") == Some(name));
            (expected != reported || !fires)
                .then(|| format!("expected {}reported {}", lines(name, &expected), lines(name, &reported)))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_about_changes_has_its_pair() {
    let mut with_pair = folders(&root());
    assert!(with_pair.remove(NEAR_MISSES));
    let rules: BTreeSet<String> = rules().map(|(rule, _)| rule.name.to_owned()).collect();
    assert_eq!(with_pair, rules);
    assert!(rules.len() > 60);
}

#[test]
fn near_misses_are_no_change() {
    let pairs: Vec<String> = folders(&root().join(NEAR_MISSES)).into_iter().collect();
    let wrong: Vec<String> = pairs
        .par_iter()
        .filter_map(|name| {
            let pair = root().join(NEAR_MISSES).join(name);
            let side = |side: &str| DiskTree::new(pair.join(side));
            let (before, after) = (files(&side("before")), files(&side("after")));
            // A pair that is one text, or none, misses nothing.
            assert_ne!(before, after, "{name}");
            let cards = compile(&side("after")).expect("a folder").workspace.cards;
            assert!(!cards.is_empty(), "{name}");
            let reported = reported(&pair);
            (reported != ("0".to_owned(), Vec::new())).then(|| lines(name, &reported))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(pairs.len() >= 15, "{} near misses", pairs.len());
}

/// The files of a tree by their paths.
fn files(tree: &DiskTree) -> BTreeMap<String, String> {
    let paths = tree.list().expect("a folder");
    let read = |path: &String| String::from_utf8(tree.read(path).expect("a file")).expect("UTF-8");
    paths.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

/// Whether everything that `excerpt` says stands in `node`.
fn stands_in(excerpt: &Node, node: &Node) -> bool {
    match (&excerpt.kind, &node.kind) {
        (NodeKind::Map(excerpt), NodeKind::Map(whole)) => excerpt
            .iter()
            .all(|(key, value)| whole.get(&key.text).is_some_and(|whole| stands_in(value, whole))),
        _ => excerpt.says_the_same(node),
    }
}

#[test]
fn the_examples_of_a_page_are_excerpts_of_its_pair() {
    let mut wrong = Vec::new();
    for (rule, [before, after, _]) in rules() {
        for (side, example) in [("before", before), ("after", after)] {
            let files = files(&DiskTree::new(root().join(rule.name).join(side)));
            let whole: Vec<Node> = files.values().flat_map(|text| documents(text)).collect();
            let excerpts = documents(example);
            assert!(!excerpts.is_empty(), "{}", rule.name);
            if !excerpts
                .iter()
                .all(|excerpt| whole.iter().any(|node| stands_in(excerpt, node)))
            {
                wrong.push(format!("{}: {side}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "not in the pair: {}", wrong.join(", "));
}

/// The workspace of BASE with a page's fix laid over the document that it is about.
fn fixed(rule: &str, example: &str, fix: &str) -> MemoryTree {
    let mut tree = MemoryTree::default();
    let excerpt = &documents(example)[0];
    let fix_kind = documents(fix)[0]
        .at(["kind"])
        .and_then(Node::as_text)
        .map(str::to_owned);
    let mut is_laid = false;
    // What was not there before is mended where it came.
    for side in ["before", "after"] {
        let folder = root().join(rule).join(side);
        if is_laid {
            continue;
        }
        tree = MemoryTree::default();
        for (path, text) in files(&DiskTree::new(folder)) {
            let of_file = text.split_inclusive("---\n").map(|text| text.trim_end_matches("---\n"));
            let mended = of_file.map(|text| {
                let parsed = documents(text);
                let is_meant = parsed.first().is_some_and(|node| match &fix_kind {
                    Some(kind) => node.at(["kind"]).and_then(Node::as_text) == Some(kind),
                    None => stands_in(excerpt, node),
                });
                if is_laid || !is_meant {
                    return text.to_owned();
                }
                is_laid = true;
                laid(text, fix)
            });
            let mended: Vec<String> = mended.collect();
            tree.insert(path, mended.join("\n---\n"));
        }
    }
    assert!(is_laid, "{rule}: the fix fits no document");
    tree
}

#[test]
fn what_a_page_advises_stands_and_is_no_error() {
    for (rule, [before, _, fix]) in rules() {
        let base = compile(&DiskTree::new(root().join(rule.name).join("before"))).expect("a folder");
        let head = compile_beside(&fixed(rule.name, before, fix), base.sources.clone()).expect("files in memory");
        let errors: Vec<_> = head.diagnostics.iter().map(|it| (it.rule, &it.message)).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", rule.name);
        let known = Known {
            as_of: Some(day("2026-11-01")),
            published: [("desk".to_owned(), ["2026-10".to_owned()].into())].into(),
        };
        let difference = diff(&base, &head, &known);
        let mut changes = difference.cards.iter().flat_map(|card| &card.changes);
        if rule.level == Level::Error {
            assert!(
                changes.all(|change| change.level < Level::Error),
                "{}: {difference:#?}",
                rule.name
            );
        }
    }
}
