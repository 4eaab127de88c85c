import { FakeTarget, World } from '../rehearsal/fake-target';
import { keepsTheContract } from './contract';

const deployment = (release: string) => ({ release, assembly: '/nowhere', environment: 'Staging' });

let world: World;
beforeEach(() => (world = new World()));

describe('the target in memory, on which rehearsals are tested,', () => {
  keepsTheContract(() => ({
    target: new FakeTarget(world),
    reopened: () => new FakeTarget(world),
    first: deployment('1'),
    next: deployment('2'),
    tiers: { data: 'Orders', service: 'Web' },
  }));
});
