//! KPIs: everything about one that its measure, its goals and its money do not say.

use super::credit::Payer;
use super::goal::Scale;
use super::measure::Owner;
use super::name::Kind;
use super::{Binder, Cursor, contract, id, missing, unit};
use crate::diagnostics::Diagnostic;
use crate::model;
use crate::quantity::{Rational, Unit};
use crate::resolve::each::row_id;
use crate::resolve::terms::{
    Baseline, Benchmark, Goal, Guardrail, Id, Impact, Kpi, LowVolume, OnMiss, Raci, Retired, Terms,
};

impl<'a> Binder<'a> {
    /// Binds a KPI; the card's other terms are bound already, its effective weight is not.
    pub(super) fn kpi(&mut self, name: &str, written: &model::Kpi, terms: &Terms) -> Option<Kpi> {
        let at = self.at.step("kpis").step(name);
        let owner = Owner {
            kpi: name,
            at: written.at.as_ref(),
        };
        let measure = written
            .measure
            .as_ref()
            .map(|measure| self.measure(measure, owner, at.step("measure")));
        let unit = self.unit(name, written, at);
        let (measure, unit) = (measure??, unit?);
        let goal = |binder: &mut Self, goal: &Option<model::Goal>, field| {
            goal.as_ref().and_then(|goal| binder.goal(goal, unit, at.step(field)))
        };
        let target = goal(self, &written.target, "target");
        let own_minimum = goal(self, &written.minimum, "minimum");
        if let (Some(target), Some(minimum)) = (&target, &own_minimum) {
            self.check_minimum(target, minimum, at);
        }
        let unread = |field, goal: &Option<Goal>| at.step(field).is_written() && goal.is_none();
        let misspelt = || at.node().is_some_and(|node| self.broken().at_keys(node));
        let broken = unread("target", &target) || unread("minimum", &own_minimum) || (target.is_none() && misspelt());
        if written.minimum.is_some() && written.target.is_none() && !broken {
            let finding = Diagnostic::new("missing-field", at.key_span(), format!("KPI `{name}` has no `target`"));
            self.diagnostics.push(
                finding
                    .also(at.step("minimum").span(), "a minimum lies below a target")
                    .help("add `target: { … }`; a target alone is also the minimum"),
            );
        }
        let is_own = own_minimum.is_some();
        let minimum = own_minimum.or_else(|| target.clone());
        let scale = Scale {
            unit,
            target: target.as_ref(),
            minimum: minimum.as_ref(),
            broken,
        };
        let (scoring, score_limit) = self.scoring(written.scoring.as_ref(), scale, at.step("scoring"));
        let payer = Payer {
            kpi: name,
            measure: &measure,
            scale,
            target: at.step("target").span(),
        };
        let credit = written.credit.as_ref();
        let credit = credit.and_then(|credit| self.credit(credit, payer, at.step("credit")));
        let bonus = written.bonus.as_ref();
        let bonus = bonus.and_then(|bonus| self.bonus(bonus, payer, at.step("bonus")));
        let row = self.rows.get(name);
        let minor_units = terms.contract.as_ref().map_or(2, |contract| contract.minor_units);
        let weight = self.weight(written, at);
        Some(Kpi {
            id: name.to_owned(),
            each: row.map(|row| (row.kpi.clone(), row.value.clone())),
            title: self.title(name, written),
            description: written.description.clone(),
            category: self.bound_field(Kind::Category, written.category.as_ref(), at, "category"),
            weight,
            effective_weight: Rational::zero(),
            owner: self.bound_field(Kind::Person, written.owner.as_ref(), at, "owner"),
            raci: self.raci(written.raci.as_ref(), at.step("raci")),
            objective: self.bound_field(Kind::Objective, written.objective.as_ref(), at, "objective"),
            unit,
            decimals: written
                .decimals
                .unwrap_or_else(|| unit::default_decimals(unit, written, minor_units)),
            compare_rounding: written.compare_rounding,
            own_minimum: is_own,
            baseline: self.baseline(written.baseline.as_ref(), unit, at.step("baseline")),
            benchmark: self.benchmark(written.benchmark.as_ref(), unit, at.step("benchmark")),
            carve_outs: self.carve_outs_of(written, at.step("carve_outs")),
            scoring,
            score_limit,
            credit,
            bonus,
            ratchet: self.ratchet(written.ratchet.as_ref(), target.as_ref(), at.step("ratchet")),
            on_miss: self.on_miss(written.on_miss.as_ref(), at.step("on_miss")),
            impact: written.impact.as_ref().and_then(impact),
            min_sample: written.min_sample,
            low_volume: self.low_volume(written.low_volume.as_deref().unwrap_or_default(), at.step("low_volume")),
            guardrail: self.guardrail(written.guardrail.as_ref(), name, at.step("guardrail")),
            gate: written
                .gate
                .as_ref()
                .and_then(|gate| Some(gate.cap.as_ref()?.0.clone())),
            burn_in: written.burn_in.map_or(0, |periods| periods.0),
            missing: written.missing.map_or(terms.missing, missing),
            window: self.window(written.window.as_ref(), at.step("window")),
            team_level: written.level == Some(model::KpiLevel::Team),
            renamed_from: id(written.renamed_from.as_ref()).map(|old| match row {
                Some(row) if !row.renamed => row_id(&old, &row.value).unwrap_or(old),
                _ => old,
            }),
            retired: self.retired(written.retired.as_ref(), at.step("retired")),
            notes: written.notes.clone(),
            allow: crate::resolve::workspace::allowed(written.allow.as_ref()),
            declared_at: at.key_span(),
            measure,
            target,
            minimum,
        })
    }

    /// Returns the title; rows of one `each` that share a title are told apart by their value.
    fn title(&self, name: &str, written: &model::Kpi) -> String {
        let title = written.title.clone().unwrap_or_else(|| name.to_owned());
        match self.rows.get(name) {
            Some(row) if !row.titled => format!("{title} – {}", row.value),
            _ => title,
        }
    }

    fn weight(&mut self, written: &model::Kpi, at: Cursor<'a>) -> Rational {
        let weight = written
            .weight
            .as_ref()
            .map_or_else(Rational::zero, |weight| weight.0.clone());
        if weight.is_negative() {
            self.invalid(at.step("weight"), "a weight below 0", "write a weight from 0 to 100");
        }
        weight
    }

    fn raci(&mut self, written: Option<&model::Raci>, at: Cursor<'a>) -> Raci {
        let Some(written) = written else {
            return Raci::default();
        };
        Raci {
            responsible: self.people(written.responsible.as_ref(), at.step("responsible")),
            consulted: self.people(written.consulted.as_ref(), at.step("consulted")),
            informed: self.people(written.informed.as_ref(), at.step("informed")),
        }
    }

    fn baseline(&mut self, written: Option<&model::Baseline>, unit: Unit, at: Cursor<'a>) -> Option<Baseline> {
        let written = written?;
        Some(Baseline {
            value: self.quantity(written.value.as_ref()?, unit, at.step("value"))?,
            over: written.over.map(|days| (days.first, days.last)),
            source: written.source.clone(),
        })
    }

    fn benchmark(&mut self, written: Option<&model::Benchmark>, unit: Unit, at: Cursor<'a>) -> Option<Benchmark> {
        let written = written?;
        Some(Benchmark {
            value: self.quantity(written.value.as_ref()?, unit, at.step("value"))?,
            source: written.source.clone(),
        })
    }

    fn carve_outs_of(&mut self, written: &model::Kpi, at: Cursor<'a>) -> Vec<Id> {
        let names = written.carve_outs.as_deref().unwrap_or_default();
        for (index, name) in names.iter().enumerate() {
            if let Some(first) = names[..index].iter().position(|other| other == name) {
                self.diagnostics.push(
                    Diagnostic::new(
                        "duplicate-id",
                        at.item(index).span(),
                        format!("carve-out `{name}` is listed twice"),
                    )
                    .also(at.item(first).span(), "the first is here")
                    .help("keep the one in its place: the order is the precedence"),
                );
            }
        }
        self.bound_list(Kind::CarveOut, names, at)
    }

    fn ratchet(&mut self, written: Option<&model::Ratchet>, target: Option<&Goal>, at: Cursor<'a>) -> Option<u32> {
        let over = written?.over?.0;
        if !matches!(
            target,
            Some(Goal::AtLeast(_) | Goal::Above(_) | Goal::AtMost(_) | Goal::Below(_))
        ) {
            let message = "a ratchet raises a level, and the KPI has no target with one value";
            self.invalid(
                at,
                message,
                "add a target such as `{ at_least: 95% }`, or remove the ratchet",
            );
            return None;
        }
        Some(over)
    }

    fn on_miss(&mut self, written: Option<&model::OnMiss>, at: Cursor<'a>) -> Option<OnMiss> {
        let written = written?;
        Some(OnMiss {
            action: written.action.clone()?,
            owner: self.bound_field(Kind::Person, written.owner.as_ref(), at, "owner"),
            notify: self.people(written.notify.as_ref(), at.step("notify")),
        })
    }

    fn low_volume(&mut self, written: &[model::LowVolume], at: Cursor<'a>) -> Vec<LowVolume> {
        let rows = written.iter().map(|row| LowVolume {
            up_to: row.up_to,
            allowed_misses: row.allowed_misses,
        });
        let mut rows: Vec<LowVolume> = rows.collect();
        for (index, row) in rows.iter().enumerate() {
            if let Some(first) = rows[..index].iter().position(|other| other.up_to == row.up_to) {
                self.diagnostics.push(
                    Diagnostic::new(
                        "band-overlap",
                        at.item(index).span(),
                        format!("two rows for up to {}", row.up_to),
                    )
                    .also(at.item(first).span(), "the first is here")
                    .help("keep one of them"),
                );
            }
        }
        rows.sort_by_key(|row| row.up_to);
        rows
    }

    fn guardrail(&mut self, written: Option<&model::Guardrail>, own: &str, at: Cursor<'a>) -> Option<Guardrail> {
        let written = written?;
        let (name, effect) = (written.kpi.as_ref()?, written.effect?);
        let at = at.step("kpi");
        let kpis = self.kpis_named(name, at.span());
        if kpis.is_empty() {
            return None;
        }
        if kpis.iter().any(|kpi| kpi == own) {
            let finding = Diagnostic::new("guardrail-cycle", at.span(), format!("KPI `{own}` guards itself"));
            self.diagnostics
                .push(finding.help("name the KPI that suffers when this one is gamed"));
            return None;
        }
        Some(Guardrail {
            kpi: name.to_string(),
            not_met: effect == model::GuardrailEffect::NotMet,
        })
    }

    fn window(&mut self, written: Option<&model::Window>, at: Cursor<'a>) -> u32 {
        let Some(model::Window::Rolling(rolling)) = written else {
            return 1;
        };
        let Some(stretch) = rolling.rolling else {
            return 1;
        };
        contract::periods(stretch, self.scheme).unwrap_or_else(|| {
            let message = "the window is not a whole number of periods";
            self.invalid(
                at.step("rolling"),
                message,
                "write it in periods, such as `rolling: 3 periods`",
            );
            1
        })
    }

    fn retired(&mut self, written: Option<&model::Retired>, at: Cursor<'a>) -> Option<Retired> {
        let written = written?;
        let replaced_by = written.replaced_by.as_ref().and_then(|name| {
            let found = self.kpis_named(name, at.step("replaced_by").span());
            // A group may take a KPI's place; its own name says so.
            (!found.is_empty()).then(|| name.to_string())
        });
        Some(Retired { replaced_by })
    }
}

fn impact(written: &model::Impact) -> Option<Impact> {
    Some(Impact {
        per: written.per.clone()?,
        costs: written.costs.as_ref()?.0.clone(),
        what: written.r#as.clone(),
    })
}
