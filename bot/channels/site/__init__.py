"""What the assistant's own address serves: pages without script, feedback, documents, error pages."""
