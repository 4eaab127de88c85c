"""What a rehearsal needs and MiniStack lacks, or does otherwise than AWS: each as AWS documents it.

Databases and deployments take a moment here, so that what waits for them has to wait: TWIN_EMULATOR_SECONDS, 0.5 unless it is set.
"""

import contextvars
import copy
import datetime
import json
import os
import sys
import threading
import time
import types
import uuid
from urllib.parse import parse_qs

from ministack import app
from ministack.core import iam_actions, router
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch_logs, documentdb, ec2, ecs, elasticache, rds, tagging
from ministack.services.cloudformation import handlers, provisioners

SECONDS = float(os.environ.get("TWIN_EMULATOR_SECONDS", "0.5"))
TYPES = provisioners._RESOURCE_HANDLERS


def later(work, seconds=SECONDS):
    """Does something a moment later, in the account and Region of now."""
    timer = threading.Timer(seconds, contextvars.copy_context().run, (work,))
    timer.daemon = True
    timer.start()


def passes(record, key, now, then):
    """A state that lasts a moment."""
    record[key] = now
    later(lambda: record.update({key: then}) if record.get(key) == now else None)


def rules_of_security_groups():
    """Rules as resources of their own: the CDK writes them between groups that refer to each other."""

    def kind(field):
        def create(logical_id, props, stack):
            group = ec2._security_groups.get(props["GroupId"])
            if group is None:
                raise ValueError(f"InvalidGroup.NotFound: the security group '{props['GroupId']}' does not exist")
            group[field].extend(provisioners._ec2_sg_permissions([props]))
            return f"sgr-{uuid.uuid4().hex[:17]}", {}

        def delete(rule, props):
            rules = ec2._security_groups.get(props.get("GroupId"), {}).get(field, [])
            for gone in provisioners._ec2_sg_permissions([props]):
                if gone in rules:
                    rules.remove(gone)

        return {"create": create, "delete": delete, "update": lambda rule, old, new, *rest: (rule, {})}

    TYPES["AWS::EC2::SecurityGroupIngress"] = kind("IpPermissions")
    TYPES["AWS::EC2::SecurityGroupEgress"] = kind("IpPermissionsEgress")


def aurora():
    """One member of a cluster writes; MiniStack says so of each that CloudFormation made. A failover takes a moment."""
    create_cluster, create_instance = TYPES["AWS::RDS::DBCluster"]["create"], TYPES["AWS::RDS::DBInstance"]["create"]
    fail_over = rds._ACTION_MAP["FailoverDBCluster"]

    def cluster(logical_id, props, stack):
        made = create_cluster(logical_id, props, stack)
        rds._clusters[made[0]]["TagList"] = props.get("Tags") or []
        rds._clusters[made[0]]["DBClusterParameterGroup"] = props.get("DBClusterParameterGroupName") or "default"
        passes(rds._clusters[made[0]], "Status", "creating", "available")
        return made

    def instance(logical_id, props, stack):
        made = create_instance(logical_id, props, stack)
        members = rds._clusters.get(props.get("DBClusterIdentifier"), {}).get("DBClusterMembers", [])
        for index, member in enumerate(members):
            member["IsClusterWriter"] = index == 0
        rds._instances[made[0]]["TagList"] = props.get("Tags") or []
        passes(rds._instances[made[0]], "DBInstanceStatus", "creating", "available")
        return made

    def fail_over_slowly(params):
        answer = fail_over(params)
        if answer[0] == 200:
            passes(rds._clusters[rds._p(params, "DBClusterIdentifier")], "Status", "failing-over", "available")
        return answer

    TYPES["AWS::RDS::DBCluster"]["create"] = cluster
    TYPES["AWS::RDS::DBInstance"]["create"] = instance
    rds._ACTION_MAP["FailoverDBCluster"] = fail_over_slowly


def caches_fail_over():
    """TestFailover promotes a replica of one shard, which takes a moment, 15 times in 24 hours; MiniStack does not know it.

    Here days are as long as the variable says, in seconds: most tests are many rehearsals in one account.
    """
    handle = elasticache.handle_request
    day = float(os.environ.get("TWIN_EMULATOR_DAY", "0"))
    tested = []  # the times, and the events as the API's reference words them

    def events(asked):
        since = time.time() - float(asked.get("Duration", 60)) * 60 * day / 86400
        first = int(asked.get("Marker", 0))
        found = [it for it in tested if it[0] >= since and asked.get("SourceType") in (None, "replication-group")]
        page = "".join(
            f"<Event><SourceIdentifier>{group}</SourceIdentifier><SourceType>replication-group</SourceType><Message>{message}</Message>"
            f"<Date>{datetime.datetime.fromtimestamp(at, datetime.timezone.utc).isoformat()}</Date></Event>"
            for at, group, message in found[first : first + 20]
        )
        marker = f"<Marker>{first + 20}</Marker>" if len(found) > first + 20 else ""
        return elasticache._xml(200, "DescribeEventsResponse", f"<DescribeEventsResult><Events>{page}</Events>{marker}</DescribeEventsResult>")

    async def handle_more(method, path, headers, body, query):
        asked = {key: values[0] for key, values in parse_qs((body or b"").decode()).items()}
        if asked.get("Action") == "DescribeEvents":
            return events(asked)
        if asked.get("Action") != "TestFailover":
            return await handle(method, path, headers, body, query)
        group = elasticache._replication_groups.get(asked["ReplicationGroupId"], {})
        if group.get("Status") != "available":
            return elasticache._error("InvalidReplicationGroupState", "it is not available", 400)
        shard = next((it for it in group["NodeGroups"] if it["NodeGroupId"] == asked["NodeGroupId"]), None)
        if shard is None:
            return elasticache._error("NodeGroupNotFoundFault", asked["NodeGroupId"], 404)
        if sum(message.startswith("Test Failover") for at, _, message in tested if at >= time.time() - day) >= 15:
            return elasticache._error("APICallRateForCustomerExceededFault", "The customer has exceeded the allowed rate of API calls.", 400)
        primary, replica, *_ = sorted(shard["NodeGroupMembers"], key=lambda it: it.get("CurrentRole") != "primary")
        primary["CurrentRole"], replica["CurrentRole"] = "replica", "primary"
        to = f"from primary node {primary['CacheClusterId']} to replica node {replica['CacheClusterId']}"
        for message in (f"Test Failover API called for node group {asked['NodeGroupId']}", f"Failover {to} completed"):
            tested.append((time.time(), asked["ReplicationGroupId"], message))
        passes(group, "Status", "modifying", "available")
        done = f"<TestFailoverResult><ReplicationGroup>{elasticache._rg_xml(group)}</ReplicationGroup></TestFailoverResult>"
        return elasticache._xml(200, "TestFailoverResponse", done)

    elasticache.handle_request = app.SERVICE_HANDLERS["elasticache"] = handle_more


def services_replace_tasks():
    """A service starts another task when one is stopped; MiniStack's does at the next update."""
    stop = ecs._ACTION_MAP["StopTask"]

    def stop_and_replace(data):
        answer = stop(data)
        task = next((it for it in ecs._tasks.values() if data["task"] in (it["taskArn"], it["taskArn"].rsplit("/", 1)[-1])), {})

        def replace():
            for key, service in list(ecs._services.items()):
                if service["clusterArn"] == task.get("clusterArn") and f"service:{service['serviceName']}" == task.get("group"):
                    ecs._reconcile_service_tasks(task["clusterArn"].rsplit("/", 1)[-1], key)

        later(replace)
        return answer

    ecs._ACTION_MAP["StopTask"] = stop_and_replace


def services_spread_tasks():
    """ECS starts a task of a service in the Availability Zone with the fewest of it; MiniStack has all in one."""
    run = ecs._run_task

    def run_spread(data):
        answer = run(data)
        for started in json.loads(answer[2]).get("tasks", []):
            task = ecs._tasks[started["taskArn"]]
            fellows = [it for it in ecs._tasks.values() if it["group"] == task["group"] and it is not task and it["lastStatus"] != "STOPPED"]
            zones = [f"{get_region()}{letter}" for letter in "ab"]
            task["availabilityZone"] = min(zones, key=lambda zone: sum(it["availabilityZone"] == zone for it in fellows))
        return answer

    ecs._run_task = run_spread


def deleted_stacks_are_listed():
    """CloudFormation tells of a deleted stack, by its id, for 90 days, also where there is another one of its name."""
    delete_stack = handlers._delete_stack_async

    async def delete(name, *args, **more):
        from ministack.services.cloudformation import _stacks

        stack = _stacks.get(name)
        before = copy.deepcopy((stack or {}).get("_resources", {}))
        await delete_stack(name, *args, **more)
        if stack and stack["StackStatus"] == "DELETE_COMPLETE":
            stack["DeletionTime"] = datetime.datetime.now(datetime.timezone.utc).isoformat()
            stack["_resources"] = {key: {**it, "ResourceStatus": "DELETE_COMPLETE"} for key, it in before.items()}

    handlers._delete_stack_async = delete
    for action in ("CreateStack", "CreateChangeSet"):

        def create(params, make=handlers._ACTION_HANDLERS[action]):
            from ministack.services.cloudformation import _stacks

            former = _stacks.get(handlers._p(params, "StackName"))
            if former and former["StackStatus"] == "DELETE_COMPLETE":
                _stacks[former["StackId"]] = former
            return make(params)

        handlers._ACTION_HANDLERS[action] = create


def tags_of_every_service():
    """The Tagging API lists databases, networks and log groups too. MiniStack's CloudFormation gives them the stack's tags."""
    for kind in ("RDS::DBCluster", "ECS::TaskDefinition", "ElastiCache::ReplicationGroup", "S3::Bucket"):
        provisioners._STACK_TAG_PROPERTY.setdefault(f"AWS::{kind}", ("Tags", "list"))
    arn = lambda service, name: f"arn:aws:{service}:{get_region()}:{get_account_id()}:{name}"
    kinds = {"vpc": "vpc", "subnet": "subnet", "sg": "security-group", "igw": "internet-gateway", "rtb": "route-table"}

    def databases():
        clusters, instances = "DBClusterArn", "DBInstanceArn"
        stores = [(it._clusters, clusters) for it in (rds, documentdb)] + [(it._instances, instances) for it in (rds, documentdb)]
        for store, key in (*stores, (rds._db_cluster_snapshots, "DBClusterSnapshotArn"), (rds._snapshots, "DBSnapshotArn")):
            yield from ((it[key], it["TagList"]) for it in list(store.values()) if it.get("TagList"))

    def networks():
        for name, tags in ec2._tags.items():
            kind = kinds.get(name.split("-")[0])
            if kind and tags:
                yield arn("ec2", f"{kind}/{name}"), tags

    def log_groups():
        for name, group in cloudwatch_logs._log_groups.items():
            tags = [{"Key": key, "Value": value} for key, value in (group.get("tags") or {}).items()]
            if tags:
                yield arn("logs", f"log-group:{name}"), tags

    tagging._COLLECTORS.update(rds=databases, ec2=networks, logs=log_groups)


def autoscaling():
    """Application Auto Scaling: MiniStack has neither the service nor its resources. Nothing is ever moved here."""
    targets, policies = {}, {}
    bounds = lambda props: {"MinCapacity": int(props["MinCapacity"]), "MaxCapacity": int(props["MaxCapacity"])}

    def create_target(logical_id, props, stack):
        keys = ("ResourceId", "ScalableDimension", "ServiceNamespace")
        name = "|".join(props[key] for key in keys)
        suspended = {"DynamicScalingInSuspended": False, "DynamicScalingOutSuspended": False, "ScheduledScalingSuspended": False}
        targets[name] = {**{key: props[key] for key in keys}, **bounds(props), "SuspendedState": suspended, "CreationTime": time.time()}
        return name, {"Id": name}

    def update_target(name, old, new, *rest):
        targets[name].update(bounds(new))
        return name, {"Id": name}

    def create_policy(logical_id, props, stack):
        resource_id, dimension, namespace = props["ScalingTargetId"].split("|")
        where = f"resource/{namespace}/{resource_id}:policyName/{props['PolicyName']}"
        name = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{uuid.uuid4()}:{where}"
        config = {key: value for key, value in (props.get("TargetTrackingScalingPolicyConfiguration") or {}).items() if key == "TargetValue"}
        policies[name] = {"PolicyARN": name, "PolicyName": props["PolicyName"], "ServiceNamespace": namespace, "ResourceId": resource_id, "ScalableDimension": dimension, "PolicyType": props["PolicyType"], "TargetTrackingScalingPolicyConfiguration": config, "CreationTime": time.time()}
        return name, {"Arn": name}

    async def handle(method, path, headers, body, query):
        asked, action = json.loads(body or b"{}"), headers.get("x-amz-target", "").split(".")[-1]
        if action == "RegisterScalableTarget":
            targets["|".join(asked[key] for key in ("ResourceId", "ScalableDimension", "ServiceNamespace"))].update(asked)
            return 200, {"Content-Type": "application/x-amz-json-1.1"}, b"{}"
        store, key = {"DescribeScalableTargets": (targets, "ScalableTargets"), "DescribeScalingPolicies": (policies, "ScalingPolicies")}[action]
        wanted = asked.get("ResourceIds") or [asked.get("ResourceId")]
        found = [it for it in store.values() if it["ServiceNamespace"] == asked["ServiceNamespace"] and it["ResourceId"] in wanted]
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps({key: found}).encode()

    for kind, create, store, update in (
        ("ScalableTarget", create_target, targets, update_target),
        ("ScalingPolicy", create_policy, policies, lambda name, *rest: (name, {"Arn": name})),
    ):
        take_out = lambda name, props, store=store: store.pop(name, None)
        TYPES[f"AWS::ApplicationAutoScaling::{kind}"] = {"create": create, "update": update, "delete": take_out}
    service = types.ModuleType("ministack.services.applicationautoscaling")
    service.handle_request, service.reset = handle, lambda: (targets.clear(), policies.clear())
    sys.modules[service.__name__] = app._loaded_modules["applicationautoscaling"] = service
    app.SERVICE_REGISTRY["application-autoscaling"], app.SERVICE_HANDLERS["application-autoscaling"] = {"module": "applicationautoscaling"}, handle
    pattern = {"target_prefixes": ["AnyScaleFrontendService"], "credential_scope": "application-autoscaling"}
    router.SERVICE_PATTERNS = {"application-autoscaling": pattern, **router.SERVICE_PATTERNS}


def stacks_have_roles():
    """A stack has the role that it was last deployed with, and says which."""
    actions, roles = handlers._ACTION_HANDLERS, {}

    def keeps_role(action):
        do = actions[action]

        def done(params):
            answer = do(params)
            role = handlers._p(params, "RoleARN")
            stack = handlers._resolve_stack(handlers._p(params, "StackName"))
            if role and stack:
                roles[stack["StackId"]] = role
            return answer

        actions[action] = done

    describe = actions["DescribeStacks"]

    def describe_with_roles(params):
        status, headers, body = describe(params)
        for stack, role in roles.items():
            name = f"<StackId>{stack}</StackId>".encode()
            body = body.replace(name, name + f"<RoleARN>{role}</RoleARN>".encode())
        return status, headers, body

    actions["DescribeStacks"] = describe_with_roles
    for action in ("CreateStack", "UpdateStack", "CreateChangeSet"):
        keeps_role(action)


def policies_know_resources():
    """Where policies are checked, a call is of the resource that AWS's service authorization reference names, with its tags."""
    named = iam_actions.extract_resource_arn

    def stacks():
        from ministack.services.cloudformation import _stacks

        return ((it["StackId"], it.get("Tags") or []) for it in list(_stacks.values()))

    def stack_of(arn):
        name = arn.split(":stack/")[1].removesuffix("/*")
        return next((it for it, _ in stacks() if arn.endswith("/*") and it.split("/")[1] == name), arn)

    def named_as_documented(service, method, path, headers, body, query_params, *more):
        arn = named(service, method, path, headers, body, query_params, *more)
        if service == "cloudformation" and ":stack/" in arn:
            return stack_of(arn)
        if service == "iam":
            return query_params.get("PolicySourceArn", [arn])[0]
        if service == "ecs":
            asked = json.loads(body or b"{}")
            own = f"arn:aws:ecs:{get_region()}:{get_account_id()}"
            if "task" in asked:
                return f"{own}:task/{asked.get('cluster', 'default').split('/')[-1]}/{asked['task'].split('/')[-1]}"
            if "family" in asked:
                return f"{own}:task-definition/{asked['family']}:1"
            if "taskDefinition" in asked:
                return asked["taskDefinition"]
            return next(iter(asked.get("taskDefinitions", [])), arn)
        if service == "rds":
            # a call that asks for several has the one that is least the caller's own first
            asked = ("SourceDBClusterSnapshotIdentifier", "DBClusterIdentifier", "DBClusterSnapshotIdentifier")
            name = next((key for key in asked if key in query_params), None)
            if name is None:
                return arn
            kind = "cluster" if name == "DBClusterIdentifier" else "cluster-snapshot"
            value = query_params[name][0]
            return value if value.startswith("arn:") else f"arn:aws:rds:{get_region()}:{get_account_id()}:{kind}:{value}"
        return arn

    iam_actions.extract_resource_arn = named_as_documented
    known = {name: tagging._COLLECTORS[name] for name in ("rds", "logs", "elasticache", "ecs")}
    tagging._RESOURCE_TAG_COLLECTORS.update(known, cloudformation=stacks)


def install():
    for more in (
        rules_of_security_groups,
        aurora,
        caches_fail_over,
        services_replace_tasks,
        services_spread_tasks,
        deleted_stacks_are_listed,
        tags_of_every_service,
        autoscaling,
        stacks_have_roles,
        policies_know_resources,
    ):
        more()
