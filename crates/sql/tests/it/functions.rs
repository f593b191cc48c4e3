//! Scalar functions: amounts, coordinates, what is worked out once.

use crate::ask::{batches, law, one, rows};

const TOY: &str = "'9503.00.00.73', 'CN', '2025-05-20', 10000";

#[test]
fn a_line_owes_what_truce_duty_says() {
    assert_eq!(one(&format!("select duty({TOY})")), "3000.00");
    assert_eq!(one(&format!("select duty_ieepa_fentanyl({TOY})")), "2000.00");
    assert_eq!(one(&format!("select duty_mfn({TOY})")), "0.00");
    assert_eq!(one(&format!("select status({TOY})")), "exact");
}

#[test]
fn coordinates_stand_by_name_by_place_and_in_the_session() {
    assert_eq!(one(&format!("select duty({TOY}, known => 'today')")), "0.00");
    assert_eq!(one(&format!("select duty({TOY}, 'US', 'today')")), "0.00");
    let set = rows(&["set truce.known = 'today'", &format!("select duty({TOY})")]);
    assert_eq!(set, [["0.00"]]);
    let back = format!("select duty({TOY}, known => 'entry')");
    assert_eq!(rows(&["set truce.known = 'today'", &back]), [["3000.00"]]);
}

#[test]
fn facts_stand_by_name() {
    let by_china = "select duty('12019011', 'US', '2025-06-01', 10000, by => 'CN') > 0";
    assert_eq!(one(by_china), "true");
    let aboard = "select duty('9503.00.00.73', 'CN', '2025-05-10', 10000), duty('9503.00.00.73', 'CN', \
                  '2025-05-10', 10000, loaded => '2025-04-08', mode => 'vessel')";
    let found = rows(&[aboard]);
    assert_ne!(found[0][0], found[0][1], "goods afloat are spared something");
}

#[test]
fn an_amount_with_cents_is_exact() {
    let query = "select duty('9503.00.00.73', 'CN', '2025-05-20', 10000.49), \
                 duty('9503.00.00.73', 'CN', '2025-05-20', 10000.50)";
    assert_eq!(rows(&[query]), [["3000.00", "3000.30"]]);
}

/// Calls of the same line are priced once, whatever they want of it.
#[test]
fn calls_with_the_same_arguments_are_one_expression() {
    let lines = "(values ('9503.00.00.73', 'CN', date '2025-05-20', 10000)) \
                 as lines(code, origin, entered, value)";
    let query = format!(
        "explain select duty(code, origin, entered, value), status(code, origin, entered, value), \
         duty_mfn(code, origin, entered, value) from {lines}"
    );
    let plan = rows(&[&query]);
    let physical = plan.iter().find(|row| row[0] == "physical_plan").expect("a physical plan");
    let calls = physical[1].matches("truce_assess(").count();
    assert_eq!(calls, 1, "{}", physical[1]);
}

#[test]
fn columns_are_named_by_their_function_once() {
    let query = format!("select duty({TOY}), duty({TOY}, known => 'today'), status({TOY}) as s");
    let batches = batches(&[&query]).unwrap();
    let schema = batches[0].schema();
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    let again = format!("duty({TOY}, known => 'today')");
    assert_eq!(names, ["duty", again.as_str(), "s"]);
}

#[test]
fn a_struct_has_every_part() {
    let query = format!("select assess({TOY})['duty'], assess({TOY})['status']");
    assert_eq!(rows(&[&query]), [["3000.00", "exact"]]);
}

#[test]
fn a_line_without_one_amount_is_null_and_says_why() {
    // A specific duty without its quantity, and a row that cannot be right.
    let lines = "(values ('0201.10.05.10', 'AU', '2025-03-03', '1000'), \
                 ('9503.00.00.73', 'CN', '2025-13-01', '1000'), \
                 ('9503.00.00.73', 'CN', '2025-05-20', '1000')) as lines(code, origin, entered, value)";
    let query = format!(
        "select duty(code, origin, entered, value), status(code, origin, entered, value), \
         note(code, origin, entered, value) <> '' from {lines} order by 2"
    );
    let found = rows(&[&query]);
    let statuses: Vec<&str> = found.iter().map(|row| row[1].as_str()).collect();
    assert_eq!(statuses, ["exact", "invalid", "needs-facts"].map(str::to_owned), "{found:?}");
    assert_eq!(found[0][0], "300.00");
    assert_eq!((found[1][0].as_str(), found[1][2].as_str()), ("", "true"));
}

#[test]
fn calls_stand_wherever_an_expression_may() {
    let lines = "(values ('9503.00.00.73', 'CN', '2025-05-20', '10000'), \
                 ('9503.00.00.73', 'VN', '2025-05-20', '10000')) as lines(code, origin, entered, value)";
    let query = format!(
        "with priced as (select origin, duty(code, origin, entered, value) as owed from {lines}) \
         select origin, sum(owed) from priced where owed > 0 group by origin \
         having sum(owed) > 100 order by sum(owed) desc"
    );
    assert_eq!(rows(&[&query]), [["CN", "3000.00"], ["VN", "1000.00"]]);
    let grouped = format!(
        "select status(code, origin, entered, value), count(*) from {lines} \
         group by status(code, origin, entered, value)"
    );
    assert_eq!(rows(&[&grouped]), [["exact", "2"]]);
}

#[test]
fn every_program_with_a_column_has_a_function() {
    let parts: Vec<String> = rows(&["select function from programs() where function is not null"])
        .into_iter()
        .map(|mut row| row.remove(0))
        .collect();
    assert!(parts.len() > 20, "{parts:?}");
    for function in &parts {
        let query = format!("select {function}({TOY}) >= 0");
        assert_eq!(one(&query), "true", "{function}");
    }
}

#[test]
fn the_digest_is_that_of_the_law() {
    assert_eq!(one("select ledger_digest()"), law().digest());
}
