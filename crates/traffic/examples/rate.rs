//! How many parcels a second one core makes, unsigned: `cargo run --release -p traffic --example rate [parcels]`.

use std::time::Instant;

use trade::policy::Policy;
use trade::time::Day;
use traffic::zone::Zone;
use traffic::{Plan, Story};

fn main() {
    let parcels = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(200_000);
    let (zone, policy) = (Zone::sample(), Policy::sample());
    let start = Instant::now();
    let plan = Plan::day(1, parcels, Day::ymd(2026, 3, 2).unwrap_or_default());
    let bytes: usize = Story::new(plan, &zone, &policy).map(|sent| sent.bytes.len()).sum();
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{parcels} parcels in {seconds:.2} s: {:.0} a second, {} bytes a parcel",
        parcels as f64 / seconds,
        bytes as u64 / parcels.max(1)
    );
}
