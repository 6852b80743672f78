"""What an operator measures: understanding, freshness, coverage; ``python -m bot.evaluation`` lists it."""
