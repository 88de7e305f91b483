use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::measure::bind::bind;
use crate::measure::{Headers, Inputs, Request};
use crate::resolve::terms::Source;
use crate::resolve::{Broken, Workspace};
use crate::source::SourceMap;
use crate::tables::Data;

/// Checks every expression of every card against the columns its sources have.
///
/// `known` is what has been found before. A name that is missed at several places makes several findings: those of all
/// cards are to be [gathered](Diagnostics::gather).
#[must_use]
pub fn columns(workspace: &Workspace, documents: &SourceMap, data: &Data, known: &Diagnostics) -> Diagnostics {
    let mut found = Diagnostics::default();
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
    let broken = Broken::of(known);
    let headers = match Headers::read(&requests, inputs, &mut found) {
        Ok(headers) => headers,
        Err(error) => {
            let place = Place::File {
                path: "scoreline.yaml".to_owned(),
            };
            found.push(Diagnostic::new("unreadable-file", place, error.to_string()));
            return found;
        }
    };
    let mut unfit = Diagnostics::default();
    for request in &requests {
        // Under a misspelt key of a source whatever it declares would seem to be missing.
        let is_misspelt = |id: &str| {
            let trees = request.card.versions.iter().map(|version| &version.tree);
            trees
                .filter_map(|tree| tree.at(["sources", id]))
                .any(|source| broken.at_keys_within(source))
        };
        let header = |id: &str, source: &Source| headers.of(id, source).filter(|_| !is_misspelt(id));
        bind(request.card, &header, &mut unfit);
    }
    // What stands in a text that is broken says nothing about the data.
    for finding in unfit {
        if !matches!(finding.primary.place, Place::Text(place) if broken.covers(place)) {
            found.push(finding);
        }
    }
    found
}
