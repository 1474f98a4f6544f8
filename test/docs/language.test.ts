import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

// The language of the project: American spelling, plain comments, short lines.

const root = join(__dirname, '../..');

/** Tracked text files below these paths; recorded results are left as they were written. */
function textFiles(...paths: string[]): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--', ...paths], { cwd: root, encoding: 'utf8' });
  const text = /\.(ts|md|py|sh|ya?ml|html|css|mjs|js)$|Dockerfile$/;
  return listed.split('\0').filter((path) => text.test(path) && !path.includes('/results/') && !path.includes('/api/'));
}

/** The lines of `text` that match `pattern`, without code's quoted names of others: URLs and paths. */
function matches(text: string, pattern: RegExp): string[] {
  return text.split('\n').flatMap((line, i) => {
    const found = line.replace(/https?:\/\/\S+/g, '').match(pattern);
    return found ? [`${i + 1}: ${found[0]}`] : [];
  });
}

const stems = [
  ...['normal', 'optim', 'initial', 'quant', 'random', 'general', 'recogn', 'minim', 'maxim', 'organ', 'summar'],
  ...['serial', 'vector', 'parallel', 'token', 'regular', 'standard', 'visual', 'penal', 'emphas', 'custom', 'equal'],
  ...['synchron', 'memor', 'central', 'stabil', 'factor', 'symbol', 'util', 'local', 'special', 'real', 'color'],
];
const british = new RegExp(
  [
    `(?:${stems.join('|')})is(?:e|es|ed|er|ers|ing|ation|ations)\\b`,
    'colour(?!space)|neighbour|behaviour|favour|honour|\\bgrey|centre|centring|\\blabell|modell(?:ed|ing)|cancell(?:ed|ing)',
    'analys(?:e|ed|ing)\\b|\\blicence|\\bdefence|artefact|catalogue|\\blearnt|spelt\\b|whilst|\\bfulfil\\b|practis|per cent\\b',
    'signall(?:ed|ing)|travell|levell(?:ed|ing)|judgement|programme\\b|\\bmetre|millimetre',
  ].join('|'),
  'i',
);

const clumsy = new RegExp(
  [
    "of one['’]s own|\\bso many of\\b|, so many\\b|\\btold of\\b|\\bwhat (?:is|are) no\\b|\\bgo(?:es|ing)? on\\b(?! to)",
    'without a word|for want of|befell|as ever\\b|\\bdo not do\\b|passed over|fall back loudly',
  ].join('|'),
  'i',
);

interface Comment {
  line: number;
  text: string;
}

/** The comments of a TypeScript file, without their marks. */
function comments(code: string): Comment[] {
  const source = ts.createSourceFile('file.ts', code, ts.ScriptTarget.Latest, true);
  const ranges = new Map<number, ts.CommentRange>();
  const visit = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(code, node.getFullStart()) ?? []) ranges.set(range.pos, range);
    for (const range of ts.getTrailingCommentRanges(code, node.getEnd()) ?? []) ranges.set(range.pos, range);
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...ranges.values()].map(({ pos, end }) => ({
    line: source.getLineAndCharacterOfPosition(pos).line + 1,
    text: code
      .slice(pos, end)
      .replace(/^\/\*+|\*\/$|^\/\//g, '')
      .replace(/\n\s*\*/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  }));
}

/** What is wrong with the comments of a TypeScript file. */
function faultsOfComments(code: string): string[] {
  const lines = code.split('\n').flatMap((line, i) => {
    const isComment = /^\s*(\/\/|\/?\*)/.test(line);
    return isComment && line.length > 120 ? [`${i + 1}: ${line.length} columns`] : [];
  });
  return comments(code).reduce((faults, { line, text }) => {
    if (/^Options of\b/.test(text)) faults.push(`${line}: Options of`);
    const found = text.match(clumsy);
    if (found) faults.push(`${line}: ${found[0]}`);
    return faults;
  }, lines);
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const report = (paths: string[], faults: (text: string) => string[]) =>
  paths.flatMap((path) => faults(read(path)).map((fault) => `${path}:${fault}`));

test('the spelling is American', () => {
  const paths = textFiles('src', 'docs', 'examples', 'bench', 'README.md');
  expect(paths.length).toBeGreaterThan(300);
  expect(report(paths, (text) => matches(text, british))).toEqual([]);
});

test('comments of the source are plain, and at most 120 columns wide', () => {
  const paths = textFiles('src').filter((path) => path.endsWith('.ts'));
  expect(report(paths, faultsOfComments)).toEqual([]);
});

test('the documentation uses plain phrases', () => {
  const prose = (text: string) =>
    matches(
      text.replace(/```.*?```/gs, (block) => block.replace(/[^\n]/g, '')),
      clumsy,
    );
  expect(report(textFiles('docs/*.md', 'README.md'), prose)).toEqual([]);
});

test('faults of each kind are noticed', () => {
  for (const word of [
    'colours',
    'normalised',
    'optimiser',
    'neighbouring',
    'labelled',
    'greyscale',
    'centred',
    'artefact',
  ])
    expect(matches(`A ${word} word.`, british)).toHaveLength(1);
  for (const word of ['colors', 'normalized', 'otherwise', 'noise', 'exercises', 'precise', 'labeled', 'realism'])
    expect(matches(`A ${word} word.`, british)).toEqual([]);
  expect(faultsOfComments('/** Options of `f`. */\nconst a = 1; // a loop of\n')).toEqual(['1: Options of']);
  expect(faultsOfComments("/**\n * A loop of one's\n * own.\n */\nconst a = 1;\n")).toEqual(["1: of one's own"]);
  expect(faultsOfComments(`/** ${'a '.repeat(60)}*/\nconst a = '${'a'.repeat(200)}';\n`)).toEqual(['1: 126 columns']);
});
