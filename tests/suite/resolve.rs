//! Tests of resolve.

use scoreline::diagnostics::{Diagnostics, Place};
use scoreline::model::{self, Document};
use scoreline::resolve::{self, Workspace};
use scoreline::source::{SourceFile, SourceMap};
use scoreline::syntax;

mod amendments;
mod checks;
mod claims;
mod contract;
mod goals;
mod packs;
mod robust;

/// A resolved workspace with its findings as `path:line:column rule: message`.
struct Resolved {
    workspace: Workspace,
    findings: Vec<String>,
    helps: Vec<String>,
    also: Vec<Vec<String>>,
}

/// Resolves the documents of some files.
fn resolve(files: &[(&str, &str)]) -> Resolved {
    let mut sources = SourceMap::default();
    let mut diagnostics = Diagnostics::default();
    let mut documents: Vec<Document> = Vec::new();
    for (path, text) in files {
        let file = SourceFile::new(*path, *text);
        let id = sources.add(file.clone());
        for node in syntax::parse(id, &file, &mut diagnostics) {
            documents.extend(model::document(path, node, &mut diagnostics));
        }
    }
    for document in &documents {
        model::examine(document, &mut diagnostics);
    }
    let workspace = resolve::resolve(&documents, &mut diagnostics);
    let place = |place: &Place| match place {
        Place::Text(span) => sources.place(*span),
        Place::File { path } | Place::Data { path, .. } => path.clone(),
    };
    let findings = diagnostics
        .iter()
        .map(|found| format!("{} {}: {}", place(&found.primary.place), found.rule, found.message));
    let also = diagnostics.iter().map(|found| {
        let others = found.secondary.iter();
        others
            .map(|label| format!("{} {}", place(&label.place), label.text))
            .collect()
    });
    Resolved {
        findings: findings.collect(),
        helps: diagnostics
            .iter()
            .map(|found| found.help.clone().unwrap_or_default())
            .collect(),
        also: also.collect(),
        workspace,
    }
}

/// Resolves one scorecard that must be without findings, and returns its latest terms.
fn clean(text: &str) -> scoreline::resolve::terms::Terms {
    let resolved = resolve(&[("card.yaml", text)]);
    assert_eq!(resolved.findings, Vec::<String>::new());
    resolved.workspace.cards[0].latest().clone()
}

/// Returns the findings for one scorecard.
fn findings(text: &str) -> Vec<String> {
    resolve(&[("card.yaml", text)]).findings
}

/// A scorecard of an internal team with the `sections` below its head of six lines.
fn card(sections: &str) -> String {
    format!(
        "apiVersion: scoreline/v1\nkind: Scorecard\nid: team\ntitle: Team\ntime_zone: UTC\nperiod: month\n{sections}"
    )
}
