import type { BumpAdvice } from '../../shared/history.ts';
import type { Session } from './session.ts';
import { quoted } from './version-commands.ts';

/** A line for people where the next version is due; never with --json, and nothing waits for it. */
export async function tellOfBump({ output, flowdeck }: Session, path: string): Promise<void> {
  if (output.json || !output.progress.visible) return;
  const { history } = await flowdeck();
  const words = bumpWords(await history.advice(path), path);
  if (words !== null) output.note(words);
}

/** `2 prompts changed since V0-3 ran: "flowdeck bump X-V0-3.nbflow" makes it V0-4.` Null: none is due. Pure. */
export function bumpWords(advice: BumpAdvice | null, path: string): string | null {
  if (advice === null || !advice.suggested) return null;
  const { reasons, from, to } = advice;
  const last = reasons.at(-1) ?? '';
  const all = reasons.length < 2 ? last : `${reasons.slice(0, -1).join(', ')} and ${last}`;
  return `${all.charAt(0).toUpperCase()}${all.slice(1)} since ${from} ran: "flowdeck bump ${quoted(path)}" makes it ${to}.`;
}
