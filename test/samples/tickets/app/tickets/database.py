import json
import os

from sqlalchemy import URL, create_engine
from sqlalchemy.orm import scoped_session, sessionmaker


def make_engine():
    secret = json.loads(os.environ["DATABASE_SECRET"])
    url = URL.create(
        "postgresql+psycopg",
        username=secret["username"],
        password=secret["password"],
        host=secret["host"],
        port=secret["port"],
        database=secret["dbname"],
        query={"sslmode": "verify-full", "sslrootcert": os.environ["DATABASE_CA"]},
    )
    return create_engine(url, pool_size=5, max_overflow=5, pool_pre_ping=True, pool_recycle=1800)


engine = make_engine()
Session = scoped_session(sessionmaker(engine))
