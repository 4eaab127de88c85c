import { quietly } from '../../lib/twins/quietly';

it('prints nothing of what is done, and everything afterwards', () => {
  const written: string[] = [];
  const write = jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => written.push(String(text)) > 0);
  const log = jest.spyOn(console, 'log').mockImplementation((text) => void written.push(String(text)));
  try {
    expect(
      quietly(() => {
        process.stdout.write('one');
        console.log('two');
        return 3;
      }),
    ).toBe(3);
    expect(() =>
      quietly(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    process.stdout.write('four');
    console.log('five');
  } finally {
    write.mockRestore();
    log.mockRestore();
  }
  expect(written).toEqual(['four', 'five']);
});

it('leaves the streams as they were, and nothing of its own on them', () => {
  const own = (): boolean[] =>
    [process.stdout, process.stderr].map((stream) => Object.hasOwn(stream, 'write'));
  const before = own();
  quietly(() => undefined);
  expect(own()).toEqual(before);
});
