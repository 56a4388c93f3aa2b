"""Cases: somebody asked for a person. Words go both ways, sealed; nobody sees who it is."""
