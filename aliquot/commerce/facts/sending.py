"""How often mails may be sent again."""

from datetime import timedelta

MOST_GIFT_MAILS, GIFT_PERIOD = 5, timedelta(days=1)  # of one gift
MOST_PAPERS_SENT, PAPER_PERIOD = 5, timedelta(hours=1)  # of one person
