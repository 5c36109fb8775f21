"""Tables of letters: how to write what Windows-1252, QuickBooks' character set, does not hold."""

# Typographic characters and their ASCII look-alikes: safer in searches than their own codes.
_PLAIN = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u00b4\u02bc",
    '"': "\u201c\u201d\u201e\u201f\u2033",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
    "...": "\u2026",
    "*": "\u2022",
    "/": "\u2044",
    "<": "\u2039",
    ">": "\u203a",
    "^": "\u02c6",
    "~": "\u02dc",
}

# Latin letters that Unicode does not take apart into a letter and a mark.
_LATIN = """
    đ=d ħ=h ĸ=k ł=l ŋ=ng ŧ=t ə=e ɖ=d ɛ=e ɔ=o ɓ=b ɗ=d ƙ=k ı=i ẞ=SS
"""

_GREEK = """
    α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f
    χ=ch ψ=ps ω=o
"""

_CYRILLIC = """
    а=a б=b в=v г=g д=d е=e ё=yo ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f
    х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya є=ye і=i ї=yi ґ=g ў=u ђ=dj ј=j љ=lj њ=nj
    ћ=c џ=dz ѕ=dz ќ=kj ѓ=gj
"""


def _spellings(*tables: str) -> dict[str, str]:
    """Each table lists small letters; the capital is spelled with a capital."""
    spelled: dict[str, str] = {}
    for pair in " ".join(tables).split():
        letter, _, spelling = pair.partition("=")
        spelled[letter] = spelling
        spelled.setdefault(letter.upper(), spelling.capitalize())
    return spelled


LOOK_ALIKES = {char: plain for plain, chars in _PLAIN.items() for char in chars}
SPELLINGS = _spellings(_LATIN, _GREEK, _CYRILLIC)
