use std::collections::HashMap;

use jiff::tz::TimeZone;

use crate::expression::{Constants, Literal, Program, Schema, Shape, Typed};
use crate::source::Span;

/// An expression of a scan: its variant and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::measure) struct Out {
    pub(in crate::measure) variant: usize,
    pub(in crate::measure) number: usize,
}

/// A column of a scan's batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::measure) enum BatchColumn {
    /// One that is read.
    Read(usize),
    /// One that is looked up; they stand behind those that are read.
    Joined(usize),
}

impl BatchColumn {
    /// Returns its place in a batch of `read` columns that are read.
    pub(in crate::measure) fn at(self, read: usize) -> usize {
        match self {
            Self::Read(index) => index,
            Self::Joined(index) => read + index,
        }
    }
}

/// Expressions over one reading of a source's columns: cards may use a column of text as different types.
pub(in crate::measure) struct Variant {
    /// Names and types of the schema's columns, in order.
    pub(super) schema: Schema,
    /// For each column of the schema its column in the batches; `None` where nothing uses it.
    pub(super) scanned: Vec<Option<BatchColumn>>,
    /// The batch column that holds the scope.
    pub(in crate::measure) scope: Option<BatchColumn>,
    outputs: Vec<Output>,
    index: HashMap<(Shape, bool), Vec<usize>>,
}

/// One expression, its constants by scope.
struct Output {
    shape: Shape,
    /// The column's name, where the expression is one.
    column: Option<String>,
    constants: HashMap<u32, (Vec<Literal>, Span)>,
}

impl Variant {
    pub(super) fn new(schema: Schema, scope: Option<BatchColumn>) -> Self {
        let columns = schema.columns.len();
        Self {
            schema,
            scanned: vec![None; columns],
            scope,
            outputs: Vec::new(),
            index: HashMap::new(),
        }
    }

    /// Returns the number of `typed` for `scope` (0: rows of every scope).
    ///
    /// An expression that other scopes use with other constants is the same one.
    pub(super) fn add(&mut self, typed: &Typed, scope: u32, place: Span) -> usize {
        let (shape, constants) = typed.parameterise();
        let candidates = self.index.entry((shape.clone(), scope == 0)).or_default();
        for &number in candidates.iter() {
            match self.outputs[number].constants.get(&scope) {
                Some((known, _)) if *known == constants => return number,
                Some(_) => {}
                None => {
                    self.outputs[number].constants.insert(scope, (constants, place));
                    return number;
                }
            }
        }
        let column = typed.as_column().and_then(|index| self.schema.columns.get_index(index));
        let column = column.map(|(name, _)| name.clone());
        let number = self.outputs.len();
        candidates.push(number);
        self.outputs.push(Output {
            shape,
            column,
            constants: HashMap::from([(scope, (constants, place))]),
        });
        number
    }

    /// Returns where the expression of a scope stands.
    pub(in crate::measure) fn place(&self, number: usize, scope: u32) -> Option<Span> {
        let constants = &self.outputs[number].constants;
        constants.get(&scope).or(constants.get(&0)).map(|(_, place)| *place)
    }

    /// Returns the name of the column that an expression is.
    pub(in crate::measure) fn column(&self, number: usize) -> Option<&str> {
        self.outputs[number].column.as_deref()
    }

    /// Makes the program that computes every expression over batches of `read` and `joined` columns.
    pub(in crate::measure) fn program(
        &self,
        zone: Option<TimeZone>,
        read: usize,
        joined: usize,
        scopes: u32,
    ) -> Program {
        let mut scan = vec![usize::MAX; read + joined];
        for (column, at) in self.scanned.iter().enumerate() {
            if let Some(at) = at {
                scan[at.at(read)] = column;
            }
        }
        let outputs = self.outputs.iter().map(|output| {
            let mut used = (0..=scopes).filter_map(|scope| output.constants.get(&scope).map(|(literals, _)| literals));
            let first = used.next().cloned().unwrap_or_default();
            let constants = if used.all(|literals| *literals == first) {
                Constants::Same(first)
            } else {
                let none: Vec<_> = first.iter().map(|literal| Literal::Null(literal.kind())).collect();
                let of = |scope| {
                    output
                        .constants
                        .get(&scope)
                        .map_or(&none, |(literals, _)| literals)
                        .clone()
                };
                Constants::BySelector((0..=scopes).map(of).collect())
            };
            (output.shape.clone(), constants)
        });
        Program::new(outputs.collect(), zone, &scan)
    }

    /// Whether `schema` and `scope` are this variant's.
    pub(super) fn is_for(&self, schema: &Schema, scope: Option<BatchColumn>) -> bool {
        let kinds = |schema: &Schema| {
            let columns = schema.columns.iter();
            columns
                .map(|(name, column)| (name.clone(), column.kind))
                .collect::<Vec<_>>()
        };
        self.scope == scope && kinds(&self.schema) == kinds(schema)
    }

    /// Returns the number of expressions.
    pub(in crate::measure) fn len(&self) -> usize {
        self.outputs.len()
    }
}
