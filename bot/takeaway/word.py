"""A letter as a .docx file: what every word processor opens, on a telephone as in a town hall."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

LANGUAGE = "fr-FR"
FONT = "Arial"


def make(letter: dict[str, Any]) -> bytes:
    """The file of a letter given as plain values; its blanks are highlighted."""
    document = Document()
    _set_up(document, letter["title"])
    for line in letter["sender"]:
        _fill(_close(document.add_paragraph()), line)
    document.add_paragraph()
    for line in letter["recipient"]:
        recipient = _close(document.add_paragraph())
        recipient.paragraph_format.left_indent = Cm(9)
        _fill(recipient, line)
    place = document.add_paragraph()
    place.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    place.paragraph_format.space_before = Pt(12)
    _fill(place, letter["place"])
    subject = document.add_paragraph()
    _fill(subject, letter["subject"], bold=True)
    for paragraph in letter["body"]:
        style = "List Bullet" if paragraph["kind"] == "bullet" else None
        _fill(document.add_paragraph(style=style), paragraph["line"])
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _set_up(document: Any, title: str) -> None:
    document.core_properties.title = title
    document.core_properties.language = LANGUAGE
    # The library's template has an author, a day and a picture of its first page of its own.
    document.core_properties.author = ""
    document.core_properties.comments = ""
    # It is dated 2013 and carries a picture of an empty page.
    document.core_properties.created = document.core_properties.modified = dt.datetime.now(dt.UTC)
    package = document.part.package
    for name in [name for name, each in package.rels.items() if each.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del package.rels[name]
    normal = document.styles["Normal"]
    normal.font.name = FONT
    normal.font.size = Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE)
    normal.element.get_or_add_rPr().append(language)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)
        section.top_margin = section.bottom_margin = Cm(2)


def _close(paragraph: Paragraph) -> Paragraph:
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _fill(paragraph: Paragraph, line: list[dict[str, str]], bold: bool = False) -> None:
    for piece in line:
        is_blank = piece["kind"] == "blank"
        run = paragraph.add_run(f"[{piece['text']}]" if is_blank else piece["text"])
        run.bold = bold or piece["kind"] == "bold" or None
        if is_blank:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
