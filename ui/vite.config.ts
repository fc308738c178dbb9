import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The pages are static files of the server; in development they ask a server that is already running. */
const server = process.env.TRIVET_URL ?? 'http://127.0.0.1:4318'

/** `--mode alone` builds the whole once more as the one script that a saved trace carries with it. */
const ALONE = {
  emptyOutDir: false,
  copyPublicDir: false,
  rolldownOptions: { input: 'src/main.tsx', output: { codeSplitting: false, entryFileNames: 'alone.js' } },
} as const

export default defineConfig(({ mode }) => ({
  plugins: [react()],
  // Nothing may be inlined: the content security policy allows neither inline scripts nor data: fonts.
  build: {
    outDir: '../src/trivet/serve/ui',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    // The first page's script, whose compressed size tests/ui bounds; pages with charts have their own.
    chunkSizeWarningLimit: 1200,
    ...(mode === 'alone' && ALONE),
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': server, '/v1': server } },
}))
