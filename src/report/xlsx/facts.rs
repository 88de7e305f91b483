//! The sheets that list what the report says.

use rust_xlsxwriter::XlsxError;

use super::cell::Cell;
use super::page::Page;
use crate::quantity::Unit;
use crate::report::display::Shown;
use crate::report::view::{Action, Goal, Kpi, View, grade};

/// Writes what the first page of the report says.
pub(super) fn summary(view: &View, page: &mut Page<'_>) -> Result<(), XlsxError> {
    page.widths(&[24, 60, 16, 16])?;
    page.title(&format!("{}, {}", view.card.title, view.period.title))?;
    let contract = view.contract.as_ref();
    let parties = contract.map(|contract| {
        let names = [&contract.provider, &contract.customer];
        names.into_iter().flatten().cloned().collect::<Vec<_>>().join(" for ")
    });
    let reference = contract.and_then(|contract| contract.reference.as_deref());
    let days = format!("{} to {}", view.period.first_day, view.period.last_day);
    for (name, text) in [
        ("Scorecard", Some(view.card.id.as_str())),
        ("Period", Some(view.period.label.as_str())),
        ("Days", Some(days.as_str())),
        ("Time zone", Some(view.period.time_zone.as_str())),
        ("Parties", parties.as_deref()),
        ("Contract", reference),
        ("Terms", Some(view.terms.text.as_str())),
        ("For", Some(view.audience.word())),
        ("State", Some(view.state.code)),
    ] {
        if let Some(text) = text {
            page.row(&[Cell::text(name), Cell::text(&text.replace('_', " "))])?;
        }
    }
    page.gap();
    for sentence in &view.headline {
        page.row(&[Cell::Empty, Cell::text(sentence)])?;
    }
    page.gap();
    if let Some(score) = &view.score {
        page.row(&[Cell::text("Score"), Cell::number(&score.value)])?;
        page.row(&[Cell::text("Grade"), Cell::maybe(grade(score.grade))])?;
        page.row(&[
            Cell::text("Without carve-outs"),
            score.gross.as_ref().map_or(Cell::Empty, Cell::number),
        ])?;
        page.row(&[
            Cell::text("Change"),
            score.change.as_ref().map_or(Cell::Empty, Cell::number),
        ])?;
        page.row(&[
            Cell::text("Weight measured"),
            Cell::of(&score.coverage, Unit::Percent, ""),
        ])?;
        for gate in &score.gates {
            page.row(&[
                Cell::text("Capped at"),
                Cell::number(&gate.cap),
                Cell::text(&gate.title),
            ])?;
        }
    }
    let tally = &view.tally;
    for (name, count) in [
        ("KPIs met", tally.met),
        ("KPIs at risk", tally.below_target),
        ("KPIs missed", tally.missed),
        ("KPIs not applicable", tally.not_applicable),
        ("KPIs without data", tally.no_data),
        ("KPIs", tally.total),
    ] {
        page.row(&[Cell::text(name), Cell::count(count as u64)])?;
    }
    if let Some(money) = &view.money {
        page.row(&[
            Cell::text("Service credit due"),
            Cell::money(&money.credit, &money.currency),
        ])?;
    }
    if !view.changes.is_empty() {
        page.gap();
        page.header(&["Changes", ""])?;
        for change in &view.changes {
            let title = change.title.as_deref();
            page.row(&[Cell::maybe(title), Cell::text(&change.text)])?;
        }
    }
    let actions: Vec<&Action> = view.triggers.iter().chain(&view.actions).collect();
    if !actions.is_empty() {
        page.gap();
        page.header(&["Actions", "", "Who", "By"])?;
        for action in actions {
            page.row(&[
                Cell::text(&action.title),
                Cell::text(&action.text),
                Cell::maybe(action.who.as_deref()),
                Cell::maybe(action.due.as_deref()),
            ])?;
        }
    }
    Ok(())
}

/// Writes one row per KPI, in the order of the contract.
pub(super) fn kpis(view: &View, page: &mut Page<'_>) -> Result<(), XlsxError> {
    const COLUMNS: [&str; 23] = [
        "KPI",
        "Title",
        "Category",
        "Owner",
        "Status",
        "Flags",
        "Actual",
        "Target",
        "Target from",
        "Target to",
        "Minimum",
        "Without carve-outs",
        "Change",
        "Score",
        "Weight",
        "Points",
        "Points available",
        "Points lost",
        "Credit",
        "Rows",
        "Formula",
        "With numbers",
        "Remarks",
    ];
    page.widths(&[
        20, 30, 20, 20, 12, 14, 12, 14, 12, 12, 14, 12, 10, 8, 10, 8, 8, 8, 14, 8, 36, 36, 50,
    ])?;
    page.header(&COLUMNS)?;
    let header = 1;
    let currency = view.money.as_ref().map_or("", |money| &money.currency);
    for kpi in &view.kpis {
        let value = |shown: &Option<Shown>| maybe(shown.as_ref(), kpi.unit, currency);
        let bound = |side: fn(&Goal) -> &Option<Shown>| {
            let bound = kpi.target.as_ref().and_then(|goal| side(goal).as_ref());
            maybe(bound, kpi.unit, currency)
        };
        let points = |shown: &Option<Shown>| shown.as_ref().map_or(Cell::Empty, Cell::number);
        let flags: Vec<&str> = kpi.flags.iter().map(|flag| flag.word).collect();
        let goal = |goal: &Option<Goal>| Cell::maybe(goal.as_ref().map(|goal| goal.display.as_str()));
        let formula = kpi.formula.as_ref();
        page.row(&[
            Cell::text(&kpi.id),
            Cell::text(&kpi.title),
            Cell::maybe(kpi.category.as_deref()),
            Cell::maybe(kpi.owner.as_ref().map(|owner| owner.name.as_str())),
            Cell::text(kpi.status.word),
            Cell::text(&flags.join(", ")),
            value(&kpi.value),
            goal(&kpi.target),
            bound(|goal| &goal.low),
            bound(|goal| &goal.high),
            goal(&kpi.minimum),
            value(&kpi.gross),
            value(&kpi.change),
            points(&kpi.score),
            Cell::number(&kpi.weight),
            points(&kpi.points),
            points(&kpi.points_available),
            points(&kpi.points_lost),
            kpi.credit
                .as_ref()
                .map_or(Cell::Empty, |credit| Cell::money(credit, currency)),
            Cell::count(kpi.rows),
            Cell::maybe(formula.map(|formula| formula.words.as_str())),
            Cell::maybe(formula.and_then(|formula| formula.numbers.as_deref())),
            Cell::text(&remarks(kpi)),
        ])?;
    }
    page.filter(header, COLUMNS.len())?;
    if let Some(omitted) = &view.omitted {
        page.gap();
        page.row(&[Cell::Empty, Cell::text(&omitted.text)])?;
    }
    Ok(())
}

fn remarks(kpi: &Kpi) -> String {
    let absent = kpi.absent.iter().map(|absent| &absent.reason);
    let all: Vec<&str> = absent
        .filter(|reason| !kpi.reasons.contains(reason))
        .chain(&kpi.reasons)
        .chain(&kpi.marks)
        .chain(&kpi.left_out)
        .map(String::as_str)
        .collect();
    all.join("; ")
}

fn maybe(shown: Option<&Shown>, unit: Unit, currency: &str) -> Cell {
    shown.map_or(Cell::Empty, |shown| Cell::of(shown, unit, currency))
}

/// Writes what was excluded, and the claims.
pub(super) fn carve_outs(view: &View, page: &mut Page<'_>) -> Result<(), XlsxError> {
    page.widths(&[26, 26, 12, 14, 18, 14, 14, 10, 14, 50])?;
    let Some(carve_outs) = &view.carve_outs else {
        return page.row(&[Cell::text("Nothing was excluded or claimed.")]);
    };
    let time = |shown: &Option<Shown>| maybe(shown.as_ref(), Unit::Duration, "");
    let score = |shown: &Option<Shown>| shown.as_ref().map_or(Cell::Empty, Cell::number);
    page.row(&[Cell::text("Score with carve-outs"), score(&carve_outs.score_with)])?;
    page.row(&[Cell::text("Score without them"), score(&carve_outs.score_without)])?;
    page.row(&[Cell::text("Time excluded"), time(&carve_outs.totals.time)])?;
    page.row(&[Cell::text("Rows excluded"), Cell::count(carve_outs.totals.rows)])?;
    if !carve_outs.exclusions.is_empty() {
        page.gap();
        page.header(&[
            "KPI",
            "Carve-out",
            "Clause",
            "Cause",
            "Excluded time",
            "Time",
            "Of it down",
            "Rows",
            "Refused by cap",
            "Windows",
        ])?;
        for it in &carve_outs.exclusions {
            page.row(&[
                Cell::text(&it.kpi_title),
                Cell::text(&it.title),
                Cell::maybe(it.clause.as_deref()),
                Cell::maybe(it.cause.as_deref()),
                Cell::text(it.mode),
                time(&it.time),
                time(&it.down),
                Cell::count(it.rows),
                time(&it.refused),
                Cell::text(&it.windows.join("; ")),
            ])?;
        }
    }
    if !carve_outs.claims.is_empty() {
        page.gap();
        page.header(&[
            "Claim", "KPI", "Clause", "By", "Covers", "Outcome", "Amount", "", "Evidence", "Decision",
        ])?;
        for claim in &carve_outs.claims {
            let decision = [&claim.reason, &claim.effect, &claim.decision];
            let decision: Vec<&str> = decision.into_iter().flatten().map(String::as_str).collect();
            page.row(&[
                Cell::text(&claim.id),
                Cell::text(&claim.kpi_title),
                Cell::maybe(claim.clause.as_deref()),
                Cell::text(&claim.by),
                Cell::text(&claim.covers),
                Cell::text(claim.word),
                Cell::text(&claim.amount),
                Cell::Empty,
                Cell::maybe(claim.evidence.as_deref()),
                Cell::text(&decision.join("; ")),
            ])?;
        }
    }
    if !carve_outs.notices.is_empty() {
        page.gap();
        for notice in &carve_outs.notices {
            page.row(&[Cell::text(notice)])?;
        }
    }
    Ok(())
}

/// Writes how the data read, and which files are behind the report.
pub(super) fn provenance(view: &View, page: &mut Page<'_>) -> Result<(), XlsxError> {
    page.widths(&[40, 68, 12, 20, 60])?;
    let through = view.provenance.as_ref().and_then(|it| it.data_through.as_deref());
    for (name, text) in [
        ("Program", view.stamp.program.as_str()),
        ("Language", &view.stamp.language),
        ("Specification, SHA-256", &view.stamp.specification),
        ("Data, SHA-256", &view.stamp.data),
        ("Data admitted through", through.unwrap_or_default()),
        ("Data quality", &view.quality.summary),
    ] {
        if !text.is_empty() {
            page.row(&[Cell::text(name), Cell::text(text)])?;
        }
    }
    if let Some(provenance) = &view.provenance {
        page.gap();
        page.header(&["File", "SHA-256"])?;
        for file in provenance.specification.iter().chain(&provenance.data) {
            page.row(&[Cell::text(&file.path), Cell::text(&file.sha256)])?;
        }
    }
    if !view.quality.sources.is_empty() {
        page.gap();
        page.header(&["Source", "Remarks", "Rows", "Last row"])?;
        for source in &view.quality.sources {
            page.row(&[
                Cell::text(&source.source),
                Cell::text(&source.remarks.join("; ")),
                source.rows.map_or(Cell::Empty, Cell::count),
                Cell::maybe(source.last_row.as_deref()),
            ])?;
        }
    }
    if !view.quality.gaps.is_empty() {
        page.gap();
        page.header(&["KPI", "What is missing"])?;
        for (title, gap) in &view.quality.gaps {
            page.row(&[Cell::text(title), Cell::text(gap)])?;
        }
    }
    Ok(())
}
