//! Dialplan files taken together, for commands that look at what they say.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::world::Company;
use crate::dialplan::{self, Plans, SourceFile};
use crate::server::files;

impl Company {
    /// The plans of these files, or the pictures of what is wrong with them. What does not keep the files from being
    /// used is told beside, on standard error.
    ///
    /// # Errors
    /// The files cannot be read, or there is no company to hold them against.
    pub async fn plans_or_problems(&self, paths: &[PathBuf]) -> Result<Result<Plans, String>, String> {
        let loaded = self.load(self.files(paths).await?).await?;
        let colour = std::io::stderr().is_terminal();
        for warning in loaded.iter().flat_map(Plans::warnings) {
            eprint!("{}", warning.picture(colour));
        }
        Ok(loaded)
    }

    /// The plans of files that have been read.
    ///
    /// # Errors
    /// There is no company to hold them against.
    pub async fn load(&self, files: Vec<SourceFile>) -> Result<Result<Plans, String>, String> {
        let known = self.known().await?;
        let colour = std::io::stdout().is_terminal();
        let loaded = dialplan::load(files, &known.world);
        Ok(loaded.map_err(|problems| problems.iter().map(|problem| problem.picture(colour)).collect()))
    }

    /// The dialplan files and the scenarios below these paths, those in force if there is no path. A
    /// file of scenarios brings the dialplan files of its folder along, a dialplan file its scenarios.
    ///
    /// # Errors
    /// Which path cannot be read, and why.
    pub async fn files_and_scenarios(
        &self,
        paths: &[PathBuf],
    ) -> Result<(Vec<SourceFile>, Vec<SourceFile>), String> {
        let paths = if paths.is_empty() { vec![self.folder().await?] } else { paths.to_vec() };
        let (mut dialplans, mut tables) = (Vec::new(), Vec::new());
        for path in &paths {
            if !path.exists() {
                return Err(format!("there is no file or folder {}", path.display()));
            }
            if path.is_dir() {
                dialplans.extend(files::dialplans(path)?);
                tables.extend(files::scenarios(path)?);
            } else if files::is_scenarios(path) {
                dialplans.extend(files::dialplans(folder(path))?);
                tables.push(files::source(path)?);
            } else {
                dialplans.push(files::source(path)?);
                let table = path.with_extension("test.toml");
                if table.exists() {
                    tables.push(files::source(&table)?);
                }
            }
        }
        for list in [&mut dialplans, &mut tables] {
            list.sort_by(|a, b| a.path.cmp(&b.path));
            list.dedup_by(|a, b| a.path == b.path);
        }
        Ok((dialplans, tables))
    }

    /// Where prompts and hold music lie.
    ///
    /// # Errors
    /// The configuration cannot be read.
    pub fn media_folder(&self) -> Result<PathBuf, String> {
        Ok(self.config()?.media)
    }
}

/// The folder of a file; a name alone is a file of this folder.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
