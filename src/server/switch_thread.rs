//! The thread of the switch task, and of the sockets for datagrams that it handles.
//!
//! What comes by UDP is read, handled and answered on one thread, so nobody has to be woken on the way. Whatever takes
//! its time (the store, names, other programs, TLS) runs on the runtime of the program.

use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::media::engine::{Urgency, hurry};

/// A runtime of one thread. Its tasks are dropped with it.
pub struct SwitchThread {
    runtime: Handle,
    /// Ends the thread when it is dropped.
    _stop: oneshot::Sender<()>,
}

impl SwitchThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system gives us none.
    pub fn start() -> Result<Self, String> {
        let wrong = |error: std::io::Error| format!("cannot start the switch: {error}");
        let runtime = Builder::new_current_thread().enable_all().build().map_err(wrong)?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let run = move || {
            hurry(Urgency::Signalling);
            // Nothing is ever sent: the other end goes.
            let _ = runtime.block_on(stopped);
            runtime.shutdown_background();
        };
        thread::Builder::new().name("switch".to_owned()).spawn(run).map_err(wrong)?;
        Ok(Self { runtime: handle, _stop: stop })
    }

    /// For what is to run there.
    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }
}
