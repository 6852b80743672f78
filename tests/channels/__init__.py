"""The messaging channels, each against a stand-in of its platform."""
