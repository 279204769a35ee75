//! How the program fares: for load balancers, monitoring and people in a hurry.

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::api::visitor::Visitor;
use crate::api::{ApiState, Problem};

/// `GET /healthz`: 200 if all parts work, else 503. Insiders read which does not, everybody else only whether.
pub async fn health(State(api): State<ApiState>, visitor: Visitor) -> Response {
    let health = api.running.health().await;
    let status = if health.ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    match is_insider(visitor.address) {
        true => (status, Json(health)).into_response(),
        false => (status, Json(json!({ "ok": health.ok }))).into_response(),
    }
}

/// `GET /metrics`: figures for Prometheus, for insiders only: they name tenants, groups and trunks.
pub async fn metrics(State(api): State<ApiState>, visitor: Visitor) -> Result<Response, Problem> {
    if !is_insider(visitor.address) {
        let why = "figures are told to this machine and to private networks only";
        return Err(Problem::new(StatusCode::FORBIDDEN, why));
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, api.running.metrics().await).into_response())
}

/// Whether somebody asks from this machine or from a private network (RFC 1918, RFC 4193), or by the control socket,
/// which has no address.
fn is_insider(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_from_the_open_internet_is_no_insider() {
        for inside in [
            "127.0.0.1",
            "::1",
            "10.1.2.3",
            "192.168.0.7",
            "172.31.0.1",
            "::ffff:10.0.0.1",
            "fd00::1",
            "0.0.0.0",
        ] {
            assert!(is_insider(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["203.0.113.7", "172.32.0.1", "2001:db8::1", "::ffff:198.51.100.1", "fe80::1"] {
            assert!(!is_insider(outside.parse().unwrap()), "{outside}");
        }
    }
}
