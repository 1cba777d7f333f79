import { RadioGroup } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { cx } from './cx.ts';

type SegmentedProps<V extends string> = {
  label: ReactNode;
  hideLabel?: boolean;
  /** What the chosen one means, in a sentence. */
  hint?: ReactNode;
  value: V;
  onValueChange: (value: V) => void;
  options: readonly { value: V; label: ReactNode }[];
  className?: string;
};

/** One of a few values, all in sight. Arrow keys choose. */
export function Segmented<V extends string>({
  label,
  hideLabel = false,
  hint,
  value,
  onValueChange,
  options,
  className,
}: SegmentedProps<V>) {
  const id = useId();
  return (
    <div className={cx('flex min-w-0 flex-col gap-1', className)}>
      <span id={id} className={hideLabel ? 'sr-only' : 'text-muted text-xs'}>
        {label}
      </span>
      <RadioGroup.Root
        aria-labelledby={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        orientation="horizontal"
        value={value}
        onValueChange={(next) => {
          const option = options.find((each) => each.value === next);
          if (option) onValueChange(option.value);
        }}
        className="flex h-7 w-full min-w-0 rounded-sm border border-line-strong bg-sunken p-px"
      >
        {options.map((option) => (
          <RadioGroup.Item
            key={option.value}
            value={option.value}
            className="min-w-6 flex-auto truncate rounded-[3px] px-2 text-muted hover:text-ink data-[state=checked]:bg-accent data-[state=checked]:text-accent-ink"
          >
            {option.label}
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      {hint && (
        <p id={`${id}-hint`} className="text-muted text-xs">
          {hint}
        </p>
      )}
    </div>
  );
}
