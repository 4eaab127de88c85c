/** A part of the text of `Fn::Sub`: as it is, or the name of what takes its place. */
export type SubPart = { readonly text: string } | { readonly name: string };

/**
 * The parts of the text of `Fn::Sub`; `${!Literal}` is the text `${Literal}`. Between two names there is a text, if an empty one. Spaces
 * around a name mean nothing (aws-cloudformation/cfn-lint#236).
 */
export function subPartsOf(text: string): readonly SubPart[] {
  const parts: SubPart[] = [];
  let end = 0;
  for (const match of text.matchAll(/\$\{\s*(!?)([^{}]+)\}/g)) {
    const [whole, isLiteral, name = ''] = match;
    parts.push({ text: text.slice(end, match.index) });
    parts.push(isLiteral === '' ? { name: name.trim() } : { text: `\${${name}}` });
    end = match.index + whole.length;
  }
  return [...parts, { text: text.slice(end) }];
}

/** The text of `Fn::Sub` that gives its parts. */
export const subOf = (parts: readonly SubPart[]): string =>
  parts.map((part) => ('name' in part ? `\${${part.name}}` : part.text.replaceAll('${', '${!'))).join('');
