"""A council's spreadsheet in, families out: functions on frozen values, no web and no database."""
