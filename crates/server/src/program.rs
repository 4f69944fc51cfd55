//! Programs that the zone runs beside the window: bytes on their standard input, an answer on their standard output,
//! within a time. They see nothing else of the window.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

const STEP: Duration = Duration::from_millis(20);

/// What a program answered, at most `most` bytes of it, and the number it ended with (`None`: by a signal).
///
/// # Errors
/// It cannot be run, or does not end in time: then it is killed.
pub fn answer_of(
    mut program: Command,
    bytes: Vec<u8>,
    most: u64,
    patience: Duration,
) -> Result<(Option<i32>, Vec<u8>), String> {
    let spawned = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut running = spawned.map_err(|e| e.to_string())?;
    let (input, output) = (running.stdin.take(), running.stdout.take());
    // A program that reads nothing, or that talks before it has read all, must not stop us.
    let feeding = std::thread::spawn(move || input.map(|mut input| input.write_all(&bytes)));
    let hearing = std::thread::spawn(move || {
        let mut said = Vec::new();
        output.map(|output| output.take(most).read_to_end(&mut said));
        said
    });
    let mut left = patience;
    let ended = loop {
        match running.try_wait().map_err(|e| e.to_string())? {
            Some(ended) => break ended,
            None if left.is_zero() => {
                // It may have ended in this moment; then there is nothing to kill.
                let _ = running.kill();
                let _ = running.wait();
                return Err("the program does not end".into());
            }
            None => {
                std::thread::sleep(STEP);
                left = left.saturating_sub(STEP);
            }
        }
    };
    drop(feeding);
    Ok((ended.code(), hearing.join().unwrap_or_default()))
}

/// A program of a shell's words, in a folder that lasts as long as the test.
#[cfg(test)]
pub fn of_words(words: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("program");
    std::fs::write(&path, format!("#!/bin/sh\n{words}\n")).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).expect("a program");
    (folder, path)
}
