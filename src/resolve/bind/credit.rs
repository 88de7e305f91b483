//! What a miss pays and what a good value earns.

use super::goal::Scale;
use super::scoring::shown;
use super::{Binder, Cursor};
use crate::diagnostics::Diagnostic;
use crate::model;
use crate::quantity::{Rational, Unit};
use crate::resolve::range;
use crate::resolve::terms::{Bonus, Credit, CreditBase, CreditModel, Goal, Measure, Range, Tier, TierTest};
use crate::source::Span;

/// What a credit takes from its KPI.
#[derive(Clone, Copy)]
pub(super) struct Payer<'k> {
    /// The KPI's id.
    pub(super) kpi: &'k str,
    /// Its measure.
    pub(super) measure: &'k Measure,
    /// Its unit and goals.
    pub(super) scale: Scale<'k>,
    /// Where its target stands.
    pub(super) target: Span,
}

impl<'a> Binder<'a> {
    /// Binds the credit of a KPI.
    pub(super) fn credit(&mut self, written: &model::Credit, payer: Payer<'_>, at: Cursor<'a>) -> Option<Credit> {
        let of = self.base(written.of.as_ref()?, written.share.as_ref(), payer, at)?;
        let (model, own_cap) = match &written.model {
            Some(model) => self.credit_model(model, payer, at)?,
            None if matches!(of, CreditBase::AtRisk(_)) => (CreditModel::WholeOnDefault, None),
            None => {
                let message = format!("the credit of KPI `{}` does not say how much a miss pays", payer.kpi);
                let finding = Diagnostic::new("missing-field", at.key_span(), message);
                self.diagnostics
                    .push(finding.help("add `tiers: [{ below: target, pays: 5% }]` or a model such as `per_unit`"));
                return None;
            }
        };
        if payer.scale.target.is_none() && !payer.scale.broken {
            let message = format!("KPI `{}` pays for a miss and has no target", payer.kpi);
            let finding = Diagnostic::new("missing-field", at.key_span(), message);
            self.diagnostics.push(finding.help("add `target: { … }` to the KPI"));
        }
        Some(Credit {
            of,
            model,
            cap: own_cap.or(written.cap.as_ref()).map(|cap| cap.0.clone()),
            request_within: written
                .requests
                .as_ref()
                .and_then(|requests| self.deadline(requests.within, at.step("requests").step("within"))),
            span: at.key_span(),
        })
    }

    /// Binds the bonus of a KPI.
    pub(super) fn bonus(&mut self, written: &model::Bonus, payer: Payer<'_>, at: Cursor<'a>) -> Option<Bonus> {
        let of = self.base(written.of.as_ref()?, written.share.as_ref(), payer, at)?;
        let tiers = self.tiers(written.tiers.as_ref()?, payer, at.step("tiers"))?;
        if let Some(tier) = tiers.iter().find(|tier| !matches!(tier.when, TierTest::Value(_))) {
            let finding = Diagnostic::new("invalid-value", tier.span, "a bonus for a missed target");
            self.diagnostics
                .push(finding.help("a bonus pays for good values: write `above: target` or a value"));
        }
        self.check_tiers(&tiers, None);
        Some(Bonus { of, tiers })
    }

    fn base(
        &mut self,
        written: &model::CreditBase,
        share: Option<&model::Percent>,
        payer: Payer<'_>,
        at: Cursor<'a>,
    ) -> Option<CreditBase> {
        let base = match written {
            model::CreditBase::Fee(sum) => {
                self.check_currency(payer, at);
                CreditBase::Fee(self.summed(sum, at.step("of"))?)
            }
            model::CreditBase::Named(word) => {
                self.check_contract(*word, payer, at);
                match word {
                    model::CreditBaseWord::Charge => CreditBase::Charge,
                    model::CreditBaseWord::AtRisk => {
                        let Some(share) = share else {
                            // One that is written and cannot be read has been reported.
                            if at.step("share").is_written() {
                                return None;
                            }
                            let message = format!("KPI `{}` does not say its share of the at-risk amount", payer.kpi);
                            let finding = Diagnostic::new("missing-field", at.key_span(), message);
                            self.diagnostics.push(finding.help("add `share: 10%`"));
                            return None;
                        };
                        if share.0.is_negative() {
                            self.invalid(at.step("share"), "a share below 0", "write a share such as `10%`");
                        }
                        return Some(CreditBase::AtRisk(share.0.clone()));
                    }
                }
            }
        };
        if share.is_some() {
            let message = "a share of the at-risk amount, and this is of something else";
            self.invalid(at.step("share"), message, "remove it, or write `of: at_risk`");
        }
        Some(base)
    }

    /// Reports a fee of its own in no currency.
    fn check_currency(&mut self, payer: Payer<'_>, at: Cursor<'a>) {
        let currency = self
            .card
            .sections
            .contract
            .as_ref()
            .map(|terms| terms.currency.is_some());
        let (place, message, help) = match currency {
            Some(true) => return,
            Some(false) => (
                self.at.step("contract").key_span(),
                "the contract has no `currency`".to_owned(),
                "add `currency: EUR`, or another code of ISO 4217",
            ),
            None => (
                at.step("of").span(),
                format!(
                    "KPI `{}` pays a share of a fee, and the scorecard has no contract",
                    payer.kpi
                ),
                "add `contract: { … }` with its `currency`, or remove the credit",
            ),
        };
        let finding = Diagnostic::new("missing-field", place, message);
        self.diagnostics
            .push(finding.also(at.key_span(), "paid here").help(help));
    }

    /// Reports money that no contract sets.
    fn check_contract(&mut self, word: model::CreditBaseWord, payer: Payer<'_>, at: Cursor<'a>) {
        let kpi = payer.kpi;
        let contract = self.at.step("contract");
        let finding = match &self.card.sections.contract {
            None => Diagnostic::new(
                "missing-field",
                at.step("of").span(),
                format!("KPI `{kpi}` pays a share of a charge, and the scorecard has no contract"),
            )
            .help("add `contract: { … }`, or remove the credit"),
            // What is written and cannot be read is not missing.
            Some(_) if self.broken().holds(contract) => return,
            Some(terms) if terms.charge.is_none() => {
                Diagnostic::new("missing-field", contract.key_span(), "the contract has no `charge`")
                    .also(at.step("of").span(), "a share of it is paid here")
                    .help("add `charge: 42000.00` (per period), or `charge: { source: …, sum: … }`")
            }
            Some(terms) if word == model::CreditBaseWord::AtRisk && terms.at_risk.is_none() => {
                Diagnostic::new("missing-field", contract.key_span(), "the contract has no `at_risk`")
                    .also(at.step("of").span(), "a share of it is paid here")
                    .help("add `at_risk: 12%`: the share of the charge that caps a period's credits")
            }
            Some(_) => return,
        };
        self.diagnostics.push(finding);
    }

    fn credit_model<'w>(
        &mut self,
        written: &'w model::CreditModel,
        payer: Payer<'_>,
        at: Cursor<'a>,
    ) -> Option<(CreditModel, Option<&'w model::Percent>)> {
        Some(match written {
            model::CreditModel::Tiers(tiers) => {
                let tiers = self.tiers(tiers, payer, at.step("tiers"))?;
                let met = payer.scale.target.map(|goal| (range::of_goal(goal), payer.target));
                self.check_tiers(&tiers, met);
                (CreditModel::Tiers(tiers), None)
            }
            model::CreditModel::Points(points) => {
                let at = at.step("points");
                let bands = self.point_bands(points.bands.as_ref()?, payer, at.step("bands"))?;
                let each_pays = points.each_pays.as_ref()?.0.clone();
                let repeat_doubles = points.repeat.is_some();
                let model = CreditModel::Points {
                    bands,
                    each_pays,
                    repeat_doubles,
                };
                (model, points.cap.as_ref())
            }
            model::CreditModel::Shortfall(capped) => {
                let at = at.step("shortfall");
                let one_sided = !matches!(payer.scale.target, Some(Goal::Between(..) | Goal::WithinBand { .. }));
                if payer.scale.unit != Unit::Percent || !one_sided {
                    let message = "a shortfall is counted in percentage points from one target value";
                    self.invalid(at, message, "use `tiers`, or a percentage with `at_least` or `at_most`");
                }
                (CreditModel::Shortfall, capped.cap.as_ref())
            }
            model::CreditModel::PerUnit(per_unit) => {
                let at = at.step("per_unit");
                self.check_downtime("per_unit", payer, at);
                let each = per_unit.each?.0;
                if each == 0 {
                    self.invalid(
                        at.step("each"),
                        "a stretch of no length",
                        "write a duration such as `30m`",
                    );
                    return None;
                }
                let model = CreditModel::PerUnit {
                    each,
                    pays: per_unit.pays.as_ref()?.0.clone(),
                    ceil: per_unit.rounding? == model::PartRounding::Ceil,
                };
                (model, per_unit.cap.as_ref())
            }
            model::CreditModel::PerCount(per_count) => {
                let at = at.step("per_count");
                let each = per_count.each?;
                if each == 0 {
                    self.invalid(at.step("each"), "no failures pay nothing", "write a number from 1 on");
                    return None;
                }
                let model = CreditModel::PerCount {
                    each,
                    pays: per_count.pays.as_ref()?.0.clone(),
                    over: per_count.over?.0,
                };
                (model, per_count.cap.as_ref())
            }
            model::CreditModel::Proportional(capped) => {
                self.check_downtime("proportional", payer, at.step("proportional"));
                (CreditModel::Proportional, capped.cap.as_ref())
            }
        })
    }

    /// Reports a model of net downtime on a measure that has none.
    fn check_downtime(&mut self, model: &str, payer: Payer<'_>, at: Cursor<'a>) {
        let has = matches!(
            payer.measure,
            Measure::Availability { .. } | Measure::Probes { .. } | Measure::Failures { .. }
        );
        if !has {
            let message = format!("`{model}` pays for net downtime, and KPI `{}` measures none", payer.kpi);
            self.invalid(at, message, "use `tiers`, or measure `availability`");
        }
    }

    fn tiers(&mut self, written: &[model::Tier], payer: Payer<'_>, at: Cursor<'a>) -> Option<Vec<Tier>> {
        if written.is_empty() {
            self.invalid(at, "no tiers", "write tiers such as `{ below: target, pays: 5% }`");
            return None;
        }
        let tiers: Vec<Option<Tier>> = written
            .iter()
            .enumerate()
            .map(|(index, tier)| {
                let at = at.item(index);
                if tier.pays.0.is_negative() {
                    self.invalid(at.step("pays"), "a payment below 0", "write a share such as `5%`");
                }
                let when = match alone_below(&tier.bounds) {
                    Some(model::Limit::Target) => {
                        self.check_goal("target", payer.scale.target, payer.scale, at)?;
                        TierTest::BelowTarget
                    }
                    Some(model::Limit::Minimum) => {
                        self.check_goal("minimum", payer.scale.minimum, payer.scale, at)?;
                        TierTest::BelowMinimum
                    }
                    _ => TierTest::Value(self.range(&tier.bounds, payer.scale, at)?),
                };
                Some(Tier {
                    when,
                    pays: tier.pays.0.clone(),
                    span: at.span(),
                })
            })
            .collect();
        tiers.into_iter().collect()
    }

    fn check_goal(&mut self, word: &str, goal: Option<&Goal>, scale: Scale<'_>, at: Cursor<'a>) -> Option<()> {
        if goal.is_none() && !scale.broken {
            let finding = Diagnostic::new(
                "missing-field",
                at.step("below").span(),
                format!("the KPI has no `{word}`"),
            );
            self.diagnostics.push(finding.help("add `target: { … }` to the KPI"));
        }
        goal.map(|_| ())
    }

    /// Checks tiers by value once one of them has two bounds; one-sided ones nest instead.
    fn check_tiers(&mut self, tiers: &[Tier], met: Option<(Range, Span)>) {
        let by_value = tiers.iter().filter_map(|tier| match &tier.when {
            TierTest::Value(range) => Some((range.clone(), tier.span)),
            TierTest::BelowTarget | TierTest::BelowMinimum => None,
        });
        let (ranges, spans): (Vec<Range>, Vec<Span>) = by_value.unzip();
        if ranges.iter().any(|range| range.from.is_some() && range.to.is_some()) {
            self.check_ranges(&ranges, &spans, "tier", met);
        }
    }

    /// Binds the bands of points; nested one-sided ones are cut so that a value falls in one.
    fn point_bands(
        &mut self,
        written: &[model::PointBand],
        payer: Payer<'_>,
        at: Cursor<'a>,
    ) -> Option<Vec<(Range, Rational)>> {
        let ranges: Vec<Option<Range>> = written
            .iter()
            .enumerate()
            .map(|(index, band)| self.range(&band.bounds, payer.scale, at.item(index)))
            .collect();
        let ranges: Vec<Range> = ranges.into_iter().collect::<Option<_>>()?;
        let spans: Vec<Span> = (0..ranges.len()).map(|index| at.item(index).span()).collect();
        let ranges = range::nested(&ranges);
        self.check_ranges(&ranges, &spans, "band", None);
        for (index, (band, range)) in written.iter().zip(&ranges).enumerate() {
            if band.points.0.is_negative() {
                let values = range
                    .to
                    .as_ref()
                    .or(range.from.as_ref())
                    .map(|bound| shown(&bound.value));
                let message = format!("points below 0 for values at {}", values.unwrap_or_default());
                self.invalid(at.item(index).step("points"), message, "write points from 0 on");
            }
        }
        let points = written.iter().map(|band| band.points.0.clone());
        Some(ranges.into_iter().zip(points).collect())
    }
}

/// Returns the limit of bounds that are one `below` and nothing else.
fn alone_below(bounds: &model::Bounds) -> Option<&model::Limit> {
    match bounds {
        model::Bounds {
            at_least: None,
            above: None,
            at_most: None,
            below: Some(limit),
        } => Some(limit),
        _ => None,
    }
}
