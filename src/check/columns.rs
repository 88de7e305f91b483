use std::collections::HashSet;

use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::measure::bind::bind;
use crate::measure::{Headers, Inputs, Request};
use crate::resolve::Workspace;
use crate::resolve::terms::Timeline;
use crate::source::{SourceMap, Span};
use crate::tables::{Data, Failure};

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
    let headers = match Headers::read(&requests, inputs) {
        Ok(headers) => headers,
        Err(Failure::Found(found)) => return diagnostics.extend(found),
        Err(Failure::World(error)) => {
            let place = Place::File {
                path: "scoreline.yaml".to_owned(),
            };
            return diagnostics.push(Diagnostic::new("unreadable-file", place, error.to_string()));
        }
    };
    // Under a misspelt section whatever it holds would seem to be missing.
    let errors: HashSet<Span> = diagnostics.error_spans().collect();
    let is_misspelt = |card: &Timeline| {
        let root = card.versions.last().and_then(|version| version.tree.as_map());
        root.is_some_and(|root| root.iter().any(|(key, _)| errors.contains(&key.span)))
    };
    for request in requests.iter().filter(|request| !is_misspelt(request.card)) {
        bind(request.card, &|id, source| headers.of(id, source), diagnostics);
    }
}
