"""A QwcFile as the XML that the Web Connector loads, and back."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar

from lxml import etree

from qwc.file import (
    ELEMENTS,
    AuthFlags,
    PersonalDataPref,
    QBType,
    QwcFile,
    Style,
    UnattendedModePref,
)
from qwc.problems import Problem, QwcInvalid, check

_ROOT: Final = "QBWCXML"
_LEFT_OUT_IF_EMPTY: Final = frozenset({"app_unique_name", "app_display_name", "cert_url"})
# What the Web Connector takes where an element is absent (Programmer's Guide p. 35-39).
_ABSENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "app_unique_name": "",
        "app_display_name": "",
        "cert_url": "",
        "notify": "false",
        "is_read_only": "false",
        "personal_data_pref": PersonalDataPref.NOT_NEEDED,
        "unattended_mode_pref": UnattendedModePref.OPTIONAL,
        "auth_flags": "0x0",
        "style": Style.DOCUMENT,
    }
)


def build(file: QwcFile) -> bytes:
    """The file's bytes: UTF-8, no byte order mark. QwcInvalid with all that check() finds."""
    if problems := check(file):
        raise QwcInvalid(problems)
    root = etree.Element(_ROOT)
    for field, path in ELEMENTS.items():
        text = _written(getattr(file, field))
        if text or field not in _LEFT_OUT_IF_EMPTY:
            element = root
            for name in path.split("/"):
                element = etree.SubElement(element, name)
            element.text = text
    xml = etree.tostring(root, encoding="utf-8", pretty_print=True)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + xml


def read(content: bytes) -> QwcFile:
    """The file that `content` describes; QwcInvalid where the Web Connector would refuse it.

    Elements may come in any order. An element that the guide does not know, twice the same one
    and a document type are refused: each is a mistake that the Web Connector passes over.
    """
    texts = _texts(_parse(content))
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for field, element in ELEMENTS.items():
        text = texts.get(element, _ABSENT.get(field))
        try:
            if text is None:
                problems.append(Problem(element, 1039, f"{element} is missing."))
            else:
                values[field] = _READ.get(field, str)(text)
        except ValueError:
            code = 1034 if field == "auth_flags" else None
            problems.append(Problem(element, code, f"{element} cannot be {text!r}."))
    if problems:
        raise QwcInvalid(tuple(problems))
    file = QwcFile(**values)
    if found := check(file):
        raise QwcInvalid(found)
    return file


def _parse(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        remove_comments=True,
        remove_pis=True,
        resolve_entities=False,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        sentence = f"The file is not well-formed XML: {error}."
        raise QwcInvalid((Problem(_ROOT, None, sentence),)) from error
    if root.getroottree().docinfo.doctype:
        raise QwcInvalid((Problem(_ROOT, None, "The file must have no document type."),))
    if root.tag != _ROOT:
        raise QwcInvalid((Problem(_ROOT, None, f"The outermost element must be {_ROOT}."),))
    return root


def _texts(root: etree._Element) -> dict[str, str]:
    known = set(ELEMENTS.values())
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path, element in _leaves(root):
        if path not in known:
            sentence = f"{path} is misspelt, or is not used here."
            problems.append(Problem(path, None, sentence))
        elif path in texts:
            problems.append(Problem(path, None, f"{path} is there twice."))
        texts[path] = element.text or ""
    if problems:
        raise QwcInvalid(tuple(problems))
    return texts


def _leaves(root: etree._Element) -> list[tuple[str, etree._Element]]:
    tree = root.getroottree()
    return [
        (re.sub(r"\[\d+\]", "", tree.getelementpath(element)), element)
        for element in root.iterdescendants()
        if not len(element)
    ]


_Choice = TypeVar("_Choice", bound=StrEnum)


def _choice(kind: type[_Choice]) -> Callable[[str], _Choice]:
    return lambda text: kind(text.strip())


def _bool(text: str) -> bool:
    if text.strip() not in ("true", "false"):
        raise ValueError(text)
    return text.strip() == "true"


def _int(text: str) -> int:
    if not re.fullmatch("-?[0-9]+", text.strip()):
        raise ValueError(text)
    return int(text)


def _flags(text: str) -> AuthFlags:
    if not re.fullmatch("0x[0-9A-Fa-f]+", text.strip()):
        raise ValueError(text)
    return AuthFlags(int(text, 16))


_READ: Final[Mapping[str, Callable[[str], object]]] = MappingProxyType(
    {
        "run_every_minutes": _int,
        "auth_flags": _flags,
        "is_read_only": _bool,
        "notify": _bool,
        "personal_data_pref": _choice(PersonalDataPref),
        "qb_type": _choice(QBType),
        "style": _choice(Style),
        "unattended_mode_pref": _choice(UnattendedModePref),
    }
)


def _written(value: str | int) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case AuthFlags():
            return f"0x{int(value):X}"
        case _:
            return str(value)
