//! What each role may ask for: every operation that there is, and by whom.

use axum::http::{Method, StatusCode};
use hovor::store::{NewToken, Rank};
use serde_json::{Value, json};

use super::api::ask;
use super::bench::{Bench, Program};

/// The operations by the least role that may ask for them.
const OPERATIONS: [(Rank, &str); 4] = [
    (
        Rank::Operator,
        "accept_callback accept_session decline_session list_widgets add_invitation list_invitations revoke_invitation show_invitation list_written show_routing show_read show_typing show_widget write_message \
         add_callback add_contact change_client change_contact choose_contact \
         find_similar-contacts list_contact-sessions list_contacts merge_contacts remove_contact show_client show_contact \
         undo_merge list_tags list_templates remove_note rewrite_note set_parameter set_result show_tag show_template show_work \
         star_template tag_session untag_session write_note call_missed-call cancel_callback dismiss_missed-call end_session \
         finish_work forward_session hold_session invite_to_session leave_session list_callbacks list_channels list_destinations \
         list_external-contacts list_groups list_missed-calls list_numbers list_operators list_sessions list_switches \
         list_tenants list_users make_call mute_operator record_session remove_from_session resume_session send_keys \
         set_call_settings set_operator_status switch_channel show_call_settings show_callback show_destination \
         show_external-contact show_group show_missed-call show_number show_session show_tenant show_user",
    ),
    (
        Rank::Supervisor,
        "add_template change_message change_template list_mailboxes list_messages list_recordings message_audio recording_audio remove_message \
         remove_recording remove_template show_mailbox show_message show_recording supervise_session turn_switch",
    ),
    (
        Rank::TenantAdmin,
        "add_widget change_widget remove_widget \
         add_device add_external-contact add_group add_mailbox add_number add_tag add_token add_trunk add_user change_device \
         change_external-contact change_group change_mailbox change_number change_tag change_tenant change_token change_trunk \
         change_user check_trunk dialplan_world examine_trunk list_devices list_tokens list_trunks list_webhooks \
         remove_device remove_external-contact remove_group remove_mailbox remove_number remove_tag remove_token remove_trunk \
         remove_user retry_webhook show_device show_token show_trunk show_webhook",
    ),
    (
        Rank::CompanyAdmin,
        "add_destination add_tenant change_destination diff_dialplans lift_ban list_bans list_dialplan_versions \
         reload_dialplans remove_destination remove_tenant roll_back_dialplans show_dialplan_version show_dialplans \
         show_trace",
    ),
];

/// Those that are for people who log in; no token opens them, whatever its role.
const OF_PEOPLE: [&str; 5] = ["lend_phone", "log_in", "log_out", "look_on", "show_me"];

fn least(operation: &str) -> Rank {
    let row = OPERATIONS.iter().find(|(_, names)| names.split_whitespace().any(|name| name == operation));
    row.unwrap_or_else(|| panic!("say here which role may ask for `{operation}`")).0
}

/// An address of this form that leads nowhere.
fn address(path: &str) -> String {
    let nobody = "00000000-0000-7000-8000-000000000000";
    let path = path.replace("{version}", "1").replace("{name}", "night").replace("{source}", "192.0.2.1");
    path.replace("{id}", nobody)
        .replace("{recording}", nobody)
        .replace("{note}", nobody)
        .replace("{key}", nobody)
        .replace("{line}", "phone")
}

async fn token(bench: &Bench, role: Rank, tenant: Option<&str>) -> String {
    let name = format!("{role}-{}", tenant.unwrap_or("all"));
    let new = NewToken { name, tenant: tenant.map(Into::into), role: Some(role), expires_at: None };
    bench.store.add_token(&bench.scope, new).await.unwrap().secret
}

/// Whether it was refused for want of a role.
fn wants_a_role(status: StatusCode, problem: &Value) -> bool {
    status == StatusCode::FORBIDDEN && problem["detail"].as_str().unwrap().contains("this takes the role `")
}

#[tokio::test]
async fn every_operation_is_for_those_whose_role_allows_it() {
    let bench = Bench::new("roles", Program::default()).await;
    let mut tokens = vec![];
    for role in Rank::ALL {
        tokens.push((role, token(&bench, role, None).await));
    }
    let document = serde_json::to_value(hovor::api::document()).unwrap();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            if OF_PEOPLE.contains(&name) {
                continue;
            }
            let method: Method = method.to_uppercase().parse().unwrap();
            for (role, token) in &tokens {
                let (status, answer) =
                    ask(&bench.network, method.clone(), &address(path), Some(token), json!({})).await;
                let refused = wants_a_role(status, &answer);
                assert_eq!(refused, *role < least(name), "{name} by {role}: {status} {answer}");
                asked += 1;
            }
        }
    }
    for (method, path) in
        [(Method::GET, "/api/v1/me"), (Method::POST, "/api/v1/logout"), (Method::POST, "/api/v1/me/phone")]
    {
        let answer = ask(&bench.network, method, path, Some(&tokens[3].1), Value::Null).await;
        assert_eq!(answer.0, StatusCode::UNAUTHORIZED, "{path}: {}", answer.1);
    }
    let known: usize = OPERATIONS.iter().map(|(_, names)| names.split_whitespace().count()).sum();
    assert_eq!(asked, 4 * known, "an operation is listed here that is no more");
}

#[tokio::test]
async fn a_refusal_names_the_role_and_who_gives_it() {
    let bench = Bench::new("refusal", Program::default()).await;
    let operator = token(&bench, Rank::Operator, Some("harbour")).await;
    let path = address("/api/v1/sessions/{id}/recordings");
    let (status, problem) = ask(&bench.network, Method::GET, &path, Some(&operator), Value::Null).await;
    let detail = problem["detail"].as_str().unwrap();
    assert_eq!(status, StatusCode::FORBIDDEN);
    for words in
        ["token operator-harbour may not listen", "`supervisor`", "hovor token set NAME --role supervisor"]
    {
        assert!(detail.contains(words), "{detail}");
    }
    // With the role the request gets through, to a session that there is not.
    let set = json!({"role": "supervisor"});
    let item = "/api/v1/tokens/operator-harbour";
    let (status, shown) = ask(&bench.socket, Method::PATCH, item, None, set).await;
    assert_eq!((status, &shown["role"]), (StatusCode::OK, &json!("supervisor")));
    let (status, _) = ask(&bench.network, Method::GET, &path, Some(&operator), Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_sets_tenants_up_gives_nobody_more_than_that() {
    let bench = Bench::new("climb", Program::default()).await;
    for tenant in [Some("harbour"), None] {
        let token = token(&bench, Rank::TenantAdmin, tenant).await;
        let asked =
            async |path: &str, body| ask(&bench.network, Method::POST, path, Some(&token), body).await;
        let tokens = "/api/v1/tokens";
        let all = asked(tokens, json!({"name": "mine"})).await;
        assert_eq!(all.0, StatusCode::FORBIDDEN, "{}", all.1);
        let own = asked(tokens, json!({"name": "mine", "tenant": "harbour", "role": "company_admin"})).await;
        assert_eq!((own.0, &own.1["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("role")));
        let boss = asked("/api/v1/users", json!({"name": "boss", "administrator": true})).await;
        assert_eq!(boss.0, StatusCode::FORBIDDEN, "{}", boss.1);
        let trunk = asked("/api/v1/trunks", json!({"name": "mine", "host": "192.0.2.9"})).await;
        assert_eq!(trunk.0, StatusCode::FORBIDDEN, "{}", trunk.1);
    }
    let (_, made) = ask(&bench.socket, Method::POST, "/api/v1/tokens", None, json!({"name": "all"})).await;
    assert_eq!(made["role"], "company_admin");
    let new = json!({"name": "one", "tenant": "harbour"});
    let (_, made) = ask(&bench.socket, Method::POST, "/api/v1/tokens", None, new).await;
    assert_eq!(made["role"], "tenant_admin");
}
