"""The part of a message that tells its subject: without what was masked beside it, and what announced it.

"J'ai perdu ma carte grise, plaque [plaque SIV]" is about the card: there "plaque" only says which vehicle.
"On m'a volé ma plaque [plaque SIV]" is about the plate, and keeps the word. Training examples and messages
are read alike.
"""

from __future__ import annotations

import re

from bot.nlu.text import fold
from bot.privacy import masking

# Beside fewer words, the mask is what the message says.
_FEWEST_WORDS = 3
_WORD = re.compile(r"\w{2,}")

_NUMBER = r"(?:(?:numero|num|n ?°|nº)(?:\s?(?:de|d')\s?(?:la |ma |sa )?)?)"
_PLATE = (
    r"(?:(?:plaques?|plaks?)(?: d'? ?im+at\w*| mineralogiques?)?|(?:plaque )?im+at(?!riculee?s?\b)\w*\.?)"
)
_NAMED = rf"(?:{_NUMBER}?\s?{_PLATE}|{_NUMBER})"
_OWNED = r"(?:(?:ma|la|sa|mon|le|son|notre|votre|mes|les|ses|nos)\s|l'\s?)"
_KIND = r"(?:(?:anciene?s?|ancienne?s?|vi?eil?le?s?|nouvelles?|actuelle?s?)\s)"
_STATES = r"(?:\s?[:=]|\s(?:est|sont|c'est|c est|cest|c)(?:\s(?:le|la|les|celle|suivante?|ci))*\s?:?)"
_VEHICLE = r"(?:voiture|vehicule|auto|moto|scooter|cyclo\w*|mob\w*|camion\w*|fourgon\w*|remorque|caravane)"
_CLAUSE = r"(?:^|[,;.:!?(/-]\s?)"

# What stands right before a plate's mask and only announces it; "words" goes with the mask.
_ANNOUNCEMENTS = tuple(
    re.compile(rf"{before}(?P<words>{words})\s?$")
    for before, words in (
        # "immatriculée [..]", "qui est immatriculée sous le numéro [..]"
        (
            r"(?<!\w)",
            rf"(?:(?:(?:et|qui) )?(?:est|etait) (?:encore |toujours )?)?(?:im+atricul|enregistr)ee?s?"
            rf"(?: (?:sous|en|au))?(?: {_OWNED}?{_NAMED})?{_STATES}?",
        ),
        # "dont la plaque est [..]", "portant le numéro [..]", "avec plaque [..]"
        (
            r"(?<!\w)",
            rf"(?:(?:portant|ayant(?: pour)?|dont|sous) {_OWNED}?|avec (?:pour )?){_NAMED}{_STATES}?",
        ),
        # ", ma plaque est [..]", "et mon immatriculation : [..]", "voici ma plaque : [..]"
        (
            rf"(?:{_CLAUSE}|(?<!\w)(?=(?:et|voici|car) ))",
            rf"(?:(?:et|voici|car|je vous donne) )?{_OWNED}{_KIND}?{_NAMED}{_STATES}",
        ),
        # ", plaque [..]", "(immat : [..]", "numéro de plaque [..]"
        (_CLAUSE, rf"(?:{_NAMED})(?:{_STATES})?"),
        (r"[,;.:(/-]\s?", rf"{_KIND}{_NAMED}{_STATES}?"),
        # "la voiture de plaque [..]"
        (rf"(?<!\w){_VEHICLE}\s", rf"(?:de|a) {_PLATE}{_STATES}?"),
    )
)
# "Ma 208 plaque [..]", "carte abîmée ma plaque c'est [..]": no sign parts it from the word before.
_ALONE = re.compile(
    rf"(?P<before>[\w'°-]+)\s(?P<words>{_NAMED}{_STATES}?|{_OWNED}{_NAMED}\s(?:est|c'est|c est|cest|c))\s?$"
)
_BELONGS = frozenset(
    """
    a ancien ancienne anciennes anciene au autre aux avec ce cet cette ces chaque d de des deux double du en
    et faux fausse la le les leur leurs ma meme mes mon nos notre nouveau nouvelle nouvelles ou par pour quel
    quelle sa sans ses son sur toute un une vieille vieilles vieil vielle vieux vieu vos votre
    """.split()
)
_DONE_TO_IT = re.compile(
    r"vol|perd|perte|chang|usurp|doubl|refai|command|ach[ae]t|cass|abim|dechir|gard|conserv|retrouv|arrach|"
    r"pos[eé]|remplac|rend|manqu|prix|cout|copi|falsif|illisible"
)
_CARD = re.compile(r"\b(?:carte?s?|cg|certificat|papiers?|duplicata)\b")
# "Je parle pas du contrôle, je parle de la vente": the person says that another subject is meant.
_DENIED = re.compile(
    r"(?<!\w)(?:(?:je|on) ?(?:ne |n')?(?:te |vous |t')?|j(?:te |'|))parl\w* pas (?:de |du |des |d')"
    r"(?:la |l'|ma |mon |mes |ce |cette )?"
    r"(?:controle technique|permis de conduire|carte grise|[\w'-]+)[!.,;: ]*"
)
# What is left of the punctuation around words taken out.
_EMPTY = re.compile(r"\(\s*\)|[,;:(-]\s*(?=[,;.!?)]|$)|(?<=[.!?])\s*[.,;:](?!\.)|^[\s,;:.)-]+")
_SPACE_BEFORE = re.compile(r"\s+(?=[,.;])")


def subject_of(text: str) -> str:
    """The rest of a masked, normalised text, where it says something by itself; the whole text otherwise."""
    text = _without_denied(text)
    folded = fold(text)
    if len(folded) != len(text):
        # A letter that folding writes with two: places in one text would not be those of the other.
        folded = text.lower()
    pieces, position = [], 0
    for mask in masking.masks(text):
        start = mask.start
        if mask.kind == "plate":
            start = position + _start_of_announcement(folded[position:start])
        pieces.append(text[position:start])
        position = mask.end
    if not pieces:
        return text
    rest = " ".join(" ".join([*pieces, text[position:]]).split())
    if len(_WORD.findall(rest)) < _FEWEST_WORDS:
        return text
    return _SPACE_BEFORE.sub("", " ".join(_EMPTY.sub(" ", rest).split()))


def _without_denied(text: str) -> str:
    """The text without the subject that it says not to be about, where something else is said."""
    folded = fold(text)
    if len(folded) != len(text):
        return text
    rest, position = [], 0
    for match in _DENIED.finditer(folded):
        rest.append(text[position : match.start()])
        position = match.end()
    left = " ".join("".join([*rest, text[position:]]).split())
    return left if rest and len(_WORD.findall(left)) >= _FEWEST_WORDS else text


def _start_of_announcement(before: str) -> int:
    """Where the words that only announce a plate begin at the end of ``before``; its length where none do."""
    starts = [match.start("words") for pattern in _ANNOUNCEMENTS if (match := pattern.search(before))]
    alone = _ALONE.search(before)
    if alone and _announces(alone["before"], before[: alone.start("words")]):
        starts.append(alone.start("words"))
    return min(starts, default=len(before))


def _announces(word: str, before: str) -> bool:
    """Whether "plaque" after ``word`` only says which vehicle, as in "carte perdue plaque [..]"."""
    last = word.split("'")[-1]
    return last not in _BELONGS and (not _DONE_TO_IT.match(last) or bool(_CARD.search(before)))
