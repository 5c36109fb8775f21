"""What people type or hand over as text: a kind (the first byte), then texts with NEXT between.

And texts of Keap and QuickBooks that are shown, compared or written.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from qbwc_service.admin.addresses import day_from, id_from
from qbwc_service.admin.technical import readable_json, readable_xml
from qbwc_service.config import Config, ConfigError
from qbwc_service.config.env_file import lines_of
from qbwc_service.matching import keys
from qbwc_service.order_numbers import MOST, OrderNumbersUnreadable, read_order_numbers
from qbwc_service.planning.rule import RuleRefused, checked_rule, read_action, read_condition
from qbwc_service.secrecy import KeysUnusable, Secrecy, SecretUnreadable, read_keys
from qbwc_service.settings import SETTINGS, SettingError, changed, effective
from qbxml_builders.text import address_lines, list_name, shorten, to_quickbooks
from tests.fuzz.target import NEXT, Run, Target, demand, parts

_MOST = 8
_WORDS = (
    *(setting.name.encode() for setting in SETTINGS),
    *b"101,102-110 #1001 1-10000 ; order invoice {order} {invoice} {title} custom:12".split(),
    *b"is not contains more than less product source tag total hold skip number_prefix=".split(),
    *b"2026-11-23 18:30 America/Phoenix UTC 25.00 1440 72 0 yes no".split(),
    *b"sqlite:/// postgresql+psycopg:// https:// DEBUG 0.5 <?xml encoding= Password".split(),
    b"api_key",
    "–‐―Straße É ﷽ 🦁 \u0130 \u00a0".encode(),
    NEXT,
)


@contextmanager
def _open(_folder: Path) -> Iterator[Run]:
    yield _run


def _run(data: bytes) -> None:
    texts = [part.decode("utf-8", "replace") for part in parts(data[1:], _MOST)]
    _KINDS[data[0] % len(_KINDS) if data else 0](texts)


def _order_numbers(texts: list[str]) -> None:
    try:
        numbers = read_order_numbers(texts)
    except OrderNumbersUnreadable as error:
        demand(len(str(error)) < 300, "an endless sentence")
        return
    demand(len(numbers) <= MOST and all(0 < one < 10**19 for one in numbers), "wrong numbers")


def _setting(texts: list[str]) -> None:
    for setting in SETTINGS:
        try:
            stored = changed({}, setting.name, texts[-1])
        except SettingError as error:
            demand(error.reason, "no reason")
            continue
        effective(stored, account_time_zone="UTC", set_up_on=date(2026, 11, 1))
        again = changed({}, setting.name, str(stored.get(setting.name, "")))
        demand(again == stored, f"{setting.name}: {stored} is read again as {again}")


def _rule(texts: list[str]) -> None:
    try:
        rule = checked_rule(
            texts[0],
            [read_condition(text) for text in texts[1:-1]],
            [read_action(texts[-1])],
        )
    except RuleRefused as error:
        demand(str(error), "no reason")
        return
    demand(checked_rule(rule.name, rule.conditions, rule.actions) == rule, "not stable")


def _address(texts: list[str]) -> None:
    for text in texts:
        found = id_from(text)
        demand(found is None or 0 <= found < 10**18, "an id that no column holds")
        day_from(text)


def _names(texts: list[str]) -> None:
    one, other = texts[0], texts[-1]
    demand(keys.name_key(keys.name_key(one)) == keys.name_key(one), "a name key is not stable")
    keys.loose_key(one)
    keys.email_keys(one)
    keys.person_keys(one, other, one)
    keys.company_keys(one, other)
    keys.product_key(one, other)
    keys.custom_field_key(one, other)
    keys.tax_key(one)


def _written(texts: list[str]) -> None:
    for text in texts:
        for keep_lines in (False, True):
            cleaned = to_quickbooks(text, keep_lines=keep_lines).text
            cleaned.encode("cp1252")
            demand(to_quickbooks(cleaned, keep_lines=keep_lines).text == cleaned, "not stable")
        demand(len(list_name(text, 41, " (K4417)").text) <= 41, "a name that is too long")
        demand(len(shorten(text, 20).text) <= 20, "a text that is too long")
    fitted = address_lines(texts, city=texts[0], state=texts[-1]).address
    demand(all(len(line) <= 41 for line in fitted.lines), "a line that is too long")


def _shown(texts: list[str]) -> None:
    for text in texts:
        readable_xml(text)
        readable_json(text)


def _environment(texts: list[str]) -> None:
    variables = ["QBWC_DATABASE_URL", "QBWC_PUBLIC_URL", "KEAP_API_URL", "QBWC_LOG_LEVEL"]
    variables += ["QBWC_TRUSTED_PROXIES", "KEAP_CALLS_PER_SECOND", "QBWC_SECRET_KEY"]
    environment = {
        "QBWC_CONFIG_FILE": os.devnull,
        "QBWC_DATABASE_URL": "sqlite:////dev/null",
        "QBWC_SECRET_KEY": "00" * 32,
        **{
            name: text.replace("\0", "")
            for name, text in zip(variables, texts, strict=False)
            if text
        },
    }
    for line in lines_of("\n".join(texts)):
        demand(bool(line.name or line.wrong), "a line that says nothing")
    try:
        Config.from_environment(environment)
    except ConfigError as error:
        demand(error.reason, "no reason")


_SECRECY = Secrecy(bytes(32))


def _secrets(texts: list[str]) -> None:
    for text in texts:
        try:
            read_keys(text)
        except KeysUnusable as error:
            demand(error.reason, "no reason")
        try:
            _SECRECY.decrypt(text)
        except SecretUnreadable:
            pass
        else:
            demand(not text, "a guessed secret was opened")
        demand(not _SECRECY.password_matches(text, "0" * 64), "a guessed password")


_KINDS: tuple[Callable[[list[str]], None], ...] = (
    _order_numbers,
    _setting,
    _rule,
    _address,
    _names,
    _written,
    _shown,
    _environment,
    _secrets,
)


def _seeds(_folder: Path) -> Iterator[bytes]:
    by_kind = (
        ("101,102-110", "#1001; 7\n8–9"),
        ("2026-11-23", "America/Phoenix", "Channel=source, Ship=custom:12", "25.00", "18:30"),
        ("Web", "source is ONLINE", "total more than 100.00", "number_prefix=G-"),
        ("42", "2026-11-23"),
        ("Ann Lee", "ann@example.com"),
        ("Straße 1\r\nÉvry 🦁", "Phoenix"),
        ('<?xml version="1.0"?><QBXML><Password>x</Password></QBXML>', '{"api_key": "x"}'),
        ("sqlite:////x", "https://a.example", "http://b.example/crm", "INFO", "1", "0.5"),
        ("00" * 32 + "\n" + "11" * 32, "gAAAAAB"),
    )
    for kind, texts in enumerate(by_kind):
        yield bytes((kind,)) + NEXT.join(text.encode() for text in texts)
    for text in ("paid in full, SENT", "hold", "yes", "Memo {order} {title}", "12", "a" * 60):
        yield b"\1" + text.encode()


TARGET = Target("typed", _open, _seeds, _WORDS)
