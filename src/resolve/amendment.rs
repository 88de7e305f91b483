//! Amendments: in which order they hold, from which day they may, and what they may change.

use jiff::civil::Date;

use super::assemble::Assembly;
use super::bind::Cursor;
use super::overlay::{Layered, Place};
use super::position::Position;
use crate::diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use crate::quantity::PeriodScheme;
use crate::source::Span;
use crate::syntax::{Key, Map, Node, NodeKind};

/// An amendment of a scorecard that says from when it holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dated<'a> {
    /// Its id and where it stands.
    pub(super) key: &'a Key,
    /// All of it.
    pub(super) node: &'a Node,
    /// The first day it holds.
    pub(super) effective: Date,
    effective_span: Span,
}

/// What says which scorecard this is and what lies below it; the rest is there to be amended.
const IDENTITY: &[&str] = &["apiVersion", "kind", "id", "extends", "amendments"];

/// Returns the amendments of the scorecard `document` in the order in which they take effect; those
/// of one day in file order.
pub(super) fn in_order<'a>(document: &'a Node, diagnostics: &mut Diagnostics) -> Vec<Dated<'a>> {
    let all = document.at(["amendments"]).and_then(Node::as_map);
    let dated = all.into_iter().flat_map(Map::iter).filter_map(|(key, node)| {
        let effective = node.at(["effective"])?;
        Some(Dated {
            key,
            node,
            // A date that is none has been reported by the model.
            effective: effective.as_text()?.parse().ok()?,
            effective_span: effective.span,
        })
    });
    let mut dated: Vec<Dated<'a>> = dated.collect();
    for pair in dated.windows(2) {
        let (above, below) = (&pair[0], &pair[1]);
        if below.effective < above.effective {
            let message = format!(
                "`{}` takes effect on {}, before `{}` above it",
                below.key.text, below.effective, above.key.text
            );
            diagnostics.push(
                Diagnostic::new("amendment-out-of-order", below.effective_span, message)
                    .also(above.effective_span, format!("`{}` takes effect here", above.key.text))
                    .help(format!(
                        "move `{}` above `{}`, or correct its date",
                        below.key.text, above.key.text
                    )),
            );
        }
    }
    dated.sort_by_key(|amendment| amendment.effective);
    dated
}

impl<'a> Dated<'a> {
    /// Reports an effective date that is not the first day of a period of `scheme`.
    pub(super) fn check_date(&self, scheme: PeriodScheme, diagnostics: &mut Diagnostics) {
        let period = scheme.containing(self.effective);
        let (before, after) = (period.first_day(), period.offset(1).first_day());
        if before == self.effective {
            return;
        }
        let message = format!("{} is inside the period {period}", self.effective);
        diagnostics.push(
            Diagnostic::new("amendment-mid-period", self.effective_span, message)
                .label(format!("`{}` takes effect here", self.key.text))
                .help(format!("write {before} or {after}: terms change with a period")),
        );
    }

    /// Lays the amendment over `tree`, the terms until now.
    pub(super) fn apply(&self, tree: Layered<'a>, card: &Assembly<'a>, diagnostics: &mut Diagnostics) -> Layered<'a> {
        let Some(change) = self.node.at(["change"]).filter(|change| change.as_map().is_some()) else {
            return tree;
        };
        // What says which scorecard this is cannot be amended; the model has reported it.
        let changes = Layered::Written(change).entries().into_iter();
        let changes = changes.filter(|(key, _)| !IDENTITY.contains(&&*key.text));
        let tree = self.with_templates(tree, change, card);
        check_removals(change, &tree, diagnostics);
        let unknown = check_names(change, &tree, diagnostics);
        let changes = changes.map(|(key, value)| {
            if &*key.text != "kpis" || unknown.is_empty() {
                return (key, value);
            }
            let kpis = value.entries().into_iter();
            let known = kpis.filter(|(key, _)| !unknown.contains(&&*key.text));
            (key, Layered::map(value.span(), known.collect()))
        });
        let changes = changes.collect();
        tree.overlay(Layered::map(change.span, changes), Position::Card, Place::Below)
    }

    /// Adds the packs' templates of the KPIs that the amendment is the first to list.
    fn with_templates(&self, tree: Layered<'a>, change: &'a Node, card: &Assembly<'a>) -> Layered<'a> {
        let listed = change.at(["kpis"]).and_then(Node::as_map);
        let new = listed
            .into_iter()
            .flat_map(Map::iter)
            .filter(|(key, kpi)| !matches!(kpi.kind, NodeKind::Null) && tree.at(&["kpis", &key.text]).is_none());
        let templates = new.filter_map(|(key, kpi)| {
            let template = card.template(&key.text)?;
            // The KPI stands in the amendment that lists it, not in the pack.
            let here = Layered::map(kpi.span, Vec::new());
            let template = template.overlay(here, Position::Kpi, Place::Above);
            Some((std::borrow::Cow::Borrowed(key), template))
        });
        let templates: Vec<_> = templates.collect();
        if templates.is_empty() {
            return tree;
        }
        let span = change.span;
        let kpis = Layered::map(span, templates);
        let kpis = Layered::map(span, vec![(super::overlay::key("kpis", span), kpis)]);
        tree.overlay(kpis, Position::Card, Place::Below)
    }

    /// Reports the KPIs that were there `before` and are not there `after` this amendment; whether there is one.
    pub(super) fn check_deletions<'t>(
        &self,
        before: impl Iterator<Item = (&'t str, Option<&'t super::each::RowOf>)>,
        after: &dyn Fn(&str) -> bool,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let mut deleted = false;
        for (id, row) in before.filter(|(id, _)| !after(id)) {
            let path = match row {
                Some(row) => vec!["change", "kpis", &row.kpi, "each", "rows", &row.value],
                None => vec!["change", "kpis", id],
            };
            // The key says what is removed; a removed row may be named by its KPI alone.
            let steps = (1..=path.len()).map(|length| {
                path[..length]
                    .iter()
                    .fold(Cursor::new(self.node), |at, key| at.step(key))
            });
            let deepest = steps.take_while(|at| at.is_written()).last();
            let place = deepest.map_or(self.key.span, Cursor::key_span);
            diagnostics.push(
                Diagnostic::new("kpi-deleted", place, format!("`{}` deletes KPI `{id}`", self.key.text))
                    .label("removed here")
                    .help("write `retired: { replaced_by: … }` or `retired: {}` on the KPI: what was measured stays on record"),
            );
            deleted = true;
        }
        deleted
    }
}

/// Reports and returns the KPIs that `change` lists as if they were there, and that `tree` does not have: one
/// without a measure is no new one.
fn check_names<'a>(change: &'a Node, tree: &Layered<'_>, diagnostics: &mut Diagnostics) -> Vec<&'a str> {
    let listed = change.at(["kpis"]).and_then(Node::as_map);
    let mut unknown = Vec::new();
    let sections = tree.entries();
    let is_section = |span: Span| sections.iter().any(|(key, _)| key.span == span);
    // Under a misspelt section they may all be there.
    let misspelt = diagnostics.error_spans().any(is_section);
    for (key, kpi) in listed.into_iter().flat_map(Map::iter) {
        let is_new = kpi.at(["measure"]).is_some() || matches!(kpi.kind, NodeKind::Null);
        if is_new || tree.at(&["kpis", &key.text]).is_some() {
            continue;
        }
        unknown.push(&*key.text);
        if misspelt {
            continue;
        }
        let kpis = tree.at(&["kpis"]).map(|kpis| kpis.entries()).unwrap_or_default();
        let message = format!("no KPI is called `{}`", key.text);
        let finding = Diagnostic::new("unknown-reference", key.span, message);
        diagnostics.push(match did_you_mean(&key.text, kpis.iter().map(|(key, _)| &*key.text)) {
            Some(close) => finding.help(format!("did you mean `{close}`?")),
            None => finding.help("write the id of a KPI; a new one needs a `title` and a `measure`"),
        });
    }
    unknown
}

/// Reports every `null` of `change` that has nothing to remove from `tree`: a signed change would
/// silently be none.
fn check_removals(change: &Node, tree: &Layered<'_>, diagnostics: &mut Diagnostics) {
    for (key, value) in change.as_map().into_iter().flat_map(Map::iter) {
        let below = tree.get(&key.text).filter(|below| !below.is_removed());
        match (&value.kind, below) {
            (NodeKind::Null, None) => {
                let siblings = tree.entries();
                let live = siblings.iter().filter(|(_, value)| !value.is_removed());
                let names = live.map(|(key, _)| &*key.text);
                let message = format!("there is no `{}` to remove", key.text);
                let finding = Diagnostic::new("unknown-reference", key.span, message);
                diagnostics.push(match did_you_mean(&key.text, names) {
                    Some(close) => finding.help(format!("did you mean `{close}`?")),
                    None => finding.help("remove this line, or write the value it is to have"),
                });
            }
            (NodeKind::Map(_), Some(below)) => check_removals(value, &below, diagnostics),
            _ => {}
        }
    }
}
