//! Where a maturity model stands → its page per audience, its Markdown and its JSON.

mod wording;

use std::collections::BTreeMap;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::chart::Drawn;
use super::display::{self, Shown};
use super::template::Renderer;
use super::view::{self, Change, Context, Publication, Stamp};
use super::{Audience, Forms, Input, Place, Provenance, RenderedFile, Templates};
use crate::assess::maturity::Standing;
use crate::error::Error;
use crate::resolve::terms::Id;

use wording::Names;

/// Version of the JSON's shape; raised when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// What a page about a maturity model shows; it is the JSON output.
#[derive(Debug, Serialize)]
struct Page {
    version: u32,
    model: Named,
    description: Option<String>,
    card: Named,
    period: PeriodRef,
    /// Who it is for.
    audience: Audience,
    /// Whether it is published, and what of this model differs from what was.
    publication: Publication,
    /// The scorecard's report of the same period, relative to this page.
    report: Links,
    /// `gated` or `sum`.
    method: &'static str,
    levels: Vec<LevelRef>,
    /// The whole; null while a dimension is not assessed.
    overall: Option<Overall>,
    /// The mean level; null while a dimension is not assessed.
    mean: Option<Shown>,
    headline: Vec<String>,
    /// How many criteria are met, and of how many.
    met: usize,
    criteria: usize,
    dimensions: Vec<DimensionPage>,
    /// The dimensions that hold the whole back.
    bottleneck: Vec<Named>,
    /// What has to become so for the whole to rise by one.
    path: Vec<StepPage>,
    /// What this audience does not get one by one.
    omitted: Option<String>,
    /// Every file of the specification and the data, where the audience gets them.
    provenance: Option<Provenance>,
    /// The program and one digest over all files.
    stamp: Stamp,
}

#[derive(Debug, Serialize)]
struct Links {
    html: String,
    markdown: String,
}

#[derive(Clone, Debug, Serialize)]
struct Named {
    id: Id,
    title: String,
}

#[derive(Debug, Serialize)]
struct PeriodRef {
    label: String,
    title: String,
    last_day: String,
}

#[derive(Clone, Debug, Serialize)]
struct LevelRef {
    number: u8,
    name: String,
}

#[derive(Debug, Serialize)]
struct Overall {
    /// A level, or a sum of levels.
    value: u32,
    /// The most it can be.
    of: u32,
    /// The name of the level; null of a sum.
    name: Option<String>,
}

#[derive(Debug, Serialize)]
struct DimensionPage {
    id: Id,
    title: String,
    description: Option<String>,
    owner: Option<String>,
    /// Null: not assessed.
    level: Option<LevelRef>,
    /// One mark per level, those reached first.
    marks: String,
    /// The level that comes next; null at the top.
    next: Option<LevelRef>,
    /// Whether nothing is said of the next level.
    gap: bool,
    /// How many criteria of the next level are not met.
    missing: usize,
    /// Whether it holds the whole back.
    bottleneck: bool,
    criteria: Vec<CriterionPage>,
}

#[derive(Debug, Serialize)]
struct CriterionPage {
    id: Id,
    level: LevelRef,
    /// Whether it holds the last level instead of leading to one.
    holds: bool,
    met: bool,
    text: String,
    owner: Option<String>,
    because: String,
}

#[derive(Debug, Serialize)]
struct StepPage {
    dimension: Named,
    level: LevelRef,
    criterion: Id,
    text: String,
    owner: Option<String>,
    because: String,
}

/// Says where a model stands, in a few sentences.
pub(crate) fn headline(standing: &Standing, context: &Context<'_>) -> Vec<String> {
    Names { standing, context }.headline()
}

/// Renders what an audience gets to see of a model: `<card>/<model>/<period>.html`, named as the scorecard's own
/// pages are.
///
/// # Errors
/// When a template fails, with its name and line.
pub fn maturity(
    standing: &Standing,
    input: &Input<'_>,
    audience: Audience,
    templates: &Templates,
    forms: Forms,
) -> Result<Vec<RenderedFile>, Error> {
    let context = Context::new(input, audience);
    let page = Page::of(standing, &context, audience);
    let place = Place::new(
        &format!("{}/{}", input.timeline.id, standing.model.id),
        &standing.period.to_string(),
    );
    let data = serde_json::to_value(&page).expect("a page has only string keys");
    let renderer = Renderer::new(Value::from(Serde(&data)), Drawn::Scores(BTreeMap::new()), templates)?;
    let mut files = Vec::new();
    let mut add = |path: String, text: String| {
        files.push(RenderedFile {
            path,
            bytes: text.into_bytes(),
        });
    };
    let page = |print: bool| renderer.render_with("maturity.html", minijinja::context! { print });
    if forms.html {
        add(place.page(audience), page(false)?);
    }
    if forms.print {
        add(place.print(audience), page(true)?);
    }
    if forms.markdown {
        add(place.markdown(audience), renderer.render("maturity.md")?);
    }
    if forms.json {
        add(place.json(audience), format!("{data:#}\n"));
    }
    Ok(files)
}

impl Page {
    fn of(standing: &Standing, context: &Context<'_>, audience: Audience) -> Self {
        let names = Names { standing, context };
        let model = &standing.model;
        let label = standing.period.to_string();
        let report = Place::new("..", &label);
        let publication = view::publication(context);
        let dimensions: Vec<DimensionPage> = standing.dimensions.iter().map(|climb| names.dimension(climb)).collect();
        let top = u32::try_from(model.levels.len()).unwrap_or(u32::MAX);
        let count = u32::try_from(model.dimensions.len()).unwrap_or(u32::MAX);
        let found = || standing.dimensions.iter().flat_map(|climb| &climb.criteria);
        Self {
            version: VERSION,
            model: Named {
                id: model.id.clone(),
                title: model.title.clone(),
            },
            description: model.description.clone(),
            card: Named {
                id: context.input.timeline.id.clone(),
                title: context.terms.title.clone(),
            },
            period: PeriodRef {
                label,
                title: display::period(standing.period),
                last_day: standing.period.last_day().to_string(),
            },
            audience,
            publication: Publication {
                differences: publication
                    .differences
                    .into_iter()
                    .filter(|change| is_about(change, &model.title))
                    .collect(),
                ..publication
            },
            report: Links {
                html: report.page(audience),
                markdown: report.markdown(audience),
            },
            method: if model.summed { "sum" } else { "gated" },
            levels: (1..=model.levels.len())
                .map(|n| names.level(u8::try_from(n).unwrap_or(u8::MAX)))
                .collect(),
            overall: standing.overall.map(|value| Overall {
                value,
                of: if model.summed { top * count } else { top },
                name: (!model.summed).then(|| names.level(u8::try_from(value).unwrap_or(u8::MAX)).name),
            }),
            mean: standing.mean.as_ref().map(|mean| Shown::number(mean, 1)),
            headline: names.headline(),
            met: found().filter(|finding| finding.met).count(),
            criteria: found().count(),
            bottleneck: standing.bottleneck.iter().map(|id| names.named(id)).collect(),
            path: standing.path.iter().filter_map(|step| names.step(step)).collect(),
            omitted: names.omitted(),
            provenance: context.sees.provenance.then(|| context.input.provenance.clone()),
            stamp: view::stamp(context),
            dimensions,
        }
    }
}

fn is_about(change: &Change, model: &str) -> bool {
    change.code == "maturity" && change.title.as_deref() == Some(model)
}
