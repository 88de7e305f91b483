//! The money of a period, line by line (language.md §6): each KPI's credit, one per incident, the period's cap,
//! the rolling cap; then what lies outside the caps.

use super::credit::{self, Recall};
use super::draft::{Draft, Effect, Scene};
use super::memory::{Account, Granted, Memory, window};
use super::outcome::{CapStep, LineKind, MoneyLine, Statement, Verdict};
use super::purse::Purse;
use super::request;
use super::verdict::Judged;
use super::{bonus, cap, earn_back, incident, ratchet};
use crate::quantity::{Period, Rational, Rounding};
use crate::resolve::terms::{Claims, CreditModel, Id};

/// Name of the cap of a period's credits.
pub(super) const PERIOD_CAP: &str = "at-risk amount";

/// A period's money and what later periods must know of it.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// `None` where the contract is not about money.
    pub(super) statement: Option<Statement>,
    /// KPIs whose credit waits for the customer's selection, with the incident.
    pub(super) unselected: Vec<(Id, String)>,
    /// Whether the credits before caps reach the period's cap.
    pub(super) cap_reached: bool,
    account: Account,
    effects: Vec<(Id, Effect)>,
    returned: Vec<(Period, String)>,
}

/// Settles a period; `failed` is a card without score and credit for want of data (§5, `missing: fail`).
pub(super) fn settle<'a>(
    scene: Scene<'_>,
    all: &'a [Judged<'a>],
    purse: &Purse<'_>,
    memory: &Memory<'a>,
    failed: bool,
) -> Settled {
    let Scene { contract, terms, .. } = scene;
    // A contract that names no charge and pays nothing has no statement.
    let about_money = contract.charge.is_some()
        || terms
            .kpis
            .values()
            .any(|kpi| kpi.credit.is_some() || kpi.bonus.is_some() || kpi.ratchet.is_some());
    let charge = purse.charge().ok().map(|base| base.amount);
    let mut settled = Settled {
        account: Account {
            in_force: true,
            charge: charge.clone(),
            credits: Vec::new(),
        },
        ..Settled::default()
    };
    if !about_money {
        return settled;
    }
    let at_risk = charge
        .as_ref()
        .zip(contract.at_risk.as_ref())
        .map(|(charge, share)| charge * share);
    let mut lines = Vec::new();
    let mut caps = Vec::new();
    if !failed {
        let mut drafts = credits(scene, all, purse, memory);
        incident::settle(
            &mut drafts,
            terms.consequences.single_incident,
            &scene.timeline.claims.selections,
            scene.period,
        );
        for draft in &mut drafts {
            draft.await_request();
        }
        round(&mut drafts, contract.minor_units);
        apply_caps(scene, &mut drafts, &mut caps, purse, memory, at_risk.as_ref());
        settled.cap_reached = caps
            .iter()
            .any(|step| step.name == PERIOD_CAP && !step.limit.is_zero() && step.before >= step.limit);
        for draft in drafts {
            settled.take(draft, &mut lines, contract.minor_units);
        }
        let back = earn_back::lines(scene, memory);
        settled.returned = back.iter().map(|line| line.credit.clone()).collect();
        lines.extend(back.into_iter().map(|back| back.line));
        lines.extend(
            all.iter()
                .filter_map(|one| bonus::line(one, purse, contract.minor_units)),
        );
        lines.extend(all.iter().filter_map(|one| ratchet::line(one, memory, scene.period)));
    }
    let total = |kind: LineKind| {
        lines
            .iter()
            .filter(|line: &&MoneyLine| line.kind == kind)
            .map(|line| line.amount.clone())
            .sum::<Rational>()
    };
    settled.statement = Some(Statement {
        currency: contract.currency.clone().unwrap_or_default(),
        minor_units: contract.minor_units,
        charge,
        at_risk,
        caps,
        credit: total(LineKind::Credit),
        bonus: total(LineKind::Bonus),
        earned_back: total(LineKind::EarnBack),
        adjusted: Rational::zero(),
        provisional: lines.iter().any(|line| line.provisional),
        lines,
    });
    settled
}

/// Drafts a credit for every KPI that was missed and has one, in file order.
fn credits<'a>(scene: Scene<'_>, all: &'a [Judged<'a>], purse: &Purse<'_>, memory: &Memory<'a>) -> Vec<Draft<'a>> {
    let claims: &Claims = &scene.timeline.claims;
    all.iter()
        .filter_map(|one| {
            let credit = one.kpi.credit.as_ref()?;
            if !matches!(one.verdict, Verdict::BelowTarget | Verdict::Default) {
                return None;
            }
            let mut line = MoneyLine::new(LineKind::Credit, &one.kpi.id);
            line.provisional = one.provisional();
            if !one.counts {
                line.remark = one.discounted();
                return Some(Draft::new(one, line));
            }
            let recall = recall(one, scene.period, &credit.model, memory);
            let payment = credit::pay(one, credit, purse, &recall);
            let request = request::find(scene.terms, claims, one, scene.period);
            let over = match credit.model {
                CreditModel::PerCount { over, .. } => over,
                _ => 0,
            };
            Some(Draft::new(one, line).paying(payment, over).asked(request))
        })
        .collect()
}

fn recall(one: &Judged<'_>, period: Period, model: &CreditModel, memory: &Memory<'_>) -> Recall {
    let root = memory.root(&one.kpi.id);
    match model {
        CreditModel::Points {
            repeat_doubles: true, ..
        } => Recall {
            pointed_before: memory
                .back(root, period.offset(-1), None)
                .filter_map(|(_, mark)| mark)
                .find(|mark| mark.counted)
                .is_some_and(|mark| mark.pointed),
            unpaid: 0,
        },
        CreditModel::PerCount { over, .. } => Recall {
            pointed_before: false,
            unpaid: memory
                .back(root, period, Some(window(period, *over)))
                .filter_map(|(_, mark)| mark)
                .map(|mark| mark.unpaid)
                .sum(),
        },
        _ => Recall::default(),
    }
}

fn round(drafts: &mut [Draft<'_>], minor_units: u32) {
    for draft in drafts {
        draft.units = draft.due.scaled(minor_units, Rounding::HalfAwayFromZero);
        draft.line.before_caps = Rational::from_decimal(draft.units.clone(), minor_units);
    }
}

/// Applies the period's cap, then the rolling one (§6, "Order").
fn apply_caps(
    scene: Scene<'_>,
    drafts: &mut [Draft<'_>],
    caps: &mut Vec<CapStep>,
    purse: &Purse<'_>,
    memory: &Memory<'_>,
    at_risk: Option<&Rational>,
) {
    let minor_units = scene.contract.minor_units;
    if let Some(at_risk) = at_risk {
        caps.push(cap::apply(drafts, PERIOD_CAP, at_risk, minor_units));
    }
    let Some(rolling) = &scene.terms.consequences.rolling_cap else {
        return;
    };
    let charge = purse.charge().ok().map(|base| base.amount);
    let whole = purse.whole_charge();
    match cap::rolling(rolling, memory, scene.period, charge.as_ref(), whole.as_ref()) {
        Some(left) => {
            let name = format!("rolling cap over {} periods", rolling.over);
            caps.push(cap::apply(drafts, &name, &left, minor_units));
        }
        // Without every charge of the window nobody can tell what is left.
        None => {
            for draft in drafts {
                draft.line.provisional = true;
            }
        }
    }
}

impl Settled {
    fn take(&mut self, draft: Draft<'_>, lines: &mut Vec<MoneyLine>, minor_units: u32) {
        let Draft {
            one,
            mut line,
            units,
            unselected,
            request,
            effect,
            ..
        } = draft;
        line.amount = Rational::from_decimal(units, minor_units);
        if let (true, Some(incident)) = (unselected, &line.incident) {
            self.unselected.push((one.kpi.id.clone(), incident.clone()));
        }
        if !line.amount.is_zero() {
            self.account.credits.push(Granted {
                kpi: one.kpi.id.clone(),
                amount: line.amount.clone(),
                provisional: line.provisional,
                lapses: request
                    .filter(|request| request.asked.is_none())
                    .map(|request| request.by),
                returned: false,
            });
        }
        self.effects.push((one.kpi.id.clone(), effect));
        lines.push(line);
    }

    /// Leaves to later periods what they must know.
    pub(super) fn remember(&mut self, memory: &mut Memory<'_>, period: Period) {
        for (kpi, _) in &self.unselected {
            let root = memory.root(kpi).to_string();
            if let Some(mark) = memory.mark_mut(&root, period) {
                mark.provisional = true;
            }
        }
        for (kpi, effect) in std::mem::take(&mut self.effects) {
            let root = memory.root(&kpi).to_string();
            if let Some(mark) = memory.mark_mut(&root, period) {
                mark.pointed = effect.pointed;
            }
            memory.spend(&root, window(period, effect.over), period, effect.spent);
        }
        for (granted_in, kpi) in std::mem::take(&mut self.returned) {
            memory.give_back(granted_in, &kpi);
        }
        let mut account = std::mem::take(&mut self.account);
        for credit in &mut account.credits {
            credit.kpi = memory.root(&credit.kpi).to_string();
        }
        memory.close(account);
    }
}
