//! How a folder is asked for over FTP, and how its lines are read, in the ways servers write them.
//! What a server sends is taken up to a bound: a listing that never ends must not fill the memory.

use suppaftp::{FtpError, FtpResult, Status, list::ListParser, tokio::AsyncRustlsFtpStream};
use tokio::io::AsyncReadExt;

use super::transport::Entry;

/// Most bytes of one listing: some hundred thousand names.
pub(super) const LONGEST: u64 = 32 << 20;

/// How a folder is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Listing<'a> {
    /// Names alone.
    Names(Option<&'a str>),
    /// RFC 3659: the form every server that has it agrees on.
    Facts(&'a str),
    /// As people read it: in the way of Unix or of Windows.
    Readable(Option<&'a str>),
}

/// What a server sent.
pub(super) enum Lines {
    /// Every line.
    All(Vec<String>),
    /// More than anybody can mean.
    Endless,
}

impl Listing<'_> {
    fn command(self) -> String {
        match self {
            Self::Names(None) => "NLST".to_owned(),
            Self::Names(Some(path)) => format!("NLST {path}"),
            Self::Facts(path) => format!("MLSD {path}"),
            Self::Readable(None) => "LIST".to_owned(),
            Self::Readable(Some(path)) => format!("LIST {path}"),
        }
    }

    pub(super) async fn ask(self, stream: &mut AsyncRustlsFtpStream) -> FtpResult<Lines> {
        let opening = [Status::AboutToSend, Status::AlreadyOpen];
        let (_, mut transfer) = stream.custom_data_command(self.command(), &opening).await?;
        let mut bytes = Vec::new();
        let read = (&mut transfer).take(LONGEST).read_to_end(&mut bytes).await;
        if bytes.len() as u64 >= LONGEST {
            // Dropped unfinished, it closes its side; the server's word on that does not matter.
            return Ok(Lines::Endless);
        }
        transfer.finish().await?;
        match read {
            // Not every server ends TLS as it should; its own word was that all was sent.
            Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                Err(FtpError::ConnectionError(error))
            }
            _ => Ok(Lines::All(lines(&bytes))),
        }
    }

    pub(super) fn entry(self, line: &str) -> Option<Entry> {
        let (name, is_folder, is_link) = match self {
            Self::Names(_) => {
                let name = line.trim_end_matches('/').rsplit('/').next()?;
                (name.to_owned(), None, false)
            }
            Self::Facts(_) => {
                // The folder itself and the one above it have types of their own.
                let facts = line.split(' ').next().unwrap_or_default().to_lowercase();
                if facts.contains("type=cdir") || facts.contains("type=pdir") {
                    return None;
                }
                let found = ListParser::parse_mlsd(line).ok()?;
                let linked = facts.contains("type=os.unix=slink") || found.is_symlink();
                let folder = (!linked).then(|| found.is_directory());
                (found.name().to_owned(), folder, linked)
            }
            Self::Readable(_) => {
                let found = ListParser::parse_posix(line)
                    .or_else(|_| ListParser::parse_dos(line))
                    .ok()?;
                let linked = found.is_symlink();
                let folder = (!linked).then(|| found.is_directory());
                (found.name().to_owned(), folder, linked)
            }
        };
        (!name.is_empty() && name != "." && name != "..").then_some(Entry {
            name,
            is_folder,
            is_link,
        })
    }
}

fn lines(bytes: &[u8]) -> Vec<String> {
    bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect()
}

pub(super) fn unknown_command(status: Status) -> bool {
    matches!(
        status,
        Status::BadCommand
            | Status::BadArguments
            | Status::NotImplemented
            | Status::CommandNotImplemented
            | Status::NotImplementedParameter
    )
}

pub(super) fn is_empty_folder(status: Status) -> bool {
    matches!(
        status,
        Status::RequestFileActionIgnored | Status::FileUnavailable
    )
}

#[cfg(test)]
mod tests {
    use super::{Entry, Listing, lines};

    fn entry(how: Listing<'_>, line: &str) -> Option<(String, Option<bool>)> {
        how.entry(line).map(
            |Entry {
                 name, is_folder, ..
             }| (name, is_folder),
        )
    }

    #[test]
    fn folders_are_told_from_files_in_every_way_of_listing() {
        let readable = Listing::Readable(None);
        let told = |line, name: &str, folder| {
            assert_eq!(
                entry(readable, line),
                Some((name.to_owned(), folder)),
                "{line}"
            );
        };
        told(
            "drwxr-xr-x   2 33 33 4096 Nov 05 13:46 public_html",
            "public_html",
            Some(true),
        );
        told(
            "-rw-r--r--   1 33 33  120 Nov 05  2018 index.php",
            "index.php",
            Some(false),
        );
        told(
            "lrwxrwxrwx   1 33 33   11 Nov 05  2018 www -> public_html",
            "www",
            None,
        );
        told(
            "01-23-26  10:45AM       <DIR>          wwwroot",
            "wwwroot",
            Some(true),
        );
        told(
            "01-23-26  10:45AM                 1204 config.php",
            "config.php",
            Some(false),
        );
        assert_eq!(entry(readable, "total 12"), None);

        let facts = Listing::Facts("");
        assert_eq!(entry(facts, "type=cdir;modify=20261119151930; ."), None);
        assert_eq!(
            entry(facts, "type=dir;modify=20261119151930; httpdocs"),
            Some(("httpdocs".to_owned(), Some(true)))
        );
        let names = Listing::Names(None);
        assert_eq!(entry(names, "/site/www/"), Some(("www".to_owned(), None)));
        assert_eq!(entry(names, "."), None);
    }

    #[test]
    fn lines_end_in_either_way_and_what_is_no_utf_8_is_kept_readable() {
        assert_eq!(
            lines(b"public_html\r\n\r\ncaf\xe9\nlast"),
            ["public_html", "caf\u{fffd}", "last"]
        );
    }
}
