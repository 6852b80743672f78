"""Passwords: what is asked is told, what is common is refused, and each refusal says why."""

from __future__ import annotations

import pytest

from bot.mediator.security import passwords
from tests.desk.conftest import OpenDesk, text_of

LOGIN, DESK = "jean.martin@mairie-metz.fr", "Mairie de Metz"


@pytest.mark.parametrize(
    "password",
    ["motdepasse123", "password1234", "Motdepasse2026!", "P@ssw0rd1234", "m0td3p@sse12", "Bienvenue2026",
     "Soleil2024!!", "JeTaime2024!", "iloveyou1234", "Guichet2026!", "France-Services-57",
     "Administrateur1", "bonjourbonjour", "Janvier2026!!", "marseille13013"],
)  # fmt: skip
def test_words_that_everybody_tries_are_refused_whatever_stands_around_them(password: str) -> None:
    assert passwords.fault(password, "paul") == "common"


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "qwertyuiop123",
        "azerty123456",
        "azertyuiop12",
        "098765432109",
        "aqwzsxedcrfv",
        "1qaz2wsx3edc",
        "1a2z3e4r5t6y",
        "abcdefghijkl",
        "yxwvutsrqponm",
    ],
)
def test_runs_on_the_keyboard_and_series_are_refused(password: str) -> None:
    assert passwords.fault(password, "paul") == "series"


@pytest.mark.parametrize(
    "password",
    ["aaaaaaaaaaaaaaaa", "abababababab", "000000000000", "111222333444", "àéèçàéèçàéèç", "tototototo12"],
)
def test_repeats_are_refused(password: str) -> None:
    assert passwords.fault(password, "paul") == "plain"


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("JeanMartin2026", "login"),
        ("le chien de martin aboie", "login"),
        ("jean.martin@mairie-metz.fr", "login"),
        ("MairieDeMetz!57x", "desk"),
        ("mairie de Métz 57 est ouverte", "desk"),
        ("metz-mairie-2026", "login"),
    ],
)
def test_ones_own_names_are_refused(password: str, fault: str) -> None:
    assert passwords.fault(password, LOGIN, DESK) == fault


@pytest.mark.parametrize(
    "password",
    ["une phrase assez longue", "douze signes", "mon chat dort sur le toit", "Xk4!pq9Lz2vb",
     "le bus de 8h12 est en retard", "Trombone-violet-93",
     "un autre mot de passe", "вторник был дождь", "correct horse battery"],
)  # fmt: skip
def test_phrases_and_random_signs_are_taken(password: str) -> None:
    assert passwords.fault(password, LOGIN, DESK) is None


def test_length_is_said_first() -> None:
    assert passwords.fault("azertyuiop1", "paul") == "short"
    assert passwords.fault("ab" * 101, "paul") == "long"


def test_a_password_that_is_common_makes_no_account_and_the_page_says_why(open_desk: OpenDesk) -> None:
    path = open_desk.invitation("administrator")
    visitor = open_desk.visitor()
    assert "ce que beaucoup de gens choisissent" in text_of(visitor.get(path).text)
    for password, words in (
        ("motdepasse123", "que tout le monde essaie"),
        ("123456789012", "l’ordre des chiffres"),
        ("aaaaaaaaaaaa", "répète trop"),
        ("ici la maison de marie", "contient votre identifiant"),
    ):
        answer = visitor.post(path, path, login="marie", password=password, password_again=password)
        assert answer.status_code == 400
        assert words in text_of(answer.text)
    assert open_desk.visitor().sign_in("marie", "motdepasse123").status_code == 403


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("Marie Dupré", "il contient un espace. Écrivez par exemple « marie.dupre »"),
        ("ma", "il faut 3 signes au moins"),
        ("marie.dupré", "des lettres sans accent"),
        (".marie.", "au début et à la fin"),
    ],
)
def test_a_login_that_cannot_be_is_explained_by_its_own_reason(
    open_desk: OpenDesk, login: str, words: str
) -> None:
    path = open_desk.invitation("mediator")
    visitor = open_desk.visitor()
    assert "sans espace ni accent" in text_of(visitor.get(path).text)
    phrase = "une phrase assez longue"
    answer = visitor.post(path, path, login=login, password=phrase, password_again=phrase)
    assert answer.status_code == 400
    assert words in text_of(answer.text)


def test_one_changes_ones_password_and_the_other_sessions_end(open_desk: OpenDesk) -> None:
    here = open_desk.signed_in("mediator", "marie")
    there = open_desk.visitor()
    assert there.sign_in("marie").status_code == 303
    new = "le bus de 8h12 est en retard"
    fields = {"former": "une phrase assez longue", "password": new, "password_again": new}
    assert here.post("/mon-compte/mot-de-passe", "/mon-compte", **fields).status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 303
    assert open_desk.visitor().sign_in("marie").status_code == 403
    assert open_desk.visitor().sign_in("marie", new).status_code == 303
    assert ("marie", "password_changed", "") in open_desk.journal()


@pytest.mark.parametrize(
    ("former", "password", "again", "words"),
    [
        ("pas celui-là, un autre", "le bus de 8h12 est en retard", None, "n’est pas celui-là"),
        ("une phrase assez longue", "une phrase assez longue", None, "déjà votre mot de passe"),
        ("une phrase assez longue", "motdepasse123", None, "que tout le monde essaie"),
        (
            "une phrase assez longue",
            "le bus de 8h12 est en retard",
            "le bus de 8h13",
            "ne sont pas les mêmes",
        ),
    ],
)
def test_a_change_of_password_that_is_refused_says_why_and_changes_nothing(
    open_desk: OpenDesk, former: str, password: str, again: str | None, words: str
) -> None:
    here = open_desk.signed_in("mediator", "marie")
    fields = {"former": former, "password": password, "password_again": again or password}
    answer = here.post("/mon-compte/mot-de-passe", "/mon-compte", **fields)
    assert answer.status_code == 400
    assert words in text_of(answer.text)
    assert open_desk.visitor().sign_in("marie").status_code == 303


def test_the_former_password_cannot_be_guessed_in_an_open_session(open_desk: OpenDesk) -> None:
    here = open_desk.signed_in("mediator", "marie")
    fields = {"former": "pas celui-là, un autre", "password": "x" * 12, "password_again": "x" * 12}
    answers = [here.post("/mon-compte/mot-de-passe", "/mon-compte", **fields).status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]
