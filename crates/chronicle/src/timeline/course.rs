//! What a side levies on the goods asked about, stretch by stretch.

use std::collections::BTreeSet;

use ledger::{Known, Ledger};
use oracle::{Component, Oracle};
use tariff::{Cents, Moment, Stated};

use crate::stack::{Levy, Stack, is_base};
use crate::timeline::Question;

/// A side over time.
#[derive(Clone, Debug)]
pub struct Course<'a> {
    pub levy: Levy<'a>,
    /// Without gaps, in order.
    pub stretches: Vec<Stretch>,
}

/// Time in which the same is levied.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// `None` is before every change.
    pub from: Option<Moment>,
    pub until: Option<Moment>,
    pub stack: Stack,
    /// What comes when the first suspension in the stack ends, by what is known when the stretch begins.
    pub back: Option<Back>,
}

#[derive(Clone, Debug)]
pub struct Back {
    pub at: Moment,
    pub stack: Stack,
}

impl<'a> Course<'a> {
    pub(super) fn of(
        question: &Question<'a>,
        oracle: &mut Oracle<'a>,
        levy: Levy<'a>,
        moments: &BTreeSet<Moment>,
    ) -> Course<'a> {
        let mut stretches: Vec<Stretch> = Vec::new();
        let before = question.within.from.or_else(|| Some(moments.first()?.plus_seconds(-1)));
        let places = before.into_iter().map(|moment| (question.within.from, moment));
        for (from, moment) in places.chain(moments.iter().map(|moment| (Some(*moment), *moment))) {
            let stack = Stack::of(oracle, question.ledger, levy, moment, question.known);
            if let Some(last) = stretches.last_mut() {
                if same(&last.stack, &stack) {
                    continue;
                }
                last.until = from;
            }
            stretches.push(Stretch { from, until: None, stack, back: None });
        }
        for stretch in &mut stretches {
            let suspended = stretch.stack.layers.iter().filter(|layer| layer.suspended.is_some());
            let Some(at) = suspended.filter_map(|layer| layer.until).min() else { continue };
            let Some(from) = stretch.from.or(before) else { continue };
            let known = Known::At(Stated::Moment(question.known_at(from)));
            let stack = Stack::of(oracle, question.ledger, levy, at, known);
            stretch.back = Some(Back { at, stack });
        }
        Course { levy, stretches }
    }
}

/// What is levied from a moment on besides the base duty: measures and their rates.
pub(super) type Levied = (Option<Moment>, Vec<(String, String)>);

impl Course<'_> {
    /// Without what comes to the same.
    pub(super) fn levied(&self, ledger: &Ledger) -> Vec<Levied> {
        let mut levied: Vec<Levied> = Vec::new();
        for stretch in &self.stretches {
            let layers = stretch.stack.layers.iter();
            let layers = layers.filter(|l| !is_base(ledger, l) && l.amount != Cents::ZERO);
            let layers = layers.map(|l| (l.measure.clone(), l.rate.clone())).collect();
            if levied.last().is_none_or(|(_, last)| *last != layers) {
                levied.push((stretch.from, layers));
            }
        }
        levied
    }
}

/// Whether the same is levied, by the same measures, suspended until the same day.
fn same(a: &Stack, b: &Stack) -> bool {
    let told = |layer: &Component| {
        (layer.measure.clone(), layer.rate.clone(), layer.amount, layer.suspended.clone())
    };
    a.status == b.status
        && a.layers.len() == b.layers.len()
        && a.layers.iter().zip(&b.layers).all(|(a, b)| told(a) == told(b))
}
