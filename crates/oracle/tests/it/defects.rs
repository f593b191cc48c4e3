//! Defects that were found by trial and mended, one small ledger each.

use oracle::{Assessment, Known, Line, Readings, Status, assess};
use tariff::Cents;

use crate::law::{Law, head, load, stated};

fn ask(ledger: &ledger::Ledger, line: &Line, known: Known) -> Assessment {
    assess(ledger, line, known, &Readings::new())
}

/// The ledger of these operations, made by one act before everything.
fn small(operations: &str) -> ledger::Ledger {
    let mut files = Law::default().plain();
    files.insert("us/acts/2024-11-01_small.toml".into(), head("small", "2024-11-01") + operations);
    load(files)
}

/// A hinge of Germany, value 10,000, column 1 2%.
fn hinge(entered: &str) -> Line {
    let code = tariff::Code::parse("8302.10.30").unwrap();
    let origin = tariff::Country::parse("DE").unwrap();
    Line::new("us", oracle::Goods::Code(code), origin, stated(entered), Cents(1_000_000))
}

const STEEL: &str = "\n[[do]]\nmeasure = \"us/p0/steel\"\nat = \"x\"\nrate = \"50%\"\nof = \"world\"\nbasis = \"content steel\"\n\
    unstated = { \"content steel\" = \"ask-owed\", cite = \"x\" }\n";
const OTHER: &str =
    "\n[[do]]\nmeasure = \"us/p3/other\"\nat = \"x\"\nrate = \"10%\"\nof = \"world\"\n";

fn takes(id: &str, of: &str) -> String {
    format!(
        "\n[[do]]\nrelation = \"us/r/{id}\"\nat = \"x\"\nof = [\"{of}\"]\ntakes-part-of = [\"p3\"]\ntest = \"owed\"\n"
    )
}

#[test]
fn a_part_that_two_relations_take_is_taken_once() {
    let ledger =
        small(&(STEEL.to_owned() + OTHER + &takes("a", "p0") + &takes("b", "us/p0/steel")));
    let mut line = hinge("2025-03-20");
    line.contents.insert("steel".into(), Cents(300_000));
    // 2% of 10,000, 50% of 3,000, 10% of 7,000.
    assert_eq!(ask(&ledger, &line, Known::Entry).duty, Some(Cents(20_000 + 150_000 + 70_000)));
}

#[test]
fn the_highest_of_a_known_and_an_open_amount_is_open() {
    let ledger = small(
        "\n[[do]]\npick = \"us/h\"\nat = \"x\"\nstages = [\"any\"]\nchoose = \"highest\"\n\
         \n[[do]]\nmeasure = \"us/p0/by-weight\"\nat = \"x\"\nrate = \"$1/kg\"\nof = \"world\"\npick = \"us/h\"\nstage = \"any\"\n\
         \n[[do]]\nmeasure = \"us/p0/by-value\"\nat = \"x\"\nrate = \"25%\"\nof = \"world\"\npick = \"us/h\"\nstage = \"any\"\n",
    );
    let answer = ask(&ledger, &hinge("2025-03-20"), Known::Entry);
    // 9,000 kg would owe 9,000; nobody stated the weight.
    assert_eq!((answer.status, answer.duty_max), (Status::NeedsFacts, None), "{answer:#?}");
}

#[test]
fn a_boundary_of_another_measure_leaves_the_default_alone() {
    let ledger = small(
        &(STEEL.to_owned()
            + "\n[[do]]\nmeasure = \"us/p3/korea\"\nat = \"x\"\nrate = \"10%\"\nof = [\"KR\"]\nfrom = 2025-03-20T12:00-04:00\n"),
    );
    let answer = ask(&ledger, &hinge("2025-03-20"), Known::Entry);
    let facts: Vec<&str> = answer.needs.iter().map(|n| n.fact.as_str()).collect();
    assert_eq!(facts, ["content steel"]);
    assert_eq!(answer.duty, Some(Cents(20_000 + 500_000)));
}

#[test]
fn a_total_over_a_duty_of_unknown_size_keeps_its_bounds() {
    let ledger = small(
        "\n[[do]]\nmeasure = \"us/p0/unknown\"\nat = \"x\"\nrate = \"unknown 0% to 25%\"\nof = \"world\"\n\
         \n[[do]]\nmeasure = \"us/p3/total\"\nat = \"x\"\nrate = \"total 15%\"\nof = \"world\"\nabsorbs = \"p0\"\n",
    );
    let answer = ask(&ledger, &hinge("2025-03-20"), Known::Entry);
    // Column 1 2% beside it; together at least 15% and at most 25%.
    assert_eq!(answer.duty_min, Some(Cents(20_000 + 150_000)));
    assert_eq!(answer.duty_max, Some(Cents(20_000 + 250_000)));
}

#[test]
fn a_duty_of_at_least_five_percent_is_never_shown_as_nothing() {
    let ledger = small(
        "\n[[do]]\nmeasure = \"us/p0/unknown\"\nat = \"x\"\nrate = \"unknown 5% to 25%\"\nof = \"world\"\n",
    );
    let answer = ask(&ledger, &hinge("2025-03-20"), Known::Entry);
    assert!(
        answer.duty.is_none_or(|duty| answer.duty_min.is_some_and(|min| min <= duty)),
        "{answer:#?}"
    );
}

#[test]
fn a_measure_with_its_own_clock_looks_at_its_lists_and_areas_on_that_date() {
    let ledger = small(
        "\n[[do]]\nmeasure = \"us/p0/own\"\nat = \"x\"\nrate = \"10%\"\nof = [\"column-2\"]\nclock = [\"entered\"]\n",
    );
    // Russia joins the area on 10 February: after the admission, before the entry.
    let mut line = hinge("2025-03-20");
    line.origin = tariff::Country::parse("RU").unwrap();
    line.privileged = Some(stated("2025-01-10"));
    let answer = ask(&ledger, &line, Known::Entry);
    let own: Cents = answer.components.iter().filter(|c| c.program == "p0").map(|c| c.amount).sum();
    assert_eq!(own, Cents(100_000), "{answer:#?}");
}

#[test]
fn opposite_conditions_on_one_date_are_asked_once() {
    let ledger = small(
        "\n[[do]]\nmeasure = \"us/p0/before\"\nat = \"x\"\nrate = \"10%\"\nof = \"world\"\nwhen = \"exported before 2025-02-01T00:01-05:00\"\n\
         unstated = { exported = \"ask-not-owed\", cite = \"x\" }\n\
         \n[[do]]\nmeasure = \"us/p0/after\"\nat = \"x\"\nrate = \"25%\"\nof = \"world\"\nwhen = \"exported from 2025-02-01T00:01-05:00\"\n\
         unstated = { exported = \"ask-owed\", cite = \"x\" }\n",
    );
    let answer = ask(&ledger, &hinge("2025-03-20"), Known::Entry);
    // Exactly one of the two is owed, whatever the date.
    assert_eq!(answer.duty, Some(Cents(20_000 + 250_000)));
    assert_eq!(
        (answer.duty_min, answer.duty_max),
        (Some(Cents(20_000 + 100_000)), Some(Cents(20_000 + 250_000)))
    );
}

#[test]
fn a_tie_within_a_stage_goes_to_what_was_made_first_whatever_its_name() {
    let member = |program: &str| {
        format!(
            "\n[[do]]\nmeasure = \"us/{program}/tie\"\nat = \"x\"\nrate = \"25%\"\nof = \"world\"\npick = \"us/h\"\nstage = \"any\"\n"
        )
    };
    for choose in ["highest", "lowest"] {
        for (first, second) in [("p0", "p3"), ("p3", "p0")] {
            let pick = format!(
                "\n[[do]]\npick = \"us/h\"\nat = \"x\"\nstages = [\"any\"]\nchoose = \"{choose}\"\n"
            );
            let ledger = small(&(pick + &member(first) + &member(second)));
            let answer = ask(&ledger, &hinge("2025-03-20"), Known::Entry);
            let programs: Vec<&str> = answer
                .components
                .iter()
                .map(|c| c.program.as_str())
                .filter(|p| *p != "mfn")
                .collect();
            assert_eq!(programs, [first], "{choose}");
        }
    }
}

#[test]
fn a_cut_within_the_day_of_admission_leaves_the_time_of_entry_alone() {
    let ledger = small(
        "\n[[do]]\nmeasure = \"us/p0/later\"\nat = \"x\"\nrate = \"10%\"\nof = \"world\"\nfrom = 2025-02-10T12:00-05:00\n\
         \n[[do]]\nmeasure = \"us/p3/entered\"\nat = \"x\"\nrate = \"25%\"\nof = \"world\"\nwhen = \"entered from 2025-03-01T00:01-05:00\"\n",
    );
    let mut line = hinge("2025-03-20");
    line.privileged = Some(stated("2025-02-10"));
    let answer = ask(&ledger, &line, Known::Entry);
    let facts: Vec<&str> = answer.needs.iter().map(|n| n.fact.as_str()).collect();
    assert_eq!(facts, ["time privileged"]);
    // Column 1 2% and 25% by the entry of March; 10% if admitted in the afternoon.
    assert_eq!(
        (answer.duty_min, answer.duty_max),
        (Some(Cents(20_000 + 250_000)), Some(Cents(20_000 + 250_000 + 100_000)))
    );
}
