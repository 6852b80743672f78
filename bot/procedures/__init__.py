"""The procedures of the card: what each asks, decides and answers. A folder a procedure."""
