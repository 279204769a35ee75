//! Phones in browsers whose time is over: taken back, and unknown from then on.

use std::sync::Arc;
use std::time::Duration;

use tracing::{info, warn};

use super::requests::Handle;
use super::voicemail::pause;
use crate::api::running::Running;
use crate::store::{Scope, Store};

/// How often they are looked for.
const SWEEP: Duration = Duration::from_secs(60);

/// Takes back what is over, again and again.
pub async fn sweep(handle: Handle, store: Arc<dyn Store>, scope: Scope) {
    loop {
        match store.take_back_devices(&scope, handle.wall()).await {
            Ok(0) => {}
            Ok(phones) => {
                info!(phones, "phones in browsers are taken back");
                // What cannot be read now is read with the next change.
                if let Err(why) = handle.apply().await {
                    warn!(?why, "phones that were taken back are still known");
                }
            }
            Err(error) => warn!(%error, "cannot look for phones in browsers whose time is over"),
        }
        pause(SWEEP).await;
    }
}
