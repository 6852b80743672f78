"""Behind a webhook: messages wait, are answered in order, drawn for the platform and sent once."""
