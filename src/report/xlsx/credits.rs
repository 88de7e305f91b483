//! The money of the period, computed again by the spreadsheet: each line's arithmetic, its rounding, the caps
//! and the sum are formulas, so that a changed number shows what follows from it.

use rust_xlsxwriter::XlsxError;

use super::cell::{Cell, decimals, exact, money_format};
use super::page::Head::{Left, Right};
use super::page::{Head, Page, letters};
use super::working::formula;
use crate::assess::outcome::LineKind;
use crate::quantity::{Rational, Rounding};
use crate::report::view::{Line, Money, View};

/// Columns before those of the caps: the line, its working, its exact amount, whether it counts, and what is due
/// before caps.
const EXACT: usize = 2;
const COUNTS: usize = 3;
const BEFORE: usize = 4;

/// Columns of a cap: the line's share of it rounded down, what that leaves over, what is due after it.
const PER_CAP: usize = 3;

/// From this product of minor units on, a spreadsheet's floating point may round a line's share of a cap.
const EXACT_IN_CELLS: i64 = 1 << 52;

/// The columns of credits that are not computed from each other.
const LISTED: [Head<'_>; 6] = [
    Left("Credit"),
    Left("Working"),
    Right("Exact"),
    Left(""),
    Right("Due"),
    Left("Remarks"),
];

/// What all parts of the sheet need.
struct Ledger<'a> {
    money: &'a Money,
    /// The format of amounts.
    format: String,
    /// Decimals of the currency.
    minor_units: u32,
    /// The charge and its cell.
    charge: Option<(Rational, String)>,
    /// The cell of the at-risk amount.
    at_risk: Option<(Rational, String)>,
}

pub(super) fn sheet(view: &View, page: &mut Page<'_>) -> Result<(), XlsxError> {
    let Some(money) = &view.money else {
        return page.note("There is no money in this report.");
    };
    let mut widths = vec![34, 40, 16, 16, 16];
    widths.extend(money.caps.iter().flat_map(|_| [16; PER_CAP]));
    // Remarks stand behind the columns of the caps.
    widths.push(40);
    page.widths(&widths)?;
    page.keep_columns(1)?;
    if money.caps.len() > 1 {
        page.print_wide(2);
    }
    let shown_decimals = decimals(&money.credit.display);
    let mut ledger = Ledger {
        money,
        format: money_format(&money.currency, &shown_decimals),
        minor_units: u32::try_from(shown_decimals.len().saturating_sub(1)).unwrap_or(0),
        charge: None,
        at_risk: None,
    };
    page.title(&format!("Credits, {}", view.period.title))?;
    if let Some(charge) = &money.charge {
        ledger.charge = Some((exact(charge), format!("$B${}", page.next())));
        page.fact("Charge", Cell::money(charge, &money.currency))?;
    }
    if let Some(at_risk) = &money.at_risk {
        ledger.at_risk = Some((exact(at_risk), format!("$B${}", page.next())));
        page.fact("At risk", ledger.at_risk_cell(exact(at_risk)))?;
    }
    page.gap();
    let due = if ledger.is_whole() {
        ledger.computed(page)?
    } else {
        ledger.listed(page)?
    };
    if !money.others.is_empty() {
        page.gap();
        page.header(&LISTED.map(|name| match name {
            Left("Credit") => Left("Outside the caps"),
            Right("Due") => Right("Amount"),
            other => other,
        }))?;
        for line in &money.others {
            ledger.other(line, page)?;
        }
    }
    page.gap();
    page.total(&[
        Cell::text(if money.provisional {
            "Service credit due, provisional"
        } else {
            "Service credit due"
        }),
        ledger.computed_cell(due, exact(&money.credit)),
    ])?;
    if let Some(year) = &money.year_to_date {
        page.row(&[
            Cell::text("In the year so far"),
            Cell::money(&year.credit, &money.currency),
            Cell::text(&format!("{} periods since {}", year.periods, year.since)),
        ])?;
    }
    Ok(())
}

impl Ledger<'_> {
    fn amount(&self, number: Rational) -> Cell {
        Cell::Number(number, self.format.clone())
    }

    fn computed_cell(&self, formula: String, result: Rational) -> Cell {
        Cell::Formula(formula, result, self.format.clone())
    }

    /// The at-risk amount as a share of the charge, where that share is a plain percentage.
    fn at_risk_cell(&self, amount: Rational) -> Cell {
        let hundred = Rational::integer(100);
        let percent = self.charge.as_ref().and_then(|(charge, cell)| {
            let percent = amount.checked_div(charge)? * hundred;
            let is_plain = percent.round(6, Rounding::Floor) == percent;
            is_plain.then(|| format!("{cell}*{}%", percent.to_exact()))
        });
        match percent {
            Some(formula) => self.computed_cell(formula, amount),
            None => self.amount(amount),
        }
    }

    fn units(&self, number: &Rational) -> Rational {
        Rational::integer(number.scaled(self.minor_units, Rounding::HalfEven))
    }

    /// Whether every line is here with its arithmetic, so that the caps can be computed from them.
    fn is_whole(&self) -> bool {
        let before: Rational = self.money.credits.iter().map(|line| exact(&line.before_caps)).sum();
        let adds_up = match self.money.caps.first() {
            Some(cap) => exact(&cap.before) == before,
            None => exact(&self.money.credit) == before,
        };
        let fits = self.money.caps.iter().all(|cap| {
            let product = self.units(&exact(&cap.limit)) * self.units(&exact(&cap.before));
            product < Rational::integer(EXACT_IN_CELLS)
        });
        adds_up && fits && self.money.hidden.is_none()
    }

    /// The working as a formula, else the exact amount.
    fn exact_cell(&self, line: &Line) -> Cell {
        let amount = exact(&line.exact);
        let charge = self.charge.as_ref().map(|(amount, cell)| (amount, cell.as_str()));
        let format = money_format(&self.money.currency, &decimals(&line.exact.display));
        let working = line
            .working
            .as_deref()
            .and_then(|working| formula(working, &amount, charge));
        match working {
            Some(text) => Cell::Formula(text, amount, format),
            None => Cell::Number(amount, format),
        }
    }

    /// Writes the credits with every step to what is due as a formula; returns the sum's cell.
    fn computed(&self, page: &mut Page<'_>) -> Result<String, XlsxError> {
        let money = self.money;
        let scale = Rational::integer(10i64.pow(self.minor_units.min(9)));
        let (first, last) = (page.next() + 1, page.next() + money.credits.len() as u32);
        let sum_row = last + 1;
        // Below the lines and their sum: a heading, then one row per cap.
        let cap_row = |index: usize| sum_row + 3 + index as u32;
        let afters: Vec<String> = money.caps.iter().map(|cap| format!("After: {}", cap.name)).collect();
        let mut header = vec![
            Left("Credit"),
            Left("Working"),
            Right("Exact"),
            Right("Counts"),
            Right("Before caps"),
        ];
        for after in &afters {
            header.extend([
                Right("Share of the cap, rounded down"),
                Right("Left over"),
                Right(after),
            ]);
        }
        header.push(Left("Remarks"));
        page.header(&header)?;
        let mut befores: Vec<Rational> = money.credits.iter().map(|line| exact(&line.before_caps)).collect();
        let mut columns: Vec<Vec<Cell>> = Vec::new();
        for (index, cap) in money.caps.iter().enumerate() {
            let before = letters(BEFORE + index * PER_CAP);
            let column = |n: usize| letters(BEFORE + index * PER_CAP + n);
            let (floor, left) = (column(1), column(2));
            let (limit, row) = (format!("$B${}", cap_row(index)), cap_row(index));
            let total = format!("$C${row}");
            let step = self.steps(&befores, &exact(&cap.limit));
            let mut cells = Vec::new();
            for (line, (share, over, due)) in step.iter().enumerate() {
                let at = first + line as u32;
                let units = |cell: &str| format!("ROUND({cell}*{},0)", scale.to_exact());
                let product = format!("{}*{}", units(&format!("{before}{at}")), units(&limit));
                cells.push(vec![
                    self.computed_cell(
                        format!(
                            "IF({total}<={limit},{before}{at},INT({product}/{})/{})",
                            units(&total),
                            scale.to_exact()
                        ),
                        share.clone(),
                    ),
                    Cell::Formula(
                        format!(
                            "IF({total}<={limit},0,{product}-{}*{})",
                            units(&format!("{floor}{at}")),
                            units(&total)
                        ),
                        over.clone(),
                        "#,##0".to_owned(),
                    ),
                    // The largest remainders get one unit more each, ties in the order of the lines.
                    self.computed_cell(
                        format!(
                            "{floor}{at}+IF({total}<={limit},0,IF(COUNTIF({left}${first}:{left}${last},\">\"&{left}{at})\
                             +COUNTIF({left}${first}:{left}{at},{left}{at})\
                             <=ROUND(({limit}-SUM({floor}${first}:{floor}${last}))*{scale},0),1/{scale},0))",
                            scale = scale.to_exact(),
                        ),
                        due.clone(),
                    ),
                ]);
                befores[line] = due.clone();
            }
            for (line, cells) in cells.into_iter().enumerate() {
                match columns.get_mut(line) {
                    Some(row) => row.extend(cells),
                    None => columns.push(cells),
                }
            }
        }
        for (index, line) in money.credits.iter().enumerate() {
            let at = first + index as u32;
            let counts = !exact(&line.before_caps).is_zero() || exact(&line.exact).is_zero();
            let mut cells = vec![
                Cell::text(line.title.as_deref().unwrap_or(line.word)),
                Cell::maybe(line.working.as_deref()),
                self.exact_cell(line),
                Cell::Number(Rational::integer(i64::from(counts)), "0".to_owned()),
                self.computed_cell(
                    format!(
                        "ROUND({}{at},{})*{}{at}",
                        letters(EXACT),
                        self.minor_units,
                        letters(COUNTS)
                    ),
                    exact(&line.before_caps),
                ),
            ];
            cells.extend(columns.get(index).into_iter().flatten().cloned());
            cells.push(Cell::text(&remarks(line)));
            page.row(&cells)?;
        }
        let due = letters(BEFORE + money.caps.len() * PER_CAP);
        let mut sums = vec![Cell::text("Sum"), Cell::Empty, Cell::Empty, Cell::Empty];
        let sum = |column: &str| match money.credits.is_empty() {
            true => "0".to_owned(),
            false => format!("SUM({column}{first}:{column}{last})"),
        };
        for index in 0..=money.caps.len() {
            let result = match index {
                0 => money.caps.first().map_or(&money.credit, |cap| &cap.before),
                _ => &money.caps[index - 1].after,
            };
            if index > 0 {
                sums.extend([Cell::Empty, Cell::Empty]);
            }
            sums.push(self.computed_cell(sum(&letters(BEFORE + index * PER_CAP)), exact(result)));
        }
        page.total(&sums)?;
        if !money.caps.is_empty() {
            page.gap();
            page.header(&[Left("Cap"), Right("At most"), Right("Before"), Right("After")])?;
            for (index, cap) in money.caps.iter().enumerate() {
                debug_assert_eq!(page.next(), cap_row(index));
                let limit = exact(&cap.limit);
                let floored = |amount: &Rational| amount.round(self.minor_units, Rounding::Floor);
                let limit_cell = match &self.at_risk {
                    Some((at_risk, cell)) if index == 0 && floored(at_risk) == limit => {
                        self.computed_cell(format!("ROUNDDOWN({cell},{})", self.minor_units), limit)
                    }
                    _ => self.amount(limit),
                };
                let of = |column: usize| format!("{}{sum_row}", letters(column));
                page.row(&[
                    Cell::text(&cap.name),
                    limit_cell,
                    self.computed_cell(of(BEFORE + index * PER_CAP), exact(&cap.before)),
                    self.computed_cell(of(BEFORE + (index + 1) * PER_CAP), exact(&cap.after)),
                ])?;
            }
        }
        Ok(format!("{due}{sum_row}"))
    }

    /// Of each line: its share of a cap in whole minor units, what is left over of it, and what is due; as §6 has it.
    fn steps(&self, befores: &[Rational], limit: &Rational) -> Vec<(Rational, Rational, Rational)> {
        let total: Rational = befores.iter().cloned().sum();
        if total <= *limit {
            let as_is = |before: &Rational| (before.clone(), Rational::zero(), before.clone());
            return befores.iter().map(as_is).collect();
        }
        let unit = Rational::from_decimal(1, self.minor_units);
        let (limit_units, total_units) = (self.units(limit), self.units(&total));
        let shares: Vec<(Rational, Rational)> = befores
            .iter()
            .map(|before| {
                let product = self.units(before) * limit_units.clone();
                let whole = product
                    .checked_div(&total_units)
                    .unwrap_or_default()
                    .round(0, Rounding::Floor);
                (&whole * &unit, product - whole * total_units.clone())
            })
            .collect();
        let given: Rational = shares.iter().map(|(share, _)| share.clone()).sum();
        let left = self.units(&(limit - &given)).to_i64().unwrap_or(0);
        shares
            .iter()
            .enumerate()
            .map(|(index, (share, over))| {
                let larger = shares.iter().filter(|(_, other)| other > over).count();
                let equal = shares[..=index].iter().filter(|(_, other)| other == over).count();
                let gets_one = i64::try_from(larger + equal).is_ok_and(|rank| rank <= left);
                let more = if gets_one { unit.clone() } else { Rational::zero() };
                (share.clone(), over.clone(), share + &more)
            })
            .collect()
    }

    /// Writes the credits as they are, where the audience does not get everything that they follow from.
    fn listed(&self, page: &mut Page<'_>) -> Result<String, XlsxError> {
        let money = self.money;
        page.header(&LISTED)?;
        let first = page.next();
        for line in &money.credits {
            page.row(&[
                Cell::text(line.title.as_deref().unwrap_or(line.word)),
                Cell::maybe(line.working.as_deref()),
                self.exact_cell(line),
                Cell::Empty,
                self.amount(exact(&line.amount)),
                Cell::text(&remarks(line)),
            ])?;
        }
        let listed: Rational = money.credits.iter().map(|line| exact(&line.amount)).sum();
        let rest = exact(&money.credit) - listed;
        if !rest.is_zero() {
            page.row(&[
                Cell::text("Not listed one by one"),
                Cell::Empty,
                Cell::Empty,
                Cell::Empty,
                self.amount(rest),
            ])?;
        }
        let last = page.next() - 1;
        let due = letters(BEFORE);
        let (cell, formula) = (
            format!("{due}{}", page.next()),
            match last < first {
                true => "0".to_owned(),
                false => format!("SUM({due}{first}:{due}{last})"),
            },
        );
        page.total(&[
            Cell::text("Sum"),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            self.computed_cell(formula, exact(&money.credit)),
        ])?;
        for cap in &money.caps {
            page.row(&[
                Cell::text(&format!("Cap: {}", cap.name)),
                self.amount(exact(&cap.limit)),
                self.amount(exact(&cap.before)),
                Cell::Empty,
                self.amount(exact(&cap.after)),
            ])?;
        }
        Ok(cell)
    }

    /// Writes a line outside the caps.
    fn other(&self, line: &Line, page: &mut Page<'_>) -> Result<(), XlsxError> {
        let title = line
            .title
            .as_deref()
            .map_or(String::new(), |title| format!(": {title}"));
        let amount = exact(&line.amount);
        let rounded = exact(&line.exact).round(self.minor_units, Rounding::HalfAwayFromZero);
        // A proposal is no money.
        let is_money = line.kind != LineKind::Ratchet;
        let amount = match is_money {
            true if rounded == amount => {
                let at = page.next();
                self.computed_cell(format!("ROUND({}{at},{})", letters(EXACT), self.minor_units), amount)
            }
            true => self.amount(amount),
            false => Cell::Empty,
        };
        page.row(&[
            Cell::text(&format!("{}{title}", line.word)),
            Cell::maybe(line.working.as_deref()),
            if is_money { self.exact_cell(line) } else { Cell::Empty },
            Cell::Empty,
            amount,
            Cell::text(&remarks(line)),
        ])
    }
}

fn remarks(line: &Line) -> String {
    let provisional = line.provisional.then_some("provisional");
    let all: Vec<&str> = line.remarks.iter().map(String::as_str).chain(provisional).collect();
    all.join("; ")
}
