//! One expectation against what the contract said.

use crate::assess::notices;
use crate::assess::outcome::{Fired, Flag, Grade, KpiOutcome, LineKind, Outcome, Statement, Verdict};
use crate::measure::facts::{Absence, Measured};
use crate::quantity::{Quantity, Rational, Rounding, Unit};
use crate::resolve::terms::{Expectation, Expected, Figure, FlagWord, GradeWord, Id, Terms, VerdictWord};

/// An expectation and what the contract said.
#[derive(Debug)]
pub struct Check<'a> {
    /// The expectation.
    pub expectation: &'a Expectation,
    /// What was expected, as an author writes it.
    pub expected: String,
    /// What the contract said, in the same form; `None` where it said nothing of the kind.
    pub actual: Option<String>,
    /// Whether the two are the same, numbers at the precision that is expected.
    pub holds: bool,
    /// How the contract came to say so, or why it said nothing, as phrases.
    pub because: Vec<String>,
}

/// What the contract said.
struct Said {
    actual: Option<String>,
    holds: bool,
    because: Vec<String>,
}

impl Said {
    fn nothing(why: impl Into<String>) -> Self {
        Self {
            actual: None,
            holds: false,
            because: vec![why.into()],
        }
    }
}

impl<'a> Check<'a> {
    /// Compares with the outcome of the card that is looked at, or says why there is none.
    pub(super) fn of(expectation: &'a Expectation, terms: &Terms, outcome: Result<&Outcome, String>) -> Self {
        let said = match outcome {
            Ok(outcome) if outcome.in_force => said(&expectation.of, terms, outcome),
            Ok(outcome) => Said::nothing(format!("the contract is not in force in {}", outcome.period)),
            Err(why) => Said::nothing(why),
        };
        Self {
            expected: written(&expectation.of),
            expectation,
            actual: said.actual,
            holds: said.holds,
            because: said.because,
        }
    }
}

fn said(expected: &Expected, terms: &Terms, outcome: &Outcome) -> Said {
    let money = |amount: fn(&Statement) -> Rational, figure: &Figure, kind: LineKind| {
        let Some(statement) = &outcome.statement else {
            return Said::nothing("the scorecard is not about money");
        };
        let mut because: Vec<String> = statement
            .lines
            .iter()
            .filter(|line| line.kind == kind)
            .map(working)
            .collect();
        let cut = statement
            .caps
            .iter()
            .filter(|cap| kind == LineKind::Credit && cap.after < cap.before);
        because.extend(cut.map(|cap| {
            let shown = |amount: &Rational| amount.to_fixed(statement.minor_units);
            format!("{}: {} of {} is left", cap.name, shown(&cap.after), shown(&cap.before))
        }));
        number(figure, &amount(statement), because)
    };
    let of_kpi = |id: &Id, say: &dyn Fn(&KpiOutcome) -> Said| {
        let found = outcome.kpis.iter().find(|kpi| kpi.id == *id);
        found.map_or_else(|| Said::nothing("nothing is said of the KPI in this period"), say)
    };
    match expected {
        Expected::Value(id, figure) => of_kpi(id, &|kpi| value(kpi, figure)),
        Expected::Verdict(id, word) => of_kpi(id, &|kpi| {
            let mut because = kpi.reasons.clone();
            because.extend(kpi.value.is_none().then(|| absence(kpi)));
            text(
                kpi.verdict == Verdict::from(*word),
                verdict(kpi.verdict).word(),
                because,
            )
        }),
        Expected::KpiScore(id, figure) => of_kpi(id, &|kpi| match &kpi.score {
            Some(score) => number(figure, score, kpi.score_working.iter().cloned().collect()),
            None => Said::nothing("the KPI leaves the score's sum"),
        }),
        Expected::Flags(id, flags) => of_kpi(id, &|kpi| {
            let actual = kpi.flags.iter().map(|flag| self::flag(*flag).word());
            set(flags.iter().map(|flag| flag.word()), actual, kpi.reasons.clone())
        }),
        Expected::KpiCredit(id, figure) => {
            let Some(statement) = &outcome.statement else {
                return Said::nothing("the scorecard is not about money");
            };
            let is_its = |line: &&crate::assess::outcome::MoneyLine| {
                line.kind == LineKind::Credit && line.kpi.as_ref() == Some(id)
            };
            let lines: Vec<_> = statement.lines.iter().filter(is_its).collect();
            let sum: Rational = lines.iter().map(|line| line.amount.clone()).sum();
            number(figure, &sum, lines.into_iter().map(working).collect())
        }
        Expected::Score(figure) => match &outcome.score {
            Some(score) => {
                let gates = outcome.gates.iter();
                let because = gates.map(|(kpi, cap)| format!("the gate of {kpi} caps it at {}", cap.to_exact()));
                number(figure, score, because.collect())
            }
            None if outcome.failed => Said::nothing("data are missing, and `missing: fail` gives no score then"),
            None => Said::nothing("nothing is scored"),
        },
        Expected::Grade(grade) => match outcome.grade {
            Some(actual) => {
                let score = outcome
                    .score
                    .iter()
                    .map(|score| format!("the score is {}", score.to_fixed(2)));
                text(
                    self::grade(actual) == *grade,
                    self::grade(actual).word(),
                    score.collect(),
                )
            }
            None if terms.grades.is_none() => Said::nothing("the scorecard has no grades"),
            None => Said::nothing("nothing is scored"),
        },
        Expected::Credit(figure) => money(|statement| statement.credit.clone(), figure, LineKind::Credit),
        Expected::Bonus(figure) => money(|statement| statement.bonus.clone(), figure, LineKind::Bonus),
        Expected::EarnedBack(figure) => money(|statement| -statement.earned_back.clone(), figure, LineKind::EarnBack),
        Expected::Fires(id) => match fired(outcome, id) {
            Ok(fired) => text(true, FIRES, vec![fired.because.clone()]),
            Err(said) => said,
        },
        Expected::Right(id, party) => follows(outcome, id, party, |fired| fired.right.as_ref(), "gives nobody a right"),
        Expected::Clause(id, clause) => follows(outcome, id, clause, |fired| fired.clause.as_ref(), "names no clause"),
        Expected::Triggers(ids) => {
            let because = outcome
                .triggers
                .iter()
                .map(|fired| format!("{}: {}", fired.id, fired.because));
            let actual = outcome.triggers.iter().map(|fired| fired.id.as_str());
            set(ids.iter().map(String::as_str), actual, because.collect())
        }
        Expected::Told(people) => {
            let told = notices(terms, outcome);
            let because = told.iter().map(|(person, day)| notice(person, day.as_ref()));
            set(
                people.iter().map(String::as_str),
                told.keys().map(String::as_str),
                because.collect(),
            )
        }
        Expected::ToldBy(person, day) => match notices(terms, outcome).get(person) {
            Some(Some(actual)) => text(actual == day, actual, Vec::new()),
            Some(None) => Said::nothing(format!("{person} is told, and nothing says by when")),
            None => Said::nothing(format!("{person} is not told")),
        },
    }
}

/// What is said of a trigger that fires.
const FIRES: &str = "fires";

fn fired<'o>(outcome: &'o Outcome, id: &Id) -> Result<&'o Fired, Said> {
    let found = outcome.triggers.iter().find(|fired| fired.id == *id);
    found.ok_or_else(|| Said::nothing(format!("{id} does not fire")))
}

/// Compares what follows from a trigger; `nothing` says that it does not.
fn follows(outcome: &Outcome, id: &Id, expected: &String, of: fn(&Fired) -> Option<&String>, nothing: &str) -> Said {
    let fired = match fired(outcome, id) {
        Ok(fired) => fired,
        Err(said) => return said,
    };
    match of(fired) {
        Some(actual) => text(actual == expected, actual, vec![fired.because.clone()]),
        None => Said::nothing(format!("{id} fires and {nothing}")),
    }
}

fn value(kpi: &KpiOutcome, figure: &Figure) -> Said {
    let Some(value) = &kpi.value else {
        return Said::nothing(absence(kpi));
    };
    let unit = figure.quantity.unit;
    let mut because = Vec::new();
    let exact = Quantity::new(value.clone(), unit);
    if !is_multiple(value, &figure.step) {
        because.push(format!("more exactly {}", exact.display(6)));
    }
    if let Some(fact) = &kpi.fact {
        let rows = fact.net.rows();
        because.push(format!("over {rows} {}", if rows == 1 { "row" } else { "rows" }));
        if fact.gross != fact.net
            && let Some(gross) = fact.gross.value()
        {
            let gross = Quantity::new(gross, unit).display(6);
            because.push(format!("{gross} without carve-outs"));
        }
    }
    number(figure, value, because)
}

fn absence(kpi: &KpiOutcome) -> String {
    match kpi.fact.as_ref().map(|fact| &fact.net) {
        Some(Measured::Absent(Absence::NotApplicable(why) | Absence::NoData(why))) => {
            format!("there is no value: {why}")
        }
        _ => "there is no value".to_owned(),
    }
}

fn text(holds: bool, actual: impl ToString, because: Vec<String>) -> Said {
    Said {
        actual: Some(actual.to_string()),
        holds,
        because,
    }
}

/// Compares at the precision of `figure`, a half away from zero as everything that is shown.
fn number(figure: &Figure, actual: &Rational, because: Vec<String>) -> Said {
    let steps = |number: &Rational| number.checked_div(&figure.step).unwrap_or_default();
    let rounded = steps(actual).round(0, Rounding::HalfAwayFromZero);
    let holds = rounded == steps(&figure.quantity.number);
    let rounded = Quantity::new(&rounded * &figure.step, figure.quantity.unit);
    text(holds, shown(&rounded, &figure.step), because)
}

fn is_multiple(number: &Rational, step: &Rational) -> bool {
    number.checked_div(step).is_some_and(|steps| steps.is_integer())
}

/// Writes a quantity with as many decimals as `step` has.
fn shown(quantity: &Quantity, step: &Rational) -> String {
    const MOST: u32 = 30;
    let last = match quantity.unit {
        Unit::Percent => step * &Rational::integer(100),
        Unit::Duration => Rational::new(1, 1000).unwrap_or_default(),
        _ => step.clone(),
    };
    let ends = |decimals: &u32| last.round(*decimals, Rounding::Floor) == last;
    let text = quantity.display((0..MOST).find(ends).unwrap_or(MOST));
    text.strip_suffix(" d").map_or(text.clone(), str::to_owned)
}

fn set<'t>(
    expected: impl Iterator<Item = &'t str>,
    actual: impl Iterator<Item = &'t str>,
    because: Vec<String>,
) -> Said {
    let sorted = |words: &[&str]| {
        let mut words = words.to_vec();
        words.sort_unstable();
        words.dedup();
        words.join(",")
    };
    let (expected, actual): (Vec<&str>, Vec<&str>) = (expected.collect(), actual.collect());
    text(sorted(&expected) == sorted(&actual), list(actual), because)
}

fn list<'t>(words: impl IntoIterator<Item = &'t str>) -> String {
    format!("[{}]", words.into_iter().collect::<Vec<_>>().join(", "))
}

/// Writes an expectation as an author does.
fn written(expected: &Expected) -> String {
    match expected {
        Expected::Value(_, figure)
        | Expected::KpiScore(_, figure)
        | Expected::KpiCredit(_, figure)
        | Expected::Score(figure)
        | Expected::Credit(figure)
        | Expected::Bonus(figure)
        | Expected::EarnedBack(figure) => shown(&figure.quantity, &figure.step),
        Expected::Fires(_) => FIRES.to_owned(),
        Expected::Right(_, word) | Expected::Clause(_, word) => word.clone(),
        Expected::Verdict(_, word) => word.word().to_owned(),
        Expected::Grade(word) => word.word().to_owned(),
        Expected::Flags(_, flags) => list(flags.iter().map(|flag| flag.word())),
        Expected::Triggers(ids) | Expected::Told(ids) => list(ids.iter().map(String::as_str)),
        Expected::ToldBy(_, day) => day.to_string(),
    }
}

fn working(line: &crate::assess::outcome::MoneyLine) -> String {
    let mut text = line.kpi.clone().unwrap_or_default();
    if !line.working.is_empty() {
        text.push_str(&format!(": {}", line.working));
    }
    if let Some(remark) = &line.remark {
        text.push_str(&format!(", {remark}"));
    }
    text
}

fn notice(person: &str, day: Option<&jiff::civil::Date>) -> String {
    match day {
        Some(day) => format!("{person} is told by {day}"),
        None => format!("{person} is told"),
    }
}

fn verdict(verdict: Verdict) -> VerdictWord {
    match verdict {
        Verdict::Met => VerdictWord::Met,
        Verdict::BelowTarget => VerdictWord::BelowTarget,
        Verdict::Default => VerdictWord::Default,
        Verdict::NotApplicable => VerdictWord::NotApplicable,
        Verdict::NoData => VerdictWord::NoData,
    }
}

fn flag(flag: Flag) -> FlagWord {
    match flag {
        Flag::BurnIn => FlagWord::BurnIn,
        Flag::LowVolume => FlagWord::LowVolume,
        Flag::Disputed => FlagWord::Disputed,
        Flag::Provisional => FlagWord::Provisional,
        Flag::NotInForce => FlagWord::NotInForce,
    }
}

fn grade(grade: Grade) -> GradeWord {
    match grade {
        Grade::Green => GradeWord::Green,
        Grade::Amber => GradeWord::Amber,
        Grade::Red => GradeWord::Red,
    }
}
