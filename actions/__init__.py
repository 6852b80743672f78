"""Custom actions: slots in, the law core called, a response named. No French is written here."""
