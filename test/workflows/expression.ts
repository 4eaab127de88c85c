/** The contexts of expressions, such as `inputs` and `github`. */
export type Contexts = Readonly<Record<string, unknown>>;

type Value = string | boolean;

const TOKEN = /\s*(&&|\|\||==|!=|!|\(|\)|'(?:[^']|'')*'|[\w.-]+)/y;

/** Evaluates an expression of GitHub Actions, as far as ours use them: paths, texts, comparisons, `&&`, `||`, `!` and `always()`. */
export function evaluate(expression: string, contexts: Contexts): Value {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(expression)?.[1];
    if (token === undefined) throw new Error(`not an expression: ${expression.slice(from)}`);
    tokens.push(token);
  }
  const take = (): string => tokens.shift() ?? '';
  const skip = (token: string): void => {
    if (take() !== token) throw new Error(`${token} is missing in ${expression}`);
  };
  const term = (): Value => {
    const token = take();
    if (token === '!') return !isTrue(term());
    if (token === '(') {
      const value = either();
      skip(')');
      return value;
    }
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (tokens[0] !== '(') return at(token, contexts);
    skip('(');
    skip(')');
    if (token === 'always') return true;
    throw new Error(`no function ${token}`);
  };
  const compared = (): Value => {
    const left = term();
    if (tokens[0] !== '==' && tokens[0] !== '!=') return left;
    return (take() === '==') === (String(left).toLowerCase() === String(term()).toLowerCase());
  };
  const both = (): Value => {
    let value = compared();
    while (tokens[0] === '&&') {
      take();
      const right = compared();
      value = isTrue(value) ? right : value;
    }
    return value;
  };
  const either = (): Value => {
    let value = both();
    while (tokens[0] === '||') {
      take();
      const right = both();
      value = isTrue(value) ? value : right;
    }
    return value;
  };
  const value = either();
  if (tokens.length > 0) throw new Error(`not an expression: ${tokens.join(' ')}`);
  return value;
}

const isTrue = (value: Value): boolean => value !== '' && value !== false;

/** What is not there is empty. */
function at(path: string, contexts: Contexts): string {
  const value = path.split('.').reduce<unknown>((it, key) => (it as Contexts | undefined)?.[key], contexts);
  return typeof value === 'string' ? value : value === undefined ? '' : String(value);
}

/** Fills the expressions of a text in. */
export const filled = (text: string, contexts: Contexts): string =>
  text.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) => String(evaluate(expression, contexts)));

/** Whether a step with this condition runs. */
export function runs(condition: string | undefined, contexts: Contexts, hasFailed: boolean): boolean {
  if (condition === undefined) return !hasFailed;
  const expression = /^\s*\$\{\{(.*)\}\}\s*$/.exec(condition)?.[1] ?? condition;
  return (!hasFailed || expression.includes('always()')) && isTrue(evaluate(expression, contexts));
}
