/** Reading Markdown as the server does. Apart from the rest, because it brings a parser along. */
export * from '../../contract/markdown/index.ts'
