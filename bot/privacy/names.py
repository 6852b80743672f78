"""People's names after the words that announce one, and dates of birth.

A name in capitals or with a capital initial is taken up to four words; one typed in small letters only up to
the first word that a sentence would go on with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.privacy.found import Found
from bot.privacy.words import (
    AFTER_A_NAME,
    CARS,
    GIVEN_NAMES,
    MODELS_LIKE_NAMES,
    NEVER_A_NAME,
    PARTICLES,
    ROLES,
    fold,
)

_MOST_WORDS = 4
_MOST_AFTER_A_SIGNATURE = 60
# How many characters before a given name tell whether it is a car's.
_NEAR = 40
# "CT", "PV": shorter words in capitals are no names.
_SHORTEST_IN_CAPITALS = 4
_ELIDED = re.compile(r"(?:[cjlmnst]|qu)'")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_GAP = re.compile(r"[ \t]+")
_TITLE = r"m\.|mr\.?|mme\.?|mlle\.?|monsieur|madame|mademoiselle|ma[îi]tre|docteur|dr\.?"
_KIN = (
    r"(?:mon|ma|notre|son|sa|leur) (?:d[ée]funte? )?(?:mari|femme|[ée]poux|[ée]pouse|conjointe?|compagnon|"
    r"compagne|p[èe]re|m[èe]re|"
    r"fils|fille|fr[èe]re|s[oœ]e?ur|oncle|tante|grand-p[èe]re|grand-m[èe]re|cousine?|neveu|ni[èe]ce|"
    r"voisine?|"
    r"beau-p[èe]re|belle-m[èe]re|ex(?:-mari|-femme)?|ami|amie|coll[èe]gue|patronn?e?|papa|maman|"
    r"usag[èe]re?|cliente?)"
)  # fmt: skip
# How a name follows its cue: any word that may be one, also a car's name; any word that may be one; one with
# a capital; the same, or a lone word that ends the sentence; one with a capital at the end of a letter, where
# a sign or a new line may come between.
_TOLD, _LOOSE, _CAPITAL, _SHORT, _LETTER = "told", "loose", "capital", "short", "letter"
_CUES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (how, re.compile(rf"(?<!\w)(?:{cue})(?!\w)", re.IGNORECASE))
    for how, cue in (
        (_TOLD, r"je?['’ ]{0,2}m['’ ]{0,2}ap{1,2}[eè]l\w{0,2}|"
                 r"(?:il|elle|qui|lui|monsieur|mari|femme) s['’ ]?ap{1,2}el+e|je,? soussign[ée]{1,2}|"
                 r"je me pr[ée]sente,?|"
                 r"(?:mon |ms |mes )(?:petit )?noms?(?: de famille| complet| et pr[ée]noms?| d['’]usage|"
                 r" de jeune fille)?\s?(?:est|sont|c['’ ]?est|cest|c|:|=)|"
                 r"pr[ée]noms?\s?(?:est|c['’ ]?est|:|=)|"
                 r"(?:nom|nom de famille|nom et pr[ée]nom|nom[, /-]+pr[ée]nom|titulaire|demandeu[rs]e?|"
                 r"propri[ée]taire|signature|sign[ée])\s?[:=]"),
        (_LOOSE, r"(?<!un )(?<!une )(?<!le )(?<!ce )"
                 r"(?:mme\.?|mr\.?|mlle\.?|m\.|monsieur|madame|mademoiselle)"),
        (_LOOSE, rf"(?:je suis|c['’ ]?est|ici|moi c['’ ]?est|suis|au nom de|de la part de|pour|bonjour,?|"
        rf"chez|avec|de|et|par|à|,)\s+(?:{_TITLE})"),
        (_CAPITAL, rf"(?:{_TITLE})"),
        (_CAPITAL, r"moi,? c['’ ]?est|moi cest|ici|c['’ ]?est|je suis|au nom de|de la part de|"
        r"(?:[ée]tablie?|immatricul[ée]e?) (?:pour|par)|"
        r"n[ée]e|nom|appelez[- ]moi|s['’ ]?ap{1,2}el+e"),
        (_LETTER, r"sign[ée]|merci d['’]avance|merci|bonjour|bonsoir|cordialement|cdt|cdlt|salutations|"
        r"bien à vous|sinc[èe]res salutations|respectueusement|bonne journ[ée]e"),
        (_CAPITAL, _KIN),
        (_SHORT, r"moi,? c['’ ]?est|moi cest|moi c"),
    )
)  # fmt: skip
_BIRTH = re.compile(
    r"(?<!\w)(?:(?:n[ée](?:[(·.]?e[)]?)?s?|naissance)\s*(?:le|:|est le|est|en date du|"
    r"c'est le)?\s*:?\s*)(?P<date>\d{1,2}(?:er)?[ ./-]{1,3}(?:\d{1,2}|[a-zéû]{3,9}\.?)"
    r"[ ./-]{1,3}(?:19|20)?\d{2}(?!\d))",
    re.IGNORECASE,
)
# Two or three words with capitals, alone on the last line.
_SIGNATURE = re.compile(r"\n[ \t]*(?P<name>[A-ZÀ-Ý][\w'’-]+(?: [A-ZÀ-Ý][\w'’-]+){1,2})[\s.]*\Z")
_JOIN = {
    _TOLD: re.compile(r"[ \t]*:?[ \t]*"),
    _LOOSE: re.compile(r"[ \t]*:?[ \t]*"),
    _CAPITAL: re.compile(r"[ \t]*[,:]?[ \t]*"),
    _SHORT: re.compile(r"[ \t]+"),
    _LETTER: re.compile(r"[ \t]*[,:;\n\r.!-]*[ \t\n\r]*"),
}
_OF_A_PLACE = re.compile(r"(?:de|du|des|d['’])\s", re.IGNORECASE)
_OF_A_SAINT = re.compile(r"(?<!\w)(?:saint|sainte|st|ste)[ -]$|[\w]['’-]$", re.IGNORECASE)
_IT_IS = re.compile(r"(?:c['’ ]?est|moi c|suis|ici|pr[ée]nom|appel\w+)\s+$", re.IGNORECASE)
_SURNAME_BEFORE = re.compile(r"(?<!\w)(?P<name>[A-ZÀ-Ý][A-ZÀ-Ý'’-]{3,}) $")
_A_PERSON = re.compile(r"\b(?:une?|le|la|ce|cette|du|des|les|ces|cher|chère)\s+\S{0,12}$", re.IGNORECASE)

# Introduced as a name, a car make is a name too: "je m'appelle Mercedes", "monsieur Renault".
_PEOPLE_TOO = CARS | MODELS_LIKE_NAMES
_MASCULINE = frozenset({"adam", "karl", "leon"})
_WORD_BEFORE = re.compile(r"(?P<word>[^\W_][\w'’-]*)(?P<join>\s*(?:,|/|-|\bou\b|\bet\b|\s)\s*)$")
_LISTED_AFTER = re.compile(r"\s*(?:,|/|\bou\b|\bet\b)\s*(?:(?:une?|la|ma)\s)?(?P<word>[^\W_][\w'’-]*)")
_SURNAME_AFTER = re.compile(
    r"[ \t]+(?!(?:FR|GT|ST|RS|TDI|HDI)\b)(?:[A-ZÀ-Ý][^\W\d_a-zà-ÿ]{3,}|[A-ZÀ-Ý][a-zà-ÿ'’-]{2,})"
)
_ONE_OF_ITS_KIND = re.compile(r"\b(?:une|cette)\s$", re.IGNORECASE)
_OWNED_THING = re.compile(r"\b(?:la|ma|sa|ta)\s$", re.IGNORECASE)


def find(text: str) -> Iterator[Found]:
    """The names and dates of birth in ``text``; they may overlap."""
    shouted = text.isupper()
    for how, cue in _CUES:
        for match in cue.finditer(text):
            gap = _JOIN[how].match(text, match.end())
            start = gap.end() if gap else match.end()
            if start == match.end() or _OF_A_PLACE.match(text, start) and _is_about_a_place(text, match, how):
                continue
            end = _end_of_name(text, start, how, shouted)
            if end is not None:
                yield Found(start, end, "name")
    yield from _known(text, shouted)
    for match in _SIGNATURE.finditer(text):
        if not any(fold(word) in NEVER_A_NAME | ROLES for word in match["name"].split()):
            yield Found(*match.span("name"), "name")
    for match in _BIRTH.finditer(text):
        yield Found(*match.span("date"), "birth")


def _is_a_car(text: str, name: re.Match[str]) -> bool:
    """Whether a given name is a vehicle's: after its make, in a list of models, or after "une" or "ma".

    A surname behind it tells a person: "ma Renault Paul Martin".
    """
    folded = fold(name[0])
    before = text[max(0, name.start() - _NEAR) : name.start()]
    neighbour = _WORD_BEFORE.search(before)
    beside = fold(neighbour["word"]) if neighbour else ""
    is_model = folded in MODELS_LIKE_NAMES
    if beside in CARS and neighbour and not neighbour["join"].strip():
        return is_model or not _SURNAME_AFTER.match(text, name.end())
    if not is_model:
        return False
    listed = neighbour is not None and beside in CARS | MODELS_LIKE_NAMES
    follows = _LISTED_AFTER.match(text, name.end())
    if listed or (follows and fold(follows["word"]) in CARS | MODELS_LIKE_NAMES):
        return True
    # A masculine name after "la", or a vowel after "ma", is not a person's name.
    return bool(_ONE_OF_ITS_KIND.search(before)) or (
        bool(_OWNED_THING.search(before)) and (folded in _MASCULINE or folded[0] in "aeiouy")
    )


def _known(text: str, shouted: bool) -> Iterator[Found]:
    """Common given names with a capital or after "c'est", with the surname after or, in capitals, before."""
    for match in _WORD.finditer(text):
        parts = fold(match[0].rstrip(".")).split("-")
        if not all(part in GIVEN_NAMES for part in parts) or match[0].lower().startswith("marié"):
            continue
        if _is_a_car(text, match):
            continue
        before = text[: match.start()]
        capital = match[0][0].isupper() and not shouted
        if _OF_A_SAINT.search(before) or not (capital or _IT_IS.search(before)):
            continue
        surname = _SURNAME_BEFORE.search(before) if capital else None
        start = surname.start("name") if surname and not shouted else match.start()
        end = _end_of_name(text, match.start(), _CAPITAL, shouted) if capital else None
        yield Found(start, end or match.end(), "name")


def _end_of_name(text: str, start: int, how: str, shouted: bool) -> int | None:
    """The end of the name that begins at ``start``; None where there is no name."""
    end: int | None = None
    position, names = start, 0
    while names < _MOST_WORDS:
        word = _WORD.match(text, position)
        if word is None:
            break
        capital = not shouted and word[0][0].isupper()
        folded = fold(word[0].rstrip("."))
        if folded in PARTICLES and not (folded in NEVER_A_NAME and names == 0):
            if not _a_name_follows(
                text, word.end(), needs_capital=not shouted and how not in (_TOLD, _LOOSE)
            ):
                break
        elif _may_be_name(word[0], capital, names, how):
            names += 1
            closes = word[0].endswith(".") and len(word[0]) > len("J.")
            end = word.end() - closes
            if closes:
                break
        else:
            break
        gap = _GAP.match(text, word.end())
        if gap is None:
            break
        position = gap.end()
    return None if end is None or _is_doubtful(text[end:], how, names) else end


def _is_doubtful(rest: str, how: str, names: int) -> bool:
    """Whether the words after a single word show that it is part of the sentence, not a name."""
    if how == _SHORT and rest.strip(" .!,;:\n"):
        goes_on = fold(rest.split()[0].strip(",.;!")) in AFTER_A_NAME
        return not goes_on and rest.lstrip(" ")[:1] not in ",.;!\n"
    return how == _LETTER and names < 2 and len(rest) > _MOST_AFTER_A_SIGNATURE


def _is_about_a_place(text: str, cue: re.Match[str], how: str) -> bool:
    """Whether "de" introduces a place of origin rather than a surname: "un monsieur de Nancy"."""
    return how not in (_TOLD, _LOOSE) or bool(_A_PERSON.search(text[: cue.end()]))


def _a_name_follows(text: str, position: int, needs_capital: bool) -> bool:
    gap = _GAP.match(text, position)
    word = _WORD.match(text, gap.end()) if gap else None
    if word is None:
        return False
    folded = fold(word[0].rstrip("."))
    if folded in PARTICLES:
        return _a_name_follows(text, word.end(), needs_capital)
    return folded not in AFTER_A_NAME | ROLES and (word[0][0].isupper() or not needs_capital)


def _may_be_name(word: str, capital: bool, names: int, how: str) -> bool:
    folded = fold(word.rstrip("."))
    is_told = how == _TOLD or (how == _LOOSE and capital)
    if folded in ROLES or (
        folded in NEVER_A_NAME and not (is_told and (folded in _PEOPLE_TOO or capital and names))
    ):
        return False
    if not capital and (len(folded) < 2 or _ELIDED.match(folded)):
        return False
    if how == _CAPITAL and not names and len(folded) < _SHORTEST_IN_CAPITALS and word.isupper():
        return False
    return capital or how not in (_CAPITAL, _LETTER)
