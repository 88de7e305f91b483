use minijinja::Value;
use minijinja::value::Serde;
use schemars::JsonSchema;
use serde::Serialize;

use super::template::Renderer;
use super::view::{
    Absent, Card, Change, Goal, Kpi, Marked, PeriodHead, Publication, Score, Shown, State, Status, Tally, View,
};
use super::{RenderedFile, Templates, summary};
use crate::error::Error;

/// Characters a comment has at most; GitHub takes 65,536.
const BUDGET: usize = 60_000;

/// What a comment shows.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Comment<'a> {
    /// Of this format.
    version: u32,
    /// Characters that it has at most.
    budget: usize,
    /// The program and its version.
    program: &'a str,
    /// The scorecards that fit, worst first.
    listed: &'a [Part<'a>],
    /// How many do not.
    unlisted: usize,
    /// Those of them that fit in detail.
    detailed: &'a [Part<'a>],
    /// How many scorecards do not.
    undetailed: usize,
}

/// A report as a comment shows it; not all that is known of it, for a build may have many.
#[derive(Debug, Serialize, JsonSchema)]
struct Part<'a> {
    /// The scorecard.
    card: &'a Card,
    /// The period.
    period: &'a PeriodHead,
    /// The score.
    score: Option<&'a Score>,
    /// How many KPIs came out how.
    tally: &'a Tally,
    /// What is due.
    credit: Option<&'a Shown>,
    /// Whether it is published, and what differs from what was.
    publication: &'a Publication,
    /// Whether anything may still change, and why.
    state: &'a State,
    /// The verdict in sentences.
    headline: &'a [String],
    /// The KPIs that went wrong, worst first.
    wrong: Vec<Wrong<'a>>,
    /// What changed since the period before.
    changes: &'a [Change],
}

/// A KPI that went wrong.
#[derive(Debug, Serialize, JsonSchema)]
struct Wrong<'a> {
    /// The title.
    title: &'a str,
    /// The verdict's word and shape.
    status: &'a Status,
    /// Flags beside the verdict.
    flags: &'a [Marked],
    /// The value that counts.
    value: Option<&'a Shown>,
    /// Why there is no value.
    absent: Option<&'a Absent>,
    /// What it should reach.
    target: Option<&'a Goal>,
    /// The difference of the value from the period before.
    change: Option<&'a Shown>,
    /// The credit it causes.
    credit: Option<&'a Shown>,
}

/// Writes one comment on all reports of a build, for a pull request: cards worst first, then what went wrong in
/// each. Cards are left out whole, the best first, until the rest fits.
///
/// Its first line is a hidden marker, by which a pipeline finds the comment to replace.
///
/// # Errors
/// When a template fails, with its name and line.
pub fn comment(views: &[View], templates: &Templates) -> Result<RenderedFile, Error> {
    let ordered: Vec<Part<'_>> = summary::worst_first(views).into_iter().map(Part::of).collect();
    let render = |listed: usize, detailed: usize| -> Result<String, Error> {
        let data = Comment {
            version: 1,
            budget: BUDGET,
            program: views.first().map_or("", |view| &view.stamp.program),
            listed: &ordered[..listed],
            unlisted: ordered.len() - listed,
            detailed: &ordered[..detailed],
            undetailed: ordered.len() - detailed,
        };
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

impl<'a> Part<'a> {
    fn of(view: &'a View) -> Self {
        let mut wrong: Vec<&Kpi> = view.kpis.iter().filter(|kpi| summary::is_wrong(kpi)).collect();
        wrong.sort_by_key(|kpi| kpi.rank);
        let wrong = wrong.into_iter().map(|kpi| Wrong {
            title: &kpi.title,
            status: &kpi.status,
            flags: &kpi.flags,
            value: kpi.value.as_ref(),
            absent: kpi.absent.as_ref(),
            target: kpi.target.as_ref(),
            change: kpi.change.as_ref(),
            credit: kpi.credit.as_ref(),
        });
        Self {
            card: &view.card,
            period: &view.period,
            score: view.score.as_ref(),
            tally: &view.tally,
            credit: view.money.as_ref().map(|money| &money.credit),
            publication: &view.publication,
            state: &view.state,
            headline: &view.headline,
            wrong: wrong.collect(),
            changes: &view.changes,
        }
    }
}
