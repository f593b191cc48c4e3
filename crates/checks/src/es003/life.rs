//! What becomes of an entry after it was filed: corrections, liquidation, protests, and the marks that
//! keep it out of a declaration for refund.

use tariff::Day;

use crate::mutate::dice::Dice;

/// The marks of an entry, as the report shows them.
pub struct Life {
    /// `01` and so on.
    pub entry_type: &'static str,
    pub summary: Day,
    pub reconciliation: bool,
    pub control: &'static str,
    pub corrected: bool,
    pub liquidation: Option<Day>,
    pub liquidation_status: &'static str,
    pub protest: Option<(String, &'static str)>,
    /// Why a declaration would be refused, in the words of customs (CSMS 68315804), with what shows it.
    pub rejections: Vec<(&'static str, String)>,
}

/// Kinds of entries, and in how many of a thousand they stand.
const TYPES: &[(&str, usize)] =
    &[("01", 845), ("03", 40), ("06", 40), ("11", 50), ("31", 10), ("08", 5), ("09", 5), ("47", 5)];

/// The usual day of liquidation after entry.
const LIQUIDATION_DAYS: i32 = 314;

/// Makes up the life of an entry of a day, as a report of `on` would show it.
pub fn live(entered: Day, on: Day, port: &str, dice: &mut Dice) -> Life {
    let mut drawn = dice.below(1000);
    let entry_type = TYPES
        .iter()
        .find(|(_, share)| {
            let hit = drawn < *share;
            drawn = drawn.saturating_sub(*share);
            hit
        })
        .map_or("01", |(name, _)| name);
    let mut one_in = |n: usize| dice.below(n) == 0;
    let (reconciliation, corrected) = (one_in(60), one_in(40));
    let control = if one_in(80) {
        "Rejected"
    } else if one_in(80) {
        "Under Review"
    } else {
        "Accepted"
    };
    // Entries with dumping duties wait for the Department of Commerce.
    let suspended = entry_type == "03" && !one_in(3);
    let (extended, early, scheduled) = (one_in(25), one_in(15), one_in(2));
    let usual = entered.plus(LIQUIDATION_DAYS);
    let day = if early { entered.plus(40 + dice.below(220) as i32) } else { usual };
    let (liquidation, liquidation_status) = match () {
        () if suspended => (None, "Suspended"),
        () if extended => (None, "Extended"),
        () if day <= on => (Some(day), "Liquidated"),
        () if scheduled => (Some(usual), "Scheduled"),
        () => (None, ""),
    };
    let liquidated = liquidation.filter(|day| *day <= on);
    let protest = liquidated.filter(|_| dice.below(20) == 0).map(|day| {
        let status = ["Open", "Open", "Denied", "Approved"][dice.below(4)];
        let number = format!("{port}{:02}{:06}", day.year() % 100, 100_000 + dice.below(899_999));
        (number, status)
    });
    let mut rejections = Vec::new();
    let mut refuse = |refused: bool, message: &'static str, why: String| {
        rejections.extend(refused.then_some((message, why)));
    };
    refuse(
        reconciliation,
        "ENTRY SUMMARY FLAGGED FOR RECON",
        "Reconciliation Indicator Y".to_owned(),
    );
    let drawback = matches!(entry_type, "08" | "09" | "47");
    let type_message = if entry_type == "47" { "ENTRY ON DRAWBACK" } else { "" };
    refuse(drawback, type_message, format!("Entry Type Code {entry_type}"));
    let cancelled = "ENTRY SUMMARY IS CANCELLED/REJECTED";
    refuse(control == "Rejected", cancelled, format!("Control Status {control}"));
    let review = "ENTRY SUMMARY UNDER REVIEW";
    refuse(control == "Under Review", review, format!("Control Status {control}"));
    let open = matches!(protest, Some((_, "Open")));
    refuse(open, "PROTEST ON ENTRY", "Protest Status Open".to_owned());
    Life {
        entry_type,
        summary: entered.plus(8 + dice.below(6) as i32).min(on),
        reconciliation,
        control,
        corrected,
        liquidation,
        liquidation_status,
        protest,
        rejections,
    }
}
