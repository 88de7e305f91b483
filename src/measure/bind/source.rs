use super::{
    Binder, BoundAt, BoundClock, BoundEnd, BoundList, BoundLookup, BoundRest, BoundTick, Gathered, Reopening, Use,
    Waiting,
};
use crate::diagnostics::Diagnostic;
use crate::expression::{Expected, Expression, Type, parse};
use crate::resolve::terms::{At, Clock, ForEach, Pause, Reduce, Source, Tick};
use crate::source::Span;
use crate::syntax::Snippet;

impl Binder<'_> {
    /// Starts to gather a source's expressions; `None` when the terms have no such source.
    pub(super) fn open(&mut self, id: &str) -> Option<()> {
        if self.gathered.contains_key(id) {
            return Some(());
        }
        let source = self.version.terms.sources.get(id)?.clone();
        self.gathered.insert(id.to_owned(), Gathered::default());
        let named = |binder: &mut Self, field: &str, name: &Option<String>| {
            let name = name.as_ref()?;
            let place = binder.place(&["sources", id, field], source.declared_at);
            binder.column(id, name, Expected::Any, place)
        };
        let key = named(self, "key", &source.key);
        let scope = named(self, "scope", &source.scope);
        let entity = named(self, "entity", &source.entity);
        let incident = named(self, "incident", &source.incident);
        let span = source.span.as_ref().and_then(|(start, end)| {
            let mut moment = |name: &str, index: &str| {
                let place = self.place(&["sources", id, "span", index], source.declared_at);
                self.moment_column(id, name, place)
            };
            Some((moment(start, "0")?, moment(end, "1")?))
        });
        if scope.is_some() && self.version.terms.scope.is_none() {
            let place = self.place(&["sources", id, "scope"], source.declared_at);
            let message = format!("source `{id}` holds rows of several contracts, but the scorecard has no `scope`");
            let help = "write `scope:` with this contract's value of the column";
            self.diagnostics
                .push(Diagnostic::new("missing-field", place, message).help(help));
        }
        let at = source.at.as_ref().map(|at| {
            let place = self.place(&["sources", id, "at"], source.declared_at);
            self.at(id, &source, at, place)
        });
        let lookups = self.lookups(id, &source);
        let gathered = self.gathered.entry(id.to_owned()).or_default();
        gathered.key = key;
        gathered.scope = scope;
        gathered.entity = entity;
        gathered.incident = incident;
        gathered.at = at.or(span.map(|(start, _)| BoundAt::Value(start)));
        gathered.span = span;
        gathered.lookups = lookups;
        Some(())
    }

    fn lookups(&mut self, id: &str, source: &Source) -> Vec<BoundLookup> {
        let mut bound = Vec::new();
        for (name, lookup) in &source.lookups {
            let place = |binder: &Self, field: &str| {
                let whole = binder.place(&["sources", id, "lookup", name], source.declared_at);
                binder.place(&["sources", id, "lookup", name, field], whole)
            };
            // A source that is not there has been reported.
            if self.open(&lookup.from).is_none() {
                continue;
            }
            let (here, there) = (place(self, "on"), place(self, "matching"));
            let matching = lookup.matching.as_ref().unwrap_or(&lookup.on);
            let expected = if lookup.reduce == Reduce::Sum {
                Expected::Is(Type::Number)
            } else {
                Expected::Any
            };
            let (Some(on), Some(matching)) = (
                self.column(id, &lookup.on, Expected::Any, here),
                self.column(&lookup.from, matching, Expected::Any, there),
            ) else {
                continue;
            };
            let of = lookup
                .of
                .as_ref()
                .and_then(|of| self.expression(&lookup.from, of, expected));
            bound.push(BoundLookup {
                name: name.clone(),
                from: lookup.from.clone(),
                on,
                matching,
                of,
                reduce: lookup.reduce,
            });
        }
        bound
    }

    /// Adds an expression over a source.
    pub(super) fn expression(&mut self, source: &str, text: &Snippet, expected: Expected) -> Option<Use> {
        let expression = parse(text, self.diagnostics)?;
        Some(self.add(source, expression, expected, false))
    }

    /// Adds a column of a source by its name.
    pub(super) fn column(&mut self, source: &str, name: &str, expected: Expected, place: Span) -> Option<Use> {
        Some(self.add(source, Expression::column(name, place), expected, true))
    }

    /// Adds a column that is an instant or a day, whichever the data have.
    pub(super) fn moment_column(&mut self, source: &str, name: &str, place: Span) -> Option<Use> {
        let number = self.column(source, name, Type::Timestamp.into(), place)?;
        self.moments.push((source.to_owned(), number));
        Some(number)
    }

    fn moment(&mut self, source: &str, text: &Snippet) -> Option<Use> {
        let expression = parse(text, self.diagnostics)?;
        let expected = if expression.as_column().is_some() {
            Type::Timestamp.into()
        } else {
            Expected::Any
        };
        let number = self.add(source, expression, expected, false);
        self.moments.push((source.to_owned(), number));
        Some(number)
    }

    fn add(&mut self, source: &str, expression: Expression, expected: Expected, named: bool) -> Use {
        let waiting = &mut self.gathered.entry(source.to_owned()).or_default().waiting;
        waiting.push(Waiting {
            expression,
            named,
            expected,
        });
        waiting.len() - 1
    }

    /// Binds what puts a row in a period.
    pub(super) fn at(&mut self, id: &str, source: &Source, at: &At, place: Span) -> BoundAt {
        let (clock, is_stop) = match at {
            At::Column(name) => {
                return self
                    .moment_column(id, name, place)
                    .map_or(BoundAt::Nothing, BoundAt::Value);
            }
            At::Period(label) => {
                let Some(period) = self.version.terms.period.parse(label) else {
                    let message = format!("`{label}` is not a period of this scorecard");
                    let first = self.version.terms.contract.as_ref().map(|contract| contract.starts);
                    let example = first.map(|day| self.version.terms.period.containing(day));
                    let mut finding = Diagnostic::new("invalid-period", place, message);
                    finding.help = example.map(|example| format!("write it like `{example}`"));
                    self.diagnostics.push(finding);
                    return BoundAt::Nothing;
                };
                return BoundAt::Period(period);
            }
            At::ClockStart(clock) => (clock, false),
            At::ClockStop(clock) => (clock, true),
        };
        let Some(clock) = source.clocks.get(clock) else {
            return BoundAt::Nothing;
        };
        let (start, stop) = (self.tick(id, &clock.start), self.tick(id, &clock.stop));
        let (Some(start), Some(stop)) = (start, stop) else {
            return BoundAt::Nothing;
        };
        let end = BoundEnd {
            start,
            stop,
            reopen: Reopening(clock.reopen, clock.reopen_window),
            is_stop,
        };
        end.value().map_or(BoundAt::Clock(end), BoundAt::Value)
    }

    fn tick(&mut self, source: &str, tick: &Tick) -> Option<BoundTick> {
        let condition = Expected::Is(Type::Boolean);
        Some(match tick {
            Tick::Column(text) => BoundTick::Value(self.moment(source, text)?),
            Tick::First(text) => BoundTick::First(self.expression(source, text, condition)?),
            Tick::Last(text) => BoundTick::Last(self.expression(source, text, condition)?),
        })
    }

    /// Binds a clock of a source.
    pub(super) fn clock(&mut self, id: &str, name: &str, clock: &Clock) -> Option<BoundClock> {
        let start = self.tick(id, &clock.start);
        let stop = self.tick(id, &clock.stop);
        let fallback = self.version.terms.sources[id].declared_at;
        let place = |binder: &Self, field: &[&str]| {
            let path = [&["sources", id, "clocks", name, "paused"], field].concat();
            binder.place(&path, fallback)
        };
        let rest = match &clock.paused {
            None => None,
            Some(Pause::Minutes(text)) => Some(BoundRest::Minutes(self.expression(id, text, Type::Number.into())?)),
            Some(Pause::While(text)) => Some(BoundRest::While(self.expression(id, text, Type::Boolean.into())?)),
            Some(Pause::Span(from, to)) => {
                let places = (place(self, &["span", "0"]), place(self, &["span", "1"]));
                let from = self.moment_column(id, from, places.0)?;
                Some(BoundRest::Span(from, self.moment_column(id, to, places.1)?))
            }
            Some(Pause::Source { source, on, span }) => {
                self.open(source)?;
                let on_place = place(self, &["on"]);
                let here = self.column(id, on, Expected::Any, on_place)?;
                let there = self.column(source, on, Expected::Any, on_place)?;
                let places = (place(self, &["span", "0"]), place(self, &["span", "1"]));
                let from = self.moment_column(source, &span.0, places.0)?;
                let to = self.moment_column(source, &span.1, places.1)?;
                Some(BoundRest::Source {
                    source: source.clone(),
                    here,
                    there,
                    span: (from, to),
                })
            }
        };
        Some(BoundClock {
            start: start?,
            stop: stop?,
            rest,
            reopen: Reopening(clock.reopen, clock.reopen_window),
        })
    }

    /// Binds the list of a `for_each` card.
    pub(super) fn list(&mut self, list: &ForEach) -> Option<BoundList> {
        self.open(&list.list)?;
        let declared = self.version.terms.sources[&list.list].declared_at;
        let place = |binder: &Self, field: &str| binder.place(&["for_each", &list.name, field], declared);
        let (key_place, title_place) = (place(self, "key"), place(self, "title"));
        Some(BoundList {
            source: list.list.clone(),
            key: self.column(&list.list, &list.key, Expected::Any, key_place)?,
            title: match &list.title {
                None => None,
                Some(title) => self.column(&list.list, title, Expected::Any, title_place),
            },
        })
    }
}
