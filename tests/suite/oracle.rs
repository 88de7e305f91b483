//! The columnar evaluator against a naive one that looks at every row and every minute.
//!
//! The naive one knows nothing of intervals, cells or deadlines: it walks the minutes of three months,
//! one of them with a clock change, and counts.

use std::sync::OnceLock;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use proptest::prelude::*;
use scoreline::measure::{Inputs, Options, Request, measure};
use scoreline::quantity::Rational;
use scoreline::tables;

use crate::measure::{World, of};

const ZONE: &str = "Europe/Berlin";
const MONTHS: [&str; 3] = ["2026-02", "2026-03", "2026-04"];
const MINUTE: i64 = 60_000_000;

/// One minute from the first of February on.
struct Minute {
    month: usize,
    /// Mondays to Fridays from 08:00 to 18:00.
    office: bool,
    /// Sundays, four hours from 02:00 on.
    maintenance: bool,
}

fn first() -> i64 {
    let start: Zoned = format!("2026-02-01T00:00[{ZONE}]").parse().expect("a zoned time");
    start.timestamp().as_microsecond() / MINUTE
}

fn minutes() -> &'static [Minute] {
    static MINUTES: OnceLock<Vec<Minute>> = OnceLock::new();
    MINUTES.get_or_init(|| {
        let zone = TimeZone::get(ZONE).expect("bundled");
        let mut windows_left = 0;
        let mut minutes = Vec::new();
        for n in first().. {
            let at = Timestamp::from_microsecond(n * MINUTE)
                .expect("in range")
                .to_zoned(zone.clone());
            let month = usize::from(at.month().unsigned_abs()) - 2;
            if month > 2 {
                break;
            }
            let weekday = at.weekday().to_monday_zero_offset();
            // On the 29th of March 02:00 does not exist: the window begins with the change, at 03:00.
            let skipped = at.month() == 3 && at.day() == 29;
            if weekday == 6 && at.hour() == if skipped { 3 } else { 2 } && at.minute() == 0 {
                windows_left = 240;
            }
            let maintenance = windows_left > 0;
            windows_left -= i32::from(maintenance);
            minutes.push(Minute {
                month,
                office: weekday < 5 && (8..18).contains(&at.hour()),
                maintenance,
            });
        }
        minutes
    })
}

fn text(minute: i64) -> String {
    let at = Timestamp::from_microsecond((first() + minute) * MINUTE).expect("in range");
    at.to_string()
}

/// The first minute of each month and the end.
fn ends() -> [i64; 4] {
    let all = minutes();
    let end = |month| all.iter().filter(|minute| minute.month < month).count() as i64;
    [0, end(1), end(2), end(3)]
}

/// A ticket; times in minutes from the first of February.
#[derive(Clone, Debug)]
struct Ticket {
    opened: i64,
    took: Option<i64>,
    paused: Option<(i64, i64)>,
    priority: u8,
    score: Option<i64>,
    good: bool,
}

fn ticket() -> impl Strategy<Value = Ticket> {
    let paused = prop::option::of((0..9000i64, 1..4000i64));
    let took = prop::option::weighted(0.8, prop_oneof![0..2000i64, 0..60_000i64]);
    (
        0..120_000i64,
        took,
        paused,
        0..4u8,
        prop::option::of(-50..1000i64),
        any::<bool>(),
    )
        .prop_map(|(opened, took, paused, priority, score, good)| Ticket {
            opened,
            took,
            paused: paused.map(|(after, lasts)| (opened + after, opened + after + lasts)),
            priority,
            score,
            good,
        })
}

impl Ticket {
    fn resolved(&self) -> Option<i64> {
        self.took.map(|took| self.opened + took)
    }

    fn line(&self) -> String {
        let or_empty = |minute: Option<i64>| minute.map_or(String::new(), text);
        format!(
            "{},{},{},{},{},{},{}\n",
            text(self.opened),
            or_empty(self.resolved()),
            or_empty(self.paused.map(|paused| paused.0)),
            or_empty(self.paused.map(|paused| paused.1)),
            ["P1", "P2", "P3", ""][usize::from(self.priority)],
            self.score
                .map_or(String::new(), |score| Rational::from_decimal(score, 1).to_fixed(1)),
            self.good,
        )
    }

    /// The open minutes from opening to `end` in which nothing paused.
    fn elapsed(&self, end: i64, office: bool) -> i64 {
        let all = minutes();
        let paused = |minute: &i64| self.paused.is_some_and(|(from, to)| (from..to).contains(minute));
        let open = |minute: &i64| !office || all.get(*minute as usize).is_some_and(|minute| minute.office);
        (self.opened..end)
            .filter(|minute| open(minute) && !paused(minute))
            .count() as i64
    }
}

fn month_of(minute: i64) -> Option<usize> {
    let ends = ends();
    (0..3).find(|month| (ends[*month]..ends[month + 1]).contains(&minute))
}

/// In time and judged, by the words of the language.
fn on_time(tickets: &[&Ticket], month: usize, mode: &str, limit: i64, office: bool) -> (i64, i64) {
    let end = ends()[month + 1];
    let (mut in_time, mut judged) = (0, 0);
    for ticket in tickets {
        let stop = ticket.resolved().filter(|stop| *stop < end);
        let late = ticket.elapsed(stop.unwrap_or(end), office) > limit;
        let counts = match (mode, stop) {
            ("opened_in_period", _) => month_of(ticket.opened) == Some(month),
            (_, Some(stop)) => month_of(stop) == Some(month),
            ("count_until_resolved", None) => ticket.opened < end && late,
            _ => false,
        };
        if counts {
            judged += 1;
            in_time += i64::from(stop.is_some() && !late);
        }
    }
    (in_time, judged)
}

fn share(part: i64, whole: i64) -> Option<Rational> {
    Rational::new(part, whole)
}

/// Type 7, over tenths.
fn percentile(mut values: Vec<i64>, hundredths: i64) -> Option<Rational> {
    values.sort_unstable();
    let last = values.len().checked_sub(1)? as i64;
    let (below, part) = (last * hundredths / 100, last * hundredths % 100);
    let at = |index: i64| values[index.min(last) as usize];
    let tenths = at(below) * 100 + (at(below + 1) - at(below)) * part;
    Rational::new(tenths, 1000)
}

fn facts(sections: &str, files: &[(&str, &str)], chunk: usize) -> impl Fn(&str, usize) -> Option<Rational> + use<> {
    let world = World::of(ZONE, sections, files);
    let requests = [Request {
        card: &world.cards[0],
        periods: MONTHS.iter().map(|label| world.period(label)).collect(),
    }];
    let options = Options {
        read: tables::Options {
            chunk,
            ..tables::Options::default()
        },
        ..Options::default()
    };
    let inputs = Inputs {
        data: &world.data,
        documents: None,
    };
    let facts = measure(&requests, inputs, options).unwrap_or_else(|failure| panic!("{failure:#?}"));
    let periods: Vec<_> = requests[0].periods.clone();
    move |kpi, month| of(&facts, "card", kpi, periods[month]).net.value()
}

const CALENDAR: &str = "calendars: { office: { zone: Europe/Berlin, open: { mon-fri: [\"08:00-18:00\"] } } }\n";

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_counted_and_added_up(
        tickets in prop::collection::vec(ticket(), 0..40),
        threshold in -20..900i64,
        share_of in 0..=100i64,
        chunk in 40..4000usize,
    ) {
        let sections = format!(
            "{CALENDAR}
sources:
  t: {{ path: t.csv, time_zone: UTC, at: resolved, covers: {{ through: 2026-12-31 }} }}
kpis:
  ratio: {{ title: K, measure: {{ ratio: {{ source: t, where: priority = 'P1', hit: good }} }} }}
  above: {{ title: K, measure: {{ count: {{ source: t, where: score * 10 > {threshold} }} }} }}
  mean: {{ title: K, unit: number, measure: {{ mean: {{ source: t, of: score }} }} }}
  part: {{ title: K, unit: number, measure: {{ percentile: {{ source: t, of: score, p: {share_of} }} }} }}
  most: {{ title: K, unit: number, measure: {{ max: {{ source: t, of: score }} }} }}
"
        );
        let text: String = tickets.iter().map(Ticket::line).collect();
        let text = format!("opened,resolved,from,to,priority,score,good\n{text}");
        let value = facts(&sections, &[("t.csv", &text)], chunk);
        for month in 0..3 {
            let own: Vec<&Ticket> = tickets.iter().filter(|t| t.resolved().and_then(month_of) == Some(month)).collect();
            let first: Vec<_> = own.iter().filter(|t| t.priority == 0).collect();
            let good = first.iter().filter(|t| t.good).count();
            prop_assert_eq!(value("ratio", month), share(good as i64, first.len() as i64));
            let scores: Vec<i64> = own.iter().filter_map(|t| t.score).collect();
            let above = scores.iter().filter(|score| **score > threshold).count();
            prop_assert_eq!(value("above", month), share(above as i64, 1));
            prop_assert_eq!(value("mean", month), share(scores.iter().sum(), scores.len() as i64 * 10));
            prop_assert_eq!(value("most", month), scores.iter().max().and_then(|most| share(*most, 10)));
            prop_assert_eq!(value("part", month), percentile(scores, share_of));
        }
    }

    #[test]
    fn clocks_run_as_minutes_are_counted(
        tickets in prop::collection::vec(ticket(), 0..24),
        limits in prop::collection::vec(1..3000i64, 3),
        office in any::<bool>(),
        chunk in 40..4000usize,
    ) {
        let modes = ["count_until_resolved", "resolved_only", "opened_in_period"];
        let calendar = if office { "office" } else { "always" };
        let kpis: String = modes
            .iter()
            .map(|mode| {
                format!(
                    "  {}:
    title: K
    measure: {{ on_time: {{ source: t, clock: c, calendar: {calendar}, overdue: {mode} }} }}
    each:
      column: priority
      rows: {{ P1: {{ within: {}m }}, P2: {{ within: {}m }}, P3: {{ within: {}m }} }}
",
                    mode.replace('_', "-"), limits[0], limits[1], limits[2]
                )
            })
            .collect();
        let sections = format!(
            "{CALENDAR}
sources:
  t:
    path: t.csv
    time_zone: UTC
    covers: {{ through: 2026-12-31 }}
    clocks: {{ c: {{ start: opened, stop: resolved, paused: {{ span: [from, to] }} }} }}
kpis:
{kpis}"
        );
        let text: String = tickets.iter().map(Ticket::line).collect();
        let text = format!("opened,resolved,from,to,priority,score,good\n{text}");
        let value = facts(&sections, &[("t.csv", &text)], chunk);
        for mode in modes {
            for priority in 0..3u8 {
                let own: Vec<&Ticket> = tickets.iter().filter(|ticket| ticket.priority == priority).collect();
                let limit = limits[usize::from(priority)];
                for (month, label) in MONTHS.iter().enumerate() {
                    let (in_time, judged) = on_time(&own, month, mode, limit, office);
                    let kpi = format!("{}-p{}", mode.replace('_', "-"), priority + 1);
                    prop_assert_eq!(value(&kpi, month), share(in_time, judged), "{} {}", kpi, label);
                }
            }
        }
    }

    #[test]
    fn availability_is_a_count_of_minutes(
        outages in prop::collection::vec((0..127_000i64, prop_oneof![1..600i64, 1..20_000i64], any::<bool>()), 0..12),
        cap in 0..20i64,
        downtime in any::<bool>(),
        office in any::<bool>(),
        remove in any::<[bool; 2]>(),
        maintenance_first in any::<bool>(),
    ) {
        let mode = |remove| if remove { "remove" } else { "deem_available" };
        let sections = format!(
            "{CALENDAR}
sources:
  o: {{ path: o.csv, time_zone: UTC, span: [started, ended], covers: {{ through: 2026-12-31 }} }}
kpis:
  k:
    title: K
    measure: {{ availability: {{ source: o, calendar: {} }} }}
    carve_outs: [{}]
carve_outs:
  m:
    title: M
    by: {{ schedule: {{ rrule: \"FREQ=WEEKLY;BYDAY=SU;BYHOUR=2\", lasts: 4h, from: 2026-02-01 }} }}
    mode: {}
    cap: {{ hours: {cap}, per: month, counts: {} }}
  c: {{ title: C, by: {{ where: ours }}, mode: {} }}
",
            if office { "office" } else { "always" },
            if maintenance_first { "m, c" } else { "c, m" },
            mode(remove[0]),
            if downtime { "downtime" } else { "windows" },
            mode(remove[1]),
        );
        let rows = outages.iter().map(|(start, lasts, ours)| format!("{},{},{ours}\n", text(*start), text(start + lasts)));
        let text = format!("started,ended,ours\n{}", rows.collect::<String>());
        let value = facts(&sections, &[("o.csv", &text)], 1 << 16);
        let all = minutes();
        let (mut down, mut ours) = (vec![false; all.len()], vec![false; all.len()]);
        for (start, lasts, own) in &outages {
            for minute in *start..(start + lasts).min(all.len() as i64) {
                down[minute as usize] = true;
                ours[minute as usize] |= own;
            }
        }
        for (month, label) in MONTHS.iter().enumerate() {
            let (mut scheduled, mut removed, mut lost, mut spent) = (0i64, 0i64, 0i64, 0i64);
            for (n, minute) in all.iter().enumerate().filter(|(_, minute)| minute.month == month) {
                if office && !minute.office {
                    continue;
                }
                scheduled += 1;
                let planned = minute.maintenance && spent < cap * 60;
                let planned = planned && (maintenance_first || !ours[n]);
                if planned {
                    spent += i64::from(!downtime || down[n]);
                }
                let by = match (planned, ours[n]) {
                    (true, _) => Some(remove[0]),
                    (false, true) => Some(remove[1]),
                    (false, false) => None,
                };
                removed += i64::from(by == Some(true));
                lost += i64::from(by.is_none() && down[n]);
            }
            let base = scheduled - removed;
            prop_assert_eq!(value("k", month), share(base - lost, base), "{}", label);
        }
    }
}
