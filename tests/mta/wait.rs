//! Waiting for something to come true, and finding a port to listen on.
//!
//! No test sleeps for a time that its outcome depends on: it names what it waits for and asks again and again. The limit is generous,
//! since only a failing test ever reaches it.
use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(25);

/// Asks `probe` until it answers, and gives its answer.
pub(crate) fn until<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = probe() {
            return answer;
        }
        assert!(start.elapsed() < LIMIT, "waited {LIMIT:?} in vain for {what}");
        thread::sleep(PAUSE);
    }
}

/// A port on 127.0.0.1 that nobody listens on.
///
/// It lies below the range that the kernel takes for outgoing connections, so that none of those can take it before the server does.
pub(crate) fn free_port() -> u16 {
    const FIRST: u16 = 12_000;
    const COUNT: u16 = 18_000;
    static TRIED: AtomicU16 = AtomicU16::new(0);
    // Test processes that run side by side have numbers side by side; this sets them far apart.
    let start = u16::try_from(std::process::id().wrapping_mul(11_129) % u32::from(COUNT)).unwrap();
    (0..COUNT)
        .map(|_| FIRST + (start + TRIED.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port on 127.0.0.1")
}
