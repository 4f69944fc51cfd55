//! Figures that move: the overview's and the desk's, told as server-sent events while a page is open. The pages say the
//! same without them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde_json::{Map, Value};

use super::queue::counted;
use crate::Portal;
use crate::desk::{Desk, Refused};
use crate::site::{Fault, Frame, Visit};

/// Between two looks at the figures.
const PACE: Duration = Duration::from_secs(1);
/// A stream ends after so many looks, and the page asks anew: by then a right may be gone.
const LOOKS: u32 = 300;

/// The policy of a page that loads the script: nothing but that of PORTAL section 2.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
                          connect-src 'self'; form-action 'self'; base-uri 'none'";

/// Lets a page run the script.
pub fn with_script(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(POLICY));
    response
}

type Figures = fn(&dyn Desk, &Frame) -> Result<Map<String, Value>, Fault>;

/// The overview's figures under the names that its elements bear.
pub fn of_overview(desk: &dyn Desk, f: &Frame) -> Result<Map<String, Value>, Fault> {
    let o = desk.overview()?;
    let released = o.count(crate::desk::State::Released) + o.count(crate::desk::State::Closed);
    let refused = o.count(crate::desk::State::Refused);
    let all = [
        ("arrived", f.n(o.arrived)),
        ("minute", f.t1("fig.minute", f.n(o.arrived_last_minute))),
        ("released", f.n(released)),
        ("released-share", f.share(released, o.arrived)),
        ("refused", f.n(refused)),
        ("refused-share", f.share(refused, o.arrived)),
        ("tax", f.lang.total(o.tax).0),
        ("said", f.t2("live.said", f.n(o.arrived), f.n(released))),
    ];
    Ok(all.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect())
}

/// The queue's figures.
pub fn of_desk(desk: &dyn Desk, f: &Frame) -> Result<Map<String, Value>, Fault> {
    let counted = counted(desk, f)?;
    let mut all: Map<String, Value> =
        counted.states.iter().map(|(state, n)| (state.name().to_owned(), f.n(*n).into())).collect();
    let held: u64 = counted.states.iter().map(|(_, n)| n).sum();
    all.insert("all".into(), f.n(held).into());
    all.insert("disowned".into(), f.n(counted.disowned).into());
    all.insert("appealed".into(), f.n(counted.appealed).into());
    all.insert("said".into(), f.t1("live.queue", f.n(held)).into());
    Ok(all)
}

pub async fn overview(State(portal): State<Portal>, visit: Visit) -> Response {
    stream_of(portal, visit, of_overview).await
}

pub async fn desk(State(portal): State<Portal>, visit: Visit) -> Response {
    stream_of(portal, visit, of_desk).await
}

/// Tells the figures at once, and whenever they have changed.
async fn stream_of(portal: Portal, visit: Visit, figures: Figures) -> Response {
    // As many as messages at once: whoever comes later reads the page as it is.
    let Ok(slot) = portal.streams.clone().try_acquire_owned() else {
        return visit.page(&portal, |_, _| Err(Refused::NotNow { retry_after_s: 30 }.into())).await;
    };
    let of = portal.clone();
    let frame = visit.framed(&portal).await;
    let begun = (of, frame, String::new(), LOOKS, slot);
    let told = stream::unfold(begun, move |(portal, frame, last, left, slot)| async move {
        let (mut last, mut left) = (last, left);
        loop {
            if left == 0 || portal.ending.load(Ordering::Relaxed) {
                return None;
            }
            if left < LOOKS {
                tokio::time::sleep(PACE).await;
            }
            left -= 1;
            let (desk, f) = (portal.desk.clone(), frame.clone());
            let now = tokio::task::spawn_blocking(move || figures(&*desk, &f)).await;
            // What cannot be read now ends the stream; the page asks again.
            let Ok(Ok(now)) = now else { return None };
            let now = Value::Object(now).to_string();
            if now != last {
                last.clone_from(&now);
                let event = Ok::<_, std::convert::Infallible>(Event::default().data(now));
                return Some((event, (portal, frame, last, left, slot)));
            }
        }
    });
    Sse::new(told).keep_alive(KeepAlive::new().interval(Duration::from_secs(20))).into_response()
}
