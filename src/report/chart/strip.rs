use super::svg::{Anchor, Safe, Svg, Theme};
use crate::report::view::Kpi;

const DAY: f64 = 20.0;
const TOP: f64 = 18.0;
const TALL: f64 = 30.0;

/// Draws each day of the period: up, down (a bar from the top as tall as the worst day allows) or excluded.
pub(super) fn draw(kpi: &Kpi, theme: Theme) -> Option<Safe> {
    let days = &kpi.days;
    let worst = days.iter().map(|day| day.3).max()?;
    if days.len() < 2 || (worst == 0 && days.iter().all(|day| day.2 == 0)) {
        return None;
    }
    let slot = DAY.min(700.0 / days.len() as f64);
    let width = slot * days.len() as f64 + 2.0;
    let down = days.iter().filter(|day| day.3 > 0).count();
    let excluded = days.iter().filter(|day| day.2 > 0).count();
    let description = format!(
        "{} days, {} to {}: {} with downtime, {} with excluded time.",
        days.len(),
        days[0].0,
        days[days.len() - 1].0,
        down,
        excluded
    );
    let title = format!("{}, day by day", kpi.title);
    let mut svg = Svg::new(theme, width, TOP + TALL + 20.0, &title, &description);
    let mut labelled: f64 = -100.0;
    let (mut unscheduled, mut up, mut hatched, mut missed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut numbers: Vec<(f64, f64, &str)> = Vec::new();
    for (index, (day, scheduled, excluded, down)) in days.iter().enumerate() {
        let (x, wide) = (1.0 + slot * index as f64, slot - 2.0);
        let number = day.rsplit('-').next().unwrap_or("");
        let is_named = index == 0 || index + 1 == days.len() || number.ends_with('0') || number.ends_with('5');
        let near_end = index + 2 >= days.len() && index + 1 != days.len();
        if is_named && !near_end && days.len() <= 31 {
            numbers.push((x + wide / 2.0, TOP + TALL + 14.0, number.trim_start_matches('0')));
        }
        if *scheduled == 0 {
            unscheduled.push([x + 0.5, TOP + TALL - 4.0, wide - 1.0, 4.0]);
            continue;
        }
        // From below: down, as tall as the worst day allows, so that a short outage still shows; from above:
        // excluded, as its share of the day.
        let low = match *down {
            0 => 0.0,
            down => (TALL * down as f64 / worst as f64).max(6.0),
        };
        let high = match *excluded {
            0 => 0.0,
            excluded => (TALL * excluded as f64 / *scheduled as f64).max(8.0).min(TALL - low),
        };
        up.push([x, TOP + high, wide, TALL - high - low]);
        if high > 0.0 {
            hatched.push([x, TOP, wide, high]);
        }
        if low > 0.0 {
            missed.push([x, TOP + TALL - low, wide, low]);
            let center = (x + wide / 2.0).clamp(16.0, width - 16.0);
            if center - labelled > 44.0 {
                svg.text(center, TOP - 5.0, Anchor::Middle, "sm b", &length(*down));
                labelled = center;
            }
        }
    }
    svg.rects("nodata", &unscheduled);
    svg.rects("met", &up);
    svg.hatched(&hatched);
    svg.rects("missed", &missed);
    svg.texts(Anchor::Middle, "mut sm", &numbers);
    if days.len() > 31 {
        svg.text(0.0, TOP + TALL + 14.0, Anchor::Start, "mut sm", &days[0].0);
        svg.text(width, TOP + TALL + 14.0, Anchor::End, "mut sm", &days[days.len() - 1].0);
    }
    Some(svg.finish())
}

/// A length of seconds as short as a label may be.
fn length(seconds: i64) -> String {
    match (seconds / 3600, seconds % 3600 / 60) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}
