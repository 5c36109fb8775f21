"""What a person writes for a setting -> the value that is stored."""

import re
from datetime import date
from typing import Any, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qbwc_service.settings.choices import AlertTopic
from qbwc_service.settings.quiet_hours import quiet_hours
from qbwc_service.settings.setting import Setting


class SettingError(Exception):
    """A setting is unknown or its value cannot be used; the text says what can."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"{name}: {reason}")


_NAMES = 31
_CUSTOMER = 41
#: the longest full name of any list (qbXML OSR: CustomerRef/FullName)
_FULL_NAME = 209
_AFFIX = 6
_WORDS = 20
_WORD = 40
_TEMPLATE = 500
_ADDRESSES = 10
_ADDRESS = 254
_WEB_ADDRESS = 500
#: the plain form that every mail server takes; no quotes, comments or line ends
_EMAIL_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"
)
#: what {braces} in a text may name
TEXT_FIELDS = ("order", "invoice", "title", "notes", "promo", "source", "contact")
_BRACES = re.compile(r"\{([^{}]*)\}")
_CUSTOM_FIELD = re.compile(r"custom:[0-9]{1,18}")
#: why these words are not among the choices
_REFUSED = {
    ("payment_reference", "invoice-id"): "an invoice can have several payments, and each needs a "
    "reference of its own; the same reference could also be that of another payment"
}


def refused_choices(setting: str) -> dict[str, str]:
    """Words that people ask for in this setting and that it never takes, with the reasons."""
    return {word: reason for (name, word), reason in _REFUSED.items() if name == setting}


def words(text: str) -> tuple[str, ...]:
    """The parts of a text with commas, each once, in whatever case they are written."""
    written = (" ".join(part.split()) for part in text.split(","))
    return tuple({part.casefold(): part for part in written if part}.values())


def custom_fields(text: str) -> dict[str, str]:
    """Name of the QuickBooks field -> field of Keap, of a value of `custom_fields`."""
    pairs = (part.partition("=") for part in words(text))
    return {name.strip(): source.strip() for name, _, source in pairs}


def read(setting: Setting, text: str) -> Any:
    if reason := _REFUSED.get((setting.name, text)):
        raise SettingError(setting.name, reason)
    if setting.choices and text not in setting.choices:
        *front, last = setting.choices
        raise SettingError(setting.name, f"write {', '.join(front)} or {last}")
    match setting.kind:
        case "date":
            return _date(setting.name, text)
        case "whole number" | "number from 0":
            return _number(setting, text)
        case "time":
            if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
                raise SettingError(setting.name, f"{text!r} is not a time like 18:30")
        case "time zone":
            _check_time_zone(setting.name, text)
        case "order statuses" | "words":
            return _words(setting.name, text)
        case "amount":
            return _amount(setting.name, text)
        case "text with fields":
            _check_template(setting.name, text)
        case "e-mail addresses":
            return _addresses(setting.name, text)
        case "alerts":
            return _alert_topics(setting.name, text)
        case "web address":
            _check_web_address(setting.name, text)
        case "hours":
            return _hours(setting.name, text)
        case "fields":
            return _custom_fields(setting.name, text)
        case "text":
            _check_text(setting.name, text)
        case _ if setting.list_name:
            _check_full_name(setting.name, text)
        case _ if not setting.choices:
            raise AssertionError(f"nothing reads a setting of the kind {setting.kind!r}")
    return text


def _date(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise SettingError(name, f"{text!r} is not a date like 2026-11-23") from error


def _number(setting: Setting, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not setting.least <= int(text) <= setting.most:
        unit = setting.name.rpartition("_")[2]
        what = f"number of {unit}" if unit in ("minutes", "hours") else "number"
        bounds = f"from {setting.least} to {setting.most}"
        raise SettingError(setting.name, f"write a whole {what} {bounds}")
    return int(text)


def _words(name: str, text: str) -> str:
    each = words(text)
    if len(each) > _WORDS or any(len(word) > _WORD for word in each):
        raise SettingError(name, f"at most {_WORDS} words of {_WORD} characters")
    if not all(word.isprintable() for word in each):
        raise SettingError(name, "use letters, digits and signs")
    return ", ".join(each)


def _amount(name: str, text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{2})?", text):
        raise SettingError(name, f"{text!r} is not an amount like 25.00")
    return text if "." in text else f"{text}.00"


def _check_template(name: str, text: str) -> None:
    unknown = [field for field in _BRACES.findall(text) if field not in TEXT_FIELDS]
    if unknown or "{" in _BRACES.sub("", text) or "}" in _BRACES.sub("", text):
        known = ", ".join(f"{{{field}}}" for field in TEXT_FIELDS)
        raise SettingError(name, f"these can be filled in: {known}")
    if len(text) > _TEMPLATE or not text.isprintable():
        raise SettingError(name, f"at most {_TEMPLATE} letters, digits and signs")


def _custom_fields(name: str, text: str) -> str:
    wanted = custom_fields(text)
    for field, source in wanted.items():
        known = source in TEXT_FIELDS or _CUSTOM_FIELD.fullmatch(source)
        if not known or not 0 < len(field) <= _NAMES or not field.isprintable():
            raise SettingError(name, "write QuickBooks name=Keap field, as in Channel=source")
    return ", ".join(f"{field}={source}" for field, source in wanted.items())


def _addresses(name: str, text: str) -> str:
    each = words(text)
    wrong = next((address for address in each if not is_email_address(address)), "")
    if wrong:
        raise SettingError(name, f"{wrong!r} is not an e-mail address like bea@example.com")
    if len(each) > _ADDRESSES:
        raise SettingError(name, f"at most {_ADDRESSES} addresses")
    return ", ".join(each)


def is_email_address(text: str) -> bool:
    """Whether mail can be sent there by its look alone; what could end a header line cannot."""
    return len(text) <= _ADDRESS and _EMAIL_ADDRESS.fullmatch(text) is not None


def _alert_topics(name: str, text: str) -> str:
    known = get_args(AlertTopic)
    each = words(text)
    if not set(each) <= set(known):
        raise SettingError(name, f"write some of {', '.join(known)}, with commas between")
    return ", ".join(each)


def _check_web_address(name: str, text: str) -> None:
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    here = host in {"localhost", "127.0.0.1", "::1"}
    is_plain = text.isascii() and text.isprintable() and not re.search(r"[\s\\]", text)
    if not host or not is_plain or parts.scheme not in {"https", "http"} or "@" in parts.netloc:
        raise SettingError(name, f"{text!r} is not a web address like https://example.com/alerts")
    if parts.scheme == "http" and not here:
        raise SettingError(name, "write an address that begins with https://")
    if len(text) > _WEB_ADDRESS or parts.fragment:
        raise SettingError(name, f"at most {_WEB_ADDRESS} characters, without #")


def _hours(name: str, text: str) -> str:
    if quiet_hours(text, "UTC") is None:
        raise SettingError(name, f"{text!r} is not a part of the day like 22:00-06:00")
    return "-".join(part.strip() for part in text.split("-"))


def _check_time_zone(name: str, text: str) -> None:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingError(name, f"{text!r} is not a time zone like America/New_York") from error


def _check_full_name(name: str, text: str) -> None:
    if len(text) > _FULL_NAME or not text.isprintable():
        raise SettingError(name, f"at most {_FULL_NAME} letters, digits and signs")


def _check_text(name: str, text: str) -> None:
    if name in {"number_prefix", "number_suffix"} and len(text) > _AFFIX:
        raise SettingError(name, f"at most {_AFFIX} characters, so that the number still fits")
    if name == "single_customer" and (len(text) > _CUSTOMER or ":" in text):
        raise SettingError(name, f"at most {_CUSTOMER} characters, without a colon")
    if name.endswith("_item") and len(text) > _NAMES:
        raise SettingError(name, f"QuickBooks allows {_NAMES} characters in an item name")
    if name == "item_match_field" and len(text) > _NAMES:
        raise SettingError(name, f"QuickBooks allows {_NAMES} characters in its name")
    plain = text.isascii() or name == "item_match_field"
    if not plain or not text.isprintable():
        raise SettingError(name, "use plain letters, digits and signs")
