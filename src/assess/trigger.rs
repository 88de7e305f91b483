//! What happens when verdicts pile up (language.md §5, "A trigger fires in every period that counts and
//! completes it"; the first table says what counts, breaks and is passed over).

use super::deadline;
use super::memory::{self, Mark, Memory};
use super::outcome::{Fired, Verdict};
use crate::quantity::Period;
use crate::resolve::terms::{Counting, Id, Terms, Timeline, Trigger, TriggerWhen};

/// What a period is to a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beat {
    Counts,
    Breaks,
    /// No verdict with consequences: neither continues nor breaks.
    Skipped,
}

/// A completed trigger: the words, the KPIs and whether it may change.
#[derive(Debug, Default)]
struct Completed {
    because: Vec<String>,
    kpis: Vec<Id>,
    provisional: bool,
}

/// A period that counts, and the KPIs (position in the trigger's list) that make it count.
type Hit<'m> = (Period, Vec<(usize, &'m Mark<'m>)>);

/// Returns the triggers that fire in `period`, in file order.
pub(super) fn fire<'a>(
    timeline: &'a Timeline,
    terms: &'a Terms,
    period: Period,
    memory: &Memory<'a>,
    cap_reached: bool,
    money_provisional: bool,
) -> Vec<Fired> {
    let reset = memory::floor(timeline, period, "triggers");
    let watch = Watch {
        terms,
        period,
        memory,
        reset,
    };
    terms
        .consequences
        .triggers
        .iter()
        .filter_map(|(id, trigger)| {
            let completed = match &trigger.when {
                TriggerWhen::Consecutive { periods, counting } => watch.consecutive(*periods, counting),
                TriggerWhen::Count {
                    count,
                    within,
                    counting,
                } => watch.count(*count, *within, counting),
                TriggerWhen::CapReached => cap_reached.then(|| Completed {
                    because: vec![format!("the credits of {period} reach the cap")],
                    kpis: Vec::new(),
                    provisional: money_provisional,
                }),
            }?;
            Some(fired(id, trigger, terms, period, completed))
        })
        .collect()
}

fn fired(id: &str, trigger: &Trigger, terms: &Terms, period: Period, completed: Completed) -> Fired {
    Fired {
        id: id.to_string(),
        because: completed.because.join("; "),
        notify: trigger.notify.clone(),
        due: trigger
            .within
            .as_ref()
            .map(|within| deadline::after(terms, period.last_day(), within)),
        right: trigger.right.clone(),
        clause: trigger.clause.clone(),
        kpis: completed.kpis,
        provisional: completed.provisional,
    }
}

struct Watch<'w, 'a> {
    terms: &'a Terms,
    period: Period,
    memory: &'w Memory<'a>,
    reset: Option<Period>,
}

impl<'w, 'a> Watch<'w, 'a> {
    /// `consecutive: n`: the last n periods that are not passed over all count, this one among them.
    fn consecutive(&self, periods: u32, counting: &Counting) -> Option<Completed> {
        let floor = self.reset.max(memory::streak_floor(self.terms, self.period));
        self.complete(counting, |kpis| {
            let mut hits = Vec::new();
            for (period, marks) in self.beats(kpis, floor) {
                match beat_of(&marks, counting) {
                    Beat::Skipped if period == self.period => return None,
                    Beat::Skipped => {}
                    Beat::Breaks => return None,
                    Beat::Counts => hits.push((period, counted(marks, counting))),
                }
                if hits.len() == periods.max(1) as usize {
                    return Some(hits);
                }
            }
            None
        })
    }

    /// `count: m, within: n periods`: m of the last n periods count, this one among them.
    fn count(&self, count: u32, within: u32, counting: &Counting) -> Option<Completed> {
        let window = super::memory::window(self.period, within);
        let floor = self.reset.max(Some(window));
        self.complete(counting, |kpis| {
            let hits: Vec<Hit<'w>> = self
                .beats(kpis, floor)
                .filter(|(_, marks)| beat_of(marks, counting) == Beat::Counts)
                .map(|(period, marks)| (period, counted(marks, counting)))
                .collect();
            let now = hits.first().is_some_and(|(period, _)| *period == self.period);
            (now && hits.len() >= count as usize).then_some(hits)
        })
    }

    /// Asks for each KPI alone (`same_kpi`), or for all together: then a period counts once.
    fn complete(&self, counting: &Counting, ask: impl Fn(&[&str]) -> Option<Vec<Hit<'w>>>) -> Option<Completed> {
        let watched: Vec<&str> = match &counting.kpis {
            Some(ids) => ids.iter().map(String::as_str).collect(),
            None => self.terms.kpis.keys().map(String::as_str).collect(),
        };
        let mut completed = Completed::default();
        let groups: Vec<Vec<&str>> = if counting.same_kpi {
            watched.iter().map(|id| vec![*id]).collect()
        } else {
            vec![watched]
        };
        for group in groups {
            let roots: Vec<&str> = group.iter().map(|id| self.memory.root(id)).collect();
            let Some(mut hits) = ask(&roots) else { continue };
            hits.reverse();
            completed.add(&group, &hits, counting.same_kpi);
        }
        (!completed.because.is_empty()).then_some(completed)
    }

    /// The periods from this one back to `floor`, with the marks of the KPIs in each.
    fn beats(
        &self,
        roots: &[&str],
        floor: Option<Period>,
    ) -> impl Iterator<Item = (Period, Vec<(usize, &'w Mark<'w>)>)> {
        let mut columns: Vec<_> = roots
            .iter()
            .map(|root| self.memory.back(root, self.period, floor))
            .collect();
        std::iter::from_fn(move || {
            let mut at = None;
            let mut marks = Vec::new();
            for (i, column) in columns.iter_mut().enumerate() {
                let (period, mark) = column.next()?;
                at = Some(period);
                marks.extend(mark.map(|mark| (i, mark)));
            }
            at.map(|period| (period, marks))
        })
    }
}

/// What one mark is to the trigger (§5, first table).
fn beat(mark: &Mark<'_>, counting: &Counting) -> Beat {
    match mark.verdict {
        _ if !mark.counted => Beat::Skipped,
        Verdict::Default => Beat::Counts,
        Verdict::BelowTarget if counting.below_target => Beat::Counts,
        Verdict::BelowTarget | Verdict::Met => Beat::Breaks,
        Verdict::NotApplicable | Verdict::NoData => Beat::Skipped,
    }
}

/// What a period is: it counts when any KPI does, is passed over when all are, and breaks otherwise.
fn beat_of(marks: &[(usize, &Mark<'_>)], counting: &Counting) -> Beat {
    let mut whole = Beat::Skipped;
    for (_, mark) in marks {
        match beat(mark, counting) {
            Beat::Counts => return Beat::Counts,
            Beat::Breaks => whole = Beat::Breaks,
            Beat::Skipped => {}
        }
    }
    whole
}

fn counted<'m>(mut marks: Vec<(usize, &'m Mark<'m>)>, counting: &Counting) -> Vec<(usize, &'m Mark<'m>)> {
    marks.retain(|(_, mark)| beat(mark, counting) == Beat::Counts);
    marks
}

impl Completed {
    fn add(&mut self, group: &[&str], hits: &[Hit<'_>], same_kpi: bool) {
        let marks = || hits.iter().flat_map(|(_, marks)| marks);
        let all_defaults = marks().all(|(_, mark)| mark.verdict == Verdict::Default);
        let word = if all_defaults { "default" } else { "missed" };
        let periods: Vec<String> = hits
            .iter()
            .map(|(period, marks)| {
                if same_kpi {
                    return period.to_string();
                }
                let names: Vec<&str> = marks.iter().map(|(i, _)| group[*i]).collect();
                format!("{period} ({})", names.join(", "))
            })
            .collect();
        let list = match periods.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
            None => return,
        };
        self.because.push(match group {
            [id] if same_kpi => format!("{id}: {word} in {list}"),
            _ => format!("{word} in {list}"),
        });
        self.provisional |= marks().any(|(_, mark)| mark.provisional);
        for (i, _) in marks() {
            if !self.kpis.iter().any(|id| id == group[*i]) {
                self.kpis.push(group[*i].to_string());
            }
        }
    }
}
