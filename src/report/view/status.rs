use schemars::JsonSchema;
use serde::Serialize;

use super::wording::{flag_meaning, flag_word, verdict_shape, verdict_word};
use crate::assess::outcome::{Flag, Verdict};

/// A verdict in word and shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Status {
    /// The verdict.
    pub code: Verdict,
    /// Its word.
    pub word: &'static str,
    /// Its shape.
    pub shape: &'static str,
}

/// A flag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Marked {
    /// The flag.
    pub code: Flag,
    /// Its word.
    pub word: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

impl Status {
    pub(crate) fn of(verdict: Verdict) -> Self {
        Self {
            code: verdict,
            word: verdict_word(verdict),
            shape: verdict_shape(verdict),
        }
    }
}

impl Marked {
    pub(super) fn of(flag: Flag) -> Self {
        Self {
            code: flag,
            word: flag_word(flag),
            meaning: flag_meaning(flag),
        }
    }
}
