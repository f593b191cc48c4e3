//! Packs `law/` into one image, so that a binary carries the law it was built with.
//!
//! Layout: for each file, in order of path: path, NUL, length in decimal, NUL, bytes.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    // Asked when it runs: a build script may have been compiled in another checkout.
    let here = env::var("CARGO_MANIFEST_DIR").expect("set by cargo");
    let law = Path::new(&here).join("../../law");
    println!("cargo::rerun-if-changed={}", law.display());
    let mut files = Vec::new();
    collect(&law, &mut files);
    assert!(!files.is_empty(), "{} holds no ledger", law.display());
    files.sort();
    let mut image = Vec::new();
    for file in files {
        let path =
            file.strip_prefix(&law).expect("inside law").to_string_lossy().replace('\\', "/");
        let bytes = fs::read(&file).expect("a readable file of the law");
        image.extend_from_slice(format!("{path}\0{}\0", bytes.len()).as_bytes());
        image.extend_from_slice(&bytes);
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
