"""A running system under hostile inputs and failures; ``python -m tests.system`` lists the trials."""
