"""What running servers need: locks, logs, figures, events, back-ups, their start and their end."""
