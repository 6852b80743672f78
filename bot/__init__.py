"""The assistant; importing it lets Rasa be imported (bot/left_out.py)."""

from bot import left_out

left_out.install()
