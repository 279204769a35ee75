//! Slots for parked clients, and calls that are answered at another phone than the one that rings.

use super::super::features::Notice;
use super::super::history::Happening;
use super::super::stage::Stage;
use super::*;

fn park_by_transfer(fixture: &mut Fixture, leg: LegId) {
    fixture.line(leg, LineEvent::Transfer { request: 7, wish: Wanted::Number("700".into()) });
}

/// The slot in which the client of a session waits.
fn slot(fixture: &Fixture, id: SessionId) -> Option<u16> {
    fixture.switch.sessions[&id].parked().map(|parked| parked.slot)
}

fn hung_up(fixture: &Fixture, leg: LegId) -> Option<Cause> {
    fixture.actions.iter().find_map(|action| match action {
        Action::Line { leg: at, command: LineCommand::HangUp { cause } } if *at == leg => Some(*cause),
        _ => None,
    })
}

fn colleague_calls(fixture: &mut Fixture, name: &str, number: &str) -> LegId {
    fixture.register(name, true);
    fixture.arrive(Origin::Device(fixture.devices[name]), number)
}

#[test]
fn a_client_is_parked_by_transfer_and_the_parker_hears_where() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    park_by_transfer(&mut fixture, anna);
    assert_eq!(slot(&fixture, id), Some(701));
    assert!(fixture.waits(client) && fixture.hears(client).is_empty());
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
    let aside = fixture.switch.session_of(anna).unwrap();
    assert_ne!(aside, id);
    let stage = fixture.switch.sessions[&aside].stage;
    assert!(
        matches!(stage, Stage::Notice { notice: Notice::Parked(701), request: Some(7), .. }),
        "{stage:?}"
    );
    let digits = ["7", "0", "1"].map(|digit| format!("prompts/en/digits/{digit}"));
    assert_eq!(fixture.playing(anna)[1..], digits);
    let told = fixture.commands_to(anna);
    assert_eq!(told[0], LineCommand::Transfer { request: 7, outcome: Handed::Trying });
    assert!(
        matches!(&told[1], LineCommand::Show { party } if party.display.as_deref() == Some("Parked 701"))
    );
    fixture.tell(Event::Media(media::Event::PlayEnded { leg: anna, playback: 0 }));
    fixture.pass(Duration::from_secs(1));
    let told = fixture.commands_to(anna);
    let done = LineCommand::Transfer { request: 7, outcome: Handed::Done };
    assert_eq!(told, [done, LineCommand::HangUp { cause: Cause::Normal }]);
    fixture.close(&[anna]);
    fixture.down(client, Cause::Normal);
    fixture.close(&[client]);
    assert_eq!(fixture.switch.sessions().count(), 0);
    fixture.check_history();
}

#[test]
fn whoever_dials_the_slot_has_the_client() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    park_by_transfer(&mut fixture, anna);
    fixture.actions.clear();
    let boris = colleague_calls(&mut fixture, "boris", "701");
    assert!(matches!(fixture.commands_to(boris).as_slice(), [LineCommand::Answer { .. }]));
    assert!(fixture.waits(client), "until the phone is up");
    fixture.line(boris, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(boris)), (vec![boris], vec![client]));
    assert_eq!((fixture.switch.session_of(boris), slot(&fixture, id)), (Some(id), None));
    assert!(matches!(fixture.engagement("boris"), queue::Engagement::OnSession { .. }));
    let freed = fixture.actions.iter().any(|action| matches!(action, Action::SlotChanged { slot: 701, .. }));
    assert!(freed);
    let picked = fixture.events[&id].iter().any(|event| {
        matches!(&event.what, Happening::PickedUp { by, from } if by == "boris" && from == "slot 701")
    });
    assert!(picked);
    fixture.down(boris, Cause::Normal);
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna, boris]);
    fixture.pass(Duration::from_secs(20));
    fixture.check_history();
}

#[test]
fn an_empty_slot_is_told_and_so_is_one_of_another_tenant() {
    let mut fixture = Fixture::new();
    let (_, _, anna) = fixture.served();
    let boris = colleague_calls(&mut fixture, "boris", "701");
    assert_eq!(fixture.commands_to(boris), [LineCommand::HangUp { cause: Cause::NotFound }]);
    park_by_transfer(&mut fixture, anna);
    let cyril = fixture.users["cyril"];
    let other = TenantId::new(UnixMs(9), &mut fixture.ids);
    fixture.reconfigure(|directory| directory.operators.get_mut(&cyril).unwrap().tenants = vec![other]);
    let cyril = colleague_calls(&mut fixture, "cyril", "701");
    assert_eq!(fixture.commands_to(cyril), [LineCommand::HangUp { cause: Cause::NotFound }]);
}

#[test]
fn a_client_who_waited_too_long_comes_back_to_the_parker_and_then_to_the_queue() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    park_by_transfer(&mut fixture, anna);
    fixture.down(anna, Cause::Normal);
    fixture.close(&[anna]);
    fixture.dialled();
    fixture.pass(Duration::from_secs(59));
    assert!(fixture.dialled().is_empty());
    fixture.pass(Duration::from_secs(1));
    let (again, who) = fixture.first_dialled();
    assert_eq!(who, "anna");
    assert!(fixture.waits(client) && slot(&fixture, id).is_none());
    fixture.down(again, Cause::NoAnswer);
    assert!(fixture.waits(client) && fixture.switch.is_waiting(id), "in the queue by which it came");
    let (offered, _) = fixture.first_dialled();
    fixture.line(offered, LineEvent::Up);
    assert_eq!(fixture.hears(client), [offered]);
}

#[test]
fn a_phone_that_hangs_up_while_it_fetches_a_client_leaves_it_to_the_parker() {
    let mut fixture = Fixture::new();
    let (_, client, anna) = fixture.served();
    park_by_transfer(&mut fixture, anna);
    fixture.dialled();
    let boris = colleague_calls(&mut fixture, "boris", "701");
    fixture.down(boris, Cause::Cancelled);
    assert!(fixture.waits(client));
    assert_eq!(fixture.first_dialled().1, "anna");
}

#[test]
fn the_client_on_hold_is_parked_by_a_code_from_the_second_call() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.line(anna, LineEvent::Holds(true));
    let second = fixture.arrive(Origin::Device(fixture.devices["anna"]), "*68");
    assert_eq!(slot(&fixture, id), Some(701));
    assert_eq!(hung_up(&fixture, anna), Some(Cause::Normal));
    assert!(fixture.waits(client));
    fixture.line(second, LineEvent::Up);
    assert_eq!(fixture.playing(second)[0], "prompts/en/features/parked");
}

#[test]
fn a_client_whom_an_operator_called_can_be_parked_and_fetched() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let anna = fixture.arrive(Origin::Device(fixture.devices["anna"]), "+420777000111");
    let (client, _) = fixture.first_dialled();
    fixture.line(client, LineEvent::Up);
    fixture.line(anna, LineEvent::Up);
    park_by_transfer(&mut fixture, anna);
    assert!(fixture.waits(client) && hung_up(&fixture, anna).is_none());
    let boris = colleague_calls(&mut fixture, "boris", "701");
    fixture.line(boris, LineEvent::Up);
    assert_eq!((fixture.hears(client), fixture.hears(boris)), (vec![boris], vec![client]));
    fixture.down(client, Cause::Normal);
    assert!(hung_up(&fixture, boris).is_some());
}

#[test]
fn each_client_has_a_slot_and_the_tenth_has_none() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    for number in 701..=710 {
        let caller = fixture.arrive(Origin::Guest, "201");
        let (anna, _) = fixture.first_dialled();
        fixture.line(anna, LineEvent::Up);
        fixture.line(caller, LineEvent::Up);
        let id = fixture.switch.session_of(caller).unwrap();
        park_by_transfer(&mut fixture, anna);
        match number {
            710 => {
                let refused = LineCommand::Transfer { request: 7, outcome: Handed::Refused(Cause::Busy) };
                assert!(fixture.commands_to(anna).contains(&refused));
                assert_eq!(fixture.hears(caller), [anna], "the two go on");
            }
            _ => assert_eq!(slot(&fixture, id), Some(number)),
        }
        fixture.down(anna, Cause::Normal);
        fixture.close(&[anna]);
    }
}

#[test]
fn a_direct_call_that_rings_at_a_colleague_is_answered_here() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let caller = fixture.arrive(Origin::Guest, "201");
    let (anna, _) = fixture.first_dialled();
    let boris = colleague_calls(&mut fixture, "boris", "*8201");
    assert!(matches!(fixture.commands_to(boris).as_slice(), [LineCommand::Answer { .. }]));
    fixture.line(boris, LineEvent::Up);
    assert_eq!(hung_up(&fixture, anna), Some(Cause::CompletedElsewhere));
    assert_eq!((fixture.hears(caller), fixture.hears(boris)), (vec![boris], vec![caller]));
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
}

#[test]
fn what_a_queue_offers_to_a_colleague_is_answered_here_and_the_queue_knows() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let client = fixture.call_and_press('1');
    let (anna, _) = fixture.first_dialled();
    let cyril = colleague_calls(&mut fixture, "cyril", "**201");
    let id = fixture.switch.session_of(client).unwrap();
    assert!(fixture.switch.is_waiting(id), "it keeps its place until the phone is up");
    fixture.line(cyril, LineEvent::Up);
    assert_eq!(hung_up(&fixture, anna), Some(Cause::CompletedElsewhere));
    assert_eq!(fixture.hears(client), [cyril]);
    assert_eq!(fixture.engagement("anna"), queue::Engagement::Free);
    fixture.down(cyril, Cause::Normal);
    fixture.down(client, Cause::Normal);
    fixture.close(&[client, anna, cyril]);
    fixture.pass(Duration::from_secs(20));
    fixture.check_history();
}

#[test]
fn if_the_colleague_answers_first_the_other_phone_is_let_go() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let client = fixture.call_and_press('1');
    let (anna, _) = fixture.first_dialled();
    let cyril = colleague_calls(&mut fixture, "cyril", "*8201");
    fixture.line(anna, LineEvent::Up);
    assert_eq!(hung_up(&fixture, cyril), Some(Cause::CompletedElsewhere));
    assert_eq!(fixture.hears(client), [anna]);
}

#[test]
fn a_forwarded_client_is_picked_up_on_the_way() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    fixture.register("boris", true);
    let to = Destination::Operator(fixture.users["boris"]);
    fixture.command(id, None, Command::Forward { to, note: None }).unwrap();
    let (boris, _) = fixture.first_dialled();
    let cyril = colleague_calls(&mut fixture, "cyril", "*8202");
    assert_eq!(hung_up(&fixture, boris), Some(Cause::CompletedElsewhere));
    fixture.line(cyril, LineEvent::Up);
    assert_eq!(fixture.hears(client), [cyril]);
    assert!(hung_up(&fixture, anna).is_some());
}

#[test]
fn a_phone_takes_a_ringing_call_over_by_its_name_and_nothing_else() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let caller = fixture.arrive(Origin::Guest, "201");
    let (anna, _) = fixture.first_dialled();
    let guest = fixture.replaces(Origin::Guest, anna);
    assert_eq!(fixture.commands_to(guest), [LineCommand::HangUp { cause: Cause::Forbidden }]);
    let boris = Origin::Device(fixture.devices["boris"]);
    let of_caller = fixture.replaces(boris, caller);
    assert_eq!(fixture.commands_to(of_caller), [LineCommand::HangUp { cause: Cause::NotFound }]);
    let taken = fixture.replaces(boris, anna);
    fixture.line(taken, LineEvent::Up);
    assert_eq!(hung_up(&fixture, anna), Some(Cause::CompletedElsewhere));
    assert_eq!(fixture.hears(caller), [taken]);
    let cyril = Origin::Device(fixture.devices["cyril"]);
    let late = fixture.replaces(cyril, taken);
    assert_eq!(fixture.commands_to(late), [LineCommand::HangUp { cause: Cause::NotFound }], "it is answered");
}
