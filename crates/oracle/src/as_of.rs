//! The law as known at a moment: which acts bind, and what the operations of those acts make of a
//! measure, a relation or a pick.

use ledger::{
    Act, Does, Fields, Leaving, Ledger, ListRow, Operation, Pick, Readings, Records, Relation,
};
use tariff::{Interval, Moment};

/// A ledger seen from a moment of knowledge.
pub(crate) struct AsOf<'a> {
    pub ledger: &'a Ledger,
    pub k: Moment,
    readings: &'a Readings,
    /// Of every act, by its position in the ledger.
    standing: Vec<Standing>,
}

/// What an act counts for at the moment of knowledge.
#[derive(Clone, Copy)]
pub(crate) enum Standing {
    /// Not made yet.
    Unknown,
    /// Made, to bind at a moment or never.
    Pending(Option<Moment>),
    /// By the act at this position of the ledger.
    Stayed(usize),
    Voided,
    Binding,
}

/// A value of a field and the act that set it.
pub(crate) type Set<'a, T> = Option<(&'a T, &'a Act)>;

/// A measure at a moment: every field as the last binding operation left it.
#[derive(Clone)]
pub(crate) struct Terms<'a> {
    pub id: &'a str,
    /// The moment of the line at which it is seen.
    pub moment: Moment,
    /// The act that made it.
    pub made_by: &'a Act,
    pub made: &'a Fields,
    /// Operations on fields that hold at the moment, last first.
    changes: Vec<(&'a Fields, &'a Act)>,
    pub live: bool,
    pub suspended: Option<Suspension<'a>>,
    pub voided_by: Option<&'a Act>,
    /// When the measure as it now stands ends, if an end is set.
    pub until: Option<Moment>,
}

#[derive(Clone, Copy)]
pub(crate) struct Suspension<'a> {
    pub by: &'a Act,
    pub until: Option<Moment>,
    pub leaving: Option<&'a Leaving>,
}

impl<'a> AsOf<'a> {
    pub fn new(ledger: &'a Ledger, k: Moment, readings: &'a Readings) -> AsOf<'a> {
        let alone = |act: &Act| match act.binds_from() {
            _ if act.known > k => Standing::Unknown,
            Some(binds) if binds <= k => Standing::Binding,
            pending => Standing::Pending(pending),
        };
        let standing = ledger.acts.iter().map(alone).collect();
        let mut law = AsOf { ledger, k, readings, standing };
        let mut judged = vec![false; ledger.acts.len()];
        for at in 0..ledger.acts.len() {
            law.judge(at, &mut judged);
        }
        law
    }

    /// Whether the act of this id is in the ledger and binds.
    pub fn binds(&self, id: &str) -> bool {
        self.ledger.act_index(id).is_some_and(|at| self.act_binds(at))
    }

    fn act_binds(&self, at: usize) -> bool {
        matches!(self.standing[at], Standing::Binding)
    }

    /// The standing of the act at this position of the ledger.
    pub fn standing(&self, at: usize) -> Standing {
        self.standing[at]
    }

    /// Settles what other acts make of an act, those others first.
    fn judge(&mut self, at: usize, judged: &mut [bool]) {
        // Acts on acts form no circle in sound law; should they, the act itself stands.
        if std::mem::replace(&mut judged[at], true)
            || matches!(self.standing[at], Standing::Unknown)
        {
            return;
        }
        let ledger = self.ledger;
        for &(a, o) in ledger.on_act(&ledger.acts[at].id).iter().rev() {
            let (by, operation) = ledger.record((a, o));
            self.judge(a, judged);
            if !self.act_binds(a) || !self.reads(operation) {
                continue;
            }
            match &operation.does {
                Does::Void { parties: None, .. } => {
                    self.standing[at] = Standing::Voided;
                    return;
                }
                Does::Stay { until_act, parties: None, .. } => {
                    let end = until_act.as_deref().and_then(|id| ledger.act_index(id));
                    if let Some(end) = end {
                        self.judge(end, judged);
                    }
                    let from = operation.interval.from.unwrap_or(by.known);
                    let holds = Interval { from: Some(from), ..operation.interval };
                    if !end.is_some_and(|end| self.act_binds(end)) && holds.contains(self.k) {
                        self.standing[at] = Standing::Stayed(a);
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether the operation holds under the chosen readings.
    fn reads(&self, operation: &Operation) -> bool {
        let Some((name, option)) = &operation.reading else { return true };
        match self.readings.get(name) {
            Some(chosen) => chosen == option,
            None => self.ledger.readings.iter().any(|r| r.id == *name && r.default == *option),
        }
    }

    /// The binding operations among `records`, in order of precedence.
    pub fn binding(
        &self,
        records: &'a Records,
    ) -> impl DoubleEndedIterator<Item = (&'a Act, &'a Operation)> {
        records.iter().filter_map(|&at| {
            let (act, operation) = self.ledger.record(at);
            (self.act_binds(at.0) && self.reads(operation)).then_some((act, operation))
        })
    }

    /// The measure at `moment`, or `None` when no binding act makes it.
    pub fn terms(&self, id: &'a str, records: &'a Records, moment: Moment) -> Option<Terms<'a>> {
        let (made_by, made) = self.binding(records).find_map(|(act, o)| match &o.does {
            Does::Measure { fields, .. } => Some((act, fields.as_ref())),
            _ => None,
        })?;
        let mut terms = Terms {
            id,
            moment,
            made_by,
            made,
            changes: Vec::new(),
            live: false,
            suspended: None,
            voided_by: None,
            until: None,
        };
        for (act, operation) in self.binding(records) {
            let holds = operation.interval.contains(moment);
            let interval = operation.interval;
            match &operation.does {
                Does::Measure { .. } | Does::Extend(_) if holds => {
                    terms.live = true;
                    terms.until = interval.until;
                }
                Does::Amend { fields, .. } if holds => terms.changes.insert(0, (fields, act)),
                Does::End(_) if holds => terms.live = false,
                Does::End(_) => {
                    let end = interval.from;
                    terms.until = match (terms.until, end) {
                        (Some(a), Some(b)) => Some(a.min(b)),
                        (a, b) => a.or(b),
                    };
                }
                Does::Suspend { leaving, .. } if holds => {
                    terms.suspended = Some(Suspension {
                        by: act,
                        until: interval.until,
                        leaving: leaving.as_ref(),
                    });
                }
                Does::Resume(_) if holds => terms.suspended = None,
                Does::Void { parties: None, .. } => terms.voided_by = Some(act),
                _ => {}
            }
        }
        Some(terms)
    }

    /// The relation, when it is live at `moment`, with the act that made it.
    pub fn relation(
        &self,
        records: &'a Records,
        moment: Moment,
    ) -> Option<(&'a Relation, &'a Act, &'a Operation)> {
        let mut made = None;
        let mut live = false;
        for (act, operation) in self.binding(records) {
            let holds = operation.interval.contains(moment);
            match &operation.does {
                Does::Relation(relation) => {
                    made = Some((relation.as_ref(), act, operation));
                    live |= holds;
                }
                Does::Extend(_) if holds => live = true,
                Does::End(_) if holds => live = false,
                Does::Void { parties: None, .. } => return None,
                _ => {}
            }
        }
        made.filter(|_| live)
    }

    /// The pick as last defined for `moment`.
    pub fn pick(&self, records: &'a Records, moment: Moment) -> Option<&'a Pick> {
        self.binding(records).rev().find_map(|(_, operation)| match &operation.does {
            Does::Pick(pick) if operation.interval.contains(moment) => Some(pick),
            _ => None,
        })
    }

    /// Whether a row of a list is in force at `moment`.
    pub fn row_holds(&self, row: &ListRow, moment: Moment) -> bool {
        if !self.binds(&row.act) || row.from.is_some_and(|from| moment < from) {
            return false;
        }
        let ended = row.until.is_some_and(|until| until <= moment);
        !ended || row.ended_by.as_deref().is_some_and(|act| !self.binds(act))
    }
}

impl<'a> Terms<'a> {
    /// The field as the last operation left it.
    pub fn field<T>(&self, get: impl Fn(&'a Fields) -> Option<&'a T>) -> Option<&'a T> {
        self.set(get).map(|(value, _)| value)
    }

    /// The field and the act that set it.
    pub fn set<T>(&self, get: impl Fn(&'a Fields) -> Option<&'a T>) -> Set<'a, T> {
        self.changes
            .iter()
            .map(|(fields, act)| (*fields, *act))
            .chain([(self.made, self.made_by)])
            .find_map(|(fields, act)| Some((get(fields)?, act)))
    }

    /// The acts that made it what it is, the first that made it first.
    pub fn cites(&self) -> Vec<&'a str> {
        let mut acts = vec![self.made_by];
        acts.extend(self.set(|f| f.heading.as_ref()).map(|(_, act)| act));
        acts.extend(self.set(|f| f.rate.as_ref()).map(|(_, act)| act));
        acts.extend(self.set(|f| f.goods.as_ref()).map(|(_, act)| act));
        acts.sort_by_key(|act| (act.supposed_by.is_some(), act.known));
        let mut ids: Vec<&str> = acts.into_iter().map(|act| act.id.as_str()).collect();
        ids.dedup();
        ids
    }

    pub fn title(&self) -> &'a str {
        self.field(|f| f.title.as_ref())
            .map_or_else(|| self.id.rsplit('/').next().unwrap_or(self.id), String::as_str)
    }
}
