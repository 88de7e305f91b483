use std::collections::HashMap;

use arrow_buffer::BooleanBuffer;

use super::Others;
use super::group::{Class, GroupKey, Groups, NONE};
use crate::expression::{Batch, Column, Output};
use crate::measure::axis::Axis;
use crate::measure::clock::{History, Rests, settle};
use crate::measure::interval::Intervals;
use crate::measure::plan::{ClockPlan, Grouping, Moment, Out, PlaceBy, RestPlan, ScanPlan, TickPlan};
use crate::measure::value::{codes, holds, moment, number, text};
use crate::tables::{Cases, Snapshot, Track};

/// A batch with everything that is computed of it.
pub(super) struct Rows<'a> {
    pub(super) plan: &'a ScanPlan,
    pub(super) len: usize,
    /// The columns read, then those looked up.
    pub(super) batch: Batch,
    /// By variant, then by number.
    pub(super) outputs: Vec<Vec<Output>>,
    /// The scope of each row, by variant; 0 where no scorecard has it.
    pub(super) scopes: Vec<Option<Vec<u32>>>,
    pub(super) others: &'a Others<'a>,
    pub(super) cases: Option<CasesView<'a>>,
}

/// The cases of an event log as of one instant.
#[derive(Clone, Copy)]
pub(super) struct CasesView<'a> {
    pub(super) cases: &'a Cases,
    pub(super) snapshot: &'a Snapshot,
    /// Whether no later snapshot follows.
    pub(super) is_last: bool,
}

/// The group and period of each row.
pub(super) struct Slots {
    /// `group · periods + period`, [`NONE`] for rows that are in none.
    pub(super) of: Vec<u32>,
    pub(super) present: BooleanBuffer,
    /// The only slot, where all rows have one.
    pub(super) single: Option<u32>,
}

impl Rows<'_> {
    pub(super) fn output(&self, out: Out) -> &Output {
        &self.outputs[out.variant][out.number]
    }

    pub(super) fn column(&self, out: Out) -> &Column {
        &self.output(out).column
    }

    /// Returns each row's group.
    pub(super) fn groups(&self, grouping: &Grouping, groups: &mut Groups) -> Vec<u32> {
        let scopes = grouping.scoped.and_then(|variant| self.scopes[variant].as_ref());
        let each = grouping.each.map(|each| {
            let column = self.column(each);
            codes(column, 0, |value| grouping.values.get(value).copied().unwrap_or(0))
        });
        let entities = grouping
            .entity
            .map(|entity| codes(self.column(entity), 0, |name| groups.entity(name)));
        let wheres: Vec<BooleanBuffer> = grouping.wheres.iter().map(|out| holds(self.column(*out))).collect();
        let plain = groups.class(Class::default());
        let classed = !wheres.is_empty() || (grouping.ticket.is_some() && !grouping.tickets.is_empty());
        let mut known: Option<(GroupKey, u32)> = None;
        let mut group = |key: GroupKey, groups: &mut Groups| match known {
            Some((last, number)) if last == key => number,
            _ => {
                let number = groups.group(key);
                known = Some((key, number));
                number
            }
        };
        if scopes.is_none() && each.is_none() && entities.is_none() && !classed {
            let key = GroupKey {
                scope: 0,
                each: 0,
                entity: 0,
                class: plain,
            };
            return vec![group(key, groups); self.len];
        }
        (0..self.len)
            .map(|row| {
                let scope = scopes.map_or(0, |scopes| scopes[row]);
                let value = each.as_ref().map_or(0, |each| each[row]);
                if (grouping.scoped.is_some() && scope == 0) || (each.is_some() && value == 0) {
                    return NONE;
                }
                let class = if classed {
                    self.class(grouping, &wheres, scope, row)
                        .map_or(plain, |class| groups.class(class))
                } else {
                    plain
                };
                let key = GroupKey {
                    scope,
                    each: value,
                    entity: entities.as_ref().map_or(0, |entities| entities[row]),
                    class,
                };
                group(key, groups)
            })
            .collect()
    }

    /// Returns which carve-outs cover a row; `None`: no one.
    fn class(&self, grouping: &Grouping, wheres: &[BooleanBuffer], scope: u32, row: usize) -> Option<Class> {
        let held = wheres.iter().enumerate().filter(|(_, held)| held.value(row));
        let wheres: Vec<usize> = held.map(|(number, _)| number).collect();
        let ticket = grouping.ticket.filter(|_| !grouping.tickets.is_empty());
        let claims = ticket
            .and_then(|ticket| text(self.column(ticket), row))
            .and_then(|ticket| grouping.tickets.get(&(scope, ticket.into_owned())))
            .cloned()
            .unwrap_or_default();
        (!wheres.is_empty() || !claims.is_empty()).then_some(Class { wheres, claims })
    }

    /// Returns each row's instant.
    pub(super) fn moments(&self, at: &Moment) -> Vec<Option<i64>> {
        (0..self.len).map(|row| self.tick(at.tick, &at.zone, row)).collect()
    }

    fn tick(&self, tick: TickPlan, zone: &jiff::tz::TimeZone, row: usize) -> Option<i64> {
        match tick {
            TickPlan::Value(out) => moment(self.column(out), row, zone, false),
            TickPlan::First(condition) => self.track(condition, row)?.marks.first().copied(),
            TickPlan::Last(condition) => self.track(condition, row)?.marks.last().copied(),
            TickPlan::Start(clock) => self.clock(&self.plan.clocks[clock], row).0,
            TickPlan::Stop(clock) => self.clock(&self.plan.clocks[clock], row).1,
        }
    }

    fn track(&self, condition: usize, row: usize) -> Option<std::borrow::Cow<'_, Track>> {
        let view = self.cases?;
        let case = *view.snapshot.cases.get(row)? as usize;
        let track = view.cases.tracks.get(condition)?.get(case)?;
        Some(match view.snapshot.end {
            None => std::borrow::Cow::Borrowed(track),
            Some(end) => std::borrow::Cow::Owned(track.as_of(end)),
        })
    }

    /// Returns the period of each row, [`NONE`] outside all of them.
    pub(super) fn periods(&self, by: &PlaceBy, axis: &Axis) -> Vec<u32> {
        let moments = match by {
            // Intervals are kept without periods; those of cases as they stood at the end of each.
            PlaceBy::Nothing if self.plan.stands_at_each_end() => {
                let own = (0..axis.len()).find(|period| self.is_judged(axis, *period));
                return vec![own.map_or(NONE, |period| period as u32); self.len];
            }
            PlaceBy::Clock | PlaceBy::Nothing => return vec![0; self.len],
            PlaceBy::Period(period) => {
                let index = axis.index(*period).filter(|index| self.is_judged(axis, *index));
                return vec![index.map_or(NONE, |index| index as u32); self.len];
            }
            PlaceBy::Moment(at) => self.moments(at),
        };
        let mut last: Option<usize> = None;
        moments
            .into_iter()
            .map(|at| {
                let Some(at) = at else { return NONE };
                if last.is_none_or(|index| !axis.contains(index, at)) {
                    last = axis.locate(at);
                }
                let index = last.filter(|index| self.is_judged(axis, *index));
                index.map_or(NONE, |index| index as u32)
            })
            .collect()
    }

    /// Whether a period is judged by these rows: of an event log only the snapshot at its end.
    pub(super) fn is_judged(&self, axis: &Axis, period: usize) -> bool {
        let end = self.cases.and_then(|view| view.snapshot.end);
        end.is_none_or(|end| axis.end(period) == end)
    }

    /// Puts groups and periods together.
    pub(super) fn slots(groups: &[u32], periods: &[u32], count: usize) -> Slots {
        let of: Vec<u32> = groups
            .iter()
            .zip(periods)
            .map(|(&group, &period)| {
                if group == NONE || period == NONE {
                    NONE
                } else {
                    group * count as u32 + period
                }
            })
            .collect();
        let single = of
            .first()
            .copied()
            .filter(|first| *first != NONE && of.iter().all(|slot| slot == first));
        let present = if single.is_some() {
            BooleanBuffer::new_set(of.len())
        } else {
            of.iter().map(|slot| *slot != NONE).collect()
        };
        Slots { of, present, single }
    }

    /// Whether a clock runs from one day to another, without times of day.
    pub(super) fn is_in_days(&self, clock: &ClockPlan) -> bool {
        let is_day = |tick| matches!(tick, TickPlan::Value(out) if matches!(self.column(out), Column::Date(_)));
        is_day(clock.start) && is_day(clock.stop)
    }

    /// Returns when a clock starts, stops and rests in a row; a start or stop may be missing.
    pub(super) fn clock(&self, clock: &ClockPlan, row: usize) -> (Option<i64>, Option<i64>, Rests) {
        let mut start = self.tick(clock.start, &clock.zone, row);
        let mut stop = self.tick(clock.stop, &clock.zone, row);
        let mut rests = match &clock.rest {
            None | Some(RestPlan::Nothing) => Rests::default(),
            Some(RestPlan::Minutes(out)) => Rests {
                intervals: Intervals::empty(),
                whole: number(self.column(*out), row).map_or(0, micros),
            },
            Some(RestPlan::Span(from, to)) => {
                let from = moment(self.column(*from), row, &clock.zone, false);
                let to = moment(self.column(*to), row, &clock.zone, true);
                Rests {
                    // A pause without an end goes on.
                    intervals: from.map_or_else(Intervals::empty, |from| Intervals::one(from, to.unwrap_or(i64::MAX))),
                    whole: 0,
                }
            }
            Some(RestPlan::Source(here, scan, number)) => Rests {
                intervals: text(self.column(*here), row)
                    .and_then(|key| self.others.rests(*scan, *number)?.get(&*key).cloned())
                    .unwrap_or_default(),
                whole: 0,
            },
            Some(RestPlan::While(condition)) => Rests {
                intervals: self.track(*condition, row).map_or_else(Intervals::empty, |track| {
                    let stretches = track.stretches.iter();
                    Intervals::union_of(stretches.map(|s| (s.from, s.to.unwrap_or(i64::MAX))))
                }),
                whole: 0,
            },
        };
        // Only a clock that stops at the last event can be stopped again: the first one stands.
        if let (TickPlan::Last(condition), Some(begun)) = (clock.stop, start)
            && let Some(track) = self.track(condition, row)
        {
            let (settled, last) = reopened(&track, begun, clock);
            start = Some(settled.0);
            stop = last;
            rests.intervals = rests.intervals.union(&settled.1);
        }
        (start, stop, rests)
    }

    /// Whether a row's own pause ends before it starts: it is none, and counted.
    pub(super) fn pauses_backwards(&self, clock: &ClockPlan, row: usize) -> bool {
        let Some(RestPlan::Span(from, to)) = clock.rest else {
            return false;
        };
        let from = moment(self.column(from), row, &clock.zone, false);
        let to = moment(self.column(to), row, &clock.zone, true);
        from.zip(to).is_some_and(|(from, to)| to < from)
    }

    /// Returns the rows of a batch with the columns that are looked up elsewhere.
    pub(super) fn widen(plan: &ScanPlan, batch: &Batch, others: &Others<'_>) -> Batch {
        let mut wide = batch.clone();
        for join in &plan.joins {
            let key = &wide.columns[join.on.at(plan.wanted.len())];
            let column = others.joined(join.scan, join.joiner).column(key);
            wide.columns.push(column);
        }
        wide
    }
}

/// Settles a clock that stops at the last event of a condition: start and rests, and the stop.
///
/// The condition may describe a state (resolved) or an event (resolve): either way it stops to hold
/// when another event follows, and holds again when the case is resolved again.
fn reopened(track: &Track, start: i64, clock: &ClockPlan) -> ((i64, Intervals), Option<i64>) {
    let count = track.stretches.len();
    let stops = track.stretches.iter().enumerate();
    let history = History {
        start,
        stops: stops
            .map(|(number, stretch)| (stretch.from, stretch.to.filter(|_| number + 1 < count)))
            .collect(),
    };
    let settled = settle(&history, clock.reopen.0, clock.reopen.1, i64::MAX);
    let stop = settled.stop.map(|stop| {
        // The literal last event of the stretch in which the case stayed stopped.
        let stretch = track.stretches.iter().find(|stretch| stretch.from == stop);
        let end = stretch.and_then(|stretch| stretch.to).unwrap_or(i64::MAX);
        if clock.reopen.0 == crate::resolve::terms::Reopen::Ignore {
            return stop;
        }
        let marks = track.marks.iter().filter(|mark| **mark >= stop && **mark < end);
        marks.max().copied().unwrap_or(stop)
    });
    ((settled.start, settled.rests), stop)
}

/// Returns minutes as whole microseconds.
fn micros(minutes: crate::measure::cell::Decimal) -> i64 {
    let factor = 10i128.checked_pow(u32::from(minutes.scale)).unwrap_or(i128::MAX);
    let micros = minutes.mantissa.saturating_mul(60_000_000) / factor;
    i64::try_from(micros).unwrap_or(if micros < 0 { i64::MIN } else { i64::MAX })
}

/// Returns the scope number of each row.
pub(super) fn scopes(plan: &ScanPlan, column: &Column) -> Vec<u32> {
    codes(column, 0, |scope| plan.scopes.get(scope).copied().unwrap_or(0))
}

/// Pauses of another source by the key that ties them, unioned.
pub(super) fn unioned(rests: HashMap<String, Vec<(i64, i64)>>) -> HashMap<String, Intervals> {
    rests
        .into_iter()
        .map(|(key, rests)| (key, Intervals::union_of(rests)))
        .collect()
}
