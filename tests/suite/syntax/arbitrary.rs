//! Whatever stands in a file: no panic, places inside it, and the same text as the YAML parser's.

use proptest::prelude::*;
use saphyr_parser::{Event, Parser};
use scoreline::diagnostics::render::{self, Look};
use scoreline::diagnostics::{Diagnostics, Place};
use scoreline::source::{FileId, SourceMap};
use scoreline::syntax::{self, Formatted, Node, NodeKind};

use super::read;

/// Pieces that YAML and its mistakes are made of.
const PIECES: &[&str] = &[
    "a",
    "b",
    "key",
    "where",
    "title",
    "x1",
    "é",
    "–",
    "漢",
    "0",
    "12.50",
    ": ",
    ":",
    "- ",
    "-",
    "? ",
    ", ",
    ",",
    "{",
    "}",
    "[",
    "]",
    "'",
    "\"",
    "''",
    "\\n",
    "\\u2013",
    "\\x41",
    "\\",
    "#",
    " # ",
    " ",
    "  ",
    "    ",
    "\n",
    "\n  ",
    "\n    ",
    "\n\n",
    "\r\n",
    "\r\n  ",
    "\t",
    "\n\t",
    "|",
    ">",
    "|-",
    ">2",
    "|+\n",
    ": |\n  ",
    ": >\n    ",
    "&",
    "&a ",
    "*",
    "*a",
    "!",
    "!t ",
    "%",
    "@",
    "`",
    "<<: ",
    "\n---\n",
    "\n...\n",
    "---",
    "~",
    "null",
    "=",
    ">= 4",
    "(",
    ")",
    "IN ('",
    "\u{feff}",
    "\0",
    "\u{85}",
    "\u{2028}",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat())
}

/// Lines of `key: value` at various depths, mostly valid.
fn lines() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "",
        "plain",
        "two words",
        "'single'",
        "'it''s'",
        "\"d\\u00e9j\\u00e0 \\\"q\\\"\"",
        "|\n        l1\n\n        l2",
        ">\n        f1\n        f2\n\n          more\n        f3\n",
        ">-\n        é\n        ü",
        "p\n        q\n\n        r",
        "\"a\n        b \\\n        c\n\n        d\"",
        "'a\n\n        b  \n        c'",
        "{x: 1, y: [2, 3]}",
        "[]",
        "é – ü",
        "|+\n        keep\n\n\n",
        "{\n        a: b,\n        c: d }",
        "x   # remark",
        "|2\n         two",
    ]);
    let key = prop::sample::select(vec!["a", "b", "c", "'d'", "\"e\"", "é"]);
    let depth = prop::sample::select(vec!["", "  ", "    "]);
    let end = prop::sample::select(vec!["\n", "\r\n"]);
    let line = (depth, key, value, end).prop_map(|(depth, key, value, end)| {
        let value = value.replace('\n', end);
        format!("{depth}{key}: {value}{end}")
    });
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
}

/// All scalars in order, keys included.
fn texts(node: &Node, out: &mut Vec<String>) {
    match &node.kind {
        NodeKind::Null => {}
        NodeKind::Scalar(scalar) => out.push(scalar.text.to_string()),
        NodeKind::List(items) => items.iter().for_each(|item| texts(item, out)),
        NodeKind::Map(map) => {
            for (key, value) in map.iter() {
                out.push(key.text.to_string());
                texts(value, out);
            }
        }
    }
}

/// Whether a text may stand for nothing, which has no text of its own in a node.
fn may_be_nothing(text: &str) -> bool {
    matches!(text, "" | "~" | "null")
}

/// The same by the YAML parser fed with characters; `None` when it rejects the text.
fn expected(text: &str) -> Option<Vec<String>> {
    let mut out = Vec::new();
    for event in Parser::new_from_str(text) {
        if let (Event::Scalar(value, ..), _) = event.ok()? {
            out.push(value.into_owned());
        }
    }
    Some(out)
}

fn check_places(text: &str) {
    let read = read(text);
    let within = |place: &Place| match place {
        Place::Text(span) => text.get(span.start as usize..span.end as usize).is_some(),
        _ => true,
    };
    for finding in &read.findings {
        assert!(within(&finding.primary.place), "{finding:?} in {text:?}");
        assert!(
            finding.secondary.iter().all(|label| within(&label.place)),
            "{finding:?} in {text:?}"
        );
        assert!(finding.help.is_some(), "{finding:?}");
    }
    check_rendering(&read);
    read.documents.iter().for_each(|node| check_node(node, text));
    if read.findings.is_empty()
        && let Some(expected) = expected(text)
    {
        let expected: Vec<_> = expected.into_iter().filter(|text| !may_be_nothing(text)).collect();
        let mut found = Vec::new();
        read.documents.iter().for_each(|node| texts(node, &mut found));
        found.retain(|text| !may_be_nothing(text));
        assert_eq!(found, expected, "{text:?}");
    }
}

/// Every renderer takes every finding, and nothing of the text acts on a terminal or starts a line.
fn check_rendering(read: &super::Read) {
    let mut sources = SourceMap::default();
    sources.add(read.file.clone());
    let mut diagnostics = Diagnostics::default();
    read.findings
        .iter()
        .for_each(|finding| diagnostics.push(finding.clone()));
    let look = Look {
        color: false,
        width: 100,
    };
    let text = render::text(&diagnostics, &sources, look);
    assert!(!text.contains('\x1b') && !text.contains('\0'), "{text:?}");
    for finding in &read.findings {
        assert!(text.contains(finding.rule), "{text}");
    }
    let lines = render::github(&diagnostics, &sources);
    assert!(lines.lines().all(|line| line.starts_with("::error ")), "{lines}");
    assert_eq!(lines.lines().count(), read.findings.len());
    serde_json::from_str::<serde_json::Value>(&render::json(&diagnostics, &sources, 1)).expect("JSON");
}

fn check_node(node: &Node, text: &str) {
    let range = node.span.start as usize..node.span.end as usize;
    let own = text.get(range).unwrap_or_else(|| panic!("{:?} in {text:?}", node.span));
    match &node.kind {
        NodeKind::Null => {}
        NodeKind::Scalar(scalar) => match &scalar.offsets {
            None => assert!(own.contains(&*scalar.text), "{own:?} {scalar:?}"),
            Some(offsets) => {
                assert_eq!(offsets.len(), scalar.text.len());
                assert!(offsets.is_sorted(), "{scalar:?} in {text:?}");
                assert!(
                    offsets
                        .iter()
                        .all(|&at| at >= node.span.start && at as usize <= text.len())
                );
            }
        },
        NodeKind::List(items) => items.iter().for_each(|item| check_node(item, text)),
        NodeKind::Map(map) => {
            for (key, value) in map.iter() {
                assert!(
                    node.span.contains(key.span) && node.span.contains(value.span),
                    "{node:?} in {text:?}"
                );
                check_node(value, text);
            }
        }
    }
}

/// The text as `fmt` writes it, where it has nothing to say against it.
fn formatted(text: &str) -> Option<String> {
    match syntax::format(FileId(0), text) {
        Formatted::Text(text) => Some(text),
        Formatted::Mistakes(_) | Formatted::Refused(_) => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut diagnostics = Diagnostics::default();
        if let Some(text) = syntax::decode("scoreline.yaml", bytes, &mut diagnostics) {
            check_places(&text);
        }
    }

    #[test]
    fn any_text_keeps_its_places(text in "\\PC*") {
        check_places(&text);
    }

    #[test]
    fn any_mixture_of_yaml_keeps_its_places(text in soup()) {
        check_places(&text);
    }

    #[test]
    fn valid_yaml_reads_as_the_parser_reads_it(text in lines()) {
        check_places(&text);
    }

    #[test]
    fn formatting_is_done_once_and_says_the_same(text in prop_oneof![lines(), soup()]) {
        if let Some(once) = formatted(&text) {
            prop_assert_eq!(formatted(&once), Some(once.clone()), "{}", text);
            let (before, after) = (read(&text).documents, read(&once).documents);
            let texts = |documents: &[Node]| {
                let mut all = Vec::new();
                documents.iter().for_each(|node| texts(node, &mut all));
                all
            };
            prop_assert_eq!(texts(&before), texts(&after), "{}", text);
        }
    }
}
