import { os } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import { WIRE_ACK } from '../../shared/wire.ts';
import type { FlowdeckRouter } from './router.ts';
import { createTopic } from './topic.ts';
import { createWireServer } from './wire-server.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const settle = async () => {
  for (let i = 0; i < 20; i += 1) await turn();
};

/** A router of one live topic; the wire server does not care what it serves. */
function countingRouter() {
  const topic = createTopic({ initial: 0, apply: (_: number, change: number) => change, backlog: 8 });
  const router = { watch: os.handler(({ signal }) => topic.subscribe(signal)) };
  return { topic, router: router as unknown as FlowdeckRouter };
}

const watch = JSON.stringify({ i: '1', p: { u: '/watch', b: {} } });

describe('the wire server', () => {
  it('lets a page that does not acknowledge hold a window of frames, not all of them', async () => {
    const { topic, router } = countingRouter();
    const frames: string[] = [];
    const end = createWireServer(router, () => undefined).join({
      send: (text) => frames.push(text),
      hangUp: () => undefined,
    });
    end.onFrame(watch);
    await settle();
    for (let n = 1; n <= 500; n += 1) {
      topic.publish(n);
      await turn();
    }
    await settle();
    expect(frames.length).toBe(32);

    for (let read = 0; read < frames.length; read += 1) {
      end.onFrame(WIRE_ACK);
      await settle();
    }
    const last = frames.at(-1) ?? '';
    expect(last).toContain('500');
    expect(frames.length).toBeLessThan(60);
    end.onClose();
  });

  it('ends the subscriptions of a page that has gone', async () => {
    const { topic, router } = countingRouter();
    const end = createWireServer(router, () => undefined).join({
      send: () => undefined,
      hangUp: () => undefined,
    });
    end.onFrame(watch);
    await settle();
    expect(topic.readers()).toBe(1);
    end.onClose();
    await settle();
    expect(topic.readers()).toBe(0);
  });

  it.each(['no JSON', '{}', '[]', 'null', '{"i":"1","p":{"u":7}}'])(
    'hangs up on a page that sends %s',
    async (frame) => {
      const { router } = countingRouter();
      let hungUp = false;
      const faults: unknown[] = [];
      const server = createWireServer(router, (error) => faults.push(error));
      server
        .join({
          send: () => undefined,
          hangUp: () => {
            hungUp = true;
          },
        })
        .onFrame(frame);
      await settle();
      expect(hungUp).toBe(true);
      expect(faults).toHaveLength(1);
    },
  );
});
