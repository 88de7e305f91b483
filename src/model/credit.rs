use super::contract::Summed;
use super::record::{choice, either, record, words};
use super::scoring::Bounds;
use super::value::{Deadline, Elapsed, Number, Percent, Periods};

record! {
    /// What a miss pays.
    #[noun("credit")]
    pub struct Credit {
        /// What it is a share of: the charge, the at-risk amount, or a fee of its own.
        #[example("at_risk")]
        #[example({ "source": "invoices", "sum": "hosting_fee" })]
        #[required(complete)]
        pub of: Option<CreditBase>,
        /// This KPI's share of the at-risk amount.
        #[example("60%")]
        pub share: Option<Percent>,
        /// The most it pays, as a share of what it is of. Default: no limit of its own.
        #[example("10%")]
        pub cap: Option<Percent>,
        /// That it must be asked for, and by when.
        #[example({ "within": "30 days" })]
        pub requests: Option<Requests>,
        /// How a miss becomes an amount. Default, with `of: at_risk`: all of the share on a default.
        #[flatten(choice)]
        pub model: Option<CreditModel>
    }
}

either! {
    /// What a credit is a share of.
    pub enum CreditBase {
        /// The charge or the at-risk amount.
        scalar => Named(CreditBaseWord),
        /// A fee of its own, summed from a source.
        map => Fee(Summed)
    }
}

words! {
    /// What a credit is a share of.
    pub enum CreditBaseWord {
        /// The period's charge.
        "charge" => Charge,
        /// The charge × `at_risk` × this KPI's `share`.
        "at_risk" => AtRisk
    }
}

record! {
    /// That a credit must be asked for.
    #[noun("requests")]
    pub struct Requests {
        /// The time after the report.
        #[example("30 days")]
        #[required(complete)]
        pub within: Option<Deadline>
    }
}

choice! {
    /// How a miss becomes an amount: exactly one.
    pub enum CreditModel {
        /// Steps; of one-sided `below` tiers the highest that matches pays, once.
        #[example([{ "below": "target", "pays": "50%" }, { "below": "minimum", "pays": "100%" }])]
        "tiers" => Tiers(Vec<Tier>),
        /// Points that each pay a share.
        #[example({ "bands": [{ "below": "97%", "points": 3 }], "each_pays": "1%", "repeat": "double" })]
        "points" => Points(Points),
        /// Target − actual in percentage points, as a percentage of the charge.
        #[example({})]
        "shortfall" => Shortfall(Capped),
        /// A share per stretch of net downtime.
        #[example({ "each": "30m", "pays": "5%", "rounding": "ceil" })]
        "per_unit" => PerUnit(PerUnit),
        /// A share per number of failures over several periods.
        #[example({ "each": 10, "pays": "5%", "over": "12 periods" })]
        "per_count" => PerCount(PerCount),
        /// In proportion to net downtime: D / (A − B).
        #[example({ "cap": "10%" })]
        "proportional" => Proportional(Capped)
    }
}

record! {
    /// A model without parameters.
    #[noun("credit model")]
    pub struct Capped {
        /// The most it pays, as a share of what the credit is of.
        #[example("10%")]
        pub cap: Option<Percent>
    }
}

record! {
    /// A step of a credit.
    #[noun("tier")]
    pub struct Tier {
        /// When it applies: `below: target` tests the verdict, values test the value.
        #[flatten(fields)]
        pub bounds: Bounds,
        /// What it pays, as a share of what the credit is of.
        #[example("50%")]
        pub pays: Percent
    }
}

record! {
    /// Points that each pay a share.
    #[noun("points")]
    pub struct Points {
        /// Points per stretch of values.
        #[example([{ "below": "97%", "points": 3 }])]
        #[required(complete)]
        pub bands: Option<Vec<PointBand>>,
        /// What one point pays, as a share of what the credit is of.
        #[example("1%")]
        #[required(complete)]
        pub each_pays: Option<Percent>,
        /// What second and later consecutive failures do. Default: they count once.
        #[example("double")]
        pub repeat: Option<Repeat>,
        /// The most it pays, as a share of what the credit is of.
        #[example("10%")]
        pub cap: Option<Percent>
    }
}

record! {
    /// Points for a stretch of values.
    #[noun("band")]
    pub struct PointBand {
        /// The values it covers.
        #[flatten(fields)]
        pub bounds: Bounds,
        /// The points.
        #[example(3)]
        pub points: Number
    }
}

words! {
    /// What second and later consecutive failures do.
    pub enum Repeat {
        /// They count twice, never more.
        "double" => Double
    }
}

record! {
    /// A share per stretch of net downtime.
    #[noun("per_unit")]
    pub struct PerUnit {
        /// The stretch.
        #[example("30m")]
        #[required(complete)]
        pub each: Option<Elapsed>,
        /// What each pays, as a share of what the credit is of.
        #[example("5%")]
        #[required(complete)]
        pub pays: Option<Percent>,
        /// Whether a part of a stretch counts.
        #[example("ceil")]
        #[required(complete)]
        pub rounding: Option<PartRounding>,
        /// The most it pays, as a share of what the credit is of.
        #[example("10%")]
        pub cap: Option<Percent>
    }
}

words! {
    /// Whether a part of a stretch counts.
    pub enum PartRounding {
        /// As a whole one.
        "ceil" => Ceil,
        /// Not at all.
        "floor" => Floor
    }
}

record! {
    /// A share per number of failures over several periods.
    #[noun("per_count")]
    pub struct PerCount {
        /// The number of failures.
        #[example(10)]
        #[required(complete)]
        pub each: Option<u32>,
        /// What they pay, as a share of the charges summed over `over`.
        #[example("5%")]
        #[required(complete)]
        pub pays: Option<Percent>,
        /// How far back failures are counted.
        #[example("12 periods")]
        #[required(complete)]
        pub over: Option<Periods>,
        /// The most it pays, as a share of what the credit is of.
        #[example("10%")]
        pub cap: Option<Percent>
    }
}

record! {
    /// What a good value earns the provider.
    #[noun("bonus")]
    pub struct Bonus {
        /// What it is a share of.
        #[example("charge")]
        #[required(complete)]
        pub of: Option<CreditBase>,
        /// This KPI's share of the at-risk amount, with `of: at_risk`.
        #[example("20%")]
        pub share: Option<Percent>,
        /// Steps; the highest that matches pays, once.
        #[example([{ "above": "98%", "pays": "1%" }])]
        #[required(complete)]
        pub tiers: Option<Vec<Tier>>
    }
}
