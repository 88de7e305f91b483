use schemars::JsonSchema;
use serde::Serialize;

use super::head::{Score, Tally, known_statement};
use super::wording::{grade_word, verdict_word};
use super::{CarveOuts, Context};
use crate::assess::outcome::Verdict;
use crate::report::display::{self, count};

/// A number at the top.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Tile {
    /// Which: `score`, `met`, `credit`, `excluded` or `coverage`.
    #[schemars(extend("enum" = ["score", "met", "credit", "excluded", "coverage"]))]
    pub id: &'static str,
    /// Its name.
    pub label: &'static str,
    /// The number.
    pub value: String,
    /// What to know about it.
    pub note: String,
}

/// The numbers at the top, in their order.
pub(super) fn tiles(
    context: &Context<'_>,
    score: Option<&Score>,
    tally: &Tally,
    carve_outs: Option<&CarveOuts>,
) -> Vec<Tile> {
    if !context.outcome.in_force {
        return Vec::new();
    }
    let mut tiles = vec![score_tile(context, score), met_tile(tally)];
    tiles.extend(credit_tile(context));
    tiles.extend(carve_outs.map(excluded_tile));
    if tiles.len() < 4 {
        tiles.push(Tile {
            id: "coverage",
            label: "Measured",
            value: display::percent(&context.outcome.coverage, 0),
            note: match context.outcome.incomplete {
                true => "of the weight: incomplete".to_owned(),
                false => "of the weight".to_owned(),
            },
        });
    }
    tiles
}

fn score_tile(context: &Context<'_>, score: Option<&Score>) -> Tile {
    let mut note = vec!["of 100".to_owned()];
    if let Some(score) = score {
        note.extend(score.grade.map(|grade| grade_word(grade).to_owned()));
        if let (Some(change), Some(previous)) = (&score.change, context.previous) {
            let before = display::period(previous.period);
            note.push(match change.raw == "0" {
                true => format!("as in {before}"),
                false => format!("{} on {before}", change.display),
            });
        }
        note.extend(
            score
                .gates
                .iter()
                .map(|gate| format!("capped at {} by {}", gate.cap.display, gate.title)),
        );
    }
    Tile {
        id: "score",
        label: "Score",
        value: score.map_or_else(|| "none".to_owned(), |score| score.value.display.clone()),
        note: note.join(", "),
    }
}

fn met_tile(tally: &Tally) -> Tile {
    let note: Vec<String> = [
        (tally.below_target, Verdict::BelowTarget),
        (tally.missed, Verdict::Default),
        (tally.no_data, Verdict::NoData),
        (tally.not_applicable, Verdict::NotApplicable),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, verdict)| format!("{n} {}", verdict_word(verdict).to_lowercase()))
    .collect();
    Tile {
        id: "met",
        label: "KPIs met",
        value: format!("{} of {}", tally.met, tally.judged),
        note: match note.is_empty() {
            true => "all of them".to_owned(),
            false => note.join(", "),
        },
    }
}

fn credit_tile(context: &Context<'_>) -> Option<Tile> {
    let statement = known_statement(context.outcome)?;
    let money = |amount| display::money(amount, &statement.currency, statement.minor_units);
    let mut note = Vec::new();
    if let Some(share) = statement
        .charge
        .as_ref()
        .and_then(|charge| statement.credit.checked_div(charge))
        .filter(|share| !share.is_zero())
    {
        note.push(format!("{} of the charge", display::percent(&share, 1)));
    }
    if let Some(at_risk) = &statement.at_risk {
        note.push(format!("at most {}", money(at_risk)));
    }
    if statement.provisional {
        note.push("provisional".to_owned());
    }
    Some(Tile {
        id: "credit",
        label: "Service credit due",
        value: money(&statement.credit),
        note: note.join(", "),
    })
}

fn excluded_tile(carve_outs: &CarveOuts) -> Tile {
    let totals = &carve_outs.totals;
    let rows = count(totals.rows, "row", "rows");
    let (value, mut note) = match (&totals.time, totals.rows) {
        (Some(time), 0) => (time.display.clone(), vec![]),
        (Some(time), _) => (time.display.clone(), vec![rows]),
        (None, 0) => ("nothing".to_owned(), vec![]),
        (None, _) => (rows, vec![]),
    };
    if totals.windows > 0 {
        note.insert(0, count(totals.windows as u64, "window", "windows"));
    }
    for (n, what) in [(totals.pending, "undecided"), (totals.refused, "not applied")] {
        if n > 0 {
            note.push(format!("{} {what}", count(n as u64, "claim", "claims")));
        }
    }
    if note.is_empty() {
        note.push(count(totals.carve_outs as u64, "carve-out", "carve-outs"));
    }
    Tile {
        id: "excluded",
        label: "Excluded",
        value,
        note: note.join(", "),
    }
}
