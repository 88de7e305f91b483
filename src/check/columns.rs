use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::measure::bind::bind;
use crate::measure::{Headers, Inputs, Request};
use crate::resolve::Workspace;
use crate::source::SourceMap;
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
    for request in &requests {
        bind(request.card, &|id, source| headers.of(id, source), diagnostics);
    }
}
