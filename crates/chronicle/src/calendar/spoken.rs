//! Turns of measures in words, those of one act, program and moment together.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Goods, Known};
use oracle::{Oracle, Survey, rate_range};
use tariff::{Country, Exact, Moment, Stated};

use crate::calendar::turns::{Turn, Turned};
use crate::calendar::{Due, Question, Side};
use crate::stack::{Levy, Stack, name, percent};

/// Up to so many measures, or origins, are named; of more their number is told.
const NAMED: usize = 3;

/// What those have in common that are told together: moment, turn, program, act, and whether they are plain.
type Key<'a> = (Moment, Turn, &'a str, Option<&'a str>, bool);
type Group<'g, 'a> = Vec<&'g Turned<'a>>;

/// The turns of a side, spoken.
pub fn spoken<'a>(
    question: &Question<'a>,
    survey: &Survey<'a>,
    oracle: &mut Oracle<'a>,
    side: Side<'a>,
    turns: &[Turned<'a>],
) -> Vec<Due> {
    let mut groups: BTreeMap<Key<'_>, Group<'_, 'a>> = BTreeMap::new();
    for turned in turns {
        let key = match turned.turn {
            // Controls come back together, whatever act suspended them.
            Turn::ControlReturns => (turned.moment, turned.turn, "", None, false),
            Turn::SuspensionEnds => (turned.moment, turned.turn, turned.program, turned.act, false),
            // A duty that asks nothing is not told in one breath with its exceptions.
            turn => (turned.moment, turn, turned.program, turned.act, turned.plain),
        };
        groups.entry(key).or_default().push(turned);
    }
    groups
        .into_values()
        .map(|group| {
            let words = Words { question, survey, side, group: &group };
            let title = words.title(oracle);
            words.due(title)
        })
        .collect()
}

/// A group and what is needed to speak of it.
struct Words<'w, 'a> {
    question: &'w Question<'a>,
    survey: &'w Survey<'a>,
    side: Side<'a>,
    group: &'w [&'w Turned<'a>],
}

impl<'a> Words<'_, 'a> {
    fn first(&self) -> &Turned<'a> {
        self.group[0]
    }

    fn due(&self, title: String) -> Due {
        let first = self.first();
        let territory = self.side.territory;
        let mut cites: Vec<String> = Vec::new();
        for act in self.group.iter().filter_map(|turned| turned.act) {
            if !cites.iter().any(|cite| cite == act) {
                cites.push(act.to_owned());
            }
        }
        // An end that is put off is the same end, so its moment does not name it; a measure may begin or
        // change several times.
        let once = match first.turn {
            Turn::DutyBegins
            | Turn::RateChanges
            | Turn::SuspensionBegins
            | Turn::ExemptionBegins
            | Turn::PreferenceBegins
            | Turn::ControlBegins => format!(" {}", first.moment.day(&territory.zone)),
            _ => String::new(),
        };
        let (kind, program) = (first.turn.name(), first.program);
        Due {
            moment: Stated::Moment(first.moment),
            kind: kind.to_owned(),
            title,
            by: Some(territory.country),
            program: Some(program.to_owned()),
            cites,
            measures: self.group.iter().map(|turned| turned.measure.to_owned()).collect(),
            until: None,
            key: format!("{kind} {}{once}", first.measure),
        }
    }

    fn title(&self, oracle: &mut Oracle<'a>) -> String {
        let territory = self.side.territory.name.as_str();
        let who = self.who();
        let (first, many) = (self.first(), self.group.len());
        let rate = |rate: &Option<String>| rate.clone().unwrap_or_else(|| "nothing".to_owned());
        let in_brackets =
            |rate: &Option<String>| rate.as_ref().map_or(String::new(), |r| format!(" ({r})"));
        match first.turn {
            Turn::SuspensionEnds => self.suspension_ends(oracle),
            Turn::ControlReturns if many == 1 => {
                format!("{territory}: comes back: {}", self.name_of(first))
            }
            Turn::ControlReturns => format!("{territory}: {many} suspended controls come back"),
            Turn::SuspensionBegins => {
                let things = self.duties();
                format!("{territory}{who}: suspended, {} collected: {things}", rate(&first.rate))
            }
            Turn::RateChanges if many == 1 => format!(
                "{territory}{who}: {} from {} to {}",
                self.name_of(first),
                rate(&first.rate_before),
                rate(&first.rate)
            ),
            Turn::RateChanges => {
                format!("{territory}{who}: rates change: {}", self.duties())
            }
            Turn::DutyBegins if many == 1 => {
                format!(
                    "{territory}{who}: {} begins{}",
                    self.name_of(first),
                    in_brackets(&first.rate)
                )
            }
            Turn::DutyEnds if many == 1 => {
                let rate = in_brackets(&first.rate_before);
                format!("{territory}{who}: {} ends{rate}", self.name_of(first))
            }
            turn => {
                let (things, begin) = match turn {
                    Turn::DutyBegins => ("duties", true),
                    Turn::ControlBegins => ("controls", true),
                    Turn::ControlEnds => ("controls", false),
                    Turn::ExemptionBegins => ("exemptions", true),
                    Turn::ExemptionEnds => ("exemptions", false),
                    Turn::PreferenceBegins => ("preferences", true),
                    Turn::PreferenceEnds => ("preferences", false),
                    _ => ("duties", false),
                };
                let thing = match (things, many) {
                    ("duties", 1) => "duty",
                    (things, 1) => &things[..things.len() - 1],
                    (things, _) => things,
                };
                let verb = match (begin, many) {
                    (true, 1) => "begins",
                    (true, _) => "begin",
                    (false, 1) => "ends",
                    (false, _) => "end",
                };
                match self.names() {
                    Some(names) => format!("{territory}{who}: {thing} {verb}: {names}"),
                    None => {
                        format!("{territory}{who}: {many} {things} {verb} ({})", self.program())
                    }
                }
            }
        }
    }

    /// The names of the group; `None` where it is large.
    fn names(&self) -> Option<String> {
        let mut names: Vec<String> = self.group.iter().map(|turned| self.name_of(turned)).collect();
        names.dedup();
        (names.len() <= NAMED).then(|| names.join("; "))
    }

    /// The names of the group; where it is large, how many duties of which program.
    fn duties(&self) -> String {
        let counted = || format!("{} duties ({})", self.group.len(), self.program());
        self.names().unwrap_or_else(counted)
    }

    /// What a suspension that ends brings, with the sum for the partner that is meant.
    fn suspension_ends(&self, oracle: &mut Oracle<'a>) -> String {
        let Words { question, side, .. } = self;
        let ledger = question.ledger;
        let territory = side.territory.name.as_str();
        let rates = self.rates();
        let on_all = self.group.iter().any(|t| t.of_partner && t.on_all_goods);
        if let Some(partner) = side.partner.filter(|_| on_all) {
            let levy = Levy { territory: side.territory, origin: partner, goods: Goods::Ordinary };
            let known = Known::At(Stated::Moment(question.known));
            let moment = self.first().moment;
            let total = Stack::of(oracle, ledger, levy, moment, known).additional(ledger);
            return format!(
                "{territory} on {}: suspension ends, back to {rates}, {} in all",
                name(ledger, partner),
                percent(total)
            );
        }
        format!("{territory}{}: pause ends, back to {rates} ({})", self.who(), self.program())
    }

    fn program(&self) -> &str {
        let program = self.first().program;
        self.question.ledger.program(program).map_or(program, |p| p.title.as_str())
    }

    /// The rates that come, in percent where they are that.
    fn rates(&self) -> String {
        let share = |rate: &String| match rate.as_str() {
            "free" => Some(Exact::ZERO),
            rate => tariff::parse_exact(rate.strip_suffix('%')?),
        };
        let shares: BTreeSet<Exact> =
            self.group.iter().filter_map(|turned| share(turned.rate.as_ref()?)).collect();
        if shares.is_empty() {
            return self.first().rate.clone().unwrap_or_else(|| "nothing".to_owned());
        }
        rate_range(&shares)
    }

    /// The areas and countries that the group is about.
    fn origins(&self) -> BTreeSet<String> {
        let mut origins = BTreeSet::new();
        for turned in self.group {
            let seen = turned.moment.plus_seconds(-1);
            for moment in [turned.moment, seen] {
                if let Some(stand) = self.survey.stand(turned.measure, turned.records, moment) {
                    origins.extend(stand.of.iter().cloned());
                    break;
                }
            }
        }
        origins
    }

    /// ` on China`, ` on 12 partners`; nothing where it is about all the world.
    fn who(&self) -> String {
        let ledger = self.question.ledger;
        if let Some(partner) = self.side.partner
            && self.group.iter().any(|turned| turned.of_partner)
        {
            return format!(" on {}", name(ledger, partner));
        }
        let origins = self.origins();
        if origins.is_empty() || origins.contains(ledger::WORLD) {
            return String::new();
        }
        let named = |origin: &String| match (ledger.area(origin), Country::parse(origin)) {
            (Some(area), _) => area.name.clone(),
            (None, Ok(country)) => name(ledger, country).to_owned(),
            (None, Err(_)) => origin.clone(),
        };
        let other = if self.side.partner.is_some() { "other " } else { "" };
        match origins.len() {
            count if count > NAMED => format!(" on {count} {other}partners"),
            _ => {
                let names: Vec<String> = origins.iter().map(named).collect();
                format!(" on {}", names.join(", "))
            }
        }
    }

    /// The title of a measure, or the text of a control.
    fn name_of(&self, turned: &Turned<'a>) -> String {
        let seen = turned.moment.plus_seconds(-1);
        let stand = [turned.moment, seen].into_iter().find_map(|moment| {
            let stand = self.survey.stand(turned.measure, turned.records, moment)?;
            Some(stand.control.map_or(stand.title, |text| text).to_owned())
        });
        stand.unwrap_or_else(|| turned.measure.to_owned())
    }
}
