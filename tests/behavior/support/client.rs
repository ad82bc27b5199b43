//! An HTTP client that reads the status line on its own and can disconnect at any moment.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

/// One connection. The client disconnects when it is dropped.
pub(crate) struct Client(pub(crate) BufReader<TcpStream>);

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> io::Result<Self> {
        Ok(Self(BufReader::new(TcpStream::connect(address).await?)))
    }

    /// Sends the head of a request, as in `POST /orders`, and no body.
    pub(crate) async fn send(&mut self, line: &str) -> io::Result<()> {
        self.write(&format!("{line} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n")).await
    }

    /// Sends a text as it is.
    pub(crate) async fn write(&mut self, text: &str) -> io::Result<()> {
        self.0.get_mut().write_all(text.as_bytes()).await
    }

    /// Reads the status line and nothing after it. After a 100, also the empty line that ends its head.
    pub(crate) async fn status(&mut self) -> io::Result<u16> {
        let line = self.line().await?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        if status == Some(100) {
            self.line().await?;
        }
        status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, line))
    }

    /// Reads the headers and the body. Returns the body.
    pub(crate) async fn body(&mut self) -> io::Result<String> {
        let mut length = None;
        loop {
            let line = self.line().await?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse::<usize>().ok();
            }
        }
        let mut body = Vec::new();
        match length {
            Some(length) => {
                body.resize(length, 0);
                self.0.read_exact(&mut body).await?;
            }
            None => {
                self.0.read_to_end(&mut body).await?;
            }
        }
        String::from_utf8(body).map_err(io::Error::other)
    }

    async fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.0.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
