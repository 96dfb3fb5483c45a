"""The network as a picture."""
