"""What contract tests say where others' programs are missing."""

NO_CALENDAR_PROGRAMS = "vdirsyncer and khal are not installed"


def pytest_terminal_summary(terminalreporter):
    skipped = [one for one in terminalreporter.getreports("skipped") if NO_CALENDAR_PROGRAMS in str(one.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} contract tests did not run: {NO_CALENDAR_PROGRAMS}.", yellow=True)
