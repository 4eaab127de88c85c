import { shapeOf } from '../../lib/parity/shape';
import { get, markedShop, PROD, set, STAGING, type Shop } from './small-shop';

const shape = (shop: Shop, change = () => {}) =>
  shapeOf(markedShop(shop, change), { [shop.name]: 'environment' });
const prod = shape(PROD);

it('is the same for production and its twin, written as text too', () => {
  expect(JSON.stringify(shape(STAGING))).toBe(JSON.stringify(prod));
});

it('is the same for any number of members but none', () => {
  expect(shape({ ...STAGING, count: 15 })).toEqual(prod);
  expect(shape({ ...STAGING, count: 1 })).toEqual(prod);
  expect(shape({ ...STAGING, count: 0 })).not.toEqual(prod);
});

it('has names in the place of values, one member for all, and nothing of life', () => {
  expect(Object.keys(prod['Resources'] as object)).toEqual([
    'Board',
    'Cluster',
    'Hosts',
    'Lag1',
    'Reader1',
    'Task',
    'Web',
  ]);
  const at = (path: string): unknown => get(prod, path);
  expect(at('Resources.Web.Properties.DesiredCount')).toBe('${webTasks}');
  expect(at('Resources.Reader1.Properties.DBInstanceClass')).toBe('db.${ordersInstance}');
  expect(at('Resources.Task.Properties.Family')).toBe('<environment>-web');
  expect(at('Resources.Cluster')).toEqual({
    Properties: { EngineVersion: '17.9' },
    Type: 'AWS::RDS::DBCluster',
  });
  expect(at('Description')).toBe('The shop of <environment>');
});

it('is another one after any change of the definition', () => {
  const changed = shapeOf(markedShop(STAGING, set('Resources.Web.Properties.LaunchType', 'EC2')), {
    Staging: 'environment',
  });
  expect(changed).not.toEqual(prod);
});

it('has its keys in order', () => {
  const keys = Object.keys(prod);
  expect(keys).toEqual([...keys].sort());
});
