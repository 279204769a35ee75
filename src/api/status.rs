//! How the program fares: for load balancers, monitoring and people in a hurry.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::api::ApiState;

/// `GET /healthz`: 200 if all parts work, else 503; the body says which does not.
pub async fn health(State(api): State<ApiState>) -> impl IntoResponse {
    let health = api.running.health().await;
    let status = if health.ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health))
}

/// `GET /metrics`: figures for Prometheus.
pub async fn metrics(State(api): State<ApiState>) -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, api.running.metrics().await)
}
