import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const server = 'http://127.0.0.1:3000'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Wherever it is served: below a path of somebody's host too.
  base: './',
  plugins: [react()],
  build: {
    // The server's policy allows nothing inline, so no `data:` addresses either.
    assetsInlineLimit: 0,
    target: 'es2023',
    // From there on `:dir()` is known; for older ones it would become a guess by the language of the page.
    cssTarget: ['chrome120', 'edge120', 'firefox121', 'safari17'],
    outDir: '../dist/page/manual',
    emptyOutDir: true,
  },
  server: {
    // The sdk and the contract lie beside this folder.
    fs: { allow: ['..'] },
    proxy: { '/api': server, '/socket.io': { target: server, ws: true } },
  },
})
