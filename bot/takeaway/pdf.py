"""The sheet as a PDF: tagged, titled, in French, to the standard PDF/UA-1, which Typst checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fontpkg_atkinson_hyperlegible
import typst

TEMPLATE = Path(__file__).parent / "templates" / "sheet.typ"
# Drawn by the Braille Institute for readers with low vision; under the SIL Open Font License.
FONTS = fontpkg_atkinson_hyperlegible.ROOT / "files"


def make(sheet: dict[str, Any]) -> bytes:
    """The PDF of a sheet given as plain values; raises TypstError where it cannot be set."""
    return typst.compile(
        str(TEMPLATE),
        sys_inputs={"sheet": json.dumps(sheet)},
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
