//! Makes text that others wrote inert in HTML, in Markdown and on a terminal.
//!
//! Characters that reorder text (bidirectional controls) or steer a terminal are replaced everywhere: a
//! title must not be able to turn `Missed` into something else.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::quantity::Rational;

/// Whether `c` reorders, hides or steers what stands around it.
fn is_steering(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Replaces steering characters by U+FFFD; line ends and tabs become spaces.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    let inert = |c: char| !is_steering(c) && !matches!(c, '\n' | '\r' | '\t');
    if text.chars().all(inert) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", " ");
    let replaced = text.chars().map(|c| match c {
        '\n' | '\r' | '\t' => ' ',
        c if is_steering(c) => '\u{fffd}',
        c => c,
    });
    Cow::Owned(replaced.collect())
}

/// Escapes for HTML and SVG text and for quoted attributes.
pub(crate) fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Escapes for a quoted string of a style sheet, also of one that stands in a page.
pub(crate) fn css(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            ' ' => escaped.push(c),
            c if c.is_ascii_alphanumeric() || !c.is_ascii() => escaped.push(c),
            // The space ends the number.
            c => {
                let _ = write!(escaped, "\\{:x} ", u32::from(c));
            }
        }
    }
    escaped
}

/// Escapes for Markdown text and table cells: no markup, no mention, no automatic link, one line.
pub(crate) fn markdown(text: &str) -> String {
    let entities = plain(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('@', "&#64;")
        .replace("://", "&#58;//");
    let inert = without_bare_hosts(&entities);
    // White space in front could indent a line into code.
    let inert = inert.trim_start();
    let marker = block_marker(inert);
    let mut escaped = String::with_capacity(inert.len());
    for (at, c) in inert.char_indices() {
        if marker == Some(at) || matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '!' | '$') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Finds the byte whose escaping keeps a text at a line's start from being a heading or a list.
fn block_marker(text: &str) -> Option<usize> {
    let word = text.split(' ').next().unwrap_or(text);
    let digits = word.trim_end_matches(['.', ')']);
    let is_number = word.len() == digits.len() + 1 && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let is_heading = !word.is_empty() && word.bytes().all(|b| b == b'#');
    match word {
        "-" | "+" => Some(0),
        _ if is_heading => Some(0),
        _ if is_number => Some(digits.len()),
        _ => None,
    }
}

/// Turns the dot of `www.`, in any case, into an entity: some renderers link bare hosts.
fn without_bare_hosts(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for (at, found) in lower.match_indices("www.") {
        let dot = at + found.len() - 1;
        result.push_str(&text[from..dot]);
        result.push_str("&#46;");
        from = dot + 1;
    }
    result.push_str(&text[from..]);
    result
}

/// Writes a cell of a CSV file: quoted where it must be, and no formula to a spreadsheet unless it is a number.
pub(crate) fn csv(text: &str) -> String {
    let is_number = Rational::parse_decimal(text).is_some();
    let guard = match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') if !is_number => "'",
        _ => "",
    };
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{guard}{}\"", text.replace('"', "\"\"")),
        false => format!("{guard}{text}"),
    }
}

/// Returns `address` when a report may link to it: `http`, `https` or `mailto`, nothing else.
pub(crate) fn link(address: &str) -> Option<&str> {
    let lower = address.to_ascii_lowercase();
    let allowed = ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme) && lower.len() > scheme.len());
    let clean = address.chars().all(|c| !c.is_whitespace() && !is_steering(c));
    (allowed && clean).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_inert() {
        assert_eq!(
            html("<img src=x onerror='a(\"b\")'>&"),
            "&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt;&amp;"
        );
        assert_eq!(html("a\u{202e}b\u{1b}[31m\nc"), "a\u{fffd}b\u{fffd}[31m c");
    }

    #[test]
    fn markdown_is_inert() {
        assert_eq!(
            markdown("a|b\n@octo *x* [l](https://e.example) www.e.example WWW.E"),
            "a\\|b &#64;octo \\*x\\* \\[l\\](https&#58;//e.example) www&#46;e.example WWW&#46;E"
        );
        assert_eq!(
            markdown("<b>\\`_~!$&</b>"),
            "&lt;b&gt;\\\\\\`\\_\\~\\!\\$&amp;&lt;/b&gt;"
        );
    }

    #[test]
    fn cells_are_no_formulas() {
        assert_eq!(csv("=1+1"), "'=1+1");
        assert_eq!(csv("-12.50"), "-12.50");
        assert_eq!(csv("-a, \"b\""), "\"'-a, \"\"b\"\"\"");
        assert_eq!(csv("plain"), "plain");
    }

    #[test]
    fn a_text_at_a_lines_start_is_no_heading_and_no_list() {
        assert_eq!(markdown("# one"), "\\# one");
        assert_eq!(markdown("- one"), "\\- one");
        assert_eq!(markdown("12. one"), "12\\. one");
        assert_eq!(markdown("1) one"), "1\\) one");
        assert_eq!(markdown("    one"), "one");
        for plain in ["#1 one", "+2.8 pp", "−0.3", "96.00%", "2026", "1.5", ""] {
            assert_eq!(markdown(plain), plain);
        }
    }

    #[test]
    fn only_web_and_mail_addresses_become_links() {
        assert_eq!(link("https://wiki.example/CHG-1"), Some("https://wiki.example/CHG-1"));
        assert_eq!(link("mailto:a@b.example"), Some("mailto:a@b.example"));
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "CHG-4411",
            "https://",
            "https://a b",
            " https://a",
        ] {
            assert_eq!(link(bad), None, "{bad}");
        }
    }
}
