"""What tests, attacks and benchmarks share: private servers, stand-ins of the platforms, people who talk."""
