//! The rules' pages are executed: the bad example raises exactly the page's rule, the fix nothing.
//!
//! A page's block ```` ```yaml ```` is the rest of a scorecard that extends `tests/pages/base.yaml`, or, where it
//! begins with `apiVersion`, a file of its own; ```` ```yaml scoreline.yaml ```` adds to that file, and every other
//! name after the language is a file beside it: ```` ```csv data/surveys.csv ````. Data under "Example" that the
//! fix does not replace holds for both, and `# … and 20 more like it` stands for so many entries.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::civil::date;
use rayon::prelude::*;
use scoreline::check;
use scoreline::compile::compile;
use scoreline::diagnostics::{Level, RULES, rule};
use scoreline::source::DiskTree;
use scoreline::tables::Data;
use serde_json::Value;
use tempfile::TempDir;

/// The scorecard of a page.
const CARD: &str = "example.yaml";

/// What every example begins with, unless it is a file of its own.
const HEAD: &str = "apiVersion: scoreline/v1\nkind: Scorecard\nid: example\ntitle: Example\nextends: [base@1]\n";

const WORKSPACE: &str = "apiVersion: scoreline/v1\nkind: Workspace\n";

/// Says in a page that its example is two versions of a workspace; the tests of `diff` execute those.
const TWO_VERSIONS: &str = "\nBefore:\n";

/// A file of an example: its name and its text.
type Files = BTreeMap<String, Vec<u8>>;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files of the bad example and of the fix.
fn examples(rule: &str, page: &str) -> (Files, Files) {
    let (_, examples) = page.split_once("\n## Example\n").expect("an example");
    let (bad, fix) = examples.split_once("\n## Fix\n").expect("a fix");
    let bad = blocks(rule, bad, true);
    let mut fixed = blocks(rule, fix, false);
    // The data that a page shows once are the same in both.
    for (name, bytes) in bad.iter().filter(|(name, _)| name.starts_with("data/")) {
        fixed.entry(name.clone()).or_insert_with(|| bytes.clone());
    }
    (bad, fixed)
}

fn blocks(rule: &str, text: &str, is_bad: bool) -> Files {
    let mut files = Files::new();
    let mut rest = text;
    while let Some((_, fenced)) = rest.split_once("```") {
        let (head, fenced) = fenced.split_once('\n').expect("a block has lines");
        let (block, after) = fenced.split_once("```").expect("a block ends");
        rest = after;
        let name = head.split_once(' ').map_or(CARD, |(_, name)| name);
        let mut text = whole(name, &repeated(block));
        match rule {
            // A page cannot show all of what is wrong with these.
            "not-utf-8" if is_bad => {
                files.insert(name.to_owned(), windows_1252(&text));
                continue;
            }
            "expression-too-large" if is_bad => {
                let more: Vec<String> = (3..203).map(|n| format!("'a{n:03}'")).collect();
                text = text.replace("'…'", &more.join(", "));
            }
            "oversized-input" if is_bad => text.push_str(&"# and so on\n".repeat(100_000)),
            _ => {}
        }
        files.insert(name.to_owned(), text.into_bytes());
    }
    files
}

/// Writes out `# … and 20 more like it`: the entry above it, so many times, each with a number to its id.
fn repeated(block: &str) -> String {
    let mut text = String::new();
    let mut above = "";
    for line in block.split_inclusive('\n') {
        let more = line.trim().strip_prefix("# … and ");
        match more.and_then(|more| more.strip_suffix(" more like it")) {
            Some(count) => {
                for number in 1..=count.parse::<u32>().expect("a number") {
                    text.push_str(&above.replacen(':', &format!("-{number}:"), 1));
                }
            }
            None => text.push_str(line),
        }
        above = line;
    }
    text
}

/// Adds to a block what every such file has.
fn whole(name: &str, block: &str) -> String {
    match name {
        _ if block.starts_with("apiVersion") => block.to_owned(),
        CARD => {
            let has = |key: &str| block.lines().any(|line| line.starts_with(key));
            let head: String = HEAD
                .split_inclusive('\n')
                .filter(|line| !has(line.split_inclusive(':').next().expect("a key")))
                .collect();
            let kpis = if has("kpis:") { "" } else { "kpis: { csat: {} }\n" };
            format!("{head}{block}{kpis}")
        }
        "scoreline.yaml" => format!("{WORKSPACE}{block}"),
        _ => block.to_owned(),
    }
}

fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '–' => 0x96,
        c => u8::try_from(u32::from(c)).expect("a character of Windows-1252"),
    };
    text.chars().map(byte).collect()
}

/// The rules that checking `files`, and building them if asked, raises, each once; of other rules' notes none: an
/// example is no whole contract.
fn raised(page: &str, files: &Files, is_built: bool) -> Vec<String> {
    let folder = TempDir::new().expect("a temporary folder");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
        fs::write(path, bytes).expect("a writable folder");
    };
    write("scoreline.yaml", WORKSPACE.as_bytes());
    write(
        "base.yaml",
        &fs::read(root().join("tests/pages/base.yaml")).expect("the base"),
    );
    for entry in fs::read_dir(root().join("tests/pages/data")).expect("the data") {
        let entry = entry.expect("a file");
        let name = format!("data/{}", entry.file_name().to_string_lossy());
        write(&name, &fs::read(entry.path()).expect("the data"));
    }
    // The one flaw that every scorecard would mend.
    if page != "empty-workspace" {
        write(CARD, whole(CARD, "").as_bytes());
    }
    files.iter().for_each(|(name, bytes)| write(name, bytes));

    // Templates are read by the program alone.
    let by_program = files.keys().any(|name| name.starts_with("templates/"));
    let mut rules = if by_program {
        let (_, checked) = scoreline(folder.path(), &["check", "--format", "json"]);
        let checked: Value = serde_json::from_str(&checked).expect("JSON");
        let found = checked["diagnostics"].as_array().expect("a list");
        let names = found.iter().map(|finding| finding["rule"].as_str());
        names.map(|name| name.expect("a name").to_owned()).collect()
    } else {
        checked(folder.path())
    };
    if is_built {
        let (complaints, _) = scoreline(folder.path(), &["build", "--period", "2026-10", "--format", "json"]);
        let errors = complaints.lines().filter_map(|line| line.strip_prefix("error: "));
        rules.extend(errors.map(str::to_owned));
    }
    rules.sort_unstable();
    rules.dedup();
    // The base is a pack, and an example may well measure in its own way.
    rules.retain(|name| name == page || !(name == "core-metric-redefined" || is_note(name)));
    rules
}

/// The rules that the whole compiler raises up to where rows are read.
fn checked(folder: &Path) -> Vec<String> {
    let compiled = compile(&DiskTree::new(folder)).expect("a readable folder");
    let workspace = &compiled.workspace;
    let mut found = compiled.diagnostics.clone();
    let mut unfit = check::columns(workspace, &compiled.sources, &Data::folder(folder), &found);
    unfit.gather(0, &[]);
    found.extend(unfit);
    if !found.has_errors() {
        check::check(workspace, Some(date(2026, 11, 1)), &mut found);
    }
    found.iter().map(|finding| finding.rule.to_owned()).collect()
}

fn is_note(name: &str) -> bool {
    RULES.iter().any(|rule| rule.name == name) && rule(name).level == Level::Info
}

/// Runs the program; what it complained of and what it printed.
fn scoreline(folder: &Path, arguments: &[&str]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scoreline"));
    let output = command.current_dir(folder).args(arguments).output();
    let output = output.expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stderr), text(output.stdout))
}

#[test]
fn the_bad_example_of_a_page_raises_its_rule_and_the_fix_nothing() {
    let executed: Vec<_> = RULES.iter().filter(|rule| !rule.page.contains(TWO_VERSIONS)).collect();
    let wrong: Vec<String> = executed
        .into_par_iter()
        .flat_map_iter(|rule| {
            let path = root().join(format!("src/diagnostics/rules/{}.md", rule.name));
            let page = fs::read_to_string(path).expect("a page");
            let (bad, fix) = examples(rule.name, &page);
            let expected = match rule.name {
                // An alias needs its anchor.
                "yaml-alias" => vec!["yaml-alias", "yaml-anchor"],
                name => vec![name],
            };
            // Only what checking does not find is a matter of the data.
            let checked = raised(rule.name, &bad, false);
            let is_built = checked.is_empty();
            let bad = if is_built {
                raised(rule.name, &bad, true)
            } else {
                checked
            };
            let fix = raised(rule.name, &fix, is_built);
            let mut wrong = Vec::new();
            if bad != expected {
                wrong.push(format!("{}: the bad example raises {bad:?}", rule.name));
            }
            if !fix.is_empty() {
                wrong.push(format!("{}: the fix raises {fix:?}", rule.name));
            }
            wrong
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
