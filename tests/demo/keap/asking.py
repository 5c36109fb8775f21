"""How the simulator's tests ask it: plain HTTP, nothing of our own client."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from qbwc_service.demo.keap import Faults, Shop
from qbwc_service.demo.keap.api import PREFIX, Answer, KeapApi, Request, from_json

KEY = "KeapAK-test"
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


class Asker:
    """Asks the API of a shop without a socket."""

    def __init__(self, shop: Shop) -> None:
        self.faults = Faults()
        self.api = KeapApi(shop, self.faults, KEY)

    def answer(self, path: str, parameters: Mapping[str, str] | None = None) -> Answer:
        return self.api.answer(Request("GET", PREFIX + path, parameters or {}, KEY))

    def get(self, path: str, **parameters: str) -> Any:
        answer = self.answer(path, parameters)
        assert answer.status == 200, answer.body
        return from_json(answer.body)

    def ids(self, path: str, **parameters: str) -> list[str]:
        [rows] = [v for v in self.get(path, **parameters).values() if isinstance(v, list)]
        return [row["id"] for row in rows]

    def refusal(self, path: str, **parameters: str) -> str:
        answer = self.answer(path, parameters)
        assert answer.status == 400
        return str(from_json(answer.body)["message"])

    def pages(
        self, path: str, name: str, between: Callable[[], object] = lambda: None, **parameters: str
    ) -> Iterator[list[str]]:
        token = ""
        for _ in range(100):
            page = self.get(path, **parameters, **({"page_token": token} if token else {}))
            yield [row["id"] for row in page[name]]
            token = page["next_page_token"]
            if not token:
                return
            between()
        raise AssertionError("endless pages")
