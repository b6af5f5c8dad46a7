//! What a response of the API means.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::{Map, Value};

use super::pages::RawPage;
use super::{Error, ErrorKind, Result};

/// How much of a response is read, in bytes. A full page of a hundred sub-accounts with a few
/// kilobytes of metadata each is well below.
pub const RESPONSE_LIMIT: usize = 8 * 1024 * 1024;

/// How many values a response may hold. A full page comes to some ten thousand; as many as fit into
/// [`RESPONSE_LIMIT`] would take a hundred times the memory of their text.
const VALUE_LIMIT: usize = 100_000;

/// How much of the API's own message is passed on, in characters.
const MESSAGE_LIMIT: usize = 200;

/// What the API says of a contact that has the fingerprint that was asked for, and no `verifiedAt`.
const NOT_VERIFIED: &str = "Contact is not verified";

/// The window of the API's limit on lists, after which it takes lists again. It names none itself.
const LIST_WINDOW: Duration = Duration::from_millis(60_000);

/// A complete response, not yet parsed.
pub(super) struct ApiResponse {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl ApiResponse {
    /// The JSON object of a success, or the error that the response stands for.
    ///
    /// `action` is the route that was asked, and `expected` a member that every success of it has. A
    /// streaming route that fails late answers 200 with an error body instead.
    pub(super) fn parse_response(
        self,
        action: &str,
        expected: &str,
        secret: &str,
    ) -> Result<Map<String, Value>> {
        if (300..400).contains(&self.status) {
            let detail = "answered with a redirect, which is not followed: it would carry the \
                          secret elsewhere. Set baseUrl to the address that it leads to";
            return Err(Error::new(ErrorKind::Unintelligible, detail).with_status(self.status));
        }
        if self.body.len() >= VALUE_LIMIT && values(&self.body) > VALUE_LIMIT {
            return Err(self.unintelligible(&format!("more than {VALUE_LIMIT} values")));
        }
        let body = serde_json::from_slice::<Value>(&self.body);
        if !(200..300).contains(&self.status) {
            return Err(self.failure(body.ok().as_ref(), action, secret));
        }
        match body {
            Ok(Value::Object(object)) if object.contains_key(expected) => Ok(object),
            Ok(body @ Value::Object(_)) if body["code"].is_string() => {
                Err(self.failure(Some(&body), action, secret))
            }
            Ok(_) => Err(self.unintelligible(&format!("JSON without \"{expected}\""))),
            Err(_) if self.body.is_empty() => Err(self.unintelligible("an empty body")),
            Err(_) => Err(self.unintelligible("something that is not JSON")),
        }
    }

    /// The page of a list, as [`Self::parse_response`] does. Its records are not parsed, so that none
    /// of them, however odd, hides the others.
    pub(super) fn parse_page(self, action: &str, expected: &str, secret: &str) -> Result<RawPage> {
        if (200..300).contains(&self.status)
            && let Ok(page) = serde_json::from_slice(&self.body)
        {
            return Ok(page);
        }
        let status = self.status;
        self.parse_response(action, expected, secret)?;
        let detail = "answered with a page that is no list";
        Err(Error::new(ErrorKind::Unintelligible, detail).with_status(status))
    }

    fn unintelligible(&self, what: &str) -> Error {
        let detail = format!(
            "answered {} with {what}. Is baseUrl the address of a ChatBotKit API?",
            self.status
        );
        Error::new(ErrorKind::Unintelligible, detail).with_status(self.status)
    }

    /// The error that an error body, or the status alone, stands for.
    fn failure(&self, body: Option<&Value>, action: &str, secret: &str) -> Error {
        let code = body
            .and_then(|body| body["code"].as_str())
            .or_else(|| self.headers.get("x-failure-code")?.to_str().ok())
            .map(|code| printable(code, secret));
        let message = body.and_then(|body| body["message"].as_str());
        let mut kind = kind(self.status, code.as_deref());
        // One code for two limits: the plan's, on sub-accounts, and that on lists (`rate/poll`), which
        // counts those of the whole account. A list makes no sub-account.
        let is_about_rate = || action == "list" || message.is_some_and(|it| it.contains("rate/"));
        let is_list_limit = kind == ErrorKind::LimitReached && is_about_rate();
        if is_list_limit {
            kind = ErrorKind::RateLimited;
        }
        // A 500 that waiting does not end.
        if kind == ErrorKind::Unavailable && message == Some(NOT_VERIFIED) {
            kind = ErrorKind::NotVerified;
        }
        // A gateway that has lost its way answers 404 too, which says nothing of any user.
        if kind == ErrorKind::NotFound && code.as_deref() != Some("NOT_FOUND") {
            kind = ErrorKind::Unintelligible;
        }
        let advice = if is_list_limit {
            Some("Lists are limited for the whole account; it passes within a minute")
        } else {
            advice(kind)
        };
        let detail = [
            Some(format!("answered {}", self.status)),
            code.as_ref().map(|code| format!(" {code}")),
            message.map(|message| format!(" \"{}\"", printable(message, secret))),
            advice.map(|advice| format!(". {advice}")),
        ];
        let detail: String = detail.into_iter().flatten().collect();
        let mut error = Error::new(kind, detail)
            .with_status(self.status)
            .with_api_code(code);
        let window = is_list_limit.then_some(LIST_WINDOW);
        error.retry_after = retry_after(&self.headers).or(window);
        error
    }
}

/// How many values a JSON text holds, or more; told without building any. One more than it has
/// bytes, at most.
fn values(json: &[u8]) -> usize {
    let (mut count, mut in_string, mut escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b',' | b'[' | b'{' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

fn kind(status: u16, code: Option<&str>) -> ErrorKind {
    match (status, code) {
        // A 200 with an error body: the code is all there is.
        (200..300, Some("CONFLICT")) | (409, _) => ErrorKind::Conflict,
        (200..300, Some("NOT_FOUND")) | (404, _) => ErrorKind::NotFound,
        (200..300, Some("NOT_AUTHENTICATED")) | (401, _) => ErrorKind::NotAuthenticated,
        (200..300, Some("NOT_AUTHORIZED")) | (403, _) => ErrorKind::NotAuthorized,
        (200..300 | 429, Some("LIMITS_REACHED")) => ErrorKind::LimitReached,
        (200..300, Some("TOO_MANY_REQUESTS")) | (429, _) => ErrorKind::RateLimited,
        (200..300 | 408 | 500.., _) => ErrorKind::Unavailable,
        // What stands before a response, and nothing was asked that it could stand for.
        (..200, _) => ErrorKind::Unintelligible,
        _ => ErrorKind::Rejected,
    }
}

fn advice(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::NotAuthenticated => Some("Check the secret option"),
        ErrorKind::NotAuthorized => {
            Some("Check that the secret may do this, and that the user is its own")
        }
        ErrorKind::LimitReached => Some("The plan allows no more sub-accounts"),
        _ => None,
    }
}

/// `Retry-After`: seconds, or the time of an HTTP date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than fits is longer than anybody waits.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let time = httpdate::parse_http_date(text).ok()?;
    Some(time.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Somebody else's words, short, on one line, without the secret and without addresses.
fn printable(text: &str, secret: &str) -> String {
    // In this order: a secret that is broken up by characters that do not print is still one.
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    let text = if secret.is_empty() {
        text
    } else {
        text.replace(secret, "***")
    };
    let words = text
        .split(' ')
        .map(|word| if word.contains('@') { "***" } else { word });
    words
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(MESSAGE_LIMIT)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_and_texts_are_one_each() {
        for (json, count) in [
            ("", 1),
            ("1", 1),
            (r#"{"a":"x, [{","b":1}"#, 3),
            (r#"["\",[,{","\\",3]"#, 4),
        ] {
            assert_eq!(values(json.as_bytes()), count, "{json}");
        }
    }
}
