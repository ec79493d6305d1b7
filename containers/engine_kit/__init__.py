"""What the engines share: server, attempts, callbacks, transfers, processes, probe, fonts."""
