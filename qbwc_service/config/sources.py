"""What the environment and the file say, and which of the two counts: the environment."""

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qbwc_service.config.env_file import Line, lines_of
from qbwc_service.config.faults import ConfigError
from qbwc_service.config.variables import BY_NAME, CONFIG_FILE, default_file

ENVIRONMENT: Final = "the environment"
_PREFIXES: Final = ("QBWC_", "KEAP_")
#: read by others than the service: the fault tests, the test suite, the checks before a change
OF_OTHERS: Final = frozenset({"QBWC_CRASH_AT", "QBWC_REFERENCE", "QBWC_PRISM"})
_OF_TESTS: Final = "QBWC_TEST_"


@dataclass(frozen=True, slots=True)
class Given:
    """One variable's text, and where it stands: ENVIRONMENT, or "FILE, line 3"."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Sources:
    """All that was given. `file`: None where there is none."""

    given: Mapping[str, Given]
    file: Path | None
    #: lines that cannot be read, names that do not exist
    faults: tuple[ConfigError, ...] = ()
    #: names in the environment that look like ours and are none
    warnings: tuple[str, ...] = ()


def gather(environment: Mapping[str, str] | None = None) -> Sources:
    """From the process's environment where none is given. Never raises: see `faults`."""
    env = os.environ if environment is None else environment
    path, content, unreadable = _content(env.get(CONFIG_FILE.name, ""))
    in_file, faults = _of_file(path, lines_of(content))
    # Empty counts as not set, as compose passes on what nobody has filled in.
    in_environment = {name: Given(env[name], ENVIRONMENT) for name in BY_NAME if env.get(name)}
    for name, stands in in_file.items():
        # systemd's EnvironmentFile= puts the file's lines there, and the line is what helps.
        if name not in in_environment or in_environment[name].text == stands.text:
            in_environment[name] = stands
    return Sources(in_environment, path, (*unreadable, *faults), tuple(_strangers(env)))


def nearest(name: str) -> str:
    """ " (did you mean ...?)", or "" where nothing is like it."""
    found = difflib.get_close_matches(name.upper(), BY_NAME, n=1, cutoff=0.75)
    return f" (did you mean {found[0]}?)" if found else ""


def _content(named: str) -> tuple[Path | None, str, tuple[ConfigError, ...]]:
    """The file, what is in it, and why it cannot be read. The default one need not exist."""
    path = Path(named) if named else default_file()
    try:
        # Windows' Notepad begins a file with a mark.
        return path, path.read_text(encoding="utf-8-sig"), ()
    except FileNotFoundError:
        if not named:
            return None, "", ()
        reason = f"there is no file {path}; make it, or name the right one"
    except PermissionError as error:
        reason = f"{path}: {error.strerror}; run this as the user of the service"
    except OSError as error:
        reason = f"{path}: {error.strerror}"
    except ValueError:
        reason = f"{path}: this is not plain text (UTF-8)"
    return path, "", (ConfigError(CONFIG_FILE.name, reason),)


def _of_file(
    path: Path | None, lines: Iterable[Line]
) -> tuple[dict[str, Given], tuple[ConfigError, ...]]:
    given: dict[str, Given] = {}
    lines_before: dict[str, int] = {}
    faults: list[ConfigError] = []
    for line in lines:
        place = f"{path}, line {line.number}"
        wrong = line.wrong or _wrong_name(line.name, lines_before)
        if wrong:
            faults.append(ConfigError(line.name, wrong, place))
            continue
        lines_before[line.name] = line.number
        if line.text:
            given[line.name] = Given(line.text, place)
    return given, tuple(faults)


def _wrong_name(name: str, lines_before: Mapping[str, int]) -> str:
    if name == CONFIG_FILE.name:
        return "it names this file; set it in the environment"
    if name not in BY_NAME:
        return f"there is no such variable{nearest(name)}"
    if name in lines_before:
        return f"it stands in line {lines_before[name]} too; keep one"
    return ""


def _strangers(env: Mapping[str, str]) -> Iterable[str]:
    for name in sorted(env):
        is_ours = name in BY_NAME or name in OF_OTHERS or name.startswith(_OF_TESTS)
        if name.startswith(_PREFIXES) and not is_ours:
            yield f"{name} in {ENVIRONMENT}: there is no such variable{nearest(name)}"
