//! Lines that operators switch off bring them nothing new, and administrators may take the switch away.

use super::*;
use crate::switch::channels::SwitchedBy::{self, Administrator, Operator};
use crate::switch::line::OWN_CALLS;

fn switch(fixture: &mut Fixture, name: &str, on: bool, by: SwitchedBy) -> Result<(), Refusal> {
    let (user, now) = (fixture.users[name], fixture.now);
    let done = fixture.switch.switch_channel(user, OWN_CALLS, on, by, now);
    fixture.tell(Event::Refuse(false));
    done
}

#[test]
fn the_phone_that_is_off_is_offered_nothing_and_is_called_by_nobody_and_what_runs_goes_on() {
    let mut fixture = Fixture::new();
    let (id, client, anna) = fixture.served();
    switch(&mut fixture, "anna", false, Operator).unwrap();
    let remembered =
        Action::ChannelSwitched { operator: fixture.users["anna"], line: OWN_CALLS.into(), on: false };
    assert!(fixture.actions.contains(&remembered));
    assert_eq!((fixture.hears(client), fixture.hears(anna)), (vec![anna], vec![client]));
    fixture.tell(Event::End { session: id, cause: Cause::Normal });
    fixture.close(&[client, anna]);
    fixture.arrive(Origin::Guest, "201");
    assert!(fixture.dialled().is_empty(), "as if she did not want to be disturbed");
    fixture.register("boris", true);
    fixture.call_and_press('1');
    assert_eq!(fixture.first_dialled().1, "boris");
    let told = fixture.events.values().flatten().any(|event| {
        let text = format!("{:?}", event.what);
        text.contains("not to anna: the channel phone is off")
    });
    assert!(told);
}

#[test]
fn a_new_configuration_and_a_restart_leave_a_channel_off() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    let operator = fixture.users["anna"];
    let event = Event::Channel { operator, line: OWN_CALLS.into(), on: false };
    fixture.tell(event);
    fixture.reconfigure(|directory| drop(directory.operators.remove(&operator)));
    let known = Fixture::new().switch.directory().operators.clone();
    fixture.reconfigure(|directory| directory.operators.clone_from(&known));
    assert!(!fixture.switch.queues().takes(operator, OWN_CALLS, None));
    assert!(fixture.switch.operator(operator).unwrap().off.contains(OWN_CALLS));
}

#[test]
fn a_tenant_without_channel_switches_leaves_them_to_administrators() {
    let mut fixture = Fixture::new();
    fixture.register("anna", true);
    fixture.switch_off("channel_switches");
    let Refusal { cause, why } = switch(&mut fixture, "anna", false, Operator).unwrap_err();
    assert_eq!(cause, Cause::Forbidden);
    assert!(why.contains("channel_switches is switched off for harbour"), "{why}");
    let anna = fixture.users["anna"];
    assert!(fixture.switch.operator(anna).unwrap().off.is_empty());
    switch(&mut fixture, "anna", false, Administrator).unwrap();
    assert!(fixture.switch.operator(anna).unwrap().off.contains(OWN_CALLS));
    switch(&mut fixture, "anna", true, Administrator).unwrap();
    assert!(fixture.switch.operator(anna).unwrap().off.is_empty());
}
