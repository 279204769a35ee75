//! What the command line says.

/// The works that can be measured.
pub const WORKS: [&str; 8] =
    ["media", "calls", "calls-by-sipp", "register", "hold-music", "conference", "memory", "chats"];

#[derive(Clone, Debug)]
pub struct Options {
    pub works: Vec<String>,
    /// Runs of each kind, alternating; the median counts.
    pub rounds: usize,
    /// Seconds of each measurement.
    pub seconds: u64,
    pub short: bool,
    pub json: bool,
    /// Numbers of calls, or rates, other than those of the plan.
    pub sizes: Option<Vec<u32>>,
    /// Leaves the peers out: for work on hovor alone.
    pub alone: bool,
}

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        let mut options = Self {
            works: vec![],
            rounds: 3,
            seconds: 10,
            short: false,
            json: false,
            sizes: None,
            alone: false,
        };
        let (mut rounds, mut seconds) = (None, None);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
            match argument.as_str() {
                "all" => options.works = WORKS.map(str::to_owned).to_vec(),
                "--short" => (options.short, options.rounds, options.seconds) = (true, 1, 4),
                "--json" => options.json = true,
                "--alone" => options.alone = true,
                "--rounds" => rounds = Some(number(&value()?)? as usize),
                "--seconds" => seconds = Some(u64::from(number(&value()?)?)),
                "--sizes" => options.sizes = Some(value()?.split(',').map(number).collect::<Result<_, _>>()?),
                work if WORKS.contains(&work) => options.works.push(work.to_owned()),
                other => return Err(format!("`{other}` is none of {}, all or an option", WORKS.join(", "))),
            }
        }
        options.rounds = rounds.unwrap_or(options.rounds);
        options.seconds = seconds.unwrap_or(options.seconds);
        Ok(options)
    }

    /// The sizes that were named, or those of the plan.
    pub fn sizes(&self, planned: &[u32]) -> Vec<u32> {
        self.sizes.clone().unwrap_or_else(|| planned.to_vec())
    }
}

fn number(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| format!("`{text}` is no count"))
}
