"""QuickBooks that takes its time over a message while the rest of the world goes on."""

from collections.abc import Callable

from qbwc_service.demo.quickbooks import Company, InProcessQuickBooks


class QuickBooksAtWork(InProcessQuickBooks):
    """Before it runs the first message with that request, something else happens."""

    def __init__(self, company: Company, request: str, meanwhile: Callable[[], object]) -> None:
        super().__init__(company)
        self._request = request
        self._meanwhile: Callable[[], object] | None = meanwhile

    def process(self, ticket: str, text: str) -> str:
        happens = self._meanwhile
        if happens is not None and f"<{self._request}" in text:
            self._meanwhile = None
            happens()
        return super().process(ticket, text)
