//! Resolved terms and column headers → findings: every expression bound, one file per lint.
