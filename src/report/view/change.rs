use schemars::JsonSchema;
use serde::Serialize;

use super::Context;
use super::head::known_statement;
use super::trend::find;
use super::wording::{flag_word, severity, verdict_word};
use crate::assess::outcome::{Flag, KpiOutcome, Verdict};
use crate::quantity::Rational;
use crate::report::display::{self, Style};
use crate::resolve::terms::Kpi;

/// A difference from the period before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// What kind: `terms`, `verdict`, `flag`, `credit`, `kpi_added`, `kpi_gone` since the period before; `score`,
    /// `kpi`, `money`, `trigger`, `maturity`, `entities` since another edition.
    #[schemars(extend("enum" = [
        "terms", "verdict", "flag", "credit", "kpi_added", "kpi_gone", "score", "kpi", "money", "trigger", "maturity",
        "entities",
    ]))]
    pub code: &'static str,
    /// `better`, `worse` or `neutral`.
    #[schemars(extend("enum" = ["better", "worse", "neutral"]))]
    pub direction: &'static str,
    /// The KPI it is about.
    pub kpi: Option<String>,
    /// The title of the KPI, or of the maturity model.
    pub title: Option<String>,
    /// In words.
    pub text: String,
}

/// What changed since the period before, in the order terms, KPIs worst first, money.
pub(super) fn changes(context: &Context<'_>) -> Vec<Change> {
    let mut changes = terms(context);
    let Some(previous) = context.previous else {
        return changes;
    };
    let mut verdicts: Vec<(u8, Change)> = Vec::new();
    let seen = |kpi: &&KpiOutcome| context.may_see(&kpi.id) && !is_not_in_force(kpi);
    for now in context.outcome.kpis.iter().filter(seen) {
        let about = |code, direction, text: String| Change {
            code,
            direction,
            kpi: Some(now.id.clone()),
            title: Some(context.kpi_title(&now.id)),
            text,
        };
        let Some(before) = find(previous, context.terms, &now.id).filter(|kpi| !is_not_in_force(kpi)) else {
            verdicts.push((
                severity(now.verdict),
                about("kpi_added", "neutral", "measured for the first time".to_owned()),
            ));
            continue;
        };
        if now.verdict != before.verdict {
            let direction = direction(before.verdict, now.verdict);
            let text = format!(
                "{} → {}{}",
                verdict_word(before.verdict),
                verdict_word(now.verdict),
                values(context, &now.id, before.value.as_ref(), now.value.as_ref())
            );
            verdicts.push((severity(now.verdict), about("verdict", direction, text)));
        }
        let new_flags: Vec<String> = now
            .flags
            .iter()
            .filter(|flag| !before.flags.contains(flag))
            .map(|&flag| flag_word(flag).to_owned())
            .collect();
        if !new_flags.is_empty() {
            let text = format!("now {}", display::sentence_list(&new_flags));
            verdicts.push((5, about("flag", "neutral", text)));
        }
    }
    verdicts.sort_by_key(|(severity, _)| *severity);
    changes.extend(grouped(verdicts.into_iter().map(|(_, change)| change).collect()));
    for gone in previous.kpis.iter().filter(seen) {
        let stays = |kpi: &&KpiOutcome| {
            kpi.id == gone.id
                || context
                    .terms
                    .kpis
                    .get(&kpi.id)
                    .is_some_and(|kpi| kpi.renamed_from.as_ref() == Some(&gone.id))
        };
        if !context.outcome.kpis.iter().filter(seen).any(|kpi| stays(&kpi)) {
            let terms = context.terms.kpis.get(&gone.id);
            let heir = terms
                .and_then(|kpi| kpi.retired.as_ref())
                .and_then(|retired| retired.replaced_by.as_ref());
            changes.push(Change {
                code: "kpi_gone",
                direction: "neutral",
                kpi: None,
                title: Some(context.kpi_title(&gone.id)),
                text: match heir {
                    Some(heir) => format!("retired, replaced by {}", context.kpi_title(heir)),
                    None => "no longer part of the scorecard".to_owned(),
                },
            });
        }
    }
    changes.extend(credit(context));
    changes
}

/// KPIs that got the same flags and are named one by one; more are counted.
const MOST_FLAGGED: usize = 3;

/// Joins new flags that many KPIs got at once, as when data end inside the period.
fn grouped(changes: Vec<Change>) -> Vec<Change> {
    let same = |text: &str| {
        let flagged = changes.iter().filter(|it| it.code == "flag" && it.text == text);
        flagged.count()
    };
    let mut joined: Vec<Change> = Vec::new();
    for change in &changes {
        let count = if change.code == "flag" { same(&change.text) } else { 0 };
        if count <= MOST_FLAGGED {
            joined.push(change.clone());
        } else if !joined.iter().any(|it| it.kpi.is_none() && it.text == change.text) {
            joined.push(Change {
                kpi: None,
                title: Some(display::count(count as u64, "KPI", "KPIs")),
                ..change.clone()
            });
        }
    }
    joined
}

/// Whether a verdict is better or worse than the one before, where both judge a value.
pub(super) fn direction(before: Verdict, now: Verdict) -> &'static str {
    let judged = |verdict| !matches!(verdict, Verdict::NoData | Verdict::NotApplicable);
    match judged(before) && judged(now) && before != now {
        true if severity(now) < severity(before) => "worse",
        true => "better",
        false => "neutral",
    }
}

fn is_not_in_force(kpi: &KpiOutcome) -> bool {
    kpi.flags.contains(&Flag::NotInForce)
}

/// Writes `, 99.9% → 99.8%` where both values of a KPI are known.
pub(super) fn values(context: &Context<'_>, kpi: &str, before: Option<&Rational>, now: Option<&Rational>) -> String {
    let Some(kpi) = context.terms.kpis.get(kpi) else {
        return String::new();
    };
    let (Some(before), Some(now)) = (before, now) else {
        return String::new();
    };
    let text = |value: &Rational, other: &Rational| {
        super::goal::value_apart(kpi, value, std::slice::from_ref(other), context.currency)
    };
    format!(", {} → {}", text(before, now), text(now, before))
}

fn credit(context: &Context<'_>) -> Option<Change> {
    let now = known_statement(context.outcome)?;
    let before = known_statement(context.previous?)?;
    let difference = &now.credit - &before.credit;
    if difference.is_zero() || now.currency != before.currency {
        return None;
    }
    let money = |amount| display::money(amount, &now.currency, now.minor_units);
    Some(Change {
        code: "credit",
        direction: "neutral",
        kpi: None,
        title: None,
        text: format!(
            "Service credit {} → {} ({})",
            money(&before.credit),
            money(&now.credit),
            display::signed_money(&difference, &now.currency, now.minor_units)
        ),
    })
}

/// Amendments whose first period is the reported one, with the targets they changed.
fn terms(context: &Context<'_>) -> Vec<Change> {
    let first = context.outcome.period.first_day();
    let versions = &context.input.timeline.versions;
    let mut changes = Vec::new();
    for (before, version) in versions.iter().zip(versions.iter().skip(1)) {
        let Some(amendment) = version.amendment.as_ref().filter(|it| it.effective == first) else {
            continue;
        };
        let mut text = format!("Amendment {} takes effect", amendment.id);
        for (word, part) in [("", &amendment.reference), (": ", &amendment.reason)] {
            match (word, part) {
                ("", Some(reference)) => text = format!("{text} ({reference})"),
                (_, Some(reason)) => text = format!("{text}: {reason}"),
                _ => {}
            }
        }
        changes.push(Change {
            code: "terms",
            direction: "neutral",
            kpi: None,
            title: None,
            text,
        });
        for (id, kpi) in version.terms.kpis.iter().filter(|(id, _)| context.may_see(id)) {
            let Some(was) = before.terms.kpis.get(id) else { continue };
            changes.extend(goals(context, id, was, kpi));
        }
    }
    changes
}

/// The targets and minimums that an amendment changed, as they were and as they are.
///
/// A report tells them and does not judge them: what a change does is for `diff` to prove, and `diff` stands on
/// reports, which must not know it.
fn goals(context: &Context<'_>, id: &str, was: &Kpi, is: &Kpi) -> Vec<Change> {
    let (old, new) = (Style::of(was, context.currency), Style::of(is, context.currency));
    let mut pairs = vec![("target", &was.target, &is.target)];
    if was.own_minimum || is.own_minimum {
        pairs.push(("minimum", &was.minimum, &is.minimum));
    }
    pairs
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(name, before, after)| {
            let text = |style: &Style<'_>, goal: &Option<crate::resolve::terms::Goal>| {
                goal.as_ref()
                    .map_or_else(|| "none".to_owned(), |goal| style.goal(goal).0)
            };
            Change {
                code: "terms",
                direction: "neutral",
                kpi: Some(id.to_owned()),
                title: Some(context.kpi_title(id)),
                text: format!("{name} {} → {}", text(&old, before), text(&new, after)),
            }
        })
        .collect()
}
