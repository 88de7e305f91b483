//! The one table that says of every field which rule speaks of its changes and how their effect is proven.
//!
//! The first row whose pattern fits a path counts; `*` stands for one key, a final `**` for any number. Every
//! field has a row: no difference goes unsaid.

use super::change::Effect;
use super::fields::Path;
use super::judge::{self, Absent, Judge};

/// The names under which the changes of a field are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Family {
    pub(super) tightened: &'static str,
    pub(super) loosened: &'static str,
    pub(super) other: &'static str,
}

/// A row of the table.
pub(super) struct Row {
    pattern: &'static str,
    pub(super) family: Family,
    pub(super) judge: Judge,
    /// Changes that share the first so many keys are one.
    pub(super) together: Option<usize>,
}

/// Something that is there or not as a whole; its fields are not told one by one then.
pub(super) struct Thing {
    pattern: &'static str,
    pub(super) added: (&'static str, Effect),
    pub(super) removed: (&'static str, Effect),
}

const fn one(rule: &'static str) -> Family {
    Family {
        tightened: rule,
        loosened: rule,
        other: rule,
    }
}

const fn row(pattern: &'static str, family: Family, judge: Judge) -> Row {
    Row {
        pattern,
        family,
        judge,
        together: None,
    }
}

const fn grouped(pattern: &'static str, family: Family, judge: Judge, keys: usize) -> Row {
    Row {
        pattern,
        family,
        judge,
        together: Some(keys),
    }
}

const fn thing(
    pattern: &'static str,
    added: &'static str,
    effect: Effect,
    removed: &'static str,
    opposite: Effect,
) -> Thing {
    Thing {
        pattern,
        added: (added, effect),
        removed: (removed, opposite),
    }
}

use Absent::{Least, Most, Unknown};
use Effect::{Indeterminate, Loosened, Mixed, Neutral, Structural, Tightened};
use Judge::{Always, By, Larger, Value};

const TARGET: Family = Family {
    tightened: "kpi-target-tightened",
    loosened: "kpi-target-loosened",
    other: "kpi-target-changed",
};
const MINIMUM: Family = Family {
    tightened: "minimum-tightened",
    loosened: "minimum-loosened",
    other: "minimum-changed",
};
const SCORING: Family = Family {
    tightened: "scoring-tightened",
    loosened: "scoring-loosened",
    other: "scoring-changed",
};
const CREDIT: Family = Family {
    tightened: "credit-tightened",
    loosened: "credit-loosened",
    other: "credit-changed",
};
const TIER: Family = Family {
    tightened: "credit-tier-tightened",
    loosened: "credit-tier-loosened",
    other: "credit-tier-changed",
};
/// A cap that rises lets more credits through.
const CAP: Family = Family {
    tightened: "cap-raised",
    loosened: "cap-lowered",
    other: "cap-changed",
};
const MISSING: Family = Family {
    tightened: "missing-data-policy-tightened",
    loosened: "missing-data-policy-loosened",
    other: "missing-data-policy-changed",
};
const TRIGGER: Family = one("trigger-changed");
const MEASURE: Family = one("measure-changed");
const SAMPLE: Family = one("sample-rule-changed");
const WORDING: Family = one("description-changed");

/// What comes and goes as a whole.
pub(super) const THINGS: &[Thing] = &[
    thing("kpis.*", "kpi-added", Structural, "kpi-removed", Structural),
    thing(
        "kpis.*.credit",
        "credit-tightened",
        Tightened,
        "credit-loosened",
        Loosened,
    ),
    thing("kpis.*.bonus", "bonus-changed", Loosened, "bonus-changed", Tightened),
    thing(
        "carve_outs.*",
        "definition-changed",
        Neutral,
        "definition-changed",
        Neutral,
    ),
    thing(
        "calendars.*",
        "definition-changed",
        Neutral,
        "definition-changed",
        Neutral,
    ),
    thing(
        "sources.*",
        "definition-changed",
        Neutral,
        "definition-changed",
        Neutral,
    ),
    thing("people.*", "definition-changed", Neutral, "definition-changed", Neutral),
    thing(
        "objectives.*",
        "definition-changed",
        Neutral,
        "definition-changed",
        Neutral,
    ),
    thing(
        "obligations.*",
        "obligation-changed",
        Structural,
        "obligation-changed",
        Structural,
    ),
    thing(
        "consequences.earn_back",
        "earn-back-changed",
        Loosened,
        "earn-back-changed",
        Tightened,
    ),
    thing(
        "consequences.caps.rolling",
        "cap-lowered",
        Loosened,
        "cap-raised",
        Tightened,
    ),
    thing(
        "consequences.triggers.*",
        "trigger-changed",
        Tightened,
        "trigger-changed",
        Loosened,
    ),
    thing("grades", "grades-changed", Structural, "grades-changed", Structural),
    thing(
        "contract",
        "contract-changed",
        Structural,
        "contract-changed",
        Structural,
    ),
];

/// The rows in order.
pub(super) const TABLE: &[Row] = &[
    row("title", WORDING, Always(Neutral)),
    row("description", WORDING, Always(Neutral)),
    row("views", WORDING, Always(Neutral)),
    row("review.*", WORDING, Always(Neutral)),
    row("contract.reference", WORDING, Always(Neutral)),
    row("contract.starts", one("contract-term-changed"), Always(Structural)),
    row("contract.ends", one("contract-term-changed"), Always(Structural)),
    grouped("contract.charge.**", one("charge-changed"), By(judge::charge), 2),
    row("contract.at_risk", CAP, Larger(Tightened, Most)),
    row("contract.over_allocated", one("contract-changed"), Always(Neutral)),
    row("contract.report_due", one("report-due-changed"), Larger(Loosened, Most)),
    row(
        "contract.late_changes",
        one("late-changes-changed"),
        Always(Indeterminate),
    ),
    row("contract.partial", one("contract-term-changed"), Always(Indeterminate)),
    row("contract.*", one("contract-changed"), Always(Structural)),
    row("time_zone", one("period-changed"), Always(Indeterminate)),
    row("period", one("period-changed"), Always(Indeterminate)),
    row("business_days", one("calendar-changed"), Always(Indeterminate)),
    row("scope", one("source-changed"), Always(Indeterminate)),
    grouped("for_each.**", one("source-changed"), Always(Indeterminate), 1),
    grouped("calendars.*.**", one("calendar-changed"), By(judge::calendar), 2),
    grouped("people.*.**", one("owner-changed"), Always(Neutral), 2),
    grouped("objectives.*.**", WORDING, Always(Neutral), 2),
    grouped("obligations.*.**", one("obligation-changed"), Always(Structural), 2),
    grouped("categories.*.weight", one("weights-rebalanced"), By(judge::weights), 0),
    grouped("kpis.*.weight", one("weights-rebalanced"), By(judge::weights), 0),
    grouped("kpis.*.category", one("weights-rebalanced"), By(judge::weights), 0),
    row("categories.*.title", WORDING, Always(Neutral)),
    row("sources.*.covers.through", one("source-changed"), By(judge::coverage)),
    grouped(
        "sources.*.clocks.*.calendar",
        one("source-changed"),
        By(judge::clock_calendar),
        2,
    ),
    grouped("sources.*.**", one("source-changed"), Always(Indeterminate), 2),
    row("kpis.*.title", WORDING, Always(Neutral)),
    row("kpis.*.description", WORDING, Always(Neutral)),
    row("kpis.*.notes", WORDING, Always(Neutral)),
    row("kpis.*.decimals", WORDING, Always(Neutral)),
    row("kpis.*.objective", WORDING, Always(Neutral)),
    row("kpis.*.renamed_from", WORDING, Always(Neutral)),
    grouped("kpis.*.allow.**", WORDING, Always(Neutral), 3),
    grouped("kpis.*.baseline.**", WORDING, Always(Neutral), 3),
    grouped("kpis.*.benchmark.**", WORDING, Always(Neutral), 3),
    grouped("kpis.*.impact.**", WORDING, Always(Neutral), 3),
    grouped("kpis.*.on_miss.**", one("owner-changed"), Always(Neutral), 3),
    grouped("kpis.*.raci.**", one("owner-changed"), Always(Neutral), 3),
    row("kpis.*.owner", one("owner-changed"), Always(Neutral)),
    row("kpis.*.target", TARGET, By(judge::target)),
    row("kpis.*.minimum", MINIMUM, By(judge::minimum)),
    row("kpis.*.scoring", SCORING, By(judge::scoring)),
    row("kpis.*.over", SCORING, By(judge::scoring)),
    row("kpis.*.carve_outs", one("carve-out-changed"), By(judge::carve_out_list)),
    grouped("kpis.*.credit.share", CREDIT, Larger(Tightened, Unknown), 3),
    grouped("kpis.*.credit.tiers", TIER, By(judge::payments), 3),
    grouped("kpis.*.credit.points.bands", TIER, By(judge::payments), 3),
    grouped("kpis.*.credit.points.each_pays", CREDIT, By(judge::payments), 3),
    grouped("kpis.*.credit.points.repeat", CREDIT, By(judge::payments), 3),
    grouped("kpis.*.credit.per_unit.each", CREDIT, Larger(Loosened, Unknown), 3),
    grouped("kpis.*.credit.per_unit.pays", CREDIT, Larger(Tightened, Unknown), 3),
    grouped("kpis.*.credit.per_unit.rounding", CREDIT, By(judge::rounding), 3),
    grouped("kpis.*.credit.per_count.each", CREDIT, Larger(Loosened, Unknown), 3),
    grouped("kpis.*.credit.per_count.pays", CREDIT, Larger(Tightened, Unknown), 3),
    row("kpis.*.credit.cap", CAP, Larger(Tightened, Most)),
    grouped("kpis.*.credit.requests.within", CREDIT, Larger(Tightened, Most), 3),
    grouped("kpis.*.credit.**", CREDIT, Always(Indeterminate), 3),
    grouped("kpis.*.bonus.**", one("bonus-changed"), By(judge::bonus), 3),
    grouped("kpis.*.ratchet.**", WORDING, Always(Neutral), 3),
    row("kpis.*.min_sample", SAMPLE, Always(Mixed)),
    row("kpis.*.low_volume", SAMPLE, By(judge::low_volume)),
    row("kpis.*.burn_in", SAMPLE, Always(Mixed)),
    grouped("kpis.*.guardrail.**", one("guardrail-changed"), By(judge::guardrail), 3),
    row("kpis.*.gate.cap", one("gate-changed"), Larger(Loosened, Most)),
    row("kpis.*.missing", MISSING, By(judge::missing)),
    row("kpis.*.retired", one("kpi-retired"), Always(Structural)),
    grouped("kpis.*.measure.on_time.within.**", MEASURE, Value(true, Unknown), 2),
    grouped("kpis.*.measure.on_time.overdue", MEASURE, By(judge::overdue), 2),
    grouped("kpis.*.measure.on_time.not_due", MEASURE, By(judge::stated_raises), 2),
    grouped(
        "kpis.*.measure.availability.ignore_shorter",
        MEASURE,
        Value(true, Least),
        2,
    ),
    grouped(
        "kpis.*.measure.availability.whole_minutes",
        MEASURE,
        By(judge::stated_raises),
        2,
    ),
    grouped("kpis.*.measure.percentile.p", MEASURE, Value(true, Unknown), 2),
    grouped("kpis.*.measure.**", MEASURE, Always(Indeterminate), 2),
    grouped("kpis.*.unit", MEASURE, Always(Indeterminate), 2),
    grouped("kpis.*.compare_rounding", MEASURE, Always(Indeterminate), 2),
    grouped("kpis.*.window.**", MEASURE, Always(Indeterminate), 2),
    grouped("kpis.*.level", MEASURE, Always(Structural), 2),
    row("carve_outs.*.title", WORDING, Always(Neutral)),
    row("carve_outs.*.clause", WORDING, Always(Neutral)),
    row("carve_outs.*.cause", WORDING, Always(Neutral)),
    grouped("carve_outs.*.**", one("carve-out-changed"), By(judge::carve_out), 2),
    row(
        "consequences.single_incident",
        one("single-incident-changed"),
        By(judge::single_incident),
    ),
    row(
        "consequences.default_after",
        one("default-after-changed"),
        By(judge::default_after),
    ),
    grouped(
        "consequences.earn_back.**",
        one("earn-back-changed"),
        By(judge::earn_back),
        2,
    ),
    row("consequences.caps.rolling.at_most", CAP, Larger(Tightened, Unknown)),
    grouped("consequences.caps.rolling.**", CAP, Always(Indeterminate), 3),
    grouped("consequences.triggers.*.notify", TRIGGER, Always(Neutral), 3),
    grouped("consequences.triggers.*.clause", TRIGGER, Always(Neutral), 3),
    grouped("consequences.triggers.*.within", TRIGGER, Larger(Loosened, Most), 3),
    grouped(
        "consequences.triggers.*.when.consecutive",
        TRIGGER,
        Larger(Loosened, Unknown),
        3,
    ),
    grouped(
        "consequences.triggers.*.when.count",
        TRIGGER,
        Larger(Loosened, Unknown),
        3,
    ),
    grouped(
        "consequences.triggers.*.when.within",
        TRIGGER,
        Larger(Tightened, Unknown),
        3,
    ),
    grouped("consequences.triggers.*.when.kpis", TRIGGER, By(judge::counted), 3),
    grouped("consequences.triggers.*.when.verdict", TRIGGER, By(judge::counted), 3),
    grouped("consequences.triggers.*.when.same_kpi", TRIGGER, By(judge::counted), 3),
    grouped("consequences.triggers.**", TRIGGER, Always(Indeterminate), 3),
    row("grades.*", one("grades-changed"), Larger(Tightened, Unknown)),
    row("missing", MISSING, By(judge::missing)),
];

/// Fields that may follow from others where nobody writes them: told by the change they follow from.
const INFERRED: &[&str] = &[
    "kpis.*.decimals",
    "kpis.*.missing",
    "kpis.*.scoring",
    "kpis.*.unit",
    "kpis.*.measure.*.at",
    "kpis.*.measure.*.calendar",
    "kpis.*.measure.*.of.calendar",
    "calendars.*.zone",
    "carve_outs.*.by.schedule.from",
    // `with_credit` follows from the credits.
    "consequences.triggers.*.when.kpis",
];

/// Whether a field may follow from others.
pub(super) fn may_be_inferred(path: &Path) -> bool {
    INFERRED.iter().any(|pattern| fits(pattern, path))
}

/// Returns the row of a field.
pub(super) fn of(path: &Path) -> &'static Row {
    TABLE
        .iter()
        .find(|row| fits(row.pattern, path))
        .expect("every field of the terms has a row")
}

/// Returns the thing that a path leads to or into, with the number of keys that name it.
pub(super) fn things(path: &Path) -> impl Iterator<Item = (&'static Thing, usize)> {
    THINGS.iter().filter_map(move |thing| {
        let keys = thing.pattern.split('.').count();
        let named = path.get(..keys).filter(|_| path.len() > keys)?;
        fits(thing.pattern, named).then_some((thing, keys))
    })
}

fn fits(pattern: &str, path: &[String]) -> bool {
    let mut keys = path.iter();
    for part in pattern.split('.') {
        match (part, keys.next()) {
            ("**", _) => return true,
            ("*", Some(_)) => {}
            (part, Some(key)) if part == key => {}
            _ => return false,
        }
    }
    keys.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::RULES;

    fn path(text: &str) -> Path {
        text.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn patterns_fit_whole_paths() {
        assert!(fits("kpis.*.target", &path("kpis.csat.target")));
        assert!(!fits("kpis.*.target", &path("kpis.csat.target.x")));
        assert!(fits("contract.charge.**", &path("contract.charge")));
        assert!(fits("contract.charge.**", &path("contract.charge.sum")));
        assert!(fits("**", &path("a.b")));
    }

    #[test]
    fn every_row_names_rules_of_the_catalog() {
        let known = |name: &str| RULES.iter().any(|rule| rule.name == name);
        for Row { family, pattern, .. } in TABLE {
            for name in [family.tightened, family.loosened, family.other] {
                assert!(known(name), "{pattern}: {name}");
            }
        }
        for Thing { added, removed, .. } in THINGS {
            assert!(known(added.0) && known(removed.0), "{} {}", added.0, removed.0);
        }
    }

    #[test]
    fn no_row_hides_behind_an_earlier_one() {
        for (index, row) in TABLE.iter().enumerate() {
            let example = path(&row.pattern.replace("**", "x").replace('*', "x"));
            let first = TABLE.iter().position(|other| fits(other.pattern, &example));
            assert_eq!(first, Some(index), "{}", row.pattern);
        }
    }
}
