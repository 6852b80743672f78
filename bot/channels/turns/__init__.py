"""One turn of a conversation, whichever way its message came: its limits, its answer, its notices."""
