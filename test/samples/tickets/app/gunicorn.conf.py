import os

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"
workers = 2
threads = 4
keepalive = 75  # longer than the load balancer's
graceful_timeout = 20


def post_worker_init(worker):
    """A worker has a connection to the database before it takes requests."""
    from tickets.database import engine

    engine.connect().close()
