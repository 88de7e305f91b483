use super::Level;

/// One kind of finding.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case name of the flaw.
    pub name: &'static str,
    /// Level unless the workspace sets another.
    pub level: Level,
    /// One line: what the flaw is.
    pub summary: &'static str,
}

macro_rules! rules {
    ($($name:literal $level:ident $summary:literal;)*) => {
        /// Every rule, sorted by name.
        pub const RULES: &[Rule] = &[$(Rule { name: $name, level: Level::$level, summary: $summary }),*];
    };
}

rules! {
    "band-gap" Error "some value falls in no band or tier";
    "band-overlap" Error "some value falls in two bands or tiers";
    "duplicate-key" Error "a key or id stands twice in one map";
    "invalid-expression" Error "an expression is not in the language";
    "invalid-value" Error "a value does not fit its field";
    "missing-field" Error "a required field is absent";
    "missing-file" Error "a data file is not there";
    "unknown-column" Error "an expression names a column that the source does not have";
    "unknown-key" Error "a key that the language does not have here";
    "unknown-reference" Error "a name that nothing defines";
    "unreadable-file" Error "a file is not UTF-8 text, or too large";
    "unreadable-value" Error "a value in a data file does not fit its column";
    "wrong-unit" Error "a value carries another unit than its field";
}

/// Returns the rule called `name`.
///
/// # Panics
/// When the catalog has no such rule: a stage names only rules of the catalog.
pub fn rule(name: &str) -> &'static Rule {
    RULES
        .iter()
        .find(|rule| rule.name == name)
        .expect("a rule of the catalog")
}
