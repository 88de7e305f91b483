//! How a KPI is measured.

use super::Fields;
use crate::resolve::terms::{Function, Measure, Operand, Outage, Rows, Within};

impl Fields {
    /// Adds a measure below the name of its form.
    pub(super) fn measure(&mut self, measure: &Measure) {
        match measure {
            Measure::Ratio { rows, hit } => self.below("ratio", |fields| {
                fields.rows(rows);
                fields.expression("hit", hit);
            }),
            Measure::OnTime {
                rows,
                clock,
                within,
                calendar,
                overdue,
                leave_out_not_due,
            } => self.below("on_time", |fields| {
                fields.rows(rows);
                fields.text("clock", clock);
                fields.within(within);
                fields.text("calendar", calendar);
                fields.word("overdue", overdue);
                fields.flag("not_due", *leave_out_not_due);
            }),
            Measure::Availability { rows, outage } => self.below("availability", |fields| {
                fields.rows(rows);
                fields.outage(outage);
            }),
            Measure::Probes {
                rows,
                up,
                method,
                calendar,
                every,
                max_gap,
                series,
            } => self.below("probes", |fields| {
                fields.rows(rows);
                fields.expression("up", up);
                fields.word("method", method);
                fields.text("calendar", calendar);
                fields.time_of("every", *every);
                fields.time_of("max_gap", *max_gap);
                fields.text_of("series", series.as_ref());
            }),
            Measure::Aggregate { rows, function, of } => {
                let (form, p) = match function {
                    Function::Percentile(p) => ("percentile".to_owned(), Some(p)),
                    other => (super::snake_case(&format!("{other:?}")), None),
                };
                self.below(&form, |fields| {
                    fields.rows(rows);
                    match of {
                        Operand::Expression(of) => fields.expression("of", of),
                        Operand::Clock { clock, calendar } => fields.below("of", |fields| {
                            fields.text("clock", clock);
                            fields.text("calendar", calendar);
                        }),
                    }
                    if let Some(p) = p {
                        fields.share("p", p);
                    }
                });
            }
            Measure::Count { rows } => self.below("count", |fields| fields.rows(rows)),
            Measure::Distinct { rows, of } => self.of("distinct", rows, of),
            Measure::Nps { rows, of } => self.of("nps", rows, of),
            Measure::Value { rows, of } => self.of("value", rows, of),
            Measure::Share { rows, part, whole } => self.below("share", |fields| {
                fields.rows(rows);
                fields.expression("part", part);
                fields.expression("whole", whole);
            }),
            Measure::Failures { rows, is, outage } => self.below("failures", |fields| {
                fields.rows(rows);
                fields.word("is", is);
                fields.outage(outage);
            }),
            Measure::Formula { is, parts } => self.below("formula", |fields| {
                fields.expression("is", is);
                for (name, part) in parts {
                    fields.below(name, |fields| fields.measure(part));
                }
            }),
            Measure::Attested => self.text("attested", "attested"),
        }
    }

    fn of(&mut self, form: &str, rows: &Rows, of: &crate::syntax::Snippet) {
        self.below(form, |fields| {
            fields.rows(rows);
            fields.expression("of", of);
        });
    }

    fn rows(&mut self, rows: &Rows) {
        let Rows {
            source,
            filter,
            each,
            at,
        } = rows;
        self.text("source", source);
        self.expression_of("where", filter.as_ref());
        if let Some((column, value)) = each {
            self.text("each", format!("{column} = {value:?}"));
        }
        self.place("at", at.as_ref());
    }

    fn outage(&mut self, outage: &Outage) {
        let Outage {
            calendar,
            whole_minutes,
            ignore_shorter,
            weight,
        } = outage;
        self.text("calendar", calendar);
        self.flag("whole_minutes", *whole_minutes);
        self.time_of("ignore_shorter", *ignore_shorter);
        self.expression_of("weight", weight.as_ref());
    }

    fn within(&mut self, within: &Within) {
        match within {
            Within::Same(deadline) => self.deadline("within", deadline),
            Within::By { column, limits } => self.below("within", |fields| {
                fields.text("by", column);
                for (value, deadline) in limits {
                    fields.deadline(value, deadline);
                }
            }),
        }
    }
}
