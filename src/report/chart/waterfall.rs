use std::fmt::Write;

use super::number;
use super::svg::{Anchor, Safe, Svg, Theme, at, class, fit, mark, shape, text_width};
use crate::report::escape;
use crate::report::view::{Kpi, View, verdict_code};

const LABELS: f64 = 210.0;
const RIGHT: f64 = 590.0;
const WIDTH: f64 = 720.0;
const ROW: f64 = 24.0;

/// One bar: from, to, and what it says.
struct Step {
    /// The KPI it leads to.
    kpi: Option<String>,
    label: String,
    class: String,
    code: &'static str,
    from: f64,
    to: f64,
    text: String,
}

/// How 100 points became the score, largest loss first.
struct Fall {
    title: String,
    description: String,
    steps: Vec<Step>,
    /// KPIs that lost nothing.
    full: usize,
    /// The score, and as it is shown.
    score: (f64, String),
    /// The scale: its lowest and highest value, and the step between ticks.
    low: f64,
    high: f64,
    tick: f64,
}

/// Draws where the points went: in a page as rows of any width, elsewhere as one drawing.
pub(super) fn draw(view: &View, theme: Theme) -> Option<Safe> {
    let fall = Fall::of(view)?;
    Some(match theme {
        Theme::Page => fall.rows(),
        Theme::Standalone => fall.drawing(),
    })
}

impl Fall {
    fn of(view: &View) -> Option<Self> {
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
                kpi: Some(kpi.id.clone()),
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
                kpi: None,
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
                kpi: None,
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
        let lowest = steps
            .iter()
            .map(|step| step.from.min(step.to))
            .fold(number(&score.value), f64::min);
        let high = steps.iter().map(|step| step.from.max(step.to)).fold(100.0, f64::max);
        let (low, tick) = scale(lowest, high);
        Some(Self {
            title: format!("Where the points went, {}", view.period.title),
            description,
            steps,
            full,
            score: (number(&score.value), score.value.display.clone()),
            low,
            high,
            tick,
        })
    }

    /// Where `points` lie on the scale, 0..=1.
    fn share(&self, points: f64) -> f64 {
        (points - self.low) / (self.high - self.low)
    }

    fn ticks(&self) -> Vec<f64> {
        let mut ticks = Vec::new();
        let mut tick = self.low;
        while tick <= self.high + 0.001 {
            ticks.push(tick);
            tick += self.tick;
        }
        ticks
    }

    /// Says how many KPIs lost nothing.
    fn untouched(&self) -> Option<String> {
        match self.full {
            0 => None,
            1 => Some("1 KPI with all its points".to_owned()),
            n => Some(format!("{n} KPIs with all their points")),
        }
    }

    /// Writes a list with a bar in every row, measured in percent: it fits any page, and long titles wrap.
    fn rows(&self) -> Safe {
        if self.steps.is_empty() {
            return Safe::drawn("<p>No points were lost.</p>".to_owned());
        }
        let place = |points: f64| format!("{}%", at(100.0 * self.share(points)));
        let grid: String = self
            .ticks()
            .iter()
            .map(|tick| format!("<line x1=\"{x}\" x2=\"{x}\" y2=\"24\"/>", x = place(*tick)))
            .collect();
        let mut rows = String::new();
        let mut row = |label: &str, amount: &str, [before, after]: [Option<f64>; 2], bar: Option<(&str, f64, f64)>| {
            // The scale is drawn once and repeated.
            let scale = match rows.is_empty() {
                true => format!("<defs><g id=\"scale\">{grid}</g></defs>"),
                false => String::new(),
            };
            let mut drawing = format!("{scale}<use class=\"grid\" href=\"#scale\"/>");
            let whole = if bar.is_some() { 5 } else { 24 };
            for (level, [from, to]) in [(before, [0, whole]), (after, [19, 24])] {
                if let Some(x) = level.map(place) {
                    let _ = write!(
                        drawing,
                        "<line class=\"conn\" x1=\"{x}\" x2=\"{x}\" y1=\"{from}\" y2=\"{to}\"/>"
                    );
                }
            }
            if let Some((class, from, to)) = bar {
                let (from, to) = (self.share(from.min(to)), self.share(from.max(to)));
                let _ = write!(
                    drawing,
                    "<rect class=\"{class}\" x=\"{}%\" y=\"5\" width=\"{}%\" height=\"14\"/>",
                    at(100.0 * from),
                    at((100.0 * (to - from)).max(0.3))
                );
            }
            let _ = writeln!(
                rows,
                "<li><span>{label}</span><span>{amount}</span><svg class=\"sl\" aria-hidden=\"true\">{drawing}</svg>"
            );
        };
        row(
            "<b>Available</b>",
            "100",
            [None, Some(100.0)],
            Some(("tot", self.low, 100.0)),
        );
        let mut level = 100.0;
        for step in &self.steps {
            let label = match &step.kpi {
                Some(kpi) => format!(
                    "<a href=\"#kpi-{}\">{}</a>",
                    escape::html(kpi),
                    escape::html(&step.label)
                ),
                None => escape::html(&step.label),
            };
            let mark = mark(step.code).map_or_else(String::new, Safe::into_string);
            let amount = format!(
                "<span class=\"chip c-{}\">{mark}</span>{}",
                step.code,
                escape::html(&step.text)
            );
            let bar = Some((step.class.as_str(), step.from, step.to));
            row(&label, &amount, [Some(level), Some(step.to)], bar);
            level = step.to;
        }
        if let Some(text) = self.untouched() {
            row(&text, "", [Some(level), None], None);
        }
        let (total, score) = &self.score;
        row(
            "<b>Score</b>",
            &format!("<b>{}</b>", escape::html(score)),
            [Some(level), None],
            Some(("tot", self.low, *total)),
        );
        let note = match self.low > 0.0 {
            true => format!("<li><span class=\"sub\">scale starts at {}</span>", at(self.low)),
            false => String::new(),
        };
        Safe::drawn(format!("<ol class=\"fall\">\n{rows}{note}</ol>"))
    }

    fn drawing(&self) -> Safe {
        let rows = self.steps.len() + 2 + usize::from(self.full > 0);
        let height = 34.0 + ROW * rows as f64;
        let mut svg = Svg::new(Theme::Standalone, WIDTH, height, &self.title, &self.description);
        let x = |points: f64| LABELS + (RIGHT - LABELS) * self.share(points);
        for tick in self.ticks() {
            svg.path("grid", &format!("M{} 20V{}", at(x(tick)), at(height - 8.0)));
            svg.text(x(tick), 13.0, Anchor::Middle, "mut sm", &at(tick));
        }
        if self.low > 0.0 {
            let note = format!("scale starts at {}", at(self.low));
            svg.text(0.0, 13.0, Anchor::Start, "mut sm", &note);
        }
        self.bars(&mut svg, &x);
        svg.finish()
    }

    fn bars(&self, svg: &mut Svg, x: &dyn Fn(f64) -> f64) {
        let mut y = 26.0;
        let (total, score) = &self.score;
        let row_label = |svg: &mut Svg, y: f64, class: &str, text: &str| {
            let text = fit(text, LABELS - 12.0, 12.0);
            svg.text(LABELS - 10.0, y + 11.0, Anchor::End, class, &text);
        };
        row_label(svg, y, "b", "Available");
        svg.rect("tot", LABELS, y, x(100.0) - LABELS, 14.0);
        svg.text(x(100.0) + 7.0, y + 11.0, Anchor::Start, "", "100");
        let mut level = 100.0;
        for step in &self.steps {
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
        if let Some(text) = self.untouched() {
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
        svg.rect("tot", LABELS, y, x(*total) - LABELS, 14.0);
        svg.text(x(*total) + 7.0, y + 11.0, Anchor::Start, "b", score);
    }
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
