//! The colours of reports, light and dark, and their contrast.
//!
//! `templates/report.css` holds the same values as custom properties; a test keeps the two equal. Standalone
//! charts use the light ones literally.

/// A colour by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The name of the custom property, without dashes.
    pub name: &'static str,
    /// In light mode and in print.
    pub light: &'static str,
    /// In dark mode.
    pub dark: &'static str,
    /// Whether it colours text (or a line that must stand out) on the page and on a surface.
    pub is_text: bool,
}

const fn token(name: &'static str, light: &'static str, dark: &'static str, is_text: bool) -> Token {
    Token {
        name,
        light,
        dark,
        is_text,
    }
}

/// Every colour.
pub const TOKENS: [Token; 15] = [
    token("bg", "#ffffff", "#0f1419", false),
    token("surface", "#f6f8fa", "#171d24", false),
    token("ink", "#1b1f24", "#e6edf3", true),
    token("muted", "#57606a", "#9aa7b4", true),
    token("rule", "#d0d7de", "#2f3843", false),
    token("met", "#0d7377", "#66d9cf", true),
    token("risk", "#ad5a00", "#ffcf5c", true),
    token("missed", "#7f0d24", "#ff4d6d", true),
    token("excluded", "#5a52a3", "#a79df0", true),
    token("none", "#656d76", "#8b98a5", true),
    token("line", "#1f4e79", "#8cc4ff", true),
    token("link", "#0b57a4", "#8cc4ff", true),
    token("band0", "#c9d1d9", "#3d4752", false),
    token("band1", "#dfe4ea", "#2b333c", false),
    token("band2", "#eef1f4", "#1f262e", false),
];

/// Returns the light colour of a token.
pub(crate) fn light(name: &str) -> &'static str {
    TOKENS
        .iter()
        .find(|token| token.name == name)
        .map_or("#000000", |token| token.light)
}
