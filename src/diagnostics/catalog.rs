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
    /// Its page in Markdown: what, why, a bad example, the fix.
    pub page: &'static str,
}

macro_rules! rules {
    ($($name:literal $level:ident $summary:literal;)*) => {
        /// Every rule, sorted by name.
        pub const RULES: &[Rule] = &[$(Rule {
            name: $name,
            level: Level::$level,
            summary: $summary,
            page: include_str!(concat!("rules/", $name, ".md")),
        }),*];
    };
}

// A new rule is a line here, in order, and a page `rules/<name>.md` of the same shape as the others.
rules! {
    "ambiguous-column" Error "a name fits two columns of the source";
    "ambiguous-local-time" Error "a local time that daylight saving makes ambiguous or skips";
    "ambiguous-window" Warn "a credit is paid on a value that reaches over several periods";
    "amendment-backdated" Warn "an amendment reaches back into periods that had ended";
    "amendment-changed" Info "the particulars of an amendment changed";
    "amendment-mid-period" Error "an amendment takes effect inside a period";
    "amendment-out-of-order" Error "an amendment takes effect before the one written above it";
    "band-gap" Error "some value falls in no band or tier";
    "band-overlap" Error "some value falls in two bands or tiers";
    "bare-fraction" Error "a percentage is written as a bare fraction";
    "bonus-changed" Warn "what a good value earns the provider changed";
    "broken-template" Error "a template of the workspace cannot be rendered";
    "calendar-changed" Warn "a calendar opens at other hours, neither always more nor always less";
    "calendar-narrowed" Warn "a calendar is open less than it was";
    "calendar-widened" Warn "a calendar is open more than it was";
    "calendar-without-holidays" Warn "a calendar with closing hours and no holidays";
    "cap-changed" Warn "a cap on credits is computed in another way";
    "cap-lowered" Warn "a cap lets fewer credits through than it did";
    "cap-raised" Info "a cap lets more credits through than it did";
    "carve-out-added" Warn "a KPI excuses more than it did";
    "carve-out-changed" Warn "a carve-out excludes other time or rows than it did";
    "carve-out-narrowed" Info "a carve-out excludes less than it did";
    "carve-out-removed" Info "a KPI excuses less than it did";
    "carve-out-widened" Warn "a carve-out excludes more than it did";
    "carve-out-without-evidence" Warn "a claim may excuse time without evidence or approval";
    "charge-changed" Warn "the charge of a period changed";
    "choice-required" Error "a field where contracts differ has no value";
    "claims-changed" Info "an entry of the register of claims changed";
    "comment-cuts-value" Error "a `#` inside an unquoted value silently cuts it off";
    "contract-changed" Warn "the parties or the currency of a contract changed";
    "contract-term-changed" Warn "a contract runs on other days";
    "core-metric-redefined" Warn "a pack's KPI is measured in another way than its name promises";
    "coverage-extended" Info "a source says that its data reach further";
    "coverage-shortened" Warn "a source says that its data reach less far";
    "credit-changed" Warn "a credit is computed in another way";
    "credit-loosened" Warn "a miss pays less than it did";
    "credit-tier-changed" Warn "the tiers of a credit pay more for some values and less for others";
    "credit-tier-loosened" Warn "no value pays more than it did, and some pay less";
    "credit-tier-tightened" Info "no value pays less than it did, and some pay more";
    "credit-tightened" Info "a miss pays more than it did";
    "customer-obligation-missing" Info "the customer's doing excuses failures, and nothing says what the customer owes";
    "decimal-comma" Error "a number is written with a decimal comma";
    "default-after-changed" Warn "how many misses make a default changed";
    "definition-changed" Info "something that others refer to was defined or removed";
    "description-changed" Info "words changed, and no number";
    "duplicate-column" Error "two columns of a data file have one name";
    "duplicate-id" Error "two things carry one id";
    "duplicate-key" Error "a key stands twice in one map";
    "earn-back-cannot-finish" Warn "an earn-back takes longer than the contract runs";
    "earn-back-changed" Warn "how the provider earns credits back changed";
    "empty-workspace" Error "a workspace without a single scorecard";
    "expression-too-large" Error "an expression is longer or has more parts than allowed";
    "gate-changed" Warn "the cap that a missed KPI puts on the score changed";
    "grades-changed" Warn "other scores make the grades";
    "guardrail-changed" Warn "the KPI that must hold beside another changed";
    "guardrail-cycle" Error "guardrails depend on each other in a circle";
    "invalid-date" Error "a date or instant that does not exist or is not written as one";
    "invalid-duration" Error "a duration that is not written as one";
    "invalid-expression" Error "an expression is not in the language";
    "invalid-period" Error "a period that is not written as one, or does not fit the scorecard's";
    "invalid-survey-answer" Error "a survey answer outside its scale";
    "invalid-value" Error "a value does not fit its field";
    "invalid-yaml" Error "a file is not valid YAML";
    "kpi-added" Info "a KPI is judged that was not";
    "kpi-deleted" Error "an amendment deletes a KPI instead of retiring it";
    "kpi-removed" Warn "a KPI is no longer there";
    "kpi-renamed" Info "a KPI goes on under another id";
    "kpi-retired" Warn "a KPI leaves the scorecard";
    "kpi-target-changed" Warn "a target accepts other values than it did, neither more nor fewer";
    "kpi-target-loosened" Warn "a target is easier to reach than it was";
    "kpi-target-tightened" Info "a target is harder to reach than it was";
    "late-changes-changed" Warn "what happens to published periods afterwards changed";
    "locked-field-changed" Error "a field that a pack has locked is changed";
    "low-volume-unhandled" Warn "a share of rows pays a credit and says nothing of few rows";
    "manual-source" Info "a KPI is what a person says it is";
    "measure-changed" Warn "a KPI is measured in another way";
    "minimum-beyond-target" Error "the minimum asks for more than the target";
    "minimum-changed" Warn "a minimum accepts other values than it did, neither more nor fewer";
    "minimum-loosened" Warn "a minimum is easier to hold than it was";
    "minimum-tightened" Info "a minimum is harder to hold than it was";
    "misplaced-key" Error "a key stands where the language has it elsewhere";
    "misplaced-operator" Error "a comparison sign stands where the language has a word";
    "missing-column" Error "a declared column is not in the data file";
    "missing-data-policy-changed" Warn "missing data are treated in a way that cannot be compared";
    "missing-data-policy-loosened" Warn "missing data cost less than they did";
    "missing-data-policy-tightened" Info "missing data cost more than they did";
    "missing-field" Error "a required field is absent";
    "missing-file" Error "a data file is not there";
    "missing-time-zone" Error "timestamps without an offset, and no time zone named";
    "no-action-path" Info "a KPI pays a credit and leads to no action";
    "no-audience-views" Info "a contract does not say who gets a report of their own";
    "no-baseline" Info "a target rests on no baseline and no benchmark";
    "no-business-impact" Info "nothing says what a miss costs the business";
    "no-carve-outs" Warn "downtime pays a credit whoever caused it";
    "no-context" Info "KPIs do not say why their numbers matter";
    "no-credit-cap" Warn "nothing limits what credits may sum to";
    "no-escalation-path" Info "misses may repeat and nobody is told";
    "no-exit" Info "however often it fails, no party may leave the contract";
    "no-expectation" Error "a scenario expects nothing, so it cannot fail";
    "no-method" Info "nothing says how a value that is made elsewhere comes about";
    "no-objective" Info "KPIs serve none of the card's objectives";
    "no-owner" Warn "nobody is accountable for a KPI";
    "no-raci" Info "KPIs with a credit do not say who does the work and who is told";
    "no-single-incident-rule" Warn "a rule for single incidents can never apply, for nothing says what is one incident";
    "not-utf-8" Error "a document is not UTF-8 text";
    "null-in-condition" Error "a condition that decides a hit is null for some row";
    "number-overflow" Error "a number is too large to be computed exactly";
    "obligation-changed" Warn "what the customer owes changed";
    "outcome-not-task" Warn "a KPI is better the more is done, whatever comes of it";
    "oversized-input" Error "a document is larger or deeper than a scorecard ever is";
    "owner-changed" Info "other people are accountable, do the work or are told";
    "pack-edited-in-place" Warn "a pack has other content under the version it had";
    "pack-version" Error "a pack's major version is not the one referred to";
    "perfection-target" Warn "a single failure misses the target";
    "period-changed" Warn "time is cut into other periods";
    "probe-too-coarse" Warn "one missed probe misses the target";
    "published-period-restated" Error "a change touches periods whose reports are published";
    "report-due-changed" Warn "the report is due at another time";
    "rounding-hides-miss" Warn "a value is shown or compared with fewer decimals than its target has";
    "sample-rule-changed" Warn "when there are too few rows to judge changed";
    "scorecard-added" Info "a scorecard is new";
    "scorecard-not-compared" Warn "a scorecard could not be read on one side";
    "scorecard-removed" Warn "a scorecard is no longer there";
    "scoring-changed" Warn "some values score more than they did, and some less";
    "scoring-loosened" Warn "no value scores less than it did, and some score more";
    "scoring-tightened" Info "no value scores more than it did, and some score less";
    "self-approved-claim" Error "a claim is decided by the party that made it";
    "several-rows" Error "two rows where a measure takes one per period";
    "several-variants" Error "two variants stand where exactly one may";
    "shares-over-100" Error "shares of the at-risk amount sum to more than 100 %";
    "single-incident-changed" Warn "what one incident that fails several KPIs pays changed";
    "source-changed" Warn "data are read in another way";
    "stale-review" Warn "the review of a scorecard is overdue";
    "tab-indentation" Error "a line is indented with a tab";
    "target-edited-in-place" Error "a target was rewritten for periods that have begun";
    "target-not-beyond-baseline" Warn "a target asks for no more than the baseline already reached";
    "too-many-kpis" Info "a card judges more KPIs than anybody looks at";
    "toothless-guardrail" Warn "a guardrail that can never be missed";
    "trigger-changed" Warn "when people are told or get a right changed";
    "two-sources-one-fact" Info "two sources read one file";
    "type-mismatch" Error "an operator or function meets a type it does not take";
    "uncapped-carve-out" Warn "the provider's own maintenance has no limit";
    "unknown-calendar" Error "a calendar that nothing defines";
    "unknown-column" Error "an expression names a column that the source does not have";
    "unknown-function" Error "a function that the language does not have";
    "unknown-key" Error "a key that the language does not have here";
    "unknown-kind" Error "a document's `kind` or `apiVersion` is none that the language has";
    "unknown-pack" Error "a pack that the workspace does not have";
    "unknown-reference" Error "a name that nothing defines";
    "unknown-time-zone" Error "a time zone that the tz database does not have";
    "unlisted-value" Error "the data hold a value that the scorecard does not list";
    "unpaired-speed" Info "speed is rewarded and nothing watches quality";
    "unquoted-comma" Error "a comma inside an unquoted value in `{ … }` splits it in two";
    "unquoted-operator" Error "an unquoted value starts with or holds a character that YAML takes for itself";
    "unreadable-file" Error "a data file cannot be read as its format";
    "unreadable-row" Error "a row of a data file is broken";
    "unreadable-value" Error "a value in a data file does not fit its column";
    "unused-definition" Warn "something is defined and nothing refers to it";
    "unused-template" Warn "a template that nothing uses";
    "vague-target" Warn "a KPI has a weight and nothing to reach";
    "waiver-expired" Warn "a waiver stands past its last day";
    "waiver-unused" Warn "a waiver accepts nothing";
    "weights-not-100" Error "weights that belong together do not sum to 100";
    "weights-rebalanced" Warn "KPIs count more or less than they did";
    "wrong-shape" Error "a map, list or value stands where another is needed";
    "wrong-unit" Error "a value carries another unit than its field";
    "yaml-alias" Error "a YAML alias: sharing is what packs are for";
    "yaml-anchor" Error "a YAML anchor: sharing is what packs are for";
    "yaml-merge-key" Error "a YAML merge key: sharing is what packs are for";
    "yaml-tag" Error "a YAML tag: a value's type comes from its field";
}

/// Warnings by what they may cost: money that nobody meant to pay, then verdicts that say something else than the
/// contract, then what merely confuses (every rule that is not listed).
const BY_COST: &[&str] = &[
    "no-credit-cap",
    "no-carve-outs",
    "uncapped-carve-out",
    "carve-out-without-evidence",
    "no-single-incident-rule",
    "low-volume-unhandled",
    "ambiguous-window",
    "earn-back-cannot-finish",
    "core-metric-redefined",
    "rounding-hides-miss",
    "calendar-without-holidays",
    "probe-too-coarse",
    "toothless-guardrail",
    "perfection-target",
    "target-not-beyond-baseline",
    "vague-target",
    "outcome-not-task",
    "no-owner",
    "stale-review",
];

/// Where a rule stands among those of its level when the costliest come first.
pub(super) fn cost_rank(name: &str) -> usize {
    BY_COST.iter().position(|rule| *rule == name).unwrap_or(BY_COST.len())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_that_is_ranked_is_a_warning() {
        assert!(BY_COST.iter().all(|name| rule(name).level == Level::Warn));
    }
}
