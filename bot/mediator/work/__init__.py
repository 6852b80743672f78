"""What mediators do: the queue, the codes, the opening hours, the cases kept, the bot improved."""
