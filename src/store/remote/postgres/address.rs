//! The hosts of a URL, each with its port.

use std::net::IpAddr;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// One of the places where a database may be.
pub(super) struct Address {
    /// What is connected to.
    pub(super) host: Host,
    /// What its certificate is for.
    pub(super) name: String,
    pub(super) port: u16,
}

/// Host and port of each, and no more of the URL than that.
pub(super) fn place(config: &Config) -> String {
    let places = addresses(config).into_iter();
    let places = places.map(|Address { name, port, .. }| {
        if name.contains(':') {
            format!("[{name}]:{port}")
        } else {
            format!("{name}:{port}")
        }
    });
    places.collect::<Vec<_>>().join(", ")
}

/// Names are looked up where there are no addresses.
pub(super) fn addresses(config: &Config) -> Vec<Address> {
    let (names, addresses) = (config.get_hosts(), config.get_hostaddrs());
    let ports = config.get_ports();
    let address = |index| {
        let by_address = addresses
            .get(index)
            .map(|it: &IpAddr| Host::Tcp(it.to_string()));
        let by_name = names.get(index).cloned();
        let host = by_address.or_else(|| by_name.clone())?;
        let name = name(by_name.as_ref().unwrap_or(&host));
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        Some(Address { host, name, port })
    };
    let count = names.len().max(addresses.len());
    (0..count).filter_map(address).collect()
}

fn name(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    }
}
