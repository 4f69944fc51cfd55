//! Officials' looks: durable before anything is shown, and refused where they could not become durable.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;
use trade::command::Command;
use trade::look::Look;

use crate::{Answer, Refused, Window, decider, lock, waiting};

/// How long a look waits for the disk before its page is given up.
const PATIENCE: Duration = Duration::from_secs(10);

impl Window {
    /// Writes a look down, before all messages that wait. Only when this returns may what it is about be shown. On a
    /// full disk looks use the room that the journal has set aside; when that is used up too, nobody's data are looked
    /// at (DESIGN 5).
    ///
    /// # Errors
    /// `Full` where it cannot be written now; else as [`Window::take_in`].
    pub fn write_look(&self, look: Look) -> Result<Answer, Refused> {
        if self.0.shared.stuck.load(Ordering::Relaxed) {
            return Err(Refused::Full);
        }
        let (then, answer) = waiting();
        let doors = lock(&self.0.doors).clone().ok_or_else(|| self.gone())?;
        let task = decider::Task { command: Command::Look(look), read: Vec::new(), original: None, then };
        doors.looks.send(task).map_err(|_| self.gone())?;
        match answer.recv_timeout(PATIENCE) {
            Ok(answer) => answer,
            // It is decided, and will be written when there is room; what was asked for is not shown.
            Err(RecvTimeoutError::Timeout) => Err(Refused::Full),
            Err(RecvTimeoutError::Disconnected) => Err(self.gone()),
        }
    }
}
