"""Mail in cases: notices to the team, letters of people to its mailbox."""
