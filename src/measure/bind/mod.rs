//! Every expression and column name of a scorecard, bound to the columns its sources have.
//!
//! Comes in: a timeline and the headers of its sources. Goes out: [`Bound`] measures that refer to
//! typed expressions by number, and a finding for everything that does not fit. No data is read.

mod clock;
mod measure;
mod source;

pub use clock::{BoundClock, BoundEnd, BoundRest, BoundTick, Reopening};

use indexmap::IndexMap;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::expression::{Expected, Expression, NoColumn, Schema, Type, Typed, check, columns, infer};
use crate::quantity::Period;
use crate::resolve::terms::{
    Amount, CreditBase, FailureMean, Function, Id, Overdue, ProbeMethod, Reduce, Source, Timeline, Version, Within,
};
use crate::source::Span;
use crate::tables::Header;

/// Number of an expression within its [`BoundSource`].
pub type Use = usize;

/// A timeline whose expressions are bound, version by version.
#[derive(Clone, Debug)]
pub struct Bound {
    /// One per version of the timeline, in its order.
    pub versions: Vec<BoundVersion>,
}

/// The bound expressions of one version of the terms.
#[derive(Clone, Debug, Default)]
pub struct BoundVersion {
    /// The sources that anything measured refers to.
    pub sources: IndexMap<Id, BoundSource>,
    /// KPIs by id; those with a finding are absent.
    pub kpis: IndexMap<Id, BoundMeasure>,
    /// Amounts summed from sources: `None` is the contract's charge, else the KPI whose base it is.
    pub amounts: IndexMap<Option<Id>, BoundAmount>,
    /// The list of entities of a `for_each` card.
    pub entities: Option<BoundList>,
}

/// One source's columns and the expressions over them.
#[derive(Clone, Debug)]
pub struct BoundSource {
    /// The columns and their types.
    pub schema: Schema,
    /// Whether a header was there; without one (no file of a `{period}` path) nothing is bound.
    pub known: bool,
    /// The expressions by their number; `None` where a finding was made.
    pub expressions: Vec<Option<Typed>>,
    /// Where each expression stands.
    pub places: Vec<Span>,
    /// The key column.
    pub key: Option<Use>,
    /// The column whose value is the scorecard's scope.
    pub scope: Option<Use>,
    /// The column whose value is the entity.
    pub entity: Option<Use>,
    /// The column that ties failures together.
    pub incident: Option<Use>,
    /// Start and end of rows that are intervals.
    pub span: Option<(Use, Use)>,
    /// What puts a row in a period unless a measure says otherwise.
    pub at: BoundAt,
    /// Columns added from other sources.
    pub lookups: Vec<BoundLookup>,
}

/// What puts a row in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoundAt {
    /// An instant or a day.
    Value(Use),
    /// An end of a clock over an event log.
    Clock(BoundEnd),
    /// Every row is of this period.
    Period(Period),
    /// Nothing says.
    Nothing,
}

/// A column added from another source.
#[derive(Clone, Debug)]
pub struct BoundLookup {
    /// Its name.
    pub name: String,
    /// The other source.
    pub from: Id,
    /// The key in this source.
    pub on: Use,
    /// The key in the other source.
    pub matching: Use,
    /// The value in the other source; `None` when rows are counted.
    pub of: Option<Use>,
    /// How several rows become one value.
    pub reduce: Reduce,
}

/// The rows of a measure.
#[derive(Clone, Debug)]
pub struct BoundRows {
    /// The source.
    pub source: Id,
    /// The population.
    pub filter: Option<Use>,
    /// The `each` column and the value of this KPI's row.
    pub each: Option<(Use, String)>,
    /// What puts a row in a period.
    pub at: BoundAt,
    /// `where` carve-outs: their place in the KPI's list, and the condition.
    pub wheres: Vec<(usize, Use)>,
}

/// A measure, bound.
#[derive(Clone, Debug)]
pub enum BoundMeasure {
    /// Over the rows of one source.
    Rows(Box<BoundRows>, Form),
    /// Arithmetic over named measures.
    Formula(Expression, IndexMap<String, BoundMeasure>),
    /// A person's statement.
    Attested,
}

/// What is measured over rows.
#[derive(Clone, Debug)]
pub enum Form {
    /// Rows where `hit` holds / rows.
    Ratio {
        /// The condition.
        hit: Use,
    },
    /// Cases stopped in time.
    OnTime {
        /// The clock.
        clock: BoundClock,
        /// The limit.
        within: Within,
        /// The column that chooses the limit.
        by: Option<Use>,
        /// The calendar.
        calendar: Id,
        /// What an unresolved case does.
        overdue: Overdue,
        /// Whether open cases that are not yet due are left out.
        leave_out_not_due: bool,
    },
    /// Scheduled time without downtime / scheduled time.
    Availability(BoundOutage),
    /// Mean time between failures and its kin.
    Failures(FailureMean, BoundOutage),
    /// Time or samples in which probes answer.
    Probes {
        /// Whether a probe is up.
        up: Use,
        /// How they are counted.
        method: ProbeMethod,
        /// The scheduled time.
        calendar: Id,
        /// How long a state holds at most, in microseconds.
        max_gap: Option<i64>,
        /// The column that keeps several services apart.
        series: Option<Use>,
    },
    /// One number from many values.
    Aggregate(Function, BoundOperand),
    /// The number of rows.
    Count,
    /// The number of different values.
    Distinct(Use),
    /// The net promoter score.
    Nps(Use),
    /// Σ part / Σ whole.
    Share(Use, Use),
    /// One row per period.
    Value(Use),
}

/// How outages become downtime.
#[derive(Clone, Debug)]
pub struct BoundOutage {
    /// The scheduled time.
    pub calendar: Id,
    /// Only whole clock minutes count.
    pub whole_minutes: bool,
    /// Shorter ones do not count, in microseconds.
    pub ignore_shorter: Option<i64>,
    /// What an instant weighs.
    pub weight: Option<Use>,
}

/// What an aggregate is of.
#[derive(Clone, Debug)]
pub enum BoundOperand {
    /// A number of the row, and what it is multiplied by to be in the unit's base.
    Number(Use, i64),
    /// The elapsed time of a clock in a calendar.
    Clock(BoundClock, Id),
}

/// An amount summed per period.
#[derive(Clone, Debug)]
pub struct BoundAmount {
    /// The rows.
    pub rows: BoundRows,
    /// What is summed.
    pub sum: Use,
}

/// A list of entities.
#[derive(Clone, Debug)]
pub struct BoundList {
    /// The source.
    pub source: Id,
    /// The column that identifies one.
    pub key: Use,
    /// The column with its title.
    pub title: Option<Use>,
}

/// Binds every expression of every version of a timeline.
///
/// `header` returns the header of a source, or `None` when no file of it is there yet: its expressions
/// are then only parsed.
pub fn bind<'h>(
    timeline: &Timeline,
    header: &dyn Fn(&str, &Source) -> Option<&'h Header>,
    diagnostics: &mut Diagnostics,
) -> Bound {
    let versions = timeline.versions.iter();
    Bound {
        versions: versions
            .map(|version| Binder::new(version, diagnostics).run(header))
            .collect(),
    }
}

/// An expression waiting for the types of its source's columns.
struct Waiting {
    expression: Expression,
    /// Whether it stands as a column's name, where nothing else can stand.
    named: bool,
    expected: Expected,
}

/// A source while its expressions are gathered.
#[derive(Default)]
struct Gathered {
    waiting: Vec<Waiting>,
    key: Option<Use>,
    scope: Option<Use>,
    entity: Option<Use>,
    incident: Option<Use>,
    span: Option<(Use, Use)>,
    at: Option<BoundAt>,
    lookups: Vec<BoundLookup>,
}

struct Binder<'a> {
    version: &'a Version,
    diagnostics: &'a mut Diagnostics,
    gathered: IndexMap<Id, Gathered>,
    /// Uses whose columns may be an instant or a day, whichever the data have.
    moments: Vec<(Id, Use)>,
}

impl<'a> Binder<'a> {
    fn new(version: &'a Version, diagnostics: &'a mut Diagnostics) -> Self {
        Self {
            version,
            diagnostics,
            gathered: IndexMap::new(),
            moments: Vec::new(),
        }
    }

    fn run<'h>(mut self, header: &dyn Fn(&str, &Source) -> Option<&'h Header>) -> BoundVersion {
        let terms = &self.version.terms;
        let kpis: Vec<_> = terms
            .kpis
            .values()
            .filter(|kpi| kpi.retired.is_none())
            .map(|kpi| (kpi.id.clone(), self.kpi(kpi)))
            .collect();
        let mut amounts: IndexMap<Option<Id>, BoundAmount> = IndexMap::new();
        let charge = terms.contract.as_ref().and_then(|contract| contract.charge.as_ref());
        let bases = terms.kpis.values().flat_map(|kpi| {
            let credit = kpi.credit.as_ref().map(|credit| &credit.of);
            let bonus = kpi.bonus.as_ref().map(|bonus| &bonus.of);
            credit.into_iter().chain(bonus).filter_map(|base| match base {
                CreditBase::Fee(amount) => Some((Some(kpi.id.clone()), amount)),
                _ => None,
            })
        });
        for (owner, amount) in charge.map(|charge| (None, charge)).into_iter().chain(bases) {
            if let Amount::Summed { source, filter, sum } = amount
                && let Some(amount) = self.amount(source, filter.as_ref(), sum)
            {
                amounts.entry(owner).or_insert(amount);
            }
        }
        let entities = terms.for_each.as_ref().and_then(|list| self.list(list));
        let sources = self.finish(header);
        BoundVersion {
            sources,
            kpis: kpis.into_iter().filter_map(|(id, bound)| Some((id, bound?))).collect(),
            amounts,
            entities,
        }
    }

    /// Returns the place of a field of the merged tree, else `fallback`.
    fn place(&self, path: &[&str], fallback: Span) -> Span {
        let found = self.version.tree.at(path.iter().copied());
        found.map_or(fallback, |node| node.span)
    }

    /// Infers and checks everything gathered, sources that others look up in first.
    fn finish<'h>(mut self, header: &dyn Fn(&str, &Source) -> Option<&'h Header>) -> IndexMap<Id, BoundSource> {
        let mut done: IndexMap<Id, BoundSource> = IndexMap::new();
        let mut order: Vec<Id> = Vec::new();
        for id in self.gathered.keys().cloned().collect::<Vec<_>>() {
            self.order(&id, &mut Vec::new(), &mut order);
        }
        for id in order {
            let Some(gathered) = self.gathered.shift_remove(&id) else {
                continue;
            };
            let bound = self.source(&id, gathered, header, &done);
            done.insert(id, bound);
        }
        done
    }

    /// Puts `id` behind the sources its lookups need.
    fn order(&mut self, id: &str, path: &mut Vec<Id>, order: &mut Vec<Id>) {
        if order.iter().any(|done| done == id) {
            return;
        }
        if path.iter().any(|above| above == id) {
            let place = self.version.terms.sources.get(id).map(|source| source.declared_at);
            if let Some(place) = place {
                let place = self.place(&["sources", id, "lookup"], place);
                let message = format!(
                    "source `{id}` looks columns up in itself, by way of {}",
                    path.join(", ")
                );
                let help = "let one of the two sources stand without the other";
                self.diagnostics
                    .push(Diagnostic::new("invalid-value", place, message).help(help));
            }
            return;
        }
        path.push(id.to_owned());
        let needs: Vec<Id> = self
            .gathered
            .get(id)
            .map(|gathered| gathered.lookups.iter().map(|lookup| lookup.from.clone()).collect())
            .unwrap_or_default();
        for need in needs {
            self.order(&need, path, order);
        }
        path.pop();
        order.push(id.to_owned());
    }

    fn source<'h>(
        &mut self,
        id: &str,
        gathered: Gathered,
        header: &dyn Fn(&str, &Source) -> Option<&'h Header>,
        done: &IndexMap<Id, BoundSource>,
    ) -> BoundSource {
        let source = &self.version.terms.sources[id];
        let header = header(id, source);
        let mut schema = Schema {
            columns: IndexMap::new(),
            zone: source.time_zone.clone(),
        };
        for column in header.into_iter().flat_map(|header| &header.columns) {
            schema.columns.insert(
                column.name.clone(),
                column.kind.map_or_else(
                    crate::expression::SchemaColumn::undeclared,
                    crate::expression::SchemaColumn::declared,
                ),
            );
        }
        for lookup in &gathered.lookups {
            let of = lookup
                .of
                .and_then(|of| done.get(&lookup.from)?.expressions.get(of)?.as_ref());
            let kind = match lookup.reduce {
                Reduce::Count | Reduce::Sum => Type::Number,
                _ => of.map_or(Type::Text, Typed::kind),
            };
            let column = crate::expression::SchemaColumn::declared(kind);
            schema.columns.insert(lookup.name.clone(), column);
        }
        let Gathered { mut waiting, .. } = gathered;
        if let Some(header) = header {
            for (number, waits) in waiting.iter_mut().enumerate() {
                if header.open {
                    for (name, _) in columns(&waits.expression) {
                        if schema.find(&name).is_err() {
                            schema.columns.insert(name.to_string(), Default::default());
                        }
                    }
                }
                let moment = self.moments.iter().any(|(source, of)| source == id && *of == number);
                if moment && let Some(name) = waits.expression.as_column() {
                    let looks = header.find(name).filter(|column| column.kind.is_none());
                    waits.expected = match (looks, schema.find(name)) {
                        (Some(column), _) => Expected::Is(column.looks.unwrap_or(Type::Timestamp)),
                        (None, Ok(index)) if schema.columns[index].kind.is_none() => Expected::Is(Type::Timestamp),
                        _ => Expected::Any,
                    };
                }
            }
            let all: Vec<_> = waiting
                .iter()
                .map(|waits| (&waits.expression, waits.expected))
                .collect();
            infer(&all, &mut schema, self.diagnostics);
        }
        let lacks = |waits: &Waiting| {
            let names = columns(&waits.expression);
            names.iter().any(|(name, _)| schema.find(name).is_err())
        };
        // A header read in the wrong way has none of the columns: one finding says why.
        let misread = header
            .and_then(|header| header.hint.as_ref())
            .filter(|_| waiting.iter().any(lacks));
        if let Some(hint) = misread {
            let message = format!("the columns of source `{id}` cannot be told apart");
            let diagnostic = Diagnostic::new("unreadable-file", source.path_span, message).help(hint.clone());
            self.diagnostics.push(diagnostic);
        }
        let header = header.filter(|_| misread.is_none());
        let mut expressions = Vec::new();
        for (number, waits) in waiting.iter().enumerate() {
            let Some(header) = header else {
                expressions.push(None);
                continue;
            };
            if waits.named && lacks_column(id, waits, &schema, self.diagnostics) {
                expressions.push(None);
                continue;
            }
            let typed = check(&waits.expression, &schema, waits.expected, self.diagnostics);
            if let Some(typed) = &typed {
                let moment = self.moments.iter().any(|(source, of)| source == id && *of == number);
                self.vet(typed, &waits.expression, &schema, header, moment);
            }
            expressions.push(typed);
        }
        BoundSource {
            schema,
            known: header.is_some(),
            places: waiting.iter().map(|waits| waits.expression.span()).collect(),
            expressions,
            key: gathered.key,
            scope: gathered.scope,
            entity: gathered.entity,
            incident: gathered.incident,
            span: gathered.span,
            at: gathered.at.unwrap_or(BoundAt::Nothing),
            lookups: gathered.lookups,
        }
    }

    /// Reports columns whose name stands twice in the file, and moments that are none.
    fn vet(&mut self, typed: &Typed, expression: &Expression, schema: &Schema, header: &Header, moment: bool) {
        for index in typed.columns() {
            let Some((name, _)) = schema.columns.get_index(index) else {
                continue;
            };
            if header
                .columns
                .iter()
                .any(|column| column.name == *name && column.duplicate)
            {
                let message = format!("the data have two columns named `{name}`");
                let help = "rename one in the file, or give it another name with `columns: { name: { from: … } }`";
                self.diagnostics
                    .push(Diagnostic::new("duplicate-column", expression.span(), message).help(help));
            }
        }
        if moment && !matches!(typed.kind(), Type::Timestamp | Type::Date) {
            let message = "a timestamp or a date is needed here";
            let help =
                "declare the column's pattern, such as `columns: { opened_at: { timestamp: \"%d/%m/%Y %H:%M\" } }`";
            self.diagnostics
                .push(Diagnostic::new("type-mismatch", expression.span(), message).help(help));
        }
    }
}

/// Reports a field that names a column the source does not have.
fn lacks_column(id: &str, waits: &Waiting, schema: &Schema, diagnostics: &mut Diagnostics) -> bool {
    let Some(name) = waits.expression.as_column() else {
        return false;
    };
    let Err(NoColumn::Unknown(near)) = schema.find(name) else {
        return false;
    };
    let help = match (schema.renamed(name), near) {
        (Some(other), _) => format!("give the column that name: `columns: {{ {name}: {{ from: \"{other}\" }} }}`"),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) if schema.columns.is_empty() => "the source has no columns".to_owned(),
        (None, None) => {
            let names = schema.columns.keys().take(12).map(|name| format!("`{name}`"));
            format!("the columns are {}", names.collect::<Vec<_>>().join(", "))
        }
    };
    let message = format!("source `{id}` has no column `{name}`");
    diagnostics.push(Diagnostic::new("unknown-column", waits.expression.span(), message).help(help));
    true
}

impl BoundSource {
    /// Returns an expression that was bound without a finding.
    pub fn typed(&self, number: Use) -> Option<&Typed> {
        self.expressions.get(number)?.as_ref()
    }
}
