use jiff::civil::Date;

use super::Editions;
use crate::assess::{self, Balance, Outcome};
use crate::quantity::Period;
use crate::resolve::terms::{LateChanges, Timeline};

/// What a report has to say of earlier periods that are published for good (language.md §6, `adjust_next`).
///
/// The difference of a published period is a line of the period in which it was decided. What is known at the end
/// of the reported period is compared with what is settled already: by the ledger where the period before is
/// published, else by what was known at the end of that period, whose report is yet to come and will carry it.
/// Data that were corrected bear no date; they count as known from the beginning. The contract's last period also
/// carries what was decided after its end.
#[derive(Clone, Debug)]
pub struct Late {
    /// The card as it is known at the end of the reported period.
    pub now: Timeline,
    /// The card as it was known a period earlier, where that is what is compared with.
    pub before: Option<Timeline>,
    /// The published periods.
    pub periods: Vec<Period>,
}

impl Late {
    /// Finds what `card` has published before `period`; `None` where nothing of it can lead to an adjustment.
    pub fn of(card: &Timeline, period: Period, ledger: Editions<'_>) -> Option<Self> {
        let scheme = period.scheme();
        let adjusts = |earlier: Period| card.late_changes(earlier) == Some(LateChanges::AdjustNext);
        // What is decided after the contract's end has no period of its own: it belongs to the final settlement.
        let known = match card.is_last(period) {
            true => Date::MAX,
            false => period.last_day(),
        };
        let mut published: Vec<Period> = ledger
            .published(&card.id)
            .filter_map(|entry| scheme.parse(&entry.period))
            .filter(|earlier| *earlier < period)
            .collect();
        published.sort_unstable();
        let follows = published.last() == Some(&period.offset(-1));
        let periods: Vec<Period> = published.into_iter().filter(|earlier| adjusts(*earlier)).collect();
        if periods.is_empty() {
            return None;
        }
        Some(Self {
            now: card.known_on(known),
            before: (!follows).then(|| card.known_on(period.offset(-1).last_day())),
            periods,
        })
    }

    /// Adds the adjustments to `outcome`; `now` and `before` are the outcomes of the published periods as the two
    /// timelines give them.
    pub fn adjust(&self, outcome: &mut Outcome, card: &str, ledger: Editions<'_>, now: &[Outcome], before: &[Outcome]) {
        for (index, period) in self.periods.iter().enumerate() {
            let label = period.to_string();
            let was = match before.get(index) {
                Some(before) => Balance::computed(before),
                None => ledger.current(card, &label).and_then(|entry| {
                    let mut was = Balance::published(&entry.figures)?;
                    for later in ledger.published(card) {
                        was.adjusted_by(&later.figures, &label);
                    }
                    Some(was)
                }),
            };
            if let Some(was) = was {
                let now = now.get(index).and_then(Balance::computed);
                assess::adjust(outcome, *period, &was, now.as_ref());
            }
        }
    }
}
