import type { ScalarTag } from 'yaml';
import { exactNumber, floatingPoint, integer } from './numbers';

const YAML = 'tag:yaml.org,2002:';

const TRUE = 'yes|Yes|YES|true|True|TRUE|on|On|ON';
const FALSE = 'no|No|NO|false|False|FALSE|off|Off|OFF';

/**
 * The scalars of YAML 1.1 as CloudFormation reads them: by the resolver of SnakeYAML, the library that was common in Java when
 * CloudFormation learnt YAML. Against the specification, a single letter is a text (`AttributeType: N`), and a number needs no
 * point to have an exponent. Dates stay texts: the timestamp tag is one of those that CloudFormation does not support.
 * Sources: AWS CloudFormation User Guide, "CloudFormation template format"; snakeyaml 1.x, `Resolver`; ASFHyP3/hyp3#2061 (`YES`
 * becomes `true` in a tag); aws/serverless-application-model#200 (`12345e67` becomes a number).
 */
export const SCALARS: readonly ScalarTag[] = [
  { tag: `${YAML}null`, default: true, test: /^(?:~|null|Null|NULL)?$/, resolve: () => null },
  {
    tag: `${YAML}bool`,
    default: true,
    test: new RegExp(`^(?:${TRUE}|${FALSE})$`),
    resolve: (text) => new RegExp(`^(?:${TRUE})$`).test(text),
  },
  {
    tag: `${YAML}int`,
    default: true,
    test: /^[-+]?(?:0|[1-9][\d_]*|0[0-7_]+|0x[\da-fA-F_]+|0b[01_]+|[1-9][\d_]*(?::[0-5]?\d)+)$/,
    resolve: (text) => ofNumber(text, readInteger),
  },
  {
    tag: `${YAML}float`,
    default: true,
    test: /^[-+]?(?:(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?|\d[\d_]*(?::[0-5]?\d)+\.[\d_]*|\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
    resolve: (text) => ofNumber(text, readFloat),
  },
];

/**
 * Whether it is no matter of course what CloudFormation makes of an unquoted scalar: a number by the rules of YAML 1.1, a text to
 * many who write it and to some tools.
 */
export const isAmbiguous = (text: string): boolean =>
  /^[-+]?(?:0[\d_xb]|\d[\d_]*(?:_|:\d)|\.(?:inf|nan)$)/i.test(text) && SCALARS.some(isNumber(text));

const isNumber =
  (text: string) =>
  ({ tag, test }: ScalarTag): boolean =>
    (tag.endsWith('int') || tag.endsWith('float')) && test?.test(text) === true;

function ofNumber(text: string, read: (digits: string, sign: 1 | -1) => number | string): number | string {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
  return read(digits, text.startsWith('-') ? -1 : 1);
}

function readInteger(digits: string, sign: 1 | -1): number | string {
  const value = digits.includes(':')
    ? digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n)
    : BigInt(/^0\d/.test(digits) ? digits.replace(/^0/, '0o') : digits || '0');
  return integer(BigInt(sign) * value);
}

/**
 * A leading zero before digits that are not octal makes a floating-point number: seen as `1.2345678901E10` where `012345678901`
 * was an account (aws/aws-cli#6908, aws/aws-sam-cli#1094). What Java writes for it is neither the number nor the text in quotes.
 */
function readFloat(digits: string, sign: 1 | -1): number | string {
  const minus = sign < 0 ? '-' : '';
  if (/^\.[in]/i.test(digits)) return /^\.n/i.test(digits) ? 'NaN' : `${minus}Infinity`;
  if (digits.includes(':')) return sign * digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  if (/^0\d+$/.test(digits)) return floatingPoint(sign * Number(digits));
  return exactNumber(minus + digits);
}
