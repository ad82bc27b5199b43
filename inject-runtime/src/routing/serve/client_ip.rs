//! Address of the client, behind proxies.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, HeaderName, StatusCode, header::FORWARDED, request::Parts},
    response::{IntoResponse as _, Response},
};
use ipnet::{IpNet, Ipv4Net};

use super::forwarded::{Elements, forwarded_for, x_forwarded_for};
use crate::{
    metadata::{Describable, ParameterKind},
    problem::Problem,
};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Networks of the proxies in front of a server, and the header in which these tell the address of their client.
///
/// The header is believed only if the peer of the connection is in one of the networks, and only as far as
/// trusted proxies have written it: see [`ClientIp`]. There is no default for the header. A proxy
/// passes on headers that it does not know, so if the server read a header that the proxies do not
/// write, clients could forge their address.
///
/// ```
/// use inject_runtime::TrustedProxies;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let proxies = TrustedProxies::x_forwarded_for(["10.0.0.0/8".parse()?, "2001:db8::/32".parse()?]);
/// # Ok(())
/// # }
/// ```
///
/// [`Serve::trusted_proxies`](crate::Serve::trusted_proxies) makes it known to the extractors. A router that is served
/// in another way needs it as an [`Extension`](axum::Extension).
///
/// The networks must contain the proxies and nothing else: every host in them can choose the address that it is taken for.
#[derive(Clone, Debug)]
pub struct TrustedProxies(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    header: Header,
    networks: Box<[IpNet]>,
}

#[derive(Clone, Copy, Debug)]
enum Header {
    Forwarded,
    XForwardedFor,
}

impl Header {
    fn name(self) -> HeaderName {
        match self {
            Self::Forwarded => FORWARDED,
            Self::XForwardedFor => X_FORWARDED_FOR,
        }
    }

    /// Returns the address in an element of the list.
    fn address(self, element: &[u8]) -> Option<IpAddr> {
        match self {
            Self::Forwarded => forwarded_for(element),
            Self::XForwardedFor => x_forwarded_for(element),
        }
    }
}

impl TrustedProxies {
    /// Creates the configuration for proxies that append to the header `Forwarded` (RFC 7239).
    #[must_use]
    pub fn forwarded(networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self::new(Header::Forwarded, networks)
    }

    /// Creates the configuration for proxies that append to the header `X-Forwarded-For`, as almost all do by
    /// default or are usually configured to.
    #[must_use]
    pub fn x_forwarded_for(networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self::new(Header::XForwardedFor, networks)
    }

    fn new(header: Header, networks: impl IntoIterator<Item = IpNet>) -> Self {
        Self(Arc::new(Inner { header, networks: networks.into_iter().map(canonical).collect() }))
    }

    /// Returns the address of the client of a request that `peer` has sent.
    fn client_ip(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let Inner { header, networks } = &*self.0;
        let is_trusted = |address: IpAddr| networks.iter().any(|network| network.contains(&address));
        let mut client = peer;
        if !is_trusted(client) {
            return client;
        }
        // Several headers are one list, in their order.
        for value in headers.get_all(header.name()).iter().rev() {
            for element in Elements::of(value.as_bytes()) {
                // What a proxy does not tell, nothing to the left of it can tell.
                let Some(address) = header.address(element) else { return client };
                client = address;
                if !is_trusted(client) {
                    return client;
                }
            }
        }
        client
    }
}

/// Returns a network of IPv4 addresses in IPv6 (`::ffff:10.0.0.0/104`) as one of IPv4 addresses, as addresses are
/// compared.
fn canonical(network: IpNet) -> IpNet {
    if let IpAddr::V4(address) = network.addr().to_canonical()
        && let IpNet::V6(_) = network
        && let Some(length) = network.prefix_len().checked_sub(96)
        && let Ok(network) = Ipv4Net::new(address, length)
    {
        return network.into();
    }
    network
}

/// Extractor for the IP address of the client.
///
/// Without [trusted proxies](TrustedProxies), it is the address of the peer of the connection, whatever the headers
/// say. If the peer is a trusted proxy, it is the address that this proxy tells; if that is again a trusted proxy,
/// the one that it tells, and so on. If a proxy does not tell an address (`unknown`, `_hidden`), or what
/// it tells is malformed, it is the address of that proxy. An IPv4 address in IPv6 (`::ffff:192.0.2.1`) is
/// extracted as an IPv4 address.
///
/// ```
/// use inject_runtime::{ClientIp, get};
///
/// #[get("/whoami", public)]
/// pub async fn whoami(ClientIp(address): ClientIp) -> String {
///     address.to_string()
/// }
/// ```
///
/// [`serve`](crate::serve) tells the address of the peer. Otherwise it is that of axum's [`ConnectInfo<SocketAddr>`], or
/// of `MockConnectInfo` in tests. Without one, a request is rejected with status 500, and `Option<ClientIp>`
/// is `None`.
///
/// An address is no identity: clients share addresses, and have several. For a limit on attempts, count an IPv6
/// client by its network (`/64`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientIp(pub IpAddr);

impl<S: Send + Sync> OptionalFromRequestParts<S> for ClientIp {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Response> {
        let peer = <ConnectInfo<SocketAddr> as FromRequestParts<S>>::from_request_parts(parts, state).await;
        Ok(peer.ok().map(|ConnectInfo(peer)| {
            let peer = peer.ip().to_canonical();
            match parts.extensions.get::<TrustedProxies>() {
                Some(proxies) => Self(proxies.client_ip(peer, &parts.headers)),
                None => Self(peer),
            }
        }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientIp {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let address = <Self as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await?;
        address.ok_or_else(|| {
            tracing::error!(
                "`ClientIp` needs the address of the peer: use `inject_runtime::serve`, or axum's `into_make_service_with_connect_info`"
            );
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        })
    }
}

impl Describable for ClientIp {
    const KIND: ParameterKind = ParameterKind::Plain;
}
