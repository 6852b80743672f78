"""From a response's name and values to a French sentence with its source and check date."""
