//! Every store that needs no server keeps the same promises.

mod conformance;
mod fake;
mod javascript;

use std::sync::Arc;

use chatbotkit_nextauth::store::{ErrorKind, JavaScriptStore, MemoryStore, Store};
use fake::Fake;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_memory_store_keeps_the_promises_of_a_store() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    conformance::check(&[Arc::clone(&store), store]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_javascript_store_without_compare_and_set_keeps_them_within_a_process() {
    conformance::check(&two_over(&Fake::default())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_javascript_store_with_compare_and_set_keeps_them() {
    conformance::check(&two_over(&Fake::default().with_compare_and_set())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_javascript_store_that_reorders_members_keeps_them() {
    conformance::check(&two_over(&Fake::default().reordering())).await;
}

/// Two store objects over one database, as two copies of a configuration module hold them.
fn two_over(fake: &Fake) -> [Arc<dyn Store>; 2] {
    let store = || Arc::new(JavaScriptStore::new(fake.clone())) as Arc<dyn Store>;
    [store(), store()]
}

#[tokio::test]
async fn a_closed_memory_store_says_so_and_keeps_quiet_otherwise() {
    let store = MemoryStore::new();
    store.set("key", "1", None).await.unwrap();
    store.close().await;
    store.close().await;
    for error in [
        store.get("key").await.unwrap_err(),
        store.set("key", "2", None).await.unwrap_err(),
        store.delete("key").await.unwrap_err(),
        store.take("key").await.unwrap_err(),
        store.members("key").await.unwrap_err(),
        store.add_member("key", "m", None).await.unwrap_err(),
        store
            .compare_and_set("key", None, None, None)
            .await
            .unwrap_err(),
        store.ping().await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Closed);
        assert!(!error.is_temporary());
    }
}
