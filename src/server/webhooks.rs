//! Sends webhooks: kept in the store first, then sent, and sent again until they arrive.

mod tally;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tracing::{error, info, warn};

pub use self::tally::Figures;
use self::tally::Tally;
use super::{http, secrets};
use crate::allow::Allow;
use crate::clock::Clock;
use crate::config::Config;
use crate::entropy::Entropy;
use crate::id::{SessionId, TenantId, WebhookId};
use crate::store::{Scope, Store, StoreError, Webhook, WebhookState};
use crate::time::UnixMs;
use crate::webhook::{self, Fate, Secret};

/// New webhooks in memory, before they are in the store.
const CAPACITY: usize = 4_096;
/// Webhooks written, or sent, at once.
const AT_ONCE: u32 = 32;
/// A receiver that has not answered by then has not got it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the store is left alone when nothing is due: somebody may ask for another attempt there.
const LOOK: Duration = Duration::from_secs(5);
/// Pause before the store is asked again that did not answer.
const RETRY: Duration = Duration::from_millis(500);
/// How long the log keeps what has arrived, or was given up.
const KEPT: Duration = Duration::from_secs(30 * 86_400);
/// The longest reason that is kept, in characters.
const REASON_MAX: usize = 300;

/// Something to tell another program.
#[derive(Clone, Debug)]
pub struct News {
    pub session: Option<SessionId>,
    pub tenant: Option<TenantId>,
    pub event: String,
    pub url: String,
    pub data: serde_json::Value,
}

/// The near end: takes news without waiting.
pub struct Webhooks {
    news: mpsc::Sender<Webhook>,
    tally: Arc<Tally>,
    clock: Clock,
    entropy: Entropy,
}

/// The tasks behind it.
pub struct Tasks {
    /// Ends when the near end is gone and everything is in the store.
    pub keeper: JoinHandle<()>,
    pub sender: JoinHandle<()>,
}

impl Webhooks {
    /// Starts the tasks that keep and send.
    pub fn start(
        config: &Config,
        (store, scope): (&Arc<dyn Store>, &Scope),
        clock: &Clock,
        entropy: &mut Entropy,
    ) -> Result<(Self, Tasks), String> {
        let secret = secret(config.webhook_secret.as_deref(), &config.data, entropy)?;
        let allow = Arc::new(config.http_allow.clone());
        let (news, waiting) = mpsc::channel(CAPACITY);
        let (woken, tally) = (Arc::new(Notify::new()), Arc::<Tally>::default());
        let client = http::client(&allow, Policy::none())?;
        let keeper = Keeper { store: store.clone(), scope: scope.clone(), tally: tally.clone() };
        let sender = Sender {
            store: store.clone(),
            scope: scope.clone(),
            clock: clock.clone(),
            entropy: entropy.fork(),
            post: Post { client, allow, secret },
            tally: tally.clone(),
        };
        let keeper = tokio::spawn(keeper.run(waiting, woken.clone()));
        let tasks = Tasks { keeper, sender: tokio::spawn(sender.run(woken)) };
        Ok((Self { news, tally, clock: clock.clone(), entropy: entropy.fork() }, tasks))
    }

    /// Takes news over; false if there is no room.
    pub fn tell(&mut self, news: News) -> bool {
        let now = self.clock.wall();
        let webhook = Webhook {
            id: WebhookId::new(now, &mut self.entropy),
            tenant: news.tenant,
            session: news.session,
            body: webhook::body(&news.event, now, &news.data),
            event: news.event,
            url: news.url,
            created_at: now,
            state: WebhookState::Waiting,
            attempts: 0,
            next_at: Some(now),
            last_at: None,
            last_status: None,
            last_error: None,
        };
        // Counted first: it may be in the store before we go on.
        self.tally.told();
        let taken = self.news.try_send(webhook).is_ok();
        if !taken {
            self.tally.lost();
        }
        taken
    }

    /// What has become of webhooks so far.
    pub fn figures(&self) -> Figures {
        self.tally.figures()
    }
}

/// The secret in the configuration, or the one that this data folder has; drawn if there is none yet.
fn secret(given: Option<&str>, data: &Path, entropy: &mut Entropy) -> Result<Secret, String> {
    if let Some(text) = given {
        return Secret::read(text);
    }
    let path = data.join("webhook.secret");
    let shown = path.display();
    let drawn =
        || info!(file = %shown, "a secret for webhooks was drawn; receivers check signatures with it");
    let text = secrets::kept(&path, || Secret::draw(entropy).text(), drawn)?;
    Secret::read(&text).map_err(|error| format!("{shown}: {error}"))
}

/// Writes what comes into the store, as often as it takes.
struct Keeper {
    store: Arc<dyn Store>,
    scope: Scope,
    tally: Arc<Tally>,
}

impl Keeper {
    async fn run(self, mut waiting: mpsc::Receiver<Webhook>, woken: Arc<Notify>) {
        let mut news = Vec::new();
        while waiting.recv_many(&mut news, AT_ONCE as usize).await > 0 {
            let refused = self.keep(&news).await;
            self.tally.stored(news.len(), refused);
            news.clear();
            woken.notify_one();
        }
    }

    /// How many of them are not to be sent after all.
    async fn keep(&self, news: &[Webhook]) -> u64 {
        loop {
            match self.store.add_webhooks(&self.scope, news).await {
                Ok(refused) => return refused,
                Err(StoreError::Unavailable(reason)) => {
                    warn!(%reason, "cannot write webhooks; trying again");
                    pause(RETRY).await;
                }
                Err(error) => {
                    error!(%error, "the store refused webhooks");
                    return news.len() as u64;
                }
            }
        }
    }
}

/// Sends what is due.
struct Sender {
    store: Arc<dyn Store>,
    scope: Scope,
    clock: Clock,
    entropy: Entropy,
    post: Post,
    tally: Arc<Tally>,
}

/// How one is sent.
#[derive(Clone)]
struct Post {
    client: Client,
    allow: Arc<Allow>,
    secret: Secret,
}

/// What the receiver answered, or why it did not.
type Outcome = Result<u16, String>;

impl Sender {
    async fn run(mut self, woken: Arc<Notify>) {
        loop {
            let wait = match self.round().await {
                Ok(wait) => wait,
                Err(error) => {
                    warn!(%error, "cannot read or write webhooks; trying again");
                    LOOK
                }
            };
            tokio::select! {
                () = woken.notified() => {}
                () = pause(wait) => {}
            }
        }
    }

    /// Sends what is due now; how long nothing else will be.
    async fn round(&mut self) -> Result<Duration, StoreError> {
        let now = self.clock.wall();
        self.store.remove_webhooks(&self.scope, UnixMs(now.0 - KEPT.as_millis() as i64)).await?;
        let waiting = self.store.next_webhooks(&self.scope, AT_ONCE).await?;
        let (due, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|webhook| webhook.next_at.is_none_or(|at| at <= now));
        if due.is_empty() {
            self.tally.waiting(self.store.waiting_webhooks(&self.scope).await?);
            let next = later.iter().filter_map(|webhook| webhook.next_at).min();
            let wait = next.map(|at| Duration::from_millis(u64::try_from(at.0 - now.0).unwrap_or(0)));
            return Ok(wait.unwrap_or(LOOK).min(LOOK));
        }
        let mut attempts = tokio::task::JoinSet::new();
        for webhook in due {
            let (post, now) = (self.post.clone(), self.clock.wall());
            attempts.spawn(async move { (post.send(&webhook, now).await, webhook) });
        }
        let mut done = Vec::new();
        while let Some(attempt) = attempts.join_next().await {
            if let Ok((outcome, webhook)) = attempt {
                done.push(self.after(webhook, outcome));
            }
        }
        self.store.put_webhooks(&self.scope, &done).await?;
        self.tally.tried(&done);
        Ok(Duration::ZERO)
    }

    fn after(&mut self, mut webhook: Webhook, outcome: Outcome) -> Webhook {
        let now = self.clock.wall();
        webhook.attempts += 1;
        webhook.last_at = Some(now);
        webhook.last_status = outcome.as_ref().ok().copied().map(u32::from);
        webhook.last_error = outcome.as_ref().err().map(|why| why.chars().take(REASON_MAX).collect());
        let status = outcome.ok();
        (webhook.state, webhook.next_at) =
            match webhook::fate(webhook.attempts, status, now, &mut self.entropy) {
                Fate::Delivered => (WebhookState::Delivered, None),
                Fate::Again(at) => (WebhookState::Waiting, Some(at)),
                Fate::Failed => (WebhookState::Failed, None),
            };
        if webhook.state == WebhookState::Failed {
            warn!(id = %webhook.id, url = webhook.url, attempts = webhook.attempts, "a webhook is given up");
        }
        webhook
    }
}

impl Post {
    async fn send(&self, webhook: &Webhook, now: UnixMs) -> Outcome {
        let url = Url::parse(&webhook.url).map_err(|error| error.to_string())?;
        if !http::is_allowed(&self.allow, &url) {
            return Err(http::Forbidden.to_string());
        }
        let (id, at) = (webhook.id.to_string(), now.0 / 1_000);
        let request = self
            .client
            .post(url)
            .timeout(PATIENCE)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", at.to_string())
            .header("webhook-signature", self.secret.sign(&id, at, &webhook.body))
            .body(webhook.body.clone());
        let response = request.send().await.map_err(|error| with_causes(&error))?;
        Ok(response.status().as_u16())
    }
}

/// An error with what lies behind it.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source()).map(ToString::to_string);
    std::iter::once(error.to_string()).chain(causes).collect::<Vec<_>>().join(": ")
}

#[expect(clippy::disallowed_methods, reason = "a driver waits for its next round")]
async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}
