import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { nodeDisk } from '../platform/disk.ts';
import { parseWorkflow } from '../workflow/read.ts';
import { deadReferences } from './dead-references.ts';

let folder: string;
let server: Server;
let url: string;
let asked: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => unknown;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowdeck-dead-'));
  asked = [];
  answer = (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end();
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

/** A workflow of one image node for each reference; `loose`: a Media node that feeds nothing. */
function workflowOf(values: readonly string[], loose: readonly string[] = []) {
  const media = [...values, ...loose].map((imageUrl, i) => ({
    id: 1000 + i,
    type: 'nanobanana/Media',
    title: `Avatar ${i}`,
    properties: { imageUrl },
    inputs: [],
    outputs: [{ name: 'image', type: 'IMAGE', links: i < values.length ? [i + 1] : [] }],
  }));
  const images = values.map((_, i) => ({
    id: i + 1,
    type: 'nanobanana/NanobananaAPI',
    properties: { text: 'x' },
    inputs: [
      { name: 'prompt', type: 'STRING', link: null },
      { name: 'image 1', type: 'IMAGE', link: i + 1 },
    ],
    outputs: [],
  }));
  const links = values.map((_, i) => [i + 1, 1000 + i, 0, i + 1, 1, 'IMAGE']);
  const file = { name: 'w', tabs: [{ name: 'A', graphData: { nodes: [...media, ...images], links } }] };
  return parseWorkflow(JSON.stringify(file), join(folder, 'w.nbflow'), {});
}
const find = (values: readonly string[], more: { loose?: string[]; clock?: typeof systemClock } = {}) =>
  deadReferences(
    workflowOf(values, more.loose),
    { fetch, disk: nodeDisk, clock: more.clock ?? systemClock, projectFolder: folder },
    new AbortController().signal,
  );

describe('a reference', () => {
  it('that is there is asked for once, by HEAD, and gives no finding', async () => {
    await writeFile(join(folder, 'a b.png'), 'x');
    expect(await find([`${url}/a.png`, `${url}/a.png`, 'a b.png', 'data:image/png;base64,AA'])).toEqual([]);
    expect(asked).toEqual(['HEAD /a.png']);
  });

  it('that no node uses is not asked for', async () => {
    await find([], { loose: [`${url}/a.png`] });
    expect(asked).toEqual([]);
  });

  it.each([
    [404, 'is not there any more (404)'],
    [410, 'is not there any more (410)'],
    [500, 'its server answers 500'],
  ])('that answers %i is told at each of its Media nodes, as a warning', async (status, words) => {
    answer = (_, response) => response.writeHead(status).end();
    const findings = await find([`${url}/a.png?sig=abcdef`, `${url}/a.png?sig=abcdef`]);
    expect(findings).toMatchObject([
      { nodeId: 1000, where: 'tabs[0].graphData.nodes[0].properties.imageUrl' },
      { nodeId: 1001, where: 'tabs[0].graphData.nodes[1].properties.imageUrl' },
    ]);
    for (const finding of findings) {
      expect(finding).toMatchObject({ code: 'dead-reference', severity: 'warning', fixable: false });
      expect(finding.message).toContain(words);
      expect(finding.message).not.toContain('abcdef');
    }
  });

  it.each([403, 405])('whose server answers HEAD with %i is asked for its first byte', async (status) => {
    answer = ({ method, headers }, response) => {
      if (method === 'HEAD') response.writeHead(status).end();
      else response.writeHead(headers.range === 'bytes=0-0' ? 206 : 500).end('x');
    };
    expect(await find([`${url}/a.png`])).toEqual([]);
    expect(asked).toEqual(['HEAD /a.png', 'GET /a.png']);
  });

  it('that may not be had is told', async () => {
    answer = (_, response) => response.writeHead(403).end();
    expect((await find([`${url}/a.png`]))[0]?.message).toContain('may not be had');
  });

  it('that leads to a sign-in page is told', async () => {
    answer = ({ url: path }, response) => {
      if (path === '/a.png') response.writeHead(302, { location: '/sign-in' }).end();
      else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end();
    };
    expect((await find([`${url}/a.png`]))[0]?.message).toContain('web page');
  });

  it('that does not answer is told in other words than one that is gone', async () => {
    answer = ({ url: path, socket }) => (path === '/cut.png' ? socket.destroy() : undefined);
    const hurried = {
      ...systemClock,
      sleep: (ms: number, stop?: AbortSignal) => systemClock.sleep(ms / 20, stop),
    };
    const findings = await find([`${url}/cut.png`, `${url}/hangs.png`], { clock: hurried });
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('whether it is gone cannot be told'),
      expect.stringContaining('does not answer in time'),
    ]);
  });

  it('that is no address, or a path where nothing is, is told', async () => {
    const findings = await find(['blob:https://p.example/1', 'refs/nowhere.png', 'http://169.254.169.254/']);
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('browser tab'),
      expect.stringContaining(`looked at ${join(folder, 'refs/nowhere.png')}`),
      expect.stringContaining('network card'),
    ]);
  });
});

it('says nothing of a server whose name is not known here: this machine may be offline', async () => {
  expect(await find(['https://nowhere.invalid/a.png', `${url}/a.png`])).toEqual([]);
});

it('asks for eight at a time', async () => {
  const waiting: ServerResponse[] = [];
  let most = 0;
  answer = (_, response) => {
    waiting.push(response);
    most = Math.max(most, waiting.length);
    // All eight are here: only then is one answered.
    const left = 20 - asked.length;
    if (waiting.length === 8 || left === 0) for (const open of waiting.splice(0)) open.writeHead(200).end();
  };
  expect(await find(Array.from({ length: 20 }, (_, i) => `${url}/${i}.png`))).toEqual([]);
  expect(most).toBe(8);
  expect(asked).toHaveLength(20);
});

it('ends at once when nobody wants to know any more', async () => {
  const ending = new AbortController();
  answer = () => ending.abort(new Error('enough'));
  const work = deadReferences(
    workflowOf([`${url}/a.png`]),
    { fetch, disk: nodeDisk, clock: systemClock, projectFolder: folder },
    ending.signal,
  );
  await expect(work).rejects.toThrow('enough');
});
