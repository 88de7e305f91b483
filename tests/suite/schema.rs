//! The documents' schemas, shapes and values.
//!
//! Places and proposals are those a reader of the language works out by hand, never the program's own output.

mod published;
mod shapes;
mod values;

use scoreline::diagnostics::{Diagnostic, Diagnostics, Place};
use scoreline::model::{self, Document};
use scoreline::source::{SourceFile, SourceMap};
use scoreline::syntax;

/// The whole contract that the language shows.
const CONTRACT: &str = include_str!("../fixtures/model/contract.yaml");

/// The language's examples of the other kinds of documents.
const DOCUMENTS: &str = include_str!("../fixtures/model/documents.yaml");

/// What was found in one file, and the file.
struct Examined {
    sources: SourceMap,
    documents: Vec<Document>,
    found: Diagnostics,
}

/// Examines every document of a text.
fn examine(text: &str) -> Examined {
    let mut sources = SourceMap::default();
    let mut found = Diagnostics::default();
    let text = syntax::decode("test.yaml", text.as_bytes().to_vec(), &mut found).expect("UTF-8");
    let id = sources.add(SourceFile::new("test.yaml", text));
    let nodes = syntax::parse(id, sources.file(id), &mut found);
    let documents: Vec<Document> = nodes
        .into_iter()
        .filter_map(|node| model::document("test.yaml", node, &mut found))
        .collect();
    for document in &documents {
        model::examine(document, &mut found);
    }
    Examined {
        sources,
        documents,
        found,
    }
}

/// Examines a scorecard whose fields are `text`, from line 1 on; it gets an id if it has none.
fn scorecard(text: &str) -> Examined {
    let id = if text.starts_with("id:") { "" } else { "id: test\n" };
    examine(&format!("{text}\napiVersion: scoreline/v1\nkind: Scorecard\n{id}"))
}

impl Examined {
    /// Writes every finding as `line:column rule: message | help`, by place.
    fn findings(&self) -> Vec<String> {
        let mut found: Vec<&Diagnostic> = self.found.iter().collect();
        found.sort_by_key(|finding| match finding.primary.place {
            Place::Text(span) => span.start,
            _ => panic!("a finding in a text"),
        });
        found.into_iter().map(|finding| self.line(finding)).collect()
    }

    fn line(&self, finding: &Diagnostic) -> String {
        let Place::Text(span) = finding.primary.place else {
            panic!("a finding in a text");
        };
        let place = self.sources.place(span);
        let place = place.strip_prefix("test.yaml:").expect("the only file");
        let help = finding.help.as_deref().unwrap_or("");
        format!("{place} {}: {} | {help}", finding.rule, finding.message)
    }

    /// Asserts that there is exactly one finding: at `place`, of `rule`, with `part` in its message or help.
    #[track_caller]
    fn only(&self, place: &str, rule: &str, part: &str) {
        let findings = self.findings();
        let start = format!("{place} {rule}: ");
        let found = matches!(&findings[..], [one] if one.starts_with(&start) && one.contains(part));
        assert!(found, "expected {start}…{part}…, found {findings:#?}");
    }

    /// Asserts that there is no finding.
    #[track_caller]
    fn clean(&self) {
        assert_eq!(self.findings(), Vec::<String>::new());
    }
}
