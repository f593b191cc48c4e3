//! Goods of both sides at ten dates each, as people see them.

use insta::assert_snapshot;

use crate::truce::truce_with;

/// Dates that tell the steps apart, with a neighbour on the other side of the closest ones.
const INTO_US: [&str; 10] = [
    "2025-01-15",
    "2025-02-10",
    "2025-03-10",
    "2025-04-08",
    "2025-04-20",
    "2025-05-20",
    "2025-11-15",
    "2026-01-15",
    "2026-03-10",
    "2026-08-10",
];
const INTO_CN: [&str; 10] = [
    "2018-07-10",
    "2019-07-01",
    "2020-03-01",
    "2022-06-01",
    "2025-02-20",
    "2025-03-28",
    "2025-04-11",
    "2025-04-20",
    "2025-05-20",
    "2025-11-20",
];

/// The answers at each date, under the same facts.
fn at_dates(code: &str, by: &str, origin: &str, dates: &[&str], facts: &[&str]) -> String {
    let mut all = String::new();
    for date in dates {
        let mut arguments = vec![
            "duty",
            code,
            "--by",
            by,
            "--origin",
            origin,
            "--entered",
            date,
            "--value",
            "10000",
        ];
        arguments.extend(facts);
        let run = truce_with(&arguments);
        assert!(run.status < 2, "{code} {date}: {run}");
        all.push_str(&format!("{run}\n"));
    }
    all
}

macro_rules! goods {
    ($($name:ident: $code:expr, $by:expr, $origin:expr, $dates:expr, $facts:expr;)*) => {
        $(#[test]
        fn $name() {
            assert_snapshot!(at_dates($code, $by, $origin, &$dates, &$facts));
        })*
    };
}

goods! {
    a_cotton_t_shirt: "6109.10.00.12", "US", "CN", INTO_US, [];
    a_processor_chip: "8542.31.00.45", "US", "CN", INTO_US, [];
    a_lithium_ion_battery: "8507.60.00.20", "US", "CN", INTO_US, [];
    a_face_mask: "6307.90.98.70", "US", "CN", INTO_US, [];
    a_syringe: "9018.31.00.80", "US", "CN", INTO_US, [];
    a_phone: "8517.13.00.00", "US", "CN", INTO_US, [];
    a_flashlight: "8513.10.20.00", "US", "CN", INTO_US, [];
    pork: "02032900", "CN", "US", INTO_CN, [];
    soya: "12019011", "CN", "US", INTO_CN, [];
    crude_oil: "27090000", "CN", "US", INTO_CN, [];
    a_large_car: "87032412", "CN", "US", INTO_CN, [];
    an_aircraft_part: "88079000", "CN", "US", INTO_CN, [];
}
