//! A comparison as a comment on a pull request, and as a page of its own.

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::view::{ChangeView, View};
use crate::diagnostics::Level;
use crate::error::Error;
use crate::report::{Renderer, Templates};

/// Code hosts take comments of 65,536 characters; this leaves room for what they add.
const LONGEST: usize = 60_000;

/// Writes the comparison as a comment; whole sections are left out, and named, until it is short enough.
///
/// # Errors
/// When a template fails.
pub fn markdown(view: &View, templates: &Templates) -> Result<String, Error> {
    let mut view = view.clone();
    loop {
        let text = render(&view, "diff.md", templates)?;
        if text.chars().count() <= LONGEST || !shorten(&mut view) {
            return Ok(text);
        }
    }
}

/// Writes the comparison as a self-contained HTML page.
///
/// # Errors
/// When a template fails.
pub fn html(view: &View, templates: &Templates) -> Result<String, Error> {
    render(view, "diff.html", templates)
}

fn render(view: &View, template: &str, templates: &Templates) -> Result<String, Error> {
    let mut data = serde_json::to_value(view).expect("a view has only string keys");
    data["base_text"] = super::text::side(&view.base).into();
    data["head_text"] = super::text::side(&view.head).into();
    for (card, data) in view
        .cards
        .iter()
        .zip(data["cards"].as_array_mut().into_iter().flatten())
    {
        for (name, changes) in [("rows", &card.changes), ("data_rows", &card.data_changes)] {
            data[name] = serde_json::to_value(rows(changes)).expect("a row has only string keys");
        }
    }
    Renderer::plain(Value::from(Serde(data)), templates)?.render(template)
}

/// Changes that a reader takes for one: what several rules say of one value, or one rule of several things at one
/// place.
#[derive(Serialize)]
struct Row<'a> {
    level: Level,
    subjects: Vec<&'a str>,
    text: &'a str,
    notes: Vec<&'a str>,
    waived: Option<&'a str>,
    meaning: &'a str,
    rules: Vec<&'a str>,
    is_at: Option<&'a str>,
    was_at: Option<&'a str>,
}

fn rows(changes: &[ChangeView]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for change in changes {
        let one = Row {
            level: change.level,
            subjects: change.subject.iter().map(String::as_str).collect(),
            text: &change.text,
            notes: change.note.iter().map(String::as_str).collect(),
            waived: change.waived.as_deref(),
            meaning: &change.meaning,
            rules: vec![change.rule],
            is_at: change.is_at.as_deref(),
            was_at: change.was_at.as_deref(),
        };
        let says_the_same = |row: &&mut Row<'_>| (row.text, row.is_at, row.waived) == (one.text, one.is_at, one.waived);
        if let Some(row) = rows
            .iter_mut()
            .filter(says_the_same)
            .find(|row| row.subjects == one.subjects && !one.text.is_empty())
        {
            row.level = row.level.max(one.level);
            row.rules.extend(one.rules);
            row.notes.extend(one.notes);
            continue;
        }
        rows.push(one);
    }
    let mut grouped: Vec<Row<'_>> = Vec::new();
    for row in rows {
        let same = |other: &&mut Row<'_>| {
            let of = |row: &Row<'_>| (row.level, row.is_at.map(str::to_owned), row.waived.map(str::to_owned));
            of(other) == of(&row)
                && (other.text, other.meaning) == (row.text, row.meaning)
                && (&other.rules, &other.notes) == (&row.rules, &row.notes)
        };
        match grouped.iter_mut().find(same) {
            Some(other) => other.subjects.extend(row.subjects),
            None => grouped.push(row),
        }
    }
    grouped
}

/// Leaves out one more section, the least important first; `false` when nothing is left to leave out.
fn shorten(view: &mut View) -> bool {
    let minor = |card: &super::view::Card| card.changes.iter().any(|change| change.level == Level::Info);
    if let Some(card) = view.cards.iter_mut().rev().find(|card| minor(card)) {
        card.changes.retain(|change| change.level > Level::Info);
        view.omitted.push(format!("minor changes of {}", card.id));
        return true;
    }
    if let Some(card) = view.cards.iter_mut().rev().find(|card| !card.data_changes.is_empty()) {
        card.data_changes.clear();
        view.omitted.push(format!("claims and coverage of {}", card.id));
        return true;
    }
    if let Some(card) = view
        .facts
        .iter_mut()
        .flat_map(|facts| &mut facts.cards)
        .rev()
        .find(|card| !card.replay.periods.is_empty())
    {
        card.replay.periods.clear();
        view.omitted
            .push(format!("periods that the data of {} change", card.id));
        return true;
    }
    let teams = |card: &super::view::Card| card.replays.iter().any(|replay| replay.team.is_some());
    if let Some(card) = view.cards.iter_mut().rev().find(|card| teams(card)) {
        card.replays.iter_mut().for_each(|replay| replay.team = None);
        view.omitted.push(format!("entities of {}", card.id));
        return true;
    }
    let table = |card: &super::view::Card| card.replays.iter().any(|replay| !replay.periods.is_empty());
    if let Some(card) = view.cards.iter_mut().rev().find(|card| table(card)) {
        card.replays.iter_mut().for_each(|replay| replay.periods.clear());
        view.omitted.push(format!("periods of {}", card.id));
        return true;
    }
    let Some(card) = view.cards.pop() else { return false };
    // One line for all: a hundred names would take the room that is needed.
    view.omitted.retain(|part| !part.ends_with(&format!(" of {}", card.id)));
    let left_out = view.omitted.iter().position(|part| part.ends_with("whole scorecards"));
    match left_out {
        Some(at) => {
            let n = view.omitted[at]
                .split(' ')
                .next()
                .and_then(|n| n.parse::<usize>().ok())
                .unwrap_or(0);
            view.omitted[at] = format!("{} whole scorecards", n + 1);
        }
        None => view.omitted.push("1 whole scorecards".to_owned()),
    }
    true
}
