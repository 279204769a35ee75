/** Made by `npm run api` from the OpenAPI document of hovor. Do not edit. */

export interface paths {
    "/api/v1/bans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The bans that stand
         * @description Takes the role `company_admin` or a higher one.
         */
        get: operations["list_bans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bans/{source}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Lifts a ban and forgets what led to it
         * @description Takes the role `company_admin` or a higher one.
         */
        delete: operations["lift_ban"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/callbacks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Clients who are to be called back
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_callbacks"];
        put?: never;
        /**
         * Has a client called by the operators of a group, as soon as it is the client's turn
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["add_callback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/callbacks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One promise to call a client back
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_callback"];
        put?: never;
        post?: never;
        /**
         * Takes a promise back: the client is not called (again)
         * @description Takes the role `operator` or a higher one.
         */
        delete: operations["cancel_callback"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/callbacks/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets an operator call the client now: the operator's phone is called first
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["accept_callback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Calls an operator's own phone, and when it is answered whoever is wanted
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["make_call"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Contacts, by name
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_contacts"];
        put?: never;
        /**
         * Adds a contact
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["add_contact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/contacts/similar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Contacts that a new one may stand for again, the likeliest first
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["find_similar-contacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/contacts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One contact
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_contact"];
        put?: never;
        post?: never;
        /**
         * Removes a contact; its sessions stay
         * @description Takes the role `operator` or a higher one.
         */
        delete: operations["remove_contact"];
        options?: never;
        head?: never;
        /**
         * Changes a contact
         * @description Takes the role `operator` or a higher one.
         */
        patch: operations["change_contact"];
        trace?: never;
    };
    "/api/v1/contacts/{id}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes another contact part of this one, with its sessions
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["merge_contacts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/contacts/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The sessions of a contact, newest first
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_contact-sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/contacts/{id}/undo-merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Parts a contact again that was merged into this one
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["undo_merge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/destinations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All destinations, by name
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_destinations"];
        put?: never;
        /**
         * Adds a destination
         * @description Takes the role `company_admin` or a higher one.
         */
        post: operations["add_destination"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/destinations/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One destination
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_destination"];
        put?: never;
        post?: never;
        /**
         * Removes a destination
         * @description Takes the role `company_admin` or a higher one.
         */
        delete: operations["remove_destination"];
        options?: never;
        head?: never;
        /**
         * Changes a destination
         * @description Takes the role `company_admin` or a higher one.
         */
        patch: operations["change_destination"];
        trace?: never;
    };
    "/api/v1/devices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All devices, by name
         * @description Takes the role `tenant_admin` or a higher one.
         */
        get: operations["list_devices"];
        put?: never;
        /**
         * Adds a device
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["add_device"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/devices/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One device
         * @description Takes the role `tenant_admin` or a higher one.
         */
        get: operations["show_device"];
        put?: never;
        post?: never;
        /**
         * Removes a device
         * @description Takes the role `tenant_admin` or a higher one.
         */
        delete: operations["remove_device"];
        options?: never;
        head?: never;
        /**
         * Changes a device
         * @description Takes the role `tenant_admin` or a higher one.
         */
        patch: operations["change_device"];
        trace?: never;
    };
    "/api/v1/dialplans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which dialplan files are in force, and what was refused
         * @description Takes the role `company_admin` or a higher one.
         */
        get: operations["show_dialplans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dialplans/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is different between two versions
         * @description Takes the role `company_admin` or a higher one.
         */
        get: operations["diff_dialplans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dialplans/reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads the dialplan files again, and answers when they are in force or refused
         * @description Takes the role `company_admin` or a higher one.
         */
        post: operations["reload_dialplans"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dialplans/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Writes an earlier version back to the dialplan folder and puts it in force
         * @description Takes the role `company_admin` or a higher one.
         */
        post: operations["roll_back_dialplans"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dialplans/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The last twenty versions of the dialplan files, the newest first
         * @description Takes the role `company_admin` or a higher one.
         */
        get: operations["list_dialplan_versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dialplans/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One version with its files
         * @description Takes the role `company_admin` or a higher one.
         */
        get: operations["show_dialplan_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dialplans/world": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What dialplan files may name
         * @description Takes the role `tenant_admin` or a higher one.
         */
        get: operations["dialplan_world"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * External contacts, by name
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_external-contacts"];
        put?: never;
        /**
         * Adds an external contact
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["add_external-contact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/external-contacts/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One external contact
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_external-contact"];
        put?: never;
        post?: never;
        /**
         * Removes an external contact
         * @description Takes the role `tenant_admin` or a higher one.
         */
        delete: operations["remove_external-contact"];
        options?: never;
        head?: never;
        /**
         * Changes an external contact
         * @description Takes the role `tenant_admin` or a higher one.
         */
        patch: operations["change_external-contact"];
        trace?: never;
    };
    "/api/v1/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All groups, by name
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_groups"];
        put?: never;
        /**
         * Adds a group
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["add_group"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/groups/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One group
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_group"];
        put?: never;
        post?: never;
        /**
         * Removes a group
         * @description Takes the role `tenant_admin` or a higher one.
         */
        delete: operations["remove_group"];
        options?: never;
        head?: never;
        /**
         * Changes a group
         * @description Takes the role `tenant_admin` or a higher one.
         */
        patch: operations["change_group"];
        trace?: never;
    };
    "/api/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Invitations, newest first: operators see their own, those who set the tenant up see all
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_invitations"];
        put?: never;
        /**
         * Makes an invitation; its key is shown this once
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["add_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One invitation
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_invitation"];
        put?: never;
        post?: never;
        /**
         * Takes an invitation back; it stays in the list
         * @description Takes the role `operator` or a higher one.
         */
        delete: operations["revoke_invitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What goes on, as it happens: a WebSocket for browsers
         * @description Text frames with JSON: first `{"snapshot": {"number", "now", "me", "waiting", "mine", "operators"}}`, then `{"event": {"number", "kind", "item"}}` with the whole new item (`waiting`, `mine`, `operator`, `me`) or, of `waiting_gone` and `mine_gone`, its `id`. Numbers rise and have gaps: not everything concerns everybody. Each row of `hears` says by `missing` what keeps the one from being heard who is meant to be: `direction`, `packets`, `address` or `unknown`; null: it is heard. `{"changed": {"session", "what"}}` hints that somebody changed the `client` or the `work` of a session: ask for it again. `{"beat": {}}` comes every 20 s: without any frame for longer the connection is dead. `{"resync": {"reason"}}` ends it: connect again without `after`. Takes a login, whatever the role.
         */
        get: operations["look_on"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Logs a person in with a browser, which is given a cookie
         * @description The answer is the same, and takes as long, whether there is no such user or the password is wrong. Who tries too often is told by `Retry-After` how long to wait.
         */
        post: operations["log_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends this login
         * @description Takes a login, whatever the role.
         */
        post: operations["log_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mailboxes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All mailboxes, by name
         * @description Takes the role `supervisor` or a higher one.
         */
        get: operations["list_mailboxes"];
        put?: never;
        /**
         * Adds a mailbox
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["add_mailbox"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mailboxes/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One mailbox
         * @description Takes the role `supervisor` or a higher one.
         */
        get: operations["show_mailbox"];
        put?: never;
        post?: never;
        /**
         * Removes a mailbox
         * @description Takes the role `tenant_admin` or a higher one.
         */
        delete: operations["remove_mailbox"];
        options?: never;
        head?: never;
        /**
         * Changes a mailbox
         * @description Takes the role `tenant_admin` or a higher one.
         */
        patch: operations["change_mailbox"];
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who has logged in
         * @description Takes a login, whatever the role.
         */
        get: operations["show_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/phone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes this browser a phone: a SIP account for half a day
         * @description Asked for again by the same login, the account is the same and lasts longer, and its secret is another one. It ends with the login. Takes a login, whatever the role.
         */
        post: operations["lend_phone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/missed-calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Calls of clients that nobody took, newest first
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_missed-calls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/missed-calls/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One missed call
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_missed-call"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/missed-calls/{id}/call": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Calls back: the operator's own phone rings first, then the client's
         * @description When the client answers, the missed call is closed. Takes the role `operator` or a higher one.
         */
        post: operations["call_missed-call"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/missed-calls/{id}/dismiss": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes down that an open missed call needs no call
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["dismiss_missed-call"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/numbers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All numbers, by name
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_numbers"];
        put?: never;
        /**
         * Adds a number
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["add_number"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/numbers/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One number
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_number"];
        put?: never;
        post?: never;
        /**
         * Removes a number
         * @description Takes the role `tenant_admin` or a higher one.
         */
        delete: operations["remove_number"];
        options?: never;
        head?: never;
        /**
         * Changes a number
         * @description Takes the role `tenant_admin` or a higher one.
         */
        patch: operations["change_number"];
        trace?: never;
    };
    "/api/v1/operators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All operators with what they do
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_operators"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators/{key}/call-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an operator wants done with direct calls
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_call_settings"];
        /**
         * Sets what an operator wants done with direct calls; what is left out is off
         * @description Takes the role `operator` or a higher one.
         */
        put: operations["set_call_settings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators/{key}/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The lines by which an operator takes sessions
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_channels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators/{key}/channels/{line}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Switches a line of an operator on or off
         * @description Where a tenant does without `channel_switches`, administrators of all tenants that the operator serves may. Takes the role `operator` or a higher one.
         */
        put: operations["switch_channel"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators/{key}/finish-work": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends an operator's after-call work
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["finish_work"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators/{key}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Sets an operator's status
         * @description Takes the role `operator` or a higher one.
         */
        put: operations["set_operator_status"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sessions, live and past, newest first
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One session with everything that happened to it
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets an operator accept a waiting session: the operator's phone is called
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["accept_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/client": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who the client of a session is, or may be; connects a contact that is certain
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_client"];
        /**
         * Takes down name, number or e-mail of the client of a session
         * @description Takes the role `operator` or a higher one.
         */
        put: operations["change_client"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/contact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Connects a session with a contact, or disconnects it
         * @description Takes the role `operator` or a higher one.
         */
        put: operations["choose_contact"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/decline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets a session that rings in the operator's workspace go on to others
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["decline_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends a live session
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["end_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/forward": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hands the client to an operator, a group, or whoever has a number
         * @description The client hears music until the target answers. If it cannot be had, the client is back with the operator, or in the queue if the operator has gone. Takes the role `operator` or a higher one.
         */
        post: operations["forward_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The client hears music and none of the operators, who hear each other
         * @description Where colleagues talk without a client, the other one of the operator who holds hears music. Takes the role `operator` or a higher one.
         */
        post: operations["hold_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/invite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Calls somebody into the conversation; with `consult` the client waits meanwhile
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["invite_to_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Presses keys for the client, or for somebody else in the conversation
         * @description They are sent as that phone takes them: as telephone-events (RFC 4733), or as tones in the sound. A key takes a fifth of a second. The answer comes before they are sent. Takes the role `operator` or a higher one.
         */
        post: operations["send_keys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/leave": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An operator leaves the client with the others
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["leave_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was written in a session, live or past
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_written"];
        put?: never;
        /**
         * Writes a message in a session, as an operator who is in it
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["write_message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/mute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Nobody hears an operator, or all do again
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["mute_operator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Writes a note about a session; keywords in it set tags
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["write_note"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/notes/{note}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes a note: one's own; supervisors each one
         * @description Takes the role `operator` or a higher one.
         */
        delete: operations["remove_note"];
        options?: never;
        head?: never;
        /**
         * Writes a note anew: one's own; supervisors each one
         * @description Takes the role `operator` or a higher one.
         */
        patch: operations["rewrite_note"];
        trace?: never;
    };
    "/api/v1/sessions/{id}/parameters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Sets a parameter of a session; in place of the dialplan's, if it has the same name
         * @description Takes the role `operator` or a higher one.
         */
        put: operations["set_parameter"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets the client see up to which message the operator has read
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["show_read"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/recording": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begins, pauses, resumes or ends the recording of a session
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["record_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The recordings of a session that have ended, in the order in which they began
         * @description Takes the role `supervisor` or a higher one.
         */
        get: operations["list_recordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/recordings/{recording}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who was there in a recording, and who spoke when
         * @description Takes the role `supervisor` or a higher one.
         */
        get: operations["show_recording"];
        put?: never;
        post?: never;
        /**
         * Removes a recording with its files
         * @description Takes the role `supervisor` or a higher one.
         */
        delete: operations["remove_recording"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/recordings/{recording}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The sound of a recording: WAV, 8 kHz, 16 bit; stereo with the client on the left, or one party's
         * @description Parts of it can be asked for (`Range`). Who listens is written to the log. Takes the role `supervisor` or a higher one.
         */
        get: operations["recording_audio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends an operator or an external phone out of the conversation
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["remove_from_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/result": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Takes down what a session led to, by the tenant's list
         * @description Takes the role `operator` or a higher one.
         */
        put: operations["set_result"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The client is with the operators again
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["resume_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/routing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Why a session is offered to whom, and why not to others
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_routing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/supervise": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A supervisor listens, whispers to the operators, or barges in
         * @description Takes the role `supervisor` or a higher one.
         */
        post: operations["supervise_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Marks a session with a word, of the catalogue or any other
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["tag_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/typing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets the client see that the operator types
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["show_typing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/untag": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a tag off a session, whoever set it
         * @description Takes the role `operator` or a higher one.
         */
        post: operations["untag_session"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}/work": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tags, notes, result and parameters of a session, live or past
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_work"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/switches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All switches that dialplans name or somebody turned
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_switches"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/switches/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Turns a switch
         * @description Takes the role `supervisor` or a higher one.
         */
        put: operations["turn_switch"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The catalogue of tags, by name
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_tags"];
        put?: never;
        /**
         * Adds a tag to the catalogue
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["add_tag"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One tag of the catalogue
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_tag"];
        put?: never;
        post?: never;
        /**
         * Removes a tag from the catalogue; sessions keep the word
         * @description Takes the role `tenant_admin` or a higher one.
         */
        delete: operations["remove_tag"];
        options?: never;
        head?: never;
        /**
         * Changes a tag of the catalogue
         * @description Takes the role `tenant_admin` or a higher one.
         */
        patch: operations["change_tag"];
        trace?: never;
    };
    "/api/v1/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Messages that are ready, by shortcut
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_templates"];
        put?: never;
        /**
         * Adds a template
         * @description Takes the role `supervisor` or a higher one.
         */
        post: operations["add_template"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/templates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One template
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_template"];
        put?: never;
        post?: never;
        /**
         * Removes a template
         * @description Takes the role `supervisor` or a higher one.
         */
        delete: operations["remove_template"];
        options?: never;
        head?: never;
        /**
         * Changes a template
         * @description Takes the role `supervisor` or a higher one.
         */
        patch: operations["change_template"];
        trace?: never;
    };
    "/api/v1/templates/{id}/star": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Marks a template for whoever asks, or takes the mark off
         * @description Takes the role `operator` or a higher one.
         */
        put: operations["star_template"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All tenants, by name
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_tenants"];
        put?: never;
        /**
         * Adds a tenant
         * @description Takes the role `company_admin` or a higher one.
         */
        post: operations["add_tenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tenants/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One tenant
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_tenant"];
        put?: never;
        post?: never;
        /**
         * Removes a tenant
         * @description Takes the role `company_admin` or a higher one.
         */
        delete: operations["remove_tenant"];
        options?: never;
        head?: never;
        /**
         * Changes a tenant
         * @description Takes the role `tenant_admin` or a higher one.
         */
        patch: operations["change_tenant"];
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All tokens, by name
         * @description Takes the role `tenant_admin` or a higher one.
         */
        get: operations["list_tokens"];
        put?: never;
        /**
         * Adds a token
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["add_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One token
         * @description Takes the role `tenant_admin` or a higher one.
         */
        get: operations["show_token"];
        put?: never;
        post?: never;
        /**
         * Removes a token
         * @description Takes the role `tenant_admin` or a higher one.
         */
        delete: operations["remove_token"];
        options?: never;
        head?: never;
        /**
         * Changes a token
         * @description Takes the role `tenant_admin` or a higher one.
         */
        patch: operations["change_token"];
        trace?: never;
    };
    "/api/v1/trace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * SIP messages of the last time, the oldest first
         * @description Takes the role `company_admin` or a higher one.
         */
        get: operations["show_trace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trunks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All trunks, by name
         * @description Takes the role `tenant_admin` or a higher one.
         */
        get: operations["list_trunks"];
        put?: never;
        /**
         * Adds a trunk
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["add_trunk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trunks/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One trunk
         * @description Takes the role `tenant_admin` or a higher one.
         */
        get: operations["show_trunk"];
        put?: never;
        post?: never;
        /**
         * Removes a trunk
         * @description Takes the role `tenant_admin` or a higher one.
         */
        delete: operations["remove_trunk"];
        options?: never;
        head?: never;
        /**
         * Changes a trunk
         * @description Takes the role `tenant_admin` or a higher one.
         */
        patch: operations["change_trunk"];
        trace?: never;
    };
    "/api/v1/trunks/{key}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Looks for the provider, registers and asks whether it is there now; the answers show in the trunk
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["check_trunk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trunks/{key}/examination": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Examines a trunk over sockets of its own and says in words what is wrong; takes up to a minute
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["examine_trunk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All users, by name
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_users"];
        put?: never;
        /**
         * Adds a user
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["add_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One user
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_user"];
        put?: never;
        post?: never;
        /**
         * Removes a user
         * @description Takes the role `tenant_admin` or a higher one.
         */
        delete: operations["remove_user"];
        options?: never;
        head?: never;
        /**
         * Changes a user
         * @description Takes the role `tenant_admin` or a higher one.
         */
        patch: operations["change_user"];
        trace?: never;
    };
    "/api/v1/voicemail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Messages, newest first
         * @description Takes the role `supervisor` or a higher one.
         */
        get: operations["list_messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/voicemail/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One message
         * @description Takes the role `supervisor` or a higher one.
         */
        get: operations["show_message"];
        put?: never;
        post?: never;
        /**
         * Removes a message
         * @description Takes the role `supervisor` or a higher one.
         */
        delete: operations["remove_message"];
        options?: never;
        head?: never;
        /**
         * Marks a message as listened to, or as new
         * @description Takes the role `supervisor` or a higher one.
         */
        patch: operations["change_message"];
        trace?: never;
    };
    "/api/v1/voicemail/{id}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The sound of a message: WAV, mono, 8 kHz, 16 bit
         * @description Takes the role `supervisor` or a higher one.
         */
        get: operations["message_audio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Webhooks, newest first
         * @description Takes the role `tenant_admin` or a higher one.
         */
        get: operations["list_webhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One webhook
         * @description Takes the role `tenant_admin` or a higher one.
         */
        get: operations["show_webhook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a webhook again, within seconds
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["retry_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/widgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All widgets, by name
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["list_widgets"];
        put?: never;
        /**
         * Adds a widget
         * @description Takes the role `tenant_admin` or a higher one.
         */
        post: operations["add_widget"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/widgets/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One widget
         * @description Takes the role `operator` or a higher one.
         */
        get: operations["show_widget"];
        put?: never;
        post?: never;
        /**
         * Removes a widget
         * @description Takes the role `tenant_admin` or a higher one.
         */
        delete: operations["remove_widget"];
        options?: never;
        head?: never;
        /**
         * Changes a widget
         * @description Takes the role `tenant_admin` or a higher one.
         */
        patch: operations["change_widget"];
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Who accepts a waiting session. */
        Acceptance: {
            /** @description The operator, by name or id. The operator's phone is called. */
            operator: string;
        };
        /**
         * @description Whether something is asked.
         * @enum {string}
         */
        Asked: "off" | "optional" | "required";
        /** @description A ban. Times are epoch milliseconds UTC. */
        BanView: {
            /**
             * Format: int32
             * @description Bans of this source, this one included; each is longer than the one before.
             */
            bans: number;
            /**
             * Format: int64
             * @description Failures of this source, all in all.
             */
            failures: number;
            /**
             * Format: int64
             * @description Since when.
             */
            since_at: number;
            /** @description Whose messages get no answer: an address, or a network of IPv6 (`2001:db8::/64`). */
            source: string;
            /**
             * Format: int64
             * @description Until when, if nobody lifts it.
             */
            until_at: number;
            /** @description The failure that led to it, in words. */
            why: string;
        };
        /** @description A call that has begun: the operator's phone rings. */
        CallMade: {
            /**
             * Format: uuid
             * @description The id of its session.
             */
            session: string;
        };
        /**
         * @description What an operator wants done with direct calls. A target is an extension, or a number outside that the operator may
         *     call.
         */
        CallSettingsView: {
            /** @description Who gets all calls. */
            always?: string | null;
            /** @description Who gets calls while the operator is busy, away or not to be disturbed, and those that are declined. */
            busy?: string | null;
            /** @description The phone does not ring, and queues offer nothing. */
            do_not_disturb?: boolean;
            no_answer?: null | components["schemas"]["NoAnswerView"];
        };
        /** @description Whom to call back. */
        CallbackNew: {
            /**
             * Format: int64
             * @description Not before this moment, epoch milliseconds UTC: in the future, and at most 30 days ahead.
             */
            due_at?: number | null;
            /** @description Whose operators call, by name or id. */
            group: string;
            /** @description The client's name, at most 100 characters. */
            name?: string | null;
            /** @description The number, as the tenant dials it. */
            number: string;
            /**
             * Format: int32
             * @description Those of a higher priority are served first; 0 if nothing is said.
             */
            priority?: number;
            /** @description The tenant, if several have a group of this name. */
            tenant?: string | null;
        };
        /** @description A promise to call a client back. Times are epoch milliseconds UTC. */
        CallbackView: {
            /**
             * Format: uuid
             * @description The session in which it was promised, if a client asked for it there.
             */
            asked_in?: string | null;
            /**
             * Format: int64
             * @description The client wants to be called no earlier than this, if the client said so.
             */
            due_at?: number | null;
            /**
             * Format: int64
             * @description When it ended.
             */
            ended_at?: number | null;
            /**
             * Format: int64
             * @description When it is given up.
             */
            expires_at: number;
            /** @description Whose operators call, by name. */
            group: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description The client's name, if one was given. */
            name?: string | null;
            /**
             * Format: int64
             * @description After a call in vain, or where it is for later: when the client is called at the earliest.
             */
            next_at?: number | null;
            /** @description Who is called. */
            number: string;
            /** @description The place in the queue, counted from 1. */
            position?: number | null;
            /**
             * Format: int32
             * @description Those of a higher priority are served first.
             */
            priority: number;
            /**
             * Format: int64
             * @description When it was promised.
             */
            promised_at: number;
            /** @description Why it failed. */
            reason?: string | null;
            /**
             * Format: uuid
             * @description The session in which operators ring, the client is called, is on the line, or was served.
             */
            session?: string | null;
            /**
             * @description `scheduled` (for later), `waiting`, `ringing` (at operators), `calling` (the client), `on line` (the client calls at present), `paused`
             *     (after a call in vain), `served`, `expired`, `cancelled` or `failed`.
             */
            state: string;
            /** @description Who promised it, by name. */
            tenant: string;
            /**
             * Format: int32
             * @description How often the client was called in vain.
             */
            tries: number;
            /**
             * Format: int64
             * @description Since when the client waits.
             */
            waiting_since: number;
            /**
             * Format: uuid
             * @description The widget in which the client asked for it.
             */
            widget?: string | null;
        };
        /** @description A contact that may be the client. */
        CandidateView: {
            /** @description The contact. */
            contact: components["schemas"]["ContactView"];
            /**
             * Format: int32
             * @description How many in a hundred such are the client.
             */
            percent: number;
            /** @description On what it rests, the strongest first. */
            reasons: components["schemas"]["ReasonView"][];
        };
        /** @description How a channel is switched. */
        ChannelChange: {
            /** @description Whether it is to bring the operator new sessions. */
            on: boolean;
        };
        /** @description A line by which an operator takes sessions. */
        ChannelView: {
            /** @description The name of the line: `phone`. */
            line: string;
            /** @description Whether it brings the operator new sessions, by queues or directly. Those under way go on. */
            on: boolean;
        };
        /** @description Which contact the client is. */
        Choice: {
            /**
             * Format: uuid
             * @description The id of the contact; null disconnects, and nothing is connected by itself again.
             */
            contact: string | null;
        };
        /** @description The client of a session, as far as known. */
        ClientView: {
            /** @description Who it may be, the likeliest first; none where an operator has chosen. */
            candidates: components["schemas"]["CandidateView"][];
            /** @description Who connected it: `automatic` or `operator`; null: it is not connected. */
            chosen?: string | null;
            contact?: null | components["schemas"]["ContactView"];
            /** @description E-mail address; empty if it is not known. */
            email: string;
            /** @description Name; empty if it is not known. */
            name: string;
            /** @description Telephone number, in E.164 form where the country is known; empty if it is not known. */
            phone: string;
        };
        /**
         * @description How a tag is painted.
         * @enum {string}
         */
        Colour: "grey" | "red" | "orange" | "yellow" | "green" | "teal" | "blue" | "purple" | "pink";
        /** @description A text that has to be agreed to. */
        Consent: {
            /** @description The text, at most 2,000 characters. */
            text: string;
            /** @description Its version: kept with each session, so that it is known who agreed to what. At most 100 characters. */
            version: string;
        };
        /** @description What changes of a contact; what is left out stays, and lists are replaced as a whole. */
        ContactChange: {
            /** @description Other addresses, in place of all. */
            emails?: components["schemas"]["Entry"][] | null;
            /** @description Other identifiers, in place of all. */
            identifiers?: components["schemas"]["Identifier"][] | null;
            /** @description Another name. */
            name?: string | null;
            /** @description Another note. */
            note?: string | null;
            /** @description Another company or department. */
            organisation?: string | null;
            /** @description Other numbers, in place of all. */
            phones?: components["schemas"]["Entry"][] | null;
        };
        /** @description A contact, as it is shown. Times are epoch milliseconds UTC. */
        ContactView: {
            /**
             * Format: int64
             * @description When it was changed last.
             */
            changed_at: number;
            /**
             * Format: int64
             * @description When it was made.
             */
            created_at: number;
            /** @description Addresses for mails. */
            emails: components["schemas"]["Entry"][];
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Customer numbers and the like. */
            identifiers: components["schemas"]["Identifier"][];
            /** @description What was merged into it and can be parted again, the newest first. */
            merged: components["schemas"]["MergedView"][];
            /** @description The name for people; several contacts may have the same. */
            name: string;
            /** @description What operators should know; perhaps empty. */
            note: string;
            /** @description Where the contact works; perhaps empty. */
            organisation: string;
            /** @description Telephone numbers in E.164 form. */
            phones: components["schemas"]["Entry"][];
            /** @description The tenant whose client it is, by name. */
            tenant: string;
        };
        /** @description A session as it is at this moment: who takes part, and who hears whom. */
        Conversation: {
            /** @description Who is heard by whom. */
            hears: components["schemas"]["Heard"][];
            /** @description The client waits while the others talk. */
            held: boolean;
            /** @description Who takes part or is called. */
            legs: components["schemas"]["LegNow"][];
            /** @description Whether it is recorded: `off`, `on` or `paused`. */
            recording: string;
            /** @description Sound of a recording of it was lost. */
            recording_incomplete: boolean;
        };
        /** @description A name and a password. */
        Credentials: {
            /** @description The login name. */
            name: string;
            /** @description The login password. */
            password: string;
        };
        /** @description What changes of a destination; what is left out stays. */
        DestinationChange: {
            /** @description Another class. */
            class?: string | null;
            /** @description Another label. */
            label?: string | null;
        };
        /** @description A destination, as it is shown. */
        DestinationView: {
            /** @description The class of the numbers: `local`, `national`, `mobile`, `international` or `premium`. */
            class: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description What it is. */
            label: string;
            /** @description The beginning of the numbers: `+420900`. The longest that fits tells. */
            prefix: string;
        };
        /**
         * @description What changes of a device; what is left out stays. The user name is part of the secret's hash
         *     and stays for good.
         */
        DeviceChange: {
            /** @description Another label. */
            label?: string | null;
            /** @description A new secret, 8 to 128 characters. */
            secret?: string | null;
            srtp?: null | components["schemas"]["Srtp"];
            /** @description Another user takes it over. */
            user?: string | null;
        };
        /** @description A device just made, with its secret. The secret is shown this once and kept nowhere. */
        DeviceMadeView: components["schemas"]["DeviceView"] & {
            /** @description The password to enter in the phone. */
            secret: string;
        };
        /** @description A SIP phone, as it is shown. */
        DeviceView: {
            /**
             * Format: int64
             * @description When the phone in a browser ceases to register, in milliseconds since 1970.
             */
            expires_at?: number | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description `phone`, or `browser`: the phone in the browser of somebody who has logged in, which cannot be changed. */
            kind: string;
            /** @description What it is. */
            label: string;
            /** @description The realm of its digest authentication. */
            realm: string;
            /** @description Whether its sound is protected. */
            srtp: components["schemas"]["Srtp"];
            /** @description Whose phone it is, by name. */
            user: string;
            /** @description The SIP user name with which it registers. */
            username: string;
        };
        /** @description How the dialplan files fare. */
        DialplanView: {
            /** @description Its files, as paths below the folder. */
            files: string[];
            /** @description The folder of the files. */
            folder: string;
            /** @description The SHA-256 of its files. */
            hash?: string | null;
            /**
             * Format: int64
             * @description Since when it is in force, in milliseconds since 1970.
             */
            in_force_at?: number | null;
            /**
             * Format: int64
             * @description Sets of files taken over since the start.
             */
            loads: number;
            /** @description The numbers that it answers. */
            numbers: string[];
            /** @description Where it came from: `start`, `edit`, `company` or `rollback to N`. */
            origin?: string | null;
            /** @description Why they are refused. */
            problems: components["schemas"]["FaultView"][];
            /**
             * Format: int64
             * @description Sets of files refused since the start.
             */
            refusals: number;
            /**
             * Format: int64
             * @description Since when the files on the disk are refused; none if they are in force.
             */
            refused_at?: number | null;
            /**
             * Format: int64
             * @description The version in force; none if there are no files.
             */
            version?: number | null;
            /** @description What somebody should look at in the files in force. */
            warnings: components["schemas"]["FaultView"][];
            /** @description How changes are noticed: by `events` of the system, or by `looking` every two seconds. */
            watched_by: string;
        };
        /** @description What is different between two versions. */
        DiffView: {
            /** @description The files that are different. */
            files: components["schemas"]["FileDiffView"][];
            /** @description What was compared. */
            from: string;
            /** @description With what. */
            to: string;
        };
        /** @description Who says that a missed call needs no call. */
        Dismissal: {
            /** @description The operator, by name or id; nobody if left out. */
            operator?: string | null;
        };
        /** @description A number or an address, and what it is for. */
        Entry: {
            /** @description What it is for, in the words of whoever wrote it: `mobile`; perhaps empty. */
            label?: string;
            /** @description A number in E.164 form, or an address for mails. */
            value: string;
        };
        /** @description What is asked before a chat begins. */
        EntryForm: {
            /** @default off */
            email: components["schemas"]["Asked"];
            /** @default optional */
            name: components["schemas"]["Asked"];
            /** @default off */
            phone: components["schemas"]["Asked"];
        };
        /** @description What an examination of one trunk found. */
        Examination: {
            /** @description In the order in which it was looked at. */
            findings: components["schemas"]["Finding"][];
            /** @description Nothing is bad. */
            ok: boolean;
        };
        /** @description What a doctor is to do. */
        Examine: {
            /** @description Call this number, written as the provider wants it. */
            call?: string | null;
        };
        /** @description What changes of an external contact; what is left out stays. */
        ExternalContactChange: {
            /** @description Another name. */
            name?: string | null;
            /** @description Another note. */
            note?: string | null;
            /** @description Other numbers, in place of all. */
            numbers?: string[] | null;
            /** @description Another company or department. */
            organisation?: string | null;
        };
        /** @description An external contact, as it is shown. */
        ExternalContactView: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description The name for people, unique in the tenant. */
            name: string;
            /** @description What operators should know; perhaps empty. */
            note: string;
            /** @description Telephone numbers in E.164 form; the first one is dialled. */
            numbers: string[];
            /** @description A company or a department; perhaps empty. */
            organisation: string;
            /** @description The tenant whose operators may reach it, by name. */
            tenant: string;
        };
        /**
         * @description What is wrong, for programs.
         * @enum {string}
         */
        Fault: "name_unknown" | "silent" | "port_closed" | "wrong_transport" | "wrong_tls_name" | "expired_certificate" | "unknown_issuer" | "tls_failed" | "not_sip" | "options_refused" | "unavailable" | "password_missing" | "wrong_password" | "unknown_user" | "registration_refused" | "call_forbidden" | "number_unknown" | "call_refused" | "not_answered" | "no_common_codec" | "private_address" | "own_private_address" | "nothing_comes" | "nothing_arrives" | "lossy";
        /** @description One thing that is wrong in a dialplan file. */
        FaultView: {
            /**
             * Format: int32
             * @description The column, counted from 1 in characters; 0 if it is about the file as a whole.
             */
            column: number;
            /** @description The path of the file. */
            file: string;
            /** @description What to do about it. */
            help?: string | null;
            /**
             * Format: int32
             * @description The line, counted from 1; 0 if it is about the file as a whole.
             */
            line: number;
            /** @description The line with the place underlined, for people. */
            picture: string;
            /** @description `error` or `warning`. */
            severity: string;
            /** @description What is wrong. */
            what: string;
        };
        /** @description What is different in one file. */
        FileDiffView: {
            /** @description `added`, `changed` or `removed`. */
            change: string;
            /** @description Its path below the dialplan folder. */
            path: string;
            /** @description The lines, in the unified format. */
            text: string;
        };
        /** @description One thing that was found. */
        Finding: {
            /** @description What to do. */
            advice?: string | null;
            fault?: null | components["schemas"]["Fault"];
            /** @description How well it is. */
            grade: components["schemas"]["Grade"];
            /** @description What was looked at. */
            step: components["schemas"]["Step"];
            /** @description What was found, in words. */
            what: string;
        };
        /** @description The client is handed to somebody else. */
        Forwarding: {
            /** @description The operator who forwards, by name or id; the first in the session if nobody is named. */
            by?: string | null;
            /** @description What the one who takes over should know. */
            note?: string | null;
            /** @description To whom. */
            to: components["schemas"]["Whom"];
        };
        /**
         * @description The user of From in calls to a provider.
         * @enum {string}
         */
        FromUser: "number" | "account";
        /**
         * @description How well it is.
         * @enum {string}
         */
        Grade: "good" | "doubtful" | "bad";
        /**
         * @description What a caller hears before the tone.
         * @enum {string}
         */
        Greeting: "default" | "own" | "none";
        /** @description What changes of a group; what is left out stays, `null` removes. */
        GroupChange: {
            /**
             * Format: int32
             * @description Time to finish a session.
             */
            after_call_work_ms?: number | null;
            /** @description Another name for people. */
            display?: string | null;
            /**
             * Format: int32
             * @description How many may wait.
             */
            limit?: number | null;
            /**
             * Format: int32
             * @description How long one may wait.
             */
            max_wait_ms?: number | null;
            /** @description All members anew. */
            members?: string[] | null;
            /**
             * Format: int32
             * @description Unanswered offers in a row.
             */
            misses_allowed?: number | null;
            /** @description Another name. */
            name?: string | null;
            /**
             * Format: int32
             * @description How long an offer stands.
             */
            offer_for_ms?: number | null;
            recording?: null | components["schemas"]["RecordingRule"];
            strategy?: null | components["schemas"]["Strategy"];
        };
        /** @description A group, as it is shown. */
        GroupView: {
            /**
             * Format: int32
             * @description Time to finish a session after its end, in milliseconds.
             */
            after_call_work_ms: number;
            /** @description Its name for people. */
            display: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: int32
             * @description How many may wait.
             */
            limit?: number | null;
            /**
             * Format: int32
             * @description How long one may wait, in milliseconds.
             */
            max_wait_ms?: number | null;
            /** @description Its operators, by name. */
            members: string[];
            /**
             * Format: int32
             * @description Offers that an operator may leave unanswered in a row.
             */
            misses_allowed: number;
            /** @description Its name in dialplans, unique in the tenant. */
            name: string;
            /**
             * Format: int32
             * @description How long an offer stands, in milliseconds.
             */
            offer_for_ms: number;
            recording?: null | components["schemas"]["RecordingRule"];
            /** @description How it offers. */
            strategy: components["schemas"]["Strategy"];
            /** @description The tenant whose queue it serves, by name. */
            tenant: string;
        };
        /** @description How far somebody has read. */
        HasRead: {
            /**
             * Format: int64
             * @description The number of the last message that was on the screen.
             */
            number: number;
        };
        /** @description One who is to be heard by another one. */
        Heard: {
            /**
             * Format: uuid
             * @description The leg of who speaks.
             */
            from: string;
            /** @description What keeps the one from being heard: `direction`, `packets`, `address` or `unknown`; null: it is heard. */
            missing?: string | null;
            /**
             * Format: uuid
             * @description The leg of who hears it.
             */
            to: string;
        };
        /** @description Who puts somebody on hold. */
        Holding: {
            /**
             * @description The operator who holds, by name or id. It matters where colleagues talk without a client: the other one hears
             *     music.
             */
            operator?: string | null;
        };
        /** @description What tells a contact from others, by a name that the company chose. */
        Identifier: {
            /** @description `Customer no.`. */
            name: string;
            /** @description `A-17`. */
            value: string;
        };
        /**
         * @description By which header a provider is told who calls.
         * @enum {string}
         */
        IdentityHeader: "none" | "asserted" | "preferred";
        /** @description Somebody is called into the conversation. */
        Invitation: {
            /**
             * @description The operator who invites, by name or id: with whose rights a number outside is called. The first in the session
             *     if nobody is named.
             */
            by?: string | null;
            /** @description The client waits with music meanwhile, and the others hear each other. */
            consult?: boolean;
            /** @description Whom. */
            to: components["schemas"]["Whom"];
        };
        /**
         * @description How often an invitation may be used.
         * @enum {string}
         */
        InvitationKind: "one_off" | "reusable";
        /** @description An invitation that was just made. */
        InvitationMadeView: components["schemas"]["InvitationView"] & {
            /** @description What its address holds; it is shown this once. */
            key: string;
            /** @description Where the client goes: this path on the address of hovor. A page with the widget does too, with what is behind `#`. */
            path: string;
        };
        /**
         * @description Whether an invitation may be used.
         * @enum {string}
         */
        InvitationState: "open" | "expired" | "revoked" | "used";
        /** @description An invitation, as it is shown. Times are epoch milliseconds UTC. */
        InvitationView: {
            /** @description Six digits. */
            code: string;
            /**
             * Format: int64
             * @description When it ends.
             */
            expires_at: number;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description How often it may be used. */
            kind: components["schemas"]["InvitationKind"];
            /**
             * Format: int64
             * @description When it was made.
             */
            made_at: number;
            /** @description Whom it is for. */
            note: string;
            /** @description Whom the client reaches, by name. */
            operator: string;
            /**
             * Format: int64
             * @description When it was taken back.
             */
            revoked_at?: number | null;
            /** @description Whether it may be used now. */
            state: components["schemas"]["InvitationState"];
            /** @description Whose client is invited, by name. */
            tenant: string;
            /**
             * Format: int64
             * @description When the last one did.
             */
            used_at?: number | null;
            /**
             * Format: int32
             * @description How many sessions came of it.
             */
            uses: number;
            /**
             * Format: uuid
             * @description By which widget the client comes.
             */
            widget: string;
        };
        /** @description Keys that are pressed for somebody. */
        Keys: {
            /** @description The operator who presses them, by name or id, for the session's history. */
            by?: string | null;
            /** @description One after the other: `0` to `9`, `*`, `#`, `A` to `D`; at most 32. */
            keys: string;
            /**
             * Format: uuid
             * @description For whom: a leg of the session, by its id; for the client if left out.
             */
            leg?: string | null;
        };
        /** @description A leg of the session. */
        Leaving: {
            /**
             * Format: uuid
             * @description Its id, as the session's events tell it.
             */
            leg: string;
        };
        /** @description Somebody who takes part, or is called. */
        LegNow: {
            /** @description Its own phone has put the others on hold. */
            holds: boolean;
            /**
             * Format: uuid
             * @description The id of the leg.
             */
            id: string;
            /** @description What is at its far end: `client`, `operator` or `external`. */
            kind: string;
            /** @description Its phone is gone, and may come back. */
            lost: boolean;
            /** @description It is on hold: waits with music, or with silence where the tenant wants that. */
            music: boolean;
            /** @description Nobody hears it. */
            muted: boolean;
            /** @description A name for people. */
            name: string;
            /**
             * Format: uuid
             * @description Which operator.
             */
            operator?: string | null;
            /** @description As what it takes part: `party`, or `listens`, `whispers` or `barges` for a supervisor. */
            part: string;
            poor?: null | components["schemas"]["Poor"];
            /** @description When it came into the conversation (RFC 3339). */
            since?: string | null;
            /** @description `ringing` or `up`. */
            state: string;
        };
        /** @description Somebody who took part in a conversation. */
        LegView: {
            /**
             * Format: int64
             * @description Milliseconds on hold.
             */
            held_ms: number;
            /**
             * Format: uuid
             * @description The id of the leg.
             */
            id: string;
            /**
             * Format: int64
             * @description When it came into the conversation.
             */
            joined_at: number;
            /**
             * Format: int64
             * @description When it left.
             */
            left_at?: number | null;
            /** @description Who it was; absent for the caller. */
            party?: string | null;
            /**
             * Format: int64
             * @description Milliseconds of conversation.
             */
            talk_ms: number;
        };
        /** @description What changes of a mailbox; what is left out stays, `null` removes. */
        MailboxChange: {
            /** @description Another address for mails. */
            email?: string | null;
            /** @description Whether the message goes from the mailbox when it has gone out by mail. */
            email_delete?: boolean | null;
            /** @description Whether the message itself is in the mail. */
            email_sound?: boolean | null;
            greeting?: null | components["schemas"]["Greeting"];
            /**
             * Format: int32
             * @description Days after which a message goes by itself.
             */
            keep_days?: number | null;
            /**
             * Format: int32
             * @description How many messages it holds.
             */
            limit?: number | null;
            /**
             * Format: int32
             * @description The longest message in milliseconds.
             */
            max_message_ms?: number | null;
            /** @description Another name. */
            name?: string | null;
            /** @description Other digits by which it is asked for on the phone. */
            number?: string | null;
            /** @description Another PIN. A mailbox that wrong PINs have locked is open again. */
            pin?: string | null;
        };
        /** @description A mailbox, as it is shown. */
        MailboxView: {
            /** @description Where a mail goes for each message. */
            email?: string | null;
            /** @description Whether the message goes from the mailbox when it has gone out by mail. */
            email_delete: boolean;
            /** @description Whether the message itself is in the mail. */
            email_sound: boolean;
            /** @description What a caller hears before the tone. */
            greeting: components["schemas"]["Greeting"];
            /**
             * Format: uuid
             * @description The id of the group whose it is.
             */
            group?: string | null;
            /** @description Whether it has a PIN, and so can be listened to by phone. */
            has_pin: boolean;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: int32
             * @description Days after which a message goes by itself.
             */
            keep_days?: number | null;
            /**
             * Format: int32
             * @description How many messages it holds.
             */
            limit: number;
            /**
             * Format: int32
             * @description The longest message, in milliseconds.
             */
            max_message_ms: number;
            /** @description Its name in dialplans, unique in the tenant. */
            name: string;
            /** @description The digits by which it is asked for on the phone. */
            number?: string | null;
            /** @description Whether its owner has recorded a greeting. */
            own_greeting: boolean;
            /** @description The tenant in whose dialplans it is used, by name. */
            tenant: string;
            /** @description The operator whose it is, by name. */
            user?: string | null;
        };
        /** @description Somebody who has logged in, as they see themselves. */
        Me: {
            /** @description May do everything in the whole company. */
            company_admin: boolean;
            /** @description What every change carries in the header `X-CSRF-Token`. */
            csrf: string;
            /** @description The name for people. */
            display_name: string;
            /** @description The number by which colleagues dial this user. */
            extension?: string | null;
            /**
             * Format: uuid
             * @description The user's id.
             */
            id: string;
            /** @description The login name. */
            name: string;
            /** @description What the user is in which tenant. */
            roles: components["schemas"]["RoleIn"][];
        };
        /** @description An operator who is in the session. */
        Member: {
            /** @description The operator, by name or id. */
            operator: string;
        };
        /** @description A contact that became part of another one. */
        MergedView: {
            /**
             * Format: int64
             * @description When it was merged.
             */
            at: number;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its name. */
            name: string;
        };
        /** @description What changes of a message. */
        MessageChange: {
            /** @description Whether it was listened to. */
            heard: boolean;
        };
        /** @description A message. Times are epoch milliseconds UTC. */
        MessageView: {
            /** @description The caller's number. */
            caller: string;
            /** @description The caller's name, if one was given. */
            caller_name?: string | null;
            /** @description Whether it was listened to. */
            heard: boolean;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: int64
             * @description When it was left.
             */
            left_at: number;
            /**
             * Format: int32
             * @description How long it is, in milliseconds.
             */
            length_ms: number;
            /** @description Its mailbox, by name. */
            mailbox: string;
            /**
             * Format: uuid
             * @description The session in which it was left.
             */
            session: string;
        };
        /**
         * @description The calls of one client that nobody took, since somebody spoke with this client last. Times are epoch milliseconds
         *     UTC.
         */
        MissedCallView: {
            /**
             * Format: int32
             * @description How often the client called.
             */
            attempts: number;
            /**
             * Format: int64
             * @description When that was.
             */
            closed_at?: number | null;
            /** @description The operator who spoke with the client or dismissed it, by name. */
            closed_by?: string | null;
            /**
             * Format: uuid
             * @description The session in which somebody spoke with the client.
             */
            closed_session?: string | null;
            /**
             * Format: int64
             * @description When the client gave up the first time.
             */
            first_at: number;
            /** @description The groups for whom it was, by name. */
            groups: string[];
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: int64
             * @description When the client gave up the last time.
             */
            last_at: number;
            /** @description The client's name, if one was given. */
            name?: string | null;
            /** @description The number to call back. */
            number: string;
            /** @description The operators for whom it was, by name. */
            operators: string[];
            /**
             * Format: uuid
             * @description The open promise to call this client back, if there is one: whoever talks with the client settles both.
             */
            promised?: string | null;
            /**
             * Format: uuid
             * @description The session of the last call.
             */
            session: string;
            /** @description What has become of it. */
            state: components["schemas"]["MissedState"];
            /** @description The tenant whose client it is, by name. */
            tenant: string;
            /**
             * Format: int64
             * @description How long the client waited the last time, in milliseconds.
             */
            waited_ms: number;
        };
        /**
         * @description What has become of a missed call.
         * @enum {string}
         */
        MissedState: "open" | "called_back" | "dismissed";
        /**
         * @description How a supervisor takes part.
         * @enum {string}
         */
        Mode: "listen" | "whisper" | "barge";
        /** @description Whether an operator is heard. */
        Muting: {
            /** @description `true`: nobody hears the operator. */
            on: boolean;
            /** @description The operator, by name or id. */
            operator: string;
        };
        /** @description A call to make: to one of a number and an external contact. */
        NewCall: {
            /** @description An external contact, by name or id. */
            external_contact?: string | null;
            /** @description An extension, a number outside, or one that a dialplan answers. */
            number?: string | null;
            /** @description The operator who calls, by name or id. The call is made with the operator's rights. */
            operator: string;
        };
        /** @description What a new contact needs. */
        NewContact: {
            /** @description Addresses for mails; at most 20. */
            emails?: components["schemas"]["Entry"][];
            /** @description Customer numbers and the like; at most 20. */
            identifiers?: components["schemas"]["Identifier"][];
            /** @description The name for people. */
            name: string;
            /** @description At most 2,000 characters. */
            note?: string;
            /** @description A company or a department. */
            organisation?: string;
            /** @description Numbers, in E.164 form or as they are dialled in the tenant's country; at most 20. */
            phones?: components["schemas"]["Entry"][];
            /** @description The tenant, by name or id; may be left out by those who serve one alone. */
            tenant?: string | null;
        };
        /** @description What a new destination needs. */
        NewDestination: {
            /** @description `local`, `national`, `mobile`, `international` or `premium`. */
            class: string;
            /** @description At most 100 characters. */
            label?: string | null;
            /** @description `+` and the first digits. */
            prefix: string;
        };
        /** @description What an operator learned of the client; what is left out stays, an empty text is not known. */
        NewDetails: {
            /** @description E-mail address. */
            email?: string | null;
            /** @description Name. */
            name?: string | null;
            /** @description Telephone number, in E.164 form or as it is dialled in the tenant's country. */
            phone?: string | null;
        };
        /** @description What a new device needs. */
        NewDevice: {
            /** @description At most 100 characters. */
            label?: string | null;
            /** @description 8 to 128 characters. Left out, a secret is generated, which is better. */
            secret?: string | null;
            srtp?: null | components["schemas"]["Srtp"];
            /** @description Whose phone it is, by name or id. */
            user: string;
            /** @description The SIP user name: letters, digits, `.`, `_` and `-`; at most 64. The user's extension if left out. */
            username?: string | null;
        };
        /** @description What a new external contact needs. */
        NewExternalContact: {
            /** @description The name for people, unique in the tenant. */
            name: string;
            /** @description At most 2,000 characters. */
            note?: string | null;
            /** @description 1 to 10 telephone numbers in E.164 form, the one that is dialled at the front. */
            numbers: string[];
            /** @description A company or a department. */
            organisation?: string | null;
            /** @description The tenant, by name or id. */
            tenant: string;
        };
        /** @description What a new group needs. */
        NewGroup: {
            /**
             * Format: int32
             * @description At most 3,600,000; 0 if left out.
             */
            after_call_work_ms?: number | null;
            /** @description At most 100 characters; the name if left out. */
            display?: string | null;
            /**
             * Format: int32
             * @description 1 to 100,000; no limit if left out.
             */
            limit?: number | null;
            /**
             * Format: int32
             * @description 1,000 to 86,400,000; for ever if left out.
             */
            max_wait_ms?: number | null;
            /** @description Operators by name or id; each needs a role in the tenant. At most 1000. */
            members?: string[];
            /**
             * Format: int32
             * @description 1 to 100; 3 if left out.
             */
            misses_allowed?: number | null;
            /** @description Lower-case letters, digits, `.`, `_` and `-`; at most 64. */
            name: string;
            /**
             * Format: int32
             * @description 1,000 to 600,000; 15,000 if left out.
             */
            offer_for_ms?: number | null;
            recording?: null | components["schemas"]["RecordingRule"];
            /** @description `push` if left out. */
            strategy?: components["schemas"]["Strategy"];
            /** @description The tenant whose queue it serves, by name or id. */
            tenant: string;
        };
        /** @description What a new invitation needs. */
        NewInvitation: {
            /** @description `one_off` or `reusable`; reusable if nothing is said. */
            kind?: components["schemas"]["InvitationKind"];
            /**
             * Format: int64
             * @description How long it lasts, in seconds, up to a year; a day if nothing is said.
             */
            lasts_s?: number | null;
            /** @description Whom it is for, at most 200 characters. */
            note?: string;
            /** @description Whom the client reaches, by name or id: an operator of the tenant. People may leave themselves out. */
            operator?: string | null;
            /** @description The tenant, by name or id; may be left out by those who have one alone. */
            tenant?: string | null;
            /** @description By which widget of the tenant the client comes, by name or id. */
            widget: string;
        };
        /** @description What a new mailbox needs: the tenant, and a user or a group. */
        NewMailbox: {
            /** @description Where a mail goes for each message; nowhere if left out. */
            email?: string | null;
            /** @description Whether the message goes from the mailbox when it has gone out by mail; it stays if left out. */
            email_delete?: boolean | null;
            /** @description Whether the message itself is in the mail; it is if left out. */
            email_sound?: boolean | null;
            /** @description What a caller hears before the tone. */
            greeting?: components["schemas"]["Greeting"];
            /** @description The group whose it is, by name or id. */
            group?: string | null;
            /**
             * Format: int32
             * @description Days after which a message goes by itself, up to 3,650; none does if left out.
             */
            keep_days?: number | null;
            /**
             * Format: int32
             * @description How many messages it holds, up to 1,000; 100 if left out.
             */
            limit?: number | null;
            /**
             * Format: int32
             * @description The longest message in milliseconds, up to half an hour; three minutes if left out.
             */
            max_message_ms?: number | null;
            /** @description Its name; that of its owner if left out. */
            name?: string | null;
            /** @description 2 to 8 digits by which it is asked for on the phone. */
            number?: string | null;
            /** @description 4 to 10 digits. Without a PIN nobody listens by phone. */
            pin?: string | null;
            /** @description The tenant, by name or id. */
            tenant: string;
            /** @description The operator whose it is, by name or id. */
            user?: string | null;
        };
        /** @description A message to be written. */
        NewMessage: {
            /** @description For colleagues: the client is not to read it. */
            aside?: boolean;
            /**
             * Format: int64
             * @description A number that the page chooses. The same again is not written twice, so a message whose answer was lost may be
             *     sent again.
             */
            own: number;
            /** @description What: 1 to 4,000 characters. */
            text: string;
        };
        /** @description What a new number needs. */
        NewNumber: {
            /** @description At most 100 characters. */
            label?: string | null;
            /**
             * @description E.164: `+` and 7 to 15 digits, the last of which may be `x` for a block of numbers; spaces, dots, dashes
             *     and brackets are dropped.
             */
            number: string;
            recording?: null | components["schemas"]["RecordingRule"];
            /** @description 2 to 8 digits. */
            short?: string | null;
            /** @description The tenant that owns it, by name or id. */
            tenant: string;
        };
        /** @description What a new tag needs. */
        NewTag: {
            /** @description `grey`, `red`, `orange`, `yellow`, `green`, `teal`, `blue`, `purple` or `pink`. */
            colour?: string | null;
            /** @description At most 30 words that, found in a note, set the tag by themselves; `refund*` is found in `refunded`, too. */
            keywords?: string[];
            /** @description At most 40 characters. */
            name: string;
            /** @description The tenant, by name or id; may be left out by those who have one alone. */
            tenant?: string | null;
        };
        /** @description What a new template needs. */
        NewTemplate: {
            /** @description One word of at most 40 characters, unique in the tenant. */
            shortcut: string;
            /** @description The tenant, by name or id; may be left out by those who have one alone. */
            tenant?: string | null;
            /** @description At most 4,000 characters. */
            text: string;
            /** @description At most 200 characters. */
            title: string;
        };
        /** @description What a new tenant needs. */
        NewTenant: {
            /** @description Why its operators may be away, at most 30 reasons; the usual ones, and any other word, if left out. */
            away_reasons?: string[] | null;
            /** @description What a call may have led to, at most 30 results; none if left out. */
            call_results?: string[];
            /** @description A number in E.164 form, or `withheld`; the first number if left out. */
            caller_number?: string | null;
            /**
             * @description Classes of numbers outside that its dialplans may call: `local`, `national`, `mobile`, `international`, `premium`;
             *     the first three if left out.
             */
            calls?: string[] | null;
            /**
             * @description How many sessions of a line (the outer name) an operator may have who is on one of another line, or of the same (the
             *     inner name), 0 to 100: `{"webchat": {"webchat": 3, "phone": 1}}`. What is not named is as the line itself has it.
             */
            capacity?: {
                [key: string]: {
                    [key: string]: number;
                };
            } | null;
            /** @description The country whose national numbers are dialled: `CZ`. */
            country?: string | null;
            /** @description At most 100 characters; the name if left out. */
            display?: string | null;
            /** @description The numbers that call help; those of its country if left out. */
            emergency?: string[] | null;
            /** @description `false`: clients on hold hear nothing. `true` if left out. */
            hold_music?: boolean | null;
            /** @description `en` if left out. */
            language?: string | null;
            /**
             * Format: int32
             * @description Calls outside at once; 20 if left out.
             */
            max_calls?: number | null;
            /** @description Lower-case letters, digits, `.`, `_` and `-`; at most 64. */
            name: string;
            /** @description What operators are asked to take down of each session, at most 30 names; none if left out. */
            parameters?: string[];
            /**
             * @description What its sessions do without: `handset`, `queue`, `hold`, `mute`, `conference`, `forwarding`, `recording`,
             *     `channel_switches`; nothing if left out.
             */
            switched_off?: string[] | null;
            /** @description `UTC` if left out. */
            timezone?: string | null;
        };
        /** @description What a new token needs. */
        NewToken: {
            /**
             * Format: int64
             * @description When it ceases to open anything, in milliseconds since 1970; never if left out.
             */
            expires_at?: number | null;
            /** @description Lower-case letters, digits, `.`, `_` and `-`; at most 64. */
            name: string;
            role?: null | components["schemas"]["Rank"];
            /** @description The only tenant that it opens, by name or id; the whole company if left out. */
            tenant?: string | null;
        };
        /** @description What a new trunk needs. */
        NewTrunk: {
            /** @description True if left out. */
            enabled?: boolean | null;
            /** @description A host name or an IP address. */
            host: string;
            /** @description Lower-case letters, digits, `.`, `_` and `-`; at most 64. */
            name: string;
            /** @description The password that goes with it. */
            password?: string | null;
            /**
             * Format: int32
             * @description What the name service says, or 5060 (5061 over TLS), if left out.
             */
            port?: number | null;
            /** @description Each `+` and digits, or digits; `+` and `00` if left out. */
            prefixes?: string[] | null;
            /** @description Those that are named; the others have their defaults. */
            settings?: components["schemas"]["TrunkSettings"];
            /** @description The only tenant that may call out over it, by name or id; all if left out. */
            tenant?: string | null;
            transport?: null | components["schemas"]["Transport"];
            /** @description The user name with which the provider knows us. */
            username?: string | null;
        };
        /** @description What a new user needs. */
        NewUser: {
            /** @description May do everything in the whole company. */
            administrator?: boolean;
            /**
             * @description Classes of numbers outside that may be called: `local`, `national`, `mobile`, `international`, `premium`;
             *     the first three if left out.
             */
            calls?: string[] | null;
            /** @description At most 100 characters; the name if left out. */
            display?: string | null;
            /** @description 2 to 8 digits. */
            extension?: string | null;
            /**
             * Format: int32
             * @description Calls outside at once; 2 if left out.
             */
            max_calls?: number | null;
            /** @description Lower-case letters, digits, `.`, `_` and `-`; at most 64. */
            name: string;
            /** @description 8 to 128 characters. Without one the user cannot log in. */
            password?: string | null;
            /** @description Tenant (name or id) to role. */
            roles?: {
                [key: string]: components["schemas"]["Role"];
            };
        };
        /** @description What a new widget needs. */
        NewWidget: {
            /** @description The group that serves those who write by it, by name or id. */
            group: string;
            /** @description Its name, unique in the tenant. */
            name: string;
            /** @description Sites whose pages may show it, at most 20: `https://shop.example`. None: any. */
            origins?: string[];
            /** @description How it looks, and what it asks for. */
            settings?: components["schemas"]["WidgetSettings"];
            /** @description The tenant, by name or id. */
            tenant: string;
        };
        /** @description Where calls go that nobody answers, and when. */
        NoAnswerView: {
            /**
             * Format: int32
             * @description Seconds that the phone rings before, 5 to 120; 20 if left out.
             */
            after_s?: number;
            /** @description An extension, or a number outside. */
            to: string;
        };
        /** @description What a note says. */
        NoteText: {
            /** @description At most 2,000 characters. */
            text: string;
        };
        /** @description A note of a session. */
        NoteView: {
            /**
             * Format: int64
             * @description When it was written.
             */
            at: number;
            /** @description Who wrote it, by the name for people. */
            author: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Whether whoever asks wrote it. */
            mine: boolean;
            /** @description What it says. */
            text: string;
        };
        /** @description What changes of a number; what is left out stays, `null` removes. */
        NumberChange: {
            /** @description Another label. */
            label?: string | null;
            recording?: null | components["schemas"]["RecordingRule"];
            /** @description Another short form. */
            short?: string | null;
            /** @description Another tenant takes the number over. */
            tenant?: string | null;
        };
        /**
         * @description How a provider wants numbers written.
         * @enum {string}
         */
        NumberFormat: "e164" | "digits" | "00" | "national";
        /** @description A telephone number, as it is shown. */
        NumberView: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description What it is for. */
            label: string;
            /** @description E.164: `+420200000100`. */
            number: string;
            recording?: null | components["schemas"]["RecordingRule"];
            /** @description The short form dialled inside. */
            short?: string | null;
            /** @description The tenant that owns it, by name. */
            tenant: string;
        };
        /** @description A message that was written. */
        Numbered: {
            /**
             * Format: int64
             * @description Its number in the session.
             */
            number: number;
        };
        /**
         * @description Whether something is offered.
         * @enum {string}
         */
        Offered: "off" | "on";
        /** @description What happens while nobody is there. */
        OfflineForm: {
            /**
             * @description To whom messages are mailed; null: they are in the history alone.
             * @default null
             */
            email: string | null;
            /**
             * @description When somebody is there, in the time zone of the tenant: `Mon-Fri 08:00-17:00`, at most 20 lines. None: always.
             * @default []
             */
            hours: string[];
        };
        /** @description Why a session is offered to an operator, or not. */
        OperatorRoute: {
            /** @description Whether they may accept it themselves now. */
            can_take: boolean;
            /** @description Why not: `not_waiting`, `already_taken`, `not_member`, `on_session`, `unreachable` or `channel_off`. */
            cannot?: string | null;
            /**
             * @description `rings`, `may_take`, `asked_before`, `more_loaded`, `less_idle`, `refused_lately`, `away`, `do_not_disturb`,
             *     `channel_off`, `not_answering`, `unreachable`, `not_at_desk`, `offered_another`, `on_session`, `on_sessions`,
             *     `after_work` or `unknown`.
             */
            code: string;
            /** @description Their name. */
            name: string;
            /**
             * Format: uuid
             * @description Who.
             */
            operator: string;
            /** @description The same in words. */
            why: string;
        };
        /** @description An operator at this moment. */
        OperatorView: {
            /** @description Whether a session would be offered now. */
            available: boolean;
            /** @description The lines by which the operator takes sessions. */
            channels: components["schemas"]["ChannelView"][];
            /** @description Name for people. */
            display: string;
            /** @description Whether the operator wants no calls for now, whatever the status. */
            do_not_disturb: boolean;
            /** @description `free`, `ringing`, `on_session` or `after_call_work`. */
            engagement: string;
            /** @description Internal number. */
            extension?: string | null;
            /** @description Login name. */
            name: string;
            /** @description Whether a phone of the operator is registered and can be reached. */
            reachable: boolean;
            /** @description Why the operator is away. */
            reason?: string | null;
            /** @description The sessions that ring, run or are being finished, as far as the sender may see them. */
            sessions: string[];
            /** @description `online`, `away` or `not_answering`. */
            status: string;
        };
        /** @description With which contact to merge, or from which to part. */
        Other: {
            /**
             * Format: uuid
             * @description The contact that becomes part of the one that the address names, or is no part of it any more.
             */
            other: string;
        };
        /** @description A parameter that is set. */
        ParameterChange: {
            /** @description At most 40 characters; what differs by capital letters alone is the same. */
            name: string;
            /** @description At most 200 characters; null or an empty text takes away what operators set. */
            value: string | null;
        };
        /** @description A parameter of a session. */
        ParameterView: {
            /** @description Who set it: `dialplan` or `operator`. */
            by: components["schemas"]["SetBy"];
            /** @description Its name. */
            name: string;
            /** @description Whether the tenant asks for it. */
            preset: boolean;
            /** @description Its value; empty for one that is asked for and not known yet. */
            value: string;
        };
        /** @description The part of a message in which words of a search stand. */
        PassageView: {
            /** @description Who wrote it, by the name for people. */
            author: string;
            /**
             * Format: int64
             * @description The message's number in the session.
             */
            message: number;
            /** @description The part of it; `…` where something was left out. */
            text: string;
        };
        /** @description With what a browser registers as a phone. */
        PhoneView: {
            /** @description Its name in digest authentication. */
            authorization_user: string;
            /** @description When it ceases to register, unless it is asked for again (RFC 3339). */
            expires_at: string;
            /** @description Its secret, shown this once and kept nowhere. */
            password: string;
            /** @description Its address. */
            uri: string;
            /** @description Where SIP over WebSocket is spoken. */
            websocket: string;
        };
        /** @description What is lost of a leg's sound, in a hundred packets, where it is so much that people notice. */
        Poor: {
            /**
             * Format: int32
             * @description Of what it says; null: not so much.
             */
            from?: number | null;
            /**
             * Format: int32
             * @description Of what it hears; null: not so much.
             */
            to?: number | null;
        };
        /**
         * @description A side of a page.
         * @enum {string}
         */
        Position: "right" | "left";
        /** @description Why a request failed, for programs by `status` and `field`, for people by `detail`. */
        Problem: {
            /** @description What is wrong here, and what to do about it. */
            detail: string;
            /** @description The field of the request that is wrong, where it is one. */
            field?: string | null;
            /**
             * Format: int32
             * @description The status of the response.
             */
            status: number;
            /** @description What the status means. */
            title: string;
        };
        /**
         * @description How much somebody may do within reach. Each can do what the one before it can.
         * @enum {string}
         */
        Rank: "operator" | "supervisor" | "tenant_admin" | "company_admin";
        /** @description Something that agrees. */
        ReasonView: {
            /** @description As it is known of the client. */
            ours: string;
            /** @description As it stands with the contact. */
            theirs: string;
            /** @description `phone`, `phone_national`, `email`, `email_similar`, `name`, `name_similar` or `identifier`. */
            what: string;
        };
        /**
         * @description One thing wanted of a recording.
         * @enum {string}
         */
        RecordingAction: "start" | "pause" | "resume" | "stop";
        /**
         * @description When a recording begins that is announced.
         * @enum {string}
         */
        RecordingBegins: "announced" | "at_once";
        /**
         * @description Which files a recording has.
         * @enum {string}
         */
        RecordingLayout: "stereo" | "per_party";
        /**
         * @description Whether conversations are recorded.
         * @enum {string}
         */
        RecordingMode: "off" | "on";
        /** @description What is wanted of the recording of a session. */
        RecordingOrder: {
            /** @description What. */
            action: components["schemas"]["RecordingAction"];
            /** @description The operator who wants it, by name or id, for the session's history. */
            by?: string | null;
        };
        /** @description What a group or a number says of recording. */
        RecordingRule: {
            /**
             * @description A prompt that the client hears: its name among the prompts of the tenant's language, or, with a `/` in it, a sound of
             *     the media folder. None if left out.
             */
            announcement?: string | null;
            /** @description When the recording begins that is announced. */
            begins?: components["schemas"]["RecordingBegins"];
            /**
             * Format: int32
             * @description After how many days the recording is removed, 1 to 36,500; never if left out.
             */
            keep_days?: number | null;
            /** @description Which files a recording has. */
            layout?: components["schemas"]["RecordingLayout"];
            /** @description Whether conversations are recorded. */
            mode?: components["schemas"]["RecordingMode"];
        };
        /** @description A recording. Times are epoch milliseconds UTC. */
        RecordingView: {
            /** @description It was ended in the usual way, and nothing is missing. */
            complete: boolean;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /**
             * Format: int64
             * @description Milliseconds of it that are silence because their sound was lost.
             */
            incomplete_ms: number;
            /** @description Which files it has. */
            layout: components["schemas"]["RecordingLayout"];
            /**
             * Format: int64
             * @description How long it is, in milliseconds.
             */
            length_ms: number;
            /**
             * Format: int64
             * @description When it is removed; never if absent.
             */
            removed_at?: number | null;
            /**
             * Format: uuid
             * @description What was recorded.
             */
            session: string;
            /**
             * Format: int64
             * @description When it began.
             */
            started_at: number;
        };
        /** @description What a session led to. */
        ResultChoice: {
            /** @description One of the tenant's results; null takes it back. */
            result: string | null;
        };
        /**
         * @description What a user may do in one tenant. Each role can do what the one before it can.
         * @enum {string}
         */
        Role: "operator" | "supervisor" | "administrator";
        /** @description What somebody is in a tenant. */
        RoleIn: {
            /** @description Why operators of the tenant may be away; absent: the usual reasons, and any other word. */
            away_reasons?: string[] | null;
            /** @description What. */
            role: components["schemas"]["Rank"];
            /**
             * @description What sessions of the tenant do without: `handset`, `queue`, `hold`, `mute`, `conference`, `forwarding`, `recording`,
             *     `channel_switches`.
             */
            switched_off: string[];
            /** @description Where. */
            tenant: components["schemas"]["TenantName"];
        };
        /** @description Which version to go back to. */
        Rollback: {
            /**
             * Format: int64
             * @description Its number. If left out: the version in force, where the files on the disk are refused, else the one
             *     before it.
             */
            version?: number | null;
        };
        /** @description How a session is brought to an operator. */
        RoutingView: {
            /** @description What was decided so far, and why, oldest first: as in the record of the session. */
            decisions: string[];
            waiting?: null | components["schemas"]["WaitingRoute"];
        };
        /** @description One session with everything that happened to it. */
        SessionDetail: components["schemas"]["SessionView"] & {
            /** @description Everything that happened, in order. */
            events: components["schemas"]["SessionEvent"][];
            /** @description Who took part in conversations, in the order in which they came. */
            legs: components["schemas"]["LegView"][];
            now?: null | components["schemas"]["Conversation"];
        };
        /**
         * @description One thing that happened to a session.
         *
         *     The events of a session are numbered from 1 without gaps. Appending a number that would leave
         *     a gap is a [`StoreError::Conflict`]. Appending an event that is stored already changes
         *     nothing if it is the same event, so a writer whose connection broke before the answer came may
         *     append its batch again; a different event under a number already taken is a conflict.
         */
        SessionEvent: {
            /**
             * Format: int64
             * @description When it happened.
             */
            at: number;
            /** @description The particulars. */
            body: Record<string, never>;
            /** @description What happened: `offered`, `answered`, …. */
            kind: string;
            /**
             * Format: int32
             * @description The event's number within its session, from 1.
             */
            seq: number;
            /**
             * Format: uuid
             * @description The session.
             */
            session: string;
            /**
             * Format: uuid
             * @description The session's tenant, the same in all its events.
             */
            tenant?: string | null;
        };
        /** @description A tag of a session. */
        SessionTagView: {
            /** @description Who set it. */
            by: components["schemas"]["SetBy"];
            colour?: null | components["schemas"]["Colour"];
            /** @description The word. */
            name: string;
        };
        /** @description One session, live or past. Times are epoch milliseconds UTC. */
        SessionView: {
            /**
             * Format: int64
             * @description When we answered.
             */
            answered_at?: number | null;
            /** @description Why it ended. */
            cause?: string | null;
            /** @description Why each routing decision was made, in order. */
            decisions: string[];
            /** @description The number dialled. */
            dialled: string;
            /** @description `inbound` or `outbound`. */
            direction: string;
            /**
             * Format: int64
             * @description When it ended.
             */
            ended_at?: number | null;
            /** @description The caller's number. */
            from: string;
            /** @description The caller's name, if one was given. */
            from_name?: string | null;
            /** @description The groups it waited for. */
            groups: string[];
            /** @description Who hung up: `caller`, or the name of the other party. Absent if hovor ended it. */
            hung_up_by?: string | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Keys pressed. */
            keys: string;
            /** @description `client` or `internal`. */
            kind: string;
            /** @description The line by which it came. */
            line: string;
            /**
             * Format: int64
             * @description How many messages were written in it.
             */
            messages?: number;
            /** @description What the dialplan noted. */
            parameters: {
                [key: string]: string;
            };
            /** @description Those it talked with. */
            parties: string[];
            passage?: null | components["schemas"]["PassageView"];
            /** @description `arriving`, `guided`, `waiting`, `dialling`, `talking` or `ended`. */
            phase: string;
            /** @description Place in the queue, while it waits. */
            position?: number | null;
            /** @description Whether it is recorded now: `off`, `on` or `paused`. */
            recording: string;
            /** @description Sound of a recording of it was lost. */
            recording_incomplete: boolean;
            /**
             * Format: int64
             * @description When it arrived.
             */
            started_at: number;
            /** @description With which words the dialplan marked it. */
            tags: string[];
            /**
             * Format: int64
             * @description Milliseconds of conversation.
             */
            talk_ms: number;
            /** @description The tenant whose number was dialled, by name. */
            tenant?: string | null;
            /**
             * Format: int64
             * @description Milliseconds spent waiting.
             */
            waiting_ms: number;
        };
        /**
         * @description Who set a tag or a parameter.
         * @enum {string}
         */
        SetBy: "dialplan" | "operator" | "keyword";
        /** @description A message as people and programs may see it. */
        Shown: {
            /**
             * Format: int64
             * @description When it came or went: microseconds since 1970, UTC.
             */
            at_us: number;
            /** @description Our end. */
            local: string;
            /**
             * Format: int64
             * @description Its place among all messages since the program started.
             */
            number: number;
            /** @description The peer's end. */
            remote: string;
            /** @description Whether we sent it. */
            sent: boolean;
            /** @description All of it; secrets are masked. */
            text: string;
            /** @description `UDP`, `TCP`, … */
            transport: string;
        };
        /**
         * @description Whether sound is protected (SRTP with keys in SIP, RFC 4568).
         * @enum {string}
         */
        Srtp: "off" | "optional" | "required";
        /** @description Whether a template is marked. */
        Star: {
            /** @description Whether whoever asks marks it. */
            starred: boolean;
        };
        /** @description What an operator says of themselves. */
        StatusChange: {
            /** @description Why away: lunch, personal, …. */
            reason?: string | null;
            /** @description `online` or `away`. */
            status: string;
        };
        /**
         * @description What was looked at.
         * @enum {string}
         */
        Step: "name" | "reach" | "register" | "call" | "sound";
        /**
         * @description How a group offers a waiting session to its operators.
         * @enum {string}
         */
        Strategy: "push" | "ring_all" | "pull";
        /** @description A tag that may be meant. */
        SuggestedTag: {
            colour?: null | components["schemas"]["Colour"];
            /** @description The word. */
            name: string;
        };
        /** @description A supervisor takes part. */
        Supervision: {
            /** @description How. */
            mode: components["schemas"]["Mode"];
            /** @description The supervisor, by name or id. The supervisor's phone is called, or changes how it takes part. */
            supervisor: string;
        };
        /** @description How a switch shall stand. */
        SwitchChange: {
            /** @description Whether it is on from now on. */
            on: boolean;
        };
        /** @description How a switch stands. */
        SwitchView: {
            /** @description The operator who turned it by telephone. */
            by?: string | null;
            /** @description Its name. */
            name: string;
            /** @description Whether it is on. */
            on: boolean;
            /**
             * Format: int64
             * @description Since when it stands so (epoch milliseconds UTC); absent if nobody ever turned it.
             */
            since?: number | null;
            /** @description Whose it is, by name. */
            tenant: string;
        };
        /** @description What changes of a tag; what is left out stays, `null` removes. */
        TagChange: {
            /** @description Another colour. */
            colour?: string | null;
            /** @description All keywords anew. */
            keywords?: string[] | null;
            /** @description Another name. Sessions that have it keep the one that they have. */
            name?: string | null;
        };
        /** @description A tag that is set or taken off. */
        TagName: {
            /** @description At most 40 characters; what differs by capital letters alone is the same. */
            name: string;
        };
        /** @description A tag of the catalogue, as it is shown. */
        TagView: {
            colour?: null | components["schemas"]["Colour"];
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Words that, found in a note, set the tag by themselves; one that ends in `*` is a beginning. */
            keywords: string[];
            /** @description The word. */
            name: string;
            /** @description The tenant whose sessions it marks, by name. */
            tenant: string;
            /**
             * Format: int64
             * @description How often operators, programs and keywords have set it.
             */
            uses: number;
        };
        /** @description What changes of a template; what is left out stays. */
        TemplateChange: {
            /** @description Another shortcut. */
            shortcut?: string | null;
            /** @description Another message. */
            text?: string | null;
            /** @description Another title. */
            title?: string | null;
        };
        /** @description A template, as it is shown. */
        TemplateView: {
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description By which it is called, unique in the tenant: `hours`. */
            shortcut: string;
            /** @description Whether whoever asks has marked it. */
            starred: boolean;
            /** @description The tenant whose operators have it, by name. */
            tenant: string;
            /** @description The message. */
            text: string;
            /** @description What people choose by. */
            title: string;
        };
        /** @description A brand or department with numbers, groups and settings of its own. */
        Tenant: {
            /** @description Why its operators may be away: `lunch`, `Dentist`. The usual reasons, and any other word, if not set. */
            away_reasons?: string[] | null;
            /** @description What a call with its clients may have led to: `Solved`, `Call back`. */
            call_results: string[];
            /** @description Shown to those whom it calls: a number in E.164 form, or `withheld`; its first number if not set. */
            caller_number?: string | null;
            /** @description Classes of numbers outside that its dialplans may call; the usual ones if not set. */
            calls?: string[] | null;
            /**
             * @description How many sessions of a line an operator may have who is on one of another line, or of the same: by the line that is
             *     wanted, then by the one that is there. What is not named is as the line itself has it.
             */
            capacity: {
                [key: string]: {
                    [key: string]: number;
                };
            };
            /**
             * @description The country whose national numbers its operators dial (ISO 3166-1): `CZ`. Without it numbers outside
             *     begin with `+` or `00`.
             */
            country?: string | null;
            /** @description Its name for people: `Harbour`. */
            display: string;
            /** @description The numbers that call help; those of its country if not set. */
            emergency?: string[] | null;
            /** @description Whether clients on hold hear music, or else nothing. */
            hold_music: boolean;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description The language of its callers, a tag of BCP 47: `en`. */
            language: string;
            /**
             * Format: int32
             * @description Calls outside at once of its dialplans; as many as is usual if not set.
             */
            max_calls?: number | null;
            /** @description Its name in files, commands and addresses, unique in the company: `harbour`. */
            name: string;
            /** @description What its operators are asked to take down of each session: `Order no.`. */
            parameters: string[];
            /**
             * @description What its sessions do without: `handset`, `queue`, `hold`, `mute`, `conference`, `forwarding`, `recording`,
             *     `channel_switches`.
             */
            switched_off: string[];
            /** @description The IANA time zone of its opening hours: `Europe/Prague`. */
            timezone: string;
        };
        /** @description What changes of a tenant; what is left out stays, `null` removes. */
        TenantChange: {
            /** @description All reasons of its operators to be away anew; an empty list for none, `null` for the usual ones. */
            away_reasons?: string[] | null;
            /** @description All results of calls anew; an empty list for none. */
            call_results?: string[] | null;
            /** @description Another number to show, or `withheld`; `null` for its first number. */
            caller_number?: string | null;
            /** @description All classes of numbers outside that its dialplans may call anew; `null` for the usual ones. */
            calls?: string[] | null;
            /**
             * @description How many sessions of a line (the outer name) an operator may have who is on one of another line, or of the same (the
             *     inner name), 0 to 100: `{"webchat": {"webchat": 3, "phone": 1}}`. All of it anew.
             */
            capacity?: {
                [key: string]: {
                    [key: string]: number;
                };
            } | null;
            /** @description Another country of national numbers. */
            country?: string | null;
            /** @description A new name for people. */
            display?: string | null;
            /** @description All emergency numbers anew; `null` for those of its country. */
            emergency?: string[] | null;
            /** @description Whether clients on hold hear music. */
            hold_music?: boolean | null;
            /** @description Another language. */
            language?: string | null;
            /**
             * Format: int32
             * @description Calls outside at once; `null` for as many as is usual.
             */
            max_calls?: number | null;
            /** @description A new name. */
            name?: string | null;
            /** @description All parameters that operators are asked for anew; an empty list for none. */
            parameters?: string[] | null;
            /** @description All that its sessions do without anew; an empty list for nothing. */
            switched_off?: string[] | null;
            /** @description Another time zone. */
            timezone?: string | null;
        };
        /** @description A tenant by id and name. */
        TenantName: {
            /**
             * Format: uuid
             * @description The tenant's id.
             */
            id: string;
            /** @description Its name. */
            name: string;
        };
        /** @description What changes of a token; what is left out stays, `null` removes. */
        TokenChange: {
            /**
             * Format: int64
             * @description Another end, in milliseconds since 1970.
             */
            expires_at?: number | null;
            /** @description Another name. */
            name?: string | null;
            role?: null | components["schemas"]["Rank"];
        };
        /** @description A token just made, with its secret. The secret is shown this once and kept nowhere. */
        TokenMadeView: components["schemas"]["TokenView"] & {
            /** @description What to send: `Authorization: Bearer SECRET`. */
            secret: string;
        };
        /** @description A token, as it is shown. */
        TokenView: {
            /**
             * Format: int64
             * @description When it was made, in milliseconds since 1970.
             */
            created_at: number;
            /**
             * Format: int64
             * @description When it ceases to open anything.
             */
            expires_at?: number | null;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description How much it allows there. */
            role: components["schemas"]["Rank"];
            /** @description The only tenant that it opens, by name; the whole company if there is none. */
            tenant?: string | null;
        };
        /** @description What was on the wire. */
        TraceView: {
            /**
             * Format: int64
             * @description The number of the newest message there is, wanted or not: where to go on with `after`.
             */
            last?: number | null;
            /** @description The messages, the oldest first. */
            messages: components["schemas"]["Shown"][];
        };
        /**
         * @description How SIP messages travel.
         * @enum {string}
         */
        Transport: "udp" | "tcp" | "tls";
        /** @description What changes of a trunk; what is left out stays, `null` removes. */
        TrunkChange: {
            /** @description Whether it is in use. */
            enabled?: boolean | null;
            /** @description Another host. */
            host?: string | null;
            /** @description Another name. */
            name?: string | null;
            /** @description Another password. */
            password?: string | null;
            /**
             * Format: int32
             * @description Another port.
             */
            port?: number | null;
            /** @description All prefixes anew. */
            prefixes?: string[] | null;
            /** @description Those that are named; `null` gives a default back. */
            settings?: components["schemas"]["TrunkSettings"];
            /** @description The only tenant that may call out over it. */
            tenant?: string | null;
            transport?: null | components["schemas"]["Transport"];
            /** @description Another user name. */
            username?: string | null;
        };
        /** @description The settings of a trunk. What a request leaves out stays as it is, and has the default in a new trunk. */
        TrunkSettings: {
            /**
             * @description The path of a file (PEM) with the certificates that are trusted for it, on the machine of hovor; without it,
             *     those that the system trusts.
             * @default null
             */
            ca: string | null;
            /**
             * @description Shown as calling instead of the tenant's number.
             * @default null
             */
            caller_number: string | null;
            /**
             * @description Classes of numbers that it carries: `local`, `national`, `mobile`, `international`, `premium`.
             * @default [
             *       "local",
             *       "national",
             *       "mobile",
             *       "international"
             *     ]
             */
            calls: string[];
            /**
             * @description Codecs that it is offered, best first; all if empty.
             * @default []
             */
            codecs: string[];
            /**
             * @description The country whose national numbers it speaks (ISO 3166-1): `CZ`.
             * @default null
             */
            country: string | null;
            /**
             * @description Whether it carries calls for help.
             * @default true
             */
            emergency: boolean;
            /**
             * Format: int32
             * @description For how many seconds at a time.
             * @default 3600
             */
            expires_s: number;
            /**
             * @description Refusals after which the next trunk is tried: statuses, or `4xx`, `5xx` and `6xx`. Silence and what cannot
             *     be reached always count; a callee who is busy or declines never does.
             * @default [
             *       "408",
             *       "5xx"
             *     ]
             */
            failover: string[];
            /** @default e164 */
            format: components["schemas"]["NumberFormat"];
            /** @default number */
            from: components["schemas"]["FromUser"];
            /** @default none */
            identity: components["schemas"]["IdentityHeader"];
            /**
             * Format: int32
             * @description Calls at once, both ways.
             * @default null
             */
            max_calls: number | null;
            /**
             * Format: int32
             * @description New calls a second, those out.
             * @default null
             */
            max_calls_per_second: number | null;
            /**
             * @description Networks that its calls come from, `203.0.113.0/24`; without any, the addresses of its host.
             * @default []
             */
            networks: string[];
            /**
             * @description The number of ours that a call is for which names none.
             * @default null
             */
            number: string | null;
            /**
             * Format: int32
             * @description Seconds between two questions whether the provider is there (OPTIONS); 0 asks never.
             * @default 60
             */
            options_s: number;
            /**
             * @description Then this is put in front.
             * @default
             */
            prepend: string;
            /**
             * Format: int32
             * @description Trunks with a lower one are tried first.
             * @default 10
             */
            priority: number;
            /**
             * @description Where requests go first, `HOST` or `HOST:PORT`, if not to the host itself.
             * @default null
             */
            proxy: string | null;
            /**
             * @description Register there with the user name; else the provider knows us by our address.
             * @default false
             */
            register: boolean;
            /**
             * Format: int32
             * @description Seconds without any word after which the next place, and then the next trunk, is tried.
             * @default 4
             */
            reply_within_s: number;
            /** @default optional */
            srtp: components["schemas"]["Srtp"];
            /**
             * Format: int32
             * @description So many digits are cut off the front of a number so written.
             * @default 0
             */
            strip: number;
            /**
             * @description The name that its certificate has to bear over TLS, if not that of its host or proxy (RFC 5922).
             * @default null
             */
            tls_name: string | null;
            /**
             * @description Believe what it says about callers (P-Asserted-Identity).
             * @default false
             */
            trust_identity: boolean;
            /**
             * Format: int32
             * @description How often it is chosen among trunks of its priority.
             * @default 1
             */
            weight: number;
        };
        /** @description How a trunk fares. */
        TrunkState: {
            /** @description Calls over it now, both ways. */
            calls: number;
            /** @description How those were found. */
            found: string[];
            /** @description Whether it gets calls. */
            is_up: boolean;
            /**
             * Format: int64
             * @description When we register again, in milliseconds since 1970.
             */
            next_registration?: number | null;
            /** @description Where it is reached, best first: `udp 192.0.2.1:5060`. */
            places: string[];
            /**
             * Format: int64
             * @description Until when it has registered us, in milliseconds since 1970.
             */
            registered_until?: number | null;
            /**
             * Format: int64
             * @description Milliseconds that its last answer to OPTIONS took.
             */
            round_trip_ms?: number | null;
            /**
             * @description `up`, `registered`, `registering`, `not registered`, `down` (it does not answer), `not found` (its name), or
             *     `off` (not in use).
             */
            state: string;
            /** @description What failed last, in words. */
            trouble?: string | null;
        };
        /** @description A trunk, as it is shown. */
        TrunkView: components["schemas"]["TrunkState"] & {
            /** @description Whether it is in use. */
            enabled: boolean;
            /** @description Whether a password is stored. */
            has_password: boolean;
            /** @description The provider's host name or IP address. */
            host: string;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description Its name. */
            name: string;
            /**
             * Format: int32
             * @description The provider's port; without one what the name service says, or 5060 (5061 over TLS).
             */
            port?: number | null;
            /** @description Dialled numbers that start with one of these go out here. */
            prefixes: string[];
            /** @description How it is used. */
            settings: components["schemas"]["TrunkSettings"];
            /** @description The only tenant that may call out over it, by name. */
            tenant?: string | null;
            transport?: null | components["schemas"]["Transport"];
            /** @description The user name with which the provider knows us. */
            username?: string | null;
        };
        /** @description What changes of a user; what is left out stays, `null` removes. */
        UserChange: {
            /** @description Whether the user may do everything in the whole company. */
            administrator?: boolean | null;
            /** @description All classes of numbers outside that may be called anew; `null` for the usual ones. */
            calls?: string[] | null;
            /** @description Another name for people. */
            display?: string | null;
            /** @description Another extension. */
            extension?: string | null;
            /**
             * Format: int32
             * @description Calls outside at once; `null` for as many as is usual.
             */
            max_calls?: number | null;
            /** @description Another login name. */
            name?: string | null;
            /** @description A new password; `null` ends logging in. */
            password?: string | null;
            /** @description Roles to give (tenant to role) or to take away (tenant to `null`); others stay. */
            roles?: Record<string, never>;
        };
        /** @description A user, as shown. */
        UserView: {
            /** @description May do everything in the whole company. */
            administrator: boolean;
            /** @description Classes of numbers outside that the user may call. */
            calls: string[];
            /** @description Whether the user has a password and so can log in. */
            can_log_in: boolean;
            /** @description The name for people. */
            display: string;
            /** @description The number by which colleagues dial this user. */
            extension?: string | null;
            /**
             * Format: uuid
             * @description The user's id.
             */
            id: string;
            /**
             * Format: int32
             * @description Calls outside at once.
             */
            max_calls: number;
            /** @description The login name. */
            name: string;
            /** @description Tenant (by name) to role. */
            roles: {
                [key: string]: components["schemas"]["Role"];
            };
        };
        /** @description A version with its files. */
        VersionFilesView: {
            /** @description The texts of its files, by their paths below the dialplan folder. */
            files: {
                [key: string]: string;
            };
            /** @description The version. */
            version: components["schemas"]["VersionView"];
        };
        /** @description A version of the dialplan files. */
        VersionView: {
            /** @description Files that were not in force before. */
            added: string[];
            /** @description Files that are different from those in force before. */
            changed: string[];
            /** @description How many files. */
            files: number;
            /** @description The SHA-256 of its files. */
            hash: string;
            /** @description Whether callers meet it now. */
            in_force: boolean;
            /**
             * Format: int64
             * @description When it was kept, in milliseconds since 1970.
             */
            kept_at: number;
            /**
             * @description Where it came from: `start`, `edit`, `company`, `rollback to N`; or `replaced`: files that a rollback
             *     wrote over and that were never in force.
             */
            origin: string;
            /** @description Files that were in force before, and are gone. */
            removed: string[];
            /**
             * Format: int64
             * @description Its number.
             */
            version: number;
        };
        /** @description How a session waits. */
        WaitingRoute: {
            /** @description For which group, by name. */
            group: string;
            /** @description Each member of the group. */
            operators: components["schemas"]["OperatorRoute"][];
            /** @description Its place in the group's queue, counted from 1. */
            position: number;
            /**
             * Format: int32
             * @description Higher is served first; among the same, who has waited longest.
             */
            priority: number;
            /** @description It is offered to nobody for now, and keeps its place. */
            rests: boolean;
            /** @description Since when it waits (RFC 3339); earlier than it came into this queue, if it waited elsewhere before. */
            since: string;
        };
        /**
         * @description What has become of a webhook.
         * @enum {string}
         */
        WebhookState: "waiting" | "delivered" | "failed";
        /** @description One event for one receiver. Times are epoch milliseconds UTC. */
        WebhookView: {
            /**
             * Format: int32
             * @description How often it was sent.
             */
            attempts: number;
            /** @description What is sent. */
            body: string;
            /**
             * Format: int64
             * @description When it happened.
             */
            created_at: number;
            /** @description What happened. */
            event: string;
            /**
             * Format: uuid
             * @description Its id, which the receiver sees as `webhook-id`.
             */
            id: string;
            /**
             * Format: int64
             * @description When it was sent last.
             */
            last_at?: number | null;
            /** @description Why it did not arrive. */
            last_error?: string | null;
            /**
             * Format: int32
             * @description What the receiver answered last.
             */
            last_status?: number | null;
            /**
             * Format: int64
             * @description When it is sent next.
             */
            next_at?: number | null;
            /**
             * Format: uuid
             * @description The session that it is about.
             */
            session?: string | null;
            /** @description What has become of it. */
            state: components["schemas"]["WebhookState"];
            /** @description The tenant that it is about, by name. */
            tenant?: string | null;
            /** @description To whom it is sent. */
            url: string;
        };
        /** @description One of an operator, a group, a number, and an external contact. */
        Whom: {
            /** @description An external contact of the session's tenant, by name or id. The first of the numbers is called. */
            external_contact?: string | null;
            /** @description A group, by name or id; to forward to. */
            group?: string | null;
            /** @description An extension, a number outside, or one that a dialplan answers. */
            number?: string | null;
            /** @description An operator, by name or id. */
            operator?: string | null;
        };
        /** @description What changes of a widget; what is left out stays. */
        WidgetChange: {
            /** @description Whether it is offered. */
            enabled?: boolean | null;
            /** @description Another group, by name or id. */
            group?: string | null;
            /** @description Another name. */
            name?: string | null;
            /** @description Other sites, in place of all. */
            origins?: string[] | null;
            settings?: null | components["schemas"]["WidgetSettings"];
        };
        /** @description How a widget looks, and what it asks for. */
        WidgetSettings: {
            /** @default off */
            callback: components["schemas"]["Offered"];
            /**
             * @description The colour of its button: `#1d4ed8`.
             * @default #1d4ed8
             */
            colour: string;
            /** @default null */
            consent: null | components["schemas"]["Consent"];
            /**
             * @default {
             *       "email": "off",
             *       "name": "optional",
             *       "phone": "off"
             *     }
             */
            form: components["schemas"]["EntryForm"];
            /**
             * @description What is said to whoever opens it, at most 500 characters.
             * @default null
             */
            greeting: string | null;
            /**
             * @description `en`, `cs`, `de` or `sk`; null: that of the page or the browser.
             * @default null
             */
            language: string | null;
            /** @default null */
            offline: null | components["schemas"]["OfflineForm"];
            /** @default right */
            position: components["schemas"]["Position"];
            /**
             * @description What stands above the conversation, at most 100 characters; null: the tenant's name.
             * @default null
             */
            title: string | null;
        };
        /** @description A widget, as it is shown. */
        WidgetView: {
            /** @description Whether it is offered. */
            enabled: boolean;
            /** @description Who serves those who write by it, by name. */
            group: string;
            /**
             * Format: uuid
             * @description Its id, by which pages name it.
             */
            id: string;
            /** @description Its name, unique in the tenant. */
            name: string;
            /** @description Sites whose pages may show it; none: any. */
            origins: string[];
            /** @description How it looks, and what it asks for. */
            settings: components["schemas"]["WidgetSettings"];
            /** @description Whose it is, by name. */
            tenant: string;
        };
        /** @description What was done about a session. Times are epoch milliseconds UTC. */
        WorkView: {
            /** @description Its notes, the oldest first. */
            notes: components["schemas"]["NoteView"][];
            /** @description Its parameters: those that the tenant asks for, then the others by name. */
            parameters: components["schemas"]["ParameterView"][];
            /** @description What it led to. */
            result?: string | null;
            /** @description What it may have led to: the tenant's list. */
            results: string[];
            /** @description Tags of the tenant that whoever asks sets most often, five at most, without those that the session has. */
            suggested_tags: components["schemas"]["SuggestedTag"][];
            /** @description Its tags: those of the dialplan, then the others in the order in which they were set. */
            tags: components["schemas"]["SessionTagView"][];
        };
        /** @description Something that somebody wrote. */
        WrittenMessageView: {
            /** @description For colleagues: the client does not read it. */
            aside: boolean;
            /** @description When (RFC 3339). */
            at: string;
            /** @description The writer's name for people; empty of a client who gave none. */
            author: string;
            /** @description `client` or `operator`. */
            by: string;
            /**
             * Format: int64
             * @description 1, 2, 3, … without gaps within the session.
             */
            number: number;
            /**
             * Format: uuid
             * @description The operator who wrote it.
             */
            operator?: string | null;
            /** @description What was written; never markup. */
            text: string;
        };
        /** @description What was written in a session. */
        WrittenView: {
            /** @description In the order of their numbers; at most 500: ask again after the last one for more. */
            messages: components["schemas"]["WrittenMessageView"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_bans: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BanView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lift_ban: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description as in the list, or an address */
                source: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_callbacks: {
        parameters: {
            query?: {
                /** @description Only those of this tenant, by name or id. */
                tenant?: string;
                /** @description true: those that are over, newest first; else those that are open, in the order of service. */
                over?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallbackView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_callback: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CallbackNew"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallbackView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_callback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the promise */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallbackView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel_callback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the promise */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    accept_callback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the promise */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Acceptance"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    make_call: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCall"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallMade"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_contacts: {
        parameters: {
            query?: {
                /**
                 * @description Only those in whose name, organisation, e-mails or identifiers each of these words begins one, accents aside, or
                 *     who have a number that begins or ends with these digits.
                 */
                q?: string;
                /** @description How many at most; 100 if not said, 1000 at most. */
                limit?: number;
                /** @description Only those after this one: the last of the page before. */
                after?: string;
                /** @description Only those of this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_contact: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewContact"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "find_similar-contacts": {
        parameters: {
            query?: {
                /** @description A name. */
                name?: string;
                /** @description A number, in E.164 form or as it is dialled in the tenant's country. */
                phone?: string;
                /** @description An address for mails. */
                email?: string;
                /** @description The tenant, by name or id; may be left out by those who serve one alone. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CandidateView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_contact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the contact */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_contact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the contact */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_contact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the contact */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ContactChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    merge_contacts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the contact that stays */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Other"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list_contact-sessions": {
        parameters: {
            query?: {
                /** @description How many at most; 100 if not said, 1000 at most. */
                limit?: number;
                /** @description Only those older than this session: the last one of the page before. */
                before?: string;
            };
            header?: never;
            path: {
                /** @description id of the contact */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undo_merge: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the contact that stays */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Other"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_destinations: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DestinationView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_destination: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDestination"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DestinationView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_destination: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DestinationView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_destination: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_destination: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DestinationChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DestinationView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_devices: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_device: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDevice"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceMadeView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_device: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_device: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_device: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeviceChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeviceView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_dialplans: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DialplanView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diff_dialplans: {
        parameters: {
            query?: {
                /**
                 * @description A version's number, `disk` or `force`; what is in force if left out, or the version before if that is
                 *     the same as `to`.
                 */
                from?: string;
                /** @description A version's number, `disk` or `force`; the files as they are on the disk if left out. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DiffView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reload_dialplans: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DialplanView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    roll_back_dialplans: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rollback"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DialplanView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_dialplan_versions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_dialplan_version: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description its number */
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionFilesView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    dialplan_world: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list_external-contacts": {
        parameters: {
            query?: {
                /** @description Only those whose name, organisation or a number contains this. */
                q?: string;
                /** @description How many at most; 100 if not said, 1000 at most. */
                limit?: number;
                /** @description Only those after this one: the last of the page before. */
                after?: string;
                /** @description Only those of this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExternalContactView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "add_external-contact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewExternalContact"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExternalContactView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "show_external-contact": {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExternalContactView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "remove_external-contact": {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "change_external-contact": {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExternalContactChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExternalContactView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_groups: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_group: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewGroup"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_group: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_group: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_group: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GroupChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_invitations: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewInvitation"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationMadeView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the invitation */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the invitation */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    look_on: {
        parameters: {
            query?: {
                /** @description The number of the last event that arrived: those after it are told, without a snapshot. */
                after?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    log_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    log_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_mailboxes: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailboxView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_mailbox: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMailbox"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailboxView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_mailbox: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailboxView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_mailbox: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_mailbox: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MailboxChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailboxView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    lend_phone: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PhoneView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list_missed-calls": {
        parameters: {
            query?: {
                /** @description Only those of which this has become: `open`, `called_back` or `dismissed`. */
                state?: components["schemas"]["MissedState"];
                /** @description Only those that were for this operator, by name or id. */
                operator?: string;
                /** @description Only those that were for this group, by name or id. */
                group?: string;
                /** @description Only those of this tenant, by name or id. */
                tenant?: string;
                /** @description How many at most; 100 if not said, 1000 at most. */
                limit?: number;
                /** @description Only those older than this one: the last of the page before. */
                before?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MissedCallView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "show_missed-call": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the missed call */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MissedCallView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "call_missed-call": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the missed call */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Member"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallMade"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "dismiss_missed-call": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the missed call */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Dismissal"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MissedCallView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_numbers: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumberView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_number: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewNumber"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumberView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_number: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumberView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_number: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_number: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NumberChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumberView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_operators: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_call_settings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallSettingsView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_call_settings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CallSettingsView"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallSettingsView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_channels: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    switch_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name or id */
                key: string;
                /** @description name of the line: `phone` */
                line: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChannelChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    finish_work: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_operator_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StatusChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: {
                /** @description Only live ones (true) or only past ones (false). */
                live?: boolean;
                /** @description Only those of this operator, by name or id. */
                operator?: string;
                /** @description Only those whose caller or dialled number contains this. */
                number?: string;
                /**
                 * @description Only those in which each of these words is found: in numbers, the client's name, messages, tags, notes,
                 *     the result or parameters. The first 100 sessions with messages say in which one (`passage`).
                 */
                q?: string;
                /** @description Only those whose client is this contact. */
                contact?: string;
                /** @description Only those with this tag, whoever set it. */
                tag?: string;
                /** @description How many at most; 100 if not said, 1000 at most. */
                limit?: number;
                /** @description Only those older than this session: the last one of the page before. */
                before?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionDetail"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    accept_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Acceptance"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_client: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_client: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDetails"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    choose_contact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Choice"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    decline_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    forward_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Forwarding"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    hold_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": null | components["schemas"]["Holding"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    invite_to_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Invitation"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    send_keys: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Keys"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    leave_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Member"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_written: {
        parameters: {
            query?: {
                /** @description The number of the last message that is known: those after it. */
                after?: number;
            };
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WrittenView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    write_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMessage"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Numbered"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mute_operator: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Muting"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    write_note: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoteText"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_note: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
                /** @description id of the note */
                note: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rewrite_note: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
                /** @description id of the note */
                note: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoteText"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_parameter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ParameterChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_read: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HasRead"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    record_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordingOrder"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_recordings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
                /** @description id of the recording */
                recording: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_recording: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
                /** @description id of the recording */
                recording: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recording_audio: {
        parameters: {
            query?: {
                /** @description The number of a party's own file, from 1, if each party has one; the document says whose it is. */
                track?: number;
            };
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
                /** @description id of the recording */
                recording: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": number[];
                };
            };
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": number[];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_from_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Leaving"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_result: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResultChoice"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resume_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_routing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoutingView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    supervise_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Supervision"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tag_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TagName"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_typing: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    untag_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TagName"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_work: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_switches: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SwitchView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    turn_switch: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name of the switch */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SwitchChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SwitchView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tags: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_tag: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTag"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_tag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the tag */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_tag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the tag */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_tag: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the tag */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TagChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TagView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_templates: {
        parameters: {
            query?: {
                /** @description Only those in whose shortcut, title or text each of these words is found, accents aside. */
                q?: string;
                /** @description Only those of this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_template: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTemplate"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_template: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the template */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_template: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the template */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_template: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the template */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TemplateChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    star_template: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the template */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Star"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TemplateView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tenants: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTenant"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_tenant: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_tenant: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_tenant: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TenantChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tokens: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenMadeView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_token: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_token: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_token: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_trace: {
        parameters: {
            query?: {
                /** @description Only those of this session's calls. */
                session?: string;
                /** @description Only those of calls from or to somebody in whose address this stands. */
                number?: string;
                /** @description Only those after this one. */
                after?: number;
                /** @description How many at most: the newest, or, with `after`, the next; 1,000 if not said, 10,000 at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_trunks: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrunkView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_trunk: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTrunk"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrunkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_trunk: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrunkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_trunk: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_trunk: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrunkChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrunkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    check_trunk: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrunkView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    examine_trunk: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Examine"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Examination"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_user: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUser"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_user: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_user: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_user: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_messages: {
        parameters: {
            query?: {
                /** @description Only those in this mailbox, by name, number or id. */
                mailbox?: string;
                /** @description Only those that were listened to (true), or not (false). */
                heard?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the message */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the message */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_message: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the message */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    message_audio: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the message */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": number[];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                /** @description Only those of which this has become. */
                state?: components["schemas"]["WebhookState"];
                /** @description How many at most; 100 if not said, 1000 at most. */
                limit?: number;
                /** @description Only those of this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the webhook */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the webhook */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_widgets: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WidgetView"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    add_widget: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWidget"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WidgetView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_widget: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WidgetView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_widget: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_widget: {
        parameters: {
            query?: {
                /** @description Only what belongs to this tenant, by name or id. */
                tenant?: string;
            };
            header?: never;
            path: {
                /** @description name or id */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WidgetChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WidgetView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
