"""What the mediators' desk asks of the assistant's server."""
