use indexmap::IndexMap;
use schemars::{Schema, SchemaGenerator};
use serde_json::json;

use super::lower::{Lower, Lowering};
use super::publish;
use super::record::{choice, either, record, words};
use super::value::{Deadline, Elapsed, Id, Rank};
use crate::diagnostics::Diagnostic;
use crate::syntax::{Node, Snippet};

choice! {
    /// How a KPI is measured: exactly one form.
    pub enum Measure {
        /// Rows where `hit` holds / rows, in percent.
        #[example({ "source": "tickets", "hit": "reopened" })]
        "ratio" => Ratio(Ratio),
        /// Cases that a clock stops in time, in percent.
        #[example({ "source": "tickets", "clock": "resolution", "within": "4h", "overdue": "count_until_resolved" })]
        "on_time" => OnTime(OnTime),
        /// Scheduled time without downtime / scheduled time, in percent.
        #[example({ "source": "outages", "where": "service = 'erp'", "calendar": "always" })]
        "availability" => Availability(Availability),
        /// Time or samples in which probes answer, in percent.
        #[example({ "source": "checks", "up": "status = 200", "method": "state", "every": "5m" })]
        "probes" => Probes(Probes),
        /// The mean of an expression or a clock.
        #[example({ "source": "tickets", "of": { "clock": "resolution" } })]
        "mean" => Mean(Aggregate),
        /// The middle value of an expression or a clock.
        #[example({ "source": "tickets", "of": "handling_minutes" })]
        "median" => Median(Aggregate),
        /// The least value of an expression or a clock.
        #[example({ "source": "tickets", "of": "handling_minutes" })]
        "min" => Min(Aggregate),
        /// The greatest value of an expression or a clock.
        #[example({ "source": "tickets", "of": "handling_minutes" })]
        "max" => Max(Aggregate),
        /// The sum of an expression or a clock.
        #[example({ "source": "costs", "of": "amount" })]
        "sum" => Sum(Aggregate),
        /// A percentile of an expression or a clock, by linear interpolation (type 7).
        #[example({ "source": "requests", "of": "duration_ms", "p": 95 })]
        "percentile" => Percentile(Percentile),
        /// The number of rows.
        #[example({ "source": "tickets" })]
        "count" => Count(Rows),
        /// The number of different values.
        #[example({ "source": "tickets", "of": "customer_id" })]
        "distinct" => Distinct(Of),
        /// The net promoter score of answers 0–10, −100 to 100.
        #[example({ "source": "surveys", "of": "recommend" })]
        "nps" => Nps(Of),
        /// Σ part / Σ whole, of counts that are summed already.
        #[example({ "source": "workload", "part": "automated_tasks", "whole": "tasks" })]
        "share" => Share(Share),
        /// Mean time between failures, to restore, or between incidents.
        #[example({ "source": "outages", "is": "mtbf" })]
        "failures" => Failures(Failures),
        /// Arithmetic over named measures, also of other sources.
        #[example({ "is": "(actual - budget) / budget", "actual": { "sum": { "source": "costs", "of": "amount" } }, "budget": { "sum": { "source": "costs", "of": "budget" } } })]
        "formula" => Formula(Formula),
        /// Measured elsewhere: one row per period.
        #[example({ "source": "readings", "of": "score" })]
        "value" => Value(Of),
        /// A person's statement in the Claims file, with evidence and date.
        #[example({})]
        "attested" => Attested(Attested)
    }
}

record! {
    /// Rows where a condition holds / rows.
    #[noun("ratio")]
    pub struct Ratio {
        /// The rows.
        #[flatten(fields)]
        pub rows: Rows,
        /// The condition that makes a row count as a hit.
        #[example("score >= 4")]
        #[required(complete)]
        pub hit: Option<Snippet>
    }
}

record! {
    /// The rows a measure is over.
    #[noun("measure")]
    pub struct Rows {
        /// The source.
        #[example("tickets")]
        #[required(complete)]
        pub source: Option<Id>,
        /// The population: rows for which this condition holds. Default: all.
        #[example("service = 'erp'")]
        pub r#where: Option<Snippet>,
        /// The calendar whose open hours count. Default: `always`, or the clock's.
        #[example("office-hours")]
        pub calendar: Option<Id>
    }
}

record! {
    /// Cases that a clock stops in time.
    #[noun("on_time")]
    pub struct OnTime {
        /// The rows.
        #[flatten(fields)]
        pub rows: Rows,
        /// The source's clock.
        #[example("resolution")]
        #[required(complete)]
        pub clock: Option<Id>,
        /// The limit, or one per value of a column.
        #[example("4h")]
        #[example({ "by": "priority", "P1": "4h", "P2": "8h" })]
        #[required(complete)]
        pub within: Option<Within>,
        /// What an unresolved case does. Contracts differ: no default.
        #[example("count_until_resolved")]
        #[required(choose)]
        pub overdue: Option<Overdue>,
        /// Under `opened_in_period`: what a case that is open and not yet due does. Default: it counts against.
        #[example("leave_out")]
        pub not_due: Option<NotDue>
    }
}

words! {
    /// What an unresolved case does.
    pub enum Overdue {
        /// It fails every period until it is resolved.
        "count_until_resolved" => CountUntilResolved,
        /// It does not count until it is resolved.
        "resolved_only" => ResolvedOnly,
        /// Cases count in the period in which they were opened.
        "opened_in_period" => OpenedInPeriod
    }
}

words! {
    /// What a case that is open and not yet due does.
    pub enum NotDue {
        /// It counts against the value.
        "count_against" => CountAgainst,
        /// It is left out.
        "leave_out" => LeaveOut
    }
}

/// How long a clock may run.
#[derive(Clone, Debug, PartialEq)]
pub enum Within {
    /// One limit for all rows.
    Same(Deadline),
    /// A limit per value of a column.
    By {
        /// The column.
        by: Option<String>,
        /// The limits by value, as written.
        limits: IndexMap<String, Deadline>,
    },
}

impl Lower for Within {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        let limit = Deadline::schema(generator);
        publish::object(json!({ "anyOf": [
            limit,
            {
                "type": "object",
                "title": "by",
                "description": "A limit per value of a column: `by` names the column, every other key is a value.",
                "properties": { "by": { "type": "string", "description": "The column.", "examples": ["priority"] } },
                "additionalProperties": publish::or_null(Deadline::schema(generator)),
            },
        ] }))
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let Some(map) = node.as_map() else {
            return match node.as_list() {
                Some(_) => cx.misfit(node, "a map or a value"),
                None => Deadline::lower(node, cx).map(Self::Same),
            };
        };
        let mut limits = IndexMap::new();
        let mut by = None;
        for (key, value) in map.iter() {
            if &*key.text == "by" {
                by = cx.under::<String>(key, false, value);
            } else if let Some(Some(limit)) = cx.under::<Option<Deadline>>(key, false, value) {
                limits.insert(key.text.to_string(), limit);
            }
        }
        if map.get("by").is_none() && cx.is_complete() {
            let finding = Diagnostic::new("missing-field", node.span.at_start(), "`within` has no `by`");
            cx.push(finding.help("name the column the values are of: add `by: priority`"));
        }
        Some(Self::By { by, limits })
    }
}

record! {
    /// Scheduled time without downtime / scheduled time. The source declares a `span`.
    #[noun("availability")]
    pub struct Availability {
        /// The outages.
        #[flatten(fields)]
        pub rows: Rows,
        /// How outages become downtime.
        #[flatten(fields)]
        pub outage: Outage
    }
}

record! {
    /// How outages become downtime.
    #[noun("outage")]
    pub struct Outage {
        /// Only whole clock minutes inside an outage count. Default: `false`.
        #[example(true)]
        pub whole_minutes: Option<bool>,
        /// Outages strictly shorter than this do not count.
        #[example("5m")]
        pub ignore_shorter: Option<Elapsed>,
        /// What an instant of an outage weighs, 0 to 1. Default: 1.
        #[example("affected_users / total_users")]
        pub weight: Option<Snippet>
    }
}

record! {
    /// Time or samples in which probes answer.
    #[noun("probes")]
    pub struct Probes {
        /// The probes.
        #[flatten(fields)]
        pub rows: Rows,
        /// Whether a probe found the service up.
        #[example("status = 200")]
        #[required(complete)]
        pub up: Option<Snippet>,
        /// Whether a state holds until the next probe, or probes are counted.
        #[example("state")]
        #[required(complete)]
        pub method: Option<ProbeMethod>,
        /// How often a probe runs.
        #[example("5m")]
        pub every: Option<Elapsed>,
        /// A state holds no longer than this; time beyond it is unmeasured.
        #[example("15m")]
        pub max_gap: Option<Elapsed>,
        /// The column that keeps several services apart; their times are summed.
        #[example("endpoint")]
        pub series: Option<String>
    }
}

words! {
    /// How probes are counted.
    pub enum ProbeMethod {
        /// A probe's state holds until the next.
        "state" => State,
        /// The share of probes.
        "samples" => Samples
    }
}

record! {
    /// One number from many values.
    #[noun("measure")]
    pub struct Aggregate {
        /// The rows.
        #[flatten(fields)]
        pub rows: Rows,
        /// What it is of.
        #[required(complete)]
        #[flatten(choice)]
        pub of: Option<AggregateOf>
    }
}

choice! {
    /// What an aggregate is of: `of` or `clock`.
    pub enum AggregateOf {
        /// An expression over a row, a clock's name, or `{ clock: … }`.
        #[example("duration_ms")]
        "of" => Of(Operand),
        /// A clock: its elapsed time.
        #[example("resolution")]
        "clock" => Clock(Id)
    }
}

either! {
    /// An expression over a row, or a clock.
    pub enum Operand {
        /// An expression over a row, or a clock's name.
        scalar => Expression(Snippet),
        /// A clock.
        map => Clock(ClockOperand)
    }
}

record! {
    /// The elapsed time of a clock.
    #[noun("clock")]
    pub struct ClockOperand {
        /// The clock.
        #[example("resolution")]
        #[required(complete)]
        pub clock: Option<Id>,
        /// The calendar it runs in. Default: the measure's, else the clock's, else `always`.
        #[example("office-hours")]
        pub calendar: Option<Id>
    }
}

record! {
    /// A percentile, by linear interpolation (type 7).
    #[noun("percentile")]
    pub struct Percentile {
        /// What it is of.
        #[flatten(fields)]
        pub aggregate: Aggregate,
        /// Which percentile, 0 to 100.
        #[example(95)]
        #[required(complete)]
        pub p: Option<Rank>
    }
}

record! {
    /// A measure of one expression.
    #[noun("measure")]
    pub struct Of {
        /// The rows.
        #[flatten(fields)]
        pub rows: Rows,
        /// The expression over a row.
        #[example("score")]
        #[required(complete)]
        pub of: Option<Snippet>
    }
}

record! {
    /// Σ part / Σ whole.
    #[noun("share")]
    pub struct Share {
        /// The rows.
        #[flatten(fields)]
        pub rows: Rows,
        /// The part.
        #[example("passed")]
        #[required(complete)]
        pub part: Option<Snippet>,
        /// The whole.
        #[example("audited")]
        #[required(complete)]
        pub whole: Option<Snippet>
    }
}

record! {
    /// Mean time between failures and its kin. The source declares a `span`.
    #[noun("failures")]
    pub struct Failures {
        /// The outages.
        #[flatten(fields)]
        pub rows: Rows,
        /// Which of the three.
        #[example("mtbf")]
        #[required(complete)]
        pub is: Option<FailureMean>,
        /// How outages become downtime.
        #[flatten(fields)]
        pub outage: Outage
    }
}

words! {
    /// Which mean of outages.
    pub enum FailureMean {
        /// Uptime per failure: (A − B − D) / n.
        "mtbf" => Mtbf,
        /// Downtime per failure: D / n.
        "mtrs" => Mtrs,
        /// Time per failure: (A − B) / n.
        "mtbsi" => Mtbsi
    }
}

/// Arithmetic over named measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    /// The arithmetic.
    pub is: Option<Snippet>,
    /// The measures it names.
    pub parts: IndexMap<String, Measure>,
}

impl schemars::JsonSchema for Formula {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Formula".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let measure = publish::or_null(Measure::schema(generator));
        publish::object(json!({
            "type": "object",
            "description": "Arithmetic over named measures: `is` holds it, every other key names a measure.",
            "properties": { "is": {
                "type": ["string", "null"],
                "description": "The arithmetic over the names.",
                "examples": ["(actual - budget) / budget"],
            } },
            "additionalProperties": measure,
        }))
    }
}

impl Lower for Formula {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Self>()
    }

    fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let mut record = cx.record(node, "formula")?;
        let is = record.field::<Option<Snippet>>(cx, "is", super::lower::Need::Complete)?;
        let mut parts = IndexMap::new();
        for (key, value) in node.as_map()?.iter().filter(|(key, _)| &*key.text != "is") {
            if let Some(Some(part)) = cx.under::<Option<Measure>>(key, true, value) {
                parts.insert(key.text.to_string(), part);
            }
        }
        Some(Self { is, parts })
    }
}

record! {
    /// A person's statement in the Claims file.
    #[noun("attested")]
    pub struct Attested {
        /// What has to be stated, for the person who does.
        #[example("Share of plants that passed the audit.")]
        pub statement: Option<String>
    }
}

either! {
    /// The stretch a value is measured over.
    pub enum Window {
        /// The reporting period: `period`.
        scalar => Word(WindowWord),
        /// Several periods up to the reported one.
        map => Rolling(Rolling)
    }
}

words! {
    /// The stretch a value is measured over, as a word.
    pub enum WindowWord {
        /// The reporting period.
        "period" => Period
    }
}

record! {
    /// A window that moves with the period.
    #[noun("window")]
    pub struct Rolling {
        /// How far back it reaches, the period itself included.
        #[example("3 months")]
        #[required(complete)]
        pub rolling: Option<super::value::Stretch>
    }
}
