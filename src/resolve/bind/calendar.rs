//! Calendars.

use indexmap::IndexMap;
use jiff::tz::TimeZone;

use super::Binder;
use crate::diagnostics::Diagnostic;
use crate::model;
use crate::resolve::terms::{Calendar, Id};

/// The built-in calendar that never closes.
pub(super) const ALWAYS: &str = "always";

impl Binder<'_> {
    /// Binds every calendar; `always` comes first.
    pub(super) fn calendars(&mut self, zone: &TimeZone) -> IndexMap<Id, Calendar> {
        let mut calendars = IndexMap::from([(ALWAYS.to_owned(), Calendar::always())]);
        for (id, written) in &self.card.sections.calendars {
            let at = self.at.step("calendars").step(id);
            if &**id == ALWAYS {
                let finding = Diagnostic::new("duplicate-id", at.key_span(), "the calendar `always` is built in");
                self.diagnostics.push(finding.help("give this one another id"));
                continue;
            }
            if let Some(open) = self.open_hours(written, id) {
                let calendar = Calendar {
                    zone: written
                        .zone
                        .as_ref()
                        .map_or_else(|| zone.clone(), |zone| zone.0.clone()),
                    open,
                    holidays: sorted(written.holidays.clone().unwrap_or_default()),
                    always: false,
                };
                calendars.insert(id.to_string(), calendar);
            }
        }
        calendars
    }

    /// Spreads the open hours over the week; hours that touch or overlap on a day become one.
    fn open_hours(&mut self, written: &model::Calendar, id: &str) -> Option<[Vec<(u16, u16)>; 7]> {
        let mut open: [Vec<(u16, u16)>; 7] = Default::default();
        for (days, hours) in written.open.as_ref()? {
            for (_, intervals) in open.iter_mut().enumerate().filter(|(day, _)| days.0[*day]) {
                intervals.extend(hours.iter().map(|hours| (hours.from, hours.to)));
            }
        }
        for intervals in &mut open {
            intervals.sort_unstable();
            *intervals = union(intervals);
        }
        let at = self.at.step("calendars").step(id).step("open");
        // Hours or days that could not be read have been reported.
        let unread = self.broken().holds(at) || at.node().is_some_and(|node| self.broken().at_keys_within(node));
        if open.iter().all(Vec::is_empty) && !unread {
            let finding = Diagnostic::new("invalid-value", at.span(), format!("calendar `{id}` never opens"));
            self.diagnostics
                .push(finding.help("write open hours such as `mon-fri: [\"08:00-18:00\"]`"));
        }
        Some(open)
    }
}

fn union(sorted: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let mut whole: Vec<(u16, u16)> = Vec::new();
    for &(from, to) in sorted {
        match whole.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => whole.push((from, to)),
        }
    }
    whole
}

fn sorted(mut days: Vec<jiff::civil::Date>) -> Vec<jiff::civil::Date> {
    days.sort_unstable();
    days.dedup();
    days
}
