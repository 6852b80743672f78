"""The public benchmark: understanding, content, channels, speed. Each figure has its command."""
