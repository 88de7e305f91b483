//! Consequences beyond each KPI's own credit.

use indexmap::IndexMap;

use super::{Binder, Cursor};
use crate::diagnostics::Diagnostic;
use crate::model;
use crate::resolve::terms::{Consequences, Counting, EarnBack, Id, RollingCap, SingleIncident, Trigger, TriggerWhen};

impl<'a> Binder<'a> {
    pub(super) fn consequences(&mut self) -> Consequences {
        let Some(written) = &self.card.sections.consequences else {
            return Consequences::default();
        };
        let at = self.at.step("consequences");
        let single_incident = written.single_incident.map(|word| match word {
            model::SingleIncident::Highest => SingleIncident::Highest,
            model::SingleIncident::Sum => SingleIncident::Sum,
            model::SingleIncident::CustomerSelects => SingleIncident::CustomerSelects,
        });
        let default_after = written.default_after.as_ref().and_then(|rule| {
            let (misses, within) = (rule.misses?, rule.within?.0);
            let at = at.step("default_after");
            if misses == 0 || misses > within {
                let message = format!("{misses} misses within {within} periods");
                self.invalid(
                    at.step("misses"),
                    message,
                    "write a number from 1 to the number of periods",
                );
                return None;
            }
            Some((misses, within))
        });
        let rolling = written.caps.as_ref().and_then(|caps| caps.rolling.as_ref());
        let mut triggers = IndexMap::new();
        for (id, trigger) in &written.triggers {
            if let Some(bound) = self.trigger(id, trigger, at.step("triggers").step(id)) {
                triggers.insert(id.to_string(), bound);
            }
        }
        Consequences {
            single_incident,
            default_after,
            earn_back: written.earn_back.as_ref().and_then(earn_back),
            rolling_cap: rolling.and_then(rolling_cap),
            triggers,
        }
    }

    fn trigger(&mut self, id: &str, written: &model::Trigger, at: Cursor<'a>) -> Option<Trigger> {
        let when = self.when(id, written.when.as_ref()?, at.step("when"));
        if let Some(right) = &written.right
            && !matches!(right.as_str(), "customer" | "provider")
        {
            let parties = self
                .card
                .sections
                .people
                .values()
                .filter_map(|person| person.party.as_deref());
            if !parties.into_iter().any(|party| party == right) {
                let message = format!("no party is called `{right}`");
                self.invalid(at.step("right"), message, "write `customer` or `provider`");
            }
        }
        Some(Trigger {
            when: when?,
            notify: self.people(written.notify.as_ref(), at.step("notify")),
            within: self.deadline(written.within, at.step("within")),
            right: written.right.clone(),
            clause: written.clause.clone(),
        })
    }

    fn when(&mut self, id: &str, written: &model::When, at: Cursor<'a>) -> Option<TriggerWhen> {
        let kpis = match &written.kpis {
            None | Some(model::CountedKpis::All) => None,
            Some(model::CountedKpis::WithCredit) => {
                let paying = self.card.sections.kpis.iter().filter(|(_, kpi)| kpi.credit.is_some());
                Some(paying.map(|(id, _)| id.to_string()).collect())
            }
            Some(model::CountedKpis::Listed(names)) => {
                let at = at.step("kpis");
                let mut bound: Vec<Id> = Vec::new();
                for (index, name) in names.iter().enumerate() {
                    let found = self.kpis_named(name, at.item(index).span());
                    bound.extend(found);
                }
                Some(bound)
            }
        };
        let counting = Counting {
            kpis,
            below_target: written.verdict == Some(model::ForbiddenVerdict::BelowTarget),
            same_kpi: written.same_kpi.unwrap_or(true),
        };
        let counts = written.counts.as_ref()?;
        let fires = match (counts, written.within) {
            (model::Counts::Count(count), Some(within)) => {
                if *count == 0 || *count > within.0 && counting.same_kpi {
                    let message = format!("{count} within {} periods", within.0);
                    self.invalid(
                        at.step("count"),
                        message,
                        "write a number from 1 to the number of periods",
                    );
                    return None;
                }
                TriggerWhen::Count {
                    count: *count,
                    within: within.0,
                    counting,
                }
            }
            (model::Counts::Count(_), None) => {
                let finding = Diagnostic::new(
                    "missing-field",
                    at.key_span(),
                    format!("trigger `{id}` has no `within`"),
                );
                self.diagnostics
                    .push(finding.help("add `within: 6 periods`, or write `consecutive` in place of `count`"));
                return None;
            }
            (counts, within) => {
                if within.is_some() {
                    let message = "`within` says something only beside `count`";
                    self.invalid(at.step("within"), message, "remove it");
                }
                match counts {
                    model::Counts::Consecutive(0) => {
                        self.invalid(at.step("consecutive"), "no period at all", "write a number from 1 on");
                        return None;
                    }
                    model::Counts::Consecutive(periods) => TriggerWhen::Consecutive {
                        periods: *periods,
                        counting,
                    },
                    _ => TriggerWhen::CapReached,
                }
            }
        };
        Some(fires)
    }
}

fn earn_back(written: &model::EarnBack) -> Option<EarnBack> {
    Some(EarnBack {
        over: written.over?.0,
        every_period: written.test? == model::EarnBackTest::EveryPeriod,
        forbid_default: written.forbid.is_some(),
        forbid_below_target: written.forbid == Some(model::ForbiddenVerdict::BelowTarget),
        lapse: written.if_short.is_some(),
    })
}

fn rolling_cap(written: &model::RollingCap) -> Option<RollingCap> {
    Some(RollingCap {
        over: written.over?.0,
        at_most: written.at_most.as_ref()?.0.clone(),
        projected: written.before_full? == model::BeforeFull::Projected,
    })
}
