"""The entries that answer in the request itself: REST and the socket."""
