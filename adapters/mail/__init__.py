"""Mail to the team."""
