import type { Tier } from '../../../lib/blueprint/blueprint';
import { sizeOfClass } from '../../../lib/scale/class-size';
import { layout, planOf, unitOf, WIDTH, type Placed } from '../../../lib/evidence/html/drawing';
import { environments } from '../shop-sample';

const tier = (name: string): Tier => environments.prod.tiers.find((it) => it.name === name)!;
const plans = [...environments.prod.tiers, ...environments.staging.tiers].map(planOf);

describe('the size of a class', () => {
  it.each([
    ['db.r7g.2xlarge', { vcpu: 8, memoryGiB: 64 }],
    ['db.r7g.large', { vcpu: 2, memoryGiB: 16 }],
    ['db.r6g.16xlarge', { vcpu: 64, memoryGiB: 512 }],
    ['db.t4g.medium', { vcpu: 2, memoryGiB: 4 }],
    ['db.m7g.xlarge', { vcpu: 4, memoryGiB: 16 }],
    ['cache.r7g.large', { vcpu: 2, memoryGiB: expect.closeTo(9.8, 1) }],
    ['cache.m7g.large', { vcpu: 2, memoryGiB: expect.closeTo(4.8, 1) }],
    ['cache.c8gn.large', { vcpu: 2, memoryGiB: undefined }],
    ['db.serverless', undefined],
    ['db.z9.large', undefined],
    ['db.r7g.metal', undefined],
  ])('%s', (name, size) => expect(sizeOfClass(name)).toEqual(size));
});

describe('a drawing', () => {
  it('gives every member an area of its vCPUs, at one scale', () => {
    const unit = unitOf(plans);
    const boxes = plans.flatMap((plan) => layout(plan, unit).placed).filter(({ box }) => box?.size);
    expect(boxes.length).toBeGreaterThan(60);
    for (const { width, height, box } of boxes)
      expect(width * height).toBeCloseTo(box!.size!.vcpu * unit ** 2);
  });

  it('puts nothing on top of another, and nothing outside', () => {
    for (const plan of [...plans, planOf({ ...tier('Pages'), shards: 40 } as Tier)]) {
      const { placed, height } = layout(plan, unitOf(plans));
      const boxes = placed.filter(({ box }) => box);
      for (const it of placed) {
        expect(it.x >= 0 && it.y >= 0 && it.x + it.width <= WIDTH && it.y + it.height <= height).toBe(true);
      }
      const overlap = (a: Placed, b: Placed) =>
        a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
      expect(boxes.filter((a) => boxes.some((b) => a !== b && overlap(a, b)))).toEqual([]);
    }
  });

  it('shrinks everything alike when one member is very large', () => {
    const large = planOf({
      ...tier('Orders'),
      members: [{ logicalId: 'A', class: 'db.r7g.16xlarge' }],
    } as Tier);
    const unit = unitOf([...plans, large]);
    expect(unit).toBeLessThan(unitOf(plans));
    expect(layout(large, unit).placed[0]!.width).toBeLessThanOrEqual(WIDTH / 4);
  });

  it('frames the shards of a cluster, with their nodes', () => {
    const { placed } = layout(planOf(tier('Pages')), unitOf(plans));
    expect(placed.filter(({ box }) => !box)).toHaveLength(3);
    expect(placed.filter(({ box }) => box?.role === 'first')).toHaveLength(3);
    expect(placed.filter(({ box }) => box?.role === 'copy')).toHaveLength(6);
  });

  it('says in words what it shows', () => {
    expect(environments.prod.tiers.map(planOf).map(({ count, size }) => `${count} | ${size}`)).toEqual([
      '4 tasks, up to 20 | Fargate ARM64: 2 vCPU, 4 GiB each',
      '3 tasks, up to 10 | Fargate ARM64: 1 vCPU, 4 GiB each',
      '1 writer and 3 readers | db.r7g.2xlarge: 8 vCPU, 64 GiB each',
      '1 primary and 3 replicas | db.r6g.2xlarge: 8 vCPU, 64 GiB each',
      '1 primary and 2 replicas | cache.r7g.2xlarge: 8 vCPU, 39.6 GiB for data each',
      '3 shards of 1 primary and 2 replicas | cache.r7g.xlarge: 4 vCPU, 19.7 GiB for data each',
      'AWS::S3::Bucket | ',
      'AWS::SNS::Topic | ',
    ]);
  });

  it('never guesses a size that is not known', () => {
    const plan = planOf({ ...tier('Orders'), members: [{ logicalId: 'A', class: 'db.serverless' }] } as Tier);
    expect(plan).toMatchObject({
      vcpu: undefined,
      count: '1 writer and 0 readers',
      size: 'db.serverless, size unknown',
    });
  });
});

it('counts the standby of an RDS instance apart: it answers nobody', () => {
  const orders = tier('Orders');
  if (orders.kind !== 'sql') throw new Error('Orders is no sql tier');
  const members = orders.members.slice(0, 2);
  const countOf = (isMultiAz: boolean): string =>
    planOf({ ...orders, members, instance: { isMultiAz } }).count;
  expect(countOf(true)).toBe('1 writer with a standby and 1 reader');
  expect(countOf(false)).toBe('1 writer and 1 reader');
});
