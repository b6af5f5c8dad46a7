//! The primaries of a cluster one after the other, for what is asked of each.

use tokio::time::Instant;

use super::cluster::{Cluster, of_a_node};
use super::connection::parse_reply;
use super::error::failed;
use super::node::Address;
use super::sentinel::places;
use crate::store::remote::retry::{Failure, Retry};
use crate::store::remote::transport::PartReply;

impl Cluster {
    /// Sends one command to the primary at the address `part`, or to the first of them. They are in the
    /// order of their addresses.
    pub(super) async fn send_to_part(
        &self,
        part: Option<&str>,
        command: &[&str],
        limit: Instant,
    ) -> Result<PartReply, Failure> {
        let primaries = self.primaries();
        let index = part.map_or(Some(0), |part| {
            primaries.iter().position(|(name, _)| name == part)
        });
        let Some((name, address)) = index.and_then(|index| primaries.get(index)) else {
            let what = "has other primaries than a moment ago: begin again";
            let retry = Retry::Never;
            let failure = failed(places(&self.seeds), what);
            return Err(Failure { retry, ..failure });
        };
        let next = index.and_then(|index| primaries.get(index + 1));
        let node = self.node(address);
        let connection = node.get(limit).await.map_err(of_a_node)?;
        let value = connection.request(command, limit).await;
        let value = value.inspect_err(|_| node.discard(&connection));
        let value = value.map_err(of_a_node)?;
        node.succeeded();
        let reply = parse_reply(address, command, value).map_err(of_a_node)?;
        let next = next.map(|(name, _)| name.clone());
        Ok((reply, name.clone(), next))
    }

    fn primaries(&self) -> Vec<(String, Address)> {
        let state = self.state();
        let primaries = state.slots.primaries().into_iter();
        let mut primaries: Vec<_> = primaries.map(|it| (it.to_string(), it.clone())).collect();
        primaries.sort_by(|(one, _), (other, _)| one.cmp(other));
        primaries
    }
}
