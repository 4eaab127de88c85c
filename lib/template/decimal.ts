/** A number as JSON writes it: no zero in front, no plus sign, no other base. */
const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * A number as text, the same for every way to write it: `1`, `1.0` and `10e-1` are `1e0`. All digits count, however many.
 *
 * @returns undefined for what is no number
 */
export function decimalOf(text: string): string | undefined {
  const [whole, sign = '', integer = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const digits = `${integer}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0e0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
