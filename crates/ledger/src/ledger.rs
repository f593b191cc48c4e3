use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use nomenclature::Schedule;
use tariff::{Country, Moment, Zone};

use crate::act::{Act, Does, Operation, Target};
use crate::area::{Area, Countries};
use crate::condition::Condition;
use crate::document::parse;
use crate::event::Event;
use crate::fee::Fee;
use crate::filing::Filing;
use crate::finding::{Finding, Place};
use crate::interest::{self, InterestRates};
use crate::list::GoodsList;
use crate::program::Program;
use crate::reading::Reading;
use crate::refunds::Refunds;
use crate::source::Source;
use crate::territory::Territory;
use crate::verify::{Verification, verification};
use crate::world::{Dropped, World};
use crate::{
    area, check, event, fee, filing, list, program, read_act, reading, refunds, territory,
};

/// The law as data: every act, list, area and schedule, checked, and what is derived from them.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// `blake3:…` of the text it was read from.
    pub digest: String,
    pub programs: Vec<Program>,
    pub territories: Vec<Territory>,
    pub countries: Countries,
    pub areas: Vec<Area>,
    /// In order of precedence: the record before what worlds suppose, earlier known first.
    pub acts: Vec<Act>,
    pub lists: BTreeMap<String, Arc<GoodsList>>,
    pub schedules: BTreeMap<String, Arc<Schedule>>,
    pub readings: Vec<Reading>,
    pub worlds: Vec<World>,
    pub events: Vec<Event>,
    /// By territory with a tariff schedule: why the official text may differ from the ledger.
    pub verifications: BTreeMap<String, Verification>,
    /// By territory that has such a file: how what was paid comes back.
    pub refunds: BTreeMap<String, Refunds>,
    /// By territory that pays and asks interest on duties: its rates.
    pub interest: BTreeMap<String, InterestRates>,
    /// What entries pay besides duty, of all territories.
    pub fees: Vec<Fee>,
    /// By territory: how lines stand on its entry form.
    pub filings: BTreeMap<String, Filing>,
    /// The worlds laid over the record, in order.
    pub supposed: Vec<String>,
    /// What those worlds took out.
    pub dropped: Vec<Dropped>,
    act_at: HashMap<String, usize>,
    measures: BTreeMap<String, Records>,
    relations: BTreeMap<String, Records>,
    picks: BTreeMap<String, Records>,
    clocks: BTreeMap<String, Records>,
    acts_on_acts: BTreeMap<String, Records>,
}

/// Positions of operations (act, operation) on one thing, in order of precedence: of those that
/// hold at a moment the last wins.
pub type Records = Vec<(usize, usize)>;

impl Ledger {
    /// Reads and checks a ledger. All findings are returned; a ledger with findings is for looking
    /// at, not for answers.
    pub fn load(source: &Source) -> (Ledger, Vec<Finding>) {
        let (ledger, mut findings) = Ledger::read(source);
        check::check(&ledger, &mut findings);
        findings.sort();
        findings.dedup();
        (ledger, findings)
    }

    /// The ledger built into the program. It was checked before it was built in (a test of this
    /// crate says so), so it is only read.
    pub fn embedded() -> Ledger {
        Ledger::read(&Source::embedded()).0
    }

    fn read(source: &Source) -> (Ledger, Vec<Finding>) {
        let mut findings = Vec::new();
        let programs = program::programs(source, &mut findings);
        let territories = territory::territories(source, &mut findings);
        let countries = area::countries(source, &mut findings);
        let utc = Zone::named("UTC").expect("UTC is a zone");
        let home = territories.first();
        let (zone, minute) = home.map_or((&utc, (0, 0)), |t| (&t.zone, t.boundary));
        let areas = area::areas(source, &countries, zone, minute, &mut findings);
        let folders: Vec<Folder<'_>> = Folder::all(&territories, &utc).collect();
        // Neither needs the other, and the schedules take about as long as all the rest.
        let (schedules, acts, lists) = std::thread::scope(|scope| {
            let schedules = scope.spawn(|| read_schedules(source, &territories));
            let acts = read_acts(source, &folders);
            let lists = read_lists(source, &folders);
            (schedules.join().expect("reading does not panic"), acts, lists)
        });
        findings.extend([acts.1, lists.1, schedules.1].into_iter().flatten());
        let mut ledger = Ledger {
            digest: source.digest(),
            programs,
            countries,
            areas,
            acts: acts.0,
            lists: lists.0,
            schedules: schedules.0,
            readings: reading::readings(source, &mut findings),
            events: event::events(source, &mut findings),
            ..Ledger::default()
        };
        for (path, text) in source.in_folder("worlds", ".toml") {
            let (world, found) = World::parse(path, text, zone);
            findings.extend(found);
            ledger.worlds.extend(world);
        }
        for territory in territories.iter().filter(|t| t.schedule) {
            let path = format!("{}/verify.toml", territory.id);
            let known = (&ledger.programs[..], &ledger.countries, &ledger.areas[..]);
            let read = verification(source, &path, known, &mut findings);
            ledger.verifications.insert(territory.id.clone(), read);
        }
        for territory in &territories {
            let path = format!("{}/refunds.toml", territory.id);
            let read = refunds::refunds(source, &path, &mut findings);
            ledger.refunds.extend(read.map(|read| (territory.id.clone(), read)));
            let path = format!("{}/interest.toml", territory.id);
            let read = interest::interest(source, &path, &mut findings);
            ledger.interest.extend(read.map(|rates| (territory.id.clone(), rates)));
            ledger.fees.extend(fee::fees(source, &territory.id, &mut findings));
            let filing = filing::filing(source, &territory.id, &mut findings);
            ledger.filings.insert(territory.id.clone(), filing);
        }
        ledger.territories = territories;
        ledger.report_stray_files(source, &mut findings);
        ledger.index();
        (ledger, findings)
    }

    /// A file in a place where nothing reads it would be law that silently does not count.
    fn report_stray_files(&self, source: &Source, findings: &mut Vec<Finding>) {
        let mut folders: Vec<String> =
            ["areas", "events", "readings", "worlds"].map(String::from).into();
        for folder in self.territories.iter().map(|t| t.id.as_str()).chain([JOINT]) {
            for part in ["acts", "lists", "schedule"] {
                folders.push(format!("{folder}/{part}"));
            }
        }
        for (path, _) in source.files() {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let known = folders.iter().any(|f| f == folder)
                || ["programs.toml", "territories.toml"].contains(&path)
                || path.ends_with("/revisions.csv")
                || self.verifications.keys().any(|id| path == format!("{id}/verify.toml"))
                || self.territories.iter().any(|t| {
                    let own = ["fees", "filing", "interest", "refunds"];
                    own.iter().any(|name| path == format!("{}/{name}.toml", t.id))
                });
            if !known {
                let place = Place { file: path.to_owned(), line: 1, column: 1 };
                findings.push(place.finding(
                    "nothing reads a file in this place",
                    format!("the folders are {}", folders.join(", ")),
                ));
            }
        }
    }

    /// Derives the indexes from the acts.
    pub(crate) fn index(&mut self) {
        // A stable sort keeps the order of a world's own acts.
        self.acts.sort_by(|a, b| {
            (a.supposed_by.is_some(), a.known).cmp(&(b.supposed_by.is_some(), b.known)).then_with(
                || {
                    if a.supposed_by.is_some() {
                        std::cmp::Ordering::Equal
                    } else {
                        a.id.cmp(&b.id)
                    }
                },
            )
        });
        self.act_at = self.acts.iter().enumerate().map(|(i, a)| (a.id.clone(), i)).collect();
        self.measures.clear();
        self.relations.clear();
        self.picks.clear();
        self.clocks.clear();
        self.acts_on_acts.clear();
        for (a, act) in self.acts.iter().enumerate() {
            for (o, operation) in act.operations.iter().enumerate() {
                let (map, id) = match &operation.does {
                    Does::Measure { id, .. } => (&mut self.measures, id),
                    Does::Relation(relation) => (&mut self.relations, &relation.id),
                    Does::Pick(pick) => (&mut self.picks, &pick.id),
                    Does::Clock { territory, .. } => (&mut self.clocks, territory),
                    _ => continue,
                };
                map.entry(id.clone()).or_default().push((a, o));
            }
        }
        for (a, act) in self.acts.iter().enumerate() {
            for (o, operation) in act.operations.iter().enumerate() {
                if let Does::Amend { id, .. } = &operation.does
                    && let Some(records) = self.measures.get_mut(id)
                {
                    records.push((a, o));
                }
                for target in operation.does.targets() {
                    for things in [&mut self.measures, &mut self.relations] {
                        for records in covered(things, target) {
                            records.push((a, o));
                        }
                    }
                    if self.act_at.contains_key(&target.0) {
                        self.acts_on_acts.entry(target.0.clone()).or_default().push((a, o));
                    }
                }
            }
        }
        for records in self.measures.values_mut().chain(self.relations.values_mut()) {
            records.sort_unstable();
            records.dedup();
        }
    }

    pub fn act(&self, id: &str) -> Option<&Act> {
        self.act_at.get(id).map(|at| &self.acts[*at])
    }

    /// The position of an act in [`Ledger::acts`].
    pub fn act_index(&self, id: &str) -> Option<usize> {
        self.act_at.get(id).copied()
    }

    /// The act and operation at a position of [`Records`].
    pub fn record(&self, (act, operation): (usize, usize)) -> (&Act, &Operation) {
        (&self.acts[act], &self.acts[act].operations[operation])
    }

    /// The ids of all measures, sorted, with the operations on them.
    pub fn measures(&self) -> impl Iterator<Item = (&str, &Records)> {
        self.measures.iter().map(|(id, records)| (id.as_str(), records))
    }

    pub fn measure(&self, id: &str) -> Option<&Records> {
        self.measures.get(id)
    }

    pub fn relations(&self) -> impl Iterator<Item = (&str, &Records)> {
        self.relations.iter().map(|(id, records)| (id.as_str(), records))
    }

    pub fn picks(&self) -> impl Iterator<Item = (&str, &Records)> {
        self.picks.iter().map(|(id, records)| (id.as_str(), records))
    }

    pub fn clocks(&self) -> impl Iterator<Item = (&str, &Records)> {
        self.clocks.iter().map(|(id, records)| (id.as_str(), records))
    }

    /// The operations that stay or void the act `id`.
    pub fn on_act(&self, id: &str) -> &[(usize, usize)] {
        self.acts_on_acts.get(id).map_or(&[], Vec::as_slice)
    }

    pub fn program(&self, id: &str) -> Option<&Program> {
        self.programs.iter().find(|p| p.id == id)
    }

    pub fn territory(&self, id: &str) -> Option<&Territory> {
        self.territories.iter().find(|t| t.id == id)
    }

    /// The territory of a country that levies duties here (`US`, `us`).
    pub fn levying(&self, country: &str) -> Option<&Territory> {
        self.territories.iter().find(|t| t.country.as_str().eq_ignore_ascii_case(country))
    }

    pub fn area(&self, id: &str) -> Option<&Area> {
        self.areas.iter().find(|a| a.id == id)
    }

    /// Whether `country` is in the area or is the country named, at `moment`.
    pub fn in_area(&self, country: Country, name: &str, moment: Moment) -> bool {
        if name == WORLD {
            return true;
        }
        match self.area(name) {
            Some(area) => area.members.iter().any(|(m, i)| *m == country && i.contains(moment)),
            None => country.as_str() == name,
        }
    }

    /// The last moment at which an act of the record became known: what `today` means. The clock
    /// is never read.
    pub fn last_known(&self) -> Option<Moment> {
        self.acts
            .iter()
            .filter(|a| a.supposed_by.is_none())
            .flat_map(|a| [Some(a.known), a.binds_from()])
            .flatten()
            .max()
    }

    /// The names under which a claim may be made besides its symbol, each with the symbol: those
    /// that measures list as `alias`, for the first claim of their condition.
    pub fn claim_aliases(&self) -> BTreeMap<String, String> {
        let mut aliases = BTreeMap::new();
        for (_, records) in self.measures() {
            for record in records {
                let Does::Measure { fields, .. } = &self.record(*record).1.does else { continue };
                let (Some(names), Some(when)) = (&fields.alias, &fields.when) else { continue };
                let mut symbol = None;
                when.visit(&mut |test| {
                    if let Condition::Claim(claim) = test {
                        symbol.get_or_insert(claim);
                    }
                });
                let Some(symbol) = symbol else { continue };
                for name in names {
                    aliases.entry(name.to_lowercase()).or_insert_with(|| symbol.clone());
                }
            }
        }
        aliases
    }

    /// Programs of a territory that no measure of the ledger belongs to.
    pub fn not_modelled(&self, territory: &str) -> impl Iterator<Item = &Program> {
        let held = |program: &Program| {
            let start = format!("{}/{}/", program.by, program.id);
            self.measures
                .range(start.clone()..)
                .next()
                .is_some_and(|(id, _)| id.starts_with(&start))
        };
        self.programs.iter().filter(move |p| p.by == territory && !p.note_only && !held(p))
    }
}

/// The records of the things that a target covers. Only a program stands in the middle of an id, so
/// only for a program all of them are asked.
fn covered<'a>(
    things: &'a mut BTreeMap<String, Records>,
    target: &'a Target,
) -> impl Iterator<Item = &'a mut Records> {
    let start = target.0.strip_suffix('*').unwrap_or(&target.0);
    let start = if target.0.contains(['/', '*']) { start } else { "" };
    things
        .range_mut::<str, _>((Bound::Included(start), Bound::Unbounded))
        .take_while(move |(id, _)| id.starts_with(start))
        .filter(|(id, _)| target.covers(id))
        .map(|(_, records)| records)
}

/// A folder of acts and lists, and when its days begin.
pub(crate) struct Folder<'a> {
    pub name: &'a str,
    zone: &'a Zone,
    minute: (i8, i8),
}

impl<'a> Folder<'a> {
    /// Those of the territories, and that of acts made together, whose days begin at home: with the
    /// first territory, or by `otherwise` where there is none.
    pub fn all(
        territories: &'a [Territory],
        otherwise: &'a Zone,
    ) -> impl Iterator<Item = Folder<'a>> {
        let home = territories.first();
        let (zone, minute) = home.map_or((otherwise, (0, 0)), |t| (&t.zone, t.boundary));
        territories
            .iter()
            .map(|t| Folder { name: &t.id, zone: &t.zone, minute: t.boundary })
            .chain([Folder { name: JOINT, zone, minute }])
    }

    /// The act of a file; `None`, with findings, where it makes none.
    pub fn act(&self, path: &str, text: &str, findings: &mut Vec<Finding>) -> Option<Act> {
        let table = parse(path, text, findings);
        read_act::act(table, self.name, path, self.zone, findings)
    }

    /// The goods list of a file.
    pub fn list(&self, path: &str, text: &str, findings: &mut Vec<Finding>) -> GoodsList {
        let file = path.rsplit('/').next().unwrap_or(path);
        let name = format!("{}/{}", self.name, file.trim_end_matches(".csv"));
        list::list(path, name, text, self.zone, self.minute, findings)
    }
}

fn read_acts(source: &Source, folders: &[Folder<'_>]) -> (Vec<Act>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut acts = Vec::new();
    for folder in folders {
        for (path, text) in source.in_folder(&format!("{}/acts", folder.name), ".toml") {
            acts.extend(folder.act(path, text, &mut findings));
        }
    }
    (acts, findings)
}

fn read_lists(
    source: &Source,
    folders: &[Folder<'_>],
) -> (BTreeMap<String, Arc<GoodsList>>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut lists = BTreeMap::new();
    for folder in folders {
        for (path, text) in source.in_folder(&format!("{}/lists", folder.name), ".csv") {
            let list = folder.list(path, text, &mut findings);
            lists.insert(list.name.clone(), Arc::new(list));
        }
    }
    (lists, findings)
}

fn read_schedules(
    source: &Source,
    territories: &[Territory],
) -> (BTreeMap<String, Arc<Schedule>>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut schedules = BTreeMap::new();
    for territory in territories.iter().filter(|t| t.schedule) {
        let prefix = format!("{}/schedule", territory.id);
        let files = source.in_folder(&prefix, ".csv");
        let (schedule, found) =
            Schedule::read_texts(files.map(|(path, text)| (&path[prefix.len() + 1..], text)));
        findings.extend(found.into_iter().map(|f| Finding {
            file: format!("{prefix}/{}", f.file),
            line: f.line,
            column: 1,
            message: f.message,
            help: f.help,
        }));
        schedules.insert(territory.id.clone(), Arc::new(schedule));
    }
    (schedules, findings)
}

/// The area of every country.
pub const WORLD: &str = "world";

/// The folder of acts made by several territories together.
pub const JOINT: &str = "joint";
