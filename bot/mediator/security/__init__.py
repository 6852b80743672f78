"""Who may enter the desk, and the record of what was done there."""
