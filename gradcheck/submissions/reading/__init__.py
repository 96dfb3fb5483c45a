"""A submission as bytes and text, whatever it is called and however it is packed; nothing of it runs."""
