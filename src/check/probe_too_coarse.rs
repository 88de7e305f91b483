//! Probes so far apart that one missed probe misses the target.

use super::card::{Card, Findings, edge};
use crate::quantity::{Quantity, Rational, Unit, format_duration};
use crate::resolve::terms::Measure;

pub(super) const RULE: &str = "probe-too-coarse";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    for kpi in card.judged() {
        let Measure::Probes {
            every: Some(every),
            calendar,
            ..
        } = &kpi.measure
        else {
            continue;
        };
        let Some((level, true)) = kpi.target.as_ref().and_then(edge) else {
            continue;
        };
        let scheduled = scheduled(card, calendar);
        let Some(lost) = Rational::new(*every, scheduled) else {
            continue;
        };
        let left = &Rational::one() - &lost;
        if left >= level.number {
            continue;
        }
        // The longest interval at which one missed probe keeps the target.
        let room = (&Rational::one() - &level.number) * Rational::integer(scheduled);
        findings.about(
            kpi,
            card.place(
                &["kpis", &kpi.id, "measure", "probes", "every"],
                card.field(kpi, "measure"),
            ),
            format!(
                "one missed probe a period leaves {} of `{}`, below its target of {}",
                Quantity::new(left, Unit::Percent).display(kpi.decimals + 2),
                kpi.id,
                level.display(kpi.decimals)
            ),
            "too far apart for the target",
            format!(
                "probe at least every {}, or promise less",
                format_duration(&room.round(0, crate::quantity::Rounding::Floor), 0)
            ),
        );
    }
}

/// Microseconds that a calendar is open in a period of nominal length.
fn scheduled(card: &Card<'_>, calendar: &str) -> i64 {
    const MINUTES_OF_WEEK: i64 = 7 * 24 * 60;
    let open = card.terms.calendars.get(calendar).map_or(MINUTES_OF_WEEK, |calendar| {
        calendar
            .open
            .iter()
            .flatten()
            .map(|(from, to)| i64::from(*to) - i64::from(*from))
            .sum()
    });
    card.period_length() / MINUTES_OF_WEEK * open
}
