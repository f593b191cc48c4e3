//! One heading of one revision against the ledger as known at one moment.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Aspect, Condition, DateFact, Held, Ledger, Printed, Territory, program_of};
use oracle::{Standing, Survey};
use tariff::{Code, Country, Moment};

use super::dates::Cut;
use super::goods::{Goods, listed};
use super::heading::{Cell, Heading};
use super::life::{Carrier, State, Stretch, state};
use super::named_goods::lines_of;
use super::names::{Names, members};
use super::rates::{Duty, Special};

/// What the ledger holds, by what a comparison asks for.
pub struct Held99<'a> {
    pub ledger: &'a Ledger,
    pub territory: &'a Territory,
    /// The measures that ever have a heading.
    pub carriers: BTreeMap<Code, Vec<Carrier<'a>>>,
    /// The measures of a pick.
    picks: BTreeMap<&'a str, Vec<Carrier<'a>>>,
    /// The measures that charge column 2.
    column_2: Vec<Carrier<'a>>,
    /// The relations that say in `at` which heading they stand for: the article of one program pays
    /// nothing to another.
    relations: BTreeMap<Code, Vec<Carrier<'a>>>,
}

/// The two sides of a difference, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub official: String,
    pub ledger: String,
    /// Lines of goods, where they differ.
    pub codes: Vec<Code>,
}

/// What a comparison found.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub printed: Printed,
    pub held: Held,
    /// When it ended in the ledger.
    pub ended: Option<Moment>,
    /// How many footnotes of legal lines were compared.
    pub footnotes: usize,
    /// Whether there was a measure to compare rates, origins and dates with.
    pub compared: bool,
    pub differences: BTreeMap<Aspect, Words>,
}

impl<'a> Held99<'a> {
    pub fn new(ledger: &'a Ledger, territory: &'a Territory) -> Held99<'a> {
        let mut held = Held99 {
            ledger,
            territory,
            carriers: BTreeMap::new(),
            picks: BTreeMap::new(),
            column_2: Vec::new(),
            relations: BTreeMap::new(),
        };
        for (id, records) in ledger.relations() {
            if ledger::territory_of(id) == territory.id {
                let at = records.iter().filter_map(|record| ledger.record(*record).1.at.as_ref());
                for code in at.flat_map(|at| named(at)) {
                    held.relations.entry(code).or_default().push(Carrier { id, records });
                }
            }
        }
        for (id, records) in ledger.measures() {
            if ledger::territory_of(id) != territory.id {
                continue;
            }
            let carrier = Carrier { id, records };
            let mut headings = BTreeSet::new();
            let mut picks = BTreeSet::new();
            let mut column_2 = false;
            for record in records {
                let (ledger::Does::Measure { fields, .. } | ledger::Does::Amend { fields, .. }) =
                    &ledger.record(*record).1.does
                else {
                    continue;
                };
                headings.extend(fields.heading);
                picks.extend(fields.pick.as_deref());
                column_2 |= fields.rate == Some(ledger::Rate::Column2);
            }
            for heading in headings {
                held.carriers.entry(heading).or_default().push(carrier);
            }
            for pick in picks {
                held.picks.entry(pick).or_default().push(carrier);
            }
            if column_2 {
                held.column_2.push(carrier);
            }
        }
        held
    }

    pub fn carriers(&self, heading: Code) -> &[Carrier<'a>] {
        self.carriers.get(&heading).map_or(&[], Vec::as_slice)
    }

    /// The relations that stand for a heading that no measure has.
    pub fn relations(&self, heading: Code) -> &[Carrier<'a>] {
        match self.carriers(heading) {
            [] => self.relations.get(&heading).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }

    /// The programs of a heading: of its measures, or those that its relations relieve of.
    pub fn programs(&self, heading: Code) -> BTreeSet<&'a str> {
        let measures = self.carriers(heading).iter().map(|carrier| program_of(carrier.id));
        let records = self.relations(heading).iter().flat_map(|relation| relation.records);
        let objects = records.flat_map(|record| match &self.ledger.record(*record).1.does {
            ledger::Does::Relation(relation) => relation.object.as_slice(),
            _ => &[],
        });
        let of = |target: &'a ledger::Target| match target.0.contains('/') {
            true => program_of(&target.0),
            false => target.0.as_str(),
        };
        measures.chain(objects.map(of)).collect()
    }

    /// The countries whose goods pay column 2.
    fn column_2(&self, survey: &Survey<'a>, moment: Moment) -> BTreeSet<Country> {
        let stands = self.column_2.iter().filter_map(|c| survey.stand(c.id, c.records, moment));
        let live = stands.filter(|stand| stand.standing != Standing::NotLive);
        live.flat_map(|stand| self.origins(stand.of, stand.except_of, moment)).collect()
    }

    fn origins(&self, of: &[String], except: &[String], moment: Moment) -> BTreeSet<Country> {
        let mut origins = BTreeSet::new();
        of.iter().for_each(|area| origins.extend(members(self.ledger, area, moment)));
        for area in except {
            for country in members(self.ledger, area, moment) {
                origins.remove(&country);
            }
        }
        origins
    }

    /// The measures of the same pick as one, or of its program where it has none.
    fn family(&self, id: &str, stretch: &Stretch<'_>) -> Vec<Carrier<'a>> {
        match stretch.stand.pick.and_then(|pick| self.picks.get(pick)) {
            Some(family) => family.clone(),
            None => {
                let all = self.ledger.measures();
                let same = all.filter(|(other, _)| {
                    program_of(other) == program_of(id)
                        && ledger::territory_of(other) == self.territory.id
                });
                same.map(|(id, records)| Carrier { id, records }).collect()
            }
        }
    }
}

/// One comparison: a heading, perhaps not printed, at a moment, as a survey knows the law.
pub struct Question<'q, 'a> {
    pub held: &'q Held99<'a>,
    pub names: &'q Names<'a>,
    pub survey: &'q Survey<'a>,
    pub heading: Code,
    pub printed: Option<&'q Heading>,
    pub goods: &'q Goods,
    pub moment: Moment,
}

impl<'a> Question<'_, 'a> {
    pub fn compare(&self) -> Comparison {
        let zone = &self.held.territory.zone;
        let printed = self.printed.map_or(Printed::Absent, |h| h.printed(self.moment, zone));
        let carriers = self.held.carriers(self.heading);
        let mut differences = BTreeMap::new();
        if !self.held.relations(self.heading).is_empty() {
            return self.compare_relations(printed);
        }
        if carriers.is_empty() {
            let official = self.text_of_force(printed);
            let ledger = "no measure has this heading".to_owned();
            differences.insert(Aspect::Force, Words { official, ledger, codes: Vec::new() });
            return Comparison {
                printed,
                held: Held::Absent,
                ended: None,
                footnotes: 0,
                compared: false,
                differences,
            };
        }
        let lives: Vec<(&str, Vec<Stretch<'a>>)> =
            carriers.iter().map(|c| (c.id, c.life(self.held.ledger, self.survey))).collect();
        let state = state(self.heading, &lives, self.moment, zone);
        let mut add = |aspect: Aspect, official: String, ledger: String| {
            differences.insert(aspect, Words { official, ledger, codes: Vec::new() });
        };
        if !self.is_same_force(printed, &state) {
            add(Aspect::Force, self.text_of_force(printed), state.words.clone());
        }
        if let Some(heading) = self.printed.filter(|_| !state.of.is_empty()) {
            self.rates(heading, &state, &mut add);
            self.origins(heading, &state, &mut add);
            self.dates(heading, &state, &lives, &mut add);
            differences.extend(self.named_goods(heading, &state));
        }
        let mut footnotes = 0;
        if self.printed.is_some() && state.held == Held::InForce {
            let (compared, found) = self.goods(&state);
            footnotes = compared;
            differences.extend(found);
        }
        let compared = !state.of.is_empty();
        let State { held, ended, .. } = state;
        Comparison { printed, held, ended, footnotes, compared, differences }
    }

    /// A heading that a relation stands for: it relieves, so it adds nothing in any column.
    fn compare_relations(&self, printed: Printed) -> Comparison {
        let relations = self.held.relations(self.heading);
        let lives = |moment: Moment| {
            relations.iter().any(|relation| self.survey.relates(relation.records, moment))
        };
        let mut boundaries =
            relations.iter().flat_map(|relation| relation.boundaries(self.held.ledger));
        let ids: Vec<&str> = relations.iter().map(|relation| relation.id).collect();
        let held = if lives(self.moment) {
            self.force_of_objects(relations)
        } else if boundaries.any(|moment| moment <= self.moment && lives(moment)) {
            Held::Ended
        } else if boundaries.any(lives) {
            Held::NotBegun
        } else {
            Held::NotKnown
        };
        let ledger = format!("{}: {}", ids.join(", "), held.name());
        let mut differences = BTreeMap::new();
        let state = State { held, of: Vec::new(), ended: None, words: ledger.clone() };
        if !self.is_same_force(printed, &state) {
            let official = self.text_of_force(printed);
            differences.insert(Aspect::Force, Words { official, ledger, codes: Vec::new() });
        }
        if let Some(heading) = self.printed {
            let charged = [&heading.general, &heading.other].into_iter().any(Duty::is_charged_in);
            if charged {
                let official = heading.texts[..3].join(" | ");
                let ledger = format!("{}: nothing on top", ids.join(", "));
                differences.insert(Aspect::Rate, Words { official, ledger, codes: Vec::new() });
            }
        }
        Comparison { printed, held, ended: None, footnotes: 0, compared: true, differences }
    }

    /// What relations relieve of may have ended; then there is nothing left to relieve of.
    fn force_of_objects(&self, relations: &[Carrier<'a>]) -> Held {
        let ledger = self.held.ledger;
        let records = relations.iter().flat_map(|relation| relation.records);
        let objects: Vec<&ledger::Target> = records
            .filter_map(|record| match &ledger.record(*record).1.does {
                ledger::Does::Relation(relation) => Some(relation.object.as_slice()),
                _ => None,
            })
            .flatten()
            .collect();
        let mut held = Held::Ended;
        for (id, records) in ledger.measures() {
            if !objects.iter().any(|target| target.covers(id)) {
                continue;
            }
            match self.survey.stand(id, records, self.moment).map(|stand| stand.standing) {
                Some(Standing::Live | Standing::Suspended { .. }) => return Held::InForce,
                Some(Standing::Voided { .. }) => held = Held::Voided,
                _ => {}
            }
        }
        held
    }

    fn text_of_force(&self, printed: Printed) -> String {
        match self.printed {
            None => "not printed".to_owned(),
            Some(heading) => {
                let [general, special, other, description] = &heading.texts;
                format!("{}: {general} | {special} | {other} | {description}", printed.name())
            }
        }
    }

    /// Whether the text says of the heading's force what the ledger says.
    fn is_same_force(&self, printed: Printed, state: &State<'_>) -> bool {
        match (printed, state.held) {
            (Printed::Absent, held) => held != Held::InForce,
            (Printed::InForce, Held::InForce) | (Printed::Suspended, Held::Suspended) => true,
            (Printed::Ended, Held::Ended | Held::Moved | Held::Voided) => true,
            (Printed::NotBegun, Held::NotBegun | Held::Suspended) => true,
            // The ledger may keep the dates of entry in the condition of a live measure.
            (Printed::Ended | Printed::NotBegun, Held::InForce) => {
                let zone = &self.held.territory.zone;
                let cuts = self.printed.map_or(&[][..], |heading| &heading.cuts);
                let entered: Vec<&Cut> = cuts
                    .iter()
                    .filter(|cut| cut.fact == DateFact::Entered && !cut.excepted)
                    .collect();
                !entered.is_empty()
                    && state.of.iter().all(|(_, stretch)| {
                        entered.iter().all(|cut| {
                            asked(stretch.stand.when).iter().any(|(fact, moment)| {
                                *fact == DateFact::Entered && cut.is_at(*moment, zone)
                            })
                        })
                    })
            }
            _ => false,
        }
    }

    fn rates(
        &self,
        heading: &Heading,
        state: &State<'a>,
        add: &mut impl FnMut(Aspect, String, String),
    ) {
        let [general, special, other, _] = &heading.texts;
        for (cell, text) in [(&heading.general, general), (&heading.other, other)] {
            if let Cell::Unreadable(error) = cell {
                add(Aspect::Unreadable, text.clone(), error.clone());
            }
        }
        let specials = match &heading.special {
            Ok(parts) => parts.as_slice(),
            Err(error) => {
                add(Aspect::Unreadable, special.clone(), error.clone());
                &[]
            }
        };
        for (id, stretch) in &state.of {
            let at = self.seen_at(stretch);
            let in_lieu = self.survey.replaces(id, at) || self.is_base_duty(stretch, at);
            let duty = Duty::of(&stretch.stand, in_lieu);
            let words = format!("{id}: {}", duty.print());
            let column_2 = self.held.column_2(self.survey, at);
            let origins = self.held.origins(stretch.stand.of, stretch.stand.except_of, at);
            let is_column_1 = origins.iter().any(|country| !column_2.contains(country));
            let for_preference = !stretch.stand.relief
                && duty != Duty::Nothing
                && stretch.stand.when.is_some_and(claims_a_preference);
            let printed = match for_preference {
                true => duty.is_printed_for(specials),
                false => duty.is_printed_in(&heading.general, stretch.stand.basis),
            };
            if is_column_1 && !printed {
                let text = if for_preference { special } else { general };
                add(Aspect::Rate, blank(text), words.clone());
            }
            if is_column_1
                && !for_preference
                && let Some(against) = duty.against_special(specials)
                && !(against == Special::Relieved && self.relieves_preferences(id, stretch))
            {
                let why = match against {
                    Special::Relieved => "no preference relieves of it",
                    Special::Other => "the same for every preference",
                };
                add(Aspect::Special, special.clone(), format!("{words}; {why}"));
            }
            let reached: Vec<&Country> = origins.intersection(&column_2).collect();
            if reached.is_empty() {
                continue;
            }
            let pays = duty != Duty::Nothing && !self.is_relieved(id, stretch, &reached, at);
            let charged = Duty::is_charged_in(&heading.other);
            let same = match &heading.other {
                // A blank cell beside a full one says nothing of column 2.
                Cell::Blank => is_column_1 || !pays,
                cell if pays => for_preference || duty.is_printed_in(cell, stretch.stand.basis),
                _ => !charged,
            };
            if !same {
                let pay = if pays { "pay it" } else { "do not pay it" };
                add(
                    Aspect::Column2,
                    format!("column 2: {}", blank(other)),
                    format!("{words}; goods of column 2 countries {pay}"),
                );
            }
        }
    }

    /// Whether it is one of the base duties, of which one applies: then it takes their place.
    fn is_base_duty(&self, stretch: &Stretch<'a>, at: Moment) -> bool {
        stretch.stand.pick.is_some()
            && self.held.column_2.iter().any(|carrier| {
                let stand = self.survey.stand(carrier.id, carrier.records, at);
                stand.is_some_and(|stand| stand.pick == stretch.stand.pick)
            })
    }

    /// The moment at which a stretch is looked at: the one asked about, where it lies inside.
    fn seen_at(&self, stretch: &Stretch<'_>) -> Moment {
        let interval = stretch.interval;
        match (interval.contains(self.moment), interval.from, interval.until) {
            (true, ..) | (_, None, None) => self.moment,
            (_, Some(from), _) => from,
            (_, None, Some(until)) => until.plus_seconds(-1),
        }
    }

    /// Whether claims of preference relieve of the measure.
    fn relieves_preferences(&self, id: &str, stretch: &Stretch<'a>) -> bool {
        let at = self.seen_at(stretch);
        self.held.family(id, stretch).iter().any(|other| {
            self.survey.stand(other.id, other.records, at).is_some_and(|stand| {
                stand.standing != Standing::NotLive
                    && stand.relief
                    && stand.when.is_some_and(claims_a_preference)
            })
        })
    }

    /// Whether an earlier stage of its pick takes all goods of these countries out.
    fn is_relieved(
        &self,
        id: &str,
        stretch: &Stretch<'a>,
        countries: &[&Country],
        at: Moment,
    ) -> bool {
        let Some(pick) = stretch.stand.pick else { return false };
        let stages = self.survey.stages(pick, at);
        let place = |stage: Option<&str>| stages.iter().position(|s| Some(s.as_str()) == stage);
        let own = place(stretch.stand.stage);
        self.held.family(id, stretch).iter().any(|other| {
            self.survey.stand(other.id, other.records, at).is_some_and(|stand| {
                stand.standing != Standing::NotLive
                    && stand.relief
                    && stand.when.is_none()
                    && stand.goods.is_none()
                    && place(stand.stage) < own
                    && countries.iter().all(|country| {
                        self.held.origins(stand.of, stand.except_of, at).contains(country)
                    })
            })
        })
    }

    fn origins(
        &self,
        heading: &Heading,
        state: &State<'a>,
        add: &mut impl FnMut(Aspect, String, String),
    ) {
        if heading.origins.is_empty() {
            return;
        }
        let at = state.of.first().map_or(self.moment, |(_, stretch)| self.seen_at(stretch));
        let mut ours = BTreeSet::new();
        let mut world = false;
        for (_, stretch) in &state.of {
            world |= stretch.stand.of.iter().any(|area| area == ledger::WORLD);
            ours.extend(self.held.origins(stretch.stand.of, stretch.stand.except_of, at));
        }
        let ids: Vec<&str> = state.of.iter().map(|(id, _)| *id).collect();
        let list = |countries: &BTreeSet<Country>| {
            countries.iter().map(Country::as_str).collect::<Vec<_>>().join(", ")
        };
        let words = match world {
            true => format!("{}: of any country", ids.join(", ")),
            false => format!("{}: of {}", ids.join(", "), list(&ours)),
        };
        match self.names.countries(&heading.origins, at) {
            None if !world => add(Aspect::Origin, "any country".to_owned(), words),
            Some(named) if named != ours => {
                add(Aspect::Origin, format!("the product of {}", list(&named)), words);
            }
            _ => {}
        }
    }

    fn dates(
        &self,
        heading: &Heading,
        state: &State<'a>,
        lives: &[(&str, Vec<Stretch<'a>>)],
        add: &mut impl FnMut(Aspect, String, String),
    ) {
        let zone = &self.held.territory.zone;
        for cut in &heading.cuts {
            let is_span = cut.fact == DateFact::Entered;
            let found = if cut.excepted {
                state.of.iter().flat_map(|(id, stretch)| self.held.family(id, stretch)).any(
                    |other| {
                        let at = state.of.iter().map(|(_, s)| self.seen_at(s)).max();
                        let stand =
                            self.survey.stand(other.id, other.records, at.unwrap_or(self.moment));
                        let own = other.boundaries(self.held.ledger).into_iter();
                        let when = stand.and_then(|stand| stand.when);
                        own.chain(asked(when).into_iter().map(|(_, moment)| moment))
                            .any(|moment| cut.is_at(moment, zone))
                    },
                )
            } else {
                let spans = lives.iter().flat_map(|(_, life)| life).filter(|stretch| {
                    stretch.stand.heading == Some(self.heading)
                        && stretch.stand.standing != Standing::NotLive
                });
                let mut ends = spans.flat_map(|s| [s.interval.from, s.interval.until]).flatten();
                let conditions = state.of.iter().flat_map(|(_, stretch)| asked(stretch.stand.when));
                let mut conditions = conditions.filter(|(fact, _)| *fact == cut.fact);
                conditions.any(|(_, moment)| cut.is_at(moment, zone))
                    || is_span && ends.any(|moment| cut.is_at(moment, zone))
            };
            if !found {
                let aspect = if is_span { Aspect::Span } else { Aspect::InTransit };
                let ids: Vec<String> = state
                    .of
                    .iter()
                    .map(|(id, stretch)| {
                        let when = stretch.stand.when.map(|when| when.print(zone));
                        let when = when.unwrap_or_else(|| "always".to_owned());
                        let end = |at: Option<Moment>, none: &str| {
                            at.map_or(none.to_owned(), |moment| moment.rfc3339(zone))
                        };
                        let from = end(stretch.interval.from, "always");
                        let until = end(stretch.interval.until, "no end");
                        format!("{id}: {when}; from {from} until {until}")
                    })
                    .collect();
                let except = if cut.excepted { "except " } else { "" };
                add(aspect, format!("{except}{}", cut.print(zone)), ids.join("; "));
            }
        }
    }

    /// Lines on the lists of the heading's measures against those whose footnotes name it, where any
    /// footnote does.
    fn goods(&self, state: &State<'a>) -> (usize, BTreeMap<Aspect, Words>) {
        let mut differences = BTreeMap::new();
        let Some(printed) = self.goods.footnotes.get(&self.heading) else {
            return (0, differences);
        };
        if state.of.iter().any(|(_, stretch)| stretch.stand.goods.is_none()) {
            return (0, differences);
        }
        let ours = self.listed(&state.of.iter().map(|(_, s)| s).collect::<Vec<_>>());
        let ids: Vec<&str> = state.of.iter().map(|(id, _)| *id).collect();
        let ids = ids.join(", ");
        // A line that the file leaves out has no footnote either.
        let missing = ours.difference(printed).filter(|line| self.goods.lines.contains(line));
        let missing: Vec<Code> = missing.copied().collect();
        let extra: Vec<Code> = printed.difference(&ours).copied().collect();
        if !missing.is_empty() {
            let words = Words {
                official: format!("no footnote at {}", few(&missing)),
                ledger: format!("{ids}: on its lists"),
                codes: missing,
            };
            differences.insert(Aspect::NoFootnote, words);
        }
        if !extra.is_empty() {
            let words = Words {
                official: format!("a footnote at {}", few(&extra)),
                ledger: format!("{ids}: on none of its lists"),
                codes: extra,
            };
            differences.insert(Aspect::Footnote, words);
        }
        (printed.len(), differences)
    }

    /// The goods that the description names by code against those of the measures.
    fn named_goods(&self, heading: &Heading, state: &State<'a>) -> Option<(Aspect, Words)> {
        let printed = heading.goods.as_ref()?.lines(&self.goods.statistical);
        let mut ours = BTreeSet::new();
        let mut all = false;
        for (_, stretch) in &state.of {
            let at = self.seen_at(stretch);
            let (ledger, lines) = (self.held.ledger, &self.goods.statistical);
            match lines_of(ledger, self.survey, &stretch.stand, lines, at) {
                Some(mut lines) => ours.append(&mut lines),
                None => all = true,
            }
        }
        if !all && ours == printed {
            return None;
        }
        let missing: Vec<Code> = printed.difference(&ours).copied().collect();
        let extra: Vec<Code> = ours.difference(&printed).copied().collect();
        let ids: Vec<&str> = state.of.iter().map(|(id, _)| *id).collect();
        let ids = ids.join(", ");
        let (official, ledger) = match (all, extra.is_empty()) {
            (true, _) => {
                (format!("names {}", few(&Vec::from_iter(printed))), format!("{ids}: all goods"))
            }
            (_, true) => (format!("names {}", few(&missing)), format!("{ids}: not of these goods")),
            (_, false) => {
                (format!("does not name {}", few(&extra)), format!("{ids}: of these goods"))
            }
        };
        Some((Aspect::Goods, Words { official, ledger, codes: [missing, extra].concat() }))
    }

    /// The legal lines on the lists of measures.
    pub fn listed(&self, stretches: &[&Stretch<'a>]) -> BTreeSet<Code> {
        let of = |stretch: &&Stretch<'a>| {
            listed(self.held.ledger, self.survey, &stretch.stand, &self.goods.lines, self.moment)
        };
        stretches.iter().flat_map(of).collect()
    }
}

/// The first of several codes.
fn few(codes: &[Code]) -> String {
    let few: Vec<String> = codes.iter().take(8).map(Code::to_string).collect();
    let more = codes.len().saturating_sub(few.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", few.join(", "))
}

/// The headings that the place of a relation names: `sec. 3(b)(iii); HTSUS 9903.01.33`.
pub(crate) fn named(at: &str) -> Vec<Code> {
    at.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter_map(|word| Code::parse(word.trim_end_matches('.')).ok())
        .filter(|code| code.digits() == 8 && code.chapter() == 99)
        .collect()
}

fn blank(text: &str) -> String {
    if text.is_empty() { "(blank)".to_owned() } else { text.to_owned() }
}

/// The dates that a condition asks about.
fn asked(when: Option<&Condition>) -> Vec<(DateFact, Moment)> {
    let mut dates = Vec::new();
    if let Some(when) = when {
        when.visit(&mut |test| {
            if let Condition::Before(fact, moment) | Condition::From(fact, moment) = test {
                dates.push((*fact, *moment));
            }
        });
    }
    dates
}

/// Whether a condition asks for the symbol of a preference, not for a heading.
fn claims_a_preference(when: &Condition) -> bool {
    let mut found = false;
    when.visit(&mut |test| {
        if let Condition::Claim(claim) = test {
            found |= Code::parse(claim).is_err();
        }
    });
    found
}
