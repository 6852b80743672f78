"""Tests of the mediators' desk."""
