"""What QuickBooks writes, as text: answers, the first strHCPResponse, HRESULTs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qbxml_builders.answers import AnswerUnreadable, parse, parse_hcp
from qbxml_builders.hresults import hresult
from qbxml_builders.session import version_to_send
from qbxml_builders.statuses import classify
from tests.fuzz.conversation import answers_of
from tests.fuzz.lived_in import lived_in
from tests.fuzz.target import NEXT, Run, Target, demand
from tests.fuzz.words import QBXML_WORDS


@contextmanager
def _open(_folder: Path) -> Iterator[Run]:
    yield _run


def _run(data: bytes) -> None:
    text, _, code = _decoded(data).partition(NEXT.decode())
    _read_answer(text)
    hcp = parse_hcp(text)
    if hcp.host is not None:
        version_to_send(hcp.host.versions)
    known = hresult(code)
    demand(known.meaning and known.advice, f"an HRESULT without words: {code!r}")


def _decoded(data: bytes) -> str:
    """Lone surrogates as they are: nothing that arrives can hold one, but a text in memory may."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def _read_answer(text: str) -> None:
    try:
        answer = parse(text)
    except AnswerUnreadable as error:
        demand(str(error), "no reason")
        return
    for response in answer.responses:
        demand(response.status_code >= 0, "a negative status")
        classify(response.status_code, response.message)
        for record in response.records:
            repr(record)


def _seeds(folder: Path) -> Iterator[bytes]:
    with lived_in(folder) as world:
        for _, answer in answers_of(world):
            yield answer.encode()
    for code in ("0x80040400", "0x80040408", "-2147220480", "garbage"):
        yield NEXT + code.encode()


TARGET = Target("qbxml", _open, _seeds, QBXML_WORDS)
