"""Deployments of services by ECS, stage by stage, while CloudFormation waits for them; MiniStack knows none.

A minute of a template takes TWIN_EMULATOR_MINUTE seconds, 0.5 unless it is set. An image whose tag ends with `-alarming` sets off an alarm
once clients are sent to it.
"""

import os
import threading
import time
import uuid

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import ecs
from ministack.services.cloudformation import provisioners, stacks

MINUTE = float(os.environ.get("TWIN_EMULATOR_MINUTE", "0.5"))
TYPE = "AWS::ECS::Service"
# in this order; a blue/green deployment has a hook at each but those at which nothing can be asked
STAGES = ["PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP"]
known = {}
changed = threading.Condition()


class RolledBack(Exception):
    pass


def service_of(physical_id):
    _, cluster, name = physical_id.split(":service")[-1].split("/")
    return ecs._services[f"{cluster}/{name}"]


def begin(physical_id):
    service = service_of(physical_id)
    own = f"arn:aws:ecs:{get_region()}:{get_account_id()}"
    cluster, name = physical_id.split("/")[-2:]
    record = {
        "serviceDeploymentArn": f"{own}:service-deployment/{cluster}/{name}/{uuid.uuid4().hex[:21]}",
        "serviceArn": physical_id,
        "clusterArn": service["clusterArn"],
        "createdAt": time.time(),
        "startedAt": time.time(),
        "status": "IN_PROGRESS",
        "deploymentConfiguration": service["deploymentConfiguration"],
        "lifecycleHookDetails": [],
    }
    known[record["serviceDeploymentArn"]] = record
    return record


def check(record):
    if record["status"] == "ROLLBACK_REQUESTED":
        raise RolledBack(record["rollback"]["reason"])


def wait(record, seconds, over=lambda: False):
    """Until the time is over, or what was waited for is there; a roll back ends it."""
    end = time.monotonic() + seconds
    with changed:
        while time.monotonic() < end and not over():
            check(record)
            changed.wait(min(0.1, max(0, end - time.monotonic())))
        check(record)


def roll_back(record, reason):
    with changed:
        record.update(status="ROLLBACK_REQUESTED", rollback={"reason": reason, "startedAt": time.time()})
        changed.notify_all()


def pause(record, hook):
    timeout = hook.get("timeoutConfiguration") or {}
    minutes, action = float(timeout.get("timeoutInMinutes", 1440)), timeout.get("action", "ROLLBACK")
    detail = {"hookId": f"ecs-pause-{uuid.uuid4().hex}", "targetType": "PAUSE", "status": "AWAITING_ACTION", "timeoutAction": action, "expiresAt": time.time() + minutes * 60}
    record["lifecycleHookDetails"].append(detail)
    wait(record, minutes * MINUTE, lambda: detail["status"] != "AWAITING_ACTION")
    if detail["status"] == "AWAITING_ACTION":
        detail["status"] = "TIMED_OUT"
        if action == "ROLLBACK":
            roll_back(record, "the lifecycle hook timed out")
            check(record)


def play(record, image):
    config = record["deploymentConfiguration"]
    hooks = [it for it in config.get("lifecycleHooks") or [] if it.get("targetType") == "PAUSE"]
    for stage in STAGES if config.get("strategy", "ROLLING") != "ROLLING" else []:
        record["lifecycleStage"] = stage
        for hook in hooks:
            if stage in hook["lifecycleStages"]:
                pause(record, hook)
        if stage == "BAKE_TIME":
            wait(record, float(config.get("bakeTimeInMinutes") or 0) * MINUTE)
        if stage == "PRODUCTION_TRAFFIC_SHIFT" and image.endswith("-alarming"):
            record["alarms"] = {"status": "TRIGGERED", "alarmNames": ["too-many-errors"], "triggeredAlarmNames": ["too-many-errors"]}
            roll_back(record, "Service deployment rolled back because of alarm(s) detected.")
        wait(record, 0.3 * MINUTE)


def deploy(physical_id, before):
    """Ends when ECS has; CloudFormation calls a resource failed whose deployment was rolled back."""
    record = begin(physical_id)
    service = service_of(physical_id)
    definition = ecs._task_defs[ecs._resolve_td_key(service["taskDefinition"])]
    try:
        play(record, definition["containerDefinitions"][0].get("image", ""))
    except RolledBack as reason:
        record["status"] = "ROLLBACK_IN_PROGRESS"
        if before:
            ecs._update_service({"cluster": service["clusterArn"], "service": service["serviceName"], "taskDefinition": before})
        record.update(status="ROLLBACK_SUCCESSFUL", statusReason=str(reason), finishedAt=time.time())
        raise ValueError(f"Error occurred during operation 'ECS Deployment was rolled back': {reason}")
    record.update(status="SUCCESSFUL", finishedAt=time.time())


def listed(data):
    cluster = data.get("cluster", "default").split("/")[-1]
    name = data["service"].split("/")[-1]
    found = [it for it in known.values() if it["serviceArn"].split("/")[-2:] == [cluster, name]]
    keys = ("serviceDeploymentArn", "serviceArn", "clusterArn", "createdAt", "startedAt", "finishedAt", "status", "statusReason")
    return json_response({"serviceDeployments": [{key: it[key] for key in keys if key in it} for it in found]})


def described(data):
    return json_response({"serviceDeployments": [known[it] for it in data["serviceDeploymentArns"] if it in known]})


def stopped(data):
    record = known.get(data["serviceDeploymentArn"])
    if record is None:
        return error_response_json("ServiceDeploymentNotFoundException", "There is none.", 400)
    if record["status"] not in ("PENDING", "IN_PROGRESS"):
        return error_response_json("ConflictException", f"It is {record['status']}.", 400)
    roll_back(record, "Service deployment rolled back by StopServiceDeployment.")
    return json_response({"serviceDeploymentArn": data["serviceDeploymentArn"]})


def continued(data):
    record = known.get(data["serviceDeploymentArn"])
    detail = next((it for it in (record or {}).get("lifecycleHookDetails", []) if it["hookId"] == data["hookId"]), None)
    if detail is None or detail["status"] != "AWAITING_ACTION":
        return error_response_json("InvalidParameterException", "No hook of that id waits.", 400)
    if data.get("action", "CONTINUE") == "ROLLBACK":
        roll_back(record, "Service deployment rolled back by ContinueServiceDeployment.")
    with changed:
        detail["status"] = "SUCCEEDED"
        changed.notify_all()
    return json_response({"serviceDeploymentArn": data["serviceDeploymentArn"]})


def install():
    kind = provisioners._RESOURCE_HANDLERS[TYPE]
    create, update = kind["create"], kind["update"]
    on_threads = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda it: it == TYPE or on_threads(it)

    def created(logical_id, props, stack_name):
        from ministack.services.cloudformation import _stacks

        made = create(logical_id, props, stack_name)
        # it has its id before it is done
        resource = {"PhysicalResourceId": made[0], "ResourceType": TYPE, "ResourceStatus": "CREATE_IN_PROGRESS", "LogicalResourceId": logical_id, "Properties": props, "Attributes": {}, "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        _stacks[stack_name].setdefault("_resources", {})[logical_id] = resource
        deploy(made[0], None)
        return made

    def updated(physical_id, old, new, stack_name):
        before = service_of(physical_id)["taskDefinition"]
        made = update(physical_id, old, new, stack_name)
        if service_of(physical_id)["taskDefinition"] != before:
            deploy(physical_id, before)
        return made

    kind["create"], kind["update"] = created, updated
    ecs._ACTION_MAP.update(ListServiceDeployments=listed, DescribeServiceDeployments=described, StopServiceDeployment=stopped, ContinueServiceDeployment=continued)
