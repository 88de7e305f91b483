//! What earlier periods leave behind: marks of verdicts, charges and credits (language.md §5, "Memory").
//!
//! A past period is judged under its own terms; what is kept of it here is only what counters, caps and
//! rolling windows of a later period ask for, and they ask with *their* parameters.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use jiff::civil::Date;

use super::outcome::Verdict;
use super::verdict::Judged;
use super::{goal, in_force};
use crate::quantity::{Period, Rational};
use crate::resolve::terms::{Consequences, CreditModel, Id, Kpi, Terms, Timeline, TriggerWhen};

/// How far back a streak is looked for on a card without a contract, which has no first period.
///
/// Periods without a verdict do not break a streak, so nothing else bounds the search.
pub(super) const STREAK_LIMIT: u32 = 36;

/// What a period leaves behind of one KPI.
#[derive(Clone, Debug)]
pub(super) struct Mark<'a> {
    /// The KPI under the period's own terms.
    kpi: &'a Kpi,
    pub(super) verdict: Verdict,
    /// The KPI had a verdict with consequences: neither not applicable, no data, burn-in nor low volume.
    pub(super) counted: bool,
    pub(super) miss: bool,
    pub(super) provisional: bool,
    /// The judged value.
    pub(super) value: Option<Rational>,
    /// Whether the miss earned points (`points` models).
    pub(super) pointed: bool,
    /// Failures that no credit has paid for yet (`per_count` models).
    pub(super) unpaid: u64,
}

/// What a scenario says of a KPI in an earlier period, instead of facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The verdict.
    pub verdict: Verdict,
    /// The credit that was granted, after caps.
    pub credit: Option<Rational>,
}

/// Earlier periods as a scenario gives them; every KPI that is not named was met.
pub type Before = IndexMap<Period, IndexMap<Id, Given>>;

impl<'a> Mark<'a> {
    /// The mark of a verdict that is given; `counts` is false in the burn-in.
    fn given(kpi: &'a Kpi, verdict: Verdict, counts: bool) -> Self {
        let miss = counts && matches!(verdict, Verdict::BelowTarget | Verdict::Default);
        Self {
            kpi,
            verdict,
            counted: counts && !matches!(verdict, Verdict::NotApplicable | Verdict::NoData),
            miss,
            provisional: false,
            value: None,
            pointed: miss,
            unpaid: u64::from(miss),
        }
    }

    /// Returns the judged value's distance from the period's own target, positive on the good side.
    pub(super) fn margin(&self) -> Option<Rational> {
        Some(goal::margin(self.kpi.target.as_ref()?, self.value.as_ref()?))
    }
}

/// What a period leaves behind in money.
#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    /// Whether there was a scorecard.
    pub(super) in_force: bool,
    /// The charge; `None` where it is not known.
    pub(super) charge: Option<Rational>,
    /// Credits after all caps, above zero.
    pub(super) credits: Vec<Granted>,
}

/// A credit that was granted.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    /// The KPI's id through renamings.
    pub(super) kpi: String,
    /// The amount after caps.
    pub(super) amount: Rational,
    pub(super) provisional: bool,
    /// The last day on which it could be asked for, while nobody has.
    pub(super) lapses: Option<Date>,
    /// Whether it was earned back.
    pub(super) returned: bool,
}

/// Everything earlier periods leave behind, by period from `first` on.
#[derive(Debug)]
pub(super) struct Memory<'a> {
    first: Period,
    lineage: Lineage<'a>,
    marks: HashMap<&'a str, Vec<Option<Mark<'a>>>>,
    accounts: Vec<Account>,
}

/// Which KPI was which before it was renamed, and when each came to be.
#[derive(Debug)]
struct Lineage<'a> {
    before: HashMap<&'a str, &'a str>,
    born: HashMap<&'a str, Option<Date>>,
    /// KPIs whose failures some version pays for by their number.
    counted: HashSet<&'a str>,
}

impl<'a> Lineage<'a> {
    fn of(timeline: &'a Timeline) -> Self {
        let mut this = Self {
            before: HashMap::new(),
            born: HashMap::new(),
            counted: HashSet::new(),
        };
        for version in &timeline.versions {
            for kpi in version.terms.kpis.values() {
                if let Some(old) = &kpi.renamed_from
                    && !version.terms.kpis.contains_key(old)
                {
                    this.before.insert(&kpi.id, old);
                }
            }
        }
        for version in &timeline.versions {
            for kpi in version.terms.kpis.values().filter(|kpi| kpi.retired.is_none()) {
                let id = this.root(&kpi.id);
                this.born.entry(id).or_insert(version.effective);
                if let Some(CreditModel::PerCount { .. }) = kpi.credit.as_ref().map(|credit| &credit.model) {
                    this.counted.insert(id);
                }
            }
        }
        this
    }

    fn root<'i>(&self, id: &'i str) -> &'i str
    where
        'a: 'i,
    {
        // The bound cuts a circle of renamings.
        std::iter::successors(Some(id), |id| self.before.get(id).copied())
            .take(self.before.len() + 1)
            .last()
            .unwrap_or(id)
    }
}

impl<'a> Memory<'a> {
    /// Starts with nothing remembered before `first`.
    pub(super) fn new(timeline: &'a Timeline, first: Period) -> Self {
        Self {
            first,
            lineage: Lineage::of(timeline),
            marks: HashMap::new(),
            accounts: Vec::new(),
        }
    }

    /// Returns a KPI's id as it was before any renaming.
    pub(super) fn root<'i>(&self, id: &'i str) -> &'i str
    where
        'a: 'i,
    {
        self.lineage.root(id)
    }

    /// Returns which period of the KPI's life `period` is, from 0; `None` where no start is known: on a card
    /// without a contract, for a KPI that was there from the beginning.
    pub(super) fn age(&self, id: &'a str, terms: &Terms, period: Period) -> Option<u32> {
        let contract = terms.contract.as_ref();
        let start = contract.map(|contract| in_force::first_period(contract, period.scheme()));
        let born = self.lineage.born.get(self.root(id)).copied().flatten();
        let born = born.map(|day| in_force::first_from(day, period.scheme()));
        let first = start.into_iter().chain(born).max()?;
        u32::try_from(period.since(first)).ok()
    }

    fn index(&self, period: Period) -> usize {
        usize::try_from(period.since(self.first)).expect("no period before the first")
    }

    /// Returns the period at `index`.
    fn period(&self, index: usize) -> Period {
        self.first.offset(i32::try_from(index).expect("few periods"))
    }

    /// Notes the verdict on a KPI in `period`.
    pub(super) fn note(&mut self, one: &Judged<'a>, period: Period) {
        let index = self.index(period);
        let root = self.lineage.root(&one.kpi.id);
        let marks = self.marks.entry(root).or_default();
        marks.resize(index, None);
        let counted = !one.skipped();
        marks.push(Some(Mark {
            kpi: one.kpi,
            verdict: one.verdict,
            counted,
            miss: one.miss(),
            provisional: one.provisional(),
            value: one.judged.clone(),
            pointed: false,
            unpaid: if self.lineage.counted.contains(root) {
                one.failures()
            } else {
                0
            },
        }));
    }

    /// Notes a period as a scenario gives it.
    pub(super) fn note_given(
        &mut self,
        terms: &'a Terms,
        period: Period,
        charge: Option<Rational>,
        given: Option<&IndexMap<Id, Given>>,
    ) {
        let index = self.index(period);
        let mut account = Account {
            in_force: true,
            charge,
            credits: Vec::new(),
        };
        for kpi in terms.kpis.values().filter(|kpi| kpi.retired.is_none()) {
            let given = given.and_then(|given| given.get(&kpi.id));
            let verdict = given.map_or(Verdict::Met, |given| given.verdict);
            let root = self.lineage.root(&kpi.id);
            let counts = kpi.target.is_some() && self.age(&kpi.id, terms, period).is_none_or(|age| age >= kpi.burn_in);
            let marks = self.marks.entry(root).or_default();
            marks.resize(index, None);
            marks.push(Some(Mark::given(kpi, verdict, counts)));
            if let Some(amount) = given.and_then(|given| given.credit.clone()) {
                account.credits.push(Granted {
                    kpi: root.to_string(),
                    amount,
                    provisional: false,
                    lapses: None,
                    returned: false,
                });
            }
        }
        self.close(account);
    }

    /// Returns the KPI's marks from `floor` (or the first period) to `until`, latest first, with their periods.
    pub(super) fn back<'m>(
        &'m self,
        root: &str,
        until: Period,
        floor: Option<Period>,
    ) -> impl Iterator<Item = (Period, Option<&'m Mark<'a>>)> {
        let marks = self.marks.get(root).map_or(&[][..], Vec::as_slice);
        let last = until.since(self.first) + 1;
        let from = floor.map_or(0, |floor| floor.since(self.first).max(0));
        (from..last).rev().filter_map(move |index| {
            let index = usize::try_from(index).ok()?;
            Some((self.period(index), marks.get(index).and_then(Option::as_ref)))
        })
    }

    /// Returns the mark of a KPI in `period` to be amended.
    pub(super) fn mark_mut(&mut self, root: &str, period: Period) -> Option<&mut Mark<'a>> {
        let index = self.index(period);
        self.marks.get_mut(root)?.get_mut(index)?.as_mut()
    }

    /// Pays for `spent` failures of a KPI, the oldest of its window first: each pays once (§6, `per_count`).
    pub(super) fn spend(&mut self, root: &str, from: Period, until: Period, spent: u64) {
        let mut left = spent;
        let mut period = from.max(self.first);
        while left > 0 && period <= until {
            if let Some(mark) = self.mark_mut(root, period) {
                let paid = mark.unpaid.min(left);
                mark.unpaid -= paid;
                left -= paid;
            }
            period = period.offset(1);
        }
    }

    /// Marks a KPI's credit of `period` as earned back.
    pub(super) fn give_back(&mut self, period: Period, root: &str) {
        let index = self.index(period);
        let credits = self.accounts.get_mut(index).map(|account| &mut account.credits);
        for credit in credits.into_iter().flatten().filter(|credit| credit.kpi == root) {
            credit.returned = true;
        }
    }

    /// Closes the books of the next period.
    pub(super) fn close(&mut self, account: Account) {
        self.accounts.push(account);
    }

    /// Returns the accounts of `periods` periods up to `until`, latest first; those not yet closed are left out.
    pub(super) fn accounts_back(&self, until: Period, periods: u32) -> impl Iterator<Item = (Period, &Account)> {
        let last = i64::from(until.since(self.first));
        let from = (last + 1 - i64::from(periods)).max(0);
        (from..=last).rev().filter_map(move |index| {
            let index = usize::try_from(index).ok()?;
            Some((self.period(index), self.accounts.get(index)?))
        })
    }

    /// Returns the credits granted before `period` that have not come back, with the period of each.
    pub(super) fn outstanding(&self, period: Period) -> impl Iterator<Item = (Period, &Granted)> {
        self.accounts_back(period, u32::MAX)
            .filter(move |(granted_in, _)| *granted_in != period)
            .flat_map(|(granted_in, account)| account.credits.iter().map(move |credit| (granted_in, credit)))
            .filter(|(_, credit)| !credit.returned)
    }
}

/// Returns the first of the `over` periods that end with `period`.
pub(super) fn window(period: Period, over: u32) -> Period {
    period.offset(1 - i32::try_from(over.max(1)).unwrap_or(i32::MAX))
}

/// Returns the first period of a counter's memory under an amendment that resets it (§5, "Memory").
pub(super) fn floor(timeline: &Timeline, period: Period, counter: &str) -> Option<Period> {
    timeline
        .versions
        .iter()
        .filter(|version| version.effective.is_some_and(|day| day <= period.first_day()))
        .filter(|version| {
            version
                .amendment
                .as_ref()
                .is_some_and(|amendment| amendment.resets.iter().any(|name| name == counter))
        })
        .filter_map(|version| version.effective)
        .max()
        .map(|day| in_force::first_from(day, period.scheme()))
}

/// Returns the earliest period whose facts (and summed amounts) are needed to report on `period`; never one
/// before the contract's start.
///
/// Money that remembers (rolling caps, earn-backs, repeated points, paid failures) and streaks reach back
/// to the contract's start, because each period's result rests on those before it; counters within some
/// periods reach no further than their windows.
pub fn horizon(timeline: &Timeline, period: Period) -> Period {
    let mut misses = 0;
    let mut verdicts = 0;
    let mut streaks = false;
    let mut money = false;
    for version in &timeline.versions {
        if version.effective.is_some_and(|day| day > period.first_day()) {
            continue;
        }
        let consequences = &version.terms.consequences;
        if let Some((_, within)) = consequences.default_after {
            misses = misses.max(within.saturating_sub(1));
        }
        for trigger in consequences.triggers.values() {
            match &trigger.when {
                TriggerWhen::Consecutive { .. } => streaks = true,
                TriggerWhen::Count { within, .. } => verdicts = verdicts.max(within.saturating_sub(1)),
                TriggerWhen::CapReached => {}
            }
        }
        for kpi in version.terms.kpis.values() {
            verdicts = verdicts.max(kpi.ratchet.map_or(0, |over| over.saturating_sub(1)));
        }
        money |= remembers(consequences, &version.terms);
    }
    let start = timeline.terms(period).contract.as_ref().map(|contract| {
        period
            .scheme()
            .containing(contract.starts)
            .max(period.memory().min(period))
    });
    let back = match start {
        Some(start) if streaks || money => u32::try_from(period.since(start)).unwrap_or(0),
        _ if streaks => misses + verdicts.max(STREAK_LIMIT - 1),
        _ => misses + verdicts,
    };
    let earliest = period.offset(-i32::try_from(back).unwrap_or(i32::MAX));
    start.map_or(earliest, |start| earliest.max(start.min(period)))
}

/// Whether a period's money rests on the money of periods before it.
fn remembers(consequences: &Consequences, terms: &Terms) -> bool {
    consequences.rolling_cap.is_some()
        || consequences.earn_back.is_some()
        || terms.kpis.values().filter_map(|kpi| kpi.credit.as_ref()).any(|credit| {
            matches!(
                credit.model,
                CreditModel::PerCount { .. }
                    | CreditModel::Points {
                        repeat_doubles: true,
                        ..
                    }
            )
        })
}

/// Returns the earliest period that a streak ending in `period` may reach back to.
pub(super) fn streak_floor(terms: &Terms, period: Period) -> Option<Period> {
    terms
        .contract
        .is_none()
        .then(|| period.offset(1 - i32::try_from(STREAK_LIMIT).expect("small")))
}
