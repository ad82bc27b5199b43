//! The settings are those of an endpoint, or the defaults of a container.

#[inject_runtime::transaction(retry = 3)]
pub async fn create() {}

fn main() {}
