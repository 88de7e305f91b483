//! What a miss pays and what a good value earns.

use super::kpi::range;
use super::{Fields, percent};
use crate::resolve::terms::{Bonus, Credit, CreditBase, CreditModel, Tier, TierTest};

impl Fields {
    pub(super) fn credit(&mut self, credit: &Credit) {
        let Credit {
            of,
            model,
            cap,
            request_within,
            span: _,
        } = credit;
        self.base(of);
        match model {
            CreditModel::WholeOnDefault => self.text("tiers", tiers_text(&whole_on_default())),
            CreditModel::Tiers(tiers) => self.text("tiers", tiers_text(tiers)),
            CreditModel::Points {
                bands,
                each_pays,
                repeat_doubles,
            } => self.below("points", |fields| {
                let bands: Vec<String> = bands
                    .iter()
                    .map(|(stretch, points)| format!("{}: {}", range(stretch), points.to_exact()))
                    .collect();
                fields.text("bands", bands.join("; "));
                fields.share("each_pays", each_pays);
                fields.text("repeat", if *repeat_doubles { "double" } else { "once" });
            }),
            CreditModel::Shortfall => self.text("shortfall", "target − actual"),
            CreditModel::PerUnit { each, pays, ceil } => self.below("per_unit", |fields| {
                fields.time("each", *each);
                fields.share("pays", pays);
                fields.text("rounding", if *ceil { "ceil" } else { "floor" });
            }),
            CreditModel::PerCount { each, pays, over } => self.below("per_count", |fields| {
                fields.count("each", *each);
                fields.share("pays", pays);
                fields.count("over", *over);
            }),
            CreditModel::Proportional => self.text("proportional", "downtime ÷ scheduled time"),
        }
        if let Some(cap) = cap {
            self.share("cap", cap);
        }
        if let Some(within) = request_within {
            self.below("requests", |fields| fields.deadline("within", within));
        }
    }

    fn base(&mut self, base: &CreditBase) {
        match base {
            CreditBase::Charge => self.text("of", "charge"),
            CreditBase::AtRisk(share) => {
                self.text("of", "at_risk");
                self.share("share", share);
            }
            CreditBase::Fee(amount) => self.amount("of", amount),
        }
    }

    pub(super) fn bonus(&mut self, bonus: &Bonus) {
        let Bonus { of, tiers } = bonus;
        self.base(of);
        self.text("tiers", tiers_text(tiers));
    }
}

/// The tiers that a credit without tiers has.
pub(crate) fn whole_on_default() -> Vec<Tier> {
    let nowhere = crate::source::Span::new(crate::source::FileId(0), 0, 0);
    vec![Tier {
        when: TierTest::BelowMinimum,
        pays: crate::quantity::Rational::one(),
        span: nowhere,
    }]
}

fn tiers_text(tiers: &[Tier]) -> String {
    let tiers = tiers.iter().map(|tier| {
        let when = match &tier.when {
            TierTest::BelowTarget => "below target".to_owned(),
            TierTest::BelowMinimum => "below minimum".to_owned(),
            TierTest::Value(stretch) => range(stretch),
        };
        format!("{when} pays {}", percent(&tier.pays))
    });
    tiers.collect::<Vec<_>>().join(", ")
}
