use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::measure::bind::bind;
use crate::measure::{Headers, Inputs, Request};
use crate::resolve::terms::Source;
use crate::resolve::{Broken, Workspace};
use crate::source::SourceMap;
use crate::tables::Data;

/// Checks every expression of every card against the columns its sources have.
pub fn columns(workspace: &Workspace, documents: &SourceMap, data: &Data, diagnostics: &mut Diagnostics) {
    let inputs = Inputs {
        data,
        documents: Some(documents),
    };
    let cards = workspace.cards.iter();
    let requests: Vec<Request<'_>> = cards
        .map(|card| Request {
            card,
            periods: Vec::new(),
        })
        .collect();
    let broken = Broken::of(diagnostics);
    let headers = match Headers::read(&requests, inputs, diagnostics) {
        Ok(headers) => headers,
        Err(error) => {
            let place = Place::File {
                path: "scoreline.yaml".to_owned(),
            };
            return diagnostics.push(Diagnostic::new("unreadable-file", place, error.to_string()));
        }
    };
    let first = diagnostics.count();
    for request in &requests {
        // Under a misspelt key of a source whatever it declares would seem to be missing.
        let is_misspelt = |id: &str| {
            let trees = request.card.versions.iter().map(|version| &version.tree);
            trees
                .filter_map(|tree| tree.at(["sources", id]))
                .any(|source| broken.at_keys_within(source))
        };
        let header = |id: &str, source: &Source| headers.of(id, source).filter(|_| !is_misspelt(id));
        bind(request.card, &header, diagnostics);
    }
    // What stands in a text that is broken says nothing about the data.
    for finding in diagnostics.split_off(first) {
        if !matches!(finding.primary.place, Place::Text(place) if broken.covers(place)) {
            diagnostics.push(finding);
        }
    }
    diagnostics.gather(first, &[]);
}
