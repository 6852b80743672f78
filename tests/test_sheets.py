"""The alarm on the sources: which cited sheets of the State's open data changed, and in which paragraphs."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from bot.evaluation.content import sheet_files, sheets
from bot.evaluation.content.sheet_files import Archive, Passage, SheetError, parse
from bot.evaluation.content.sheets import Cited, Record, cited_sheets, differences, examine, main

SHEET = """<?xml version="1.0" encoding="UTF-8"?>
<Publication xmlns:dc="http://purl.org/dc/elements/1.1/" ID="{sheet_id}" type="Fiche d'information">
  <dc:title>Perte de la carte grise</dc:title>
  <dc:description>Vous pouvez obtenir un duplicata.</dc:description>
  <dc:date>modified {day}</dc:date>
  <FilDAriane><Niveau ID="N367">Carte grise</Niveau></FilDAriane>
  <DossierPere ID="N367"><Titre>Carte grise</Titre>
    <SousDossier><Titre>Vendre</Titre></SousDossier></DossierPere>
  <ListeSituations affichage="onglet">
    <Situation><Titre>Perte</Titre>
      <Texte><Chapitre><Titre>Coût</Titre>
        <Paragraphe>Le duplicata coûte <Valeur>{price}</Valeur>, à payer
          <LienExterne URL="https://exemple.fr/payer">en ligne</LienExterne>.</Paragraphe>
        <Liste><Item><Paragraphe>Une preuve du contrôle technique</Paragraphe></Item></Liste>
        {more}
        <ServiceEnLigne ID="R47917" URL="https://exemple.fr/demande">
          <Titre>Refaire sa carte</Titre></ServiceEnLigne>
      </Chapitre></Texte>
    </Situation>
  </ListeSituations>
</Publication>
"""


def written(
    sheet_id: str = "F1726", day: str = "2025-01-13", price: str = "13,76 €", more: str = ""
) -> bytes:
    """A small sheet in the format of the archive."""
    return SHEET.format(sheet_id=sheet_id, day=day, price=price, more=more).encode()


def folder_of(path: Path, **files: bytes) -> Path:
    """A folder that holds these sheets."""
    path.mkdir(exist_ok=True)
    for name, content in files.items():
        (path / f"{name}.xml").write_bytes(content)
    return path


def zip_of(path: Path, **files: bytes) -> Path:
    """A zip that holds these sheets."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(f"vosdroits/{name}.xml", content)
    return path


def on_record(**files: bytes) -> Record:
    """A record that holds the text of these sheets."""
    return Record(sheets={name: parse(name, content) for name, content in files.items()})


CITED = Cited("F1726", ("sp_duplicate",), dt.date(2025, 1, 13))


def test_a_sheet_is_read_paragraph_by_paragraph_under_its_titles() -> None:
    sheet = parse("F1726", written())
    assert sheet.modified == dt.date(2025, 1, 13)
    assert sheet.passages == (
        Passage("", "Perte de la carte grise"),
        Passage("", "Vous pouvez obtenir un duplicata."),
        Passage("", "Perte"),
        Passage("Perte", "Coût"),
        Passage("Perte › Coût", "Le duplicata coûte 13,76 €, à payer [https://exemple.fr/payer] en ligne."),
        Passage("Perte › Coût", "Une preuve du contrôle technique"),
        Passage("Perte › Coût", "https://exemple.fr/demande"),
        Passage("Perte › Coût", "Refaire sa carte"),
    )


@pytest.mark.parametrize("make", [folder_of, zip_of])
def test_an_unchanged_sheet_is_the_same_in_a_folder_and_in_a_zip(make, tmp_path: Path) -> None:
    archive = Archive(make(tmp_path / "vosdroits", F1726=written()))
    found = examine(CITED, archive, on_record(F1726=written()))
    assert (found.state, found.changes) == ("same", ())


@pytest.mark.parametrize("make", [folder_of, zip_of])
def test_a_newer_sheet_is_named_with_its_paragraphs_before_and_after(make, tmp_path: Path) -> None:
    newer = written(day="2026-03-02", price="14,76 €", more="<Paragraphe>Une pièce de plus</Paragraphe>")
    archive = Archive(make(tmp_path / "vosdroits", F1726=newer))
    found = examine(CITED, archive, on_record(F1726=written()))
    assert found.state == "CHANGED"
    lines = sheets.report([found])
    assert lines[0].startswith("CHANGED") and "edition 2025-01-13, now 2026-03-02" in lines[0]
    assert lines[1:] == [
        "    Perte › Coût",
        "    - Le duplicata coûte 13,76 €, à payer [https://exemple.fr/payer] en ligne.",
        "    + Le duplicata coûte 14,76 €, à payer [https://exemple.fr/payer] en ligne.",
        "    Perte › Coût",
        "    + Une pièce de plus",
    ]


def test_a_paragraph_removed_is_told_in_its_old_words() -> None:
    before = parse("F1726", written(more="<Paragraphe>Une pièce de plus</Paragraphe>")).passages
    (change,) = differences(before, parse("F1726", written()).passages)
    assert change.after is None and change.before == Passage("Perte › Coût", "Une pièce de plus")


def test_a_text_that_moved_without_its_date_is_named_too(tmp_path: Path) -> None:
    archive = Archive(folder_of(tmp_path / "a", F1726=written(price="12 €")))
    found = examine(CITED, archive, on_record(F1726=written()))
    assert found.state == "CHANGED" and len(found.changes) == 1


@pytest.mark.parametrize(
    ("day", "recorded", "state", "remark"),
    [
        ("2025-01-12", True, "OLDER", "older than the edition"),
        ("2025-01-13", False, "same", "no text on record"),
        ("2025-01-14", False, "CHANGED", "read the whole sheet"),
        ("2025-01-14", True, "CHANGED", "set `edition`"),
    ],
)
def test_the_dates_decide_and_the_remark_says_what_to_do(
    day: str, recorded: bool, state: str, remark: str, tmp_path: Path
) -> None:
    archive = Archive(folder_of(tmp_path / "a", F1726=written(day=day)))
    found = examine(CITED, archive, on_record(F1726=written(day=day)) if recorded else Record())
    assert found.state == state and remark in found.remark


def test_a_sheet_without_edition_is_to_be_read(tmp_path: Path) -> None:
    archive = Archive(folder_of(tmp_path / "a", F1726=written()))
    assert examine(Cited("F1726", ("x",), None), archive, Record()).state == "CHANGED"


def test_a_sheet_that_vanished_differs_from_one_never_seen(tmp_path: Path) -> None:
    archive = Archive(folder_of(tmp_path / "a", F2=written("F2")))
    assert examine(CITED, archive, on_record(F1726=written())).state == "GONE"
    assert examine(CITED, archive, Record()).state == "MISSING"


ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<Publication ID="F1726"><Paragraphe>&b;</Paragraphe></Publication>"""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "cannot be read"),
        (b"<Publication ID='F1726'>", "cannot be read"),
        (written()[:-40], "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"<?xml version='1.0' encoding='x-none'?><a/>", "cannot be read"),
        (ENTITIES, "document type"),
        (written("F9999"), "holds F9999"),
        (b"<p/>", "holds no sheet"),
        (written(day="hier"), "no dc:date"),
        (written(day="2025-02-31"), "cannot be read"),
        (b"<P ID='F1726'>" + b"<a>" * 200 + b"</a>" * 200 + b"</P>", "nested more than"),
        (b"<P ID='F1726' xmlns:dc='x'><dc:date>modified 2025-01-13</dc:date></P>", "no paragraph"),
    ],
)
def test_a_file_that_is_no_sheet_says_why(content: bytes, why: str, tmp_path: Path) -> None:
    archive = Archive(folder_of(tmp_path / "a", F1726=content))
    found = examine(CITED, archive, on_record(F1726=written()))
    assert found.state == "UNREADABLE" and why in found.remark


def test_a_file_that_swells_is_not_read_to_its_end(tmp_path: Path) -> None:
    swollen = b"<Publication ID='F1726'>" + b" " * sheet_files.MOST_BYTES
    archive = Archive(zip_of(tmp_path / "bomb.zip", F1726=swollen))
    assert (tmp_path / "bomb.zip").stat().st_size < 20_000
    with pytest.raises(SheetError, match="more than"):
        archive.sheet("F1726")


def test_a_damaged_entry_of_a_zip_is_a_sheet_that_cannot_be_read(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", F1726=written())
    raw = bytearray(path.read_bytes())
    raw[60:90] = bytes(30)
    path.write_bytes(raw)
    assert examine(CITED, Archive(path), Record()).state == "UNREADABLE"


def test_an_entry_that_points_outside_is_read_where_it_is_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "inside" / "a.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("../../F1726.xml", written())
    assert Archive(path).sheet("F1726") is not None
    assert [file.name for file in tmp_path.rglob("*")] == ["inside", "a.zip"]


def test_two_files_of_one_name_are_not_guessed_between(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("particuliers/F1726.xml", written())
        packed.writestr("professionnels/F1726.xml", written())
    with pytest.raises(SheetError, match="2 files"):
        Archive(tmp_path / "a.zip").sheet("F1726")


def test_the_cited_sheets_are_those_of_the_sources() -> None:
    cited = {found.sheet_id: found for found in cited_sheets()}
    assert "sp_duplicate" in cited["F1726"].sources
    assert cited["F11475"].edition == dt.date(2025, 1, 13)
    # The form's address is that of its online version, its title names the sheet.
    assert "sp_form_13753" in cited["R1417"].sources


def run(path: Path, record: Path, *options: str) -> int:
    """The exit status of the command."""
    with pytest.raises(SystemExit) as ended:
        main([str(path), *options], record)
    return int(ended.value.code or 0)


def archive_of_all(path: Path, **changed: bytes) -> Path:
    """A folder with every cited sheet as it was on its edition, but those given."""
    files = {
        found.sheet_id: written(found.sheet_id, str(found.edition or "2025-01-01"))
        for found in cited_sheets()
    }
    return folder_of(path, **{**files, **changed})


def test_the_record_starts_at_the_first_run_and_shows_the_changes_at_the_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "record.json"
    run(archive_of_all(tmp_path / "a"), record)
    assert "have no text on record: --record puts it there" in capsys.readouterr().out
    assert not record.exists()
    run(tmp_path / "a", record, "--record")
    assert "Licence Ouverte" in record.read_text(encoding="utf-8")
    capsys.readouterr()
    newer = written(day="2026-03-02", price="14,76 €")
    assert run(archive_of_all(tmp_path / "a", F1726=newer), record) == 1
    told = capsys.readouterr().out
    assert "+ Le duplicata coûte 14,76 €" in told and "CHANGED    F1726" in told


def test_a_record_keeps_the_text_of_what_cannot_be_read(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    run(archive_of_all(tmp_path / "a"), record, "--record")
    run(
        archive_of_all(tmp_path / "a", F1726=b"<broken", F11475=written("F11475", "2026-03-02")),
        record,
        "--record",
    )
    kept = sheets.read_record(record).sheets
    assert kept["F1726"].modified == dt.date(2025, 1, 13)
    assert kept["F11475"].modified == dt.date(2026, 3, 2)


def test_an_archive_without_any_cited_sheet_leaves_the_record_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "record.json"
    assert run(folder_of(tmp_path / "a", F2=written("F2")), record, "--record") == 2
    assert "is it « vosdroits »" in capsys.readouterr().out and not record.exists()


@pytest.mark.parametrize("content", [None, b"no zip"])
def test_a_path_that_is_no_archive_is_named(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "vosdroits.zip"
    if content is not None:
        path.write_bytes(content)
    assert run(path, tmp_path / "record.json") == 2
    assert "vosdroits.zip" in capsys.readouterr().err


def test_a_record_that_cannot_be_read_is_not_replaced(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    record.write_text("{", encoding="utf-8")
    assert run(archive_of_all(tmp_path / "a"), record, "--record") == 2
    assert record.read_text(encoding="utf-8") == "{"
