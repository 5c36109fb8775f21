"""The check of all messages is itself checked, and says so where it cannot be made."""

import pytest

from tests.validity import CHECKED_WITH, VALIDATOR, complaints
from tests.world import World, paid, sale

needs_validator = pytest.mark.skipif(
    not VALIDATOR.exists(),
    reason="the reference validator of qbXML is not here; messages were checked by our schema only",
)


@needs_validator
def test_the_validator_refuses_a_wrong_message() -> None:
    message = '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><Wrong/></QBXML>'

    assert "ERROR" in complaints(message)


@needs_validator
def test_a_days_messages_are_valid(world: World) -> None:
    world.keap_has(sale(1048), payments=[paid(1048, 1000)])
    result = world.update()

    assert len(result.exchanges) >= 4
    for version in CHECKED_WITH:
        told = [complaints(exchange.request, version) for exchange in result.exchanges]
        assert told == [""] * len(result.exchanges)
