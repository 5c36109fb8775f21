"""Changes inputs by their words and tags, where a fuzzer's own mutations know only bytes."""

import re
from random import Random

_TOKEN = re.compile(
    rb"<[^<>]{0,400}>|\"(?:[^\"\\\x1e]|\\.){0,400}\"|[A-Za-z0-9_.\-]+|\x1e|&[^;&\s]{0,12};|\s+|.",
    re.DOTALL,
)
#: what parsers stumble over, whatever they read
TROUBLE = (
    b"",
    b"0",
    b"-1",
    b"00",
    b"1e9",
    b"1E400",
    b"NaN",
    b"Infinity",
    b"0,00",
    b"-0.005",
    b"9" * 18,
    b"9" * 19,
    b"9" * 60,
    b"2147483648",
    b"9223372036854775808",
    b"2026-02-30",
    b"0000-00-00",
    b"0001-01-01",
    b"9999-12-31T23:59:59-23:59",
    b"2026-11-23T10:00:00",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b'""',
    b"\\ud800",
    b"\\u0000",
    b"\xed\xa0\x80",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc2\x85",
    b"\xe2\x80\xa8",
    b"\xd9\xa3",
    b"\x00",
    b"\r",
    b"&#0;",
    b"&#x1F;",
    b"&#xD800;",
    b"&lt;",
    b"&amp;amp;",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<?x ?>",
    b"<!DOCTYPE x>",
    b" " * 50,
    b"%00",
    b"%ff",
    b"%ed%a0%80",
    b"../",
    b"{}",
    b"{0}",
    b"%s",
    b"A" * 300,
    "é🦁".encode() * 20,
)


def changed(data: bytes, longest: int, random: Random, words: tuple[bytes, ...] = ()) -> bytes:
    """`data` with one to four of its tokens taken out, doubled, swapped, cut or replaced."""
    tokens = _TOKEN.findall(data) or [b""]
    for _ in range(random.choice((1, 1, 2, 4))):
        place = random.randrange(len(tokens)) if tokens else 0
        match random.randrange(9):
            case 0:
                del tokens[place : place + random.choice((1, 1, 3, 12))]
            case 1:
                some = tokens[place : place + random.choice((1, 3, 8, 40))]
                tokens[place:place] = some * random.choice((1, 1, 1, 2, 30))
            case 2 if tokens:
                other = random.randrange(len(tokens))
                tokens[place], tokens[other] = tokens[other], tokens[place]
            case 3 if words:
                tokens[place : place + 1] = [random.choice(words)]
            case 4 if words:
                tokens[place:place] = [random.choice(words)]
            case 5:
                tokens[place : place + 1] = [random.choice(TROUBLE)]
            case 6:
                tokens[place:place] = [random.choice(TROUBLE)]
            case 7 if tokens:
                old, new = tokens[place], random.choice(TROUBLE)
                tokens = [new if token == old else token for token in tokens]
            case _ if tokens:
                tokens[place] = _cut(tokens[place], random)
    return b"".join(tokens)[:longest]


def _cut(token: bytes, random: Random) -> bytes:
    """One byte of it changed, or an end taken off."""
    if not token:
        return bytes([random.randrange(256)])
    place = random.randrange(len(token))
    if random.random() < 0.3:
        return token[:place]
    return token[:place] + bytes([random.randrange(256)]) + token[place + 1 :]
