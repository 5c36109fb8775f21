"""One alert to a web address, as JSON, signed. Raises NotTold.

The address is typed by people, so it must not lead into our own network: every address of its host
has to be a public one, and the call goes to the very one that was looked at. No redirect is
followed, no answer is read beyond its status, and no proxy of the environment is used.
"""

import hashlib
import hmac
import ipaddress
import json
import socket
import threading
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

import httpx

from qbwc_service.alerts.failures import NotTold, plain, reason_of
from qbwc_service.alerts.outbox import Outgoing

#: for each step; and for all of them, against an answer that comes in drips
_STEP_SECONDS = 5.0
_ALL_SECONDS = 20.0


def send(outgoing: Outgoing, key: str, private_hosts: frozenset[str], *, now: datetime) -> None:
    """Post it; returns once the other side has said yes (2xx). Raises NotTold.

    `key` signs: the header is Qbwc-Signature: t=SECONDS,v1=HEX, the HMAC-SHA-256 of
    "SECONDS.BODY". `private_hosts` may be at addresses of our own network.
    """
    parts = urlsplit(outgoing.address)
    place = _checked_place(parts, private_hosts)
    body = body_of(outgoing)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "qbwc-service",
        "Idempotency-Key": outgoing.key,
        "Qbwc-Signature": signature(key, body, now),
        "Host": parts.netloc,
    }
    url = httpx.URL(outgoing.address).copy_with(host=place)
    client = httpx.Client(trust_env=False, follow_redirects=False, timeout=_STEP_SECONDS)
    too_slow = threading.Timer(_ALL_SECONDS, client.close)
    too_slow.daemon = True
    too_slow.start()
    try:
        request = client.build_request("POST", url, content=body, headers=headers)
        # The certificate has to be that of the name, whatever address it has.
        request.extensions["sni_hostname"] = parts.hostname
        answer = client.send(request, stream=True)
        answer.close()
    except (httpx.HTTPError, OSError, RuntimeError) as error:
        raise NotTold(f"The address does not answer: {reason_of(error)}.") from None
    finally:
        too_slow.cancel()
        client.close()
    if answer.is_redirect:
        raise NotTold(f"The address leads elsewhere ({answer.status_code}). Enter the final one.")
    if not answer.is_success:
        raise NotTold(f"The address did not accept it (it answered {answer.status_code}).")


def body_of(outgoing: Outgoing) -> bytes:
    """The same bytes at every try."""
    document = {
        "id": outgoing.key,
        "kind": outgoing.kind.value,
        "is_over": outgoing.is_over,
        "connection": outgoing.connection,
        "at": outgoing.at.isoformat(),
        "title": outgoing.title,
        "text": outgoing.text,
        "link": outgoing.link,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def signature(key: str, body: bytes, now: datetime) -> str:
    """Made anew for each try, so that an old call cannot be played again."""
    seconds = str(int(now.timestamp()))
    digest = hmac.new(key.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def _checked_place(parts: SplitResult, private_hosts: frozenset[str]) -> str:
    """The address to call. Raises NotTold for one inside our own network."""
    host = (parts.hostname or "").lower()
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotTold(f"No computer is called {plain(host)}.") from None
    places = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if parts.scheme != "https" and not all(place.is_loopback for place in places):
        raise NotTold("The address does not begin with https://.")
    if host not in private_hosts and not all(is_public(place) for place in places):
        raise NotTold(
            "The address is inside the network of this service. Whoever runs the service can allow "
            "it (QBWC_WEBHOOK_PRIVATE_HOSTS)."
        )
    return str(places[0])


def is_public(place: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it is an address of the whole internet; for an IPv6 address that carries an IPv4 one,
    that one has to be, too."""
    if isinstance(place, ipaddress.IPv6Address):
        if any(place in network for network in _OF_OLD):
            return False
        carried = [place.ipv4_mapped, place.sixtofour, *(place.teredo or ())]
        if place in _NAT64:
            carried.append(ipaddress.IPv4Address(int(place) & 0xFFFFFFFF))
        if not all(each.is_global for each in carried if each is not None):
            return False
        if place.ipv4_mapped is not None:
            return True
    return place.is_global and not place.is_multicast


#: IPv6 addresses that nobody gives out any more, and that may still mean one inside: site-local,
#: IPv4-compatible, IPv4-translated (RFC 3879, 4291, 2765)
_OF_OLD = tuple(ipaddress.IPv6Network(each) for each in ("fec0::/10", "::/96", "::ffff:0:0:0/96"))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
