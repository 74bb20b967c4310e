/* model.ts - how a rule reads, and how a form becomes one. Pure. */
import type { Rule, RuleAction, RuleCreate, RuleMatch } from '@/lib/api';

const MATCH_WORDS: Readonly<Record<RuleMatch['kind'], string>> = {
  exact: 'is',
  prefix: 'begins with',
  contains: 'contains',
  regex: 'matches',
  any: 'is anything',
};

export const MATCH_KINDS: readonly RuleMatch['kind'][] = ['exact', 'prefix', 'contains', 'regex', 'any'];
export const matchWord = (kind: RuleMatch['kind']): string => MATCH_WORDS[kind];

export function isMatchKind(value: string): value is RuleMatch['kind'] {
  return value in MATCH_WORDS;
}

const or = (words: readonly string[]): string => words.map((word) => `“${word}”`).join(' or ');

/** "Text is “hours” or “open”". */
export function matchText(match: RuleMatch): string {
  const words = match.kind === 'any' ? '' : ` ${or(match.words ?? [])}`;
  return `Text ${MATCH_WORDS[match.kind]}${words}`;
}

export function actionText(action: RuleAction): string {
  switch (action.kind) {
    case 'reply':
      return `Reply “${action.text ?? ''}”`;
    case 'tag':
      return `Label “${action.tag ?? ''}”`;
    case 'assign':
      return `Assign to ${action.assignee ?? 'nobody'}`;
    case 'close':
      return 'Close the conversation';
    case 'opt_out':
      return 'Opt out';
    case 'opt_in':
      return 'Opt in';
    case 'help':
      return 'Answer with the number’s help text';
  }
}

/** The system's first, then by position. */
export const inOrder = (rules: readonly Rule[]): readonly Rule[] =>
  rules.toSorted((a, b) => Number(b.system) - Number(a.system) || a.position - b.position);

export interface RuleForm {
  readonly name: string;
  readonly kind: RuleMatch['kind'];
  readonly words: string;
  readonly number: string;
  readonly reply: string;
  readonly label: string;
  readonly cooldownMinutes: string;
}

const SECONDS_PER_MINUTE = 60;
const COOLDOWN_MINUTES_MAX = 43_200;

export function formOf(rule: Rule | null): RuleForm {
  const find = (kind: RuleAction['kind']) => rule?.actions.find((action) => action.kind === kind);
  return {
    name: rule?.name ?? '',
    kind: rule?.match.kind ?? 'exact',
    words: rule?.match.words?.join(rule.match.kind === 'regex' ? '\n' : ', ') ?? '',
    number: rule?.match.number ?? '',
    reply: find('reply')?.text ?? '',
    label: find('tag')?.tag ?? '',
    cooldownMinutes: String(Math.round((rule?.cooldown_s ?? 0) / SECONDS_PER_MINUTE)),
  };
}

/** A regular expression may hold commas: one a line, then. */
export function wordsOf(form: RuleForm): readonly string[] {
  if (form.kind === 'any') return [];
  return form.words
    .split(form.kind === 'regex' ? '\n' : /[,\n]/)
    .map((word) => word.trim())
    .filter(Boolean);
}

export type FormProblems = Partial<Record<keyof RuleForm, string>>;

export function formProblems(form: RuleForm): FormProblems {
  const minutes = Number(form.cooldownMinutes);
  return {
    ...(form.name.trim() === '' && { name: 'A rule needs a name.' }),
    ...(form.kind !== 'any' && wordsOf(form).length === 0 && { words: 'Which words?' }),
    ...(form.reply.trim() === '' &&
      form.label.trim() === '' && { reply: 'It must do something: reply, or set a label.' }),
    ...((!Number.isInteger(minutes) || minutes < 0 || minutes > COOLDOWN_MINUTES_MAX) && {
      cooldownMinutes: `Whole minutes, 0 to ${COOLDOWN_MINUTES_MAX}.`,
    }),
  };
}

/** What is asked of the server; actions that this form does not know are kept. */
export function toRule(form: RuleForm, before: Rule | null): RuleCreate {
  const kept = before?.actions.filter((a) => a.kind !== 'reply' && a.kind !== 'tag') ?? [];
  const reply: RuleAction[] = form.reply.trim() === '' ? [] : [{ kind: 'reply', text: form.reply.trim() }];
  const tag: RuleAction[] = form.label.trim() === '' ? [] : [{ kind: 'tag', tag: form.label.trim() }];
  return {
    name: form.name.trim(),
    match: { kind: form.kind, words: [...wordsOf(form)], number: form.number === '' ? null : form.number },
    actions: [...reply, ...tag, ...kept],
    cooldown_s: Number(form.cooldownMinutes) * SECONDS_PER_MINUTE,
  };
}

/** The field of the form that a refused field of the API belongs to. */
export function fieldOf(apiField: string): keyof RuleForm {
  if (apiField.startsWith('match.number')) return 'number';
  if (apiField.startsWith('match')) return 'words';
  if (apiField.startsWith('actions')) return 'reply';
  return apiField === 'cooldown_s' ? 'cooldownMinutes' : 'name';
}
