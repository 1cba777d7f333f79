import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, describe, expect, it } from 'vitest';
import { FlowdeckError } from '../../shared/failure.ts';
import type { Channel, ChannelEvents, Dial } from './channel.ts';
import { createConnection } from './connection.ts';
import type { LiveTopic } from './live.ts';
import { liveQuery } from './live.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A main side the test plays: what it is asked is kept, what it says is sent as frames of the protocol. */
function stage() {
  const dials: { events: ChannelEvents; answer(channel: boolean): void }[] = [];
  const waits: { ms: number; over: () => void }[] = [];
  const asked: { i: string; u: string }[] = [];
  const dial: Dial = (events) =>
    new Promise((resolve, reject) => {
      const channel: Channel = {
        send: (text) => {
          const frame = JSON.parse(text) as { i: string; t?: number; p?: { u: string } };
          if (frame.t === undefined && frame.p) asked.push({ i: frame.i, u: frame.p.u });
        },
        close: () => events.onClose(),
      };
      dials.push({ events, answer: (opens) => (opens ? resolve(channel) : reject(new Error('refused'))) });
    });
  const connection = createConnection(dial, {
    random: () => 0.5,
    wait: (ms, signal) =>
      new Promise((over) => {
        waits.push({ ms, over });
        signal.addEventListener('abort', () => over(), { once: true });
      }),
  });
  closers.push(connection.close);
  const last = () => {
    const dialled = dials.at(-1);
    if (!dialled) throw new Error('nothing was dialled');
    return dialled;
  };
  const say = (message: object) => last().events.onFrame(JSON.stringify(message));
  return { connection, dials, waits, asked, last, say };
}

const settle = async () => {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setTimeout(resolve));
};
const state = ({ connection }: ReturnType<typeof stage>) => connection.state.getState();

describe('a connection', () => {
  it('lets calls made before it stands wait for it', async () => {
    const at = stage();
    const info = at.connection.client.app.info();
    await settle();
    expect([state(at), at.asked.length]).toEqual(['connecting', 0]);
    at.last().answer(true);
    await settle();
    expect(at.asked.map(({ u }) => u)).toEqual(['/app/info']);
    at.say({ i: at.asked[0]?.i, p: { b: { json: { version: '1' } } } });
    expect(await info).toEqual({ version: '1' });
  });

  it('refuses what was under way when it broke, and what is asked while it is lost, and repeats nothing', async () => {
    const at = stage();
    at.last().answer(true);
    await settle();
    const start = at.connection.client.services.start({ service: 'glabs' });
    await settle();
    at.last().events.onClose();
    await expect(start).rejects.toBeInstanceOf(FlowdeckError);
    expect(state(at)).toBe('lost');
    await expect(at.connection.client.app.info()).rejects.toMatchObject({
      failure: { message: expect.stringContaining('lost') },
    });
    at.waits.at(-1)?.over();
    await settle();
    at.last().answer(true);
    await settle();
    expect(state(at)).toBe('open');
    expect(at.asked.map(({ u }) => u)).toEqual(['/services/start']);
  });

  it('tries again after waits that grow, and at once short again after it stood', async () => {
    const at = stage();
    for (let tries = 0; tries < 7; tries += 1) {
      at.last().answer(false);
      await settle();
      at.waits.at(-1)?.over();
      await settle();
    }
    expect(at.waits.map(({ ms }) => ms)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
    at.last().answer(true);
    await settle();
    at.last().events.onClose();
    await settle();
    expect(at.waits.at(-1)?.ms).toBe(250);
  });

  it('dials no more after it was closed', async () => {
    const at = stage();
    at.last().answer(true);
    await settle();
    at.connection.close();
    await settle();
    expect(at.dials).toHaveLength(1);
  });
});

describe('a live query', () => {
  const topic: LiveTopic<readonly number[], number> = {
    key: ['numbers'],
    open: (client, signal) => client.runs.watch(undefined, { signal }) as never,
    apply: (view, change) => [...view, change],
  };

  function watched() {
    const at = stage();
    const cache = new QueryClient();
    const observer = new QueryObserver(cache, liveQuery(at.connection, topic));
    const leave = observer.subscribe(() => undefined);
    closers.push(() => {
      leave();
      cache.clear();
    });
    const open = async () => {
      at.last().answer(true);
      await settle();
      at.say({ i: at.asked.at(-1)?.i, p: { h: { 'content-type': 'text/event-stream' } } });
      await settle();
    };
    const tell = async (json: object) => {
      at.say({ i: at.asked.at(-1)?.i, t: 3, p: { e: 'message', d: { json } } });
      await settle();
    };
    return { at, observer, leave, open, tell, data: () => observer.getCurrentResult().data };
  }

  it('folds snapshot and changes into the cache', async () => {
    const { open, tell, data, observer } = watched();
    await open();
    expect(observer.getCurrentResult().status).toBe('pending');
    await tell({ kind: 'snapshot', seq: 4, value: [1] });
    await tell({ kind: 'change', seq: 5, change: 2 });
    await tell({ kind: 'change', seq: 6, change: 3 });
    expect(data()).toEqual([1, 2, 3]);
    expect(observer.getCurrentResult().status).toBe('success');
  });

  it('subscribes anew after a gap and shows the fresh snapshot', async () => {
    const { at, open, tell, data } = watched();
    await open();
    await tell({ kind: 'snapshot', seq: 4, value: [1] });
    await tell({ kind: 'change', seq: 6, change: 3 });
    expect(data()).toEqual([1]);
    expect(at.asked).toHaveLength(2);
    at.say({ i: at.asked.at(-1)?.i, p: { h: { 'content-type': 'text/event-stream' } } });
    await settle();
    await tell({ kind: 'snapshot', seq: 6, value: [1, 2, 3] });
    expect(data()).toEqual([1, 2, 3]);
  });

  it('keeps what it showed while the connection is lost, and subscribes anew when it is back', async () => {
    const { at, open, tell, data, observer } = watched();
    await open();
    await tell({ kind: 'snapshot', seq: 0, value: [1] });
    at.last().events.onClose();
    await settle();
    expect([data(), observer.getCurrentResult().status]).toEqual([[1], 'success']);
    at.waits.at(-1)?.over();
    await settle();
    await open();
    expect(at.asked).toHaveLength(2);
    await tell({ kind: 'snapshot', seq: 9, value: [9] });
    expect(data()).toEqual([9]);
  });

  it('shows a refusal of the main side as the failure it is', async () => {
    const { at, observer } = watched();
    at.last().answer(true);
    await settle();
    const data = { code: 'not-found', message: 'There is no such run.' };
    const body = { json: { defined: true, code: 'not-found', status: 500, message: data.message, data } };
    at.say({ i: at.asked[0]?.i, p: { s: 500, b: body } });
    await settle();
    expect(observer.getCurrentResult()).toMatchObject({ status: 'error', error: { failure: data } });
  });

  it('tells the main side when nobody looks any more, and asks again when somebody does', async () => {
    const { at, open, tell, leave, observer, data } = watched();
    await open();
    await tell({ kind: 'snapshot', seq: 0, value: [1] });
    leave();
    await settle();
    const back = observer.subscribe(() => undefined);
    closers.push(back);
    await settle();
    expect(at.asked).toHaveLength(2);
    expect(data()).toEqual([1]);
  });
});
