use engine::{Assessed, Assessor, Lines, Wanted, compile};
use ledger::{Goods, Known, Ledger, Line, Readings};
use tariff::{Cents, Code, Country, Day, Exact, Stated};

/// A plan was once made from a line whose value had been multiplied, which made its specific duty a
/// smaller share of it than it is: the next line of the same kind was reported under another heading.
#[test]
fn a_line_of_small_value_and_specific_duty_does_not_change_the_heading_of_the_next() {
    let ledger = Ledger::embedded();
    let line = |code: &str, origin: &str, day: (i16, i8, i8), cents: i64, quantity: i128| {
        let entered = Stated::Day(Day::new(day.0, day.1, day.2).unwrap());
        let goods = Goods::Code(Code::parse(code).unwrap());
        let mut line =
            Line::new("us", goods, Country::parse(origin).unwrap(), entered, Cents(cents));
        line.quantities = vec![(Exact::from_integer(quantity), None)];
        line
    };
    let wine = line("2204.21.50.15", "IT", (2026, 1, 12), 91_610, 3771);
    let shoes = line("6404.19.69.60", "ES", (2026, 2, 1), 4_492_941, 2244);
    let regime = compile(&ledger, Known::Entry, &Readings::new()).unwrap();
    for order in [[&wine, &shoes], [&shoes, &wine]] {
        let mut lines = Lines::default();
        order.iter().for_each(|line| lines.push(&ledger, line).unwrap());
        let mut assessor = Assessor::new(&regime);
        let mut out = Assessed::default();
        assessor.assess(&lines, Wanted::ALL, &mut out);
        for (at, line) in order.iter().enumerate() {
            let slow = oracle::assess(&ledger, line, Known::Entry, &Readings::new());
            let headings: Vec<String> = slow
                .components
                .iter()
                .filter_map(|c| c.heading)
                .filter(|heading| heading.is_special())
                .map(|heading| heading.to_string())
                .collect();
            assert_eq!(assessor.headings(out.headings[at]), headings.join(";"), "{line:?}");
        }
    }
}
