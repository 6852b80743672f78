"""The servers and services that measurements start."""
