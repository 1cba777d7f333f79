/**
 * @typedef {import('commander').Command} Command
 * @typedef {import('commander').Option} Option
 */

const head = `# The command line

<!-- Made from the commands by \`npm run docs\`; do not edit by hand. -->

\`bin/flowdeck\` (\`node bin/flowdeck\` on Windows) works straight from a clone: it installs what is missing and runs on
the project's own Node when the system's is older.

Without \`--json\` a command talks to a person: a progress bar on a terminal, plain lines when piped. With it, standard
output is NDJSON only, one object a line, each with \`type\`, and words for people go to standard error. \`NO_COLOR\` is
honoured. A command that fails says what, where and how to mend it; with \`--json\` its last line is
\`{"type":"error","code","message","where","cure"}\`.
`;

const exits = `## Exit codes

| code | meaning |
| ---: | --- |
| 0 | done; for \`run\`, every wanted node has output |
| 1 | a fault of Flowdeck; the message says where the log is |
| 2 | wrong use; also a node, gate, run or setting that is not there, or a folder that cannot be written |
| 3 | the workflow cannot be used: missing, unreadable, or the sanity check found an error |
| 4 | the run ended with nodes that failed for good; \`errors.json\` is written |
| 5 | G-Labs or the store cannot be reached, or takes nothing (disk full) |
| 6 | G-Labs or the store refused: key, licence, quota |
| 7 | another run holds this workflow; adding to the queue: it is there already |
| 8 | stopped at a gate, waiting for picks (\`--gates hold\`) |
| 9 | \`verify\` found damage, made whole or not |
| 130 | interrupted; what was in flight is in the journal. \`up\`, \`serve\` and \`simulate\` stopped by Ctrl-C end with 0 |

A second Ctrl-C no longer waits for what is in flight.

## \`up\`

- **Whose services.** One Flowdeck of a data folder supervises: the first \`up\`, \`serve\` or window. Another \`up\` names it by
  its process, asks it to start what is down, and shows what it does; ended by Ctrl-C it leaves its services alone. When
  the first one ends, however it ends, another takes its place and brings up again what it was asked for.
- **What Ctrl-C ends.** What was started here, with everything that started, and only that: a G-Labs that was found running
  goes on. \`services.onQuit\` is for the control room; \`up\` leaves nothing. A second Ctrl-C does not wait; what it leaves behind is
  ended by the next Flowdeck.
- **What cannot be had.** No G-Labs at the start: exit 5 with what it printed last. No tunnel, for there is no cloudflared: the
  cure is told, and G-Labs goes on without. Later failures are mended with growing pauses; what is given up is told, and
  \`up\` in another terminal, or Start in a window, tries anew.
- **The demo.** \`--demo\` counts for this process and changes no setting. It is refused (exit 2) where a real G-Labs answers or
  was seen before: who asks for the demo does not want to pay, and who runs workflows does not want made-up pictures.
`;

const lines = `## NDJSON

| command | lines |
| --- | --- |
| \`check\` | \`finding\` each (\`code\`, \`rule\`, \`severity\`, \`tab\`, \`nodeId\`, \`title\`, \`where\`, \`message\`, \`cure\`, \`fixable\`), then \`check.finished\` (\`errors\`, \`warnings\`, \`fixed\`); with several files every line carries \`file\`, and the exit code is the worst |
| \`plan\` | \`plan.node\` each (\`nodeId\`, \`tab\`, \`title\`, \`kind\`, \`rows\`, \`candidates\`, \`reason\`, \`generations\`, \`costUSD\`), then \`plan.finished\` (\`nodes\`, \`generations\`, \`cached\`, \`costUSD\`) |
| \`run\` | \`run.started\`, \`node.state\`, \`task.submitted\`, \`task.reattached\`, \`candidate.stored\`, \`review.verdict\`, \`backend.down\`, \`backend.up\`, \`node.failed\`, and at last \`run.finished\` with \`status\`, \`output\`, \`errorsFile\` and \`counts\`; each has \`at\` and \`runId\`. \`backend.down\` has \`server\`, \`message\`, \`what\` (\`glabs\` or \`tunnel\`), \`mended\` (a Flowdeck brings it back) and \`waitS\` (the most it waits), \`backend.up\` the \`server\` of now and \`downMs\`. A \`node.state\` of \`waiting\` with \`lost\`: that candidate's task is gone and may have been paid for; it is made again |
| \`regen\` | with \`--prompt\` first \`bumped\` (\`from\` and \`to\`: versions, \`path\` of the new file, \`movedTo\`: where the old one is), then the lines of \`run\` |
| \`wipe\` | \`backup.created\` (\`id\`, \`path\`, \`sha256\`) unless there was nothing to clear, then \`wiped\` (\`path\`, \`images\`, \`videos\`, \`nodes\`, \`tabs\`) |
| \`bump\`, \`graduate\` | \`bumped\` as above; with \`--undo\` \`undone\` (\`path\` of the file that is at its place again). What of the registry and the tracker could not be written stands on standard error, and the exit code is 0 |
| \`recover\` | \`recovery.diagnosis\` (\`verdict\`, \`runId\` and \`cause\` of the run that was cut short, or null; \`nodes\` with \`nodeId\`, \`tab\`, \`title\`, \`state\` and how many candidates are in the \`cache\`, in \`Assets/\` (\`local\`), in the \`store\` and paid for by the \`journal\`; \`findings\`; \`plan\` with \`action\`, \`generations\`, \`saved\`, \`costUSD\`, \`steps\`; \`alternatives\` likewise). With \`--apply\` then \`backup.created\` (\`id\`, \`path\`, \`sha256\`), \`restored\` where a backup is put back (\`backupId\`, \`path\`, \`undoBackupId\`, null where there was no file), and the lines of \`run\` |
| \`history\` | \`history.entry\` each, newest first (\`kind\`: \`version\`, \`backup\`, \`run\` or \`restore\`; \`id\`, \`at\`, \`version\`, \`reason\`, \`path\`, \`sha256\`, \`size\`, \`pinned\`, \`note\`; \`workflow\` and its \`name\`; \`live\`: the file lies at its place; \`backup\` with \`origin\`, \`known\`, \`onDisk\`, \`kept\`, \`provenAt\`, \`problem\`; \`run\` with \`status\`, \`demo\`, \`finishedAt\`; \`restore\` with \`backupId\`, \`undoBackupId\`) |
| \`backup\` | \`backup.created\` (\`id\`, \`path\`: null where \`backups/\` takes no copy, \`sha256\`); with \`--adopt\` \`backup.adopted\` (\`id\`) |
| \`pin\` | \`pinned\` (\`id\`, \`pinned\`, \`note\`) |
| \`diff\` | \`diff.node\` each (\`nodeId\`, \`tabIndex\`, \`tab\`, \`title\`, \`kind\`, \`change\`: \`added\`, \`removed\` or \`changed\`; \`prompts\`, \`references\`, \`settings\` and \`wiring\` with \`name\`, \`before\` and \`after\`, prompts also with \`words\`; \`picks\` with \`row\`, \`before\` and \`after\`; \`cache\` with the addresses before and after, or null), at most 2,000, then \`diff.finished\` (\`identical\`: byte for byte; \`before\` and \`after\` with \`label\`, \`path\`, \`at\`, \`sha256\`; how many nodes were \`added\`, \`removed\`, \`changed\`, and in how many \`prompts\`, \`references\`, \`settings\`, \`picks\`, \`cache\`, \`wiring\`; \`left\`: nodes that have no line; \`tabs\` that were \`added\` and \`removed\`; \`file\`: its name). Exit 0 also when they differ |
| \`restore\` | \`backup.created\` (\`id\`, \`path\`, \`sha256\`: what was there; not with \`--to\`, and not where there was no file), then \`restored\` (\`backupId\`, \`path\`: the file that was written, \`undoBackupId\` or null) |
| \`verify\` | \`verify.entry\` each (\`id\`, \`ok\`, \`problem\` or null, \`repaired\`), then \`verify.finished\` (\`checked\`, \`damaged\`: those made whole are among them, \`repaired\`). A copy that could not be read is not \`ok\`, and no damage |
| \`accept\` | \`accepted\` (\`path\`, \`nodes\`) |
| \`pick\` | \`picked\` (\`gate\`, \`row\`, \`candidate\`, \`url\`) |
| \`up\` | \`service.state\` at every change (\`service\`: \`glabs\` or \`tunnel\`, \`state\`, \`pid\`, \`url\`, \`reason\`, \`attempt\`: which start it is or waits for, from 1, \`nextAttemptAt\`); \`tunnel.url\` when an address is verified, and when there is news of who has it (\`url\`, \`revision\`, \`consumers\`). States of G-Labs: \`starting\`, \`ready\`, \`unhealthy\`, \`stopping\`, \`stopped\`, \`failed\`, \`foreign\` (somebody else has the port); of the tunnel: \`spawning\`, \`url-assigned\`, \`registered\`, \`settling\`, \`verified\`, \`degraded\`, \`restarting\`, \`backoff\`, \`stopping\`, \`stopped\`, \`failed\`. Its \`url\` leads here only once it is \`verified\` |
| \`serve\` | \`serving\` (\`url\` with the access token, \`origin\`, \`port\`, \`pid\`) |
| \`config\` | \`setting\` (\`key\`, \`value\`, \`default\`, \`changed\`, \`meaning\`); \`set-secret\`: \`secret\` (\`name\`, \`kept\`, \`inFile\`) |
| \`runs\` | \`run\` each, newest first |
| \`queue\` | \`queue.entry\` each (\`position\` from 1, \`id\`, \`path\`, \`name\`, \`state\`: \`waiting\`, \`held\`, \`starting\` or \`failed\`, \`mode\`, \`problem\`, \`addedAt\`), then \`queue\` (\`paused\`, \`pausedWhy\`, \`length\`): how it is after the command |
| \`status\` | \`status\` with \`glabs\`, \`tunnel\` and the \`runs\` that go on. States as of \`up\`; \`supervisor\` is the process that supervises, or null. The tunnel's \`url\` is null unless it is verified now; \`revision\` and \`verifiedAt\` are of the last address that was |
| \`doctor\` | \`doctor.finding\` each (\`check\`, \`verdict\`: \`good\`, \`warning\` or \`broken\`, \`code\`, \`message\`, \`cure\`), then \`doctor.finished\` (\`broken\`, \`warnings\`) |
| \`simulate\` | \`simulator.ready\` (\`url\`, \`pid\`, \`admin\`) |

\`row\` and \`candidate\` count from 1.
`;

/**
 * docs/cli.md, from the commands as they are.
 * @param {Command} program
 */
export function commandLinePage(program) {
  const options = `## Options of every command\n\n${optionTable(program.options)}`;
  const commands = program.commands.flatMap((command) => sections(command, 'flowdeck'));
  return [head, options, '## Commands\n', ...commands, exits, lines].join('\n');
}

/**
 * @param {Command} command
 * @param {string} above
 * @returns {string[]}
 */
function sections(command, above) {
  const name = `${above} ${command.name()}`;
  const operands = command.registeredArguments.map((argument) =>
    argument.variadic ? `<${argument.name()}…>` : `<${argument.name()}>`,
  );
  const title = `### \`${[name, ...operands].join(' ')}\`\n`;
  const text = `${sentence(command.description())}\n`;
  const table = command.options.length > 0 ? [optionTable(command.options)] : [];
  return [title, text, ...table, ...command.commands.flatMap((below) => sections(below, name))];
}

/** @param {readonly Option[]} options */
function optionTable(options) {
  const rows = options.map((option) => `| \`${cell(option.flags)}\` | ${cell(meaning(option))} |`);
  return `${['| option | meaning |', '| --- | --- |', ...rows].join('\n')}\n`;
}

/** @param {Option} option */
function meaning({ description, argChoices, defaultValue, envVar }) {
  const more = [
    ...(argChoices === undefined ? [] : [`one of ${argChoices.map((choice) => `\`${choice}\``).join(', ')}`]),
    ...(defaultValue === undefined || typeof defaultValue === 'boolean'
      ? []
      : [`default \`${defaultValue}\``]),
    ...(envVar === undefined ? [] : [`environment \`${envVar}\``]),
  ];
  return more.length === 0 ? description : `${description} (${more.join('; ')})`;
}

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|');

/** @param {string} text */
const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
