use minijinja::Value;
use minijinja::value::Serde;
use serde_json::{Value as Json, json};

use super::template::Renderer;
use super::view::{Kpi, View};
use super::{RenderedFile, Templates, summary};
use crate::error::Error;

/// Characters a comment has at most; GitHub takes 65,536.
const BUDGET: usize = 60_000;

/// Writes one comment on all reports of a build, for a pull request: cards worst first, then what went wrong in
/// each. Cards are left out whole, the best first, until the rest fits.
///
/// Its first line is a hidden marker, by which a pipeline finds the comment to replace.
///
/// # Errors
/// When a template fails, with its name and line.
pub fn comment(views: &[View], templates: &Templates) -> Result<RenderedFile, Error> {
    let ordered: Vec<Json> = summary::worst_first(views).into_iter().map(data).collect();
    let render = |listed: usize, detailed: usize| -> Result<String, Error> {
        let data = json!({
            "version": 1,
            "budget": BUDGET,
            "program": views.first().map_or("", |view| &view.stamp.program),
            "listed": ordered[..listed],
            "unlisted": ordered.len() - listed,
            "detailed": ordered[..detailed],
            "undetailed": ordered.len() - detailed,
        });
        // A comment has no pictures to draw.
        Renderer::plain(Value::from(Serde(&data)), templates)?.render("comment.md")
    };
    let fits = |text: &str| text.chars().count() <= BUDGET;
    let all = ordered.len();
    let mut text = render(all, all)?;
    if !fits(&text) {
        let detailed = most(all, |detailed| Ok(fits(&render(all, detailed)?)))?;
        // Where not even the table of all cards fits, no card is shown in detail.
        let listed = match detailed {
            0 => most(all, |listed| Ok(fits(&render(listed, 0)?)))?,
            _ => all,
        };
        text = render(listed, detailed)?;
    }
    Ok(RenderedFile {
        path: "comment.md".to_owned(),
        bytes: text.into_bytes(),
    })
}

/// The largest number up to `all` that `fits`; what fits for one number fits for every smaller one.
pub(super) fn most(all: usize, fits: impl Fn(usize) -> Result<bool, Error>) -> Result<usize, Error> {
    let (mut low, mut high) = (0, all);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if fits(middle)? {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(low)
}

/// What a comment shows of a view, with the KPIs that went wrong, worst first; not all that is known of them, for
/// a build may have many.
fn data(view: &View) -> Json {
    let mut wrong: Vec<&Kpi> = view.kpis.iter().filter(|kpi| summary::is_wrong(kpi)).collect();
    wrong.sort_by_key(|kpi| kpi.rank);
    let wrong = wrong.into_iter().map(|kpi| {
        json!({
            "title": kpi.title,
            "status": kpi.status,
            "flags": kpi.flags,
            "value": kpi.value,
            "absent": kpi.absent,
            "target": kpi.target,
            "change": kpi.change,
            "credit": kpi.credit,
        })
    });
    json!({
        "card": view.card,
        "period": view.period,
        "score": view.score,
        "tally": view.tally,
        "credit": view.money.as_ref().map(|money| &money.credit),
        "publication": view.publication,
        "state": view.state,
        "headline": view.headline,
        "wrong": wrong.collect::<Json>(),
        "changes": view.changes,
    })
}
