"""Hostile inputs for every entry."""
