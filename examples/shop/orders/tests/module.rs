//! The module alone, with fakes for what it requires.

use std::sync::{Arc, Mutex};

use shop_catalog::{Product, Products};
use shop_orders::{Mail, Mailer, NewOrder, OrderError, OrderService, Orders, OrdersInputs, Sending};

struct OneProduct;

impl Products for OneProduct {
    fn find(&self, id: u32) -> Option<Product> {
        (id == 1).then_some(Product { id, name: "Teapot", cents: 2_500 })
    }
}

#[derive(Default)]
struct Outbox(Mutex<Vec<String>>);

impl Mailer for Outbox {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        self.0.lock().unwrap().push(format!("{}: {}", mail.to, mail.text));
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn an_order_is_placed_and_confirmed() {
    let outbox = Arc::new(Outbox::default());
    let inputs = OrdersInputs { products: Arc::new(OneProduct), mailer: outbox.clone() };
    let orders: Arc<OrderService> = Orders::builder(inputs).build().await.unwrap().resolve();
    let order = |product| NewOrder { product, quantity: 3, email: "ada@example.org".to_owned() };

    let placed = orders.place(&order(1)).unwrap();
    assert!(matches!(orders.place(&order(7)), Err(OrderError::UnknownProduct(7))));
    orders.confirm("ada@example.org".to_owned(), placed).await;
    assert_eq!(*outbox.0.lock().unwrap(), ["ada@example.org: order 1: Teapot, 7500 cents"]);
}
