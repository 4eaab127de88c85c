/** An amount of money to the cent: `$1,113.00`. */
export const dollars = (usd: number): string =>
  usd.toLocaleString('en-US', { style: 'currency', currency: 'USD' });
