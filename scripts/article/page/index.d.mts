/** docs/evidence/article.json, as far as a reader of the page needs it. */
export interface ArticleFigures {
  readonly kind: 'tune-article';
  readonly schemaVersion: 1;
  /** By measurement: `ports`, `file-max`, … */
  readonly claims: Readonly<Record<string, object>>;
}

export function renderPage(report: ArticleFigures): string;
