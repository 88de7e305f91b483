//! What syntax knows of the language's fields: which hold expressions and which hold prose.

/// Fields that always hold an expression.
const EXPRESSIONS: &[&str] = &["hit", "part", "up", "where", "while", "whole"];

/// Fields that hold an expression in some places and a name or number in others.
const SOMETIMES_EXPRESSIONS: &[&str] = &["first", "is", "last", "of", "sum", "weight", "when"];

/// Fields that hold prose.
const PROSE: &[&str] = &["action", "description", "name", "notes", "practice", "reason", "title"];

/// Whether the field `key` may hold an expression.
pub(super) fn holds_expression(key: &str) -> bool {
    EXPRESSIONS.contains(&key) || SOMETIMES_EXPRESSIONS.contains(&key)
}

/// Whether the field `key` holds an expression wherever it stands.
pub(super) fn is_expression(key: &str) -> bool {
    EXPRESSIONS.contains(&key)
}

/// Whether a `#` one space after `value` may have cut it off without anyone noticing.
///
/// A bare name or number where a field may hold either (`of: at_risk # of the charge`) is whole as
/// it stands: nothing that starts like it and goes on with a `#` is an expression.
pub(super) fn cut_off_unnoticed(key: &str, value: &str) -> bool {
    let name = || {
        value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'%'))
    };
    EXPRESSIONS.contains(&key) || PROSE.contains(&key) || (SOMETIMES_EXPRESSIONS.contains(&key) && !name())
}

/// Whether the field `key` holds text of any kind, so that `a:b` in it is just text.
pub(super) fn holds_text(key: &str) -> bool {
    PROSE.contains(&key) || holds_expression(key)
}
