/**
 * The arrows of architecture.md, rule 1:
 * electron | host | cli -> app -> runner, recovery, history, services -> workflow, backend, storage, review, db -> platform, shared.
 * Rooms of one level do not import each other. scripts/arrows.integration.test.ts proves that each rule fires.
 */
const levels = [
  ['electron', 'host', 'cli'],
  ['app'],
  ['runner', 'recovery', 'history', 'services'],
  ['workflow', 'backend', 'storage', 'review', 'db'],
  ['platform'],
];
/** Every rule is an error: nobody looks at warnings. */
const error = /** @type {const} */ ('error');
const test = '\\.test\\.tsx?$';
/** What only tests need; it may reach across rooms as they do. */
const support = '/test-support\\.tsx?$|/testing/|/fixtures/';
const forTests = [test, support];
const room = (/** @type {string} */ name) => `^src/main/${name}/`;

/** `flowdeck serve` is the one command that brings up another face: this file, and no other, opens the host. */
const serveCommand = '^src/main/cli/serve\\.ts$';

const arrows = levels.flatMap((level, height) =>
  level.map((name) => ({
    name: `arrow-${name}`,
    comment: `src/main/${name} may import itself and the levels below it (architecture.md, rule 1).`,
    severity: error,
    from: { path: room(name), pathNot: [...forTests, serveCommand] },
    to: {
      path: '^src/',
      pathNot: [
        room(name),
        ...levels
          .slice(height + 1)
          .flat()
          .map(room),
        '^src/shared/',
      ],
    },
  })),
);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...arrows,
    {
      name: 'arrow-cli-serve',
      comment: 'The serve command may import what cli may, and the host.',
      severity: error,
      from: { path: serveCommand },
      to: {
        path: '^src/',
        pathNot: ['cli', 'host', ...levels.slice(1).flat()].map(room).concat('^src/shared/'),
      },
    },
    {
      name: 'arrow-shared',
      comment:
        'src/shared imports nothing but itself, zod, the contract library and the one that compares texts.',
      severity: error,
      from: { path: '^src/shared/', pathNot: forTests },
      to: { pathNot: ['^src/shared/', '(^|/)node_modules/(zod|@orpc/contract|diff)/'] },
    },
    {
      name: 'arrow-renderer',
      comment: 'The window knows the main side by src/shared only.',
      severity: error,
      from: { path: '^src/renderer/', pathNot: forTests },
      to: { path: '^(src|scripts|e2e|bench)/', pathNot: '^src/(renderer|shared)/' },
    },
    {
      name: 'arrow-renderer-no-node',
      comment: 'The window runs in a sandbox: no Node modules.',
      severity: error,
      from: { path: '^src/(renderer|preload|shared)/', pathNot: forTests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'arrow-preload',
      comment: 'The preload is one small file of its own.',
      severity: error,
      from: { path: '^src/preload/' },
      to: { path: '^src/', pathNot: '^src/(preload|shared)/' },
    },
    {
      name: 'arrow-simulator',
      comment: 'The simulator stands for a foreign program: it shares the wire with nobody but src/shared.',
      severity: error,
      from: { path: '^src/simulator/', pathNot: forTests },
      to: { path: '^src/', pathNot: '^src/(simulator|shared)/' },
    },
    {
      name: 'simulator-is-a-process',
      comment: 'Nothing imports the simulator: it is started as a process of its own.',
      severity: error,
      from: { path: '^src/', pathNot: ['^src/simulator/', ...forTests] },
      to: { path: '^src/simulator/' },
    },
    {
      name: 'electron-only-in-electron',
      comment:
        'import of electron throws outside Electron: only src/main/electron and src/main/index.ts may (architecture.md, stack).',
      severity: error,
      from: { path: '^src/', pathNot: ['^src/main/electron/', '^src/main/index\\.ts$', '^src/preload/'] },
      to: { path: '(^|/)node_modules/electron(/|$)|^electron$' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle means that one idea lies in two files.',
      severity: error,
      from: { path: '^(src|scripts|e2e)/' },
      to: { circular: true },
    },
    {
      name: 'no-import-of-tests',
      comment: 'Tests are leaves.',
      severity: error,
      from: {},
      to: { path: test },
    },
    {
      name: 'no-product-import-of-test-support',
      comment: 'The product does not read what only tests need.',
      severity: error,
      from: { path: '^src/', pathNot: forTests },
      to: { path: support },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'An import that leads nowhere.',
      severity: error,
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
    {
      name: 'no-dev-dependency-at-run-time',
      comment: 'The main side runs without devDependencies; the window is bundled.',
      severity: error,
      from: { path: '^src/(main|shared|simulator)/', pathNot: forTests },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/(electron|@types)/' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['[.](css|svg|png|woff2)$', '/fixtures/'] },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
