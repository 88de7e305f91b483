//! One scorecard through time: its base and every amendment, each lowered and bound once.

use std::sync::Arc;

use super::amendment::{self, Dated};
use super::assemble::{Assembly, assemble, without_unused};
use super::bind::{self, Cursor};
use super::each::{self, Rows};
use super::overlay::Layered;
use super::pack::Packs;
use super::{Layer, coverage, guardrail, lock, money, weight};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{self, Document, Mode};
use crate::resolve::terms::{Amendment, Claims, Terms, Timeline, Version};
use crate::source::Span;
use crate::syntax::Node;

/// A version under construction.
struct Draft {
    terms: Terms,
    tree: Node,
    rows: Rows,
    amendments: model::Scorecard,
}

/// Resolves the scorecard `document` with every amendment; nothing where it does not even say what it
/// is about.
pub(super) fn timeline(document: &Document, packs: &Packs<'_>, diagnostics: &mut Diagnostics) -> Option<Timeline> {
    let card = assemble(&document.node, packs, diagnostics);
    let base = draft(&card, &card.tree, &[&document.node], diagnostics)?;
    let mut layers: Vec<(Span, Layer)> = card
        .packs
        .iter()
        .map(|pack| {
            let layer = Layer::Pack {
                id: pack.id.to_owned(),
                version: pack.version.to_owned(),
            };
            (pack.node.span, layer)
        })
        .collect();
    layers.push((document.node.span, Layer::Document));
    let mut versions = vec![Version {
        effective: None,
        amendment: None,
        terms: base.terms,
        tree: base.tree,
        layers: layers.clone().into(),
    }];
    let mut authors = vec![&document.node];
    let mut tree = without_amendments(&card.tree);
    let mut rows = base.rows;
    for dated in amendment::in_order(&document.node, diagnostics) {
        let before = &versions.last().expect("at least the base version").terms;
        dated.check_date(before.period, diagnostics);
        tree = dated.apply(tree, &card, diagnostics);
        authors.extend(dated.node.at(["change"]));
        layers.push((
            dated.node.span,
            Layer::Amendment {
                id: dated.key.text.to_string(),
            },
        ));
        let Some(next) = draft(&card, &tree, &authors, diagnostics) else {
            continue;
        };
        if next.terms.period != before.period {
            dated.check_date(next.terms.period, diagnostics);
        }
        let ids = before.kpis.keys().map(|id| (id.as_str(), rows.get(id)));
        // A KPI that could not be bound is still there: look at the tree, not at the terms.
        let is_there = |id: &str| next.tree.at(["kpis", id]).is_some();
        dated.check_deletions(ids, &is_there, diagnostics);
        rows = next.rows;
        let written = base.amendments.amendments.get(&*dated.key.text);
        versions.push(Version {
            effective: Some(dated.effective),
            amendment: Some(particulars(&dated, written, &next.terms, diagnostics)),
            terms: next.terms,
            tree: next.tree,
            layers: Arc::from(layers.clone()),
        });
    }
    Some(Timeline {
        id: versions[0].terms.id.clone(),
        path: document.path.clone(),
        versions,
        claims: Claims::default(),
    })
}

/// Lowers and binds what `tree` says; `authors` are the documents and changes that are no packs.
fn draft(card: &Assembly<'_>, tree: &Layered<'_>, authors: &[&Node], diagnostics: &mut Diagnostics) -> Option<Draft> {
    let (expanded, rows) = each::expand(tree, diagnostics);
    lock::check(&card.locks, tree, (&expanded, &rows), diagnostics);
    let merged = without_unused(&expanded, authors).finish();
    let written: model::Scorecard = model::lower(&merged, Mode::Complete, diagnostics)?;
    let mut terms = bind::bind(&written, &merged, &rows, diagnostics)?;
    let at = Cursor::new(&merged);
    weight::weigh(&mut terms, at, diagnostics);
    money::check(&terms, at, diagnostics);
    coverage::check(&terms, at, diagnostics);
    guardrail::check(&terms, at, diagnostics);
    Some(Draft {
        terms,
        tree: merged,
        rows,
        amendments: written,
    })
}

fn without_amendments<'a>(tree: &Layered<'a>) -> Layered<'a> {
    let entries = tree.entries().into_iter();
    let kept = entries.filter(|(key, _)| &*key.text != "amendments");
    Layered::map(tree.span(), kept.collect())
}

/// Returns the particulars of an amendment; who approved it are people of its own version.
fn particulars(
    dated: &Dated<'_>,
    written: Option<&model::Amendment>,
    terms: &Terms,
    diagnostics: &mut Diagnostics,
) -> Amendment {
    let at = Cursor::new(dated.node).step("approved_by");
    let approvers = written
        .map(|written| written.approved_by.as_slice())
        .unwrap_or_default();
    let mut approved_by = Vec::new();
    for (index, name) in approvers.iter().enumerate() {
        if terms.people.contains_key(&**name) {
            approved_by.push(name.to_string());
        } else {
            let known: Vec<&str> = terms.people.keys().map(String::as_str).collect();
            let span = at.item(index).span();
            let finding: Diagnostic = bind::unknown("unknown-reference", span, ("person", "people"), name, &known);
            diagnostics.push(finding);
        }
    }
    Amendment {
        id: dated.key.text.to_string(),
        effective: dated.effective,
        signed: written.and_then(|written| written.signed),
        reference: written.and_then(|written| written.reference.clone()),
        approved_by,
        reason: written.and_then(|written| written.reason.clone()),
        resets: written
            .map(|written| written.resets.iter().map(|reset| reset.word().to_owned()).collect())
            .unwrap_or_default(),
        span: dated.key.span,
    }
}
