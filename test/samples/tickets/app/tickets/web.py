"""The public site: agents sign in, and work on tickets."""

import os

from flask import Flask, abort, jsonify, request, session
from flask_session import Session as ServerSideSession
from sqlalchemy import select

from .database import Session
from .models import Agent, Ticket
from .store import make_store

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["SESSION_KEY"],
    SESSION_TYPE="redis",
    SESSION_REDIS=make_store(),
    SESSION_COOKIE_HTTPONLY=True,
    PERMANENT_SESSION_LIFETIME=8 * 3600,
)
ServerSideSession(app)


@app.teardown_appcontext
def remove_session(error=None):
    Session.remove()


@app.get("/health")
def health():
    return jsonify(release=os.environ["RELEASE"])


@app.post("/auth")
def sign_in():
    sent = request.get_json()
    agent = Session.scalar(select(Agent).where(Agent.name == sent["as"]))
    if agent is None:
        abort(401)
    session["agent"] = agent.name
    session["n"] = sent["n"]
    return jsonify(agent=agent.name), 201


@app.get("/me")
def me():
    if "agent" not in session:
        abort(401)
    return jsonify(agent=session["agent"], n=session["n"])


@app.post("/tickets")
def create():
    ticket = Ticket(subject=request.get_json()["subject"])
    Session.add(ticket)
    Session.commit()
    return jsonify(id=ticket.id), 201


@app.get("/tickets/<int:ticket_id>")
def read(ticket_id):
    ticket = Session.get(Ticket, ticket_id)
    if ticket is None:
        abort(404)
    return jsonify(id=ticket.id, subject=ticket.subject, state=ticket.state)
