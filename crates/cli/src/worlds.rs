use std::path::Path;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::text::wrapped;
use crate::{print, question};

/// List the scenarios of the ledger.
#[derive(Debug, clap::Args)]
pub struct Worlds {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

pub fn run(worlds: &Worlds, law: Option<&Path>) -> Result<u8, Failure> {
    let ledger = question::load(law)?;
    if worlds.json {
        let list: Vec<Value> = ledger
            .worlds
            .iter()
            .map(|w| {
                let dropped: Vec<Value> = ledger
                    .in_worlds(std::slice::from_ref(w))
                    .dropped
                    .iter()
                    .map(|d| json!({"act": d.act, "rests_on": d.rests_on}))
                    .collect();
                json!({"id": w.id, "title": w.title, "description": w.description, "dropped": dropped})
            })
            .collect();
        print(&format!("{}\n", json!({"worlds": list, "ledger": ledger.digest})));
        return Ok(0);
    }
    let mut out = String::from("record\n  the law as it stands (the default)\n");
    for world in &ledger.worlds {
        out.push_str(&format!("\n{}\n  {}\n", world.id, world.title));
        if !world.description.is_empty() {
            out.push_str(&format!("  {}\n", wrapped(&world.description, 2)));
        }
        let dropped: Vec<String> = ledger
            .in_worlds(std::slice::from_ref(world))
            .dropped
            .iter()
            .map(|d| match &d.rests_on {
                Some(base) => format!("{} (rests on {base})", d.act),
                None => d.act.clone(),
            })
            .collect();
        if !dropped.is_empty() {
            out.push_str(&format!(
                "  {}\n",
                wrapped(&format!("without: {}", dropped.join(", ")), 4)
            ));
        }
    }
    out.push_str(
        "\nUse one with --world NAME, or your own with --world FILE (docs/measure-language.md).\n",
    );
    print(&out);
    Ok(0)
}
