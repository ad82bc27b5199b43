//! Clients.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::time::{sleep, timeout};

use crate::{LINES, LONG, Plan, REQUESTS, client::Client, database::Observer, plan::Moment};

/// Client that sends one request after another.
pub(crate) struct Customer {
    address: SocketAddr,
    observer: Observer,
    next: Arc<AtomicU64>,
    connection: Option<Client>,
}

impl Customer {
    pub(crate) fn new(address: SocketAddr, observer: Observer, next: Arc<AtomicU64>) -> Self {
        Self { address, observer, next, connection: None }
    }

    pub(crate) async fn run(mut self) -> io::Result<()> {
        loop {
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            if id >= REQUESTS {
                return Ok(());
            }
            timeout(LONG, self.request(id)).await.map_err(|_| io::Error::other(format!("{id} hangs")))??;
        }
    }

    async fn request(&mut self, id: u64) -> io::Result<()> {
        let plan = Plan::of(id);
        let line = format!("POST {}", plan.path(id));
        let mut client = match self.connection.take() {
            Some(client) => client,
            None => Client::connect(self.address).await?,
        };
        match plan {
            Plan::Disconnect(Moment::Sending) => return client.write(&line).await,
            Plan::Disconnect(Moment::After(delay)) => {
                client.send(&line).await?;
                sleep(delay).await;
                return Ok(());
            }
            _ => client.send(&line).await?,
        }
        let status = client.status().await?;
        // First of all, read what a second connection sees at this moment.
        let stored = self.observer.order(id).await;
        assert!(plan.expects(status), "{id}: {plan:?}, answered with {status}");
        match status {
            200 => assert_eq!(stored, (1, LINES), "{id}: {plan:?}"),
            // The commit may have been sent before the time was over.
            408 => assert!(matches!(stored, (0, 0) | (1, LINES)), "{id}: {stored:?}"),
            _ => assert_eq!(stored, (0, 0), "{id}: {plan:?}, answered with {status}"),
        }
        if plan != Plan::Disconnect(Moment::Status) {
            let body = client.body().await?;
            assert!(status != 200 || body == format!("ordered {id}"), "{id}: {body}");
            self.connection = Some(client);
        }
        Ok(())
    }
}
