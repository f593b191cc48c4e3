//! What a turn of knowledge can change: the classes whose cells differ before and after it.
//!
//! Two stretches of knowledge differ by the acts that bind in one of them alone. A measure has the same
//! version in both, for the same goods and origins, unless such an act stands among its records, among
//! those of picks, or behind a row of a list that it names. So these few measures are looked at in both
//! stretches, moment by moment, and what is found to differ is as much as any cell can differ by.

use std::collections::BTreeSet;
use std::sync::Arc;

use ledger::{Does, Fields, Records};
use tariff::Moment;

use super::acts;
use super::bits::Bits;
use super::classes::Classes;
use super::side::Side;
use super::state::{At, Drafts, Live, Look};
use crate::ground::SideGround;

/// Compares the stretches of knowledge of one side.
pub(crate) struct Turning<'l, 's> {
    side: &'s Side<'l>,
    classes: &'s Classes<'l>,
    drafts: Drafts<'l, 's>,
    /// For each measure, the places of the lists that some operation on it names.
    lists: Vec<Vec<usize>>,
}

/// What may differ between two stretches, whatever the moment.
pub(crate) struct Suspects {
    stretches: (usize, usize),
    measures: Vec<usize>,
    relations: bool,
    /// Which date fixes the law may differ, and with it everything.
    everything: bool,
    /// Between two of these moments, one after the other, nothing of it changes.
    cuts: BTreeSet<Moment>,
}

impl Suspects {
    /// Which of the stretches between its cuts a stretch of the side's time lies in.
    pub fn part(&self, side: &Side<'_>, time: usize) -> usize {
        let moment = acts::within(&side.cuts, time);
        self.cuts.range(..=moment).count()
    }
}

/// Pairs of a class of goods and one of origins.
pub(crate) struct Touched {
    /// For each class of goods, its classes of origins.
    words: Vec<u64>,
    width: usize,
    any: bool,
}

impl<'l, 's> Turning<'l, 's> {
    pub fn of(ground: &'s SideGround<'l>) -> Turning<'l, 's> {
        let (side, classes) = (&ground.side, &ground.classes);
        let lists = side.measures.iter().map(|measure| {
            let fields = fields_of(side, measure.records).flat_map(Fields::lists);
            let mut lists: Vec<usize> = fields.filter_map(|name| side.list(name)).collect();
            lists.sort_unstable();
            lists.dedup();
            lists
        });
        Turning { side, classes, drafts: Drafts::new(side, classes), lists: lists.collect() }
    }

    /// What may differ between two stretches; `None` where nothing does.
    pub fn suspects(&self, stretches: (usize, usize)) -> Option<Suspects> {
        let side = self.side;
        if !side.acts.any_differ(stretches) {
            return None;
        }
        let act = |act: usize| side.acts.differ(stretches, act);
        let records = |records: &Records| records.iter().any(|(at, _)| act(*at));
        let lists = self.classes.lists.iter();
        let lists: Vec<bool> =
            lists.map(|list| list.kinds.iter().any(|kind| kind.turns(&act))).collect();
        let picks = side.picks.iter().any(|(_, r)| records(r));
        let suspect = |measure: &usize| {
            let named = &self.lists[*measure];
            picks || records(side.measures[*measure].records) || named.iter().any(|at| lists[*at])
        };
        let mut suspects = Suspects {
            stretches,
            measures: (0..side.measures.len()).filter(suspect).collect(),
            relations: false,
            everything: side.clocks.iter().any(|r| records(r)),
            cuts: BTreeSet::new(),
        };
        suspects.measures.iter().for_each(|at| self.cuts_of(*at, &mut suspects.cuts));
        side.picks.iter().for_each(|(_, r)| cuts_of_records(side, r, &mut suspects.cuts));
        for relation in side.relations.iter().filter(|relation| records(relation.records)) {
            suspects.relations = true;
            cuts_of_records(side, relation.records, &mut suspects.cuts);
            for measures in relation.versions.iter().flat_map(|v| [&v.of, &v.object]) {
                measures.iter().for_each(|at| self.cuts_of(at, &mut suspects.cuts));
            }
        }
        let none = suspects.measures.is_empty() && !suspects.relations && !suspects.everything;
        (!none).then_some(suspects)
    }

    /// The moments at which what a measure is or concerns may change.
    fn cuts_of(&self, measure: usize, cuts: &mut BTreeSet<Moment>) {
        let (side, source) = (self.side, &self.side.measures[measure]);
        cuts_of_records(side, source.records, cuts);
        cuts.extend(&source.entered_cuts);
        for list in &self.lists[measure] {
            let kinds = &self.classes.lists[*list].kinds;
            cuts.extend(kinds.iter().flat_map(|kind| [kind.from, kind.until]).flatten());
        }
        let areas = fields_of(side, source.records).flat_map(Fields::areas);
        for area in areas.filter_map(|name| side.ledger.area(name)) {
            cuts.extend(area.members.iter().flat_map(|(_, i)| [i.from, i.until]).flatten());
        }
    }

    /// The classes of which the cells may differ over a stretch of time, for lines of which no date but
    /// that of entry fixes the law.
    pub fn touched(&mut self, suspects: &Suspects, time: usize) -> Touched {
        let sizes = (self.classes.scopes.len(), self.classes.origins.len());
        let mut touched = Touched::none(sizes);
        if suspects.everything {
            touched.add(&Bits::all(sizes.0), &Bits::all(sizes.1));
            return touched;
        }
        let moment = acts::within(&self.side.cuts, time);
        let at = |stretch| At { stretch, moment, entered: moment, dates: [None; 4] };
        let (before, after) = (at(suspects.stretches.0), at(suspects.stretches.1));
        let mut looks = (self.drafts.look(&before), self.drafts.look(&after));
        for measure in &suspects.measures {
            match self.both(*measure, &mut looks) {
                (None, None) => {}
                (Some(one), None) | (None, Some(one)) => touched.add(&one.scope, &one.origins),
                (Some(a), Some(b)) => touched.add_difference(&a, &b),
            }
        }
        if suspects.relations {
            let (a, b) = (self.drafts.relations(&before), self.drafts.relations(&after));
            let gone = a.iter().filter(|relation| !b.contains(relation));
            let come = b.iter().filter(|relation| !a.contains(relation));
            for (source, version) in gone.chain(come) {
                let relation = &self.side.relations[*source].versions[*version];
                let of = self.concerned(&relation.of, &mut looks);
                let object = self.concerned(&relation.object, &mut looks);
                touched.add(&of.0.and(&object.0), &of.1.and(&object.1));
            }
        }
        touched
    }

    /// The classes that some of these measures concern in either stretch.
    fn concerned(&mut self, measures: &Bits, looks: &mut (Look<'l>, Look<'l>)) -> (Bits, Bits) {
        let (scopes, origins) = (self.classes.scopes.len(), self.classes.origins.len());
        let mut concerned = (Bits::none(scopes), Bits::none(origins));
        for measure in measures.iter() {
            let (before, after) = self.both(measure, looks);
            for live in [before, after].into_iter().flatten() {
                concerned.0.add(&live.scope);
                concerned.1.add(&live.origins);
            }
        }
        concerned
    }

    fn both(
        &mut self,
        measure: usize,
        looks: &mut (Look<'l>, Look<'l>),
    ) -> (Option<Live<'l>>, Option<Live<'l>>) {
        (self.drafts.live(measure, &mut looks.0), self.drafts.live(measure, &mut looks.1))
    }
}

fn fields_of<'l>(side: &Side<'l>, records: &'l Records) -> impl Iterator<Item = &'l Fields> {
    let ledger = side.ledger;
    records.iter().filter_map(|record| match &ledger.record(*record).1.does {
        Does::Measure { fields, .. } | Does::Amend { fields, .. } => Some(fields.as_ref()),
        _ => None,
    })
}

fn cuts_of_records(side: &Side<'_>, records: &Records, cuts: &mut BTreeSet<Moment>) {
    for record in records {
        let interval = side.ledger.record(*record).1.interval;
        cuts.extend([interval.from, interval.until].into_iter().flatten());
    }
}

impl Touched {
    fn none((scopes, origins): (usize, usize)) -> Touched {
        let width = origins.div_ceil(64);
        Touched { words: vec![0; scopes * width], width, any: false }
    }

    /// Whether it has no pair at all.
    pub fn is_empty(&self) -> bool {
        !self.any
    }

    pub fn has(&self, scope: u32, origin: u16) -> bool {
        let word = self.words[scope as usize * self.width + usize::from(origin) / 64];
        word >> (origin % 64) & 1 == 1
    }

    fn add(&mut self, scopes: &Bits, origins: &Bits) {
        scopes.iter().for_each(|scope| self.add_origins(scope, origins));
    }

    fn add_origins(&mut self, scope: usize, origins: &Bits) {
        let row = &mut self.words[scope * self.width..][..self.width];
        row.iter_mut().zip(origins.words()).for_each(|(all, more)| *all |= more);
        self.any = true;
    }

    /// What two states of a measure do not have in common.
    fn add_difference(&mut self, a: &Live<'_>, b: &Live<'_>) {
        let same_origins = a.origins == b.origins && a.of_origin == b.of_origin;
        if a.version.id != b.version.id || !same_origins {
            for live in [a, b] {
                self.add(&live.scope, &live.origins);
            }
            return;
        }
        let same_goods = Arc::ptr_eq(&a.scope, &b.scope) && Arc::ptr_eq(&a.of_scope, &b.of_scope);
        if same_goods {
            return;
        }
        let mut either = (*a.scope).clone();
        either.add(&b.scope);
        for scope in either.iter() {
            let in_both = a.scope.contains(scope) && b.scope.contains(scope);
            if !in_both || a.within_scope(scope) != b.within_scope(scope) {
                self.add_origins(scope, &a.origins);
            }
        }
    }
}
