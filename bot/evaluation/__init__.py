"""The measurements and attacks behind the documented figures; ``python -m bot.evaluation`` lists them."""
