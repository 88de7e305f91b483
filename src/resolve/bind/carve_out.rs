//! Carve-outs.

use indexmap::IndexMap;
use num_traits::ToPrimitive;

use super::Binder;
use crate::diagnostics::Diagnostic;
use crate::model;
use crate::quantity::{MICROS_PER_SECOND, Rational, Rounding};
use crate::resolve::terms::{CapCounts, CapPer, CarveOut, CarveOutBy, CarveOutCap, CarveOutMode, Id, Needs};

impl Binder<'_> {
    pub(super) fn carve_outs(&mut self) -> IndexMap<Id, CarveOut> {
        let mut bound = IndexMap::new();
        for (id, written) in &self.card.sections.carve_outs {
            if let Some(carve_out) = self.carve_out(id, written) {
                bound.insert(id.to_string(), carve_out);
            }
        }
        bound
    }

    fn carve_out(&mut self, id: &model::Id, written: &model::CarveOut) -> Option<CarveOut> {
        let at = self.at.step("carve_outs").step(id);
        let by = match written.by.as_ref()? {
            model::CarveOutBy::Schedule(schedule) => {
                let starts = self
                    .card
                    .sections
                    .contract
                    .as_ref()
                    .and_then(|contract| contract.starts);
                let from = schedule.from.or(starts);
                // A first day or a contract's that is written and could not be read is not missing.
                let broken = self.broken();
                let unread = broken.holds(self.at.step("contract")) || broken.holds(at.step("by"));
                if from.is_none() && !unread {
                    let finding = Diagnostic::new(
                        "missing-field",
                        at.step("by").step("schedule").key_span(),
                        format!("the schedule of carve-out `{id}` has no first day"),
                    );
                    self.diagnostics
                        .push(finding.help("without a contract's `starts` it needs one: add `from: 2026-01-01`"));
                }
                CarveOutBy::Schedule {
                    rrule: schedule.rrule.clone()?,
                    from,
                    lasts: schedule.lasts?.0,
                }
            }
            model::CarveOutBy::Where(condition) => CarveOutBy::Where(condition.clone()),
            model::CarveOutBy::Claims => CarveOutBy::Claims,
        };
        let needs = written.needs.as_deref().unwrap_or_default();
        if by != CarveOutBy::Claims {
            for field in ["needs", "notice"]
                .into_iter()
                .filter(|field| at.step(field).is_written())
            {
                let finding = Diagnostic::new(
                    "invalid-value",
                    at.step(field).key_span(),
                    format!("`{field}` of carve-out `{id}` asks claims for something, and it is not by claims"),
                );
                self.diagnostics.push(
                    finding
                        .also(at.step("by").span(), "what it is by")
                        .help("remove it, or write `by: claims`"),
                );
            }
        }
        Some(CarveOut {
            id: id.to_string(),
            title: written.title.clone().unwrap_or_else(|| id.to_string()),
            clause: written.clause.clone(),
            cause: written.cause.map(|cause| cause.word().to_owned()),
            by,
            mode: match written.mode? {
                model::CarveOutMode::Remove => CarveOutMode::Remove,
                model::CarveOutMode::DeemAvailable => CarveOutMode::DeemAvailable,
            },
            cap: written.cap.as_ref().and_then(|cap| self.carve_out_cap(id, cap)),
            needs: Needs {
                evidence: needs.contains(&model::Need::Evidence),
                approval: needs.contains(&model::Need::Approval),
            },
            notice: self.deadline(written.notice, at.step("notice")),
            declared_at: at.key_span(),
        })
    }

    fn carve_out_cap(&mut self, id: &str, written: &model::CarveOutCap) -> Option<CarveOutCap> {
        let micros = &written.hours.as_ref()?.0 * &Rational::integer(3600 * MICROS_PER_SECOND);
        let time = micros
            .scaled(0, Rounding::HalfAwayFromZero)
            .to_i64()
            .filter(|time| *time >= 0);
        let Some(time) = time else {
            let at = self.at.step("carve_outs").step(id).step("cap").step("hours");
            self.invalid(
                at,
                "no number of hours a cap can have",
                "write hours from 0 on, such as `12`",
            );
            return None;
        };
        Some(CarveOutCap {
            time,
            per: match written.per? {
                model::CapPer::Period => CapPer::Period,
                model::CapPer::Month => CapPer::Month,
                model::CapPer::Quarter => CapPer::Quarter,
                model::CapPer::Year => CapPer::Year,
            },
            counts: match written.counts? {
                model::CapCounts::Windows => CapCounts::Windows,
                model::CapCounts::Downtime => CapCounts::Downtime,
            },
        })
    }
}
