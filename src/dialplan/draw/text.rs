//! How wide text is, before anybody knows the font it will be shown in.
//!
//! The table holds the widths of a wide font (DejaVu Sans); the fonts that browsers choose for a
//! system's own texts are narrower, so what fits by this table fits everywhere.

/// Thousandths of the font's size, from the space to the tilde.
#[rustfmt::skip]
const ASCII: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656,
    557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613,
    635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818,
    592, 592, 525, 636, 337, 636, 838,
];

/// What a bold letter is wider than a plain one.
const BOLD: f64 = 0.115;

/// A size and weight of letters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Font {
    pub size: f64,
    pub bold: bool,
}

impl Font {
    pub const NAME: Font = Font { size: 13.0, bold: true };
    pub const VERB: Font = Font { size: 10.0, bold: false };
    pub const LINE: Font = Font { size: 11.0, bold: false };
    pub const LABEL: Font = Font { size: 11.0, bold: false };
    pub const KEY: Font = Font { size: 11.0, bold: true };

    /// At least as wide as this text will be.
    pub fn width(self, text: &str) -> f64 {
        text.chars().map(|letter| self.letter(letter)).sum()
    }

    fn letter(self, letter: char) -> f64 {
        let code = letter as usize;
        let em = match code.checked_sub(0x20).and_then(|at| ASCII.get(at)) {
            Some(width) => f64::from(*width) / 1000.0,
            // Accented letters, Greek; then Cyrillic and Hebrew; then what stands in squares.
            None if code < 0x400 => 0.95,
            None if code < 0x1100 => 1.25,
            None if letter == '…' => 1.0,
            None => 1.9,
        };
        self.size * (em + if self.bold { BOLD } else { 0.0 })
    }

    /// The text, cut short with `…` if it is wider than `most`.
    pub fn cut(self, text: &str, most: f64) -> String {
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if self.width(&text) <= most {
            return text;
        }
        let mut cut = String::new();
        let mut width = self.letter('…');
        for letter in text.chars() {
            width += self.letter(letter);
            if width > most {
                break;
            }
            cut.push(letter);
        }
        cut.truncate(cut.trim_end().len());
        cut.push('…');
        cut
    }

    /// The text on as many lines as it needs, each no wider than `most`; at most `lines` of them.
    pub fn wrap(self, text: &str, most: f64, lines: usize) -> Vec<String> {
        let mut wrapped: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            let full = wrapped.len() == lines;
            match wrapped.last_mut() {
                Some(line) if full || self.width(line) + self.width(" ") + self.width(word) <= most => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => wrapped.push(word.to_owned()),
            }
        }
        wrapped.into_iter().map(|line| self.cut(&line, most)).collect()
    }
}
