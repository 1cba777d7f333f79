import type { Finding } from '../../shared/domain.ts';
import { type ExtraFields, fieldName, galleryUrls, readText } from './fields.ts';
import { nodeFinding, nodeLabel } from './finding.ts';
import { generationNodesOf } from './generation.ts';
import { sourceOf, type TabGraph, targetsOf } from './graph.ts';
import { rowsClash } from './picks.ts';
import { placeholdersOf, promptMode, promptSource, resolvePrompts } from './prompts.ts';
import type { WorkflowNode } from './read.ts';
import { OUTPUT_COUNT } from './rules.ts';

/** Rules 3 and 7, placeholders and rows (behaviour.md §2), nodes without a prompt, galleries that are short. */
export function checkPrompts(graph: TabGraph, fields: ExtraFields): Finding[] {
  const prompts = resolvePrompts(graph, fields);
  const findings: Finding[] = [];
  const told = new Set<WorkflowNode>();
  for (const finding of templateFindings(graph, fields)) {
    told.add(finding.node);
    findings.push(finding.finding);
  }
  for (const [node, { problems, broken, rows }] of prompts) {
    for (const { code, message, cure } of problems) {
      // a placeholder without a value follows from a wrong name: rules 3 and 7 have told it
      if (code === 'unresolved-placeholder' && told.has(node)) continue;
      const where = promptMode(node, fields) === 'dynamic' ? 'rows' : 'text';
      findings.push(
        nodeFinding(graph.tab, node, {
          code,
          message,
          cure,
          where: `.properties.${fieldName(node, where, fields)}`,
        }),
      );
    }
    if (node.kind === 'prompt' || broken) continue;
    if (rows.length === 0) findings.push(noPrompt(graph, node));
    else findings.push(...shortGalleries(graph, node, rows.length, fields));
  }
  return [...findings, ...frameFindings(graph, prompts, fields)];
}

function* templateFindings(
  graph: TabGraph,
  fields: ExtraFields,
): Generator<{ node: WorkflowNode; finding: Finding }> {
  const promptNodes = graph.tab.nodes.filter((node) => node.kind === 'prompt');
  const modes = new Map(promptNodes.map((node) => [node, promptMode(node, fields)]));
  const variables = new Set<string | null>();
  for (const [node, mode] of modes)
    if (mode === 'dynamic') variables.add(readText(node, 'variableName', fields));

  for (const [node, mode] of modes) {
    if (mode !== 'template') continue;
    const names = placeholdersOf(readText(node, 'text', fields) ?? '');
    const slots = node.inputs.map((input) => input.name);
    const wrong = names.flatMap((name) => {
      const source = sourceOf(graph, node, slots.indexOf(name));
      const called =
        source && modes.get(source) === 'dynamic' ? readText(source, 'variableName', fields) : name;
      if (source && called !== name)
        return [`{${name}} is fed by ${nodeLabel(source)}, called ${called ?? 'nothing'}`];
      return variables.has(name) ? [] : [`no Dynamic of this tab is called ${name}`];
    });
    if (wrong.length > 0) {
      yield {
        node,
        finding: nodeFinding(graph.tab, node, {
          code: 'variable-name',
          where: `.properties.${fieldName(node, 'text', fields)}`,
          message: `${sentence(wrong.join('; '))}.`,
          cure: 'Set variableName of the Dynamic to the name in the braces.',
        }),
      };
    }
    const without = names.filter((name) => !slots.includes(name)).map((name) => `{${name}} has no slot`);
    const extra = slots
      .filter((slot) => !names.includes(slot))
      .map((slot) => `slot “${slot}” has no placeholder`);
    if (without.length + extra.length > 0) {
      yield {
        node,
        finding: nodeFinding(graph.tab, node, {
          code: 'template-slots',
          where: '.inputs',
          message: `${sentence([...without, ...extra].join('; '))}.`,
          cure: 'Name the slots of the template like its placeholders.',
        }),
      };
    }
  }
}

function noPrompt(graph: TabGraph, node: WorkflowNode): Finding {
  const source = promptSource(graph, node);
  return nodeFinding(graph.tab, node, {
    code: 'no-prompt',
    message: source
      ? `Its prompt is empty: ${nodeLabel(source)} gives no text.`
      : 'It has no prompt, wired or its own.',
    cure: 'Wire a prompt to it, write one in, or delete the node.',
  });
}

function shortGalleries(graph: TabGraph, node: WorkflowNode, rows: number, fields: ExtraFields): Finding[] {
  const wanted = rows * OUTPUT_COUNT;
  return targetsOf(graph, node).flatMap((gate) => {
    const there = gate.kind === 'gate' ? galleryUrls(gate, fields).filter((url) => url !== null).length : 0;
    if (there === 0 || there >= wanted) return [];
    return nodeFinding(graph.tab, gate, {
      code: 'short-gallery',
      where: `.properties.${fieldName(gate, 'gallery', fields)}`,
      message: `The gallery has ${there} of ${wanted} candidates of ${nodeLabel(node)}.`,
      cure: 'Run the workflow: only the missing candidates are made.',
    });
  });
}

/** A video's rows against the rows of the pictures it starts from and ends with. */
function frameFindings(
  graph: TabGraph,
  prompts: ReturnType<typeof resolvePrompts>,
  fields: ExtraFields,
): Finding[] {
  return generationNodesOf(graph, prompts, fields).flatMap((video) => {
    const node = graph.byId.get(video.nodeId);
    if (video.kind !== 'video' || node === undefined) return [];
    const clashes = new Set<string>();
    for (const { source } of video.inputs) {
      const picture = source.kind === 'output' ? graph.byId.get(source.nodeId) : undefined;
      const rows = picture ? (prompts.get(picture)?.rows.length ?? 0) : 0;
      if (picture && rowsClash(rows, video.prompts.length)) clashes.add(`${nodeLabel(picture)} has ${rows}`);
    }
    if (clashes.size === 0) return [];
    return nodeFinding(graph.tab, node, {
      code: 'length-mismatch',
      message: `The video has ${video.prompts.length} rows, but ${[...clashes].join(', ')}: which picture starts which row cannot be told.`,
      cure: 'Give both the same number of rows, or one of them a single row.',
    });
  });
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
