"""The short mode: what was found before, the seeds, and some changes of them; no atheris needed."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import changed
from tests.fuzz.target import Run, Target
from tests.fuzz.targets import ABOUT, target_named

FOUND = Path(__file__).parent / "found"
#: inputs made anew: a target with a database takes about a hundredth of a second for each
EXAMPLES = {"typed": 300, "files": 300, "qbxml": 150, "keap_answers": 60}
SEEDS = 40

Opened = tuple[Target, Run, list[bytes]]


@pytest.fixture(scope="module", params=list(ABOUT))
def opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    """A target, ready to be fed, with its seeds."""
    target = target_named(request.param)
    folder = tmp_path_factory.mktemp(target.name)
    seeds = list(target.seeds(folder / "seeds"))
    with target.open(folder / "world") as run:
        yield target, run, [seed for seed in seeds if len(seed) <= target.longest]


def test_what_was_found_before_is_mended(opened: Opened) -> None:
    target, run, _ = opened
    for file in sorted((FOUND / target.name).glob("*")):
        run(file.read_bytes())


def test_good_inputs_are_taken(opened: Opened) -> None:
    _, run, seeds = opened
    for seed in Random(1).sample(seeds, min(SEEDS, len(seeds))):
        run(seed)


def test_changed_inputs_do_no_harm(opened: Opened) -> None:
    target, run, seeds = opened

    @settings(
        max_examples=EXAMPLES.get(target.name, 30),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(seeds), st.integers(0, 2**32))
    def feed(seed: bytes, number: int) -> None:
        run(changed(seed, target.longest, Random(number), target.words))

    feed()


def test_every_input_that_was_kept_belongs_to_a_target() -> None:
    assert {place.name for place in FOUND.iterdir()} <= set(ABOUT)


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_long_mode_runs_and_tells_how_it_went(tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed (the extra `fuzz`)")
    told = subprocess.run(
        [
            *(sys.executable, "-m", "tests.fuzz", "typed"),
            *("--minutes", "0.1", "--folder", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "findings: none" in told.stdout
