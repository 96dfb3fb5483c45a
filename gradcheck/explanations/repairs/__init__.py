"""What would stand right in a wrong line? Small changes to it, each tried before it is shown."""
