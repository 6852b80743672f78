"""What a letter by mail says anew, and whether a machine wrote it.

Left out: the letters quoted below, the blocks that mail programs put above them, signatures, and the line
that a telephone adds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# By RFC 3834: what goes out says that a machine wrote it, so that no other machine answers it.
OF_A_MACHINE = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}

_REPLY = re.compile(r"^(?:(?:re|rép|réf|tr|fwd?|aw|wg)\s*:\s*)+", re.IGNORECASE)
_QUOTED = re.compile(r"^\s*>")
_SIGNATURE = re.compile(r"^(?:--|__+)$")
# « Le lun. 3 nov. 2026 à 10:12, Untel <…> a écrit : », whose end may stand on the next lines. With an hour or
# an address: « Le 3 novembre, le garage m’a écrit : » is what the person tells.
_WROTE_BEGINS = re.compile(r"^(?:le|on|el|am|il giorno)\b", re.IGNORECASE)
_WROTE = re.compile(
    r"(?:\d{1,2}\s?[:h]\s?\d{2}|@).*(?<!\bm['’])(?<!\bnous )(?<!\bvous )"
    r"\b(?:a écrit|ont écrit|wrote|schrieb|escribió|ha scritto)\s*:$",
    re.IGNORECASE,
)
_MOST_LINES_OF_WROTE = 4
_MOST_SIGNS_OF_WROTE = 400
_BANNER = re.compile(
    r"^[-_*\s]{2,}\s*(?:message d.origine|message original|original message|message transféré"
    r"|forwarded message|courriel d.origine|début du message (?:réexpédié|transféré))\b.*$"
    r"|^(?:début du message (?:réexpédié|transféré)|begin forwarded message)\s*:?.*$",
    re.IGNORECASE,
)
# The block that Outlook and others put above a quoted letter: a sender's line and at least one other.
_FROM = re.compile(r"^\W*(?:de|from|expéditeur|von)\W*\s?:", re.IGNORECASE)
_HEADER = re.compile(
    r"^\W*(?:envoyé(?: le)?|sent|date|à|a|to|pour|cc|cci|objet|subject|destinataire|gesendet|an|betreff"
    r"|répondre à|reply-to|importance)\W*\s?:",
    re.IGNORECASE,
)
_LINES_OF_BLOCK = 4
_BY_TELEPHONE = re.compile(
    r"^(?:envoyé (?:de(?:puis)?|à partir de|via|avec)\s+(?:(?:mon|ma|un|une)\s+)?(?:l['’]appli(?:cation)?\b"
    r"|iphone|ipad|mobile|téléphone|smartphone|portable|appareil|tablette|ordinateur|samsung|galaxy|android"
    r"|huawei|xiaomi|redmi|blackberry|outlook|yahoo|gmail|proton|orange|sfr|free|bouygues|courrier|mail\b"
    r"|la messagerie|workspace)"
    r"|envoyé (?:à partir )?d['’](?:outlook|orange|un (?:mobile|téléphone|appareil))"
    r"|sent (?:from|via) (?:my|outlook|yahoo|mail|samsung|proton)"
    r"|(?:télécharger|obtenir|obtenez|get) outlook|provenance\s*:\s*courrier).{0,80}$",
    re.IGNORECASE,
)

# Fields by which a machine says so, with what they must hold.
_SAYS_SO = {
    "auto-submitted": re.compile(r"^(?!\s*no\b)\s*\S", re.IGNORECASE),
    "precedence": re.compile(r"^\s*(?:bulk|list|junk|auto[-_]?reply)\b", re.IGNORECASE),
    "x-auto-response-suppress": re.compile(r"\b(?:all|oof|autoreply)\b", re.IGNORECASE),
    "x-autoreply": re.compile(r"^(?!\s*no\b)\s*\S", re.IGNORECASE),
    "x-autorespond": re.compile(r"\S"),
    "x-autorespond-to": re.compile(r"\S"),
    "list-id": re.compile(r"\S"),
    "list-unsubscribe": re.compile(r"\S"),
    "x-failed-recipients": re.compile(r"\S"),
    "content-type": re.compile(r"^\s*multipart/report\b", re.IGNORECASE),
    "automatic": re.compile(r"^\s*(?:true|1|yes|oui)\s*$", re.IGNORECASE),
}
# Where a letter that could not be delivered comes from: nowhere.
_RETURN = "return-path"
_NOWHERE = re.compile(r"^\s*(?:<\s*>)?\s*$")
_MACHINES = re.compile(
    r"(?:^|<)\s*(?:mailer-daemon|postmaster|no[-_.]?reply|do[-_.]?not[-_.]?reply"
    r"|ne[-_.]?pas[-_.]?repondre|nepasrepondre|noreponse|no[-_.]?response|bounces?|auto[-_.]?reply)\b[^@]*@",
    re.IGNORECASE,
)
# How such letters are called; a citizen's « Avis d’absence du facteur » or « Échec de la livraison » is none.
_SUBJECT = re.compile(
    r"^(?:(?:réponse|message) automatique|automatic(?:al)? reply"
    r"|auto(?:matic)?[- ]?(?:reply|response|réponse)|auto\s*:.*(?:out of|absen|congé)"
    r"|absence du bureau|absent\W?e?\W? (?:du bureau|jusqu)|(?:message|notification) d.absence"
    r"|out of (?:the )?office|automatische antwort|abwesenheit"
    r"|undeliver|delivery (?:status|failure|has failed)|mail delivery|returned mail|failure notice"
    r"|non[- ]remis\s*:|message non (?:remis|distribué)|échec de (?:la )?remise\s*[:(]"
    r"|notification d.état de remise|avis de non[- ]remise"
    r"|accusé de (?:réception|lecture)\s*:|(?:lu|non lu|read|not read)\s*:)",
    re.IGNORECASE,
)


def new_words(text: str) -> str:
    """What the letter says itself; "" where it says nothing of its own."""
    kept: list[str] = []
    lines = [line.strip() for line in text.splitlines()]
    for rank, line in enumerate(lines):
        if _SIGNATURE.match(line) or _begins_history(lines[rank:]):
            break
        if not _QUOTED.match(line) and not _BY_TELEPHONE.match(line):
            kept.append(line)
    return "\n".join(kept).strip()


def bare_subject(subject: str) -> str:
    """The subject without what replies and forwards put before it."""
    return _REPLY.sub("", subject).strip()


def is_automatic(letter: Mapping[str, Any]) -> bool:
    """Whether a machine wrote the letter, by its fields, its sender or its subject.

    A field of the letter's head may stand beside the others or below "headers", in any spelling.
    """
    head = _head(letter)
    return (
        any(name in head and says.search(head[name]) for name, says in _SAYS_SO.items())
        or (_RETURN in head and bool(_NOWHERE.match(head[_RETURN])))
        or bool(_MACHINES.search(str(letter.get("from") or "")))
        or bool(_SUBJECT.match(bare_subject(str(letter.get("subject") or "")).lstrip("[(* ")))
    )


def _head(letter: Mapping[str, Any]) -> dict[str, str]:
    """The fields by their names in small letters; a null says no more than an absent one."""
    headers = letter.get("headers") or {}
    pairs = headers.items() if isinstance(headers, Mapping) else [pair for pair in headers if len(pair) == 2]
    found = [*letter.items(), *pairs]
    return {str(name).casefold().replace("_", "-"): str(value) for name, value in found if value is not None}


def _begins_history(lines: list[str]) -> bool:
    """Whether the letter quoted below begins with the first of these lines."""
    first = lines[0]
    if _BANNER.match(first):
        return True
    if _FROM.match(first):
        return any(_HEADER.match(line) for line in _next(lines))
    if not _WROTE_BEGINS.match(first):
        return False
    for end in range(1, _MOST_LINES_OF_WROTE + 1):
        said = " ".join(lines[:end])
        if len(said) > _MOST_SIGNS_OF_WROTE or not all(lines[:end]):
            return False
        if _WROTE.search(said):
            return True
    return False


def _next(lines: list[str]) -> list[str]:
    """The lines that may belong to the same block: some programs leave every other one empty."""
    return [line for line in lines[1:] if line][: _LINES_OF_BLOCK - 1]
