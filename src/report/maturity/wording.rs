//! The words of a maturity page, and what of a model an audience gets to see.

use super::{CriterionPage, DimensionPage, LevelRef, Named, StepPage};
use crate::assess::maturity::{Climb, Finding, Standing, Step};
use crate::report::display;
use crate::report::view::Context;
use crate::resolve::terms::{Criterion, Dimension, Id, Subject};

/// What names stand for while a page is made.
pub(super) struct Names<'a> {
    pub(super) standing: &'a Standing,
    pub(super) context: &'a Context<'a>,
}

impl Names<'_> {
    pub(super) fn level(&self, number: u8) -> LevelRef {
        let name = self.standing.model.levels.get(usize::from(number).saturating_sub(1));
        LevelRef {
            number,
            name: name.cloned().unwrap_or_default(),
        }
    }

    pub(super) fn named(&self, dimension: &Id) -> Named {
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
        Some(self.context.person(id?))
    }

    pub(super) fn dimension(&self, climb: &Climb) -> DimensionPage {
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
                .filter(|finding| !self.context.sees.exceptions_only || !finding.met)
                .filter_map(|finding| self.criterion(written, finding))
                .collect(),
        }
    }

    fn criterion(&self, dimension: &Dimension, finding: &Finding) -> Option<CriterionPage> {
        let criterion = written(dimension, finding.level, finding.holds, &finding.id)?;
        if !self.may_see(dimension, criterion) {
            return None;
        }
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

    /// Whether the audience may see a criterion: what is the customer's to do, and KPIs of theirs, are no business
    /// of the provider's page.
    fn may_see(&self, dimension: &Dimension, criterion: &Criterion) -> bool {
        let owner = criterion.owner.as_ref().or(dimension.owner.as_ref());
        let shows_all = match &criterion.subject {
            Subject::Kpis { kpis, .. } => kpis.iter().all(|kpi| self.context.may_see(kpi)),
            Subject::Practice { .. } => true,
        };
        shows_all && !(self.context.sees.provider_kpis_only && self.context.is_customers(owner))
    }

    /// Says how many criteria the audience does not get one by one.
    pub(super) fn omitted(&self) -> Option<String> {
        let sees = &self.context.sees;
        let (mut met, mut others) = (0_u64, 0_u64);
        for climb in &self.standing.dimensions {
            let dimension = &self.standing.model.dimensions[&climb.id];
            for finding in &climb.criteria {
                let criterion = written(dimension, finding.level, finding.holds, &finding.id);
                if criterion.is_some_and(|criterion| !self.may_see(dimension, criterion)) {
                    others += 1;
                } else if sees.exceptions_only && finding.met {
                    met += 1;
                }
            }
        }
        let count = |count| display::count(count, "criterion", "criteria");
        match (met, others) {
            (0, 0) => None,
            (met, 0) => Some(format!(
                "Not listed here: {} that {} met.",
                count(met),
                if met == 1 { "is" } else { "are" }
            )),
            (_, others) => {
                let customer = self.context.party("customer");
                Some(format!("Not listed here: {} of {customer}.", count(others)))
            }
        }
    }

    pub(super) fn step(&self, step: &Step) -> Option<StepPage> {
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
        let kpi = kpis.first().and_then(|id| self.context.terms.kpis.get(id));
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
    pub(super) fn headline(&self) -> Vec<String> {
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
