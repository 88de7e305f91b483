//! carve_outs
