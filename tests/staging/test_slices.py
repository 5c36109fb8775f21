from qbwc_service.staging.slices import Slice


def test_a_slice_is_spent_when_its_pages_are_read() -> None:
    budget = Slice(pages=2, seconds=20, elapsed=lambda: 0.0)
    budget.page_read()
    assert not budget.spent()
    budget.page_read()
    assert budget.spent()


def test_a_slice_is_spent_when_its_time_is_over() -> None:
    moments = [100.0]
    budget = Slice(pages=25, seconds=20, elapsed=lambda: moments[0])
    moments[0] = 119.9
    assert not budget.spent()
    moments[0] = 120.0
    assert budget.spent()
