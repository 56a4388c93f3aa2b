"""Lines in the team's hands: taken down for a while, and what people report of them."""
