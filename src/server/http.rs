//! Asks other programs for dialplans, beside the switch task, which never waits for an answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, Response, Url};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tracing::{debug, warn};

use crate::allow::Allow;
use crate::dialplan::{HttpFailure, HttpMethod, HttpRequest};
use crate::id::SessionId;
use crate::switch::inquiry::{HttpAnswer, HttpResult};

/// Requests under way at once; one beyond fails as busy.
const AT_ONCE: usize = 256;
/// The longest answer.
const BODY_MAX: usize = 64 * 1024;
/// Times that an answer may lead elsewhere.
const REDIRECTS: usize = 3;
/// A connection that is not made by then is none, however long the answer may take.
const CONNECT: Duration = Duration::from_secs(5);

/// What came of the request of a session.
#[derive(Debug)]
pub struct Answer {
    pub session: SessionId,
    pub request: u64,
    pub result: HttpResult,
}

/// Asks other programs; the answers go to a channel.
pub struct Asking {
    client: Client,
    allow: Arc<Allow>,
    answers: mpsc::Sender<Answer>,
    room: Arc<Semaphore>,
    /// Where requests are carried out, beside the switch.
    runtime: Handle,
}

impl Asking {
    /// Asks only the hosts of this list.
    pub fn new(allow: Arc<Allow>, answers: mpsc::Sender<Answer>) -> Result<Self, String> {
        let follow = {
            let allow = Arc::clone(&allow);
            Policy::custom(move |attempt: Attempt| match attempt.previous().len() > REDIRECTS {
                true => attempt.error("it leads elsewhere too often"),
                false if is_allowed(&allow, attempt.url()) => attempt.follow(),
                false => attempt.error(Forbidden),
            })
        };
        let client = client(&allow, follow)?;
        let (room, runtime) = (Arc::new(Semaphore::new(AT_ONCE)), Handle::current());
        Ok(Self { client, allow, answers, room, runtime })
    }

    /// Starts a request.
    pub fn start(&self, session: SessionId, request: u64, http: HttpRequest) {
        let (client, allow) = (self.client.clone(), Arc::clone(&self.allow));
        let (answers, room) = (self.answers.clone(), Arc::clone(&self.room));
        self.runtime.spawn(async move {
            let result = match room.try_acquire() {
                Ok(_place) => match tokio::time::timeout(http.timeout, ask(&client, &allow, &http)).await {
                    Ok(result) => result,
                    Err(_) => Err(HttpFailure::TimedOut),
                },
                Err(_) => Err(HttpFailure::Busy),
            };
            if let Err(why) = result {
                debug!(%session, url = http.url, why = why.words(), "a request has no answer");
            }
            // The switch task is gone only when the program ends.
            let _ = answers.send(Answer { session, request, result }).await;
        });
    }
}

/// A client that connects to allowed addresses only, whatever a name leads to at that moment.
pub(super) fn client(allow: &Arc<Allow>, follow: Policy) -> Result<Client, String> {
    let builder = || {
        Client::builder()
            .dns_resolver(Guarded(Arc::clone(allow)))
            .no_proxy()
            .connect_timeout(CONNECT)
            .user_agent(concat!("hovor/", env!("CARGO_PKG_VERSION")))
    };
    let certified = builder().redirect(follow).build();
    certified.or_else(|error| {
        warn!(%error, "this machine has no list of trusted certificates; requests to https:// will fail");
        let bare = builder().redirect(Policy::none()).tls_certs_only([]).build();
        bare.map_err(|error| format!("cannot make an HTTP client: {error}"))
    })
}

/// Whether a request may go to this address: its host is on the list.
pub(super) fn is_allowed(allow: &Allow, url: &Url) -> bool {
    let host = url.host_str().map(|host| host.trim_start_matches('[').trim_end_matches(']'));
    matches!(url.scheme(), "http" | "https") && host.is_some_and(|host| allow.host(host))
}

async fn ask(client: &Client, allow: &Allow, http: &HttpRequest) -> HttpResult {
    let url = Url::parse(&http.url).ok().filter(|url| is_allowed(allow, url));
    let url = url.ok_or(HttpFailure::NotAllowed)?;
    let mut request = match http.method {
        HttpMethod::Get => client.get(url),
        HttpMethod::Post => client.post(url),
    };
    request = request.headers(headers(http));
    if let Some(body) = &http.body {
        request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
    }
    let response = request.send().await.map_err(|error| failure(&error))?;
    let status = response.status().as_u16();
    Ok(HttpAnswer { status, body: body(response).await? })
}

fn headers(http: &HttpRequest) -> HeaderMap {
    let header = |(name, value): (&String, &String)| {
        Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value).ok()?))
    };
    http.headers.iter().filter_map(header).collect()
}

async fn body(mut response: Response) -> Result<String, HttpFailure> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| failure(&error))? {
        if body.len() + piece.len() > BODY_MAX {
            return Err(HttpFailure::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

fn failure(error: &reqwest::Error) -> HttpFailure {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(at) = cause {
        if at.is::<Forbidden>() {
            return HttpFailure::NotAllowed;
        }
        cause = at.source();
    }
    match error {
        error if error.is_connect() => HttpFailure::Unreachable,
        error if error.is_timeout() => HttpFailure::TimedOut,
        _ => HttpFailure::Broken,
    }
}

/// Looks names up, and keeps only the addresses that may be connected to: the connection is made to one
/// of these, so no second look-up can lead elsewhere.
struct Guarded(Arc<Allow>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allow = Arc::clone(&self.0);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let open: Vec<SocketAddr> =
                found.iter().copied().filter(|address| allow.address(address.ip())).collect();
            if open.is_empty() && !found.is_empty() {
                return Err(Forbidden.into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

/// The way leads to a host or an address that is not on the list.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("it leads to a host that is not on the list of `http-allow`")]
pub(super) struct Forbidden;

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::entropy::Entropy;
    use crate::time::UnixMs;

    /// A program that gives this answer to everything; its port.
    async fn program(answer: impl Into<String>) -> u16 {
        let (listener, answer) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), answer.into());
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    let _ = stream.read(&mut request).await;
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        port
    }

    async fn result(allow: &str, url: String) -> HttpResult {
        let (answers, mut answered) = mpsc::channel(1);
        let asking = Asking::new(Arc::new(allow.parse().unwrap()), answers).unwrap();
        let session = SessionId::new(UnixMs(1), &mut Entropy::from_number(1));
        let headers = [("X-Odd\n".to_owned(), "x".to_owned()), ("X-Fine".to_owned(), "y".to_owned())].into();
        let timeout = Duration::from_millis(1500);
        let http = HttpRequest { method: HttpMethod::Get, url, headers, body: None, timeout };
        asking.start(session, 7, http);
        let answer = answered.recv().await.unwrap();
        assert_eq!((answer.session, answer.request), (session, 7));
        answer.result
    }

    fn answer(status: &str, more: &str, body: &str) -> String {
        format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{more}\r\n{body}",
            body.len()
        )
    }

    #[tokio::test]
    async fn an_answer_comes_back_with_its_status() {
        let port = program(answer("404 Not Found", "", "{\"a\":1}")).await;
        let expected = HttpAnswer { status: 404, body: "{\"a\":1}".into() };
        assert_eq!(result("127.0.0.1", format!("http://127.0.0.1:{port}/x")).await, Ok(expected));
    }

    #[tokio::test]
    async fn every_failure_has_its_name() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let large = program(answer("200 OK", "", &"x".repeat(BODY_MAX + 1))).await;
        let fits = program(answer("200 OK", "", &"x".repeat(BODY_MAX))).await;
        let nonsense = program("SIP/2.0 200 OK\r\n\r\n").await;
        let short = program("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").await;
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = |port: u16| format!("http://127.0.0.1:{port}/");
        assert_eq!(result("127.0.0.1", at(closed)).await, Err(HttpFailure::Unreachable));
        assert_eq!(result("127.0.0.1", at(large)).await, Err(HttpFailure::TooLarge));
        assert_eq!(result("127.0.0.1", at(fits)).await.map(|answer| answer.body.len()), Ok(BODY_MAX));
        assert_eq!(result("127.0.0.1", at(nonsense)).await, Err(HttpFailure::Broken));
        assert_eq!(result("127.0.0.1", at(short)).await, Err(HttpFailure::Broken));
        let silent = at(silent.local_addr().unwrap().port());
        assert_eq!(result("127.0.0.1", silent).await, Err(HttpFailure::TimedOut));
    }

    #[tokio::test]
    async fn nothing_leads_to_an_address_that_is_not_on_the_list() {
        let inside = program(answer("200 OK", "", "secret")).await;
        // By its address, by a name that leads there, and by a detour.
        let direct = result("crm.example.com", format!("http://127.0.0.1:{inside}/")).await;
        assert_eq!(direct, Err(HttpFailure::NotAllowed));
        let by_name = result("localhost", format!("http://localhost:{inside}/")).await;
        assert_eq!(by_name, Err(HttpFailure::NotAllowed));
        let both = result("localhost,127.0.0.1", format!("http://localhost:{inside}/")).await;
        assert_eq!(both.map(|answer| answer.body), Ok("secret".into()));
        let away = answer("302 Found", &format!("Location: http://localhost:{inside}/\r\n"), "");
        let detour = program(away.clone()).await;
        let url = format!("http://127.0.0.1:{detour}/");
        assert_eq!(result("127.0.0.1", url.clone()).await, Err(HttpFailure::NotAllowed));
        assert_eq!(result("127.0.0.1,localhost", url).await.map(|answer| answer.status), Ok(200));
        let round = program("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n").await;
        assert_eq!(result("127.0.0.1", format!("http://127.0.0.1:{round}/")).await, Err(HttpFailure::Broken));
        for url in
            ["file:///etc/passwd", "nonsense", "http://[::1]:1/", "http://0x7f.1/", "http://2130706433/"]
        {
            assert_eq!(result("localhost", url.to_owned()).await, Err(HttpFailure::NotAllowed), "{url}");
        }
    }
}
