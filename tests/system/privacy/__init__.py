"""Whether personal data is masked, and what is kept of it."""
