"""Snapshots and clones of database clusters, copies, and what is restored from them, as Amazon RDS and Amazon DocumentDB document them."""

import copy
import re

from ministack.core.responses import get_account_id, get_region
from ministack.services import documentdb, rds
from ministack.services.cloudformation import provisioners

from more import passes

TYPES = provisioners._RESOURCE_HANDLERS
ARN = re.compile(r"^arn:aws:rds:([^:]+):(\d+):cluster-snapshot:(.+)$")


def cluster_called(name):
    return rds._clusters.get(name) or documentdb._clusters.get(name)


def snapshot_called(name):
    """By its name here, or by its ARN anywhere: one of another account only when that shares it."""
    found = ARN.match(name or "")
    if found is None:
        return rds._db_cluster_snapshots.get(name)
    region, account, last = found.groups()
    found = rds._db_cluster_snapshots.get_scoped(account, region, last)
    is_ours = account == get_account_id()
    return found if found and (is_ours or get_account_id() in found.get("_shared", [])) else None


def answer(action, inner):
    return rds._xml(200, f"{action}Response", f"<{action}Result>{inner}</{action}Result>")


def shown(action, record):
    return answer(action, f"<DBClusterSnapshot>{rds._cluster_snapshot_xml(record)}</DBClusterSnapshot>")


def take(name, cluster, kind):
    record = rds._create_cluster_snapshot_internal(name, cluster)
    encrypted = str(cluster.get("StorageEncrypted", False)).lower() == "true"
    record.update(SnapshotType=kind, StorageEncrypted=encrypted, _shared=[], _database=cluster.get("DatabaseName", ""))
    passes(record, "Status", "creating", "available")
    return record


def create(params):
    name, cluster = rds._p(params, "DBClusterSnapshotIdentifier"), cluster_called(rds._p(params, "DBClusterIdentifier"))
    if cluster is None:
        return rds._error("DBClusterNotFoundFault", "DBCluster not found.", 404)
    if cluster["Status"] != "available":
        return rds._error("InvalidDBClusterStateFault", f"Cluster is in {cluster['Status']} state.", 400)
    if name in rds._db_cluster_snapshots:
        return rds._error("DBClusterSnapshotAlreadyExistsFault", f"{name} already exists.", 400)
    record = take(name, cluster, "manual")
    tagged(record, rds._parse_tags(params))
    return shown("CreateDBClusterSnapshot", record)


def tagged(record, tags):
    record["TagList"] = rds._tags[record["DBClusterSnapshotArn"]] = tags


def copy_of(params):
    source, name = snapshot_called(rds._p(params, "SourceDBClusterSnapshotIdentifier")), rds._p(params, "TargetDBClusterSnapshotIdentifier")
    key = rds._p(params, "KmsKeyId")
    if source is None:
        return rds._error("DBClusterSnapshotNotFoundFault", "The source snapshot is not there.", 404)
    if name in rds._db_cluster_snapshots:
        return rds._error("DBClusterSnapshotAlreadyExistsFault", f"{name} already exists.", 400)
    if source["Status"] != "available":
        return rds._error("InvalidDBClusterSnapshotStateFault", f"The source is {source['Status']}.", 400)
    is_shared = f":{get_account_id()}:" not in source["DBClusterSnapshotArn"]
    if key and not source["StorageEncrypted"]:
        return rds._error("InvalidParameterCombination", "A key is for an encrypted snapshot alone.", 400)
    is_far = source["DBClusterSnapshotArn"].split(":")[3] != get_region()
    if is_shared and is_far:
        return rds._error("InvalidParameterCombination", "A shared snapshot is not copied from another Region.", 400)
    if (is_shared or is_far) and source["StorageEncrypted"] and not key:
        return rds._error("InvalidParameterCombination", "An encrypted snapshot that is shared, or in another Region, is copied under a key.", 400)
    if is_far and not rds._p(params, "PreSignedUrl"):
        return rds._error("InvalidParameterValue", "PreSignedUrl is for a copy from another Region.", 400)
    if key and f":{get_region()}:" not in key:
        return rds._error("KMSKeyNotAccessibleFault", f"The key {key} is in another Region.", 400)
    record = copy.deepcopy(source)
    record.update(
        DBClusterSnapshotIdentifier=name,
        DBClusterSnapshotArn=f"arn:aws:rds:{get_region()}:{get_account_id()}:cluster-snapshot:{name}",
        SnapshotType="manual",
        KmsKeyId=key or source["KmsKeyId"],
        _shared=[],
    )
    rds._db_cluster_snapshots[name] = record
    tagged(record, rds._parse_tags(params))
    passes(record, "Status", "copying", "available")
    return shown("CopyDBClusterSnapshot", record)


def share(params):
    record = rds._db_cluster_snapshots.get(rds._p(params, "DBClusterSnapshotIdentifier"))
    if record is None:
        return rds._error("DBClusterSnapshotNotFoundFault", "not found", 404)
    if record["SnapshotType"] != "manual":
        return rds._error("InvalidDBClusterSnapshotStateFault", "Automated snapshots cannot be shared.", 400)
    for key, values in params.items():
        if key.startswith("ValuesToAdd."):
            record["_shared"] += values if isinstance(values, list) else [values]
    return answer("ModifyDBClusterSnapshotAttribute", "")


def restored(props):
    """What a cluster is made with: of a restored one, what its snapshot decides."""
    name = props.get("SnapshotIdentifier")
    if not name:
        return props
    source = snapshot_called(name)
    if source is None or source["Status"] != "available":
        raise ValueError(f"DBClusterSnapshotNotFoundFault: {name} is {source['Status'] if source else 'not there'}")
    for beside in ("MasterUsername", "StorageEncrypted"):
        if beside in props:
            raise ValueError(f"InvalidParameterCombination: {beside} comes with the snapshot")
    taken = {"MasterUsername": source["MasterUsername"], "StorageEncrypted": source["StorageEncrypted"], "DatabaseName": source["_database"]}
    return {**{key: value for key, value in props.items() if key != "SnapshotIdentifier"}, **taken}


def source_called(name):
    """A cluster by its identifier, or by its ARN in this Region: that of another account is none that is shared."""
    return cluster_called(name.split(":")[-1] if name.startswith("arn:") and f":{get_region()}:{get_account_id()}:" in name else name)


def cloned(props):
    """What a cluster is made with: of a clone, what its source has. CloudFormation sets nothing of it afterwards, the password neither."""
    name = props.get("SourceDBClusterIdentifier")
    if not name:
        return restored(props)
    source = source_called(name)
    if source is None:
        raise ValueError(f"DBClusterNotFoundFault: {name} is not there")
    if source["Status"] != "available" or not source["DBClusterMembers"]:
        raise ValueError(f"InvalidDBClusterStateFault: {name} is {source['Status']}, with {len(source['DBClusterMembers'])} instances")
    for beside in ("MasterUsername", "StorageEncrypted", "SnapshotIdentifier", "RestoreToTime"):
        if beside in props:
            raise ValueError(f"InvalidParameterCombination: {beside} comes with the source")
    if props.get("RestoreType") != "copy-on-write" or str(props.get("UseLatestRestorableTime")).lower() != "true":
        raise ValueError("InvalidParameterCombination: a clone is a copy on write of the latest state")
    if props.get("KmsKeyId") and not source["StorageEncrypted"]:
        raise ValueError("InvalidParameterCombination: a clone of what is not encrypted takes no key")
    source.setdefault("CloneGroupId", f"clones-of-{source['DBClusterIdentifier']}")
    left = ("SourceDBClusterIdentifier", "RestoreType", "UseLatestRestorableTime", "MasterUserPassword")
    taken = {key: source.get(key) for key in ("MasterUsername", "MasterUserPassword", "StorageEncrypted", "DatabaseName") if source.get(key) is not None}
    return {**{key: value for key, value in props.items() if key not in left}, **taken}


def clones_are_described(module):
    described = module._cluster_xml
    module._cluster_xml = lambda it: described(it) + (f"<CloneGroupId>{it['CloneGroupId']}</CloneGroupId>" if it.get("CloneGroupId") else "")


def made_from_snapshots(kind, module):
    plain_create, plain_delete = TYPES[kind]["create"], TYPES[kind]["delete"]

    def make(logical_id, props, stack):
        made = plain_create(logical_id, cloned(props), stack)
        record = module._clusters[made[0]]
        if props.get("SourceDBClusterIdentifier"):
            record["CloneGroupId"] = source_called(props["SourceDBClusterIdentifier"])["CloneGroupId"]
        record["KmsKeyId"] = props.get("KmsKeyId", "")
        take(f"rds:{made[0]}-2026-11-28-03-05", record, "automated")
        return made

    def delete(name, props):
        plain_delete(name, props)
        for other, record in list(rds._db_cluster_snapshots.items()):
            if record["DBClusterIdentifier"] == name and record["SnapshotType"] == "automated":
                del rds._db_cluster_snapshots[other]

    TYPES[kind].update(create=make, delete=delete)


def install():
    for module in (rds, documentdb):
        clones_are_described(module)
    made_from_snapshots("AWS::RDS::DBCluster", rds)
    made_from_snapshots("AWS::DocDB::DBCluster", documentdb)
    rds._ACTION_MAP.update(CreateDBClusterSnapshot=create, CopyDBClusterSnapshot=copy_of, ModifyDBClusterSnapshotAttribute=share)
