import { resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const here = import.meta.dirname;

export default defineConfig({
  main: {
    build: {
      target: 'node24',
      rollupOptions: {
        input: {
          index: resolve(here, 'src/main/index.ts'),
          host: resolve(here, 'src/main/host/main.ts'),
          cli: resolve(here, 'src/main/cli/main.ts'),
          simulator: resolve(here, 'src/simulator/main.ts'),
          'simulated-cloudflared': resolve(here, 'src/simulator/cloudflared-main.ts'),
          // Entries of threads, not of programs.
          'glance-worker': resolve(here, 'src/main/app/glance-worker.ts'),
          'source-worker': resolve(here, 'src/main/runner/source-worker.ts'),
          'mend-worker': resolve(here, 'src/main/db/mend-worker.ts'),
          'edit-worker': resolve(here, 'src/main/services/consumers/edit-worker.ts'),
          'restoring-worker': resolve(here, 'src/main/app/history/restoring-worker.ts'),
          'diff-worker': resolve(here, 'src/main/app/history/diff-worker.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rollupOptions: {
        input: resolve(here, 'src/preload/index.ts'),
        // A sandboxed preload can require nothing but electron: one CommonJS file.
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
      },
    },
  },
  renderer: {
    root: resolve(here, 'src/renderer'),
    plugins: [react(), tailwindcss()],
    build: { minify: true, rollupOptions: { input: resolve(here, 'src/renderer/index.html') } },
  },
});
