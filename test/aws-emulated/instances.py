"""RDS instances that are in no cluster, as Amazon RDS documents them: their snapshots, read replicas, standbys and retained backups."""

import copy
import re

from ministack.core.responses import get_account_id, get_region
from ministack.services import rds
from ministack.services.cloudformation import provisioners

from more import SECONDS, later, passes

TYPE = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBInstance"]
ARN = re.compile(r"^arn:aws:rds:([^:]+):(\d+):snapshot:(.+)$")
RETAINED = {}


def snapshot_called(name):
    """By its name here, or by its ARN anywhere: one of another account only when that shares it."""
    found = ARN.match(name or "")
    if found is None:
        return rds._snapshots.get(name)
    region, account, last = found.groups()
    found = rds._snapshots.get_scoped(account, region, last)
    is_ours = account == get_account_id()
    return found if found and (is_ours or get_account_id() in found.get("_shared", [])) else None


def shown(action, record):
    inner = f"<DBSnapshot>{rds._snapshot_xml(record)}</DBSnapshot>"
    return rds._xml(200, f"{action}Response", f"<{action}Result>{inner}</{action}Result>")


def take(name, instance, kind):
    record = rds._create_snapshot_internal(name, instance)
    record.update(SnapshotType=kind, Encrypted=bool(instance.get("StorageEncrypted")), _shared=[])
    passes(record, "Status", "creating", "available")
    return record


def tagged(record, tags):
    record["TagList"] = rds._tags[record["DBSnapshotArn"]] = tags


def create(params):
    name, instance = rds._p(params, "DBSnapshotIdentifier"), rds._instances.get(rds._p(params, "DBInstanceIdentifier"))
    if instance is None:
        return rds._error("DBInstanceNotFound", "DBInstance not found.", 404)
    if instance.get("DBClusterIdentifier"):
        return rds._error("InvalidParameterValue", "It is a member of a cluster.", 400)
    if instance["DBInstanceStatus"] != "available":
        return rds._error("InvalidDBInstanceState", f"Instance is in {instance['DBInstanceStatus']} state.", 400)
    if name in rds._snapshots:
        return rds._error("DBSnapshotAlreadyExists", f"{name} already exists.", 400)
    record = take(name, instance, "manual")
    tagged(record, rds._parse_tags(params))
    return shown("CreateDBSnapshot", record)


def copy_of(params):
    source, name = snapshot_called(rds._p(params, "SourceDBSnapshotIdentifier")), rds._p(params, "TargetDBSnapshotIdentifier")
    key = rds._p(params, "KmsKeyId")
    if source is None:
        return rds._error("DBSnapshotNotFound", "The source snapshot is not there.", 404)
    if name in rds._snapshots:
        return rds._error("DBSnapshotAlreadyExists", f"{name} already exists.", 400)
    if source["Status"] != "available":
        return rds._error("InvalidDBSnapshotState", f"The source is {source['Status']}.", 400)
    is_shared = f":{get_account_id()}:" not in source["DBSnapshotArn"]
    if is_shared and source["Encrypted"] and not key:
        return rds._error("InvalidParameterCombination", "A shared encrypted snapshot is copied under a key.", 400)
    record = copy.deepcopy(source)
    record.update(
        DBSnapshotIdentifier=name,
        DBSnapshotArn=f"arn:aws:rds:{get_region()}:{get_account_id()}:snapshot:{name}",
        SnapshotType="manual",
        KmsKeyId=key or source["KmsKeyId"],
        # unlike that of a cluster, a copy of an unencrypted one is encrypted where a key is given
        Encrypted=bool(key) or source["Encrypted"],
        StorageEncrypted=bool(key) or source["Encrypted"],
        _shared=[],
    )
    rds._snapshots[name] = record
    tagged(record, rds._parse_tags(params))
    passes(record, "Status", "copying", "available")
    return shown("CopyDBSnapshot", record)


def share(params):
    record = rds._snapshots.get(rds._p(params, "DBSnapshotIdentifier"))
    if record is None:
        return rds._error("DBSnapshotNotFound", "not found", 404)
    if record["SnapshotType"] != "manual":
        return rds._error("InvalidDBSnapshotState", "Automated snapshots cannot be shared.", 400)
    if record["Encrypted"] and not record["KmsKeyId"]:
        return rds._error("KMSKeyNotAccessibleFault", "A snapshot under the default key cannot be shared.", 400)
    for key, values in params.items():
        if key.startswith("ValuesToAdd."):
            record["_shared"] += values if isinstance(values, list) else [values]
    return rds._xml(200, "ModifyDBSnapshotAttributeResponse", "<ModifyDBSnapshotAttributeResult/>")


def restored(props):
    """What an instance is made with: of a restored one, what its snapshot decides."""
    name = props.get("DBSnapshotIdentifier")
    if not name:
        return props
    source = snapshot_called(name)
    if source is None or source["Status"] != "available":
        raise ValueError(f"DBSnapshotNotFound: {name} is {source['Status'] if source else 'not there'}")
    for beside in ("MasterUsername", "StorageEncrypted", "KmsKeyId", "DBName"):
        if beside in props:
            raise ValueError(f"InvalidParameterCombination: {beside} comes with the snapshot")
    taken = {"MasterUsername": source["MasterUsername"], "StorageEncrypted": source["Encrypted"], "KmsKeyId": source["KmsKeyId"], "DBName": source["DBName"]}
    return {**{key: value for key, value in props.items() if key != "DBSnapshotIdentifier"}, **taken}


INHERITED = ("Engine", "EngineVersion", "AllocatedStorage", "StorageType", "MasterUsername", "DBName", "StorageEncrypted", "KmsKeyId")


def replicated(props, source):
    """What a read replica is made with: of its source, which keeps backups, and which CloudFormation waits for."""
    if source is None:
        raise ValueError(f"DBInstanceNotFound: the source {props['SourceDBInstanceIdentifier']} is not there")
    if not source["BackupRetentionPeriod"]:
        raise ValueError("InvalidDBInstanceState: automated backups are not enabled for the source")
    for beside in ("BackupRetentionPeriod", "DBName", "MasterUsername", "MasterUserPassword", "DBSnapshotIdentifier"):
        if beside in props:
            raise ValueError(f"InvalidParameterCombination: {beside} is that of the source")
    return {**{key: source[key] for key in INHERITED}, **props, "BackupRetentionPeriod": 0}


def made_by_cloudformation():
    plain_create, plain_delete = TYPE["create"], TYPE["delete"]

    def create_one(logical_id, props, stack):
        named = props.get("SourceDBInstanceIdentifier")
        source = rds._instances.get(named.split(":db:")[-1]) if named else None
        made = plain_create(logical_id, replicated(props, source) if named else restored(props), stack)
        instance = rds._instances[made[0]]
        if instance["MultiAZ"]:
            instance["SecondaryAvailabilityZone"] = f"{get_region()}b"
        if source is not None:
            instance["ReadReplicaSourceDBInstanceIdentifier"] = source["DBInstanceIdentifier"]
            source["ReadReplicaDBInstanceIdentifiers"].append(made[0])
        elif not props.get("DBClusterIdentifier") and instance["BackupRetentionPeriod"]:
            take(f"rds:{made[0]}-2026-11-28-03-05", instance, "automated")
        return made

    def delete_one(name, props):
        instance = rds._instances.get(name, {})
        plain_delete(name, props)
        source = rds._instances.get(instance.get("ReadReplicaSourceDBInstanceIdentifier"), {})
        if name in source.get("ReadReplicaDBInstanceIdentifiers", []):
            source["ReadReplicaDBInstanceIdentifiers"].remove(name)
        if str(props.get("DeleteAutomatedBackups", True)).lower() == "false":
            RETAINED[instance["DbiResourceId"]] = {**instance, "_account": get_account_id()}
            return
        for other, record in list(rds._snapshots.items()):
            if record["DBInstanceIdentifier"] == name and record["SnapshotType"] == "automated":
                del rds._snapshots[other]

    TYPE.update(create=create_one, delete=delete_one)


def standbys_are_described():
    described = rds._instance_xml
    zone = "SecondaryAvailabilityZone"
    rds._instance_xml = lambda it: described(it) + (f"<{zone}>{it[zone]}</{zone}>" if zone in it else "")


def standbys_take_over():
    """A reboot with a failover is over a moment before the service says where the instance is."""
    plain = rds._ACTION_MAP["RebootDBInstance"]

    def reboot(params):
        if rds._p(params, "ForceFailover") != "true":
            return plain(params)
        instance = rds._instances.get(rds._p(params, "DBInstanceIdentifier"))
        if instance is None:
            return rds._error("DBInstanceNotFound", "DBInstance not found.", 404)
        if "SecondaryAvailabilityZone" not in instance:
            return rds._error("InvalidParameterCombination", "It is not configured for MultiAZ.", 400)
        if instance["DBInstanceStatus"] != "available":
            return rds._error("InvalidDBInstanceState", f"It is {instance['DBInstanceStatus']}.", 400)
        zones = {"AvailabilityZone": instance["SecondaryAvailabilityZone"], "SecondaryAvailabilityZone": instance["AvailabilityZone"]}
        passes(instance, "DBInstanceStatus", "rebooting", "available")
        later(lambda: instance.update(zones), SECONDS * 2)
        return rds._single_instance_response("RebootDBInstanceResponse", "RebootDBInstanceResult", instance)

    rds._ACTION_MAP["RebootDBInstance"] = reboot


def backups_are_retained():
    def describe(params):
        own = [it for it in RETAINED.values() if it["_account"] == get_account_id()]
        arn = lambda it: f"arn:aws:rds:{get_region()}:{get_account_id()}:auto-backup:ab-{it['DbiResourceId'].lower()}"
        fields = lambda it: "".join(
            f"<{key}>{value}</{key}>"
            for key, value in {
                "DBInstanceArn": it["DBInstanceArn"],
                "DBInstanceAutomatedBackupsArn": arn(it),
                "DBInstanceIdentifier": it["DBInstanceIdentifier"],
                "DbiResourceId": it["DbiResourceId"],
                "Status": "retained",
            }.items()
        )
        inner = "".join(f"<DBInstanceAutomatedBackup>{fields(it)}</DBInstanceAutomatedBackup>" for it in own)
        action = "DescribeDBInstanceAutomatedBackups"
        body = f"<{action}Result><DBInstanceAutomatedBackups>{inner}</DBInstanceAutomatedBackups></{action}Result>"
        return rds._xml(200, f"{action}Response", body)

    def delete(params):
        gone = RETAINED.pop(rds._p(params, "DbiResourceId"), None)
        if gone is None:
            return rds._error("DBInstanceAutomatedBackupNotFound", "not found", 404)
        for name, record in list(rds._snapshots.items()):
            if record["DBInstanceIdentifier"] == gone["DBInstanceIdentifier"] and record["SnapshotType"] == "automated":
                del rds._snapshots[name]
        action = "DeleteDBInstanceAutomatedBackup"
        return rds._xml(200, f"{action}Response", f"<{action}Result/>")

    rds._ACTION_MAP.update(DescribeDBInstanceAutomatedBackups=describe, DeleteDBInstanceAutomatedBackup=delete)


def install():
    for more in (made_by_cloudformation, standbys_are_described, standbys_take_over, backups_are_retained):
        more()
    rds._ACTION_MAP.update(CreateDBSnapshot=create, CopyDBSnapshot=copy_of, ModifyDBSnapshotAttribute=share)
