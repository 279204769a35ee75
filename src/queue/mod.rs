//! Groups, operators and who is offered which session.
