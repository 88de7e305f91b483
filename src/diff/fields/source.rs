//! Data files and what their rows mean.

use super::Fields;
use crate::resolve::terms::{At, Clock, Column, ColumnKind, Covers, Events, Format, Lookup, Pause, Source, Tick};

impl Fields {
    pub(super) fn source(&mut self, source: &Source) {
        let Source {
            path,
            path_span: _,
            format,
            columns,
            time_zone,
            local_time,
            span,
            covers,
            key,
            scope,
            entity,
            at,
            clocks,
            events,
            lookups,
            incident,
            on_bad_row,
            declared_at: _,
        } = source;
        self.text("path", path);
        self.format(format);
        self.below("columns", |fields| {
            for (name, Column { from, kind }) in columns {
                fields.below(name, |fields| {
                    fields.text_of("from", from.as_ref());
                    if let Some(kind) = kind {
                        fields.text("type", column_kind(kind));
                    }
                });
            }
        });
        if let Some(zone) = time_zone {
            self.text("time_zone", zone.iana_name().unwrap_or_default());
        }
        self.word("local_time", local_time);
        if let Some((from, to)) = span {
            self.text("span", format!("{from}, {to}"));
        }
        match covers {
            Covers::Through(day) => self.below("covers", |fields| fields.day("through", Some(*day))),
            Covers::LastRow => self.below("covers", |fields| fields.text("through", "last_row")),
            Covers::File => self.text("covers", "file"),
        }
        self.text_of("key", key.as_ref());
        self.text_of("scope", scope.as_ref());
        self.text_of("entity", entity.as_ref());
        self.place("at", at.as_ref());
        self.below("clocks", |fields| {
            for (id, clock) in clocks {
                fields.below(id, |fields| fields.clock(clock));
            }
        });
        if let Some(Events {
            case,
            order,
            as_of,
            first,
        }) = events
        {
            self.below("events", |fields| {
                fields.text("case", case);
                fields.text("order", order);
                fields.word("as_of", as_of);
                fields.set("first", first);
            });
        }
        self.below("lookup", |fields| {
            for (name, lookup) in lookups {
                let Lookup {
                    from,
                    on,
                    matching,
                    reduce,
                    of,
                } = lookup;
                fields.below(name, |fields| {
                    fields.text("from", from);
                    fields.text("on", on);
                    fields.text_of("matching", matching.as_ref());
                    fields.word("reduce", reduce);
                    fields.expression_of("of", of.as_ref());
                });
            }
        });
        self.text_of("incident", incident.as_ref());
        self.word("on_bad_row", on_bad_row);
    }

    fn format(&mut self, format: &Format) {
        let Format {
            kind,
            delimiter,
            decimal,
            nulls,
            encoding,
            rows,
        } = format;
        if let Some(kind) = kind {
            self.word("format", kind);
        }
        if let Some(delimiter) = delimiter {
            self.text("delimiter", char::from(*delimiter).to_string());
        }
        self.text("decimal", char::from(*decimal).to_string());
        let nulls: Vec<String> = nulls.iter().map(|null| format!("{null:?}")).collect();
        self.set("nulls", &nulls);
        self.text_of("encoding", encoding.as_ref());
        self.text_of("rows", rows.as_ref());
    }

    /// Adds what puts a row in a period.
    pub(super) fn place(&mut self, key: &str, at: Option<&At>) {
        match at {
            None => {}
            Some(At::Column(column)) => self.text(key, column),
            Some(At::ClockStart(clock)) => self.text(key, format!("{clock}.start")),
            Some(At::ClockStop(clock)) => self.text(key, format!("{clock}.stop")),
            Some(At::Period(label)) => self.below(key, |fields| fields.text("period", label)),
        }
    }

    fn clock(&mut self, clock: &Clock) {
        let Clock {
            start,
            stop,
            paused,
            calendar,
            reopen,
            reopen_window,
        } = clock;
        self.tick("start", start);
        self.tick("stop", stop);
        self.below("paused", |fields| match paused {
            None => {}
            Some(Pause::Minutes(minutes)) => fields.expression("minutes", minutes),
            Some(Pause::Span(from, to)) => fields.text("span", format!("{from}, {to}")),
            Some(Pause::Source { source, on, span }) => {
                fields.text("source", source);
                fields.text("on", on);
                fields.text("span", format!("{}, {}", span.0, span.1));
            }
            Some(Pause::While(condition)) => fields.expression("while", condition),
        });
        self.text_of("calendar", calendar.as_ref());
        self.word("reopen", reopen);
        self.time_of("reopen_window", *reopen_window);
    }

    fn tick(&mut self, key: &str, tick: &Tick) {
        match tick {
            Tick::Column(column) => self.expression(key, column),
            Tick::First(condition) => self.below(key, |fields| fields.expression("first", condition)),
            Tick::Last(condition) => self.below(key, |fields| fields.expression("last", condition)),
        }
    }
}

fn column_kind(kind: &ColumnKind) -> String {
    let with = |word: &str, pattern: &Option<String>| match pattern {
        Some(pattern) => format!("{word} {pattern:?}"),
        None => word.to_owned(),
    };
    match kind {
        ColumnKind::Text => "text".to_owned(),
        ColumnKind::Number => "number".to_owned(),
        ColumnKind::Decimal(decimals) => format!("decimal {decimals}"),
        ColumnKind::Boolean => "boolean".to_owned(),
        ColumnKind::Timestamp(pattern) => with("timestamp", pattern),
        ColumnKind::Date(pattern) => with("date", pattern),
    }
}
