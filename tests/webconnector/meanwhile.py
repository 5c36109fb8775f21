"""QuickBooks that takes its time over a message while the rest of the world goes on."""

from collections.abc import Callable

from qbwc_service.demo.quickbooks import Company, InProcessQuickBooks


class QuickBooksAtWork(InProcessQuickBooks):
    """Something else happens before it runs the first message with that request; or, where it is
    the answer that is slow, after it has run it."""

    def __init__(
        self,
        company: Company,
        request: str,
        meanwhile: Callable[[], object],
        *,
        slow_answer: bool = False,
    ) -> None:
        super().__init__(company)
        self._request = request
        self._meanwhile: Callable[[], object] | None = meanwhile
        self._slow_answer = slow_answer

    def process(self, ticket: str, text: str) -> str:
        happens = self._meanwhile
        if happens is None or f"<{self._request}" not in text:
            return super().process(ticket, text)
        self._meanwhile = None
        if self._slow_answer:
            answer = super().process(ticket, text)
            happens()
            return answer
        happens()
        return super().process(ticket, text)
