//! Plans of lines of which facts are missing: every way to settle them, and which of them matter.
//!
//! What a line may come to is worked out run by run, as for the line that the plan was made from. Which
//! missing facts are worth asking for depends on the amounts, so it is decided for each line: a fact
//! matters where two runs that differ in it, and in nothing else, come to different amounts.

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::answer::Point;
use crate::plan::{Outcome, PlannedLine, PlannedPart};
use crate::run::choices::Need;

/// What lines of a kind may come to.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    /// The first assumes what is assumed.
    runs: Vec<Vec<PlannedPart>>,
    /// Program columns that some run charges under.
    columns: Vec<usize>,
    /// Whether each run is all that is owed.
    bounded: bool,
    points: Vec<Point>,
    missing: BTreeSet<Need>,
    /// What is asked of lines for which the same points matter, by these as bits.
    asked: FxHashMap<u64, Asked>,
}

/// Facts to ask for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub needs: Rc<[String]>,
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
        Some(Open { runs, columns, bounded, points, missing, asked: FxHashMap::default() })
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
        let of = |run: usize| &amounts[run * width..(run + 1) * width];
        let mut matter = 0u64;
        for (at, point) in self.points.iter().enumerate() {
            let matters = point.pairs.iter().any(|(a, b)| of(*a) != of(*b));
            matter |= u64::from(matters) << at;
        }
        let most = self.bounded.then_some(most);
        let (points, missing) = (&self.points, &self.missing);
        let asked = self.asked.entry(matter).or_insert_with(|| Asked::of(points, missing, matter));
        Some(Range { least, most, asked: asked.clone() })
    }
}

impl Asked {
    fn of(points: &[Point], missing: &BTreeSet<Need>, matter: u64) -> Asked {
        let asked = points.iter().enumerate().filter(|(at, _)| matter >> at & 1 == 1);
        let mut needs: BTreeSet<&Need> = asked.map(|(_, point)| &point.need).collect();
        needs.extend(missing);
        Asked {
            needs: needs.iter().map(|need| need.fact.clone()).collect(),
            assumed: needs.iter().all(|need| need.has_default),
        }
    }
}
