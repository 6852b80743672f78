"""One answer's text in each platform's own formatting: bold kept where it exists, everything else escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

BOLD = "**"
ADDRESS = re.compile(r"https?://[^\s<>]+")
TABLE_ROW = re.compile(r"^\s*\|(.+)\|\s*$")
TABLE_RULE = re.compile(r"^[\s|:-]+$")
LINK = re.compile(r"\[([^\]\n]+)\]\((https?://[^)\s]+)\)")

# WhatsApp and Slack have no way to escape these marks: a look-alike stands for each.
_LOOK_ALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_MARKDOWN = re.compile(r"([\\`*_\[\]~|<>])")
_MARKDOWN_START = re.compile(r"^(\s*)([#+]|=(?==))", re.MULTILINE)
_MENTION = re.compile(r"@(?=\w)")
_WORD_JOINER = "\u2060"


def flatten(body: str) -> str:
    """The body with its tables as text lines and its links bare: what no messaging platform can show."""
    return "\n".join(_tables_as_lines(LINK.sub("\\1\u00a0: \\2", body).splitlines()))


def plain(text: str) -> str:
    """No formatting at all (SMS, Messenger)."""
    return text.replace(BOLD, "")


def telegram(text: str) -> str:
    """Telegram's HTML: ``<``, ``>`` and ``&`` escaped, bold as ``<b>``."""
    return _with_bold(text, lambda part: html.escape(part, quote=False), "<b>", "</b>")


def whatsapp(text: str) -> str:
    """WhatsApp's marks: bold between single asterisks."""
    return _with_bold(text, _without_marks, "*", "*")


def slack(text: str) -> str:
    """Slack's mrkdwn: ``&``, ``<`` and ``>`` escaped, so that no mention or link can be forged."""
    return _with_bold(text, lambda part: html.escape(_without_marks(part), quote=False), "*", "*")


def mattermost(text: str) -> str:
    """Mattermost's Markdown: marks escaped by a backslash outside addresses, no mention of anyone."""
    return _with_bold(text, lambda part: _outside_addresses(part, _escape_markdown), BOLD, BOLD)


def utf16_length(text: str) -> int:
    """The length as the platforms count it, an emoji for two."""
    return len(text.encode("utf-16-le")) // 2


def _with_bold(text: str, escape: Callable[[str], str], opening: str, closing: str) -> str:
    parts = text.split(BOLD)
    return "".join(
        f"{opening}{escape(part)}{closing}" if rank % 2 and part.strip() else escape(part)
        for rank, part in enumerate(parts)
    )


def _outside_addresses(text: str, change: Callable[[str], str]) -> str:
    """The text changed everywhere but in its addresses, which must stay as they are to be followed."""
    changed, end = [], 0
    for match in ADDRESS.finditer(text):
        changed += [change(text[end : match.start()]), match.group()]
        end = match.end()
    return "".join([*changed, change(text[end:])])


def _without_marks(text: str) -> str:
    return _outside_addresses(text, lambda part: part.translate(_LOOK_ALIKES))


def _escape_markdown(text: str) -> str:
    escaped = _MARKDOWN_START.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", text))
    return _MENTION.sub(f"@{_WORD_JOINER}", escaped)


def _tables_as_lines(lines: list[str]) -> list[str]:
    """Each row of a table as "- first cell : column cell ; column cell"."""
    flat: list[str] = []
    header: list[str] | None = None
    for line in lines:
        match = TABLE_ROW.match(line)
        if match is None:
            header = None
            flat.append(line)
            continue
        cells = [cell.strip() for cell in match[1].split("|")]
        if header is None:
            header = cells
        elif not TABLE_RULE.match(line):
            named = [f"{name} {cell}".strip() for name, cell in zip(header[1:], cells[1:], strict=False)]
            flat.append(f"- {cells[0]}\u00a0: " + "\u00a0; ".join(named))
    return flat
