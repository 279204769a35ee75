//! A change that was made, and that the dialplan files do not go along with.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

use crate::api::ApiState;

/// The header of an answer that carries a warning, in UTF-8: the change is made, and somebody should look.
pub const WARNING: HeaderName = HeaderName::from_static("hovor-warning");
/// Faults that are named; `hovor dialplan check` shows all.
const NAMED: usize = 3;

/// After a change of the configuration, says whether the dialplan files still fit it.
pub async fn of_dialplans(State(api): State<ApiState>, request: Request, next: Next) -> Response {
    let changes = [Method::POST, Method::PATCH, Method::DELETE].contains(request.method());
    let mut response = next.run(request).await;
    if changes && response.status().is_success() {
        let health = api.running.health().await.dialplans;
        if let Some(warning) = warning(&health).and_then(|text| HeaderValue::from_bytes(text.as_bytes()).ok())
        {
            response.headers_mut().insert(WARNING, warning);
        }
    }
    response
}

/// One line about files with faults; nothing if they are as they should be.
fn warning(dialplans: &str) -> Option<String> {
    if dialplans == "ok" {
        return None;
    }
    // The first line says what is in force.
    let faults: Vec<&str> = dialplans.lines().skip(1).collect();
    let named = faults.iter().take(NAMED).copied().collect::<Vec<_>>().join("; ");
    let more = if faults.len() > NAMED { "; and more" } else { "" };
    let shown = if named.is_empty() { String::new() } else { format!(": {named}{more}") };
    Some(format!(
        "the dialplan files do not fit the company now{shown}. Those before stay in force until the files are mended; \
         `hovor dialplan check` shows where"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_one_line_with_the_first_faults() {
        assert_eq!(warning("ok"), None);
        let health = "refused; version 3 is in force\na.toml:1:1: there is no group `sales`\nb.toml:2:1: b";
        let text = warning(health).unwrap();
        assert!(text.contains("now: a.toml:1:1: there is no group `sales`; b.toml:2:1: b. Those"), "{text}");
        assert!(!text.contains('\n'));
        assert!(HeaderValue::from_bytes(warning("nothing read").unwrap().as_bytes()).is_ok());
    }
}
