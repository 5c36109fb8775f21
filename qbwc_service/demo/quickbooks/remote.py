"""The QuickBooksPort over HTTP: for a Web Connector in another process."""

from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

from .errors import SERVER_DIED, HResult, QuickBooksError
from .port import QuickBooksSession

_REFUSED: Final = 409


class RemoteError(QuickBooksError):
    """The simulated QuickBooks could not play what it was asked."""


class RemoteQuickBooks:
    """Calls a CompanyServer. A QuickBooks that dies in a call is HResult 0x80040402."""

    def __init__(self, url: str, *, timeout: float = 100.0) -> None:
        self._http = httpx.Client(base_url=url, timeout=timeout, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def begin_session(self, company_file: str) -> QuickBooksSession:
        answer = self._call("POST", "/session", {"company_file": company_file}).json()
        return QuickBooksSession(answer["ticket"], answer["company_file"])

    def process(self, ticket: str, text: str) -> str:
        return self._call("POST", "/process", text, ticket).text

    def end_session(self, ticket: str) -> None:
        try:
            self._call("DELETE", "/session", ticket=ticket)
        except HResult as refusal:
            if refusal.code != SERVER_DIED:
                raise

    def write_file_id(self, owner_id: str, file_id: str) -> None:
        self._call("POST", "/file-id", {"owner_id": owner_id, "file_id": file_id})

    def act(self, action: str, **arguments: str | int | bool | Path) -> Any:
        """One act of a Person at the QuickBooks computer; returns what it returns."""
        values = {name: str(v) if isinstance(v, Path) else v for name, v in arguments.items()}
        return self._call("POST", "/human", {"action": action, **values}).json()["result"]

    def books(self) -> Any:
        """The books as JSON; money as text."""
        return self._call("GET", "/books").json()

    def _call(
        self, method: str, path: str, content: object = None, ticket: str = ""
    ) -> httpx.Response:
        headers = {"X-Session": ticket} if ticket else {}
        try:
            if isinstance(content, str):
                answer = self._http.request(method, path, content=content, headers=headers)
            else:
                answer = self._http.request(method, path, json=content, headers=headers)
        except httpx.HTTPError as error:
            raise HResult(SERVER_DIED, detail=str(error)) from error
        if answer.status_code != _REFUSED:
            return answer.raise_for_status()
        refusal = answer.json()
        if "hresult" in refusal:
            raise HResult(int(refusal["hresult"], 16), refusal["message"])
        raise RemoteError(refusal["error"])
