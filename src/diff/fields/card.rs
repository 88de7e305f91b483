//! What a card says about itself, its parties, time, money and consequences.

use super::Fields;
use crate::resolve::terms::{
    Amount, Calendar, CarveOut, CarveOutBy, CarveOutCap, Category, Consequences, Contract, Counting, EarnBack, ForEach,
    Grades, Needs, Objective, Obligation, Person, Review, RollingCap, Terms, Trigger, TriggerWhen,
};

const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Fields {
    pub(super) fn terms(&mut self, terms: &Terms) {
        let Terms {
            // Cards are compared by their id.
            id: _,
            title,
            description,
            contract,
            time_zone,
            period,
            business_days,
            review,
            scope,
            for_each,
            calendars,
            people,
            objectives,
            categories,
            sources,
            kpis,
            carve_outs,
            consequences,
            grades,
            missing,
            views,
            obligations,
        } = terms;
        self.text("title", title);
        self.text_of("description", description.as_ref());
        if let Some(contract) = contract {
            self.below("contract", |fields| fields.contract(contract));
        }
        self.text("time_zone", time_zone.iana_name().unwrap_or_default());
        let every = super::snake_case(&format!("{:?}", period.every));
        self.text(
            "period",
            match period.from_day {
                1 => every,
                day => format!("{every} from day {day}"),
            },
        );
        self.text_of("business_days", business_days.as_ref());
        if let Some(Review { every_months, last }) = review {
            self.below("review", |fields| {
                fields.text("every", format!("{every_months} months"));
                fields.day("last", *last);
            });
        }
        self.text_of("scope", scope.as_ref());
        if let Some(ForEach { name, list, key, title }) = for_each {
            self.below("for_each", |fields| {
                fields.below(name, |fields| {
                    fields.text("list", list);
                    fields.text("key", key);
                    fields.text_of("title", title.as_ref());
                });
            });
        }
        self.below("calendars", |fields| {
            for (id, calendar) in calendars.iter().filter(|(_, calendar)| !calendar.always) {
                fields.below(id, |fields| fields.calendar(calendar));
            }
        });
        self.below("people", |fields| {
            for (id, Person { name, party, email }) in people {
                fields.below(id, |fields| {
                    fields.text("name", name);
                    fields.text_of("party", party.as_ref());
                    fields.text_of("email", email.as_ref());
                });
            }
        });
        self.below("objectives", |fields| {
            for (id, Objective { title, owner }) in objectives {
                fields.below(id, |fields| {
                    fields.text("title", title);
                    fields.text_of("owner", owner.as_ref());
                });
            }
        });
        self.below("categories", |fields| {
            for (id, Category { title, weight }) in categories {
                fields.below(id, |fields| {
                    fields.text("title", title);
                    fields.number("weight", weight);
                });
            }
        });
        self.below("sources", |fields| {
            for (id, source) in sources {
                fields.below(id, |fields| fields.source(source));
            }
        });
        self.below("kpis", |fields| {
            for (id, kpi) in kpis {
                fields.below(id, |fields| fields.kpi(kpi));
            }
        });
        self.below("carve_outs", |fields| {
            for (id, carve_out) in carve_outs {
                fields.below(id, |fields| fields.carve_out(carve_out));
            }
        });
        self.below("consequences", |fields| fields.consequences(consequences));
        if let Some(Grades { green, amber }) = grades {
            self.below("grades", |fields| {
                fields.number("green", green);
                fields.number("amber", amber);
            });
        }
        self.word("missing", missing);
        self.set("views", views);
        self.below("obligations", |fields| {
            for (id, Obligation { title, owner, due }) in obligations {
                fields.below(id, |fields| {
                    fields.text("title", title);
                    fields.text_of("owner", owner.as_ref());
                    fields.text_of("due", due.as_ref());
                });
            }
        });
    }

    fn contract(&mut self, contract: &Contract) {
        let Contract {
            reference,
            customer,
            provider,
            starts,
            ends,
            charge,
            currency,
            // Follows from the currency.
            minor_units: _,
            at_risk,
            over_allocated,
            report_due,
            late_changes,
            partial,
        } = contract;
        self.text_of("reference", reference.as_ref());
        self.text_of("customer", customer.as_ref());
        self.text_of("provider", provider.as_ref());
        self.day("starts", Some(*starts));
        self.day("ends", *ends);
        if let Some(charge) = charge {
            self.amount("charge", charge);
        }
        self.text_of("currency", currency.as_ref());
        if let Some(at_risk) = at_risk {
            self.share("at_risk", at_risk);
        }
        self.share("over_allocated", over_allocated);
        self.deadline_of("report_due", report_due.as_ref());
        if let Some(late_changes) = late_changes {
            self.word("late_changes", late_changes);
        }
        if let Some(partial) = partial {
            self.word("partial", partial);
        }
    }

    pub(super) fn amount(&mut self, key: &str, amount: &Amount) {
        match amount {
            Amount::Fixed(number) => self.number(key, number),
            Amount::Summed { source, filter, sum } => self.below(key, |fields| {
                fields.text("source", source);
                fields.expression_of("where", filter.as_ref());
                fields.expression("sum", sum);
            }),
        }
    }

    fn calendar(&mut self, calendar: &Calendar) {
        let Calendar {
            zone,
            open,
            holidays,
            always: _,
        } = calendar;
        self.text("zone", zone.iana_name().unwrap_or_default());
        self.below("open", |fields| {
            for (day, hours) in WEEK.iter().zip(open) {
                if !hours.is_empty() {
                    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
                    let hours: Vec<String> = hours
                        .iter()
                        .map(|(from, to)| format!("{}-{}", time(*from), time(*to)))
                        .collect();
                    fields.text(day, hours.join(", "));
                }
            }
        });
        let days: Vec<String> = holidays.iter().map(ToString::to_string).collect();
        self.set("holidays", &days);
    }

    fn carve_out(&mut self, carve_out: &CarveOut) {
        let CarveOut {
            id: _,
            title,
            clause,
            cause,
            by,
            mode,
            cap,
            needs: Needs { evidence, approval },
            notice,
            declared_at: _,
        } = carve_out;
        self.text("title", title);
        self.text_of("clause", clause.as_ref());
        self.text_of("cause", cause.as_ref());
        self.below("by", |fields| match by {
            CarveOutBy::Schedule { rrule, from, lasts } => fields.below("schedule", |fields| {
                // The parts of a rule have no order (RFC 5545, 3.3.10).
                let upper = rrule.text.to_ascii_uppercase();
                let mut parts: Vec<&str> = upper
                    .split(';')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .collect();
                parts.sort_by_key(|part| (!part.starts_with("FREQ="), *part));
                fields.text("rrule", parts.join(";"));
                fields.day("from", *from);
                fields.time("lasts", *lasts);
            }),
            CarveOutBy::Where(condition) => fields.expression("where", condition),
            CarveOutBy::Claims => fields.text("claims", "claims"),
        });
        self.word("mode", mode);
        if let Some(CarveOutCap { time, per, counts }) = cap {
            self.below("cap", |fields| {
                fields.time("hours", *time);
                fields.word("per", per);
                fields.word("counts", counts);
            });
        }
        self.below("needs", |fields| {
            fields.flag("evidence", *evidence);
            fields.flag("approval", *approval);
        });
        self.deadline_of("notice", notice.as_ref());
    }

    fn consequences(&mut self, consequences: &Consequences) {
        let Consequences {
            single_incident,
            default_after,
            earn_back,
            rolling_cap,
            triggers,
        } = consequences;
        if let Some(single_incident) = single_incident {
            self.word("single_incident", single_incident);
        }
        if let Some((misses, within)) = default_after {
            self.text("default_after", format!("{misses} misses within {within} periods"));
        }
        if let Some(earn_back) = earn_back {
            let EarnBack {
                over,
                every_period,
                forbid_default,
                forbid_below_target,
                lapse,
            } = earn_back;
            self.below("earn_back", |fields| {
                fields.count("over", *over);
                fields.text("test", if *every_period { "every_period" } else { "mean_margin" });
                fields.below("forbid", |fields| {
                    fields.flag("default", *forbid_default);
                    fields.flag("below_target", *forbid_below_target);
                });
                fields.flag("lapse", *lapse);
            });
        }
        if let Some(RollingCap {
            over,
            at_most,
            projected,
        }) = rolling_cap
        {
            self.below("caps", |fields| {
                fields.below("rolling", |fields| {
                    fields.count("over", *over);
                    fields.share("at_most", at_most);
                    fields.text("before_full", if *projected { "projected" } else { "to_date" });
                });
            });
        }
        self.below("triggers", |fields| {
            for (id, trigger) in triggers {
                fields.below(id, |fields| fields.trigger(trigger));
            }
        });
    }

    fn trigger(&mut self, trigger: &Trigger) {
        let Trigger {
            when,
            notify,
            within,
            right,
            clause,
        } = trigger;
        self.below("when", |fields| match when {
            TriggerWhen::Consecutive { periods, counting } => {
                fields.count("consecutive", *periods);
                fields.counting(counting);
            }
            TriggerWhen::Count {
                count,
                within,
                counting,
            } => {
                fields.count("count", *count);
                fields.count("within", *within);
                fields.counting(counting);
            }
            TriggerWhen::CapReached => fields.text("cap_reached", "period"),
        });
        self.set("notify", notify);
        self.deadline_of("within", within.as_ref());
        self.text_of("right", right.as_ref());
        self.text_of("clause", clause.as_ref());
    }

    fn counting(&mut self, counting: &Counting) {
        let Counting {
            kpis,
            below_target,
            same_kpi,
        } = counting;
        match kpis {
            Some(kpis) => self.set("kpis", kpis),
            None => self.text("kpis", "all"),
        }
        self.text("verdict", if *below_target { "below_target" } else { "default" });
        self.flag("same_kpi", *same_kpi);
    }
}
