import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { Clients } from './clients';
import { isNotThere } from './failed-call';
import type { StackRef } from './handle';
import { eventsOf, resourcesOf, stackState } from './stack-state';

/** A log as a file. */
export interface LogFile {
  readonly name: string;
  readonly text: string;
}

/** So many lines of a log group are copied: its last ones. */
const MAX_EVENTS = 10_000;

/** The events of a stack, and the ends of its log groups. */
export async function logsOf(ref: StackRef, clients: Clients, signal: AbortSignal): Promise<LogFile[]> {
  if (!(await stackState(clients, ref, signal))) return [];
  const events = await eventsOf(ref, clients, signal);
  const files = [{ name: `${ref.name}.events.log`, text: events.toReversed().map(lineOf).join('') }];
  const resources = await resourcesOf(clients, ref, signal);
  const groups = resources.filter(({ ResourceType: type }) => type === 'AWS::Logs::LogGroup');
  for (const { PhysicalResourceId: group, LogicalResourceId: id } of groups) {
    if (!group) continue;
    const text = await endOf(group, clients, signal);
    if (text !== '') files.push({ name: `${ref.name}.${id}.log`, text });
  }
  return files;
}

const lineOf = ({
  Timestamp,
  ResourceStatus,
  ResourceType,
  LogicalResourceId,
  ResourceStatusReason,
}: StackEvent) =>
  `${Timestamp?.toISOString() ?? ''} ${ResourceStatus} ${ResourceType} ${LogicalResourceId}${ResourceStatusReason === undefined ? '' : ` ${ResourceStatusReason}`}\n`;

async function endOf(group: string, clients: Clients, signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  let next: string | undefined;
  try {
    do {
      const { events = [], nextToken } = await clients
        .for('logs', signal)
        .filterLogEvents({ logGroupName: group, ...(next !== undefined && { nextToken: next }) });
      lines.push(...events.map(({ logStreamName, message }) => `${logStreamName} ${message?.trimEnd()}\n`));
      next = nextToken;
    } while (next !== undefined && lines.length < MAX_EVENTS * 10);
  } catch (error) {
    if (!isNotThere(error)) throw error;
  }
  return lines.slice(-MAX_EVENTS).join('');
}

/** The last lines of a log stream; none where it is not there. */
export async function linesOfStream(
  group: string,
  stream: string,
  limit: number,
  clients: Clients,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const { events = [] } = await clients
      .for('logs', signal)
      .getLogEvents({ logGroupName: group, logStreamName: stream, limit });
    return events.map(({ message = '' }) => message.trimEnd());
  } catch (error) {
    if (isNotThere(error)) return [];
    throw error;
  }
}
