//! The API of the benchmark answers as `sandbox/` does, or the benchmark would measure something else.
//!
//! The sandbox cannot serve the benchmark itself: that takes 50,000 answers a second from one thread.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn the_api_answers_as_the_sandbox_does() {
    let mut api = Command::new(env!("CARGO_BIN_EXE_nextauth-benchmark"))
        .arg("api")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(api.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    let port = line.trim_end().strip_prefix("listening on ").unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../agreement.mjs");
    let checked = Command::new("node")
        .args([script, &format!("http://127.0.0.1:{port}")])
        .status();
    // It ends with its standard input.
    drop(api.stdin.take());
    api.wait().unwrap();
    assert!(checked.expect("node is on the PATH").success());
}
