//! Averages as a picture.

use chronicle::average::picture::{self, Series as Drawn, Words};
use chronicle::average::{Group, Sums};

use super::{Key, Series, Told};
use crate::average::text;

/// Groups that are drawn: those that weigh most.
const DRAWN: usize = 6;

pub fn svg(told: &Told<'_>) -> String {
    let zone = &told.territory.zone;
    let words = words(told);
    let Some(first) = told.series.first() else { return picture::lines(&words, &[], zone) };
    match told.average.group_by {
        Some(Key::Program) => {
            let Some(group) = first.averages.groups.first() else {
                return picture::layers(&words, &[], zone);
            };
            let layer = |at: usize| Drawn {
                name: told.ledger.programs[first.programs[at]].title.clone(),
                rates: rates(group, |sums| sums.program(at, first.base)),
            };
            let layers: Vec<Drawn> = (0..first.programs.len()).map(layer).collect();
            picture::layers(&words, &layers, zone)
        }
        Some(_) => {
            let mut groups: Vec<&Group> = first.averages.groups.iter().collect();
            let weight = |group: &Group| group.stretches.iter().map(|s| s.sums.weight).max();
            groups.sort_by_key(|group| std::cmp::Reverse(weight(group)));
            groups.truncate(DRAWN);
            let line = |group: &&Group| line(told, group, group.name.clone());
            picture::lines(&words, &groups.iter().map(line).collect::<Vec<_>>(), zone)
        }
        None => {
            let line = |series: &Series| {
                let group = series.averages.groups.first()?;
                Some(line(told, group, name(series)))
            };
            picture::lines(&words, &told.series.iter().filter_map(line).collect::<Vec<_>>(), zone)
        }
    }
}

fn line(told: &Told<'_>, group: &Group, name: String) -> Drawn {
    let alone = told.additional_alone;
    let rate = |sums: &Sums| if alone { sums.additional() } else { sums.total() };
    Drawn { name, rates: rates(group, rate) }
}

fn rates(
    group: &Group,
    rate: impl Fn(&Sums) -> Option<i64>,
) -> Vec<(tariff::Day, tariff::Day, Option<i64>)> {
    group.stretches.iter().map(|s| (s.from, s.until, rate(&s.sums))).collect()
}

/// A series in the words of its coordinates.
fn name(series: &Series) -> String {
    let known = match series.known.as_str() {
        "entry" => "what importers faced".to_owned(),
        "today" => "what the law turned out to be".to_owned(),
        known => format!("the law as known on {known}"),
    };
    match series.world.as_str() {
        "record" => known,
        world => format!("{known}, in the world {world} (hypothetical)"),
    }
}

fn words(told: &Told<'_>) -> Words {
    let what = if told.additional_alone { "additional duties" } else { "duties" };
    let of = text::partners(told);
    let title = format!("Average {what} of {} on goods of {of}", told.territory.name);
    let by = match told.average.group_by {
        Some(Key::Program) => ", by program",
        Some(Key::Chapter) => ", by chapter of the schedule",
        Some(Key::Partner) => ", by partner",
        None => "",
    };
    let mut about = format!("percent of the value{by}; {}", text::weighing(told));
    if let [series] = told.series.as_slice()
        && told.average.group_by.is_some()
    {
        about = format!("{about}; {}", name(series));
    }
    let sentence = |note: String| {
        let (first, rest) = note.split_at(note.chars().next().map_or(0, char::len_utf8));
        format!("{}{rest}.", first.to_uppercase())
    };
    let notes: Vec<String> = text::notes(told).into_iter().map(sentence).collect();
    Words { title, about: sentence(about), notes: notes.join(" ") }
}
