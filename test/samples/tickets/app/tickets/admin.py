"""What the support lead sees, under /admin."""

import os

from flask import Flask, jsonify
from sqlalchemy import func, select

from .database import Session
from .models import Ticket

app = Flask(__name__)


@app.teardown_appcontext
def remove_session(error=None):
    Session.remove()


@app.get("/admin/health")
def health():
    return jsonify(release=os.environ["RELEASE"])


@app.get("/admin/report")
def report():
    by_state = Session.execute(select(Ticket.state, func.count()).group_by(Ticket.state))
    return jsonify(states={state: number for state, number in by_state}, of="tickets")
