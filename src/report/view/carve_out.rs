use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::Context;
use super::absence::prose;
use super::goal::value_text;
use crate::measure::facts::{self, ClaimEffect, Fact};
use crate::quantity::Rational;
use crate::report::audience::Ledger;
use crate::report::display::{self, Shown, hours};
use crate::report::escape;
use crate::resolve::terms::{CarveOut, CarveOutBy, CarveOutMode, ClaimCovers, Deadline};

/// Carve-outs and claims of the period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CarveOuts {
    /// The score as it counts, before gates.
    pub score_with: Option<Shown>,
    /// The score that the values without carve-outs would give.
    pub score_without: Option<Shown>,
    /// What was excluded altogether.
    pub totals: Totals,
    /// What each carve-out took from each KPI, where the audience gets it.
    pub exclusions: Vec<Exclusion>,
    /// The claims, where the audience gets them.
    pub claims: Vec<Claim>,
    /// Until when a missed KPI may still be claimed for, by carve-out.
    pub notices: Vec<String>,
}

/// What was excluded altogether.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Totals {
    /// Time in at least one window of any carve-out, in microseconds.
    pub time: Option<Shown>,
    /// Windows.
    pub windows: usize,
    /// Rows, each counted once per KPI that it was taken from.
    pub rows: u64,
    /// Carve-outs that took anything.
    pub carve_outs: usize,
    /// Claims that applied.
    pub applied: usize,
    /// Claims that were decided and do not apply.
    pub refused: usize,
    /// Claims without a decision.
    pub pending: usize,
}

/// What one carve-out took from one KPI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Exclusion {
    /// The KPI.
    pub kpi: String,
    /// Its title.
    pub kpi_title: String,
    /// The carve-out.
    pub carve_out: String,
    /// Its title.
    pub title: String,
    /// The clause that allows it.
    pub clause: Option<String>,
    /// Whose cause it is.
    pub cause: Option<String>,
    /// What excluded time becomes, in words.
    pub mode: &'static str,
    /// Time it excluded.
    pub time: Option<Shown>,
    /// Of that, down.
    pub down: Option<Shown>,
    /// Rows it excluded.
    pub rows: u64,
    /// Its windows, in the card's zone.
    pub windows: Vec<String>,
    /// Time its cap refused.
    pub refused: Option<Shown>,
}

/// A claim and what became of it for one KPI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Claim {
    /// The claim.
    pub id: String,
    /// The KPI.
    pub kpi: String,
    /// Its title.
    pub kpi_title: String,
    /// The title of the carve-out claimed.
    pub carve_out: String,
    /// The clause.
    pub clause: Option<String>,
    /// Who claims.
    pub by: String,
    /// What it covers.
    pub covers: String,
    /// When the other party was told.
    pub notified: Option<String>,
    /// By when it has to be told.
    pub notice: Option<String>,
    /// The evidence.
    pub evidence: Option<String>,
    /// The evidence, where it is an address to link to.
    pub evidence_link: Option<String>,
    /// `applied`, `not_applied` or `pending`.
    #[schemars(extend("enum" = ["applied", "not_applied", "pending"]))]
    pub code: &'static str,
    /// In words.
    pub word: &'static str,
    /// Why it did not apply.
    pub reason: Option<String>,
    /// What was decided, by whom and when.
    pub decision: Option<String>,
    /// Time or rows it is about.
    pub amount: String,
    /// The value with it, or without it where it applied.
    pub otherwise: Option<Shown>,
    /// That, as a phrase.
    pub effect: Option<String>,
}

fn time(micros: &Rational) -> Option<Shown> {
    (!micros.is_zero()).then(|| Shown::new(micros, hours(micros)))
}

/// What each carve-out took according to `fact`; those that took and were refused nothing are left out.
pub(super) fn exclusions(context: &Context<'_>, fact: &Fact) -> Vec<Exclusion> {
    fact.exclusions
        .iter()
        .filter(|exclusion| took(exclusion) || exclusion.refused != 0)
        .map(|exclusion| one(context, "", exclusion))
        .collect()
}

fn took(exclusion: &facts::Exclusion) -> bool {
    exclusion.time != 0 || exclusion.rows != 0 || !exclusion.down.is_zero()
}

fn one(context: &Context<'_>, kpi: &str, exclusion: &facts::Exclusion) -> Exclusion {
    let carve_out = context.terms.carve_outs.get(&exclusion.carve_out);
    let zone = &context.terms.time_zone;
    Exclusion {
        kpi: kpi.to_owned(),
        kpi_title: context.kpi_title(kpi),
        carve_out: exclusion.carve_out.clone(),
        title: carve_out.map_or_else(|| exclusion.carve_out.clone(), |it| it.title.clone()),
        clause: carve_out.and_then(|it| it.clause.clone()),
        cause: carve_out.and_then(|it| it.cause.clone()),
        mode: match carve_out.map(|it| it.mode) {
            Some(CarveOutMode::DeemAvailable) => "counts as up",
            _ => "leaves both sides",
        },
        time: time(&Rational::integer(exclusion.time)),
        down: time(&exclusion.down),
        rows: exclusion.rows,
        windows: exclusion
            .windows
            .iter()
            .map(|&(start, end)| window(start, end, zone))
            .collect(),
        refused: time(&Rational::integer(exclusion.refused)),
    }
}

/// Writes `2026-10-12 09:00 to 11:00`, the second date only where it differs.
fn window(start: i64, end: i64, zone: &jiff::tz::TimeZone) -> String {
    let (start, end) = (display::instant(start, zone), display::instant(end, zone));
    match (start.split_once(' '), end.split_once(' ')) {
        (Some((day, _)), Some((same, until))) if day == same => format!("{start} to {until}"),
        _ => format!("{start} to {end}"),
    }
}

pub(super) fn build(context: &Context<'_>) -> Option<CarveOuts> {
    let visible: Vec<(&str, &Fact)> = context
        .outcome
        .kpis
        .iter()
        .filter(|kpi| context.may_see(&kpi.id))
        .filter_map(|kpi| Some((kpi.id.as_str(), kpi.fact.as_ref()?)))
        .collect();
    let totals = totals(&visible);
    let exclusions: Vec<Exclusion> = visible
        .iter()
        .flat_map(|(kpi, fact)| fact.exclusions.iter().map(move |exclusion| (*kpi, exclusion)))
        .filter(|(_, exclusion)| took(exclusion) || exclusion.refused != 0)
        .map(|(kpi, exclusion)| one(context, kpi, exclusion))
        .collect();
    let claims: Vec<Claim> = visible
        .iter()
        .flat_map(|(kpi, fact)| fact.claims.iter().map(move |effect| (*kpi, effect)))
        .map(|(kpi, effect)| claim(context, kpi, effect))
        .collect();
    let notices = notices(context);
    if exclusions.is_empty() && claims.is_empty() && notices.is_empty() {
        return None;
    }
    let lines = context.sees.carve_outs != Ledger::Totals;
    let score = |score: &Option<Rational>| score.as_ref().map(|score| Shown::number(score, 1));
    Some(CarveOuts {
        score_with: score(&context.outcome.ungated_score),
        score_without: score(&context.outcome.gross_score),
        totals,
        exclusions: if lines { exclusions } else { Vec::new() },
        claims: if lines { claims } else { Vec::new() },
        notices: if lines { notices } else { Vec::new() },
    })
}

/// The deadlines of carve-outs that are claimed, where a KPI that lists them is missed.
fn notices(context: &Context<'_>) -> Vec<String> {
    claimable(context)
        .into_iter()
        .map(|(carve_out, notice)| {
            let within = display::deadline(notice);
            let clause = carve_out.clause.as_ref();
            let clause = clause.map_or_else(String::new, |clause| format!(" ({clause})"));
            format!(
                "A claim under {}{clause} has to be notified within {within} of its window's start.",
                carve_out.title
            )
        })
        .collect()
}

/// The carve-outs that may still be claimed for a missed KPI, with the time there is to give notice.
pub(super) fn claimable<'a>(context: &Context<'a>) -> Vec<(&'a CarveOut, &'a Deadline)> {
    let missed = context
        .outcome
        .kpis
        .iter()
        .filter(|kpi| kpi.miss && context.may_see(&kpi.id));
    let listed: BTreeSet<&String> = missed
        .filter_map(|kpi| context.terms.kpis.get(&kpi.id))
        .flat_map(|kpi| &kpi.carve_outs)
        .collect();
    let carve_outs = context.terms.carve_outs.values();
    carve_outs
        .filter(|it| listed.contains(&it.id) && it.by == CarveOutBy::Claims)
        .filter_map(|it| Some((it, it.notice.as_ref()?)))
        .collect()
}

fn totals(visible: &[(&str, &Fact)]) -> Totals {
    let all = || visible.iter().flat_map(|(_, fact)| &fact.exclusions);
    let mut windows: Vec<(i64, i64)> = all().flat_map(|exclusion| exclusion.windows.iter().copied()).collect();
    windows.sort_unstable();
    windows.dedup();
    // One window may serve several KPIs and carve-outs: time counts once.
    let (mut union, mut reached) = (0i64, i64::MIN);
    for &(start, end) in &windows {
        union += (end - start.max(reached)).max(0);
        reached = reached.max(end);
    }
    let claims = || visible.iter().flat_map(|(_, fact)| &fact.claims);
    let ids = |wanted: &dyn Fn(&ClaimEffect) -> bool| {
        let ids: BTreeSet<&str> = claims()
            .filter(|effect| wanted(effect))
            .map(|effect| &*effect.claim)
            .collect();
        ids.len()
    };
    let used: BTreeSet<&str> = all()
        .filter(|exclusion| took(exclusion))
        .map(|exclusion| &*exclusion.carve_out)
        .collect();
    Totals {
        time: time(&Rational::integer(union)),
        windows: windows.len(),
        rows: all().map(|exclusion| exclusion.rows).sum(),
        carve_outs: used.len(),
        applied: ids(&|effect| effect.applied),
        refused: ids(&|effect| !effect.applied && !effect.pending),
        pending: ids(&|effect| effect.pending),
    }
}

fn claim(context: &Context<'_>, kpi: &str, effect: &ClaimEffect) -> Claim {
    let register = context.input.timeline.claims.claims.get(&effect.claim);
    let carve_out = register.and_then(|claim| context.terms.carve_outs.get(&claim.carve_out));
    let zone = &context.terms.time_zone;
    let (code, word) = match (effect.applied, effect.pending) {
        (true, _) => ("applied", "applied"),
        (false, true) => ("pending", "claimed, undecided"),
        (false, false) => ("not_applied", "claimed, not applied"),
    };
    let otherwise = context
        .terms
        .kpis
        .get(kpi)
        .zip(effect.otherwise.value())
        .map(|(terms, value)| Shown::new(&value, value_text(terms, &value, context.currency)));
    let is_rejected = register
        .and_then(|claim| claim.decision.as_ref())
        .is_some_and(|decision| !decision.approved);
    let evidence = register.and_then(|claim| claim.evidence.clone());
    Claim {
        id: effect.claim.clone(),
        kpi: kpi.to_owned(),
        kpi_title: context.kpi_title(kpi),
        carve_out: carve_out.map_or_else(String::new, |it| it.title.clone()),
        clause: carve_out.and_then(|it| it.clause.clone()),
        by: register.map_or_else(String::new, |claim| context.person(&claim.by)),
        covers: register.map_or_else(String::new, |claim| match &claim.covers {
            ClaimCovers::Window(start, end) => window(*start, *end, zone),
            ClaimCovers::Tickets(keys) => keys.join(", "),
        }),
        notified: register.and_then(|claim| claim.notified).map(|day| day.to_string()),
        notice: carve_out
            .and_then(|it| it.notice.as_ref())
            .map(|notice| format!("within {} of the window's start", display::deadline(notice))),
        evidence_link: evidence.as_deref().and_then(escape::link).map(str::to_owned),
        evidence,
        code,
        word,
        // A rejection is told by the decision, with the name of who decided; that there is none, by the word.
        reason: effect
            .reason
            .as_deref()
            .filter(|_| !is_rejected && !effect.pending)
            .map(prose),
        decision: register.and_then(|claim| claim.decision.as_ref()).map(|decision| {
            let word = if decision.approved { "approved" } else { "rejected" };
            let narrowed = decision
                .window
                .map(|(start, end)| format!(" for {}", window(start, end, zone)))
                .unwrap_or_default();
            let waived = if decision.waives_notice { ", notice waived" } else { "" };
            let by = context.person(&decision.by);
            format!("{word}{narrowed} by {by} on {}{waived}", decision.on)
        }),
        amount: match (effect.time, effect.rows) {
            (0, rows) => display::count(rows, "row", "rows"),
            (micros, 0) => hours(&Rational::integer(micros)),
            (micros, rows) => format!(
                "{}, {}",
                hours(&Rational::integer(micros)),
                display::count(rows, "row", "rows")
            ),
        },
        effect: otherwise.as_ref().map(|value| match effect.applied {
            true => format!("without it {}", value.display),
            false => format!("would have given {}", value.display),
        }),
        otherwise,
    }
}
