"""Tables on a terminal, plain lines in a pipe."""

import sys

import pytest

from qbwc_service.cli.output import print_table


def test_a_pipe_gets_tabs_and_no_line_breaks_inside_a_field(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(["A", "B"], [("x\ty", "1\n2"), (None, 3)], "nothing")
    assert capsys.readouterr().out == "A\tB\nx y\t1 2\n\t3\n"


def test_no_rows_are_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["A"], [], "nothing")
    assert capsys.readouterr().out == "nothing\n"


def test_a_terminal_gets_a_table_that_takes_no_markup_from_names(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    print_table(["Name"], [("[red]Ann[/red]",)], "nothing")
    lines = [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert (lines[0], lines[-1]) == ("Name", "[red]Ann[/red]")
