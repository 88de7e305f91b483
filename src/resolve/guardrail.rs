//! Guardrails: following them never leads back.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use super::bind::Cursor;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::resolve::terms::Terms;

/// Reports every circle of guardrails once, at the KPI of it that stands first.
pub(super) fn check(terms: &Terms, at: Cursor<'_>, diagnostics: &mut Diagnostics) {
    let next: Vec<Vec<usize>> = terms
        .kpis
        .values()
        .map(|kpi| {
            let guards = kpi
                .guardrail
                .iter()
                .flat_map(|guardrail| terms.kpis_named(&guardrail.kpi));
            guards.filter_map(|id| terms.kpis.get_index_of(&id)).collect()
        })
        .collect();
    for first in (0..terms.kpis.len()).filter(|&index| !next[index].is_empty()) {
        let Some(circle) = circle(first, &next) else { continue };
        let place = |index: usize| {
            at.step("kpis")
                .step(&terms.kpis[index].id)
                .step("guardrail")
                .step("kpi")
                .span()
        };
        let names: Vec<String> = circle
            .iter()
            .map(|&index| format!("`{}`", terms.kpis[index].id))
            .collect();
        let message = format!("guardrails in a circle: {} and again {}", names.join(", "), names[0]);
        let mut finding = Diagnostic::new("guardrail-cycle", place(first), message);
        for &index in &circle[1..] {
            finding = finding.also(place(index), format!("`{}` goes on from here", terms.kpis[index].id));
        }
        diagnostics.push(finding.help("remove one of them: a guardrail is a KPI that stands on its own"));
    }
}

/// Returns a shortest circle through `first` in which it stands first: over KPIs after it alone.
fn circle(first: usize, next: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut from: HashMap<usize, usize> = HashMap::new();
    let mut open = VecDeque::from([first]);
    while let Some(index) = open.pop_front() {
        for &guard in next[index].iter().filter(|&&guard| guard >= first) {
            if guard == first {
                let back = std::iter::successors(Some(index), |index| from.get(index).copied());
                let mut circle: Vec<usize> = back.collect();
                circle.reverse();
                return Some(circle);
            }
            if let Entry::Vacant(entry) = from.entry(guard) {
                entry.insert(index);
                open.push_back(guard);
            }
        }
    }
    None
}
