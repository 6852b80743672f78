"""Rasa graph components of ours: clean text, topic, facts."""
