//! Processes of a cluster, ended with the test.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub struct Machines {
    address: String,
    scheduler: Child,
    executors: Vec<(Child, PathBuf)>,
    environment: Vec<(&'static str, String)>,
}

/// A port that nobody has, with the next one.
fn free_ports() -> u16 {
    loop {
        let first = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = first.local_addr().unwrap().port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return port;
        }
    }
}

fn wait_for(port: u16) {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "nobody answers at port {port}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

impl Machines {
    /// A scheduler, and an executor of one core for each law; `None` is the one built in.
    pub fn start(folder: &Path, laws: &[Option<PathBuf>]) -> Machines {
        Machines::start_in(folder, laws, Vec::new())
    }

    /// With more in the environment of every process, that of a client too.
    pub fn start_in(
        folder: &Path,
        laws: &[Option<PathBuf>],
        environment: Vec<(&'static str, String)>,
    ) -> Machines {
        let port = free_ports();
        let address = format!("127.0.0.1:{port}");
        let scheduler = Command::new(env!("CARGO_BIN_EXE_truce-scheduler"))
            .args(["--bind", &address, "--executor-timeout", "4"])
            .envs(environment.clone())
            .env_remove("TRUCE_LAW")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        wait_for(port);
        let executors = laws.iter().enumerate();
        let executors = executors.map(|(at, law)| {
            let results = folder.join(format!("results-{at}"));
            let port = free_ports();
            let mut command = Command::new(env!("CARGO_BIN_EXE_truce-executor"));
            command
                .args(["--scheduler", &address, "--port", &port.to_string(), "--cores", "1"])
                .args(["--heartbeat", "1", "--folder"])
                .arg(&results)
                .envs(environment.clone())
                .env_remove("TRUCE_LAW")
                .stdout(Stdio::null());
            if let Some(law) = law {
                command.arg("--law").arg(law);
            }
            let child = command.spawn().unwrap();
            wait_for(port);
            (child, results)
        });
        let executors = executors.collect();
        Machines { address, scheduler, executors, environment }
    }

    /// Begins a query; its rows come as CSV.
    pub fn begin(&self, query: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_truce-client"))
            .args([query, "--format", "csv", "--cluster", &format!("df://{}", self.address)])
            .envs(self.environment.clone())
            .env_remove("TRUCE_LAW")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Status, rows and messages of a query.
    pub fn ask(&self, query: &str) -> (Option<i32>, String, String) {
        let done = self.begin(query).wait_with_output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (done.status.code(), text(&done.stdout), text(&done.stderr))
    }

    /// Whether an executor has results of a task.
    pub fn has_results(&self, at: usize) -> bool {
        let mut folders = vec![self.executors[at].1.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    _ => return true,
                }
            }
        }
        false
    }

    pub fn stop_executor(&mut self, at: usize) {
        self.executors[at].0.kill().unwrap();
        self.executors[at].0.wait().unwrap();
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        for (child, _) in &mut self.executors {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = self.scheduler.kill();
        let _ = self.scheduler.wait();
    }
}
