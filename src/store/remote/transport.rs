//! How a command gets to a server, and what comes back: a driver implements this.

use super::retry::{AttemptTime, Failure};

/// What a server answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// No value.
    Nil,
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
    /// Several replies.
    List(Vec<Reply>),
}

/// Carries commands to a server.
pub trait Transport: Send + Sync {
    /// Sends one command, once, in the time that it may take. Its second or, for `EVAL`, fourth word is its
    /// only key; those of `MGET` are all words after the first. `EVAL` may come without a key.
    fn send(
        &self,
        command: &[&str],
        time: AttemptTime,
    ) -> impl Future<Output = std::result::Result<Reply, Failure>> + Send;

    /// Sends one command without a key to one of the servers that have a part of the keys each, or to
    /// the first of them. Gives the part, and the one behind it.
    fn send_to_part(
        &self,
        _part: Option<&str>,
        command: &[&str],
        time: AttemptTime,
    ) -> impl Future<Output = std::result::Result<PartReply, Failure>> + Send {
        async move { Ok((self.send(command, time).await?, String::new(), None)) }
    }
}

/// What a part answered, its name, and the name of the one behind it.
pub(super) type PartReply = (Reply, String, Option<String>);
