//! Numbers outside that a file names: whether they can be called, and whether they may.

use std::ops::Range;

use super::super::fields::Fields;
use super::super::world::TrunkWorld;
use crate::e164::{Class, Classes};

/// A number outside with its plus, if it is one.
pub fn international(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+').or_else(|| text.strip_prefix("00"))?;
    let fits = (4..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    (fits && !digits.starts_with('0')).then(|| format!("+{digits}"))
}

/// Some trunk has to take the number for the tenant of the file, and both have to be allowed its class.
pub fn check(fields: &mut Fields, number: &str, span: Range<usize>) {
    let world = fields.scope.world;
    let tenant = fields.scope.tenant_name();
    let open: Vec<_> = world.trunks.values().filter(|trunk| trunk.serves(tenant.as_deref())).collect();
    let taking: Vec<_> = open.iter().copied().filter(|trunk| trunk.takes(number)).collect();
    if !taking.is_empty() {
        return check_class(fields, number, &taking, span);
    }
    let (what, help) = match (world.trunks.is_empty(), open.is_empty()) {
        (true, _) => ("there is no trunk to dial outside", "add one with `hovor trunk add`"),
        (_, true) => (
            "no trunk is open to this file's tenant",
            "add one with `hovor trunk add`, or open one with `hovor trunk set NAME --tenant …`",
        ),
        _ => (
            "no trunk that this file's tenant may use takes this number",
            "let a trunk take it: `hovor trunk set NAME --prefix …`",
        ),
    };
    fields.scope.unknown_name(span, what, "a number outside", help);
}

/// A call of a class that is not allowed is refused when it is made. It may be meant, for a while: no more than a
/// warning.
fn check_class(fields: &mut Fields, number: &str, taking: &[&TrunkWorld], span: Range<usize>) {
    let (world, tenant) = (fields.scope.world, fields.scope.tenant);
    let class = world.prefixes.class(number, tenant.and_then(|tenant| tenant.country.as_deref()));
    let is_carried = |trunk: &&TrunkWorld| trunk.calls.as_ref().is_none_or(|calls| calls.holds(class));
    let (what, help) = match (fields.scope.tenant_name(), tenant.and_then(|tenant| tenant.calls.as_ref())) {
        (Some(name), Some(calls)) if !calls.holds(class) => {
            let what = format!("dialplans of tenant `{name}` may not call {class} numbers");
            (what, format!("allow it: `hovor tenant set {name} --calls {}`", and(calls, class)))
        }
        (None, _) if is_of_nobody(fields) && !Classes::usual().holds(class) => {
            let what = format!("a file of no tenant may not call {class} numbers");
            (what, "name the tenant that pays at the top of the file: `tenant = \"…\"`".to_owned())
        }
        _ if !taking.iter().any(is_carried) => {
            let what = format!("no trunk that takes this number carries {class} numbers");
            (what, "let one carry them: `hovor trunk set NAME --calls …`".to_owned())
        }
        _ => return,
    };
    fields.scope.warning(span, what, "this call is refused", help);
}

/// Whether the company is known and no tenant of it is the file's.
fn is_of_nobody(fields: &Fields) -> bool {
    !fields.scope.world.unknown && !fields.scope.any_tenant
}

/// These classes and one more, as they are set.
fn and(calls: &Classes, class: Class) -> String {
    let names: Vec<&str> = calls.iter().chain([class]).map(Class::as_str).collect();
    names.join(",")
}
