use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode,
    SourceSpan, SpanContents,
};

use super::{Location, inert, sorted};
use crate::diagnostics::catalog::cost_rank;
use crate::diagnostics::{Diagnostic, Diagnostics, Label, Level, Place};
use crate::source::{FileId, SourceMap, Span};

/// How the text is to look; the caller knows the terminal, this module does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether to colour.
    pub color: bool,
    /// Columns to wrap at.
    pub width: usize,
}

/// Bytes of the lines around a place that are shown.
const LONGEST_EXCERPT: u32 = 3_000;

/// Writes the findings for people: rule, message, the lines at fault with labels, what to type. Errors come first,
/// then warnings, the costliest before the others, then notes in short; a summary last.
pub fn text(diagnostics: &Diagnostics, sources: &SourceMap, look: Look) -> String {
    let theme = if look.color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(look.width.max(40))
        .with_links(false)
        .with_show_related_as_nested(true)
        .without_syntax_highlighting();
    let mut texts = Texts {
        sources,
        inert: BTreeMap::new(),
    };
    let mut out = String::new();
    let mut found = sorted(diagnostics, sources);
    found.sort_by_key(|(_, finding)| (Reverse(finding.level), cost_rank(finding.rule)));
    let notes = found.partition_point(|(_, finding)| finding.level > Level::Info);
    let (frames, notes) = found.split_at(notes);
    for (location, diagnostic) in frames {
        texts.prepare(diagnostic);
        let report = Report::new(diagnostic, location, &texts);
        // Writing to a string fails only where a report's own formatting does.
        if handler.render_report(&mut out, &report).is_err() {
            out.push_str(&report.message);
        }
        let length = out.trim_end().len();
        out.truncate(length);
        out.push_str("\n\n");
    }
    if !notes.is_empty() {
        out.push_str(&short(notes));
        out.push('\n');
    }
    if !diagnostics.is_empty() {
        out.push_str(&summary(diagnostics));
        out.push('\n');
    }
    out
}

/// Writes notes on a line each, so that they do not bury what costs more.
fn short(notes: &[(Location, &Diagnostic)]) -> String {
    let mut out = String::new();
    for (location, note) in notes {
        let place = inert(&unprinted(location));
        out.push_str(&format!("note: {place}: {} [{}]\n", inert(&note.message), note.rule));
    }
    let example = notes.first().map_or("", |(_, note)| note.rule);
    out.push_str(&format!(
        "  `scoreline explain {example}` says what is missing and what to write\n"
    ));
    out
}

/// Counts the findings: `3 errors, 1 warning`, or `no problems`.
pub fn summary(diagnostics: &Diagnostics) -> String {
    let count = |level: Level, name: &str| {
        let count = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.level == level)
            .count();
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {name}{plural}"))
    };
    let counts = [
        count(Level::Error, "error"),
        count(Level::Warn, "warning"),
        count(Level::Info, "note"),
    ];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    if counts.is_empty() {
        "no problems".to_owned()
    } else {
        counts.join(", ")
    }
}

/// The texts pointed into, made inert once each.
struct Texts<'a> {
    sources: &'a SourceMap,
    inert: BTreeMap<FileId, String>,
}

impl Texts<'_> {
    /// The place of a label that is shown with its lines: none that fill the screen, such as those of a generated
    /// file.
    fn printable(&self, label: &Label) -> Option<Span> {
        let Place::Text(span) = label.place else { return None };
        let file = self.sources.file(span.file);
        let line = file.locate(span.start).line;
        let shown = file.line_range(line.saturating_sub(1).max(1)).start..file.line_range(line + 1).end;
        (shown.end.saturating_sub(shown.start) <= LONGEST_EXCERPT).then_some(span)
    }

    fn prepare(&mut self, diagnostic: &Diagnostic) {
        for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary) {
            if let Some(span) = self.printable(label) {
                let text = || inert(&self.sources.file(span.file).text);
                self.inert.entry(span.file).or_insert_with(text);
            }
        }
    }
}

/// One finding as miette sees it; a place in another file than the primary one is a report of its own.
#[derive(Debug)]
struct Report<'a> {
    rule: Option<&'static str>,
    level: Level,
    message: String,
    help: Option<String>,
    excerpt: Option<Excerpt<'a>>,
    labels: Vec<LabeledSpan>,
    elsewhere: Vec<Report<'a>>,
}

impl<'a> Report<'a> {
    fn new(diagnostic: &Diagnostic, location: &Location, texts: &'a Texts) -> Self {
        let mut report = Self::bare(diagnostic.level, inert(&diagnostic.message));
        report.rule = Some(diagnostic.rule);
        report.help = diagnostic.help.as_deref().map(inert);
        let Some(place) = texts.printable(&diagnostic.primary) else {
            report.message.push_str(&format!("\n[{}]", inert(&unprinted(location))));
            if !diagnostic.primary.text.is_empty() {
                report
                    .message
                    .push_str(&format!(" {}", inert(&diagnostic.primary.text)));
            }
            report.elsewhere = diagnostic
                .secondary
                .iter()
                .map(|label| Self::elsewhere(label, texts))
                .collect();
            return report;
        };
        report.show(place, &diagnostic.primary.text, texts);
        for label in &diagnostic.secondary {
            match texts.printable(label) {
                Some(span) if span.file == place.file => {
                    report
                        .labels
                        .push(LabeledSpan::new_with_span(shown(&label.text), range(span)));
                }
                _ => report.elsewhere.push(Self::elsewhere(label, texts)),
            }
        }
        report
    }

    fn elsewhere(label: &Label, texts: &'a Texts) -> Self {
        let mut report = Self::bare(Level::Info, inert(&label.text));
        match texts.printable(label) {
            Some(span) => report.show(span, "", texts),
            None => {
                let location = Location::of(label, texts.sources);
                report.message = format!("{} [{}]", report.message, inert(&unprinted(&location)));
            }
        }
        report
    }

    fn bare(level: Level, message: String) -> Self {
        Self {
            rule: None,
            level,
            message,
            help: None,
            excerpt: None,
            labels: Vec::new(),
            elsewhere: Vec::new(),
        }
    }

    fn show(&mut self, span: Span, label: &str, texts: &'a Texts) {
        self.labels
            .push(LabeledSpan::new_primary_with_span(shown(label), range(span)));
        self.excerpt = texts.inert.get(&span.file).map(|text| Excerpt {
            text,
            sources: texts.sources,
            file: span.file,
        });
    }
}

/// Writes a place that has no text to show: `path:line, column "name"`.
fn unprinted(location: &Location) -> String {
    let mut place = location.file.clone();
    if let Some(line) = location.line() {
        place.push_str(&format!(":{line}"));
    }
    if let Some(column) = &location.data_column {
        place.push_str(&format!(", column `{column}`"));
    }
    place
}

fn shown(label: &str) -> Option<String> {
    (!label.is_empty()).then(|| inert(label))
}

fn range(span: Span) -> SourceSpan {
    (span.start as usize, (span.end - span.start) as usize).into()
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        let rule = self.rule?;
        let level = match self.level {
            Level::Error => "error",
            Level::Warn => "warning",
            Level::Info => "note",
        };
        Some(Box::new(format!("{level}: {rule}")))
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.level {
            Level::Error => Severity::Error,
            Level::Warn => Severity::Warning,
            Level::Info => Severity::Advice,
        })
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = _>>)
    }

    fn related(&self) -> Option<Box<dyn Iterator<Item = &dyn miette::Diagnostic> + '_>> {
        let reports = self.elsewhere.iter().map(|report| report as &dyn miette::Diagnostic);
        (!self.elsewhere.is_empty()).then(|| Box::new(reports) as Box<dyn Iterator<Item = _>>)
    }
}

/// A file whose lines are found without reading it from the start each time.
struct Excerpt<'a> {
    text: &'a str,
    sources: &'a SourceMap,
    file: FileId,
}

impl fmt::Debug for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.file)
    }
}

impl SourceCode for Excerpt<'_> {
    fn read_span<'s>(
        &'s self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'s> + 's>, MietteError> {
        let file = self.sources.file(self.file);
        let at = file.locate(span.offset() as u32);
        let first = at.line.saturating_sub(before as u32).max(1);
        let last = file.locate((span.offset() + span.len()) as u32).line + after as u32;
        // Without lines before it an excerpt starts at the place itself: that is the place shown.
        let (start, column) = if before == 0 {
            (span.offset(), at.column as usize - 1)
        } else {
            (file.line_range(first).start as usize, 0)
        };
        let end = (file.line_range(last).end as usize).max(start);
        let data = self.text.get(start..end).ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            inert(&file.path),
            data.as_bytes(),
            (start, end - start).into(),
            first as usize - 1,
            column,
            data.lines().count(),
        )))
    }
}
