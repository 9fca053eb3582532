"""How the journal's tables came to be, one file per step; run by `workbench.store.sql`."""
