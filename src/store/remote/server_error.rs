//! Errors that a server answers with: what they mean, what may help, and what may be told of them.
//!
//! A server's words can quote the arguments of a command, and so a key or a value. Only its code and
//! words that stand in the tables below are passed on.

use super::retry::{Failure, Retry};
use crate::store::{Error, ErrorKind};

/// What is known of an error.
struct Known {
    /// The code, or words that the text holds.
    words: &'static str,
    kind: ErrorKind,
    retry: Retry,
    meaning: &'static str,
}

const fn known(words: &'static str, kind: ErrorKind, retry: Retry, meaning: &'static str) -> Known {
    Known {
        words,
        kind,
        retry,
        meaning,
    }
}

/// By the first word, <https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors>.
/// What an operator or the server's own work can end is a temporary failure, even where waiting
/// within a call helps nobody.
const CODES: &[Known] = {
    use ErrorKind::{Failed, Misconfigured, Refused};
    use Retry::{AfterDelay, Never, OnNewConnection};
    &[
        known("READONLY", Failed, OnNewConnection, "it is a replica"),
        known(
            "MASTERDOWN",
            Failed,
            OnNewConnection,
            "it is a replica that lost its primary",
        ),
        known(
            "NOREPLICAS",
            Failed,
            OnNewConnection,
            "it has too few replicas to take writes",
        ),
        known("LOADING", Failed, AfterDelay, "it is loading its data"),
        known("TRYAGAIN", Failed, AfterDelay, "it is moving the key"),
        known("CLUSTERDOWN", Failed, AfterDelay, "its cluster is down"),
        known("BUSY", Failed, AfterDelay, "it is busy with a script"),
        known(
            "OOM",
            Failed,
            Never,
            "it has no memory left for writes (maxmemory)",
        ),
        known(
            "MISCONF",
            Failed,
            Never,
            "it takes no writes, because it cannot save its data",
        ),
        known("NOAUTH", Misconfigured, Never, "it wants a password"),
        known(
            "WRONGPASS",
            Misconfigured,
            Never,
            "it does not accept the user or the password",
        ),
        known(
            "DENIED",
            Misconfigured,
            Never,
            "it is in protected mode and wants a password",
        ),
        known("MOVED", Misconfigured, Never, CLUSTER),
        known("ASK", Misconfigured, Never, CLUSTER),
        known("CROSSSLOT", Refused, Never, CLUSTER),
        known("WRONGTYPE", Refused, Never, "the key holds something else"),
    ]
};

const CLUSTER: &str = "it is a node of a cluster: pass its URL in the option nodes";

/// By words in texts whose code says nothing. In script errors of Redis 6.2 to 7.0 there are those
/// about rights, too.
const TEXTS: &[Known] = {
    use ErrorKind::{Failed, Misconfigured, Refused};
    use Retry::{Never, OnNewConnection};
    &[
        known(
            "max number of clients reached",
            Failed,
            OnNewConnection,
            "see its maxclients",
        ),
        known(
            "DB index is out of range",
            Misconfigured,
            Never,
            NO_DATABASE,
        ),
        known("invalid DB index", Misconfigured, Never, NO_DATABASE),
        known(
            "SELECT is not allowed in cluster mode",
            Misconfigured,
            Never,
            NO_DATABASE,
        ),
        known("cluster support disabled", Misconfigured, Never, NO_CLUSTER),
        known(
            "without any password configured",
            Misconfigured,
            Never,
            NO_PASSWORD,
        ),
        known("no password is set", Misconfigured, Never, NO_PASSWORD),
        known("max daily request limit exceeded", Refused, Never, USED_UP),
        known("max requests limit exceeded", Refused, Never, USED_UP),
        known("can't run this command", Refused, Never, NO_RIGHT),
        known(
            "can't access at least one of the keys",
            Refused,
            Never,
            NO_RIGHT,
        ),
        known("ACL failure in script", Refused, Never, NO_RIGHT),
    ]
};

const NO_DATABASE: &str = "it has no database of that number";
const NO_CLUSTER: &str = "it is no cluster: pass its URL in the option url";
const NO_PASSWORD: &str = "it has no password, and one is configured";
const USED_UP: &str = "the requests of its plan are used up";
const NO_RIGHT: &str = "a script lacks a right; docs/stores.md lists those that it needs";

/// The failure of `command`, which the server of `store` at `place` answered with the error `text`.
pub(super) fn failure(store: &'static str, place: &str, command: &[&str], text: &str) -> Failure {
    let text = text.trim().trim_start_matches('-');
    let code = text.split_whitespace().next().unwrap_or_default();
    let is_code = code.len() <= 24 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let code = if is_code { code } else { "" };
    let (kind, retry, answer) = meaning(code, command, text);
    let detail = format!("at {place} answered with the error {code}{answer}");
    Failure {
        error: Error::new(kind, store, detail.trim_end()),
        retry,
    }
}

/// Whether a plan's requests are used up, which waiting for minutes does not end.
pub(super) fn is_used_up(text: &str) -> bool {
    let mut known = TEXTS.iter().filter(|known| known.meaning == USED_UP);
    known.any(|known| is(text, known.words))
}

fn meaning(code: &str, command: &[&str], text: &str) -> (ErrorKind, Retry, String) {
    let name = command.first().copied().unwrap_or_default();
    if code == "NOPERM" {
        let answer = match denied(text) {
            Some(right) => format!(": the user has no right to {right}"),
            None => format!(": the user has no right to run {name}, or to use the key"),
        };
        return (ErrorKind::Refused, Retry::Never, answer);
    }
    if is(text, "unknown command") {
        let answer = format!(": it does not know the command {name}");
        return (ErrorKind::Refused, Retry::Never, answer);
    }
    if is(text, "unknown redis command called from") {
        let answer = ": it does not know a command that a script uses".to_owned();
        return (ErrorKind::Refused, Retry::Never, answer);
    }
    let by_code = CODES.iter().find(|known| known.words == code);
    let by_text = || {
        let known = TEXTS.iter().find(|known| is(text, known.words))?;
        Some((known, format!(" ({})", known.words)))
    };
    let found = by_code
        .map(|known| (known, String::new()))
        .or_else(by_text)
        .or_else(|| in_script(text));
    match found {
        Some((known, words)) => (
            known.kind,
            known.retry,
            format!("{words}: {}", known.meaning),
        ),
        None => (ErrorKind::Refused, Retry::Never, String::new()),
    }
}

/// Before Redis 7, a script's error stands within another: `ERR Error running script (call to f_…):
/// @user_script:7: @user_script: 7: -READONLY You can't write against a read only replica.`
fn in_script(text: &str) -> Option<(&'static Known, String)> {
    if !is(text, "error running script") && !is(text, "user_script") {
        return None;
    }
    let words = || {
        text.split_whitespace()
            .map(|word| word.trim_start_matches('-'))
    };
    let known = CODES
        .iter()
        .find(|known| words().any(|word| word == known.words))?;
    Some((known, format!(" {}", known.words)))
}

/// The right that is missing. A command's name is the server's own word and quoted; a key is not.
fn denied(text: &str) -> Option<String> {
    if let Some((_, rest)) = text.split_once("run the '") {
        let name = rest.split('\'').next()?;
        let is_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '|' | '-' | '_');
        return (name.len() <= 32 && name.chars().all(is_name))
            .then(|| format!("run {}", name.to_ascii_uppercase()));
    }
    text.contains("key").then(|| "use the key".to_owned())
}

fn is(text: &str, words: &str) -> bool {
    text.to_ascii_lowercase()
        .contains(&words.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of Redis 6.0, 6.2, 7.0, 7.2 and 7.4, of Valkey 8, of Dragonfly and of Upstash: what
    /// becomes of them, words of the message, and the text.
    const TEXTS: &str = "\
Failed AfterDelay | LOADING: it is loading | LOADING Redis is loading the dataset in memory
Failed OnNewConnection | READONLY: it is a replica | READONLY You can't write against a read only replica.
Failed OnNewConnection | READONLY: it is a replica | READONLY You can't write against a read only replica. script: 8f1f, on @user_script:7.
Failed OnNewConnection | ERR READONLY: it is a replica | ERR Error running script (call to f_8f1f): @user_script:7: @user_script: 7: -READONLY You can't write against a read only replica.
Failed OnNewConnection | ERR READONLY: it is a replica | ERR Error running script (call to f_8f1f): @user_script:7: -READONLY You can't write against a read only replica
Failed Never | ERR OOM: it has no memory | ERR Error running script (call to f_8f1f): @user_script:2: @user_script: 2: -OOM command not allowed when used memory > 'maxmemory'.
Failed OnNewConnection | ERR NOREPLICAS: it has too few | ERR Error running script (call to f_8f1f): @user_script:2: @user_script: 2: -NOREPLICAS Not enough good replicas to write.
Failed OnNewConnection | NOREPLICAS: it has too few | NOREPLICAS Not enough good replicas to write. script: 8f1f, on @user_script:1.
Failed OnNewConnection | MASTERDOWN: it is a replica | MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.
Failed Never | MISCONF: it takes no writes | -MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.
Failed AfterDelay | BUSY: it is busy | BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.
Failed AfterDelay | CLUSTERDOWN: its cluster | CLUSTERDOWN The cluster is down
Failed AfterDelay | TRYAGAIN: it is moving | TRYAGAIN Multiple keys request during rehashing of slot
Failed OnNewConnection | maxclients | ERR max number of clients reached
Misconfigured Never | MOVED: it is a node of a cluster: pass its URL in the option nodes | MOVED 3999 127.0.0.1:6381
Misconfigured Never | NOAUTH: it wants a password | NOAUTH Authentication required.
Misconfigured Never | WRONGPASS: it does not accept the user | WRONGPASS invalid username-password pair or user is disabled.
Misconfigured Never | it has no password | ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?
Misconfigured Never | (DB index is out of range): it has no database | ERR DB index is out of range
Misconfigured Never | pass its URL in the option url | ERR This instance has cluster support disabled
Refused Never | no right to run EVAL | NOPERM this user has no permissions to run the 'eval' command or its subcommand
Refused Never | no right to run EVAL | NOPERM User secret has no permissions to run the 'eval' command
Refused Never | no right to use the key | NOPERM No permissions to access a key
Refused Never | no right to use the key | NOPERM this user has no permissions to access one of the keys used as arguments
Refused Never | a script lacks a right | ERR Error running script (call to f_8f1f): @user_script:1: @user_script: 1: The user executing the script can't run this command or subcommand
Refused Never | a script lacks a right | ERR The user executing the script can't access at least one of the keys mentioned in the command arguments script: 8f1f, on @user_script:1.
Refused Never | a script lacks a right | ERR ACL failure in script: User secret has no permissions to run the 'set' command script: 8f1f, on @user_script:1.
Refused Never | does not know the command EVAL | ERR unknown command `EVAL`, with args beginning with: `return 1`, `1`, `prefix:secret`,
Refused Never | does not know the command EVAL | ERR unknown command 'EVAL', with args beginning with: 'READONLY' 'secret'
Refused Never | a command that a script uses | ERR Unknown Redis command called from script script: 8f1f, on @user_script:1.
Refused Never | plan are used up | ERR max daily request limit exceeded. Limit: 10000, Usage: 10000.
Refused Never | plan are used up | ERR max requests limit exceeded. Limit: 500000, Usage: 500000.
Refused Never | WRONGTYPE: the key | WRONGTYPE Operation against a key holding the wrong kind of value
Refused Never | the error NOSCRIPT | NOSCRIPT No matching script.
Refused Never | the error ERR | ERR secret READONLY
Refused Never | answered with the error |";

    #[test]
    fn an_error_says_what_may_help_and_why() {
        for line in TEXTS.lines() {
            let [becomes, told, text] = line.splitn(3, '|').collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            let command = ["EVAL", "return 1", "1", "prefix:secret"];
            let Failure { error, retry } = failure("redis", "cache:6379", &command, text);
            assert_eq!(
                format!("{:?} {retry:?}", error.kind()),
                becomes.trim(),
                "{text}"
            );
            let message = error.to_string();
            assert!(
                message.starts_with("the redis store at cache:6379 "),
                "{message}"
            );
            assert!(message.contains(told.trim()), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
    }
}
