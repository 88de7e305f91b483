//! The entities of a `for_each` card under both versions. Money is the card's: an entity has none.

use indexmap::IndexMap;

use super::row::{PeriodReplay, rows};
use super::total::Total;
use crate::assess::Outcome;
use crate::evaluate::Evaluated;
use crate::measure::facts::Entity;
use crate::quantity::{Period, Rational};
use crate::resolve::terms::Id;

/// The entities of a card.
#[derive(Clone, Debug)]
pub struct Team {
    /// What one is called, such as `technician`.
    pub name: String,
    /// How many there are on either side.
    pub size: usize,
    /// Those that come out otherwise in any period, worst first: by the mean difference of the score, then by how
    /// many periods change verdict.
    pub entities: Vec<EntityReplay>,
}

/// One entity under both versions.
#[derive(Clone, Debug)]
pub struct EntityReplay {
    /// The entity.
    pub entity: Entity,
    /// The periods of the card's replay, oldest first.
    pub periods: Vec<PeriodReplay>,
}

impl EntityReplay {
    /// Sums up.
    pub fn total(&self) -> Total {
        Total::of(&self.periods)
    }
}

impl Team {
    pub(super) fn of(
        name: &str,
        was: &Evaluated<'_>,
        is: &Evaluated<'_>,
        shown: &[PeriodReplay],
        heir: &dyn Fn(&str, Period) -> Id,
    ) -> Self {
        let mut sides: IndexMap<&str, (&[Outcome], &[Outcome])> = IndexMap::new();
        for outcomes in &is.entities {
            if let Some(entity) = entity_of(outcomes) {
                sides.entry(&entity.key).or_default().1 = outcomes;
            }
        }
        for outcomes in &was.entities {
            if let Some(entity) = entity_of(outcomes) {
                sides.entry(&entity.key).or_default().0 = outcomes;
            }
        }
        let size = sides.len();
        let replayed = sides.into_values().filter_map(|(before, after)| {
            let entity = entity_of(after).or_else(|| entity_of(before))?.clone();
            let mut periods = rows(before, after, None, heir);
            periods.retain(|row| shown.iter().any(|it| it.period == row.period));
            Some(EntityReplay { entity, periods })
        });
        let mut entities: Vec<EntityReplay> = replayed
            .filter(|it| it.periods.iter().any(PeriodReplay::differs))
            .collect();
        entities.sort_by_cached_key(|it| {
            let total = it.total();
            (
                total.score.unwrap_or_else(Rational::zero),
                std::cmp::Reverse(total.verdicts),
            )
        });
        Self {
            name: name.to_owned(),
            size,
            entities,
        }
    }
}

fn entity_of(outcomes: &[Outcome]) -> Option<&Entity> {
    outcomes.iter().find_map(|outcome| outcome.entity.as_ref())
}
