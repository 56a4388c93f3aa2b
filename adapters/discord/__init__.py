"""Discord: direct messages as on Telegram, and commands that only their sender sees."""
