//! Plans of lines of which facts are missing: every way to settle them, and which of them matter.
//!
//! What a line may come to is worked out run by run, as for the line that the plan was made from. Which
//! missing facts are worth asking for depends on the amounts, so it is decided for each line: a fact
//! matters where two runs that differ in it, and in nothing else, come to different amounts.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::answer::Point;
use crate::plan::{Outcome, PlannedLine, PlannedPart};
use crate::quick_plan::{QuickPlan, QuickPlans};
use crate::run::choices::Need;

/// What lines of a kind may come to.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    /// The first assumes what is assumed.
    runs: Vec<Vec<PlannedPart>>,
    /// The same as quick plans, where all of them are so simple; columns by their place in `columns`.
    quick: Option<Vec<QuickPlan>>,
    /// Program columns that some run charges under.
    pub columns: Vec<usize>,
    /// Whether each run is all that is owed.
    bounded: bool,
    /// What is asked for, point by point.
    points: Vec<Need>,
    /// A point, and two runs that differ in it and agree on all else.
    pairs: Vec<(u8, u32, u32)>,
    missing: BTreeSet<Need>,
    /// What is asked of lines for which the same points matter, by these as bits.
    asked: FxHashMap<u64, Asked>,
}

/// Facts to ask for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub needs: Arc<[String]>,
    /// Whether something is assumed for each of them.
    pub assumed: bool,
}

/// What one line may come to.
pub(crate) struct Range {
    pub least: i64,
    /// `None` is without bound.
    pub most: Option<i64>,
    pub asked: Asked,
}

/// By what tells them apart; the rest follows.
impl PartialEq for Open {
    fn eq(&self, other: &Open) -> bool {
        self.runs == other.runs
            && self.points == other.points
            && self.pairs == other.pairs
            && self.missing == other.missing
    }
}

impl Hash for Open {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.runs.hash(state);
        self.pairs.hash(state);
    }
}

impl Open {
    /// `None` when there is more to ask for than a plan tells apart.
    pub fn of(
        runs: Vec<Vec<PlannedPart>>,
        points: Vec<Point>,
        missing: BTreeSet<Need>,
    ) -> Option<Open> {
        // A quantity that this line lacks, another of its kind may state.
        let lacks = missing.iter().any(|need| need.fact.starts_with("quantity in "));
        if lacks || points.len() > 64 {
            return None;
        }
        let parts = || runs.iter().flatten();
        let columns: BTreeSet<usize> = parts().map(|part| part.column).collect();
        let bounded = !parts().any(|part| part.stand_in || part.unbounded);
        let columns = columns.into_iter().collect();
        let (quick, asked) = (None, FxHashMap::default());
        let pairs = points.iter().enumerate().flat_map(|(at, point)| {
            point.pairs.iter().map(move |(a, b)| (at as u8, *a as u32, *b as u32))
        });
        let pairs = pairs.collect();
        let points = points.into_iter().map(|point| point.need).collect();
        Some(Open { runs, quick, columns, bounded, points, pairs, missing, asked })
    }

    /// Makes the runs quick, where all of them are so simple.
    pub fn make_quick(&mut self, plans: &mut QuickPlans) {
        let columns = &self.columns;
        let column = |program: usize| columns.iter().position(|column| *column == program);
        let mut quick = self.runs.iter().map(|parts| plans.of_parts(parts, column));
        self.quick = if columns.is_empty() { None } else { quick.by_ref().collect() };
    }

    /// What a line of a value below [`VALUES_BELOW`](crate::quick_plan::VALUES_BELOW) may come to, with what
    /// it owes under the first run; `None` where a run is not so simple. `general` is the duty of its code in
    /// cents, `content` gives a part by its place. Amounts of the first run come first, by `columns`.
    pub fn quick_range(
        &mut self,
        (value, general): (i64, i64),
        content: impl Fn(u8) -> i64,
        amounts: &mut Vec<i64>,
    ) -> Option<(Range, i64)> {
        let runs = self.quick.as_ref()?;
        let width = self.columns.len();
        amounts.clear();
        amounts.resize(width * runs.len(), 0);
        let (mut first, mut least, mut most) = (0, i64::MAX, 0);
        for (at, (run, amounts)) in runs.iter().zip(amounts.chunks_exact_mut(width)).enumerate() {
            let contents = || run.parts.map(&content);
            let part = |column: u16, amount: i64| amounts[usize::from(column)] += amount;
            let sum = run.duty(value, general, contents, part);
            first = if at == 0 { sum } else { first };
            (least, most) = (least.min(sum), most.max(sum));
        }
        Some((self.asking(amounts, least, most), first))
    }

    /// What a line may come to, or `None` when it must go the long way. `amounts` is room to work in.
    pub fn range(
        &mut self,
        line: &PlannedLine<'_, '_>,
        outcome: &mut Outcome,
        amounts: &mut Vec<i64>,
    ) -> Option<Range> {
        let width = self.columns.len();
        amounts.clear();
        amounts.resize(width * self.runs.len(), 0);
        let (mut least, mut most) = (i64::MAX, 0);
        for (at, parts) in self.runs.iter().enumerate() {
            outcome.run(parts, line)?;
            if outcome.missing.is_some() {
                return None;
            }
            least = least.min(outcome.least);
            most = most.max(outcome.sum);
            for (part, amount) in parts.iter().zip(&outcome.amounts) {
                let column = self.columns.iter().position(|column| *column == part.column)?;
                amounts[at * width + column] += amount.cents;
            }
        }
        Some(self.asking(amounts, least, most))
    }

    /// What to ask for, by the amounts of each run.
    fn asking(&mut self, amounts: &[i64], least: i64, most: i64) -> Range {
        let width = self.columns.len();
        let of = |run: u32| &amounts[run as usize * width..][..width];
        let mut matter = 0u64;
        for (point, a, b) in &self.pairs {
            if matter >> point & 1 == 0 && of(*a) != of(*b) {
                matter |= 1 << point;
            }
        }
        let most = self.bounded.then_some(most);
        let (points, missing) = (&self.points, &self.missing);
        let asked = self.asked.entry(matter).or_insert_with(|| Asked::of(points, missing, matter));
        Range { least, most, asked: asked.clone() }
    }
}

impl Asked {
    fn of(points: &[Need], missing: &BTreeSet<Need>, matter: u64) -> Asked {
        let asked = points.iter().enumerate().filter(|(at, _)| matter >> at & 1 == 1);
        let mut needs: BTreeSet<&Need> = asked.map(|(_, need)| need).collect();
        needs.extend(missing);
        Asked {
            needs: needs.iter().map(|need| need.fact.clone()).collect(),
            assumed: needs.iter().all(|need| need.has_default),
        }
    }
}
