import { cva, type VariantProps } from 'class-variance-authority';
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';
import { Tooltip } from './tooltip.tsx';

const look = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 rounded-sm font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed aria-disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-accent text-accent-ink enabled:hover:bg-accent-hover',
        secondary: 'border border-line-strong/60 bg-raised text-ink enabled:hover:bg-hover',
        ghost: 'text-ink enabled:hover:bg-hover',
        danger: 'border border-bad/60 bg-raised text-bad enabled:hover:bg-bad-soft',
      },
      size: { sm: 'h-6 px-2 text-xs', md: 'h-7 px-3 text-base', lg: 'h-8 px-4 text-base' },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
);

type Look = VariantProps<typeof look>;

type ButtonProps = ComponentProps<'button'> & {
  variant?: Look['variant'];
  size?: Look['size'];
  icon?: ReactNode;
  /** What it started is not over: shows a mark and takes no second click. */
  busy?: boolean;
};

/** A button with words. One `primary` at a time on a screen: what is next. */
export function Button({
  variant,
  size,
  icon,
  busy = false,
  disabled,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={cx(look({ variant, size }), className)}
    >
      {busy ? <LoaderCircle aria-hidden className="animate-spin" /> : icon}
      {children}
    </button>
  );
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'children'> & {
  /** What it does, in words: its name for everyone, and its tooltip. */
  label: string;
  icon: ReactNode;
  size?: 'sm' | 'md';
};

/** A button that is only an icon; its words are in the tooltip and the accessible name. */
export function IconButton({ label, icon, size = 'md', className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={cx(look({ variant: 'ghost' }), size === 'sm' ? 'size-6 px-0' : 'size-7 px-0', className)}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
