"""What all queries share: keys and filters, iterators, metadata, IncludeRetElement."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from .context import RequestContext
from .errors import Refused
from .grammar import Element, text_of
from .message import Answer
from .rendering import keep_only
from .values import key_of, written_time

INVALID_ITERATOR: Final = 3391
Render = Callable[[str], Element | None]
"""Makes the Ret of an id; None where the record is gone by now."""


def value_at(request: Element, path: str) -> str:
    """The text of a filter element; "" where it is absent."""
    found = request.find(path)
    return "" if found is None else text_of(found)


def values_at(request: Element, path: str) -> list[str]:
    return [text_of(element) for element in request.iterfind(path)]


def by_key(
    request: Element, wanted: Iterable[str], find: Callable[[str], Sequence[str]], render: Render
) -> Answer:
    """Answers a query by id, name or number; what is missing makes it status 500 (qbXML OSR)."""
    missing: list[str] = []
    found: dict[str, None] = {}
    for key in wanted:
        ids = find(key)
        if not ids:
            missing.append(key)
        found.update(dict.fromkeys(ids))
    answer = _answer(request, list(found), render, {})
    if not missing:
        return answer
    text = (
        "The query request has not been fully completed. There was a required element "
        f'("{missing[0]}") that could not be found in QuickBooks.'
    )
    return Answer(500, "Warn", text, answer.content, answer.attributes)


def by_filter(
    context: RequestContext, request: Element, find: Callable[[], list[str]], render: Render
) -> Answer:
    """Answers a query by filter, whole, in part (MaxReturned) or page by page (iterator)."""
    limit = int(value_at(request, "MaxReturned") or 0)
    step = request.get("iterator")
    if step is None:
        ids = find()
        return _answer(request, ids[:limit] if limit else ids, render, {})
    if step == "Start":
        iterator_id = f"{{{uuid.uuid4()}}}"
        left = find()
    else:
        iterator_id = request.get("iteratorID", "")
        left = _taken(context, iterator_id)
    if step == "Stop":
        return Answer()
    page, rest = (left[:limit], left[limit:]) if limit else (left, [])
    context.iterators.left[iterator_id] = rest
    attributes = {"iteratorRemainingCount": str(len(rest)), "iteratorID": iterator_id}
    return _answer(request, page, render, attributes)


def _taken(context: RequestContext, iterator_id: str) -> list[str]:
    if iterator_id not in context.iterators.left:
        raise Refused(INVALID_ITERATOR, f'The iteratorID "{iterator_id}" is not valid.')
    return context.iterators.left.pop(iterator_id)


def _answer(
    request: Element, ids: Sequence[str], render: Render, attributes: dict[str, str]
) -> Answer:
    wanted = frozenset(values_at(request, "IncludeRetElement"))
    content = [keep_only(ret, wanted) for ret in map(render, ids) if ret is not None]
    if request.get("metaData", "NoMetaData") != "NoMetaData":
        attributes = {"retCount": str(len(content)), **attributes}
    if not content:
        text = "A query request did not find a matching object in QuickBooks"
        return Answer(1, "Info", text, attributes=attributes)
    if request.get("metaData") == "MetaDataOnly":
        content = []
    return Answer(content=tuple(content), attributes=attributes)


def in_time(moment: str, start: str, end: str) -> bool:
    """Whether a time lies between two filters, "" being open; offsets are not looked at."""
    written = written_time(moment)
    return (not start or written >= written_time(start)) and (
        not end or written <= written_time(end)
    )


def matches(name: str, criterion: str, wanted: str) -> bool:
    """NameFilter and RefNumberFilter; there is no Equals (qbXML OSR: MatchCriterion)."""
    have, want = key_of(name), key_of(wanted)
    if criterion == "StartsWith":
        return have.startswith(want)
    return want in have if criterion == "Contains" else have.endswith(want)


def in_range(value: str, start: str, end: str) -> bool:
    """Inclusive; by number where all are numbers, else as text (qbXML OSR: RefNumberRange)."""
    if all(text.isdecimal() for text in (value, start or "0", end or "0")):
        number = int(value)
        return int(start or 0) <= number and (not end or number <= int(end))
    have = key_of(value)
    return (not start or have >= key_of(start)) and (not end or have <= key_of(end))
