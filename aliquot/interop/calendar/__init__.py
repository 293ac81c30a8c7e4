"""Days for calendars (RFC 5545): whole days with a title and an address."""
