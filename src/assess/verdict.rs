//! Verdict and flags of one KPI in one period (language.md §5), in the order the rules are applied.

use super::outcome::{Flag, ReasonCode, Verdict};
use super::{goal, wording};
use crate::measure::facts::{Absence, Coverage, Detail, Fact, Measured};
use crate::quantity::{Rational, Unit};
use crate::resolve::terms::{Goal, Guardrail, Kpi, LowVolume, Measure, Missing, ProbeMethod};

/// A KPI under judgement.
#[derive(Clone, Debug)]
pub(super) struct Judged<'a> {
    pub(super) kpi: &'a Kpi,
    pub(super) fact: Option<&'a Fact>,
    /// The measured value.
    pub(super) value: Option<Rational>,
    /// The value after `compare_rounding`.
    pub(super) judged: Option<Rational>,
    pub(super) verdict: Verdict,
    pub(super) flags: Vec<Flag>,
    /// What decided, in order.
    pub(super) causes: Vec<Cause>,
    /// A score that is not read off the value: of a low-volume row, of missing data.
    pub(super) fixed_score: Option<u8>,
    /// Whether the verdict has consequences: the KPI is judged, out of its burn-in, and has rows enough.
    pub(super) counts: bool,
}

/// One step of a verdict's derivation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cause {
    /// No target: the value is only shown.
    ShownOnly,
    /// There is no value, and why.
    Absent(String),
    /// No fact was handed over for this KPI and period.
    NotMeasured,
    /// What the author's `missing` makes of no data.
    Missing(Missing),
    /// A row of `low_volume` decided: the misses, the rows, the row.
    LowVolume(u64, u64, LowVolume),
    /// The thresholds decided.
    Thresholds,
    /// Fewer rows than the sample needs: the rows, the sample.
    FewRows(u64, u64),
    /// Within the burn-in: which period of how many.
    BurnIn(u32, u32),
    /// Guardrails are missed: which, and whether that has an effect.
    Guardrail(Guardrail),
    /// The n-th miss is a default: the misses, within how many periods.
    DefaultAfter(u32, u32),
    /// Claims are undecided.
    Disputed(Vec<String>),
    /// The data end inside the period.
    Partial,
    /// The customer has yet to select one of an incident's credits.
    Unselected(String),
}

/// What the walk through the periods knows about a KPI before its fact is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// Which period of the KPI's life this is, from 0; `None` where no start is known.
    pub(super) age: Option<u32>,
}

/// Which of the two numbers of a fact is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// With carve-outs: the one that counts.
    Net,
    /// Without carve-outs.
    Gross,
}

impl<'a> Judged<'a> {
    /// Judges one KPI by its own fact: everything but guardrails and `default_after`, which look at others.
    pub(super) fn new(kpi: &'a Kpi, fact: Option<&'a Fact>, standing: Standing, side: Side) -> Self {
        let measured = fact.map(|fact| match side {
            Side::Net => &fact.net,
            Side::Gross => &fact.gross,
        });
        let value = measured.and_then(Measured::value);
        let mut this = Self {
            kpi,
            fact,
            judged: value.as_ref().map(|value| goal::judged(kpi, value)),
            value,
            verdict: Verdict::NoData,
            flags: Vec::new(),
            causes: Vec::new(),
            fixed_score: None,
            counts: kpi.target.is_some(),
        };
        if let (Some(age), true) = (standing.age, this.counts)
            && age < kpi.burn_in
        {
            this.counts = false;
            this.flags.push(Flag::BurnIn);
        }
        match (&this.judged, measured) {
            (Some(_), Some(measured)) => this.by_value(measured.rows()),
            (_, Some(Measured::Absent(Absence::NotApplicable(why)))) => {
                this.verdict = Verdict::NotApplicable;
                this.causes.push(Cause::Absent(why.clone()));
            }
            (_, Some(Measured::Absent(Absence::NoData(why)))) => this.without_data(Cause::Absent(why.clone())),
            // A denominator of zero is nothing to judge; measuring reports it as such, so this is belt and braces.
            (None, Some(Measured::Value { .. })) => {
                this.verdict = Verdict::NotApplicable;
                this.causes.push(Cause::Absent("the denominator is zero".to_string()));
            }
            (_, None) => this.without_data(Cause::NotMeasured),
        }
        if let (true, Some(age)) = (this.flags.contains(&Flag::BurnIn), standing.age) {
            this.causes.push(Cause::BurnIn(age + 1, kpi.burn_in));
        }
        this.mark_open_questions();
        this
    }

    fn without_data(&mut self, cause: Cause) {
        self.verdict = Verdict::NoData;
        self.causes.push(cause);
        if !self.counts {
            return;
        }
        // `missing: default` makes it one, with everything that follows from a default.
        match self.kpi.missing {
            Missing::Default => (self.verdict, self.fixed_score) = (Verdict::Default, Some(0)),
            Missing::Zero => self.fixed_score = Some(0),
            Missing::Renormalise | Missing::Fail => {}
        }
        self.causes.push(Cause::Missing(self.kpi.missing));
    }

    fn by_value(&mut self, rows: u64) {
        let (Some(target), Some(judged)) = (&self.kpi.target, &self.judged) else {
            self.verdict = Verdict::NotApplicable;
            self.causes.push(Cause::ShownOnly);
            return;
        };
        let row = self.kpi.low_volume.iter().find(|row| rows <= row.up_to);
        if let (Some(row), Some(misses)) = (row, misses(self.kpi, self.value.as_ref(), rows)) {
            let met = misses <= row.allowed_misses;
            (self.verdict, self.fixed_score) = if met {
                (Verdict::Met, Some(100))
            } else {
                (Verdict::Default, Some(0))
            };
            self.causes.push(Cause::LowVolume(misses, rows, row.clone()));
            return;
        }
        self.verdict = by_thresholds(target, self.kpi.minimum.as_ref(), judged);
        self.causes.push(Cause::Thresholds);
        if let Some(sample) = self.kpi.min_sample.filter(|&sample| rows < sample) {
            self.counts = false;
            self.flags.push(Flag::LowVolume);
            self.causes.push(Cause::FewRows(rows, sample));
        }
    }

    fn mark_open_questions(&mut self) {
        let Some(fact) = self.fact else { return };
        let pending: Vec<String> = fact
            .claims
            .iter()
            .filter(|claim| claim.pending)
            .map(|claim| claim.claim.clone())
            .collect();
        if !pending.is_empty() {
            self.flags.push(Flag::Disputed);
            self.flags.push(Flag::Provisional);
            self.causes.push(Cause::Disputed(pending));
        }
        if let Coverage::Partial(_) = fact.coverage {
            self.set_provisional();
            self.causes.push(Cause::Partial);
        }
    }

    pub(super) fn set_provisional(&mut self) {
        if !self.flags.contains(&Flag::Provisional) {
            self.flags.push(Flag::Provisional);
        }
    }

    pub(super) fn provisional(&self) -> bool {
        self.flags.contains(&Flag::Provisional)
    }

    /// Whether the verdict counts as a miss: below target or default, and neither burn-in nor too few rows.
    pub(super) fn miss(&self) -> bool {
        self.counts && matches!(self.verdict, Verdict::BelowTarget | Verdict::Default)
    }

    /// Whether a streak passes over this period (§5: not applicable, no data, burn-in, low volume).
    pub(super) fn skipped(&self) -> bool {
        !self.counts || matches!(self.verdict, Verdict::NotApplicable | Verdict::NoData)
    }

    /// Returns how many failures the period adds to a `per_count` credit.
    ///
    /// A count is its value, a share of rows its failing rows, a form over time its outages; of any other form
    /// a missed period is one failure.
    pub(super) fn failures(&self) -> u64 {
        if self.skipped() {
            return 0;
        }
        let rows = self.fact.map_or(0, |fact| fact.net.rows());
        let counted = match &self.kpi.measure {
            Measure::Availability { .. }
            | Measure::Failures { .. }
            | Measure::Probes {
                method: ProbeMethod::State,
                ..
            } => match self.fact.map(|fact| &fact.detail) {
                Some(Detail::Time { events, .. }) => Some(*events),
                _ => None,
            },
            Measure::Ratio { .. } | Measure::OnTime { .. } | Measure::Probes { .. } => {
                misses(self.kpi, self.value.as_ref(), rows)
            }
            _ if self.kpi.unit == Unit::Count => self
                .value
                .as_ref()
                .and_then(Rational::to_i64)
                .and_then(|n| u64::try_from(n).ok()),
            _ => None,
        };
        counted.unwrap_or_else(|| u64::from(self.miss()))
    }

    /// Whether `missing: fail` strikes: no score, no credit.
    pub(super) fn fails_card(&self) -> bool {
        self.counts && self.verdict == Verdict::NoData && self.kpi.missing == Missing::Fail
    }

    /// Why the verdict has no consequences, where it has none.
    pub(super) fn discounted(&self) -> Option<String> {
        let cause = |cause: &&Cause| matches!(cause, Cause::ShownOnly | Cause::FewRows(..) | Cause::BurnIn(..));
        let cause = self.causes.iter().find(cause).filter(|_| !self.counts)?;
        Some(self.reason(cause))
    }

    /// Writes the derivation, one lowercase phrase per step.
    pub(super) fn reasons(&self) -> Vec<String> {
        self.causes.iter().map(|cause| self.reason(cause)).collect()
    }

    /// Names the kind of each step of the derivation.
    pub(super) fn reason_codes(&self) -> Vec<ReasonCode> {
        let code = |cause: &Cause| match cause {
            Cause::ShownOnly => ReasonCode::ShownOnly,
            Cause::Absent(_) => ReasonCode::Absent,
            Cause::NotMeasured => ReasonCode::NotMeasured,
            Cause::Missing(_) => ReasonCode::Missing,
            Cause::LowVolume(..) => ReasonCode::LowVolume,
            Cause::Thresholds => ReasonCode::Thresholds,
            Cause::FewRows(..) => ReasonCode::FewRows,
            Cause::BurnIn(..) => ReasonCode::BurnIn,
            Cause::Guardrail(_) => ReasonCode::Guardrail,
            Cause::DefaultAfter(..) => ReasonCode::DefaultAfter,
            Cause::Disputed(_) => ReasonCode::Disputed,
            Cause::Partial => ReasonCode::Partial,
            Cause::Unselected(_) => ReasonCode::Unselected,
        };
        self.causes.iter().map(code).collect()
    }

    /// Why the verdict is not what the thresholds say, where it is not.
    pub(super) fn decided_by(&self) -> Option<String> {
        let (target, judged) = (self.kpi.target.as_ref()?, self.judged.as_ref()?);
        if by_thresholds(target, self.kpi.minimum.as_ref(), judged) == self.verdict {
            return None;
        }
        let decides = |cause: &&Cause| match cause {
            Cause::LowVolume(..) | Cause::DefaultAfter(..) => true,
            Cause::Guardrail(guardrail) => guardrail.not_met,
            _ => false,
        };
        // What was applied last decided.
        self.causes.iter().rev().find(decides).map(|cause| self.reason(cause))
    }

    fn reason(&self, cause: &Cause) -> String {
        match cause {
            Cause::ShownOnly => "no target: the value is only shown".to_string(),
            Cause::Absent(why) => why.clone(),
            Cause::NotMeasured => "not measured in this period".to_string(),
            Cause::Missing(Missing::Renormalise) => "no data: the other KPIs share its weight".to_string(),
            Cause::Missing(Missing::Zero) => "no data scores 0".to_string(),
            Cause::Missing(Missing::Default) => "no data counts as a default".to_string(),
            Cause::Missing(Missing::Fail) => "no data: the card has neither score nor credit".to_string(),
            Cause::LowVolume(misses, rows, row) => format!(
                "{} among {}: up to {} {} allowed",
                wording::count(*misses, "miss", "misses"),
                wording::count(*rows, "row", "rows"),
                wording::count(row.up_to, "row", "rows"),
                match row.allowed_misses {
                    1 => "1 miss is".to_string(),
                    n => format!("{n} misses are"),
                },
            ),
            Cause::Thresholds => self.threshold_reason(),
            Cause::FewRows(rows, sample) => {
                format!(
                    "{}, fewer than the sample of {sample}",
                    wording::count(*rows, "row", "rows")
                )
            }
            Cause::BurnIn(period, of) => format!("burn-in, period {period} of {of}"),
            Cause::Guardrail(guardrail) if guardrail.not_met => {
                format!("not met because its guardrail {} is missed", guardrail.kpi)
            }
            Cause::Guardrail(guardrail) => format!("its guardrail {} is missed", guardrail.kpi),
            Cause::DefaultAfter(misses, within) => format!(
                "{} miss within {}: a default",
                wording::ordinal(u64::from(*misses)),
                wording::count(u64::from(*within), "period", "periods")
            ),
            Cause::Disputed(claims) => format!("undecided: {}", claims.join(", ")),
            Cause::Partial => "the data end inside the period".to_string(),
            Cause::Unselected(incident) => format!("the customer has not selected a credit for {incident}"),
        }
    }

    fn threshold_reason(&self) -> String {
        let (Some(judged), Some(target)) = (&self.judged, &self.kpi.target) else {
            return String::new();
        };
        let mut text = wording::measured(self.kpi, judged);
        if self.value.as_ref() != Some(judged) {
            text.push_str(" (rounded)");
        }
        let (target_word, minimum) = (wording::goal(self.kpi, target), self.kpi.minimum.as_ref());
        match by_thresholds(target, minimum, judged) {
            Verdict::Met => format!("{text} reaches the target of {target_word}"),
            Verdict::BelowTarget => format!(
                "{text} misses the target of {target_word} and holds the minimum of {}",
                minimum
                    .map(|minimum| wording::goal(self.kpi, minimum))
                    .unwrap_or_default()
            ),
            _ => match minimum.filter(|_| self.kpi.own_minimum) {
                Some(minimum) => format!("{text} misses the minimum of {}", wording::goal(self.kpi, minimum)),
                None => format!("{text} misses the target of {target_word}"),
            },
        }
    }
}

/// The verdict by target and minimum alone: met · below_target (target missed, minimum held) · default (§5).
pub fn by_thresholds(target: &Goal, minimum: Option<&Goal>, value: &Rational) -> Verdict {
    if goal::holds(target, value) {
        Verdict::Met
    } else if minimum.is_some_and(|minimum| goal::holds(minimum, value)) {
        Verdict::BelowTarget
    } else {
        Verdict::Default
    }
}

/// The verdict of a measure without a value.
pub(super) fn of_absence(measured: &Measured) -> Verdict {
    match measured {
        Measured::Absent(Absence::NoData(_)) => Verdict::NoData,
        Measured::Absent(Absence::NotApplicable(_)) | Measured::Value { .. } => Verdict::NotApplicable,
    }
}

/// Returns the number of failing rows among `rows`, where the form counts rows one by one.
///
/// Of a share that should be high these are the rows without a hit, of one that should be low the hits.
/// Forms that are not a share of rows have no misses, and no row of `low_volume` decides them.
pub(super) fn misses(kpi: &Kpi, value: Option<&Rational>, rows: u64) -> Option<u64> {
    let counted = matches!(
        kpi.measure,
        Measure::Ratio { .. }
            | Measure::OnTime { .. }
            | Measure::Probes {
                method: ProbeMethod::Samples,
                ..
            }
    );
    if !counted {
        return None;
    }
    let hits = value? * &Rational::integer(rows);
    let lower_is_better = matches!(kpi.target, Some(Goal::AtMost(_) | Goal::Below(_)));
    let misses = if lower_is_better {
        hits
    } else {
        &Rational::integer(rows) - &hits
    };
    misses.to_i64().and_then(|misses| u64::try_from(misses).ok())
}

/// Lets guardrails act (§5): met becomes below_target while the guardrail is below_target or default.
///
/// A guardrail that names a KPI with `each` is missed while any of its rows is. One that does not count
/// (burn-in, too few rows, only shown) does nothing. Guardrails of guardrails act first; a cycle is an error of
/// resolution and is cut here.
pub(super) fn apply_guardrails(all: &mut [Judged<'_>]) {
    let is_named = |kpi: &Kpi, name: &str| kpi.id == name || kpi.each.as_ref().is_some_and(|(base, _)| base == name);
    let guards: Vec<Vec<usize>> = all
        .iter()
        .map(|one| match &one.kpi.guardrail {
            Some(guardrail) => (0..all.len())
                .filter(|&i| is_named(all[i].kpi, &guardrail.kpi))
                .collect(),
            None => Vec::new(),
        })
        .collect();
    if guards.iter().all(Vec::is_empty) {
        return;
    }
    let mut begun = vec![false; all.len()];
    for start in 0..all.len() {
        // KPIs on the way to their guardrails, each with how many of these it has looked at.
        let mut open = vec![(start, 0)];
        while let Some((i, looked)) = open.pop() {
            if looked == 0 && std::mem::replace(&mut begun[i], true) {
                continue;
            }
            match guards[i].get(looked) {
                Some(&guard) => open.extend([(i, looked + 1), (guard, 0)]),
                None => guard_one(all, i, &guards[i]),
            }
        }
    }
}

/// Lets the guardrails of one KPI act, which have been acted upon themselves.
fn guard_one(all: &mut [Judged<'_>], index: usize, guards: &[usize]) {
    let missed: Vec<&Judged<'_>> = guards
        .iter()
        .map(|&guard| &all[guard])
        .filter(|guard| guard.miss())
        .collect();
    let Some(guardrail) = all[index].kpi.guardrail.as_ref().filter(|_| !missed.is_empty()) else {
        return;
    };
    if all[index].verdict != Verdict::Met {
        return;
    }
    let uncertain = missed.iter().all(|guard| guard.provisional());
    let names: Vec<&str> = missed.iter().map(|guard| guard.kpi.id.as_str()).collect();
    let cause = Cause::Guardrail(Guardrail {
        kpi: names.join(", "),
        not_met: guardrail.not_met,
    });
    let one = &mut all[index];
    one.causes.push(cause);
    if guardrail.not_met {
        one.verdict = Verdict::BelowTarget;
        if uncertain {
            one.set_provisional();
        }
    }
}

/// Turns the n-th miss within some periods into a default, and every further one while the window holds n (§5).
///
/// `earlier` are the misses of the window's earlier periods, with `true` for provisional ones.
pub(super) fn apply_default_after(one: &mut Judged<'_>, rule: (u32, u32), earlier: impl Iterator<Item = bool>) {
    let (needed, within) = rule;
    if !one.miss() {
        return;
    }
    let (mut misses, mut firm) = (1, 1);
    for provisional in earlier {
        misses += 1;
        firm += u32::from(!provisional);
    }
    if misses < needed || one.verdict == Verdict::Default {
        return;
    }
    one.verdict = Verdict::Default;
    one.causes.push(Cause::DefaultAfter(misses, within));
    if firm < needed {
        one.set_provisional();
    }
}
