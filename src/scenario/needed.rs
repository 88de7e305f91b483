//! The KPIs that a scenario's expectations rest on.

use std::collections::BTreeSet;

use crate::resolve::terms::{Expected, Id, Kpi, Missing, Scenario, Terms, Timeline, TriggerWhen};

/// Returns the scenario's scorecard with no other KPIs than those that its expectations rest on.
///
/// No result depends on which other KPIs are measured beside it, so what is left out changes nothing that is
/// expected; and a scenario about outages need not give rows in which every ticket KPI finds its columns.
pub(super) fn card(scenario: &Scenario) -> Timeline {
    let mut card = scenario.card.clone();
    let mut needed: BTreeSet<Id> = BTreeSet::new();
    for version in &card.versions {
        for expectation in &scenario.expected {
            let rests = version
                .terms
                .kpis
                .values()
                .filter(|kpi| rests_on(&expectation.of, kpi, &version.terms));
            needed.extend(rests.map(|kpi| kpi.id.clone()));
        }
    }
    // A guardrail decides with the KPI that it guards, and what had another name has its memory under that.
    let mut open: Vec<Id> = needed.iter().cloned().collect();
    while let Some(id) = open.pop() {
        for terms in card.versions.iter().map(|version| &version.terms) {
            let Some(kpi) = terms.kpis.get(&id) else { continue };
            let guardrail = kpi
                .guardrail
                .iter()
                .flat_map(|guardrail| terms.kpis_named(&guardrail.kpi));
            let others = guardrail.chain(kpi.renamed_from.clone());
            open.extend(others.filter(|other| needed.insert(other.clone())));
        }
    }
    for version in &mut card.versions {
        version.terms.kpis.retain(|id, _| needed.contains(id));
    }
    card
}

/// Whether what is expected rests on a KPI.
fn rests_on(expected: &Expected, kpi: &Kpi, terms: &Terms) -> bool {
    // Credits share caps and incidents; and one KPI without data may take the score and all credits away.
    let pays = kpi.credit.is_some() || kpi.bonus.is_some() || kpi.missing == Missing::Fail;
    let tells = || kpi.on_miss.as_ref().is_some_and(|on_miss| !on_miss.notify.is_empty());
    match expected {
        Expected::Value(id, _) | Expected::Verdict(id, _) | Expected::Flags(id, _) | Expected::KpiScore(id, _) => {
            kpi.id == *id
        }
        Expected::KpiCredit(id, _) => kpi.id == *id || pays,
        Expected::Credit(_) | Expected::Bonus(_) | Expected::EarnedBack(_) => pays,
        Expected::Score(_) | Expected::Grade(_) => true,
        Expected::Triggers(_) | Expected::Fires(_) | Expected::Right(..) | Expected::Clause(..) => {
            pays || counts(terms, kpi)
        }
        Expected::Told(_) | Expected::ToldBy(..) => pays || counts(terms, kpi) || tells(),
    }
}

/// Whether a trigger counts the KPI.
fn counts(terms: &Terms, kpi: &Kpi) -> bool {
    terms.consequences.triggers.values().any(|trigger| match &trigger.when {
        TriggerWhen::Consecutive { counting, .. } | TriggerWhen::Count { counting, .. } => {
            counting.kpis.as_ref().is_none_or(|kpis| kpis.contains(&kpi.id))
        }
        TriggerWhen::CapReached => false,
    })
}
