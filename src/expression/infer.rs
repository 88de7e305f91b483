use super::ast::{Ast, AstKind, Function, Truth};
use super::column::Expected;
use super::{Expression, Schema, Type, zone};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::Span;

/// Decides the type of every column of text that nobody declared, from all its uses across a source.
///
/// Goes over all expressions of the source at once; what is used nowhere becomes text. Whatever then
/// does not fit is reported by [`check`](super::check) with the place that decided. Here an error is
/// only what no type would make right: two columns of unknown type that are put in an order.
pub fn infer(expressions: &[(&Expression, Expected)], schema: &mut Schema, diagnostics: &mut Diagnostics) {
    let undecided = |schema: &Schema| schema.columns.values().filter(|column| column.kind.is_none()).count();
    // Uses that leave no choice come first; a date written as a text decides only what they left open.
    for from_texts in [false, true] {
        loop {
            let before = undecided(schema);
            for (expression, expected) in expressions {
                let want = match expected {
                    Expected::Is(kind) => Some(*kind),
                    Expected::Any => None,
                };
                Uses { schema, from_texts }.visit(&expression.root, want);
            }
            if undecided(schema) == before {
                break;
            }
        }
    }
    for (expression, _) in expressions {
        expression
            .root
            .visit(&mut |part| order_of_unknowns(part, schema, diagnostics));
    }
    for column in schema.columns.values_mut() {
        column.kind.get_or_insert(Type::Text);
    }
}

/// What is known of the type of a part before anything is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guess {
    Known(Type),
    /// A text in quotes, which can be a timestamp or a date beside one.
    TextLiteral,
    /// A column whose type is open, or `NULL`.
    Open,
}

impl Guess {
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Known(_), _) | (Self::TextLiteral, Self::TextLiteral | Self::Open) => self,
            _ => other,
        }
    }
}

/// Guesses the type that several parts which belong together have in common: the first that is known.
pub(super) fn common<'a>(parts: impl IntoIterator<Item = &'a Ast>, schema: &Schema) -> Guess {
    let guesses = parts.into_iter().map(|part| guess(part, schema));
    guesses.fold(Guess::Open, Guess::or)
}

pub(super) fn guess(part: &Ast, schema: &Schema) -> Guess {
    match &part.kind {
        AstKind::Column { name, .. } => {
            let column = schema.find(name).ok().map(|index| &schema.columns[index]);
            column.and_then(|column| column.kind).map_or(Guess::Open, Guess::Known)
        }
        AstKind::Number(_) | AstKind::Negate(_) | AstKind::Arithmetic(..) => Guess::Known(Type::Number),
        AstKind::Text(_) => Guess::TextLiteral,
        AstKind::Null => Guess::Open,
        AstKind::Instant { kind, .. } => Guess::Known(*kind),
        AstKind::Boolean(_)
        | AstKind::Not(_)
        | AstKind::And(..)
        | AstKind::Or(..)
        | AstKind::Compare(..)
        | AstKind::In { .. }
        | AstKind::Between { .. }
        | AstKind::Like { .. }
        | AstKind::Is { .. } => Guess::Known(Type::Boolean),
        AstKind::Case {
            branches, otherwise, ..
        } => common(results(branches, otherwise.as_deref()), schema),
        AstKind::Cast { to, .. } => Guess::Known(*to),
        AstKind::Call { function, arguments } => match function {
            Function::Coalesce | Function::NullIf | Function::Least | Function::Greatest => common(arguments, schema),
            Function::Lower | Function::Upper | Function::Trim | Function::Substr => Guess::Known(Type::Text),
            Function::StartsWith | Function::Contains | Function::Matches => Guess::Known(Type::Boolean),
            Function::Date => Guess::Known(Type::Date),
            Function::Abs
            | Function::Round
            | Function::Floor
            | Function::Ceil
            | Function::Length
            | Function::Part(_)
            | Function::Elapsed(_) => Guess::Known(Type::Number),
        },
    }
}

/// The parts that a `CASE` can result in.
pub(super) fn results<'a>(branches: &'a [(Ast, Ast)], otherwise: Option<&'a Ast>) -> impl Iterator<Item = &'a Ast> {
    branches.iter().map(|(_, then)| then).chain(otherwise)
}

struct Uses<'a> {
    schema: &'a mut Schema,
    /// Whether a date or timestamp in quotes decides a column that is ordered against it.
    from_texts: bool,
}

impl Uses<'_> {
    fn visit(&mut self, part: &Ast, want: Option<Type>) {
        match &part.kind {
            AstKind::Column { name, .. } => self.decide(name, want, part.span),
            AstKind::Number(_) | AstKind::Text(_) | AstKind::Boolean(_) | AstKind::Null | AstKind::Instant { .. } => {}
            AstKind::Not(a) => self.visit(a, Some(Type::Boolean)),
            AstKind::And(a, b) | AstKind::Or(a, b) => self.all([&**a, &**b], Some(Type::Boolean)),
            AstKind::Negate(a) => self.visit(a, Some(Type::Number)),
            AstKind::Arithmetic(_, a, b) => self.all([&**a, &**b], Some(Type::Number)),
            AstKind::Compare(comparison, a, b) => self.together(&[a, b], comparison.is_ordering(), None),
            AstKind::Between { operand, low, high, .. } => self.together(&[operand, low, high], true, None),
            AstKind::In { operand, list, .. } => {
                let parts: Vec<&Ast> = std::iter::once(&**operand).chain(list).collect();
                self.together(&parts, false, None);
            }
            AstKind::Like { operand, .. } => self.visit(operand, Some(Type::Text)),
            AstKind::Is { operand, truth, .. } => {
                self.visit(operand, (*truth != Truth::Null).then_some(Type::Boolean));
            }
            AstKind::Case {
                operand,
                branches,
                otherwise,
            } => {
                let conditions = branches.iter().map(|(when, _)| when);
                match operand {
                    None => self.all(conditions, Some(Type::Boolean)),
                    Some(operand) => {
                        let parts: Vec<&Ast> = std::iter::once(&**operand).chain(conditions).collect();
                        self.together(&parts, false, None);
                    }
                }
                let results: Vec<&Ast> = results(branches, otherwise.as_deref()).collect();
                self.together(&results, false, want);
            }
            AstKind::Cast { operand, .. } => self.visit(operand, None),
            AstKind::Call { function, arguments } => self.call(*function, arguments, want),
        }
    }

    fn call(&mut self, function: Function, arguments: &[Ast], want: Option<Type>) {
        match function {
            Function::Coalesce | Function::NullIf | Function::Least | Function::Greatest => {
                let ordered = matches!(function, Function::Least | Function::Greatest);
                self.together(&arguments.iter().collect::<Vec<_>>(), ordered, want);
            }
            Function::Abs | Function::Round | Function::Floor | Function::Ceil => {
                self.all(arguments, Some(Type::Number));
            }
            Function::Lower
            | Function::Upper
            | Function::Trim
            | Function::Length
            | Function::StartsWith
            | Function::Contains
            | Function::Matches => self.all(arguments, Some(Type::Text)),
            Function::Substr => {
                self.visit(&arguments[0], Some(Type::Text));
                self.all(&arguments[1..], Some(Type::Number));
            }
            Function::Date | Function::Part(_) => self.all(arguments, Some(Type::Timestamp)),
            Function::Elapsed(_) => {
                let kind = match common(arguments, self.schema) {
                    Guess::Known(Type::Date) => Type::Date,
                    _ => Type::Timestamp,
                };
                self.all(arguments, Some(kind));
            }
        }
    }

    fn all<'a>(&mut self, parts: impl IntoIterator<Item = &'a Ast>, want: Option<Type>) {
        parts.into_iter().for_each(|part| self.visit(part, want));
    }

    /// Visits parts that have one type in common.
    fn together(&mut self, parts: &[&Ast], ordered: bool, want: Option<Type>) {
        let kind = match common(parts.iter().copied(), self.schema) {
            Guess::Known(kind) => Some(kind),
            _ if want.is_some() => want,
            Guess::TextLiteral if ordered && self.from_texts => instants_in(parts),
            _ => None,
        };
        self.all(parts.iter().copied(), kind);
    }

    fn decide(&mut self, name: &str, want: Option<Type>, span: Span) {
        let (Some(kind), Ok(index)) = (want, self.schema.find(name)) else {
            return;
        };
        let column = &mut self.schema.columns[index];
        if column.kind.is_none() {
            column.kind = Some(kind);
            column.decided_at = Some(span);
        }
    }
}

/// The type of parts whose texts are all dates (a date) or timestamps.
fn instants_in(parts: &[&Ast]) -> Option<Type> {
    let mut kind = None;
    for part in parts {
        if let AstKind::Text(text) = &part.kind {
            match (zone::has_iso_date(text), zone::is_date_only(text)) {
                (false, _) => return None,
                (true, true) => kind = kind.or(Some(Type::Date)),
                (true, false) => kind = Some(Type::Timestamp),
            }
        }
    }
    kind
}

/// Reports parts whose order would silently be that of text: numbers of several lengths sort wrongly.
fn order_of_unknowns(part: &Ast, schema: &Schema, diagnostics: &mut Diagnostics) {
    let parts: Vec<&Ast> = match &part.kind {
        AstKind::Compare(comparison, a, b) if comparison.is_ordering() => vec![a, b],
        AstKind::Between { operand, low, high, .. } => vec![operand, low, high],
        AstKind::Call {
            function: Function::Least | Function::Greatest,
            arguments,
        } if arguments.len() > 1 => arguments.iter().collect(),
        _ => return,
    };
    let columns: Vec<(&str, Span)> = parts
        .iter()
        .filter_map(|part| match &part.kind {
            AstKind::Column { name, .. } if schema.find(name).is_ok() => Some((&**name, part.span)),
            _ => None,
        })
        .collect();
    let open = common(parts, schema) == Guess::Open;
    if let (true, [(first, place), (second, other), ..]) = (open, &columns[..]) {
        diagnostics.push(
            Diagnostic::new(
                "type-mismatch",
                part.span,
                format!("nothing says whether `{first}` and `{second}` are numbers, texts or timestamps"),
            )
            .label("their order depends on it: as text, 10 comes before 9")
            .also(*place, "of unknown type")
            .also(*other, "of unknown type")
            .help(format!(
                "declare their types under the source's `columns`, or cast them: `{first}::number`"
            )),
        );
    }
}
