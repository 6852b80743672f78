"""Personal data: recognised and masked before anything is stored; retention, export and erasure."""
