"""The platform-neutral core: messages, crisis, conversation and its flows, the store."""
