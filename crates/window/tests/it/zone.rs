//! The sample zone on a store in memory, with a clock that tests set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use store::Disk;
use trade::command::Open;
use trade::time::Moment;
use window::{Answer, Clock, Config, Incoming, Window};

/// A clock that tests set.
pub struct Hands(pub AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }
}

pub struct Zone {
    pub window: Window,
    pub clock: Arc<Hands>,
}

impl Zone {
    pub fn at(now: &str, disk: Disk) -> Zone {
        let registry: Vec<_> = traffic::zone::FILES.iter().map(|(t, text)| (*t, (*text).to_owned())).collect();
        Zone::with(now, disk, &registry)
    }

    pub fn with(now: &str, disk: Disk, registry: &[(trade::registry::Table, String)]) -> Zone {
        Zone::open(now, Config::at(store::Place::in_memory(&disk, [7; 32])), registry)
    }

    pub fn open(now: &str, config: Config, registry: &[(trade::registry::Table, String)]) -> Zone {
        let clock = Arc::new(Hands(AtomicI64::new(Moment::parse(now).unwrap().0)));
        let (window, _) = Window::open(config, clock.clone()).unwrap();
        if window.journal().last() == 0 {
            let open = Open {
                name_zh: "试验区".into(),
                name_en: "test zone".into(),
                window: 0xABCD_0123,
                sandbox: true,
                ..Open::default()
            };
            window.found(open, trade::policy::SAMPLE).unwrap();
            for (table, text) in registry {
                window.import(&window::filing::operator("test"), *table, text).unwrap();
            }
        }
        Zone { window, clock }
    }

    pub fn set(&self, now: &str) {
        self.clock.0.store(Moment::parse(now).unwrap().0, Ordering::SeqCst);
    }

    pub fn send(&self, bytes: &[u8]) -> Answer {
        self.try_send(bytes).unwrap()
    }

    pub fn try_send(&self, bytes: &[u8]) -> Result<Answer, window::Refused> {
        self.window.take_in(Incoming { bytes: bytes.to_vec(), ..Incoming::default() })
    }
}
