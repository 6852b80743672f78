"""The search for personal data finds it in every form, and a small instance of the measurement finds none."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from tests.operations.conftest import need
from tests.support.servers import cluster
from tests.system.privacy import leaks, masking, traces
from tests.system.privacy.leaks import Row
from tests.system.privacy.traces import Needle

PIECES = ("AB-123-CD", "06 47 83 29 15", "Étienne Kerbrat", "47 rue des Capucines")
# A part of the set that takes seconds.
EVERY = 90


def found(content: str | bytes, piece: str) -> bool:
    return bool(traces.search([content], [traces.needle(piece)]).found)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    "written",
    [
        lambda piece: f"ici {piece}, voilà",
        lambda piece: json.dumps({"text": f"ici {piece}"}),
        lambda piece: json.dumps(json.dumps(f"ici {piece}")),
        lambda piece: f"message={quote_plus(piece)}",
        lambda piece: piece.lower().replace(" ", "").replace("-", ""),
        lambda piece: piece.upper().replace("É", "E"),
        lambda piece: b"\x00\x01" + piece.encode() + b"\xff\x00",
    ],
)
def test_a_piece_is_found_in_whatever_form_it_was_kept(piece: str, written: object) -> None:
    assert found(written(piece), piece)  # type: ignore[operator]


@pytest.mark.parametrize("piece", PIECES)
def test_a_mask_or_a_part_of_another_word_is_no_piece(piece: str) -> None:
    assert not found("ici [plaque SIV], [téléphone], [nom], [adresse : département 35]", piece)
    assert not found(f"x{piece[:-1]}", piece)


def test_a_piece_cut_in_two_between_parts_of_a_file_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traces, "CHUNK_CHARACTERS", 5)
    whole = traces.search([b"plaque AB-1", b"23-CD perdue"], [traces.needle("AB-123-CD")])
    assert whole.found and whole.size == 23


def test_a_short_number_or_an_ordinary_word_is_sought_with_its_neighbours() -> None:
    message = masking.parse("secret", "mon code est {123456} depuis hier")
    (short,) = traces.needles([message], "")
    assert short.clear == b"est 123456"
    message = masking.parse("name", "je suis Madame {Capucine} Test")
    (ordinary,) = traces.needles([message], "rue de la capucine")
    assert ordinary.clear == b"madame capucine"
    assert traces.search(["Bonjour Madame Capucine"], [ordinary]).found
    assert not traces.search(["rue de la capucine"], [ordinary]).found


def test_a_row_is_clean_only_where_the_search_is_proven() -> None:
    clean = Row("somewhere", 10, 1, {}, 0, True, True)
    assert clean.is_clean
    assert not Row("somewhere", 10, 1, {"AB-123-CD": "…"}, 0, True, True).is_clean
    assert not Row("somewhere", 10, 1, {}, 0, True, False).is_clean
    assert not Row("somewhere", 10, 1, {}, 3, True, True).is_clean
    assert Row("channels database", 10, 1, {}, 3, True, True).is_clean


def test_what_stood_there_before_does_not_count() -> None:
    known, new = Needle("a", b"already"), Needle("b", b"leaked")
    before = traces.search(["already there"], [known, new])
    after = traces.search(["already there, and leaked"], [known, new])
    row = leaks._row("somewhere", [known, new], [], before, after, True)
    assert (row.sought, list(row.found)) == (1, ["b"])


def test_a_small_part_of_the_set_is_found_nowhere(tmp_path: Path, models: Path) -> None:
    need(cluster.missing())
    rows = leaks.leaks(tmp_path, models, EVERY)
    assert [(row.place, row.found) for row in rows if not row.is_clean] == []
    by_name = {row.place: row for row in rows}
    assert by_name["conversations and sheets (PostgreSQL)"].holds_masks
    assert by_name["RabbitMQ: queue of events"].holds_masks
    assert by_name["channels database"].senders > 0
    assert all(row.sought > 5 and row.is_proven for row in rows)
