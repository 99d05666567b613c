"""What happens to kept facts by themselves: their box is erased on its day, with every way to it."""

from datetime import date

from sqlmodel import Session, col, delete

from webapp.facts.tables import KeptBox


def erase_expired_boxes(session: Session, today: date) -> int:
    """Erase boxes past their day and return how many; one that is prolonged at this moment stays. Their ways go with them."""
    return session.exec(delete(KeptBox).where(col(KeptBox.expires_on) < today)).rowcount
