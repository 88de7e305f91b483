//! Where a maturity model stands → its page, its Markdown and its JSON.

use std::collections::BTreeMap;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use super::chart::Drawn;
use super::display::{self, Shown};
use super::template::Renderer;
use super::{Forms, RenderedFile, Templates};
use crate::assess::maturity::{Climb, Finding, Standing, Step};
use crate::error::Error;
use crate::resolve::terms::{Criterion, Dimension, Id, Subject, Terms, Timeline};

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

/// Renders the page of a model: `<card>/<model>/<period>.html`, `.md` and `.json`.
///
/// # Errors
/// When a template fails, with its name and line.
pub fn maturity(
    standing: &Standing,
    timeline: &Timeline,
    templates: &Templates,
    forms: Forms,
) -> Result<Vec<RenderedFile>, Error> {
    let page = Page::of(standing, timeline);
    let base = format!("{}/{}/{}", timeline.id, standing.model.id, standing.period);
    let data = serde_json::to_value(&page).expect("a page has only string keys");
    let renderer = Renderer::new(Value::from(Serde(&data)), Drawn::Scores(BTreeMap::new()), templates)?;
    let mut files = Vec::new();
    let mut add = |ending: &str, text: String| {
        files.push(RenderedFile {
            path: format!("{base}.{ending}"),
            bytes: text.into_bytes(),
        });
    };
    if forms.html {
        add("html", renderer.render("maturity.html")?);
    }
    if forms.markdown {
        add("md", renderer.render("maturity.md")?);
    }
    if forms.json {
        add("json", format!("{data:#}\n"));
    }
    Ok(files)
}

/// What names stand for while a page is made.
struct Names<'a> {
    standing: &'a Standing,
    terms: &'a Terms,
}

impl Page {
    fn of(standing: &Standing, timeline: &Timeline) -> Self {
        let terms = timeline.terms(standing.period);
        let names = Names { standing, terms };
        let model = &standing.model;
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
                id: timeline.id.clone(),
                title: terms.title.clone(),
            },
            period: PeriodRef {
                label: standing.period.to_string(),
                title: display::period(standing.period),
                last_day: standing.period.last_day().to_string(),
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
            dimensions,
        }
    }
}

impl Names<'_> {
    fn level(&self, number: u8) -> LevelRef {
        let name = self.standing.model.levels.get(usize::from(number).saturating_sub(1));
        LevelRef {
            number,
            name: name.cloned().unwrap_or_default(),
        }
    }

    fn named(&self, dimension: &Id) -> Named {
        let title = self
            .standing
            .model
            .dimensions
            .get(dimension)
            .map(|dimension| dimension.title.clone());
        Named {
            id: dimension.clone(),
            title: title.unwrap_or_default(),
        }
    }

    fn person(&self, id: Option<&Id>) -> Option<String> {
        let id = id?;
        Some(
            self.terms
                .people
                .get(id)
                .map_or_else(|| id.clone(), |person| person.name.clone()),
        )
    }

    fn dimension(&self, climb: &Climb) -> DimensionPage {
        let written = &self.standing.model.dimensions[&climb.id];
        let reached = usize::from(climb.level.unwrap_or(0));
        let top = self.standing.model.levels.len();
        DimensionPage {
            id: climb.id.clone(),
            title: written.title.clone(),
            description: written.description.clone(),
            owner: self.person(written.owner.as_ref()),
            level: climb.level.map(|level| self.level(level)),
            marks: "●".repeat(reached) + &"○".repeat(top - reached),
            next: climb
                .next
                .filter(|_| climb.level.is_some())
                .map(|next| self.level(next)),
            gap: climb.gap,
            missing: climb.missing().count(),
            bottleneck: self.standing.bottleneck.contains(&climb.id),
            criteria: climb
                .criteria
                .iter()
                .filter_map(|finding| self.criterion(written, finding))
                .collect(),
        }
    }

    fn criterion(&self, dimension: &Dimension, finding: &Finding) -> Option<CriterionPage> {
        let criterion = written(dimension, finding.level, finding.holds, &finding.id)?;
        Some(CriterionPage {
            id: finding.id.clone(),
            level: self.level(finding.level),
            holds: finding.holds,
            met: finding.met,
            text: self.text(criterion),
            owner: self.person(criterion.owner.as_ref()),
            because: finding.because.clone(),
        })
    }

    fn step(&self, step: &Step) -> Option<StepPage> {
        let climb = self
            .standing
            .dimensions
            .iter()
            .find(|climb| climb.id == step.dimension)?;
        let mut findings = climb.criteria.iter();
        let finding = findings.find(|finding| finding.id == step.criterion && finding.level == step.level)?;
        let page = self.criterion(&self.standing.model.dimensions[&step.dimension], finding)?;
        Some(StepPage {
            dimension: self.named(&step.dimension),
            level: page.level,
            criterion: page.id,
            text: page.text,
            owner: page.owner,
            because: page.because,
        })
    }

    /// Says what must be so.
    fn text(&self, criterion: &Criterion) -> String {
        let Subject::Kpis {
            name,
            kpis,
            goal,
            verdict,
            periods,
        } = &criterion.subject
        else {
            let Subject::Practice { text, .. } = &criterion.subject else {
                return String::new();
            };
            return text.clone();
        };
        let kpi = kpis.first().and_then(|id| self.terms.kpis.get(id));
        let title = match kpi {
            Some(kpi) if kpis.len() == 1 => kpi.title.clone(),
            _ => format!("every KPI of {name}"),
        };
        let mut parts = vec![title];
        if let (Some(goal), Some(kpi)) = (goal, kpi) {
            let style = display::Style::of(kpi, "");
            parts.push(style.goal(goal).0);
        }
        if let Some(verdict) = verdict {
            parts.push(verdict.word().replace('_', " "));
        }
        let periods = display::count(u64::from(*periods), "period", "periods");
        format!("{} for {periods}", parts.join(" "))
    }

    /// Says where the whole stands and what holds it back.
    fn headline(&self) -> Vec<String> {
        let standing = self.standing;
        let titles = |ids: &[Id]| -> String {
            let titles: Vec<String> = ids.iter().map(|id| self.named(id).title).collect();
            display::sentence_list(&titles)
        };
        let top = standing.model.levels.len();
        let Some(overall) = standing.overall else {
            let missing = titles(&standing.bottleneck);
            return vec![format!("Not assessed: nothing is said of level 2 of {missing}.")];
        };
        let mut said = if standing.model.summed {
            let most = top * standing.model.dimensions.len();
            vec![format!("{overall} of {most} levels.")]
        } else {
            let level = self.level(u8::try_from(overall).unwrap_or(u8::MAX));
            vec![format!("Level {} of {top}: {}.", level.number, level.name)]
        };
        let lowest = standing.dimensions.iter().filter_map(|climb| climb.level).min();
        if lowest.is_some_and(|lowest| usize::from(lowest) < top) {
            said.push(format!("The bottleneck is {}.", titles(&standing.bottleneck)));
            said.push(match standing.path.len() {
                0 => "Nothing is said of the level above, so nothing leads up.".to_owned(),
                n => {
                    let criteria = display::count(n as u64, "criterion", "criteria");
                    format!("The shortest path up is {criteria}.")
                }
            });
        }
        said
    }
}

fn written<'a>(dimension: &'a Dimension, level: u8, holds: bool, id: &Id) -> Option<&'a Criterion> {
    if holds {
        return dimension.to_hold.get(id);
    }
    dimension.to_reach.get(&level)?.get(id)
}
