use std::fmt::Write;

use super::palette;
use crate::report::escape;

/// Markup that needs no escaping because only the builder below can make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safe(String);

impl Safe {
    /// Takes over markup in which the charts of this folder have escaped whatever others wrote.
    pub(super) fn drawn(markup: String) -> Self {
        Self(markup)
    }

    /// Returns the markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the markup.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Where a drawing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Theme {
    /// Inside a page whose stylesheet colours its classes.
    Page,
    /// In a file of its own: literal colours on an opaque plate.
    Standalone,
}

/// Which way a text runs from its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing under construction.
pub(super) struct Svg {
    width: f64,
    /// Where it begins and ends from above.
    top: f64,
    bottom: f64,
    title: String,
    description: String,
    body: String,
    theme: Theme,
}

/// Prints a coordinate with at most one decimal.
pub(super) fn at(coordinate: f64) -> String {
    let text = format!("{coordinate:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// The attributes of a text's look.
fn look(anchor: Anchor, class: &str) -> String {
    let anchor = match anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    match class {
        "" => anchor.to_owned(),
        class => format!(" class=\"{class}\"{anchor}"),
    }
}

/// Returns the room a text needs at `size` pixels: generous widths of a wide sans serif, × 1.15.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' | ' ' | 'I' => 0.32,
            'f' | 'r' | 't' | '(' | ')' | '-' | '/' | '–' => 0.4,
            'm' | 'w' | 'M' | 'W' | '%' | '@' | '—' | '≥' | '≤' | '−' | '±' | '→' => 0.9,
            'A'..='Z' => 0.68,
            c if c.is_ascii() => 0.6,
            // Full-width scripts need a whole em.
            c if u32::from(c) >= 0x1100 => 1.0,
            _ => 0.65,
        })
        .sum();
    em * size * 1.15
}

/// Cuts a text to `width` pixels at `size`, ending in an ellipsis where it was cut.
pub(super) fn fit(text: &str, width: f64, size: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        if text_width(&cut, size) + text_width(&c.to_string(), size) + size > width {
            break;
        }
        cut.push(c);
    }
    format!("{}…", cut.trim_end())
}

impl Svg {
    /// Starts a drawing; the title and description are what a screen reader says.
    pub(super) fn new(theme: Theme, width: f64, height: f64, title: &str, description: &str) -> Self {
        Self {
            width,
            top: 0.0,
            bottom: height,
            title: title.to_owned(),
            description: description.to_owned(),
            body: String::new(),
            theme,
        }
    }

    /// Cuts off what has nothing on it above and below.
    pub(super) fn crop(&mut self, above: f64, below: f64) {
        self.top += above;
        self.bottom -= below;
    }

    /// Adds a text; `class` is one of the stylesheet's.
    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, class: &str, text: &str) {
        let look = look(anchor, class);
        let _ = write!(
            self.body,
            "<text x=\"{}\" y=\"{}\"{look}>{}</text>",
            at(x),
            at(y),
            escape::html(text)
        );
    }

    /// Adds texts that look alike.
    pub(super) fn texts(&mut self, anchor: Anchor, class: &str, texts: &[(f64, f64, &str)]) {
        if texts.is_empty() {
            return;
        }
        let _ = write!(self.body, "<g{}>", look(anchor, class));
        for (x, y, text) in texts {
            self.text(*x, *y, Anchor::Start, "", text);
        }
        self.body.push_str("</g>");
    }

    /// Adds a path.
    pub(super) fn path(&mut self, class: &str, d: &str) {
        if !d.is_empty() {
            let _ = write!(self.body, "<path class=\"{class}\" d=\"{d}\"/>");
        }
    }

    /// Adds a rectangle.
    pub(super) fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            at(x),
            at(y),
            at(width.max(0.0)),
            at(height.max(0.0))
        );
    }

    /// Adds rectangles that look alike, each as x, y, width and height; one path is the shortest file.
    pub(super) fn rects(&mut self, class: &str, rects: &[[f64; 4]]) {
        let mut d = String::new();
        for [x, y, width, height] in rects {
            let (width, height) = (at(width.max(0.0)), at(height.max(0.0)));
            let _ = write!(d, "M{} {}h{width}v{height}h-{width}z", at(*x), at(*y));
        }
        self.path(class, &d);
    }

    /// Adds hatched rectangles: time or value that carve-outs account for.
    pub(super) fn hatched(&mut self, rects: &[[f64; 4]]) {
        self.rects("xbox", rects);
        // Inside a page its one pattern fills them.
        if self.theme == Theme::Page {
            return;
        }
        // Diagonals clipped by hand: a pattern is lost by some converters.
        let mut d = String::new();
        let step = 5.0;
        for [x, y, width, height] in rects {
            let mut offset = step;
            while offset < width + height {
                let (x1, y1) = (x + (offset - height).max(0.0), y + offset.min(*height));
                let (x2, y2) = (x + offset.min(*width), y + (offset - width).max(0.0));
                let _ = write!(d, "M{} {}L{} {}", at(x1), at(y1), at(x2), at(y2));
                offset += step;
            }
        }
        self.path("hatch", &d);
    }

    /// Finishes the drawing.
    pub(super) fn finish(self) -> Safe {
        let Self {
            width,
            top,
            bottom,
            title,
            description,
            body,
            theme,
        } = self;
        let (width, top, height) = (at(width), at(top), at(bottom - top));
        let (title, description) = (escape::html(&title), escape::html(&description));
        let size = format!("viewBox=\"0 {top} {width} {height}\" width=\"{width}\" height=\"{height}\"");
        let name = format!("role=\"img\"><title>{title}</title><desc>{description}</desc>");
        Safe(match theme {
            Theme::Page => format!("<svg class=\"sl\" {size} {name}{body}</svg>"),
            Theme::Standalone => format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" {size} font-family=\"system-ui,-apple-system,'Segoe \
                 UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif\" font-size=\"12\" fill=\"{ink}\" \
                 {name}<style>{style}</style><rect y=\"{top}\" width=\"100%\" height=\"100%\" \
                 fill=\"{plate}\"/>{body}</svg>\n",
                ink = palette::light("ink"),
                plate = palette::light("bg"),
                style = standalone_style(),
            ),
        })
    }
}

/// The classes of drawings with literal colours.
fn standalone_style() -> String {
    let mut style = CLASSES.to_owned();
    for token in palette::TOKENS {
        style = style.replace(&format!("var(--{})", token.name), token.light);
    }
    style
}

/// The classes of drawings inside a page, for its stylesheet.
pub(super) fn page_style() -> Safe {
    let classes = CLASSES.replace("}.", "}.sl .").replacen('.', ".sl .", 1);
    // The pattern of [`marks`].
    Safe(format!("{classes}.sl .xbox{{fill:url(#hatch);fill-opacity:1}}"))
}

/// The classes that drawings use, with the page's tokens.
const CLASSES: &str = "\
.mut{fill:var(--muted)}.b{font-weight:600}.sm{font-size:11px}\
.grid{stroke:var(--rule);fill:none}.tick{stroke:var(--muted);fill:none}\
.line{stroke:var(--line);stroke-width:2;fill:none;stroke-linejoin:round}.thin{stroke-width:1.4}\
.tgt{stroke:var(--muted);stroke-width:1.6;fill:none;stroke-dasharray:5 3}\
.low{stroke:var(--muted);stroke-width:1;fill:none;stroke-dasharray:1 3}\
.xbox{fill:var(--excluded);fill-opacity:.1;stroke:var(--excluded);stroke-width:.8}\
.hatch{stroke:var(--excluded);stroke-width:1;fill:none}\
.m{stroke:var(--bg);stroke-width:1}\
.met{fill:var(--met)}.risk{fill:var(--risk)}.missed{fill:var(--missed)}\
.na{fill:var(--bg);stroke:var(--excluded);stroke-width:1.5}\
.nodata{fill:var(--bg);stroke:var(--none);stroke-width:1.5}\
.pen{stroke:var(--line);stroke-width:5;stroke-linecap:round;fill:none}.good{stroke:var(--met)}\
.tot{fill:var(--line)}.conn{stroke:var(--muted);stroke-dasharray:2 2;fill:none}\
.bd0{fill:var(--band0)}.bd1{fill:var(--band1)}.bd2{fill:var(--band2)}\
.tm{stroke:var(--ink);stroke-width:3;fill:none}.dot{fill:var(--line);stroke:var(--bg)}";

/// The class of a verdict's code.
pub(super) fn class(code: &str) -> &'static str {
    match code {
        "met" => "m met",
        "below_target" => "m risk",
        "default" => "m missed",
        "not_applicable" => "m na",
        _ => "m nodata",
    }
}

/// The outline of a verdict's shape around a point: circle, triangle, square, diamond or circle.
pub(super) fn shape(code: &str, x: f64, y: f64, r: f64) -> String {
    match code {
        "below_target" => {
            let r = r * 1.25;
            format!(
                "M{} {}L{} {}H{}z",
                at(x),
                at(y - r),
                at(x + r),
                at(y + r * 0.75),
                at(x - r)
            )
        }
        "default" => {
            let (r, side) = (r * 0.95, at(r * 1.9));
            format!("M{} {}h{side}v{side}h-{side}z", at(x - r), at(y - r))
        }
        "not_applicable" => {
            let r = r * 1.2;
            format!(
                "M{} {}L{} {}L{} {}L{} {}z",
                at(x),
                at(y - r),
                at(x + r),
                at(y),
                at(x),
                at(y + r),
                at(x - r),
                at(y)
            )
        }
        _ => {
            let d = at(2.0 * r);
            format!(
                "M{} {}a{r} {r} 0 1 1 {d} 0a{r} {r} 0 1 1 -{d} 0z",
                at(x - r),
                at(y),
                r = at(r)
            )
        }
    }
}

/// The codes of verdicts, which have a mark each.
const MARKED: [&str; 5] = ["met", "below_target", "default", "not_applicable", "no_data"];

/// The small mark beside a verdict's word; hidden from screen readers, which read the word.
///
/// It refers to one of [`marks`], which a page holds once.
pub(super) fn mark(code: &str) -> Option<Safe> {
    let markup = || format!("<svg class=\"sl\" aria-hidden=\"true\"><use href=\"#m-{code}\"/></svg>");
    MARKED.contains(&code).then(|| Safe(markup()))
}

/// What drawings of a page refer to: the marks of [`mark`], and the pattern of hatched rectangles.
pub(super) fn marks() -> Safe {
    // What is referred to has the colour of the place, not that of a class.
    let symbol = |code: &&str| {
        let paint = match *code {
            "not_applicable" | "no_data" => "fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"",
            _ => "fill=\"currentColor\"",
        };
        let outline = shape(code, 6.0, 6.0, 4.4);
        format!("<symbol id=\"m-{code}\" viewBox=\"0 0 12 12\"><path {paint} d=\"{outline}\"/></symbol>")
    };
    let symbols: String = MARKED.iter().map(symbol).collect();
    let hatch = "<pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><path class=\"hatch\" \
                 d=\"M-1 1L1 -1M0 5L5 0M4 6L6 4\"/></pattern>";
    Safe(format!(
        "<svg class=\"sl\" width=\"0\" height=\"0\" aria-hidden=\"true\">{symbols}{hatch}</svg>"
    ))
}
