//! Clients over sockets, most of which leave before the end.

use std::{io, net::SocketAddr, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use inject_runtime::Outcome;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    time::sleep,
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{self, client::IntoClientRequest as _},
};

use crate::{
    application::LAYERS,
    ledger::{Ledger, Until},
};

/// `SplitMix64`.
fn random(seed: usize) -> u64 {
    let mut z = (seed as u64 ^ 0xD_15C0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn layer(id: usize) -> &'static str {
    LAYERS[id % LAYERS.len()]
}

/// Request of a client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    ends: &'static str,
    leaves: Option<Moment>,
}

/// Moment at which the client of a request leaves.
#[derive(Clone, Copy, Debug)]
enum Moment {
    InTheHead,
    After(Duration),
    /// After the status line.
    Status,
    /// After the first bytes of the body.
    Body,
}

impl Visit {
    pub(crate) fn of(id: usize) -> Self {
        let random = random(id);
        let ends = match random % 20 {
            0..10 => "keep",
            10..12 => "slow",
            12..14 => "fail",
            14..16 => "conflict",
            16..18 => "panic",
            _ => "reject",
        };
        let leaves = match random / 20 % 20 {
            0 => Some(Moment::InTheHead),
            1..3 => Some(Moment::Status),
            3..5 => Some(Moment::Body),
            5..10 => Some(Moment::After(Duration::from_micros(random / 400 % 30_000))),
            _ => None,
        };
        Self { ends, leaves }
    }

    /// Returns the outcome, if neither the client nor a layer ends the request.
    pub(crate) fn outcome(self) -> Outcome {
        match self.ends {
            "fail" => Outcome::Failure(axum::http::StatusCode::INTERNAL_SERVER_ERROR),
            "conflict" => Outcome::Failure(axum::http::StatusCode::CONFLICT),
            "reject" => Outcome::Rejection(axum::http::StatusCode::FORBIDDEN),
            "panic" => Outcome::Panic,
            _ => Outcome::Success,
        }
    }

    fn status(self) -> u16 {
        match self.outcome() {
            Outcome::Success => 200,
            Outcome::Failure(status) | Outcome::Rejection(status) => status.as_u16(),
            _ => 500,
        }
    }

    pub(crate) fn disconnects(self) -> bool {
        self.leaves.is_some()
    }
}

/// Connection of a client.
struct Connection(BufReader<TcpStream>);

impl Connection {
    async fn send(address: SocketAddr, path: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await?;
        Ok(Self(BufReader::new(stream)))
    }

    async fn status(&mut self) -> io::Result<u16> {
        let mut line = String::new();
        self.0.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, line))
    }

    /// Reads to the end of the connection.
    async fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).await?;
        Ok(rest)
    }
}

pub(crate) async fn visit(address: SocketAddr, id: usize, ledger: Ledger) -> io::Result<()> {
    let visit = Visit::of(id);
    let path = format!("/{}/visits/{id}/{}", layer(id), visit.ends);
    match visit.leaves {
        Some(Moment::InTheHead) => {
            let mut stream = TcpStream::connect(address).await?;
            return stream.write_all(format!("GET {path}").as_bytes()).await;
        }
        Some(Moment::After(delay)) => {
            let _connection = Connection::send(address, &path).await?;
            sleep(delay).await;
            return Ok(());
        }
        Some(Moment::Status | Moment::Body) | None => {}
    }
    let mut connection = Connection::send(address, &path).await?;
    let status = connection.status().await?;
    ledger.read_status(id, status);
    if status != 408 {
        assert_eq!(status, visit.status(), "{id}: {visit:?}");
        // What lives until the head is closed before it.
        assert_eq!(ledger.closed(id, Until::Head), Some(visit.outcome()), "{id}: {visit:?}");
    }
    match visit.leaves {
        Some(Moment::Body) => {
            connection.0.read_exact(&mut [0; 64]).await?;
        }
        Some(_) => {}
        None => {
            connection.rest().await?;
        }
    }
    Ok(())
}

/// How the client of a `WebSocket` leaves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Leaves {
    BeforeTheHandshake,
    InTheHandshake,
    AtOnce,
    AfterAMessage,
    InAFrame,
    Politely,
}

impl Leaves {
    pub(crate) fn of(id: usize) -> Self {
        match random(id) % 10 {
            0 => Self::BeforeTheHandshake,
            1 => Self::InTheHandshake,
            2..4 => Self::AtOnce,
            4..6 => Self::AfterAMessage,
            6..8 => Self::InAFrame,
            _ => Self::Politely,
        }
    }
}

const UPGRADE: &str = "HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

pub(crate) async fn socket(address: SocketAddr, id: usize, ledger: Ledger) -> io::Result<()> {
    let leaves = Leaves::of(id);
    let path = format!("/{0}/sockets/{id}/{0}", layer(id));
    let mut stream = TcpStream::connect(address).await?;
    match leaves {
        Leaves::BeforeTheHandshake => {
            return stream.write_all(format!("GET {path} {UPGRADE}").as_bytes()).await;
        }
        Leaves::InTheHandshake => {
            return stream.write_all(format!("GET {path} {UPGRADE}\r\n").as_bytes()).await;
        }
        _ => {}
    }
    let request = format!("ws://localhost{path}").into_client_request().map_err(io::Error::other)?;
    let mut socket = match client_async(request, stream).await {
        Ok((socket, _)) => socket,
        Err(tungstenite::Error::Http(response)) if response.status() == 408 => {
            ledger.read_status(id, 408);
            return Ok(());
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    match leaves {
        Leaves::AfterAMessage | Leaves::Politely => {
            socket.send("hello".into()).await.map_err(io::Error::other)?;
            let answer =
                socket.next().await.ok_or(io::ErrorKind::UnexpectedEof)?.map_err(io::Error::other)?;
            assert_eq!(answer.into_text().map_err(io::Error::other)?.as_str(), "hello");
            if matches!(leaves, Leaves::Politely) {
                socket.close(None).await.map_err(io::Error::other)?;
                while let Some(Ok(_)) = socket.next().await {}
            }
        }
        Leaves::InAFrame => socket.get_mut().write_all(&[0x81, 0xfe, 1]).await?,
        _ => {}
    }
    Ok(())
}

pub(crate) async fn stream(address: SocketAddr, id: usize, ledger: Ledger) -> io::Result<()> {
    let mut connection = Connection::send(address, &format!("/{0}/events/{id}/{0}", layer(id))).await?;
    let random = random(id);
    if random.is_multiple_of(5) {
        sleep(Duration::from_micros(random / 5 % 3_000)).await;
        return Ok(());
    }
    let status = connection.status().await?;
    ledger.read_status(id, status);
    if status == 408 {
        return Ok(());
    }
    assert_eq!(status, 200);
    let mut events = vec![0; usize::try_from(random / 5 % 600).unwrap_or(0)];
    connection.0.read_exact(&mut events).await?;
    Ok(())
}
