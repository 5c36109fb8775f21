"""Every command explains itself."""

import click
import pytest

from qbwc_service.cli.entry import commands
from tests.cli.conftest import Shell


def _paths(group: click.Group, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    paths = []
    for name, command in sorted(group.commands.items()):
        paths.append((*before, name))
        if isinstance(command, click.Group):
            paths += _paths(command, (*before, name))
    return paths


PATHS = _paths(commands)


def test_the_commands_that_scripts_rely_on_exist() -> None:
    assert {path[0] for path in PATHS} >= {
        *("up", "connection", "qwc", "set", "sync", "status", "orders"),
        *("requeue", "hold", "skip", "link", "undo", "errors", "demo", "migrate"),
    }
    assert {path[1] for path in PATHS if len(path) == 2} >= {
        *("add", "show", "list", "pause", "resume", "login"),
    }


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_is_there_without_a_database(
    path: tuple[str, ...], shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QBWC_DATABASE_URL", "nonsense")
    outcome = shell(*path, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: qbwc-service {' '.join(path)} ")


@pytest.mark.parametrize(
    "path", [p for p in PATHS if len(p) == 1 and p[0] not in {"connection", "person"}]
)
def test_help_shows_an_example_that_names_the_command(path: tuple[str, ...], shell: Shell) -> None:
    assert f"  qbwc-service {path[0]}" in shell(*path, "--help").out.partition("Example")[2]


def test_without_a_command_the_help_is_shown(shell: Shell) -> None:
    outcome = shell()
    assert outcome.code == 2
    assert "Commands:" in outcome.err
