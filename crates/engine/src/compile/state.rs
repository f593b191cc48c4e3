//! The law of a side at one stretch of knowledge and one moment: which measures are live, for whom.

use std::sync::Arc;

use ledger::{DateFact, Does, Pick};
use rustc_hash::FxHashMap;
use tariff::Moment;

use super::bits::Bits;
use super::classes::{Classes, selected};
use super::side::{RelationVersion, Side};
use super::version::{Terms, Version, VersionRate};

/// Where in knowledge and time a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct At {
    pub stretch: usize,
    /// The moment whose law applies.
    pub moment: Moment,
    pub entered: Moment,
    /// The other dates that clocks name, in the order of `OTHER_DATES`.
    pub dates: [Option<Moment>; 4],
}

/// A live measure with the classes it concerns.
#[derive(Clone)]
pub(crate) struct Live<'l> {
    pub version: Arc<Version<'l>>,
    pub scope: Arc<Bits>,
    pub origins: Arc<Bits>,
    /// For each class of goods what differs within the measure: its goods tests as bits, and the kind
    /// of list row that gives the rate. Empty where nothing does.
    pub of_scope: Arc<Vec<(u32, Option<u32>)>>,
    /// The same of origins.
    pub of_origin: Arc<Vec<u32>>,
    /// Place of the list that gives the rate.
    pub rate_list: usize,
}

impl Live<'_> {
    /// What differs for a class of goods: tests as bits, and the kind of row that gives the rate.
    pub fn within_scope(&self, scope: usize) -> (u32, Option<u32>) {
        self.of_scope.get(scope).copied().unwrap_or((0, None))
    }

    /// What differs for a class of origins: tests as bits.
    pub fn within_origin(&self, origin: usize) -> u32 {
        self.of_origin.get(origin).copied().unwrap_or(0)
    }

    /// Whether it is the other, of the same classes. Two that were made apart may be equal all the same.
    pub fn is(&self, other: &Live<'_>) -> bool {
        self.version.id == other.version.id
            && Arc::ptr_eq(&self.scope, &other.scope)
            && Arc::ptr_eq(&self.origins, &other.origins)
            && Arc::ptr_eq(&self.of_scope, &other.of_scope)
            && Arc::ptr_eq(&self.of_origin, &other.of_origin)
    }

    /// Whether it concerns two classes.
    pub fn concerns(&self, scope: usize, origin: usize) -> bool {
        self.scope.contains(scope) && self.origins.contains(origin)
    }
}

pub(crate) struct State<'l> {
    /// Those that levy, or ask something, in the order of their ids.
    pub live: Vec<Live<'l>>,
    /// Places of the relation and of its version, in the order of ids.
    pub relations: Vec<(usize, usize)>,
}

impl<'l> State<'l> {
    /// The places of live measures that pass a test.
    pub fn places(&self, test: impl Fn(&Live<'l>) -> bool) -> Bits {
        let mut places = Bits::none(self.live.len());
        for (at, live) in self.live.iter().enumerate() {
            if test(live) {
                places.insert(at);
            }
        }
        places
    }
}

/// A set with its number, which no other set has.
type Numbered = (u32, Arc<Bits>);

/// Makes states, and keeps what they share.
pub(crate) struct Drafts<'l, 's> {
    side: &'s Side<'l>,
    classes: &'s Classes<'l>,
    /// For each measure, its versions by what they follow from.
    versions: Vec<FxHashMap<Vec<u64>, Option<Arc<Version<'l>>>>>,
    /// For each measure, its versions that differ.
    distinct: Vec<Vec<Arc<Version<'l>>>>,
    made: u32,
    /// For each list, its members by which kinds of rows hold.
    members: Vec<FxHashMap<Vec<bool>, Numbered>>,
    member_sets: u32,
    under: Vec<Arc<Bits>>,
    areas: FxHashMap<(usize, Vec<bool>), Numbered>,
    area_sets: u32,
    concerns: Vec<Option<Concern<'l>>>,
}

/// A place in knowledge and time, with what was looked up there.
pub(crate) struct Look<'l> {
    at: At,
    picks: Vec<(u64, Option<&'l Pick>)>,
    memberships: Vec<Membership>,
}

/// What a measure concerned when last looked at, and what that followed from.
struct Concern<'l> {
    from: (u32, Vec<u32>),
    live: Live<'l>,
}

/// Lists and areas at one moment, looked up once each.
struct Membership {
    moment: Moment,
    lists: Vec<Option<ListAt>>,
    areas: Vec<Option<(u32, Arc<Bits>)>>,
}

#[derive(Clone)]
struct ListAt {
    id: u32,
    members: Arc<Bits>,
    holding: Arc<Vec<bool>>,
}

impl<'l, 's> Drafts<'l, 's> {
    pub fn new(side: &'s Side<'l>, classes: &'s Classes<'l>) -> Drafts<'l, 's> {
        Drafts {
            side,
            classes,
            versions: vec![FxHashMap::default(); side.measures.len()],
            distinct: vec![Vec::new(); side.measures.len()],
            made: 0,
            members: vec![FxHashMap::default(); side.lists.len()],
            member_sets: 0,
            under: (0..side.prefixes.len()).map(|p| Arc::new(classes.under(p))).collect(),
            areas: FxHashMap::default(),
            area_sets: 0,
            concerns: (0..side.measures.len()).map(|_| None).collect(),
        }
    }

    /// How many versions of measures were met.
    pub fn versions_made(&self) -> usize {
        self.made as usize
    }

    pub fn state(&mut self, at: &At) -> State<'l> {
        let mut look = self.look(at);
        let measures = 0..self.side.measures.len();
        let live = measures.filter_map(|measure| self.live(measure, &mut look)).collect();
        State { live, relations: self.relations(at) }
    }

    /// What measures at a place are looked at with.
    pub fn look(&self, at: &At) -> Look<'l> {
        let memberships = vec![Membership::new(at.moment, self.side)];
        Look { at: *at, picks: self.picks(at), memberships }
    }

    /// A measure with the classes it concerns, if it is live, concerns some, and levies or asks something.
    pub fn live(&mut self, measure: usize, look: &mut Look<'l>) -> Option<Live<'l>> {
        let side = self.side;
        let (version, moment) = self.version(measure, &look.at, &look.picks)?;
        let memberships = &mut look.memberships;
        let place = match memberships.iter().position(|m| m.moment == moment) {
            Some(place) => place,
            None => {
                memberships.push(Membership::new(moment, side));
                memberships.len() - 1
            }
        };
        let concern = self.concern(version, look.at.stretch, &mut memberships[place]);
        let counts = concern.version.levies(side) || concern.version.asks();
        let some = !concern.scope.is_empty() && !concern.origins.is_empty();
        (counts && some).then_some(concern)
    }

    /// The picks as last defined, with the place of the record.
    fn picks(&self, at: &At) -> Vec<(u64, Option<&'l Pick>)> {
        let side = self.side;
        side.picks
            .iter()
            .map(|(_, records)| {
                let found = records.iter().enumerate().rev().find_map(|(place, record)| {
                    let operation = side.ledger.record(*record).1;
                    match &operation.does {
                        Does::Pick(pick)
                            if operation.interval.contains(at.moment)
                                && side.record_binds(*record, at.stretch) =>
                        {
                            Some((place as u64 + 1, Some(pick)))
                        }
                        _ => None,
                    }
                });
                found.unwrap_or((0, None))
            })
            .collect()
    }

    /// A measure with the moment it is looked at, or `None` when it is not live.
    fn version(
        &mut self,
        measure: usize,
        at: &At,
        picks: &[(u64, Option<&'l Pick>)],
    ) -> Option<(Arc<Version<'l>>, Moment)> {
        let side = self.side;
        let source = &side.measures[measure];
        let mut moment = at.moment;
        if source.own_clock
            && let Some(order) = Terms::at(side, measure, at.stretch, at.moment)?.clock()
        {
            moment = at.first_of(order)?;
        }
        let mut key = Vec::with_capacity(4);
        let mut bits = Key::into(&mut key);
        for record in source.records {
            let binds = side.record_binds(*record, at.stretch);
            bits.push(binds);
            bits.push(binds && side.ledger.record(*record).1.interval.contains(moment));
        }
        for cut in &source.entered_cuts {
            bits.push(at.entered < *cut);
        }
        // Which definition its picks follow.
        key.extend(picks.iter().map(|(record, _)| *record));
        if let Some(known) = self.versions[measure].get(&key) {
            return known.clone().map(|version| (version, moment));
        }
        let picks: Vec<Option<&'l Pick>> = picks.iter().map(|(_, pick)| *pick).collect();
        let version = Terms::at(side, measure, at.stretch, moment).and_then(|terms| {
            Version::of(side, measure, self.made, &terms, &picks, (at.stretch, at.entered))
        });
        let version = version.map(|version| self.kept(version));
        self.versions[measure].insert(key, version.clone());
        version.map(|version| (version, moment))
    }

    /// The version itself, or an earlier one of the measure that says the same.
    fn kept(&mut self, mut version: Version<'l>) -> Arc<Version<'l>> {
        let distinct = &mut self.distinct[version.measure];
        for known in distinct.iter() {
            version.id = known.id;
            if version == **known {
                return known.clone();
            }
        }
        version.id = self.made;
        self.made += 1;
        let made = Arc::new(version);
        distinct.push(made.clone());
        made
    }

    pub fn relations(&self, at: &At) -> Vec<(usize, usize)> {
        let mut live = Vec::new();
        for (place, source) in self.side.relations.iter().enumerate() {
            live.extend(
                live_version(self.side, source.records, &source.versions, at).map(|v| (place, v)),
            );
        }
        live
    }

    /// The classes that a version concerns.
    fn concern(
        &mut self,
        version: Arc<Version<'l>>,
        stretch: usize,
        membership: &mut Membership,
    ) -> Live<'l> {
        let side = self.side;
        let mut from = Vec::new();
        let when = version.when.as_ref();
        let goods = version.goods.into_iter().chain([version.except_goods]);
        let goods: Vec<&[ledger::GoodsSelector]> =
            goods.chain(when.iter().flat_map(|w| w.goods.iter().copied())).collect();
        let origins = [version.of, version.except_of].into_iter();
        let origins: Vec<&[String]> =
            origins.chain(when.iter().flat_map(|w| w.origins.iter().copied())).collect();
        let rate_list = match version.rate {
            VersionRate::List(name) => side.list(name),
            _ => None,
        };
        for selectors in &goods {
            for list in selected(side, selectors).0 {
                from.push(self.list(list, stretch, membership).id);
            }
        }
        if let Some(list) = rate_list {
            from.push(self.list(list, stretch, membership).id);
        }
        for areas in &origins {
            for area in *areas {
                from.push(self.area(area, membership).0);
            }
        }
        let key = (version.id, from);
        if let Some(known) = &self.concerns[version.measure]
            && known.from == key
        {
            return known.live.clone();
        }
        let size = self.classes.scopes.len();
        let mut scope = match version.goods {
            None => Bits::all(size),
            Some(selectors) => self.goods(selectors, stretch, membership),
        };
        scope.remove(&self.goods(version.except_goods, stretch, membership));
        let mut inside = self.origins(version.of, membership);
        inside.remove(&self.origins(version.except_of, membership));
        let tests: Vec<Bits> = when
            .iter()
            .flat_map(|w| &w.goods)
            .map(|selectors| self.goods(selectors, stretch, membership))
            .collect();
        let holding = rate_list.map(|list| self.list(list, stretch, membership).holding);
        let mut of_scope = Vec::new();
        if !tests.is_empty() || rate_list.is_some() {
            of_scope = (0..size)
                .map(|class| {
                    let rate = rate_list
                        .zip(holding.as_ref())
                        .and_then(|(list, holding)| self.classes.list_rate(list, class, holding));
                    (flags(&tests, class), rate)
                })
                .collect();
        }
        let tests: Vec<Bits> = when
            .iter()
            .flat_map(|w| &w.origins)
            .map(|areas| self.origins(areas, membership))
            .collect();
        let mut of_origin = Vec::new();
        if !tests.is_empty() {
            of_origin = (0..self.classes.origins.len()).map(|c| flags(&tests, c)).collect();
        }
        let live = Live {
            scope: Arc::new(scope),
            origins: Arc::new(inside),
            of_scope: Arc::new(of_scope),
            of_origin: Arc::new(of_origin),
            rate_list: rate_list.unwrap_or(usize::MAX),
            version,
        };
        self.concerns[live.version.measure] = Some(Concern { from: key, live: live.clone() });
        live
    }

    fn goods(
        &mut self,
        selectors: &[ledger::GoodsSelector],
        stretch: usize,
        membership: &mut Membership,
    ) -> Bits {
        let mut goods = Bits::none(self.classes.scopes.len());
        let (lists, prefixes) = selected(self.side, selectors);
        for list in lists {
            goods.add(&self.list(list, stretch, membership).members);
        }
        for prefix in prefixes {
            goods.add(&self.under[prefix]);
        }
        goods
    }

    fn origins(&mut self, areas: &[String], membership: &mut Membership) -> Bits {
        let mut origins = Bits::none(self.classes.origins.len());
        for area in areas {
            origins.add(&self.area(area, membership).1);
        }
        origins
    }

    fn list(&mut self, list: usize, stretch: usize, membership: &mut Membership) -> ListAt {
        if let Some(known) = &membership.lists[list] {
            return known.clone();
        }
        let kinds = &self.classes.lists[list].kinds;
        let holding: Vec<bool> =
            kinds.iter().map(|kind| kind.holds(self.side, stretch, membership.moment)).collect();
        let (id, members) = match self.members[list].get(&holding) {
            Some(known) => known.clone(),
            None => {
                self.member_sets += 1;
                let made = (self.member_sets, Arc::new(self.classes.on_list(list, &holding)));
                self.members[list].insert(holding.clone(), made.clone());
                made
            }
        };
        let at = ListAt { id, members, holding: Arc::new(holding) };
        membership.lists[list] = Some(at.clone());
        at
    }

    fn area(&mut self, name: &str, membership: &mut Membership) -> (u32, Arc<Bits>) {
        let side = self.side;
        let place = side.areas.binary_search(&name).expect("every area in use");
        if let Some(known) = &membership.areas[place] {
            return known.clone();
        }
        let members = side.ledger.area(name).map(|area| &area.members);
        let holding: Vec<bool> =
            members.into_iter().flatten().map(|(_, i)| i.contains(membership.moment)).collect();
        let made = match self.areas.get(&(place, holding.clone())) {
            Some(known) => known.clone(),
            None => {
                self.area_sets += 1;
                let inside = self.classes.in_area(side.ledger, name, membership.moment);
                let made = (self.area_sets, Arc::new(inside));
                self.areas.insert((place, holding), made.clone());
                made
            }
        };
        membership.areas[place] = Some(made.clone());
        made
    }
}

impl Membership {
    fn new(moment: Moment, side: &Side<'_>) -> Membership {
        Membership {
            moment,
            lists: vec![None; side.lists.len()],
            areas: vec![None; side.areas.len()],
        }
    }
}

impl At {
    /// The first date of an order that the line states.
    pub fn first_of(&self, order: &[DateFact]) -> Option<Moment> {
        order.iter().find_map(|fact| match fact {
            DateFact::Entered => Some(self.entered),
            other => crate::lines::OTHER_DATES
                .iter()
                .position(|d| d == other)
                .and_then(|place| self.dates[place]),
        })
    }
}

/// Which tests hold of a class, as bits.
fn flags(tests: &[Bits], class: usize) -> u32 {
    tests.iter().enumerate().map(|(bit, test)| u32::from(test.contains(class)) << bit).sum()
}

/// The version of a relation that is live, or `None`.
fn live_version<'l>(
    side: &Side<'l>,
    records: &'l ledger::Records,
    versions: &[RelationVersion<'l>],
    at: &At,
) -> Option<usize> {
    let (mut made, mut live) = (None, false);
    for &record in records {
        if !side.record_binds(record, at.stretch) {
            continue;
        }
        let (_, operation) = side.ledger.record(record);
        let holds = operation.interval.contains(at.moment);
        match &operation.does {
            Does::Relation(_) => {
                made = versions.iter().position(|v| v.record == record);
                live |= holds;
            }
            Does::Extend(_) if holds => live = true,
            Does::End(_) if holds => live = false,
            Does::Void { parties: None, .. } => return None,
            _ => {}
        }
    }
    made.filter(|_| live)
}

/// Bits packed into words.
struct Key<'k> {
    words: &'k mut Vec<u64>,
    used: u32,
}

impl Key<'_> {
    fn into(words: &mut Vec<u64>) -> Key<'_> {
        Key { words, used: 64 }
    }

    fn push(&mut self, bit: bool) {
        if self.used == 64 {
            self.words.push(0);
            self.used = 0;
        }
        *self.words.last_mut().expect("just pushed") |= u64::from(bit) << self.used;
        self.used += 1;
    }
}
