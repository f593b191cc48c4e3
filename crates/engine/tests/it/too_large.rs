use engine::compile;
use ledger::{Known, Readings};

use crate::law::{Law, head, load};

#[test]
fn a_condition_with_more_tests_of_goods_than_the_engine_holds_is_refused() {
    let tests: Vec<String> = (1..=33).map(|chapter| format!("goods in {chapter:02}")).collect();
    let mut files = Law::default().plain();
    let act = head("many", "2024-11-01")
        + &format!(
            "\n[[do]]\nmeasure = \"us/p0/many\"\nat = \"x\"\nrate = \"5%\"\nof = \"world\"\nwhen = \"{}\"\n",
            tests.join(" or ")
        );
    files.insert("us/acts/2024-11-01_many.toml".into(), act);
    let ledger = load(files);
    let refused = compile(&ledger, Known::Entry, &Readings::new()).err().unwrap();
    assert_eq!((refused.count, refused.most), (33, 32), "{refused}");
}
