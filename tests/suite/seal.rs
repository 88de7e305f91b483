//! What is published for good: the ledger, sealing, and what can be proven later.

mod ledger;
