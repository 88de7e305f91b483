use super::svg::{Anchor, Svg, at, text_width};
use crate::quantity::Unit;

/// A vertical or horizontal scale with its ticks.
pub(super) struct Axis {
    low: f64,
    high: f64,
    /// Values of the ticks and their labels.
    pub(super) ticks: Vec<(f64, String)>,
    /// The unit of the numbers, said once beside the axis.
    pub(super) unit: &'static str,
}

const SECOND: f64 = 1_000_000.0;

/// Steps that read well for time, in seconds.
const TIME_STEPS: [f64; 18] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0,
    43200.0, 86400.0,
];

impl Axis {
    /// Chooses a scale that holds all `values` (in the unit's base) with about `wanted` ticks.
    ///
    /// A percentage never leaves 0–100 % unless a value does. Where zero is near, the scale starts there.
    pub(super) fn around(values: &[f64], unit: Unit, wanted: f64) -> Option<Self> {
        let (scale, top) = match unit {
            Unit::Percent => (100.0, Some(100.0)),
            _ => (1.0, None),
        };
        Self::scaled(values, unit, wanted, scale, top)
    }

    /// The same for scores, which end at 100 unless one is above.
    pub(super) fn of_scores(values: &[f64], wanted: f64) -> Option<Self> {
        Self::scaled(values, Unit::Number, wanted, 1.0, Some(100.0))
    }

    fn scaled(values: &[f64], unit: Unit, wanted: f64, scale: f64, top: Option<f64>) -> Option<Self> {
        let values: Vec<f64> = values
            .iter()
            .map(|value| value * scale)
            .filter(|v| v.is_finite())
            .collect();
        let (least, most) = values.iter().fold((f64::MAX, f64::MIN), |(least, most), &value| {
            (least.min(value), most.max(value))
        });
        if values.is_empty() {
            return None;
        }
        let spread = match most - least {
            spread if spread > 0.0 => spread,
            _ if most != 0.0 => most.abs() * 0.1,
            _ => 1.0,
        };
        let (mut low, mut high) = (least - spread * 0.12, most + spread * 0.12);
        if least >= 0.0 && low < spread * 0.5 {
            low = 0.0;
        }
        if let Some(top) = top.filter(|top| most <= *top) {
            low = if least >= 0.0 { low.max(0.0) } else { low };
            high = high.min(top);
        }
        let step = match unit {
            Unit::Duration => time_step((high - low) / wanted),
            Unit::Count => nice_step((high - low) / wanted).max(1.0),
            _ => nice_step((high - low) / wanted),
        };
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        let (mut low, mut high) = (first * step, last * step);
        if let Some(top) = top.filter(|top| most <= *top) {
            high = high.min(top);
        }
        if least >= 0.0 {
            low = low.max(0.0);
        }
        let decimals = decimals_of(step);
        let mut ticks = Vec::new();
        let mut index = first;
        while index <= last + 0.5 && ticks.len() < 40 {
            let value = index * step;
            if value >= low - step * 0.01 && value <= high + step * 0.01 {
                ticks.push((value / scale, label(value, unit, decimals)));
            }
            index += 1.0;
        }
        Some(Self {
            low: low / scale,
            high: high / scale,
            ticks,
            unit: match unit {
                Unit::Percent => "%",
                _ => "",
            },
        })
    }

    /// Returns where `value` lies, 0..=1 from low to high.
    pub(super) fn share(&self, value: f64) -> f64 {
        match self.high - self.low {
            0.0 => 0.5,
            span => ((value - self.low) / span).clamp(-0.05, 1.05),
        }
    }

    /// Whether `value` lies on the scale.
    pub(super) fn holds(&self, value: f64) -> bool {
        value >= self.low && value <= self.high
    }

    /// Says where the scale starts, unless that is zero.
    pub(super) fn note(&self) -> Option<String> {
        let (first, label) = self.ticks.first()?;
        (first.abs() > f64::EPSILON).then(|| format!("scale starts at {label}{}", self.unit))
    }

    /// Returns the room the widest label needs.
    pub(super) fn label_width(&self) -> f64 {
        self.ticks
            .iter()
            .map(|(_, label)| text_width(&format!("{label}{}", self.unit), 12.0))
            .fold(0.0, f64::max)
    }

    /// Draws horizontal grid lines with labels to their left.
    pub(super) fn draw_left(&self, svg: &mut Svg, left: f64, right: f64, y: &dyn Fn(f64) -> f64) {
        let lines: String = self
            .ticks
            .iter()
            .map(|(value, _)| format!("M{} {}H{}", at(left), at(y(*value)), at(right)))
            .collect();
        svg.path("grid", &lines);
        let labels: Vec<String> = self
            .ticks
            .iter()
            .map(|(_, label)| format!("{label}{}", self.unit))
            .collect();
        let texts: Vec<(f64, f64, &str)> = self
            .ticks
            .iter()
            .zip(&labels)
            .map(|((value, _), label)| (left - 6.0, y(*value) + 4.0, label.as_str()))
            .collect();
        svg.texts(Anchor::End, "mut", &texts);
    }
}

/// The least of 1, 2, 2.5 and 5 times a power of ten that is not below `rough`.
fn nice_step(rough: f64) -> f64 {
    let mut power = 1.0;
    while power > rough {
        power /= 10.0;
    }
    while power * 10.0 <= rough {
        power *= 10.0;
    }
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(power * 10.0)
}

fn time_step(rough: f64) -> f64 {
    let seconds = rough / SECOND;
    let day = 86_400.0;
    let step = TIME_STEPS.into_iter().find(|step| *step >= seconds * 0.999);
    step.unwrap_or_else(|| nice_step(seconds / day) * day) * SECOND
}

fn decimals_of(step: f64) -> usize {
    let (mut decimals, mut scaled) = (0, step);
    while decimals < 12 && (scaled - scaled.round()).abs() > 1e-6 {
        scaled *= 10.0;
        decimals += 1;
    }
    decimals
}

fn label(value: f64, unit: Unit, decimals: usize) -> String {
    if unit == Unit::Duration {
        let seconds = (value / SECOND).round();
        let (days, hours) = ((seconds / 86_400.0).floor(), seconds / 3600.0);
        return match seconds {
            0.0 => "0".to_owned(),
            s if s % 86_400.0 == 0.0 => format!("{days:.0}d"),
            s if s % 3600.0 == 0.0 => format!("{hours:.0}h"),
            s if s % 60.0 == 0.0 && s < 3600.0 => format!("{:.0}m", s / 60.0),
            s if s % 60.0 == 0.0 => format!("{:.0}h {:.0}m", hours.floor(), s % 3600.0 / 60.0),
            s if s < 60.0 => format!("{s:.0}s"),
            s => format!("{:.0}m {:.0}s", (s / 60.0).floor(), s % 60.0),
        };
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0.0 { "−" } else { "" };
    match fraction {
        "" => format!("{sign}{grouped}"),
        fraction => format!("{sign}{grouped}.{fraction}"),
    }
}

/// Moves labels apart so that they stand at least `gap` pixels from each other, inside `low..=high`; in order of `places`.
pub(super) fn spread(places: &mut [f64], gap: f64, low: f64, high: f64) {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|&a, &b| places[a].total_cmp(&places[b]));
    for pair in order.windows(2) {
        let least = places[pair[0]] + gap;
        places[pair[1]] = places[pair[1]].max(least);
    }
    let mut limit = high;
    for &index in order.iter().rev() {
        places[index] = places[index].min(limit).max(low);
        limit = places[index] - gap;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], unit: Unit) -> Vec<String> {
        let axis = Axis::around(values, unit, 4.0).expect("values");
        axis.ticks.into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_tell_close_values_apart() {
        let found = labels(&[0.9995, 0.9997, 0.9998], Unit::Percent);
        assert!(found.contains(&"99.95".to_owned()), "{found:?}");
        assert!(!found.contains(&"100".to_owned()), "{found:?}");
    }

    #[test]
    fn a_percentage_stays_inside_its_bounds() {
        let found = labels(&[0.99, 1.0], Unit::Percent);
        assert_eq!(found.last().map(String::as_str), Some("100.0"), "{found:?}");
        assert_eq!(
            labels(&[0.0, 1.0], Unit::Percent).first().map(String::as_str),
            Some("0")
        );
    }

    #[test]
    fn durations_tick_in_hours_and_minutes() {
        let hour = 3600.0 * SECOND;
        assert_eq!(
            labels(&[0.5 * hour, 4.0 * hour], Unit::Duration),
            ["0", "2h", "4h", "6h"]
        );
    }

    #[test]
    fn labels_are_moved_apart() {
        let mut places = [50.0, 52.0, 49.0];
        spread(&mut places, 14.0, 0.0, 200.0);
        let mut sorted = places;
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= 14.0), "{places:?}");
        assert!(places[2] < places[0] && places[0] < places[1], "{places:?}");
    }
}
