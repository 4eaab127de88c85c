import { TwinError } from '../error';

/**
 * Returns a function that reads the hours after a flag.
 *
 * @throws TwinError `usage`, by the function
 */
export const hoursOf =
  (flag: string, fix: string) =>
  (text: string): number => {
    const hours = text.trim() === '' ? NaN : Number(text);
    if (hours >= 0 && Number.isFinite(hours)) return hours;
    throw new TwinError({
      code: 'usage',
      message: `${flag} is "${text}"; expected a number of hours, 0 or more`,
      fix,
    });
  };
