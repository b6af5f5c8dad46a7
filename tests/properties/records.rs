use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chatbotkit_nextauth::adapter::{
    AccountName, Adapter, Options, PresentedToken, Sealing, SessionChanges, SubAccountDirectory,
};
use chatbotkit_nextauth::chatbotkit::Config;
use chatbotkit_nextauth::store::{Result, Store};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::run;

/// A store that has the same text under every key, and takes whatever it is given.
struct Strange(String);

/// Binds a record to the key that it is read from, as `src/adapter/records/bound.rs` does.
const BOUND: &str = "BOUND ";

impl Strange {
    fn at(&self, key: &str) -> String {
        let Some(record) = self.0.strip_prefix(BOUND) else {
            return self.0.clone();
        };
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(key));
        format!(r#"{{"key":"{}","record":{record}}}"#, &digest[..12])
    }
}

#[async_trait]
impl Store for Strange {
    fn name(&self) -> &'static str {
        "strange"
    }
    async fn get(&self, key: &str) -> Result<Option<String>> {
        Ok(Some(self.at(key)))
    }
    async fn set(&self, _key: &str, _value: &str, _ttl: Option<Duration>) -> Result<()> {
        Ok(())
    }
    async fn delete(&self, _key: &str) -> Result<()> {
        Ok(())
    }
    async fn take(&self, key: &str) -> Result<Option<String>> {
        Ok(Some(self.at(key)))
    }
    async fn compare_and_set(
        &self,
        _key: &str,
        _expected: Option<&str>,
        _value: Option<&str>,
        _ttl: Option<Duration>,
    ) -> Result<bool> {
        Ok(true)
    }
    async fn add_member(&self, _key: &str, _member: &str, _ttl: Option<Duration>) -> Result<()> {
        Ok(())
    }
    async fn remove_member(&self, _key: &str, _member: &str) -> Result<()> {
        Ok(())
    }
    async fn members(&self, _key: &str) -> Result<Vec<String>> {
        Ok(vec![self.0.clone()])
    }
    async fn delete_set(&self, _key: &str) -> Result<()> {
        Ok(())
    }
    async fn ping(&self) -> Result<()> {
        Ok(())
    }
    async fn close(&self) {}
}

/// Texts, JSON of all shapes, and records of this version with members that are cut or changed.
fn stored() -> impl Strategy<Value = String> {
    const RECORDS: [&str; 6] = [
        r#"{"codes":[["ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0",99999999999999,"a"]],"misses":1,"failures":2,"lastMiss":3,"lockedUntil":4,"nonce":"n"}"#,
        r#"{"userId":"someone","expires":99999999999999}"#,
        r#"{"encrypted":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
        r#"{"changed":"x"}"#,
        r#"{"userId":"someone","provider":"p","providerAccountId":"1","type":"oauth"}"#,
        r#"{"userId":"someone","credentialID":"c","counter":1}"#,
    ];
    let record = prop::sample::select(&RECORDS).prop_map(str::to_owned);
    let broken = (record.clone(), any::<prop::sample::Index>(), "\\PC{0,3}").prop_map(
        |(record, index, insert)| {
            let at = index.index(record.len());
            format!("{}{insert}{}", &record[..at], &record[at + 1..])
        },
    );
    let cut = (record.clone(), any::<prop::sample::Index>())
        .prop_map(|(record, index)| record[..index.index(record.len())].to_owned());
    let text = prop_oneof![record, broken, cut, "\\PC{0,60}"];
    (any::<bool>(), text).prop_map(|(is_bound, text)| {
        let binding = if is_bound { BOUND } else { "" };
        format!("{binding}{text}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// No secret is configured, so whoever was returned would come from the store alone.
    #[test]
    fn nothing_in_a_store_makes_a_user_or_a_panic(text in stored()) {
        run(async {
            let store: Arc<dyn Store> = Arc::new(Strange(text));
            let options = Options { auto_delete_user: true, seal: Sealing::Off, ..Options::default() };
            let directory = Arc::new(SubAccountDirectory::new(Config::new(None)));
            let adapter = Adapter::new(directory, Arc::clone(&store), options.clone());
            assert!(!matches!(adapter.get_session_and_user("token").await, Ok(Some(_))));
            let name = AccountName { provider: "p".to_owned(), provider_account_id: "1".to_owned() };
            assert!(!matches!(adapter.get_user_by_account(name.clone()).await, Ok(Some(_))));
            assert!(!matches!(adapter.get_account(name.clone()).await, Ok(Some(_))));
            assert!(!matches!(adapter.get_authenticator("c").await, Ok(Some(_))));
            // With a secret, an encrypted user would be decrypted.
            let secret = Config::new(Some("secret".to_owned())).with_base("http://127.0.0.1:9").unwrap();
            let directory = SubAccountDirectory::new(secret.with_retries(0, Duration::ZERO));
            let with_secret = Adapter::new(Arc::new(directory), store, options);
            assert!(!matches!(with_secret.get_session_and_user("token").await, Ok(Some(_))));

            let token = PresentedToken { identifier: Some("somebody".to_owned()), token: "x".to_owned() };
            let _ = adapter.use_verification_token(token).await;
            let _ = adapter.unlink_account(name).await;
            let _ = adapter.delete_session("token").await;
            let changes = SessionChanges { session_token: "t".to_owned(), expires: Some(1), user_id: None, label: None };
            let _ = adapter.update_session(changes).await;
            let listed = adapter.list_sessions("someone", Some("token")).await;
            assert!(listed.is_ok_and(|listed| listed.is_empty()));
            let _ = adapter.revoke_other_sessions("someone", "token").await;
            let _ = adapter.update_authenticator_counter("c", 3).await;
            let _ = adapter.list_authenticators_by_user_id("someone").await;
            let _ = adapter.delete_user("someone").await;
        });
    }
}
