//! Downtime and what is carved out of it: the steps of the language's §3.2.

use std::collections::BTreeMap;

use super::interval::Intervals;
use crate::quantity::Rational;
use crate::resolve::terms::{CapCounts, CarveOutMode};

const MINUTE: i64 = 60_000_000;

/// One interruption, `[start, end)` in microseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// When it began.
    pub start: i64,
    /// When it ended; for one that goes on, the end of what is known.
    pub end: i64,
    /// What an instant of it weighs, 0..=1; `None` is 1.
    pub weight: Option<Rational>,
}

/// The instants at which something was down, and what each weighs.
#[derive(Clone, Debug, Default)]
pub struct Down {
    /// Disjoint outages: unioned and as the measure's rules leave them.
    pub support: Intervals,
    /// Disjoint stretches that weigh less than 1.
    lighter: Vec<(i64, i64, Rational)>,
}

/// A carve-out as it bears on one measurement.
#[derive(Clone, Debug)]
pub struct Clause {
    /// What excluded time becomes.
    pub mode: CarveOutMode,
    /// The instants it covers.
    pub windows: Intervals,
    /// How much it may exclude.
    pub cap: Option<Cap>,
}

/// How much a carve-out may exclude.
#[derive(Clone, Debug)]
pub struct Cap {
    /// Microseconds per stretch.
    pub time: i64,
    /// What spends it.
    pub counts: CapCounts,
    /// The stretches it renews with, in order of time.
    pub stretches: Vec<(i64, i64)>,
}

/// What is left of scheduled time, in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// A: scheduled.
    pub scheduled: i64,
    /// B: excluded by `remove` clauses.
    pub removed: i64,
    /// D: downtime outside every exclusion, weighted.
    pub down: Rational,
    /// Downtime inside exclusions of `deem_available` clauses, weighted.
    pub deemed: Rational,
    /// Outages that keep downtime outside every exclusion.
    pub events: u64,
    /// One per clause, in order.
    pub clauses: Vec<Excluded>,
    /// The scheduled instants.
    pub scheduled_time: Intervals,
    /// The instants that any clause excludes.
    pub excluded_time: Intervals,
    /// The instants of D.
    pub down_time: Intervals,
    lighter: Vec<(i64, i64, Rational)>,
}

/// What one clause excluded.
#[derive(Clone, Debug, Default)]
pub struct Excluded {
    /// The instants it excludes.
    pub windows: Intervals,
    /// Of them, downtime, weighted.
    pub down: Rational,
    /// Microseconds its cap refused.
    pub refused: i64,
}

impl Down {
    /// Unions outages, touching ones merged; then keeps whole clock minutes, then outages that are not
    /// shorter than `ignore_shorter`.
    pub fn of(outages: &[Outage], whole_minutes: bool, ignore_shorter: Option<i64>) -> Self {
        let union = Intervals::union_of(outages.iter().map(|outage| (outage.start, outage.end)));
        let kept = union.iter().filter_map(|(start, end)| {
            let (start, end) = if whole_minutes {
                // Zones differ from UTC by whole minutes, so minutes of UTC are minutes of the clock.
                (
                    start.checked_add(MINUTE - 1)?.div_euclid(MINUTE) * MINUTE,
                    end.div_euclid(MINUTE) * MINUTE,
                )
            } else {
                (start, end)
            };
            (start < end && ignore_shorter.is_none_or(|limit| end - start >= limit)).then_some((start, end))
        });
        Self {
            support: Intervals::union_of(kept),
            lighter: lighter(outages),
        }
    }

    /// Takes instants that all weigh 1.
    pub fn whole(support: Intervals) -> Self {
        Self {
            support,
            lighter: Vec::new(),
        }
    }

    fn weigh(&self, set: &Intervals) -> Rational {
        weigh(set, &self.lighter)
    }
}

impl Tally {
    /// Returns the weighted length of down instants.
    pub fn weigh(&self, set: &Intervals) -> Rational {
        weigh(set, &self.lighter)
    }
}

fn weigh(set: &Intervals, lighter: &[(i64, i64, Rational)]) -> Rational {
    let mut total = Rational::integer(set.length());
    for (start, end, weight) in lighter {
        let part = set.clip(*start, *end).length();
        if part > 0 {
            total = total - Rational::integer(part) * (Rational::one() - weight.clone());
        }
    }
    total
}

/// Returns the stretches in which the largest weight of all outages is below 1.
fn lighter(outages: &[Outage]) -> Vec<(i64, i64, Rational)> {
    if outages.iter().all(|outage| outage.weight.is_none()) {
        return Vec::new();
    }
    let mut changes: BTreeMap<i64, (Vec<Rational>, Vec<Rational>)> = BTreeMap::new();
    for outage in outages.iter().filter(|outage| outage.start < outage.end) {
        let weight = outage.weight.clone().unwrap_or_else(Rational::one);
        changes.entry(outage.start).or_default().0.push(weight.clone());
        changes.entry(outage.end).or_default().1.push(weight);
    }
    let mut running: BTreeMap<Rational, usize> = BTreeMap::new();
    let mut found = Vec::new();
    let mut since = i64::MIN;
    for (at, (begun, ended)) in changes {
        if let Some((largest, _)) = running.last_key_value()
            && *largest < Rational::one()
        {
            found.push((since, at, largest.clone()));
        }
        for weight in begun {
            *running.entry(weight).or_default() += 1;
        }
        for weight in ended {
            if let Some(count) = running.get_mut(&weight) {
                *count -= 1;
                if *count == 0 {
                    running.remove(&weight);
                }
            }
        }
        since = at;
    }
    found
}

/// Excludes what the clauses allow from scheduled time and adds up what is left in `[from, to)`.
///
/// `scheduled` may begin before `from`: what a cap's stretch spent earlier is spent.
pub fn tally(scheduled: &Intervals, down: &Down, clauses: &[Clause], from: i64, to: i64) -> Tally {
    let all_down = down.support.intersect(scheduled);
    let mut left = scheduled.clone();
    let mut tally = Tally {
        scheduled_time: scheduled.clip(from, to),
        lighter: down.lighter.clone(),
        ..Tally::default()
    };
    tally.scheduled = tally.scheduled_time.length();
    let mut excluded_time = Intervals::empty();
    for clause in clauses {
        let candidate = clause.windows.intersect(&left);
        let excluded = match &clause.cap {
            None => candidate.clone(),
            Some(cap) => spend(&candidate, &all_down, cap),
        };
        left = left.subtract(&excluded);
        let windows = excluded.clip(from, to);
        let down_here = down.weigh(&windows.intersect(&all_down));
        match clause.mode {
            CarveOutMode::Remove => tally.removed += windows.length(),
            CarveOutMode::DeemAvailable => tally.deemed = &tally.deemed + &down_here,
        }
        excluded_time = excluded_time.union(&windows);
        tally.clauses.push(Excluded {
            down: down_here,
            refused: candidate.clip(from, to).length() - windows.length(),
            windows,
        });
    }
    tally.down_time = all_down.intersect(&left).clip(from, to);
    tally.down = down.weigh(&tally.down_time);
    tally.excluded_time = excluded_time;
    let keeps = |&(start, end): &(i64, i64)| !tally.down_time.clip(start, end).is_empty();
    tally.events = down.support.iter().filter(keeps).count() as u64;
    tally
}

/// Returns the first instants of `candidate` in each stretch, until the cap is spent.
fn spend(candidate: &Intervals, down: &Intervals, cap: &Cap) -> Intervals {
    let mut excluded = Vec::new();
    for &(start, end) in &cap.stretches {
        let here = candidate.clip(start, end);
        match cap.counts {
            CapCounts::Windows => excluded.extend(here.split_at_length(cap.time).0.iter()),
            CapCounts::Downtime => {
                let (spending, _) = here.intersect(down).split_at_length(cap.time);
                // From the instant at which the last of it is spent nothing is excluded any more.
                let spent_at = if spending.length() < cap.time {
                    end
                } else {
                    spending.iter().last().map_or(start, |(_, spent)| spent)
                };
                excluded.extend(here.clip(start, spent_at).iter());
            }
        }
    }
    Intervals::union_of(excluded)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;

    fn outage(start: i64, end: i64) -> Outage {
        Outage {
            start,
            end,
            weight: None,
        }
    }

    fn clause(mode: CarveOutMode, windows: &[(i64, i64)]) -> Clause {
        Clause {
            mode,
            windows: Intervals::union_of(windows.iter().copied()),
            cap: None,
        }
    }

    fn month(days: i64, outages: &[Outage], clauses: &[Clause]) -> Tally {
        let down = Down::of(outages, false, None);
        tally(&Intervals::one(0, days * DAY), &down, clauses, 0, days * DAY)
    }

    fn percent(tally: &Tally) -> String {
        let base = tally.scheduled - tally.removed;
        let up = Rational::integer(base) - tally.down.clone();
        let value = up.checked_div(&Rational::integer(base)).expect("scheduled time");
        (value * Rational::integer(100)).to_fixed(4)
    }

    // conformance: carve-out-remove, carve-out-deem. 43,200 min, 10,000 excluded, 40 down:
    // 33,160 / 33,200 and 43,160 / 43,200.
    #[test]
    fn excluded_time_leaves_both_sides_or_counts_as_up() {
        let outages = [outage(20_000 * MINUTE, 20_040 * MINUTE)];
        let windows = [(0, 10_000 * MINUTE)];
        let removed = month(30, &outages, &[clause(CarveOutMode::Remove, &windows)]);
        assert_eq!(percent(&removed), "99.8795");
        let deemed = month(30, &outages, &[clause(CarveOutMode::DeemAvailable, &windows)]);
        assert_eq!(percent(&deemed), "99.9074");
    }

    // conformance: outage-across-maintenance
    #[test]
    fn only_the_part_inside_a_window_is_excluded() {
        let tally = month(
            30,
            &[outage(HOUR, 3 * HOUR)],
            &[clause(CarveOutMode::Remove, &[(2 * HOUR, 4 * HOUR)])],
        );
        assert_eq!(tally.down, Rational::integer(60 * MINUTE));
        assert_eq!(tally.scheduled - tally.removed, 43_080 * MINUTE);
        assert_eq!(percent(&tally), "99.8607");
        assert_eq!(tally.clauses[0].down, Rational::integer(HOUR));
    }

    fn sundays(counts: CapCounts) -> Clause {
        // October 2026 begins on a Thursday: Sundays are the 4th, 11th, 18th and 25th. The clock change
        // on the 25th adds an hour to the month; here it is added at the end.
        let windows: Vec<_> = [3, 10, 17, 24].map(|day| (day * DAY, day * DAY + 4 * HOUR)).to_vec();
        Clause {
            cap: Some(Cap {
                time: 12 * HOUR,
                counts,
                stretches: vec![(0, 31 * DAY + HOUR)],
            }),
            ..clause(CarveOutMode::Remove, &windows)
        }
    }

    fn october(outages: &[Outage], clause: Clause) -> Tally {
        let end = 31 * DAY + HOUR;
        let down = Down::of(outages, false, None);
        tally(&Intervals::one(0, end), &down, &[clause], 0, end)
    }

    // conformance: cap-counts-windows, cap-counts-downtime, cap-windows-spent-early
    #[test]
    fn a_cap_is_spent_by_windows_or_by_downtime() {
        let elsewhere = october(&[outage(5 * DAY, 5 * DAY + 6 * HOUR)], sundays(CapCounts::Windows));
        assert_eq!(elsewhere.scheduled - elsewhere.removed, 733 * HOUR);
        assert_eq!(percent(&elsewhere), "99.1814");
        assert_eq!(elsewhere.clauses[0].refused, 4 * HOUR);
        let fourth = [outage(24 * DAY, 24 * DAY + 4 * HOUR)];
        let spared = october(&fourth, sundays(CapCounts::Downtime));
        assert_eq!(spared.down, Rational::zero());
        assert_eq!(percent(&spared), "100.0000");
        let spent = october(&fourth, sundays(CapCounts::Windows));
        assert_eq!(spent.down, Rational::integer(4 * HOUR));
        assert_eq!(percent(&spent), "99.4543");
    }

    // conformance: maintenance-over-cap
    #[test]
    fn maintenance_beyond_its_cap_is_downtime() {
        let capped = Clause {
            cap: Some(Cap {
                time: 12 * HOUR,
                counts: CapCounts::Downtime,
                stretches: vec![(0, 30 * DAY)],
            }),
            ..clause(CarveOutMode::Remove, &[(0, 14 * HOUR)])
        };
        let tally = month(30, &[outage(0, 14 * HOUR)], &[capped]);
        assert_eq!(tally.down, Rational::integer(120 * MINUTE));
        assert_eq!(tally.scheduled - tally.removed, 42_480 * MINUTE);
        assert_eq!(percent(&tally), "99.7175");
    }

    #[test]
    fn a_minute_that_a_cap_refuses_passes_to_the_next_clause() {
        let capped = Clause {
            cap: Some(Cap {
                time: 2 * HOUR,
                counts: CapCounts::Windows,
                stretches: vec![(0, 30 * DAY)],
            }),
            ..clause(CarveOutMode::Remove, &[(0, 4 * HOUR)])
        };
        let next = clause(CarveOutMode::DeemAvailable, &[(HOUR, 3 * HOUR)]);
        let tally = month(30, &[outage(0, 4 * HOUR)], &[capped, next]);
        assert_eq!(tally.clauses[0].windows.as_slice(), [(0, 2 * HOUR)]);
        assert_eq!(tally.clauses[1].windows.as_slice(), [(2 * HOUR, 3 * HOUR)]);
        assert_eq!(tally.deemed, Rational::integer(HOUR));
        assert_eq!(tally.down, Rational::integer(HOUR));
        assert_eq!((tally.removed, tally.events), (2 * HOUR, 1));
    }

    // A cap per quarter, reported by month: the first month spends 10 of 12 h.
    #[test]
    fn what_a_stretch_spent_before_the_period_is_spent() {
        let capped = Clause {
            cap: Some(Cap {
                time: 12 * HOUR,
                counts: CapCounts::Windows,
                stretches: vec![(0, 90 * DAY)],
            }),
            ..clause(CarveOutMode::Remove, &[(0, 10 * HOUR), (40 * DAY, 40 * DAY + 5 * HOUR)])
        };
        let scheduled = Intervals::one(0, 60 * DAY);
        let second = tally(&scheduled, &Down::default(), &[capped], 30 * DAY, 60 * DAY);
        assert_eq!((second.removed, second.clauses[0].refused), (2 * HOUR, 3 * HOUR));
    }

    // conformance: weighted-outage. 60 min × 50/200 of 43,200.
    #[test]
    fn an_instant_weighs_the_largest_of_its_outages() {
        let quarter = Outage {
            weight: Rational::new(50, 200),
            ..outage(0, HOUR)
        };
        let tally = month(30, std::slice::from_ref(&quarter), &[]);
        assert_eq!(tally.down, Rational::integer(15 * MINUTE));
        assert_eq!(percent(&tally), "99.9653");
        let whole = outage(30 * MINUTE, 45 * MINUTE);
        let both = month(30, &[quarter, whole], &[]);
        assert_eq!(
            both.down,
            Rational::integer(15 * MINUTE) + Rational::new(45 * MINUTE, 4).expect("not zero")
        );
    }

    // conformance: full-minutes-only
    #[test]
    fn whole_minutes_are_kept_before_short_outages_are_ignored() {
        let outages = [outage(600 * MINUTE + 30_000_000, 605 * MINUTE + 40_000_000)];
        let whole = Down::of(&outages, true, None);
        assert_eq!(whole.support.length(), 4 * MINUTE);
        assert!(Down::of(&outages, true, Some(5 * MINUTE)).support.is_empty());
        assert_eq!(Down::of(&outages, true, Some(4 * MINUTE)).support.length(), 4 * MINUTE);
    }

    // Touching outages are one: 3 + 3 minutes are not shorter than 5.
    #[test]
    fn touching_outages_are_one_before_short_ones_are_ignored() {
        let outages = [outage(0, 3 * MINUTE), outage(3 * MINUTE, 6 * MINUTE)];
        assert_eq!(
            Down::of(&outages, false, Some(5 * MINUTE)).support.as_slice(),
            [(0, 6 * MINUTE)]
        );
    }
}
