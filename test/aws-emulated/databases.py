"""A PostgreSQL that runs behind a cluster, or an instance that is in none, where a test has one: the file that TWIN_EMULATOR_DATABASES names says which.

It is JSON: a part of its name to { writer, reader, readers, username, password, database }, each end as { host, port }. With setAt, passwords are set at
another server.
"""

import json
import os
import subprocess
import threading

from ministack.services import rds
from ministack.services.cloudformation import provisioners

from more import SECONDS, later

writing = threading.Lock()
TYPES = provisioners._RESOURCE_HANDLERS
SET_PASSWORD = """
const { Client } = require('pg');
const [, db, password] = process.argv;
const { writer, username: user, password: old, database } = JSON.parse(db);
const client = new Client({ ...writer, user, password: old, database, ssl: { rejectUnauthorized: false } }); // it takes no other connections
client.connect()
  .then(() => client.query(`alter role ${client.escapeIdentifier(user)} password ${client.escapeLiteral(password)}`))
  .then(() => client.end());
"""


def known():
    try:
        with open(os.environ["TWIN_EMULATOR_DATABASES"], encoding="utf-8") as file:
            return json.load(file)
    except (KeyError, FileNotFoundError):
        return {}


def behind(name):
    """The database behind a cluster or an instance; None where there is none."""
    return next((it for part, it in known().items() if part in name), None)


def remember(name, password):
    """The password that it has from now on."""
    with writing:
        databases = known()
        for part, database in databases.items():
            if part in name:
                database.get("setAt", database)["password"] = password
        kept = os.environ["TWIN_EMULATOR_DATABASES"]
        with open(f"{kept}.new", "w", encoding="utf-8") as file:
            json.dump(databases, file)
        os.replace(f"{kept}.new", kept)  # whoever reads meanwhile has all of it


def described(answered):
    """Puts the addresses of real databases into the records before they are described."""

    def handle(params):
        for name, cluster in rds._clusters.items():
            database = behind(name)
            if database is None:
                continue
            writer, readers = database["writer"], list(database["readers"])
            cluster.update(Endpoint=writer["host"], ReaderEndpoint=database["reader"]["host"], Port=writer["port"])
            cluster.update(MasterUsername=database["username"], DatabaseName=database["database"])
            for member in cluster["DBClusterMembers"]:
                instance = rds._instances.get(member["DBInstanceIdentifier"])
                address = writer if member["IsClusterWriter"] or not readers else readers.pop(0)
                if instance is not None:
                    place(instance, address)
        return answered(params)

    return handle


def place(instance, address):
    instance["Endpoint"] = {**instance.get("Endpoint", {}), "Address": address["host"], "Port": address["port"]}


def instances_described(answered):
    """The same for instances that are in no cluster, and their read replicas."""

    def handle(params):
        for name, instance in list(rds._instances.items()):
            is_primary = not instance.get("DBClusterIdentifier") and not instance.get("ReadReplicaSourceDBInstanceIdentifier")
            database = behind(name) if is_primary else None
            if database is None:
                continue
            place(instance, database["writer"])
            instance.update(MasterUsername=database["username"], DBName=database["database"])
            for replica, address in zip(instance["ReadReplicaDBInstanceIdentifiers"], database["readers"]):
                place(rds._instances[replica], address)
        return answered(params)

    return handle


def set_password(name, database, password):
    subprocess.run(["node", "-e", SET_PASSWORD, json.dumps(database), password], check=True)
    remember(name, password)


def modify(plain):
    def handle(params):
        name, password = rds._p(params, "DBClusterIdentifier"), rds._p(params, "MasterUserPassword")
        database = behind(name)
        if password and database:
            # the service says that it is done before the database has it
            later(lambda: set_password(name, database.get("setAt", database), password), SECONDS * 4)
        return plain(params)

    return handle


def modify_instance(plain):
    """As of a cluster; and what is pending is said without the password."""

    def handle(params):
        name, password = rds._p(params, "DBInstanceIdentifier"), rds._p(params, "MasterUserPassword")
        database, instance = behind(name), rds._instances.get(name)
        if not password or not database or instance is None:
            return plain(params)
        instance["PendingModifiedValues"] = {"MasterUserPassword": "****"}
        later(lambda: instance.update(PendingModifiedValues={}))
        later(lambda: set_password(name, database.get("setAt", database), password), SECONDS * 4)
        return plain({key: value for key, value in params.items() if key != "MasterUserPassword"})

    return handle


def install():
    for action in ("DescribeDBClusters", "DescribeDBInstances"):
        rds._ACTION_MAP[action] = described(rds._ACTION_MAP[action])
    rds._ACTION_MAP["DescribeDBInstances"] = instances_described(rds._ACTION_MAP["DescribeDBInstances"])
    rds._ACTION_MAP["ModifyDBInstance"] = modify_instance(rds._ACTION_MAP["ModifyDBInstance"])
    rds._ACTION_MAP["ModifyDBCluster"] = modify(rds._ACTION_MAP["ModifyDBCluster"])
