use std::collections::BTreeMap;

/// The text of a ledger: the `.toml` and `.csv` files of a `law/` folder, by path relative to it.
#[derive(Clone, Debug, Default)]
pub struct Source {
    files: BTreeMap<String, String>,
}

impl Source {
    /// Takes files as (path with `/`, text). Line ends are normalised to LF, so that the digest is
    /// the same on every system.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Source {
        let files = files
            .into_iter()
            .map(|(path, text)| {
                if text.starts_with('\u{feff}') || text.contains('\r') {
                    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n");
                    return (path, text);
                }
                (path, text)
            })
            .collect();
        Source { files }
    }

    /// The law this program was built with.
    pub fn embedded() -> Source {
        let mut rest: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/law.image"));
        let mut files = Vec::new();
        let field = |rest: &mut &'static [u8]| {
            let end = rest.iter().position(|b| *b == 0).expect("a well-formed image");
            let text = std::str::from_utf8(&rest[..end]).expect("UTF-8");
            *rest = &rest[end + 1..];
            text
        };
        while !rest.is_empty() {
            let path = field(&mut rest);
            let length: usize = field(&mut rest).parse().expect("a length");
            let (text, after) = rest.split_at(length);
            files.push((path.to_owned(), String::from_utf8_lossy(text).into_owned()));
            rest = after;
        }
        Source::new(files)
    }

    /// BLAKE3 over the sorted paths and the normalised text, each with its length.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for (path, text) in &self.files {
            for part in [path, text] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        format!("blake3:{}", hasher.finalize().to_hex())
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The files directly in `folder` (no trailing slash) with this extension, in order.
    pub fn in_folder<'a>(
        &'a self,
        folder: &'a str,
        extension: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(move |(path, _)| {
            path.strip_prefix(folder)
                .and_then(|rest| rest.strip_prefix('/'))
                .is_some_and(|name| !name.contains('/') && name.ends_with(extension))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_ignores_line_ends_and_order_but_not_text() {
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let a = Source::new([file("a", "x\n"), file("b", "y\n")]);
        let b = Source::new([file("b", "y\r\n"), file("a", "x\n")]);
        let c = Source::new([file("a", "x\ny\n"), file("b", "")]);
        assert_eq!(a.digest(), b.digest());
        assert_ne!(a.digest(), c.digest());
    }
}
