"""The same conversations through every channel, against stand-ins of the platforms."""
