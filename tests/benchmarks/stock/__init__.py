"""What runs in the environment of stock Rasa, on its Python: nothing of the assistant is imported here."""
