use serde_json::{Map, Value, json};

use super::escape::plain;
use super::view::{Kpi, View, grade};
use crate::assess::outcome::Verdict;

/// Lines a summary has at most.
const MOST_LINES: usize = 25;
/// Characters a line has at most, paths aside.
const COLUMNS: usize = 80;
/// Characters between two columns, and those that a name and the remarks keep at least.
const GAP: usize = 2;
const LEAST_NAME: usize = 12;
const LEAST_REMARK: usize = 11;
/// Cards, KPIs and paths named one by one; the rest is counted.
const CARDS: usize = 8;
const KPIS: usize = 8;
const PATHS: usize = 4;

/// Writes what a build came to: cards worst first, what went wrong worst first, written paths last; at most 25 lines.
pub fn summary(views: &[View], written: &[String], color: bool) -> String {
    let mut lines = Vec::new();
    let cards = worst_first(views);
    lines.extend(aligned(
        cards.iter().take(CARDS).map(|view| card(view)).collect(),
        &Giving {
            name: 0,
            cut: shortened,
            remark: LEAST_REMARK,
        },
        |_, text| text.to_owned(),
    ));
    lines.extend(rest(cards.len(), CARDS, "scorecard", "scorecards"));

    let mut wrong: Vec<(&View, &Kpi)> = views
        .iter()
        .flat_map(|view| view.kpis.iter().map(move |kpi| (view, kpi)))
        .filter(|(_, kpi)| is_wrong(kpi))
        .collect();
    wrong.sort_by_key(|(view, kpi)| {
        let lost = kpi.points_lost.as_ref().map_or(0, |lost| hundredths(&lost.raw));
        (std::cmp::Reverse(lost), kpi.rank, view.card.id.clone())
    });
    if !wrong.is_empty() {
        lines.push(String::new());
        let is_alone = views.len() == 1;
        let rows = wrong.iter().take(KPIS).map(|(view, kpi)| one(view, kpi, is_alone));
        let giving = Giving {
            name: 1,
            cut: shortened_path,
            remark: 0,
        };
        lines.extend(aligned(rows.collect(), &giving, |row, status| match color {
            true => colored(wrong[row].1.verdict, status),
            false => status.to_owned(),
        }));
        lines.extend(rest(wrong.len(), KPIS, "KPI", "KPIs"));
    }
    if !written.is_empty() {
        lines.push(String::new());
        // The page that leads to all others first; charts last, which nobody opens on their own.
        let is_index = |path: &str| path.rsplit(['/', '\\']).next() == Some("index.html");
        let mut named: Vec<&String> = written.iter().collect();
        named.sort_by_key(
            |path| match (is_index(path) && views.len() > 1, path.ends_with(".svg")) {
                (true, _) => path.matches('/').count(),
                (false, is_chart) => usize::MAX - usize::from(!is_chart),
            },
        );
        lines.extend(named.iter().take(PATHS).map(|path| format!("wrote {}", plain(path))));
        lines.extend(rest(written.len(), PATHS, "file", "files"));
    }
    debug_assert!(lines.len() <= MOST_LINES, "the parts are limited so that they fit");
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// What a build came to, for programs: every card and KPI in order, every written path.
pub fn summary_data(views: &[View], written: &[String]) -> Map<String, Value> {
    let reports = views.iter().map(|view| {
        let kpis = view.kpis.iter().map(|kpi| {
            json!({
                "id": kpi.id,
                "verdict": kpi.verdict,
                "flags": kpi.flags.iter().map(|flag| json!(flag.code)).collect::<Value>(),
                "value": kpi.value,
                "points_lost": kpi.points_lost,
                "credit": kpi.credit,
            })
        });
        json!({
            "scorecard": view.card.id,
            "period": view.period.label,
            "in_force": view.in_force,
            "publication": view.publication,
            "state": view.state,
            "score": view.score,
            "tally": view.tally,
            "currency": view.money.as_ref().map(|money| &money.currency),
            "credit": view.money.as_ref().map(|money| &money.credit),
            "kpis": kpis.collect::<Value>(),
        })
    });
    Map::from_iter([
        ("reports".to_owned(), reports.collect()),
        ("written".to_owned(), json!(written)),
    ])
}

/// The reports of cards without a score, then by score, then those whose contract is not in force.
pub(super) fn worst_first(views: &[View]) -> Vec<&View> {
    let mut cards: Vec<&View> = views.iter().collect();
    cards.sort_by_key(|view| {
        let score = view.score.as_ref().map(|score| hundredths(&score.value.raw));
        (!view.in_force, view.score.is_some(), score, view.card.id.clone())
    });
    cards
}

/// Whether a KPI needs somebody's attention.
pub(super) fn is_wrong(kpi: &Kpi) -> bool {
    matches!(kpi.verdict, Verdict::Default | Verdict::BelowTarget | Verdict::NoData)
}

fn rest(all: usize, shown: usize, one: &str, many: &str) -> Option<String> {
    let more = all.saturating_sub(shown);
    let name = if more == 1 { one } else { many };
    (more > 0).then(|| format!("… and {more} more {name}"))
}

/// Which cells of a row give way where a line would be too long.
struct Giving {
    /// The column of names.
    name: usize,
    /// Cuts a name.
    cut: fn(&str, usize) -> String,
    /// Characters of the last column, the remarks, that a name makes room for.
    remark: usize,
}

/// Writes rows with their cells below each other and remarks behind them, none longer than [`COLUMNS`]; the first
/// cell dressed up by `dress`, which may not change its width.
fn aligned(mut rows: Vec<Vec<String>>, giving: &Giving, dress: impl Fn(usize, &str) -> String) -> Vec<String> {
    let width = |text: &str| text.chars().count();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |rows: &[Vec<String>], column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| width(cell)).max().unwrap_or(0)
    };
    // A column that nobody fills takes no room.
    let taken: usize = (0..columns)
        .map(|column| match widest(&rows, column) {
            wide if column + 1 == columns => wide.min(giving.remark),
            wide => wide,
        })
        .filter(|wide| *wide > 0)
        .map(|wide| wide + GAP)
        .sum();
    let room = (widest(&rows, giving.name) + COLUMNS + GAP)
        .saturating_sub(taken)
        .max(LEAST_NAME);
    for cell in rows.iter_mut().filter_map(|row| row.get_mut(giving.name)) {
        *cell = (giving.cut)(cell, room);
    }
    let wide: Vec<usize> = (0..columns).map(|column| widest(&rows, column)).collect();
    let line = |(index, row): (usize, &Vec<String>)| {
        let (mut text, mut at) = (String::new(), 0);
        let (cells, remark) = row.split_at(row.len().min(columns - 1));
        for (cell, wide) in cells.iter().zip(&wide).filter(|(_, wide)| **wide > 0) {
            if !cell.is_empty() {
                text.push_str(&" ".repeat(at - width(&text)));
                text.push_str(cell);
            }
            at += wide + GAP;
        }
        let room = COLUMNS.saturating_sub(width(&text) + GAP);
        if let Some(remark) = remark.first().filter(|it| !it.is_empty() && room >= LEAST_REMARK) {
            text.push_str(&" ".repeat(GAP));
            text.push_str(&shortened(remark, room));
        }
        let text = shortened(&text, COLUMNS);
        let first = row.first().map_or("", String::as_str);
        match text.strip_prefix(first) {
            Some(rest) => format!("{}{rest}", dress(index, first)),
            None => text,
        }
    };
    rows.iter().enumerate().map(line).collect()
}

/// Cuts a text to `room` characters, ending in an ellipsis where it was cut.
fn shortened(text: &str, room: usize) -> String {
    match text.chars().count() <= room {
        true => text.to_owned(),
        false => {
            let kept: String = text.chars().take(room.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

/// Cuts `card/kpi` to `room` characters at the card, which the lines above name.
fn shortened_path(text: &str, room: usize) -> String {
    let length = text.chars().count();
    match (length <= room, text.split_once('/')) {
        (true, _) => text.to_owned(),
        (false, Some((card, kpi))) => {
            let left = room.saturating_sub(kpi.chars().count() + 1);
            match left {
                0..6 => shortened(kpi, room),
                left => format!("{}/{kpi}", shortened(card, left)),
            }
        }
        (false, None) => shortened(text, room),
    }
}

/// The colour is beside the shape and the word, never in their place.
fn colored(verdict: Verdict, text: &str) -> String {
    let code = match verdict {
        Verdict::Default => "31",
        Verdict::BelowTarget => "33",
        Verdict::Met => "32",
        Verdict::NotApplicable | Verdict::NoData => "2",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// The number of hundredths of a decimal, for ordering.
fn hundredths(raw: &str) -> i64 {
    crate::quantity::Rational::parse_decimal(raw)
        .and_then(|number| {
            number
                .round(2, crate::quantity::Rounding::HalfEven)
                .scaled(2, crate::quantity::Rounding::Floor)
                .try_into()
                .ok()
        })
        .unwrap_or(0)
}

fn card(view: &View) -> Vec<String> {
    let head = [plain(&view.card.id).into_owned(), view.period.label.clone()];
    if !view.in_force {
        return head.into_iter().chain(["not in force".to_owned()]).collect();
    }
    let score = match &view.score {
        Some(score) => match grade(score.grade) {
            Some(grade) => format!("{} {grade}", score.value.display),
            None => score.value.display.clone(),
        },
        None => "no score".to_owned(),
    };
    let change = view.score.as_ref().and_then(|score| score.change.as_ref());
    let credit = view.money.as_ref().filter(|money| money.credit.raw != "0");
    let mut remarks = Vec::new();
    if view.state.code != "complete" {
        remarks.push(view.state.code.replace('_', " "));
    }
    if view.state.incomplete {
        remarks.push("incomplete".to_owned());
    }
    if let Some(edition) = view.publication.edition {
        remarks.push(format!("{}, edition {edition}", view.publication.code));
    }
    let rest = [
        change.map_or_else(|| score.clone(), |change| format!("{score} {}", change.display)),
        format!("{}/{} met", view.tally.met, view.tally.judged),
        credit.map_or_else(String::new, |money| money.credit.display.clone()),
        remarks.join(", "),
    ];
    head.into_iter().chain(rest).collect()
}

fn one(view: &View, kpi: &Kpi, is_alone: bool) -> Vec<String> {
    let id = plain(&kpi.id);
    let name = match is_alone {
        true => id.into_owned(),
        false => format!("{}/{id}", plain(&view.card.id)),
    };
    let lost = kpi.points_lost.as_ref().filter(|lost| lost.raw != "0");
    let credit = kpi.credit.as_ref().filter(|credit| credit.raw != "0");
    let absent = kpi.absent.iter().map(|absent| plain(&absent.reason).into_owned());
    let remarks: Vec<String> = absent
        .chain(kpi.flags.iter().map(|flag| flag.word.to_owned()))
        .collect();
    vec![
        format!("{} {}", kpi.status.shape, kpi.status.word),
        name,
        kpi.value
            .as_ref()
            .map_or_else(String::new, |value| value.display.clone()),
        kpi.target
            .as_ref()
            .map_or_else(String::new, |target| target.display.clone()),
        lost.map_or_else(String::new, |lost| format!("−{} pts", lost.display)),
        credit.map_or_else(String::new, |credit| credit.display.clone()),
        remarks.join(", "),
    ]
}
