"""How many messages are answered, how fast and how well, beside a stock Rasa."""
