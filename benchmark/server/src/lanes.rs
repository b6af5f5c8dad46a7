//! Operations side by side for a while, each lane starting the next when one has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::cpu;

/// What a run came to. Times are microseconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    operations: usize,
    seconds: f64,
    p50: f64,
    p99: f64,
    cpu: f64,
}

/// Runs `operation` with ever new numbers in `lanes` lanes, for `warmup` without counting and then
/// for `duration`.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(crate) async fn run<F>(
    lanes: u32,
    warmup: Duration,
    duration: Duration,
    operation: impl Fn(u64) -> F + Clone + Send + Sync + 'static,
) -> Figures
where
    F: Future<Output = ()> + Send,
{
    let (next, over) = (
        Arc::new(AtomicU64::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let began = Instant::now();
    let measured_from = began + warmup;
    let tasks: Vec<_> = (0..lanes)
        .map(|_| {
            let (next, over, operation) = (Arc::clone(&next), Arc::clone(&over), operation.clone());
            tokio::spawn(async move {
                let mut times = vec![];
                while !over.load(Ordering::Relaxed) {
                    let started = Instant::now();
                    operation(next.fetch_add(1, Ordering::Relaxed)).await;
                    if started >= measured_from {
                        times.push(started.elapsed().as_secs_f64() * 1e6);
                    }
                }
                times
            })
        })
        .collect();
    tokio::time::sleep_until(measured_from.into()).await;
    let (cpu, since) = (cpu::used(), Instant::now());
    tokio::time::sleep(duration).await;
    over.store(true, Ordering::Relaxed);
    let mut times = vec![];
    for task in tasks {
        times.extend(task.await.expect("no operation fails"));
    }
    let seconds = since.elapsed().as_secs_f64();
    let cpu = cpu::used().saturating_sub(cpu).as_secs_f64() * 1e6;
    times.sort_by(f64::total_cmp);
    let at =
        |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    Figures {
        operations: times.len(),
        seconds,
        p50: at(50).copied().unwrap_or_default(),
        p99: at(99).copied().unwrap_or_default(),
        cpu: cpu / times.len().max(1) as f64,
    }
}
