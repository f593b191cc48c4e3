//! Packs `law/` into one image, so that a binary carries the law it was built with.
//!
//! Layout: the digest, NUL; then for each file, in order of path: path, NUL, length in decimal, NUL,
//! text.

#[path = "src/digest.rs"]
mod digest;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    // Asked when it runs: a build script may have been compiled in another checkout.
    let here = env::var("CARGO_MANIFEST_DIR").expect("set by cargo");
    let law = Path::new(&here).join("../../law");
    println!("cargo::rerun-if-changed={}", law.display());
    let mut paths = Vec::new();
    collect(&law, &mut paths);
    let files: BTreeMap<String, String> = paths
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&law).expect("inside law").to_string_lossy();
            let text = fs::read_to_string(&path).expect("a readable file of the law");
            (name.replace('\\', "/"), digest::normalised(text))
        })
        .collect();
    assert!(!files.is_empty(), "{} holds no ledger", law.display());
    let mut image = digest::digest(files.iter().map(|(path, text)| (&**path, &**text)));
    image.push('\0');
    for (path, text) in &files {
        image.push_str(&format!("{path}\0{}\0{text}", text.len()));
    }
    let out = PathBuf::from(env::var("OUT_DIR").expect("set by cargo")).join("law.image");
    fs::write(out, image).expect("a writable build folder");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "toml" || e == "csv") {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
}
