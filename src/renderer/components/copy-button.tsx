import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './button.tsx';
import { notifyError } from './toaster.tsx';

type CopyButtonProps = {
  /** A function where making the text takes time: it is asked when somebody copies. */
  text: string | (() => string);
  /** Completes its name: `Copy address`. */
  what: string;
};

/** Copies `text` and says so for two seconds. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : text());
      setCopied(true);
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <IconButton
      size="sm"
      label={copied ? 'Copied' : `Copy ${what}`}
      icon={copied ? <Check aria-hidden className="text-good" /> : <Copy aria-hidden />}
      onClick={copy}
    />
  );
}
