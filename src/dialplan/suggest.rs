//! "Did you mean".

/// The known word closest to `word`, if one is close enough to be a slip of the pen.
pub(super) fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let lower = word.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&lower, &known.to_lowercase());
    let allowed = 1.max(word.chars().count() / 3);
    known
        .into_iter()
        .map(|known| (distance(known), known))
        .filter(|(distance, known)| *distance <= allowed && *distance < known.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// The words as a list for a person: `a, b or c`; a long list is cut short.
pub(super) fn listed<'k>(words: impl IntoIterator<Item = &'k str>) -> String {
    let mut words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    if words.len() > 12 {
        words.truncate(12);
        words.push("…".into());
        return words.join(", ");
    }
    match words.pop() {
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} or {last}", words.join(", ")),
        None => String::new(),
    }
}

/// "did you mean" if something is close, else what there is to choose from.
pub(super) fn choice<'k>(word: &str, known: impl Iterator<Item = &'k str> + Clone) -> String {
    choice_or(word, known, "nothing may stand here")
}

/// The same; `none` says what to do if there is nothing to choose from.
pub(super) fn choice_or<'k>(word: &str, known: impl Iterator<Item = &'k str> + Clone, none: &str) -> String {
    match did_you_mean(word, known.clone()) {
        Some(close) => format!("did you mean `{close}`?"),
        None if known.clone().next().is_none() => none.to_owned(),
        None => format!("there is {}", listed(known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let known = ["welcome", "sales", "support"];
        assert_eq!(did_you_mean("welcom", known), Some("welcome"));
        assert_eq!(did_you_mean("Slaes", known), Some("sales"));
        assert_eq!(did_you_mean("closed", known), None);
        assert_eq!(did_you_mean("x", ["y", "z"]), None);
    }

    #[test]
    fn a_choice_reads_like_a_sentence() {
        assert_eq!(choice("zzz", ["a", "b", "c"].into_iter()), "there is `a`, `b` or `c`");
        assert_eq!(choice("slaes", ["sales"].into_iter()), "did you mean `sales`?");
        assert_eq!(choice_or("sales", [].into_iter(), "add one"), "add one");
    }
}
