//! The server over a made-up desk: pages, sign-in, and what must never be sent.

mod alarms;
mod api;
mod appeal;
mod articles;
mod attacks;
mod correct;
mod courier;
mod export;
mod files;
mod folder;
mod held;
mod law;
mod looks;
mod machines;
mod masked;
mod open;
mod pages;
mod passkeys;
mod person;
mod providers;
mod requests;
mod rights;
mod ruling;
mod running;
mod sample;
mod search;
mod seen;
mod sign;
mod standing;
mod statements;
mod stock;
mod timing;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use sample::Sample;
use std::sync::Arc;
use tower::ServiceExt;

/// A portal, and the desk under it.
struct House {
    routes: Router,
    desk: Arc<Sample>,
}

struct Told {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Told {
    fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("an answer in UTF-8")
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |h| h.to_str().expect("an ASCII header"))
    }
}

impl House {
    fn of(desk: Sample) -> House {
        let desk = Arc::new(desk);
        House { routes: server::router(desk.clone(), server::Options::default()), desk }
    }

    fn new() -> House {
        House::of(Sample::new())
    }

    async fn ask(&self, request: Request<Body>) -> Told {
        let response = self.routes.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        // A stream of events has no end to wait for.
        let endless = parts.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = if endless { Body::empty() } else { body };
        let bytes = axum::body::to_bytes(body, 64 << 20).await.expect("a whole body").to_vec();
        Told { status: parts.status, headers: parts.headers, bytes }
    }

    async fn get(&self, path: &str) -> Told {
        self.get_as("", path).await
    }

    async fn get_as(&self, cookies: &str, path: &str) -> Told {
        self.ask(Request::get(path).header("cookie", cookies).body(Body::empty()).expect("a request")).await
    }

    async fn post_as(&self, cookies: &str, path: &str, form: &str) -> Told {
        let request = Request::post(path)
            .header("cookie", cookies)
            .header("host", "window.example")
            .header("origin", "http://window.example")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .expect("a request");
        self.ask(request).await
    }

    /// Signs in and gives the cookie.
    async fn sign_in(&self, name: &str) -> String {
        let form = format!("name={name}&password={}", sample::PASSWORD.replace(' ', "+"));
        let told = self.post_as("", "/en/login", &form).await;
        assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.text());
        told.header("set-cookie").split(';').next().expect("a cookie").to_owned()
    }
}
