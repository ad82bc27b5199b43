//! Settings, startup and shutdown.

use std::{env, error::Error, io, net::SocketAddr, sync::Arc};

use inject_runtime::serve;
use shop::{Shop, ShopInputs, routes};
use shop_mail::{MailKind, MailSettings};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    match env::args().nth(1).as_deref() {
        None => run().await?,
        Some("graph") => print!("{}", routes().graph().to_mermaid()),
        Some("routes") => print!("{}", routes().table()),
        Some(_) => return Err("usage: shop [graph | routes]".into()),
    }
    Ok(())
}

/// Reads the settings of the mail from the environment.
fn mail() -> Arc<MailSettings> {
    let file = env::var_os("SHOP_MAIL_FILE");
    let kind = if file.is_some() { MailKind::File } else { MailKind::Console };
    Arc::new(MailSettings { kind, file: file.unwrap_or_default().into() })
}

async fn run() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let address = env::var("SHOP_ADDRESS").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let address: SocketAddr = address.parse().map_err(|error| format!("SHOP_ADDRESS={address}: {error}"))?;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {address}: {error} (SHOP_ADDRESS=127.0.0.1:0 takes a free port)")
    })?;
    let address = listener.local_addr()?;
    let shop = Shop::builder(ShopInputs { mail: mail() }).build().await?;

    println!("listening on http://{address}, press ctrl-c to stop; requests to try in another terminal:");
    let order = r#"{"product": 2, "quantity": 1, "email": "ada@example.org"}"#;
    println!("curl 'http://{address}/orders' -H 'content-type: application/json' -d '{order}'");
    println!("curl 'http://{address}/health'");

    // On a shutdown signal, `serve` waits for the requests, then for their background tasks, and then shuts down the container.
    serve(listener, shop, routes()).await?;
    tracing::info!("stopped");
    Ok(())
}
