//! The connections to one server: over HTTP/1.1 one for each request, over HTTP/2 a few.
//!
//! A client of reqwest has one connection over HTTP/2, whatever number of requests the server takes at
//! once, and all of them wait when it is slow. So there are several clients, and a request goes to the
//! one with the fewest. Which protocol a server speaks is known from its first answer.
//!
//! While each connection has its share, one more is opened, by one request: several would open a
//! connection each, and do not know how many the server takes at once. The others do not wait for that.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::{CONCURRENT_REQUESTS, client_over};
use once_cell::sync::OnceCell;
use reqwest::{Client, Request, Response, Version};
use rustls::ClientConfig;

/// How many requests go over a connection of HTTP/2 before another one is opened.
const SHARE: usize = 8;

/// How many connections of HTTP/2 there are at most.
const LIMIT: usize = CONCURRENT_REQUESTS / SHARE;

/// The connections to one server.
pub(crate) struct Connections {
    tls: ClientConfig,
    connect_timeout: Duration,
    lanes: [Lane; LIMIT],
    /// Whether the server has answered over HTTP/2. Until then there is one client.
    is_http2: AtomicBool,
}

/// A client, once it is needed, and what goes on over its connection.
#[derive(Default)]
struct Lane {
    client: OnceCell<Client>,
    under_way: AtomicUsize,
    is_open: AtomicBool,
}

/// The place of one request, until its response was read.
pub(crate) struct Place<'a> {
    connections: &'a Connections,
    lane: &'a Lane,
    client: &'a Client,
}

impl Connections {
    /// Connections over TLS as `tls` says, of which none is open.
    pub(crate) fn new(tls: ClientConfig, connect_timeout: Duration) -> reqwest::Result<Self> {
        let lanes: [Lane; LIMIT] = Default::default();
        // What is wrong with the configuration shows with the first one.
        let first = client_over(tls.clone(), connect_timeout)?;
        let _ = lanes[0].client.set(first);
        Ok(Self {
            tls,
            connect_timeout,
            lanes,
            is_http2: AtomicBool::new(false),
        })
    }

    /// A place for a request.
    pub(crate) fn place(&self) -> reqwest::Result<Place<'_>> {
        let lane = self.lane();
        let make = || client_over(self.tls.clone(), self.connect_timeout);
        let client = lane.client.get_or_try_init(make)?;
        lane.under_way.fetch_add(1, Ordering::Relaxed);
        Ok(Place {
            connections: self,
            lane,
            client,
        })
    }

    /// The open connection with the fewest requests, and of several the first; or another one, when each
    /// has its share and none is being opened.
    fn lane(&self) -> &Lane {
        if !self.is_http2.load(Ordering::Relaxed) {
            return &self.lanes[0];
        }
        // Opened one after the other.
        let open = self.lanes.partition_point(Lane::is_open);
        let quietest = self.lanes[..open].iter().min_by_key(|it| it.load());
        let quietest = quietest.unwrap_or(&self.lanes[0]);
        match self.lanes.get(open) {
            Some(next) if quietest.load() >= SHARE && next.load() == 0 => next,
            _ => quietest,
        }
    }
}

impl Lane {
    fn load(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }

    fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }
}

impl Place<'_> {
    /// Sends the request, and waits for the head of its response.
    pub(crate) async fn execute(&self, request: Request) -> reqwest::Result<Response> {
        let response = self.client.execute(request).await?;
        let is_http2 = response.version() == Version::HTTP_2;
        self.connections.is_http2.store(is_http2, Ordering::Relaxed);
        self.lane.is_open.store(true, Ordering::Relaxed);
        Ok(response)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.lane.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}
