import os

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError, ReadOnlyError, TimeoutError
from redis.retry import Retry


def make_store():
    return Redis(
        host=os.environ["SESSIONS_HOST"],
        port=int(os.environ["SESSIONS_PORT"]),
        password=os.environ["SESSIONS_TOKEN"],
        ssl=True,
        socket_timeout=2,
        health_check_interval=15,
        retry=Retry(ExponentialBackoff(cap=1, base=0.05), 5),
        retry_on_error=[ConnectionError, ReadOnlyError, TimeoutError],
    )
