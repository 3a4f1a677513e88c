/** Reading Markdown as the server does. It is separate from the rest because it includes a parser. */
export * from '../../contract/markdown/index.ts'
