"""Pictures and voice messages in cases: asked about, made anew, shown covered."""
