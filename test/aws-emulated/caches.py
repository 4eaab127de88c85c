"""Backups of replication groups, their copies and what is restored from them, as ElastiCache documents them."""

import copy
import datetime
from urllib.parse import parse_qs

from ministack import app
from ministack.services import elasticache
from ministack.services.cloudformation import provisioners

from more import passes

TYPE = provisioners._RESOURCE_HANDLERS["AWS::ElastiCache::ReplicationGroup"]
CREATE, DESCRIBE = elasticache._create_snapshot, elasticache._describe_snapshots


def shown(action, record):
    return elasticache._xml(200, f"{action}Response", f"<{action}Result><Snapshot>{elasticache._snapshot_xml(record)}</Snapshot></{action}Result>")


def create(params):
    answer = CREATE(params)
    if answer[0] == 200:
        record = elasticache._snapshots[elasticache._p(params, "SnapshotName")]
        record["KmsKeyId"] = elasticache._p(params, "KmsKeyId")
        now = datetime.datetime.now(datetime.timezone.utc)
        # of each shard for itself
        record["NodeSnapshots"] = [{"CacheNodeId": "0001", "SnapshotCreateTime": (now + late).isoformat()} for late in (datetime.timedelta(), datetime.timedelta(hours=1))]
        passes(record, "SnapshotStatus", "creating", "available")
        return shown("CreateSnapshot", record)
    return answer


def describe(params):
    name = elasticache._p(params, "SnapshotName")
    if name and name not in elasticache._snapshots:
        return elasticache._error("SnapshotNotFoundFault", f"Snapshot {name} not found", 404)
    return DESCRIBE(params)


def copy_of(params):
    source, name = elasticache._snapshots.get(elasticache._p(params, "SourceSnapshotName")), elasticache._p(params, "TargetSnapshotName")
    if source is None:
        return elasticache._error("SnapshotNotFoundFault", "The source snapshot is not there.", 404)
    if name in elasticache._snapshots:
        return elasticache._error("SnapshotAlreadyExistsFault", f"{name} already exists.", 400)
    if source["SnapshotStatus"] != "available":
        return elasticache._error("InvalidSnapshotState", f"The source is {source['SnapshotStatus']}.", 400)
    record = copy.deepcopy(source)
    arn = elasticache._arn_snapshot(name)
    record.update(SnapshotName=name, ARN=arn, SnapshotSource="manual", KmsKeyId=elasticache._p(params, "KmsKeyId") or source.get("KmsKeyId", ""))
    elasticache._snapshots[name] = record
    elasticache._tags[arn] = elasticache._extract_tags(params)
    passes(record, "SnapshotStatus", "copying", "available")
    return shown("CopySnapshot", record)


def restored():
    """A group is made from a backup that is there, in the same account and Region."""
    plain_create = TYPE["create"]

    def make(logical_id, props, stack):
        name = props.get("SnapshotName")
        source = elasticache._snapshots.get(name) if name else None
        if name and (source is None or source["SnapshotStatus"] != "available"):
            raise ValueError(f"SnapshotNotFoundFault: {name} is {source['SnapshotStatus'] if source else 'not there'}")
        return plain_create(logical_id, {key: value for key, value in props.items() if key != "SnapshotName"}, stack)

    TYPE["create"] = make


def keys_are_described():
    described = elasticache._snapshot_xml
    elasticache._snapshot_xml = lambda it: described(it) + (f"<KmsKeyId>{it['KmsKeyId']}</KmsKeyId>" if it.get("KmsKeyId") else "")


def copies_are_made():
    handle = elasticache.handle_request

    async def handle_more(method, path, headers, body, query):
        asked = parse_qs((body or b"").decode())
        return copy_of(asked) if asked.get("Action") == ["CopySnapshot"] else await handle(method, path, headers, body, query)

    elasticache.handle_request = app.SERVICE_HANDLERS["elasticache"] = handle_more


def install():
    for more in (restored, keys_are_described, copies_are_made):
        more()
    elasticache._create_snapshot, elasticache._describe_snapshots = create, describe
