import { withoutLayout } from '../../lib/template/dashboard-layout';
import { modelOf } from '../../lib/template/model';

const widget = (x: number, y: number, width = 6, height = 6) => ({ type: 'text', x, y, width, height });
const rest = { type: 'text', width: 6, height: 6 };
const placed = (...widgets: ReturnType<typeof widget>[]) => withoutLayout({ widgets });

it('widgets beside and below each other, and in new rows, have no place of their own', () => {
  expect(placed(widget(0, 0), widget(6, 0), widget(6, 6), widget(0, 12), widget(6, 12))).toEqual({
    widgets: [rest, rest, rest, rest, rest],
  });
});

it('how many fit into a row moves nothing that counts', () => {
  const row = [0, 6, 12, 18].map((x) => widget(x, 0));
  const wrapped = placed(...row, widget(0, 6), widget(0, 12, 24)) as { widgets: unknown[] };
  const short = placed(...row.slice(0, 2), widget(0, 6, 24)) as { widgets: unknown[] };
  expect(wrapped.widgets.at(-1)).toEqual(short.widgets.at(-1));
});

it.each([
  ['further right', widget(7, 0)],
  ['further down', widget(6, 1)],
  ['in a row that is not the next', widget(0, 7)],
  ['upon another', widget(0, 0)],
])('a widget %s keeps its place', (_, it) => {
  expect(placed(widget(0, 0), it)).toEqual({ widgets: [rest, it] });
});

it('what has no size, and what is no dashboard, stays as it is', () => {
  const open = { type: 'text', x: 0, y: 0 };
  expect(withoutLayout({ widgets: [open] })).toEqual({ widgets: [open] });
  expect(withoutLayout('none')).toBe('none');
});

it('is how a template has it, in dashboards alone', () => {
  const body = JSON.stringify({ widgets: [widget(0, 0)] });
  const { Board, Other } = modelOf(
    {
      Resources: {
        Board: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: body } },
        Other: { Type: 'AWS::SSM::Parameter', Properties: { DashboardBody: body } },
      },
    },
    'test',
  ).Resources;
  expect(Board).toMatchObject({ Properties: { DashboardBody: { '(json)': { widgets: [rest] } } } });
  expect(Other).toMatchObject({ Properties: { DashboardBody: { '(json)': { widgets: [widget(0, 0)] } } } });
});
