//! A comparison for people at a terminal.

use std::fmt::Write as _;

use super::view::{Card, ChangeView, FactsView, ReplayView, Side, View};
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
        let reason = plain(&skipped.reason);
        let _ = writeln!(text, "\n{}: not replayed, {reason}", plain(&skipped.card));
    }
    if let Some(one) = &view.facts {
        facts(one, &mut text);
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
    if !card.changes.is_empty() {
        let _ = writeln!(text, "  favours: {}", card.gist.favours);
        let _ = writeln!(text, "  published reports: {}", card.gist.published);
    }
    for one in &card.replays {
        replay(one, text);
    }
    for one in &card.changes {
        change(one, text);
    }
    if !card.data_changes.is_empty() {
        text.push_str("\n  Claims and coverage, which are facts and no terms:\n");
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

/// What differs beside the terms.
fn facts(facts: &FactsView, text: &mut String) {
    text.push_str("\nWhat differs beside the terms\n");
    for sentence in &facts.told {
        let _ = writeln!(text, "  {}", plain(sentence));
    }
    if facts.is_replayed && facts.cards.is_empty() {
        text.push_str("  on them no verdict, score or money comes out otherwise\n");
    }
    for card in &facts.cards {
        let _ = writeln!(text, "\n{} · {}", plain(&card.id), plain(&card.title));
        if let Some(published) = &card.published {
            let _ = writeln!(text, "  published reports: {published}");
        }
        replay(&card.replay, text);
    }
    for skipped in &facts.not_replayed {
        let _ = writeln!(text, "\n{}: {}", plain(&skipped.card), plain(&skipped.reason));
    }
}

/// Entities that are shown one by one.
const ENTITIES: usize = 10;

fn replay(replay: &ReplayView, text: &mut String) {
    let _ = writeln!(text, "  replay: {}", replay.headline);
    let about = [Some(replay.about.as_str()), replay.sums.as_deref(), replay.assumption];
    let about: Vec<&str> = about.into_iter().flatten().collect();
    let _ = writeln!(text, "    {}", about.join("; "));
    for note in &replay.notes {
        let _ = writeln!(text, "    {note}");
    }
    for kpi in &replay.lone {
        let _ = writeln!(text, "    {}: {}", plain(&kpi.kpi), kpi.text);
    }
    let rows = replay.periods.iter().map(|period| {
        let published = [&period.published_score, &period.published_credit];
        let published: Vec<&str> = published
            .into_iter()
            .flatten()
            .map(|shown| shown.display.as_str())
            .collect();
        let verdicts = period
            .verdicts
            .iter()
            .map(|one| format!("{} {}", plain(&one.kpi), one.text))
            .chain(period.unmeasured_text.as_deref().map(plain));
        [
            period.period.clone(),
            published.join(", "),
            period.score.clone(),
            Some(period.credit.clone())
                .filter(|_| replay.has_money)
                .unwrap_or_default(),
            verdicts.collect::<Vec<_>>().join(", "),
            period.driver.as_deref().map(plain).unwrap_or_default(),
            period.data.clone(),
        ]
    });
    let head = [
        "period",
        "published",
        "score",
        "credit",
        "verdicts",
        "main driver",
        "data",
    ];
    table(head, rows, text);
    let Some(team) = replay.team.as_ref().filter(|team| !team.entities.is_empty()) else {
        return;
    };
    let _ = writeln!(text, "    {}", team.headline);
    let rows = team.entities.iter().take(ENTITIES).map(|entity| {
        let kpis = entity
            .kpis
            .iter()
            .map(|kpi| format!("{} {}", plain(&kpi.kpi), kpi.text));
        [
            plain(&entity.title),
            entity.scores.clone(),
            format!("{} of {}", entity.changed, entity.measured),
            kpis.collect::<Vec<_>>().join("; "),
        ]
    });
    let name = plain(&team.name);
    table([&name, "mean score", "other verdicts in", "KPIs"], rows, text);
    if team.entities.len() > ENTITIES {
        let _ = writeln!(text, "    and {} more", team.entities.len() - ENTITIES);
    }
}

/// Writes a table; columns without any text are left out.
fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>, text: &mut String) {
    let mut all = vec![head.map(str::to_owned)];
    all.extend(rows);
    let shown: Vec<usize> = (0..N)
        .filter(|&column| all.iter().skip(1).any(|row| !row[column].is_empty()))
        .collect();
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    for row in &all {
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
