//! The pages of the workspace, which the program carries in itself.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::api::{ApiState, Problem};
use crate::id::DoorId;
use crate::store::demo;

/// What `npm run build` makes in `web/`.
#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Files;

/// The page of all addresses that are no file: it finds its way itself.
const START: &str = "index.html";
/// Files whose names change with what is in them.
const ASSETS: &str = "assets/";
/// The pages of the demo shop.
const DEMO: &str = "demo/";
/// The page with nothing but a widget.
const TALK: &str = "talk/page/index.html";
/// Stands in pages for the id of the widget.
const WIDGET: &str = "WIDGET-ID";
/// What is said if there are no pages.
const MISSING: &str =
    "this hovor was built without its workspace: build it with `make build`, which needs Node.js";

/// A page or one of its files; what belongs to the interface for programs is none.
pub async fn page(State(api): State<ApiState>, request: Request) -> Response {
    let (request, _) = request.into_parts();
    let (path, headers) = (request.uri.path().trim_start_matches('/'), request.headers);
    let is_page = [Method::GET, Method::HEAD].contains(&request.method) && !path.starts_with("api/");
    if !is_page {
        return Problem::no_such_path().await.into_response();
    }
    let path = if path.ends_with('/') { format!("{path}{START}") } else { path.to_owned() };
    let path = path.as_str();
    if path.starts_with(DEMO) {
        return demo(&api, path, &headers).await.unwrap_or_else(IntoResponse::into_response);
    }
    if let Some(file) = Files::get(path).filter(|_| !path.is_empty()) {
        return served(path, file, &headers);
    }
    // A file that is missing is not taken for a page: a script would be read as HTML.
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return Problem::no_such_path().await.into_response();
    }
    match Files::get(START) {
        Some(file) => served(START, file, &headers),
        None => Problem::new(StatusCode::SERVICE_UNAVAILABLE, MISSING).into_response(),
    }
}

/// A page of the demo shop, which has the widget of the demo company; other companies have no such shop.
async fn demo(api: &ApiState, path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let companies = api.store.companies().await?;
    let is_demo = companies.iter().any(|one| one.id == api.scope.company && one.name == demo::COMPANY);
    let Some(file) = Files::get(path).filter(|_| is_demo) else {
        return Err(Problem::no_such_path().await);
    };
    if !path.ends_with(".html") {
        return Ok(served(path, file, headers));
    }
    let (tenant, name, _) = demo::WIDGET;
    let tenant = api.store.tenant(&api.scope, &tenant.into()).await?.id;
    let widget = api.store.widget(&api.scope.narrow(tenant), &name.into()).await?;
    let page = String::from_utf8_lossy(&file.data).replace(WIDGET, &widget.id.to_string());
    Ok(([(header::CONTENT_TYPE, kind(path)), (header::CACHE_CONTROL, "no-cache")], page).into_response())
}

/// A page of our own with nothing but this widget, for clients of those who have no site. The name stands in it as text.
pub(super) fn talk(widget: DoorId, name: &str, language: &str) -> Response {
    let Some(file) = Files::get(TALK) else {
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, MISSING).into_response();
    };
    // The name comes last: whatever stands in it is replaced by nothing.
    let page = String::from_utf8_lossy(&file.data).replace(WIDGET, &widget.to_string());
    let page = page.replace("LANGUAGE", language).replace("TITLE", &text(name));
    ([(header::CONTENT_TYPE, kind(TALK)), (header::CACHE_CONTROL, "no-store")], page).into_response()
}

/// Text in HTML.
fn text(plain: &str) -> String {
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn served(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag: String = file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|shown| shown.as_bytes() == tag.as_bytes());
    let kept = if path.starts_with(ASSETS) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = match known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(file.data).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(path)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, kind)| kind) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "webmanifest") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("wav") => "audio/wav",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_html() {
        assert_eq!(text("a & <b>"), "a &amp; &lt;b&gt;");
    }
}
