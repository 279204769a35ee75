//! `hovor serve`: runs the program until it is told to stop.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{error, info};

use crate::api;
use crate::config::{Config, Settings};
use crate::server::Server;
use crate::store::{self, Scope, Store};

/// Runs the program.
///
/// # Errors
/// Why it cannot start, in words for the person at the terminal.
pub async fn run(settings: Settings) -> Result<(), String> {
    let config = settings.resolve()?;
    prepare(&config.data)?;
    let store = store::open(&config.database).await.map_err(|error| error.to_string())?;
    let scope = company(&config, store.as_ref()).await?;
    let mut server = Server::start(&config, store.clone(), scope.clone()).await?;
    let running: Arc<dyn api::running::Running> = Arc::new(server.handle());
    let state = api::ApiState::new(store, scope, running);
    let http = listen_http(&config).await?;
    let socket = listen_socket(&config.socket())?;
    tokio::spawn(serve("web interface", axum::serve(http, api::router(state.clone())).into_future()));
    tokio::spawn(serve("control socket", axum::serve(socket, api::control_router(state)).into_future()));
    println!("{}", greeting(&config));
    info!(sip = %server.sip_address(), http = %config.http, "hovor is ready");
    let mut signals = Signals::new()?;
    tokio::select! {
        () = signals.next() => {}
        // Better started anew by whoever watches over us than a program that is deaf.
        () = server.failed() => return Err("a fault of hovor's own stopped the switch; see the log".into()),
    }
    server.stop(Duration::from_secs(u64::from(config.stop_wait)), signals.next()).await;
    // Another program may start at once; a socket left behind would confuse its commands.
    let _ = std::fs::remove_file(config.socket());
    Ok(())
}

async fn serve(what: &str, serving: impl Future<Output = std::io::Result<()>>) {
    if let Err(error) = serving.await {
        error!(%error, "the {what} stopped");
    }
}

/// Makes the data folder, for this user alone.
fn prepare(data: &Path) -> Result<(), String> {
    let wrong = |error: std::io::Error| format!("cannot use the data folder {}: {error}", data.display());
    std::fs::create_dir_all(data.join("recordings")).map_err(wrong)?;
    std::fs::set_permissions(data, std::fs::Permissions::from_mode(0o700)).map_err(wrong)
}

async fn company(config: &Config, store: &dyn Store) -> Result<Scope, String> {
    let words = |error: store::StoreError| error.to_string();
    if config.demo {
        return store::demo::seed(store).await.map_err(words);
    }
    let companies = store.companies().await.map_err(words)?;
    let own = companies.iter().find(|company| company.name != store::demo::COMPANY);
    own.map(|company| Scope::company(company.id)).ok_or_else(|| {
        let data = config.data.display();
        match companies.is_empty() {
            true => format!(
                "there is no company in {data} yet. Set one up with `hovor init --data {data}`, or look around \
                 with `hovor serve --demo`"
            ),
            false => format!(
                "{data} holds the demo company, whose passwords everybody knows; it is served with `--demo` \
                 only. Set your own company up in another folder, `hovor init --data DIR`"
            ),
        }
    })
}

async fn listen_http(config: &Config) -> Result<TcpListener, String> {
    let address = config.http;
    TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen for the web on {address}: {error}. Choose another address with --http")
    })
}

/// The socket by which commands of this user reach the program. Whoever can open it may do all.
fn listen_socket(path: &Path) -> Result<UnixListener, String> {
    let wrong = |error: std::io::Error| format!("cannot listen on {}: {error}", path.display());
    if path.exists() {
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            return Err(format!("hovor runs already: somebody answers on {}", path.display()));
        }
        std::fs::remove_file(path).map_err(wrong)?;
    }
    let listener = UnixListener::bind(path).map_err(wrong)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(wrong)?;
    Ok(listener)
}

/// What to tell the person at the terminal.
fn greeting(config: &Config) -> String {
    let (sip, http) = (config.sip, config.http);
    if !config.demo {
        return format!("hovor: SIP on {sip} (UDP and TCP), web on http://{http}/");
    }
    let host = if sip.port() == 5060 { sip.ip().to_string() } else { sip.to_string() };
    format!(
        "hovor demo: SIP on {sip} (UDP and TCP), web on http://{http}/\n\
         \n\
         Dial from any SIP phone on this machine, registered or not:\n\
         \x20 sip:100@{host}   Harbour: 1 sales, 2 support, 0 anyone, 9 again\n\
         \x20 sip:110@{host}   Summit, with opening hours\n\
         \x20 sip:600@{host}   echo · 601 hold music · 602 tone · 603 record and play · 604 reads keys back\n\
         \n\
         Register as an operator (user = extension, password hovor-demo):\n\
         \x20 Harbour sales    201 anna, 202 boris\n\
         \x20 Harbour support  203 cyril, 204 dana\n\
         \x20 Summit           205 emil, 206 filip\n\
         \n\
         Look: `hovor sessions`, `hovor operator anna away lunch`. Stop: Ctrl-C."
    )
}

/// The signals that stop the program: SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self, String> {
        let listen = |kind| signal(kind).map_err(|error| format!("cannot listen for signals: {error}"));
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_demo_company_is_not_served_without_the_demo() {
        let data = std::env::temp_dir().join(format!("hovor-serve-{}", std::process::id()));
        let settings = |demo| Settings { data: Some(data.clone()), demo, ..Settings::default() };
        let config = settings(true).resolve().unwrap();
        let store = store::open(&config.database).await.unwrap();
        let demo = company(&config, store.as_ref()).await.unwrap();
        let config = settings(false).resolve().unwrap();
        let refused = company(&config, store.as_ref()).await.unwrap_err();
        assert!(refused.contains("--demo"), "{refused}");
        let own = store.add_company("Ours", store::DEFAULT_REALM).await.unwrap();
        let scope = company(&config, store.as_ref()).await.unwrap();
        assert_eq!((scope.company, scope == demo), (own.id, false));
        store.close().await;
        std::fs::remove_dir_all(data).unwrap();
    }
}
