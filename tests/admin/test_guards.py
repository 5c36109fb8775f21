"""Headers, form tokens and error pages."""

import re

import pytest

from tests.admin.site import Site

BUTTONS = (
    "/drain/end",
    "/sign-in",
    "/sign-out",
    "/c/acme/orders",
    "/c/acme/orders/1048",
    "/c/acme/orders/1048/undo",
    "/c/acme/orders/undo",
    "/c/acme/updates/1/undo",
    "/c/acme/settings",
    "/c/acme/password",
    "/c/acme/keap/key",
    "/c/acme/keap/test",
    "/c/acme/keap/use-key",
    "/c/acme/keap/disconnect",
    "/c/acme/keap/account",
    "/c/acme/set-up/last-days",
    "/c/acme/set-up/read",
    "/c/acme/set-up/file",
    "/c/acme/set-up/this-computer",
    "/c/acme/set-up/company",
    "/c/acme/set-up/go-on",
    "/c/acme/set-up/settings/form",
    "/c/acme/set-up/seen/products",
    "/c/acme/set-up/send-three",
    "/c/acme/set-up/undo-three",
    "/c/acme/set-up/switch-on",
    "/c/acme/home/read",
    "/c/acme/pause",
    "/c/acme/resume",
    "/c/acme/company-file",
    "/c/acme/company-file/open-one",
    "/c/acme/products",
    "/c/acme/products/import",
    "/c/acme/products/1/unknown",
)


@pytest.mark.parametrize("page", ["/sign-in", "/", "/c/acme", "/c/nothing", "/no/such/page"])
def test_every_answer_has_the_headers(site: Site, page: str) -> None:
    site.add_connection()
    headers = site.bookkeeper().get(page).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'self'; script-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Cache-Control"] == "no-store"


def test_a_page_with_a_stricter_policy_keeps_it(site: Site) -> None:
    @site.app.get("/strict")
    def strict() -> tuple[str, dict[str, str]]:
        return "", {"Content-Security-Policy": "default-src 'none'"}

    headers = site.visitor().get("/strict").headers
    assert headers["Content-Security-Policy"] == "default-src 'none'"


def test_only_the_style_sheet_is_kept_by_the_browser(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/sign-in")
    address = visitor.page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert visitor.get("/assets/none.css").headers["Cache-Control"] == "no-store"


def test_no_page_has_an_inline_script_an_inline_style_or_another_host(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    for page in ("/", "/c/acme", "/c/acme/orders", "/c/acme/errors", "/help", "/nothing"):
        visitor.get(page)
        assert set(re.findall(r"<script[^>]*>[^<]*", visitor.page)) == set(
            re.findall(r'<script src="/assets/[^"]+" defer>', visitor.page)
        ), page
        for forbidden in ("style=", "<style", "onclick", "http://", "https://"):
            assert forbidden not in visitor.page, (page, forbidden)


@pytest.mark.parametrize("address", BUTTONS)
def test_a_form_without_its_token_changes_nothing(site: Site, address: str) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.page = ""
    assert visitor.post(address, {"verb": "skip", "answer": "copy"}).status_code == 400
    assert "Nothing was changed" in visitor.page


@pytest.mark.parametrize(
    "address",
    [
        "/c/beta",
        "/c/ACME",
        "/c/acme%00",
        "/c/../etc/passwd",
        "/c/acme/orders/0",
        "/c/acme/orders/99",
        "/c/acme/orders/9999999999999999999",
        "/c/acme/orders/-1",
        "/c/acme/orders/1%20or%201",
        "/c/beta/orders",
        "/c/beta/errors",
        "/c/beta/qwc",
        "/c/beta/password",
    ],
)
def test_an_address_that_names_nothing_is_not_found(site: Site, address: str) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    assert visitor.get(address).status_code == 404
    assert "There is no such page" in visitor.page


def test_a_button_for_an_unknown_connection_is_not_found(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    for address in BUTTONS[3:]:
        visitor.get("/c/acme")
        wrong = address.replace("acme", "beta")
        form = {"verb": "skip", "order": "1", "answer": "copy", "keap_key": "x"}
        assert visitor.post(wrong, form).status_code == 404, wrong


def test_another_method_is_told_so(site: Site) -> None:
    visitor = site.bookkeeper()
    visitor.get("/help")
    assert visitor.post("/help").status_code == 405
    assert "That page takes no such request" in visitor.page


@pytest.mark.parametrize("page", ["/", "/help", "/sign-in", "/keap/callback"])
def test_a_query_that_is_no_text_is_refused(site: Site, page: str) -> None:
    client = site.bookkeeper().client
    answer = client.get(page, environ_overrides={"QUERY_STRING": "next=/c/\xba"})
    assert answer.status_code == 400
    assert "That form could not be read" in answer.get_data(as_text=True)


def test_a_form_that_is_too_large_is_refused(site: Site) -> None:
    site.add_connection()
    visitor = site.bookkeeper()
    visitor.get("/c/acme")
    assert visitor.post("/c/acme/keap/key", {"keap_key": "x" * 200_000}).status_code == 413
    assert "That form is too large" in visitor.page


def test_our_own_mistake_is_admitted_without_a_trace(site: Site) -> None:
    @site.app.get("/broken")
    def broken() -> str:
        raise RuntimeError("the secret inside")

    visitor = site.visitor()
    assert visitor.get("/broken").status_code == 500
    assert "This is our mistake, not yours" in visitor.page
    assert "the secret inside" not in visitor.page


def test_another_host_name_gets_a_plain_refusal(site: Site) -> None:
    site.app.config["TRUSTED_HOSTS"] = ["sync.example.com"]
    answer = site.visitor().client.get("/", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    raw = {"QUERY_STRING": "state=\xff"}
    answer = site.visitor().client.get("/", headers={"Host": "evil.example"}, environ_overrides=raw)
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
