//! Sessions over web sockets: they are a part of the request scope, and their messages have scopes of their own.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::ws::Message,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::get as plain_get,
};
use futures_util::{SinkExt as _, StreamExt as _, future::join_all};
use inject_runtime::{
    BackgroundTasks, Bearer, BoxError, Inject, NewScope, Outcome, RequestScopeLayer, Routes, ServeError,
    SessionUpgrade, Stopping, Tasks, Teardown, get, inject, routes, service,
};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, client::IntoClientRequest as _},
};

use super::{Running, Server, address, echo};
use crate::support::{Log, authorized, bounded, request, send, until};

const DEADLINE: Duration = Duration::from_millis(300);

/// Resources that log their outcome: one until the head of the response, one until the end of the session, and one of
/// each message.
macro_rules! resources {
    ($($name:ident $open:ident($($until:tt)*) $label:literal;)*) => {$(
        #[derive(Clone)]
        struct $name(Log);

        impl Teardown for $name {
            type Error = Infallible;

            async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
                tokio::task::yield_now().await;
                self.0.add(format!("{}: {outcome:?}", $label));
                Ok(())
            }
        }

        #[inject(teardown $($until)*)]
        fn $open(Inject(log): Inject<Log>) -> $name {
            $name(log)
        }
    )*};
}

resources! {
    Desk desk() "desk";
    Seat seat(, until = body) "seat";
    Line line() "line";
}

#[derive(Clone)]
struct CurrentUser(String);

#[inject]
fn current_user(bearer: Bearer, Inject(log): Inject<Log>) -> CurrentUser {
    log.add("authenticated");
    CurrentUser(bearer.token().to_owned())
}

#[service(scope = request)]
struct Chat {
    user: CurrentUser,
    line: Line,
}

impl Chat {
    async fn post(&mut self, text: &str) -> Result<String, BoxError> {
        match text {
            "refused" => Err("refused".into()),
            "panic in a message" => panic!("out of cheese"),
            _ => {
                self.line.0.add(text);
                Ok(format!("{}: {text}", self.user.0))
            }
        }
    }
}

/// Answers each message, until one says how to end.
#[get("/chat", authenticated = CurrentUser)]
async fn chat(upgrade: SessionUpgrade, chats: NewScope<Chat>, _desk: Desk, seat: Seat) -> Response {
    upgrade.scoped(async move |mut socket| {
        while let Some(message) = socket.recv().await {
            let Message::Text(text) = message? else { continue };
            match &*text {
                "panic" => panic!("out of cheese"),
                "fail" => return Err("failed".into()),
                "bye" => break,
                text => {
                    let answer = chats.run(async |mut chat| chat.post(text).await).await;
                    let answer = answer.unwrap_or_else(|error: BoxError| error.to_string());
                    socket.send(Message::text(answer)).await?;
                }
            }
        }
        seat.0.add("session ended");
        Ok::<_, BoxError>(())
    })
}

/// Ends at the stop.
#[get("/polite", public)]
async fn polite(upgrade: SessionUpgrade, stopping: Stopping, _seat: Seat) -> Response {
    upgrade.scoped(async move |mut socket| {
        stopping.wait().await;
        socket.send(Message::Close(None)).await
    })
}

/// Does not end at the stop.
#[get("/deaf", public)]
async fn deaf(upgrade: SessionUpgrade, seat: Seat) -> Response {
    seat.0.add("deaf");
    upgrade.scoped(async |mut socket| while let Some(Ok(_)) = socket.recv().await {})
}

type Socket = WebSocketStream<TcpStream>;

async fn open(server: &Running, path: &str, token: &str) -> Socket {
    let mut request = format!("ws://localhost{path}").into_client_request().expect("a request");
    let value = format!("Bearer {token}").parse().expect("a header");
    request.headers_mut().insert("authorization", value);
    let stream = TcpStream::connect(server.address).await.expect("a connection");
    bounded(client_async(request, stream)).await.expect("a handshake").0
}

async fn say(socket: &mut Socket, text: &str) {
    socket.send(text.into()).await.expect("a connection");
}

async fn ask(socket: &mut Socket, text: &str) -> String {
    say(socket, text).await;
    bounded(socket.next())
        .await
        .expect("an answer")
        .expect("a connection")
        .into_text()
        .expect("text")
        .to_string()
}

fn all() -> Routes<Server> {
    routes![chat, polite, deaf, echo, address]
}

async fn start() -> Running {
    Running::start(all(), |server| server.deadline(DEADLINE)).await
}

/// Stops the server, and returns its error.
async fn stopped(server: Running) -> ServeError {
    server.stop.send(()).expect("it is running");
    bounded(server.server).await.expect("no panic").expect_err("not everything has ended")
}

#[tokio::test]
async fn a_session_keeps_its_resources_and_its_principal() {
    let server = start().await;
    let mut ada = open(&server, "/chat", "ada").await;
    server.log.until("desk: Success").await;
    assert_eq!(server.log.take(), ["authenticated", "desk: Success"]);
    for text in ["hello", "world"] {
        assert_eq!(ask(&mut ada, text).await, format!("ada: {text}"));
        assert_eq!(server.log.take(), [text, "line: Success"], "no credentials are read again");
    }
    // The scope of the message ends, and the session does not.
    assert_eq!(ask(&mut ada, "refused").await, "refused");
    assert_eq!(server.log.take(), ["line: Failure(500)"]);
    assert_eq!(ask(&mut ada, "again").await, "ada: again");
    server.log.take();
    ada.close(None).await.expect("a connection");
    server.log.until("seat: Success").await;
    assert_eq!(server.log.take(), ["session ended", "seat: Success"]);
    server.stop().await;
}

#[tokio::test]
async fn the_outcome_is_how_the_session_ended() {
    let server = start().await;
    let log = server.log.clone();
    for (text, before, outcome) in [
        ("bye", &["session ended"][..], "Success"),
        ("fail", &[], "Failure(500)"),
        ("panic", &[], "Panic"),
        ("panic in a message", &["line: Panic"], "Panic"),
    ] {
        let mut socket = open(&server, "/chat", "ada").await;
        log.until("desk: Success").await;
        log.take();
        say(&mut socket, text).await;
        log.until(&format!("seat: {outcome}")).await;
        let mut expected: Vec<_> = before.iter().map(|event| (*event).to_owned()).collect();
        expected.push(format!("seat: {outcome}"));
        assert_eq!(log.take(), expected, "{text}");
        // The connection ends with the session.
        while let Some(Ok(_)) = bounded(socket.next()).await {}
    }
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_vanishes_or_sends_garbage_cancels_the_session() {
    let server = start().await;
    let log = server.log.clone();
    for bytes in [&[][..], &[0xff; 64], b"GET / HTTP/1.1\r\n\r\n", &[0x81]] {
        for path in ["/chat", "/deaf"] {
            let mut socket = open(&server, path, "ada").await;
            socket.get_mut().write_all(bytes).await.expect("a connection");
            drop(socket);
            log.until("seat: Cancelled").await;
            let events = log.take();
            assert_eq!(events.last().map(String::as_str), Some("seat: Cancelled"), "{bytes:?}: {events:?}");
            assert_eq!(events.iter().filter(|event| event.starts_with("seat")).count(), 1, "{events:?}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_leaves_during_the_handshake_leaves_nothing_open() {
    let server = start().await;
    let head = "GET /deaf HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    for length in [head.len(), head.len() - 1] {
        for _ in 0..20 {
            let mut client = server.connect().await;
            client.write(&head[..length]).await.expect("a connection");
        }
    }
    // The server may notice before it calls the handler.
    sleep(DEADLINE).await;
    let log = server.log.clone();
    let opened = log.count("deaf");
    assert!(opened > 0);
    server.stop().await;
    assert_eq!((log.count("deaf"), log.count("seat: Cancelled")), (opened, opened));
    assert_eq!(log.take().len(), 2 * opened + 1, "and the container is closed");
}

#[tokio::test]
async fn a_stop_tells_the_sessions_and_waits_for_them() {
    let server = start().await;
    let log = server.log.clone();
    let mut sockets = Vec::new();
    for _ in 0..3 {
        sockets.push(open(&server, "/polite", "ada").await);
    }
    server.stop.send(()).expect("it is running");
    for mut socket in sockets {
        let last = bounded(socket.next()).await.expect("a message").expect("a connection");
        assert!(last.is_close(), "{last:?}");
    }
    bounded(server.server).await.expect("no panic").expect("a clean end");
    assert_eq!(log.take(), ["seat: Success", "seat: Success", "seat: Success", "container closed"]);
}

#[tokio::test]
async fn a_stop_names_and_drops_a_session_that_does_not_end() {
    let server = start().await;
    let log = server.log.clone();
    let mut idle = open(&server, "/deaf", "ada").await;
    let polite = open(&server, "/polite", "ada").await;
    let error = stopped(server).await;
    assert_eq!(error.tasks().expect("the session").names(), ["WebSocket /deaf"]);
    assert!(error.requests().is_none(), "{error}");
    assert_eq!(log.take(), ["deaf", "seat: Success", "seat: Cancelled", "container closed"]);
    let lost = bounded(idle.next()).await;
    assert!(
        matches!(lost, Some(Err(tungstenite::Error::Protocol(_) | tungstenite::Error::Io(_)))),
        "{lost:?}"
    );
    drop(polite);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn fifty_sessions_end_in_their_own_ways_and_each_is_closed_once() {
    let server = start().await;
    let log = server.log.clone();
    let sessions = (0..50).map(async |number| {
        let user = format!("user{number}");
        let mut socket = open(&server, "/chat", &user).await;
        for turn in 0..3 {
            let text = format!("{number}.{turn}");
            assert_eq!(ask(&mut socket, &text).await, format!("{user}: {text}"));
        }
        match number % 5 {
            0 => say(&mut socket, "bye").await,
            1 => say(&mut socket, "fail").await,
            2 => say(&mut socket, "panic").await,
            3 => drop(socket),
            _ => socket.close(None).await.expect("a connection"),
        }
    });
    join_all(sessions).await;
    let seats =
        || ["Success", "Failure(500)", "Panic", "Cancelled"].map(|end| log.count(&format!("seat: {end}")));
    until(|| seats().iter().sum::<usize>() >= 50).await;
    assert_eq!(seats(), [20, 10, 10, 10]);
    assert_eq!((log.count("desk: Success"), log.count("line: Success")), (50, 150));
    assert_eq!(log.count("authenticated"), 50);
    server.stop().await;
    assert_eq!(seats(), [20, 10, 10, 10]);
}

/// Prepares a session, and refuses it.
#[get("/refused", public)]
async fn refused(upgrade: SessionUpgrade, seat: Seat) -> Response {
    let response = upgrade.scoped(async move |_socket| {
        seat.0.add("session");
    });
    drop(response);
    StatusCode::CONFLICT.into_response()
}

/// Prepares a session, and answers without it.
#[get("/ignored", public)]
async fn ignored(upgrade: SessionUpgrade, seat: Seat) -> &'static str {
    let session = async move |_socket| _ = seat.0.add("session");
    drop(upgrade.scoped(session));
    "ignored"
}

#[get("/twice", public)]
async fn twice(_first: SessionUpgrade, second: SessionUpgrade, _seat: Seat) -> Response {
    second.scoped(async |_socket| {})
}

/// Sends and receives in two halves, and closes.
#[get("/halves", public)]
async fn halves(
    upgrade: SessionUpgrade,
    _seat: Seat,
    tasks: BackgroundTasks,
    Inject(log): Inject<Log>,
) -> Response {
    let later = log.clone();
    tasks.add("task", async move {
        later.add("task of the request");
    });
    let upgrade = upgrade.map_upgrade(|upgrade| upgrade.protocols(["halves"]));
    upgrade.scoped(async move |socket| {
        assert_eq!(socket.protocol().expect("a protocol"), "halves");
        let (mut sender, mut receiver) = socket.split();
        let receiving = async {
            while let Some(Ok(message)) = receiver.next().await {
                log.add(format!("{message:?}"));
            }
        };
        let sending = async {
            sender.send(Message::text("one")).await?;
            sender.close().await
        };
        let (sent, ()) = tokio::join!(sending, receiving);
        sent
    })
}

async fn plain(upgrade: SessionUpgrade, _seat: Seat) -> Response {
    upgrade.scoped(async |mut socket| {
        let message = socket.recv().await.ok_or("nothing")??;
        socket.send(message).await?;
        socket.send(Message::Close(None)).await?;
        Ok::<_, BoxError>(())
    })
}

async fn without_seat(upgrade: SessionUpgrade) -> Response {
    upgrade.scoped(async |mut socket| {
        let message = socket.recv().await.ok_or("nothing")??;
        Ok::<_, BoxError>(socket.send(message).await?)
    })
}

async fn handshake(server: &Running, path: &str, protocol: Option<&str>) -> Result<Socket, StatusCode> {
    let mut request = format!("ws://localhost{path}").into_client_request().expect("a request");
    if let Some(protocol) = protocol {
        request.headers_mut().insert("sec-websocket-protocol", protocol.parse().expect("a header"));
    }
    let stream = TcpStream::connect(server.address).await.expect("a connection");
    match bounded(client_async(request, stream)).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(response)) => Err(response.status()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn there_is_no_session_without_its_response() {
    let server = Running::start(routes![refused, ignored, twice], |server| server.deadline(DEADLINE)).await;
    let log = server.log.clone();
    for (path, status, events) in [
        ("/refused", 409, &["seat: Failure(409)"][..]),
        ("/ignored", 200, &["seat: Success"]),
        // The connection can switch only once.
        ("/twice", 426, &[]),
    ] {
        assert_eq!(handshake(&server, path, None).await.expect_err("no session"), status, "{path}");
        until(|| log.count(events.first().unwrap_or(&"")) == events.len()).await;
        assert_eq!(log.take(), events, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_request_that_does_not_upgrade_is_rejected() {
    let log = Log::default();
    let app = Server::builder(super::ServerInputs { log: log.clone() }).build().await.expect("nothing fails");
    let router = all().into_router(app);
    assert_eq!(send(&router, request("GET", "/chat")).await.status, 401);
    assert_eq!(log.take(), [""; 0]);
    assert_eq!(send(&router, authorized("GET", "/chat", "ada")).await.status, 400);
    assert_eq!(log.take(), ["authenticated"]);
}

#[tokio::test]
async fn halves_of_a_socket_and_tasks_of_the_request() {
    let server = Running::start(routes![halves], |server| server.deadline(DEADLINE)).await;
    let mut socket = handshake(&server, "/halves", Some("halves")).await.expect("a session");
    assert_eq!(bounded(socket.next()).await.expect("a message").expect("a connection"), "one".into());
    assert!(bounded(socket.next()).await.expect("a message").expect("a connection").is_close());
    while let Some(Ok(_)) = bounded(socket.next()).await {}
    server.log.until("seat: Success").await;
    let events = server.log.take();
    assert!(events.contains(&"task of the request".to_owned()), "{events:?}");
    server.stop().await;
}

#[tokio::test]
async fn plain_routers_have_sessions_too() {
    let layered = Tasks::default();
    let outer = Router::new()
        .route("/layered", plain_get(without_seat))
        .layer(RequestScopeLayer::new(layered.clone()))
        .route("/without", plain_get(without_seat));
    let routes: Routes<Server> = routes![];
    let routes = routes
        .merge(Router::new().route("/merged", plain_get(plain)))
        .map_router(move |router| router.merge(outer));
    let server = Running::start(routes, |server| server.deadline(DEADLINE)).await;
    for path in ["/merged", "/layered"] {
        let mut socket = handshake(&server, path, None).await.expect("a session");
        assert_eq!(ask(&mut socket, "hello").await, "hello", "{path}");
        while let Some(Ok(_)) = bounded(socket.next()).await {}
    }
    server.log.until("seat: Success").await;
    assert_eq!(layered.running(), [""; 0]);
    assert_eq!(handshake(&server, "/without", None).await.expect_err("no scope"), 500);
    server.stop().await;
}

#[test]
fn the_document_has_the_handshake() {
    let routes: Routes<Server> = routes![chat, polite, deaf];
    let openapi = routes.openapi();
    assert!(openapi.undescribed().is_empty(), "{:?}", openapi.undescribed());
    let document = serde_json::to_value(openapi).expect("JSON");
    let operation = &document["paths"]["/chat"]["get"];
    assert!(
        operation["responses"]["101"].is_object() && operation["responses"]["426"].is_object(),
        "{operation}"
    );
    assert_eq!(operation["security"], serde_json::json!([{ "bearer": [] }]));
}
