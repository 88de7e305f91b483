//! Sources: files, columns, clocks, event logs and lookups.

use indexmap::IndexMap;

use super::name::{Kind, unknown};
use super::{Binder, Cursor};
use crate::diagnostics::Diagnostic;
use crate::model;
use crate::resolve::terms::{
    AsOf, At, Clock, Column, ColumnKind, Covers, Events, FileKind, Format, Id, LocalTime, Lookup, OnBadRow, Pause,
    Reduce, Reopen, Source, Tick,
};
use crate::syntax::Snippet;

/// Reopening counts for two weeks unless the clock says otherwise (language, 3.1).
const REOPEN_WINDOW: i64 = 14 * 86_400 * crate::quantity::MICROS_PER_SECOND;

impl<'a> Binder<'a> {
    pub(super) fn sources(&mut self) -> IndexMap<Id, Source> {
        let mut bound = IndexMap::new();
        for (id, written) in &self.card.sections.sources {
            if let Some(source) = self.source(id, written) {
                bound.insert(id.to_string(), source);
            }
        }
        bound
    }

    fn source(&mut self, id: &model::Id, written: &model::Source) -> Option<Source> {
        let at = self.at.step("sources").step(id);
        let path = written.path.clone()?;
        let covers = match written.covers {
            Some(model::Covers::Through(model::Through::Day(day))) => Covers::Through(day),
            Some(model::Covers::Through(model::Through::LastRow)) => Covers::LastRow,
            Some(model::Covers::File) => Covers::File,
            // Required where something is measured from the source; nobody asks otherwise.
            None => Covers::LastRow,
        };
        if covers == Covers::File && !path.contains("{period}") {
            self.diagnostics.push(
                Diagnostic::new(
                    "invalid-value",
                    at.step("covers").span(),
                    format!("source `{id}` covers a period when its file exists, and its path is the same for all"),
                )
                .also(at.step("path").span(), "no `{period}` in this path")
                .help("write `{period}` into the path, or `covers: { through: … }`"),
            );
        }
        Some(Source {
            path_span: at.step("path").span(),
            path,
            format: self.format(written, at),
            columns: columns(written),
            time_zone: written.time_zone.as_ref().map(|zone| zone.0.clone()),
            local_time: match written.local_time {
                Some(model::LocalTime::Later) => LocalTime::Later,
                Some(model::LocalTime::Reject) => LocalTime::Reject,
                Some(model::LocalTime::Earlier) | None => LocalTime::Earlier,
            },
            span: written.span.clone(),
            covers,
            key: written.key.clone(),
            scope: written.scope.clone(),
            entity: written.entity.clone(),
            at: self.row_time(written.at.as_ref(), Some(id), at.step("at")),
            clocks: self.clocks(written, at),
            events: events(written),
            lookups: self.lookups(written, at.step("lookup")),
            incident: written.incident.clone(),
            on_bad_row: match written.on_bad_row {
                Some(model::OnBadRow::Skip) => OnBadRow::Skip,
                Some(model::OnBadRow::Error) | None => OnBadRow::Error,
            },
            declared_at: at.key_span(),
        })
    }

    fn format(&mut self, written: &model::Source, at: Cursor<'a>) -> Format {
        let single = |text: &str| match text.as_bytes() {
            [byte] if byte.is_ascii() => Some(*byte),
            _ => None,
        };
        let delimiter = written.delimiter.as_deref().and_then(|text| {
            let byte = if text == "\\t" { Some(b'\t') } else { single(text) };
            byte.or_else(|| {
                self.invalid(
                    at.step("delimiter"),
                    "a delimiter is one character",
                    "write `;`, `|` or `\"\\t\"`",
                );
                None
            })
        });
        let decimal = match written.decimal.as_deref() {
            Some(",") => b',',
            Some(".") | None => b'.',
            Some(_) => {
                let message = "a decimal separator is a point or a comma";
                self.invalid(
                    at.step("decimal"),
                    message,
                    "write `decimal: \",\"`, or remove it for a point",
                );
                b'.'
            }
        };
        Format {
            kind: written.format.map(|format| match format {
                model::FileFormat::Csv => FileKind::Csv,
                model::FileFormat::Ndjson => FileKind::Ndjson,
                model::FileFormat::Json => FileKind::Json,
                model::FileFormat::Parquet => FileKind::Parquet,
            }),
            delimiter,
            decimal,
            nulls: written.nulls.clone().unwrap_or_else(|| vec![String::new()]),
            encoding: written.encoding.clone(),
            rows: written.rows.clone(),
        }
    }

    /// Binds what puts a row of `source` in a period: of the source itself, or of a KPI over it.
    pub(super) fn row_time(&mut self, written: Option<&model::At>, source: Option<&str>, at: Cursor<'a>) -> Option<At> {
        match written? {
            model::At::Period(period) => {
                let label = &period.period.as_ref()?.0;
                self.period(label, at.step("period"))?;
                Some(At::Period(label.clone()))
            }
            model::At::Column(text) => {
                let clocks = source
                    .and_then(|id| self.card.sections.sources.get(id))
                    .map(|source| &source.clocks);
                let ends = text
                    .rsplit_once('.')
                    .filter(|(_, end)| matches!(*end, "start" | "stop"));
                // A column may have a point in its name; only a source with clocks has clock ends.
                let (Some((clock, end)), Some(clocks)) = (ends, clocks.filter(|clocks| !clocks.is_empty())) else {
                    return Some(At::Column(text.clone()));
                };
                if !clocks.contains_key(clock) {
                    let known: Vec<&str> = clocks.keys().map(|id| &**id).collect();
                    self.diagnostics.push(unknown(
                        "unknown-reference",
                        at.span(),
                        ("clock", "clocks"),
                        clock,
                        &known,
                    ));
                    return None;
                }
                Some(match end {
                    "start" => At::ClockStart(clock.to_owned()),
                    _ => At::ClockStop(clock.to_owned()),
                })
            }
        }
    }

    /// Reads a period's label; reports one that does not fit the scorecard's periods.
    pub(super) fn period(&mut self, label: &str, at: Cursor<'_>) -> Option<crate::quantity::Period> {
        let period = self.scheme.parse(label);
        if period.is_none() {
            let finding = misfitting_period(self.scheme, label, at.span());
            self.diagnostics.push(finding);
        }
        period
    }

    fn clocks(&mut self, written: &model::Source, at: Cursor<'a>) -> IndexMap<Id, Clock> {
        let mut bound = IndexMap::new();
        for (id, clock) in &written.clocks {
            let here = at.step("clocks").step(id);
            let ends = (tick(clock.start.as_ref()), tick(clock.stop.as_ref()));
            let paused = self.pause(clock.paused.as_ref(), here.step("paused"));
            let (Some(start), Some(stop)) = ends else {
                continue;
            };
            let by_events = [("start", &start), ("stop", &stop)]
                .into_iter()
                .find(|(_, tick)| !matches!(tick, Tick::Column(_)))
                .map(|(field, _)| field)
                .or(matches!(paused, Some(Pause::While(_))).then_some("paused"));
            if let Some(field) = by_events.filter(|_| written.events.is_none()) {
                self.diagnostics.push(
                    Diagnostic::new(
                        "missing-field",
                        here.step(field).span(),
                        format!("clock `{id}` looks at events, and its source has no `events`"),
                    )
                    .also(at.key_span(), "one row per case")
                    .help("add `events: { case: …, order: …, as_of: … }` to the source, or name a column"),
                );
            }
            let clock = Clock {
                start,
                stop,
                paused,
                calendar: self.bound_field(Kind::Calendar, clock.calendar.as_ref(), here, "calendar"),
                reopen: match clock.reopen {
                    Some(model::Reopen::Reset) => Reopen::Reset,
                    Some(model::Reopen::Ignore) => Reopen::Ignore,
                    Some(model::Reopen::Resume) | None => Reopen::Resume,
                },
                reopen_window: Some(clock.reopen_window.map_or(REOPEN_WINDOW, |window| window.0)),
            };
            bound.insert(id.to_string(), clock);
        }
        bound
    }

    fn pause(&mut self, written: Option<&model::Pause>, at: Cursor<'a>) -> Option<Pause> {
        let written = written?;
        let by = written.by.as_ref()?;
        let elsewhere = written.source.is_some() || written.on.is_some();
        match by {
            model::PauseBy::Span(span) if elsewhere => {
                let (Some(source), Some(on)) = (&written.source, &written.on) else {
                    let missing = if written.on.is_none() { "on" } else { "source" };
                    let message = format!("pauses of another source need `{missing}`");
                    let finding = Diagnostic::new("missing-field", at.key_span(), message);
                    self.diagnostics
                        .push(finding.help("write `{ source: …, on: …, span: [from, to] }`"));
                    return None;
                };
                Some(Pause::Source {
                    source: self.bound(Kind::Source, source, at.step("source").span())?,
                    on: on.clone(),
                    span: span.clone(),
                })
            }
            _ if elsewhere => {
                let field = if written.source.is_some() { "source" } else { "on" };
                let message = format!("`{field}` belongs to `span`, the intervals of another source");
                self.invalid(at.step(field), message, "remove it, or write `span: [from, to]`");
                None
            }
            model::PauseBy::Span((from, to)) => Some(Pause::Span(from.clone(), to.clone())),
            model::PauseBy::Minutes(minutes) => Some(Pause::Minutes(minutes.clone())),
            model::PauseBy::While(condition) => Some(Pause::While(condition.clone())),
        }
    }

    fn lookups(&mut self, written: &model::Source, at: Cursor<'a>) -> IndexMap<String, Lookup> {
        let mut bound = IndexMap::new();
        for (name, lookup) in &written.lookup {
            let here = at.step(name);
            let Some(how) = &lookup.reduce else {
                continue;
            };
            let (reduce, of) = reduction(how);
            let from = self.bound_field(Kind::Source, lookup.from.as_ref(), here, "from");
            if let (Some(from), Some(on)) = (from, lookup.on.clone()) {
                let matching = lookup.matching.clone();
                bound.insert(
                    name.clone(),
                    Lookup {
                        from,
                        on,
                        matching,
                        reduce,
                        of,
                    },
                );
            }
        }
        bound
    }
}

/// Says that a label is not one of the scheme's periods.
pub(in crate::resolve) fn misfitting_period(
    scheme: crate::quantity::PeriodScheme,
    label: &str,
    span: crate::source::Span,
) -> Diagnostic {
    use crate::quantity::Every;
    let (name, example) = match scheme.every {
        Every::Week => ("weeks", "2026-W41"),
        Every::Month => ("months", "2026-10"),
        Every::Quarter => ("quarters", "2026-Q4"),
        Every::Year => ("years", "2026"),
    };
    Diagnostic::new(
        "invalid-period",
        span,
        format!("`{label}` is not a period of this scorecard"),
    )
    .help(format!("its periods are {name}: write `{example}`"))
}

fn reduction(written: &model::Reduce) -> (Reduce, Option<Snippet>) {
    let (reduce, of) = match written {
        model::Reduce::Sum(of) => (Reduce::Sum, of),
        model::Reduce::Min(of) => (Reduce::Min, of),
        model::Reduce::Max(of) => (Reduce::Max, of),
        model::Reduce::First(of) => (Reduce::First, of),
        model::Reduce::Last(of) => (Reduce::Last, of),
        model::Reduce::Count(model::Counted::Expression(of)) => (Reduce::Count, of),
        model::Reduce::Count(model::Counted::Rows(_)) => return (Reduce::Count, None),
    };
    (reduce, Some(of.clone()))
}

fn tick(written: Option<&model::Tick>) -> Option<Tick> {
    Some(match written? {
        model::Tick::Column(column) => Tick::Column(column.clone()),
        model::Tick::Event(model::Event::First(condition)) => Tick::First(condition.clone()),
        model::Tick::Event(model::Event::Last(condition)) => Tick::Last(condition.clone()),
    })
}

fn columns(written: &model::Source) -> IndexMap<String, Column> {
    let word = |word: model::ColumnWord| match word {
        model::ColumnWord::Text => ColumnKind::Text,
        model::ColumnWord::Number => ColumnKind::Number,
        model::ColumnWord::Boolean => ColumnKind::Boolean,
        model::ColumnWord::Timestamp => ColumnKind::Timestamp(None),
        model::ColumnWord::Date => ColumnKind::Date(None),
    };
    let bound = written.columns.iter().map(|(name, column)| {
        let bound = match column {
            model::Column::Kind(kind) => Column {
                from: None,
                kind: Some(word(*kind)),
            },
            model::Column::Fields(fields) => Column {
                from: fields
                    .first
                    .clone()
                    .or_else(|| fields.from.clone())
                    .filter(|from| from != name),
                kind: fields.kind.as_ref().map(|kind| match kind {
                    model::ColumnKind::Type(kind) => word(*kind),
                    model::ColumnKind::Decimal(decimals) => ColumnKind::Decimal(*decimals),
                    model::ColumnKind::Timestamp(format) => ColumnKind::Timestamp(Some(format.clone())),
                    model::ColumnKind::Date(format) => ColumnKind::Date(Some(format.clone())),
                }),
            },
        };
        (name.clone(), bound)
    });
    bound.collect()
}

fn events(written: &model::Source) -> Option<Events> {
    let events = written.events.as_ref()?;
    let first = written.columns.iter().filter(|(_, column)| match column {
        model::Column::Fields(fields) => fields.first.is_some(),
        model::Column::Kind(_) => false,
    });
    Some(Events {
        case: events.case.clone()?,
        order: events.order.clone()?,
        as_of: match events.as_of? {
            model::AsOf::FileEnd => AsOf::FileEnd,
            model::AsOf::PeriodEnd => AsOf::PeriodEnd,
        },
        first: first.map(|(name, _)| name.clone()).collect(),
    })
}
