//! The text that counts, and its digest. The build script computes with it the digest of the law
//! built in.

/// BLAKE3 over the sorted paths and the normalised text, each with its length.
pub fn digest<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (path, text) in files {
        for part in [path, text] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    format!("blake3:{}", hasher.finalize().to_hex())
}

/// The text with LF line ends and without a byte order mark.
pub fn normalised(text: String) -> String {
    if text.starts_with('\u{feff}') || text.contains('\r') {
        return text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n");
    }
    text
}
