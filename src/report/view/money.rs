use schemars::JsonSchema;
use serde::Serialize;

use super::Context;
use super::absence::prose;
use super::head::known_statement;
use super::wording::line_word;
use crate::assess::outcome::{LineKind, MoneyLine, Statement};
use crate::quantity::Rational;
use crate::report::audience::Ledger;
use crate::report::display::{self, Shown};

/// Credits and other money of the period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Money {
    /// ISO 4217 code; empty where the contract names none.
    pub currency: String,
    /// Decimals of its minor unit.
    pub minor_units: u32,
    /// The period's charge.
    pub charge: Option<Shown>,
    /// The most the period may pay.
    pub at_risk: Option<Shown>,
    /// Sum of the credits before caps.
    pub before_caps: Shown,
    /// Sum of the credits after caps.
    pub credit: Shown,
    /// The credit as a share of the charge.
    pub credit_share: Option<Shown>,
    /// Sum of the adjustments of earlier periods, where there are any; above zero in favour of the customer.
    pub adjusted: Option<Shown>,
    /// Whether any of it may still change.
    pub provisional: bool,
    /// Service credits in file order.
    pub credits: Vec<Line>,
    /// Bonuses, earn-backs, adjustments, proposals: outside the caps.
    pub others: Vec<Line>,
    /// Credits of KPIs that the audience does not get.
    pub hidden: Option<Shown>,
    /// Caps in the order applied.
    pub caps: Vec<Cap>,
    /// Credits of the year so far.
    pub year_to_date: Option<YearToDate>,
}

/// One line of a statement.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Line {
    /// What it is.
    pub kind: LineKind,
    /// In words.
    pub word: &'static str,
    /// The KPI.
    pub kpi: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Before rounding and caps.
    pub exact: Shown,
    /// Rounded, before caps; nothing where a rule sets it aside.
    pub before_caps: Shown,
    /// What is due.
    pub amount: Shown,
    /// The inputs and the arithmetic, where the audience gets them.
    pub working: Option<String>,
    /// Why it pays nothing or less, and by when it has to be asked for.
    pub remarks: Vec<String>,
    /// Whether it may still change.
    pub provisional: bool,
}

/// A cap and what it did.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Cap {
    /// Which.
    pub name: String,
    /// The most it allows.
    pub limit: Shown,
    /// What came in.
    pub before: Shown,
    /// What went on.
    pub after: Shown,
    /// Whether it cut.
    pub cuts: bool,
}

/// Credits of the year so far.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct YearToDate {
    /// The first period counted.
    pub since: String,
    /// Periods counted.
    pub periods: usize,
    /// Their credits.
    pub credit: Shown,
}

pub(super) fn build(context: &Context<'_>) -> Option<Money> {
    let statement = known_statement(context.outcome)?;
    let money = |amount: &Rational| Shown::money(amount, &statement.currency, statement.minor_units);
    let depth = context.sees.credits;
    let visible = |line: &&MoneyLine| line.kpi.as_deref().is_none_or(|kpi| context.may_see(kpi));
    let (credits, others): (Vec<&MoneyLine>, Vec<&MoneyLine>) = statement
        .lines
        .iter()
        .filter(visible)
        .partition(|line| line.kind == LineKind::Credit);
    let hidden: Rational = statement
        .lines
        .iter()
        .filter(|line| line.kind == LineKind::Credit && !visible(line))
        .map(|line| line.amount.clone())
        .sum();
    let all = statement.lines.iter().filter(|line| line.kind == LineKind::Credit);
    let before_caps: Rational = all.map(|line| line.before_caps.clone()).sum();
    let lines =
        |lines: &[&MoneyLine]| -> Vec<Line> { lines.iter().map(|line| one(context, statement, line, depth)).collect() };
    let show_lines = depth != Ledger::Totals;
    Some(Money {
        currency: statement.currency.clone(),
        minor_units: statement.minor_units,
        charge: statement.charge.as_ref().map(money),
        at_risk: statement.at_risk.as_ref().map(money),
        before_caps: money(&before_caps),
        credit: money(&statement.credit),
        credit_share: statement
            .charge
            .as_ref()
            .and_then(|charge| statement.credit.checked_div(charge))
            .map(|share| Shown::percent(&share, 1)),
        adjusted: (!statement.adjusted.is_zero()).then(|| money(&statement.adjusted)),
        provisional: statement.provisional,
        credits: if show_lines { lines(&credits) } else { Vec::new() },
        others: if show_lines { lines(&others) } else { Vec::new() },
        hidden: (show_lines && !hidden.is_zero()).then(|| money(&hidden)),
        caps: statement
            .caps
            .iter()
            .map(|cap| Cap {
                name: cap.name.clone(),
                limit: money(&cap.limit),
                before: money(&cap.before),
                after: money(&cap.after),
                cuts: cap.after < cap.before,
            })
            .collect(),
        year_to_date: year_to_date(context, statement),
    })
}

fn one(context: &Context<'_>, statement: &Statement, line: &MoneyLine, depth: Ledger) -> Line {
    let money = |amount: &Rational| Shown::money(amount, &statement.currency, statement.minor_units);
    let style = line
        .kpi
        .as_ref()
        .and_then(|kpi| context.terms.kpis.get(kpi))
        .map(|kpi| display::Style::of(kpi, &statement.currency));
    let further = [
        line.incident.as_ref().map(|incident| format!("incident {incident}")),
        line.of_period.map(|period| format!("of {}", display::period(period))),
        line.level
            .as_ref()
            .zip(style)
            .map(|(level, style)| format!("proposed level {}", style.written(&level.number))),
        line.ask_by
            .map(|day| day.to_string())
            // The remark on a credit that nobody has asked for says so itself.
            .filter(|day| !line.remark.as_ref().is_some_and(|remark| remark.contains(day)))
            .map(|day| format!("has to be asked for by {day}")),
    ];
    Line {
        kind: line.kind,
        word: line_word(line.kind),
        kpi: line.kpi.clone(),
        title: line.kpi.as_ref().map(|kpi| context.kpi_title(kpi)),
        exact: match line.kind {
            LineKind::Ratchet => Shown::number(&line.exact, 2),
            _ => {
                let decimals = (statement.minor_units..statement.minor_units + 4)
                    .find(|&decimals| line.exact.round(decimals, crate::quantity::Rounding::HalfEven) == line.exact)
                    .unwrap_or(statement.minor_units + 4);
                Shown::money(&line.exact, &statement.currency, decimals)
            }
        },
        before_caps: money(&line.before_caps),
        amount: money(&line.amount),
        working: (depth == Ledger::Working && !line.working.is_empty()).then(|| line.working.clone()),
        remarks: line
            .remark
            .iter()
            .map(|remark| prose(remark))
            .chain(further.into_iter().flatten())
            .collect(),
        provisional: line.provisional,
    }
}

/// Sums the credits of the calendar year as far back as the outcomes reach; never across currencies.
fn year_to_date(context: &Context<'_>, statement: &Statement) -> Option<YearToDate> {
    let year = context.outcome.period.first_day().year();
    let counted: Vec<_> = context
        .input
        .outcomes
        .iter()
        .filter(|outcome| outcome.in_force && outcome.period.first_day().year() == year)
        .filter_map(|outcome| Some((outcome.period, known_statement(outcome)?)))
        .filter(|(_, earlier)| earlier.currency == statement.currency)
        .collect();
    let (since, _) = counted.first()?;
    let total: Rational = counted.iter().map(|(_, statement)| statement.credit.clone()).sum();
    (counted.len() > 1).then(|| YearToDate {
        since: since.to_string(),
        periods: counted.len(),
        credit: Shown::money(&total, &statement.currency, statement.minor_units),
    })
}
