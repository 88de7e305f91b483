//! The fixed words and shapes of verdicts and flags.

use crate::assess::outcome::{Flag, Grade, LineKind, Verdict};

/// The word beside a verdict's shape.
pub(crate) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "Met",
        Verdict::BelowTarget => "At risk",
        Verdict::Default => "Missed",
        Verdict::NotApplicable => "Not applicable",
        Verdict::NoData => "No data",
    }
}

/// The word that data use for a verdict.
pub(crate) fn verdict_code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::BelowTarget => "below_target",
        Verdict::Default => "default",
        Verdict::NotApplicable => "not_applicable",
        Verdict::NoData => "no_data",
    }
}

/// A verdict's shape as text; drawn ones have the same form.
pub(crate) fn verdict_shape(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "●",
        Verdict::BelowTarget => "▲",
        Verdict::Default => "■",
        Verdict::NotApplicable => "◇",
        Verdict::NoData => "○",
    }
}

/// The word of a flag.
pub(crate) fn flag_word(flag: Flag) -> &'static str {
    match flag {
        Flag::BurnIn => "burn-in",
        Flag::LowVolume => "low volume",
        Flag::Disputed => "disputed",
        Flag::Provisional => "provisional",
        Flag::NotInForce => "not in force",
    }
}

/// What a flag means, for readers.
pub(crate) fn flag_meaning(flag: Flag) -> &'static str {
    match flag {
        Flag::BurnIn => "does not count yet",
        Flag::LowVolume => "too few rows to judge; it leaves the score",
        Flag::Disputed => "a claim is undecided",
        Flag::Provisional => "may still change",
        Flag::NotInForce => "is retired",
    }
}

/// The word of a grade.
pub(crate) fn grade_word(grade: Grade) -> &'static str {
    match grade {
        Grade::Green => "green",
        Grade::Amber => "amber",
        Grade::Red => "red",
    }
}

/// The code of the verdict whose shape and colour a grade has.
pub(crate) fn grade_code(grade: Grade) -> &'static str {
    match grade {
        Grade::Green => verdict_code(Verdict::Met),
        Grade::Amber => verdict_code(Verdict::BelowTarget),
        Grade::Red => verdict_code(Verdict::Default),
    }
}

/// What a money line is called.
pub(crate) fn line_word(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Credit => "Service credit",
        LineKind::EarnBack => "Earned back",
        LineKind::Bonus => "Bonus",
        LineKind::Ratchet => "Proposed level",
        LineKind::Adjustment => "Adjustment",
    }
}

/// How bad a verdict is, for ordering: smaller is worse.
pub(crate) fn severity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Default => 0,
        Verdict::BelowTarget => 1,
        Verdict::NoData => 2,
        Verdict::Met => 3,
        Verdict::NotApplicable => 4,
    }
}
