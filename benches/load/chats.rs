//! Clients of web chats: each in a browser of its own, as far as the server can see, who write at an even pace.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::ports;
use crate::servers::local;

/// Clients that come from one address: fewer than the server lets begin at once.
const OF_ADDRESS: u32 = 40;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the clients do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Course {
    /// They have begun, and wait.
    Silent,
    /// They write.
    Writing,
    /// They wait for what is outstanding, and go.
    Over,
}

/// What a client wrote, and what became of it.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Which client.
    pub client: u32,
    /// Messages that were sent.
    pub sent: u64,
    /// Own numbers and numbers in the session, as they were acknowledged.
    pub taken: Vec<(u64, u64)>,
    /// From sending to the acknowledgement, in microseconds.
    pub took_us: Vec<u32>,
}

impl Told {
    /// Messages that were not acknowledged once, in their order, with rising numbers.
    pub fn wrong(&self) -> u64 {
        let in_order =
            self.taken.iter().zip(1..).filter(|((own, _), expected)| own == expected).count() as u64;
        let falling = self.taken.windows(2).filter(|pair| pair[1].1 <= pair[0].1).count() as u64;
        self.sent.abs_diff(in_order) + (self.taken.len() as u64).abs_diff(in_order) + falling
    }
}

/// All clients, in a thread of their own.
pub struct Chats {
    course: watch::Sender<Course>,
    thread: JoinHandle<Result<Vec<Told>, String>>,
}

/// The text of a client's message.
pub fn text(client: u32, own: u64) -> String {
    format!("client {client} writes message {own} about an order that has not come yet")
}

impl Chats {
    /// Begins so many chats by this widget; they are silent until [`Chats::write`].
    pub fn begin(widget: String, clients: u32, pause: Duration) -> Result<Self, String> {
        let (course, seen) = watch::channel(Course::Silent);
        let (begun, mut all_begun) = mpsc::channel(clients as usize);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| error.to_string())?;
            runtime.block_on(async {
                let mut tasks = tokio::task::JoinSet::new();
                for client in 0..clients {
                    let (widget, seen, begun) = (widget.clone(), seen.clone(), begun.clone());
                    // One after the other: a crowd that comes in one moment is another measurement.
                    sleep(Duration::from_millis(2)).await;
                    let offset = pause * client / clients;
                    tasks.spawn(async move {
                        let chat = Chat::begin(&widget, client).await;
                        let chat = chat.map_err(|why| format!("client {client}: {why}"));
                        let _ = begun.send(chat.as_ref().err().cloned()).await;
                        chat?.run(seen, offset, pause).await.map_err(|why| format!("client {client}: {why}"))
                    });
                }
                drop(begun);
                tasks.join_all().await.into_iter().collect()
            })
        });
        for _ in 0..clients {
            match all_begun.blocking_recv() {
                Some(None) => {}
                Some(Some(why)) => return Err(why),
                None => return Err("the clients have gone".to_owned()),
            }
        }
        Ok(Self { course, thread })
    }

    /// From now on they write.
    pub fn write(&self) {
        let _ = self.course.send(Course::Writing);
    }

    /// They stop, wait for what is outstanding, and tell.
    pub fn end(self) -> Result<Vec<Told>, String> {
        let _ = self.course.send(Course::Over);
        self.thread.join().map_err(|_| "the clients' thread broke".to_owned())?
    }
}

/// One client's chat.
struct Chat {
    socket: WebSocketStream<TcpStream>,
    told: Told,
    /// When each message left that is not acknowledged.
    outstanding: Vec<(u64, Instant)>,
}

impl Chat {
    async fn begin(widget: &str, client: u32) -> Result<Self, String> {
        let wrong = |error: std::io::Error| error.to_string();
        let tcp = TcpSocket::new_v4().map_err(wrong)?;
        let [.., high, low] = (client / OF_ADDRESS + 1).to_be_bytes();
        tcp.bind((Ipv4Addr::new(127, 9, high, low), 0).into()).map_err(wrong)?;
        let server = SocketAddr::V4(local(ports::HTTP));
        let stream = tcp.connect(server).await.map_err(wrong)?;
        let address = format!("ws://{server}/chat/{widget}");
        let (socket, _) = client_async(address, stream).await.map_err(|error| error.to_string())?;
        let told = Told { client, ..Told::default() };
        let mut chat = Self { socket, told, outstanding: vec![] };
        chat.say(&json!({ "hello": {} })).await?;
        chat.say(&json!({ "begin": { "name": format!("client {client}") } })).await?;
        while chat.hear().await?.get("begun").is_none() {}
        Ok(chat)
    }

    async fn say(&mut self, frame: &Value) -> Result<(), String> {
        let sent = self.socket.send(Message::text(frame.to_string())).await;
        sent.map_err(|error| error.to_string())
    }

    /// The next frame. A problem is a fault.
    async fn hear(&mut self) -> Result<Value, String> {
        let message = timeout(PATIENCE, self.socket.next()).await.map_err(|_| "nothing comes".to_owned())?;
        let message = message.ok_or("the connection broke")?.map_err(|error| error.to_string())?;
        understood(&message)
    }

    async fn run(
        mut self,
        mut seen: watch::Receiver<Course>,
        offset: Duration,
        pause: Duration,
    ) -> Result<Told, String> {
        while *seen.borrow_and_update() == Course::Silent {
            tokio::select! {
                changed = seen.changed() => changed.map_err(|_| "nobody measures any more")?,
                message = self.socket.next() => self.take(message)?,
            }
        }
        let mut times = interval_at(Instant::now() + offset, pause);
        times.set_missed_tick_behavior(MissedTickBehavior::Burst);
        while *seen.borrow_and_update() == Course::Writing {
            tokio::select! {
                changed = seen.changed() => changed.map_err(|_| "nobody measures any more")?,
                message = self.socket.next() => self.take(message)?,
                _ = times.tick() => self.write().await?,
            }
        }
        while !self.outstanding.is_empty() {
            let frame = self.hear().await?;
            self.note(&frame)?;
        }
        Ok(self.told)
    }

    async fn write(&mut self) -> Result<(), String> {
        self.told.sent += 1;
        let own = self.told.sent;
        self.outstanding.push((own, Instant::now()));
        self.say(&json!({ "write": { "own": own, "text": text(self.told.client, own) } })).await
    }

    fn take(
        &mut self,
        message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    ) -> Result<(), String> {
        let message = message.ok_or("the connection broke")?.map_err(|error| error.to_string())?;
        let frame = understood(&message)?;
        self.note(&frame)
    }

    fn note(&mut self, frame: &Value) -> Result<(), String> {
        if let Some(refused) = frame.get("refused") {
            return Err(format!("refused: {refused}"));
        }
        let Some(taken) = frame.get("taken") else { return Ok(()) };
        let number = |name: &str| taken[name].as_u64().ok_or_else(|| format!("a strange frame: {frame}"));
        let (own, number) = (number("own")?, number("number")?);
        if let Some(at) = self.outstanding.iter().position(|(waits, _)| *waits == own) {
            let (_, sent) = self.outstanding.remove(at);
            self.told.took_us.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        self.told.taken.push((own, number));
        Ok(())
    }
}

fn understood(message: &Message) -> Result<Value, String> {
    let Message::Text(text) = message else { return Ok(Value::Null) };
    let frame: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match frame.get("problem") {
        Some(problem) => Err(problem.to_string()),
        None => Ok(frame),
    }
}
