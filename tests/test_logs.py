"""One line a record, with what it is about behind the text."""

import logging
from collections.abc import Iterator

import pytest

from qbwc_service.logs import OneLine, about, set_up_logging


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
