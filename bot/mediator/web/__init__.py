"""The desk's web application: requests checked, pages answered."""
