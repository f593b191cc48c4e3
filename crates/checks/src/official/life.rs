//! A measure through time, as known at one moment.

use ledger::{Act, Held, Ledger, Records};
use oracle::{Stand, Standing, Survey};
use tariff::{Code, Interval, Moment, Zone};

/// A measure that at some time has a heading.
#[derive(Clone, Copy, Debug)]
pub struct Carrier<'a> {
    pub id: &'a str,
    pub records: &'a Records,
}

/// A stretch of a measure's life without change.
#[derive(Clone, Debug)]
pub struct Stretch<'a> {
    pub interval: Interval,
    pub stand: Stand<'a>,
}

impl<'a> Carrier<'a> {
    /// Every moment at which an operation on it begins or ends to hold.
    pub fn boundaries(&self, ledger: &'a Ledger) -> Vec<Moment> {
        let intervals = self.records.iter().map(|record| ledger.record(*record).1.interval);
        let mut moments: Vec<Moment> =
            intervals.flat_map(|i| [i.from, i.until]).flatten().collect();
        moments.sort_unstable();
        moments.dedup();
        moments
    }

    /// The acts that do something to it.
    pub fn acts(&self, ledger: &'a Ledger) -> impl Iterator<Item = &'a Act> {
        self.records.iter().map(|record| ledger.record(*record).0)
    }

    /// Its life as known; empty where no binding act makes it.
    pub fn life(&self, ledger: &'a Ledger, survey: &Survey<'a>) -> Vec<Stretch<'a>> {
        let boundaries = self.boundaries(ledger);
        let first = boundaries.first().map_or(Moment::from_seconds(0), |m| m.plus_seconds(-1));
        let mut life = Vec::with_capacity(boundaries.len() + 1);
        for at in 0..=boundaries.len() {
            let from = at.checked_sub(1).map(|at| boundaries[at]);
            let interval = Interval { from, until: boundaries.get(at).copied() };
            if let Some(stand) = survey.stand(self.id, self.records, from.unwrap_or(first)) {
                life.push(Stretch { interval, stand });
            }
        }
        life
    }
}

/// What the ledger says of a heading at a moment, and the stretch that says it of each measure.
#[derive(Clone, Debug)]
pub struct State<'a> {
    pub held: Held,
    /// The measures to compare rates with: those that hold, else those that last did or first will.
    pub of: Vec<(&'a str, Stretch<'a>)>,
    /// When it ended.
    pub ended: Option<Moment>,
    /// In words.
    pub words: String,
}

/// The force of a heading at `moment`: the strongest that any of its measures gives it.
pub fn state<'a>(
    heading: Code,
    lives: &[(&'a str, Vec<Stretch<'a>>)],
    moment: Moment,
    zone: &Zone,
) -> State<'a> {
    let mut best: Option<(usize, State<'a>)> = None;
    for (id, life) in lives {
        let Some(one) = of_measure(heading, id, life, moment, zone) else { continue };
        let rank = RANKS.iter().position(|held| *held == one.held).unwrap_or(RANKS.len());
        match &mut best {
            Some((known, state)) if *known == rank => {
                // Of those that have ended, the last counts; of those to begin, the first.
                match nearness(&one, moment).cmp(&nearness(state, moment)) {
                    std::cmp::Ordering::Less => *state = one,
                    std::cmp::Ordering::Equal => state.of.extend(one.of),
                    std::cmp::Ordering::Greater => {}
                }
            }
            Some((known, _)) if *known < rank => {}
            _ => best = Some((rank, one)),
        }
    }
    let known = lives.iter().any(|(_, life)| !life.is_empty());
    let (held, words) = match known {
        // An act that reaches back may have ended it before it began.
        true => (Held::Ended, "never in force, as the law was known"),
        false => (Held::NotKnown, "made by an act that was not known yet"),
    };
    best.map_or_else(
        || State { held, of: Vec::new(), ended: None, words: words.to_owned() },
        |(_, state)| state,
    )
}

/// What wins where measures of one heading differ.
const RANKS: [Held; 6] =
    [Held::InForce, Held::Suspended, Held::Voided, Held::Moved, Held::Ended, Held::NotBegun];

/// Seconds from the moment to the stretch.
fn nearness(state: &State<'_>, moment: Moment) -> i64 {
    let gap = |stretch: &Stretch<'_>| match stretch.interval {
        interval if interval.contains(moment) => 0,
        Interval { until: Some(until), .. } if until <= moment => {
            moment.seconds() - until.seconds()
        }
        Interval { from: Some(from), .. } => from.seconds() - moment.seconds(),
        _ => 0,
    };
    state.of.iter().map(|(_, stretch)| gap(stretch)).min().unwrap_or(0)
}

fn of_measure<'a>(
    heading: Code,
    id: &'a str,
    life: &[Stretch<'a>],
    moment: Moment,
    zone: &Zone,
) -> Option<State<'a>> {
    let has = |stretch: &&Stretch<'a>| stretch.stand.heading == Some(heading);
    let live = |stretch: &&Stretch<'a>| match stretch.stand.standing {
        Standing::NotLive => false,
        Standing::Voided { live, .. } => live,
        _ => true,
    };
    let day = |moment: Option<Moment>| {
        moment.map_or("always".to_owned(), |moment| moment.day(zone).to_string())
    };
    let now = life.iter().find(|stretch| stretch.interval.contains(moment));
    let before = life.iter().rfind(|stretch| {
        stretch.interval.until.is_some_and(|u| u <= moment) && has(stretch) && live(stretch)
    });
    let after = life.iter().find(|stretch| {
        stretch.interval.from.is_some_and(|f| f > moment) && has(stretch) && live(stretch)
    });
    let holds = now.filter(has).filter(live);
    let (held, stretch, words) = if let Some(stretch) = holds {
        let (held, words) = match &stretch.stand.standing {
            Standing::Suspended { leaving: None, by } => {
                (Held::Suspended, format!("suspended by {by}"))
            }
            Standing::Suspended { leaving: Some(rate), by } => {
                (Held::InForce, format!("in force at {rate}, left by {by}"))
            }
            Standing::Voided { by, .. } => (Held::Voided, format!("voided by {by}")),
            _ => (Held::InForce, "in force".to_owned()),
        };
        (held, stretch, words)
    } else if let Some(stretch) = before {
        let end = day(stretch.interval.until);
        match now.filter(live).and_then(|now| now.stand.heading) {
            Some(other) => (Held::Moved, stretch, format!("moved to {other} on {end}")),
            None => match &stretch.stand.standing {
                Standing::Voided { by, .. } => (Held::Voided, stretch, format!("voided by {by}")),
                _ => (Held::Ended, stretch, format!("ended {end}")),
            },
        }
    } else {
        let stretch = after?;
        (Held::NotBegun, stretch, format!("begins {}", day(stretch.interval.from)))
    };
    let ended = (held == Held::Ended).then_some(stretch.interval.until).flatten();
    Some(State { held, of: vec![(id, stretch.clone())], ended, words: format!("{id} {words}") })
}
