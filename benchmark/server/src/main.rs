//! What the benchmark runs beside Node, as three programs in one:
//!
//! * `api --users N`: the routes of the Partner API that the adapter calls, in memory.
//! * `delay --to PORT --ms N`: a way to a server that takes a while.
//! * `floor`: the same requests and commands as an operation of the adapter sends, and nothing else.
//!
//! Each listens on a free port of 127.0.0.1 and prints it. All end with their standard input, so
//! nothing outlives the benchmark.

mod api;
mod cpu;
mod delay;
mod floor;
mod lanes;
mod users;

use std::process::ExitCode;

/// The floor has what the adapter has, where that matters for its cost.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let place = args.iter().position(|arg| arg == name)?;
        args.get(place + 1)?.parse::<u32>().ok()
    };
    match args.first().map(String::as_str) {
        Some("api") => one_thread(api::serve(number("--users").unwrap_or(0))),
        Some("delay") => match (number("--to"), number("--ms")) {
            (Some(port), Some(ms)) => one_thread(delay::serve(port, ms)),
            _ => return usage(),
        },
        Some("floor") => floor::answer_runs(),
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("nextauth-benchmark api [--users N] | delay --to PORT --ms N | floor");
    ExitCode::FAILURE
}

/// Runs a server on one thread until the standard input ends.
fn one_thread(server: impl Future<Output = std::io::Result<()>>) {
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    tokio::task::LocalSet::new()
        .block_on(&runtime, server)
        .expect("a free port");
}
