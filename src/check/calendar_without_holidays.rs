//! A calendar with closing hours and no closed day.

use super::card::{Card, Findings};
use crate::resolve::terms::{Measure, Operand};

pub(super) const RULE: &str = "calendar-without-holidays";

pub(super) fn look(card: &Card<'_>, findings: &mut Findings<'_>) {
    let used = used(card);
    for (id, calendar) in &card.terms.calendars {
        if calendar.always || !calendar.holidays.is_empty() || !used.contains(&id.as_str()) {
            continue;
        }
        findings.push(
            &["calendars", id],
            card.name("calendars", id),
            format!("clocks in `{id}` run on public holidays"),
            "has no `holidays`",
            "add `holidays: [2026-12-25, …]`; where work really goes on, accept the finding with the reason"
                .to_string(),
        );
    }
}

/// The calendars that something is measured or due in.
fn used<'a>(card: &Card<'a>) -> Vec<&'a str> {
    let mut used: Vec<&str> = card.terms.business_days.iter().map(String::as_str).collect();
    for kpi in card.kpis() {
        for measure in super::card::measures(&kpi.measure) {
            used.extend(match measure {
                Measure::OnTime { calendar, .. } | Measure::Probes { calendar, .. } => Some(calendar.as_str()),
                Measure::Availability { outage, .. } | Measure::Failures { outage, .. } => {
                    Some(outage.calendar.as_str())
                }
                Measure::Aggregate {
                    of: Operand::Clock { calendar, .. },
                    ..
                } => Some(calendar.as_str()),
                _ => None,
            });
        }
    }
    used
}
