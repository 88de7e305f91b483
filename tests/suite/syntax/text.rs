//! What is read, and where every byte of it stands.

use scoreline::diagnostics::Diagnostics;
use scoreline::syntax::{self, NodeKind, Scalar, ScalarStyle, Snippet};

use super::{Read, read};

fn scalar<'a>(read: &'a Read, path: &[&str]) -> (&'a Scalar, std::ops::Range<usize>) {
    let node = read.documents[0].at(path.iter().copied()).expect("a node");
    let NodeKind::Scalar(scalar) = &node.kind else {
        panic!("{node:?}")
    };
    (scalar, node.span.start as usize..node.span.end as usize)
}

/// The part of the file that holds the bytes of `part` within the scalar at `path`.
fn located<'a>(read: &'a Read, path: &[&str], part: &str) -> &'a str {
    let node = read.documents[0].at(path.iter().copied()).expect("a node");
    let (scalar, _) = scalar(read, path);
    let quote = u32::from(scalar.style == ScalarStyle::Quoted);
    let snippet = Snippet {
        text: scalar.text.clone(),
        span: node.span,
        start: node.span.start + quote,
        offsets: scalar.offsets.clone(),
    };
    let start = scalar.text.find(part).expect("the part");
    let span = snippet.locate(start, start + part.len());
    &read.file.text[span.start as usize..span.end as usize]
}

#[test]
fn a_scalar_is_text_whatever_it_looks_like() {
    let read = read("a: NO\nb: 1.10\nc: 08:00\nd: 0x1F\ne: true\nf: 2026-10-31\ng: .inf\nh: Null\ni: 'null'\n");
    let expected = "{a: NO; b: 1.10; c: 08:00; d: 0x1F; e: true; f: 2026-10-31; g: .inf; h: Null; i: null}";
    assert_eq!(read.shown(), expected);
    assert!(read.findings.is_empty());
}

#[test]
fn nothing_is_written_in_three_ways() {
    let read = read("a:\nb: ~\nc: null\nd: { e: , f: }\ng: [~]\nh: ''\n");
    assert_eq!(read.shown(), "{a: -; b: -; c: -; d: {e: -; f: -}; g: [-]; h: }");
    let nothing = read.documents[0].at(["a"]).expect("a node");
    assert_eq!((nothing.span.start, nothing.span.end), (2, 2));
}

#[test]
fn spans_hold_exactly_what_they_stand_for() {
    let read = read("größe: { ä: 'x – y' , b: [1, zwei  ] }   # remark\nz:   plain text   # remark\n");
    let text = |path: &[&str]| {
        let node = read.documents[0].at(path.iter().copied()).expect("a node");
        &read.file.text[node.span.start as usize..node.span.end as usize]
    };
    assert_eq!(text(&["größe"]), "{ ä: 'x – y' , b: [1, zwei  ] }");
    assert_eq!(text(&["größe", "ä"]), "'x – y'");
    assert_eq!(text(&["größe", "b"]), "[1, zwei  ]");
    assert_eq!(text(&["größe", "b", "1"]), "zwei");
    assert_eq!(text(&["z"]), "plain text");
    let keys: Vec<_> = read.documents[0]
        .as_map()
        .expect("a map")
        .iter()
        .map(|(key, _)| key.span)
        .collect();
    assert_eq!(&read.file.text[keys[0].start as usize..keys[0].end as usize], "größe");
    let place = read.file.locate(keys[1].start);
    assert_eq!((place.line, place.column), (2, 1));
}

#[test]
fn columns_are_counted_in_characters() {
    let read = read("title: Größe – 漢字: x\n");
    assert_eq!(read.found(), ["unquoted-operator 1:8 Größe – 漢字: x"]);
    // `title: Größe – 漢字` is 17 characters and 26 bytes.
    assert_eq!(read.place(&read.only().secondary[0]), "1:18 :");
}

#[test]
fn block_maps_and_lists_end_with_their_last_value() {
    let read = read("a:\n  b: 1\n  c:\n    - x\n    - y: z\n\n\n# remark\nd: 2\n");
    let text = |path: &[&str]| {
        let node = read.documents[0].at(path.iter().copied()).expect("a node");
        &read.file.text[node.span.start as usize..node.span.end as usize]
    };
    assert_eq!(text(&["a"]), "b: 1\n  c:\n    - x\n    - y: z");
    assert_eq!(text(&["a", "c"]), "- x\n    - y: z");
    assert_eq!(text(&["a", "c", "1"]), "y: z");
}

#[test]
fn verbatim_text_needs_no_offsets() {
    let read = read("a: x = 'é' AND y\nb: \"x = 'é'\"\n");
    assert!(scalar(&read, &["a"]).0.offsets.is_none());
    assert!(scalar(&read, &["b"]).0.offsets.is_none());
    assert_eq!(located(&read, &["a"], "y"), "y");
    assert_eq!(located(&read, &["b"], "'é'"), "'é'");
}

#[test]
fn a_place_inside_an_escaped_expression_leads_to_its_bytes() {
    let read = read("hit: 'a = ''ö'' AND b'\nup: \"c = \\\"\\u00e9\\\" OR d\"\n");
    assert_eq!(&*scalar(&read, &["hit"]).0.text, "a = 'ö' AND b");
    assert_eq!(located(&read, &["hit"], "AND b"), "AND b");
    assert_eq!(located(&read, &["hit"], "a ="), "a =");
    assert_eq!(&*scalar(&read, &["up"]).0.text, "c = \"é\" OR d");
    assert_eq!(located(&read, &["up"], "OR d"), "OR d");
}

#[test]
fn a_place_inside_a_folded_expression_leads_to_its_line() {
    let read = read("where: a = 1\n  AND bé = 2\nhit: >\n  c = 3\n  OR dé = 4\nup: |\n  e = 5\n\n  OR f\n");
    assert_eq!(&*scalar(&read, &["where"]).0.text, "a = 1 AND bé = 2");
    assert_eq!(located(&read, &["where"], "bé"), "bé");
    assert_eq!(&*scalar(&read, &["hit"]).0.text, "c = 3 OR dé = 4\n");
    assert_eq!(located(&read, &["hit"], "dé"), "dé");
    assert_eq!(&*scalar(&read, &["up"]).0.text, "e = 5\n\nOR f\n");
    assert_eq!(located(&read, &["up"], "f"), "f");
    assert_eq!(scalar(&read, &["up"]).0.style, ScalarStyle::Block);
}

#[test]
fn a_place_inside_a_value_read_past_a_mistake_leads_to_its_bytes() {
    let read = read("ä: { where: 'é' = x AND y(1, 2) }\n");
    assert_eq!(located(&read, &["ä", "where"], "y(1, 2)"), "y(1, 2)");
}

#[test]
fn line_ends_of_other_systems_change_nothing() {
    let unix = "a: 1\nb:\n  - x y\n  - 'p\n    q'\nc: |\n  one\n  two\nd: { e: 1, e: 2 }\n";
    let (one, other) = (read(unix), read(&unix.replace('\n', "\r\n")));
    assert_eq!(one.shown(), other.shown());
    assert_eq!(one.shown(), "{a: 1; b: [x y; p q]; c: one\ntwo\n; d: {e: 1}}");
    assert_eq!(one.found(), ["duplicate-key 9:12 e"]);
    assert_eq!(other.found(), ["duplicate-key 9:12 e"]);
}

#[test]
fn a_byte_order_mark_at_the_start_is_no_text() {
    let mut diagnostics = Diagnostics::default();
    let text = syntax::decode("a.yaml", b"\xef\xbb\xbfid: a\nid: b\n".to_vec(), &mut diagnostics).expect("text");
    let read = read(&text);
    assert_eq!(read.shown(), "{id: a}");
    assert_eq!(read.found(), ["duplicate-key 2:1 id"]);
}

#[test]
fn a_byte_order_mark_inside_is_found_and_read_past() {
    let read = read("a: 1\n---\n\u{feff}b: 2\n");
    assert_eq!(read.found(), ["invalid-yaml 3:1 \u{feff}"]);
    assert_eq!(read.documents[1].at(["b"]).and_then(|node| node.as_text()), Some("2"));
}

#[test]
fn documents_are_separated_and_empty_ones_left_out() {
    let read = read("# head\n---\na: 1\n---\n# only a remark\n---\nb: 2\n...\n---\n- c\n");
    let shown: Vec<_> = read.documents.iter().map(super::show).collect();
    assert_eq!(shown, ["{a: 1}", "{b: 2}", "[c]"]);
    assert!(read.findings.is_empty());
}

#[test]
fn an_empty_file_has_no_documents() {
    for text in ["", "\n\n", "# only\n# remarks", "---\n", "---\n---\n", "   ", "\r\n"] {
        let read = read(text);
        assert!(read.documents.is_empty() && read.findings.is_empty(), "{text:?}");
    }
}

#[test]
fn a_broken_document_leaves_the_others() {
    let read = read("a: 1\n---\nb: ]\n---\nc: 3\n");
    assert_eq!(read.found(), ["invalid-yaml 3:4 ]"]);
    let shown: Vec<_> = read.documents.iter().map(super::show).collect();
    assert_eq!(shown, ["{a: 1}", "{c: 3}"]);
}

#[test]
fn the_example_of_the_language_reads_without_a_finding() {
    let text = "\
# yaml-language-server: $schema=../../schemas/scorecard.schema.json
apiVersion: scoreline/v1
kind: Scorecard
title: Acme – managed IT services
extends: [msp-core@1]                   # pack and major version
contract:
  reference: MSA-2024-017, Exhibit B
  charge: 42000.00                      # per period; or { source: invoices, sum: net }
  late_changes: restate                 # ‡ restate | adjust_next – see §6
calendars:
  office-hours: { zone: Europe/Berlin, open: { mon-fri: [\"08:00-18:00\"] }, holidays: [2026-12-25] }
kpis:
  erp-uptime:
    measure: { availability: { source: outages, where: service = 'erp', calendar: always } }
    carve_outs: [planned-maintenance, customer-caused, third-party]   # order = precedence
  resolution:
    measure: { on_time: { source: tickets, clock: resolution, overdue: count_until_resolved } }   # overdue ‡
    each:
      column: priority
      rows:
        P1: { within: 4h,  calendar: always,       weight: 40, target: { at_least: 95% } }
";
    let read = read(text);
    assert!(read.findings.is_empty(), "{:#?}", read.findings);
    let hit = read.documents[0].at(["kpis", "erp-uptime", "measure", "availability", "where"]);
    assert_eq!(hit.and_then(|node| node.as_text()), Some("service = 'erp'"));
}
