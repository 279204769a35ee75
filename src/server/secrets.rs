//! Secrets that the data folder keeps, each in a file that nobody else can read.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::StartError;

/// The text of a secret; drawn and written down if there is none yet, and then `drawn` is told.
///
/// # Errors
/// The file cannot be read or written, and why.
pub fn kept(path: &Path, draw: impl FnOnce() -> String, drawn: impl FnOnce()) -> Result<String, StartError> {
    let shown = path.display();
    match std::fs::read_to_string(path) {
        Ok(text) => return Ok(text.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(format!("cannot read {shown}: {error}")),
    }
    let text = draw();
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| writeln!(file, "{text}"));
    written.map_err(|error| format!("cannot write {shown}: {error}"))?;
    drawn();
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_drawn_once_and_nobody_else_can_read_it() {
        let folder = std::env::temp_dir().join(format!("hovor-secret-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("x.secret");
        let get = |text: &str| kept(&path, || text.to_owned(), || ()).unwrap();
        assert_eq!((get("first"), get("second")), ("first".to_owned(), "first".to_owned()));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
