//! The sheets that list what the report says.

use rust_xlsxwriter::XlsxError;

use super::cell::Cell;
use super::page::Head::{Left, Right};
use super::page::{Head, Page};
use crate::quantity::Unit;
use crate::report::display::Shown;
use crate::report::view::{Action, Change, Goal, Kpi, View, grade};

/// Writes what the first page of the report says.
pub(super) fn summary(view: &View, page: &mut Page<'_>) -> Result<(), XlsxError> {
    page.widths(&[24, 72, 30, 14])?;
    page.title(&format!("{}, {}", view.card.title, view.period.title))?;
    let contract = view.contract.as_ref();
    let parties = contract.map(|contract| {
        let names = [&contract.provider, &contract.customer];
        names.into_iter().flatten().cloned().collect::<Vec<_>>().join(" for ")
    });
    let state = match view.state.incomplete {
        true => format!("{}, incomplete", view.state.code),
        false => view.state.code.to_owned(),
    };
    page.fact("Scorecard", Cell::text(&view.card.id))?;
    page.fact("Period", Cell::text(&view.period.label))?;
    page.fact("First day", Cell::instant(&view.period.first_day))?;
    page.fact("Last day", Cell::instant(&view.period.last_day))?;
    page.fact("Time zone", Cell::text(&view.period.time_zone))?;
    for (name, text) in [
        ("Parties", parties.as_deref()),
        ("Contract", contract.and_then(|contract| contract.reference.as_deref())),
        ("Terms", Some(view.terms.text.as_str())),
        ("For", Some(view.audience.word())),
    ] {
        if let Some(text) = text {
            page.fact(name, Cell::text(text))?;
        }
    }
    published(view, page)?;
    page.fact("State", Cell::text(&state.replace('_', " ")))?;
    for reason in &view.state.reasons {
        page.fact("", Cell::text(reason))?;
    }
    page.gap();
    for sentence in &view.headline {
        page.row(&[Cell::Empty, Cell::text(sentence)])?;
    }
    page.gap();
    if let Some(score) = &view.score {
        page.fact("Score", Cell::number(&score.value))?;
        page.fact("Grade", Cell::maybe(grade(score.grade)))?;
        let plain = |shown: &Option<Shown>| shown.as_ref().map_or(Cell::Empty, Cell::number);
        page.fact("Without carve-outs", plain(&score.gross))?;
        page.fact("Change", plain(&score.change))?;
        page.fact("Weight measured", Cell::of(&score.coverage, Unit::Percent, ""))?;
        for gate in &score.gates {
            page.fact(&format!("Capped by {}", gate.title), Cell::number(&gate.cap))?;
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
        page.fact(name, Cell::count(count as u64))?;
    }
    if let Some(money) = &view.money {
        page.fact("Service credit due", Cell::money(&money.credit, &money.currency))?;
    }
    listed("Changes", &view.changes, page)?;
    let restated = match view.publication.edition {
        Some(_) => "What this edition restates",
        None => "What differs from the published edition",
    };
    listed(restated, &view.publication.differences, page)?;
    let actions: Vec<&Action> = view.triggers.iter().chain(&view.actions).collect();
    if !actions.is_empty() {
        page.gap();
        page.header(&[Left("Actions"), Left(""), Left("Who"), Left("By")])?;
        for action in actions {
            page.row(&[
                Cell::text(&action.title),
                Cell::text(&action.text),
                Cell::maybe(action.who.as_deref()),
                action.due.as_deref().map_or(Cell::Empty, Cell::instant),
            ])?;
        }
    }
    Ok(())
}

/// Writes whether the report is published, as which edition and why.
fn published(view: &View, page: &mut Page<'_>) -> Result<(), XlsxError> {
    let publication = &view.publication;
    let text = match publication.edition {
        Some(edition) => format!("{}, edition {edition}", publication.code),
        None => publication.code.to_owned(),
    };
    page.fact("Published", Cell::text(&text))?;
    match &publication.reason {
        Some(reason) => page.fact("Restated because", Cell::text(reason)),
        None => Ok(()),
    }
}

fn listed(name: &str, changes: &[Change], page: &mut Page<'_>) -> Result<(), XlsxError> {
    if changes.is_empty() {
        return Ok(());
    }
    page.gap();
    page.header(&[Left(name), Left("")])?;
    for change in changes {
        page.row(&[Cell::maybe(change.title.as_deref()), Cell::text(&change.text)])?;
    }
    Ok(())
}

/// Writes one row per KPI, in the order of the contract.
pub(super) fn kpis(view: &View, page: &mut Page<'_>) -> Result<(), XlsxError> {
    const COLUMNS: [Head<'_>; 23] = [
        Left("KPI"),
        Left("Title"),
        Left("Category"),
        Left("Owner"),
        Left("Status"),
        Left("Flags"),
        Right("Actual"),
        Left("Target"),
        Right("Target from"),
        Right("Target to"),
        Left("Minimum"),
        Right("Without carve-outs"),
        Right("Change"),
        Right("Score"),
        Right("Weight"),
        Right("Points"),
        Right("Points available"),
        Right("Points lost"),
        Right("Credit"),
        Right("Rows"),
        Left("Formula"),
        Left("With numbers"),
        Left("Remarks"),
    ];
    page.widths(&[
        22, 30, 20, 22, 14, 14, 14, 14, 12, 12, 14, 14, 12, 8, 10, 8, 10, 8, 14, 8, 36, 36, 50,
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
            Cell::status(kpi.verdict),
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
    page.filter(header, COLUMNS.len(), 2)?;
    // What every reader wants on the first, how it came about on the second.
    page.print_wide(2);
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
    page.widths(&[28, 28, 14, 16, 20, 14, 14, 12, 16, 50])?;
    let Some(carve_outs) = &view.carve_outs else {
        return page.note("Nothing was excluded or claimed.");
    };
    let time = |shown: &Option<Shown>| maybe(shown.as_ref(), Unit::Duration, "");
    let score = |shown: &Option<Shown>| shown.as_ref().map_or(Cell::Empty, Cell::number);
    page.title(&format!("Carve-outs and claims, {}", view.period.title))?;
    page.fact("Score with carve-outs", score(&carve_outs.score_with))?;
    page.fact("Score without them", score(&carve_outs.score_without))?;
    page.fact("Time excluded", time(&carve_outs.totals.time))?;
    page.fact("Rows excluded", Cell::count(carve_outs.totals.rows))?;
    if !carve_outs.exclusions.is_empty() {
        page.gap();
        page.header(&[
            Left("KPI"),
            Left("Carve-out"),
            Left("Clause"),
            Left("Cause"),
            Left("Excluded time"),
            Right("Time"),
            Right("Of it down"),
            Right("Rows"),
            Right("Refused by cap"),
            Left("Windows"),
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
        let names = [
            "Claim", "KPI", "Clause", "By", "Covers", "Outcome", "Amount", "Notified", "Evidence", "Decision",
        ];
        page.header(&names.map(Left))?;
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
                claim.notified.as_deref().map_or(Cell::Empty, Cell::instant),
                Cell::maybe(claim.evidence.as_deref()),
                Cell::text(&decision.join("; ")),
            ])?;
        }
    }
    if !carve_outs.notices.is_empty() {
        page.gap();
        for notice in &carve_outs.notices {
            page.note(notice)?;
        }
    }
    Ok(())
}

/// Writes how the data read, and which files are behind the report.
pub(super) fn provenance(view: &View, page: &mut Page<'_>) -> Result<(), XlsxError> {
    page.widths(&[40, 70, 12, 18])?;
    page.title(&format!("Provenance, {}", view.period.title))?;
    published(view, page)?;
    let through = view.provenance.as_ref().and_then(|it| it.data_through.as_deref());
    for (name, text) in [
        ("Program", view.stamp.program.as_str()),
        ("Language", &view.stamp.language),
        ("Specification, SHA-256", &view.stamp.specification),
        ("Data, SHA-256", &view.stamp.data),
    ] {
        page.fact(name, Cell::text(text))?;
    }
    if let Some(through) = through {
        page.fact("Data admitted through", Cell::instant(through))?;
    }
    page.fact("Data quality", Cell::text(&view.quality.summary))?;
    if let Some(provenance) = &view.provenance {
        page.gap();
        page.header(&[Left("File"), Left("SHA-256")])?;
        for file in provenance.specification.iter().chain(&provenance.data) {
            page.row(&[Cell::text(&file.path), Cell::text(&file.sha256)])?;
        }
    }
    if !view.quality.sources.is_empty() {
        page.gap();
        page.header(&[Left("Source"), Left("Remarks"), Right("Rows"), Left("Last row")])?;
        for source in &view.quality.sources {
            page.row(&[
                Cell::text(&source.source),
                Cell::text(&source.remarks.join("; ")),
                source.rows.map_or(Cell::Empty, Cell::count),
                source.last_row.as_deref().map_or(Cell::Empty, Cell::instant),
            ])?;
        }
    }
    if !view.quality.gaps.is_empty() {
        page.gap();
        page.header(&[Left("KPI"), Left("What is missing")])?;
        for (title, gap) in &view.quality.gaps {
            page.row(&[Cell::text(title), Cell::text(gap)])?;
        }
    }
    Ok(())
}
