"""Serves the desk: ``python -m bot.mediator``; ``invite`` makes an invitation, ``journal`` checks."""

from __future__ import annotations

import argparse
import logging
import sys

import sqlalchemy as sa
import uvicorn

from bot import desk_link, listening, repeats, settings
from bot.mediator import clock
from bot.mediator.desk import Desk
from bot.mediator.security import journal, openid
from bot.mediator.security.roles import Role
from bot.mediator.web.application import server_config


def main() -> None:
    """Does what the command line says; exits with a message where the desk cannot open."""
    parser = argparse.ArgumentParser(prog="python -m bot.mediator", description="The mediators' desk.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("serve", help="serve the pages (the default)")
    invite = commands.add_parser("invite", help="print a one-time address that makes an account")
    invite.add_argument("--role", choices=[role.value for role in Role], default=Role.MEDIATOR.value)
    check = commands.add_parser("journal", help="read the journal")
    check.add_argument("--check", action="store_true", help="only say whether a line was changed or removed")
    commands.add_parser("purge", help="erase what has reached its age")
    options = parser.parse_args()
    settings.start("DESK_DB_URL")
    try:
        desk = Desk(
            settings.get("DESK_DB_URL"),
            desk_link.secret(),
            desk_link.assistant_address(),
            provider=openid.configured(f"{desk_link.public_address()}/connexion/retour"),
        )
    except (ValueError, sa.exc.SQLAlchemyError, OSError) as error:
        sys.exit(f"✗ The desk cannot open: {_reason(error)}")
    if options.command == "invite":
        _invite(desk, Role(options.role))
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
