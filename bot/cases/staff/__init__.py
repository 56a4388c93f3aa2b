"""What the team does in its rooms: replies, notes, presses and commands."""
