use std::collections::HashMap;

use super::{Answers, View};
use crate::measure::facts::LeftOut;
use crate::measure::plan::{Parts, RowsHandle};
use crate::measure::scan::{Groups, Store, add_left_out, counted_at};
use crate::quantity::Period;

/// The groups of a grouping by scope and `each` value.
#[derive(Debug, Default)]
pub(super) struct Index {
    by: HashMap<(u32, u32), Vec<u32>>,
}

impl Index {
    pub(super) fn of(groups: &Groups) -> Self {
        let mut by: HashMap<(u32, u32), Vec<u32>> = HashMap::new();
        for (number, key) in groups.keys.iter().enumerate() {
            by.entry((key.scope, key.each)).or_default().push(number as u32);
        }
        Self { by }
    }
}

/// A group of a measure and the carve-out that takes its rows out, by its place in the KPI's list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen {
    pub(super) group: usize,
    pub(super) excluded: Option<usize>,
}

impl Answers<'_> {
    fn groups_of(&self, handle: &RowsHandle) -> &Groups {
        &self.done[handle.scan].state.groups[handle.grouping]
    }

    /// Returns the store of an accumulator.
    pub(super) fn store(&self, handle: &RowsHandle, accumulator: usize) -> &Store {
        &self.done[handle.scan].state.stores[accumulator]
    }

    /// Returns the groups of a measure, also those that a carve-out takes out.
    pub(super) fn chosen(&self, handle: &RowsHandle, view: View<'_>) -> Vec<Chosen> {
        let groups = self.groups_of(handle);
        let entity = match view.entity {
            None => None,
            Some(name) => match groups.entities.get(name) {
                Some(number) => Some(*number),
                None => return Vec::new(),
            },
        };
        let all = self.index[handle.scan][handle.grouping]
            .by
            .get(&(handle.scope, handle.each));
        let all = all.map_or(&[][..], Vec::as_slice);
        all.iter()
            .filter(|group| entity.is_none_or(|entity| groups.keys[**group as usize].entity == entity))
            .map(|&group| Chosen {
                group: group as usize,
                excluded: self.excluded(handle, view, group as usize),
            })
            .collect()
    }

    /// Returns the first carve-out in the KPI's list that takes the rows of a group out.
    fn excluded(&self, handle: &RowsHandle, view: View<'_>, group: usize) -> Option<usize> {
        if view.scenario == super::Scenario::Gross {
            return None;
        }
        (0..view.kpi.carve_outs.len()).find(|place| self.is_covered(handle, view, group, *place))
    }

    /// Whether a carve-out covers the rows of a group.
    pub(super) fn is_covered(&self, handle: &RowsHandle, view: View<'_>, group: usize, place: usize) -> bool {
        let groups = self.groups_of(handle);
        let class = groups.classes.get_index(groups.keys[group].class as usize);
        let Some((class, _)) = class else { return false };
        let by_where = handle
            .wheres
            .iter()
            .any(|(of, number)| *of == place && class.wheres.contains(number));
        let by_claim = handle.tickets.iter().any(|(claim, number)| {
            view.claims[*claim].carve_out == place && class.claims.contains(number) && view.is_active(*claim)
        });
        by_where || by_claim
    }

    /// Whether a claim names the tickets of a group.
    pub(super) fn is_claimed(&self, handle: &RowsHandle, group: usize, claim: usize) -> bool {
        let groups = self.groups_of(handle);
        let class = groups.classes.get_index(groups.keys[group].class as usize);
        class.is_some_and(|(class, _)| {
            let mut own = handle.tickets.iter();
            own.any(|(of, number)| *of == claim && class.claims.contains(number))
        })
    }

    /// Returns the indices of periods on the measure's axis.
    pub(super) fn periods(&self, handle: &RowsHandle, periods: &[Period]) -> Vec<usize> {
        let axis = &self.scan(handle).axes[handle.axis];
        periods.iter().filter_map(|period| axis.index(*period)).collect()
    }

    /// Returns what the rows of some periods were left out for.
    pub(super) fn left_out(&self, handle: &RowsHandle, parts: &Parts, view: View<'_>, periods: &[Period]) -> LeftOut {
        let accumulator = match parts {
            Parts::OnTime { variants, .. } | Parts::Clock { variants, .. } => variants.gross,
            _ => parts.accumulator(),
        };
        let store = self.store(handle, accumulator);
        let mut total = LeftOut::default();
        let indices = self.periods(handle, periods);
        for chosen in self.chosen(handle, view) {
            if matches!(parts, Parts::Time { .. } | Parts::Probes { .. }) {
                if let Some(left) = store
                    .left_out
                    .get(self.interval_slot(handle, store, view, chosen.group))
                {
                    add_left_out(&mut total, left);
                }
                continue;
            }
            for &period in &indices {
                if let Some(left) = store.left_out.get(chosen.group * store.periods + period) {
                    add_left_out(&mut total, left);
                }
            }
        }
        if let Parts::OnTime { variants, overdue, .. } = parts {
            let counted: Vec<usize> = counted_at(*overdue, &indices).collect();
            total.negative_elapsed += self.negative(handle, variants.gross, view, &counted);
        }
        total
    }

    /// Returns the slot of a group's rows that are intervals: those of a log stand as of the last period's end.
    pub(super) fn interval_slot(&self, handle: &RowsHandle, store: &Store, view: View<'_>, group: usize) -> usize {
        let last = match store.periods {
            1 => None,
            _ => self.periods(handle, &[view.period]).pop(),
        };
        group * store.periods + last.unwrap_or(0)
    }
}
