//! Which record is changed, and how: drawn by dice from all the records of a ledger.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Does, GoodsSelector, Ledger, Operation, Rate, Source, Target, program_of};
use tariff::Code;
use toml_edit::{DocumentMut, Table, Value};

use super::dice::Dice;
use super::edits::{self, Change, Edit};
use super::{Kind, Mutation, Sight};

/// A ledger whose records are drawn.
pub(crate) struct Records<'a> {
    source: &'a Source,
    ledger: &'a Ledger,
    /// Operations: act and place in it.
    operations: Vec<(usize, usize)>,
    /// Goods lists by name, with their measures.
    lists: Vec<(&'a str, BTreeSet<String>)>,
    /// Areas that measures name, with those measures.
    areas: BTreeMap<&'a str, BTreeSet<String>>,
    /// Plain rates of measures, by territory.
    rates: BTreeMap<&'a str, Vec<String>>,
    /// Stages by pick.
    stages: BTreeMap<&'a str, Vec<String>>,
}

/// A change of a row: of the cell at a place to a text, or the row's deletion; and in words.
type RowEdit = (Kind, Option<(usize, String)>, String);

/// Of ten draws so many are operations, and so many rows of goods lists; the rest are members of areas.
const OPERATIONS: usize = 6;
const ROWS: usize = 3;

impl<'a> Records<'a> {
    pub fn new(source: &'a Source, ledger: &'a Ledger) -> Records<'a> {
        let mut operations = Vec::new();
        let mut rates: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut stages = BTreeMap::new();
        let mut of_list: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut areas: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (a, act) in ledger.acts.iter().enumerate() {
            for (o, operation) in act.operations.iter().enumerate() {
                operations.push((a, o));
                match &operation.does {
                    Does::Measure { id, fields } | Does::Amend { id, fields } => {
                        if let Some(Rate::Duty { text, .. }) = &fields.rate {
                            let by = ledger::territory_of(id);
                            rates.entry(by).or_default().insert(text.clone());
                        }
                        if let Some(Rate::List(name)) = &fields.rate {
                            of_list.entry(name).or_default().insert(id.clone());
                        }
                        let goods = fields.goods.iter().flatten().flatten();
                        for selector in goods.chain(fields.except_goods.iter().flatten()) {
                            if let GoodsSelector::List(name) = selector {
                                of_list.entry(name).or_default().insert(id.clone());
                            }
                        }
                        for name in fields.of.iter().chain(&fields.except_of).flatten() {
                            if ledger.area(name).is_some() {
                                areas.entry(name).or_default().insert(id.clone());
                            }
                        }
                    }
                    Does::Pick(pick) => {
                        stages.insert(pick.id.as_str(), pick.stages.clone());
                    }
                    _ => {}
                }
            }
        }
        let lists = ledger.lists.iter().filter(|(_, list)| !list.rows.is_empty());
        let lists = lists
            .map(|(name, _)| (name.as_str(), of_list.remove(name.as_str()).unwrap_or_default()))
            .collect();
        let rates = rates.into_iter().map(|(by, all)| (by, all.into_iter().collect())).collect();
        Records { source, ledger, operations, lists, areas, rates, stages }
    }

    /// One mutation, or `None` where the record drawn cannot be changed in the way drawn.
    pub fn draw(&self, dice: &mut Dice) -> Option<Mutation> {
        match dice.below(10) {
            n if n < OPERATIONS => self.operation(dice),
            n if n < OPERATIONS + ROWS => self.row(dice),
            _ => self.member(dice),
        }
    }

    fn operation(&self, dice: &mut Dice) -> Option<Mutation> {
        let (a, o) = *dice.one(&self.operations)?;
        let act = &self.ledger.acts[a];
        let operation = &act.operations[o];
        let path = &operation.place.file;
        let text = self.source.get(path)?;
        let mut document: DocumentMut = text.parse().ok()?;
        let table = document.get("do")?.as_array_of_tables()?.get(o)?;
        let mut all = self.edits(&operation.does, table, dice);
        let of_act = edits::moments(document.as_table(), &["known", "binds"]);
        let of_act_from = all.len();
        all.extend(of_act);
        let at = choose(&all.iter().map(|edit| edit.kind).collect::<Vec<_>>(), dice)?;
        let edit = &all[at];
        let whole = at >= of_act_from;
        if whole {
            edit.apply(document.as_table_mut());
        } else {
            let tables = document.get_mut("do")?.as_array_of_tables_mut()?;
            match edit.does {
                Change::Delete => {
                    tables.remove(o);
                }
                _ => edit.apply(tables.get_mut(o)?),
            }
        }
        let start = if whole { 1 } else { operation.place.line };
        let measures = self.touched(operation);
        let program = self.program(operation, &measures);
        Some(Mutation {
            kind: edit.kind,
            file: path.clone(),
            line: line_of(text, start, &edit.key),
            what: format!("{} {}", operation.does.verb(), subject(&operation.does)),
            words: edit.words.clone(),
            program,
            sight: Sight { by: by_of(&act.folder), measures, ..Sight::default() },
            text: document.to_string(),
            key: edit.key.clone(),
            of_act: whole,
            has_reading: operation.reading.is_some(),
        })
    }

    /// Every change of an operation.
    fn edits(&self, does: &Does, table: &Table, dice: &mut Dice) -> Vec<Edit> {
        let mut all = vec![Edit::delete("the operation")];
        all.extend(edits::moments(table, &["from", "until"]));
        match does {
            Does::Measure { id, fields } | Does::Amend { id, fields } => {
                let none = Vec::new();
                let others = self.rates.get(ledger::territory_of(id)).unwrap_or(&none);
                all.extend(edits::rates(table, "rate", others, dice));
                all.extend(edits::heading(table));
                all.extend(edits::condition(table));
                let lists = ["of", "except-of", "to", "goods", "except-goods"];
                let alone = ["except-of", "goods", "except-goods"];
                all.extend(edits::drops(table, &lists, &alone, Kind::Scope));
                let stages = fields.pick.as_deref().and_then(|pick| self.stages.get(pick));
                all.extend(edits::membership(table, stages.unwrap_or(&none), dice));
            }
            Does::Relation(_) => {
                let programs: Vec<String> =
                    self.ledger.programs.iter().map(|p| p.id.clone()).collect();
                all.extend(edits::relation(table, &programs, dice));
                let lists = ["of", "except", "excludes", "takes-part-of", "replaces"];
                all.extend(edits::drops(table, &lists, &["except"], Kind::Relation));
            }
            Does::Pick(_) => all.extend(edits::stages(table)),
            Does::Suspend { .. } => {
                let others: Vec<String> = self.rates.values().flatten().cloned().collect();
                all.extend(edits::rates(table, "leaving", &others, dice));
            }
            _ => {}
        }
        all.extend(edits::drops(table, &[does.verb()], &[], Kind::Relation));
        all
    }

    /// The measures that an operation names.
    fn touched(&self, operation: &Operation) -> BTreeSet<String> {
        let covered = |targets: &[Target]| -> BTreeSet<String> {
            let ids = self.ledger.measures().map(|(id, _)| id);
            let own = |id: &&str| targets.iter().any(|target| target.covers(id));
            ids.filter(own).map(str::to_owned).collect()
        };
        match &operation.does {
            Does::Measure { id, .. } | Does::Amend { id, .. } => [id.clone()].into(),
            Does::Relation(relation) => {
                covered(&[relation.of.clone(), relation.object.clone()].concat())
            }
            Does::Pick(pick) => self.members(&pick.id),
            does => {
                let mut found = covered(does.targets());
                for target in does.targets() {
                    let relation = self.ledger.relations().find(|(id, _)| *id == target.0);
                    for record in relation.into_iter().flat_map(|(_, records)| records) {
                        if let Does::Relation(relation) = &self.ledger.record(*record).1.does {
                            found.extend(covered(&relation.object));
                        }
                    }
                    for other in self.ledger.act(&target.0).into_iter().flat_map(|a| &a.operations)
                    {
                        if let Does::Measure { id, .. } | Does::Amend { id, .. } = &other.does {
                            found.insert(id.clone());
                        }
                    }
                }
                found
            }
        }
    }

    fn members(&self, pick: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (id, records) in self.ledger.measures() {
            for record in records {
                if let Does::Measure { fields, .. } = &self.ledger.record(*record).1.does
                    && fields.pick.as_deref() == Some(pick)
                {
                    found.insert(id.to_owned());
                }
            }
        }
        found
    }

    fn program(&self, operation: &Operation, measures: &BTreeSet<String>) -> String {
        if let Does::Relation(relation) = &operation.does
            && let Some(first) = relation.of.first()
        {
            let id = first.0.as_str();
            return if id.contains('/') { program_of(id) } else { id }.to_owned();
        }
        program_among(measures)
    }

    fn row(&self, dice: &mut Dice) -> Option<Mutation> {
        let (name, measures) = dice.one(&self.lists)?;
        let list = &self.ledger.lists[*name];
        let at = dice.below(list.rows.len());
        let row = &list.rows[at];
        let (folder, file) = name.split_once('/')?;
        let path = format!("{folder}/lists/{file}.csv");
        let text = self.source.get(&path)?;
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let head: Vec<String> = {
            let head = lines.iter().find(|line| !line.starts_with('#'))?;
            head.split(',').map(|c| c.trim().to_owned()).collect()
        };
        let line = row.line as usize;
        let cells: Vec<String> = lines.get(line - 1)?.split(',').map(str::to_owned).collect();
        // Only notes are in quotes, and they stand after what is changed.
        let cell = |column: &str| {
            let at = head.iter().position(|name| name == column)?;
            Some((at, cells.get(at)?.trim().to_owned()))
        };
        let mut all: Vec<RowEdit> = vec![(Kind::Delete, None, "the row is deleted".to_owned())];
        for column in ["from", "until"] {
            for days in [-1, 1] {
                if let Some((at, text)) = cell(column)
                    && let Some(to) = shifted(&text, days)
                {
                    let words = format!("`{column}` {text} becomes {to}");
                    all.push((Kind::Shift, Some((at, to)), words));
                }
            }
        }
        if let Some((at, rate)) = cell("rate") {
            if let Some(to) = edits::other_figure(&rate) {
                let words = format!("`rate` {rate} becomes {to}");
                all.push((Kind::Rate, Some((at, to)), words));
            }
            let other = &list.rows[dice.below(list.rows.len())].rate;
            if let Some(to) = other.as_ref().map(|r| r.to_string()).filter(|to| *to != rate) {
                let words = format!("`rate` {rate} is swapped for {to}");
                all.push((Kind::Rate, Some((at, to)), words));
            }
        }
        let mut codes = vec![row.code];
        if let Some((at, code)) = cell("code")
            && let Some(to) = edits::other_code(&code)
        {
            codes.extend(Code::parse(to.trim_start_matches('!')));
            let words = format!("`code` {code} becomes {to}");
            all.push((Kind::Scope, Some((at, to)), words));
        }
        let chosen = choose(&all.iter().map(|(kind, ..)| *kind).collect::<Vec<_>>(), dice)?;
        let (kind, change, words) = &all[chosen];
        match change {
            None => {
                if list.rows.iter().enumerate().any(|(i, other)| i != at && covers(other, row))
                    && !list.rows.iter().any(|other| other.out)
                {
                    // Another row says the same of more goods: no answer can change.
                    return None;
                }
                lines.remove(line - 1);
            }
            Some((at, to)) => {
                let mut cells = cells.clone();
                *cells.get_mut(*at)? = to.clone();
                lines[line - 1] = cells.join(",");
            }
        }
        Some(Mutation {
            kind: *kind,
            line,
            what: format!("row {} of {name}", row.code.plain()),
            words: words.clone(),
            program: program_among(measures),
            sight: Sight {
                by: by_of(folder),
                measures: measures.clone(),
                codes,
                ..Sight::default()
            },
            text: lines.join("\n") + "\n",
            file: path,
            key: "row".to_owned(),
            of_act: false,
            has_reading: false,
        })
    }

    fn member(&self, dice: &mut Dice) -> Option<Mutation> {
        let files: Vec<(&str, &str)> = self.source.in_folder("areas", ".toml").collect();
        // Areas are counted over the files, so that each is as likely as any other.
        let mut areas = Vec::new();
        for (path, text) in &files {
            let document: DocumentMut = text.parse().ok()?;
            let tables = document.get("area")?.as_array_of_tables()?.len();
            areas.extend((0..tables).map(|at| (*path, *text, at)));
        }
        let (path, text, at) = *dice.one(&areas)?;
        let mut document: DocumentMut = text.parse().ok()?;
        let table = document.get_mut("area")?.as_array_of_tables_mut()?.get_mut(at)?;
        let area = table.get("id")?.as_str()?.to_owned();
        let measures = self.areas.get(area.as_str())?.clone();
        let members = table.get_mut("members")?.as_array_mut()?;
        if members.is_empty() {
            return None;
        }
        let chosen = dice.below(members.len());
        let member = members.get(chosen)?.clone();
        let country = match &member {
            Value::InlineTable(table) => table.get("country")?.as_str()?.to_owned(),
            value => value.as_str()?.to_owned(),
        };
        let mut all = vec![Edit::delete("the member")];
        if let Value::InlineTable(inner) = &member {
            all.extend(edits::moments(&inner.clone().into_table(), &["from", "until"]));
        }
        let kinds: Vec<Kind> = all.iter().map(|edit| edit.kind).collect();
        let edit = &all[choose(&kinds, dice)?];
        match &edit.does {
            Change::Delete => {
                members.remove(chosen);
            }
            _ => {
                let Value::InlineTable(inner) = &member else { return None };
                let mut inner = inner.clone().into_table();
                edit.apply(&mut inner);
                members.replace(chosen, Value::InlineTable(inner.into_inline_table()));
            }
        }
        Some(Mutation {
            kind: edit.kind,
            file: path.to_owned(),
            line: line_of_member(text, &area, &country),
            what: format!("member {country} of the area {area}"),
            words: edit.words.clone(),
            program: program_among(&measures),
            sight: Sight { by: "US", measures, origin: Some(country), ..Sight::default() },
            text: document.to_string(),
            key: "member".to_owned(),
            of_act: false,
            has_reading: false,
        })
    }
}

/// One of the changes, each kind of change being as likely as any other.
fn choose(kinds: &[Kind], dice: &mut Dice) -> Option<usize> {
    let distinct: Vec<Kind> = kinds.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let kind = *dice.one(&distinct)?;
    let of_kind: Vec<usize> = (0..kinds.len()).filter(|at| kinds[*at] == kind).collect();
    dice.one(&of_kind).copied()
}

fn shifted(text: &str, days: i32) -> Option<String> {
    edits::shifted(text, days)
}

fn by_of(folder: &str) -> &'static str {
    match folder {
        "us" => "US",
        "cn" => "CN",
        _ => "",
    }
}

fn program_among(measures: &BTreeSet<String>) -> String {
    measures.first().map_or_else(|| "(none)".to_owned(), |id| program_of(id).to_owned())
}

/// Whether `other` says of all goods of `row` what `row` says.
fn covers(other: &ledger::ListRow, row: &ledger::ListRow) -> bool {
    other.code.covers(row.code)
        && other.rate == row.rate
        && other.from == row.from
        && other.until == row.until
        && other.act == row.act
        && other.ended_by == row.ended_by
}

fn subject(does: &Does) -> String {
    match does {
        Does::Measure { id, .. } | Does::Amend { id, .. } => id.clone(),
        Does::Relation(relation) => relation.id.clone(),
        Does::Pick(pick) => pick.id.clone(),
        Does::Clock { territory, .. } => territory.clone(),
        does => does.targets().iter().map(|t| t.0.as_str()).collect::<Vec<_>>().join(", "),
    }
}

/// The line of a key of the table that begins at `start`; the line of the table where there is none.
fn line_of(text: &str, start: usize, key: &str) -> usize {
    let mut lines = text.lines().enumerate().skip(start.saturating_sub(1));
    let own =
        |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    lines.find(|(_, line)| !key.is_empty() && own(line)).map_or(start, |(at, _)| at + 1)
}

fn line_of_member(text: &str, area: &str, country: &str) -> usize {
    let id = format!("id = \"{area}\"");
    let country = format!("\"{country}\"");
    let mut lines = text.lines().enumerate().skip_while(|(_, line)| *line != id);
    lines.find(|(_, line)| line.contains(&country)).map_or(1, |(at, _)| at + 1)
}
