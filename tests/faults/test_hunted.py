"""A whole shop is staged completely by a reader that is killed again and again, while Keap answers
wrongly and people go on trading. At full size: `python -m tests.benchmarks.staging --faults 1`."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.hunted import Hunter
from tests.staging.against_shop import differences, missing
from tests.staging.installation import Installation
from tests.staging.keap_program import WITHOUT_LIMITS, keap_program

SHOP = ("--full", "1500", "--faults", "4", "--slow", "1", *WITHOUT_LIMITS)


@pytest.mark.slow
def test_deaths_faults_and_trade_during_the_reading_lose_and_double_nothing(tmp_path: Path) -> None:
    with keap_program(*SHOP) as keap, closing(Installation(tmp_path, keap)) as installation:
        hunter = Hunter(
            installation, tmp_path / "reader.log", seed=1, every=(0.05, 0.8), patience=0.5
        )
        keap.act("change_account", changes={"payments_touch_orders": False})
        keap.trade(orders=4000, steps=2000, late_by=15)
        hunter.read(most_kills=5)
        hunter.read(times=2, most_kills=3)
        traded = keap.end_trade()
        hunter.read(most_kills=1)
        # What the feeds show is there before the night looks at everything once more.
        assert missing(installation.database, keap.dump()) == []
        # Deletions and corrections are in no feed.
        hunter.read(days_later=1, most_kills=3)
        happened = keap.end_faults()
        hunter.read_undisturbed(days_later=1)
        print(hunter.hunt, traded, happened)
        assert differences(installation.database, keap.dump()) == []
    assert hunter.hunt.killed > 5
    assert len(happened) > 4
    assert traded["deleted"] > 0
