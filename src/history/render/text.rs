use std::fmt::Write as _;

use super::page::{CommitView, FieldView, Page, PublishedView};
use crate::report::escape::plain;

/// Writes a history: each field with its rows, then what cannot be read and where the evidence ends.
pub(super) fn history(page: &Page) -> String {
    let mut text = head(page);
    for field in &page.fields {
        let _ = writeln!(text, "\n{}", plain(&field.label));
        let value = |row: &super::RowView| row.value.clone().unwrap_or_else(|| "taken away".to_owned());
        let width = |of: &dyn Fn(&super::RowView) -> usize| field.rows.iter().map(of).max().unwrap_or(0);
        let force_width = width(&|row| row.force.len());
        let value_width = width(&|row| value(row).chars().count()).min(40);
        for row in &field.rows {
            let mark = if row.stands { '●' } else { '○' };
            let _ = writeln!(
                text,
                "{mark} {:<force_width$}  {:<value_width$}  {}",
                row.force,
                plain(&value(row)),
                plain(&row.set_by)
            );
            match &row.recorded {
                Some(commit) => {
                    let _ = writeln!(text, "    {} {}", plain(&row.record), people(commit));
                    let _ = writeln!(
                        text,
                        "    {}; {}; {}",
                        plain(&row.place),
                        commit.signature.state,
                        plain(&format!("“{}”", commit.summary))
                    );
                }
                None => {
                    let _ = writeln!(text, "    {}; {}", row.record, plain(&row.place));
                }
            }
            for remark in &row.remarks {
                let _ = writeln!(text, "    {}", plain(remark));
            }
        }
    }
    if page.fields.is_empty() {
        text.push_str("\nnothing is recorded\n");
    }
    if !page.published.is_empty() {
        text.push_str("\npublished\n");
    }
    for edition in &page.published {
        let mark = if edition.stands { '●' } else { '○' };
        let PublishedView {
            period,
            edition: number,
            said,
            line,
            ..
        } = edition;
        let _ = writeln!(text, "{mark} {}  edition {number}  {}", plain(period), plain(said));
        if let Some(reason) = &edition.reason {
            let _ = writeln!(text, "    restated: {}", plain(reason));
        }
        let _ = match &edition.recorded {
            Some(commit) => writeln!(text, "    ledger line {line}; {} {}", commit.short, people(commit)),
            None => writeln!(text, "    ledger line {line}; not committed"),
        };
    }
    text.push_str(&tail(page));
    text
}

/// Writes who set what, a line per field.
pub(super) fn blame(page: &Page) -> String {
    let mut text = head(page);
    let who = |field: &FieldView| match field.rows.first().and_then(|row| row.recorded.as_ref()) {
        Some(commit) => {
            let day = commit
                .author
                .date
                .as_deref()
                .and_then(|date| date.get(..10))
                .unwrap_or("no date");
            (commit.short.clone(), format!("{} {day}", plain(&commit.author.name)))
        }
        None => ("not committed".to_owned(), String::new()),
    };
    let place = |field: &FieldView| {
        field
            .rows
            .first()
            .map(|row| plain(&row.place).into_owned())
            .unwrap_or_default()
    };
    let width = |of: &dyn Fn(&FieldView) -> usize| page.fields.iter().map(of).max().unwrap_or(0);
    let id_width = width(&|field| who(field).0.chars().count());
    let who_width = width(&|field| who(field).1.chars().count());
    let place_width = width(&|field| place(field).chars().count());
    text.push('\n');
    for field in &page.fields {
        let (id, who) = who(field);
        let Some(row) = field.rows.first() else { continue };
        let value = row.value.as_deref().unwrap_or_default();
        let mut line = format!(
            "{id:<id_width$}  {who:<who_width$}  {:<place_width$}  {}: {}",
            place(field),
            plain(&field.label),
            plain(value)
        );
        if let Some(amendment) = &row.amendment {
            let _ = write!(line, "  ({})", plain(&amendment.id));
        }
        if row.at_or_before {
            line.push_str("  (or before)");
        }
        let _ = writeln!(text, "{line}");
    }
    text.push_str(&tail(page));
    text
}

fn head(page: &Page) -> String {
    let mut text = format!("{}: {}\n", plain(&page.subject), plain(&page.title));
    let read = match (&page.tip, page.working_tree) {
        (Some(tip), true) => format!(
            "as recorded up to {}, {}, and in the working tree",
            tip.short, tip.committer.when
        ),
        (Some(tip), false) => format!("as recorded up to {}, {}", tip.short, tip.committer.when),
        (None, _) => "as the working tree has it".to_owned(),
    };
    text.push_str(&read);
    if let Some(day) = &page.day {
        let _ = write!(text, "; the terms in force on {day}");
    }
    text.push('\n');
    text
}

fn people(commit: &CommitView) -> String {
    let person = |person: &super::PersonView| plain(&format!("{} <{}>", person.name, person.email)).into_owned();
    let mut text = format!("recorded {} by {}", commit.committer.when, person(&commit.committer));
    if !commit.is_own() {
        let _ = write!(text, ", written {} by {}", commit.author.when, person(&commit.author));
    }
    text
}

fn tail(page: &Page) -> String {
    let mut text = String::new();
    if !page.gaps.is_empty() {
        text.push_str("\nrevisions that cannot be read\n");
    }
    for gap in &page.gaps {
        let until = match &gap.until {
            Some(until) => format!("until {until}"),
            None => "to the end".to_owned(),
        };
        let _ = writeln!(text, "✗ {} {until}", gap.record);
        if let Some(commit) = &gap.recorded {
            let _ = writeln!(text, "    {}", people(commit));
        }
        let _ = writeln!(text, "    {}: {}", plain(&gap.place), plain(&gap.message));
    }
    if !page.limits.is_empty() {
        text.push('\n');
    }
    for limit in &page.limits {
        let _ = writeln!(text, "note: {}", plain(limit));
    }
    text
}
