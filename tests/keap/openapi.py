"""What an OpenAPI document of Keap says about a request and its answer.

The grammar of filters and orders is not in its schemas but in the words of its descriptions.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator

_FIELD = re.compile(r"- \((?P<type>[^)]*)\) `(?P<name>\w+)`(?P<more>.*)")
_OPERATOR = re.compile(r"[\"`](==|!=|<=|>=|<|>)[\"`]")
_CLAUSE = re.compile(r"(?P<name>\w+)(?P<operator>==|!=|<=|>=|<|>)(?P<value>.+)")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    path: str
    definition: dict[str, Any]

    def parameter(self, name: str) -> dict[str, Any]:
        """The query parameter of that name. Raises AssertionError where it is not declared."""
        for one in self.definition.get("parameters", []):
            if one["in"] == "query" and one["name"] == name:
                return dict(one)
        raise AssertionError(f"{self.path} has no query parameter {name}")

    @property
    def headers(self) -> list[str]:
        """The names of the headers that have to be there."""
        declared = self.definition.get("parameters", [])
        return [one["name"] for one in declared if one["in"] == "header" and one["required"]]

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of what is sent, None where nothing is."""
        declared = self.definition.get("requestBody")
        return dict(declared["content"]["application/json"]["schema"]) if declared else None


class Document:
    """One OpenAPI document."""

    def __init__(self, path: Path) -> None:
        self._document: dict[str, Any] = json.loads(path.read_bytes())

    def operation(self, method: str, path: str) -> Operation:
        """What the document has for a path as sent, with values in place of its names."""
        for template, methods in self._document["paths"].items():
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and method.lower() in methods:
                return Operation(template, methods[method.lower()])
        raise AssertionError(f"the document has no {method} {path}")

    def wrong_in_request(self, request: httpx.Request, path: str) -> list[str]:
        """What the document does not allow in a request; `path` is without the server's part."""
        operation = self.operation(request.method, path)
        wrong = []
        for name, value in request.url.params.multi_items():
            parameter = operation.parameter(name)
            wrong += [f"{name}={value}: {what}" for what in _wrong_in(name, value, parameter)]
        wrong += [f"no header {name}" for name in operation.headers if name not in request.headers]
        return wrong + self._wrong_in_body(operation, request.content)

    def _wrong_in_body(self, operation: Operation, body: bytes) -> list[str]:
        """Members that the document does not know are wrong, too."""
        if operation.body is None:
            return [f"{operation.path} takes no body"] if body else []
        schema = {"additionalProperties": False, **operation.body}
        found = Draft202012Validator(schema).iter_errors(json.loads(body))
        return [f"{error.json_path}: {error.message}" for error in found]

    def wrong_in_answer(self, request: httpx.Request, path: str, body: bytes) -> list[str]:
        """Where the body of an answer is not what the document promises; formats are not read."""
        answers = self.operation(request.method, path).definition["responses"]
        if "200" not in answers:
            return [f"nothing is promised, and this came: {body!r}"] if body else []
        [content] = answers["200"]["content"].values()
        schema = {**content["schema"], "components": self._document["components"]}
        found = Draft202012Validator(schema).iter_errors(json.loads(body))
        return [f"{error.json_path}: {error.message}" for error in found]


def _wrong_in(name: str, value: str, parameter: dict[str, Any]) -> Iterator[str]:
    schema, words = parameter["schema"], parameter.get("description", "")
    match schema["type"]:
        case "integer":
            typed: Any = int(value) if value.isdigit() else value
        case "array":
            typed = value.split(",")
        case _:
            typed = value
    yield from (error.message for error in Draft202012Validator(schema).iter_errors(typed))
    match name:
        case "filter":
            yield from _wrong_in_filter(value, words)
        case "order_by":
            yield from _wrong_in_order(value, words)
        case "fields" if "Available fields are:" in words:
            listed = words.partition("Available fields are:")[2].partition(")")[0]
            known = {one.strip() for one in listed.split(",")}
            yield from (f"no field {one}" for one in typed if one not in known)


def _wrong_in_filter(value: str, words: str) -> Iterator[str]:
    fields = {found["name"]: found for found in _FIELD.finditer(words)}
    for text in value.split(";"):
        clause = _CLAUSE.fullmatch(text)
        if clause is None or clause["name"] not in fields:
            yield f"no such filter: {text}"
            continue
        field = fields[clause["name"]]
        if clause["operator"] not in {"==", *_OPERATOR.findall(field["more"])}:
            yield f"no such operator: {text}"
        if not _is_value(clause["value"], field["name"], field["type"]):
            yield f"not a {field['type']}: {text}"


def _is_value(value: str, name: str, kind: str) -> bool:
    if name.endswith("_time"):
        return bool(_INSTANT.fullmatch(value)) and datetime.fromisoformat(value).tzinfo is not None
    match kind:
        case "Boolean":
            return value in {"true", "false"}
        case "String":
            return "," not in value
        case _:
            return all(value.split(","))


def _wrong_in_order(value: str, words: str) -> Iterator[str]:
    names = re.findall(r"^- `(\w+)`", words, re.MULTILINE)
    directions = {"asc", "desc"}
    assert directions < set(names)
    field, _, direction = value.partition(" ")
    if field not in set(names) - directions or direction not in directions:
        yield "no such order"
