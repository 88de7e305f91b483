//! Text → nodes: what the strict subset forbids, where, and that every byte keeps its place.

mod arbitrary;
mod subset;
mod text;

use scoreline::diagnostics::{Diagnostic, Diagnostics, Label, Place};
use scoreline::source::{FileId, SourceFile};
use scoreline::syntax::{self, Node, NodeKind};

/// A text that was read, as a file that is scoreline's by its name.
struct Read {
    file: SourceFile,
    documents: Vec<Node>,
    findings: Vec<Diagnostic>,
}

fn read(text: &str) -> Read {
    read_as("scoreline.yaml", text)
}

fn read_as(path: &str, text: &str) -> Read {
    let file = SourceFile::new(path, text);
    let mut diagnostics = Diagnostics::default();
    let documents = syntax::parse(FileId(0), &file, &mut diagnostics);
    let findings = diagnostics.iter().cloned().collect();
    Read {
        file,
        documents,
        findings,
    }
}

impl Read {
    /// The findings as `rule line:column text`, in the order of the file.
    fn found(&self) -> Vec<String> {
        let mut found: Vec<_> = self.findings.iter().collect();
        found.sort_by_key(|finding| match finding.primary.place {
            Place::Text(span) => (span.start, finding.rule),
            _ => (0, finding.rule),
        });
        found
            .into_iter()
            .map(|finding| format!("{} {}", finding.rule, self.place(&finding.primary)))
            .collect()
    }

    /// A label's `line:column text`.
    fn place(&self, label: &Label) -> String {
        let Place::Text(span) = label.place else {
            return format!("{:?}", label.place);
        };
        let at = self.file.locate(span.start);
        let text = &self.file.text[span.start as usize..span.end as usize];
        format!("{}:{} {text}", at.line, at.column)
    }

    /// The only finding.
    fn only(&self) -> &Diagnostic {
        assert_eq!(self.findings.len(), 1, "{:#?}", self.findings);
        &self.findings[0]
    }

    fn help(&self) -> &str {
        self.only().help.as_deref().expect("a finding with help")
    }

    /// The first document, written compactly.
    fn shown(&self) -> String {
        show(self.documents.first().expect("a document"))
    }
}

/// A node as flow YAML without quotes; nothing is `-`.
fn show(node: &Node) -> String {
    match &node.kind {
        NodeKind::Null => "-".to_owned(),
        NodeKind::Scalar(scalar) => scalar.text.to_string(),
        NodeKind::List(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join("; ")),
        NodeKind::Map(map) => {
            let entries = map.iter().map(|(key, value)| format!("{}: {}", key.text, show(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join("; "))
        }
    }
}
