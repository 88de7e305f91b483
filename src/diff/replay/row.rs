//! A period under both versions; where a contract goes from months to quarters, a quarter beside its months.

use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};

use crate::assess::Figures;
use crate::assess::outcome::{Flag, LineKind, Outcome, Statement, Verdict};
use crate::quantity::{Period, Rational};
use crate::resolve::terms::Id;

/// One period under both versions.
#[derive(Clone, Debug)]
pub struct PeriodReplay {
    /// Its label; of a card that is gone, the one in BASE.
    pub period: String,
    /// The labels of the shorter periods that make it up, where the sides have periods of another length: of
    /// those the scores are averaged, the credits summed, and the worst verdict counts.
    pub made_of: Sides<Vec<String>>,
    /// What was published of it: score and credit.
    pub published: Option<Published>,
    /// The score under either version; `None` where nothing is scored.
    pub score: Sides<Option<Rational>>,
    /// The credit under either version; `None` where there is no statement, or it cannot be known.
    pub credit: Sides<Option<Rational>>,
    /// What HEAD pays more than BASE; `None` where either cannot be known, as without data. A contract that is not
    /// in force pays nothing.
    pub credit_change: Option<Rational>,
    /// The bonus under either version.
    pub bonus: Sides<Option<Rational>>,
    /// What was earned back under either version, zero or negative.
    pub earned_back: Sides<Option<Rational>>,
    /// KPIs whose verdict differs; one that is judged on one side only has no verdict that could.
    pub verdicts: Vec<VerdictChange>,
    /// KPIs that have data on one side only.
    pub unmeasured: Vec<Id>,
    /// The KPI that moves most money, else most points; none where neither money nor score differs.
    pub driver: Option<Id>,
    /// Share of the effective weight that was measured under HEAD, 0..=1.
    pub coverage: Rational,
    /// Whether any KPI was measured under either version.
    pub has_data: bool,
    /// Whether one version has data and the other, in force as well, has none.
    pub is_half_known: bool,
    /// Whether anything of it may still change.
    pub provisional: bool,
}

/// Both versions of something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sides<T> {
    /// Under BASE.
    pub before: T,
    /// Under HEAD.
    pub after: T,
}

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The score.
    pub score: Option<Rational>,
    /// The credit.
    pub credit: Option<Rational>,
}

/// A KPI that comes out otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerdictChange {
    /// The KPI, by its id in HEAD where it is there.
    pub kpi: Id,
    /// Its verdict under BASE.
    pub before: Verdict,
    /// Its verdict under HEAD.
    pub after: Verdict,
}

impl<T: PartialEq> Sides<T> {
    /// Whether the sides say different things.
    pub fn differ(&self) -> bool {
        self.before != self.after
    }
}

impl PeriodReplay {
    /// Whether a verdict, the score or an amount of money comes out otherwise; a value alone may differ.
    pub fn differs(&self) -> bool {
        !self.verdicts.is_empty()
            || !self.unmeasured.is_empty()
            || self.score.differ()
            || self.credit.differ()
            || self.bonus.differ()
            || self.earned_back.differ()
    }

    /// Whether there is anything to say: without data nothing is known, unless the terms themselves say what the
    /// want of data means, and say it differently.
    pub fn is_known(&self) -> bool {
        self.has_data || self.differs()
    }

    /// Whether what was published is not what BASE makes of the facts: they have changed since.
    pub fn is_stale(&self) -> bool {
        let Some(published) = &self.published else { return false };
        let paid = published.credit.as_ref();
        published.score != self.score.before || paid.is_some_and(|paid| self.credit.before.as_ref() != Some(paid))
    }

    /// How many periods it stands for: of two kinds, the shorter ones count.
    pub fn length(&self) -> usize {
        self.made_of.before.len().max(self.made_of.after.len()).max(1)
    }
}

/// The outcomes of one side that make up a row.
#[derive(Clone, Copy)]
struct Group<'a>(&'a [&'a Outcome]);

/// What one KPI contributes.
#[derive(Clone, Debug, Default)]
struct One {
    verdict: Option<Verdict>,
    points: Rational,
    credit: Rational,
}

impl Group<'_> {
    fn mean(self, of: impl Fn(&Outcome) -> Option<Rational>) -> Option<Rational> {
        let values: Vec<Rational> = self.0.iter().filter_map(|outcome| of(outcome)).collect();
        let n = Rational::integer(i64::try_from(values.len()).ok()?);
        values.into_iter().sum::<Rational>().checked_div(&n)
    }

    fn sum(self, of: impl Fn(&Statement) -> Rational) -> Option<Rational> {
        let statements = self.0.iter().filter_map(|outcome| outcome.statement.as_ref());
        let amounts: Vec<Rational> = statements.map(of).collect();
        // Without data 0 would be a claim; what the want of data costs is known.
        let is_told = self.has_data() || amounts.iter().any(|amount| !amount.is_zero());
        (!amounts.is_empty() && is_told && !self.is_unknown()).then(|| amounts.into_iter().sum())
    }

    /// Whether data that the contract insists on are missing: neither score nor money can be told.
    fn is_unknown(self) -> bool {
        self.0.iter().any(|outcome| outcome.failed)
    }

    fn has_data(self) -> bool {
        let mut kpis = self.0.iter().flat_map(|outcome| &outcome.kpis);
        kpis.any(|kpi| kpi.value.is_some())
    }

    fn is_provisional(self) -> bool {
        self.0.iter().any(|outcome| {
            let money = outcome.statement.as_ref().is_some_and(|it| it.provisional);
            money || outcome.kpis.iter().any(|kpi| kpi.flags.contains(&Flag::Provisional))
        })
    }

    fn kpis(self, id_of: impl Fn(&str, Period) -> Id) -> IndexMap<Id, One> {
        let n = Rational::integer(i64::try_from(self.0.len()).unwrap_or(i64::MAX));
        let mut kpis: IndexMap<Id, One> = IndexMap::new();
        for outcome in self.0 {
            for kpi in &outcome.kpis {
                let one = kpis.entry(id_of(&kpi.id, outcome.period)).or_default();
                if !kpi.flags.contains(&Flag::NotInForce) {
                    one.verdict = Some(one.verdict.map_or(kpi.verdict, |other| worse(other, kpi.verdict)));
                }
                let points = kpi.points.clone().unwrap_or_default();
                one.points = &one.points + &points.checked_div(&n).unwrap_or_default();
                let lines = outcome.statement.iter().flat_map(|it| &it.lines);
                let credits = lines.filter(|line| line.kind == LineKind::Credit && line.kpi.as_ref() == Some(&kpi.id));
                one.credit = &one.credit + &credits.map(|line| line.amount.clone()).sum();
            }
        }
        kpis
    }
}

/// The worse of two verdicts; what was judged counts more than what was not.
fn worse(one: Verdict, other: Verdict) -> Verdict {
    let judged = |verdict: Verdict| matches!(verdict, Verdict::Met | Verdict::BelowTarget | Verdict::Default);
    match (judged(one), judged(other)) {
        (true, false) => one,
        (false, true) => other,
        _ => one.max(other),
    }
}

/// Lays the outcomes of both sides beside each other; `heir` tells the id that a KPI of BASE has in HEAD.
pub(super) fn rows(
    before: &[Outcome],
    after: &[Outcome],
    published: Option<&BTreeMap<String, Figures>>,
    heir: &dyn Fn(&str, Period) -> Id,
) -> Vec<PeriodReplay> {
    let (before, after) = (in_force(before), in_force(after));
    let schemes = (
        before.first().map(|it| it.period.scheme()),
        after.first().map(|it| it.period.scheme()),
    );
    let groups = match schemes {
        (Some(was), Some(is)) if was != is => by_days(&before, &after),
        _ => by_period(&before, &after),
    };
    groups
        .iter()
        .map(|(was, is)| row(Group(was), Group(is), published, heir))
        .collect()
}

fn in_force(side: &[Outcome]) -> Vec<&Outcome> {
    side.iter().filter(|outcome| outcome.in_force).collect()
}

type Groups<'a> = Vec<(Vec<&'a Outcome>, Vec<&'a Outcome>)>;

/// Periods of one kind: each beside itself, where either contract is in force.
fn by_period<'a>(before: &[&'a Outcome], after: &[&'a Outcome]) -> Groups<'a> {
    let mut groups: BTreeMap<Period, (Vec<&'a Outcome>, Vec<&'a Outcome>)> = BTreeMap::new();
    for &outcome in before {
        groups.entry(outcome.period).or_default().0.push(outcome);
    }
    for &outcome in after {
        groups.entry(outcome.period).or_default().1.push(outcome);
    }
    groups.into_values().collect()
}

/// Periods of two kinds: the shortest stretches that begin and end on the same days on both sides.
fn by_days<'a>(mut before: &[&'a Outcome], mut after: &[&'a Outcome]) -> Groups<'a> {
    let mut groups = Vec::new();
    while let ([was, ..], [is, ..]) = (before, after) {
        match was.period.first_day().cmp(&is.period.first_day()) {
            std::cmp::Ordering::Less => before = &before[1..],
            std::cmp::Ordering::Greater => after = &after[1..],
            std::cmp::Ordering::Equal => {
                let (mut n, mut m) = (1, 1);
                loop {
                    let (Some(was), Some(is)) = (before.get(n - 1), after.get(m - 1)) else {
                        return groups;
                    };
                    match was.period.last_day().cmp(&is.period.last_day()) {
                        std::cmp::Ordering::Less => n += 1,
                        std::cmp::Ordering::Greater => m += 1,
                        std::cmp::Ordering::Equal => break,
                    }
                }
                groups.push((before[..n].to_vec(), after[..m].to_vec()));
                (before, after) = (&before[n..], &after[m..]);
            }
        }
    }
    groups
}

fn row(
    was: Group<'_>,
    is: Group<'_>,
    published: Option<&BTreeMap<String, Figures>>,
    heir: &dyn Fn(&str, Period) -> Id,
) -> PeriodReplay {
    let labels = |side: Group<'_>| side.0.iter().map(|it| it.period.to_string()).collect::<Vec<_>>();
    let (old, new) = (labels(was), labels(is));
    let period = match (old.as_slice(), new.as_slice()) {
        (_, [only]) | ([only], _) => only.clone(),
        (_, [first, .., last]) => format!("{first} to {last}"),
        (many, []) => many.join(", "),
    };
    let published = published
        .and_then(|figures| figures.get(&period))
        .map(|figures| Published {
            score: figures.score.clone(),
            credit: figures.money.as_ref().map(|money| money.credit.clone()),
        });
    let money = |of: fn(&Statement) -> Rational| Sides {
        before: was.sum(of),
        after: is.sum(of),
    };
    let score = |outcome: &Outcome| outcome.score.clone();
    let mut row = PeriodReplay {
        period,
        made_of: Sides {
            before: Some(old).filter(|it| it.len() > 1).unwrap_or_default(),
            after: Some(new).filter(|it| it.len() > 1).unwrap_or_default(),
        },
        published,
        score: Sides {
            before: was.mean(score),
            after: is.mean(score),
        },
        credit: money(|it| it.credit.clone()),
        credit_change: None,
        bonus: money(|it| it.bonus.clone()),
        earned_back: money(|it| it.earned_back.clone()),
        verdicts: Vec::new(),
        unmeasured: Vec::new(),
        driver: None,
        coverage: match is.0 {
            [] => was.mean(|it| Some(it.coverage.clone())),
            _ => is.mean(|it| Some(it.coverage.clone())),
        }
        .unwrap_or_default(),
        has_data: was.has_data() || is.has_data(),
        is_half_known: was.has_data() != is.has_data() && !was.0.is_empty() && !is.0.is_empty(),
        provisional: was.is_provisional() || is.is_provisional(),
    };
    row.credit_change = match (&row.credit.before, &row.credit.after) {
        (Some(before), Some(after)) => Some(after - before),
        (None, Some(after)) if was.0.is_empty() => Some(after.clone()),
        (Some(before), None) if is.0.is_empty() => Some(-before.clone()),
        _ => None,
    };
    let (old, new) = (was.kpis(heir), is.kpis(|id, _| id.to_owned()));
    let ids: IndexSet<&Id> = new.keys().chain(old.keys()).collect();
    let nothing = One::default();
    let both = |id: &Id| (old.get(id).unwrap_or(&nothing), new.get(id).unwrap_or(&nothing));
    for &id in &ids {
        let (one, other) = both(id);
        let (Some(before), Some(after)) = (one.verdict, other.verdict) else {
            continue;
        };
        let kpi = id.clone();
        match (before == Verdict::NoData, after == Verdict::NoData) {
            (false, false) if before != after => row.verdicts.push(VerdictChange { kpi, before, after }),
            // Where a side has no data at all, that is said once, and not of every KPI.
            (false, true) if is.has_data() => row.unmeasured.push(kpi),
            (true, false) if was.has_data() => row.unmeasured.push(kpi),
            _ => {}
        }
    }
    let largest = |of: fn(&One) -> &Rational| {
        let mut best: Option<(&Id, Rational)> = None;
        for &id in &ids {
            let (one, other) = both(id);
            let size = (of(other) - of(one)).abs();
            if !size.is_zero() && best.as_ref().is_none_or(|(_, most)| size > *most) {
                best = Some((id, size));
            }
        }
        best.map(|(id, _)| id.clone())
    };
    if row.differs() {
        row.driver = largest(|one| &one.credit).or_else(|| largest(|one| &one.points));
    }
    row
}
