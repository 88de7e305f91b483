//! The findings of the strict subset: what is said about each, and what to type instead.

use std::ops::Range;

use super::draft::Draft;
use super::field::holds_expression;
use super::outline::Trouble;
use super::quote::quote;
use crate::diagnostics::Diagnostic;
use crate::quantity::punctuated;
use crate::source::Span;

/// An alias, `*name`.
pub(super) fn alias(draft: &Draft, range: Range<usize>) -> Diagnostic {
    let text = &draft.text[range.clone()];
    Diagnostic::new(
        "yaml-alias",
        draft.span(range),
        format!("`{text}` is a YAML alias, which these files do not have"),
    )
    .label("an alias")
    .help("write the value out; to share definitions put them into a `Pack` and name it under `extends`")
}

/// An anchor, `&name`.
pub(super) fn anchor(draft: &Draft, range: Range<usize>) -> Diagnostic {
    let text = &draft.text[range.clone()];
    Diagnostic::new(
        "yaml-anchor",
        draft.span(range),
        format!("`{text}` is a YAML anchor, which these files do not have"),
    )
    .label("an anchor")
    .help(format!(
        "remove `{text}`; to share definitions put them into a `Pack` and name it under `extends`"
    ))
}

/// A tag, `!name`.
pub(super) fn tag(draft: &Draft, range: Range<usize>) -> Diagnostic {
    let text = &draft.text[range.clone()];
    Diagnostic::new(
        "yaml-tag",
        draft.span(range),
        format!("`{text}` is a YAML tag, which these files do not have"),
    )
    .label("a tag")
    .help(format!(
        "remove `{text}`: the field decides a value's type; quote the value if `{text}` belongs to it"
    ))
}

/// A merge key, `<<`.
pub(super) fn merge_key(draft: &Draft, range: Range<usize>) -> Diagnostic {
    Diagnostic::new(
        "yaml-merge-key",
        draft.span(range),
        "`<<` is a YAML merge key, which these files do not have",
    )
    .label("a merge key")
    .help("put what is shared into a `Pack` and name it under `extends`: it merges by key")
}

/// A key that stands twice in one map.
pub(super) fn duplicate_key(key: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new("duplicate-key", second, format!("`{key}` stands twice in this map"))
        .label("again here")
        .also(first, "first here")
        .help("remove one of the two, or give them different names")
}

/// A key that is not text.
pub(super) fn key_not_text(draft: &Draft, range: Range<usize>) -> Diagnostic {
    Diagnostic::new(
        "invalid-yaml",
        draft.span(range),
        "a map or list stands where a key is needed",
    )
    .label("not a key")
    .help("quote the whole value if it is text such as a template, `\"{{ … }}\"`")
}

/// A colon without a key before it.
pub(super) fn missing_key(draft: &Draft, at: usize) -> Diagnostic {
    let rest = &draft.text[at..];
    let colon = at + rest.len() - rest.trim_start().len();
    let place = if draft.text[colon..].starts_with(':') {
        colon..colon + 1
    } else {
        at..at
    };
    Diagnostic::new("invalid-yaml", draft.span(place), "a key is missing before the `:`")
        .label("nothing stands before this")
        .help("write `key: value`")
}

/// An entry of `{ … }` without a colon, where nothing before it can have been split.
pub(super) fn missing_colon(draft: &Draft, range: Range<usize>) -> Diagnostic {
    let key = &draft.text[range.clone()];
    let help = if key.contains(char::is_whitespace) {
        "quote the value if a comma belongs to it".to_owned()
    } else {
        format!("write `{key}: …`, or `{key}: {{}}` for an entry without fields")
    };
    Diagnostic::new(
        "invalid-yaml",
        draft.span(range.clone()),
        format!("`{key}` has no `:` and no value"),
    )
    .label("neither a key nor a value")
    .help(help)
}

/// `key:value` without a space after the colon, in `range`.
pub(super) fn missing_space(draft: &Draft, range: Range<usize>) -> Diagnostic {
    let text = &draft.text[range.clone()];
    let (key, value) = text.split_once(':').unwrap_or((text, ""));
    let colon = range.start + key.len();
    Diagnostic::new(
        "invalid-yaml",
        draft.span(colon..colon + 1),
        format!("a space is missing after the `:` of `{key}`"),
    )
    .label("no space after this")
    .help(format!("write `{key}: {value}`"))
}

/// A `#` that cuts a value off, inside `{ … }` or `[ … ]` where `bracketed`; `value` is what is left of it.
pub(super) fn comment_cuts_value(
    draft: &Draft,
    key: Option<&str>,
    value: Range<usize>,
    comment: Range<usize>,
    bracketed: bool,
) -> Diagnostic {
    let rest = &draft.text[comment.clone()];
    let end = if bracketed { rest.find([',', '}', ']']) } else { None };
    let meant = draft.text[value.start..comment.start + end.unwrap_or(rest.len())].trim_end();
    // Two spaces before a further `#` start what even the author took for a comment.
    let remark = meant.find("  #").unwrap_or(meant.len());
    let whole = quote(&meant[..remark]);
    let message = match key {
        Some(key) => format!("the `#` cuts the value of `{key}` off"),
        None => "the `#` cuts the value off".to_owned(),
    };
    Diagnostic::new("comment-cuts-value", draft.span(comment), message)
        .label("YAML reads a comment from here on")
        .also(draft.span(value), "all that is left of the value")
        .help(format!(
            "quote the value, `{}`, or put two spaces before a `#` that starts a comment",
            assigned(key, &whole)
        ))
}

/// A comma that splits an unquoted value inside `{ … }`; `value` is the whole of it.
pub(super) fn unquoted_comma(draft: &Draft, key: Option<&str>, value: Range<usize>) -> Diagnostic {
    let text = &draft.text[value.clone()];
    let unit = text.trim_start_matches(|c: char| !c.is_ascii_alphabetic() && c != '%');
    let number = &text[..text.len() - unit.len()];
    let is_unit = unit == "%" || unit.chars().all(|c| c.is_ascii_lowercase());
    let gap = &number[number.trim_end().len()..];
    if let Some(punctuated) = punctuated(number.trim_end()).filter(|_| is_unit) {
        // Quoting would only move the trouble: no number of the language has a comma.
        let help = punctuated.proposal(|number| assigned(key, &format!("{number}{gap}{unit}")));
        return Diagnostic::new("decimal-comma", draft.span(value), punctuated.description(text))
            .label("inside `{ … }` a comma even separates entries")
            .help(help);
    }
    let comma = value.start + text.find(',').unwrap_or(0);
    let message = match key {
        Some(key) => format!("the comma ends the value of `{key}`"),
        None => "the comma ends the value".to_owned(),
    };
    Diagnostic::new("unquoted-comma", draft.span(value.clone()), message)
        .label("inside `{ … }` a comma separates entries")
        .also(draft.span(comma..comma + 1), "YAML reads a new entry after this")
        .help(format!("quote the whole value: `{}`", assigned(key, &quote(text))))
}

/// An unquoted `value` that YAML does not take as it stands.
pub(super) fn unquoted_value(draft: &Draft, key: Option<&str>, value: Range<usize>, trouble: Trouble) -> Diagnostic {
    let text = &draft.text[value.clone()];
    let whole = assigned(key, &quote(text));
    let first = text.chars().next().unwrap_or(' ');
    let shown = if first == '`' {
        "a backtick".to_owned()
    } else {
        format!("`{first}`")
    };
    let at = |offset: usize, length: usize| draft.span(value.start + offset..value.start + offset + length);
    match trouble {
        Trouble::Comma => unquoted_comma(draft, key, value),
        Trouble::MissingSpace => missing_space(draft, value),
        Trouble::Hash => {
            let hash = value.start + text.find(" #").map_or(0, |space| space + 1);
            let left = value.start..value.start + draft.text[value.start..hash].trim_end().len();
            comment_cuts_value(draft, key, left, hash..value.end, false)
        }
        Trouble::Operator => Diagnostic::new(
            "unquoted-operator",
            draft.span(value.clone()),
            format!("an unquoted value cannot start with {shown}"),
        )
        .label(format!("YAML takes {shown} for {}", meaning(first)))
        .help(instead_of_operator(key, text)),
        Trouble::GoesOn => {
            let quoted = super::scalar::quoted_end(text, 0).unwrap_or(text.len());
            let wraps = text.len() > 1 && text.ends_with(first);
            let help = if wraps && !key.is_some_and(holds_expression) {
                assigned(key, &quote(&text[1..text.len() - 1]))
            } else {
                whole
            };
            Diagnostic::new(
                "unquoted-operator",
                draft.span(value.clone()),
                "the value goes on after its closing quote",
            )
            .label(format!("YAML ends the value after `{}`", &text[..quoted]))
            .help(format!("quote the whole value: `{help}`"))
        }
        Trouble::Unclosed => Diagnostic::new("invalid-yaml", at(0, 1), format!("the quote `{first}` is never closed"))
            .label("opened here")
            .help(format!("add the closing `{first}` at the end of the value")),
        Trouble::Bracket => Diagnostic::new(
            "unquoted-operator",
            draft.span(value.clone()),
            "an unquoted value inside `{ … }` cannot hold a bracket",
        )
        .label("YAML takes the bracket for the start or end of a list or map")
        .help(format!("quote the whole value: `{whole}`")),
        Trouble::Colon => {
            let colon = text.find(": ").unwrap_or(text.len().saturating_sub(1));
            Diagnostic::new(
                "unquoted-operator",
                draft.span(value.clone()),
                "an unquoted value cannot hold a `:` followed by a space",
            )
            .label("YAML takes what stands before the `:` for a key")
            .also(at(colon, 1), "this colon")
            .help(format!("quote the whole value: `{whole}`"))
        }
    }
}

/// A bracket that is never closed.
pub(super) fn unclosed_bracket(draft: &Draft, at: usize) -> Diagnostic {
    let bracket = draft.text.as_bytes()[at];
    let (open, close) = (char::from(bracket), closing(bracket));
    Diagnostic::new(
        "invalid-yaml",
        draft.span(at..at + 1),
        format!("the `{open}` is never closed"),
    )
    .label("opened here")
    .help(format!(
        "add the `{close}`, or quote the value in which a comma or bracket is meant as text"
    ))
}

/// A bracket at `open` whose closing one stands in a `comment`.
pub(super) fn closing_in_comment(draft: &Draft, open: usize, comment: Range<usize>) -> Diagnostic {
    let close = closing(draft.text.as_bytes()[open]);
    let message = format!("the `#` takes the closing `{close}` away");
    Diagnostic::new("comment-cuts-value", draft.span(comment), message)
        .label("YAML reads a comment from here on")
        .also(draft.span(open..open + 1), "opened here")
        .help(format!(
            "quote the value that the `#` belongs to, or move the comment behind the closing `{close}`"
        ))
}

/// Returns what closes the bracket `open`.
pub(super) fn closing(open: u8) -> char {
    if open == b'{' { '}' } else { ']' }
}

/// Documents nested deeper than any scorecard.
pub(super) fn too_deep(draft: &Draft, at: usize, limit: usize) -> Diagnostic {
    Diagnostic::new(
        "oversized-input",
        draft.span(at..at),
        format!("nested deeper than {limit} levels"),
    )
    .label("this level is one too many")
    .help("no field of the language is nested that deep: check the indentation and the brackets")
}

/// Whatever else the YAML parser rejects at `at`.
pub(super) fn invalid_yaml(draft: &Draft, at: usize, info: &str) -> Diagnostic {
    let text = &*draft.text;
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[at..].find(['\n', '\r']).map_or(text.len(), |length| at + length);
    let indented = line_start + text[line_start..line_end].len() - text[line_start..line_end].trim_start().len();
    let layout = [
        "did not find expected key",
        "mapping values are not allowed",
        "invalid indentation",
        "simple key expect",
        "block sequence entries are not allowed",
        "did not find expected '-'",
        "wrongly indented",
    ];
    let before = text.get(indented..at).unwrap_or("");
    if layout.iter().any(|phrase| info.contains(phrase)) && at < line_end && !before.contains(':') {
        let end = indented + text[indented..line_end].trim_end().len();
        return Diagnostic::new(
            "invalid-yaml",
            draft.span(indented..end),
            "the line does not fit the lines above it",
        )
        .label(format!("indented by {}", spaces(indented - line_start)))
        .help("indent it like its neighbours, with a `key:` first and the value on the same line or deeper below");
    }
    let end = text[at..line_end].chars().next().map_or(at, |c| at + c.len_utf8());
    let (message, help) = explain(info);
    Diagnostic::new("invalid-yaml", draft.span(at..end), message)
        .label("YAML cannot go on here")
        .help(help)
}

fn spaces(count: usize) -> String {
    match count {
        0 => "nothing".to_owned(),
        1 => "1 space".to_owned(),
        _ => format!("{count} spaces"),
    }
}

/// Turns the parser's words into a message and what to type.
fn explain(info: &str) -> (String, &'static str) {
    let known: [(&str, &str, &str); 11] = [
        ("expected key", "text stands behind the value", "quote the whole value"),
        (
            "expected node content",
            "a value is missing before this",
            "write the value, or remove the extra comma",
        ),
        (
            "unprintable",
            "the file holds a NUL character",
            "remove it; is this a text file?",
        ),
        (
            "directive",
            "a line that starts with `%` is a YAML directive",
            "remove the line",
        ),
        (
            "document end marker",
            "text stands behind the `...` that ends a document",
            "start a new document with `---`",
        ),
        (
            "expected <document start>",
            "text stands behind the end of the document",
            "start a new document with `---`",
        ),
        (
            "bracket",
            "a closing bracket that nothing opened",
            "remove it, or quote the value it belongs to",
        ),
        (
            "flow",
            "a `,` or a closing bracket is missing",
            "separate entries with commas, and quote values that hold brackets",
        ),
        (
            "escape",
            "the escape behind the `\\` is not one of YAML's",
            "double the backslash, or use single quotes",
        ),
        (
            "block scalar",
            "the text block is not indented evenly",
            "indent every line of the text like the first, with spaces",
        ),
        ("tag", "the `!` starts a YAML tag", "quote the value"),
    ];
    known.iter().find(|(phrase, ..)| info.contains(phrase)).map_or_else(
        || (format!("not valid YAML: {info}"), "quote the value if it is text"),
        |(_, message, help)| ((*message).to_owned(), help),
    )
}

/// What YAML takes the first character of a value for.
fn meaning(first: char) -> &'static str {
    match first {
        '*' => "a reference to an anchor",
        '&' => "an anchor",
        '!' => "a tag",
        '|' | '>' => "the start of a text block",
        '-' => "a list item",
        '?' => "a key",
        _ => "a reserved character",
    }
}

/// What to type instead of a value that starts with an operator.
fn instead_of_operator(key: Option<&str>, text: &str) -> String {
    let field = key.unwrap_or("where");
    if key.is_some_and(holds_expression) {
        for operator in [">=", "!=", ">"] {
            if let Some(operand) = text.strip_prefix(operator) {
                let operator = if operator == "!=" { "<>" } else { operator };
                return format!("name the column first: `{field}: COLUMN {operator} {}`", operand.trim());
            }
        }
        if let Some(operand) = text.strip_prefix('!') {
            return format!("write `{field}: NOT {}`", operand.trim());
        }
    } else if let Some(operand) = text.strip_prefix(">=") {
        return format!("write `{field}: {{ at_least: {} }}`", operand.trim());
    } else if let Some(operand) = text.strip_prefix('>') {
        return format!("write `{field}: {{ above: {} }}`", operand.trim());
    }
    if text.starts_with("- ") {
        return format!("put each list item on a line of its own, below `{field}:`");
    }
    format!("quote the whole value: `{}`", assigned(key, &quote(text)))
}

fn assigned(key: Option<&str>, value: &str) -> String {
    match key {
        Some(key) => format!("{key}: {value}"),
        None => value.to_owned(),
    }
}
