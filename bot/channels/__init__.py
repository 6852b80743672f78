"""The ways a message comes in: one file a channel that Rasa does not have, or has too poorly."""
