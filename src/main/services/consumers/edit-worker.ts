import { parentPort } from 'node:worker_threads';
import { editText } from './edit-text.ts';
import type { EditAnswer, EditQuestion } from './edit-thread.ts';

/** Entry of the thread that edits files of the tunnel's consumers: a pattern of the settings may run for ever. */
const port = parentPort;
if (port === null) throw new Error('The edit worker is started by Flowdeck, as a thread.');
port.on('message', ({ text, edit, value }: EditQuestion) => {
  const edited = editText(text, edit, value);
  // What stays as it is need not travel back.
  const answer: EditAnswer = 'text' in edited && edited.text === text ? 'unchanged' : edited;
  port.postMessage(answer);
});
port.postMessage('ready');
