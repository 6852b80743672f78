"""What the answers state, and how old its sources are."""
