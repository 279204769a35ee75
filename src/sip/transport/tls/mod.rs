//! SIP over TLS (RFC 3261 section 26.3, RFC 5922): who we are, and whether the other one is who it should be.

mod certificate;
mod proof;
mod trouble;

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ServerConfig};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

pub use certificate::{Certificate, Facts, Ready, self_signed};
pub use trouble::Trouble;

pub use crate::sip::endpoint::Server;

/// Takes connections.
#[derive(Clone)]
pub struct Acceptor(TlsAcceptor);

impl Acceptor {
    /// Shows this certificate, as it is at the time of each handshake.
    pub(super) fn new(certificate: &Certificate) -> Self {
        Self::for_web(certificate, &[])
    }

    /// The same for what speaks one of these protocols (RFC 7301).
    pub fn for_web(certificate: &Certificate, protocols: &[&[u8]]) -> Self {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .expect("the library's own versions fit its own ciphers")
            .with_no_client_auth()
            .with_cert_resolver(certificate.shared());
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Self(TlsAcceptor::from(Arc::new(config)))
    }

    /// Shakes hands with who has connected.
    ///
    /// # Errors
    /// What went wrong, and whose fault it is.
    pub async fn accept(&self, stream: TcpStream) -> Result<server::TlsStream<TcpStream>, Trouble> {
        self.0.accept(stream).await.map_err(|error| Trouble::of(&error))
    }
}

/// Makes connections to one server.
pub(super) struct Connector {
    server: Server,
    certificate: Certificate,
}

impl Connector {
    /// Wants to be shown that the server is there, and shows our certificate if it is asked for.
    pub fn new(server: Server, certificate: &Certificate) -> Self {
        Self { server, certificate: certificate.clone() }
    }

    /// Shakes hands with who is at the other end.
    pub async fn connect(self, stream: TcpStream) -> Result<client::TlsStream<TcpStream>, Trouble> {
        let Self { server, certificate } = self;
        let name = server_name(&server.host)?;
        // Files are read for each connection, so that a new one counts at once; that may wait for a disk.
        let proof = tokio::task::spawn_blocking(move || proof::Proof::of(&server, provider())).await;
        let proof = proof.map_err(|fault| Trouble::Other(fault.to_string()))??;
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .map_err(|error| Trouble::Other(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(proof))
            .with_client_cert_resolver(certificate.shared());
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(name, stream).await.map_err(|error| Trouble::of(&error))
    }
}

fn server_name(host: &str) -> Result<ServerName<'static>, Trouble> {
    let wrong = |_| Trouble::Other(format!("`{host}` is no name that a certificate could bear"));
    ServerName::try_from(host.to_owned()).map_err(wrong)
}

/// The one cryptographic library of this program.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

#[cfg(test)]
mod tests;
