//! What every store does, whatever its database: the same cases on SQLite and on PostgreSQL.
//!
//! Each case has a fresh database. PostgreSQL is started here on a port of its own, and stopped when
//! the test ends, however it ends.

mod bench;
mod callbacks;
mod contacts;
mod history;
mod invitations;
mod logins;
mod notices;
mod nouns;
mod outside;
mod postgres;
mod recordings;
mod registrations;
mod restart;
mod rights;
mod scope;
mod voicemail;
mod work;

use bench::{Bench, Case};

/// All cases, by name.
macro_rules! cases {
    ($($module:ident :: $case:ident,)*) => {
        vec![$((stringify!($case), (|bench| Box::pin($module::$case(bench))) as Case),)*]
    };
}

fn cases() -> Vec<(&'static str, Case)> {
    cases![
        nouns::a_tenant_is_made_found_changed_and_removed,
        nouns::a_number_is_made_found_changed_and_removed,
        nouns::a_user_is_made_found_changed_and_removed,
        nouns::a_group_is_made_found_changed_and_removed,
        nouns::a_trunk_is_made_found_changed_and_removed,
        nouns::the_settings_of_a_trunk_change_one_by_one,
        nouns::a_tenant_has_a_country_emergency_numbers_and_a_number_to_show,
        nouns::a_number_is_one_tenants_alone_in_a_block_too,
        nouns::a_tenant_has_all_services_and_music_until_somebody_switches_them_off,
        nouns::the_reasons_to_be_away_are_those_of_the_tenant_each_once_or_the_usual_ones,
        nouns::names_are_taken_once_and_the_error_says_which,
        nouns::whether_the_sound_of_a_device_is_protected_is_remembered,
        nouns::what_is_in_use_is_not_removed,
        nouns::extensions_and_short_numbers_are_dialled_alike,
        nouns::members_of_a_group_have_a_role_in_its_tenant,
        nouns::any_script_is_kept_as_it_was_written,
        nouns::odd_and_long_input_is_refused,
        logins::a_device_keeps_hashes_and_shows_its_secret_once,
        logins::a_token_opens_until_it_is_taken_back,
        logins::a_token_has_a_role_and_none_beyond_its_tenant,
        logins::a_password_is_checked_and_can_be_taken_away,
        logins::a_login_lasts_until_it_is_over_ended_or_idle,
        logins::a_user_has_few_logins_and_none_with_another_password,
        logins::a_phone_in_a_browser_ends_when_its_time_or_its_login_does,
        scope::another_company_does_not_exist,
        scope::another_tenant_does_not_exist,
        scope::a_tenants_administrator_changes_nothing_beyond,
        scope::a_name_in_two_tenants_needs_the_tenant,
        scope::history_of_another_tenant_does_not_exist,
        history::events_are_numbered_without_gaps,
        history::appending_again_changes_nothing,
        history::a_batch_is_appended_whole_or_not_at_all,
        history::a_record_and_its_events_are_written_together_or_not_at_all,
        history::concurrent_appends_leave_no_gap,
        history::ten_thousand_events_are_appended_in_batches,
        history::sessions_are_written_again_and_again,
        history::sessions_are_filtered_and_paged,
        history::what_callers_send_is_cut_and_cleaned_but_never_lost,
        registrations::bindings_are_put_replaced_and_removed,
        registrations::bindings_end,
        registrations::bindings_of_removed_devices_are_left_out,
        registrations::statuses_are_kept_by_user,
        registrations::call_settings_are_kept_by_user,
        registrations::channels_are_kept_by_user_and_line,
        voicemail::a_mailbox_belongs_to_a_user_or_a_group,
        voicemail::a_pin_is_checked_and_guessing_is_slowed,
        voicemail::messages_are_kept_marked_counted_and_removed,
        voicemail::messages_of_another_tenant_do_not_exist,
        voicemail::old_messages_go_where_the_mailbox_says_so,
        notices::an_external_contact_is_made_found_changed_and_removed,
        notices::an_external_contact_has_a_name_and_numbers,
        notices::a_mail_is_written_with_its_message_and_its_fate_is_kept,
        notices::a_client_who_called_in_vain_is_listed_once_until_somebody_speaks_with_them,
        notices::what_is_no_missed_call_is_not_listed,
        work::a_tag_of_the_catalogue_is_made_changed_and_removed,
        work::tags_of_a_session_are_each_one_and_stay_off_when_taken_off,
        work::an_operators_most_used_tags_are_known,
        work::notes_are_written_changed_by_their_author_and_removed,
        work::a_tenant_has_more_or_fewer_sessions_at_once_than_the_lines_say,
        work::a_result_is_one_of_the_tenants_and_parameters_are_set_and_taken_away,
        work::the_work_on_another_tenants_session_does_not_exist,
        work::sessions_are_found_by_what_was_taken_down,
        work::templates_are_kept_found_and_starred_by_each_for_themselves,
        contacts::a_contact_is_made_found_changed_and_removed,
        contacts::a_contact_holds_only_what_is_well_written,
        contacts::contacts_are_merged_with_their_sessions_and_parted_exactly,
        contacts::merges_are_undone_in_any_order_and_go_with_their_contact,
        contacts::the_client_of_a_session_is_taken_down,
        contacts::contacts_that_may_be_a_client_are_found_among_many,
        outside::switches_stand_as_they_were_turned_last,
        outside::webhooks_wait_until_they_are_due_and_their_fate_is_kept,
        outside::webhooks_of_another_tenant_do_not_exist,
        callbacks::promises_are_kept_as_they_are_now_and_the_longest_wait_comes_first,
        callbacks::promises_of_another_tenant_do_not_exist,
        invitations::an_invitation_is_found_by_key_and_code_until_it_ends,
        invitations::codes_are_unique_and_invitations_hold_only_what_is_right,
        invitations::invitations_of_another_tenant_do_not_exist,
        recordings::groups_and_numbers_say_what_is_recorded,
        recordings::recordings_are_kept_found_by_their_session_and_removed,
        recordings::recordings_of_another_tenant_do_not_exist,
        recordings::recordings_go_when_their_time_is_over,
        rights::what_users_and_tenants_may_call_is_kept_and_taken_back,
        rights::a_destination_is_made_found_changed_and_removed,
        rights::a_tenants_administrator_grants_no_more_than_the_tenant_has,
        restart::everything_is_there_after_a_restart,
        restart::the_directory_is_one_moment,
        restart::the_demo_is_seeded_once,
        restart::a_second_company_needs_another_name,
    ]
}

#[test]
fn every_case_holds_on_sqlite() {
    let folder = bench::Folder::new("sqlite");
    run(|name| format!("sqlite:{}/{name}/hovor.db", folder.path().display()));
    let file = folder.path().join("any_script_is_kept_as_it_was_written/hovor.db");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "only its owner may read the database");
}

#[test]
fn every_case_holds_on_postgresql() {
    let server = postgres::Server::start();
    run(|name| server.create_database(name));
}

#[test]
fn a_url_of_no_known_database_is_refused_with_the_way_out() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let error = runtime.block_on(hovor::store::open("mysql://x")).err().unwrap().to_string();
    assert!(error.contains("sqlite:PATH"), "{error}");
}

/// Runs every case on the database that `url` makes for it, then says which failed.
fn run(url: impl Fn(&str) -> String) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut failed = vec![];
    for (name, case) in cases() {
        let url = url(name);
        let ended = runtime
            .block_on(async { tokio::spawn(async move { case(Bench::open(&url).await).await }).await });
        if ended.is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "failed: {failed:?}");
}
