//! Files that appear whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Puts a file of these bytes at `path`, in place of one that may be there.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut part = part_beside(path)?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(path)?;
    Ok(())
}

/// An empty file in the folder of `path`, so that renaming it cannot cross file systems. It
/// removes itself unless it is renamed.
fn part_beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.suffix(".part");
    // As permissive as any new file, that is as the user's mask allows.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => builder.tempfile_in(folder),
        _ => builder.tempfile_in("."),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        entries
            .map(|entry| name(entry).into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("picture.png");
        fs::write(&path, "an older and longer picture").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["picture.png"]);
    }

    #[test]
    fn what_cannot_be_replaced_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        assert!(replace(&path, b"new").is_err());
        assert!(path.is_dir());
        assert_eq!(names(folder.path()), ["taken"]);
        assert!(replace(Path::new(""), b"new").is_err());
    }

    #[test]
    #[cfg(unix)]
    fn a_new_file_is_as_readable_as_any_other() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| {
            let file = fs::metadata(folder.path().join(name)).unwrap();
            file.permissions().mode()
        };
        replace(&folder.path().join("ours"), b"").unwrap();
        fs::write(folder.path().join("usual"), b"").unwrap();
        assert_eq!(mode("ours"), mode("usual"));
    }
}
