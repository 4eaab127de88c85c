import fc from 'fast-check';
import { linesOf, MessageReader } from '../../lib/probes/messages';

it('brings messages of any length and content through a log that others write to as well', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ text: fc.string({ unit: 'grapheme', maxLength: 30_000 }) }), { maxLength: 4 }),
      fc.string(),
      (messages, noise) => {
        const reader = new MessageReader();
        const lines = messages.flatMap((message) => [
          ...linesOf(message),
          `(${noise.replaceAll('\n', ' ')})`,
        ]);
        expect(lines.every((line) => Buffer.byteLength(line) < 16 * 1024 * 3)).toBe(true);
        expect(lines.flatMap((line) => reader.read(line) ?? [])).toEqual(messages);
      },
    ),
    { numRuns: 50 },
  );
});

it('writes no line that a log would cut', () => {
  const lines = linesOf({ text: '\u{1F600}'.repeat(20_000) });
  expect(lines.length).toBeGreaterThan(1);
  expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(16 * 1024);
});
