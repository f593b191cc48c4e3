//! The measures of a side that become another after a day, by the law as known.

use ledger::{Records, program_of};
use oracle::{Phase, Stretch, Survey};
use tariff::{Country, Moment};

use crate::calendar::{Question, Side};

/// What becomes of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    SuspensionEnds,
    SuspensionBegins,
    DutyBegins,
    DutyEnds,
    RateChanges,
    /// Of an exemption, or a rate in place of a higher one.
    ExemptionBegins,
    ExemptionEnds,
    /// Of a column of the schedule by agreement or preference.
    PreferenceBegins,
    PreferenceEnds,
    ControlReturns,
    ControlBegins,
    ControlEnds,
}

impl Turn {
    pub fn name(self) -> &'static str {
        match self {
            Turn::SuspensionEnds => "suspension-ends",
            Turn::SuspensionBegins => "suspension-begins",
            Turn::DutyBegins => "duty-begins",
            Turn::DutyEnds => "duty-ends",
            Turn::RateChanges => "rate-changes",
            Turn::ExemptionBegins => "exemption-begins",
            Turn::ExemptionEnds => "exemption-ends",
            Turn::PreferenceBegins => "preference-begins",
            Turn::PreferenceEnds => "preference-ends",
            Turn::ControlReturns => "control-returns",
            Turn::ControlBegins => "control-begins",
            Turn::ControlEnds => "control-ends",
        }
    }
}

/// A turn of one measure.
#[derive(Clone, Debug)]
pub struct Turned<'a> {
    pub moment: Moment,
    pub turn: Turn,
    pub measure: &'a str,
    pub records: &'a Records,
    pub program: &'a str,
    /// What is levied before and after; of a suspension that ends, what comes back.
    pub rate_before: Option<String>,
    pub rate: Option<String>,
    /// The act that makes the turn.
    pub act: Option<&'a str>,
    /// Whether it is about goods of the partner that is meant.
    pub of_partner: bool,
    pub on_all_goods: bool,
    /// Whether it asks for no fact or claim.
    pub plain: bool,
}

/// Every turn after the day asked about, in no order.
pub fn turns<'a>(question: &Question<'a>, survey: &Survey<'a>, side: Side<'a>) -> Vec<Turned<'a>> {
    let ledger = question.ledger;
    let after = question.after(side.territory);
    let prefix = format!("{}/", side.territory.id);
    let mut found = Vec::new();
    for (id, records) in ledger.measures().filter(|(id, _)| id.starts_with(&prefix)) {
        let Some(program) = ledger.program(program_of(id)) else { continue };
        let course = survey.course(id, records);
        for pair in course.windows(2) {
            let [before, next] = pair else { continue };
            let Some(moment) = next.entered.from.filter(|moment| *moment > after) else { continue };
            // Fields that end with the measure are looked at while it lives.
            let seen = if live(next) { moment } else { moment.plus_seconds(-1) };
            let about = |origin: Option<Country>| {
                survey.concerns(id, records, origin, question.codes.as_deref(), seen)
            };
            let of_partner = side.partner.is_some_and(|partner| about(Some(partner)));
            // What is controlled with others is no matter of two partners.
            let others = side.partner.is_none() || side.others && program.levies;
            if !(of_partner || others && about(None)) {
                continue;
            }
            let stand = survey.stand(id, records, seen);
            let relief = stand.as_ref().is_some_and(|stand| stand.relief);
            let kind = match (program.levies, program.base) {
                (false, _) => Measured::Control,
                (true, true) => Measured::Preference,
                (true, false) if relief => Measured::Exemption,
                (true, false) => Measured::Duty,
            };
            let Some(turn) = turn(kind, before, next) else { continue };
            found.push(Turned {
                moment,
                turn,
                measure: id,
                records,
                program: &program.id,
                rate_before: before.rate.clone(),
                rate: next.rate.clone(),
                act: if turn == Turn::SuspensionEnds || turn == Turn::ControlReturns {
                    before.by
                } else {
                    next.by
                },
                of_partner,
                on_all_goods: stand.as_ref().is_some_and(|stand| stand.goods.is_none()),
                plain: stand.is_some_and(|stand| stand.when.is_none()),
            });
        }
    }
    found
}

/// What a measure is to those who trade.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measured {
    Duty,
    Exemption,
    Preference,
    Control,
}

fn live(stretch: &Stretch<'_>) -> bool {
    matches!(stretch.phase, Phase::InForce | Phase::Suspended)
}

fn turn(kind: Measured, before: &Stretch<'_>, next: &Stretch<'_>) -> Option<Turn> {
    use Measured::{Control, Duty, Exemption, Preference};
    use Phase::{InForce, Suspended};
    Some(match (before.phase, next.phase) {
        (Suspended, InForce) if kind == Control => Turn::ControlReturns,
        (Suspended, InForce) => Turn::SuspensionEnds,
        // Extended: nothing changes that day.
        (Suspended, Suspended) => return None,
        (InForce, Suspended) => Turn::SuspensionBegins,
        (InForce, InForce) if before.rate == next.rate => return None,
        (InForce, InForce) => Turn::RateChanges,
        (_, InForce | Suspended) => match kind {
            Duty => Turn::DutyBegins,
            Exemption => Turn::ExemptionBegins,
            Preference => Turn::PreferenceBegins,
            Control => Turn::ControlBegins,
        },
        (InForce | Suspended, _) => match kind {
            Duty => Turn::DutyEnds,
            Exemption => Turn::ExemptionEnds,
            Preference => Turn::PreferenceEnds,
            Control => Turn::ControlEnds,
        },
        _ => return None,
    })
}
