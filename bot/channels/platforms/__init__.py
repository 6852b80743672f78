"""The messaging platforms: how each signs, what it sends, what it takes."""
