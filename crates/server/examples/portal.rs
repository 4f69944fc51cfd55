//! The whole portal over made-up parcels, for looking at pages: `cargo run -p server --example portal [empty|evil|failing]`.
//! Sign in as officer, operator, enterprise or viewer with the password printed at the start.

#[path = "../tests/it/sample.rs"]
#[allow(dead_code)]
mod sample;

use std::sync::Arc;

fn main() -> std::io::Result<()> {
    let kind = std::env::args().nth(1).unwrap_or_default();
    let mut desk = sample::Sample::new();
    desk.empty = kind == "empty";
    desk.evil = kind == "evil";
    desk.failing = (kind == "failing").into();
    let port: u16 = std::env::var("PORT").ok().and_then(|p| p.parse().ok()).unwrap_or(8208);
    let listener = std::net::TcpListener::bind(("127.0.0.1", port))?;
    println!("http://{}/ password: {}", listener.local_addr()?, sample::PASSWORD);
    server::serve(listener, Arc::new(desk), server::Options::default(), Arc::default())
}
