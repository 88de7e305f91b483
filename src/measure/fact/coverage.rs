use super::{Answers, View, worse};
use crate::measure::carve_out::day_end;
use crate::measure::facts::Coverage;
use crate::measure::plan::{Handle, RowsHandle};
use crate::quantity::Period;
use crate::resolve::terms::Covers;

impl Answers<'_> {
    /// Returns how much of the period a measure's data cover.
    pub(super) fn coverage(&self, handle: &Handle<'_>, view: View<'_>) -> Coverage {
        match handle {
            Handle::Nothing(_) => Coverage::None,
            Handle::Attested => Coverage::Full,
            Handle::Formula(_, parts) => {
                let parts = parts.values().map(|part| self.coverage(part, view));
                parts.fold(Coverage::Full, worse)
            }
            Handle::Rows(handle, _) => {
                let own = self.covered(handle, view, view.period);
                let earlier = view.periods(handle.window);
                let gap = earlier
                    .iter()
                    .any(|period| self.covered(handle, view, *period) == Coverage::None);
                match own {
                    // The value reaches back to periods without data: it is of what there is.
                    Coverage::Full if gap => Coverage::Partial(view.period.ends_at(&view.terms.time_zone)),
                    own => own,
                }
            }
        }
    }

    /// Returns how much of one period a source covers.
    pub(super) fn covered(&self, handle: &RowsHandle, view: View<'_>, period: Period) -> Coverage {
        let zone = &view.terms.time_zone;
        let (start, end) = (period.starts_at(zone), period.ends_at(zone));
        let cutoff = self.scan(handle).axes[handle.axis].cutoff;
        let through = match handle.covers {
            _ if self.all_covered => cutoff,
            Covers::Through(_) => cutoff,
            Covers::File => {
                let files = &self.done[handle.scan].files;
                let there = files.iter().any(|file| file.period.is_none_or(|of| of == period));
                if there { cutoff } else { i64::MIN }
            }
            Covers::LastRow => match self.last_period(handle, view) {
                Some(last) => cutoff.min(last.ends_at(zone)),
                None => i64::MIN,
            },
        };
        if through <= start {
            Coverage::None
        } else if through < end {
            Coverage::Partial(through)
        } else {
            Coverage::Full
        }
    }

    fn last_period(&self, handle: &RowsHandle, view: View<'_>) -> Option<Period> {
        let last = self.done[handle.scan].state.lasts[handle.last?]?;
        let at = jiff::Timestamp::from_microsecond(last).ok()?;
        let day = at.to_zoned(view.terms.time_zone.clone()).date();
        Some(view.period.scheme().containing(day))
    }

    /// Returns why a measure has no data for the period; `None` when it has.
    ///
    /// What the source itself lacks is said first: reading further would not help.
    pub(super) fn uncovered(&self, handle: &RowsHandle, view: View<'_>) -> Option<String> {
        if self.covered(handle, view, view.period) != Coverage::None {
            return None;
        }
        let (source, start) = (&handle.source, view.period.starts_at(&view.terms.time_zone));
        let own = match handle.covers {
            _ if self.all_covered => None,
            Covers::File => {
                let mut files = self.done[handle.scan].files.iter();
                let there = files.any(|file| file.period.is_none_or(|of| of == view.period));
                (!there).then(|| format!("`{source}` has no file for {}", view.period))
            }
            Covers::LastRow => match self.last_period(handle, view) {
                Some(last) if last.ends_at(&view.terms.time_zone) > start => None,
                Some(last) => Some(format!("the last row of `{source}` is of {last}")),
                None => Some(format!("`{source}` has no rows")),
            },
            Covers::Through(day) if day_end(day, &view.terms.time_zone) > start => None,
            Covers::Through(day) => Some(format!("`{source}` covers up to {day}")),
        };
        Some(own.unwrap_or_else(|| match self.data_through {
            Some(day) => format!("data are read up to {day} only"),
            None => format!("`{source}` is read up to an earlier day"),
        }))
    }

    /// Returns the stretches of time that the data cover of some periods, in order.
    pub(super) fn covered_time(&self, handle: &RowsHandle, view: View<'_>, periods: &[Period]) -> Vec<(i64, i64)> {
        let zone = &view.terms.time_zone;
        let mut found = Vec::new();
        for period in periods {
            let start = period.starts_at(zone);
            match self.covered(handle, view, *period) {
                Coverage::None => {}
                Coverage::Partial(end) => found.push((start, end)),
                Coverage::Full => found.push((start, period.ends_at(zone))),
            }
        }
        found
    }
}
