//! Terms and facts → [`Outcome`]: verdicts, flags, scores, credits, triggers.
//!
//! Comes in: a [`Timeline`] and the [`Facts`] of the periods asked for and of those their memory needs
//! ([`horizon`]). Goes out: one [`Outcome`] per period asked for. Never reads a file, a clock or an earlier
//! report: all memory is computed from facts, each period once, under the terms that were its own.
//!
//! One file per noun of language.md §5 and §6; each rule names its clause.

mod adjustment;
mod bonus;
mod cap;
mod card;
mod credit;
pub(crate) mod deadline;
mod draft;
mod earn_back;
mod figures;
pub mod goal;
mod in_force;
mod incident;
pub mod maturity;
mod memory;
mod notice;
pub mod outcome;
mod purse;
mod ratchet;
mod request;
mod score;
mod statement;
mod trigger;
mod verdict;
mod walk;
mod wording;

pub use adjustment::{Balance, adjust};
pub use credit::paying_tier;
pub use figures::{Figures, KpiFigures, LineFigures, MaturityFigures, MoneyFigures};
pub use memory::{Before, Given, horizon};
pub use notice::notices;
pub use outcome::Outcome;
pub use score::score_of;
pub use verdict::by_thresholds;

use crate::measure::facts::{Entity, Facts};
use crate::quantity::Period;
use crate::resolve::terms::Timeline;

/// Judges one card, or one entity's card, in each of `periods`, and returns the outcomes in that order.
///
/// `facts` must reach back to [`horizon`] of the earliest period; where a fact is missing the KPI has no
/// data. The periods must be of the scorecard's scheme. What an outcome says does not depend on which other
/// periods are asked for.
pub fn assess(timeline: &Timeline, facts: &Facts, entity: Option<&Entity>, periods: &[Period]) -> Vec<Outcome> {
    walk::walk(timeline, facts, entity, periods, None)
}

/// Judges one card, or one entity's card, in `period` when the periods before it were as `before` says: a scenario
/// needs no facts of them. A KPI that `before` does not name was met.
pub fn assess_after(
    timeline: &Timeline,
    facts: &Facts,
    entity: Option<&Entity>,
    period: Period,
    before: &Before,
) -> Outcome {
    walk::walk(timeline, facts, entity, &[period], Some(before))
        .pop()
        .expect("one outcome per period asked for")
}
