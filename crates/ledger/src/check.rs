//! What can only be seen with the whole ledger in view: names that must exist, facts that must have
//! an outcome, operations that contradict each other.

use std::collections::{BTreeMap, BTreeSet};

use crate::act::*;
use crate::area::Made;
use crate::check_conflicts::{self, sets};
use crate::check_fields::{check_facts, check_fields};
use crate::finding::{Finding, Place, did_you_mean};
use crate::ledger::{JOINT, Ledger, WORLD};
use crate::world::World;

pub(crate) fn check(ledger: &Ledger, findings: &mut Vec<Finding>) {
    let names = Names::of(ledger);
    check_acts(ledger, &names, findings);
    for act in &ledger.acts {
        for operation in &act.operations {
            check_operation(ledger, &names, Some(act), operation, findings);
        }
    }
    check_programs(ledger, findings);
    check_lists(ledger, &names, findings);
    check_areas(ledger, &names, findings);
    check_conflicts::twice(ledger, findings);
    check_conflicts::overlaps(ledger, findings);
    check_conflicts::picks_of_a_day(ledger, findings);
    crate::check_picks::check(ledger, findings);
    crate::check_picks::titles(ledger, findings);
    crate::check_relations::check(ledger, findings);
    crate::check_days::check(ledger, findings);
    crate::check_codes::check(ledger, findings);
    crate::order::check(ledger, findings);
    crate::fee::check(ledger, findings);
    crate::filing::check(ledger, findings);
    for world in &ledger.worlds {
        findings.extend(ledger.check_world(world));
    }
}

impl Ledger {
    /// Findings in a world's names, for a world of the ledger or a user's own.
    pub fn check_world(&self, world: &World) -> Vec<Finding> {
        let mut findings = Vec::new();
        // A world may build on what it makes itself.
        let ledger = self.in_worlds(&[World {
            operations: world
                .operations
                .iter()
                .filter(|(o, _)| !matches!(o.does, Does::Drop(_)))
                .cloned()
                .collect(),
            ..world.clone()
        }]);
        let names = Names::of(&ledger);
        let without: BTreeSet<String> = self
            .in_worlds(std::slice::from_ref(world))
            .dropped
            .into_iter()
            .map(|dropped| dropped.act)
            .collect();
        for (operation, _) in &world.operations {
            check_operation(&ledger, &names, None, operation, &mut findings);
            self.check_dropped(&without, operation, &mut findings);
        }
        findings
    }

    /// An operation of a world on a measure whose act the world drops.
    fn check_dropped(
        &self,
        without: &BTreeSet<String>,
        operation: &Operation,
        findings: &mut Vec<Finding>,
    ) {
        if matches!(operation.does, Does::Drop(_)) {
            return;
        }
        let mut names: Vec<&str> = operation.does.targets().iter().map(|t| t.0.as_str()).collect();
        if let Does::Amend { id, .. } = &operation.does {
            names.push(id);
        }
        for name in names {
            let made_by = self.measure(name).and_then(|records| records.first());
            let made_by = made_by.map(|r| self.record(*r).0.id.as_str());
            if let Some(act) = made_by.filter(|act| without.contains(*act)) {
                findings.push(operation.place.finding(
                    format!("`{name}` is made by `{act}`, which is dropped here"),
                    "make the measure anew, or do not drop the act",
                ));
            }
        }
    }
}

/// Every name that something may refer to.
pub(crate) struct Names<'a> {
    pub acts: BTreeSet<&'a str>,
    pub programs: BTreeSet<&'a str>,
    pub measures: BTreeSet<&'a str>,
    pub relations: BTreeSet<&'a str>,
    pub areas: BTreeSet<&'a str>,
    pub lists: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of(ledger: &'a Ledger) -> Names<'a> {
        Names {
            acts: ledger.acts.iter().map(|a| a.id.as_str()).collect(),
            programs: ledger.programs.iter().map(|p| p.id.as_str()).collect(),
            measures: ledger.measures().map(|(id, _)| id).collect(),
            relations: ledger.relations().map(|(id, _)| id).collect(),
            areas: ledger.areas.iter().map(|a| a.id.as_str()).chain([WORLD]).collect(),
            lists: ledger.lists.keys().map(String::as_str).collect(),
        }
    }
}

fn check_acts(ledger: &Ledger, names: &Names<'_>, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    for act in &ledger.acts {
        if let Some(first) = seen.insert(&act.id, &act.place) {
            findings.push(
                act.place.finding(
                    format!("the act `{}` stands twice", act.id),
                    format!("also in {first}"),
                ),
            );
        }
        if names.programs.contains(act.id.as_str()) {
            findings.push(act.place.finding(
                format!("`{}` is the name of an act and of a program", act.id),
                "operations could not tell which is meant",
            ));
        }
        for base in &act.rests_on {
            if !names.acts.contains(base.as_str()) {
                let help = did_you_mean(base, names.acts.iter().copied(), "`rests-on` names acts");
                findings
                    .push(act.place.finding(format!("rests on the unknown act `{base}`"), help));
            } else if ledger.act(base).is_some_and(|b| b.known > act.known) {
                findings.push(act.place.finding(
                    format!("rests on `{base}`, which became known later"),
                    "an act rests on what was there before it",
                ));
            }
        }
    }
}

fn check_programs(ledger: &Ledger, findings: &mut Vec<Finding>) {
    for program in &ledger.programs {
        if ledger.territory(&program.by).is_none() {
            let known = ledger.territories.iter().map(|t| t.id.as_str());
            let help = did_you_mean(&program.by, known, "`by` is a territory of territories.toml");
            let message = format!("{}: unknown territory `{}`", program.id, program.by);
            findings.push(program.by_place.finding(message, help));
        }
    }
    for territory in ledger.territories.iter().filter(|t| t.schedule) {
        let own = || ledger.programs.iter().filter(|p| p.by == territory.id);
        if let (false, Some(first)) = (own().any(|p| p.base), own().next()) {
            findings.push(first.place.finding(
                format!("`{}` has a schedule and no base program", territory.id),
                "mark the program of the schedule's duties with base = true",
            ));
        }
    }
}

/// Members of areas name acts that exist.
fn check_areas(ledger: &Ledger, names: &Names<'_>, findings: &mut Vec<Finding>) {
    for Made { act, place, .. } in ledger.areas.iter().flat_map(|area| &area.made) {
        if !names.acts.contains(act.as_str()) {
            let help = did_you_mean(act, names.acts.iter().copied(), "members name acts");
            findings.push(place.finding(format!("unknown act `{act}`"), help));
        }
    }
}

fn check_operation(
    ledger: &Ledger,
    names: &Names<'_>,
    act: Option<&Act>,
    operation: &Operation,
    findings: &mut Vec<Finding>,
) {
    let place = &operation.place;
    if let Some((name, option)) = &operation.reading {
        let reading = ledger.readings.iter().find(|r| r.id == *name);
        if reading.is_none_or(|r| !r.options.iter().any(|o| o.id == *option)) {
            let known = ledger.readings.iter().map(|r| r.id.as_str());
            let help = did_you_mean(name, known, "readings stand in readings/");
            findings.push(place.finding(format!("unknown reading `{name}={option}`"), help));
        }
    }
    let things = || names.measures.iter().chain(&names.relations).chain(&names.programs).copied();
    match &operation.does {
        Does::Measure { id, fields } => {
            check_measure(ledger, names, act, id, fields, operation, findings);
        }
        Does::Amend { id, fields } => {
            if !names.measures.contains(id.as_str()) {
                let help = did_you_mean(
                    id,
                    names.measures.iter().copied(),
                    "an amendment names a measure",
                );
                findings.push(place.finding(format!("unknown measure `{id}`"), help));
            }
            if sets(&operation.does).is_empty() {
                findings.push(place.finding(format!("`{id}`: amends nothing"), "say what changes"));
            }
            check_fields(ledger, names, fields, place, findings);
            check_facts(ledger, id, fields, place, findings);
        }
        Does::End(targets) | Does::Extend(targets) | Does::Resume(targets) => {
            for target in targets {
                check_target(target, things().collect(), place, findings);
            }
        }
        Does::Suspend { targets, leaving } => {
            let duties: Vec<&str> = names.measures.iter().chain(&names.programs).copied().collect();
            for target in targets {
                if names.relations.contains(target.0.as_str()) {
                    let message = format!("`{}` is a relation and cannot be suspended", target.0);
                    findings.push(place.finding(message, "`end` and `extend` it"));
                } else {
                    check_target(target, duties.clone(), place, findings);
                }
            }
            if let Some(Leaving::Measure(id)) = leaving {
                check_leaving(ledger, names, targets, id, place, findings);
            }
        }
        Does::Void { targets, .. } => {
            let all: Vec<&str> = things().chain(names.acts.iter().copied()).collect();
            for target in targets {
                check_target(target, all.clone(), place, findings);
            }
        }
        Does::Stay { acts, until_act, .. } => {
            for target in acts.iter().map(|t| t.0.as_str()).chain(until_act.as_deref()) {
                check_target(
                    &Target(target.to_owned()),
                    names.acts.iter().copied().collect(),
                    place,
                    findings,
                );
            }
        }
        Does::Drop(acts) => {
            for target in acts {
                check_target(target, names.acts.iter().copied().collect(), place, findings);
            }
        }
        Does::Relation(relation) => {
            if relation.id.split('/').count() != 3 {
                findings.push(place.finding(
                    format!("`{}` is not a relation id", relation.id),
                    "write territory/act/slug, like us/eo-14289/autos-first",
                ));
            }
            let known: Vec<&str> = names.measures.iter().chain(&names.programs).copied().collect();
            for target in relation.of.iter().chain(&relation.object).chain(&relation.except) {
                check_target(target, known.clone(), place, findings);
            }
        }
        Does::Pick(_) => {}
        Does::Clock { territory, .. } => {
            if ledger.territory(territory).is_none() {
                findings.push(place.finding(format!("unknown territory `{territory}`"), ""));
            }
        }
    }
}

/// What a suspension leaves is a measure of the same pick.
fn check_leaving(
    ledger: &Ledger,
    names: &Names<'_>,
    targets: &[Target],
    id: &str,
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    if !names.measures.contains(id) {
        let help = did_you_mean(id, names.measures.iter().copied(), "a measure or a rate");
        findings.push(place.finding(format!("leaving the unknown measure `{id}`"), help));
        return;
    }
    let pick = |id: &str| {
        let fields = ledger.measure(id)?.iter().find_map(|r| match &ledger.record(*r).1.does {
            Does::Measure { fields, .. } => Some(fields.as_ref()),
            _ => None,
        })?;
        fields.pick.clone()
    };
    let own = pick(id);
    let others = names.measures.iter().filter(|m| targets.iter().any(|t| t.covers(m)));
    for other in others.filter(|other| **other != id) {
        if own.is_none() || pick(other) != own {
            findings.push(place.finding(
                format!(
                    "`{id}` is left in place of `{other}` and is not a member of the same pick"
                ),
                "what is collected instead stands in a later stage of the pick",
            ));
            return;
        }
    }
}

fn check_target(target: &Target, known: Vec<&str>, place: &Place, findings: &mut Vec<Finding>) {
    let found = match target.0.strip_suffix('*') {
        Some(prefix) => known.iter().any(|name| name.starts_with(prefix)),
        None => known.contains(&target.0.as_str()),
    };
    if !found {
        let help = did_you_mean(&target.0, known, "`truce law list` prints every name");
        findings.push(place.finding(format!("nothing is named `{}`", target.0), help));
    }
}

fn check_measure(
    ledger: &Ledger,
    names: &Names<'_>,
    act: Option<&Act>,
    id: &str,
    fields: &Fields,
    operation: &Operation,
    findings: &mut Vec<Finding>,
) {
    let place = &operation.place;
    let parts: Vec<&str> = id.split('/').collect();
    let [territory, program, slug] = parts.as_slice() else {
        findings.push(place.finding(
            format!("`{id}` is not a measure id"),
            "write territory/program/slug, like us/ieepa-fentanyl/cn",
        ));
        return;
    };
    if slug.is_empty() || slug.contains(' ') {
        findings.push(place.finding(format!("`{id}` has no usable slug"), ""));
    }
    match ledger.program(program) {
        None => {
            let help = did_you_mean(
                program,
                names.programs.iter().copied(),
                "programs are the closed list of programs.toml",
            );
            findings.push(place.finding(format!("unknown program `{program}` in `{id}`"), help));
        }
        Some(p) if p.by != *territory => findings.push(place.finding(
            format!("`{id}`: the program `{program}` is levied by `{}`", p.by),
            format!("write {}/{program}/{slug}", p.by),
        )),
        Some(p) if p.levies && fields.rate.is_none() => {
            findings.push(place.finding(format!("`{id}` has no rate"), "rate = \"10%\""));
        }
        Some(p) if !p.levies && fields.control.is_none() => {
            findings.push(place.finding(
                format!("`{id}` is a control and says neither what it requires nor prohibits"),
                "requires = \"…\" or prohibits = \"…\"",
            ));
        }
        Some(_) => {}
    }
    if let Some(act) = act
        && act.folder != *territory
        && act.folder != JOINT
        && act.supposed_by.is_none()
    {
        findings.push(place.finding(
            format!("`{id}` is a measure of `{territory}` in an act of `{}`", act.folder),
            "a territory makes its own measures",
        ));
    }
    if fields.of.is_none() && fields.to.is_none() {
        findings.push(place.finding(
            format!("`{id}` does not say of which origins"),
            "of = [\"CN\"], of = \"world\", or `to` for a control on exports",
        ));
    }
    if let Some(records) = ledger.measure(id) {
        let first = records
            .iter()
            .map(|r| ledger.record(*r))
            .find(|(_, o)| matches!(&o.does, Does::Measure { .. }));
        if let Some((_, first)) = first
            && first.place != *place
        {
            findings.push(place.finding(
                format!("the measure `{id}` is made twice"),
                format!("first in {}; write `amend`, or choose another slug", first.place),
            ));
        }
    }
    check_fields(ledger, names, fields, place, findings);
    check_facts(ledger, id, fields, place, findings);
}

fn check_lists(ledger: &Ledger, names: &Names<'_>, findings: &mut Vec<Finding>) {
    for list in ledger.lists.values() {
        // Rows share their texts, so most are told apart by address.
        let mut known: BTreeSet<*const str> = BTreeSet::new();
        for row in &list.rows {
            for act in [Some(&row.act), row.ended_by.as_ref()].into_iter().flatten() {
                if act.is_empty() || known.contains(&std::sync::Arc::as_ptr(act)) {
                    continue;
                }
                if names.acts.contains(&**act) {
                    known.insert(std::sync::Arc::as_ptr(act));
                } else {
                    let help = did_you_mean(act, names.acts.iter().copied(), "rows name acts");
                    findings.push(list.place(row).finding(format!("unknown act `{act}`"), help));
                }
            }
        }
    }
}
