/** What each value of a choice means, where the value alone does not say it. Keys and values of the schema. */
const words: Partial<Record<string, Partial<Record<string, string>>>> = {
  'tunnel.mode': {
    quick: 'quick: a new address at each start',
    named: 'named: a tunnel of yours, by its token',
    url: 'url: an address of your own',
    none: 'none: no tunnel',
  },
  'services.onQuit': {
    stop: 'stop: what was started ends',
    keep: 'keep: it runs on',
  },
};

/** The value with a word on it, or the value itself. */
export const choiceWords = (key: string, value: string): string => words[key]?.[value] ?? value;
