//! Errors name the function, the argument and what would be right.

use crate::ask::{fault, law, rows};

fn duty(args: &str) -> sql::Failure {
    fault(&[&format!("select duty({args})")])
}

#[test]
fn constants_that_cannot_be_right_name_their_argument() {
    let code = duty("'95030', 'CN', '2025-05-20', 10000");
    assert!(code.place.contains("`code`"), "{code:?}");
    let date = duty("'9503.00.00.73', 'CN', '2025-13-01', 10000");
    assert!(date.place.contains("`entered`") && date.message.contains("2025-13-01"), "{date:?}");
    let origin = duty("'9503.00.00.73', 'Chinaa', '2025-05-20', 10000");
    assert!(origin.place.contains("`origin`"), "{origin:?}");
    let value = duty("'9503.00.00.73', 'CN', '2025-05-20', 'ten'");
    assert!(value.place.contains("`value`"), "{value:?}");
}

/// One bad constant among columns is the fault of the query, not of its rows.
#[test]
fn a_bad_constant_beside_columns_is_an_error() {
    let failure =
        fault(&["select duty(code, 'CN', '20250520x', 1) from (values ('9503.00.00.73')) t(code)"]);
    assert!(failure.place.contains("`entered`"), "{failure:?}");
}

#[test]
fn programs_and_arguments_that_are_not_there_are_named_with_what_is_near() {
    let program = fault(&["select duty_ieepa_fentanil('9503.00.00.73', 'CN', '2025-05-20', 1)"]);
    assert!(program.message.contains("ieepa_fentanil"), "{program:?}");
    assert!(program.help.contains("ieepa_fentanyl"), "{program:?}");
    let argument = duty("'9503.00.00.73', 'CN', '2025-05-20', 1, claim => 'S'");
    assert!(argument.help.contains("claims"), "{argument:?}");
    let missing = duty("'9503.00.00.73', 'CN', '2025-05-20'");
    assert!(missing.message.contains("`value`"), "{missing:?}");
    let twice = duty("'9503.00.00.73', 'CN', '2025-05-20', 1, value => 2");
    assert!(twice.message.contains("twice"), "{twice:?}");
    let many = duty("'9503.00.00.73', 'CN', '2025-05-20', 1, 'US', 'today', 'record', 1");
    assert!(many.message.contains("by place"), "{many:?}");
}

#[test]
fn coordinates_that_the_ledger_does_not_hold_are_named() {
    let line = "'9503.00.00.73', 'CN', '2025-05-20', 1";
    let known = duty(&format!("{line}, known => 'yesterday'"));
    assert!(known.place.contains("`known`"), "{known:?}");
    let world = duty(&format!("{line}, world => 'no-such-world'"));
    assert!(world.message.contains("no-such-world"), "{world:?}");
    let reading = duty(&format!("{line}, reading => 'no-such=x'"));
    assert!(reading.message.contains("no-such"), "{reading:?}");
    let column =
        fault(&["select duty(c, 'CN', '2025-05-20', 1, known => c) from (values ('x')) t(c)"]);
    assert!(column.message.contains("stand in the query"), "{column:?}");
}

#[test]
fn another_digest_is_an_error_that_names_both() {
    let other = "blake3:0000";
    let line = "'9503.00.00.73', 'CN', '2025-05-20', 1";
    let call = duty(&format!("{line}, ledger => '{other}'"));
    assert!(call.message.contains(other) && call.message.contains(law().digest()), "{call:?}");
    let set = fault(&[&format!("set truce.ledger = '{other}'")]);
    assert!(set.message.contains(other) && set.message.contains(law().digest()), "{set:?}");
    let own = format!("select duty({line}, ledger => '{}')", law().digest());
    assert_eq!(rows(&[&own]), [["0.30"]]);
}

/// A setting that cannot be right is refused when it is made; what held before holds.
#[test]
fn settings_are_checked_when_they_are_made() {
    let failure = fault(&["set truce.known = 'never'"]);
    assert!(failure.place.contains("truce.known"), "{failure:?}");
}

#[test]
fn floats_are_no_money() {
    let failure = duty("'9503.00.00.73', 'CN', '2025-05-20', cast(10000 as real)");
    assert!(failure.message.contains("`value`"), "{failure:?}");
    assert!(failure.help.contains("DECIMAL"), "{failure:?}");
}

#[test]
fn a_strict_query_ends_at_a_bad_row_and_names_it() {
    let lines = "(values ('9503.00.00.73', 'CN', '2025-05-20', '1'), \
                 ('9503.00.00.73', 'CN', '2025-05-41', '2')) as lines(code, origin, entered, value)";
    let query = format!("select duty(code, origin, entered, value, strict => true) from {lines}");
    let failure = fault(&[&query]);
    assert!(failure.place.contains("`entered`, row 2"), "{failure:?}");
    assert!(failure.place.contains("entered=2025-05-41"), "{failure:?}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let failure = fault(&["select * from 'no/such/file.parquet'"]);
    assert!(failure.place.contains("no/such/file.parquet"), "{failure:?}");
}
