"""Orders with one trouble each."""

from collections.abc import Mapping

from tests.accounts.stories import Teller, unpaid

TROUBLES: Mapping[Teller, int] = {unpaid: 1}
