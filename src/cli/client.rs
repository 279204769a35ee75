//! Asking the running program, over its control socket.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use reqwest::{Client, Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::{Problem, WARNING};
use crate::config::Settings;

/// How the commands find the running program, and how they print.
#[derive(Args, Clone, Debug)]
pub struct Connection {
    /// Data folder of the running program [default: ./data]
    #[arg(long, env = "HOVOR_DATA", value_name = "DIR", global = true)]
    data: Option<PathBuf>,
    /// Configuration file of the running program, which may name its data folder
    #[arg(long, env = "HOVOR_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Print JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
}

/// Asks the running program.
pub struct Control {
    client: Client,
}

/// Longer than a change may take to be in force.
const PATIENCE: Duration = Duration::from_secs(15);

impl Connection {
    /// The settings that were given: the data folder and the configuration file.
    pub fn settings(&self) -> Settings {
        Settings { data: self.data.clone(), config: self.config.clone(), ..Settings::default() }
    }

    /// True if a program runs with this data folder.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn is_running(&self) -> Result<bool, String> {
        let connected = std::os::unix::net::UnixStream::connect(self.settings().resolve()?.socket());
        let nobody = |error: &io::Error| {
            matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
        };
        Ok(!connected.is_err_and(|error| nobody(&error)))
    }

    /// A client of the program that runs with this data folder.
    ///
    /// # Errors
    /// Nobody answers there, or not to this user.
    pub fn control(&self) -> Result<Control, String> {
        self.control_within(PATIENCE)
    }

    /// The same for what takes longer than a change.
    ///
    /// # Errors
    /// Nobody answers there, or not to this user.
    pub fn control_within(&self, patience: Duration) -> Result<Control, String> {
        let path = self.settings().resolve()?.socket();
        let shown = path.display();
        if let Err(error) = std::os::unix::net::UnixStream::connect(&path) {
            return Err(match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => format!(
                    "no hovor runs here: nobody answers on {shown}. Start it with `hovor serve`, or name the data \
                     folder of the one that runs with --data"
                ),
                io::ErrorKind::PermissionDenied => {
                    format!("{shown} belongs to another user. Run this command as the user that runs hovor")
                }
                _ => format!("cannot reach hovor on {shown}: {error}"),
            });
        }
        // Nothing is encrypted on the socket, so the list of trusted certificates need not be read.
        let client = Client::builder().unix_socket(path).tls_certs_only([]).timeout(patience).build();
        Ok(Control { client: client.map_err(|error| format!("cannot make a client: {error}"))? })
    }
}

impl Control {
    /// Sends a request and reads the answer.
    ///
    /// # Errors
    /// The sentence of the [`Problem`], or what went wrong on the way.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        url: Url,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<T, String> {
        let mut request = self.client.request(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let broken = |error: reqwest::Error| format!("hovor did not answer as expected: {error}");
        let response = request.send().await.map_err(broken)?;
        let status = response.status();
        if let Some(warning) = response.headers().get(WARNING) {
            eprintln!("warning: {}", String::from_utf8_lossy(warning.as_bytes()));
        }
        let bytes = response.bytes().await.map_err(broken)?;
        if !status.is_success() {
            let problem = serde_json::from_slice::<Problem>(&bytes);
            return Err(problem.map_or_else(|_| format!("hovor answered {status}"), |problem| problem.detail));
        }
        // An empty answer reads as null.
        let text: &[u8] = if bytes.is_empty() { b"null" } else { &bytes };
        serde_json::from_slice(text).map_err(|error| format!("hovor's answer cannot be read: {error}"))
    }
}

impl Control {
    /// Reads something that is no JSON.
    ///
    /// # Errors
    /// The sentence of the [`Problem`], or what went wrong on the way.
    pub async fn fetch(&self, url: Url) -> Result<Vec<u8>, String> {
        let broken = |error: reqwest::Error| format!("hovor did not answer as expected: {error}");
        let response = self.client.get(url).send().await.map_err(broken)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(broken)?;
        match status.is_success() {
            true => Ok(bytes.to_vec()),
            false => {
                let problem = serde_json::from_slice::<Problem>(&bytes);
                Err(problem.map_or_else(|_| format!("hovor answered {status}"), |problem| problem.detail))
            }
        }
    }
}

/// The address of these path segments, which may hold anything.
pub fn url(segments: &[&str], tenant: Option<&str>) -> Result<Url, String> {
    let mut url = Url::parse("http://hovor").map_err(|error| error.to_string())?;
    url.path_segments_mut().map_err(|()| "no path".to_owned())?.extend(segments);
    if let Some(tenant) = tenant {
        url.query_pairs_mut().append_pair("tenant", tenant);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_lead_to_another_address() {
        let url = url(&["api", "v1", "users", "../tenants?x=1#y"], Some("a&b=c")).unwrap();
        assert_eq!(url.as_str(), "http://hovor/api/v1/users/..%2Ftenants%3Fx=1%23y?tenant=a%26b%3Dc");
    }
}
