//! One connection, from its first byte to its last.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Context, Incoming, Limits};
use crate::sip::flow::Flow;
use crate::sip::message::stream::{Frame, Framer};

/// What the peer is told when it asks for a sign of life (RFC 5626 section 4.4.1).
pub(super) const PONG: Bytes = Bytes::from_static(b"\r\n");

/// Longer than any connection stands.
const NEVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// What waits to be sent, and a way to add a pong that does not keep the connection open.
pub(super) struct Queue {
    pub waiting: mpsc::Receiver<Bytes>,
    pongs: mpsc::WeakSender<Bytes>,
}

impl Queue {
    pub fn new(length: usize) -> (mpsc::Sender<Bytes>, Queue) {
        let (sender, waiting) = mpsc::channel(length);
        let pongs = sender.downgrade();
        (sender, Queue { waiting, pongs })
    }
}

/// Who made a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Maker {
    /// We did, because somebody was to be reached.
    Us,
    /// Anybody.
    Peer,
}

/// Reads and writes until either end has enough, then says that the connection is gone.
pub(super) async fn run<R, W>(
    (id, maker): (u64, Maker),
    flow: Flow,
    (reader, mut writer): (R, W),
    queue: Queue,
    context: Context,
) where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let Queue { waiting, pongs } = queue;
    tokio::select! {
        () = read(reader, (flow, maker), &pongs, &context) => {}
        () = write(&mut writer, waiting, &context.limits) => {}
    }
    context.table.remove(id);
    // A peer that does not read any more is not waited for: it has had its time.
    let _ = timeout(context.limits.farewell, writer.shutdown()).await;
    drop(writer);
    // If nobody listens any more, nobody misses it.
    let _ = context.incoming.send(Incoming::Closed { flow }).await;
}

/// Passes messages on until the stream ends, breaks, or is too slow.
async fn read(
    mut stream: impl AsyncRead + Unpin,
    (flow, maker): (Flow, Maker),
    pongs: &mpsc::WeakSender<Bytes>,
    context: &Context,
) {
    let mut framer = Framer::new();
    let mut patience = Patience::new(context.limits);
    let mut review = Review::new(maker, &context.limits);
    loop {
        if review.is_due(&context.limits) && context.incoming.send(Incoming::Stands { flow }).await.is_err() {
            return;
        }
        match timeout_at(patience.ends().min(review.at), fill(&mut stream, &mut framer)).await {
            Ok(Ok(1..)) => {}
            Ok(_) => return,
            Err(_) if patience.ends() <= now() => return,
            Err(_) => continue,
        }
        match pass_on(&mut framer, flow, pongs, context).await {
            Some(is_complete) => patience.note(is_complete, framer.is_mid_message()),
            None => return,
        }
    }
}

/// Passes on what is complete; whether anything was. `None` if the connection is of no more use.
async fn pass_on(
    framer: &mut Framer,
    flow: Flow,
    pongs: &mpsc::WeakSender<Bytes>,
    context: &Context,
) -> Option<bool> {
    let mut is_complete = false;
    while let Some(frame) = framer.next_frame() {
        is_complete = true;
        let passed_on = match frame {
            Ok(Frame::Message(bytes)) => {
                context.incoming.send(Incoming::Received { flow, bytes }).await.is_ok()
            }
            // A peer that asks faster than it reads gets fewer answers.
            Ok(Frame::Ping) => {
                pongs.upgrade().is_some_and(|queue| queue.try_send(PONG).is_ok() || !queue.is_closed())
            }
            Err(_) => false,
        };
        if !passed_on {
            return None;
        }
    }
    Some(is_complete)
}

/// Waits for bytes and takes them; none if the stream has ended. The buffer lives on the stack while there is
/// something to read, so a silent connection needs none.
async fn fill(stream: &mut (impl AsyncRead + Unpin), framer: &mut Framer) -> io::Result<usize> {
    poll_fn(|cx| {
        let mut buffer = [0; 8192];
        let mut buffer = ReadBuf::new(&mut buffer);
        ready!(Pin::new(&mut *stream).poll_read(cx, &mut buffer))?;
        framer.push(buffer.filled());
        Poll::Ready(Ok(buffer.filled().len()))
    })
    .await
}

/// Sends what is queued until nothing can follow or the peer stops reading.
async fn write(stream: &mut (impl AsyncWrite + Unpin), mut waiting: mpsc::Receiver<Bytes>, limits: &Limits) {
    while let Some(bytes) = waiting.recv().await {
        let sent = async {
            stream.write_all(&bytes).await?;
            stream.flush().await
        };
        if !matches!(timeout(limits.write, sent).await, Ok(Ok(()))) {
            return;
        }
    }
}

/// How long the peer may still take.
pub(super) struct Patience {
    limits: Limits,
    /// When the present message, or the present silence, began.
    since: Instant,
    expects: Expects,
}

#[derive(Clone, Copy, PartialEq)]
enum Expects {
    /// A peer that connects has something to say.
    First,
    /// The rest of a message.
    Rest,
    /// Anything, some day.
    Next,
}

impl Patience {
    pub fn new(limits: Limits) -> Self {
        Self { limits, since: now(), expects: Expects::First }
    }

    pub fn ends(&self) -> Instant {
        let time = if self.expects == Expects::Next { self.limits.idle } else { self.limits.message };
        self.since + time
    }

    /// Bytes came. They completed a message or not, and left another one begun or not.
    pub fn note(&mut self, is_complete: bool, is_mid_message: bool) {
        let next = match self.expects {
            Expects::First if !is_complete => Expects::First,
            _ if is_mid_message => Expects::Rest,
            _ => Expects::Next,
        };
        // A message that goes on does not gain time by it.
        if is_complete || next == Expects::Next || next != self.expects {
            self.since = now();
        }
        self.expects = next;
    }
}

/// When a connection is next asked whether it is of use. That does not depend on what comes by it.
pub(super) struct Review {
    pub at: Instant,
}

impl Review {
    pub fn new(maker: Maker, limits: &Limits) -> Self {
        let first = if maker == Maker::Peer { limits.stranger } else { NEVER };
        Self { at: now() + first }
    }

    /// Whether that is now; then the next one is set.
    pub fn is_due(&mut self, limits: &Limits) -> bool {
        let is_due = self.at <= now();
        if is_due {
            self.at = now() + limits.review;
        }
        is_due
    }
}

#[expect(clippy::disallowed_methods, reason = "a driver measures its peers' patience")]
pub(super) fn now() -> Instant {
    Instant::now()
}
