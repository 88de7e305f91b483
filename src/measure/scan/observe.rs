use std::collections::BTreeSet;
use std::rc::Rc;

use super::first::First;
use super::group::NONE;
use super::rows::Rows;
use super::state::{State, at};
use crate::diagnostics::Diagnostic;
use crate::measure::plan::PlaceBy;
use crate::measure::value::{codes, moment, text};
use crate::tables::Rejected;

/// Takes what is not a measure: lists, lookups, pauses, the last row, rows outside every period.
pub(super) fn observe(state: &mut State, rows: &Rows<'_>, periods: &[Rc<Vec<u32>>], first: &mut First) {
    let plan = rows.plan;
    for (last, state) in plan.lasts.iter().zip(&mut state.lasts) {
        let found = match &last.by {
            PlaceBy::Moment(at) => rows.moments(at).into_iter().flatten().max(),
            PlaceBy::Period(period) if rows.len > 0 => Some(period.starts_at(&last.zone)),
            _ => None,
        };
        *state = (*state).max(found);
    }
    // Of an event log only the cases as they stood last are looked at here.
    if rows.cases.is_some_and(|view| !view.is_last) {
        return;
    }
    for (list, found) in plan.lists.iter().zip(&mut state.lists) {
        for row in 0..rows.len {
            let scope = list.scope.map(|(variant, scope)| (&rows.scopes[variant], scope));
            if scope.is_some_and(|(scopes, scope)| scopes.as_ref().is_none_or(|scopes| scopes[row] != scope)) {
                continue;
            }
            let Some(key) = text(rows.column(list.key), row) else {
                continue;
            };
            let title = list.title.and_then(|title| text(rows.column(title), row));
            let title = title.unwrap_or_else(|| key.clone()).into_owned();
            found.push((key.into_owned(), title));
        }
    }
    for (joiner, state) in plan.joiners.iter().zip(&mut state.joiners) {
        let values = joiner.of.map(|of| rows.column(of));
        if let Err(row) = state.add(rows.column(joiner.key), values) {
            first.offer(row, || {
                let message = "a looked-up sum has more than 38 digits";
                Rejected {
                    row,
                    column: None,
                    label: "it overflows here".into(),
                    diagnostic: Box::new(Diagnostic::new("number-overflow", plan.source.declared_at, message)),
                }
            });
        }
    }
    let mut backwards = BTreeSet::new();
    for (rest, state) in plan.rests.iter().zip(&mut state.rests) {
        for row in 0..rows.len {
            let from = moment(rows.column(rest.from), row, &rest.zone, false);
            let to = moment(rows.column(rest.to), row, &rest.zone, true);
            if from.zip(to).is_some_and(|(from, to)| to < from) {
                backwards.insert(row);
            }
            if let (Some(key), Some(from)) = (text(rows.column(rest.key), row), from) {
                let rest = (from, to.unwrap_or(i64::MAX));
                state.entry(key.into_owned()).or_default().push(rest);
            }
        }
    }
    if !backwards.is_empty() {
        *at(state.negative.entry(None).or_default(), 0) += backwards.len() as u64;
    }
    for ((entity, outside), counts) in plan.entities.iter().zip(&mut state.entities) {
        let (scoped, placement) = plan.outside[*outside];
        let scopes = scoped.and_then(|variant| rows.scopes[variant].as_ref());
        // 0 is no entity; the others are one more than their place among the names.
        let entities = codes(rows.column(*entity), 0, |name| {
            let known = counts.by_name.get_index_of(name);
            let index = known.unwrap_or_else(|| counts.by_name.insert_full(name.to_owned(), Vec::new()).0);
            index as u32 + 1
        });
        for (row, period) in periods[placement].iter().enumerate() {
            if *period == NONE {
                continue;
            }
            let counts = match (entities[row] as usize).checked_sub(1) {
                Some(index) => &mut counts.by_name[index],
                None => &mut counts.none,
            };
            *at(counts, scopes.map_or(0, |scopes| scopes[row] as usize)) += 1;
        }
    }
    for ((scoped, placement), counts) in plan.outside.iter().zip(&mut state.outside) {
        let scopes = scoped.and_then(|variant| rows.scopes[variant].as_ref());
        for (row, period) in periods[*placement].iter().enumerate() {
            if *period == NONE {
                counts[scopes.map_or(0, |scopes| scopes[row] as usize)] += 1;
            }
        }
    }
    if let Some(scopes) = rows.scopes.iter().flatten().next() {
        state.other_scopes += scopes.iter().filter(|scope| **scope == 0).count() as u64;
    }
}
