//! What a template of a workspace may spend, so that whoever writes one cannot exhaust the machine.
//!
//! The engine counts steps, not bytes: forty lines of `{% set s = s ~ s %}` are forty steps and a terabyte. So the
//! text of a template is rewritten before it is parsed: what is bound to a name or passed on, and what a loop
//! repeats, goes through functions that count ([`Budget`]). Lines stay lines, and the places of errors are led
//! back to the text as it is written ([`Metered::written`]).

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::value::{Kwargs, StringInput, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value, filters};

use super::lexer::{Kind, Tag, Token, tags};

/// Bytes of a template.
const TEMPLATE: usize = 256 << 10;
/// Bytes of one tag: what is deeply nested or chained overflows the engine's stack.
const TAG: usize = 1_000;
/// Bytes of a text that has a name.
const TEXT: usize = 256 << 10;
/// Entries of a list that has a name, or that is repeated over.
const ENTRIES: usize = 100_000;
/// Bytes that are put together while one page is rendered.
const PAGE: usize = 32 << 20;

/// A template with counting functions in it.
pub(super) struct Metered {
    /// What is parsed.
    pub(super) text: String,
    /// Where something was put in, in the text as written, and how many bytes; ascending.
    inserted: Vec<(usize, usize)>,
}

/// Why a template is refused before it is parsed.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The bytes at fault.
    pub(super) range: Range<usize>,
    pub(super) message: String,
}

impl Metered {
    /// Where in the text as written an offset of the parsed text is.
    pub(super) fn written(&self, offset: usize) -> usize {
        let mut before = 0;
        for &(at, length) in &self.inserted {
            if at + before >= offset {
                break;
            }
            // Inside of what was put in is where it was put in.
            before += length.min(offset - at - before);
        }
        offset - before
    }
}

/// Puts counting functions into a template.
///
/// # Errors
/// When it holds what cannot be counted.
pub(super) fn metered(text: &str) -> Result<Metered, Refusal> {
    if text.len() > TEMPLATE {
        return Err(Refusal {
            range: 0..0,
            message: format!("it is longer than {} KiB", TEMPLATE >> 10),
        });
    }
    let tags = tags(text);
    let mut edits: Vec<(usize, String)> = Vec::new();
    for (index, tag) in tags.iter().enumerate() {
        if tag.range.len() > TAG {
            return Err(Refusal {
                range: tag.range.start..tag.range.start + 2,
                message: format!("a tag is longer than {TAG} bytes"),
            });
        }
        refuse(tag)?;
        brackets(tag, &mut edits);
        statement(tag, || repeated(&tags[index..], text), &mut edits);
    }
    // Of what is put in at one place, what ends stands before what begins.
    edits.sort_by_key(|(at, what)| (*at, !what.starts_with([')', ','])));
    let (mut metered, mut inserted, mut done) = (String::with_capacity(text.len()), Vec::new(), 0);
    for (at, what) in edits {
        metered.push_str(&text[done..at]);
        metered.push_str(&what);
        inserted.push((at, what.len()));
        done = at;
    }
    metered.push_str(&text[done..]);
    Ok(Metered {
        text: metered,
        inserted,
    })
}

fn refuse(tag: &Tag<'_>) -> Result<(), Refusal> {
    let at = |token: &Token<'_>, message: &str| Refusal {
        range: token.start..token.start + token.text.len(),
        message: message.to_owned(),
    };
    for (index, token) in tag.tokens.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| tag.tokens[before].kind);
        let unpacks = matches!(before, Some(Kind::Open | Kind::Comma));
        if token.kind == Kind::Operator && matches!(token.text, "*" | "**") && !unpacks {
            return Err(at(token, "there is no `*`: a template arranges what the data say"));
        }
        if token.text == "recursive" && tag.keyword() == Some("for") {
            return Err(at(token, "loops cannot be recursive"));
        }
    }
    Ok(())
}

/// Whether an expression may come to more than it is made of.
fn grows(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0usize;
    tokens.iter().any(|token| {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.kind == Kind::Operator && matches!(token.text, "~" | "+" | "|")
    })
}

/// Lets the function count what `tokens` come to; `more` are further arguments.
fn wrap(function: &str, tokens: &[Token<'_>], more: &str, edits: &mut Vec<(usize, String)>) {
    if let [first, ..] = tokens {
        let last = &tokens[tokens.len() - 1];
        edits.push((first.start, format!("{function}((")));
        edits.push((last.start + last.text.len(), format!("){more})")));
    }
}

/// Counts every entry of a list and every argument that may grow.
fn brackets(tag: &Tag<'_>, edits: &mut Vec<(usize, String)>) {
    let mut starts: Vec<usize> = Vec::new();
    let entry = |tokens: &[Token<'_>], edits: &mut Vec<(usize, String)>| {
        let unpacks = tokens.first().is_some_and(|token| matches!(token.text, "*" | "**"));
        if !unpacks && grows(tokens) {
            wrap("bounded", tokens, "", edits);
        }
    };
    for (index, token) in tag.tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => starts.push(index + 1),
            Kind::Close => {
                if let Some(start) = starts.pop() {
                    entry(&tag.tokens[start..index], edits);
                }
            }
            Kind::Comma | Kind::Colon | Kind::Assign => {
                if let Some(start) = starts.last_mut() {
                    entry(&tag.tokens[*start..index], edits);
                    *start = index + 1;
                }
            }
            Kind::Word | Kind::Text | Kind::Operator => {}
        }
    }
}

/// Counts what a statement binds, repeats or includes.
fn statement(tag: &Tag<'_>, body: impl Fn() -> usize, edits: &mut Vec<(usize, String)>) {
    let tokens = &tag.tokens;
    let outer = tag.outer();
    let until = |words: &[&str]| {
        let end = outer.iter().find(|&&index| words.contains(&tokens[index].text));
        end.copied().unwrap_or(tokens.len())
    };
    match tag.keyword() {
        Some("set" | "with") => {
            let mut start = None;
            for &index in outer.iter().chain([&tokens.len()]) {
                let kind = tokens.get(index).map(|token| token.kind);
                if !matches!(kind, None | Some(Kind::Comma | Kind::Assign)) {
                    continue;
                }
                if let Some(bound) = start.map(|start| &tokens[start..index]).filter(|bound| grows(bound)) {
                    wrap("bounded", bound, "", edits);
                }
                // Of `a, b = x, y` the names are no expressions, and grow nothing.
                start = Some(index + 1);
            }
        }
        Some("for") => {
            let start = outer
                .iter()
                .find(|&&index| tokens[index].text == "in")
                .map(|index| index + 1);
            if let Some(start) = start {
                let end = outer
                    .iter()
                    .find(|&&index| index >= start && tokens[index].text == "if");
                let end = end.copied().unwrap_or(tokens.len());
                wrap("repeated", &tokens[start..end], &format!(", {}", body()), edits);
            }
        }
        Some("include") => {
            let end = until(&["ignore", "with", "without"]);
            wrap("included", tokens.get(1..end).unwrap_or_default(), "", edits);
        }
        _ => {}
    }
}

/// Bytes between the tag of a loop, the first of `tags`, and its end.
fn repeated(tags: &[Tag<'_>], text: &str) -> usize {
    let start = tags.first().map_or(0, |tag| tag.range.end);
    let mut depth = 0usize;
    for tag in tags {
        match tag.keyword() {
            Some("for") => depth += 1,
            Some("endfor") => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return tag.range.start - start;
        }
    }
    text.len() - start
}

/// What is left to be put together while one page is rendered.
#[derive(Clone, Debug, Default)]
pub(super) struct Budget(Arc<AtomicUsize>);

impl Budget {
    /// Starts a page.
    pub(super) fn renew(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Takes `bytes` off it.
    ///
    /// # Errors
    /// When there are no more.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Error> {
        let before = self.0.fetch_add(bytes.min(PAGE + 1), Ordering::Relaxed);
        match before.saturating_add(bytes) > PAGE {
            true => Err(too_much(format!(
                "it puts together more than {} MiB of text",
                PAGE >> 20
            ))),
            false => Ok(()),
        }
    }

    /// Gives an engine the functions that count, in place of filters whose result no count can foresee.
    pub(super) fn install(&self, environment: &mut Environment<'static>, lengths: Vec<(String, usize)>) {
        // A width or a depth of indentation is a number of bytes.
        for filter in ["indent", "format", "slice"] {
            environment.remove_filter(filter);
        }
        environment.add_filter("replace", replace);
        environment.add_filter("join", join);
        environment.add_filter("batch", batch);
        let budget = self.clone();
        environment.add_function("bounded", move |value: Value| {
            let bytes = measured(&value)?;
            budget.spend(bytes)?;
            Ok::<_, Error>(value)
        });
        let budget = self.clone();
        environment.add_function("repeated", move |value: Value, body: usize| {
            let entries = value.len().unwrap_or(0);
            if entries > ENTRIES {
                return Err(too_much(format!("a loop has more than {ENTRIES} turns")));
            }
            budget.spend(entries.saturating_mul(body))?;
            Ok(value)
        });
        let budget = self.clone();
        environment.add_function("included", move |value: Value| {
            let name = value.as_str().unwrap_or_default();
            let length = lengths
                .iter()
                .find(|(of, _)| of == name)
                .map_or(0, |(_, length)| *length);
            budget.spend(length)?;
            Ok::<_, Error>(value)
        });
    }
}

/// As the engine's own, where the result is no longer than a text may be.
fn replace(
    state: &mut State<'_, '_>,
    value: StringInput<'_>,
    from: StringInput<'_>,
    to: StringInput<'_>,
) -> Result<Value, Error> {
    let found = value.as_str().matches(from.as_str()).count();
    foreseen(
        found
            .saturating_mul(to.as_str().len())
            .saturating_add(value.as_str().len()),
    )?;
    filters::replace(state, value, from, to)
}

/// As the engine's own, where the result is no longer than a text may be.
fn join(
    state: &mut State<'_, '_>,
    value: &Value,
    joiner: Option<StringInput<'_>>,
    attribute: Option<&str>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let named: Option<Value> = kwargs.get("d")?;
    let between = joiner.as_ref().map(|joiner| joiner.as_str().len());
    let between = between.or_else(|| Some(named.as_ref()?.as_str()?.len())).unwrap_or(0);
    let entries = value.len().unwrap_or(ENTRIES);
    foreseen(entries.saturating_mul(between).saturating_add(measured(value)?))?;
    filters::join(state, value, joiner, attribute, kwargs)
}

/// As the engine's own, for rows that are no longer than a list may be: the last one is filled up.
fn batch(state: &State<'_, '_>, value: Value, count: usize, fill_with: Option<Value>) -> Result<Value, Error> {
    match count > ENTRIES {
        true => Err(too_much(format!("a list has more than {ENTRIES} entries"))),
        false => filters::batch(state, value, count, fill_with),
    }
}

fn too_much(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

/// The bytes of a text, or of all texts in a list.
fn measured(value: &Value) -> Result<usize, Error> {
    let (mut bytes, mut entries) = (0usize, 0usize);
    let mut rest = vec![value.clone()];
    while let Some(value) = rest.pop() {
        if let Some(text) = value.as_str() {
            bytes += text.len();
        } else if matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
            for entry in value.try_iter()? {
                entries += 1;
                if entries > ENTRIES {
                    return Err(too_much(format!("a list has more than {ENTRIES} entries")));
                }
                rest.push(entry);
            }
        }
        if bytes > TEXT {
            return Err(too_much(format!("a text is longer than {} KiB", TEXT >> 10)));
        }
    }
    Ok(bytes)
}

/// Refuses what a filter would make of a text or a list where that is longer than a text may be.
fn foreseen(bytes: usize) -> Result<(), Error> {
    match bytes > TEXT {
        true => Err(too_much(format!("a text is longer than {} KiB", TEXT >> 10))),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        metered(source).unwrap_or_else(|refusal| panic!("{refusal:?}")).text
    }

    #[test]
    fn what_is_bound_repeated_or_passed_on_is_counted() {
        for (written, parsed) in [
            ("{% set s = s ~ s %}", "{% set s = bounded((s ~ s)) %}"),
            ("{%- set a, b = x|e, y -%}", "{%- set a, b = bounded((x|e)), y -%}"),
            ("{% with a = b + c, d = 1 %}", "{% with a = bounded((b + c)), d = 1 %}"),
            (
                "{{ f(a ~ b, k=c ~ d) }}",
                "{{ f(bounded((a ~ b)), k=bounded((c ~ d))) }}",
            ),
            ("{{ (a + b)[:n + 1] }}", "{{ (bounded((a + b)))[:bounded((n + 1))] }}"),
            (
                "{% for a in b if c %}xy{% endfor %}",
                "{% for a in repeated((b), 2) if c %}xy{% endfor %}",
            ),
            (
                "{% include \"a.md\" ignore missing %}",
                "{% include included((\"a.md\")) ignore missing %}",
            ),
            ("{{ a ~ b }}", "{{ a ~ b }}"),
            ("{{ \"a ~ b\" }}{# f(a ~ b) #}", "{{ \"a ~ b\" }}{# f(a ~ b) #}"),
            (
                "{% raw %}{% set s = s ~ s %}{% endraw %}",
                "{% raw %}{% set s = s ~ s %}{% endraw %}",
            ),
            (
                "{{ {\"a\": {\"b\": c ~ d}} }}",
                "{{ {\"a\": {\"b\": bounded((c ~ d))}} }}",
            ),
            ("{{ f(*a) }}", "{{ f(*a) }}"),
        ] {
            assert_eq!(text(written), parsed);
        }
    }

    #[test]
    fn a_loop_counts_to_its_own_end() {
        let nested = "{% for a in b %}.{% for c in d %}..{% endfor %}{% endfor %}";
        let parsed = "{% for a in repeated((b), 31) %}.{% for c in repeated((d), 2) %}..{% endfor %}{% endfor %}";
        assert_eq!(text(nested), parsed);
    }

    #[test]
    fn places_are_led_back() {
        let metered = metered("ab {% set s = s ~ t %} {{ u }}").expect("nothing to refuse");
        assert_eq!(metered.text, "ab {% set s = bounded((s ~ t)) %} {{ u }}");
        let place = |word: &str| metered.written(metered.text.find(word).expect("it is there"));
        assert_eq!((place("ab"), place("s ~ t"), place("{{ u")), (0, 14, 23));
        assert_eq!(place("bounded"), 14);
    }

    #[test]
    fn what_cannot_be_counted_is_refused() {
        for refused in [
            "{{ \"x\" * 9 }}",
            "{% for a in b recursive %}{% endfor %}",
            &format!("{{{{ {}1 }}}}", "-".repeat(1_000)),
            &"x".repeat(TEMPLATE + 1),
        ] {
            assert!(metered(refused).is_err(), "{}", &refused[..20.min(refused.len())]);
        }
    }
}
