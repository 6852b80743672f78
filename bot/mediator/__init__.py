"""The mediators' desk: a web application of its own beside the bot, on the same law core and sentences."""
