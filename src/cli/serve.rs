//! `hovor serve`: runs the program until it is told to stop.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, UnixListener};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{error, info};

use crate::api::{self, running::NotApplied, running::Running};
use crate::config::{self, Config, DEFAULT_DATA, Settings};
use crate::server::Server;
use crate::server::web::Site;
use crate::store::{self, Scope, Store};

/// Runs the program.
///
/// # Errors
/// Why it cannot start, in words for the person at the terminal.
pub async fn run(settings: Settings) -> Result<(), String> {
    let config = settings.resolve()?;
    check_folders(&config)?;
    make_data_folder(&config.data)?;
    // From here on this data folder is ours alone; before it nothing has been touched.
    let _lock = Lock::take(&config.data)?;
    let http = listen_web(config.http, "--http").await?;
    let (mut signals, hangup) = (Signals::new()?, listen(SignalKind::hangup())?);
    let store = open_store(&config).await?;
    let scope = company(&config, store.as_ref()).await?;
    let mut server = Server::start(&config, store.clone(), scope.clone()).await?;
    let running: Arc<dyn Running> = Arc::new(server.handle());
    let state = api::ApiState::new(store, scope, Arc::clone(&running));
    let socket = listen_socket(&config.socket())?;
    let pages = api::router(state.clone()).merge(server.sip_for_browsers());
    let site = Site::new(pages, &config.trusted_proxies, server.sound_over_tcp());
    if let Some(address) = config.ice_tcp {
        tokio::spawn(site.clone().serve_sound(listen_web(address, "--ice-tcp").await?));
    }
    if let Some(https) = config.https {
        let listener = listen_web(https, "--https").await?;
        tokio::spawn(site.clone().serve_over_tls(listener, server.certificate()));
    }
    tokio::spawn(site.serve(http));
    tokio::spawn(serve("control socket", axum::serve(socket, api::control_router(state)).into_future()));
    tokio::spawn(reload(hangup, running));
    super::print(greeting(&config));
    info!(sip = ?server.sip_addresses(), tls = ?config.sip_tls, http = %config.http, "hovor is ready");
    tokio::select! {
        () = signals.next() => {}
        // Better started anew by whoever watches over us than a program that is deaf.
        what = server.failed() => {
            return Err(format!("a fault of hovor's own stopped the {what}; see the log"));
        }
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

/// Takes the configuration and the dialplan files over again, each time when SIGHUP says so.
async fn reload(mut hangup: Signal, running: Arc<dyn Running>) {
    while hangup.recv().await.is_some() {
        info!("reading the configuration and the dialplan files again");
        match running.reload().await {
            Ok(()) => {}
            Err(NotApplied::Unreadable(why)) => error!("the configuration cannot be read: {why}"),
            Err(NotApplied::Stopping) => return,
        }
    }
}

/// Without its prompts the program would serve callers with silence.
fn check_folders(config: &Config) -> Result<(), String> {
    let media = ("prompts and hold music", &config.media, "--media");
    let dialplans = ("the demo's dialplan files", &config.dialplans, "--dialplans");
    for (what, folder, option) in [media].into_iter().chain(config.demo.then_some(dialplans)) {
        if !folder.is_dir() {
            return Err(format!(
                "there is no folder {} with {what}. Start hovor in the folder that it was built in, or name \
                 the place with {option}",
                folder.display()
            ));
        }
    }
    match config.database.strip_prefix("sqlite:") {
        Some(path) if !config.demo && !Path::new(path).exists() => Err(no_company(config)),
        _ => Ok(()),
    }
}

/// Makes the data folder, for this user alone.
fn make_data_folder(data: &Path) -> Result<(), String> {
    let wrong = |error: io::Error| format!("cannot use the data folder {}: {error}", data.display());
    std::fs::create_dir_all(data.join("recordings")).map_err(wrong)?;
    std::fs::set_permissions(data, std::fs::Permissions::from_mode(0o700)).map_err(wrong)
}

/// A file with our process number that is locked while we run. Two programs on one data folder would both
/// answer for it. The lock goes with the process, however it ends.
struct Lock(File);

impl Lock {
    fn take(data: &Path) -> Result<Self, String> {
        let path = data.join("hovor.pid");
        let wrong = |error: io::Error| format!("cannot lock {}: {error}", path.display());
        // What another program wrote there stays until the lock is ours.
        let opened = File::options().create(true).write(true).truncate(false).open(&path);
        let mut file = opened.map_err(wrong)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(format!(
                    "hovor runs already with the data folder {}. Stop that one first, or choose another folder \
                     with --data",
                    data.display()
                ));
            }
            Err(TryLockError::Error(error)) => return Err(wrong(error)),
        }
        file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(wrong)?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // By now the number may soon be another program's.
        let _ = self.0.set_len(0);
    }
}

/// Opens the database.
///
/// # Errors
/// Which one cannot be opened, and why.
pub async fn open_store(config: &Config) -> Result<Arc<dyn Store>, String> {
    let opened = store::open(&config.database).await;
    opened.map_err(|error| format!("cannot use the database {}: {error}", config.shown_database()))
}

async fn company(config: &Config, store: &dyn Store) -> Result<Scope, String> {
    let words = |error: store::StoreError| error.to_string();
    if config.demo {
        return store::demo::seed(store).await.map_err(words);
    }
    let companies = store.companies().await.map_err(words)?;
    let own = companies.iter().find(|company| company.name != store::demo::COMPANY);
    match own {
        Some(company) => Ok(Scope::company(company.id)),
        None if companies.is_empty() => Err(no_company(config)),
        None => Err(format!(
            "{} holds the demo company, whose passwords are public. Serve it with --demo, or set your own company \
             up in another folder: `hovor init --data DIR`",
            config.shown_database()
        )),
    }
}

fn no_company(config: &Config) -> String {
    format!(
        "there is no company in {} yet. Set one up with `hovor init --data {}`, or look around with \
         `hovor serve --demo`",
        config.shown_database(),
        config.data.display()
    )
}

async fn listen_web(address: SocketAddr, option: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen for the web on {address}: {}", config::listen_help(&error, option))
    })
}

/// The socket by which commands of this user reach the program. Whoever can open it may do all.
fn listen_socket(path: &Path) -> Result<UnixListener, String> {
    let wrong = |error: io::Error| format!("cannot listen on {}: {error}", path.display());
    // Whoever left it there is gone, as the lock says.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(wrong(error)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(wrong)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(wrong)?;
    Ok(listener)
}

/// What to tell the person at the terminal.
fn greeting(config: &Config) -> String {
    let (sip, spoken) = (config.first_sip(), spoken(config));
    let over_tls = config.https.map(|https| format!(" and https://{https}/")).unwrap_or_default();
    let web = format!("http://{}/{over_tls}", config.http);
    if !config.demo {
        return format!("hovor: SIP on {spoken}, web on {web}");
    }
    let host = if sip.port() == 5060 { sip.ip().to_string() } else { sip.to_string() };
    // Commands that can be copied as they stand.
    let hovor = std::env::args().next().unwrap_or_else(|| "hovor".to_owned());
    let data = match config.data == Path::new(DEFAULT_DATA) {
        true => String::new(),
        false => format!(" --data {}", config.data.display()),
    };
    format!(
        "hovor demo: SIP on {spoken}, web on {web}\n\
         \n\
         Dial from any SIP phone on this machine, registered or not:\n\
         \x20 sip:100@{host}   Harbour: 1 sales, 2 support, 0 anyone, 9 again\n\
         \x20 sip:110@{host}   Summit, with opening hours\n\
         \x20 sip:600@{host}   echo · 601 hold music · 602 tone · 603 record and play · 604 reads keys back\n\
         \x20 sip:610@{host}   to 619: open rooms\n\
         \x20 sip:622@{host}   leave a message for sales · 620 or *97 listen to a mailbox (sales is 8200, PIN 4711)\n\
         \n\
         Register as an operator (user = extension, password hovor-demo):\n\
         \x20 Harbour sales    201 anna, 202 boris\n\
         \x20 Harbour support  203 cyril, 204 dana\n\
         \x20 Summit           205 emil, 206 filip\n\
         \n\
         Look, in another terminal: `{hovor} sessions{data}`, `{hovor} operator anna away lunch{data}`. Stop: Ctrl-C."
    )
}

/// Where SIP is spoken, in words.
fn spoken(config: &Config) -> String {
    let list =
        |addresses: &[SocketAddr]| addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let plain = format!("{} (UDP and TCP)", list(&config.sip));
    match config.sip_tls.is_empty() {
        true => plain,
        false => format!("{plain} and {} (TLS)", list(&config.sip_tls)),
    }
}

fn listen(kind: SignalKind) -> Result<Signal, String> {
    signal(kind).map_err(|error| format!("cannot listen for signals: {error}"))
}

/// The signals that stop the program: SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self, String> {
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
