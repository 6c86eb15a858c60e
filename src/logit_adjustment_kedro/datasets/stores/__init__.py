"""Where a run keeps what it makes: whole files, with versions."""
