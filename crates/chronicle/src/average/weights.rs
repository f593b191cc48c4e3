//! How much each course counts: for every line of the schedule the same, or the trade it carries.

use std::collections::HashMap;

use engine::course::Courses;
use tariff::{Code, Country, Day};

use super::table::{ClaimShare, Trade, UnitValue};
use super::{GroupBy, Weighing};

/// Weights are whole numbers: millionths of a unit of currency, or of a line.
pub const WEIGHT_SCALE: i128 = 1_000_000;

/// What counts together: of one sort of goods, one class of origins, over the same days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Part {
    pub goods: u32,
    pub class: u16,
    /// Place among the claims, counted from 1; 0 is none.
    pub claim: u16,
    /// Place among the unit values, counted from 1; 0 is none.
    pub unit_value: u32,
    pub group: u32,
    /// Whether the table's code is longer than what is priced for it.
    pub by_heading: bool,
    pub from: i32,
    pub until: i32,
}

/// Everything that counts.
pub struct Weights {
    /// With their weights, in order.
    pub parts: Vec<(Part, i128)>,
    /// What the groups are called.
    pub groups: Vec<String>,
    /// The claims that parts make.
    pub claims: Vec<Vec<String>>,
    /// Of the table, all that could be read and is of the partners asked about.
    pub of_table: i128,
    /// For each code priced by its own unit value one that stands for it: the place of its row.
    pub priced_alone: Vec<(usize, usize)>,
}

/// Codes under a prefix over days: first day, day after the last, their places, and whether the prefix had
/// to be shortened to find them.
type Spread = Vec<(i32, i32, Vec<u32>, bool)>;

struct Building<'a, 'c, 'r, 'l> {
    courses: &'a Courses<'r, 'l>,
    unit_values: &'c [UnitValue],
    shares: &'c [ClaimShare],
    group_by: GroupBy,
    parts: HashMap<Part, i128>,
    claims: Vec<Vec<String>>,
    groups: HashMap<String, u32>,
    days: (i32, i32),
    priced_alone: HashMap<(usize, usize), u32>,
}

impl Weights {
    pub fn of(
        courses: &Courses<'_, '_>,
        weighing: &Weighing<'_>,
        (unit_values, shares): (&[UnitValue], &[ClaimShare]),
        (of, group_by): (&[Country], GroupBy),
        (from, until): (Day, Day),
    ) -> Weights {
        let mut building = Building {
            courses,
            unit_values,
            shares,
            group_by,
            parts: HashMap::new(),
            claims: Vec::new(),
            groups: HashMap::new(),
            days: (from.number(), until.number()),
            priced_alone: HashMap::new(),
        };
        let of_table = match weighing {
            Weighing::Lines => {
                building.lines(of);
                0
            }
            Weighing::Trade(trade) => building.trade(trade, of),
        };
        building.finish(of_table)
    }
}

impl Building<'_, '_, '_, '_> {
    /// Every line of every country counts the same.
    fn lines(&mut self, of: &[Country]) {
        let origins = self.courses.origins();
        let origins = origins.iter().filter(|(country, _)| of.is_empty() || of.contains(country));
        for (country, class) in origins {
            for code in 0..self.courses.codes().len() {
                let row = &self.courses.codes()[code];
                let days = (row.from.number(), row.until.number());
                let name = country.as_str();
                self.add(code, (*country, *class, name), (days, false), WEIGHT_SCALE);
            }
        }
    }

    /// The trade of a table; how much of it is of the countries asked about.
    fn trade(&mut self, trade: &Trade, of: &[Country]) -> i128 {
        let mut spreads: HashMap<Code, Spread> = HashMap::new();
        let mut of_table = 0;
        for flow in &trade.flows {
            let partner = &trade.partners[flow.partner as usize];
            let weight = flow.cents * (WEIGHT_SCALE / 100);
            let spread = spreads.entry(flow.code).or_insert_with(|| self.spread(flow.code));
            let members = evenly(weight, partner.countries.len());
            for (country, weight) in partner.countries.iter().zip(members) {
                if !of.is_empty() && !of.contains(country) {
                    continue;
                }
                of_table += weight;
                let Some(class) = self.courses.class_of(*country) else { continue };
                for (from, until, codes, by_heading) in spread.iter() {
                    for (code, weight) in codes.iter().zip(evenly(weight, codes.len())) {
                        let origin = (*country, class, partner.name.as_str());
                        let when = ((*from, *until), *by_heading);
                        self.add(*code as usize, origin, when, weight);
                    }
                }
            }
        }
        of_table
    }

    /// The lines under a code over days. Where none is in force its trade counts with the lines under its
    /// first eight digits, or its first six.
    fn spread(&self, code: Code) -> Spread {
        let mut spread = Spread::new();
        let mut gaps = vec![self.days];
        let digits = self.courses.territory().code_digits;
        let lengths = [code.digits().min(digits), 8, 6];
        for (at, length) in lengths.into_iter().enumerate() {
            if at > 0 && length >= lengths[at - 1] {
                continue;
            }
            let prefix = code.prefix(length);
            let mut rest = Vec::new();
            for gap in gaps {
                for (from, until, codes) in self.in_force(prefix, gap) {
                    match codes.is_empty() {
                        true => rest.push((from, until)),
                        false => spread.push((from, until, codes, length < code.digits())),
                    }
                }
            }
            gaps = rest;
        }
        spread
    }

    /// Which codes under a prefix are in force over days, cut where that changes.
    fn in_force(&self, prefix: Code, (from, until): (i32, i32)) -> Vec<(i32, i32, Vec<u32>)> {
        let codes = self.courses.codes();
        let first = codes.partition_point(|row| row.code < prefix);
        let under = codes[first..].iter().take_while(|row| prefix.covers(row.code));
        let rows: Vec<(u32, i32, i32)> = under
            .enumerate()
            .map(|(at, row)| ((first + at) as u32, row.from.number(), row.until.number()))
            .collect();
        let mut cuts = vec![from, until];
        let ends = rows.iter().flat_map(|(_, from, until)| [*from, *until]);
        cuts.extend(ends.filter(|day| from < *day && *day < until));
        cuts.sort_unstable();
        cuts.dedup();
        let held = |day: i32| {
            let held = rows.iter().filter(|(_, from, until)| *from <= day && day < *until);
            held.map(|(code, ..)| *code).collect()
        };
        cuts.windows(2).map(|pair| (pair[0], pair[1], held(pair[0]))).collect()
    }

    fn add(
        &mut self,
        code: usize,
        (country, class, partner): (Country, u16, &str),
        ((from, until), by_heading): ((i32, i32), bool),
        weight: i128,
    ) {
        let row = &self.courses.codes()[code];
        let name = match self.group_by {
            GroupBy::Nothing | GroupBy::Program => String::new(),
            GroupBy::Chapter => format!("{:02}", row.code.chapter()),
            GroupBy::Partner => partner.to_owned(),
        };
        let count = self.groups.len() as u32;
        let group = *self.groups.entry(name).or_insert(count);
        let covering = |value: &UnitValue| value.code.covers(row.code);
        let longest = |a: &(usize, &UnitValue), b: &(usize, &UnitValue)| {
            a.1.code.digits().cmp(&b.1.code.digits())
        };
        let value = self.unit_values.iter().enumerate().filter(|(_, v)| covering(v));
        let unit_value = match value.max_by(longest) {
            // What a unit of one code is worth says nothing of another's units.
            Some((value, _)) => {
                let count = self.priced_alone.len() as u32;
                1 + *self.priced_alone.entry((value, code)).or_insert(count)
            }
            None => 0,
        };
        let goods = self.courses.goods_of(code) as u32;
        let mut part = Part { goods, class, claim: 0, unit_value, group, by_heading, from, until };
        let mut rest = weight;
        let share = self.claim(country, row.code);
        if let Some((claim, millionths)) = share.map(|s| (s.claim.clone(), s.millionths)) {
            let claims = vec![claim];
            let place = self.claims.iter().position(|held| *held == claims);
            let place = place.unwrap_or_else(|| {
                self.claims.push(claims);
                self.claims.len() - 1
            });
            let claimed = weight * i128::from(millionths) / 1_000_000;
            part.claim = place as u16 + 1;
            *self.parts.entry(part).or_default() += claimed;
            part.claim = 0;
            rest -= claimed;
        }
        if rest != 0 {
            *self.parts.entry(part).or_default() += rest;
        }
    }

    /// The share of claims of a country's goods: of several the one of the longest code.
    fn claim(&self, country: Country, code: Code) -> Option<&ClaimShare> {
        let of = |share: &&ClaimShare| {
            share.countries.contains(&country)
                && share.goods.is_none_or(|prefix| prefix.covers(code))
        };
        let digits = |share: &&ClaimShare| share.goods.map_or(0, |prefix| prefix.digits());
        self.shares.iter().filter(of).max_by_key(digits)
    }

    fn finish(self, of_table: i128) -> Weights {
        let mut named: Vec<(&String, u32)> = self.groups.iter().map(|(n, at)| (n, *at)).collect();
        named.sort_unstable();
        let mut place = vec![0; named.len()];
        for (new, (_, old)) in named.iter().enumerate() {
            place[*old as usize] = new as u32;
        }
        let groups = named.into_iter().map(|(name, _)| name.clone()).collect();
        let moved = |part: Part| Part { group: place[part.group as usize], ..part };
        let mut parts: Vec<(Part, i128)> =
            self.parts.into_iter().map(|(part, weight)| (moved(part), weight)).collect();
        parts.sort_unstable_by_key(|(part, _)| *part);
        let mut priced_alone = vec![(0, 0); self.priced_alone.len()];
        for (of, at) in self.priced_alone {
            priced_alone[at as usize] = of;
        }
        Weights { parts, groups, claims: self.claims, of_table, priced_alone }
    }
}

/// A weight in equal whole parts; what is left over goes to the first ones.
fn evenly(weight: i128, count: usize) -> impl Iterator<Item = i128> {
    let count = count as i128;
    let (each, more) = match count {
        0 => (0, 0),
        _ => (weight / count, weight % count),
    };
    (0..count).map(move |at| each + i128::from(at < more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_when_a_weight_is_spread() {
        assert_eq!(evenly(10, 3).collect::<Vec<_>>(), [4, 3, 3]);
        assert_eq!(evenly(7, 7).sum::<i128>(), 7);
        assert_eq!(evenly(5, 0).count(), 0);
    }
}
