//! What the strict subset forbids: rule, exact place, what to type, and what is read on.

use scoreline::diagnostics::{Diagnostics, Place};
use scoreline::syntax;

use super::{read, read_as};

#[track_caller]
fn check(text: &str, found: &[&str]) {
    assert_eq!(read(text).found(), found, "{text}");
}

#[test]
fn a_duplicate_key_is_shown_with_the_first() {
    let read = read("kpis:\n  a: { weight: 1 }\n  b: 2\n  a: { weight: 3 }\n");
    assert_eq!(read.found(), ["duplicate-key 4:3 a"]);
    assert_eq!(read.place(&read.only().secondary[0]), "2:3 a");
    assert_eq!(read.shown(), "{kpis: {a: {weight: 1}; b: 2}}");
}

#[test]
fn duplicate_keys_are_found_inside_braces_and_in_large_maps() {
    check("a: { b: 1, b: 2 }\n", &["duplicate-key 1:12 b"]);
    let mut text: String = (0..5000).map(|n| format!("k{n}: {n}\n")).collect();
    text.push_str("k17: again\n");
    let read = read(&text);
    assert_eq!(read.found(), ["duplicate-key 5001:1 k17"]);
    assert_eq!(read.place(&read.only().secondary[0]), "18:1 k17");
}

#[test]
fn the_same_key_in_two_maps_is_no_duplicate() {
    check("a: { x: 1 }\nb: { x: 1 }\n---\na: 1\n", &[]);
}

#[test]
fn anchors_aliases_tags_and_merge_keys() {
    check(
        "base: &b { x: 1 }\nuse: *b\nlist: [*b, 2]\nother: !!str 5\nkpi:\n  <<: *b\n  y: 2\n",
        &[
            "yaml-anchor 1:7 &b",
            "yaml-alias 2:6 *b",
            "yaml-alias 3:8 *b",
            "yaml-tag 4:8 !!str",
            "yaml-merge-key 6:3 <<",
        ],
    );
}

#[test]
fn an_alias_without_its_anchor_is_an_alias_all_the_same() {
    let read = read("a: *gone\nb: [*gone, 1]\nc: 3\n");
    assert_eq!(read.found(), ["yaml-alias 1:4 *gone", "yaml-alias 2:5 *gone"]);
    assert_eq!(read.shown(), "{b: [1]; c: 3}");
}

#[test]
fn what_an_anchor_or_tag_marks_is_read() {
    let read = read("a: &x one\nb: !t two\nc: &y\n  d: 3\ne: !u [4]\n&k f: 5\n");
    assert_eq!(read.shown(), "{a: one; b: two; c: {d: 3}; e: [4]; f: 5}");
}

#[test]
fn a_tab_is_named_once_for_a_run_of_lines() {
    let read = read("a:\n\tb: 1\n\tc: 2\nd:\n  \te: 1\n");
    assert_eq!(read.found(), ["tab-indentation 2:1 \t", "tab-indentation 5:3 \t"]);
    assert_eq!(read.shown(), "{a: {b: 1; c: 2}; d: {e: 1}}");
    assert_eq!(
        read.findings[0].help.as_deref(),
        Some("indent with spaces, two for each level")
    );
}

#[test]
fn a_tab_indents_inside_braces_too_but_not_in_texts_comments_or_between_words() {
    check("a: {\n\tb: 1 }\n", &["tab-indentation 2:1 \t"]);
    check("a: |\n  x\n  \ty\nb: \"p\n\tq\"\nc:\t1\n\t# remark\nd: 2\n\t\n", &[]);
}

#[test]
fn a_hash_after_one_space_cuts_a_title_or_expression_off() {
    let read = read("title: Report #5\n");
    assert_eq!(read.found(), ["comment-cuts-value 1:15 #5"]);
    assert_eq!(read.place(&read.only().secondary[0]), "1:8 Report");
    assert!(read.help().contains("`title: \"Report #5\"`"), "{}", read.help());
    for key in [
        "title",
        "description",
        "reason",
        "action",
        "where",
        "hit",
        "part",
        "whole",
        "up",
        "while",
    ] {
        check(
            &format!("{key}: open #1\n"),
            &[&format!("comment-cuts-value 1:{} #1", key.len() + 8)],
        );
    }
    for key in ["of", "is", "sum", "weight", "when", "first", "last"] {
        check(
            &format!("{key}: a + b #1\n"),
            &[&format!("comment-cuts-value 1:{} #1", key.len() + 9)],
        );
        check(&format!("{key}: at_risk #1\n"), &[]);
        check(&format!("{key}: 40 #1\n"), &[]);
    }
}

#[test]
fn a_hash_inside_a_string_inside_braces_cuts_the_brace_off_too() {
    let read = read("m: { where: a = 'x #1', hit: b }\nid: x\n");
    assert_eq!(read.found(), ["comment-cuts-value 1:20 #1'"]);
    assert_eq!(read.shown(), "{m: {where: a = 'x #1'; hit: b}; id: x}");
}

#[test]
fn a_hash_that_takes_the_closing_brace_away_is_one_finding() {
    let cut = read("m: { where: open #1, hit: b }\nid: x\n");
    assert_eq!(cut.found(), ["comment-cuts-value 1:18 #1, hit: b }"]);
    assert!(
        cut.only()
            .help
            .as_deref()
            .is_some_and(|help| help.contains("`where: \"open #1\"`"))
    );
    // Where no value is text, only the bracket is missed.
    let lost = read("m: { weight: 4 # all }\nid: x\n");
    assert_eq!(lost.found(), ["comment-cuts-value 1:16 # all }"]);
    assert_eq!(lost.place(&lost.only().secondary[0]), "1:4 {");
    assert_eq!(read("m: [a, b # c ]\n").found(), ["comment-cuts-value 1:10 # c ]"]);
    // A quoted `#` is none, and a comment beside a brace that is open for another reason takes nothing away.
    assert_eq!(read("m: { a: 'x #}', b: 1\n").found(), ["invalid-yaml 1:4 {"]);
    assert_eq!(read("m: { a: 1 # one\n").found(), ["invalid-yaml 1:4 {"]);
}

#[test]
fn a_comment_after_two_spaces_or_a_quoted_value_or_a_number_is_a_comment() {
    check(
        "title: Report  # 5\nwhere: \"a = 'x #1'\" # fine\nid: x # fine\ncharge: 42000.00 # fine\nhit: a#b\n",
        &[],
    );
}

#[test]
fn a_comment_between_the_lines_of_a_value_cuts_it_off() {
    check("notes: one #1\n  two\nid: x\n", &["comment-cuts-value 1:12 #1"]);
}

#[test]
fn a_comma_splits_an_unquoted_value_inside_braces() {
    let read = read("m: { ratio: { hit: coalesce(a, 0) > 1, source: s } }\n");
    assert_eq!(read.found(), ["unquoted-comma 1:20 coalesce(a, 0) > 1"]);
    assert!(read.help().contains("`hit: \"coalesce(a, 0) > 1\"`"), "{}", read.help());
    // What was meant is read, so that the expression is checked in the same run.
    assert_eq!(read.shown(), "{m: {ratio: {hit: coalesce(a, 0) > 1; source: s}}}");
}

#[test]
fn a_list_of_strings_inside_braces_is_one_value() {
    let read = read("m: { where: region IN ('north', 'south'), hit: up }\n");
    assert_eq!(read.found(), ["unquoted-comma 1:13 region IN ('north', 'south')"]);
    assert_eq!(read.shown(), "{m: {where: region IN ('north', 'south'); hit: up}}");
}

#[test]
fn every_piece_of_a_title_with_commas_is_kept() {
    let read = read("c: { title: Response, triage, and resolution, weight: 4 }\n");
    assert_eq!(read.found(), ["unquoted-comma 1:13 Response, triage, and resolution"]);
    assert_eq!(
        read.shown(),
        "{c: {title: Response, triage, and resolution; weight: 4}}"
    );
}

#[test]
fn commas_outside_of_braces_are_text() {
    check(
        "where: region IN ('north', 'south')\ntitle: a, b\nlist: [a, b]\nm: { q: \"x, y\" }\n",
        &[],
    );
}

#[test]
fn operators_that_start_a_value() {
    for (text, found, help) in [
        ("hit: >= 4", "1:6 >= 4", "hit: COLUMN >= 4"),
        ("where: > 5", "1:8 > 5", "where: COLUMN > 5"),
        ("hit: >5", "1:6 >5", "hit: COLUMN > 5"),
        ("hit: !reopened", "1:6 !reopened", "hit: NOT reopened"),
        ("where: != 4", "1:8 != 4", "where: COLUMN <> 4"),
        ("of: * 2", "1:5 * 2", "of: \"* 2\""),
        ("where: & a", "1:8 & a", "where: \"& a\""),
        ("where: %x", "1:8 %x", "where: \"%x\""),
        ("by: @team", "1:5 @team", "by: \"@team\""),
        ("by: `team`", "1:5 `team`", "by: \"`team`\""),
        ("target: >= 99.5%", "1:9 >= 99.5%", "target: { at_least: 99.5% }"),
        ("target: > 80%", "1:9 > 80%", "target: { above: 80% }"),
    ] {
        let read = read(&format!("{text}\nid: x\n"));
        assert_eq!(read.found(), [format!("unquoted-operator {found}")]);
        assert!(read.help().contains(help), "{text}: {}", read.help());
        assert_eq!(
            read.documents[0].at(["id"]).and_then(|node| node.as_text()),
            Some("x"),
            "{text}"
        );
    }
}

#[test]
fn a_value_that_goes_on_after_its_quotes() {
    for (text, found, help) in [
        ("hit: 'a' = b", "1:6 'a' = b", r#"`hit: "'a' = b"`"#),
        (
            "where: \"Close Code\" = 'x'",
            "1:8 \"Close Code\" = 'x'",
            r#"`where: '"Close Code" = ''x'''`"#,
        ),
        ("where: \"n\" > 1", "1:8 \"n\" > 1", r#"`where: '"n" > 1'`"#),
        ("title: 'it's'", "1:8 'it's'", r#"`title: "it's"`"#),
    ] {
        let read = read(text);
        assert_eq!(read.found(), [format!("unquoted-operator {found}")]);
        assert!(read.help().contains(help), "{text}: {}", read.help());
    }
    assert_eq!(read("hit: 'a' = b\n").shown(), "{hit: 'a' = b}");
    assert_eq!(read("title: 'it's'\n").shown(), "{title: it's}");
}

#[test]
fn brackets_and_colons_inside_an_unquoted_value() {
    let regex = read("m: { where: name matches '[a-z]{2}', hit: up }\n");
    assert_eq!(regex.found(), ["unquoted-operator 1:13 name matches '[a-z]{2}'"]);
    assert_eq!(regex.shown(), "{m: {where: name matches '[a-z]{2}'; hit: up}}");
    let title = read("title: Phase 1: rollout\nid: x\n");
    assert_eq!(title.found(), ["unquoted-operator 1:8 Phase 1: rollout"]);
    assert!(
        title.help().contains("`title: \"Phase 1: rollout\"`"),
        "{}",
        title.help()
    );
    assert_eq!(title.shown(), "{title: Phase 1: rollout; id: x}");
    check(
        "k: { title: Phase 1: rollout, id: x }\n",
        &["unquoted-operator 1:13 Phase 1: rollout"],
    );
}

#[test]
fn casts_and_colons_without_a_space_are_text() {
    check(
        "where: a::date = b\nat: 08:00\nm: { hit: a::text = 'x', t: 08:00-18:00 }\nlink: https://x.example\n",
        &[],
    );
}

#[test]
fn a_space_missing_after_a_colon() {
    for (text, found, shown) in [
        ("id: a\nkey:value\nb: 2\n", "2:4 :", "{id: a; key: value; b: 2}"),
        ("a:\n  key:value\n  b: 2\n", "2:6 :", "{a: {key: value; b: 2}}"),
        ("a:\n  key:value\nb: 2\n", "2:6 :", "{a: {key: value}; b: 2}"),
        ("a: { key:value, b: 2 }\n", "1:9 :", "{a: {key: value; b: 2}}"),
        ("key:value", "1:4 :", "{key: value}"),
    ] {
        let read = read(text);
        assert_eq!(read.found(), [format!("invalid-yaml {found}")]);
        assert_eq!(read.help(), "write `key: value`");
        assert_eq!(read.shown(), shown);
    }
}

#[test]
fn keys_that_are_none() {
    check("a: 1\n: 2\n", &["invalid-yaml 2:1 :"]);
    check("{a: b}: c\nd: 1\n", &["invalid-yaml 1:1 {a: b}"]);
    check("kpis: { csat }\n", &["invalid-yaml 1:9 csat"]);
    check("a: 1\nloose words\nb: 2\n", &["invalid-yaml 2:1 loose words"]);
}

#[test]
fn brackets_and_quotes_that_are_never_closed() {
    let read = read("a: { b: 1\nc: 2\nd: [1, 2\ne: 3\n");
    assert_eq!(read.found(), ["invalid-yaml 1:4 {", "invalid-yaml 3:4 ["]);
    assert_eq!(read.shown(), "{a: {b: 1}; c: 2; d: [1; 2]; e: 3}");
    check("a: 'open\nb: 2\n", &["invalid-yaml 1:4 '"]);
    check("a: {\n  b: 1,\n", &["invalid-yaml 1:4 {"]);
}

#[test]
fn a_line_that_fits_nowhere() {
    check("a:\n    b: 1\n  c: 2\nd: 3\n", &["invalid-yaml 3:3 c: 2"]);
    check("a: 1\n  b: 2\n", &["invalid-yaml 2:3 b: 2"]);
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| format!("a: {}1{}\n", "[".repeat(depth), "]".repeat(depth));
    // The map of the document is the first of the 64 levels.
    check(&nested(63), &[]);
    assert_eq!(read(&nested(64)).found(), ["oversized-input 1:67 "]);
    assert_eq!(read(&nested(100_000)).only().rule, "oversized-input");
    let blocks: String = (0..200).map(|depth| format!("{}k:\n", " ".repeat(depth))).collect();
    assert_eq!(read(&blocks).found(), ["oversized-input 65:65 "]);
}

#[test]
fn size_has_a_limit() {
    let mut diagnostics = Diagnostics::default();
    let filler = |length: usize| {
        let mut bytes = b"apiVersion: scoreline/v1\n".to_vec();
        bytes.resize(length, b'#');
        bytes
    };
    assert!(syntax::decode("a.yaml", filler(1 << 20), &mut diagnostics).is_some());
    assert!(diagnostics.is_empty());
    assert!(syntax::decode("a.yaml", filler((1 << 20) + 1), &mut diagnostics).is_none());
    let found: Vec<_> = diagnostics.iter().collect();
    assert_eq!(found[0].rule, "oversized-input");
    assert_eq!(found[0].primary.place, Place::File { path: "a.yaml".into() });
}

#[test]
fn a_byte_that_is_not_utf_8_is_named_with_its_line() {
    let mut diagnostics = Diagnostics::default();
    let bytes = b"kind: Scorecard\r\nid: a\r\ntitle: gr\xc3\xbc\xe9n\r\n".to_vec();
    assert!(syntax::decode("c/a.yaml", bytes, &mut diagnostics).is_none());
    let found = diagnostics.iter().next().expect("a finding");
    assert_eq!(found.rule, "not-utf-8");
    let place = Place::Data {
        path: "c/a.yaml".into(),
        line: Some(3),
        column: None,
    };
    assert_eq!(found.primary.place, place);
    assert_eq!(
        found.message,
        "the file is not UTF-8: byte 0xE9 at column 11, offset 35"
    );
}

#[test]
fn utf_16_is_called_by_its_name() {
    let mut diagnostics = Diagnostics::default();
    let bytes = b"\xff\xfek\0i\0n\0d\0".to_vec();
    assert!(syntax::decode("a.yaml", bytes, &mut diagnostics).is_none());
    let found = diagnostics.iter().next().expect("a finding");
    assert_eq!(
        (found.rule, &*found.message),
        ("not-utf-8", "the file is UTF-16, not UTF-8")
    );
}

#[test]
fn one_run_shows_every_problem_of_a_file() {
    let text = "\
apiVersion: scoreline/v1
kind: Scorecard
title: Karte – Größe #1
kpis:
  a: { hit: 'x' = y }
  b: { where: z IN ('p', 'q') }
  a: { weight: 1 }
  c: &anchor { hit: >= 4 }
  d:
    hit: >= 4
    up: *gone
---
kind: Pack
broken: { a: 1
---
kind: Pack
x: !!str 1
";
    check(
        text,
        &[
            "comment-cuts-value 3:22 #1",
            "unquoted-operator 5:13 'x' = y",
            "unquoted-comma 6:15 z IN ('p', 'q')",
            "duplicate-key 7:3 a",
            "yaml-anchor 8:6 &anchor",
            "unquoted-operator 10:10 >= 4",
            "unquoted-operator 11:9 *gone",
            "invalid-yaml 14:9 {",
            "yaml-tag 17:4 !!str",
        ],
    );
}

#[test]
fn nothing_is_said_about_the_yaml_of_other_tools() {
    let compose = "x-base: &base { image: a }\nservices:\n  web: { <<: *base }\n  bad: [\n";
    assert!(read_as("deploy/docker-compose.yaml", compose).findings.is_empty());
    let ours = format!("apiVersion: scoreline/v1\n{compose}");
    assert!(!read_as("deploy/docker-compose.yaml", &ours).findings.is_empty());
    assert!(
        !read_as("cards/a.yaml", &format!("kind: Scorecard\n{compose}"))
            .findings
            .is_empty()
    );
    let mut diagnostics = Diagnostics::default();
    assert!(syntax::decode("big.yaml", vec![b'#'; 2 << 20], &mut diagnostics).is_none());
    assert!(syntax::decode("latin.yaml", vec![0xe9], &mut diagnostics).is_none());
    assert!(diagnostics.is_empty());
}
