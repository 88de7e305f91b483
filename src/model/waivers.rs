use indexmap::IndexMap;
use jiff::civil::Date;

use super::record::record;
use super::value::Id;

record! {
    /// Changes that somebody accepts when two versions are compared.
    #[noun("list of waivers")]
    pub struct Waivers {
        /// The waivers, by id.
        #[example({ "lower-erp-target": { "rule": "kpi-target-loosened", "entity": "acme-managed-it/erp-uptime", "reason": "CR-118", "approver": "cio", "until": "2026-12-31" } })]
        pub waivers: IndexMap<Id, Waiver>
    }
}

record! {
    /// A change that somebody accepts.
    #[noun("waiver")]
    pub struct Waiver {
        /// The rule of the change.
        #[example("kpi-target-loosened")]
        #[required(complete)]
        pub rule: Option<String>,
        /// The scorecard, or the scorecard and what in it: `acme-managed-it/erp-uptime`.
        #[example("acme-managed-it/erp-uptime")]
        #[required(complete)]
        pub entity: Option<String>,
        /// Why it is accepted.
        #[example("Agreed in CR-118.")]
        #[required(complete)]
        pub reason: Option<String>,
        /// Who accepts it.
        #[example("cio")]
        #[required(complete)]
        pub approver: Option<String>,
        /// The last day on which it is accepted. Default: for good.
        #[example("2026-12-31")]
        pub until: Option<Date>
    }
}
