import { App, Stack } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { spellings } from '../../lib/twins/instances/names';
import { Pairing } from '../../lib/twins/experiments/pairing';

/** Instances of one topology by their names, and what the paths of each are paired as. */
function paired(names: readonly string[], make: (stack: Stack, name: string) => void) {
  const pairing = new Pairing();
  const stacks = names.map((name) => {
    const stack = new Stack(new App(), name);
    make(stack, name);
    return stack;
  });
  stacks.forEach((stack, i) => pairing.add(stack, new Map(spellings('name', names[i]!))));
  return stacks.map((stack) =>
    Object.fromEntries(
      stack.node.findAll().map((node) => [node.node.path.split('/').slice(1).join('/'), pairing.of(node)]),
    ),
  );
}

const queue = (scope: Construct, id: string): CfnQueue => new CfnQueue(scope, id);

describe('constructs are paired', () => {
  it('by their ids, at any depth, whatever their order', () => {
    const [a, b] = paired(['Prod', 'Kqzm'], (stack, name) => {
      const outer = new Construct(stack, 'Outer');
      for (const id of name === 'Prod' ? ['A', 'B'] : ['B', 'A']) queue(outer, id);
    });
    for (const path of ['', 'Outer', 'Outer/A', 'Outer/B']) expect(b![path]).toBe(a![path]);
    expect(a!['Outer/A']).toMatchObject({ path: 'Outer/A', id: 'A' });
  });

  it.each([
    ['Prod', 'Kqzm', (name: string) => `${name}Queue`],
    ['Prod', 'Kqzm', (name: string) => `to ${name.toLowerCase()}:80`],
    ['P', 'Kqzm', (name: string) => `${name}Paper`],
    ['P', 'S', (name: string) => `${name}Dead`],
    ['P', 'Kqzm', (name: string) => name],
    ['Prod', 'Kqzm', (name: string) => `Rule${name}${name === 'Prod' ? '1A2B3C4D' : '5E6F7A8B'}`],
  ])('by ids that hold their names: %s, %s', (prod, other, idOf) => {
    const [a, b] = paired([prod, other], (stack, name) => {
      queue(stack, 'Data');
      queue(stack, idOf(name));
      queue(stack, 'Rest');
    });
    expect(b![idOf(other)]).toBe(a![idOf(prod)]);
    expect(b!['Data']).toBe(a!['Data']);
    expect(b!['Rest']).toBe(a!['Rest']);
  });

  it('by class and order when their ids hold names and nothing else tells them apart', () => {
    const [a, b] = paired(['Prod', 'Kqzm'], (stack, name) => {
      for (const word of name === 'Prod' ? ['x', 'y'] : ['v', 'w']) queue(stack, `${name}-${word}`);
      new CfnTopic(stack, `${name}-z`);
    });
    expect(b!['Kqzm-v']).toBe(a!['Prod-x']);
    expect(b!['Kqzm-w']).toBe(a!['Prod-y']);
    expect(b!['Kqzm-z']).toBe(a!['Prod-z']);
  });

  it('by what stands before a short hash, when there is one of it', () => {
    const [a, b] = paired(['Prod', 'Kqzm'], (stack, name) => {
      queue(stack, name === 'Prod' ? 'Deploy3067C' : 'Deploy44381');
      for (const id of name === 'Prod' ? ['Both1A2B3', 'Both4C5D6'] : ['Both7E8F9', 'Both0A1B2'])
        queue(stack, id);
      queue(stack, name === 'Prod' ? 'Live' : 'Idle');
    });
    expect(b!['Deploy44381']).toBe(a!['Deploy3067C']);
    for (const id of ['Both7E8F9', 'Both0A1B2', 'Idle']) expect(Object.values(a!)).not.toContain(b![id]);
  });

  it('with none when one has more, or another class under a name', () => {
    const [a, b] = paired(['Prod', 'Kqzm'], (stack, name) => {
      queue(stack, 'Reader1');
      if (name !== 'Prod') queue(stack, 'Reader2');
      if (name === 'Prod') queue(stack, 'ProdThing');
      else new CfnTopic(stack, 'KqzmThing');
    });
    expect(b!['Reader1']).toBe(a!['Reader1']);
    expect(Object.values(a!)).not.toContain(b!['Reader2']);
    expect(b!['KqzmThing']).not.toBe(a!['ProdThing']);
  });

  it('with what is called alike, when a name is a word of an id', () => {
    const [a, b] = paired(['Queue', 'Kqzmx'], (stack, name) => {
      queue(stack, 'QueueOfJobs');
      queue(stack, `${name}OfMails`);
    });
    expect(b!['QueueOfJobs']).toBe(a!['QueueOfJobs']);
    expect(b!['KqzmxOfMails']).toBe(a!['QueueOfMails']);
  });
});

it('a form has neither names nor hashes, and a path has those of the first', () => {
  const [a] = paired(['Prod', 'Kqzm'], (stack, name) => {
    queue(new Construct(stack, 'Rules'), `Allow${name}Job${name === 'Prod' ? '31A2B3C4D' : '35E6F7A8B'}`);
  });
  expect(a!['Rules/AllowProdJob31A2B3C4D']).toMatchObject({
    path: 'Rules/AllowProdJob31A2B3C4D',
    form: 'Allow\uE004Job3\uE005',
    parent: { path: 'Rules' },
  });
});
