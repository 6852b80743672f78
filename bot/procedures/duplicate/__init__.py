"""The duplicate of a lost, stolen or damaged card."""
