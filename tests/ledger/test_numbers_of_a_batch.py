"""Orders that are planned together never get one number."""

from tests.world import World, sale

LONG = 123456789012


def numbers(world: World) -> dict[int, str]:
    """What waits to be sent, by order."""
    return {
        posting.order_id: posting.number
        for posting in world.postings()
        if posting.kind.is_sale and posting.order_id is not None
    }


def test_two_long_numbers_that_end_alike_are_told_apart_in_one_batch(world: World) -> None:
    twin = LONG + 10**12
    world.keap_has(sale(LONG), sale(twin))
    world.update()
    found = numbers(world)
    assert found[LONG] == "23456789012"
    assert found[twin] != found[LONG]
    assert len(found[twin]) == 11


def test_the_next_batch_sees_what_the_one_before_took(world: World) -> None:
    twin = LONG + 10**12
    world.keap_has(sale(LONG))
    world.update()
    world.keap_has(sale(twin))
    world.update()
    assert len(set(numbers(world).values())) == 2


def test_planned_again_each_keeps_its_number(world: World) -> None:
    twin = LONG + 10**12
    world.keap_has(sale(LONG), sale(twin))
    world.faults.drop_answer_at(3)
    world.update()
    before = numbers(world)
    assert len(set(before.values())) == 2
    world.set(memo="{title}")
    world.update()
    assert numbers(world) == before
    assert [invoice.number for invoice in world.books().invoices] == list(before.values())
