use std::sync::Arc;

use arrow_array::{Date32Array, TimestampMicrosecondArray};
use arrow_buffer::NullBufferBuilder;

use super::zone::{Instant, Offsets};
use super::{Bad, Build, Moment, Pattern, iso};

/// How days and instants are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct TimePlan {
    /// How they are written; `None`: ISO 8601.
    pub(crate) pattern: Option<Arc<Pattern>>,
    /// The zone of those without an offset, if the source names one.
    pub(crate) offsets: Option<Arc<Offsets>>,
}

/// Instants in microseconds of UTC.
#[derive(Debug)]
pub(crate) struct TimeBuilder {
    plan: TimePlan,
    values: Vec<i64>,
    nulls: NullBufferBuilder,
    near: usize,
    repairs: u64,
    /// The last day that was read, as written and as a number.
    last: ([u8; 10], i32),
}

impl TimePlan {
    fn read(&self, field: &[u8]) -> Result<Moment, Bad> {
        match &self.pattern {
            None => iso::moment(field),
            Some(pattern) => pattern.moment(field),
        }
    }
}

impl TimeBuilder {
    pub(crate) fn new(rows: usize, plan: TimePlan) -> Self {
        Self {
            plan,
            values: Vec::with_capacity(rows),
            nulls: NullBufferBuilder::new(rows),
            near: 0,
            repairs: 0,
            last: ([0; 10], 0),
        }
    }

    /// Takes an instant in microseconds of UTC.
    pub(crate) fn push_instant(&mut self, instant: i64) {
        self.values.push(instant);
        self.nulls.append_non_null();
    }

    /// Takes microseconds since 1970-01-01T00:00 on the clock of the source's zone.
    pub(crate) fn push_local(&mut self, local: i64) -> Result<(), Bad> {
        let Some(offsets) = &self.plan.offsets else {
            return Err(Bad::new("has no offset from UTC").rule("missing-time-zone"));
        };
        let instant = match offsets.instant(local, &mut self.near) {
            Instant::Clear(instant) => instant,
            Instant::Repaired(instant) => {
                self.repairs += 1;
                instant
            }
            Instant::Rejected { skipped } => {
                let what = if skipped {
                    "is a time that a clock change skips"
                } else {
                    "is a time that a clock change repeats"
                };
                return Err(Bad::new(what)
                    .rule("ambiguous-local-time")
                    .help("export an offset from UTC, or say `local_time: earlier` or `later`"));
            }
            Instant::OutOfRange => return Err(Bad::new("is out of range")),
        };
        self.push_instant(instant);
        Ok(())
    }

    /// Ends the column; with the number of local times that a clock change made ambiguous or skipped.
    pub(crate) fn finish(mut self) -> (TimestampMicrosecondArray, u64) {
        let nulls = self.nulls.finish();
        (TimestampMicrosecondArray::new(self.values.into(), nulls), self.repairs)
    }
}

impl Build for TimeBuilder {
    #[inline]
    fn push(&mut self, field: &[u8]) -> Result<(), Bad> {
        if self.plan.pattern.is_none()
            && let Some(moment) = iso::common(field, &mut self.last)
        {
            self.push_instant(moment.local());
            return Ok(());
        }
        let moment = self.plan.read(field)?;
        match moment.offset {
            Some(offset) => {
                self.push_instant(moment.local() - offset);
                Ok(())
            }
            None => self.push_local(moment.local()),
        }
    }

    fn push_null(&mut self) {
        self.values.push(0);
        self.nulls.append_null();
    }
}

/// Days since 1970-01-01.
#[derive(Debug)]
pub(crate) struct DateBuilder {
    plan: TimePlan,
    values: Vec<i32>,
    nulls: NullBufferBuilder,
}

impl DateBuilder {
    pub(crate) fn new(rows: usize, plan: TimePlan) -> Self {
        Self {
            plan,
            values: Vec::with_capacity(rows),
            nulls: NullBufferBuilder::new(rows),
        }
    }

    pub(crate) fn push_day(&mut self, day: i32) {
        self.values.push(day);
        self.nulls.append_non_null();
    }

    pub(crate) fn finish(mut self) -> Date32Array {
        Date32Array::new(self.values.into(), self.nulls.finish())
    }
}

impl Build for DateBuilder {
    #[inline]
    fn push(&mut self, field: &[u8]) -> Result<(), Bad> {
        let day = match &self.plan.pattern {
            None => iso::date(field)?,
            Some(pattern) => pattern.moment(field)?.day,
        };
        self.push_day(day);
        Ok(())
    }

    fn push_null(&mut self) {
        self.values.push(0);
        self.nulls.append_null();
    }
}
