//! One KPI.

use super::{Fields, exact};
use crate::resolve::terms::{
    Allow, Baseline, Benchmark, Goal, Guardrail, Impact, Kpi, LowVolume, OnMiss, Raci, Range, Retired, Scoring,
};

impl Fields {
    pub(super) fn kpi(&mut self, kpi: &Kpi) {
        let Kpi {
            // KPIs are compared by their id.
            id: _,
            // Stands in the rows of the measure.
            each: _,
            title,
            description,
            category,
            weight,
            // Follows from the weights.
            effective_weight: _,
            owner,
            raci: Raci {
                responsible,
                consulted,
                informed,
            },
            objective,
            measure,
            unit,
            decimals,
            compare_rounding,
            target,
            minimum,
            own_minimum,
            baseline,
            benchmark,
            carve_outs,
            scoring,
            score_limit,
            credit,
            bonus,
            ratchet,
            on_miss,
            impact,
            min_sample,
            low_volume,
            guardrail,
            gate,
            burn_in,
            missing,
            window,
            team_level,
            renamed_from,
            retired,
            notes,
            allow,
            declared_at: _,
        } = kpi;
        self.text("title", title);
        self.text_of("description", description.as_ref());
        self.text_of("category", category.as_ref());
        self.number("weight", weight);
        self.text_of("owner", owner.as_ref());
        self.below("raci", |fields| {
            fields.set("responsible", responsible);
            fields.set("consulted", consulted);
            fields.set("informed", informed);
        });
        self.text_of("objective", objective.as_ref());
        self.below("measure", |fields| fields.measure(measure));
        self.word("unit", unit);
        self.count("decimals", *decimals);
        if let Some(decimals) = compare_rounding {
            self.count("compare_rounding", *decimals);
        }
        if let Some(target) = target {
            self.text("target", goal(target));
        }
        // The target stands in where nobody wrote a minimum: raising it is one change, not two.
        if let Some(minimum) = minimum.as_ref().filter(|_| *own_minimum) {
            self.text("minimum", goal(minimum));
        }
        if let Some(Baseline { value, over, source }) = baseline {
            self.below("baseline", |fields| {
                fields.quantity("value", value);
                if let Some((first, last)) = over {
                    fields.text("over", format!("{first}..{last}"));
                }
                fields.text_of("source", source.as_ref());
            });
        }
        if let Some(Benchmark { value, source }) = benchmark {
            self.below("benchmark", |fields| {
                fields.quantity("value", value);
                fields.text_of("source", source.as_ref());
            });
        }
        self.list("carve_outs", carve_outs);
        self.scoring(scoring);
        self.number("over", score_limit);
        if let Some(credit) = credit {
            self.below("credit", |fields| fields.credit(credit));
        }
        if let Some(bonus) = bonus {
            self.below("bonus", |fields| fields.bonus(bonus));
        }
        if let Some(periods) = ratchet {
            self.below("ratchet", |fields| fields.count("over", *periods));
        }
        if let Some(OnMiss { action, owner, notify }) = on_miss {
            self.below("on_miss", |fields| {
                fields.text("action", action);
                fields.text_of("owner", owner.as_ref());
                fields.set("notify", notify);
            });
        }
        if let Some(Impact { per, costs, what }) = impact {
            self.below("impact", |fields| {
                fields.text("per", per);
                fields.number("costs", costs);
                fields.text_of("as", what.as_ref());
            });
        }
        if let Some(rows) = min_sample {
            self.count("min_sample", i64::try_from(*rows).unwrap_or(i64::MAX));
        }
        let rows: Vec<String> = low_volume
            .iter()
            .map(|LowVolume { up_to, allowed_misses }| format!("up to {up_to} rows: {allowed_misses} misses"))
            .collect();
        self.list("low_volume", &rows);
        if let Some(Guardrail { kpi, not_met }) = guardrail {
            self.below("guardrail", |fields| {
                fields.text("kpi", kpi);
                fields.text("effect", if *not_met { "not_met" } else { "report" });
            });
        }
        if let Some(cap) = gate {
            self.below("gate", |fields| fields.number("cap", cap));
        }
        if *burn_in > 0 {
            self.count("burn_in", *burn_in);
        }
        self.word("missing", missing);
        if *window > 1 {
            self.below("window", |fields| fields.count("rolling", *window));
        }
        self.flag("level", *team_level);
        self.text_of("renamed_from", renamed_from.as_ref());
        if let Some(Retired { replaced_by }) = retired {
            self.text("retired", replaced_by.as_deref().unwrap_or("without a successor"));
        }
        self.text_of("notes", notes.as_ref());
        self.below("allow", |fields| {
            for (index, Allow { rule, reason, until }) in allow.iter().enumerate() {
                let reason = reason.as_deref().unwrap_or_default();
                let until = until.map_or(String::new(), |day| format!(" until {day}"));
                fields.text(&index.to_string(), format!("{rule}{until}: {reason}"));
            }
        });
    }

    fn scoring(&mut self, scoring: &Scoring) {
        let text = match scoring {
            Scoring::Binary => "100 when met, else 0".to_owned(),
            Scoring::Linear { zero_at, full_at } => format!("0 at {}, 100 at {}", exact(zero_at), exact(full_at)),
            Scoring::Bands(bands) => {
                let bands = bands.iter();
                let bands: Vec<String> = bands
                    .map(|band| format!("{}: {}", range(&band.range), band.score.to_exact()))
                    .collect();
                bands.join("; ")
            }
            Scoring::Piecewise(points) => {
                let points = points.iter();
                let points: Vec<String> = points
                    .map(|(at, score)| format!("{} at {}", score.to_exact(), exact(at)))
                    .collect();
                points.join(", ")
            }
        };
        self.text("scoring", text);
    }
}

/// Writes a goal with all its digits: `≥ 99.95%`.
fn goal(goal: &Goal) -> String {
    match goal {
        Goal::AtLeast(x) => format!("≥ {}", exact(x)),
        Goal::Above(x) => format!("> {}", exact(x)),
        Goal::AtMost(x) => format!("≤ {}", exact(x)),
        Goal::Below(x) => format!("< {}", exact(x)),
        Goal::Between(low, high) => format!("{} to {}", exact(low), exact(high)),
        Goal::WithinBand { of, by } => format!("{} ± {}", exact(of), exact(by)),
    }
}

/// Writes a stretch of values with all its digits: `≥ 98% and < 99%`.
pub(super) fn range(range: &Range) -> String {
    let sign = |strict: &str, inclusive: &str, bound: &crate::resolve::terms::Bound| {
        let sign = if bound.inclusive { inclusive } else { strict };
        format!("{sign} {}", exact(&bound.value))
    };
    let from = range.from.as_ref().map(|bound| sign(">", "≥", bound));
    let to = range.to.as_ref().map(|bound| sign("<", "≤", bound));
    match (from, to) {
        (Some(from), Some(to)) => format!("{from} and {to}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "any value".to_owned(),
    }
}
