//! Which numbers lead into a file, and to which of its nodes.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::Fields;
use super::plan::Target;
use super::problem::{Problem, Severity};
use super::scope::Scope;
use super::source::SourceFile;

/// A number that a file answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub number: String,
    /// Where the number stands in the file as it was written.
    pub span: Range<usize>,
    /// The first node.
    pub node: String,
}

/// Reads `numbers = […]` with `start`, or the table `[numbers]`.
pub(super) fn read(scope: &mut Scope, document: &DeTable) -> Vec<Claim> {
    let top = 0..0;
    let mut fields = Fields::new(scope, "", top.clone(), document);
    let (numbers, start) = (fields.value("numbers"), fields.value("start"));
    match numbers.map(|value| (value, value.get_ref())) {
        Some((_, DeValue::Table(table))) => {
            if let Some(start) = start {
                let what = "`[numbers]` says for each number where it starts";
                fields.scope.error(start.span(), what, "not wanted beside `[numbers]`", "leave out `start`");
            }
            from_table(&mut fields, table)
        }
        Some((value, DeValue::Array(list))) => from_list(&mut fields, value.span(), list.iter(), start),
        Some((value, _)) => {
            fields.scope.wrong_type("numbers", value, "a list", "[\"+420200000100\", \"100\"]");
            Vec::new()
        }
        None if is_excused(fields.scope, "numbers") => Vec::new(),
        None => {
            let help = "write at the top `numbers = [\"100\"]` and `start = \"welcome\"`";
            fields.scope.error(top, "no number leads into this file", "`numbers` is missing", help);
            Vec::new()
        }
    }
}

/// True if the setting stands elsewhere, or had to be left out.
fn is_excused(scope: &Scope, setting: &str) -> bool {
    scope.misplaced.contains(setting) || scope.mended.damaged.contains("")
}

fn from_table(fields: &mut Fields, table: &DeTable) -> Vec<Claim> {
    let mut claims = Vec::new();
    for (key, value) in table {
        let number = check(fields.scope, key.get_ref(), key.span());
        let target = fields.target_of(key.get_ref(), value);
        claims.extend(number.zip(name(target)).map(|(number, node)| Claim {
            number,
            span: fields.scope.mended.original(key.span()),
            node,
        }));
    }
    claims
}

fn from_list<'v, 't: 'v>(
    fields: &mut Fields,
    span: Range<usize>,
    list: impl Iterator<Item = &'v Spanned<DeValue<'t>>>,
    start: Option<&Spanned<DeValue>>,
) -> Vec<Claim> {
    let node = match start {
        Some(start) => name(fields.target_of("start", start)),
        None if is_excused(fields.scope, "start") => None,
        None => {
            let help = "add `start = \"…\"` with the name of the first node";
            fields.scope.error(span, "the file does not say where callers start", "`start` is missing", help);
            None
        }
    };
    let mut claims = Vec::new();
    for value in list {
        let number = match value.get_ref() {
            DeValue::String(number) => check(fields.scope, number, value.span()),
            _ => {
                let written = fields.scope.written(value.span()).to_owned();
                let help = format!("write it in quotes: \"{written}\"");
                fields.scope.error(
                    value.span(),
                    "a number without quotes loses its `+` and zeros",
                    "no quotes",
                    help,
                );
                None
            }
        };
        let span = fields.scope.mended.original(value.span());
        claims.extend(number.zip(node.clone()).map(|(number, node)| Claim { number, span, node }));
    }
    claims
}

fn name(target: Target) -> Option<String> {
    match target {
        Target::Node(name) => Some(name),
        Target::Hangup(_) | Target::Return => None,
    }
}

/// The number, if this file may answer it.
fn check(scope: &mut Scope, number: &str, span: Range<usize>) -> Option<String> {
    let digits = number.strip_prefix('+').map_or(number, |digits| digits.trim_end_matches('x'));
    if !(1..=32).contains(&digits.len())
        || !digits.bytes().all(|key| key.is_ascii_digit() || b"*#".contains(&key))
    {
        let plain: String = number.chars().filter(|c| c.is_ascii_digit() || "+*#".contains(*c)).collect();
        let help = format!("write only digits, with a leading + for an international number: \"{plain}\"");
        scope.error(span, format!("`{number}` is no telephone number"), "not a number", help);
        return None;
    }
    let owner =
        scope.world.tenants.iter().find(|(_, tenant)| tenant.numbers.iter().any(|own| holds(own, number)));
    let is_own =
        owner.is_some_and(|(_, owner)| scope.tenant.is_some_and(|tenant| std::ptr::eq(tenant, owner)));
    if let Some((owner, _)) = owner
        && !is_own
        && !scope.any_tenant
    {
        let owner = owner.clone();
        let what = format!("{number} belongs to tenant `{owner}`");
        scope.error(
            span,
            what,
            "another tenant's number",
            format!("move it to a file with `tenant = \"{owner}\"`"),
        );
        return None;
    }
    if owner.is_none() && number.starts_with('+') {
        let help = format!("give it to a tenant: `hovor number add {number} --tenant NAME`");
        scope.unknown_name(span, format!("{number} belongs to no tenant"), "nobody's number", help);
        return scope.world.unknown.then(|| number.to_owned());
    }
    if scope.world.extensions.contains(number) {
        let what = format!("{number} is an operator's extension");
        scope.error(span, what, "already taken", "choose another number");
        return None;
    }
    Some(number.to_owned())
}

/// Whether `own` is this number or block, or a block that holds it: `+4202000001xx` holds `+420200000100`.
fn holds(own: &str, number: &str) -> bool {
    let open = own.len() - own.trim_end_matches('x').len();
    own == number
        || open > 0
            && own.len() == number.len()
            && number.is_char_boundary(own.len() - open)
            && number.starts_with(own.trim_end_matches('x'))
}

/// Reports numbers that are claimed more than once; the first claim stands.
pub(super) fn clashes(claims: &[(&SourceFile, &[Claim])]) -> Vec<Problem> {
    let mut first: BTreeMap<&str, (&SourceFile, u32)> = BTreeMap::new();
    let mut problems = Vec::new();
    for (file, claims) in claims {
        for claim in *claims {
            let line = file.line(claim.span.start);
            let (other, at) = *first.entry(&claim.number).or_insert((file, line));
            if (other.path.as_str(), at) == (file.path.as_str(), line) && first_in_line(claims, claim) {
                continue;
            }
            let what = format!("number {} is claimed twice", claim.number);
            let help = format!("it is already answered at {}:{at}: keep one of the two", other.path);
            let problem = Problem::new(Severity::Error, file, claim.span.clone(), what);
            problems.push(problem.label("already taken").help(help));
        }
    }
    problems
}

/// True if this is the file's first claim of the number.
fn first_in_line(claims: &[Claim], claim: &Claim) -> bool {
    claims.iter().find(|other| other.number == claim.number).is_some_and(|first| first.span == claim.span)
}

#[cfg(test)]
mod tests {
    use crate::dialplan::{SourceFile, World, load};

    fn plan(number: &str, node: &str) -> String {
        format!(
            "tenant = \"harbour\"\nnumbers = [\"{number}\"]\nstart = \"{node}\"\n[{node}]\nhangup = \"normal\"\n"
        )
    }

    #[test]
    fn a_block_answers_its_numbers_and_a_single_one_goes_before_it() {
        let world = World::new().tenant("harbour", ["+4202000001xx", "+420200000250"], [] as [&str; 0]);
        let files = [("+4202000001xx", "block"), ("+420200000150", "one"), ("+42020000016x", "ten")];
        let files = files.map(|(number, node)| SourceFile::new(format!("{node}.toml"), plan(number, node)));
        let plans = load(files.into(), &world).unwrap_or_else(|problems| panic!("{problems:?}"));
        let node = |number: &str| plans.entry(number).map(|entry| entry.node);
        assert_eq!(node("+420200000100").as_deref(), Some("block"));
        assert_eq!(node("+420200000150").as_deref(), Some("one"));
        assert_eq!(node("+420200000169").as_deref(), Some("ten"));
        for outside in
            ["+420200000250", "+4202000001", "+42020000010", "+4202000001000", "100", "+4202000001ab"]
        {
            assert_eq!(node(outside), None, "{outside}");
        }
    }

    #[test]
    fn a_block_of_nobody_is_refused() {
        let world = World::new().tenant("harbour", ["+420200000250"], [] as [&str; 0]);
        let file = SourceFile::new("x.toml", plan("+4202000002xx", "x"));
        let problems = load(vec![file], &world).err().unwrap();
        assert!(problems[0].to_string().contains("belongs to no tenant"), "{}", problems[0]);
    }
}
