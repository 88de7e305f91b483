//! Changes as findings, so that everything that shows findings shows changes.

use super::change::{Change, Favours};
use super::timeline::Difference;
use super::view::{ChangeView, level};
use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::resolve::terms::Id;
use crate::source::SourceMap;

/// Returns every change that nobody waived as a finding at its place in HEAD; a removal stands at the key of
/// the map it was in. `path` tells the file of a card that HEAD does not have.
pub fn findings(
    difference: &Difference,
    viewpoint: Option<Favours>,
    sources: &SourceMap,
    path: &dyn Fn(&Id) -> String,
) -> Diagnostics {
    let mut findings = Diagnostics::default();
    let changes = difference.cards.iter().flat_map(|card| &card.changes);
    for change in changes.filter(|change| change.waived.is_none()) {
        findings.push(finding(change, &ChangeView::of(change, viewpoint, sources), path));
    }
    findings
}

fn finding(change: &Change, view: &ChangeView, path: &dyn Fn(&Id) -> String) -> Diagnostic {
    let place = match &change.is_from {
        Some(origin) => Place::Text(origin.span),
        None => Place::File {
            path: path(&change.card),
        },
    };
    let mut message = format!("`{}`: {}; {}", change.entity(), view.text, view.meaning);
    if let Some(note) = &change.note {
        message.push_str("; ");
        message.push_str(note);
    }
    let mut finding = Diagnostic::new(change.rule, place, message);
    finding.level = level(change, view.viewpoint);
    match &view.was_at {
        Some(was) => finding.help(format!("before, it stood at {was}")),
        None => finding,
    }
}
