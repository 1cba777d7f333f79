import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // tokens.test.ts reads the design tokens out of it; vitest otherwise empties style sheets.
          css: { include: [/renderer\/styles\.css/] },
          environment: 'node',
          // Properties try a thousand cases, on machines that may be busy.
          testTimeout: 30_000,
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['**/*.integration.test.ts'],
        },
      },
      {
        // Real processes, real HTTP, real SQLite, real files.
        test: {
          name: 'integration',
          environment: 'node',
          include: ['src/**/*.integration.test.ts', 'scripts/**/*.integration.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          pool: 'forks',
          // Of two cores: they wait for processes half of the time.
          maxWorkers: 3,
        },
      },
    ],
  },
});
