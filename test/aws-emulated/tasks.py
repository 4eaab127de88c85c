"""Tasks that run once and whose command is Node are run on this machine: with their variables and secrets, and their output in their log."""

import contextvars
import json
import os
import signal
import subprocess
import threading
import time

from ministack.services import cloudwatch_logs, ecs, secretsmanager
from ministack.services.cloudformation import provisioners

running = {}
# what AWS calls stopTimeout, and has to be long enough for a probe to see that all is well again
STOP_SECONDS = 5


def logged(container, task_id):
    """Where a container's output goes. @returns a function that writes a line"""
    options = (container.get("logConfiguration") or {}).get("options") or {}
    group = options.get("awslogs-group")
    stream = f"{options.get('awslogs-stream-prefix')}/{container['name']}/{task_id}"
    if group is None:
        return lambda line: None
    cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": stream})

    def write(line):
        event = {"timestamp": int(time.time() * 1000), "message": line}
        cloudwatch_logs._put_log_events({"logGroupName": group, "logStreamName": stream, "logEvents": [event]})

    return write


def command_of(container):
    return [*(container.get("entryPoint") or []), *(container.get("command") or [])]


def run(task, container):
    record = ecs._tasks[task]
    try:
        secrets = ecs._resolve_container_secrets(container)
    except ecs._SecretResolutionError as error:
        ecs._mark_task_stopped(task, record, f"ResourceInitializationError: unable to pull secrets: {error}", "TaskFailedToStart")
        return
    variables = {it["name"]: it["value"] for it in container.get("environment", [])}
    write = logged(container, task.rsplit("/", 1)[-1])
    process = subprocess.Popen(
        command_of(container),
        env={"PATH": os.environ["PATH"], **variables, **secrets},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running[task] = process
    for line in process.stdout:
        write(line.rstrip("\n"))
    code = process.wait()
    running.pop(task, None)
    ecs._mark_task_stopped(task, record, "Essential container in task exited", "EssentialContainerExited", code)


def arn_of(value):
    return (secretsmanager._secrets.get(value) or {}).get("ARN", value)


def secrets_by_cloudformation():
    """MiniStack's CloudFormation leaves the keys of secrets as a template spells them, and a reference is a secret's name, not its ARN."""
    kind = provisioners._RESOURCE_HANDLERS["AWS::ECS::TaskDefinition"]

    def mended(made):
        for container in ecs._task_defs[ecs._resolve_td_key(made[0])]["containerDefinitions"]:
            secrets = [{key[0].lower() + key[1:]: value for key, value in it.items()} for it in container.get("secrets") or []]
            container["secrets"] = [{**it, "valueFrom": arn_of(it["valueFrom"])} for it in secrets]
        return made

    create, update = kind["create"], kind["update"]
    kind["create"] = lambda *given: mended(create(*given))
    kind["update"] = lambda *given: mended(update(*given))


def install():
    secrets_by_cloudformation()
    plain_run, plain_stop = ecs._ACTION_MAP["RunTask"], ecs._ACTION_MAP["StopTask"]

    def run_task(data):
        answer = plain_run(data)
        for task in json.loads(answer[2]).get("tasks", []):
            definition = ecs._task_defs[ecs._resolve_td_key(data["taskDefinition"])]
            container = definition["containerDefinitions"][0]
            if command_of(container)[:1] != ["node"]:
                continue
            work = contextvars.copy_context()
            threading.Thread(target=work.run, args=(run, task["taskArn"], container), daemon=True).start()
        return answer

    def stop_task(data):
        process = running.get(data["task"])
        if process is None:
            return plain_stop(data)
        process.send_signal(signal.SIGTERM)
        kill = threading.Timer(STOP_SECONDS, process.kill)
        kill.daemon = True
        kill.start()
        return ecs._ACTION_MAP["DescribeTasks"]({"cluster": data.get("cluster"), "tasks": [data["task"]]})

    def task_ended(data):
        """What the agent beside a task reports: MiniStack asks Docker instead."""
        task = ecs._tasks[data["task"]]
        ecs._mark_task_stopped(data["task"], task, data["reason"], "EssentialContainerExited", 1)
        return ecs.json_response({"acknowledgment": "ok"})

    ecs._ACTION_MAP.update(RunTask=run_task, StopTask=stop_task, SubmitTaskStateChange=task_ended)
