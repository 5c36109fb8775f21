import httpx
import pytest

from qbwc_service.demo.quickbooks import InProcessQuickBooks
from qbwc_service.demo.web_connector import QwcFile, QwcRefused, add_application

from .scripted import FILE_ID, OWNER_ID, qwc_text

HTTPS = {"AppURL": "https://sync.example.com/q", "AppSupport": "https://sync.example.com/s"}


def test_a_good_file_is_read(tmp_path):
    path = tmp_path / "acme.qwc"
    path.write_bytes(qwc_text(**HTTPS, CertURL="https://sync.example.com/h", IsReadOnly="False"))

    assert QwcFile.read(path) == QwcFile(
        app_name="Orders",
        app_url="https://sync.example.com/q",
        app_support="https://sync.example.com/s",
        cert_url="https://sync.example.com/h",
        user_name="acme",
        owner_id=OWNER_ID,
        file_id=FILE_ID,
        is_read_only=False,
        run_every_seconds=300,
    )


def test_without_cert_url_the_app_url_is_looked_at():
    assert QwcFile.parse(qwc_text(**HTTPS)).cert_url == "https://sync.example.com/q"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (
            {"AppURL": "http://sync.example.com/q", "AppSupport": "http://sync.example.com/s"},
            "QBWC1010",
        ),
        ({**HTTPS, "AppSupport": "https://www.example.com/s"}, "QBWC1000"),
        ({**HTTPS, "AppURL": "https://192.0.2.1/q"}, "QBWC1001"),
        ({**HTTPS, "AppSupport": "https://192.0.2.1/q"}, "QBWC1002"),
        ({"OwnerID": "57F3B9B1-86F1-4FCC-B1EE-566DE1813D20"}, "QBWC1039"),
        ({"FileID": "{57F3B9B1-86F1-4FCC-B1EE-566DE1813D2G}"}, "QBWC1039"),
        ({"RunEveryNMinutes": "0"}, "QBWC1039"),
        ({"RunEveryNMinutes": "five"}, "QBWC1039"),
        ({"UserName": ""}, "QBWC1039"),
        ({"AppID": None}, "QBWC1039"),
        ({"QBType": "QBO"}, "QBWC1039"),
    ],
)
def test_what_the_web_connector_would_not_add_is_refused(changes, code):
    with pytest.raises(QwcRefused) as refusal:
        QwcFile.parse(qwc_text(**changes))

    assert refusal.value.code == code


@pytest.mark.parametrize("content", [b"<QBWCXML>", b"<html/>"])
def test_what_is_no_qwc_file_is_refused(content):
    with pytest.raises(QwcRefused, match="QBWC1039"):
        QwcFile.parse(content)


def add(company, statuses: dict[str, int]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        status = statuses.get(request.url.path, 200)
        if status == 0:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(status)

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        add_application(QwcFile.parse(qwc_text()), InProcessQuickBooks(company), http)


def test_adding_writes_the_file_id_into_the_company(company):
    add(company, {"/support/acme": 202})

    assert company.store.data_ext(OWNER_ID) == {"FileID": FILE_ID}


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ({"/qbwc/acme": 405}, "QBWC1048"),
        ({"/qbwc/acme": 0}, "QBWC1048"),
        ({"/support/acme": 404}, "QBWC1003"),
        ({"/support/acme": 0}, "QBWC1004"),
    ],
)
def test_a_server_that_does_not_answer_is_not_added(company, statuses, code):
    with pytest.raises(QwcRefused) as refusal:
        add(company, statuses)

    assert refusal.value.code == code
    assert company.store.data_ext(OWNER_ID) == {"FileID": "{file}"}
