import type { History } from './history';
export const renderPage = (history: History, _: { folder: string; tool: string }): string =>
  JSON.stringify(history);
