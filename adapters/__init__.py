"""What talks to the world: platforms, the console, and the command line that starts them."""
