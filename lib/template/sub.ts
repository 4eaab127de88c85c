/** A part of the text of `Fn::Sub`: as it is, or the name of what takes its place. */
export type SubPiece = { readonly text: string } | { readonly name: string };

/** The parts of the text of `Fn::Sub`; `${!Literal}` is the text `${Literal}`. */
export function piecesOf(text: string): readonly SubPiece[] {
  return text.split(/(\$\{[^}]*\})/).flatMap((part, i): SubPiece[] => {
    if (i % 2 === 0) return part === '' ? [] : [{ text: part }];
    const name = part.slice(2, -1).trim();
    return [name.startsWith('!') ? { text: `\${${name.slice(1)}}` } : { name }];
  });
}

/** The text of `Fn::Sub` that gives its parts. */
export const subOf = (pieces: readonly SubPiece[]): string =>
  pieces
    .map((piece) => ('name' in piece ? `\${${piece.name}}` : piece.text.replaceAll('${', '${!')))
    .join('');
