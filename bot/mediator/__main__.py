"""Serves the desk: ``python -m bot.mediator``.

``invite`` makes an invitation, ``reset`` lets somebody choose another password, ``journal`` checks.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

import sqlalchemy as sa
import uvicorn

from bot import desk_link, listening, repeats, settings
from bot.mediator import clock
from bot.mediator.desk import Desk
from bot.mediator.security import journal, openid
from bot.mediator.security.accounts import Refused
from bot.mediator.security.roles import Role
from bot.mediator.web.application import server_config


def main() -> None:
    """Does what the command line says; exits with a message where the desk cannot open."""
    parser = argparse.ArgumentParser(prog="python -m bot.mediator", description="The mediators' desk.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve the pages (the default)")
    invite = commands.add_parser("invite", help="print a one-time address that makes an account")
    invite.add_argument("--role", choices=[role.value for role in Role], default=Role.MEDIATOR.value)
    reset = commands.add_parser("reset", help="print a one-time address that changes a password")
    reset.add_argument("login")
    reset.add_argument("--second-factor", action="store_true", help="take the second factor away as well")
    check = commands.add_parser("journal", help="read the journal")
    how = check.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="only say whether a line was changed or removed")
    how.add_argument("--accept", action="store_true", help="take it as it stands, once a backup was restored")
    commands.add_parser("purge", help="erase what has reached its age")
    options = parser.parse_args()
    settings.start("DESK_DB_URL")
    try:
        desk = Desk(
            settings.get("DESK_DB_URL"),
            desk_link.secret(),
            desk_link.assistant_address(),
            provider=openid.configured(f"{desk_link.public_address()}{openid.RETURN}"),
            witness=_witness(settings.get("DESK_DB_URL")),
        )
    except (ValueError, sa.exc.SQLAlchemyError, OSError) as error:
        sys.exit(f"✗ The desk cannot open: {_reason(error)}")
    if options.command == "invite":
        _invite(desk, Role(options.role))
    elif options.command == "reset":
        _reset(desk, options.login, options.second_factor)
    elif options.command == "journal" and options.accept:
        _accept_journal(desk)
    elif options.command == "journal":
        _journal(desk, options.check)
    elif options.command == "purge":
        desk.sweep()
    else:
        _serve(desk)


def _serve(desk: Desk) -> None:
    level = settings.get("LOG_LEVEL")
    logging.basicConfig(level=level)
    repeats.hold_back()
    desk.watch_journal(all_of_it=True)
    try:
        sock = listening.listener(settings.get("DESK_HOST"), settings.port("DESK_PORT"))
    except OSError as error:
        sys.exit(f"✗ Port {settings.port('DESK_PORT')} cannot be used ({error.strerror or error}).")
    # A proxy in front must be the one that ends an idle connection: it does not send a form a second time.
    keep_alive = int(float(settings.get("ASSISTANT_KEEP_ALIVE_SECONDS")))
    config = server_config(desk, log_level=level.lower(), timeout_keep_alive=keep_alive)
    uvicorn.Server(config).run(sockets=[sock])


def _invite(desk: Desk, role: Role) -> None:
    with desk.database.transaction() as connection:
        token = desk.accounts.invite(connection, role, journal.SYSTEM, clock.now())
        desk.journal.note(connection, clock.now(), journal.SYSTEM, "invited", role.value)
    print(f"{desk_link.public_address()}/invitation/{token}")


def _reset(desk: Desk, login: str, second_factor: bool) -> None:
    now = clock.now()
    try:
        with desk.database.transaction() as connection:
            account = desk.accounts.by_login(connection, login.strip().casefold())
            if account is None:
                sys.exit(f"✗ No account has the login {login}")
            token, _ = desk.resets.make(connection, account.id, journal.SYSTEM, now)
            desk.journal.note(connection, now, journal.SYSTEM, "reset_made", account.login)
            if second_factor:
                desk.second_factor.remove(connection, account.id)
                desk.journal.note(connection, now, journal.SYSTEM, "second_factor_removed", account.login)
    except Refused:
        sys.exit(f"✗ The account {login} is closed, or signs in without a password")
    print(f"{desk_link.public_address()}/nouveau-mot-de-passe/{token}")


def _accept_journal(desk: Desk) -> None:
    with desk.database.transaction() as connection:
        fault = desk.journal.fault(connection)
        if fault and not fault.is_of_witness:
            sys.exit(f"✗ A line of the journal itself is wrong, which nothing can mend: {fault}")
        desk.journal.note(connection, clock.now(), journal.SYSTEM, journal.ACCEPTED, str(fault or ""))
    with desk.database.transaction() as connection:
        desk.journal.accept(connection)
    print("✓ The journal counts from now on as it stands")


def _witness(url: str) -> Path | None:
    """The file that witnesses the journal: DESK_JOURNAL_WITNESS, else beside a SQLite database.

    None for another database without the setting: its pods may have no disk that outlives them.
    """
    told = os.environ.get("DESK_JOURNAL_WITNESS")
    if told:
        return Path(told)
    parsed = sa.engine.make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    return Path(f"{parsed.database}.witness") if is_file else None


def _journal(desk: Desk, only_check: bool) -> None:
    with desk.database.transaction() as connection:
        fault = desk.journal.fault(connection)
        lines = [] if only_check else desk.journal.latest(connection, sys.maxsize)
    for line in reversed(lines):
        print(line.rank, line.at.isoformat(), line.actor, line.action, line.object, sep="\t")
    if fault:
        sys.exit(f"✗ The journal is not as it was written: {fault}")
    print("✓ Every line of the journal is as it was written")


def _reason(error: Exception) -> str:
    origin = getattr(error, "orig", None)
    return str(origin or error).splitlines()[0]


if __name__ == "__main__":
    main()
