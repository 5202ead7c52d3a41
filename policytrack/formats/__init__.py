"""How days and moments are written where Django chooses the format, as in lists at the desk: as on all other pages."""
