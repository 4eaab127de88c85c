/**
 * The number that a text in digits is. An integer that JavaScript would round stays its digits, and a number beyond its range the text
 * that it is: what CloudFormation tells apart is never alike.
 */
export function exactNumber(text: string): number | string {
  const number = Number(text);
  if (!Number.isFinite(number)) return text;
  return Number.isSafeInteger(number) || /[.eE]/.test(text) ? number : integer(BigInt(text));
}

/** An integer of any size, as `exactNumber` gives it. */
export const integer = (value: bigint): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

/** How Java writes a floating-point number where a text is wanted: `8.0`, `1.2345678901E10`. */
export function floatingPoint(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7))
    return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}
