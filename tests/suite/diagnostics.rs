//! Findings as people and machines see them, and the catalog of rules.

use scoreline::diagnostics::render::{self, Look};
use scoreline::diagnostics::{Diagnostic, Diagnostics, Place, RULES};
use scoreline::source::{SourceFile, SourceMap, Span};
use serde_json::Value;

const PLAIN: Look = Look {
    color: false,
    width: 80,
};

fn sources() -> SourceMap {
    let mut sources = SourceMap::default();
    sources.add(SourceFile::new(
        "cards/b.yaml",
        "id: b\r\ntitle: Größe – ü\r\nid: c\r\n",
    ));
    sources.add(SourceFile::new("packs/p.yaml", "locked: [x]\nkpis: 1\n"));
    sources
}

/// The `n`-th place of `text` in the file numbered `file`.
fn place(sources: &SourceMap, file: usize, text: &str, n: usize) -> Span {
    let (id, source) = sources.files().nth(file).expect("a file");
    let (start, found) = source.text.match_indices(text).nth(n).expect("the text");
    Span::new(id, start as u32, (start + found.len()) as u32)
}

fn all(findings: impl IntoIterator<Item = Diagnostic>) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    findings.into_iter().for_each(|finding| diagnostics.push(finding));
    diagnostics
}

fn duplicate(sources: &SourceMap) -> Diagnostic {
    Diagnostic::new(
        "duplicate-key",
        place(sources, 0, "id", 1),
        "`id` stands twice in this map",
    )
    .label("again here")
    .also(place(sources, 0, "id", 0), "first here")
    .help("remove one of the two")
}

fn bad_value() -> Diagnostic {
    let place = Place::Data {
        path: "data/x.csv".into(),
        line: Some(17),
        column: Some("opened_at".into()),
    };
    Diagnostic::new("unreadable-value", place, "`x` is not a timestamp").help("write it as 2026-10-12T09:00")
}

#[test]
fn a_line_that_would_fill_the_screen_is_told_by_its_place() {
    let mut sources = SourceMap::default();
    sources.add(SourceFile::new(
        "long.yaml",
        format!("a: {}\nid: x\n", "x".repeat(5_000)),
    ));
    let found = Diagnostic::new("duplicate-key", place(&sources, 0, "x", 1), "`x` stands twice")
        .also(place(&sources, 0, "id", 0), "first here");
    let text = render::text(&all([found]), &sources, PLAIN);
    assert!(
        text.contains("[long.yaml:1]") && text.contains("[long.yaml:2]"),
        "{text}"
    );
    assert!(text.len() < 300, "{text}");
}

#[test]
fn text_shows_both_places_and_what_to_type() {
    let sources = sources();
    let text = render::text(&all([duplicate(&sources)]), &sources, PLAIN);
    let expected = "\
error: duplicate-key

  × `id` stands twice in this map
   ╭─[cards/b.yaml:3:1]
 1 │ id: b
   · ─┬
   ·  ╰── first here
 2 │ title: Größe – ü
 3 │ id: c
   · ─┬
   ·  ╰── again here
   ╰────
  help: remove one of the two

1 error
";
    assert_eq!(text, expected);
}

#[test]
fn text_counts_columns_in_characters() {
    let sources = sources();
    let finding = Diagnostic::new("invalid-value", place(&sources, 0, "ü", 0), "not a title").label("this");
    let text = render::text(&all([finding]), &sources, PLAIN);
    assert!(text.contains("[cards/b.yaml:2:16]"), "{text}");
    assert!(
        text.contains(" 2 │ title: Größe – ü\n   ·                ┬\n"),
        "{text}"
    );
}

#[test]
fn text_names_line_and_column_of_a_data_file() {
    let text = render::text(&all([bad_value()]), &sources(), PLAIN);
    assert!(text.contains("[data/x.csv:17, column `opened_at`]"), "{text}");
}

#[test]
fn text_shows_a_place_in_another_file() {
    let sources = sources();
    let finding = Diagnostic::new(
        "locked-field-changed",
        place(&sources, 0, "title", 0),
        "a locked field is changed",
    )
    .label("changed here")
    .also(place(&sources, 1, "locked", 0), "locked here");
    let text = render::text(&all([finding]), &sources, PLAIN);
    assert!(text.contains("[cards/b.yaml:2:1]"), "{text}");
    assert!(text.contains("☞ locked here\n         ╭─[packs/p.yaml:1:1]"), "{text}");
}

#[test]
fn text_wraps_at_the_width_and_colours_when_asked() {
    let sources = sources();
    let long = duplicate(&sources).help("word ".repeat(40));
    let narrow = render::text(&all([long.clone()]), &sources, Look { width: 60, ..PLAIN });
    assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
    let wide = render::text(&all([long.clone()]), &sources, Look { width: 300, ..PLAIN });
    assert!(wide.lines().any(|line| line.chars().count() > 200), "{wide}");
    assert!(!wide.contains('\x1b'));
    let colored = render::text(&all([long]), &sources, Look { color: true, width: 80 });
    assert!(colored.contains("\x1b[31merror: duplicate-key\x1b[0m"), "{colored:?}");
}

#[test]
fn text_ends_with_a_count() {
    let sources = sources();
    let mut warning = duplicate(&sources);
    warning.level = scoreline::diagnostics::Level::Warn;
    let mut two = all([duplicate(&sources), bad_value(), warning]);
    assert!(render::text(&two, &sources, PLAIN).ends_with("\n\n2 errors, 1 warning\n"));
    two = Diagnostics::default();
    assert_eq!(render::summary(&two), "no problems");
    assert_eq!(render::text(&two, &sources, PLAIN), "");
}

#[test]
fn text_begins_with_what_costs_most_and_ends_with_notes_in_short() {
    let sources = sources();
    let at = |rule, text| Diagnostic::new(rule, place(&sources, 1, text, 0), format!("about `{text}`"));
    // In the file `locked` stands before `kpis`.
    let found = all([
        at("no-raci", "locked"),
        at("unused-definition", "locked"),
        at("no-credit-cap", "kpis"),
        at("invalid-value", "kpis"),
    ]);
    let text = render::text(&found, &sources, PLAIN);
    let rules: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("error: ").or_else(|| line.strip_prefix("warning: ")))
        .collect();
    assert_eq!(rules, ["invalid-value", "no-credit-cap", "unused-definition"]);
    let end = "\n\nnote: packs/p.yaml:1: about `locked` [no-raci]
  `scoreline explain no-raci` says what is missing and what to write

1 error, 2 warnings, 1 note
";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn findings_come_by_file_place_and_rule_whatever_their_order() {
    let sources = sources();
    let at = |file, text| Diagnostic::new("invalid-value", place(&sources, file, text, 0), text);
    let findings = [at(1, "kpis"), at(0, "title"), bad_value(), at(1, "locked"), at(0, "id")];
    let reversed = all(findings.iter().rev().cloned());
    let json = render::json(&all(findings), &sources, 1);
    assert_eq!(json, render::json(&reversed, &sources, 1));
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let messages: Vec<_> = json["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|finding| finding["message"].as_str().expect("a message"))
        .collect();
    assert_eq!(messages, ["id", "title", "`x` is not a timestamp", "locked", "kpis"]);
}

#[test]
fn json_has_a_version_the_status_and_every_place() {
    let sources = sources();
    let json: Value =
        serde_json::from_str(&render::json(&all([duplicate(&sources), bad_value()]), &sources, 3)).expect("JSON");
    let expected = serde_json::json!({
        "version": 1,
        "status": 3,
        "diagnostics": [
            {
                "rule": "duplicate-key",
                "level": "error",
                "message": "`id` stands twice in this map",
                "file": "cards/b.yaml",
                "line": 3, "column": 1, "end_line": 3, "end_column": 3,
                "label": "again here",
                "secondary": [{
                    "file": "cards/b.yaml",
                    "line": 1, "column": 1, "end_line": 1, "end_column": 3,
                    "label": "first here",
                }],
                "help": "remove one of the two",
            },
            {
                "rule": "unreadable-value",
                "level": "error",
                "message": "`x` is not a timestamp",
                "file": "data/x.csv",
                "line": 17, "column": null, "end_line": null, "end_column": null,
                "data_column": "opened_at",
                "label": "",
                "secondary": [],
                "help": "write it as 2026-10-12T09:00",
            },
        ],
    });
    assert_eq!(json, expected);
}

#[test]
fn github_commands_are_escaped() {
    let sources = sources();
    let finding = Diagnostic::new(
        "invalid-value",
        place(&sources, 0, "Größe", 0),
        "100% of\n::error::x\r\u{1b}[31m",
    )
    .help("a, b: c");
    let path = Place::File {
        path: "odd,na:me%.yaml".into(),
    };
    let odd = Diagnostic::new("empty-workspace", path, "nothing");
    let lines = render::github(&all([finding, odd]), &sources);
    let expected = "\
::error file=cards/b.yaml,line=2,endLine=2,col=8,endColumn=13,title=invalid-value::100%25 of%0A::error::x??[31m%0Ahelp: a, b: c
::error file=odd%2Cna%3Ame%25.yaml,title=empty-workspace::nothing
";
    assert_eq!(lines, expected);
}

#[test]
fn what_acts_on_a_terminal_is_shown_and_stays_inert() {
    let mut sources = SourceMap::default();
    let id = sources.add(SourceFile::new("a.yaml", "title: a\x1b[2Jb\u{9b}c\u{202e}d\rX\n"));
    let span = Span::new(id, 0, 5);
    let finding = Diagnostic::new("invalid-value", span, "m\x1b]8;;x\x07")
        .label("l\x08")
        .help("h\u{202e}");
    let text = render::text(&all([finding]), &sources, PLAIN);
    let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!text.contains(acts), "{text:?}");
    assert!(text.contains("title: a?[2Jb¿c\u{fffd}d?X"), "{text}");
}

#[test]
fn sarif_points_at_rules_and_related_places() {
    let sources = sources();
    let json: Value =
        serde_json::from_str(&render::sarif(&all([bad_value(), duplicate(&sources)]), &sources)).expect("JSON");
    let run = &json["runs"][0];
    assert_eq!(json["version"], "2.1.0");
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "duplicate-key");
    assert_eq!(run["tool"]["driver"]["rules"][1]["id"], "unreadable-value");
    let first = &run["results"][0];
    assert_eq!(
        (&first["ruleId"], &first["ruleIndex"]),
        (&"duplicate-key".into(), &0.into())
    );
    let region = serde_json::json!({ "startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 3 });
    assert_eq!(first["locations"][0]["physicalLocation"]["region"], region);
    assert_eq!(first["relatedLocations"][0]["message"]["text"], "first here");
    let second = &run["results"][1]["locations"][0]["physicalLocation"];
    assert_eq!(second["artifactLocation"]["uri"], "data/x.csv");
    assert_eq!(second["region"], serde_json::json!({ "startLine": 17 }));
}

#[test]
fn gitlab_fingerprints_do_not_move_with_the_lines_above() {
    let before = sources();
    let mut after = SourceMap::default();
    after.add(SourceFile::new(
        "cards/b.yaml",
        "# new\r\nid: b\r\ntitle: Größe – ü\r\nid: c\r\n",
    ));
    let report = |sources: &SourceMap| -> Value {
        serde_json::from_str(&render::gitlab(&all([duplicate(sources)]), sources)).expect("JSON")
    };
    let (before, after) = (report(&before), report(&after));
    assert_eq!(before[0]["location"]["lines"]["begin"], 3);
    assert_eq!(after[0]["location"]["lines"]["begin"], 4);
    assert_eq!(before[0]["fingerprint"], after[0]["fingerprint"]);
    assert_eq!(before[0]["severity"], "major");
}

#[test]
fn rdjson_counts_columns_in_bytes() {
    let sources = sources();
    let finding = Diagnostic::new("invalid-value", place(&sources, 0, "ü", 0), "not a title");
    let json: Value = serde_json::from_str(&render::rdjson(&all([finding]), &sources)).expect("JSON");
    // `title: Größe – ` is 15 characters; ö and ß take two bytes, the dash three.
    let range = serde_json::json!({ "start": { "line": 2, "column": 20 }, "end": { "line": 2, "column": 22 } });
    assert_eq!(json["diagnostics"][0]["location"]["range"], range);
}

#[test]
fn junit_counts_failures_and_escapes() {
    let sources = sources();
    let finding = Diagnostic::new("invalid-value", place(&sources, 0, "title", 0), "<a & \"b\">");
    let xml = render::junit(&all([finding, bad_value()]), &sources);
    assert!(
        xml.contains("<testsuites name=\"scoreline\" tests=\"2\" failures=\"2\">"),
        "{xml}"
    );
    assert!(xml.contains("message=\"&lt;a &amp; &quot;b&quot;&gt;\""), "{xml}");
    assert!(xml.contains("name=\"invalid-value at cards/b.yaml:2:1\""), "{xml}");
    let clean = render::junit(&Diagnostics::default(), &sources);
    assert!(clean.contains("tests=\"1\" failures=\"0\""), "{clean}");
}

#[test]
fn rules_are_sorted_kebab_case_and_unique() {
    let names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
    assert!(names.is_sorted_by(|left, right| left < right), "{names:?}");
    let plain = |name: &&str| {
        !name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    assert_eq!(names.iter().find(|name| plain(name)), None);
}

#[test]
fn every_rule_has_a_page_of_the_same_shape() {
    let mut odd = Vec::new();
    for rule in RULES {
        let prose = rule.page.split("\n```").step_by(2);
        let headings: Vec<_> = prose
            .flat_map(str::lines)
            .filter(|line| line.starts_with('#'))
            .collect();
        let fences = rule.page.matches("\n```").count();
        let expected = [&*format!("# {}", rule.name), "## Why", "## Example", "## Fix"];
        if headings != expected || fences < 4 || fences % 2 != 0 || !rule.page.ends_with("\n```\n") {
            odd.push((rule.name, headings));
        }
    }
    assert!(odd.is_empty(), "{odd:#?}");
}
