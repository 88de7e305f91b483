use schemars::JsonSchema;
use serde::Serialize;

use crate::measure::facts::{Detail, Fact, Measured};
use crate::quantity::{Rational, Unit};
use crate::report::display::{Style, count, counted, hours, share};
use crate::resolve::terms::{FailureMean, Function, Kpi, Measure, Overdue};

/// How a value came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Formula {
    /// In words, such as `in time / (in time + late + open and overdue)`.
    pub words: String,
    /// With the numbers in it, such as `188 / (188 + 10 + 2)`; `None` where that is the result itself.
    pub numbers: Option<String>,
    /// What it comes to.
    pub result: String,
    /// What the letters and names mean.
    pub legend: Vec<String>,
}

/// The parts of a formula before its result is known.
struct Sketch {
    words: String,
    numbers: String,
    legend: Vec<String>,
    /// What the numbers come to, to compare with the measured value.
    value: Option<Rational>,
}

/// Writes how `fact` came about; `None` where there is no value.
pub(super) fn of(
    measure: &Measure,
    fact: &Fact,
    style: &Style<'_>,
    value: Option<&Rational>,
    kpi: &Kpi,
) -> Option<Formula> {
    let Measured::Value {
        numerator, denominator, ..
    } = &fact.net
    else {
        return None;
    };
    let value = value.cloned().or_else(|| fact.net.value())?;
    let amount = |number: &Rational| match style.unit {
        Unit::Duration => hours(number),
        _ => counted(number, 6),
    };
    let sketch = sketch(measure, &fact.detail, &amount);
    // A formula that did not come to the measured value would be a lie: then only the quotient is told.
    let sketch = sketch
        .filter(|sketch| {
            sketch
                .value
                .as_ref()
                .is_none_or(|n| Some(n) == fact.net.value().as_ref())
        })
        .unwrap_or_else(|| match denominator == &Rational::one() {
            true => Sketch {
                words: "measured value".to_owned(),
                numbers: String::new(),
                legend: Vec::new(),
                value: None,
            },
            false => Sketch {
                words: "numerator / denominator".to_owned(),
                numbers: format!("{} / {}", amount(numerator), amount(denominator)),
                legend: Vec::new(),
                value: None,
            },
        });
    let mut legend = sketch.legend;
    if kpi.window > 1 {
        legend.push(format!("over the last {} periods", kpi.window));
    }
    if let Some(decimals) = kpi.compare_rounding {
        legend.push(format!("rounded half up to {decimals} decimals before it is compared"));
    }
    Some(Formula {
        words: sketch.words,
        numbers: Some(sketch.numbers).filter(|numbers| !numbers.is_empty()),
        result: super::goal::value_text(kpi, &value, style.currency),
        legend,
    })
}

fn sketch(measure: &Measure, detail: &Detail, amount: &dyn Fn(&Rational) -> String) -> Option<Sketch> {
    let ratio = |part: u64, whole: u64| Rational::new(part, whole);
    let n = |number: u64| counted(&Rational::integer(number), 0);
    Some(match detail {
        Detail::None => return None,
        Detail::Rows { hits, rows } => match measure {
            Measure::Count { .. } | Measure::Distinct { .. } => return None,
            _ => Sketch {
                words: match measure {
                    Measure::Probes { .. } => "probes up / probes",
                    _ => "rows that meet the condition / rows",
                }
                .to_owned(),
                numbers: format!("{} / {}", n(*hits), n(*rows)),
                legend: Vec::new(),
                value: ratio(*hits, *rows),
            },
        },
        Detail::OnTime {
            in_time,
            late,
            overdue_open,
            open_not_due,
        } => on_time(measure, [*in_time, *late, *overdue_open, *open_not_due]),
        Detail::Time { .. } => return time(measure, detail),
        Detail::Values { count, sum } => match (measure, sum) {
            (Measure::Aggregate { function, .. }, sum) => aggregate(function, *count, sum.as_ref(), amount),
            _ => return None,
        },
        Detail::Share { part, whole } => Sketch {
            words: "sum of parts / sum of wholes".to_owned(),
            numbers: format!("{} / {}", counted(part, 6), counted(whole, 6)),
            legend: Vec::new(),
            value: part.checked_div(whole),
        },
        Detail::Nps {
            promoters,
            passives,
            detractors,
        } => {
            let answers = promoters + passives + detractors;
            let net = Rational::integer(*promoters) - Rational::integer(*detractors);
            Sketch {
                words: "100 × (promoters − detractors) / answers".to_owned(),
                numbers: format!("100 × ({} − {}) / {}", n(*promoters), n(*detractors), n(answers)),
                legend: Vec::new(),
                value: (net * Rational::integer(100)).checked_div(&Rational::integer(answers)),
            }
        }
        Detail::Formula { parts } => {
            let words = match measure {
                Measure::Formula { is, .. } => is.text.to_string(),
                _ => return None,
            };
            Sketch {
                numbers: with_numbers(&words, parts),
                words,
                legend: Vec::new(),
                value: None,
            }
        }
        Detail::Attested { attestation } => Sketch {
            words: "attested".to_owned(),
            numbers: format!("attestation {attestation}"),
            legend: Vec::new(),
            value: None,
        },
    })
}

/// Puts numbers in the place of the names in a formula's arithmetic.
fn with_numbers(words: &str, parts: &[(String, Option<Rational>)]) -> String {
    let mut text = String::with_capacity(words.len());
    let mut name = String::new();
    let close = |name: &mut String, text: &mut String| {
        let part = parts.iter().find(|(part, _)| part.eq_ignore_ascii_case(name));
        match part {
            Some((_, Some(value))) if value.is_negative() => text.push_str(&format!("({})", counted(value, 6))),
            Some((_, Some(value))) => text.push_str(&counted(value, 6)),
            Some((_, None)) => text.push_str("(nothing)"),
            None => text.push_str(name),
        }
        name.clear();
    };
    for c in words.chars() {
        if c.is_alphanumeric() || c == '_' {
            name.push(c);
            continue;
        }
        close(&mut name, &mut text);
        text.push(if c == '-' { '−' } else { c });
    }
    close(&mut name, &mut text);
    text
}

fn on_time(measure: &Measure, [in_time, late, overdue, not_due]: [u64; 4]) -> Sketch {
    let mode = match measure {
        Measure::OnTime {
            overdue,
            leave_out_not_due,
            ..
        } => (*overdue, *leave_out_not_due),
        _ => (Overdue::CountUntilResolved, true),
    };
    let parts: Vec<(&str, u64)> = match mode {
        (Overdue::ResolvedOnly, _) => vec![("in time", in_time), ("late", late)],
        (Overdue::OpenedInPeriod, false) => vec![
            ("in time", in_time),
            ("late", late),
            ("open and overdue", overdue),
            ("open, not yet due", not_due),
        ],
        _ => vec![("in time", in_time), ("late", late), ("open and overdue", overdue)],
    };
    let names: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
    let numbers: Vec<String> = parts.iter().map(|(_, n)| counted(&Rational::integer(*n), 0)).collect();
    let whole: u64 = parts.iter().map(|(_, n)| n).sum();
    Sketch {
        words: format!("in time / ({})", names.join(" + ")),
        numbers: format!("{} / ({})", numbers[0], numbers.join(" + ")),
        legend: Vec::new(),
        value: Rational::new(in_time, whole),
    }
}

fn aggregate(function: &Function, count: u64, sum: Option<&Rational>, amount: &dyn Fn(&Rational) -> String) -> Sketch {
    let values = crate::report::display::count(count, "value", "values");
    let named = |name: &str| Sketch {
        words: format!("{name} of {values}"),
        numbers: values.clone(),
        legend: Vec::new(),
        value: None,
    };
    match (function, sum) {
        (Function::Mean, Some(sum)) => Sketch {
            words: "sum / number of values".to_owned(),
            numbers: format!("{} / {}", amount(sum), counted(&Rational::integer(count), 0)),
            legend: Vec::new(),
            value: sum.checked_div(&Rational::integer(count)),
        },
        (Function::Mean, None) => named("mean"),
        (Function::Median, _) => named("median"),
        (Function::Min, _) => named("smallest"),
        (Function::Max, _) => named("largest"),
        (Function::Sum, _) => named("sum"),
        (Function::Percentile(p), _) => Sketch {
            legend: vec!["linear interpolation between closest ranks (type 7)".to_owned()],
            ..named(&format!("{} percentile", share(p)))
        },
    }
}

fn time(measure: &Measure, detail: &Detail) -> Option<Sketch> {
    let Detail::Time {
        scheduled,
        removed,
        down,
        deemed,
        unmeasured,
        events,
    } = detail
    else {
        return None;
    };
    let whole = |micros: i64| Rational::integer(micros);
    // What was scheduled holds only measured time.
    let (a, b, d) = (whole(*scheduled + *unmeasured), whole(*removed), down.clone());
    let mut legend = vec![
        format!("A = {} scheduled", hours(&a)),
        format!("B = {} removed by carve-outs", hours(&b)),
        format!("D = {} down outside every carve-out", hours(&d)),
    ];
    if !deemed.is_zero() {
        legend.push(format!("{} down counted as up by carve-outs", hours(deemed)));
    }
    if *unmeasured != 0 {
        legend.push(format!("U = {} unmeasured, left out", hours(&whole(*unmeasured))));
    }
    let n = Rational::integer(*events);
    let up = &(&a - &b) - &d;
    if let Measure::Failures { is, .. } = measure {
        legend.push(format!("n = {}", count(*events, "outage", "outages")));
        let (words, top, part) = match is {
            FailureMean::Mtbf => (
                "(A − B − D) / n",
                format!("({} − {} − {})", hours(&a), hours(&b), hours(&d)),
                up,
            ),
            FailureMean::Mtrs => ("D / n", hours(&d), d),
            FailureMean::Mtbsi => ("(A − B) / n", format!("({} − {})", hours(&a), hours(&b)), &a - &b),
        };
        return Some(Sketch {
            words: words.to_owned(),
            numbers: format!("{top} / {}", counted(&n, 0)),
            legend,
            value: part.checked_div(&n),
        });
    }
    let (base, words, numbers) = match *unmeasured {
        0 => (
            &a - &b,
            "(A − B − D) / (A − B)",
            format!(
                "({a} − {b} − {d}) / ({a} − {b})",
                a = hours(&a),
                b = hours(&b),
                d = hours(&d)
            ),
        ),
        unmeasured => (
            &(&a - &b) - &whole(unmeasured),
            "(A − B − U − D) / (A − B − U)",
            format!(
                "({a} − {b} − {u} − {d}) / ({a} − {b} − {u})",
                a = hours(&a),
                b = hours(&b),
                u = hours(&whole(unmeasured)),
                d = hours(&d)
            ),
        ),
    };
    let part = &base - &d;
    Some(Sketch {
        words: words.to_owned(),
        numbers: format!("{numbers} = {} / {}", hours(&part), hours(&base)),
        legend,
        value: part.checked_div(&base),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_numbers_and_other_words_stay() {
        let number = |n: i64| Some(Rational::integer(n));
        let parts = [
            ("actual".to_owned(), number(105_010)),
            ("budget".to_owned(), number(-7)),
            ("act".to_owned(), None),
        ];
        assert_eq!(
            with_numbers("round((Actual - budget) / budget, 2) + act + actuals", &parts),
            "round((105,010 − (−7)) / (−7), 2) + (nothing) + actuals"
        );
    }

    // 10 h scheduled, of which probes left 2 h unmeasured; 1 h removed, half an hour down: 6.5 h of 7 h.
    #[test]
    fn unmeasured_time_is_left_out_once() {
        const HOUR: i64 = 3_600_000_000;
        let detail = Detail::Time {
            scheduled: 8 * HOUR,
            removed: HOUR,
            down: Rational::integer(HOUR / 2),
            deemed: Rational::zero(),
            unmeasured: 2 * HOUR,
            events: 3,
        };
        let sketch = time(&Measure::Attested, &detail).expect("a formula");
        assert_eq!(sketch.words, "(A − B − U − D) / (A − B − U)");
        assert_eq!(sketch.numbers, "(10h − 1h − 2h − 30m) / (10h − 1h − 2h) = 6h 30m / 7h");
        assert_eq!(sketch.value, Rational::new(13, 14));
    }
}
