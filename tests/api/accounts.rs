//! The sub-accounts of one parent, as `sandbox/` keeps them: it is the one Partner API that tests have.
//!
//! A `node` process runs the sandbox for a whole test binary, without HTTP: handlers of [`Api`] decide
//! synchronously what becomes of a request, so a request goes there as a line and its answer comes
//! back as one. What Rust tests need beyond it is misbehaviour, which [`Answer`] brings. The
//! benchmark alone has an API of its own, because it asks for 50,000 answers a second of one thread;
//! `benchmark/agreement.mjs` holds that one to the sandbox.
//!
//! [`Api`]: super::Api

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use once_cell::sync::Lazy;
use serde_json::{Value, json};

use super::{Answer, Request, SECRET};

static SANDBOX: Lazy<Mutex<Sandbox>> = Lazy::new(|| Mutex::new(Sandbox::start()));

static PARENTS: AtomicUsize = AtomicUsize::new(0);

/// A `node` process, which ends with the pipe to it.
struct Sandbox {
    process: Child,
    answers: BufReader<ChildStdout>,
}

impl Sandbox {
    fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/sandbox.mjs");
        let mut process = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is on the PATH");
        let answers = BufReader::new(process.stdout.take().unwrap());
        Self { process, answers }
    }

    fn ask(&mut self, call: &Value) -> Value {
        let mut line = format!("{call}\n");
        let input = self.process.stdin.as_mut().unwrap();
        input.write_all(line.as_bytes()).unwrap();
        line.clear();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).expect("the sandbox runs")
    }
}

/// The sub-accounts of one parent, shared by all clones.
#[derive(Clone)]
pub(crate) struct Accounts {
    parent: usize,
    creates: Arc<AtomicUsize>,
    updates: Arc<AtomicUsize>,
}

impl Accounts {
    /// A parent account without sub-accounts.
    pub(crate) fn new() -> Self {
        let accounts = Self {
            parent: PARENTS.fetch_add(1, Ordering::SeqCst),
            creates: Arc::default(),
            updates: Arc::default(),
        };
        // Starts the sandbox if need be: no request's time-out may count that.
        accounts.len();
        accounts
    }

    /// Adds a sub-account without asking the API, and returns its id.
    pub(crate) fn add(&self, fields: &Value) -> String {
        let id = self.ask("add", fields);
        id.as_str().unwrap().to_owned()
    }

    /// The sub-account `id` as it is kept, or null.
    pub(crate) fn get(&self, id: &str) -> Value {
        self.ask("get", &json!(id))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        self.ask("count", &Value::Null).as_u64().unwrap()
    }

    /// How many creates were carried out.
    pub(crate) fn creates(&self) -> usize {
        self.creates.load(Ordering::SeqCst)
    }

    /// How many updates were carried out.
    pub(crate) fn updates(&self) -> usize {
        self.updates.load(Ordering::SeqCst)
    }

    /// What the API answers, on `/partner/user/…` alone.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        self.answer_under("partner", request)
    }

    /// What an API answers that serves one generation of routes, `partner` or `user`.
    pub(crate) fn answer_under(&self, generation: &str, request: &Request) -> Answer {
        let Request { method, path, .. } = request;
        let answer = self.ask(
            "answer",
            &json!({
                "generation": generation, "method": method, "path": path,
                "query": request.query, "headers": request.headers, "body": request.body,
            }),
        );
        let status = u16::try_from(answer["status"].as_u64().unwrap()).unwrap();
        match (status, request.route()) {
            (200, "create") => self.creates.fetch_add(1, Ordering::SeqCst),
            (200, "update") => self.updates.fetch_add(1, Ordering::SeqCst),
            _ => 0,
        };
        Answer::json(status, &answer["json"])
    }

    fn ask(&self, call: &str, input: &Value) -> Value {
        let call = json!({ "parent": self.parent, "secret": SECRET, "call": call, "input": input });
        // A test that panics on what it gets leaves the sandbox as it is.
        let sandbox = SANDBOX.lock();
        let mut outcome = sandbox.unwrap_or_else(PoisonError::into_inner).ask(&call);
        assert_eq!(outcome["error"], Value::Null, "{call}");
        outcome["value"].take()
    }
}
