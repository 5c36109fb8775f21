"""One line a record, with what it is about behind the text."""

import json
import logging
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from qbwc_service.logs import LONGEST, Format, OneLine, about, masked, set_up_logging


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, list[str]]]:
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    logger = logging.getLogger("tests.logs")
    handler = Kept()
    handler.setFormatter(OneLine())
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, lines
    logger.removeHandler(handler)
    logger.propagate = True


def without_time(line: str) -> str:
    return line.partition(" ")[2]


def test_fields_stand_behind_the_text(log: tuple[logging.Logger, list[str]]) -> None:
    logger, lines = log
    logger.warning("refused %s", "it", extra={"order": 101, "connection": "acme"})
    assert [without_time(line) for line in lines] == [
        "WARNING tests.logs: refused it connection=acme order=101"
    ]
    assert lines[0][10] == "T"
    assert lines[0].split(" ")[0].endswith("Z")


def test_a_logger_can_be_about_something(log: tuple[logging.Logger, list[str]]) -> None:
    logger, lines = log
    about(logger, connection="acme").warning("held", extra={"posting": 7})
    assert without_time(lines[0]) == "WARNING tests.logs: held connection=acme posting=7"


def test_a_text_from_outside_cannot_write_a_second_line(
    log: tuple[logging.Logger, list[str]],
) -> None:
    logger, lines = log
    logger.warning("name is %s", "x\r\n2026 ERROR forged", extra={"connection": "a\nb"})
    assert without_time(lines[0]) == (
        "WARNING tests.logs: name is x\\r\\n2026 ERROR forged connection=a\\nb"
    )


def raise_forged() -> None:
    raise ValueError("x\n2026-11-26T10:00:00Z ERROR forged: y")


def test_what_an_exception_says_cannot_look_like_a_record(
    log: tuple[logging.Logger, list[str]],
) -> None:
    logger, lines = log
    try:
        raise_forged()
    except ValueError:
        logger.exception("it failed")
    first, *others = lines[0].split("\n")
    assert without_time(first) == "ERROR tests.logs: it failed"
    assert others
    assert all(line.startswith("    ") for line in others)


def test_setting_up_twice_writes_once(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        set_up_logging("INFO")
        set_up_logging("INFO")
        logging.getLogger("tests.logs").info("once")
        logging.getLogger("httpx").info("https://api.example/?key=hidden")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    lines = capsys.readouterr().err.splitlines()
    assert [without_time(line) for line in lines] == ["INFO tests.logs: once"]


def test_json_is_one_object_a_line_with_the_fields_and_the_exception(
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logger = logging.getLogger("tests.logs")
    try:
        set_up_logging("INFO", Format.JSON)
        logger.info("held %s", "it\nagain", extra={"order": 101, "connection": "acme"})
        try:
            raise_forged()
        except ValueError:
            logger.exception("it failed")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert datetime.fromisoformat(first.pop("time")).tzinfo is not None
    assert first == {
        "level": "INFO",
        "logger": "tests.logs",
        "message": "held it\nagain",
        "connection": "acme",
        "order": 101,
    }
    assert second["message"] == "it failed"
    assert "ValueError: x\n2026-11-26T10:00:00Z ERROR forged: y" in second["exception"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("to ann.lee+x@mail.example.com now", "to *** now"),
        (
            "GET https://api.example/v1?access_token=abc&x=1 200",
            "GET https://api.example/v1?*** 200",
        ),
        ("Authorization: Bearer KeapAK-0123456789abcdef", "Authorization: ***"),
        ("Authorization: Token abc", "Authorization: ***"),
        ("sent Bearer KeapAK-0123456789abcdef", "sent Bearer ***"),
        ("{'refresh_token': 'r-123', 'a': 1}", "{'refresh_token': ***, 'a': 1}"),
        ("password=hunter2&user=x", "password=***&user=x"),
        ("X-Keap-API-Key: abc", "X-Keap-API-Key: ***"),
        ('password="correct horse battery" next', "password=*** next"),
        ("Failing row contains (1, Ann Lee, 602-555).", "Failing row contains (***)"),
        ("postgresql+psycopg://me:pw@db/x", "postgresql+psycopg://***@db/x"),
        ("card 4111 1111 1111 1111 was", "card *** was"),
        (
            "DETAIL:  Key (id, name)=(1, Ann (Lee) Example) already exists.",
            "DETAIL:  Key (id, name)=(***) already exists.",
        ),
        ("invoice 5D-1764237609 code=3140", "invoice 5D-1764237609 code=3140"),
        ("posting 12345678901 cannot go from ready to gone", None),
    ],
)
def test_what_others_put_into_their_texts_is_masked(text: str, written: str | None) -> None:
    assert masked(text) == (written or text)


@pytest.mark.parametrize("said", ["a", "a.", "http://", "1 ", "key (", "token=", "x@"])
def test_a_text_of_any_length_is_masked_at_once(said: str) -> None:
    """Whoever waits for the log would wait for it."""
    began = time.process_time()
    text = masked(said * 100_000)
    assert time.process_time() - began < 5
    assert len(text) < LONGEST * 3
    assert text.endswith("characters more]")
