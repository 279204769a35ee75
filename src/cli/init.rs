//! `hovor init`: sets a company up in an empty database.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use clap::Args;

use super::noun::secret_line;
use super::serve::open_store;
use crate::config::{Config, DEFAULT_DATA, Settings};
use crate::store::{self, DEFAULT_REALM, NewUser, Scope, demo, secret};

/// Options of `hovor init`.
#[derive(Args, Clone, Debug)]
pub struct Init {
    /// The company's name
    #[arg(default_value = "Company")]
    company: String,
    /// Login name of the first administrator
    #[arg(long, default_value = "admin")]
    admin: String,
    /// Read the administrator's password from standard input, instead of generating a good one
    #[arg(long)]
    password_stdin: bool,
    /// Folder for the database, recordings and the control socket [default: ./data]
    #[arg(long, env = "HOVOR_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Database: sqlite:PATH or postgres://… [default: sqlite:DATA/hovor.db]
    #[arg(long, env = "HOVOR_DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,
    /// Configuration file (TOML) of `hovor serve`
    #[arg(long, env = "HOVOR_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Init {
    /// Sets the company up and gives what to print.
    ///
    /// # Errors
    /// What went wrong, in words for the person at the terminal.
    pub async fn run(self) -> Result<String, String> {
        let settings =
            Settings { data: self.data, database: self.database, config: self.config, ..Settings::default() };
        let config = settings.resolve()?;
        let given = secret_line(self.password_stdin)?;
        let words = |error: store::StoreError| error.to_string();
        // The store keeps names without spaces around them.
        if self.company.trim() == demo::COMPANY {
            return Err(format!("the demo company is called {}; choose another name", demo::COMPANY));
        }
        make_folders(&config)?;
        let store = open_store(&config).await?;
        if let Some(company) = store.companies().await.map_err(words)?.first() {
            return Err(already(&company.name, &config));
        }
        let generated = secret::device_secret(&mut secret::entropy().map_err(words)?);
        let new = NewUser {
            name: self.admin,
            administrator: true,
            password: Some(given.clone().unwrap_or_else(|| generated.clone())),
            ..NewUser::default()
        };
        new.check().map_err(words)?;
        let company = store.add_company(&self.company, DEFAULT_REALM).await.map_err(words)?;
        let admin = store.add_user(&Scope::company(company.id), new).await.map_err(words)?;
        store.close().await;
        let password = match given {
            Some(_) => "as given".to_owned(),
            None => format!("{generated} (shown this once)"),
        };
        Ok(format!(
            "The company `{}` is set up.\nAdministrator: {}, password {password}\n\n{}",
            company.name,
            admin.name,
            next_steps(&config)
        ))
    }
}

fn already(company: &str, config: &Config) -> String {
    match company == demo::COMPANY {
        true => format!(
            "{} holds the demo company; set yours up in another folder: `hovor init --data DIR`",
            config.shown_database()
        ),
        false => format!("the company `{company}` is set up here already; go on with `hovor serve`"),
    }
}

/// Makes the data folder and the folder for dialplans in it, for this user alone.
fn make_folders(config: &Config) -> Result<(), String> {
    for folder in [&config.data, &config.dialplans] {
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
    }
    Ok(())
}

fn next_steps(config: &Config) -> String {
    let dialplans = config.dialplans.display();
    let here = config.data == Path::new(DEFAULT_DATA);
    // All commands find the program by its data folder.
    let export =
        if here { String::new() } else { format!("  export HOVOR_DATA={}\n", config.data.display()) };
    format!(
        "Next, start it at the address where phones are to reach it, and tell it about yourselves, for example:\n\
         {export}\
         \x20 hovor serve --sip 0.0.0.0:5060\n\
         and, beside it:\n\
         {export}\
         \x20 hovor tenant add harbour --display Harbour --timezone Europe/Prague\n\
         \x20 hovor number add +420200000100 --tenant harbour --short 100\n\
         \x20 hovor user add anna --extension 201 --role harbour=operator\n\
         \x20 hovor device add anna\n\
         \x20 hovor group add sales --tenant harbour --member anna\n\
         What callers of the number meet is written in files in {dialplans}; docs/dialplan.md says how, and \
         docs/operations.md walks through all of it."
    )
}
