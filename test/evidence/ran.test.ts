import { ranSentences, type Ran } from '../../lib/evidence/ran';

const web = { service: 'Web', tasks: 2, code: ['/shop'] };
const before: Ran = { release: '1', services: [{ ...web, answered: '1' }] };
const said = (services: Ran['services'], code?: Ran['code']): string | undefined =>
  ranSentences({ from: before, to: { release: '2', ...(code && { code }), services } })[0];

it.each<[string | undefined, string]>([
  [said([{ ...web, answered: '2' }]), '2; Web answered 2 (2 tasks)'],
  [
    said([{ ...web, code: ['/b'], answered: 'v2' }], { from: 'v2', commit: 'abc12345', folder: '/b' }),
    '2 from v2 (abc1234); Web answered v2 (2 tasks)',
  ],
  [said([{ ...web, code: ['/b'] }], { from: '../2', folder: '/b' }), '2 from ../2'],
  [
    said([{ ...web, tasks: 1, code: ['sha256:0123456789abcdef', 'shop:2'] }]),
    '2; Web ran the image sha256:0123456789ab, shop:2',
  ],
  [
    said([{ ...web, answered: '1', problem: 'Web answers 1 at /version, expected 2' }]),
    '2; Web answers 1 at /version, expected 2',
  ],
  [said([web, { ...web, service: 'Worker' }]), '2; nothing shows what Web, Worker ran'],
])('says what ran: %s', (sentence, expected) => {
  expect(sentence).toBe(expected);
});

it('says what it followed, and what ran alone', () => {
  expect(ranSentences({ from: before, to: { release: '2', services: [] } })).toEqual([
    '2',
    'after 1; Web answered 1 (2 tasks)',
  ]);
  expect(ranSentences({ from: before })).toEqual(['1; Web answered 1 (2 tasks)']);
  expect(ranSentences({})).toEqual([]);
});
