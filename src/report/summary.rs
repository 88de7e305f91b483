use std::fmt::Write as _;

use super::View;
use super::escape::plain;
use super::view::{Kpi, grade};
use crate::assess::outcome::Verdict;
use crate::report::display::count;

/// Lines a summary has at most.
const MOST_LINES: usize = 25;
/// Cards, KPIs and paths named one by one; the rest is counted.
const CARDS: usize = 8;
const KPIS: usize = 8;
const PATHS: usize = 4;

/// Writes what a build came to: cards worst first, what went wrong worst first, written paths last; at most 25 lines.
pub fn summary(views: &[View], written: &[String]) -> String {
    let mut lines = Vec::new();
    let cards = worst_first(views);
    lines.extend(cards.iter().take(CARDS).map(|view| card(view)));
    lines.extend(rest(cards.len(), CARDS, "scorecard", "scorecards"));

    let mut wrong: Vec<(&View, &Kpi)> = views
        .iter()
        .flat_map(|view| view.kpis.iter().map(move |kpi| (view, kpi)))
        .filter(|(_, kpi)| is_wrong(kpi))
        .collect();
    wrong.sort_by_key(|(view, kpi)| {
        let lost = kpi.points_lost.as_ref().map_or(0, |lost| hundredths(&lost.raw));
        (std::cmp::Reverse(lost), kpi.rank, view.card.id.clone())
    });
    if !wrong.is_empty() {
        lines.push(String::new());
        let is_alone = views.len() == 1;
        lines.extend(wrong.iter().take(KPIS).map(|(view, kpi)| one(view, kpi, is_alone)));
        lines.extend(rest(wrong.len(), KPIS, "KPI", "KPIs"));
    }
    if !written.is_empty() {
        lines.push(String::new());
        lines.extend(written.iter().take(PATHS).map(|path| format!("wrote {}", plain(path))));
        lines.extend(rest(written.len(), PATHS, "file", "files"));
    }
    debug_assert!(lines.len() <= MOST_LINES, "the parts are limited so that they fit");
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// The reports of cards without a score, then by score, then those whose contract is not in force.
pub(super) fn worst_first(views: &[View]) -> Vec<&View> {
    let mut cards: Vec<&View> = views.iter().collect();
    cards.sort_by_key(|view| {
        let score = view.score.as_ref().map(|score| hundredths(&score.value.raw));
        (!view.in_force, view.score.is_some(), score, view.card.id.clone())
    });
    cards
}

/// Whether a KPI needs somebody's attention.
pub(super) fn is_wrong(kpi: &Kpi) -> bool {
    matches!(kpi.verdict, Verdict::Default | Verdict::BelowTarget | Verdict::NoData)
}

fn rest(all: usize, shown: usize, one: &str, many: &str) -> Option<String> {
    let more = all.saturating_sub(shown);
    (more > 0).then(|| format!("… and {} more", count(more as u64, one, many)))
}

/// The number of hundredths of a decimal, for ordering.
fn hundredths(raw: &str) -> i64 {
    crate::quantity::Rational::parse_decimal(raw)
        .and_then(|number| {
            number
                .round(2, crate::quantity::Rounding::HalfEven)
                .scaled(2, crate::quantity::Rounding::Floor)
                .try_into()
                .ok()
        })
        .unwrap_or(0)
}

fn card(view: &View) -> String {
    let mut text = format!("{} {}: ", plain(&view.card.id), view.period.label);
    if !view.in_force {
        text.push_str("not in force");
        return text;
    }
    match &view.score {
        Some(score) => {
            let _ = write!(text, "score {}", score.value.display);
            if let Some(grade) = grade(score.grade) {
                let _ = write!(text, " ({grade})");
            }
            if let Some(change) = &score.change {
                let _ = write!(text, ", {} on the period before", change.display);
            }
        }
        None => text.push_str("no score"),
    }
    let _ = write!(text, "; {} of {} KPIs met", view.tally.met, view.tally.judged);
    if let Some(money) = &view.money {
        let _ = write!(text, "; credit {}", money.credit.display);
    }
    if view.state.code != "final" {
        let _ = write!(text, "; {}", view.state.code.replace('_', " "));
    }
    if view.state.incomplete {
        text.push_str("; incomplete");
    }
    text
}

fn one(view: &View, kpi: &Kpi, is_alone: bool) -> String {
    let name = match is_alone {
        true => plain(&kpi.id).into_owned(),
        false => format!("{}/{}", plain(&view.card.id), plain(&kpi.id)),
    };
    let mut text = format!("{} {:<8} {name}", kpi.status.shape, kpi.status.word);
    if let Some(value) = &kpi.value {
        let _ = write!(text, "  {}", value.display);
    }
    if let Some(target) = &kpi.target {
        let _ = write!(text, "  target {}", target.display);
    }
    if let Some(lost) = kpi.points_lost.as_ref().filter(|lost| lost.raw != "0") {
        let _ = write!(text, "  −{} points", lost.display);
    }
    if let Some(credit) = kpi.credit.as_ref().filter(|credit| credit.raw != "0") {
        let _ = write!(text, "  {}", credit.display);
    }
    if let Some(absent) = &kpi.absent {
        let _ = write!(text, "  {}", plain(&absent.reason));
    }
    for flag in &kpi.flags {
        let _ = write!(text, "  [{}]", flag.word);
    }
    text
}
