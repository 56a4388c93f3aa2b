"""What we know about help: places, services, emergency numbers and the guide, in memory."""
