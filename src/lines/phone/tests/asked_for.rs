//! Calls to an operator's own phone that the operator asked for.

use super::*;

/// The headers of the INVITEs to a target.
fn headers(target: impl FnOnce(DeviceId) -> Target) -> Vec<Vec<(String, String)>> {
    let mut fixture = Fixture::new();
    fixture.register(2);
    let leg = LegId::new(UnixMs(0), &mut fixture.ids);
    let target = target(fixture.device);
    let (room, caller) = (fixture.room, Party::default());
    fixture.switch(
        leg,
        LineCommand::Dial { room, target, caller, like: None, hops_left: 70, subject: None, session: None },
    );
    let dialled = fixture.media(media::Event::Opened { leg, rtp_port: 20_000, web_port: None }).into_iter();
    let headers = dialled.filter_map(|output| match output {
        Output::Sip(sip::Command::Dial { headers, .. }) => Some(headers),
        _ => None,
    });
    headers.collect()
}

#[test]
fn a_phone_may_answer_by_itself_a_call_that_its_operator_asked_for_and_no_other() {
    let own = headers(|device| Target::OwnDevices(vec![device]));
    assert_eq!(own.len(), 2, "all phones of the operator ring");
    for headers in own {
        let value =
            |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!(value("Answer-Mode"), Some("Auto"));
        assert!(value("Call-Info").is_some_and(|value| value.ends_with(";answer-after=0")));
        assert!(value("Alert-Info").is_some_and(|value| value.ends_with(";info=alert-autoanswer")));
    }
    assert!(headers(|device| Target::Devices(vec![device])).iter().all(Vec::is_empty));
}
