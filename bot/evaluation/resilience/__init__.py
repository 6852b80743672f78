"""What is lost when parts fail while people talk."""
