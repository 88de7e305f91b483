use schemars::JsonSchema;
use serde::Serialize;

use super::Context;
use super::kpi::{Kpi, one};
use super::points::{lost, points};
use super::wording::{severity, verdict_word};
use crate::assess::outcome::{KpiOutcome, Verdict};
use crate::quantity::Rational;
use crate::report::display::{self, Shown};

/// KPIs that are only counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Omitted {
    /// How many.
    pub count: usize,
    /// What they are, as a sentence.
    pub text: String,
    /// Points they lost together.
    pub points_lost: Option<Shown>,
}

/// The KPIs that the audience gets one by one, in file order, and a count of the others.
pub(super) fn build(context: &Context<'_>) -> (Vec<Kpi>, Option<Omitted>) {
    let all: Vec<&KpiOutcome> = context
        .outcome
        .kpis
        .iter()
        .filter(|kpi| context.terms.kpis.contains_key(&kpi.id))
        .collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|&index| {
        let lost = lost(all[index]).unwrap_or_default();
        (std::cmp::Reverse(lost), severity(all[index].verdict), index)
    });
    let is_listed = |kpi: &KpiOutcome| {
        let exception = matches!(kpi.verdict, Verdict::Default | Verdict::BelowTarget | Verdict::NoData);
        context.may_see(&kpi.id) && (exception || !context.sees.exceptions_only)
    };
    let mut rank = vec![0; all.len()];
    for (place, &index) in order.iter().filter(|&&index| is_listed(all[index])).enumerate() {
        rank[index] = place + 1;
    }
    let (listed, rest): (Vec<_>, Vec<_>) = all.iter().enumerate().partition(|(_, kpi)| is_listed(kpi));
    let kpis = listed
        .into_iter()
        .map(|(index, kpi)| one(context, kpi, rank[index]))
        .collect();
    let rest: Vec<&KpiOutcome> = rest.into_iter().map(|(_, kpi)| *kpi).collect();
    (kpis, omitted(&rest))
}

fn omitted(rest: &[&KpiOutcome]) -> Option<Omitted> {
    let parts: Vec<String> = [
        Verdict::Default,
        Verdict::BelowTarget,
        Verdict::NoData,
        Verdict::Met,
        Verdict::NotApplicable,
    ]
    .into_iter()
    .filter_map(|verdict| {
        let count = rest.iter().filter(|kpi| kpi.verdict == verdict).count();
        (count > 0).then(|| format!("{count} {}", verdict_word(verdict).to_lowercase()))
    })
    .collect();
    let lost: Rational = rest.iter().filter_map(|kpi| lost(kpi)).sum();
    (!rest.is_empty()).then(|| Omitted {
        count: rest.len(),
        text: format!(
            "Not listed here: {}, of them {}.",
            display::count(rest.len() as u64, "KPI", "KPIs"),
            display::sentence_list(&parts)
        ),
        points_lost: (!lost.is_zero()).then(|| points(&lost)),
    })
}
