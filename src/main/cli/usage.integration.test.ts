import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, ErrorLine, openDesk } from './test-support.ts';

describe('wrong use', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());

  it.each([
    { args: ['run', 'x.nbflow', '--concurrency', '7'], says: 'from 1 to 5' },
    { args: ['run', 'x.nbflow', '--concurrency', '0'], says: 'from 1 to 5' },
    { args: ['run', 'x.nbflow', '--mode=foo'], says: 'full, images, clean' },
    { args: ['run', 'x.nbflow', '--gates', 'maybe'], says: 'auto, hold' },
    { args: ['run', 'x.nbflow', '--qa-attempts', '11'], says: 'from 0 to 10' },
    { args: ['run', 'x.nbflow', '--server', 'nonsense'], says: 'http' },
    { args: ['run', 'x.nbflow', '--moed', 'full'], says: '--mode' },
    { args: ['plan', 'x.nbflow', '--poll-ms', '-1'], says: 'from 1 to 600000' },
    { args: ['run'], says: 'file' },
    { args: ['check'], says: 'file' },
    { args: ['serve', '--port', '70000'], says: 'from 0 to 65535' },
    { args: ['chekc', 'x.nbflow'], says: 'check' },
    { args: ['config', 'get', 'glabs.ulr'], says: 'glabs.url' },
    { args: ['config', 'set', 'runner.concurrency', '9'], says: '5' },
    { args: ['config', 'set-secret', 'glabs.key'], says: 'glabs.apiKey' },
    { args: ['simulate', '--port', 'abc'], says: 'whole number' },
    { args: [], says: 'check, plan, run' },
  ])('$args ends with 2, says what is allowed, and tells it as an error line', async ({ args, says }) => {
    const { code, stderr, lines } = await desk.flowdeck(...args, '--json');
    expect(code).toBe(2);
    expect(stderr).toContain(says);
    const error = ErrorLine.parse(lines().at(-1));
    expect(error.code).toBe('usage');
    expect(`${error.message} ${error.cure}`).toContain(says);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('without --json nothing of it goes to standard output', async () => {
    const { code, stdout, stderr } = await desk.flowdeck('run', 'x.nbflow', '--mode=foo');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('full, images, clean');
  });

  it('help and version are no failures', async () => {
    const help = await desk.flowdeck('run', '--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const option of ['--ref-image', '--wait-backend', '--data-dir', '--json', '--quiet']) {
      expect(help.stdout).toContain(option);
    }
    expect(await desk.flowdeck('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it('a data folder that cannot be made is one sentence with a cure', async () => {
    const inTheWay = join(desk.folder, 'file');
    await writeFile(inTheWay, '');
    const running = desk.start(['runs', '--json'], { env: { FLOWDECK_DATA_DIR: join(inTheWay, 'data') } });
    const { code, lines } = await running.ended;
    expect(code).toBe(2);
    expect(ErrorLine.parse(lines().at(-1))).toMatchObject({
      code: 'folder',
      cure: expect.stringContaining('--data-dir'),
    });
  });
});
