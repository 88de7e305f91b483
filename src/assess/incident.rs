//! One incident that fails several KPIs (language.md §6, `single_incident`).

use indexmap::IndexMap;

use super::draft::Draft;
use crate::quantity::Period;
use crate::resolve::terms::{Selection, SingleIncident};

/// Leaves one credit per incident where the contract says so.
///
/// `highest` and, until the customer has selected, `customer_selects` keep the highest, the first in file
/// order of equal ones; under `customer_selects` that is provisional. A selection counts for the period it
/// names, and only for a KPI whose credit the incident is about; it also asks for that credit.
///
/// What the others lose is theirs again should the one that pays turn out not to be due, so it is as provisional as
/// that one is, and no more: whether somebody asked for them matters no longer.
pub(super) fn settle(
    drafts: &mut [Draft<'_>],
    rule: Option<SingleIncident>,
    selections: &IndexMap<String, Selection>,
    period: Period,
) {
    let rule = match rule {
        Some(rule @ (SingleIncident::Highest | SingleIncident::CustomerSelects)) => rule,
        Some(SingleIncident::Sum) | None => return,
    };
    let mut groups: IndexMap<String, Vec<usize>> = IndexMap::new();
    for (i, draft) in drafts.iter().enumerate() {
        if let Some(incident) = draft.line.incident.as_ref().filter(|_| !draft.due.is_zero()) {
            groups.entry(incident.clone()).or_default().push(i);
        }
    }
    let label = period.to_string();
    for (incident, group) in groups {
        let selected = selections
            .get(&incident)
            .filter(|selection| rule == SingleIncident::CustomerSelects && selection.period == label)
            .and_then(|selection| group.iter().find(|&&i| drafts[i].one.kpi.id == selection.kpi));
        if let Some(&selected) = selected {
            drafts[selected].select();
        }
        if group.len() == 1 {
            continue;
        }
        let highest = || {
            group
                .iter()
                .copied()
                .reduce(|best, i| if drafts[i].due > drafts[best].due { i } else { best })
                .expect("a group has credits")
        };
        let kept = selected.copied().unwrap_or_else(highest);
        let open = rule == SingleIncident::CustomerSelects && selected.is_none();
        let winner = drafts[kept].one.kpi.id.clone();
        let undecided = open || drafts[kept].line.provisional || drafts[kept].awaits_request();
        for i in group {
            let draft = &mut drafts[i];
            draft.line.provisional |= undecided;
            draft.unselected |= open;
            if i == kept {
                if open {
                    draft.line.remark = Some(format!("the highest of {incident} until the customer selects"));
                }
                continue;
            }
            draft.due = crate::quantity::Rational::zero();
            draft.line.ask_by = None;
            draft.line.remark = Some(match (rule, open) {
                (SingleIncident::CustomerSelects, false) => format!("the customer selected {winner} for {incident}"),
                _ => format!("one credit for {incident}: {winner} pays"),
            });
        }
    }
}
