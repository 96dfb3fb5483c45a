"""The numbers of a claimed gradient: one module for each method that can judge them; `choice` takes the strongest."""
