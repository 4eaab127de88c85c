"""Calls that are sent again with their token, as AWS documents it: what they asked for is done once, and both get the same answer."""

from ministack.services import ecs
from ministack.services.cloudformation import handlers
from ministack.services.cloudformation.helpers import _p


def once(action, actions, token_of):
    answers, do = {}, actions[action]

    def handle(params):
        token = token_of(params)
        if not token:
            return do(params)
        if token not in answers:
            answer = do(params)
            if answer[0] >= 300:
                return answer
            answers[token] = answer
        return answers[token]

    actions[action] = handle


def install():
    once("RunTask", ecs._ACTION_MAP, lambda data: data.get("clientToken"))
    # CloudFormation's tokens are those of a stack
    for action, field in (("CreateChangeSet", "ClientToken"), ("ExecuteChangeSet", "ClientRequestToken")):
        once(action, handlers._ACTION_HANDLERS, lambda params, field=field: _p(params, field) and (_p(params, "StackName"), _p(params, field)))
