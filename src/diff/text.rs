//! A comparison for people at a terminal.

use std::fmt::Write as _;

use super::view::{Card, ChangeView, ReplayView, Side, View};
use crate::diagnostics::Level;
use crate::report::escape;

/// Writes the comparison as text: headline first, then each card, worst changes first.
pub fn text(view: &View) -> String {
    let mut text = format!("{} → {}\n", side(&view.base), side(&view.head));
    match (&view.as_of, &view.as_of_from) {
        (Some(day), Some(from)) => {
            let _ = writeln!(text, "as of {day}, {from}");
        }
        _ => text.push_str("as of no day: pass --as-of DATE to tell periods that have ended from those to come\n"),
    }
    let _ = writeln!(text, "{}", view.headline);
    for one in &view.cards {
        card(one, &mut text);
    }
    for skipped in &view.not_replayed {
        let _ = writeln!(text, "\n{}: not replayed, {}", plain(&skipped.card), skipped.reason);
    }
    for finding in &view.findings {
        let level = level(finding.level);
        let _ = writeln!(
            text,
            "\n{level}  {}\n       {}\n       {}",
            finding.rule,
            plain(&finding.message),
            plain(&finding.at)
        );
    }
    let failed: Vec<&str> = view
        .gates
        .iter()
        .filter(|gate| gate.failed)
        .map(|gate| gate.gate.as_str())
        .collect();
    if !failed.is_empty() {
        let _ = writeln!(text, "\nfails on {}", failed.join(", "));
    }
    text
}

/// `main, commit 3f2a1c90ab12 of 2026-11-02`
pub(super) fn side(side: &Side) -> String {
    let mut text = plain(&side.name);
    match (&side.commit, &side.date) {
        (Some(commit), Some(date)) => text = format!("{text} ({commit}, {date})"),
        (Some(commit), None) => text = format!("{text} ({commit})"),
        (None, _) => {}
    }
    text
}

fn card(card: &Card, text: &mut String) {
    let _ = writeln!(text, "\n{} · {}", plain(&card.id), plain(&card.title));
    let _ = writeln!(text, "  {}", card.summary);
    for one in &card.replays {
        replay(one, text);
    }
    for one in &card.changes {
        change(one, text);
    }
    if !card.data_changes.is_empty() {
        text.push_str("\n  Facts, not terms:\n");
        for one in &card.data_changes {
            change(one, text);
        }
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warn => "warn ",
        Level::Info => "info ",
    }
}

fn change(change: &ChangeView, text: &mut String) {
    let subject = change
        .subject
        .as_deref()
        .map_or(String::new(), |subject| format!("  {}", plain(subject)));
    let _ = writeln!(text, "\n  {}  {}{subject}", level(change.level), change.rule);
    if !change.text.is_empty() {
        let _ = writeln!(text, "         {}", plain(&change.text));
    }
    let _ = writeln!(text, "         {}", change.meaning);
    if let Some(note) = &change.note {
        let _ = writeln!(text, "         {}", plain(note));
    }
    match (&change.is_at, &change.was_at) {
        (Some(is), Some(was)) => {
            let _ = writeln!(text, "         {is}, was {was}");
        }
        (Some(one), None) | (None, Some(one)) => {
            let _ = writeln!(text, "         {one}");
        }
        (None, None) => {}
    }
    if let Some(waived) = &change.waived {
        let _ = writeln!(text, "         waived: {}", plain(waived));
    }
}

fn replay(replay: &ReplayView, text: &mut String) {
    let _ = writeln!(text, "  replay: {}", replay.headline);
    let _ = writeln!(text, "    {}; {}", replay.about, replay.assumption);
    let mut rows: Vec<Vec<String>> = vec![
        [
            "period",
            "published",
            "score",
            "credit",
            "verdicts",
            "main driver",
            "data",
        ]
        .map(str::to_owned)
        .into(),
    ];
    for period in &replay.periods {
        let published = [&period.published_score, &period.published_credit];
        let published: Vec<&str> = published
            .into_iter()
            .flatten()
            .map(|shown| shown.display.as_str())
            .collect();
        let verdicts = period
            .verdicts
            .iter()
            .map(|one| format!("{} {}", plain(&one.kpi), one.text));
        rows.push(vec![
            period.period.clone(),
            published.join(", "),
            period.score.clone(),
            period.credit.clone(),
            verdicts.collect::<Vec<_>>().join(", "),
            period.driver.as_deref().map(plain).unwrap_or_default(),
            if period.has_data {
                period.coverage.display.clone()
            } else {
                "no data".to_owned()
            },
        ]);
    }
    let shown: Vec<usize> = (0..rows[0].len())
        .filter(|&column| rows.iter().skip(1).any(|row| !row[column].is_empty()))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    for row in &rows {
        let cells = shown
            .iter()
            .map(|&column| format!("{:<1$}", row[column], widths[column]));
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "    {}", line.trim_end());
    }
}

fn plain(text: &str) -> String {
    escape::plain(text).into_owned()
}
