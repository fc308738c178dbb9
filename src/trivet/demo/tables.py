"""What PostgreSQL keeps: accounts, videos, the documents that are being moved, and what they become."""

from sqlalchemy import BigInteger, Engine, ForeignKey, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ACCOUNTS = 60_000
VIDEOS = 40_000
QUOTA = 10**9  # bytes


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    plan: Mapped[str]
    quota: Mapped[int] = mapped_column(BigInteger)
    used: Mapped[int] = mapped_column(BigInteger)  # bytes


class Video(Base):
    __tablename__ = "videos"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))  # no index: adding up an account walks the table
    title: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]


class Document(Base):
    """A document of the old store, as it was. Nothing finds one by the e-mail inside it but a walk."""

    __tablename__ = "documents"

    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    body: Mapped[dict] = mapped_column(JSONB)


class Subscription(Base):
    __tablename__ = "subscriptions"

    account: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    plan: Mapped[str]
    seats: Mapped[int]


SEED = f"""
INSERT INTO accounts (id, email, plan, quota, used)
SELECT n, 'user' || n || '@example.com', (ARRAY['free', 'free', 'team', 'pro'])[1 + n % 4], {QUOTA}, 0
FROM generate_series(1, {ACCOUNTS}) AS n;

INSERT INTO videos (account, title, bytes, state)
SELECT 1 + n * 7919 % {ACCOUNTS}, 'recording ' || n, 100000 + n * 7 % 900000, 'ready'
FROM generate_series(1, {VIDEOS}) AS n;

ANALYZE;
"""


def create(engine: Engine) -> None:
    """A company that has been open for a while. Takes about a second."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text(SEED))
