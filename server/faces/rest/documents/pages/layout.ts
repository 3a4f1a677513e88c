import { type Html, html, inline, prose } from './html.ts'

export interface Group {
  name: string
  anchor: string
  entries: readonly { anchor: string; name: string }[]
}

export interface PageParts {
  title: string
  version: string
  description: string
  /** The path below which people reach the server. */
  basePath: string
  /** The document that the page shows, and the other page. */
  document: string
  other: { path: string; name: string }
  groups: readonly Group[]
  content: Html
}

/** A page without scripts and without anything from elsewhere: its only file is its style. */
export const layout = ({
  title,
  version,
  description,
  basePath,
  document,
  other,
  groups,
  content,
}: PageParts): string =>
  `<!doctype html>${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        <link rel="stylesheet" href="${basePath}/docs/docs.css" />
      </head>
      <body>
        <a class="skip" href="#content">To the content</a>
        <header>
          <h1>${title} <small>${version}</small></h1>
          ${prose(description)}
          <p class="links">
            <a href="${basePath}${document}">${document.slice(1)}</a>
            <a href="${basePath}${other.path}">${other.name}</a>
            <a href="${basePath}/">The application</a>
          </p>
        </header>
        <nav aria-label="Contents">
          <ul>
            ${groups.map(
              group =>
                html`<li>
                  <a href="#${group.anchor}">${group.name}</a>
                  <ul>
                    ${group.entries.map(({ anchor, name }) => html`<li><a href="#${anchor}">${inline(name)}</a></li>`)}
                  </ul>
                </li>`,
            )}
            <li><a href="#schemas">Schemas</a></li>
          </ul>
        </nav>
        <main id="content" tabindex="-1">${content}</main>
      </body>
    </html>`.html
  }`
