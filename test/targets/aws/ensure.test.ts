import { TwinError } from '../../../lib/error';
import { ensure } from '../../../lib/targets/aws/ensure';

const answered = (status: number, name: string): TwinError =>
  new TwinError({
    code: 'aws',
    message: name,
    fix: 'Try again.',
    cause: Object.assign(new Error(name), {
      name,
      $fault: status < 500 ? 'client' : 'server',
      $metadata: { httpStatusCode: status },
    }),
  });

/** A service that makes what it is asked for, or not, and answers so. */
function serviceOf(...answers: readonly { readonly makes: boolean; readonly error?: TwinError }[]) {
  const seen = { asked: 0, made: 0 };
  const change = {
    make: (): Promise<void> => {
      const { makes, error } = answers[seen.asked++]!;
      if (makes) seen.made++;
      return error ? Promise.reject(error) : Promise.resolve();
    },
    isMade: () => Promise.resolve(seen.made > 0),
  };
  return { seen, change };
}

const { signal } = new AbortController();

it('takes a change for made whose answer was lost, and does not ask for it twice', async () => {
  const { seen, change } = serviceOf({ makes: true, error: answered(500, 'InternalFailure') });
  await ensure(change, signal);
  expect(seen).toEqual({ asked: 1, made: 1 });
});

it('asks again for what is not made, where the answer may be another', async () => {
  const { seen, change } = serviceOf({ makes: false, error: answered(503, 'SlowDown') }, { makes: true });
  await ensure(change, signal);
  expect(seen).toEqual({ asked: 2, made: 1 });
});

it('throws what is refused', async () => {
  const { seen, change } = serviceOf({ makes: false, error: answered(403, 'AccessDenied') });
  await expect(ensure(change, signal)).rejects.toMatchObject({ message: 'AccessDenied' });
  expect(seen.asked).toBe(1);
});
