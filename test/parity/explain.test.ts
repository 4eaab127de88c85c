import { showPath } from '../../lib/template/differences';
import { explain, markModel, unmarkModel } from '../../lib/parity/explain';
import { mark, textOf } from '../../lib/template/mark';
import { modelOf } from '../../lib/template/model';
import {
  copy,
  manifestOf,
  markedShop,
  model,
  PROD,
  set,
  STAGING,
  template,
  type Edit,
  type Shop,
} from './small-shop';

const { stacks } = manifestOf();

/** The places of a whitelist, each with what stands there. */
const placesOf = (it = stacks) =>
  it.places.map(({ path, by, factor, text, prod, staging }) => ({
    at: showPath(path),
    by: `${by}: ${factor}${text === undefined ? '' : ` as ${text}`}`,
    values: [prod, staging],
  }));

describe('the whitelist of two definitions', () => {
  it('is every place of a factor, of life and of names, with both values', () => {
    const sorted = placesOf().sort((a, b) => a.at.localeCompare(b.at));
    expect(sorted).toEqual([
      { at: 'Description', by: 'identity: description', values: ['The shop of Prod', 'The shop of Staging'] },
      { at: 'Outputs.Url.Export.Name', by: 'identity: export', values: ['Prod-url', 'Staging-url'] },
      {
        at: 'Resources.Board.Properties.DashboardBody.(json).title',
        by: 'scale: ordersInstance as all of ${ordersInstance: connections}',
        values: ['all of 4000', 'all of 1440'],
      },
      { at: 'Resources.Cluster.DeletionPolicy', by: 'life: deletion policy', values: ['Snapshot', 'Delete'] },
      {
        at: 'Resources.Cluster.Properties.BackupRetentionPeriod',
        by: 'life: backup retention',
        values: [14, 1],
      },
      ...['Lag1', 'Lag2'].map((id) => ({
        at: `Resources.${id}.Properties.Threshold`,
        by: 'scale: ordersInstance as ${ordersInstance: connections}',
        values: [4000, 1440],
      })),
      ...['Reader1', 'Reader2'].map((id) => ({
        at: `Resources.${id}.Properties.DBInstanceClass`,
        by: 'scale: ordersInstance as db.${ordersInstance}',
        values: ['db.r7g.2xlarge', 'db.r7g.large'],
      })),
      {
        at: 'Resources.Task.Properties.ContainerDefinitions[0].Environment[0].Value',
        by: 'scale: ordersReaders as ${ordersReaders}',
        values: [3, 2],
      },
      {
        at: 'Resources.Task.Properties.Cpu',
        by: 'scale: webSize as ${webSize.cpu}',
        values: ['2048', '512'],
      },
      { at: 'Resources.Task.Properties.Family', by: 'identity: name', values: ['prod-web', 'staging-web'] },
      {
        at: 'Resources.Task.Properties.Memory',
        by: 'scale: webSize as ${webSize.memoryMiB}',
        values: ['4096', '1024'],
      },
      {
        at: 'Resources.Task.Properties.Tags[0].Value',
        by: 'identity: tag',
        values: ['Prod/Task', 'Staging/Task'],
      },
      { at: 'Resources.Web.Properties.DesiredCount', by: 'scale: webTasks as ${webTasks}', values: [6, 2] },
    ]);
    expect(stacks).toMatchObject({ renamed: [], broken: [] });
  });

  it('holds the places of a factor that has the same value in both too', () => {
    const same: Shop = { ...STAGING, leaves: { ...STAGING.leaves, tasks: 6 } };
    const { stacks: it } = manifestOf(markedShop(PROD), markedShop(same));
    expect(placesOf(it)).toContainEqual({
      at: 'Resources.Web.Properties.DesiredCount',
      by: 'scale: webTasks as ${webTasks}',
      values: [6, 6],
    });
  });

  it('holds the value of the side that has one, where the other has none', () => {
    const prod = markedShop(
      PROD,
      (root) => delete (root['Resources'] as { Cluster: { DeletionPolicy?: string } }).Cluster.DeletionPolicy,
    );
    const place = manifestOf(prod).stacks.places.find(({ factor }) => factor === 'deletion policy');
    expect(place).toEqual({
      path: ['Resources', 'Cluster', 'DeletionPolicy'],
      by: 'life',
      factor: 'deletion policy',
      staging: 'Delete',
    });
  });

  it('is no business of anything that nothing explains', () => {
    const staging = markedShop(STAGING, set('Resources.Web.Properties.LaunchType', 'EC2'));
    expect(manifestOf(markedShop(PROD), staging).stacks).toEqual(stacks);
  });
});

describe('a factor on one side only', () => {
  const COUNT = 'Resources.Web.Properties.DesiredCount';
  const broken = (prod: Edit, staging: Edit, of: Shop = STAGING) =>
    manifestOf(markedShop(PROD, prod), markedShop(of, staging)).stacks;
  const nothing: Edit = () => {};

  it('is broken where the values happen to be equal', () => {
    const { broken: found, places } = broken(set(COUNT, 2), nothing);
    expect(found).toEqual([{ path: COUNT.split('.'), prod: 2, staging: '${webTasks}' }]);
    expect(places.map(({ path }) => showPath(path))).not.toContain(COUNT);
  });

  it('is broken where the other side has another factor', () => {
    const same: Shop = { ...STAGING, leaves: { ...STAGING.leaves, tasks: 2, readers: 2 } };
    const other = markedShop({ ...STAGING, name: 'Prod', leaves: { ...STAGING.leaves } });
    const prod = {
      ...other,
      model: {
        ...other.model,
        Resources: {
          ...other.model.Resources,
          Web: {
            Type: 'AWS::ECS::Service',
            Properties: { DesiredCount: mark('${ordersReaders}', 2), LaunchType: 'FARGATE' },
          },
        },
      },
    };
    expect(manifestOf(prod, markedShop(same)).stacks.broken).toEqual([
      { path: COUNT.split('.'), prod: '${ordersReaders}', staging: '${webTasks}' },
    ]);
  });

  it('is an ordinary difference where the values differ: it is no place of the whitelist', () => {
    const { broken: found, places } = broken(set(COUNT, 7), nothing);
    expect(found).toEqual([]);
    expect(places.map(({ path }) => showPath(path))).not.toContain(COUNT);
  });
});

describe('members', () => {
  it('are found again by the logical ids of the first', () => {
    const names = { prod: { Prod: 'environment' }, staging: { Staging: 'environment' } };
    const [prod, staging] = [markedShop(PROD), markedShop(STAGING)];
    const of = (groups: (typeof staging)['groups']) => {
      const { places } = explain(prod, { ...staging, groups }, names, (name) => name.split(/[.:]/)[0]!);
      return places.filter(({ path }) => path[1] === 'Reader2').length;
    };
    const [group] = staging.groups;
    expect(of([group!])).toBe(1);
    expect(of([])).toBe(0);
    expect(of([{ ...group!, factor: 'other' }])).toBe(0);
    expect(of([{ ...group!, members: [['Lag9', 'Reader9'], ...group!.members] }])).toBe(0);
    expect(of([{ ...group!, members: [] }])).toBe(0);
    expect(of([{ ...group!, factor: 'other', members: [['Lag9']] }, group!])).toBe(1);
  });
});

describe('marks', () => {
  const read = (leaf: number | string): string | undefined =>
    typeof leaf === 'number' && leaf > 100 ? `\${n${leaf}}` : String(leaf).includes('§') ? 'text' : undefined;
  const resource = (Properties: object) => ({ A: { Type: 'T::T', Properties } });

  it('stand where the named template has a name: numbers, texts and JSON bodies', () => {
    const values = model(resource({ n: 3, s: 'x', same: 'y', list: [1, 2], body: '{"a":[5]}' }), {
      Description: 'd',
    });
    const named = model(resource({ n: 101, s: '§', same: 'y', list: [1, 102], body: '{"a":[103]}' }), {
      Description: '§',
    });
    const marked = markModel(values, named, mark, read);
    expect(unmarkModel(marked, textOf)).toMatchObject({
      Resources: {
        A: {
          Properties: {
            n: '${n101}',
            s: 'text',
            same: 'y',
            list: [1, '${n102}'],
            body: { '(json)': { a: ['${n103}'] } },
          },
        },
      },
      top: { Description: 'text' },
    });
    expect(unmarkModel(marked)).toEqual(values);
  });

  it('stand nowhere where the named template has another form', () => {
    const values = model(resource({ a: { b: 1 }, c: 2, d: [1], constructor: 1 }));
    const named = model(resource({ a: 101, d: {} }));
    expect(markModel(values, named, mark, read)).toEqual(values);
  });

  it('leave the values of the template as they are', () => {
    expect(unmarkModel(markedShop(PROD).model)).toEqual(modelOf(copy(template(PROD)), 'Prod'));
  });
});
