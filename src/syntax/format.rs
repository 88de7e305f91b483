//! Text → the same text in the one form that reviews need no words about.

use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions, LineBreak};

use super::node::{Node, NodeKind};
use super::parse::read;
use super::quote::quote;
use crate::diagnostics::{Diagnostic, Place};
use crate::source::FileId;

/// Columns a flow map or list may reach before it is broken into lines.
const WIDTH: usize = 120;

/// Mistakes that quotes mend, and that were read as the author meant them.
const MENDED: &[&str] = &["unquoted-comma", "unquoted-operator"];

/// What formatting came to.
#[derive(Debug)]
pub enum Formatted {
    /// The text as it should be, equal to the one that came in where nothing is to do.
    Text(String),
    /// What has to be mended by the author first.
    Mistakes(Vec<Diagnostic>),
    /// The text that came out would not say the same, with the reason; this is our mistake.
    Refused(String),
}

/// A comment at the end of a line or on one of its own.
struct Comment<'t> {
    /// Byte offset of the `#`.
    at: usize,
    /// Spaces between the content before it and the `#`; `None` on a line of its own.
    gap: Option<usize>,
    text: &'t str,
}

/// Lays `text` out anew: two spaces for each level, comments where they were, values that YAML would cut or split
/// in quotes. The documents it holds stay what they were, or nothing comes out.
pub fn format(id: FileId, text: &str) -> Formatted {
    let (documents, findings) = read(id, text);
    let quoted = match quoted(text, &findings) {
        Some(quoted) => quoted,
        None => return Formatted::Mistakes(findings),
    };
    let laid_out = match pretty_yaml::format_text(&quoted, &options()) {
        Ok(laid_out) => laid_out,
        Err(error) => return Formatted::Refused(error.to_string()),
    };
    let (before, _) = read(id, &quoted);
    let written = comments(&quoted, &before);
    let (bare, _) = read(id, &laid_out);
    let kept = comments(&laid_out, &bare);
    if !written
        .iter()
        .map(|comment| comment.text)
        .eq(kept.iter().map(|comment| comment.text))
    {
        return Formatted::Refused("a comment would get lost".to_owned());
    }
    let spaced = with_gaps(&laid_out, &kept, &written);
    let (after, left) = read(id, &spaced);
    let same = documents.len() == after.len() && documents.iter().zip(&after).all(|(a, b)| a.says_the_same(b));
    if !left.is_empty() || !same {
        return Formatted::Refused("the text would not say the same".to_owned());
    }
    Formatted::Text(spaced)
}

fn options() -> FormatOptions {
    FormatOptions {
        layout: LayoutOptions {
            print_width: WIDTH,
            indent_width: 2,
            line_break: LineBreak::Lf,
        },
        language: LanguageOptions {
            trailing_comma: false,
            ..LanguageOptions::default()
        },
    }
}

/// Puts the values at which quotes are missing into quotes; nothing where something else is wrong.
fn quoted(text: &str, findings: &[Diagnostic]) -> Option<String> {
    let mut values = Vec::with_capacity(findings.len());
    for finding in findings {
        match finding.primary.place {
            Place::Text(span) if MENDED.contains(&finding.rule) => values.push(span),
            _ => return None,
        }
    }
    values.sort_unstable_by_key(|span| span.start);
    let mut quoted = String::with_capacity(text.len());
    let mut done = 0;
    for span in values {
        let (start, end) = (span.start as usize, span.end as usize);
        quoted.push_str(text.get(done..start)?);
        quoted.push_str(&quote(text.get(start..end)?));
        done = end;
    }
    quoted.push_str(&text[done..]);
    Some(quoted)
}

/// Gives every comment behind a value the distance it had, two spaces at least: with one, a `#` behind an
/// expression could as well be meant as a part of it.
fn with_gaps(text: &str, comments: &[Comment<'_>], written: &[Comment<'_>]) -> String {
    let mut spaced = String::with_capacity(text.len());
    let mut done = 0;
    for (comment, written) in comments.iter().zip(written) {
        let Some(gap) = comment.gap else { continue };
        let before = written.gap.unwrap_or_default();
        spaced.push_str(&text[done..comment.at - gap]);
        spaced.push_str(&" ".repeat(before.max(2)));
        done = comment.at;
    }
    spaced.push_str(&text[done..]);
    spaced
}

/// Finds the comments of `text`: every `#` after a space, or first on its line, outside the scalars of `documents`.
fn comments<'t>(text: &'t str, documents: &[Node]) -> Vec<Comment<'t>> {
    let mut scalars = Vec::new();
    documents
        .iter()
        .for_each(|document| collect_scalars(document, &mut scalars));
    scalars.sort_unstable();
    let mut comments = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let hash = memchr::memchr_iter(b'#', content.as_bytes()).find(|&at| {
            let offset = start + at;
            let after = scalars.partition_point(|&(from, _)| from <= offset);
            let inside = after > 0 && offset < scalars[after - 1].1;
            let apart = at == 0 || matches!(content.as_bytes()[at - 1], b' ' | b'\t');
            apart && !inside
        });
        if let Some(at) = hash {
            let before = content[..at].trim_end();
            comments.push(Comment {
                at: start + at,
                gap: (!before.is_empty()).then_some(at - before.len()),
                text: &content[at..],
            });
        }
        start += line.len();
    }
    comments
}

fn collect_scalars(node: &Node, scalars: &mut Vec<(usize, usize)>) {
    match &node.kind {
        NodeKind::Null => {}
        NodeKind::Scalar(_) => scalars.push((node.span.start as usize, node.span.end as usize)),
        NodeKind::List(items) => items.iter().for_each(|item| collect_scalars(item, scalars)),
        NodeKind::Map(map) => {
            for (key, value) in map.iter() {
                scalars.push((key.span.start as usize, key.span.end as usize));
                collect_scalars(value, scalars);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(text: &str) -> String {
        match format(FileId(0), text) {
            Formatted::Text(text) => text,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn comments_keep_their_distance() {
        let text = "a:    1      # one\nb: 2 # two\n# alone\nc: {d: '#', e:  4}   # three\n";
        let laid_out = "a: 1      # one\nb: 2  # two\n# alone\nc: { d: \"#\", e: 4 }   # three\n";
        assert_eq!(formatted(text), laid_out);
        assert_eq!(formatted(laid_out), laid_out);
    }

    #[test]
    fn what_yaml_would_split_or_cut_is_quoted() {
        let text = "kind: Scorecard\nratio: { source: t, hit: a IN (1, 2) }\nwhere: \"a\" = 1\n";
        let laid_out = "kind: Scorecard\nratio: { source: t, hit: \"a IN (1, 2)\" }\nwhere: '\"a\" = 1'\n";
        assert_eq!(formatted(text), laid_out);
    }

    #[test]
    fn mistakes_are_left_to_the_author() {
        let mistakes = |text| match format(FileId(0), text) {
            Formatted::Mistakes(found) => found.into_iter().map(|finding| finding.rule).collect::<Vec<_>>(),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(mistakes("a: 1\na: 2\n"), ["duplicate-key"]);
        assert_eq!(mistakes("where: a = '#1' #2\n"), ["comment-cuts-value"]);
    }

    #[test]
    fn windows_line_ends_and_long_lines_are_brought_into_form() {
        assert_eq!(formatted("a:\r\n    b: 1\r\n"), "a:\n  b: 1\n");
        let item = "x".repeat(70);
        assert_eq!(
            formatted(&format!("a: [{item}, {item}]\n")),
            format!("a: [\n  {item},\n  {item}\n]\n")
        );
    }
}
