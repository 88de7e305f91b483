//! Scenarios: each bound to the scorecard it tests, every name known, every value in its unit.

mod expected;
mod given;

use indexmap::IndexMap;

use super::bind::{Cursor, misfitting_period, unknown};
use super::claims::{self, Register};
use super::pack::Packs;
use super::version;
use crate::diagnostics::{Diagnostic, Diagnostics, Level};
use crate::model::{self, Document, Mode};
use crate::quantity::{Period, Unit};
use crate::resolve::terms::{Earlier, Figure, Id, Scenario, Terms, Timeline};
use crate::source::Span;
use crate::syntax::{Node, NodeKind};

/// Binds a scenario to the scorecard it tests, here its document and its terms; nothing where these could not be
/// read whole, or the scenario tests nothing.
pub(super) fn bind(
    document: &Document,
    tested: Option<(&Document, &Timeline)>,
    packs: &Packs<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Scenario> {
    let written: model::Scenario = model::lower(&document.node, Mode::Complete, diagnostics)?;
    let at = Cursor::new(&document.node);
    let id = written.id.as_ref()?;
    // A scorecard that is not there or could not be read whole has been reported.
    let (author, card) = tested?;
    let label = &written.period.as_ref()?.0;
    let Some(period) = card.latest().period.parse(label) else {
        diagnostics.push(misfitting_period(card.latest().period, label, at.step("period").span()));
        return None;
    };
    let left_out = written
        .leave_out
        .as_ref()
        .map(model::OneOrMore::ids)
        .unwrap_or_default();
    let mut card = if left_out.is_empty() {
        card.clone()
    } else {
        without(left_out, author, at.step("leave_out"), packs, diagnostics)?
    };
    card.claims = claims::bind(&[&Register::of_scenario(&written, at)], &card.versions, diagnostics);
    let mut binder = Binder {
        terms: card.terms(period),
        card: &card,
        period,
        diagnostics,
    };
    let before = binder.before(&written, at.step("before"));
    let given = binder.given(at.step("given"));
    let expected = binder.expected(written.expect.as_ref()?, at.step("expect"));
    if expected.is_empty() {
        let finding = Diagnostic::new(
            "no-expectation",
            at.step("expect").key_span(),
            format!("scenario `{id}` expects nothing, so it cannot fail"),
        );
        // What it expects may be there and wrong, which has been reported.
        if !at.step("expect").node().is_some_and(holds_something) {
            diagnostics
                .push(finding.help("say what the contract must say, such as `kpis: { … : met }` or `credit: 0.00`"));
        }
        return None;
    }
    Some(Scenario {
        id: id.to_string(),
        title: written.title.clone(),
        kind: written.r#as.unwrap_or(model::ScenarioKind::Other),
        path: document.path.clone(),
        period,
        before,
        given,
        expected,
        declared_at: at.step("id").span(),
        card,
    })
}

/// Whether a value says anything.
fn holds_something(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Null => false,
        NodeKind::Scalar(_) | NodeKind::List(_) => true,
        NodeKind::Map(map) => map.iter().any(|(_, value)| holds_something(value)),
    }
}

/// Resolves a scorecard as if some of its amendments had never been signed.
fn without(
    left_out: &[model::Id],
    author: &Document,
    at: Cursor<'_>,
    packs: &Packs<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Timeline> {
    let mut document = author.clone();
    let amendments = match &mut document.node.kind {
        NodeKind::Map(map) => map.remove("amendments"),
        _ => None,
    };
    let mut kept = amendments.as_ref().and_then(Node::as_map).cloned().unwrap_or_default();
    for (index, id) in left_out.iter().enumerate() {
        if kept.remove(id).is_none() {
            let known: Vec<&str> = kept.iter().map(|(key, _)| &*key.text).collect();
            let section = ("amendment", "amendments");
            diagnostics.push(unknown("unknown-reference", at.item(index).span(), section, id, &known));
            return None;
        }
    }
    if let (Some(node), NodeKind::Map(map)) = (amendments, &mut document.node.kind) {
        let key = author.node.as_map()?.entry("amendments")?.0.clone();
        let kind = NodeKind::Map(kept);
        map.insert(key, Node { kind, span: node.span });
    }
    // What is wrong with the whole scorecard has been told; only what the gap breaks is new.
    let mut found = diagnostics.clone();
    let known = found.count();
    let timeline = version::timeline(&document, packs, &mut found);
    let broken = found.iter().skip(known).find(|finding| finding.level == Level::Error);
    if let Some(broken) = broken {
        let names: Vec<&str> = left_out.iter().map(|id| &**id).collect();
        let message = format!(
            "without {} the contract does not hold together",
            super::pack::listed(names)
        );
        diagnostics.push(
            Diagnostic::new("invalid-value", at.span(), message)
                .also(broken.primary.place.clone(), broken.message.clone())
                .help("leave out what builds on it as well"),
        );
        return None;
    }
    timeline.map(|(timeline, _)| timeline)
}

/// Binds the parts of one scenario.
struct Binder<'a> {
    card: &'a Timeline,
    /// The terms of the period tested.
    terms: &'a Terms,
    period: Period,
    diagnostics: &'a mut Diagnostics,
}

impl Binder<'_> {
    /// Binds what earlier periods said.
    fn before(&mut self, written: &model::Scenario, at: Cursor<'_>) -> IndexMap<Period, IndexMap<Id, Earlier>> {
        let mut before: IndexMap<Period, IndexMap<Id, Earlier>> = IndexMap::new();
        for (label, kpis) in &written.before {
            let here = at.step(&label.0);
            let Some(period) = self.period.scheme().parse(&label.0) else {
                let finding = misfitting_period(self.period.scheme(), &label.0, here.key_span());
                self.diagnostics.push(finding);
                continue;
            };
            if period >= self.period {
                let message = format!("{period} is not before {}, the period tested", self.period);
                self.diagnostics.push(
                    Diagnostic::new("invalid-period", here.key_span(), message)
                        .help("what this period holds stands under `given`; name an earlier one here"),
                );
                continue;
            }
            let terms = self.card.terms(period);
            let mut said = IndexMap::new();
            for (name, earlier) in kpis {
                let place = here.step(name);
                let Some(earlier) = self.earlier(earlier, place) else {
                    continue;
                };
                for kpi in self.kpis(terms, name, place.key_span()) {
                    said.insert(kpi, earlier.clone());
                }
            }
            before.insert(period, said);
        }
        before
    }

    fn earlier(&mut self, written: &model::Before, at: Cursor<'_>) -> Option<Earlier> {
        match written {
            model::Before::Verdict(verdict) => Some(Earlier {
                verdict: *verdict,
                credit: None,
            }),
            model::Before::Outcome(outcome) => {
                let credit = outcome.credit.as_ref();
                let credit = credit.and_then(|credit| self.figure(credit, Unit::Money, at.step("credit")));
                Some(Earlier {
                    verdict: outcome.verdict?,
                    credit: credit.map(|credit| credit.quantity.number),
                })
            }
        }
    }

    /// Returns the KPIs that a name stands for: itself, or all rows of its `each`.
    fn kpis(&mut self, terms: &Terms, name: &str, span: Span) -> Vec<Id> {
        let found = terms.kpis_named(name);
        if found.is_empty() {
            let known: Vec<&str> = terms.kpis.keys().map(String::as_str).collect();
            self.diagnostics
                .push(unknown("unknown-reference", span, ("KPI", "kpis"), name, &known));
        }
        found
    }

    fn figure(&mut self, written: &model::Value, unit: Unit, at: Cursor<'_>) -> Option<Figure> {
        Some(Figure {
            quantity: written.quantity(unit, at.span(), self.diagnostics)?,
            step: written.step(unit),
        })
    }
}
