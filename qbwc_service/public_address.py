"""Whether programs outside can call the service under its public address."""

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from qbwc_service.config import Config
from qbwc_service.settings import SettingError

_INSIDE = (".local", ".internal", ".lan", ".home", ".localhost")


def why_keap_cannot_call(config: Config) -> str:
    """A sentence, or "" where Keap can: it needs https under a name or address that is public.

    A Keap that is played on this computer reaches whatever is on it.
    """
    if _is_this_computer(_host(config.keap_api_url)):
        return ""
    parts = urlsplit(config.public_url)
    if parts.scheme == "https" and _is_public(parts.hostname or ""):
        return ""
    return (
        f"Keap cannot reach {config.public_url}: it needs an https:// address that the whole "
        "internet reaches, in QBWC_PUBLIC_URL."
    )


def check_hooks_setting(config: Config, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Raises SettingError where `keap_hooks` is switched on and Keap cannot call."""
    is_new = new.get("keap_hooks") == "yes" and old.get("keap_hooks") != "yes"
    if is_new and (reason := why_keap_cannot_call(config)):
        raise SettingError("keap_hooks", reason)


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _is_this_computer(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith(_INSIDE)
