//! Subscriptions to what we know of an extension: its calls, whether it is there, its messages (RFC 6665, of which this is
//! the notifier's side).
//!
//! A [`Subscription`] is one machine from its SUBSCRIBE to its last NOTIFY; [`Subscriptions`] has all of them. What a
//! NOTIFY carries is made by pure functions: `dialog_info`, `pidf`, `summary`.

mod body;
mod dialog_info;
mod machine;
mod package;
mod pidf;
mod summary;
mod table;
mod xml;

pub use body::Body;
pub use dialog_info::{DialogName, DialogState, Direction, Progress};
pub use machine::{End, Subscription, Wish};
pub use package::{EventState, Package};
pub use pidf::{Activity, Presence};
pub use summary::Messages;
pub use table::Subscriptions;

/// Whether this response to a NOTIFY ends its subscription (RFC 6665 section 4.2.2).
pub fn ends_subscription(status: u16) -> bool {
    matches!(status, 404 | 405 | 408 | 410 | 416 | 480..=485 | 489 | 501 | 604)
}
