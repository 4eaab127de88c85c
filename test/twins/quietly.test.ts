import { quietly } from '../../lib/twins/instances/quietly';

describe('what is done quietly', () => {
  const streams = [process.stdout, process.stderr] as const;

  it('prints nothing, whichever way, and gives what it returns', () => {
    const written = streams.map((stream) => jest.spyOn(stream, 'write').mockReturnValue(true));
    const said = jest.spyOn(console, 'warn').mockReturnValue();
    const result = quietly(() => {
      for (const stream of streams) stream.write('noise');
      console.log('noise');
      console.warn('noise');
      console.error('noise');
      return 3;
    });
    expect(result).toBe(3);
    for (const write of written) expect(write).not.toHaveBeenCalled();
    expect(said).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });

  it('can be heard again afterwards, also when it failed', () => {
    const before = [
      ...streams.map((stream): unknown => Reflect.get(stream, 'write')),
      console.log,
      console.error,
    ];
    expect(() =>
      quietly(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect([
      ...streams.map((stream): unknown => Reflect.get(stream, 'write')),
      console.log,
      console.error,
    ]).toEqual(before);
  });
});
