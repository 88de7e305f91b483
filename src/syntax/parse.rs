use super::build::{Built, build};
use super::draft::{self, Draft, Edit};
use super::everyday;
use super::node::Node;
use super::repair::{Remedy, document_around, repair};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::source::{FileId, SourceFile, Span};

/// Mistakes of one file that are read past; a file with more is hopeless.
const MAX_REPAIRS: usize = 100;

/// Bytes of one file that are read in all, as each mistake means reading it again.
const MAX_WORK: usize = 32 << 20;

/// Reads the YAML documents of a file, one node each; empty documents are left out.
///
/// Mistakes are reported and read past as far as what was meant is plain: an unquoted expression
/// keeps its whole text, so that it is checked in the same run. A document whose structure is in
/// doubt is left out. Of a file that is plainly not scoreline's nothing is reported.
pub fn parse(id: FileId, file: &SourceFile, diagnostics: &mut Diagnostics) -> Vec<Node> {
    if let Some(documents) = everyday::read(id, &file.text) {
        return documents;
    }
    let (documents, findings) = read(id, &file.text);
    if !findings.is_empty() && super::is_ours(&file.path, file.text.as_bytes()) {
        findings.into_iter().for_each(|finding| diagnostics.push(finding));
    }
    documents
}

/// Reads the documents of a text with whatever is wrong with them, in whosever file it stands.
pub(super) fn read(id: FileId, text: &str) -> (Vec<Node>, Vec<Diagnostic>) {
    let tabs = tab_indentation(text);
    let mut findings = Vec::new();
    let mut edits = byte_order_marks(id, text, &mut findings);
    if !tabs.is_empty() {
        edits = expanded(id, text, &tabs, edits);
    }
    let mut tabs_reported = tabs.is_empty();
    let attempts = MAX_WORK
        .checked_div(text.len())
        .map_or(1, |most| most.clamp(1, MAX_REPAIRS));
    for _ in 0..attempts {
        let draft = Draft::new(id, text, &edits);
        let built = build(&draft);
        if !tabs_reported {
            tabs_reported = true;
            report_tabs(id, text, &tabs, &draft, &built, &mut findings);
        }
        let Some(stop) = &built.stop else {
            findings.extend(built.findings);
            return (built.documents, findings);
        };
        let repair = repair(&draft, stop);
        let leaves_out = matches!(repair.remedy, Remedy::LeaveOut(_));
        // Indentation guessed from tabs is the author's trouble only once: as the tab.
        let guessed = !tabs.is_empty() && leaves_out;
        // What a document that is left out is told already is told once: the same comment may cut a value off and take
        // away what closes the bracket around it.
        let is_told = |finding: &Diagnostic| {
            let mut told = built.findings.iter();
            leaves_out && told.any(|told| told.rule == finding.rule && told.primary.place == finding.primary.place)
        };
        findings.extend(repair.finding.filter(|finding| !guessed && !is_told(finding)));
        let edit = match repair.remedy {
            Remedy::Edit(edit) => edit,
            Remedy::LeaveOut(at) => {
                let (start, end) = document_around(text, draft.original(at as u32) as usize);
                let (start, end) = (start as u32, end as u32);
                let gone = Span::new(id, start, end);
                findings.extend(built.findings.into_iter().filter(|finding| is_within(finding, gone)));
                Edit::replace(start, end, "")
            }
        };
        draft::add(&mut edits, edit);
    }
    (Vec::new(), findings)
}

fn is_within(finding: &Diagnostic, range: Span) -> bool {
    matches!(finding.primary.place, Place::Text(span) if range.contains(span))
}

/// Takes byte-order marks out; only the one that starts a file belongs there.
fn byte_order_marks(id: FileId, text: &str, findings: &mut Vec<Diagnostic>) -> Vec<Edit> {
    let mut edits = Vec::new();
    const MARK: &str = "\u{feff}";
    for at in memchr::memmem::find_iter(text.as_bytes(), MARK) {
        let (start, end) = (at as u32, (at + MARK.len()) as u32);
        draft::add(&mut edits, Edit::replace(start, end, ""));
        if start > 0 {
            findings.push(
                Diagnostic::new(
                    "invalid-yaml",
                    Span::new(id, start, end),
                    "a byte-order mark stands inside the text",
                )
                .label("an invisible character")
                .help("remove it: delete the character between its neighbours and type them again"),
            );
        }
    }
    edits
}

/// Returns the indentations that hold a tab, of lines with content.
fn tab_indentation(text: &str) -> Vec<(usize, usize)> {
    if memchr::memchr(b'\t', text.as_bytes()).is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches([' ', '\t']);
        let end = start + line.len() - content.len();
        let blank = content.trim_end().is_empty() || content.starts_with('#');
        if !blank && text[start..end].contains('\t') {
            found.push((start, end));
        }
        start += line.len();
    }
    found
}

/// Replaces tabs by as many spaces as make the file readable; two each when nothing does.
fn expanded(id: FileId, text: &str, tabs: &[(usize, usize)], edits: Vec<Edit>) -> Vec<Edit> {
    let with = |width: usize| {
        let mut edits = edits.clone();
        for &(start, end) in tabs {
            let indentation = text[start..end].replace('\t', &" ".repeat(width));
            draft::add(&mut edits, Edit::replace(start as u32, end as u32, indentation));
        }
        edits
    };
    let readable = |edits: &Vec<Edit>| build(&Draft::new(id, text, edits)).stop.is_none();
    if readable(&edits) {
        return edits;
    }
    [2, 4, 8]
        .map(with)
        .into_iter()
        .find(readable)
        .unwrap_or_else(|| with(2))
}

/// Reports each run of lines indented with tabs, except inside scalars where a tab is content.
fn report_tabs(
    id: FileId,
    text: &str,
    tabs: &[(usize, usize)],
    draft: &Draft,
    built: &Built,
    findings: &mut Vec<Diagnostic>,
) {
    let inside = |at: usize| {
        let holds = |range: &std::ops::Range<usize>| {
            let range = draft.span(range.clone());
            (range.start as usize) < at && at < range.end as usize
        };
        built.multiline.iter().any(holds)
    };
    let mut previous = None;
    for &(start, end) in tabs.iter().filter(|&&(_, end)| !inside(end)) {
        let follows = previous.is_some_and(|at: usize| text[at..start].matches('\n').count() == 1);
        previous = Some(end);
        if follows {
            continue;
        }
        let tab = start + text[start..end].find('\t').unwrap_or(0);
        let place = Span::new(id, tab as u32, end as u32);
        findings.push(
            Diagnostic::new("tab-indentation", place, "the line is indented with a tab")
                .label("a tab")
                .help("indent with spaces, two for each level"),
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Lines in which everyday YAML meets what is not.
    const PIECES: &[&str] = &[
        "a: ",
        "b: ",
        "c:",
        "key-1: ",
        "a: b\n",
        "  d: ",
        "    e: f\n",
        "- ",
        "- x: ",
        "\n",
        "\n  ",
        "\n    ",
        "\n- ",
        "\n  - ",
        "{ ",
        " }",
        "{}",
        "[]",
        "[",
        "]",
        ", ",
        ",",
        "x: ",
        "y: 2",
        "é – ü",
        "'it is'",
        "\"so\"",
        "''",
        "'a''b'",
        "'\\'",
        "\"\\n\"",
        "~",
        "null",
        "-5",
        "--",
        "12.5%",
        "a = 'b'",
        "(c)",
        "08:00",
        "a:b",
        "a::b",
        "#",
        " # one",
        "  # two",
        "\n# three\n",
        "\n---\n",
        "\n...\n",
        " ",
        "  ",
        "|",
        ">",
        "&a ",
        "*a",
        "!t ",
        "?",
        ":",
        "=",
        "@",
        "%",
        "\t",
        "\r\n",
        "\u{a0}",
        "\u{85}",
    ];

    fn pieces() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
    }

    /// Lines of everyday YAML at any depth, with now and then a piece that is none.
    fn lines() -> impl Strategy<Value = String> {
        let depth = prop::sample::select(vec!["", "", "", "", "  ", "  ", "    ", "- ", "  - "]);
        let key = prop::sample::select(vec![
            "a: ", "b: ", "c:", "d:  ", "e: ", "f: ", "g:", "h.1: ", "_i: ", "key-1: ", "",
        ]);
        let value = prop::sample::select(vec![
            "x",
            "é – ü",
            "12.5%",
            "'it is'",
            "\"so\"",
            "",
            "{}",
            "{ x: 1, y: [2, 'z'] }",
            "[a, b ,c]",
            "[{ x: y }]",
            "{ x: 1,\n      y: 2 }",
            "{ x: 1,  # one\n      # two\n\n      y: [] }",
            "a = 'b'",
            "x  # remark",
            "~",
            "null",
            "[-5, --]",
            "-5",
        ]);
        let piece = prop::sample::select(PIECES);
        let line = (depth, key, value, prop::option::weighted(0.02, piece))
            .prop_map(|(depth, key, value, piece)| format!("{depth}{key}{value}{}\n", piece.unwrap_or_default()));
        prop::collection::vec(line, 1..7).prop_map(|lines| lines.concat())
    }

    fn check(text: &str) {
        let file = FileId(0);
        if let Some(documents) = everyday::read(file, text) {
            let (expected, findings) = read(file, text);
            assert!(findings.is_empty(), "{text:?} has {findings:#?}");
            assert_eq!(format!("{documents:#?}"), format!("{expected:#?}"), "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn everyday_yaml_reads_as_the_yaml_parser_reads_it(text in pieces()) {
            check(&text);
        }

        #[test]
        fn everyday_lines_read_as_the_yaml_parser_reads_them(text in lines()) {
            check(&text);
        }
    }

    #[test]
    fn a_scorecard_is_everyday_yaml() {
        let text = "\
# a scorecard
apiVersion: scoreline/v1
kind: Scorecard
extends: [msp-core@1]                   # pack and major version

kpis:
  erp:
    title: ERP – availability
    measure: { availability: { source: outages, where: service = 'erp', calendar: always } }
    each:
      column: priority
      rows:
        P1: { within: 4h,  calendar: always,       weight: 40,
              target: { at_least: 95% } }       # in two lines
    carve_outs:
    - customer-caused
    - { a: \"x, y\", b: [] }
    - id: x
      of: 'y'
  other:
---
kind: Pack
";
        let documents = everyday::read(FileId(0), text).expect("everyday YAML");
        assert_eq!(documents.len(), 2);
        check(text);
    }
}
