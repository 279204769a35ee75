//! Text in XML.

/// `text` as it may stand between tags and in quoted attributes. Characters that XML cannot hold are left out.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if letter.is_control() => {}
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_xml_is_escaped_and_what_it_cannot_hold_left_out() {
        assert_eq!(escape("A&B <\"c\"> 'd'\0\u{1b}é"), "A&amp;B &lt;&quot;c&quot;&gt; &apos;d&apos;é");
    }
}
