"""People behind the counter: finding somebody, their record, staff roles."""
