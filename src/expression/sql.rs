use super::ast::{Arithmetic, Comparison, DatePart, Elapsed, Truth};
use super::typed::Operation;
use super::{Literal, Type, Typed, words, zone};

/// How strongly a part binds; an operand that binds less stands in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Predicate,
    Sum,
    Product,
    Sign,
    Cast,
    Atom,
}

/// Writes an expression as SQL that reads back as the same expression.
pub fn sql(typed: &Typed) -> String {
    let mut out = String::new();
    write(&mut out, typed, Binding::Or);
    out
}

fn write(out: &mut String, part: &Typed, least: Binding) {
    let binding = binding(part);
    if binding < least {
        out.push('(');
        write_bare(out, part);
        out.push(')');
    } else {
        write_bare(out, part);
    }
}

fn binding(part: &Typed) -> Binding {
    match &*part.operation {
        Operation::Or(..) => Binding::Or,
        Operation::And(a, b) if as_between(a, b).is_some() => Binding::Predicate,
        Operation::And(..) => Binding::And,
        Operation::Not(a) if is_negatable(a) => Binding::Predicate,
        Operation::Not(_) => Binding::Not,
        Operation::Is(..) | Operation::Compare(..) | Operation::In(..) | Operation::Like(..) => Binding::Predicate,
        Operation::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, ..) => Binding::Sum,
        Operation::Arithmetic(..) => Binding::Product,
        Operation::Negate(_) => Binding::Sign,
        Operation::Constant(Literal::Number(value)) if value.mantissa() < 0 => Binding::Sign,
        Operation::Constant(Literal::Null(_)) => Binding::Cast,
        Operation::Cast(to, a) if !is_date_of(*to, a) => Binding::Cast,
        _ => Binding::Atom,
    }
}

/// Whether `NOT` stands inside it: `IS NOT NULL`, `NOT IN`, `NOT LIKE`, `NOT BETWEEN`.
fn is_negatable(part: &Typed) -> bool {
    match &*part.operation {
        Operation::Is(..) | Operation::In(..) | Operation::Like(..) => true,
        Operation::And(a, b) => as_between(a, b).is_some(),
        _ => false,
    }
}

/// The parts of `x BETWEEN low AND high`, if the two conditions are that.
fn as_between<'a>(a: &'a Typed, b: &'a Typed) -> Option<(&'a Typed, &'a Typed, &'a Typed)> {
    match (&*a.operation, &*b.operation) {
        (
            Operation::Compare(Comparison::GreaterOrEqual, x, low),
            Operation::Compare(Comparison::LessOrEqual, y, high),
        ) if x == y => Some((x, low, high)),
        _ => None,
    }
}

fn is_date_of(to: Type, operand: &Typed) -> bool {
    to == Type::Date && operand.kind == Type::Timestamp
}

fn write_bare(out: &mut String, part: &Typed) {
    use Operation as O;
    match &*part.operation {
        O::Column(_, name) => out.push_str(&words::column(name)),
        O::Constant(literal) => write_literal(out, literal),
        O::Parameter(number) => out.push_str(&format!("?{}", number + 1)),
        O::Not(a) if is_negatable(a) => write_predicate(out, a, "NOT "),
        O::Not(a) => {
            out.push_str("NOT ");
            write(out, a, Binding::Sum);
        }
        O::And(a, b) if as_between(a, b).is_some() => write_predicate(out, part, ""),
        O::And(a, b) => infix(out, a, " AND ", b, Binding::And, Binding::Not),
        O::Or(a, b) => infix(out, a, " OR ", b, Binding::Or, Binding::And),
        O::Is(..) | O::In(..) | O::Like(..) => write_predicate(out, part, ""),
        O::Compare(comparison, a, b) => {
            let operator = format!(" {} ", comparison.symbol());
            infix(out, a, &operator, b, Binding::Sum, Binding::Sum);
        }
        O::Negate(a) => {
            out.push('-');
            write(out, a, Binding::Cast);
        }
        O::Arithmetic(arithmetic, a, b) => {
            let (left, right) = match arithmetic {
                Arithmetic::Add | Arithmetic::Subtract => (Binding::Sum, Binding::Product),
                _ => (Binding::Product, Binding::Sign),
            };
            infix(out, a, &format!(" {} ", arithmetic.symbol()), b, left, right);
        }
        O::Case(branches, otherwise) => {
            out.push_str("CASE");
            for (when, then) in branches {
                out.push_str(" WHEN ");
                write(out, when, Binding::Or);
                out.push_str(" THEN ");
                write(out, then, Binding::Or);
            }
            if *otherwise.operation != O::Constant(Literal::Null(otherwise.kind)) {
                out.push_str(" ELSE ");
                write(out, otherwise, Binding::Or);
            }
            out.push_str(" END");
        }
        O::Abs(a) => call(out, "abs", [a]),
        O::Floor(a) => call(out, "floor", [a]),
        O::Ceil(a) => call(out, "ceil", [a]),
        O::Round(a, 0) => call(out, "round", [a]),
        O::Round(a, digits) => {
            call(out, "round", [a]);
            out.pop();
            out.push_str(&format!(", {digits})"));
        }
        O::Coalesce(list) => call(out, "coalesce", list),
        O::NullIf(a, b) => call(out, "nullif", [a, b]),
        O::Least(list) => call(out, "least", list),
        O::Greatest(list) => call(out, "greatest", list),
        O::Lower(a) => call(out, "lower", [a]),
        O::Upper(a) => call(out, "upper", [a]),
        O::Trim(a) => call(out, "trim", [a]),
        O::Length(a) => call(out, "length", [a]),
        O::Substr(a, start, length) => call(out, "substr", [a, start].into_iter().chain(length)),
        O::StartsWith(a, b) => call(out, "starts_with", [a, b]),
        O::Contains(a, b) => call(out, "contains", [a, b]),
        O::Matches(a, pattern) => {
            call(out, "matches", [a]);
            out.pop();
            out.push_str(", ");
            write_text(out, pattern);
            out.push(')');
        }
        O::Part(part, a) => {
            let name = match part {
                DatePart::Year => "year",
                DatePart::Month => "month",
                DatePart::Day => "day",
                DatePart::Hour => "hour",
                DatePart::Weekday => "weekday",
            };
            call(out, name, [a]);
        }
        O::Elapsed(unit, a, b) => {
            let name = match unit {
                Elapsed::Minutes => "minutes_between",
                Elapsed::Hours => "hours_between",
                Elapsed::Days => "days_between",
            };
            call(out, name, [a, b]);
        }
        O::Cast(to, a) if is_date_of(*to, a) => call(out, "date", [a]),
        O::Cast(to, a) => {
            write(out, a, Binding::Cast);
            out.push_str("::");
            out.push_str(to.name());
        }
    }
}

fn infix(out: &mut String, a: &Typed, operator: &str, b: &Typed, left: Binding, right: Binding) {
    write(out, a, left);
    out.push_str(operator);
    write(out, b, right);
}

fn call<'a>(out: &mut String, name: &str, arguments: impl IntoIterator<Item = &'a Typed>) {
    out.push_str(name);
    list(out, arguments);
}

fn list<'a>(out: &mut String, items: impl IntoIterator<Item = &'a Typed>) {
    out.push('(');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write(out, item, Binding::Or);
    }
    out.push(')');
}

/// Writes a predicate that takes `not` inside it.
fn write_predicate(out: &mut String, part: &Typed, not: &str) {
    match &*part.operation {
        Operation::Is(truth, a) => {
            write(out, a, Binding::Sum);
            let word = match truth {
                Truth::Null => "NULL",
                Truth::True => "TRUE",
                Truth::False => "FALSE",
            };
            out.push_str(&format!(" IS {not}{word}"));
        }
        Operation::In(a, items) => {
            write(out, a, Binding::Sum);
            out.push_str(&format!(" {not}IN "));
            list(out, items);
        }
        Operation::Like(a, pattern) => {
            write(out, a, Binding::Sum);
            out.push_str(&format!(" {not}LIKE "));
            write_text(out, pattern);
        }
        Operation::And(a, b) => {
            let (operand, low, high) = as_between(a, b).expect("two bounds of one operand");
            write(out, operand, Binding::Sum);
            out.push_str(&format!(" {not}BETWEEN "));
            infix(out, low, " AND ", high, Binding::Sum, Binding::Sum);
        }
        _ => unreachable!("a predicate that can be negated"),
    }
}

fn write_literal(out: &mut String, literal: &Literal) {
    match literal {
        Literal::Null(kind) => out.push_str(&format!("NULL::{}", kind.name())),
        Literal::Boolean(true) => out.push_str("TRUE"),
        Literal::Boolean(false) => out.push_str("FALSE"),
        Literal::Number(value) => out.push_str(&value.to_string()),
        Literal::Text(text) => write_text(out, text),
        Literal::Timestamp(micros) => {
            out.push_str("timestamp ");
            write_text(out, &zone::write_timestamp(*micros, None));
        }
        Literal::Date(days) => {
            out.push_str("date ");
            write_text(out, &zone::write_date(*days));
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('\'');
    out.push_str(&text.replace('\'', "''"));
    out.push('\'');
}
