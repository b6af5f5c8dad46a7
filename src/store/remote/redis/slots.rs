//! Which node of a cluster has which keys.
//!
//! After <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>.

use std::collections::HashSet;

use redis::Value;

use super::node::Address;

/// How many parts a cluster has its keys in.
const SLOTS: u16 = 16_384;

/// The primaries of a cluster, by the slots that they have.
#[derive(Default)]
pub(super) struct SlotMap {
    /// First and last slot of each range.
    ranges: Vec<(u16, u16, Address)>,
}

impl SlotMap {
    /// What `CLUSTER SLOTS` answered. A node without a name is at `host`, where the answer is from.
    pub(super) fn parse(answer: &Value, host: &Address) -> Option<Self> {
        let Value::Array(ranges) = answer else {
            return None;
        };
        let ranges = ranges.iter().filter_map(|range| {
            let Value::Array(parts) = range else {
                return None;
            };
            let [
                Value::Int(first),
                Value::Int(last),
                Value::Array(primary),
                ..,
            ] = &parts[..]
            else {
                return None;
            };
            let [name, Value::Int(port), ..] = &primary[..] else {
                return None;
            };
            let name = match name {
                Value::BulkString(name) => std::str::from_utf8(name).ok()?,
                _ => "",
            };
            let address = named(name, u16::try_from(*port).ok()?, host)?;
            Some((
                u16::try_from(*first).ok()?,
                u16::try_from(*last).ok()?,
                address,
            ))
        });
        let ranges: Vec<_> = ranges.collect();
        (!ranges.is_empty()).then_some(Self { ranges })
    }

    /// The primary that has `slot`.
    pub(super) fn owner(&self, slot: u16) -> Option<&Address> {
        let has = |(first, last, _): &&(u16, u16, Address)| (*first..=*last).contains(&slot);
        self.ranges.iter().find(has).map(|(_, _, address)| address)
    }

    /// All primaries.
    pub(super) fn primaries(&self) -> HashSet<&Address> {
        self.ranges.iter().map(|(_, _, address)| address).collect()
    }
}

/// Where a redirection leads: `MOVED 3999 10.0.0.1:6381`, of which the host may be empty.
pub(super) fn redirection(details: &str, host: &Address) -> Option<Address> {
    let (name, port) = details.split_whitespace().nth(1)?.rsplit_once(':')?;
    let name = name.trim_start_matches('[').trim_end_matches(']');
    named(name, port.parse().ok()?, host)
}

/// An empty name is that of the server which says so, and `?` is nobody's.
fn named(name: &str, port: u16, host: &Address) -> Option<Address> {
    let host = match (name, host) {
        ("", Address::Tcp { host, .. }) => host.clone(),
        ("?", _) | ("", Address::Unix(_)) => return None,
        _ => name.to_owned(),
    };
    Some(Address::Tcp { host, port })
}

/// The slot of a key: of the part in its first braces, if there is something in them.
pub(super) fn slot(key: &str) -> u16 {
    let tag = key.split_once('{').and_then(|(_, rest)| {
        let (tag, _) = rest.split_once('}')?;
        (!tag.is_empty()).then_some(tag)
    });
    crc16(tag.unwrap_or(key).as_bytes()) % SLOTS
}

/// CRC16 as XMODEM has it.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            (crc << 1) ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(host: &str, port: u16) -> Address {
        let host = host.to_owned();
        Address::Tcp { host, port }
    }

    #[test]
    fn a_key_has_the_slot_that_the_specification_says() {
        // The specification's own example, and what CLUSTER KEYSLOT answers.
        assert_eq!(crc16(b"123456789"), 0x31C3);
        for (key, expected) in [
            ("", 0),
            ("foo", 12182),
            ("somekey", 11058),
            ("{user1000}.following", slot("user1000")),
            ("foo{}{bar}", crc16(b"foo{}{bar}") % SLOTS),
            ("foo{{bar}}zap", slot("{bar")),
            ("foo{bar}{zap}", slot("bar")),
            ("foo{bar", crc16(b"foo{bar") % SLOTS),
        ] {
            assert_eq!(slot(key), expected, "{key}");
        }
    }

    #[test]
    fn nodes_are_where_the_answer_says() {
        let node = |name: Value, port| Value::Array(vec![name, Value::Int(port)]);
        let name = |name: &str| Value::BulkString(name.into());
        let range =
            |first, last, node| Value::Array(vec![Value::Int(first), Value::Int(last), node]);
        let answer = Value::Array(vec![
            range(0, 99, node(name("a"), 1)),
            range(100, 199, node(name(""), 2)),
            range(200, 299, node(Value::Nil, 3)),
            range(300, 399, node(name("?"), 4)),
            Value::Int(1),
        ]);
        let map = SlotMap::parse(&answer, &tcp("seed", 9)).unwrap();
        for (slot, address) in [
            (0, Some(tcp("a", 1))),
            (99, Some(tcp("a", 1))),
            (150, Some(tcp("seed", 2))),
            (200, Some(tcp("seed", 3))),
            (300, None),
            (16_383, None),
        ] {
            assert_eq!(map.owner(slot), address.as_ref(), "{slot}");
        }
        assert!(SlotMap::parse(&Value::Array(vec![]), &tcp("seed", 9)).is_none());
    }

    #[test]
    fn a_redirection_leads_where_it_says() {
        let host = tcp("here", 1);
        for (details, address) in [
            ("3999 10.0.0.1:6381", Some(tcp("10.0.0.1", 6381))),
            ("3999 :6381", Some(tcp("here", 6381))),
            ("3999 [::1]:6381", Some(tcp("::1", 6381))),
            ("3999 ::1:6381", Some(tcp("::1", 6381))),
            ("3999 ?:6381", None),
            ("3999", None),
        ] {
            assert_eq!(redirection(details, &host), address, "{details}");
        }
    }
}
