"""Telegram: the real library over HTTP, by long polling or by webhook."""
