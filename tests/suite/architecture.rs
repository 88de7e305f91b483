//! The structure holds: rooms import leftwards only, files stay small, names say what is inside,
//! nothing inexact or nondeterministic creeps in.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Which rooms a room may name in a `crate::` path. Left of the arrow: the room; right: what it sees.
const EDGES: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("quantity", &[]),
    ("source", &["error"]),
    ("diagnostics", &["source"]),
    ("syntax", &["quantity", "source", "diagnostics"]),
    ("model", &["quantity", "source", "diagnostics", "syntax"]),
    ("resolve", &["quantity", "source", "diagnostics", "syntax", "model"]),
    (
        "compile",
        &["error", "source", "diagnostics", "syntax", "model", "resolve"],
    ),
    ("expression", &["quantity", "source", "diagnostics", "syntax"]),
    (
        "tables",
        &[
            "error",
            "quantity",
            "source",
            "diagnostics",
            "syntax",
            "model",
            "resolve",
            "expression",
            "measure::facts",
        ],
    ),
    (
        "check",
        &[
            "error",
            "quantity",
            "source",
            "diagnostics",
            "syntax",
            "model",
            "resolve",
            "expression",
            "tables",
            "measure",
        ],
    ),
    (
        "measure",
        &[
            "error",
            "quantity",
            "source",
            "diagnostics",
            "syntax",
            "resolve",
            "expression",
            "tables",
        ],
    ),
    ("assess", &["quantity", "source", "resolve", "measure::facts"]),
    ("evaluate", &["quantity", "resolve", "tables", "measure", "assess"]),
    (
        "report",
        &[
            "error",
            "quantity",
            "source",
            "diagnostics",
            "syntax",
            "resolve",
            "measure::facts",
            "assess",
        ],
    ),
    (
        "diff",
        &[
            "error",
            "quantity",
            "source",
            "diagnostics",
            "syntax",
            "model",
            "resolve",
            "compile",
            "expression",
            "tables",
            "measure",
            "assess",
            "evaluate",
            "report",
        ],
    ),
    (
        "history",
        &[
            "error",
            "quantity",
            "source",
            "diagnostics",
            "syntax",
            "model",
            "resolve",
            "compile",
            "report",
            "diff",
        ],
    ),
    ("seal", &["error", "quantity", "source", "resolve", "assess", "report"]),
    (
        "scenario",
        &[
            "error",
            "quantity",
            "source",
            "diagnostics",
            "resolve",
            "tables",
            "measure",
            "assess",
        ],
    ),
];

/// Names under which anything could hide.
const JUNK_DRAWERS: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "types",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("a readable folder").into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no Rust files below {}", folder.display());
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .expect("inside the package")
        .display()
        .to_string()
}

/// The room of a file below `src`: its first folder, or its own name.
fn room(path: &Path) -> String {
    let relative = path.strip_prefix(root().join("src")).expect("below src");
    let first = relative
        .components()
        .next()
        .expect("a file")
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Code without its line comments, so that prose about other rooms is no import.
fn code(text: &str) -> String {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Every `crate::…` path in `code`, braces of `use crate::{a, b::c}` opened one level.
fn crate_paths(code: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let heads: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list
                .split_once('}')
                .map_or(list, |(inside, _)| inside)
                .split(',')
                .collect(),
            None => vec![rest],
        };
        for head in heads {
            let path: String = head
                .trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':')
                .collect();
            paths.insert(path.trim_end_matches(':').to_owned());
        }
    }
    paths
}

#[test]
fn rooms_import_leftwards_only() {
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let room = room(&path);
        if matches!(room.as_str(), "lib" | "main" | "cli") {
            continue;
        }
        let (_, sees) = EDGES
            .iter()
            .find(|(name, _)| *name == room)
            .unwrap_or_else(|| panic!("`{room}` is no room"));
        for import in crate_paths(&code(&fs::read_to_string(&path).expect("a readable file"))) {
            let itself = import == room || import.starts_with(&format!("{room}::"));
            let allowed = sees
                .iter()
                .any(|seen| import == *seen || import.starts_with(&format!("{seen}::")));
            if !itself && !allowed && !import.is_empty() {
                wrong.push(format!("{}: crate::{import}", shown(&path)));
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the pipeline:\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_600_lines() {
    let long: Vec<String> = ["src", "tests", "benches"]
        .iter()
        .map(|folder| root().join(folder))
        .filter(|folder| folder.exists())
        .flat_map(|folder| rust_files(&folder))
        .map(|path| {
            (
                fs::read_to_string(&path).expect("a readable file").lines().count(),
                path,
            )
        })
        .filter(|(lines, _)| *lines > 600)
        .map(|(lines, path)| format!("{} has {lines} lines", shown(&path)))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn names_say_what_is_inside() {
    for path in rust_files(&root().join("src")) {
        for part in path.strip_prefix(root()).expect("inside the package").components() {
            let name = part.as_os_str().to_string_lossy();
            assert!(
                !JUNK_DRAWERS.contains(&name.trim_end_matches(".rs")),
                "{} is a junk drawer",
                shown(&path)
            );
        }
    }
}

#[test]
fn numbers_are_exact_until_they_are_drawn() {
    // The only floats: drawing coordinates, and the stored floats of data files, which are turned into decimals.
    let allowed = ["src/report/chart", "src/quantity/rational.rs", "src/tables"];
    for path in rust_files(&root().join("src")) {
        let name = shown(&path);
        if allowed.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        let text = code(&fs::read_to_string(&path).expect("a readable file"));
        let float = text
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .find(|word| *word == "f64" || *word == "f32");
        assert!(float.is_none(), "{name} uses {}", float.unwrap_or_default());
    }
}

#[test]
fn output_knows_no_clock_and_no_machine() {
    // Names are split so that this file does not find itself.
    let banned = [
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "TimeZone::system",
        "env::var",
        "gethostname",
    ];
    for path in rust_files(&root().join("src")) {
        if room(&path) == "cli" {
            continue;
        }
        let text = code(&fs::read_to_string(&path).expect("a readable file"));
        for name in banned {
            assert!(!text.contains(name), "{} uses {name}", shown(&path));
        }
    }
}

#[test]
fn every_test_file_belongs_to_the_suite() {
    let declared = |module: &Path| fs::read_to_string(module).unwrap_or_default();
    for path in rust_files(&root().join("tests")) {
        let name = path.file_stem().expect("a file name").to_string_lossy().into_owned();
        if name == "main" {
            continue;
        }
        let folder = path.parent().expect("a folder");
        let owner = match name.as_str() {
            "mod" => continue,
            _ => [
                folder.join("main.rs"),
                folder.join("mod.rs"),
                folder.with_extension("rs"),
            ],
        };
        let listed = owner
            .iter()
            .any(|file| declared(file).contains(&format!("mod {name};")));
        assert!(listed, "{} is in no module: it would never run", shown(&path));
    }
}
