//! HTTP server.

use std::error::Error;

use feature_layout::app::{App, routes};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let listener = TcpListener::bind("127.0.0.1:3001").await?;
    println!("listening on http://{}, press ctrl-c to stop", listener.local_addr()?);
    inject_runtime::serve(listener, App::builder().build().await?, routes()).await?;
    Ok(())
}
