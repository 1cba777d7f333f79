import type { RunNodeView } from '../../../shared/run-view.ts';
import { Menu } from '../../components/menu.tsx';
import type { SelectionChange } from './selection.ts';

type SelectionMenuProps = {
  nodes: readonly RunNodeView[];
  /** The node one is at, open or under the focus: its scene can be chosen. */
  at: RunNodeView | null;
  hasSelection: boolean;
  onSelect: (change: SelectionChange) => void;
};

/** Ways to select many nodes at once. */
export function SelectionMenu({ nodes, at, hasSelection, onSelect }: SelectionMenuProps) {
  const failed = nodes.filter((node) => node.state === 'failed');
  const add = (members: readonly RunNodeView[]) =>
    onSelect({ kind: 'add', ids: members.map((node) => node.nodeId) });
  return (
    <Menu
      label="Select"
      items={[
        {
          label: `All that failed (${failed.length})`,
          disabled: failed.length === 0,
          onSelect: () => add(failed),
        },
        {
          label: at ? `All of scene ${at.scene}` : 'All of a scene: go to one first',
          disabled: at === null,
          onSelect: () => add(nodes.filter((node) => node.scene === at?.scene)),
        },
        { label: `All ${nodes.length}`, onSelect: () => add(nodes) },
        { label: 'None', disabled: !hasSelection, onSelect: () => onSelect({ kind: 'clear' }) },
      ]}
    />
  );
}
