"""The file that a bookkeeper loads, and what is wrong with those that others wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qwc import (
    AuthFlags,
    PersonalDataPref,
    Problem,
    QBType,
    QwcFile,
    QwcInvalid,
    Style,
    UnattendedModePref,
    build,
    read,
)
from tests.qwc.connection import GOOD, qwc_file

FILE = b"""\
<?xml version="1.0" encoding="utf-8"?>
<QBWCXML>
  <AppName>Keap Orders</AppName>
  <AppID></AppID>
  <AppURL>https://sync.example.com/qbwc/acme</AppURL>
  <AppDescription>Sends Keap orders to QuickBooks</AppDescription>
  <AppSupport>https://sync.example.com/support/acme</AppSupport>
  <AppUniqueName>KeapOrders-acme</AppUniqueName>
  <CertURL>https://sync.example.com/healthz</CertURL>
  <UserName>acme-7f3c</UserName>
  <OwnerID>{5b1d2d4e-1f0a-4c7e-9d3b-0a1b2c3d4e5f}</OwnerID>
  <FileID>{57F3B9B1-86F1-4FCC-B1EE-566DE1813D20}</FileID>
  <QBType>QBFS</QBType>
  <Notify>false</Notify>
  <Scheduler>
    <RunEveryNMinutes>5</RunEveryNMinutes>
  </Scheduler>
  <IsReadOnly>false</IsReadOnly>
  <PersonalDataPref>pdpNotNeeded</PersonalDataPref>
  <UnattendedModePref>umpOptional</UnattendedModePref>
  <AuthFlags>0xE</AuthFlags>
  <Style>Document</Style>
</QBWCXML>
"""
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r<>&\"']]>")
)
NAME = TEXT.filter(str.strip)
GUID = st.uuids().map(lambda guid: f"{{{guid}}}")
SITE = st.sampled_from(["https://sync.example.com", "http://localhost:8000"])
FILES = SITE.flatmap(
    lambda site: st.builds(
        QwcFile,
        app_name=NAME,
        app_id=TEXT,
        app_url=st.sampled_from([f"{site}/qbwc/a", f"{site}/?a=1&b=<'\">"]),
        app_description=TEXT.map(lambda text: text[:80]),
        app_support=st.just(f"{site}/support/a"),
        app_unique_name=TEXT,
        app_display_name=TEXT,
        cert_url=st.sampled_from(["", f"{site}/healthz"]),
        user_name=NAME,
        owner_id=GUID,
        file_id=GUID.map(str.upper),
        run_every_minutes=st.integers(1, 10**12),
        auth_flags=st.integers(0, 15).map(AuthFlags),
        is_read_only=st.booleans(),
        notify=st.booleans(),
        personal_data_pref=st.sampled_from(PersonalDataPref),
        qb_type=st.sampled_from(QBType),
        style=st.sampled_from(Style),
        unattended_mode_pref=st.sampled_from(UnattendedModePref),
    )
)


def problems(content: bytes) -> list[tuple[str, int | None]]:
    with pytest.raises(QwcInvalid) as caught:
        read(content)
    return [(problem.element, problem.code) for problem in caught.value.problems]


def changed(old: str, new: str) -> bytes:
    assert old.encode() in FILE
    return FILE.replace(old.encode(), new.encode())


def test_the_file_is_complete():
    assert build(GOOD) == FILE


@given(FILES)
def test_what_was_built_reads_back_the_same(file):
    assert read(build(file)) == file


@given(FILES)
def test_what_was_built_is_plain_utf_8_xml(file):
    content = build(file)
    assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<QBWCXML>')
    assert etree.fromstring(content).findtext("AppName") == file.app_name


def test_elements_that_say_nothing_are_left_out():
    names = [
        element.tag
        for element in etree.fromstring(build(qwc_file(app_unique_name="", cert_url="")))
    ]
    assert not {"AppUniqueName", "AppDisplayName", "CertURL"} & set(names)
    assert names[:2] == ["AppName", "AppID"]


def test_a_file_with_a_problem_is_not_built():
    with pytest.raises(QwcInvalid) as caught:
        build(qwc_file(user_name="", run_every_minutes=0))
    assert caught.value.problems == (
        Problem("UserName", 1039, "UserName is empty."),
        Problem("Scheduler/RunEveryNMinutes", None, "RunEveryNMinutes must be 1 or more."),
    )
    assert str(caught.value) == "QBWC1039: UserName is empty. RunEveryNMinutes must be 1 or more."


def test_elements_may_come_in_any_order_with_comments_and_a_byte_order_mark():
    root = etree.fromstring(FILE)
    root[:] = reversed(root)
    root.insert(3, etree.Comment("edited"))
    root.find("AppName").append(etree.ProcessingInstruction("edited"))
    assert read(b"\xef\xbb\xbf" + etree.tostring(root, encoding="utf-8")) == GOOD


def test_blanks_around_numbers_and_choices_do_not_matter():
    content = FILE
    for name in (b"RunEveryNMinutes", b"AuthFlags", b"Notify", b"QBType", b"Style"):
        content = content.replace(b"<%s>" % name, b"<%s>\n " % name)
        content = content.replace(b"</%s>" % name, b" </%s>" % name)
    yes = content.replace(b"<Notify>\n false", b"<Notify>\n true")
    assert (read(content), read(yes)) == (GOOD, qwc_file(notify=True))


def test_what_may_be_absent_is_what_the_web_connector_takes():
    kept = "AppName AppID AppURL AppDescription AppSupport UserName OwnerID FileID QBType Scheduler"
    root = etree.fromstring(FILE)
    for element in root:
        if element.tag not in kept.split():
            root.remove(element)
    assert read(etree.tostring(root)) == qwc_file(
        app_unique_name="", cert_url="", auth_flags=AuthFlags(0)
    )


@pytest.mark.parametrize(
    "name",
    [
        "AppName",
        "AppID",
        "AppURL",
        "AppDescription",
        "AppSupport",
        "UserName",
        "OwnerID",
        "FileID",
        "QBType",
        "Scheduler",
    ],
)
def test_what_is_needed_is_named_when_it_is_missing(name):
    root = etree.fromstring(FILE)
    root.remove(root.find(name))
    path = "Scheduler/RunEveryNMinutes" if name == "Scheduler" else name
    assert problems(etree.tostring(root)) == [(path, 1039)]


@pytest.mark.parametrize(
    ("old", "new", "element", "code"),
    [
        (">0xE<", ">14<", "AuthFlags", 1034),
        (">0xE<", ">0x10<", "AuthFlags", 1034),
        (">0xE<", ">-0x1<", "AuthFlags", 1034),
        (">5<", ">five<", "Scheduler/RunEveryNMinutes", None),
        (">5<", ">0<", "Scheduler/RunEveryNMinutes", None),
        (">5<", ">٥<", "Scheduler/RunEveryNMinutes", None),
        ("QBFS", "QBXX", "QBType", None),
        ("umpOptional", "optional", "UnattendedModePref", None),
        ("<Notify>false", "<Notify>no", "Notify", None),
        ("<FileID>{", "<FileID>}", "FileID", 1026),
        ("{5b1d", "{Gb1d", "OwnerID", 1039),
        ("https://sync.example.com/qbwc", "http://sync.example.com/qbwc", "AppURL", 1010),
        ("PersonalDataPref>", "PersonalDataPrep>", "PersonalDataPrep", None),
        ("RunEveryNMinutes>", "RunEveryNSeconds>", "Scheduler/RunEveryNSeconds", None),
        ("<AppID></AppID>", "<AppID/><AppID/>", "AppID", None),
        ("Keap Orders", "<b>Keap</b>", "AppName/b", None),
        ("QBWCXML", "QBWC", "QBWCXML", None),
        ("</QBWCXML>", "", "QBWCXML", None),
        ("<QBWCXML>", "<!DOCTYPE QBWCXML><QBWCXML>", "QBWCXML", None),
        ("Keap Orders", "Keap & Orders", "QBWCXML", None),
    ],
)
def test_a_damaged_file_names_its_problem(old, new, element, code):
    assert problems(changed(old, new)) == [(element, code)]


def test_entities_are_not_read():
    before = '<!DOCTYPE QBWCXML [<!ENTITY x SYSTEM "file:///etc/hostname">]><QBWCXML>'
    content = changed("<QBWCXML>", before).replace(b"Keap Orders", b"&x;")
    assert problems(content) == [("QBWCXML", None)]


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"hello", b"\xff\xfe", FILE.replace(b"K", b"\xe9")]
)
def test_what_is_no_xml_is_refused(content):
    assert problems(content) == [("QBWCXML", None)]


@given(st.binary())
def test_no_bytes_end_in_another_exception(content):
    with pytest.raises(QwcInvalid):
        read(content)
