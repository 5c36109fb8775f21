"""metrics: the figures of the service, printed."""

import pytest

from tests.cli.conftest import Shell


@pytest.mark.usefixtures("acme")
def test_the_figures_are_printed_without_those_of_this_process(shell: Shell) -> None:
    printed = shell("metrics")
    assert printed.code == 0
    assert 'qbwc_connection_paused{connection="acme"} 0\n' in printed.out
    assert "process_cpu" not in printed.out
