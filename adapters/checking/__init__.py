"""What `stagedoor doctor` looks at, an area a module; each says what is wrong and the mend."""
