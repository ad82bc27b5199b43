use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts as _},
    http::Request,
};

use super::{ClientIp, TrustedProxies, forwarded::Elements};

const PROXY: &str = "10.0.0.1";

/// Returns the address of a client for a request from `peer` with these headers.
async fn client(proxies: Option<TrustedProxies>, peer: &str, headers: &[(&str, &[u8])]) -> String {
    let mut request = Request::builder();
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    let peer: IpAddr = peer.parse().unwrap();
    parts.extensions.insert(ConnectInfo(SocketAddr::new(peer, 443)));
    if let Some(proxies) = proxies {
        parts.extensions.insert(proxies);
    }
    let address = <Option<ClientIp>>::from_request_parts(&mut parts, &()).await.unwrap().unwrap();
    assert_eq!(ClientIp::from_request_parts(&mut parts, &()).await.unwrap(), address);
    address.0.to_string()
}

fn networks() -> [ipnet::IpNet; 3] {
    ["10.0.0.0/8", "2001:db8::/32", "::ffff:172.16.0.0/108"].map(|network| network.parse().unwrap())
}

async fn x_forwarded_for(values: &[&str]) -> String {
    let headers: Vec<_> = values.iter().map(|value| ("x-forwarded-for", value.as_bytes())).collect();
    client(Some(TrustedProxies::x_forwarded_for(networks())), PROXY, &headers).await
}

async fn forwarded(values: &[&str]) -> String {
    let headers: Vec<_> = values.iter().map(|value| ("forwarded", value.as_bytes())).collect();
    client(Some(TrustedProxies::forwarded(networks())), PROXY, &headers).await
}

#[tokio::test]
async fn headers_are_believed_only_from_trusted_proxies_and_only_the_one_that_they_write() {
    let both: [(&str, &[u8]); 2] = [("forwarded", b"for=192.0.2.1"), ("x-forwarded-for", b"192.0.2.2")];
    let [forwarded, x_forwarded_for] =
        [TrustedProxies::forwarded(networks()), TrustedProxies::x_forwarded_for(networks())];
    let nobody = TrustedProxies::x_forwarded_for([]);
    assert_eq!(client(None, PROXY, &both).await, PROXY);
    assert_eq!(client(Some(nobody), PROXY, &both).await, PROXY);
    assert_eq!(client(Some(forwarded.clone()), "203.0.113.1", &both).await, "203.0.113.1");
    assert_eq!(client(Some(x_forwarded_for.clone()), "203.0.113.1", &both).await, "203.0.113.1");
    assert_eq!(client(Some(forwarded.clone()), PROXY, &both).await, "192.0.2.1");
    assert_eq!(client(Some(x_forwarded_for.clone()), PROXY, &both).await, "192.0.2.2");
    assert_eq!(client(Some(forwarded), PROXY, &both[1..]).await, PROXY);
    assert_eq!(client(Some(x_forwarded_for), PROXY, &both[..1]).await, PROXY);
}

#[tokio::test]
async fn addresses_of_both_families_are_compared_in_one_form() {
    let proxies = || Some(TrustedProxies::x_forwarded_for(networks()));
    let headers: [(&str, &[u8]); 1] = [("x-forwarded-for", b"192.0.2.1")];
    for trusted in ["::ffff:10.0.0.1", "172.16.0.1", "::ffff:172.31.255.255", "2001:db8::1"] {
        assert_eq!(client(proxies(), trusted, &headers).await, "192.0.2.1", "{trusted}");
    }
    for (peer, address) in [("::ffff:11.0.0.1", "11.0.0.1"), ("172.32.0.0", "172.32.0.0")] {
        assert_eq!(client(proxies(), peer, &headers).await, address);
    }
    // The lower bits of an address that is not one of IPv4 in IPv6.
    assert_eq!(client(proxies(), "2001:db9::10.0.0.1", &headers).await, "2001:db9::a00:1");
}

#[tokio::test]
async fn x_forwarded_for_is_read_from_the_right_past_trusted_proxies() {
    for (values, expected) in [
        (&["192.0.2.1"][..], "192.0.2.1"),
        (&["192.0.2.1, 10.1.1.1, 2001:db8::2"], "192.0.2.1"),
        (&["6.6.6.6, 192.0.2.1, 10.1.1.1"], "192.0.2.1"),
        (&["6.6.6.6", "192.0.2.1", "10.1.1.1"], "192.0.2.1"),
        // Several headers are one list.
        (&["192.0.2.1, 10.1.1.1", "10.2.2.2"], "192.0.2.1"),
        // All are trusted: a request of a proxy itself.
        (&["10.3.3.3, 10.1.1.1"], "10.3.3.3"),
        (&[], PROXY),
        // Ports and brackets.
        (&["192.0.2.1:8080"], "192.0.2.1"),
        (&["[2001:db9::1]:8080"], "2001:db9::1"),
        (&["[2001:db9::1]"], "2001:db9::1"),
        (&["2001:db9::1"], "2001:db9::1"),
        (&["::ffff:192.0.2.1"], "192.0.2.1"),
        // Spaces and empty elements.
        (&[" \t192.0.2.1\t , ,,"], "192.0.2.1"),
        (&["192.0.2.1", ""], "192.0.2.1"),
        // What a proxy does not tell, nothing to the left of it can tell.
        (&["192.0.2.1, unknown"], PROXY),
        (&["192.0.2.1, unknown, 10.1.1.1"], "10.1.1.1"),
        (&["192.0.2.1, 300.1.1.1"], PROXY),
        (&["192.0.2.1, 1.2.3"], PROXY),
        (&["192.0.2.1, 0x7f.1"], PROXY),
        (&["192.0.2.1, [::1"], PROXY),
        (&["192.0.2.1, fe80::1%eth0"], PROXY),
        (&["192.0.2.1 6.6.6.6"], PROXY),
        (&["192.0.2.1;6.6.6.6"], PROXY),
        (&["garbage"], PROXY),
        // Garbage of the client, left of what its proxy writes.
        (&["\", 192.0.2.1"], "192.0.2.1"),
        (&["\"6.6.6.6, 192.0.2.1"], "192.0.2.1"),
        (&["\\\", 192.0.2.1"], "192.0.2.1"),
    ] {
        assert_eq!(x_forwarded_for(values).await, expected, "{values:?}");
    }
}

#[tokio::test]
async fn forwarded_is_read_from_the_right_past_trusted_proxies() {
    for (values, expected) in [
        (&["for=192.0.2.1"][..], "192.0.2.1"),
        (&["For=\"192.0.2.1\""], "192.0.2.1"),
        (&["proto=https;FOR=192.0.2.1;by=10.0.0.1"], "192.0.2.1"),
        (&["for=6.6.6.6, for=192.0.2.1;host=\"a,b;c\", for=\"[2001:db8::2]:80\""], "192.0.2.1"),
        (&["for=6.6.6.6", "for=192.0.2.1", "for=10.1.1.1"], "192.0.2.1"),
        (&["for=\"[2001:db9::1]\""], "2001:db9::1"),
        (&["for=\"[2001:db9::1]:8080\""], "2001:db9::1"),
        (&["for=\"[2001:db9::1]:_port\""], "2001:db9::1"),
        (&["for=\"192.0.2.1:_port\""], "192.0.2.1"),
        (&["for=\"192.0.2.1:80\""], "192.0.2.1"),
        (&["for=\"\\1\\92.0.2.1\""], "192.0.2.1"),
        (&["for=192.0.2.1;"], "192.0.2.1"),
        (&["for=192.0.2.1;host=\"\\\",for=6.6.6.6\\\"\""], "192.0.2.1"),
        // Not told, or malformed.
        (&["for=192.0.2.1, for=unknown"], PROXY),
        (&["for=192.0.2.1, for=_hidden, for=10.1.1.1"], "10.1.1.1"),
        (&["for=192.0.2.1, proto=https"], PROXY),
        (&["for=192.0.2.1;for=6.6.6.6"], PROXY),
        (&["for=192.0.2.1, for"], PROXY),
        (&["for=192.0.2.1, for=\"6.6.6.6"], PROXY),
        (&["for=192.0.2.1, for=\"6.6.6.6\"x"], PROXY),
        (&["for=192.0.2.1, for=[::1"], PROXY),
        (&["192.0.2.1"], PROXY),
        // An open quote of the client does not swallow what its proxy writes.
        (&["for=\", for=192.0.2.1"], "192.0.2.1"),
        (&["for=\"\\", "for=192.0.2.1, for=10.1.1.1"], "192.0.2.1"),
        (&["for=6.6.6.6;host=\"\\\\\\\", for=192.0.2.1;host=\"x,y\""], "192.0.2.1"),
    ] {
        assert_eq!(forwarded(values).await, expected, "{values:?}");
    }
}

#[tokio::test]
async fn bytes_that_are_not_text_are_malformed() {
    for (name, proxies) in [
        ("x-forwarded-for", TrustedProxies::x_forwarded_for(networks())),
        ("forwarded", TrustedProxies::forwarded(networks())),
    ] {
        assert_eq!(client(Some(proxies.clone()), PROXY, &[(name, b"for=\xff\xfe, \x80")]).await, PROXY);
    }
}

#[tokio::test]
async fn a_long_list_of_trusted_proxies_is_read_to_its_end() {
    let list = format!("192.0.2.1{}", ", 10.1.1.1".repeat(50_000));
    assert_eq!(x_forwarded_for(&[&list]).await, "192.0.2.1");
    let commas = format!("192.0.2.1{}", ",".repeat(500_000));
    assert_eq!(x_forwarded_for(&[&commas]).await, "192.0.2.1");
    let backslashes = format!("for={}", "\\\"".repeat(20_000));
    assert_eq!(forwarded(&[&backslashes]).await, PROXY);
}

#[test]
fn elements_are_those_of_a_reader_from_the_left_if_all_are_well_formed() {
    let value = br#"for=a;host="x,y", for="b\",\\" , ,for=c"#;
    let elements: Vec<_> =
        Elements::of(value).map(|element| std::str::from_utf8(element).unwrap().to_owned()).collect();
    assert_eq!(elements, ["for=c", r#"for="b\",\\""#, r#"for=a;host="x,y""#]);
}

#[tokio::test]
async fn without_a_peer_there_is_no_client() {
    let (mut parts, ()) =
        Request::builder().header("x-forwarded-for", "192.0.2.1").body(()).unwrap().into_parts();
    parts.extensions.insert(TrustedProxies::x_forwarded_for(networks()));
    assert_eq!(<Option<ClientIp>>::from_request_parts(&mut parts, &()).await.unwrap(), None);
    let rejection = ClientIp::from_request_parts(&mut parts, &()).await.unwrap_err();
    assert_eq!(rejection.status(), 500);
}
