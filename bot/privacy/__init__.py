"""Personal data: recognised and masked before anything is stored, and kept no longer than it says."""
