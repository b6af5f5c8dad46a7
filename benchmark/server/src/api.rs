//! The routes of the Partner API that the adapter calls.

use std::cell::RefCell;
use std::convert::Infallible;
use std::io::Write as _;
use std::rc::Rc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::users::{Refusal, Users};

const SECRET: &str = "Bearer benchmark-secret";
const PREFIX: &str = "/api/v1/partner/user/";

type Answer = (StatusCode, Vec<u8>);

/// Answers requests until the process ends.
pub(crate) async fn serve(count: u32) -> std::io::Result<()> {
    let users = Rc::new(RefCell::new(Users::new(count)));
    let requests = Rc::new(RefCell::new(0_u64));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    announce(listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (users, requests) = (Rc::clone(&users), Rc::clone(&requests));
        let service = service_fn(move |request| {
            let (users, requests) = (Rc::clone(&users), Rc::clone(&requests));
            async move {
                let (status, body) = answer(&users, &requests, request).await;
                let mut response = Response::new(Full::new(Bytes::from(body)));
                *response.status_mut() = status;
                response
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Ok::<_, Infallible>(response)
            }
        });
        tokio::task::spawn_local(async move {
            // A client that hangs up is no failure of the server.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// Tells the benchmark where to connect to.
pub(crate) fn announce(port: u16) {
    println!("listening on {port}");
    let _ = std::io::stdout().flush();
}

async fn answer(
    users: &RefCell<Users>,
    requests: &RefCell<u64>,
    request: Request<Incoming>,
) -> Answer {
    let (head, body) = request.into_parts();
    let Some(route) = head.uri.path().strip_prefix(PREFIX) else {
        // How many requests there were, for the benchmark itself.
        return ok(&json!({ "requests": *requests.borrow() }));
    };
    *requests.borrow_mut() += 1;
    if head
        .headers
        .get(AUTHORIZATION)
        .is_none_or(|it| it != SECRET)
    {
        return refused(401, "NOT_AUTHENTICATED", "Not authenticated");
    }
    if head.method == Method::GET {
        return read(&users.borrow(), route, head.uri.query().unwrap_or_default());
    }
    let bytes = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes);
    match bytes
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
    {
        Some(fields) => write(&mut users.borrow_mut(), route, fields),
        None => refused(400, "BAD_REQUEST", "The body has to be a JSON object"),
    }
}

fn read(users: &Users, route: &str, query: &str) -> Answer {
    if route == "list" {
        let email = query
            .split('&')
            .find_map(|part| part.strip_prefix("email="))
            .map(|email| email.replace("%40", "@"));
        let items: Vec<_> = email
            .and_then(|it| users.by_email(&it))
            .into_iter()
            .collect();
        let cursor = items.last().map(|user| user["id"].clone());
        return match cursor {
            Some(cursor) => ok(&json!({ "items": items, "cursor": cursor })),
            None => ok(&json!({ "items": items })),
        };
    }
    match route.strip_suffix("/fetch").and_then(|id| users.get(id)) {
        Some(user) => ok(user),
        None => refused(404, "NOT_FOUND", "User not found"),
    }
}

fn write(users: &mut Users, route: &str, fields: Map<String, Value>) -> Answer {
    let id = match route.split_once('/') {
        None if route == "create" => users.create(fields),
        Some((id, "update")) => users.update(id, fields).map(|()| id.to_owned()),
        Some((id, "delete")) => users.delete(id).map(|()| id.to_owned()),
        _ => Err(Refusal::Unknown),
    };
    match id {
        Ok(id) => ok(&json!({ "id": id })),
        Err(Refusal::Taken) => refused(409, "CONFLICT", "Unique constraint violation"),
        Err(Refusal::Unknown) => refused(404, "NOT_FOUND", "User not found"),
    }
}

fn ok(body: &impl serde::Serialize) -> Answer {
    let body = serde_json::to_vec(body).expect("JSON data serializes");
    (StatusCode::OK, body)
}

fn refused(status: u16, code: &str, message: &str) -> Answer {
    let status = StatusCode::from_u16(status).expect("a status");
    let body = json!({ "message": message, "code": code });
    (status, body.to_string().into_bytes())
}
