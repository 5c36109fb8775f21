"""A person at the simulated Keap's page, without a browser."""

from urllib.parse import parse_qs, urlsplit

import httpx

from qbwc_service.demo.keap import SimulatedKeap


def press(address: str, answer: str = "allow", *, account: str = "") -> str:
    """Press Allow or Deny on the page at `address`; gives where the browser is sent then."""
    parts = urlsplit(address)
    form = {name: values[0] for name, values in parse_qs(parts.query).items()}
    form |= {"answer": answer} | ({"account": account} if account else {})
    page = parts._replace(query="").geturl()
    response = httpx.post(page, data=form, trust_env=False)
    assert response.status_code == 302, response.text
    return response.headers["location"]


def allowed_code(
    keap: SimulatedKeap, redirect_uri: str, *, tenant: str = "", challenge: str = ""
) -> str:
    """The code that Keap gives for an Allow."""
    query = {
        "client_id": keap.sign_in.client_id,
        "response_type": "code",
        "redirect_uri": redirect_uri,
    } | ({"code_challenge": challenge} if challenge else {})
    address = str(httpx.URL(keap.authorize_url, params=query))
    return parse_qs(urlsplit(press(address, account=tenant)).query)["code"][0]
