//! Where the names come from that dialplan files use: the company of a running program, of a database, or the
//! demo company.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use reqwest::Method;

use crate::cli::client::{Connection, url};
use crate::cli::serve::open_store;
use crate::config::{Config, Settings};
use crate::dialplan::{SourceFile, World};
use crate::server::{files, for_demo, for_dialplans};
use crate::store::{self, Scope, Store, demo};

/// Against which company dialplan files are held.
#[derive(Args, Clone, Debug)]
pub struct Company {
    #[command(flatten)]
    pub connection: Connection,
    /// Take the names of the demo company
    #[arg(long, conflicts_with = "no_names")]
    demo: bool,
    /// Check no names: groups, numbers, extensions, sounds and the like are taken as they come
    #[arg(long)]
    no_names: bool,
    /// Folder with prompts and hold music [default: that of the running program, else ./media]
    #[arg(long, env = "HOVOR_MEDIA", value_name = "DIR")]
    media: Option<PathBuf>,
    /// Database, if no program runs: sqlite:PATH or postgres://… [default: sqlite:DATA/hovor.db]
    #[arg(long, env = "HOVOR_DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,
}

/// What dialplan files may name, and who said so.
pub struct Known {
    pub world: World,
    /// For the person at the terminal: "the running program (data)".
    pub from: String,
}

impl Company {
    /// Finds the names: of the demo company or none if so asked, else of the program that runs, else of the
    /// database that it would run on.
    ///
    /// # Errors
    /// There is no company to be found, or it does not answer.
    pub async fn known(&self) -> Result<Known, String> {
        if self.no_names {
            return Ok(Known { world: World::unknown(), from: "no company: names are not checked".into() });
        }
        let config = self.config()?;
        if self.demo {
            let world = for_demo(files::sounds(media(&config)?)).http(config.http_allow.clone());
            return Ok(Known { world, from: "the demo company".into() });
        }
        match self.connection.is_running()? {
            true => self.of_running(&config).await,
            false => of_store(&config).await,
        }
    }

    /// The files below these paths; those in force if there is no path.
    ///
    /// # Errors
    /// Which path cannot be read, and why.
    pub fn files(&self, paths: &[PathBuf]) -> Result<Vec<SourceFile>, String> {
        let found = match paths {
            [] => files_below(&self.config()?.dialplans)?,
            paths => {
                let found: Result<Vec<_>, String> = paths.iter().map(|path| files_below(path)).collect();
                found?.concat()
            }
        };
        let mut once: Vec<SourceFile> = Vec::new();
        for file in found {
            if !once.iter().any(|other| other.path == file.path) {
                once.push(file);
            }
        }
        Ok(once)
    }

    pub(super) fn config(&self) -> Result<Config, String> {
        let (demo, media, database) = (self.demo, self.media.clone(), self.database.clone());
        Settings { demo, media, database, ..self.connection.settings() }.resolve()
    }

    async fn of_running(&self, config: &Config) -> Result<Known, String> {
        let address = url(&["api", "v1", "dialplans", "world"], None)?;
        let mut world: World = self.connection.control()?.ask(Method::GET, address, None::<&()>).await?;
        if self.media.is_some() {
            let sounds = files::sounds(media(config)?);
            (world.sounds, world.unplayable) = (sounds.names, sounds.unplayable);
        }
        let from = format!("the company of the program that runs with {}", config.data.display());
        Ok(Known { world, from })
    }
}

async fn of_store(config: &Config) -> Result<Known, String> {
    let (store, company) = stored_company(config).await?;
    let stored = store.directory(&Scope::company(company.id)).await.map_err(|error| error.to_string())?;
    let from =
        format!("the company `{}` in {}; no program runs there", company.name, config.shown_database());
    store.close().await;
    let world = for_dialplans(&stored, files::sounds(media(config)?)).http(config.http_allow.clone());
    Ok(Known { world, from })
}

/// The database that a program would run on, and the company in it that is not the demo's, if there is one.
///
/// # Errors
/// There is no database, or no company in it.
pub(super) async fn stored_company(config: &Config) -> Result<(Arc<dyn Store>, store::Company), String> {
    let missing = config.database.strip_prefix("sqlite:").is_some_and(|path| !Path::new(path).exists());
    if missing {
        return Err(format!(
            "no hovor runs with {}, and there is no company in {}. Name its data folder with --data, or take the \
             demo company's names with --demo, or check no names with --no-names",
            config.data.display(),
            config.shown_database()
        ));
    }
    let store = open_store(config).await?;
    let companies = store.companies().await.map_err(|error| error.to_string())?;
    let own = companies.iter().find(|company| company.name != demo::COMPANY).or(companies.first());
    match own {
        Some(company) => Ok((store, company.clone())),
        None => {
            Err(format!("there is no company in {} yet; `hovor init` sets one up", config.shown_database()))
        }
    }
}

/// The media folder. Without it, every sound would be reported as missing.
fn media(config: &Config) -> Result<&Path, String> {
    match config.media.is_dir() {
        true => Ok(&config.media),
        false => Err(format!(
            "there is no folder {} with prompts and hold music; name it with --media",
            config.media.display()
        )),
    }
}

fn files_below(path: &Path) -> Result<Vec<SourceFile>, String> {
    if !path.exists() {
        return Err(format!("there is no file or folder {}", path.display()));
    }
    match path.is_dir() {
        true => {
            let found = files::dialplans(path)?;
            match found.is_empty() {
                true => Err(format!("{} has no dialplan files (names that end in .toml)", path.display())),
                false => Ok(found),
            }
        }
        false => Ok(vec![files::source(path)?]),
    }
}
