import { systemClock } from '../../../platform/clock.ts';
import { main } from '../../main.ts';

// For tests only: the command line, by whose clock time passes FLOWDECK_CHAOS_SPEED times as fast from
// FLOWDECK_CHAOS_EPOCH on, so that minutes of patience are over in seconds. Answers have as long as ever to come.

const speed = Number(process.env.FLOWDECK_CHAOS_SPEED);
const epoch = Number(process.env.FLOWDECK_CHAOS_EPOCH);
await main(process.argv.slice(2), {
  clock: {
    now: () => Math.round(epoch + (systemClock.now() - epoch) * speed),
    monotonic: () => systemClock.monotonic() * speed,
    sinceBoot: systemClock.sinceBoot,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  },
});
