import { hostname } from 'node:os';
import { TwinError } from '../../error';
import type { Handle, TierState } from '../target';
import type { OwnedProcess } from './process/owned-processes';

export function notSeeded(): TwinError {
  return new TwinError({
    code: 'not-seeded',
    message: 'the environment is not seeded',
    fix: 'Call seed before up.',
  });
}

export const noFailover = ({ tier, kind }: TierState): TwinError =>
  new TwinError({
    code: 'no-failover',
    message: `${tier} cannot fail over: it is a ${kind} tier, which has no members, and an emulator of AWS stands in for it`,
    fix: 'Name a tier with a primary and a replica, or leave it out of the failover drills.',
  });

export function notStanding(name: string, standing: readonly string[]): TwinError {
  return new TwinError({
    code: 'unknown-tier',
    message: `"${name}" was not stood up here; what was: ${standing.join(', ') || 'nothing'}`,
    fix: 'Name one of those.',
  });
}

export function noCheckpoint(name: string): TwinError {
  return new TwinError({
    code: 'checkpoint',
    message: `there is no checkpoint "${name}" of every tier`,
    fix: 'Rehearse again from the start.',
  });
}

export const stillAlive = (alive: readonly OwnedProcess[]): TwinError =>
  new TwinError({
    code: 'not-stopped',
    message: `processes of the environment could not be killed: ${alive.map(({ pid, command }) => `${pid} ${command}`).join(', ')}`,
    fix: 'Kill them as the user that they belong to.',
  });

export function elsewhere({ name, host, expires }: Handle): TwinError {
  return new TwinError({
    code: 'elsewhere',
    message: `the environment ${name} is on ${host}, and this machine is ${hostname()}`,
    fix: `Run the command on ${host}; the environment deletes itself there at ${expires}.`,
  });
}
