import type { ServiceTier } from '../../../../lib/blueprint/blueprint';
import { containerOf } from '../../../../lib/blueprint/containers';
import {
  commandMisfits,
  commandWith,
  containerCommands,
  replacesOwn,
} from '../../../../lib/targets/local/service/container-commands';

const web = containerOf({ Name: 'web', EntryPoint: ['node'], Command: ['server.js', "it's"] }, []);
const agent = containerOf({ Name: 'agent' }, []);
const logs = containerOf({ Name: 'logs', Essential: false }, []);
const tier = { name: 'Web', container: web, containers: [logs, web, agent] } as unknown as ServiceTier;

const running = (...args: Parameters<typeof containerCommands>) =>
  containerCommands(...args).running.map(({ container: { name }, command }) => [name, command]);

it('is that of the first essential container', () => {
  expect(running(tier, { command: 'npm start' })).toEqual([['web', 'npm start']]);
  expect(containerCommands(tier, { command: 'npm start' }).skipped).toEqual(['logs', 'agent']);
});

it('may be one for each container, and skips others', () => {
  const containers = { agent: './agent', web: 'npm start', logs: 'skip' };
  expect(running(tier, { containers })).toEqual([
    ['web', 'npm start'],
    ['agent', './agent'],
  ]);
  expect(containerCommands(tier, { containers }).skipped).toEqual(['logs']);
});

it("may have the definition's own words in it", () => {
  const given = { container: web, command: 'exec {command} --verbose' };
  const texts = (value: unknown): string => String(value);
  expect(commandWith(given, texts)).toBe(`exec node server.js 'it'\\''s' --verbose`);
  expect([replacesOwn(given), replacesOwn({ container: web, command: 'npm start' })]).toEqual([false, true]);
  expect(replacesOwn({ container: agent, command: 'npm start' })).toBe(false);
});

it.each([
  [{ command: 'npm start' }, []],
  [
    { containers: { wbe: 'npm start' } },
    ['local.services.Web.containers names wbe, which is no container of Web; did you mean "web"?'],
  ],
  [
    { containers: { web: 'skip', logs: './logs' } },
    [expect.stringMatching(/^local\.services\.Web has no command for an essential container of Web; /)],
  ],
  [
    { containers: { web: 'npm start', agent: '{command}' } },
    [
      expect.stringMatching(
        /^local\.services\.Web has \{command\} for container agent, whose definition has no /,
      ),
    ],
  ],
])('is refused where it does not fit: %j', (given, misfits) => {
  expect(commandMisfits(tier, given)).toEqual(misfits);
});
