//! The entities of a replay as data.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

use crate::assess::outcome::Verdict;
use crate::diff::replay::{EntityReplay, Team};
use crate::report::display::{self, Shown};

/// The entities of a `for_each` card.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TeamView {
    /// What one is called, such as `technician`.
    pub name: String,
    /// How many there are.
    pub size: usize,
    /// What it comes to, in a line.
    pub headline: String,
    /// Those that come out otherwise, worst first.
    pub entities: Vec<EntityView>,
}

/// One entity that comes out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EntityView {
    /// Its key in the list.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// How many periods there are data of.
    pub measured: usize,
    /// In how many of them a verdict changes.
    pub changed: usize,
    /// Mean difference of its scores.
    pub score: Option<Shown>,
    /// Mean of its scores on both sides, in a cell.
    pub scores: String,
    /// What its verdicts do, KPI by KPI.
    pub kpis: Vec<Shift>,
}

/// How often the verdict of a KPI changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shift {
    /// The KPI.
    pub kpi: String,
    /// In so many periods it comes out better.
    pub better: usize,
    /// In so many it comes out worse.
    pub worse: usize,
    /// In so many it is judged on one side only.
    pub otherwise: usize,
    /// All of that in words.
    pub text: String,
}

impl TeamView {
    pub(super) fn of(team: &Team) -> Self {
        let entities: Vec<EntityView> = team.entities.iter().map(EntityView::of).collect();
        let changed = entities.iter().filter(|entity| entity.changed > 0).count();
        let moved = |falls: bool| {
            let scores = entities.iter().filter_map(|entity| entity.score.as_ref());
            scores
                .filter(|score| !is_zero(score) && score.raw.starts_with('-') == falls)
                .count()
        };
        let name = |n: usize| match n {
            1 => team.name.clone(),
            _ => format!("{}s", team.name),
        };
        let mut headline = match changed {
            0 => format!("no {} of {} changes verdict", team.name, team.size),
            n => format!("{n} of {} {} change verdict", team.size, name(team.size)),
        };
        for (falls, word) in [(true, "falls"), (false, "rises")] {
            match moved(falls) {
                0 => {}
                n => headline.push_str(&format!("; the score of {n} {word}")),
            }
        }
        Self {
            name: team.name.clone(),
            size: team.size,
            headline,
            entities,
        }
    }
}

fn is_zero(score: &Shown) -> bool {
    !score.raw.contains(|digit: char| matches!(digit, '1'..='9'))
}

impl EntityView {
    fn of(replay: &EntityReplay) -> Self {
        let total = replay.total();
        let mut kpis: IndexMap<&str, (usize, usize, usize)> = IndexMap::new();
        for change in replay.periods.iter().flat_map(|period| &period.verdicts) {
            let (better, worse, otherwise) = kpis.entry(&change.kpi).or_default();
            let judged = |verdict| matches!(verdict, Verdict::Met | Verdict::BelowTarget | Verdict::Default);
            match (
                judged(change.before) && judged(change.after),
                change.after > change.before,
            ) {
                (false, _) => *otherwise += 1,
                (true, true) => *worse += 1,
                (true, false) => *better += 1,
            }
        }
        let score = |score: &Option<_>| score.as_ref().map_or("–".to_owned(), |it| display::plain(it, 1));
        Self {
            key: replay.entity.key.clone(),
            title: replay.entity.title.clone(),
            measured: total.measured,
            changed: total.verdicts,
            score: total
                .score
                .as_ref()
                .map(|score| Shown::new(score, display::signed(score, 1))),
            scores: match total.scores.differ() {
                true => format!("{} → {}", score(&total.scores.before), score(&total.scores.after)),
                false => score(&total.scores.after),
            },
            kpis: kpis
                .into_iter()
                .map(|(kpi, (better, worse, otherwise))| Shift::new(kpi, better, worse, otherwise))
                .collect(),
        }
    }
}

impl Shift {
    fn new(kpi: &str, better: usize, worse: usize, otherwise: usize) -> Self {
        let counts = [(worse, "worse"), (better, "better"), (otherwise, "judged on one side")];
        let counts = counts.iter().filter(|(n, _)| *n > 0);
        Self {
            kpi: kpi.to_owned(),
            better,
            worse,
            otherwise,
            text: counts
                .map(|(n, word)| format!("{n} {word}"))
                .collect::<Vec<_>>()
                .join(", "),
        }
    }
}
