//! amendments
