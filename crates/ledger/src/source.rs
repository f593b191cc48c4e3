use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::digest;

/// The text of a ledger: the `.toml` and `.csv` files of a `law/` folder, by path relative to it.
#[derive(Clone, Debug, Default)]
pub struct Source {
    files: BTreeMap<Cow<'static, str>, Cow<'static, str>>,
    /// That of the law built in, which the build computed.
    digest: Option<&'static str>,
}

impl Source {
    /// Takes files as (path with `/`, text). Line ends are normalised to LF, so that the digest is
    /// the same on every system.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Source {
        let files = files
            .into_iter()
            .map(|(path, text)| (path.into(), digest::normalised(text).into()))
            .collect();
        Source { files, digest: None }
    }

    /// The law this program was built with.
    pub fn embedded() -> Source {
        fn field(image: &mut &'static str) -> &'static str {
            let (text, rest) = image.split_once('\0').expect("a well-formed image");
            *image = rest;
            text
        }
        let mut image = include_str!(concat!(env!("OUT_DIR"), "/law.image"));
        let digest = field(&mut image);
        let mut files = BTreeMap::new();
        while !image.is_empty() {
            let path = field(&mut image);
            let length = field(&mut image).parse().expect("a length");
            let (text, rest) = image.split_at(length);
            files.insert(path.into(), text.into());
            image = rest;
        }
        Source { files, digest: Some(digest) }
    }

    /// The same text with another of the file at `path`.
    pub fn with(&self, path: &str, text: String) -> Source {
        let mut files = self.files.clone();
        files.insert(path.to_owned().into(), digest::normalised(text).into());
        Source { files, digest: None }
    }

    /// BLAKE3 over the sorted paths and the normalised text, each with its length.
    pub fn digest(&self) -> String {
        self.digest.map_or_else(|| digest::digest(self.files()), str::to_owned)
    }

    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (&**path, &**text))
    }

    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|text| &**text)
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
    fn the_digest_of_the_law_built_in_is_that_of_its_text() {
        let built_in = Source::embedded();
        let read = Source::new(built_in.files().map(|(p, t)| (p.to_owned(), t.to_owned())));
        assert!(read.files().count() > 100);
        assert_eq!(built_in.digest(), read.digest());
    }

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
