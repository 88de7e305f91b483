//! What one KPI's miss pays before anything caps it (language.md §6).

use super::outcome::Verdict;
use super::purse::{Base, Purse};
use super::verdict::Judged;
use super::{goal, wording};
use crate::measure::facts::Detail;
use crate::quantity::{Rational, Rounding, Unit};
use crate::resolve::terms::{Credit, CreditModel, Goal, Range, Tier, TierTest};

/// A credit before rounding, incidents and caps.
#[derive(Clone, Debug, Default)]
pub(super) struct Payment {
    /// The amount.
    pub(super) exact: Rational,
    /// How it came about, with the numbers in it.
    pub(super) working: String,
    /// Why it is nothing or less than one might think.
    pub(super) remark: Option<String>,
    /// Whether it cannot be told for want of an amount.
    pub(super) unknown: bool,
    /// Whether the miss earned points.
    pub(super) pointed: bool,
    /// Failures it pays for.
    pub(super) spent: u64,
}

/// What a credit remembers of the KPI's earlier periods.
#[derive(Clone, Debug, Default)]
pub(super) struct Recall {
    /// Whether the last period with a verdict earned points.
    pub(super) pointed_before: bool,
    /// Failures within the model's periods, this one included, that nothing has paid for yet.
    pub(super) unpaid: u64,
}

/// A share of the base, with its arithmetic.
struct Share {
    of_base: Rational,
    text: String,
    remark: Option<String>,
}

/// Returns what a missed KPI pays (§6: tiers, or one model, times its base; each may have a cap).
pub(super) fn pay(one: &Judged<'_>, credit: &Credit, purse: &Purse<'_>, recall: &Recall) -> Payment {
    let share = share(one, &credit.model, recall);
    let mut of_base = share.of_base.max(Rational::zero());
    let mut factor = share.text;
    let mut remark = share.remark;
    if let Some(cap) = &credit.cap
        && of_base > *cap
    {
        factor = format!("min({factor}, {})", wording::percent(cap));
        of_base = cap.clone();
        remark = Some(format!("capped at {}", wording::percent(cap)));
    }
    let pointed = matches!(credit.model, CreditModel::Points { .. }) && !of_base.is_zero();
    let base = match &credit.model {
        CreditModel::PerCount { over, .. } => purse.summed_base(&credit.of, &one.kpi.id, *over),
        _ => purse.base(&credit.of, &one.kpi.id),
    };
    match base {
        Ok(Base { amount, text }) => Payment {
            exact: &amount * &of_base,
            working: format!("{text} × {factor}"),
            remark,
            unknown: false,
            pointed,
            spent: match &credit.model {
                CreditModel::PerCount { each, .. } => recall.unpaid - recall.unpaid % u64::from((*each).max(1)),
                _ => 0,
            },
        },
        Err(why) => Payment {
            remark: Some(why),
            unknown: true,
            pointed,
            ..Payment::default()
        },
    }
}

fn share(one: &Judged<'_>, model: &CreditModel, recall: &Recall) -> Share {
    let of = |of_base: Rational, text: String| Share {
        of_base,
        text,
        remark: None,
    };
    match model {
        CreditModel::WholeOnDefault if one.verdict == Verdict::Default => of(Rational::one(), "100%".to_string()),
        CreditModel::WholeOnDefault => nothing("the minimum is held: it pays on a default only"),
        CreditModel::Tiers(tiers) => match paying_tier(tiers, one.verdict, one.judged.as_ref()) {
            Some(tier) => of(tier.pays.clone(), wording::percent(&tier.pays)),
            None => nothing("no tier pays"),
        },
        CreditModel::Points {
            bands,
            each_pays,
            repeat_doubles,
        } => points(one, bands, each_pays, *repeat_doubles && recall.pointed_before),
        CreditModel::Shortfall => shortfall(one),
        CreditModel::PerUnit { each, pays, ceil } => match downtime(one) {
            Some(down) => {
                let units = down.checked_div(&Rational::integer(*each)).unwrap_or_default();
                let (rounding, open, close) = if *ceil {
                    (Rounding::Ceiling, '⌈', '⌉')
                } else {
                    (Rounding::Floor, '⌊', '⌋')
                };
                let written = |time: &Rational| wording::value(time, Unit::Duration);
                of(
                    &units.round(0, rounding) * pays,
                    format!(
                        "{open}{} ÷ {}{close} × {}",
                        written(&down),
                        written(&Rational::integer(*each)),
                        wording::percent(pays)
                    ),
                )
            }
            None => nothing("there is no downtime to count"),
        },
        CreditModel::PerCount { each, pays, .. } => {
            let each = u64::from((*each).max(1));
            let share = Share {
                of_base: pays * &Rational::integer(recall.unpaid / each),
                text: format!("⌊{} ÷ {each}⌋ × {}", recall.unpaid, wording::percent(pays)),
                remark: None,
            };
            let remark = (recall.unpaid < each).then(|| {
                format!(
                    "{} not yet paid for, fewer than {each}",
                    wording::count(recall.unpaid, "failure", "failures")
                )
            });
            Share { remark, ..share }
        }
        CreditModel::Proportional => match one.fact.map(|fact| &fact.detail) {
            Some(Detail::Time {
                scheduled,
                removed,
                down,
                ..
            }) => {
                let base = Rational::integer(scheduled.saturating_sub(*removed));
                let written = |time: &Rational| wording::value(time, Unit::Duration);
                of(
                    down.checked_div(&base).unwrap_or_default(),
                    format!("{} ÷ {}", written(down), written(&base)),
                )
            }
            _ => nothing("there is no downtime to be in proportion to"),
        },
    }
}

fn nothing(why: &str) -> Share {
    Share {
        of_base: Rational::zero(),
        text: "0%".to_string(),
        remark: Some(why.to_string()),
    }
}

/// Returns the tier that pays for a verdict and the value behind it: of those that match, the highest (§6:
/// one-sided `below` tiers nest).
///
/// A default for want of data has no value to test; the highest tier pays then, lest a missing report be
/// worth more to the provider than a bad one.
pub fn paying_tier<'t>(tiers: &'t [Tier], verdict: Verdict, value: Option<&Rational>) -> Option<&'t Tier> {
    let matches = |tier: &Tier| match (&tier.when, value) {
        (TierTest::BelowTarget, _) => matches!(verdict, Verdict::BelowTarget | Verdict::Default),
        (TierTest::BelowMinimum, _) => verdict == Verdict::Default,
        (TierTest::Value(range), Some(value)) => goal::covers(range, value),
        (TierTest::Value(_), None) => verdict == Verdict::Default,
    };
    best(tiers.iter().filter(|tier| matches(tier)), |tier| &tier.pays)
}

/// Returns the first of the largest.
fn best<'t, T: 't>(mut items: impl Iterator<Item = &'t T>, key: impl Fn(&T) -> &Rational) -> Option<&'t T> {
    let first = items.next()?;
    Some(items.fold(first, |best, item| if key(item) > key(best) { item } else { best }))
}

/// Points for the value; second and later consecutive failures count twice, never four times (§6).
fn points(one: &Judged<'_>, bands: &[(Range, Rational)], each_pays: &Rational, double: bool) -> Share {
    let matches = |range: &Range| match &one.judged {
        Some(value) => goal::covers(range, value),
        None => true,
    };
    let Some((_, points)) = best(bands.iter().filter(|(range, _)| matches(range)), |(_, points)| points) else {
        return nothing("the value earns no points");
    };
    let unit = if *points == Rational::one() { "point" } else { "points" };
    let repeat = if double { " × 2" } else { "" };
    let factor = Rational::integer(if double { 2 } else { 1 });
    Share {
        of_base: points * &(each_pays * &factor),
        text: format!(
            "{} {unit}{repeat} × {}",
            wording::number(points),
            wording::percent(each_pays)
        ),
        remark: double.then(|| "a consecutive failure: the points count twice".to_string()),
    }
}

/// Target − actual in points, as a percentage of the base (§6): 98 % − 75 % pays 23 %.
///
/// Of a target that bounds from above it is actual − target. A plain number counts its own points.
fn shortfall(one: &Judged<'_>) -> Share {
    let (Some(target), Some(value)) = (&one.kpi.target, &one.judged) else {
        return nothing("there is no value to fall short");
    };
    let points_per_unit = match one.kpi.unit {
        Unit::Percent => Rational::one(),
        Unit::Number | Unit::Count => Rational::new(1, 100).expect("not zero"),
        Unit::Duration | Unit::Days | Unit::Money => return nothing("a shortfall is counted in points"),
    };
    let short = -goal::margin(target, value);
    let written = |x: &Rational| match one.kpi.unit {
        Unit::Percent => wording::percent(x),
        _ => format!("{}%", wording::number(x)),
    };
    let edge = match target {
        Goal::AtLeast(_) | Goal::Above(_) => &short + value,
        Goal::AtMost(_) | Goal::Below(_) => value - &short,
        Goal::Between(low, _) if *value < low.number => &short + value,
        Goal::WithinBand { of, .. } if *value < of.number => &short + value,
        Goal::Between(..) | Goal::WithinBand { .. } => value - &short,
    };
    let text = if edge > *value {
        format!("({} − {})", written(&edge), written(value))
    } else {
        format!("({} − {})", written(value), written(&edge))
    };
    Share {
        of_base: short * points_per_unit,
        text,
        remark: None,
    }
}

/// Returns the net downtime: D of a form over time, or the value of a duration.
fn downtime(one: &Judged<'_>) -> Option<Rational> {
    match one.fact.map(|fact| &fact.detail) {
        Some(Detail::Time { down, .. }) => Some(down.clone()),
        _ if one.kpi.unit == Unit::Duration => one.judged.clone(),
        _ => None,
    }
}
