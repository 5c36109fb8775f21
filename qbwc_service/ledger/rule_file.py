"""Rules as a JSON document: to keep them, and to take them over into another connection."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from qbwc_service.ledger.models import Rule as RuleRow
from qbwc_service.ledger.stored_rules import rule_of, stored
from qbwc_service.planning.rule import Action, Condition, Rule, RuleRefused, checked_rule

LARGEST_FILE = 1_000_000


class _Entry(msgspec.Struct, rename={"is_on": "on", "conditions": "if", "actions": "then"}):
    """One rule of the document."""

    name: str
    conditions: tuple[Condition, ...]
    actions: tuple[Action, ...]
    is_on: bool = True


class _Document(msgspec.Struct):
    rules: list[_Entry]


def rules_document(rows: Sequence[RuleRow]) -> dict[str, Any]:
    """All of them from the top down, as JSON-ready values."""
    return {"rules": [_entry(row) for row in rows]}


def document_text(rows: Sequence[RuleRow]) -> str:
    return json.dumps(rules_document(rows), ensure_ascii=False, indent=2) + "\n"


def read_rules(data: bytes) -> list[tuple[Rule, bool]]:
    """The rules of a document, each with whether it is on. Raises RuleRefused."""
    if len(data) > LARGEST_FILE:
        raise RuleRefused("The file is too large")
    try:
        document = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RuleRefused(f"The file is not one that was exported here ({error})") from error
    return [
        (checked_rule(entry.name, entry.conditions, entry.actions), entry.is_on)
        for entry in document.rules
    ]


def _entry(row: RuleRow) -> dict[str, Any]:
    rule = rule_of(row)
    return {
        "name": rule.name,
        "on": row.is_on,
        "if": stored(rule.conditions),
        "then": stored(rule.actions),
    }
