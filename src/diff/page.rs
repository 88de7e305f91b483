//! A comparison as a comment on a pull request, and as a page of its own.

use minijinja::Value;
use minijinja::value::Serde;

use super::view::View;
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
    Renderer::plain(Value::from(Serde(data)), templates)?.render(template)
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
