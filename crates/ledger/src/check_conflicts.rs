//! Operations that contradict each other, and things of one name.

use tariff::Interval;

use crate::act::*;
use crate::finding::{Finding, Place};
use crate::ledger::Ledger;

/// Relations and worlds of one name.
pub(crate) fn twice(ledger: &Ledger, findings: &mut Vec<Finding>) {
    for (id, records) in ledger.relations() {
        let made = records.iter().map(|r| ledger.record(*r).1);
        let mut made = made.filter(|o| matches!(o.does, Does::Relation(_)));
        if let (Some(first), Some(second)) = (made.next(), made.next()) {
            let help = format!("first in {}; end that one, or choose another id", first.place);
            findings.push(second.place.finding(format!("the relation `{id}` stands twice"), help));
        }
    }
    for (at, world) in ledger.worlds.iter().enumerate() {
        if let Some(first) = ledger.worlds[..at].iter().find(|w| w.id == world.id) {
            let help = format!("first in {}", first.place);
            findings
                .push(world.place.finding(format!("the world `{}` stands twice", world.id), help));
        }
    }
}

/// Two acts of one day that define one pick for the same moment.
pub(crate) fn picks_of_a_day(ledger: &Ledger, findings: &mut Vec<Finding>) {
    for (id, records) in ledger.picks() {
        for (i, a) in records.iter().enumerate() {
            for b in &records[i + 1..] {
                let ((first, x), (second, y)) = (ledger.record(*a), ledger.record(*b));
                let same_day = first.id != second.id && first.known == second.known;
                if same_day && x.interval.overlaps(y.interval) && second.supposed_by.is_none() {
                    findings.push(y.place.finding(
                        format!(
                            "the pick `{id}` is also defined by `{}`, known the same day",
                            first.id
                        ),
                        format!("see {}", x.place),
                    ));
                }
            }
        }
    }
}

/// Two acts of equal `known` that set the same field of a measure for the same moment.
pub(crate) fn overlaps(ledger: &Ledger, findings: &mut Vec<Finding>) {
    for (id, records) in ledger.measures() {
        let settings: Vec<(&Act, Interval, Vec<&str>, &Place)> = records
            .iter()
            .map(|r| ledger.record(*r))
            .map(|(act, o)| (act, o.interval, sets(&o.does), &o.place))
            .collect();
        for (i, a) in settings.iter().enumerate() {
            for b in &settings[i + 1..] {
                let distinct = a.0.id != b.0.id && a.0.known == b.0.known;
                let shared = a.2.iter().find(|field| b.2.contains(field));
                if let (true, Some(field)) = (distinct && a.1.overlaps(b.1), shared)
                    && a.0.supposed_by.is_none()
                    && b.0.supposed_by.is_none()
                {
                    findings.push(b.3.finding(
                        format!("`{id}`: `{field}` is set for the same time by `{}`, known the same day", a.0.id),
                        format!("see {}; give one of them an earlier end or a moment of `known`", a.3),
                    ));
                }
            }
        }
    }
}

/// The fields that an operation on a measure sets.
pub(crate) fn sets(does: &Does) -> Vec<&'static str> {
    let fields = match does {
        Does::Measure { fields, .. } | Does::Amend { fields, .. } => fields,
        Does::End(_) | Does::Extend(_) => return vec!["live"],
        Does::Suspend { .. } | Does::Resume(_) => return vec!["suspended"],
        _ => return Vec::new(),
    };
    let mut set = Vec::new();
    for (name, is_set) in [
        ("heading", fields.heading.is_some()),
        ("rate", fields.rate.is_some()),
        ("of", fields.of.is_some()),
        ("goods", fields.goods.is_some()),
        ("except-goods", fields.except_goods.is_some()),
        ("when", fields.when.is_some()),
        ("basis", fields.basis.is_some()),
        ("pick", fields.pick.is_some()),
        ("stage", fields.stage.is_some()),
        ("title", fields.title.is_some()),
        ("control", fields.control.is_some()),
        ("except-of", fields.except_of.is_some()),
        ("to", fields.to.is_some()),
        ("unstated", fields.unstated.is_some()),
        ("relief", fields.relief.is_some()),
        ("stand-in", fields.stand_in.is_some()),
        ("tests", fields.tests.is_some()),
        ("absorbs", fields.absorbs.is_some()),
        ("drawback", fields.drawback.is_some()),
        ("alias", fields.alias.is_some()),
        ("clock", fields.clock.is_some()),
    ] {
        if is_set {
            set.push(name);
        }
    }
    set
}
