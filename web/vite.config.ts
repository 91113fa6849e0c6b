// Builds the page into dist/: one script, one style sheet, one worker and the page that loads them.
//
// Names carry no hash: cmake/embed_assets.cmake serves everything below a directory that is named
// after the content of all files, and puts that name where '@assets@' stands.
import { defineConfig } from 'vite';

const relative_to_itself = { relative: true };

export default defineConfig({
  base: '/@assets@/',
  publicDir: false,
  build: {
    target: 'es2021',
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700, // kB before gzip; the goal is 200 kB after it
    rollupOptions: {
      output: {
        entryFileNames: 'app.js',
        chunkFileNames: '[name].js',
        assetFileNames: (asset) => (asset.names?.[0]?.endsWith('.css') ? 'app.css' : '[name][extname]'),
      },
    },
  },
  worker: {
    format: 'es',
    rollupOptions: { output: { entryFileNames: '[name].js' } },
  },
  experimental: {
    renderBuiltUrl: (name, { hostType }) =>
      (hostType === 'html' ? `/@assets@/${name}` : relative_to_itself),
  },
  // For work on the page alone: `npm run dev` beside a server on port 8080.
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
