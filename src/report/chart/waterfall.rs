use super::number;
use super::svg::{Anchor, Safe, Svg, Theme, at, class, fit, shape, text_width};
use crate::report::view::{Kpi, View, verdict_code};

const LABELS: f64 = 210.0;
const RIGHT: f64 = 590.0;
const WIDTH: f64 = 720.0;
const ROW: f64 = 24.0;

/// One bar: from, to, and what it says.
struct Step {
    label: String,
    class: String,
    code: &'static str,
    from: f64,
    to: f64,
    text: String,
}

/// Draws how 100 points became the score, largest loss first.
pub(super) fn draw(view: &View, theme: Theme) -> Option<Safe> {
    let score = view.score.as_ref()?;
    let mut kpis: Vec<&Kpi> = view.kpis.iter().filter(|kpi| kpi.points_lost.is_some()).collect();
    kpis.sort_by_key(|kpi| kpi.rank);
    if kpis.is_empty() {
        return None;
    }
    let mut level = 100.0;
    let mut steps = Vec::new();
    let mut said = Vec::new();
    let mut full = 0usize;
    for kpi in kpis {
        let (Some(lost), Some(available)) = (&kpi.points_lost, &kpi.points_available) else {
            continue;
        };
        if lost.raw == "0" {
            full += 1;
            continue;
        }
        let text = format!("{} of {}", negated(&lost.display), available.display);
        said.push(format!("{} {text}", kpi.title));
        let code = verdict_code(kpi.verdict);
        steps.push(Step {
            label: kpi.title.clone(),
            class: class(code).replace("m ", ""),
            code,
            from: level,
            to: level - number(lost),
            text,
        });
        level -= number(lost);
    }
    if let Some(omitted) = &view.omitted
        && let Some(lost) = &omitted.points_lost
    {
        steps.push(Step {
            label: "Other KPIs".to_owned(),
            class: "tot".to_owned(),
            code: "",
            from: level,
            to: level - number(lost),
            text: negated(&lost.display),
        });
        level -= number(lost);
    }
    for gate in &score.gates {
        steps.push(Step {
            label: format!("Gate: {}", gate.title),
            class: "missed".to_owned(),
            code: "default",
            from: level,
            to: number(&gate.cap).min(level),
            text: format!("capped at {}", gate.cap.display),
        });
        level = level.min(number(&gate.cap));
    }
    let description = match said.is_empty() {
        true => format!("Score {} of 100, no points lost.", score.value.display),
        false => format!(
            "Score {} of 100. Points lost: {}.",
            score.value.display,
            said.join("; ")
        ),
    };
    let rows = steps.len() + 2 + usize::from(full > 0);
    let height = 34.0 + ROW * rows as f64;
    let mut svg = Svg::new(
        WIDTH,
        height,
        &format!("Where the points went, {}", view.period.title),
        &description,
    );
    let lowest = steps
        .iter()
        .map(|step| step.from.min(step.to))
        .fold(number(&score.value), f64::min);
    let highest = steps.iter().map(|step| step.from.max(step.to)).fold(100.0, f64::max);
    let (low, step) = scale(lowest, highest);
    let x = |points: f64| LABELS + (RIGHT - LABELS) * (points - low) / (highest - low);
    let mut tick = low;
    while tick <= highest + 0.001 {
        svg.path("grid", &format!("M{} 20V{}", at(x(tick)), at(height - 8.0)));
        svg.text(x(tick), 13.0, Anchor::Middle, "mut sm", &at(tick));
        tick += step;
    }
    if low > 0.0 {
        svg.text(
            0.0,
            13.0,
            Anchor::Start,
            "mut sm",
            &format!("scale starts at {}", at(low)),
        );
    }
    bars(
        &mut svg,
        &steps,
        full,
        score.value.display.as_str(),
        number(&score.value),
        &x,
    );
    Some(svg.finish(theme))
}

fn bars(svg: &mut Svg, steps: &[Step], full: usize, score: &str, total: f64, x: &dyn Fn(f64) -> f64) {
    let mut y = 26.0;
    let row_label = |svg: &mut Svg, y: f64, class: &str, text: &str| {
        let text = fit(text, LABELS - 12.0, 12.0);
        svg.text(LABELS - 10.0, y + 11.0, Anchor::End, class, &text);
    };
    row_label(svg, y, "b", "Available");
    svg.rect("tot", LABELS, y, x(100.0) - LABELS, 14.0);
    svg.text(x(100.0) + 7.0, y + 11.0, Anchor::Start, "", "100");
    let mut level = 100.0;
    for step in steps {
        svg.path(
            "conn",
            &format!("M{} {}v{}", at(x(level)), at(y + 14.0), at(ROW - 14.0)),
        );
        y += ROW;
        row_label(svg, y, "", &step.label);
        let (from, to) = (x(step.from.min(step.to)), x(step.from.max(step.to)));
        svg.rect(&step.class, from, y, (to - from).max(1.0), 14.0);
        // The shape repeats the colour; the amount stands to its right.
        let place = to + 13.0;
        if !step.code.is_empty() {
            svg.path(class(step.code), &shape(step.code, place, y + 7.0, 4.2));
        }
        svg.text(place + 8.0, y + 11.0, Anchor::Start, "", &step.text);
        level = step.to;
    }
    svg.path(
        "conn",
        &format!("M{} {}v{}", at(x(level)), at(y + 14.0), at(ROW - 14.0)),
    );
    y += ROW;
    if full > 0 {
        let text = match full {
            1 => "1 KPI with all its points".to_owned(),
            n => format!("{n} KPIs with all their points"),
        };
        let width = text_width(&text, 12.0);
        let place = x(level);
        svg.path("conn", &format!("M{} {}v{}", at(place), at(y), at(ROW)));
        match place + 12.0 + width < WIDTH {
            true => svg.text(place + 8.0, y + 11.0, Anchor::Start, "mut", &text),
            false => svg.text(place - 8.0, y + 11.0, Anchor::End, "mut", &text),
        }
        y += ROW;
    }
    row_label(svg, y, "b", "Score");
    svg.rect("tot", LABELS, y, x(total) - LABELS, 14.0);
    svg.text(x(total) + 7.0, y + 11.0, Anchor::Start, "b", score);
}

/// Turns a loss into a signed number; a negative loss is a gain.
fn negated(lost: &str) -> String {
    match lost.strip_prefix('−') {
        Some(gain) => format!("+{gain}"),
        None => format!("−{lost}"),
    }
}

/// The lowest tick, 0 unless everything is well above, and the step.
fn scale(lowest: f64, highest: f64) -> (f64, f64) {
    for (low, step) in [(95.0, 1.0), (90.0, 2.0), (80.0, 5.0), (50.0, 10.0)] {
        if lowest >= low + step * 0.5 && highest <= 120.0 {
            return (low, step);
        }
    }
    (lowest.min(0.0), 20.0)
}
