"""The part that must not break: detector, wording and card, all answered from memory."""
