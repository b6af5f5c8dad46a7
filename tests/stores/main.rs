//! Every store keeps the same promises, those over real servers included.

mod closing;
mod conformance;
mod copying;
mod fake;
mod javascript;
mod postgres;
mod rest_front;
mod servers;
mod sqlite;

use std::sync::Arc;

use chatbotkit_nextauth::store::{
    Deployment, JavaScriptStore, MemoryStore, RedisConfig, RedisStore, RestConfig, RestStore, Store,
};
use fake::Fake;
use servers::{SERVICE, Server, start_cluster};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_memory_store_keeps_the_promises_of_a_store() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    conformance::check(&[Arc::clone(&store), Arc::clone(&store)]).await;
    conformance::a_value_and_a_set_at_one_key_are_two_things(&*store).await;
    closing::check(&*store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_javascript_store_without_compare_and_set_keeps_them_within_a_process() {
    check_javascript(&Fake::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_javascript_store_with_compare_and_set_keeps_them() {
    check_javascript(&Fake::default().with_compare_and_set()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_javascript_store_that_reorders_members_keeps_them() {
    check_javascript(&Fake::default().reordering()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_redis_store_keeps_them() {
    let server = Server::start().await;
    check_redis(Deployment::Single(Some(server.url()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_redis_store_over_a_cluster_keeps_them() {
    let nodes = start_cluster().await;
    let urls = nodes.iter().map(Server::url).collect();
    check_redis(Deployment::Cluster(urls)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_redis_store_behind_a_sentinel_keeps_them() {
    let primary = Server::start().await;
    let sentinel = Server::sentinel(&primary).await;
    check_redis(Deployment::Sentinel {
        sentinels: vec![sentinel.url()],
        service: SERVICE.to_owned(),
        tls: false,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rest_store_keeps_them() {
    let server = Server::start().await;
    let url = rest_front::start(&server.url()).await;
    let token = rest_front::TOKEN.to_owned();
    let config = RestConfig::new(Some(url), Some(token));
    check_remote(|| Arc::new(RestStore::new(config.clone()))).await;
}

async fn check_redis(deployment: Deployment) {
    let mut config = RedisConfig::new(deployment);
    "tests:".clone_into(&mut config.key_prefix);
    check_remote(|| Arc::new(RedisStore::new(config.clone()))).await;
}

async fn check_remote(store: impl Fn() -> Arc<dyn Store>) {
    let stores = [store(), store()];
    conformance::check(&stores).await;
    conformance::what_is_there_is_told(&*stores[1]).await;
    closing::check(&*stores[0]).await;
    closing::check(&*store()).await;
    stores[1].ping().await.unwrap();
}

/// Checks two store objects over one database, as two copies of a configuration module hold them.
async fn check_javascript(fake: &Fake) {
    let store = || Arc::new(JavaScriptStore::new(fake.clone())) as Arc<dyn Store>;
    conformance::check(&[store(), store()]).await;
    conformance::a_value_and_a_set_at_one_key_are_two_things(&*store()).await;
}
