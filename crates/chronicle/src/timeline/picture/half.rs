//! One side of the picture: its layers as steps over time.

use std::collections::BTreeMap;

use oracle::Component;
use tariff::{Exact, Moment, exact_decimal};

use crate::chart::{self, Linear, Px, Svg, Time, colour, hatched, width_px};
use crate::stack::{name, percent, share};
use crate::timeline::picture::{MARGIN, WIDTH, between, day};
use crate::timeline::{Course, Question, Stretch, Timeline};

/// The place of each program of each side among the colours.
pub type Colours = Vec<(String, usize)>;

/// A side with the scales that it is drawn in.
pub struct Half<'h, 'a> {
    pub question: &'h Question<'a>,
    pub course: &'h Course<'a>,
    pub colours: &'h Colours,
    pub time: Time,
    /// From the axis outwards.
    pub scale: Linear,
    pub today: Moment,
}

/// What is drawn of one program without a break: how much, on how much, since when and until when.
struct Run {
    program: String,
    from: Moment,
    until: Moment,
    low: Exact,
    high: Exact,
    /// What a reader who points at it is told.
    words: String,
    suspended: bool,
}

/// Programs in the order in which they appear over time, those of the first side first.
pub fn colours(timeline: &Timeline<'_>) -> Colours {
    let mut colours = Colours::new();
    for course in &timeline.courses {
        for layer in course.stretches.iter().flat_map(|s| taking(&s.stack.layers)) {
            let at = colours.len();
            if !colours.iter().any(|(program, _)| *program == layer.program) {
                colours.push((layer.program.clone(), at));
            }
        }
    }
    colours
}

/// The layers that take something.
fn taking(layers: &[Component]) -> impl Iterator<Item = &Component> {
    layers.iter().filter(|layer| share(layer) > Exact::ZERO)
}

/// The most that is levied, or would come back, of what is drawn.
pub fn most(course: &Course<'_>, time: &Time) -> Exact {
    course
        .stretches
        .iter()
        .filter(|s| s.from.is_none_or(|from| from < time.until))
        .filter(|s| s.until.is_none_or(|until| until > time.from))
        .flat_map(|s| [Some(s.stack.total()), s.back.as_ref().map(|back| back.stack.total())])
        .flatten()
        .max()
        .unwrap_or(Exact::ZERO)
}

/// Names of the programs of each side beside their colours; gives the place below.
pub fn legend(
    svg: &mut Svg,
    question: &Question<'_>,
    timeline: &Timeline<'_>,
    colours: &Colours,
    mut y: Px,
) -> Px {
    for course in &timeline.courses {
        let side = name(question.ledger, course.levy.territory.country);
        svg.text((MARGIN, y + Px::of(10)), "small bold", side);
        let begin = MARGIN + width_px(side, 12) + Px::of(14);
        let mut x = begin;
        for (program, at) in colours {
            let Some(program) = question.ledger.program(program) else { continue };
            if program.by != course.levy.territory.id {
                continue;
            }
            let wide = Px::of(17) + width_px(&program.title, 12) + Px::of(12);
            if x + wide > WIDTH - MARGIN && x > begin {
                x = begin;
                y += Px::of(17);
            }
            let swatch = between((x, x + Px::of(12)), (y, y + Px::of(12)));
            svg.rect(swatch, &format!("fill=\"{}\"", colour(*at)), "");
            svg.text((x + Px::of(17), y + Px::of(10)), "small", &program.title);
            x += wide;
        }
        y += Px::of(19);
    }
    y
}

impl Half<'_, '_> {
    pub fn draw(&self, svg: &mut Svg) {
        let Half { time, scale, .. } = self;
        let height = (scale.end - scale.start).max(scale.start - scale.end);
        let most = (height.in_tenths() / 450).max(1) as usize;
        chart::values(svg, scale, (time.start, time.end), most, "%");
        let runs = self.runs();
        for run in &runs {
            self.run(svg, run);
        }
        self.totals(svg);
        svg.line((time.start, scale.start), (time.end, scale.start), "class=\"axis\"");
    }

    /// The runs of all programs, those in force and those suspended.
    fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for stretch in &self.course.stretches {
            let from = stretch.from.unwrap_or(self.time.from).max(self.time.from);
            let until = stretch.until.unwrap_or(self.time.until).min(self.time.until);
            if until <= from {
                continue;
            }
            let mut low = Exact::ZERO;
            for (program, taken) in self.by_program(&stretch.stack.layers) {
                let high = low + taken;
                let words = self.words(&program, taken, stretch);
                join(&mut runs, Run { program, from, until, low, high, words, suspended: false });
                low = high;
            }
            let Some(back) = &stretch.back else { continue };
            let now: BTreeMap<String, Exact> =
                self.by_program(&stretch.stack.layers).into_iter().collect();
            let until = until.min(back.at);
            for (program, then) in self.by_program(&back.stack.layers) {
                let more = then - now.get(&program).copied().unwrap_or(Exact::ZERO);
                if more <= Exact::ZERO || until <= from {
                    continue;
                }
                let words = format!(
                    "{}: {} points suspended until {}; {} in all from then on, unless it is extended ({})",
                    self.title(&program),
                    exact_decimal(more),
                    day(back.at, self.question),
                    percent(back.stack.total()),
                    self.cites(&program, stretch)
                );
                let high = low + more;
                join(&mut runs, Run { program, from, until, low, high, words, suspended: true });
                low = high;
            }
        }
        runs
    }

    /// What each program takes, in the order of the colours.
    fn by_program(&self, layers: &[Component]) -> Vec<(String, Exact)> {
        self.colours
            .iter()
            .filter_map(|(program, _)| {
                let own = layers.iter().filter(|layer| layer.program == *program);
                let taken: Exact = own.map(share).sum();
                (taken > Exact::ZERO).then(|| (program.clone(), taken))
            })
            .collect()
    }

    fn title(&self, program: &str) -> String {
        let side = name(self.question.ledger, self.course.levy.territory.country);
        let title = self.question.ledger.program(program).map_or(program, |p| &p.title);
        format!("{side}, {title}")
    }

    /// The authorities of a program, each with its citation.
    fn cites(&self, program: &str, stretch: &Stretch) -> String {
        let own = stretch.stack.layers.iter().filter(|layer| layer.program == program);
        let mut cites: Vec<&String> = own.flat_map(|layer| &layer.cites).collect();
        cites.dedup();
        let told = |id: &String| match self.question.ledger.act(id) {
            Some(act) => format!("{id}: {}", act.cite),
            None => id.clone(),
        };
        cites.into_iter().map(told).collect::<Vec<String>>().join("; ")
    }

    fn words(&self, program: &str, taken: Exact, stretch: &Stretch) -> String {
        let layers = || stretch.stack.layers.iter().filter(|layer| layer.program == program);
        let suspended = layers().find_map(|layer| layer.suspended.as_ref());
        let suspended = suspended.map(|words| format!("; {words}")).unwrap_or_default();
        let cites = self.cites(program, stretch);
        format!("{}: {}{suspended} ({cites})", self.title(program), percent(taken))
    }

    fn run(&self, svg: &mut Svg, run: &Run) {
        let at = self.colours.iter().find(|(p, _)| *p == run.program).map_or(0, |(_, at)| *at);
        let colour = colour(at);
        let heights = (self.scale.at(run.low), self.scale.at(run.high));
        let mut piece = |from: Moment, until: Moment, look: &str| {
            if from < until {
                let widths = (self.time.at(from), self.time.at(until));
                let days = format!(
                    "{} to {}",
                    day(run.from, self.question),
                    day(run.until, self.question)
                );
                svg.rect(between(widths, heights), look, &format!("{days}. {}", run.words));
            }
        };
        let known = self.today.max(run.from).min(run.until);
        let (solid, later) = if run.suspended {
            (format!("class=\"area\" fill=\"{}\"", hatched(at % chart::COLOURS.len())), None)
        } else {
            let later = format!("class=\"later\" fill=\"{colour}\" stroke=\"{colour}\"");
            (format!("class=\"area\" fill=\"{colour}\""), Some(later))
        };
        match later {
            None => piece(run.from, run.until, &solid),
            Some(later) => {
                piece(run.from, known, &solid);
                piece(known, run.until, &later);
            }
        }
    }

    /// The stretches over which a sum is the same: of what is levied, or of what would come back.
    fn spans(&self, sum: impl Fn(&Stretch) -> Option<Exact>) -> Vec<(Moment, Moment, Exact)> {
        let mut spans: Vec<(Moment, Moment, Exact)> = Vec::new();
        for stretch in &self.course.stretches {
            let from = stretch.from.unwrap_or(self.time.from).max(self.time.from);
            let until = stretch.until.unwrap_or(self.time.until).min(self.time.until);
            let Some(total) = sum(stretch).filter(|total| *total > Exact::ZERO) else { continue };
            match spans.last_mut() {
                _ if until <= from => {}
                Some((_, end, same)) if *same == total && *end == from => *end = until,
                _ => spans.push((from, until, total)),
            }
        }
        spans
    }

    /// The total of all layers at each step that has room for it, the highest always; what would come
    /// back in brackets.
    fn totals(&self, svg: &mut Svg) {
        let Half { time, scale, .. } = self;
        let mut spans = self.spans(|stretch| Some(stretch.stack.total()));
        // The highest first, then the longest: of two that would overlap the first stays.
        let highest = spans.iter().map(|(_, _, total)| *total).max();
        spans.sort_by_key(|(from, until, total)| {
            (Some(*total) != highest, -(until.seconds() - from.seconds()))
        });
        let levied = spans.len();
        let back = self.spans(|stretch| {
            let back = stretch.back.as_ref()?.stack.total();
            (back > stretch.stack.total()).then_some(back)
        });
        spans.extend(back);
        let outwards = if scale.end < scale.start { Px::of(-3) } else { Px::of(12) };
        let mut placed: Vec<(Px, Px, Px)> = Vec::new();
        for (at, (from, until, total)) in spans.into_iter().enumerate() {
            let text = if at < levied { percent(total) } else { format!("({})", percent(total)) };
            let wide = width_px(&text, 12);
            let (left, right) = (time.at(from), time.at(until));
            // Beside the line of the last known day, where either side of it has room.
            let today = time.at(self.today);
            let (left, right) = match (today - left > wide, right - today > wide) {
                (true, _) if today < right => (left, today),
                (false, true) if today > left => (today, right),
                _ => (left, right),
            };
            let centre = ((left + right) / 2).min(time.end - wide / 2).max(time.start + wide / 2);
            let y = scale.at(total) + outwards;
            let near = placed.iter().any(|(x, other, width)| {
                (*x - centre).max(centre - *x) < (*width + wide) / 2
                    && (*other - y).max(y - *other) < Px::of(12)
            });
            if near || (right - left < Px::of(8) && Some(total) != highest) {
                continue;
            }
            placed.push((centre, y, wide));
            let class = if at < levied { "small bold middle halo" } else { "small middle halo" };
            svg.text((centre, y), class, &text);
        }
    }
}

/// Adds a run, or makes the one that it continues longer.
fn join(runs: &mut Vec<Run>, run: Run) {
    let same = |other: &&mut Run| {
        other.until == run.from
            && other.program == run.program
            && (other.low, other.high, other.suspended) == (run.low, run.high, run.suspended)
            && other.words == run.words
    };
    match runs.iter_mut().find(same) {
        Some(other) => other.until = run.until,
        None => runs.push(run),
    }
}
