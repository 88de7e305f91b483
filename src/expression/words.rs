//! The words of the language, and what to say about words that are not in it.

use regex::{Regex, RegexBuilder};
use sqlparser::tokenizer::Token;

use super::Type;
use super::ast::{Comparison, Function};
use crate::diagnostics::{Diagnostic, did_you_mean};
use crate::source::Span;

pub(super) const PERCENT: &str = "write a percentage as a number: `0.05` for 5 %";
pub(super) const DECIMAL_POINT: &str = "decimals have a point: `0.5`, not `0,5`";

/// The largest compiled pattern, in bytes.
const MAX_PATTERN: usize = 1 << 20;

/// Words that cannot be a column without `"…"`.
const RESERVED: &[&str] = &[
    "and", "between", "case", "else", "end", "false", "in", "is", "like", "not", "null", "or", "then", "true", "when",
];

/// Functions of SQL that sum up rows, with the measure form that does.
const AGGREGATES: &[(&str, &str)] = &[
    ("avg", "mean"),
    ("mean", "mean"),
    ("average", "mean"),
    ("sum", "sum"),
    ("count", "count"),
    ("min", "min"),
    ("max", "max"),
    ("median", "median"),
    ("percentile", "percentile"),
    ("percentile_cont", "percentile"),
    ("quantile", "percentile"),
    ("quantile_cont", "percentile"),
    ("stddev", "mean"),
    ("first", "value"),
    ("last", "value"),
];

/// Functions whose result depends on when or where they run.
const VOLATILE: &[&str] = &[
    "now",
    "today",
    "current_date",
    "current_time",
    "current_timestamp",
    "random",
    "rand",
    "uuid",
    "getdate",
    "sysdate",
];

/// Names that other dialects give to what the language has.
const FOREIGN_FUNCTIONS: &[(&str, &str)] = &[
    ("cast", "write a cast as `x::number`"),
    ("try_cast", "write a cast as `x::number`"),
    (
        "extract",
        "write `year(x)`, `month(x)`, `day(x)`, `hour(x)` or `weekday(x)`",
    ),
    (
        "date_part",
        "write `year(x)`, `month(x)`, `day(x)`, `hour(x)` or `weekday(x)`",
    ),
    (
        "date_trunc",
        "write `date(x)`, `year(x)` or `month(x)`; measures are cut into periods by themselves",
    ),
    (
        "datediff",
        "write `minutes_between(a, b)`, `hours_between(a, b)` or `days_between(a, b)`",
    ),
    (
        "date_diff",
        "write `minutes_between(a, b)`, `hours_between(a, b)` or `days_between(a, b)`",
    ),
    (
        "timestampdiff",
        "write `minutes_between(a, b)`, `hours_between(a, b)` or `days_between(a, b)`",
    ),
    (
        "age",
        "write `minutes_between(a, b)`, `hours_between(a, b)` or `days_between(a, b)`",
    ),
    ("dayofweek", "write `weekday(x)`: Monday is 1, Sunday is 7"),
    ("ifnull", "write `coalesce(x, y)`"),
    ("isnull", "write `x IS NULL` or `coalesce(x, y)`"),
    ("nvl", "write `coalesce(x, y)`"),
    ("if", "write `CASE WHEN condition THEN x ELSE y END`"),
    ("iif", "write `CASE WHEN condition THEN x ELSE y END`"),
    (
        "substring",
        "write `substr(x, start, length)`; the first character is 1",
    ),
    ("left", "write `substr(x, 1, length)`"),
    ("len", "write `length(x)`"),
    ("char_length", "write `length(x)`"),
    ("ltrim", "write `trim(x)`"),
    ("rtrim", "write `trim(x)`"),
    ("ucase", "write `upper(x)`"),
    ("lcase", "write `lower(x)`"),
    ("startswith", "write `starts_with(x, 'prefix')`"),
    ("endswith", "write `x LIKE '%suffix'` or `matches(x, 'suffix$')`"),
    ("ends_with", "write `x LIKE '%suffix'` or `matches(x, 'suffix$')`"),
    ("position", "write `contains(x, 'part')`"),
    ("strpos", "write `contains(x, 'part')`"),
    ("instr", "write `contains(x, 'part')`"),
    ("regexp_matches", "write `matches(x, 'pattern')`"),
    ("regexp_like", "write `matches(x, 'pattern')`"),
    ("ceiling", "write `ceil(x)`"),
    ("mod", "write `a % b`"),
    (
        "concat",
        "text is compared, not built: compute the column before it is exported",
    ),
    (
        "replace",
        "text is compared, not built: compute the column before it is exported",
    ),
    (
        "repeat",
        "text is compared, not built: compute the column before it is exported",
    ),
];

const TYPES: &[(&str, Type)] = &[
    ("number", Type::Number),
    ("text", Type::Text),
    ("boolean", Type::Boolean),
    ("timestamp", Type::Timestamp),
    ("date", Type::Date),
];

impl Type {
    /// The name as casts write it.
    pub fn name(self) -> &'static str {
        let entry = TYPES.iter().find(|(_, kind)| *kind == self);
        entry.expect("every type is listed").0
    }

    /// The name with its article, for messages.
    pub(crate) fn described(self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "text",
            Self::Timestamp => "a timestamp",
            Self::Date => "a date",
        }
    }
}

pub(super) fn type_named(name: &str) -> Option<Type> {
    TYPES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// The type that other dialects call `name`.
pub(super) fn foreign_type(name: &str) -> Option<Type> {
    Some(match name {
        "int" | "integer" | "bigint" | "smallint" | "numeric" | "decimal" | "float" | "double" | "real" => Type::Number,
        "varchar" | "string" | "char" | "str" => Type::Text,
        "bool" => Type::Boolean,
        "datetime" | "timestamptz" | "time" => Type::Timestamp,
        _ => return did_you_mean(name, TYPES.iter().map(|(known, _)| *known)).and_then(type_named),
    })
}

pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| word.eq_ignore_ascii_case(reserved))
}

/// Writes a column's name so that it reads back as one.
pub(super) fn column(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let taken =
        is_reserved(name) || VOLATILE.contains(&name) || ["select", "exists", "interval", "escape"].contains(&name);
    if plain && !taken {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

pub(super) fn comparison(token: &Token) -> Option<Comparison> {
    Some(match token {
        Token::Eq => Comparison::Equal,
        Token::Neq => Comparison::NotEqual,
        Token::Lt => Comparison::Less,
        Token::LtEq => Comparison::LessOrEqual,
        Token::Gt => Comparison::Greater,
        Token::GtEq => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

/// What to type instead of a token that belongs to other languages.
pub(super) fn help_for(token: &Token, previous: Option<&Token>, next: Option<&Token>) -> Option<String> {
    let help = match token {
        Token::DoubleEq => "write `=` for equality",
        Token::Spaceship => "write `=`, and `IS NULL` where a value can be absent",
        Token::Overlap | Token::Ampersand => "write `AND`",
        Token::StringConcat => "write `OR` between conditions; texts are compared, not built",
        Token::Pipe => "write `OR`",
        Token::ExclamationMark => "write `NOT`, or `<>` for `!=`",
        Token::Lt if previous == Some(&Token::Eq) => "write `<=`",
        Token::Gt if previous == Some(&Token::Eq) => "write `>=`",
        Token::RArrow => "write `>=`",
        Token::Plus => "leave the `+` out: a number is positive by itself",
        Token::Tilde | Token::TildeAsterisk => "write `matches(x, 'pattern')`",
        Token::Caret => "write the product out: `x * x`",
        Token::SemiColon => "an expression has no `;`",
        Token::Comma => return Some(DECIMAL_POINT.to_owned()),
        Token::Mul => "`*` is a product; to count rows use the measure form `count: {}`",
        Token::Placeholder(_) | Token::AtSign => "an expression has no variables",
        Token::LBrace | Token::LBracket => "a list of values stands in parentheses: `x IN ('a', 'b')`",
        Token::Char('≤') => "write `<=`",
        Token::Char('≥') => "write `>=`",
        Token::Char('≠') => "write `<>`",
        Token::Char('‘' | '’' | '“' | '”' | '„' | '`') => {
            "write straight quotes: `'text'`, `\"column name\"`"
        }
        Token::SingleQuotedString(_) if matches!(previous, Some(Token::Word(_))) => {
            "only `timestamp '…'` and `date '…'` stand before a text"
        }
        Token::Word(word) if word.quote_style.is_none() => match &*word.value.to_ascii_lowercase() {
            "ilike" => "`LIKE` tells case apart: write `lower(x) LIKE 'pattern%'`",
            "similar" | "regexp" | "rlike" | "glob" => "write `matches(x, 'pattern')`",
            "distinct" => "write `a = b OR (a IS NULL AND b IS NULL)`",
            "unknown" => "write `IS NULL`",
            "over" => "an expression sees one row: it has no windows",
            "div" => "write `floor(a / b)`",
            "mod" => "write `a % b`",
            "xor" => "write `a <> b`",
            "select" => "an expression sees one row: it has no sub-queries",
            _ => return None,
        },
        Token::SingleQuotedString(_) if next.is_none() => "is an operator missing in front of the text?",
        _ => return None,
    };
    Some(help.to_owned())
}

/// Says why a bare word is neither a column nor a function.
pub(super) fn not_a_column(word: &str, next: Option<&Token>) -> Option<(String, &'static str)> {
    if word == "interval" && matches!(next, Some(Token::SingleQuotedString(_) | Token::Number(..))) {
        return Some((
            "expressions have no intervals".to_owned(),
            "compare `minutes_between(a, b)`, `hours_between(a, b)` or `days_between(a, b)` with a number",
        ));
    }
    ["current_date", "current_time", "current_timestamp"]
        .contains(&word)
        .then(|| volatile(word))
}

fn volatile(name: &str) -> (String, &'static str) {
    (
        format!("`{name}` gives another result at another time"),
        "a report must come out the same later: compare with a column of the row",
    )
}

/// The problem that nothing is called `name`.
pub(super) fn unknown_function(name: &str, span: Span) -> Diagnostic {
    let problem = |message: String| Diagnostic::new("unknown-function", span, message);
    if let Some((_, form)) = AGGREGATES.iter().find(|(known, _)| *known == name) {
        let form = if *form == "count" {
            "count: {}".to_owned()
        } else {
            format!("{form}: {{ of: … }}")
        };
        return problem(format!("`{name}` sums up many rows, an expression sees one"))
            .help(format!("use the measure form `{form}`"));
    }
    if VOLATILE.contains(&name) {
        let (message, help) = volatile(name);
        return problem(message).help(help);
    }
    let unknown = problem(format!("no function is called `{name}`"));
    if let Some((_, help)) = FOREIGN_FUNCTIONS.iter().find(|(known, _)| *known == name) {
        return unknown.help(*help);
    }
    match did_you_mean(name, Function::ALL.iter().map(|(known, ..)| *known)) {
        Some(near) => unknown.help(format!("did you mean `{near}`?")),
        None => {
            let names: Vec<&str> = Function::ALL.iter().map(|(known, ..)| *known).collect();
            unknown.help(format!("the functions are {}", names.join(", ")))
        }
    }
}

/// Compiles the pattern of `matches`; says what is wrong with it and what to do.
pub(super) fn compile(pattern: &str) -> Result<Regex, (String, &'static str)> {
    let compiled = RegexBuilder::new(pattern).size_limit(MAX_PATTERN).build();
    compiled.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => (
            "the pattern is too large".to_owned(),
            "shorten repetitions such as `{1000}`",
        ),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or("").trim();
            let reason = last.strip_prefix("error: ").unwrap_or(last);
            (
                format!("the pattern is not a regular expression: {reason}"),
                "look-around and back-references are left out so that matching takes linear time",
            )
        }
    })
}
