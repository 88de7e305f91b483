//! Guardrails: following them never leads back.

use super::bind::Cursor;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::resolve::terms::Terms;

/// Reports every circle of guardrails once, at the KPI of it that stands first.
pub(super) fn check(terms: &Terms, at: Cursor<'_>, diagnostics: &mut Diagnostics) {
    let next = |index: usize| {
        let guardrail = terms.kpis[index].guardrail.as_ref()?;
        terms.kpis.get_index_of(&guardrail.kpi)
    };
    for first in 0..terms.kpis.len() {
        let mut circle = vec![first];
        while let Some(index) = circle.last().copied().and_then(next) {
            if circle.contains(&index) {
                break;
            }
            circle.push(index);
        }
        let closes = circle.last().copied().and_then(next) == Some(first);
        if !closes || circle.iter().any(|&index| index < first) {
            continue;
        }
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
