"""Runs an emulator of AWS on this machine's loopback until the standard input ends: start.py ministack|moto PORT FOLDER

Whoever started it holds the other end of the standard input, so that it ends with them, however they end: the folder, which is
for all that it writes, and its process group, in which the functions run, go with it.
"""

import os
import shutil
import signal
import sys
import threading

EMULATOR, PORT, FOLDER = sys.argv[1:]


def end_with_standard_input():
    sys.stdin.buffer.read()
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.killpg(os.getpgid(0), signal.SIGKILL)


def ministack():
    os.environ["GATEWAY_PORT"] = PORT
    os.environ["BIND_HOST"] = "127.0.0.1"
    os.environ["STATE_DIR"] = os.path.join(FOLDER, "state")  # or /tmp/ministack-state, whose it may be
    os.environ["S3_DATA_DIR"] = os.path.join(FOLDER, "s3")
    os.environ["IOT_MTLS_ENABLED"] = "0"  # or MQTT listens on all interfaces
    os.environ["LAMBDA_EXECUTOR"] = "local"  # functions are run by the Node of this machine
    from ministack import app
    from ministack.services import dynamodb, rds, s3
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS

    def asks_its_service(kind, delete):
        """Some deletions by MiniStack's CloudFormation take the record out, where AWS's has to ask the service, which may refuse."""
        take_out = handlers[kind]["delete"]

        def ask(name, props):
            status, _, body = delete(name)
            if status >= 400 and status != 404:
                raise ValueError(body.decode() if isinstance(body, bytes) else str(body))
            take_out(name, props)

        handlers[kind]["delete"] = ask

    asks_its_service("AWS::S3::Bucket", s3._delete_bucket)
    asks_its_service("AWS::DynamoDB::Table", lambda name: dynamodb._delete_table({"TableName": name}))
    asks_its_service("AWS::DynamoDB::GlobalTable", lambda name: dynamodb._delete_table({"TableName": name}))
    asks_its_service("AWS::RDS::DBCluster", lambda name: rds._delete_db_cluster({"DBClusterIdentifier": name, "SkipFinalSnapshot": "true"}))
    asks_its_service("AWS::RDS::DBInstance", lambda name: rds._delete_db_instance({"DBInstanceIdentifier": name, "SkipFinalSnapshot": "true"}))

    create_bucket = handlers["AWS::S3::Bucket"]["create"]

    def create_with_tags(logical_id, props, stack):
        """MiniStack leaves a bucket's tags out, without which the CDK's handler empties none."""
        name, attributes = create_bucket(logical_id, props, stack)
        s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in props.get("Tags") or []}
        return name, attributes

    handlers["AWS::S3::Bucket"]["create"] = create_with_tags
    import caches
    import databases
    import deployments
    import instances
    import more
    import snapshots
    import tasks
    import tokens

    for extension in (more, snapshots, instances, caches, tasks, databases, deployments, tokens):
        extension.install()
    sys.argv = ["ministack"]
    app.main()


def moto():
    from moto.server import main

    main(["--host", "127.0.0.1", "--port", PORT])


threading.Thread(target=end_with_standard_input, daemon=True).start()
{"ministack": ministack, "moto": moto}[EMULATOR]()
