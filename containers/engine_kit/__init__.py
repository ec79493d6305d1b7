"""What the three engines share: server, attempts, callbacks, transfers, processes, probe, fonts."""
