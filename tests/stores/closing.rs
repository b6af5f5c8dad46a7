//! A closed store says so and keeps quiet otherwise. Not one in JavaScript, which the application closes.

use chatbotkit_nextauth::store::{ErrorKind, Store};

/// Closes `store`.
pub(crate) async fn check(store: &dyn Store) {
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
