//! Tests of expression.
