use indexmap::IndexMap;

use super::record::{record, words};
use super::value::{Id, Periods};

record! {
    /// The settings of a workspace: `scoreline.yaml`.
    #[noun("workspace")]
    pub struct Workspace {
        /// The title, for readers.
        #[example("Vendor scorecards")]
        pub title: Option<String>,
        /// What it is about, in a sentence or two.
        #[example("Every contract of the IT department.")]
        pub description: Option<String>,
        /// Where reports go and what they show.
        #[example({ "out": "reports", "trend": "12 periods", "templates": "templates" })]
        pub reports: Option<Reports>,
        /// The level of each rule.
        #[example({ "too-many-kpis": "warn", "no-context": "allow" })]
        pub lints: IndexMap<Id, LintLevel>,
        /// Lint findings that are accepted everywhere.
        #[example([{ "rule": "no-baseline", "reason": "First year", "until": "2026-12-31" }])]
        pub allow: Option<super::allow::Allowed>,
        /// Systems that other tools read, by id; each a map of settings.
        #[example({ "tickets": { "url": "https://tickets.example" } })]
        pub connections: IndexMap<Id, IndexMap<String, String>>
    }
}

record! {
    /// Where reports go and what they show.
    #[noun("reports")]
    pub struct Reports {
        /// The folder they are written to. Default: `reports`.
        #[example("reports")]
        pub out: Option<String>,
        /// How many periods trends show. Default: `12 periods`.
        #[example("12 periods")]
        pub trend: Option<Periods>,
        /// The folder with templates that replace the built-in ones.
        #[example("templates")]
        pub templates: Option<String>
    }
}

words! {
    /// The level of a rule.
    pub enum LintLevel {
        /// The documents cannot be used as they are.
        "error" => Error,
        /// Probably wrong, or costly later.
        "warn" => Warn,
        /// Worth knowing.
        "info" => Info,
        /// Not reported.
        "allow" => Allow
    }
}
