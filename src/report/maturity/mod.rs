//! Where a maturity model stands → its page per audience, its Markdown and its JSON.

mod wording;

use std::collections::BTreeMap;

use minijinja::Value;
use minijinja::value::Serde;
use schemars::JsonSchema;
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
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Page {
    /// Of this format.
    version: u32,
    /// The model.
    model: Named,
    /// What it is about.
    description: Option<String>,
    /// The scorecard that it is about.
    card: Named,
    /// The period that it is assessed for.
    period: PeriodRef,
    /// Who it is for.
    audience: Audience,
    /// Whether it is published, and what of this model differs from what was.
    publication: Publication,
    /// The scorecard's report of the same period, relative to this page.
    report: Links,
    /// `gated` or `sum`.
    #[schemars(extend("enum" = ["gated", "sum"]))]
    method: &'static str,
    /// The levels, lowest first.
    levels: Vec<LevelRef>,
    /// The whole; null while a dimension is not assessed.
    overall: Option<Overall>,
    /// The mean level; null while a dimension is not assessed.
    mean: Option<Shown>,
    /// The outcome in sentences.
    headline: Vec<String>,
    /// How many criteria are met.
    met: usize,
    /// How many criteria there are.
    criteria: usize,
    /// The dimensions.
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

/// Where a report stands.
#[derive(Debug, Serialize, JsonSchema)]
struct Links {
    /// Its page.
    html: String,
    /// Its Markdown.
    markdown: String,
}

/// Something with a title.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Named {
    /// Its id.
    id: Id,
    /// Its title.
    title: String,
}

/// A period.
#[derive(Debug, Serialize, JsonSchema)]
struct PeriodRef {
    /// Its label, such as `2026-10`.
    label: String,
    /// Its name, such as `October 2026`.
    title: String,
    /// Its last day, as of which evidence counts.
    last_day: String,
}

/// A level.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct LevelRef {
    /// From 1.
    number: u8,
    /// Its name.
    name: String,
}

/// What all dimensions come to.
#[derive(Debug, Serialize, JsonSchema)]
struct Overall {
    /// A level, or a sum of levels.
    value: u32,
    /// The most it can be.
    of: u32,
    /// The name of the level; null of a sum.
    name: Option<String>,
}

/// A dimension.
#[derive(Debug, Serialize, JsonSchema)]
struct DimensionPage {
    /// Its id.
    id: Id,
    /// Its title.
    title: String,
    /// What it is about.
    description: Option<String>,
    /// Who is accountable.
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
    /// Its criteria, of the lowest level first.
    criteria: Vec<CriterionPage>,
}

/// A criterion.
#[derive(Debug, Serialize, JsonSchema)]
struct CriterionPage {
    /// Its id.
    id: Id,
    /// The level that it leads to.
    level: LevelRef,
    /// Whether it holds the last level instead of leading to one.
    holds: bool,
    /// Whether it is met.
    met: bool,
    /// What it demands.
    text: String,
    /// Who has to see to it.
    owner: Option<String>,
    /// Why it is met or not.
    because: String,
}

/// A criterion on the shortest path up.
#[derive(Debug, Serialize, JsonSchema)]
struct StepPage {
    /// The dimension.
    dimension: Named,
    /// The level that it leads to.
    level: LevelRef,
    /// The criterion.
    criterion: Id,
    /// What it demands.
    text: String,
    /// Who has to see to it.
    owner: Option<String>,
    /// Why it is not met.
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
