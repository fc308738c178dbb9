import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The pages are static files of the server; in development they ask a server that is already running. */
const server = process.env.TRIVET_URL ?? 'http://127.0.0.1:4318'

export default defineConfig({
  plugins: [react()],
  // Nothing may be inlined: the content security policy allows neither inline scripts nor data: fonts.
  build: {
    outDir: '../src/trivet/serve/ui',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    // One file: the first page needs nearly all of it, and tests/ui bounds its compressed size.
    chunkSizeWarningLimit: 1000,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': server, '/v1': server } },
})
