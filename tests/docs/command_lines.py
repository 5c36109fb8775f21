"""The commands that a text shows, held against the real ones. Nothing is run."""

import importlib.util
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from qbwc_service.cli.entry import commands
from qbwc_service.settings import SETTINGS
from tests.docs.documents import Document

PROGRAM = "qbwc-service"
#: where one command ends and another begins
_BETWEEN = frozenset({"&&", "||", "|", ";", "&", ">", ">>", "<", "2>", "2>&1"})
#: programs that take our name for a unit, a user, a file, a container
_OF_OTHERS = re.compile(
    r"\b(systemctl|journalctl|useradd|adduser|usermod|groupadd|chown|install|rm|cp|mv|ls|cat|which|"
    r"Register-ScheduledTask|sc|nssm|"
    r"docker (?:build|tag|logs|ps|stop|start|rm|pull|push|image|volume|network))\b"
)
_SETTINGS = frozenset(setting.name for setting in SETTINGS)
#: what stands for a value of the reader's own
_STANDS_FOR = re.compile(r"[A-Z][A-Z0-9_.]*|\.\.\.|.*[<>$%{}].*")
_NOTHING = (None, ())


def command_faults(document: Document) -> Iterator[str]:
    """Each command of the document that the program would refuse, and why."""
    for block in document.blocks:
        for line in _lines(block.text):
            for words in _invocations(line):
                yield from _told(document, block.line, words, _fault(words, is_whole=True))
            yield from _told(document, block.line, [line], _module_fault(line))
    for passage in document.passages:
        for code in passage.code:
            for words in [*_invocations(code), *_short_form(code)]:
                yield from _told(document, passage.line, words, _fault(words, is_whole=False))
            yield from _told(document, passage.line, [code], _module_fault(code))


def _told(document: Document, line: int, words: Sequence[str], fault: str) -> Iterator[str]:
    if fault:
        yield f"{document.name}:{line}: {' '.join(words)}: {fault}"


def _lines(text: str) -> Iterator[str]:
    """What a shell would take for one line."""
    yield from text.replace("\\\n", " ").replace("`\n", " ").splitlines()


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:  # a quotation mark of its own, as in a sentence
        return line.split()


def _invocations(line: str) -> Iterator[list[str]]:
    """The words after our name, for each time that it is called in this line."""
    if _OF_OTHERS.search(line):
        return
    part: list[str] = []
    for word in [*(each.strip("[],()") for each in _words(line)), "&&"]:
        if word not in _BETWEEN:
            part.append(word)
            continue
        called = [place for place, each in enumerate(part) if _is_program(each)]
        if called:
            yield [each for each in part[called[-1] + 1 :] if each]
        part = []


def _is_program(word: str) -> bool:
    """Whether it calls us; folders of data bear our name too."""
    if word.startswith("/var/"):
        return False
    return re.split(r"[/\\=]", word)[-1].removesuffix(".exe") == PROGRAM


def _short_form(code: str) -> Iterator[list[str]]:
    """`connection pause NAME`, without our name: known by its command and what follows."""
    words = [each.strip("[]") for each in _words(code)]
    if len(words) < 2 or words[0] not in commands.commands:
        return
    is_group = isinstance(commands.commands[words[0]], click.Group)
    if is_group or words[1].startswith("-") or re.match(r"[A-Z]{3}", words[1]):
        yield words


def _fault(words: Sequence[str], *, is_whole: bool) -> str:
    """ "" where the command takes it. Alone in a sentence it may be named without arguments."""
    command: click.Command = commands
    context = click.Context(command, info_name=PROGRAM)
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        if _STANDS_FOR.fullmatch(name):
            return ""
        found = command.get_command(context, name)
        if found is None:
            return f"there is no command {name}"
        command = found
        context = click.Context(command, info_name=name, parent=context)
    if isinstance(command, click.Group) or (not rest and not is_whole):
        return _group_fault(command, context, rest)
    if {"--help", "-h"} & {*rest}:
        return ""
    return _arguments_fault(command, context, rest)


def _group_fault(command: click.Command, context: click.Context, rest: list[str]) -> str:
    options = {name for each in command.get_params(context) for name in each.opts}
    return next((f"has no option {each}" for each in rest if each not in options), "")


def _arguments_fault(command: click.Command, context: click.Context, rest: list[str]) -> str:
    try:
        given, left, _ = command.make_parser(context).parse_args(list(rest))
    except click.UsageError as error:
        return error.format_message()
    if left:
        return f"takes no more arguments than before {left[0]}"
    for parameter in command.get_params(context):
        value = given.get(parameter.name or "")
        if parameter.required and (value in _NOTHING or "UNSET" in repr(value)):
            return f"lacks {parameter.human_readable_name}"
        if isinstance(parameter.type, click.Choice):
            fault = _choice_fault(parameter.type, value)
            if fault:
                return fault
    return _setting_fault(rest) if command.name == "set" else ""


def _choice_fault(choice: click.Choice[str], value: object) -> str:
    for each in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
        if not _STANDS_FOR.fullmatch(str(each)) and str(each) not in choice.choices:
            return f"{each} is none of {', '.join(choice.choices)}"
    return ""


def _setting_fault(words: Sequence[str]) -> str:
    names = [word.partition("=")[0] for word in words if "=" in word]
    unknown = [name for name in names if name not in _SETTINGS | {"key"}]
    return f"there is no setting {unknown[0]}" if unknown else ""


def _module_fault(line: str) -> str:
    """`python -m MODULE --option`: the module is there, and its code knows the options."""
    called = re.search(r"\b(?:python3?|py) -m ([\w.]+)([^&|;#]*)", line)
    if called is None or not called[1].startswith(("qbwc_service", "tests", "keap", "q")):
        return ""
    try:
        found = importlib.util.find_spec(called[1])
    except ModuleNotFoundError:
        found = None
    if found is None or found.origin is None:
        return f"there is no module {called[1]}"
    origin = Path(found.origin)
    files = origin.parent.rglob("*.py") if origin.name == "__init__.py" else [origin]
    code = "".join(file.read_text(encoding="utf-8") for file in files)
    options = re.findall(r"(?<!\S)\[?(--[a-z][a-z-]*)", called[2])
    return next((f"{called[1]} has no {each}" for each in options if f'"{each}"' not in code), "")
