"""The assistant; importing it lets Rasa be imported (bot/left_out.py) and every sign be written."""

from bot import left_out, streams

left_out.install()
streams.write_any_sign()
