//! Tables of the ledger.

use std::process::Command;

use crate::ask::{fault, one, rows};

#[test]
fn measures_stand_as_on_a_day() {
    let fentanyl = "select rate, standing from measures(on => '2025-05-20') \
                    where measure = 'us/ieepa-fentanyl/cn'";
    assert_eq!(rows(&[fentanyl]), [["20%", "live"]]);
    let today = "select standing from measures(on => '2025-05-20', known => 'today') \
                 where measure = 'us/ieepa-fentanyl/cn'";
    assert_eq!(one(today), "void");
    let cited = "select count(*) from measures() where cite is null or cite = ''";
    assert_eq!(one(cited), "0");
}

#[test]
fn headings_are_those_in_force() {
    let count = |day: &str| {
        one(&format!(
            "select count(distinct heading) from headings('{day}') where heading = '9903.01.24'"
        ))
    };
    assert_eq!(count("2025-05-20"), "1");
    assert_eq!(count("2025-01-15"), "0");
}

/// `explain_duty` is the answer of `truce duty --json`, where that program was built too.
#[test]
fn explain_duty_is_what_truce_duty_prints() {
    let truce = std::path::Path::new(env!("CARGO_BIN_EXE_truce-sql")).with_file_name("truce");
    if !truce.is_file() {
        assert!(std::env::var_os("TRUCE_REQUIRE_SHARED").is_none(), "build truce first");
        eprintln!("skipped: {} is not built", truce.display());
        return;
    }
    let lines = [
        ("9503.00.00.73", "CN", "2025-05-20", "10000", ""),
        ("8703.23.01.90", "JP", "2025-09-20", "25000.50", ""),
        ("7318.15.20.95", "CN", "2025-07-01", "5000", "--content steel=2500"),
        ("0201.10.05.10", "AU", "2025-03-03", "5000", ""),
    ];
    for (code, origin, entered, value, more) in lines {
        let told = Command::new(&truce)
            .args(["duty", code, "--origin", origin, "--entered", entered, "--value", value])
            .args(more.split(' ').filter(|word| !word.is_empty()))
            .arg("--json")
            .output()
            .unwrap();
        let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
        let named = match more.strip_prefix("--content steel=") {
            Some(amount) => format!(", content_steel => {amount}"),
            None => String::new(),
        };
        let query = format!(
            "select program, measure, heading, rate, basis, basis_amount, basis_unit, amount, cites \
             from explain_duty('{code}', '{origin}', '{entered}', {value}{named}) order by place"
        );
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let wanted: Vec<Vec<String>> = told["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| {
                let cites = c["cites"].as_array().unwrap().iter().map(text);
                let cites = cites.collect::<Vec<_>>().join(";");
                let basis = &c["basis"];
                vec![
                    text(&c["program"]),
                    text(&c["measure"]),
                    text(&c["heading"]),
                    text(&c["rate"]),
                    text(&basis["kind"]),
                    text(&basis["amount"]),
                    text(&basis["unit"]),
                    text(&c["amount"]),
                    cites,
                ]
            })
            .collect();
        assert!(!wanted.is_empty(), "{code}: {told}");
        assert_eq!(rows(&[&query]), wanted, "{code} of {origin}");
    }
}

#[test]
fn tables_refuse_what_cannot_be_right() {
    let side = fault(&["select * from measures(by => 'FR')"]);
    assert!(side.place.contains("`by`"), "{side:?}");
    let day = fault(&["select * from headings('2025-99-01')"]);
    assert!(day.place.contains("`on`"), "{day:?}");
    let missing = fault(&["select * from headings()"]);
    assert!(missing.message.contains("`on`"), "{missing:?}");
    let code = fault(&["select * from explain_duty('1', 'CN', '2025-05-20', 1)"]);
    assert!(code.place.contains("`code`"), "{code:?}");
}

/// Rates of the panel are what lines owe, and the filter reaches the making of rows.
#[test]
fn the_panel_has_what_lines_owe() {
    let panel = "select \"from\", until, status, rate_ieepa_fentanyl, total from panel('2025-05-20') \
                 where code = '9503000073' and origin = 'CN'";
    let row = ["2025-05-20", "2025-05-21", "exact", "0.20000000", "0.30000000"];
    assert_eq!(rows(&[panel]), [row]);
    // Of a list of codes and countries, line by line against the functions.
    let both = "select count(*), count(*) filter (where p.status = 'exact' and p.total * 10000 is distinct from \
                duty(p.code, p.origin, '2025-08-20', 10000)) from panel('2025-08-20') p where p.origin in \
                ('CN', 'DE', 'BR', 'IN', 'MX') and p.code in ('9503000073', '8703230190', '6109100012', '7318152095')";
    let found = rows(&[both]);
    assert_eq!(found[0][1], "0", "{found:?}");
    assert_eq!(found[0][0].parse::<usize>().unwrap() % 5, 0, "{found:?}");
    assert_ne!(found[0][0], "0");
}
