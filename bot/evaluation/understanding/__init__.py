"""How well messages are understood, beside other pipelines."""
