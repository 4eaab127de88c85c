import { percent, type Gate } from './gate';
import type { TierClients } from '../../targets/production';

/** What share of the requests of clients fails, as a service counts them. */
export const CLIENT_ERROR_RATE: Gate<'maxClientErrorRate', readonly TierClients[]> = {
  name: "clients' error rate",
  key: 'maxClientErrorRate',
  schema: (z) =>
    z
      .number()
      .min(0)
      .max(1)
      .describe(
        'What share of the requests of clients may fail, 0 to 1, as CloudWatch counts them; on AWS alone.',
      ),
  rule: (most) => `at most ${percent(most)} of each`,
  measure: ({ clients = [] }) => [{ figure: clients.length > 0 ? clients : undefined }],
  passes: (clients, most) => clients.every((it) => rateOf(it) <= most),
  show: (clients) => {
    const [worst] = clients.toSorted((a, b) => rateOf(b) - rateOf(a));
    const { tier, requests, failures } = worst!;
    return `${failures} of ${requests} of ${tier}, ${percent(rateOf(worst!))}`;
  },
};

const rateOf = ({ requests, failures }: TierClients): number => failures / requests;
