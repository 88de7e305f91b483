//! A contract in a test: YAML and data in memory, through every stage, to its outcome.

