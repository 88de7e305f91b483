use serde_json::{Map, Value, json};

use super::display::count;
use super::escape::plain;
use super::view::{Claim, Context, Exclusion, Kpi, View, measured_by};
use super::{Audience, Input};
use crate::measure::facts::Coverage;
use crate::resolve::terms::{self, Goal};

/// The rows behind a number, as measuring saw them.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Trace {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<TraceRow>,
    /// Rows that are not listed.
    pub more: u64,
}

/// One row behind a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TraceRow {
    /// File and line, such as `data/outages.csv:12`.
    pub place: String,
    /// One text per column.
    pub cells: Vec<String>,
    /// What became of it, such as `late` or `excluded by customer-caused`.
    pub role: String,
}

/// Width of the column of names.
const NAME: usize = 11;

/// Writes the whole derivation of one KPI of the reported period, or why there is none; `None` where no version
/// of the terms has such a KPI.
pub fn explain(input: &Input<'_>, kpi: &str, trace: Option<&Trace>) -> Option<String> {
    let view = View::build(input, Audience::DEFAULT);
    let context = Context::new(input, Audience::DEFAULT);
    let is_retired = context.terms.kpis.get(kpi).is_some_and(|kpi| kpi.retired.is_some());
    let Some(shown) = view.kpis.iter().find(|it| it.id == kpi && !is_retired) else {
        return without_outcome(&context, &view, kpi);
    };
    let mut page = Page::default();
    page.line(&format!(
        "{} ({}/{}), {}",
        shown.title, view.card.id, shown.id, view.period.title
    ));
    page.line(&head(shown));
    page.gap();
    source(&context, shown, &mut page);
    let has_carve_outs = !context.terms.kpis[&shown.id].carve_outs.is_empty();
    derivation(shown, has_carve_outs, &mut page);
    claims(&view, shown, &mut page);
    page.gap();
    judgement(&context, &view, shown, &mut page);
    credit(&context, &view, shown, &mut page);
    if let Some(trace) = trace {
        rows(trace, &mut page);
    }
    Some(page.text)
}

/// The same for programs; `None` where no version of the terms has such a KPI.
pub fn explain_data(input: &Input<'_>, kpi: &str, trace: Option<&Trace>) -> Option<Map<String, Value>> {
    let view = View::build(input, Audience::DEFAULT);
    let context = Context::new(input, Audience::DEFAULT);
    let shown = view.kpis.iter().find(|it| it.id == kpi);
    let absent = match shown {
        Some(_) => None,
        // Below the title stands why there is none.
        None => without_outcome(&context, &view, kpi)?.lines().last().map(str::to_owned),
    };
    let money = view
        .money
        .iter()
        .flat_map(|money| money.credits.iter().chain(&money.others));
    let claims = view.carve_outs.iter().flat_map(|it| &it.claims);
    Some(Map::from_iter([
        ("scorecard".to_owned(), json!(view.card.id)),
        ("period".to_owned(), json!(view.period.label)),
        ("terms".to_owned(), json!(view.terms)),
        ("kpi".to_owned(), json!(shown)),
        ("absent".to_owned(), json!(absent)),
        (
            "claims".to_owned(),
            claims
                .filter(|claim| claim.kpi == kpi)
                .map(|claim| json!(claim))
                .collect(),
        ),
        (
            "money".to_owned(),
            money
                .filter(|line| line.kpi.as_deref() == Some(kpi))
                .map(|line| json!(line))
                .collect(),
        ),
        ("trace".to_owned(), json!(trace)),
    ]))
}

/// Says why a KPI that some version of the terms has was not judged in the reported period.
fn without_outcome(context: &Context<'_>, view: &View, id: &str) -> Option<String> {
    let versions = &context.input.timeline.versions;
    let of = |version: &terms::Version| version.terms.kpis.get(id).cloned();
    let then = context.version.terms.kpis.get(id).cloned();
    let kpi = then.clone().or_else(|| versions.iter().rev().find_map(of))?;
    let period = &view.period.title;
    let reason = if !view.in_force {
        super::view::not_in_force(context.terms.contract.as_ref(), context.outcome.period)
    } else if let Some(retired) = then.as_ref().and_then(|kpi| kpi.retired.as_ref()) {
        match &retired.replaced_by {
            Some(heir) => format!("It is retired in {period}, replaced by {}.", context.kpi_title(heir)),
            None => format!("It is retired in {period}."),
        }
    } else {
        let now = context.version.effective;
        let has_it = |version: &&terms::Version| version.terms.kpis.contains_key(id);
        let added = versions.iter().filter(|version| version.effective > now).find(has_it);
        let was_there = versions
            .iter()
            .filter(|version| version.effective < now)
            .any(|it| has_it(&it));
        match added.and_then(|version| version.amendment.as_ref()) {
            Some(amendment) => format!(
                "It is not part of the scorecard in {period}: {} adds it from {}.",
                amendment.id, amendment.effective
            ),
            None if was_there => format!("It is no longer part of the scorecard in {period}."),
            None => format!("It is not judged in {period}."),
        }
    };
    let mut page = Page::default();
    page.line(&format!("{} ({}/{id}), {period}", kpi.title, view.card.id));
    page.line(&reason);
    Some(page.text)
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(plain(line).trim_end());
        self.text.push('\n');
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }

    /// Writes `name` and its lines, the further ones below the first.
    fn entry(&mut self, name: &str, lines: &[String]) {
        for (index, line) in lines.iter().enumerate() {
            let name = if index == 0 { name } else { "" };
            self.line(&format!("{name:<NAME$} {line}"));
        }
    }
}

fn head(kpi: &Kpi) -> String {
    let mut text = format!("{} {}", kpi.status.shape, kpi.status.word);
    for flag in &kpi.flags {
        text = format!("{text} [{}]", flag.word);
    }
    match (&kpi.value, &kpi.absent) {
        (Some(value), _) => format!("{text}: {}", value.display),
        (None, Some(absent)) => format!("{text}: {}", absent.reason),
        (None, None) => text,
    }
}

fn source(context: &Context<'_>, kpi: &Kpi, page: &mut Page) {
    let terms = &context.terms.kpis[&kpi.id];
    let mut measured = measured_by(&terms.measure);
    if terms.window > 1 {
        measured.push(format!("over the last {} periods", terms.window));
    }
    measured.extend(amended(context, &kpi.id, |kpi| Some(&kpi.measure)));
    page.entry("Measure", &measured);
    let card = &context.input.timeline.id;
    let mut read = Vec::new();
    for source in super::view::sources(&terms.measure) {
        let profile = context.input.facts.profiles.get(&(card.clone(), source.clone()));
        read.push(match profile {
            Some(profile) => format!(
                "{source}: {} read from {}",
                count(profile.rows, "row", "rows"),
                count(profile.files.len() as u64, "file", "files")
            ),
            None => source,
        });
    }
    page.entry("Source", &read);
    let fact = context
        .outcome
        .kpis
        .iter()
        .find(|it| it.id == kpi.id)
        .and_then(|it| it.fact.as_ref());
    let coverage = match (fact.map(|fact| fact.coverage), &kpi.covered_until) {
        (Some(Coverage::Full), _) => "the whole period".to_owned(),
        (Some(Coverage::Partial(_)), Some(until)) => format!("until {until}, the rest is not covered by data"),
        _ => "nothing".to_owned(),
    };
    page.entry("Covered", &[coverage]);
    if kpi.rows > 0 {
        page.entry(
            "Rows",
            &[count(kpi.rows, "row behind the value", "rows behind the value")],
        );
    }
    page.entry("Left out", &kpi.left_out);
}

fn derivation(kpi: &Kpi, has_carve_outs: bool, page: &mut Page) {
    let excluded: Vec<String> = kpi.exclusions.iter().map(exclusion).collect();
    page.entry("Carve-outs", &excluded);
    if let Some(formula) = &kpi.formula {
        let mut lines = vec![formula.words.clone()];
        lines.extend(formula.numbers.iter().map(|numbers| format!("= {numbers}")));
        lines.push(format!("= {}", formula.result));
        lines.extend(formula.legend.iter().map(|line| format!("  {line}")));
        page.entry("Formula", &lines);
    }
    let value = |shown: &Option<super::display::Shown>| {
        shown.as_ref().map_or_else(
            || "no value".to_owned(),
            |shown| match &shown.exact {
                Some(exact) => format!("{} (exactly {exact})", shown.display),
                None => format!("{} (exactly {})", shown.display, shown.raw),
            },
        )
    };
    if has_carve_outs {
        page.entry(
            "Gross",
            &[format!(
                "{}, {} without carve-outs",
                value(&kpi.gross),
                kpi.gross_verdict.word.to_lowercase()
            )],
        );
        page.entry("Net", &[value(&kpi.value)]);
    } else {
        page.entry("Value", &[value(&kpi.value)]);
    }
    page.entry("", &kpi.marks);
}

fn exclusion(it: &Exclusion) -> String {
    let clause = it
        .clause
        .as_ref()
        .map_or_else(String::new, |clause| format!("{clause} "));
    let mut parts = Vec::new();
    if let Some(time) = &it.time {
        parts.push(format!("{} excluded, {}", time.display, it.mode));
    }
    if let Some(down) = &it.down {
        parts.push(format!("{} of it down", down.display));
    }
    if it.rows > 0 {
        parts.push(format!("{} excluded", count(it.rows, "row", "rows")));
    }
    if let Some(refused) = &it.refused {
        parts.push(format!("{} refused by its cap", refused.display));
    }
    if !it.windows.is_empty() {
        parts.push(it.windows.join("; "));
    }
    format!("{clause}{}: {}", it.title, parts.join(", "))
}

fn claims(view: &View, kpi: &Kpi, page: &mut Page) {
    let lines: Vec<String> = view
        .carve_outs
        .iter()
        .flat_map(|it| &it.claims)
        .filter(|claim| claim.kpi == kpi.id)
        .map(claim)
        .collect();
    page.entry("Claims", &lines);
}

fn claim(it: &Claim) -> String {
    let mut text = format!("{} ({}), {}: {}", it.id, it.carve_out, it.covers, it.word);
    for part in [&it.reason, &it.effect, &it.decision].into_iter().flatten() {
        text = format!("{text}; {part}");
    }
    text
}

fn judgement(context: &Context<'_>, view: &View, kpi: &Kpi, page: &mut Page) {
    let goal =
        |name: &str, shown: Option<&super::view::Goal>, page: &mut Page, pick: fn(&terms::Kpi) -> Option<&Goal>| {
            if let Some(shown) = shown {
                let origin = origin(context, &kpi.id, pick).unwrap_or_else(|| "original terms".to_owned());
                page.entry(name, &[format!("{} ({origin})", shown.words)]);
            }
        };
    goal("Target", kpi.target.as_ref(), page, |kpi| kpi.target.as_ref());
    goal("Minimum", kpi.minimum.as_ref(), page, |kpi| kpi.minimum.as_ref());
    let mut verdict = vec![format!("{} {}", kpi.status.shape, kpi.status.word)];
    verdict.extend(kpi.reasons.iter().cloned());
    verdict.extend(kpi.flags.iter().map(|flag| format!("{}: {}", flag.word, flag.meaning)));
    page.entry("Verdict", &verdict);
    let mut score = Vec::new();
    if let Some(shown) = &kpi.score {
        score.push(match &kpi.score_working {
            Some(working) if working.contains(' ') => format!("{} = {working}", shown.display),
            _ => shown.display.clone(),
        });
    }
    score.push(match (&kpi.points, &kpi.points_available) {
        (Some(points), Some(available)) => format!(
            "weight {}: {} of {} points",
            kpi.weight.display, points.display, available.display
        ),
        _ => format!("weight {}, not in the score", kpi.weight.display),
    });
    score.extend(amended(context, &kpi.id, |kpi| Some(&kpi.scoring)).map(|origin| format!("scoring {origin}")));
    score.extend(amended(context, &kpi.id, |kpi| Some(&kpi.weight)).map(|origin| format!("weight {origin}")));
    if let Some(total) = &view.score {
        score.push(format!("the card scores {} of 100", total.value.display));
    }
    page.entry("Score", &score);
}

/// Says which amendment set a field of the KPI, as a line of its own; nothing where the original terms did.
fn amended<'t, T: PartialEq + 't>(
    context: &'t Context<'_>,
    id: &str,
    pick: impl Fn(&'t terms::Kpi) -> Option<&'t T>,
) -> Option<String> {
    origin(context, id, pick).map(|origin| format!("({origin})"))
}

/// Returns which amendment set a field in force, by looking where it last changed; `None`: the original terms.
fn origin<'t, T: PartialEq + 't>(
    context: &'t Context<'_>,
    id: &str,
    pick: impl Fn(&'t terms::Kpi) -> Option<&'t T>,
) -> Option<String> {
    let mut origin = None;
    let mut before: Option<&T> = None;
    for (index, version) in context.input.timeline.versions.iter().enumerate() {
        if version.effective > context.version.effective {
            break;
        }
        let field = version.terms.kpis.get(id).and_then(&pick);
        if index > 0
            && field != before
            && let Some(amendment) = &version.amendment
        {
            let reference = amendment
                .reference
                .as_ref()
                .map_or_else(String::new, |reference| format!(", {reference}"));
            origin = Some(format!(
                "{}{reference}, effective {}",
                amendment.id, amendment.effective
            ));
        }
        before = field;
    }
    origin
}

fn credit(context: &Context<'_>, view: &View, kpi: &Kpi, page: &mut Page) {
    let Some(money) = &view.money else { return };
    let mut lines = Vec::new();
    for line in money.credits.iter().chain(&money.others) {
        if line.kpi.as_ref() != Some(&kpi.id) {
            continue;
        }
        let working = line
            .working
            .as_ref()
            .map_or_else(String::new, |working| format!("{working} = "));
        let mut text = format!("{working}{}", line.exact.display);
        if line.amount.raw != line.exact.raw {
            text = format!("{text}, due {}", line.amount.display);
        }
        lines.push(match line.word {
            "Service credit" => text,
            word => format!("{word}: {text}"),
        });
        lines.extend(line.remarks.iter().cloned());
    }
    if !lines.is_empty() {
        lines.extend(amended(context, &kpi.id, |kpi| kpi.credit.as_ref()));
        lines.extend(money.caps.iter().filter(|cap| cap.cuts).map(|cap| {
            format!(
                "cap {}: all credits {} → {}",
                cap.name, cap.before.display, cap.after.display
            )
        }));
        page.entry("Credit", &lines);
    }
    if let Some(impact) = &kpi.impact {
        page.entry("Impact", std::slice::from_ref(impact));
    }
}

fn rows(trace: &Trace, page: &mut Page) {
    page.gap();
    let header: Vec<String> = ["row".to_owned()]
        .into_iter()
        .chain(trace.columns.iter().cloned())
        .chain(["counts as".to_owned()])
        .collect();
    let table: Vec<Vec<String>> = trace
        .rows
        .iter()
        .map(|row| {
            let mut cells = vec![row.place.clone()];
            cells.extend(row.cells.iter().cloned());
            cells.resize(header.len() - 1, String::new());
            cells.push(row.role.clone());
            cells
        })
        .collect();
    let width = |column: usize| {
        std::iter::once(&header)
            .chain(&table)
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
            .min(40)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    for row in std::iter::once(&header).chain(&table) {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:<width$}"))
            .collect();
        page.line(&cells.join("  "));
    }
    if trace.more > 0 {
        page.line(&format!("… and {} more", count(trace.more, "row", "rows")));
    }
}
