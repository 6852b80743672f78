"""How many messages are answered, how fast, beside a stock Rasa."""
