//! Weights: those that belong together sum to 100, and each KPI's effective weight follows.

use super::bind::Cursor;
use super::broken::Broken;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::quantity::Rational;
use crate::resolve::terms::{Kpi, Terms};
use crate::source::Span;
use crate::syntax::{Map, Node};

/// An addend: its name, its weight, where that stands.
type Addend<'t> = (&'t str, &'t Rational, Span);

/// Sets every effective weight. A retired KPI weighs nothing.
///
/// A scorecard without any weight is shown and not scored; one without categories has its KPIs sum to
/// 100; a KPI outside the categories is only shown.
pub(super) fn weigh(terms: &mut Terms) {
    let hundred = Rational::integer(100);
    for kpi in terms.kpis.values_mut() {
        let share = match &kpi.category {
            Some(category) => terms.categories.get(category).map(|category| &category.weight),
            None if terms.categories.is_empty() => Some(&hundred),
            None => None,
        };
        kpi.effective_weight = match share {
            Some(share) if kpi.retired.is_none() => (share * &kpi.weight).checked_div(&hundred).unwrap_or_default(),
            _ => Rational::zero(),
        };
    }
}

/// Reports sums other than 100, where every addend is known.
pub(super) fn check(terms: &Terms, at: Cursor<'_>, broken: &Broken, diagnostics: &mut Diagnostics) {
    // What belongs together may stand under a misspelt section.
    if at.node().is_some_and(|root| broken.at_keys(root)) {
        return;
    }
    let kpis = at.step("kpis");
    let written = kpis.node().and_then(Node::as_map);
    let unknown: Vec<&str> = written
        .into_iter()
        .flat_map(Map::iter)
        .map(|(key, _)| &*key.text)
        .filter(|id| {
            let unbound = |kpi: &Kpi| kpi.category.is_none() && kpis.step(id).step("category").is_written();
            terms.kpis.get(*id).is_none_or(unbound) || broken.holds(kpis.step(id))
        })
        .collect();
    // A KPI whose category is unknown may belong to any.
    let category = |id: &str| {
        let node = kpis.step(id).step("category").node()?;
        node.as_text().filter(|id| terms.categories.contains_key(*id))
    };
    let categories_of_unknown: Vec<Option<&str>> = unknown.iter().map(|id| category(id)).collect();
    let any_unknown = categories_of_unknown.contains(&None);
    if broken.holds(at.step("categories")) || any_unknown {
        return;
    }
    let live = || terms.kpis.values().filter(|kpi| kpi.retired.is_none());
    let addend = |kpi: &'_ Kpi| at.step("kpis").step(&kpi.id).step("weight").span();
    if live().all(|kpi| kpi.weight.is_zero()) && terms.categories.values().all(|category| category.weight.is_zero()) {
        return;
    }
    if terms.categories.is_empty() {
        let addends: Vec<Addend<'_>> = live().map(|kpi| (kpi.id.as_str(), &kpi.weight, addend(kpi))).collect();
        sum(&addends, at.step("kpis").key_span(), "the KPIs' weights", diagnostics);
        return;
    }
    let categories: Vec<Addend<'_>> = terms
        .categories
        .iter()
        .map(|(id, category)| {
            let span = at.step("categories").step(id).step("weight").span();
            (id.as_str(), &category.weight, span)
        })
        .collect();
    sum(
        &categories,
        at.step("categories").key_span(),
        "the categories' weights",
        diagnostics,
    );
    let known = |id: &&str| !categories_of_unknown.contains(&Some(*id));
    for (id, category) in terms.categories.iter().filter(|(id, _)| known(&id.as_str())) {
        let inside = live().filter(|kpi| kpi.category.as_ref() == Some(id));
        let addends: Vec<Addend<'_>> = inside.map(|kpi| (kpi.id.as_str(), &kpi.weight, addend(kpi))).collect();
        let unweighted = addends.iter().all(|(_, weight, _)| weight.is_zero());
        let place = at.step("categories").step(id).key_span();
        if unweighted && !category.weight.is_zero() {
            let message = format!(
                "category `{id}` weighs {} and no KPI in it has a weight",
                category.weight.to_exact()
            );
            diagnostics.push(
                Diagnostic::new("weights-not-100", place, message)
                    .help("give its KPIs weights that sum to 100, or take its weight to another category"),
            );
        } else if !unweighted {
            sum(&addends, place, &format!("the weights in category `{id}`"), diagnostics);
        }
    }
    for kpi in live().filter(|kpi| kpi.category.is_none() && !kpi.weight.is_zero()) {
        let message = format!("KPI `{}` has a weight and no category", kpi.id);
        diagnostics.push(
            Diagnostic::new("missing-field", addend(kpi), message)
                .help("add `category: …`, or remove the weight: a KPI without a category is only shown"),
        );
    }
}

fn sum(addends: &[Addend<'_>], place: Span, what: &str, diagnostics: &mut Diagnostics) {
    let total: Rational = addends.iter().map(|(_, weight, _)| (*weight).clone()).sum();
    let hundred = Rational::integer(100);
    if total == hundred {
        return;
    }
    let weighed = addends.iter().filter(|(_, weight, _)| !weight.is_zero());
    let written: Vec<String> = weighed.clone().map(|(_, weight, _)| weight.to_exact()).collect();
    let message = format!("{what} sum to {}: {}", total.to_exact(), written.join(" + "));
    let mut finding = Diagnostic::new("weights-not-100", place, message);
    for (id, weight, span) in weighed {
        finding = finding.also(*span, format!("`{id}`: {}", weight.to_exact()));
    }
    let difference = &hundred - &total;
    let help = if difference.is_negative() {
        format!("take {} away, so that they sum to 100", difference.abs().to_exact())
    } else {
        format!("add {}, so that they sum to 100", difference.to_exact())
    };
    diagnostics.push(finding.help(help));
}
