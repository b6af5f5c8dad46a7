//! What one call costs, counted while it runs.
//!
//! The layers below the adapter know nothing of calls. They say "a request" and "a command" here,
//! and whoever wrapped the call in [`measured`] reads the sums.

#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::Serialize;

tokio::task_local! {
    static METRICS: Counters;
}

#[derive(Default)]
struct Counters {
    api_requests: AtomicU32,
    store_calls: AtomicU32,
    notices: Mutex<Vec<Notice>>,
}

/// Something that went as it should and that somebody may want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Notice {
    /// Too many wrong codes: those that were outstanding for the address are void.
    CodesVoided,
    /// Far too many wrong codes: the address is refused for a while.
    IdentifierLocked,
    /// A code was presented for an address that is refused.
    IdentifierRefused,
    /// A record could not be read, and was treated as if it were not there.
    RecordUnreadable,
    /// A record of a user who is not there was met.
    OrphanFound,
}

/// What a call cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CallMetrics {
    /// HTTP requests to the API, retries included.
    pub(crate) api_requests: u32,
    /// Calls to the store.
    pub(crate) store_calls: u32,
    /// What happened beside that.
    pub(crate) notices: Vec<Notice>,
}

/// Runs `call` and counts what it costs.
pub(crate) async fn measured<T>(call: impl Future<Output = T>) -> (T, CallMetrics) {
    let scope = async {
        let result = call.await;
        (result, METRICS.with(Counters::metrics))
    };
    METRICS.scope(Counters::default(), scope).await
}

impl Counters {
    fn metrics(&self) -> CallMetrics {
        let notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        CallMetrics {
            api_requests: self.api_requests.load(Ordering::Relaxed),
            store_calls: self.store_calls.load(Ordering::Relaxed),
            notices: notices.clone(),
        }
    }
}

/// Counts a request to the API.
pub(crate) fn count_api_request() {
    let _ = METRICS.try_with(|counters| counters.api_requests.fetch_add(1, Ordering::Relaxed));
}

/// Counts a call to the store.
pub(crate) fn count_store_call() {
    let _ = METRICS.try_with(|counters| counters.store_calls.fetch_add(1, Ordering::Relaxed));
}

/// Notes that something happened.
pub(crate) fn notice(notice: Notice) {
    let _ = METRICS.try_with(|counters| {
        counters
            .notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(notice);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_describe_every_notice() {
        let docs = include_str!("../docs/observability.md");
        let notices = [
            Notice::CodesVoided,
            Notice::IdentifierLocked,
            Notice::IdentifierRefused,
            Notice::RecordUnreadable,
            Notice::OrphanFound,
        ];
        for notice in notices {
            // One that is missing above does not compile here.
            match notice {
                Notice::CodesVoided
                | Notice::IdentifierLocked
                | Notice::IdentifierRefused
                | Notice::RecordUnreadable
                | Notice::OrphanFound => {}
            }
            let name = serde_json::to_string(&notice).unwrap().replace('"', "`");
            assert!(docs.contains(&format!("| {name} |")), "{name}");
        }
    }

    #[tokio::test]
    async fn each_call_has_metrics_of_its_own() {
        count_api_request();
        let (value, metrics) = measured(async {
            count_api_request();
            count_store_call();
            count_store_call();
            notice(Notice::CodesVoided);
            7
        })
        .await;
        let notices = vec![Notice::CodesVoided];
        assert_eq!(
            (value, metrics),
            (
                7,
                CallMetrics {
                    api_requests: 1,
                    store_calls: 2,
                    notices
                }
            )
        );
        assert_eq!(measured(async {}).await.1, CallMetrics::default());
    }
}
