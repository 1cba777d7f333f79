import type { HistoryChange, HistoryView } from '../../../shared/history.ts';
import type { LiveMessage } from '../../../shared/live.ts';
import { olderPage, PAGE } from '../../history/list-change.ts';

type Message = LiveMessage<HistoryView, HistoryChange>;

/**
 * The messages of a topic for one reader, of which none is large: a snapshot brings its newest entries, `first` of them,
 * and the older ones follow as changes. Numbers are this reader's own.
 */
export function pagedMessages(
  messages: AsyncGenerator<Message, void, void>,
  first: number,
): AsyncGenerator<Message, void, void> {
  const pages: Message[] = [];
  let seq = 0;
  const numbered = (message: Message): Message => {
    if (message.kind === 'snapshot') return { ...message, seq };
    seq += 1;
    return { ...message, seq };
  };
  return {
    async next() {
      const page = pages.shift();
      if (page !== undefined) return { done: false, value: numbered(page) };
      const read = await messages.next();
      if (read.done === true || read.value.kind === 'change') {
        return read.done === true ? read : { done: false, value: numbered(read.value) };
      }
      const { entries, ...view } = read.value.value;
      for (let at = first; at < entries.length; at += PAGE) {
        pages.push({ kind: 'change', seq: 0, change: olderPage(entries.slice(at, at + PAGE)) });
      }
      const value = { ...view, entries: entries.slice(0, first) };
      return { done: false, value: numbered({ kind: 'snapshot', seq: 0, value }) };
    },
    return: () => messages.return(),
    throw: (error) => messages.throw(error),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => {
      await messages.return();
    },
  };
}
