import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { type Action, useActions } from '../state/actions.ts';
import { Kbd } from './kbd.tsx';
import { useFocusReturn } from './use-focus-return.ts';

type CommandPaletteProps = { open: boolean; onOpenChange: (open: boolean) => void };

/** Every action of the window by name (Ctrl/Cmd-K). Actions register themselves with `useAction`. */
export function CommandPalette({ open, onOpenChange }: CommandPaletteProps) {
  const actions = useActions((state) => state.actions);
  const focusReturn = useFocusReturn();
  const groups = Map.groupBy(actions.values(), (action) => action.group);

  const choose = (action: Action) => {
    onOpenChange(false);
    action.run();
  };

  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 bg-scrim" />
        <Dialog.Content
          {...focusReturn}
          aria-describedby={undefined}
          className="-translate-x-1/2 fixed top-[15vh] left-1/2 z-50 w-140 max-w-[calc(100vw-48px)] overflow-hidden rounded-lg border border-line bg-panel shadow-lift outline-none"
        >
          <Dialog.Title className="sr-only">Actions</Dialog.Title>
          <Command label="Actions" loop>
            <Command.Input
              placeholder="What do you want to do?"
              className="h-11 w-full border-line border-b bg-transparent px-4 text-lg outline-none placeholder:text-muted"
            />
            <Command.List className="max-h-100 overflow-y-auto p-2">
              <Command.Empty className="px-2 py-4 text-muted">No action has this name.</Command.Empty>
              {[...groups].map(([group, members]) => (
                <Command.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-muted [&_[cmdk-group-heading]]:text-xs"
                >
                  {members.map((action) => (
                    <Command.Item
                      key={action.id}
                      value={`${action.title} ${action.id}`}
                      onSelect={() => choose(action)}
                      className="flex h-8 items-center justify-between gap-4 rounded-sm px-2 data-[selected=true]:bg-accent-soft"
                    >
                      <span className="truncate">{action.title}</span>
                      {action.shortcut && <Kbd shortcut={action.shortcut} />}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
