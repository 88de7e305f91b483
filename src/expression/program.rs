use arrow_buffer::BooleanBuffer;
use indexmap::{IndexMap, IndexSet};
use jiff::tz::TimeZone;

use super::evaluate::{Data, Like, Pattern, Scene, Value, gather};
use super::fault::{EvaluationError, Faults};
use super::typed::Operation;
use super::{Batch, Column, Literal, Shape, Type, Typed, words};

/// Expressions over one source, ready to be evaluated batch by batch; equal parts are computed once.
#[derive(Debug)]
pub struct Program {
    /// Every different part once, operands first.
    parts: Vec<(Type, Operation<usize>)>,
    kinds: Vec<Type>,
    /// Patterns of the parts that have one, by the number of the part.
    patterns: Vec<Option<Pattern>>,
    /// The last part that reads each part; its own number where an output does.
    last_use: Vec<usize>,
    /// Constants by selector, by the number of the parameter.
    tables: Vec<Vec<Literal>>,
    outputs: Vec<usize>,
    /// The column of the batch for each column of the schema.
    columns: IndexMap<usize, usize>,
    zone: Option<TimeZone>,
}

/// The constants of a [`Shape`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constants {
    /// The same for every row, by the number of the parameter.
    Same(Vec<Literal>),
    /// By a row's selector, then by the number of the parameter.
    BySelector(Vec<Vec<Literal>>),
}

/// The values of one expression over a batch.
#[derive(Clone, Debug)]
pub struct Output {
    /// The values; null where a division by zero or an error left none.
    pub column: Column,
    /// Rows whose value depends on a division by zero; `None`: there are none.
    pub zero_divisions: Option<BooleanBuffer>,
    faults: Faults,
}

impl Program {
    /// Prepares `outputs`; `scan` says for each column of the batches to come its index in the schema.
    ///
    /// `zone` is the source's; the constants of one expression have as many entries as it has parameters.
    pub fn new(outputs: Vec<(Shape, Constants)>, zone: Option<TimeZone>, scan: &[usize]) -> Self {
        let mut builder = Builder::default();
        let outputs: Vec<usize> = outputs
            .iter()
            .map(|(shape, constants)| builder.add(&shape.0, constants))
            .collect();
        let parts: Vec<(Type, Operation<usize>)> = builder.parts.into_iter().collect();
        let mut last_use: Vec<usize> = (0..parts.len()).collect();
        for (number, (_, operation)) in parts.iter().enumerate() {
            operation.map(|operand| last_use[*operand] = number);
        }
        for output in &outputs {
            last_use[*output] = usize::MAX;
        }
        let pattern = |(_, operation): &(Type, Operation<usize>)| match operation {
            Operation::Like(_, pattern) => Some(Pattern::Like(Like::new(pattern))),
            Operation::Matches(_, pattern) => {
                let regex = words::compile(pattern).expect("the parser has compiled it");
                Some(Pattern::Regex(regex))
            }
            _ => None,
        };
        Self {
            kinds: parts.iter().map(|(kind, _)| *kind).collect(),
            patterns: parts.iter().map(pattern).collect(),
            last_use,
            tables: builder.tables.into_iter().collect(),
            outputs,
            columns: scan.iter().enumerate().map(|(place, index)| (*index, place)).collect(),
            zone,
            parts,
        }
    }

    /// Prepares expressions whose constants are the same for every row.
    pub fn of(outputs: &[Typed], zone: Option<TimeZone>, scan: &[usize]) -> Self {
        let outputs = outputs.iter().map(|typed| {
            let (shape, constants) = typed.parameterise();
            (shape, Constants::Same(constants))
        });
        Self::new(outputs.collect(), zone, scan)
    }

    /// Evaluates every expression over `batch`, in the order they were given.
    ///
    /// `selectors` holds for each row which row of [`Constants::BySelector`] applies to it; a row
    /// whose selector is beyond the table has null constants. It may be empty where no expression
    /// has such constants.
    pub fn evaluate(&self, batch: &Batch, selectors: &[u32]) -> Vec<Output> {
        let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
        let mut values: Vec<Option<Value>> = vec![None; self.parts.len()];
        for (number, (kind, operation)) in self.parts.iter().enumerate() {
            let value = match operation {
                Operation::Parameter(parameter) => {
                    assert_eq!(selectors.len(), batch.rows, "a selector per row");
                    let constants: Vec<&Literal> = self.tables[*parameter].iter().collect();
                    gather(*kind, &constants, selectors)
                }
                _ => {
                    let scene = Scene {
                        batch,
                        values: &values,
                        kinds: &self.kinds,
                        zone: &zone,
                        has_zone: self.zone.is_some(),
                    };
                    let place = |index: usize| *self.columns.get(&index).expect("the scan has every column used");
                    scene.evaluate(*kind, operation, self.patterns[number].as_ref(), place)
                }
            };
            values[number] = Some(value);
            // Memory is given back as soon as nothing reads a part any more.
            operation.map(|operand| {
                if self.last_use[*operand] == number {
                    values[*operand] = None;
                }
            });
        }
        self.outputs
            .iter()
            .map(|output| {
                let value = values[*output].clone().expect("outputs are kept");
                Output::new(value.finish(batch.rows))
            })
            .collect()
    }
}

/// Gathers the different parts of expressions, operands before what uses them.
#[derive(Default)]
struct Builder {
    parts: IndexSet<(Type, Operation<usize>)>,
    tables: IndexSet<Vec<Literal>>,
}

impl Builder {
    fn add(&mut self, part: &Typed, constants: &Constants) -> usize {
        let operation = match (&*part.operation, constants) {
            (Operation::Parameter(number), Constants::Same(same)) => Operation::Constant(same[*number].clone()),
            (Operation::Parameter(number), Constants::BySelector(table)) => {
                let column: Vec<Literal> = table.iter().map(|row| row[*number].clone()).collect();
                Operation::Parameter(self.tables.insert_full(column).0)
            }
            (other, _) => other.map(|operand| self.add(operand, constants)),
        };
        self.parts.insert_full((part.kind, operation)).0
    }
}

impl Output {
    fn new(value: Value) -> Self {
        let Data::Column(column) = value.data else {
            unreachable!("a finished value is a column")
        };
        Self {
            column,
            zero_divisions: value.zero,
            faults: value.faults,
        }
    }

    /// Returns the first row among `rows` (all, when `None`) whose value could not be computed.
    ///
    /// Only rows that matter to the caller make an error: those that pass its condition.
    pub fn error(&self, rows: Option<&BooleanBuffer>) -> Option<EvaluationError> {
        self.faults.first(rows)
    }

    /// Whether every row has been computed.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}
