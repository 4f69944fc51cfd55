//! How commands speak: one JSON object a line for programs, words for people, an exit code for scripts.

use serde::Serialize;
use std::any::Any;
use std::fmt::Display;
use std::io::{BufWriter, Stdout, Write};
use std::path::Path;
use store::StoreError;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0
    Well,
    /// 1: the thing asked about is refused or invalid.
    Refused,
}

impl Exit {
    /// `Well` where all is well.
    pub fn when(well: bool) -> Exit {
        if well { Exit::Well } else { Exit::Refused }
    }
}

/// Exit code 2: it was used wrongly, or it cannot run.
#[derive(Debug, thiserror::Error)]
pub enum Cannot {
    #[error("{0}")]
    Because(String),
    /// Nobody reads standard output any more.
    #[error("standard output is closed")]
    Unheard,
}

impl Cannot {
    pub fn because(why: impl Display + 'static) -> Cannot {
        match in_chinese(&why) {
            Some(zh) => Cannot::Because(format!("{why}\n{zh}")),
            None => Cannot::Because(why.to_string()),
        }
    }

    /// About a file.
    pub fn with(path: &Path, why: impl Display + 'static) -> Cannot {
        let file = path.display();
        match in_chinese(&why) {
            Some(zh) => Cannot::Because(format!("{file}: {why}\n{file}：{zh}")),
            None => Cannot::Because(format!("{file}: {why}")),
        }
    }
}

/// What the system and the store have only English words for.
fn in_chinese(why: &(impl Display + 'static)) -> Option<String> {
    let why = why as &dyn Any;
    if let Some(error) = why.downcast_ref::<std::io::Error>() {
        return of_the_system(error).map(str::to_owned);
    }
    Some(match why.downcast_ref::<StoreError>()? {
        StoreError::Locked(data) => format!(
            "{0} is held by another process: stop it first, or where a window runs speak to it (--url)\n\
             {0} 正由另一个进程使用：请先停止它；窗口正在运行的，可用 --url 与它通话",
            data.display()
        ),
        StoreError::Io { file, source } => format!("{}：{}", file.display(), of_the_system(source)?),
        StoreError::Corrupt { file, at, .. } => {
            format!("{} 第 {at} 字节处已损坏：请勿改动，从备份恢复", file.display())
        }
        StoreError::KeysMissing(keys) => format!(
            "没有找到 {}：请把本区密钥的备份放回这里。若没有任何备份，可建一个同名空文件夹再启动；此后原件无法读取，\
             个人累计从头计算，日志头改由另一把密钥签名",
            keys.display()
        ),
        StoreError::Full => "磁盘空间不足：请腾出空间后再试".to_owned(),
        StoreError::Gone => "已永久删除：密钥已销毁".to_owned(),
        _ => return None,
    })
}

fn of_the_system(error: &std::io::Error) -> Option<&'static str> {
    use std::io::ErrorKind as K;
    Some(match error.kind() {
        K::NotFound => "没有这个文件或文件夹",
        K::PermissionDenied => "没有权限",
        K::AlreadyExists => "已经存在",
        K::IsADirectory => "是文件夹，不是文件",
        K::NotADirectory => "不是文件夹",
        K::StorageFull | K::QuotaExceeded => "磁盘空间不足",
        K::ReadOnlyFilesystem => "磁盘是只读的",
        K::AddrInUse => "地址已被占用，请用 --listen 换一个",
        K::AddrNotAvailable => "本机没有这个地址",
        K::ConnectionRefused => "连接不上：那里没有窗口在运行",
        _ => return None,
    })
}

pub type Done = Result<Exit, Cannot>;

/// Standard output.
pub struct Say {
    pub json: bool,
    out: BufWriter<Stdout>,
}

impl Say {
    pub fn new(json: bool) -> Say {
        Say { json, out: BufWriter::new(std::io::stdout()) }
    }

    /// Says one thing: as a line of JSON, or in words.
    pub fn tell(&mut self, thing: &impl Serialize, words: impl FnOnce() -> String) -> Result<(), Cannot> {
        let line = if self.json { serde_json::to_string(thing).map_err(Cannot::because)? } else { words() };
        self.words(&line)
    }

    /// A line that is the same for programs and people.
    pub fn words(&mut self, line: &str) -> Result<(), Cannot> {
        heard(self.out.write_all(line.as_bytes()))?;
        heard(self.out.write_all(b"\n"))
    }

    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Cannot> {
        heard(self.out.write_all(bytes))
    }

    /// Lets go what was said, for readers who wait for it.
    pub fn flush(&mut self) -> Result<(), Cannot> {
        heard(self.out.flush())
    }
}

fn heard(written: std::io::Result<()>) -> Result<(), Cannot> {
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::BrokenPipe => Cannot::Unheard,
        _ => Cannot::Because(format!("standard output: {error}")),
    })
}
