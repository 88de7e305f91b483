use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::Context;
use super::change::{Change, direction, values};
use super::head::score_text;
use super::wording::{flag_word, line_word, verdict_word};
use crate::assess::outcome::LineKind;
use crate::assess::{Figures, MaturityFigures};
use crate::quantity::Rational;
use crate::report::audience::Ledger;
use crate::report::display::{self, MOST_DECIMALS};

/// Whether a report is published, and what differs from what was.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Publication {
    /// `draft` until it is sealed, then `final`; `restated` from the second edition on.
    #[schemars(extend("enum" = ["draft", "final", "restated"]))]
    pub code: &'static str,
    /// The edition, where it is sealed.
    pub edition: Option<u32>,
    /// Why the edition before was restated.
    pub reason: Option<String>,
    /// What differs from the edition before; of a draft, from the edition that is published.
    pub differences: Vec<Change>,
}

pub(crate) fn publication(context: &Context<'_>) -> Publication {
    let provenance = context.input.provenance;
    let edition = provenance.edition.as_ref();
    Publication {
        code: match edition.map(|edition| edition.number) {
            None => "draft",
            Some(1) => "final",
            Some(_) => "restated",
        },
        edition: edition.map(|edition| edition.number),
        reason: edition.and_then(|edition| edition.reason.clone()),
        differences: provenance
            .published
            .as_ref()
            .map(|before| differences(context, before))
            .unwrap_or_default(),
    }
}

/// Every figure that is another one now: the score, KPIs in file order, money, triggers.
fn differences(context: &Context<'_>, before: &Figures) -> Vec<Change> {
    let entities = context.input.entities.iter().filter_map(|outcomes| outcomes.last());
    let now = Figures::of(context.outcome, entities, context.input.maturity);
    let mut found = Vec::new();
    found.extend(score(context, before, &now));
    let ids: indexmap::IndexSet<&String> = now.kpis.keys().chain(before.kpis.keys()).collect();
    let visible = ids.into_iter().filter(|id| context.may_see(id));
    found.extend(visible.filter_map(|id| kpi(context, id, before, &now)));
    found.extend(money(context, before, &now));
    let fired = |figures: &Figures| figures.triggers.iter().cloned().collect::<BTreeSet<String>>();
    let (was, is) = (fired(before), fired(&now));
    found.extend(
        is.difference(&was)
            .map(|id| about("trigger", format!("Trigger {id} fires"))),
    );
    found.extend(
        was.difference(&is)
            .map(|id| about("trigger", format!("Trigger {id} no longer fires"))),
    );
    found.extend(maturity(context, before, &now));
    if before.entities != now.entities && context.sees.entities {
        found.push(about("entities", "Figures of single entities are others".to_owned()));
    }
    found
}

fn about(code: &'static str, text: String) -> Change {
    Change {
        code,
        direction: "neutral",
        kpi: None,
        title: None,
        text,
    }
}

fn score(context: &Context<'_>, before: &Figures, now: &Figures) -> Option<Change> {
    let text = match (&before.score, &now.score) {
        (was, is) if was == is => return None,
        (Some(was), Some(is)) => {
            let texts = (score_text(context, was), score_text(context, is));
            // As many decimals as it takes to see that they differ.
            let decimals = (1..=MOST_DECIMALS).find(|&n| was.to_fixed(n) != is.to_fixed(n));
            let decimals = decimals.unwrap_or(MOST_DECIMALS);
            let (was_text, is_text) = match texts.0 == texts.1 {
                true => (display::plain(was, decimals), display::plain(is, decimals)),
                false => texts,
            };
            format!(
                "Score {was_text} → {is_text} ({})",
                display::signed(&(is - was), decimals)
            )
        }
        (Some(was), None) => format!("Score {} → none", score_text(context, was)),
        (None, Some(is)) => format!("Score none → {}", score_text(context, is)),
        (None, None) => return None,
    };
    Some(about("score", text))
}

fn kpi(context: &Context<'_>, id: &str, before: &Figures, now: &Figures) -> Option<Change> {
    let (was, is) = (before.kpis.get(id), now.kpis.get(id));
    let mut parts = Vec::new();
    let mut towards = "neutral";
    match (was, is) {
        (Some(was), Some(is)) => {
            let numbers = if was.value == is.value {
                String::new()
            } else {
                values(context, id, was.value.as_ref(), is.value.as_ref())
            };
            if was.verdict != is.verdict {
                towards = direction(was.verdict, is.verdict);
                let (was, is) = (verdict_word(was.verdict), verdict_word(is.verdict));
                parts.push(format!("{was} → {is}{numbers}"));
            } else if was.value != is.value {
                let numbers = numbers.trim_start_matches(", ");
                parts.push(match numbers {
                    "" => "another value".to_owned(),
                    numbers => numbers.to_owned(),
                });
            } else if was.score != is.score {
                parts.push("another score of the same value".to_owned());
            }
            let new = is.flags.iter().filter(|flag| !was.flags.contains(flag));
            parts.extend(new.map(|&flag| format!("now {}", flag_word(flag))));
            let gone = was.flags.iter().filter(|flag| !is.flags.contains(flag));
            parts.extend(gone.map(|&flag| format!("no longer {}", flag_word(flag))));
        }
        (None, Some(is)) => parts.push(format!("not there → {}", verdict_word(is.verdict))),
        (Some(was), None) => parts.push(format!("{} → not there", verdict_word(was.verdict))),
        (None, None) => {}
    }
    let (paid, pays) = (before.credit_of(id), now.credit_of(id));
    if paid != pays && context.sees.credits != Ledger::Totals {
        parts.push(format!("service credit {}", amounts(context, &paid, &pays)));
    }
    (!parts.is_empty()).then(|| Change {
        code: "kpi",
        direction: towards,
        kpi: is.map(|_| id.to_owned()),
        title: Some(context.kpi_title(id)),
        text: parts.join("; "),
    })
}

/// The totals of each kind of line: the credit of one currency is not compared with that of another.
fn money(context: &Context<'_>, before: &Figures, now: &Figures) -> Vec<Change> {
    let (Some(was), Some(is)) = (&before.money, &now.money) else {
        return match before.money.is_some() != now.money.is_some() {
            true => vec![about("money", "Money is stated in one of the two only".to_owned())],
            false => Vec::new(),
        };
    };
    if was.currency != is.currency {
        let text = format!("Currency {} → {}: amounts are not compared", was.currency, is.currency);
        return vec![about("money", text)];
    }
    let kinds = [
        LineKind::Credit,
        LineKind::EarnBack,
        LineKind::Bonus,
        LineKind::Adjustment,
    ];
    let mut found: Vec<Change> = kinds
        .into_iter()
        .filter_map(|kind| {
            let (was, is) = (before.total(kind), now.total(kind));
            (was != is).then(|| about("money", format!("{} {}", line_word(kind), amounts(context, &was, &is))))
        })
        .collect();
    if was.charge != is.charge {
        let text = match (&was.charge, &is.charge) {
            (Some(was), Some(is)) => format!("Charge {}", amounts(context, was, is)),
            _ => "The charge is known in one of the two only".to_owned(),
        };
        found.insert(0, about("money", text));
    }
    if before.proposals() != now.proposals() {
        found.push(about("money", "Proposed levels are others".to_owned()));
    }
    found
}

/// The levels that are others, a change per model.
fn maturity(context: &Context<'_>, before: &Figures, now: &Figures) -> Vec<Change> {
    let level = |level: Option<u32>| level.map_or_else(|| "not assessed".to_owned(), |level| level.to_string());
    let ids: indexmap::IndexSet<&String> = now.maturity.keys().chain(before.maturity.keys()).collect();
    let change = |id: &String| {
        let (was, is) = (before.maturity.get(id), now.maturity.get(id));
        if was == is {
            return None;
        }
        let model = context
            .input
            .maturity
            .iter()
            .map(|standing| &standing.model)
            .find(|model| model.id == *id);
        let whole = |figures: Option<&MaturityFigures>| figures.and_then(|figures| figures.overall);
        let mut parts = Vec::new();
        if whole(was) != whole(is) {
            let what = if model.is_some_and(|model| model.summed) {
                "levels"
            } else {
                "level"
            };
            parts.push(format!("{what} {} → {}", level(whole(was)), level(whole(is))));
        }
        let of = |figures: Option<&MaturityFigures>, dimension: &String| {
            figures
                .and_then(|figures| figures.dimensions.get(dimension).copied().flatten())
                .map(u32::from)
        };
        let dimensions: indexmap::IndexSet<&String> = [is, was]
            .into_iter()
            .flatten()
            .flat_map(|figures| figures.dimensions.keys())
            .collect();
        for dimension in dimensions {
            let (was, is) = (of(was, dimension), of(is, dimension));
            if was != is {
                let written = model.and_then(|model| model.dimensions.get(dimension));
                let title = written.map_or(dimension, |dimension| &dimension.title);
                parts.push(format!("{title} {} → {}", level(was), level(is)));
            }
        }
        Some(Change {
            title: Some(model.map_or_else(|| id.clone(), |model| model.title.clone())),
            ..about("maturity", parts.join("; "))
        })
    };
    ids.into_iter().filter_map(change).collect()
}

fn amounts(context: &Context<'_>, was: &Rational, is: &Rational) -> String {
    let money = |amount| display::money(amount, context.currency, context.minor_units);
    let difference = display::signed_money(&(is - was), context.currency, context.minor_units);
    format!("{} → {} ({difference})", money(was), money(is))
}
