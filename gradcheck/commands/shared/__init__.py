"""What the commands share: options of reports, standard streams, signals, progress, which files are whose, how long."""
