//! One scorecard through time: its base and every amendment, each lowered and bound once.

use std::sync::Arc;

use super::amendment::{self, Dated};
use super::assemble::{Assembly, assemble, without_unused};
use super::bind::{self, Cursor};
use super::broken::Broken;
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
    /// Whether every `each` gave its rows.
    expands: bool,
    amendments: model::Scorecard,
    /// Where definitions stand whose ids seem to be misspelt.
    misspelt: Vec<Span>,
}

/// Resolves the scorecard `document` with every amendment; nothing where it does not even say what it
/// is about.
///
/// Beside it, whether all of it has been read: rows of `each` that cannot be told apart hide KPIs, and the
/// amendments after them.
pub(super) fn timeline(
    document: &Document,
    packs: &Packs<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<(Timeline, bool)> {
    let card = assemble(&document.node, packs, diagnostics);
    // Without one of its packs nearly everything would seem to be missing.
    if card.lacks_pack {
        return None;
    }
    let first = diagnostics.count();
    let mut base = draft(&card, &card.tree, &[&document.node], diagnostics)?;
    base.check(true, diagnostics);
    let mut misspelt = base.misspelt;
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
    let expands = base.expands;
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
    // What one amendment deletes is missing below it, too.
    let mut whole = true;
    for dated in amendment::in_order(&document.node, diagnostics) {
        // An amendment of rows that are not there would seem to write new ones.
        if !expands {
            break;
        }
        let found = diagnostics.count();
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
        let Some(mut next) = draft(&card, &tree, &authors, diagnostics) else {
            diagnostics.drop_repeated(found);
            continue;
        };
        if next.terms.period != before.period {
            dated.check_date(next.terms.period, diagnostics);
        }
        let ids = before.kpis.keys().map(|id| (id.as_str(), rows.get(id)));
        // A KPI that could not be bound is still there: look at the tree, not at the terms.
        let is_there = |id: &str| next.tree.at(["kpis", id]).is_some();
        whole &= !dated.check_deletions(ids, &is_there, diagnostics);
        next.check(whole, diagnostics);
        rows = next.rows;
        misspelt.append(&mut next.misspelt);
        let written = base.amendments.amendments.get(&*dated.key.text);
        let particulars = particulars(&dated, written, &next.terms, diagnostics);
        // What is wrong below an amendment is wrong above it as well, and told once.
        diagnostics.drop_repeated(found);
        versions.push(Version {
            effective: Some(dated.effective),
            amendment: Some(particulars),
            terms: next.terms,
            tree: next.tree,
            layers: Arc::from(layers.clone()),
        });
    }
    diagnostics.gather(first, &misspelt);
    let timeline = Timeline {
        id: versions[0].terms.id.clone(),
        path: document.path.clone(),
        versions,
        claims: Claims::default(),
        maturity: Vec::new(),
    };
    Some((timeline, expands))
}

/// Lowers and binds what `tree` says; `authors` are the documents and changes that are no packs.
fn draft<'a>(
    card: &Assembly<'a>,
    tree: &Layered<'a>,
    authors: &[&Node],
    diagnostics: &mut Diagnostics,
) -> Option<Draft> {
    let (expanded, rows) = each::expand(tree, diagnostics);
    let kpis = tree.at(&["kpis"]).map(|kpis| kpis.entries()).unwrap_or_default();
    let expands = kpis.iter().all(|(key, kpi)| {
        let id = &*key.text;
        kpi.is_removed() || expanded.at(&["kpis", id]).is_some() || rows.values().any(|row| row.kpi == id)
    });
    let expanded = lock::check(&card.locks, tree, (expanded, &rows), diagnostics);
    let merged = without_unused(&expanded, authors).finish();
    let written: model::Scorecard = model::lower(&merged, Mode::Complete, diagnostics)?;
    let (terms, misspelt) = bind::bind(&written, &merged, &rows, diagnostics)?;
    Some(Draft {
        terms,
        tree: merged,
        rows,
        expands,
        amendments: written,
        misspelt,
    })
}

impl Draft {
    /// Checks what the terms must say together, as far as they are known; `whole` is whether no KPI was deleted.
    fn check(&mut self, whole: bool, diagnostics: &mut Diagnostics) {
        let at = Cursor::new(&self.tree);
        let broken = Broken::of(diagnostics);
        weight::weigh(&mut self.terms);
        if whole && self.expands {
            weight::check(&self.terms, at, &broken, diagnostics);
        }
        money::check(&self.terms, at, &broken, diagnostics);
        coverage::check(&self.terms, at, &broken, diagnostics);
        guardrail::check(&self.terms, at, diagnostics);
    }
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
