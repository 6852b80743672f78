"""What a person takes away: a sheet, its PDF, its calendar and letters, from the facts of a conversation."""
