import { TwinError } from '../error';

/** In minutes. */
export const A_DAY = 24 * 60;

/** Reads a number of minutes. @param most - how many there may be */
export const minutesOf =
  (flag: string, most = A_DAY) =>
  (text: string): number => {
    const minutes = text.trim() === '' ? NaN : Number(text);
    if (minutes > 0 && minutes <= most) return minutes;
    throw new TwinError({
      code: 'usage',
      message: `${flag} is "${text}"; expected a number of minutes above 0, ${most} at the most`,
      fix: `Write the minutes as a number, such as ${flag} 5.`,
    });
  };
