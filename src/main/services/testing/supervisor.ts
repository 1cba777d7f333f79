import path from 'node:path';
import { argv } from 'node:process';
import { type Settings, settingKeys, settingSchemas } from '../../../shared/settings.ts';
import { openDatabase } from '../../db/database.ts';
import { systemClock } from '../../platform/clock.ts';
import { silentLog } from '../../platform/log.ts';
import { processStartTime } from '../../platform/process-identity.ts';
import { createChildRegistry } from '../child-registry.ts';
import { createGlabsService } from '../glabs.ts';
import { createNetwork } from '../network.ts';

/**
 * A Flowdeck that only supervises G-Labs, as a process of its own, so that tests can kill it.
 * Usage: fork with FOLDER SETTINGS (JSON). Sends its state with each change; starts G-Labs on «start», and closes on
 * «keep» or «stop».
 */
const [folder = '', given = '{}'] = argv.slice(2);
const defaults = Object.fromEntries(settingKeys.map((each) => [each, settingSchemas[each].parse(undefined)]));
const settings = { ...defaults, ...JSON.parse(given) } as Settings;
const db = openDatabase(path.join(folder, 'flowdeck.db'));
const network = createNetwork({ clock: systemClock, log: silentLog });
const service = createGlabsService({
  settings: { all: () => settings, onChange: () => () => undefined },
  secrets: { has: async () => true, seen: () => [] },
  clock: systemClock,
  log: silentLog,
  simulator: { command: '', args: [] },
  serviceState: { write: (record) => db.serviceState.put(record), read: () => db.serviceState.get('glabs') },
  children: createChildRegistry({
    children: db.serviceChildren,
    clock: systemClock,
    log: silentLog,
    self: { pid: process.pid, started: await processStartTime(process.pid) },
  }),
  network,
  outputFolder: path.join(folder, 'logs'),
  mayHoldPaidWork: () => false,
  checkKey: async () => null,
  graceMs: 300,
});
service.subscribe(({ service: { state, pid } }) => process.send?.({ state, pid }));

process.on('message', (asked) => {
  const answer =
    asked === 'start'
      ? service.start()
      : service.close({ keep: asked === 'keep' }).then(() => {
          network.close();
          db.close();
          process.disconnect();
        });
  answer.catch((error: unknown) => console.error(error));
});
