"""Postal addresses: a house number, a kind of way and its name, with what follows of town and postcode.

The mask keeps the number of the département, since prices depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.found import Found
from bot.privacy.words import AFTER_A_NAME, fold

_WAYS = (
    r"rue|r\.|avenue|av[.e]?|aven?\.|boulevard|bld?v?\.?|bd\.?|boul\.|place|pl\.|chemin|che?m?\.|impasse|"
    r"imp\.?|all[ée]e|all?\.|"
    r"route|rte\.?|quai|cours|square|sq\.|r[ée]sidence|r[ée]s\.|lotissement|lot\.?|hameau|passage|villa|"
    r"sentier|sente|ruelle|venelle|faubourg|"
    r"fbg\.?|fg\.?|esplanade|voie|rond-point|cit[ée]|domaine|traverse|mont[ée]e|c[ôo]te|promenade|mail|"
    r"parvis|"
    r"clos|cour|galerie|rampe|lieu[- ]dit|zac?|za|zi|ru[ea]e?|roue|avneue|cit[ée]"
)  # fmt: skip
# Those that mean nothing else where no number comes before.
_SURE_WAYS = (
    r"rue|avenue|av\.|boulevard|bd|place|chemin|impasse|all[ée]e|square|lotissement|hameau|quai|lieu[- ]dit"
)
_NUMBER = r"(?!(?:19|20)\d\d (?!rue|av|bd|boul|chemin|imp))\d{1,4}(?:\s?(?:bis|ter|quater|[a-d](?![a-z])))?"
_HOUSE = re.compile(
    rf"(?<![\w+.,/€-])(?:(?:appartement|appt?\.?|b[âa]t(?:iment|\.)?|[ée]tage)\s\w{{1,4}}\s?,?\s*)?"
    rf"(?:n°\s?|no\s)?{_NUMBER}\s?,?\s*(?:{_WAYS})(?=[ '’])\s*",
    re.IGNORECASE,
)
_LIVING = re.compile(
    r"(?:habit\w*|demeur\w*|domicili\w*|r[ée]sid\w+|adresse(?: postale| actuelle| exacte)?(?: est|"
    r" c['’]est)?|log[ée]e?|vis|install[ée]e?s?)(?!\w)\s*:?\s*"
    rf"(?:(?:au|à|a|dans|la|le|l['’]|sur|,|:)\s*){{0,2}}(?P<way>(?:{_SURE_WAYS}|apt\.?|appartement|"
    rf"b[âa]timent)(?=[ '’])\s*)",
    re.IGNORECASE,
)
_NAMED_PLACE = re.compile(
    r"(?<!\w)(?:lieu[- ]dit|r[ée]sidence|immeuble|lotissement|hameau)\s+"
    r"(?:des?\s+|du\s+)?(?:l[ea]s?\s+|l['’])?(?=(?-i:[A-ZÀ-Ý]))",
    re.IGNORECASE,
)
# "2 places assises", "1 place de parking", "3 cours de conduite": not a street.
_NOT_A_STREET = re.compile(
    r"(?:place|cours|route|voie|mail|all[ée]e|passage|c[ôo]te|domaine|lot|villa|r[ée]sidence|cour|galerie|"
    r"mont[ée]e)\s+"
    r"(?:de (?:parking|garage|conduite|code|cinq|secondaire)|assise?s?|debout|fiscale|envoy|gratuit|libre|"
    r"handicap|"
    r"barr[ée]e|moyenne|re[çc]u|seul|unique|dans|pour|par|sur|que|qui|est|secondaire|principale?\b|"
    r"nationale|d[ée]partementale)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*\.?", re.IGNORECASE)
_JOINING = frozenset("de du des d la le les l l' d' et aux saint sainte st ste sur sous en".split())
_MOST_WORDS = 4
_TOWN = re.compile(
    r"\s*(?:,|-|–|\(|à|a|\n)*\s*(?:(?:apt|appt|appartement|b[âa]t(?:iment)?|[ée]tage|esc(?:alier)?|bp|"
    r"cs)\.?\s?\w{1,6}\s*,?\s*){0,3}"
    r"(?P<code>(?:0[1-9]|[1-8]\d|9[0-5]|97[1-8]|98[678]|2[ab])[ ]?\d{2,3})(?!\d)"
    r"(?P<town>(?:[ ]+(?:[A-ZÀ-Ý][\w'’-]*|(?:le|la|les|sur|sous|en|de|du|des|lès|saint|st)(?=[ -]))){0,6}|"
    r"[ ]+[^\W\d_]+)?",
)
_POSTED = re.compile(r"(?:bp|b\.p\.|bo[îi]te postale|cs)\s?(?:n°\s?)?\d{2,6}", re.IGNORECASE)


def find(text: str) -> Iterator[Found]:
    """The addresses in ``text``; each keeps the number of its département where a postcode tells it."""
    for match in _HOUSE.finditer(text):
        if not _NOT_A_STREET.search(text, match.start(), match.end() + 20):
            yield from _address(text, match.start(), match.end())
    for match in _NAMED_PLACE.finditer(text):
        yield from _address(text, match.start(), match.end())
    for match in _LIVING.finditer(text):
        yield from _address(text, match.start("way"), match.end("way"))
    for match in _POSTED.finditer(text):
        yield Found(*match.span(), "address")


def _address(text: str, start: int, position: int) -> Iterator[Found]:
    end = _end_of_name(text, position)
    if end is None:
        return
    town = _TOWN.match(text, end)
    if town is None:
        yield Found(start, end, "address")
        return
    code = re.sub(r"\s", "", town["code"])
    departement = code[:3] if code.startswith(("97", "98")) else code[:2]
    last = town.end()
    name = town["town"] or ""
    if name and name.split()[0].islower() and fold(name.split()[0]) in AFTER_A_NAME:
        last = town.start("town")
    yield Found(start, last, "address", departement)


def _end_of_name(text: str, position: int) -> int | None:
    """Where the street's name ends; None where none follows."""
    end: int | None = None
    names = 0
    while names < _MOST_WORDS:
        word = _WORD.match(text, position)
        if word is None:
            break
        folded = fold(word[0]).rstrip(".")
        if folded not in _JOINING:
            if folded in AFTER_A_NAME - {"mai"} and not (word[0][0].isupper() and not text.isupper()):
                break
            if names and re.fullmatch(r"\d{4,}", word[0]):
                break
            names += 1
            end = word.end() - (word[0].endswith("."))
        elif names and folded in ("et", "sur", "en", "le", "la", "les", "l'"):
            break
        following = re.match(r"[ ]+|(?<=['’])", text[word.end() :])
        if following is None:
            break
        position = word.end() + following.end()
    return end
