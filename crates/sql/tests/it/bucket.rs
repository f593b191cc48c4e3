//! A bucket on this machine: as much of S3 as reading takes, over the files of a folder.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The name of the bucket.
pub const NAME: &str = "lines";

const KEY_ID: &str = "a-key-of-this-test";

/// Serves until the process ends.
pub struct Bucket {
    port: u16,
    served: Arc<AtomicUsize>,
}

impl Bucket {
    pub fn over(folder: &Path) -> Bucket {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (folder, served) = (folder.to_owned(), Arc::new(AtomicUsize::new(0)));
        let count = served.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (folder, count) = (folder.clone(), count.clone());
                std::thread::spawn(move || {
                    while let Some(request) = Request::read(&stream) {
                        count.fetch_add(1, Ordering::Relaxed);
                        answer(&stream, &folder, &request);
                    }
                });
            }
        });
        Bucket { port, served }
    }

    /// What a process needs to know to read from it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "kept".to_owned()),
        ]
    }

    /// How many requests it has answered.
    pub fn served(&self) -> usize {
        self.served.load(Ordering::Relaxed)
    }
}

struct Request {
    method: String,
    target: String,
    /// Names in lower case.
    head: Vec<(String, String)>,
}

impl Request {
    /// The next request of a connection; those of a reader have no body.
    fn read(stream: &TcpStream) -> Option<Request> {
        let mut lines = BufReader::new(stream).lines();
        let first = lines.next()?.ok()?;
        let mut words = first.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let head = lines.map_while(Result::ok).take_while(|line| !line.is_empty());
        let head = head.filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_lowercase(), value.to_owned()))
        });
        Some(Request { method, target, head: head.collect() })
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.head.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn answer(mut stream: &TcpStream, folder: &Path, request: &Request) {
    let (status, mut head, body) = respond(folder, request);
    head.push(format!("Content-Length: {}", body.len()));
    let head = head.iter().map(|field| format!("{field}\r\n")).collect::<String>();
    // Whoever asked may be gone.
    let _ = stream.write_all(format!("HTTP/1.1 {status}\r\n{head}\r\n").as_bytes());
    if request.method != "HEAD" {
        let _ = stream.write_all(&body);
    }
}

fn respond(folder: &Path, request: &Request) -> (&'static str, Vec<String>, Vec<u8>) {
    let known = format!("Credential={KEY_ID}/");
    if !request.field("authorization").is_some_and(|signed| signed.contains(&known)) {
        return ("403 Forbidden", Vec::new(), b"<Error><Code>AccessDenied</Code></Error>".to_vec());
    }
    let (path, asked) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let Some(key) = path.strip_prefix(&format!("/{NAME}")) else {
        return ("404 Not Found", Vec::new(), Vec::new());
    };
    let key = key.trim_start_matches('/');
    if key.is_empty() {
        let mut asked = asked.split('&').filter_map(|part| part.split_once('='));
        let prefix = asked.find(|(name, _)| *name == "prefix").map_or("", |(_, prefix)| prefix);
        return ("200 OK", Vec::new(), listing(folder, &prefix.replace("%2F", "/")).into_bytes());
    }
    let Ok(bytes) = fs::read(folder.join(key)) else {
        return ("404 Not Found", Vec::new(), Vec::new());
    };
    let mut head = vec![
        "Last-Modified: Wed, 14 May 2025 04:01:00 GMT".to_owned(),
        format!("ETag: \"{}\"", bytes.len()),
    ];
    match request.field("range").and_then(|range| span(range, bytes.len())) {
        Some((from, until)) => {
            head.push(format!("Content-Range: bytes {from}-{}/{}", until - 1, bytes.len()));
            ("206 Partial Content", head, bytes[from..until].to_vec())
        }
        None => ("200 OK", head, bytes),
    }
}

/// `bytes=2-5` of so many bytes, half open; `bytes=-3` is the last three.
fn span(range: &str, size: usize) -> Option<(usize, usize)> {
    let (from, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    if from.is_empty() {
        return Some((size.saturating_sub(last.parse().ok()?), size));
    }
    let until = last.parse().map_or(size, |last: usize| (last + 1).min(size));
    Some((from.parse().ok()?, until))
}

fn listing(folder: &Path, prefix: &str) -> String {
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join(prefix))
        .into_iter()
        .flatten()
        .flatten()
        .map(|f| f.path())
        .collect();
    files.sort();
    let contents = files.iter().filter(|file| file.is_file()).map(|file| {
        let key = file.strip_prefix(folder).unwrap().display();
        let size = fs::metadata(file).unwrap().len();
        format!(
            "<Contents><Key>{key}</Key><LastModified>2025-05-14T04:01:00.000Z</LastModified>\
             <ETag>\"{size}\"</ETag><Size>{size}</Size></Contents>"
        )
    });
    format!(
        "<?xml version=\"1.0\"?><ListBucketResult><Name>{NAME}</Name><IsTruncated>false</IsTruncated>{}\
         </ListBucketResult>",
        contents.collect::<String>()
    )
}
