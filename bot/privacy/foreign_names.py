"""People's names told in the languages in which people write here besides French, after "my name is".

The assistant answers such a message that it speaks French, but the message is kept as any other. The words
that announce a name are those of each language; where a name ends, the letters tell: capitals go on, and a
name in small letters ends before a word with which a sentence goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.found import Found
from bot.privacy.words import AFTER_A_FOREIGN_NAME, AFTER_A_NAME, NEVER_A_NAME, ROLES, fold

_MOST_WORDS = 4
_MOST_IN_SMALL_LETTERS = 2
# After these any word that may be a name is one; "soy", "ich bin" and the like need a capital, and a surname
# or the end of the sentence after it: "I am French and …" tells no name.
_TELLS = re.compile(
    r"(?<!\w)(?:(?:my|the) (?:full |first |last )?name(?: is|['’]s)|(?:they )?call me|i(?: am|['’]m) called|"
    r"me llamo|mi nombre(?: completo)? es|mi chiamo|il mio nome (?:è|e['’]?)|(?:o )?meu nome (?:é|e)|"
    r"me chamo|chamo-me|ich hei(?:ß|ss)e|mein name ist|mijn naam is|ik heet|em dic|nazywam się|mam na imię|"
    r"m[ăa] numesc|numele meu (?:este|e)|(?:benim )?ad[ıi]m|ismim|quhem|zovem se|меня зовут|мене звати|"
    r"tôi tên là|jag heter|jeg hedder)\s*:?\s+",
    re.IGNORECASE,
)
_IS = re.compile(
    r"(?<!\w)(?:i am|i['’]m|this is|soy|yo soy|sono|io sono|sou|eu sou|ich bin|ik ben|jestem|я)\s+"
    r"(?:(?:mr|mrs|ms|miss|dr|herr|frau|señora?|signora?|senhora?)\.?\s+)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_GAP = re.compile(r"[ \t]+")
_PARTICLES = frozenset(
    "al ben bin bint da das de degli del della den der di do dos du el ibn la le van von y zu".split()
)
_CLOSES = re.compile(r"[ \t]*(?:[.,;!\n]|$)")

_ARABIC_CUE = re.compile(r"(?:(?:أنا|انا)\s+)?(?:[إا]سمي|أدعى|ادعى)\s*(?:هو|الكامل)?\s*:?\s*")
_ARABIC_WORD = re.compile(r"[\u0621-\u064a\u0671-\u06d3]+")
_ARABIC_JOINS = frozenset("بن ابن بنت أبو ابو عبد آل ال بو".split())
# "not", "wrong", "written", "is", "I lost", "from", "on", "in", "I have", "and I"…
_ARABIC_STOPS = frozenset(
    "غير ليس لا خطأ مكتوب موجود فقدت ضاعت أضعت اضعت ضيعت سرقت من على في عندي لدي أريد اريد و أنا انا هل "
    "كيف لقد".split()
)
_CHINESE = re.compile(
    r"(?:我叫|我的名字(?:是|叫))\s*(?P<name>[\u4e00-\u9fff]{2,4}?)(?=我|的|[^\u4e00-\u9fff]|$)"
)

# A person's own page: the address tells who they are.
_PROFILE = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?:(?:www|m|fr|fr-fr|web|mobile)\.)?"
    r"(?:facebook\.com|fb\.com|fb\.me|m\.me|messenger\.com/t|instagram\.com|linkedin\.com/in|fr\.linkedin\.com/in|"
    r"tiktok\.com|snapchat\.com/add|twitter\.com|x\.com|t\.me|threads\.net|pinterest\.(?:fr|com))/"
    r"(?!(?:groups?|pages?|events?|watch|share|sharer|help|privacy|policies|p|reel|stories|hashtag|search|intent)\b)"
    r"(?:profile\.php\?id=|people/)?(?P<name>@?[\w.%-]*\w)",
    re.IGNORECASE,
)


def find(text: str) -> Iterator[Found]:
    """The names in ``text``, and those in addresses of personal pages; they may overlap."""
    for match in _TELLS.finditer(text):
        yield from _named(text, match.end(), needs_capital=False)
    for match in _IS.finditer(text):
        yield from _named(text, match.end(), needs_capital=True)
    for match in _ARABIC_CUE.finditer(text):
        yield from _arabic(text, match.end())
    for pattern in (_CHINESE, _PROFILE):
        for match in pattern.finditer(text):
            yield Found(*match.span("name"), "name")


def _named(text: str, start: int, needs_capital: bool) -> Iterator[Found]:
    first = _WORD.match(text, start)
    if first is None:
        return
    capitals = first[0][0].isupper() and not text.isupper()
    if needs_capital and not capitals:
        return
    end, names, position = start, 0, start
    while names < (_MOST_WORDS if capitals else _MOST_IN_SMALL_LETTERS):
        word = _WORD.match(text, position)
        if word is None:
            break
        if names and fold(word[0]) in _PARTICLES and _goes_on(text, word.end(), capitals):
            pass
        elif _may_be_name(word[0], capitals):
            names, end = names + 1, word.end()
        else:
            break
        gap = _GAP.match(text, word.end())
        if gap is None:
            break
        position = gap.end()
    if names > 1 or (names and not (needs_capital and not _CLOSES.match(text, end))):
        yield Found(start, end, "name")


def _goes_on(text: str, position: int, capitals: bool) -> bool:
    """Whether a word of the name follows a particle such as "de" or "bin"."""
    gap = _GAP.match(text, position)
    word = _WORD.match(text, gap.end()) if gap else None
    return word is not None and (fold(word[0]) in _PARTICLES or _may_be_name(word[0], capitals))


def _may_be_name(word: str, capitals: bool) -> bool:
    folded = fold(word)
    if folded in AFTER_A_FOREIGN_NAME | NEVER_A_NAME | AFTER_A_NAME | ROLES:
        return False
    return not capitals or word[0].isupper()


def _arabic(text: str, start: int) -> Iterator[Found]:
    """Up to three words, and what "ben" or "abd" joins to them."""
    end, position, more = start, start, 3
    while more and (word := _ARABIC_WORD.match(text, position)):
        joins = word[0] in _ARABIC_JOINS
        if word[0] in _ARABIC_STOPS or (end > start and word[0].startswith("و") and not joins):
            break
        # A particle takes the next word with it.
        more -= not joins
        end = word.end()
        gap = _GAP.match(text, end)
        if gap is None:
            break
        position = gap.end()
    if end > start:
        yield Found(start, end, "name")
