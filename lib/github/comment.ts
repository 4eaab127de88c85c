import { fitMarkdown } from '../report/fit-markdown';
import type { GithubApi } from './api';

/** Which comment is written, and where. */
export interface CommentProps {
  /** Such as `acme/shop`. */
  readonly repository: string;
  readonly pullRequest: number;
  /** There is one comment of each name. */
  readonly name: string;
  readonly markdown: string;
}

/** What became of a comment. */
export interface Commented {
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly url: string;
}

/** GitHub refuses a comment of more characters, which are bytes at the least. */
const MOST_BYTES = 65_536;
/** Of a page of comments. */
const PAGE = 100;

/** What the API says of a comment, as far as it is used. */
interface Comment {
  readonly id: number;
  readonly html_url: string;
  readonly body?: string | null;
  readonly user?: { readonly login: string; readonly type: string } | null;
}

/**
 * Writes a comment into a pull request: the one that was written under this name before, or a new one.
 *
 * @throws TwinError `github` when GitHub refuses, or cannot be reached
 */
export async function comment(
  api: GithubApi,
  { repository, pullRequest, name, markdown }: CommentProps,
): Promise<Commented> {
  const marker = `<!-- cdk-twin: ${name} -->\n`;
  const room = MOST_BYTES - Buffer.byteLength(marker);
  const body = marker + fitMarkdown(markdown, room, 'The rest is in the summary of the run.');
  const comments = `/repos/${repository}/issues/${pullRequest}/comments`;
  const before = await written(api, comments, marker);
  if (before === undefined) {
    const { html_url: url } = await api.send<Comment>('POST', comments, { body });
    return { outcome: 'created', url };
  }
  // GitHub stores lines with the ends that it was given, and shows every edit
  if (before.body === body) return { outcome: 'unchanged', url: before.html_url };
  const { html_url: url } = await api.send<Comment>('PATCH', `/repos/${repository}/issues/comments/${before.id}`, { body }); // prettier-ignore
  return { outcome: 'updated', url };
}

/**
 * The comment that begins with the marker and is ours. Anybody who may comment can write the marker, and could change the verdict after
 * it was written into a comment of theirs.
 */
async function written(api: GithubApi, comments: string, marker: string): Promise<Comment | undefined> {
  let login: string | undefined;
  for (let page = 1; ; page++) {
    const found = await api.send<readonly Comment[]>('GET', `${comments}?per_page=${PAGE}&page=${page}`);
    for (const it of found.filter(({ body }) => body?.startsWith(marker))) {
      login ??= (await api.login()) ?? '';
      // the token of a workflow has no user; what apps write, no person can have written
      if (login === '' ? it.user?.type === 'Bot' : it.user?.login === login) return it;
    }
    if (found.length < PAGE) return undefined;
  }
}
