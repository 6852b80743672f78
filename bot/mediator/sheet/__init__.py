"""The case sheet: every fact that the law core reads as a form, and what the bot would say of them."""
