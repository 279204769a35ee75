//! Who has the workspace open: told to the switch, which brings sessions that are written there.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::chats;
use super::requests::{Handle, Request};
use crate::id::UserId;

/// A page that is loaded anew is back by then.
const GRACE: Duration = Duration::from_secs(15);

/// Tells the switch who comes and who is gone, until it ends.
pub async fn watch(handle: Handle) {
    let mut present = handle.live.present();
    let mut open: BTreeMap<UserId, Option<Instant>> = BTreeMap::new();
    loop {
        let leaves = open.values().flatten().min().copied();
        tokio::select! {
            changed = present.changed() => if changed.is_err() { return },
            () = sleep_until(leaves.unwrap_or_else(far)), if leaves.is_some() => {}
        }
        let there: Vec<UserId> = present.borrow_and_update().keys().copied().collect();
        let now = now();
        let mut told = vec![];
        for operator in &there {
            if open.insert(*operator, None).is_none() {
                told.push((*operator, true));
            }
        }
        for (operator, until) in open.iter_mut().filter(|(operator, _)| !there.contains(operator)) {
            if until.get_or_insert(now + GRACE) <= &mut { now } {
                told.push((*operator, false));
            }
        }
        for (operator, is_open) in told {
            if !is_open {
                open.remove(&operator);
            }
            let request = chats::Request::Workspace { operator, open: is_open };
            if handle.tell(Request::Chat(request)).await.is_err() {
                return;
            }
        }
    }
}

fn far() -> Instant {
    now() + Duration::from_secs(3_600)
}

#[expect(clippy::disallowed_methods, reason = "a driver: it watches who is there")]
fn now() -> Instant {
    Instant::now()
}
