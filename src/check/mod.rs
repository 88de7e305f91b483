//! Resolved terms → findings: what is allowed but will be regretted. One file per lint.
//!
//! Comes in: the [`Workspace`]. Goes out: findings at the levels that `scoreline.yaml` sets, without those that an
//! author accepts. Each lint looks at the terms in force last: what an amendment has mended is no finding.
//! [`columns`] checks every expression against the headers of the data files; rows are never read.

mod ambiguous_window;
mod calendar_without_holidays;
mod card;
mod carve_out_without_evidence;
mod columns;
mod core_metric_redefined;
mod customer_obligation_missing;
mod earn_back_cannot_finish;
mod low_volume_unhandled;
mod manual_source;
mod no_action_path;
mod no_audience_views;
mod no_baseline;
mod no_business_impact;
mod no_carve_outs;
mod no_context;
mod no_credit_cap;
mod no_escalation_path;
mod no_exit;
mod no_method;
mod no_objective;
mod no_owner;
mod no_raci;
mod no_single_incident_rule;
mod outcome_not_task;
mod perfection_target;
mod probe_too_coarse;
mod rounding_hides_miss;
mod stale_review;
mod target_not_beyond_baseline;
mod too_many_kpis;
mod toothless_guardrail;
mod two_sources_one_fact;
mod uncapped_carve_out;
mod unpaired_speed;
mod unused_definition;
mod vague_target;

use jiff::civil::Date;

use self::card::{Card, Findings};
pub use self::columns::columns;
use crate::diagnostics::Diagnostics;
use crate::resolve::Workspace;

/// A lint: the rule it finds and the function that looks for it.
struct Lint {
    rule: &'static str,
    look: fn(&Card<'_>, &mut Findings<'_>),
}

macro_rules! lints {
    ($($module:ident)*) => {
        /// Every lint, sorted by name.
        const LINTS: &[Lint] = &[$(Lint { rule: $module::RULE, look: $module::look }),*];
    };
}

lints! {
    ambiguous_window
    calendar_without_holidays
    carve_out_without_evidence
    core_metric_redefined
    customer_obligation_missing
    earn_back_cannot_finish
    low_volume_unhandled
    manual_source
    no_action_path
    no_audience_views
    no_baseline
    no_business_impact
    no_carve_outs
    no_context
    no_credit_cap
    no_escalation_path
    no_exit
    no_method
    no_objective
    no_owner
    no_raci
    no_single_incident_rule
    outcome_not_task
    perfection_target
    probe_too_coarse
    rounding_hides_miss
    stale_review
    target_not_beyond_baseline
    too_many_kpis
    toothless_guardrail
    two_sources_one_fact
    uncapped_carve_out
    unpaired_speed
    unused_definition
    vague_target
}

/// Looks for flaws in every scorecard of a workspace.
///
/// `as_of` is the day that reviews and accepted findings are compared with; without one no review is stale
/// and nothing that is accepted has run out.
pub fn check(workspace: &Workspace, as_of: Option<Date>, diagnostics: &mut Diagnostics) {
    for timeline in &workspace.cards {
        let card = Card::new(timeline, as_of);
        for lint in LINTS {
            let mut findings = Findings::new(lint.rule, &workspace.settings, &card, diagnostics);
            (lint.look)(&card, &mut findings);
        }
    }
}

/// Returns the names of all lints, sorted.
pub fn rules() -> impl Iterator<Item = &'static str> {
    LINTS.iter().map(|lint| lint.rule)
}
